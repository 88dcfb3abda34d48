//! Quadrature.

use std::f64::consts::PI;

/// Nodes and weights on [−1, 1], by Newton's method on the Legendre polynomial.
pub(crate) fn gauss_legendre(n: usize) -> impl Iterator<Item = (f64, f64)> {
    (0..n).map(move |i| {
        let mut x = (PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut before, mut now) = (0.0, 1.0);
            for k in 0..n {
                let next = ((2 * k + 1) as f64 * x * now - k as f64 * before) / (k + 1) as f64;
                (before, now) = (now, next);
            }
            slope = n as f64 * (x * now - before) / (x * x - 1.0);
            let step = now / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
}

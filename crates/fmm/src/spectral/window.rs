//! The window that takes a point to the grid, and back: Kaiser's.
//!
//! ```text
//! ψ(s) = I₀(β √(1 − t²)),  t = 2s/w,  |s| < w/2 cells,        ψ̂(κ) = w sinh(√(β² − (κw/2)²))/√(β² − (κw/2)²)
//! ```
//!
//! (J. F. Kaiser, in: System Analysis by Digital Computer, 1966). Between two nodes each of its w values is a polynomial, as A. H. Barnett,
//! J. Magland and L. af Klinteberg have it (SIAM J. Sci. Comput. 41, 2019).

use super::choice::Choice;
use lanes::{Isa, Lanes};
use std::f64::consts::PI;

/// Most nodes along an axis that a point is taken to.
pub(super) const WIDEST: usize = 16;

/// Values of a window at the nodes around a point along one axis, zero past the last.
pub(super) type Weights = [f64; WIDEST];

/// Polynomials of the window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// Nodes, an even number.
    pub(super) nodes: usize,
    beta: f64,
    polynomials: Vec<Weights>,
}

/// Most terms of the polynomials: a window of sixteen nodes is met to 1e-14 of its largest value.
const MOST_TERMS: usize = 20;

impl Window {
    /// Whose values are wrong by `error` of the largest.
    pub(super) fn new(choice: &Choice, error: f64) -> Self {
        let Choice { nodes, beta, .. } = *choice;
        let largest = bessel_i0(beta);
        // The node lies 1 + node − w/2 after the point's own one, and the point f after that.
        let value = |node: usize, f: f64| {
            let t = 2.0 * (f + nodes as f64 / 2.0 - 1.0 - node as f64) / nodes as f64;
            bessel_i0(beta * (1.0 - t * t).max(0.0).sqrt()) / largest
        };
        let series: Vec<[f64; MOST_TERMS]> = (0..nodes)
            .map(|node| chebyshev(|f| value(node, f)))
            .collect();
        let rest = |terms: usize| {
            let of_node = |c: &[f64; MOST_TERMS]| c[terms..].iter().map(|c| c.abs()).sum::<f64>();
            series.iter().map(of_node).fold(0.0, f64::max)
        };
        let terms = (4..MOST_TERMS)
            .find(|&terms| rest(terms) <= error)
            .unwrap_or(MOST_TERMS);
        let mut polynomials = vec![[0.0; WIDEST]; terms];
        for (node, series) in series.iter().enumerate() {
            for (power, coefficient) in coefficients(&series[..terms]).into_iter().enumerate() {
                polynomials[power][node] = coefficient;
            }
        }
        Self {
            nodes,
            beta,
            polynomials,
        }
    }

    /// The transform at `kappa` in radians a cell, of a window whose largest value is 1.
    pub(super) fn transform(&self, kappa: f64) -> f64 {
        transform((self.nodes, self.beta), kappa) / bessel_i0(self.beta)
    }

    /// Its values at the nodes around a point that lies `f` cells after the last node before it.
    #[inline(always)]
    pub(super) fn weights<I: Isa>(&self, isa: I, f: f64, weights: &mut Weights) {
        let x = I::F64::splat(isa, 2.0 * f - 1.0);
        let lanes = <I::F64 as Lanes>::LANES;
        let mut at = 0;
        while at < self.nodes {
            let mut sum = I::F64::splat(isa, 0.0);
            for coefficients in self.polynomials.iter().rev() {
                sum = sum.mul_add(x, I::F64::load(isa, &coefficients[at..]));
            }
            sum.store(&mut weights[at..]);
            at += lanes;
        }
    }
}

/// The transform of I₀(β √(1 − t²)).
pub(super) fn transform((nodes, beta): (usize, f64), kappa: f64) -> f64 {
    let w = nodes as f64;
    let square = beta * beta - (0.5 * kappa * w).powi(2);
    let root = square.abs().sqrt();
    w * match () {
        () if root < 1e-4 => 1.0 + square / 6.0,
        () if square > 0.0 => root.sinh() / root,
        () => root.sin() / root,
    }
}

/// Chebyshev's series in 2f − 1 of the polynomial that meets a function in his nodes on 0 ≤ f ≤ 1.
fn chebyshev(function: impl Fn(f64) -> f64) -> [f64; MOST_TERMS] {
    let angle = |i: usize| PI * (i as f64 + 0.5) / MOST_TERMS as f64;
    let values: [f64; MOST_TERMS] = std::array::from_fn(|i| function(0.5 + 0.5 * angle(i).cos()));
    std::array::from_fn(|degree| {
        let terms = (0..MOST_TERMS).map(|i| values[i] * (degree as f64 * angle(i)).cos());
        terms.sum::<f64>() * if degree == 0 { 1.0 } else { 2.0 } / MOST_TERMS as f64
    })
}

/// The same as a polynomial: Clenshaw's recurrence b_k = c_k + 2x b_{k+1} − b_{k+2}, on coefficients.
fn coefficients(series: &[f64]) -> Vec<f64> {
    let (mut next, mut after) = (vec![0.0; series.len()], vec![0.0; series.len()]);
    for (degree, &c) in series.iter().enumerate().rev() {
        let factor = if degree == 0 { 1.0 } else { 2.0 };
        let mut here: Vec<f64> = after.iter().map(|b| -b).collect();
        here[0] += c;
        for power in 1..here.len() {
            here[power] += factor * next[power - 1];
        }
        (after, next) = (next, here);
    }
    next
}

/// I₀, by its series.
pub(super) fn bessel_i0(x: f64) -> f64 {
    let square = 0.25 * x * x;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1.. {
        term *= square / f64::from(k * k);
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes::Scalar;

    /// The polynomials are Kaiser's window, and the transform is that of what they are.
    #[test]
    fn windows_and_their_transforms() {
        for (nodes, beta) in [(4, 8.0), (8, 17.0), (16, 30.0)] {
            let choice = Choice {
                nodes,
                beta,
                cell: 1.0,
                end: PI,
            };
            let window = Window::new(&choice, 1e-12);
            let mut weights = [0.0; WIDEST];
            let samples = 64;
            let mut transforms = [0.0; 4];
            let kappas = [0.0, 0.7, 2.0, 4.0];
            for sample in 0..samples {
                let f = (f64::from(sample) + 0.5) / f64::from(samples);
                window.weights(Scalar::default(), f, &mut weights);
                for (node, weight) in weights[..nodes].iter().enumerate() {
                    let s = f + nodes as f64 / 2.0 - 1.0 - node as f64;
                    let t = 2.0 * s / nodes as f64;
                    let exact = bessel_i0(beta * (1.0 - t * t).sqrt()) / bessel_i0(beta);
                    assert!((weight - exact).abs() < 1e-11, "{nodes}, {s}");
                    for (transform, kappa) in transforms.iter_mut().zip(kappas) {
                        *transform += weight * (kappa * s).cos() / f64::from(samples);
                    }
                }
                assert!(weights[nodes..].iter().all(|&weight| weight == 0.0));
            }
            // The midpoint rule errs where the window ends, by what it has there.
            let end = 1.0 / bessel_i0(beta);
            for (found, kappa) in transforms.iter().zip(kappas) {
                let exact = window.transform(kappa);
                assert!(
                    (found - exact).abs() < 0.01 * end + 1e-10,
                    "{nodes}, {kappa}"
                );
            }
        }
    }

    /// I₀(1), I₀(10) by mpmath.
    #[test]
    fn bessel_functions() {
        for (x, exact) in [
            (0.0, 1.0),
            (1.0, 1.266_065_877_752_008_4),
            (10.0, 2_815.716_628_466_254),
        ] {
            assert!((bessel_i0(x) / exact - 1.0).abs() < 1e-14);
        }
    }
}

//! Chebyshev interpolation on [−½, ½]: nodes, and the way between values there and polynomials.

use std::cmp::Ordering;
use std::f64::consts::PI;

/// Values of the polynomials T_k(2u), k < `out.len()`.
pub(super) fn polynomials(u: f64, out: &mut [f64]) {
    let x = 2.0 * u;
    for k in 0..out.len() {
        out[k] = match k {
            0 => 1.0,
            1 => x,
            _ => 2.0 * x * out[k - 1] - out[k - 2],
        };
    }
}

/// The roots of T_n, from the smallest to the largest, and the square roots of the weights of their quadrature of ∫ f du.
///
/// A sum over nodes of products with these roots is nearly an integral, so that singular values of weighted matrices are
/// those of the kernel between two cells.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    pub(super) u: Vec<f64>,
    pub(super) root_weight: Vec<f64>,
}

impl Nodes {
    pub(super) fn new(n: usize) -> Self {
        let angle = |j: usize| PI * (n as f64 - j as f64 - 0.5) / n as f64;
        let mut u: Vec<f64> = (0..n).map(|j| 0.5 * angle(j).cos()).collect();
        // Symmetric to the last bit, which parity needs.
        for j in 0..n / 2 {
            u[j] = -u[n - 1 - j];
        }
        if n % 2 == 1 {
            u[n / 2] = 0.0;
        }
        let weight = |u: &f64| (PI / n as f64 * (0.25 - u * u).sqrt()).sqrt();
        let root_weight = u.iter().map(weight).collect();
        Self { u, root_weight }
    }

    pub(super) fn len(&self) -> usize {
        self.u.len()
    }

    /// x_kj with ℓ_j(u) = Σ_k x_kj T_k(2u): (2 − δ_k0)/n T_k(2u_j). By k, then j.
    pub(super) fn coefficients(&self) -> Vec<Vec<f64>> {
        let n = self.len();
        // T_k(2u_j) = cos(kθ_j) by the angle, whose roundings do not grow with k as those of a recurrence do.
        let of = |k: usize, j: usize| {
            let twice = if k == 0 { 1.0 } else { 2.0 };
            twice / n as f64 * cosine(k * (2 * (n - j) - 1), n)
        };
        (0..n).map(|k| (0..n).map(|j| of(k, j)).collect()).collect()
    }

    /// ℓ_j at the given places: by place, then j.
    pub(super) fn interpolants(&self, places: &[f64]) -> Vec<Vec<f64>> {
        let (n, x) = (self.len(), self.coefficients());
        let mut t = vec![0.0; n];
        places
            .iter()
            .map(|&u| {
                polynomials(u, &mut t);
                (0..n)
                    .map(|j| (0..n).map(|k| x[k][j] * t[k]).sum())
                    .collect()
            })
            .collect()
    }

    /// ℓ_j at the nodes of the lower half: by node, then j.
    pub(super) fn in_first_child(&self) -> Vec<Vec<f64>> {
        let places: Vec<f64> = self.u.iter().map(|u| 0.5 * u - 0.25).collect();
        self.interpolants(&places)
    }
}

/// cos(π m/2n), symmetric to the last bit.
fn cosine(m: usize, n: usize) -> f64 {
    let of = |m: usize| (PI * m as f64 / (2 * n) as f64).cos();
    let m = m % (4 * n);
    let m = m.min(4 * n - m);
    match m.cmp(&n) {
        Ordering::Less => of(m),
        Ordering::Equal => 0.0,
        Ordering::Greater => -of(2 * n - m),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_interpolated_exactly() {
        let nodes = Nodes::new(6);
        let f = |u: f64| 1.0 - 3.0 * u + 2.0 * u.powi(3) - 7.0 * u.powi(5);
        let places = [-0.5, -0.31, 0.0, 0.2, 0.5];
        for (u, l) in places.iter().zip(nodes.interpolants(&places)) {
            let found: f64 = nodes.u.iter().zip(l).map(|(&u, l)| f(u) * l).sum();
            assert!((found - f(*u)).abs() < 1e-13);
        }
    }

    #[test]
    fn coefficients_are_polynomials_at_the_nodes() {
        for n in [1, 2, 7, 18] {
            let nodes = Nodes::new(n);
            let (x, mut t) = (nodes.coefficients(), vec![0.0; n]);
            for (j, &u) in nodes.u.iter().enumerate() {
                polynomials(u, &mut t);
                for k in 0..n {
                    let expected = if k == 0 { 1.0 } else { 2.0 } / n as f64 * t[k];
                    assert!((x[k][j] - expected).abs() < 2e-14, "{n} {k} {j}");
                    let mirrored = if k % 2 == 0 { x[k][j] } else { -x[k][j] };
                    assert_eq!(x[k][n - 1 - j], mirrored);
                }
            }
        }
    }

    #[test]
    fn weights_are_a_quadrature() {
        let nodes = Nodes::new(40);
        let integral = |f: fn(f64) -> f64| -> f64 {
            let terms = nodes.u.iter().zip(&nodes.root_weight);
            terms.map(|(&u, w)| w * w * f(u)).sum()
        };
        assert!((integral(|_| 1.0) - 1.0).abs() < 1e-3);
        assert!((integral(|u| u * u) - 1.0 / 12.0).abs() < 1e-3);
        assert_eq!(nodes.u[3], -nodes.u[36]);
    }
}

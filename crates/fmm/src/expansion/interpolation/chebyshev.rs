//! Chebyshev interpolation on [−½, ½]: nodes, and the way between values there and polynomials.

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
        let mut by_node = vec![vec![0.0; n]; n];
        for (u, out) in self.u.iter().zip(&mut by_node) {
            polynomials(*u, out);
        }
        let of = |k: usize, j: usize| if k == 0 { 1.0 } else { 2.0 } / n as f64 * by_node[j][k];
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

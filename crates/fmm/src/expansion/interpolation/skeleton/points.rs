//! Some Chebyshev nodes of a cell, from whose values all smooth functions of some kind follow in the whole cell.

use super::super::chebyshev::{Nodes, polynomials};
use super::super::product::Factors;
use super::super::tensor::{along_axes, indices};
use nalgebra::DMatrix;

/// The points, and for each of them the function that takes its value to the cell: f(u) ≈ Σ_s f(u_s) P_s(u).
#[derive(Debug)]
pub(super) struct Points<const D: usize> {
    /// By axis, in box units.
    pub(super) u: [Vec<f64>; D],
    /// Coefficients of P_s by polynomial, the first axis slowest.
    pub(super) coefficients: DMatrix<f64>,
    /// Nodes an axis.
    pub(super) nodes: usize,
}

impl<const D: usize> Points<D> {
    /// The first `count` pivots of a matrix of values at all nodes, a row for each function of the kind: an interpolative
    /// decomposition (H. Cheng, Z. Gimbutas, P.-G. Martinsson, V. Rokhlin, SIAM J. Sci. Comput. 26, 2005). `None` if
    /// their triangle is singular.
    pub(super) fn new(nodes: &Nodes, factors: &Factors, count: usize) -> Option<Self> {
        let n = nodes.len();
        let (right, pivots) = (&factors.right[..count], &factors.pivots[..count]);
        let triangle = DMatrix::from_fn(count, count, |i, j| right[i][pivots[j]]);
        let whole = DMatrix::from_fn(count, n.pow(D as u32), |i, j| right[i][j]);
        // By point, then node; and then by polynomial.
        let values = triangle.solve_upper_triangular(&whole)?;
        let (mut coefficients, x) = (values.transpose(), nodes.coefficients());
        for mut column in coefficients.column_iter_mut() {
            along_axes(column.as_mut_slice(), [&x[..]; D]);
        }
        let at: Vec<[usize; D]> = indices([n; D]).collect();
        Some(Self {
            u: std::array::from_fn(|a| pivots.iter().map(|&p| nodes.u[at[p][a]]).collect()),
            coefficients: coefficients.transpose(),
            nodes: n,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.u[0].len()
    }

    pub(super) fn at(&self, s: usize) -> [f64; D] {
        std::array::from_fn(|a| self.u[a][s])
    }

    /// P_s at some places of the cell, a column for each.
    pub(super) fn values(&self, places: &[[f64; D]]) -> DMatrix<f64> {
        let n = self.nodes;
        let mut values = DMatrix::zeros(n.pow(D as u32), places.len());
        for (mut column, place) in values.column_iter_mut().zip(places) {
            let t = place.map(|u| {
                let mut t = vec![0.0; n];
                polynomials(u, &mut t);
                t
            });
            for (to, index) in column.iter_mut().zip(indices([n; D])) {
                *to = (0..D).map(|a| t[a][index[a]]).product();
            }
        }
        &self.coefficients * values
    }
}

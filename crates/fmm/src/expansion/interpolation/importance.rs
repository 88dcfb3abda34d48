//! What the basis of one level has to leave in that of the next, where a kernel has a length of its own.

use super::parts::Parts;
use super::tensor::{TensorNodes, along_axes, place};
use bincode::{Decode, Encode};
use nalgebra::DMatrix;

/// How much each column of a basis matters: its singular value, and the norm that those are to be held against; 0 for what every basis has.
#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct Importance {
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) values: Vec<f64>,
    pub(super) norm: f64,
}

impl Importance {
    /// What the child whose octant is 0 has of the columns, each times its value, by parts.
    pub(super) fn in_child<const D: usize>(
        &self,
        parts: &Parts<D>,
        nodes: &TensorNodes<D>,
    ) -> DMatrix<f64> {
        // Along an axis, from weighted values at the parent's nodes to parts of weighted values at the child's.
        let matrices: [Vec<Vec<f64>>; D] = std::array::from_fn(|axis| {
            let nodes = &nodes.0[axis];
            let (n, weight) = (nodes.len(), &nodes.root_weight);
            let at_child = nodes.in_first_child();
            let entry = |part: usize, from: usize| -> f64 {
                let of = |(node, x): (usize, f64)| x * weight[node] * at_child[node][from];
                let along = parts.along_axis(axis, part).into_iter().map(of);
                along.sum::<f64>() / weight[from]
            };
            (0..n)
                .map(|part| (0..n).map(|from| entry(part, from)).collect())
                .collect()
        });
        let counts = nodes.counts();
        let all = parts.of_class.concat();
        let mut found = DMatrix::zeros(all.len(), self.columns.len());
        let columns = self.columns.iter().zip(&self.values).enumerate();
        for (j, (column, value)) in columns.filter(|(_, (_, value))| **value > 0.0) {
            let mut moved = column.clone();
            along_axes(&mut moved, matrices.each_ref().map(Vec::as_slice));
            for (i, part) in all.iter().enumerate() {
                found[(i, j)] = value * moved[place(counts, part)];
            }
        }
        found
    }
}

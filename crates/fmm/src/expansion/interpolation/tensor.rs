//! Tensors over the nodes or polynomials of a cell: a number for every index, the first axis slowest.

use super::chebyshev::Nodes;
use rayon::prelude::*;

/// The nodes of a cell: those of every axis.
#[derive(Clone, Debug)]
pub(super) struct TensorNodes<const D: usize>(pub(super) [Nodes; D]);

impl<const D: usize> TensorNodes<D> {
    pub(super) fn new(counts: [usize; D]) -> Self {
        Self(counts.map(Nodes::new))
    }

    /// By axis.
    pub(super) fn counts(&self) -> [usize; D] {
        self.0.each_ref().map(Nodes::len)
    }

    /// Of the cell.
    pub(super) fn len(&self) -> usize {
        self.counts().iter().product()
    }

    /// Where a node is.
    pub(super) fn at(&self, index: [usize; D]) -> [f64; D] {
        std::array::from_fn(|a| self.0[a].u[index[a]])
    }

    /// The product of the roots of the weights, by node.
    pub(super) fn root_weights(&self) -> Vec<f64> {
        let weight = |index: [usize; D]| (0..D).map(|a| self.0[a].root_weight[index[a]]).product();
        indices(self.counts()).map(weight).collect()
    }

    /// From values at the nodes to coefficients of polynomials.
    pub(super) fn to_coefficients(&self, values: &mut [f64]) {
        let coefficients = self.0.each_ref().map(Nodes::coefficients);
        along_axes(values, coefficients.each_ref().map(Vec::as_slice));
    }
}

/// All indices below these, by axis, in their order.
pub(super) fn indices<const D: usize>(counts: [usize; D]) -> impl Iterator<Item = [usize; D]> {
    (0..counts.iter().product()).map(move |mut at| {
        let mut index = [0; D];
        for axis in (0..D).rev() {
            index[axis] = at % counts[axis];
            at /= counts[axis];
        }
        index
    })
}

/// Where an index is among them.
pub(super) fn place<const D: usize>(counts: [usize; D], index: &[usize; D]) -> usize {
    let axes = counts.iter().zip(index);
    axes.fold(0, |at, (count, i)| at * count + i)
}

/// A function at so many nodes an axis that are symmetric about 0, which is even in every coordinate, and which these orders of them do not
/// change: it is asked for at one of all nodes that differ by signs, and by such an order.
pub(super) fn even<const D: usize>(
    counts: [usize; D],
    orders: &[[usize; D]],
    at: impl Fn([usize; D]) -> f64 + Sync,
) -> Vec<f64> {
    let first = |index: [usize; D]| {
        let index: [usize; D] = std::array::from_fn(|a| index[a].max(counts[a] - 1 - index[a]));
        let all = orders.iter().map(|order| order.map(|a| index[a]));
        all.min().unwrap_or(index)
    };
    let own: Vec<[usize; D]> = indices(counts)
        .filter(|&index| first(index) == index)
        .collect();
    let found: Vec<f64> = own.par_iter().map(|&index| at(index)).collect();
    let mut values = vec![0.0; counts.iter().product()];
    for (index, found) in own.iter().zip(found) {
        values[place(counts, index)] = found;
    }
    indices(counts)
        .map(|index| values[place(counts, &first(index))])
        .collect()
}

/// Applies a square matrix, by rows, along every axis.
pub(super) fn along_axes<const D: usize>(values: &mut [f64], matrices: [&[Vec<f64>]; D]) {
    let mut stride = values.len();
    for matrix in matrices {
        let n = matrix.len();
        stride /= n;
        let mut line = vec![0.0; n];
        for first in (0..values.len()).filter(|at| (at / stride).is_multiple_of(n)) {
            for (i, row) in matrix.iter().enumerate() {
                line[i] = (0..n).map(|j| row[j] * values[first + j * stride]).sum();
            }
            for (i, &x) in line.iter().enumerate() {
                values[first + i * stride] = x;
            }
        }
    }
}

//! Tensors over the nodes or polynomials of a cell: n^D numbers, the first axis slowest.

use rayon::prelude::*;

/// All indices in their order.
pub(super) fn indices<const D: usize>(n: usize) -> impl Iterator<Item = [usize; D]> {
    (0..n.pow(D as u32))
        .map(move |at| std::array::from_fn(|axis| at / n.pow((D - 1 - axis) as u32) % n))
}

/// A function at n nodes an axis that are symmetric about 0, which is even in every coordinate, and `symmetric` in them or not: it is asked
/// for at one of all nodes that differ by signs, and by order.
pub(super) fn even<const D: usize>(
    n: usize,
    symmetric: bool,
    at: impl Fn([usize; D]) -> f64 + Sync,
) -> Vec<f64> {
    let first = |index: [usize; D]| {
        let mut index = index.map(|i| i.max(n - 1 - i));
        if symmetric {
            index.sort_unstable();
        }
        index
    };
    let place = |index: [usize; D]| index.iter().fold(0, |at, i| at * n + i);
    let own: Vec<[usize; D]> = indices::<D>(n)
        .filter(|&index| first(index) == index)
        .collect();
    let found: Vec<f64> = own.par_iter().map(|&index| at(index)).collect();
    let mut values = vec![0.0; n.pow(D as u32)];
    for (&index, found) in own.iter().zip(found) {
        values[place(index)] = found;
    }
    indices::<D>(n)
        .map(|index| values[place(first(index))])
        .collect()
}

/// Applies an n×n matrix, by rows, along every axis.
pub(super) fn along_axes<const D: usize>(values: &mut [f64], matrix: &[Vec<f64>]) {
    let n = matrix.len();
    let mut line = vec![0.0; n];
    for axis in 0..D {
        let stride = n.pow((D - 1 - axis) as u32);
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

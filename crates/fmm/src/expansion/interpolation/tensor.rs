//! Tensors over the nodes or polynomials of a cell: n^D numbers, the first axis slowest.

/// All indices in their order.
pub(super) fn indices<const D: usize>(n: usize) -> impl Iterator<Item = [usize; D]> {
    (0..n.pow(D as u32))
        .map(move |at| std::array::from_fn(|axis| at / n.pow((D - 1 - axis) as u32) % n))
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

//! A matrix of low rank as two factors, which are fewer numbers to multiply with.

use super::matrix::Matrix;
use super::translate::BETWEEN;
use bincode::{Decode, Encode};
use nalgebra::{DMatrix, DVectorViewMut};
use rayon::prelude::*;

/// What leads from one multipole to one local, as a product of matrices: the last one is applied first.
#[derive(Debug, Encode, Decode)]
pub(super) struct Product {
    pub(super) left: Matrix,
    /// `None` where `left` is all.
    pub(super) right: Option<Matrix>,
}

impl Product {
    /// `matrix` less at most `lost` of its Frobenius norm, in factors where those have fewer numbers.
    pub(super) fn new(matrix: DMatrix<f64>, lost: f64) -> Self {
        let (rows, columns) = matrix.shape();
        let most = (rows * columns / (rows + columns).max(1)).min(BETWEEN);
        match Factors::new(matrix.clone(), lost, most) {
            Some(Factors { left, right, .. }) => Self {
                left: Matrix::new(rows, left.len(), |i, k| left[k][i]),
                right: Some(Matrix::new(right.len(), columns, |k, j| right[k][j])),
            },
            None => Self {
                left: Matrix::new(rows, columns, |i, j| matrix[(i, j)]),
                right: None,
            },
        }
    }

    /// Numbers to multiply with, those of the padding too.
    pub(super) fn multiply_adds(&self) -> usize {
        self.left.numbers() + self.right.as_ref().map_or(0, Matrix::numbers)
    }
}

/// Columns that are worth a task.
const COLUMNS: usize = 128;

/// Columns and rows whose products add up to a matrix, nearly.
pub(super) struct Factors {
    /// Orthonormal columns.
    left: Vec<Vec<f64>>,
    pub(super) right: Vec<Vec<f64>>,
    /// The columns of the matrix that those of `left` were made of; by them `right` is a triangle.
    pub(super) pivots: Vec<usize>,
}

impl Factors {
    /// Of `rest` but for `lost` of its Frobenius norm, by orthogonalisation of the column that is left largest; `None` if
    /// that takes more than `most`.
    pub(super) fn new(mut rest: DMatrix<f64>, lost: f64, most: usize) -> Option<Self> {
        let (mut left, mut right, mut pivots) = (vec![], vec![], vec![]);
        let rows = rest.nrows();
        let mut squares: Vec<f64> = rest
            .column_iter()
            .map(|column| column.norm_squared())
            .collect();
        while squares.iter().sum::<f64>() > lost * lost {
            if left.len() == most {
                return None;
            }
            let largest = (0..squares.len()).max_by(|&a, &b| squares[a].total_cmp(&squares[b]))?;
            let column = rest.column(largest).normalize();
            let mut row = vec![0.0; squares.len()];
            let columns = rest.as_mut_slice().par_chunks_mut(rows.max(1));
            let columns = columns.with_min_len(COLUMNS).zip(&mut row);
            columns.zip(&mut squares).for_each(|((rest, row), square)| {
                let mut rest = DVectorViewMut::from_slice(rest, rows);
                *row = rest.dot(&column);
                rest.axpy(-*row, &column, 1.0);
                *square = rest.norm_squared();
            });
            left.push(column.as_slice().to_vec());
            right.push(row);
            pivots.push(largest);
        }
        Some(Self {
            left,
            right,
            pivots,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1/(2 + i/n + j/n), whose singular values fall by a factor of some 30 each.
    fn smooth(n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |i, j| 1.0 / (2.0 + (i + j) as f64 / n as f64))
    }

    #[test]
    fn factors_lose_what_they_may() {
        let matrix = smooth(40);
        let mut before = 0;
        for lost in [1e-2, 1e-5, 1e-9] {
            let Factors { left, right, .. } = Factors::new(matrix.clone(), lost, 40).unwrap();
            let sum = DMatrix::from_fn(40, 40, |i, j| {
                (0..left.len()).map(|k| left[k][i] * right[k][j]).sum()
            });
            assert!((sum - &matrix).norm() <= lost * 1.000_001);
            assert!(left.len() > before && left.len() < 12, "{}", left.len());
            before = left.len();
        }
    }

    #[test]
    fn what_has_full_rank_stays_whole() {
        let identity = Product::new(DMatrix::identity(16, 16), 0.1);
        assert!(identity.right.is_none());
        assert_eq!(identity.multiply_adds(), 256);
        let zero = Product::new(DMatrix::zeros(16, 16), 0.1);
        assert_eq!(zero.multiply_adds(), 0);
    }
}

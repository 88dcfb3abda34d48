//! A matrix of low rank as two factors, which are fewer numbers to multiply with.

use super::matrix::Matrix;
use bincode::{Decode, Encode};
use nalgebra::DMatrix;

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
        let most = rows * columns / (rows + columns).max(1);
        match factors(matrix.clone(), lost, most) {
            Some([left, right]) => Self {
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

/// Columns and rows whose products add up to `rest` but for `lost`, by orthogonalisation of the column that is left largest;
/// `None` if that takes more than `most`.
fn factors(mut rest: DMatrix<f64>, lost: f64, most: usize) -> Option<[Vec<Vec<f64>>; 2]> {
    let (mut left, mut right) = (vec![], vec![]);
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
        for ((mut rest, row), square) in rest.column_iter_mut().zip(&mut row).zip(&mut squares) {
            *row = rest.dot(&column);
            rest.axpy(-*row, &column, 1.0);
            *square = rest.norm_squared();
        }
        left.push(column.as_slice().to_vec());
        right.push(row);
    }
    Some([left, right])
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
            let [left, right] = factors(matrix.clone(), lost, 40).unwrap();
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

//! Products with small matrices, the work of this family: out += A x.

use super::WIDEST;
use crate::memory::Lines;
use bincode::{Decode, Encode};
use lanes::{Isa, Lanes};

/// A matrix by columns, its rows padded with zeros to whole vectors.
#[derive(Debug, Default, Encode, Decode)]
pub(super) struct Matrix {
    rows: usize,
    columns: usize,
    numbers: Lines<f64>,
}

impl Matrix {
    pub(super) fn new(rows: usize, columns: usize, at: impl Fn(usize, usize) -> f64) -> Self {
        let padded = rows.next_multiple_of(WIDEST);
        let mut numbers = vec![0.0; padded * columns];
        for (j, column) in numbers.chunks_exact_mut(padded.max(1)).enumerate() {
            for (i, number) in column[..rows].iter_mut().enumerate() {
                *number = at(i, j);
            }
        }
        Self {
            rows: padded,
            columns,
            numbers: Lines::from(&numbers[..]),
        }
    }

    /// Rows with their padding.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many there are, with the padding.
    pub(super) fn numbers(&self) -> usize {
        self.rows * self.columns
    }

    /// out += A x for one vector.
    #[inline(always)]
    pub(super) fn times<I: Isa>(&self, isa: I, x: &[f64], out: &mut [f64]) {
        self.times_each::<I, 1>(isa, [&x[..self.columns]], out, [0]);
    }

    /// The same for `C` vectors, whose products are added to `out` from the places `at` on; those must lie apart.
    #[inline(always)]
    pub(super) fn times_each<I: Isa, const C: usize>(
        &self,
        isa: I,
        x: [&[f64]; C],
        out: &mut [f64],
        at: [usize; C],
    ) {
        let (mut row, lanes) = (0, I::F64::LANES);
        while row < self.rows {
            // As many sums as the registers hold.
            let most = if const { I::REGISTERS >= 32 } { 3 } else { 2 };
            let vectors = most.min((self.rows - row) / lanes);
            match vectors {
                3 if const { I::REGISTERS >= 32 } => {
                    self.some_rows::<I, 3, C>(isa, row, x, out, &at);
                }
                2 => self.some_rows::<I, 2, C>(isa, row, x, out, &at),
                _ => self.some_rows::<I, 1, C>(isa, row, x, out, &at),
            }
            row += vectors * lanes;
        }
    }

    /// `R` vectors of rows from `row` on.
    #[inline(always)]
    fn some_rows<I: Isa, const R: usize, const C: usize>(
        &self,
        isa: I,
        row: usize,
        mut x: [&[f64]; C],
        out: &mut [f64],
        at: &[usize; C],
    ) {
        let (n, len) = (self.columns, R * I::F64::LANES);
        let mut sums = [[I::F64::splat(isa, 0.0); R]; C];
        for c in 0..C {
            sums[c] = I::F64::load_each(isa, &out[at[c] + row..][..len]);
            // So that the loop need not look at their lengths.
            x[c] = &x[c][..n];
        }
        for k in 0..n {
            let column = &self.numbers[k * self.rows + row..][..len];
            let a: [I::F64; R] = I::F64::load_each(isa, column);
            for c in 0..C {
                let x = I::F64::splat(isa, x[c][k]);
                for r in 0..R {
                    sums[c][r] = a[r].mul_add(x, sums[c][r]);
                }
            }
        }
        for c in 0..C {
            I::F64::store_each(sums[c], &mut out[at[c] + row..][..len]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes::{Chosen, Job};

    struct Products<'a>(&'a Matrix, &'a [f64], &'a mut [f64]);

    impl Job for Products<'_> {
        type Output = ();

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let Self(matrix, x, out) = self;
            let (n, rows) = (matrix.columns, matrix.rows);
            matrix.times(isa, x, out);
            let x = [&x[n..2 * n], &x[2 * n..3 * n]];
            matrix.times_each(isa, x, out, [rows, 2 * rows]);
        }
    }

    #[test]
    fn products_with_one_vector_and_with_two() {
        for (rows, columns) in [(1, 1), (7, 5), (40, 3), (93, 31)] {
            let at = |i: usize, j: usize| (i * 3 + j * 7) as f64 % 11.0 - 5.0;
            let matrix = Matrix::new(rows, columns, at);
            let x: Vec<f64> = (0..3 * columns).map(|k| (k % 9) as f64 - 4.0).collect();
            for chosen in Chosen::all() {
                let mut out = vec![1.0; 3 * matrix.rows()];
                chosen.run(Products(&matrix, &x, &mut out));
                for (out, x) in out.chunks_exact(matrix.rows()).zip(x.chunks_exact(columns)) {
                    for (i, &found) in out[..rows].iter().enumerate() {
                        let expected: f64 = (0..columns).map(|j| at(i, j) * x[j]).sum();
                        assert_eq!(found, 1.0 + expected, "{} row {i}", chosen.set());
                    }
                    assert!(out[rows..].iter().all(|&out| out == 1.0));
                }
            }
        }
    }
}

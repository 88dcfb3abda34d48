//! Rotations of a series about the y axis, degree by degree.
//!
//! In the frame x′ = c x − s z, y′ = y, z′ = s x + c z with c = cos β, s = sin β the solid harmonics
//! R_n^m = r^n P_n^m(cos θ) e^{imφ}/(n+m)! are R_n^m(x′) = Σ_l T^n_{ml} R_n^l(x), T real. The part of (x+iy)R_{n−1}^l,
//! (x−iy)R_{n−1}^l and z R_{n−1}^l that is harmonic of degree n is a multiple of R_n^{l+1}, R_n^{l−1} and R_n^l:
//!
//! ```text
//! −(n+l)(n+l+1)/(2n−1) R_n^{l+1}      (n−l)(n−l+1)/(2n−1) R_n^{l−1}      (n²−l²)/(2n−1) R_n^l
//! ```
//!
//! and the same in the other frame, which gives row m of T^n from row m−1 of T^{n−1}, row 0 from row 0; all factors are
//! bounded, so that the recurrence is stable. (Ivanic and Ruedenberg, J. Phys. Chem. 100, 1996, have its like.)

use super::layout::Layout;
use crate::memory::Lines;
use lanes::{Isa, Lanes, Real};

/// Which series is rotated into which frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Series {
    /// M in M = Σ q conj R(u), from the given frame to the turned one.
    Multipole,
    /// L in Σ L conj R(w), from the turned frame to the given one: the transpose.
    LocalBack,
}

/// Real matrices that act on the real and on the imaginary parts of every degree.
#[derive(Debug)]
pub(super) struct Rotation<W> {
    /// By degree, block of rows (4, 2 or 1 vectors), column: the rows of the block for real parts, then for imaginary.
    table: Lines<W>,
}

impl<W: Real> Rotation<W> {
    /// Rotation by β; degree n is multiplied by `scale(n)`.
    pub(super) fn new(
        layout: Layout,
        lanes: usize,
        series: Series,
        beta: f64,
        scale: impl Fn(usize) -> f64,
    ) -> Self {
        let turned = turned_harmonics(layout.order, beta);
        let mut table = vec![];
        for n in 0..layout.order {
            let matrix = |row: usize, column: usize| {
                if row > n {
                    return [0.0; 2];
                }
                let (m, l) = match series {
                    Series::Multipole => (row, column),
                    Series::LocalBack => (column, row),
                };
                // Of X^{column}, and of X^{−column}, which is a conjugate.
                let straight = turned[n][m][n + l] * scale(n);
                let sign = if l % 2 == 1 { -1.0 } else { 1.0 };
                let conjugate = sign * turned[n][m][n - l] * scale(n);
                match column {
                    0 => [straight, 0.0],
                    _ => [straight + conjugate, straight - conjugate],
                }
            };
            let vectors = (n + 1).div_ceil(lanes);
            for (block, size) in super::blocks(vectors) {
                for column in 0..=n {
                    for part in 0..2 {
                        let rows = block * lanes..(block + size) * lanes;
                        table.extend(rows.map(|row| W::from_f64(matrix(row, column)[part])));
                    }
                }
            }
        }
        Self {
            table: table[..].into(),
        }
    }

    /// The rows of `C` series, behind each other, to rows, which are 0 past m = n up to the next whole vector.
    #[inline(always)]
    pub(super) fn apply<I: Isa, const C: usize>(
        &self,
        isa: I,
        layout: Layout,
        from: &[W],
        to: &mut [W],
    ) {
        let lanes = W::Lanes::<I>::LANES;
        let mut table = &self.table[..];
        for n in 0..layout.order {
            let end = (n + 1).next_multiple_of(lanes);
            let mut row = 0;
            while row + 4 * lanes <= end {
                table = block::<I, W, C, 4>(isa, layout, table, (n, row), from, to);
                row += 4 * lanes;
            }
            if row + 2 * lanes <= end {
                table = block::<I, W, C, 2>(isa, layout, table, (n, row), from, to);
                row += 2 * lanes;
            }
            if row < end {
                table = block::<I, W, C, 1>(isa, layout, table, (n, row), from, to);
            }
        }
    }
}

/// `B` vectors of degree n from `row` on; returns the rest of the table.
#[inline(always)]
fn block<'a, I: Isa, W: Real, const C: usize, const B: usize>(
    isa: I,
    layout: Layout,
    table: &'a [W],
    (n, row): (usize, usize),
    from: &[W],
    to: &mut [W],
) -> &'a [W] {
    let wide = B * W::Lanes::<I>::LANES;
    let (len, im) = (layout.rows_len(), layout.order * layout.stride);
    let (table, rest) = table.split_at(2 * wide * (n + 1));
    let mut sum_re = [[W::Lanes::<I>::splat(isa, W::ZERO); B]; C];
    let mut sum_im = sum_re;
    // From here the imaginary part of the last series is the furthest.
    let reach = (C - 1) * len + im + 1;
    let from = &from[n * layout.stride..][..n + reach];
    for (column, entries) in table.chunks_exact(2 * wide).enumerate() {
        let from = &from[column..][..reach];
        let for_re: [_; B] = W::Lanes::<I>::load_each(isa, entries);
        let for_im: [_; B] = W::Lanes::<I>::load_each(isa, &entries[wide..]);
        for c in 0..C {
            let re = W::Lanes::<I>::splat(isa, from[c * len]);
            let im = W::Lanes::<I>::splat(isa, from[c * len + im]);
            for b in 0..B {
                sum_re[c][b] = for_re[b].mul_add(re, sum_re[c][b]);
                sum_im[c][b] = for_im[b].mul_add(im, sum_im[c][b]);
            }
        }
    }
    for c in 0..C {
        let at = c * len + n * layout.stride + row;
        W::Lanes::<I>::store_each(sum_re[c], &mut to[at..]);
        W::Lanes::<I>::store_each(sum_im[c], &mut to[at + im..]);
    }
    rest
}

/// T^n_{ml} by n < order, 0 ≤ m ≤ n, then n + l for −n ≤ l ≤ n.
fn turned_harmonics(order: usize, beta: f64) -> Vec<Vec<Vec<f64>>> {
    let (s, c) = beta.sin_cos();
    let mut all = vec![vec![vec![1.0]]];
    for n in 1..order as i64 {
        let below = &all[n as usize - 1];
        // T^{n−1}_{ml}, 0 outside.
        let entry = |m: i64, l: i64| {
            let inside = l.abs() < n;
            if inside {
                below[m as usize][(n - 1 + l) as usize]
            } else {
                0.0
            }
        };
        let row = |m: i64| {
            let turned = |l: i64| {
                let from = (m - 1).max(0);
                let plus = (n + l - 1) as f64 * (n + l) as f64 * entry(from, l - 1);
                let minus = (n - l - 1) as f64 * (n - l) as f64 * entry(from, l + 1);
                let same = (n * n - l * l) as f64 * entry(from, l);
                if m == 0 {
                    // z′ = c z + s x
                    (c * same + 0.5 * s * (minus - plus)) / (n * n) as f64
                } else {
                    // x′ + iy′ = (c+1)/2 (x+iy) + (c−1)/2 (x−iy) − s z
                    let sum = 0.5 * (c + 1.0) * plus - 0.5 * (c - 1.0) * minus + s * same;
                    sum / ((n + m) * (n + m - 1)) as f64
                }
            };
            (-n..=n).map(turned).collect()
        };
        let rows = (0..=n).map(row).collect();
        all.push(rows);
    }
    all
}

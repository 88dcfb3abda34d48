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
    table: Vec<W>,
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
        Self { table }
    }

    /// Rows to rows, which are 0 past m = n up to the next whole vector.
    #[inline(always)]
    pub(super) fn apply<I: Isa>(&self, isa: I, layout: Layout, from: &[W], to: &mut [W]) {
        let (lanes, stride) = (W::Lanes::<I>::LANES, layout.stride);
        let mut table = &self.table[..];
        let (re, im) = layout.parts(from);
        let (to_re, to_im) = layout.parts_mut(to);
        let from = re.chunks_exact(stride).zip(im.chunks_exact(stride));
        let to = to_re
            .chunks_exact_mut(stride)
            .zip(to_im.chunks_exact_mut(stride));
        for (n, (from, mut to)) in from.zip(to).enumerate() {
            let from = (&from.0[..=n], &from.1[..=n]);
            let end = (n + 1).next_multiple_of(lanes);
            let mut row = 0;
            while row + 4 * lanes <= end {
                table = block::<I, W, 4>(isa, table, row, from, &mut to);
                row += 4 * lanes;
            }
            if row + 2 * lanes <= end {
                table = block::<I, W, 2>(isa, table, row, from, &mut to);
                row += 2 * lanes;
            }
            if row < end {
                table = block::<I, W, 1>(isa, table, row, from, &mut to);
            }
        }
    }
}

/// `B` vectors of one degree from `row` on; returns the rest of the table.
#[inline(always)]
fn block<'a, I: Isa, W: Real, const B: usize>(
    isa: I,
    table: &'a [W],
    row: usize,
    (re, im): (&[W], &[W]),
    to: &mut (&mut [W], &mut [W]),
) -> &'a [W] {
    let wide = B * W::Lanes::<I>::LANES;
    let (table, rest) = table.split_at(2 * wide * re.len());
    let mut sum_re = [W::Lanes::<I>::splat(isa, W::ZERO); B];
    let mut sum_im = sum_re;
    for (entries, (&re, &im)) in table.chunks_exact(2 * wide).zip(re.iter().zip(im)) {
        let (re, im) = (W::Lanes::<I>::splat(isa, re), W::Lanes::<I>::splat(isa, im));
        let for_re: [_; B] = W::Lanes::<I>::load_each(isa, entries);
        let for_im: [_; B] = W::Lanes::<I>::load_each(isa, &entries[wide..]);
        for b in 0..B {
            sum_re[b] = for_re[b].mul_add(re, sum_re[b]);
            sum_im[b] = for_im[b].mul_add(im, sum_im[b]);
        }
    }
    W::Lanes::<I>::store_each(sum_re, &mut to.0[row..]);
    W::Lanes::<I>::store_each(sum_im, &mut to.1[row..]);
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

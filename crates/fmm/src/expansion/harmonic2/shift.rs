//! Between parent and child: m2m and l2l.

use super::WIDEST;
use crate::memory::Lines;
use lanes::{Isa, Lanes};
use std::ops::Range;

/// Matrices for the four children, whose centres lie at d = (±1 ± i)/4 = ρ t in the parent's box units, |t| = 1.
///
/// ```text
/// M^parent_k = Σ_{j≤k} C(k,j) d^{k−j} 2^{−j} M^child_j            = t^k Σ_j [C(k,j) ρ^{k−j} 2^{−j}] t^{−j} M^child_j
/// L^child_m  = 2^{−m−1} Σ_{l≥m} C(l,m) d^{l−m} L^parent_l         = t^{−m} Σ_l [2^{−m−1} C(l,m) ρ^{l−m}] t^l L^parent_l
/// Λ^child    = Λ^parent + Re Σ_{l≥1} L^parent_{l−1} d^l/l
/// ```
///
/// The matrices in brackets are real and the same for all children.
#[derive(Debug)]
pub(super) struct Shift {
    order: usize,
    padded: usize,
    /// By block of rows k ([`blocks`]), then column j: the rows of the block of the m2m matrix.
    up: Lines<f64>,
    /// By block of rows m, then column l: the rows of the block of the l2l matrix.
    down: Lines<f64>,
    /// By child, then vector of terms k: t^k, real parts then imaginary parts.
    turn: [Lines<f64>; 4],
    /// By child, then l: d^{l+1}/(l+1), real and minus imaginary parts, each padded.
    constant: [Lines<f64>; 4],
}

/// Longest series, padded.
const MOST_TERMS: usize = 56;

impl Shift {
    pub(super) fn new(order: usize, padded: usize, lanes: usize) -> Self {
        let binomial = binomials(order);
        let distance = 0.125f64.sqrt();
        let entry = |high: usize, low: usize| {
            let size = distance.powi((high - low) as i32) * 0.5f64.powi(low as i32);
            if high < order {
                binomial[high][low] * size
            } else {
                0.0
            }
        };
        let (mut up, mut down) = (vec![], vec![]);
        for rows in blocks(padded, lanes) {
            for column in 0..order {
                let lower = |row: usize| {
                    if row >= column {
                        entry(row, column)
                    } else {
                        0.0
                    }
                };
                let upper = |row: usize| {
                    if row <= column {
                        0.5 * entry(column, row)
                    } else {
                        0.0
                    }
                };
                up.extend(rows.clone().map(lower));
                down.extend(rows.clone().map(upper));
            }
        }
        let mut turn: [Vec<f64>; 4] = Default::default();
        let mut constant: [Vec<f64>; 4] = Default::default();
        for octant in 0..4 {
            let powers = powers(octant, order + 1);
            (turn[octant], constant[octant]) = (vec![0.0; 2 * padded], vec![0.0; 2 * padded]);
            for k in 0..order {
                let size = distance.powi(k as i32);
                let at = 2 * (k - k % lanes) + k % lanes;
                turn[octant][at] = powers[k][0] / size;
                turn[octant][at + lanes] = powers[k][1] / size;
                constant[octant][k] = powers[k + 1][0] / (k + 1) as f64;
                constant[octant][padded + k] = -powers[k + 1][1] / (k + 1) as f64;
            }
        }
        Self {
            order,
            padded,
            up: up[..].into(),
            down: down[..].into(),
            turn: turn.map(|turn| turn[..].into()),
            constant: constant.map(|constant| constant[..].into()),
        }
    }

    #[inline(always)]
    pub(super) fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        self.apply::<I, false>(isa, &self.up, octant, child, parent);
    }

    #[inline(always)]
    pub(super) fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        self.apply::<I, true>(isa, &self.down, octant, parent, child);
    }

    /// The part of Λ that a child gets from its parent's series.
    #[inline(always)]
    pub(super) fn l2l_constant<I: Isa>(
        &self,
        isa: I,
        octant: usize,
        parent: &[f64],
        child: &mut [f64],
    ) {
        let mut sum = I::F64::splat(isa, 0.0);
        let weights = self.constant[octant].chunks_exact(I::F64::LANES);
        for (weight, terms) in weights.zip(parent.chunks_exact(I::F64::LANES)) {
            sum = I::F64::load(isa, terms).mul_add(I::F64::load(isa, weight), sum);
        }
        child[2 * self.padded] += parent[2 * self.padded] + sum.sum();
    }

    /// out += T^{−1} matrix T x, T = diag(t^k) to `DOWN`, its inverse on the way up.
    #[inline(always)]
    fn apply<I: Isa, const DOWN: bool>(
        &self,
        isa: I,
        matrix: &[f64],
        octant: usize,
        x: &[f64],
        out: &mut [f64],
    ) {
        let (padded, lanes) = (self.padded, I::F64::LANES);
        let turn = self.turn[octant].chunks_exact(2 * lanes);
        let (x_re, x_im) = x.split_at(padded);
        let x = x_re.chunks_exact(lanes).zip(x_im.chunks_exact(lanes));
        let mut turned = [[0.0; 2 * WIDEST]; MOST_TERMS / WIDEST];
        let places = turned.as_flattened_mut().chunks_exact_mut(2 * lanes);
        for ((turned, turn), (re, im)) in places.zip(turn.clone()).zip(x) {
            let x = [I::F64::load(isa, re), I::F64::load(isa, im)];
            I::F64::store_each(turn_by::<I, DOWN>(isa, x, turn), turned);
        }
        let mut row = 0;
        while row + 4 * lanes <= padded {
            self.rows::<I, DOWN, 4>(isa, matrix, octant, &turned, row, out);
            row += 4 * lanes;
        }
        while row + 2 * lanes <= padded {
            self.rows::<I, DOWN, 2>(isa, matrix, octant, &turned, row, out);
            row += 2 * lanes;
        }
        if row < padded {
            self.rows::<I, DOWN, 1>(isa, matrix, octant, &turned, row, out);
        }
    }

    /// `B` vectors of rows from `row` on.
    #[inline(always)]
    fn rows<I: Isa, const DOWN: bool, const B: usize>(
        &self,
        isa: I,
        matrix: &[f64],
        octant: usize,
        x: &[[f64; 2 * WIDEST]; MOST_TERMS / WIDEST],
        row: usize,
        out: &mut [f64],
    ) {
        let (padded, lanes) = (self.padded, I::F64::LANES);
        let wide = B * lanes;
        let columns = &matrix[row * self.order..][..wide * self.order];
        let x = x.as_flattened().chunks_exact(2 * lanes);
        let mut sums = [[I::F64::splat(isa, 0.0); 2]; B];
        for (columns, x) in columns.chunks(wide * lanes).zip(x) {
            let (re, im) = x.split_at(lanes);
            for ((column, &re), &im) in columns.chunks_exact(wide).zip(re).zip(im) {
                let column: [_; B] = I::F64::load_each(isa, column);
                let (re, im) = (I::F64::splat(isa, re), I::F64::splat(isa, im));
                for b in 0..B {
                    sums[b][0] = column[b].mul_add(re, sums[b][0]);
                    sums[b][1] = column[b].mul_add(im, sums[b][1]);
                }
            }
        }
        let turn = &self.turn[octant][2 * row..][..2 * wide];
        let (out_re, out_im) = out.split_at_mut(padded);
        let (out_re, out_im) = (&mut out_re[row..][..wide], &mut out_im[row..][..wide]);
        for b in 0..B {
            let turn = &turn[2 * b * lanes..][..2 * lanes];
            // The other way round on the way back.
            let [re, im] = if DOWN {
                turn_by::<I, false>(isa, sums[b], turn)
            } else {
                turn_by::<I, true>(isa, sums[b], turn)
            };
            let (out_re, out_im) = (&mut out_re[b * lanes..], &mut out_im[b * lanes..]);
            (I::F64::load(isa, out_re) + re).store(out_re);
            (I::F64::load(isa, out_im) + im).store(out_im);
        }
    }
}

/// x t, or x/t if not `FORTH`, for |t| = 1: real parts, then imaginary parts.
#[inline(always)]
fn turn_by<I: Isa, const FORTH: bool>(isa: I, [re, im]: [I::F64; 2], turn: &[f64]) -> [I::F64; 2] {
    let [c, s]: [_; 2] = I::F64::load_each(isa, turn);
    if FORTH {
        [im.neg_mul_add(s, re * c), im.mul_add(c, re * s)]
    } else {
        [im.mul_add(s, re * c), re.neg_mul_add(s, im * c)]
    }
}

/// Blocks of 4, 2 or 1 vectors that the loops take of so many rows.
fn blocks(rows: usize, lanes: usize) -> Vec<Range<usize>> {
    let mut blocks = vec![];
    let mut row = 0;
    for vectors in [4, 2, 1] {
        while row + vectors * lanes <= rows {
            blocks.push(row..row + vectors * lanes);
            row += vectors * lanes;
        }
    }
    blocks
}

/// d⁰ … d^{count−1} for the centre d of a child.
fn powers(octant: usize, count: usize) -> Vec<[f64; 2]> {
    let sign = |bit: usize| if octant >> bit & 1 == 1 { 0.25 } else { -0.25 };
    let d = [sign(0), sign(1)];
    let mut power = [1.0, 0.0];
    (0..count)
        .map(|_| {
            let now = power;
            power = [now[0] * d[0] - now[1] * d[1], now[0] * d[1] + now[1] * d[0]];
            now
        })
        .collect()
}

/// Pascal's triangle.
fn binomials(order: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![vec![1.0]];
    for n in 1..order {
        let last = &rows[n - 1];
        rows.push(
            (0..=n)
                .map(|k| {
                    if k == 0 || k == n {
                        1.0
                    } else {
                        last[k - 1] + last[k]
                    }
                })
                .collect(),
        );
    }
    rows
}

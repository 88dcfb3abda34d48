//! Between parent and child: m2m and l2l.

use super::WIDEST;
use lanes::{Isa, Lanes};

/// Matrices for the four children, whose centres lie at d = (±1 ± i)/4 in the parent's box units.
///
/// ```text
/// M^parent_k = Σ_{j≤k} C(k,j) d^{k−j} 2^{−j} M^child_j
/// L^child_m  = 2^{−m−1} Σ_{l≥m} C(l,m) d^{l−m} L^parent_l
/// Λ^child    = Λ^parent + Re Σ_{l≥1} L^parent_{l−1} d^l/l
/// ```
#[derive(Debug)]
pub(super) struct Shift {
    order: usize,
    padded: usize,
    /// By child, then column j: the rows k of the m2m matrix, real then imaginary.
    up: [Vec<f64>; 4],
    /// By child, then column l: the rows m of the l2l matrix, real then imaginary.
    down: [Vec<f64>; 4],
    /// By child, then l: d^{l+1}/(l+1), real and minus imaginary parts, each padded.
    constant: [Vec<f64>; 4],
}

impl Shift {
    pub(super) fn new(order: usize, padded: usize) -> Self {
        let binomial = binomials(order);
        let mut up: [Vec<f64>; 4] = Default::default();
        let mut down: [Vec<f64>; 4] = Default::default();
        let mut constant: [Vec<f64>; 4] = Default::default();
        for octant in 0..4 {
            let powers = powers(octant, order + 1);
            up[octant] = vec![0.0; order * 2 * padded];
            down[octant] = vec![0.0; order * 2 * padded];
            constant[octant] = vec![0.0; 2 * padded];
            for high in 0..order {
                for low in 0..=high {
                    let [re, im] = powers[high - low].map(|x| x * binomial[high][low]);
                    let (column, row, half) = (low * 2 * padded, high, 0.5f64.powi(low as i32));
                    up[octant][column + row] = re * half;
                    up[octant][column + padded + row] = im * half;
                    let (column, row) = (high * 2 * padded, low);
                    down[octant][column + row] = re * half * 0.5;
                    down[octant][column + padded + row] = im * half * 0.5;
                }
                constant[octant][high] = powers[high + 1][0] / (high + 1) as f64;
                constant[octant][padded + high] = -powers[high + 1][1] / (high + 1) as f64;
            }
        }
        Self {
            order,
            padded,
            up,
            down,
            constant,
        }
    }

    #[inline(always)]
    pub(super) fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        // Row k needs columns j ≤ k only.
        self.apply::<I, true>(isa, &self.up[octant], child, parent);
    }

    #[inline(always)]
    pub(super) fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        // Row m needs columns l ≥ m only.
        self.apply::<I, false>(isa, &self.down[octant], parent, child);
        let mut sum = I::F64::splat(isa, 0.0);
        for (a, b) in parent[..2 * self.padded]
            .chunks_exact(WIDEST)
            .zip(self.constant[octant].chunks_exact(WIDEST))
        {
            for (a, b) in a
                .chunks_exact(I::F64::LANES)
                .zip(b.chunks_exact(I::F64::LANES))
            {
                sum = I::F64::load(isa, a).mul_add(I::F64::load(isa, b), sum);
            }
        }
        child[2 * self.padded] += parent[2 * self.padded] + sum.sum();
    }

    /// out += matrix · x, complex, for a `LOWER` or upper triangular matrix.
    #[inline(always)]
    fn apply<I: Isa, const LOWER: bool>(&self, isa: I, matrix: &[f64], x: &[f64], out: &mut [f64]) {
        let (padded, lanes) = (self.padded, I::F64::LANES);
        let (x_re, x_im) = x[..2 * padded].split_at(padded);
        let (out_re, out_im) = out[..2 * padded].split_at_mut(padded);
        for row in (0..self.order).step_by(lanes) {
            let (first, end) = if LOWER {
                (0, (row + lanes).min(self.order))
            } else {
                (row, self.order)
            };
            let mut re = I::F64::load(isa, &out_re[row..]);
            let mut im = I::F64::load(isa, &out_im[row..]);
            for j in first..end {
                let column = &matrix[j * 2 * padded..(j + 1) * 2 * padded];
                let (a, b) = (
                    I::F64::load(isa, &column[row..]),
                    I::F64::load(isa, &column[padded + row..]),
                );
                let (u, v) = (I::F64::splat(isa, x_re[j]), I::F64::splat(isa, x_im[j]));
                re = b.neg_mul_add(v, a.mul_add(u, re));
                im = b.mul_add(u, a.mul_add(v, im));
            }
            re.store(&mut out_re[row..]);
            im.store(&mut out_im[row..]);
        }
    }
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

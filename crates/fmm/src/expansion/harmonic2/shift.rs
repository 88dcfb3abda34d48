//! Between parent and child: m2m and l2l.

use lanes::{Isa, Lanes};

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
    /// Column j: the rows k of the m2m matrix.
    up: Vec<f64>,
    /// Column l: the rows m of the l2l matrix.
    down: Vec<f64>,
    /// By child: t^k, real then imaginary, each padded.
    turn: [Vec<f64>; 4],
    /// By child, then l: d^{l+1}/(l+1), real and minus imaginary parts, each padded.
    constant: [Vec<f64>; 4],
}

/// Longest series, padded.
const MOST_TERMS: usize = 56;

impl Shift {
    pub(super) fn new(order: usize, padded: usize) -> Self {
        let binomial = binomials(order);
        let distance = 0.125f64.sqrt();
        let (mut up, mut down) = (vec![0.0; order * padded], vec![0.0; order * padded]);
        for high in 0..order {
            for low in 0..=high {
                let entry = binomial[high][low] * distance.powi((high - low) as i32);
                let half = 0.5f64.powi(low as i32);
                up[low * padded + high] = entry * half;
                down[high * padded + low] = entry * half * 0.5;
            }
        }
        let mut turn: [Vec<f64>; 4] = Default::default();
        let mut constant: [Vec<f64>; 4] = Default::default();
        for octant in 0..4 {
            let powers = powers(octant, order + 1);
            (turn[octant], constant[octant]) = (vec![0.0; 2 * padded], vec![0.0; 2 * padded]);
            for k in 0..order {
                let size = distance.powi(k as i32);
                turn[octant][k] = powers[k][0] / size;
                turn[octant][padded + k] = powers[k][1] / size;
                constant[octant][k] = powers[k + 1][0] / (k + 1) as f64;
                constant[octant][padded + k] = -powers[k + 1][1] / (k + 1) as f64;
            }
        }
        Self {
            order,
            padded,
            up,
            down,
            turn,
            constant,
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
        for at in (0..2 * self.padded).step_by(I::F64::LANES) {
            let weight = I::F64::load(isa, &self.constant[octant][at..]);
            sum = I::F64::load(isa, &parent[at..]).mul_add(weight, sum);
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
        let mut turned = [[0.0; MOST_TERMS]; 2];
        for at in (0..padded).step_by(lanes) {
            let x = [
                I::F64::load(isa, &x[at..]),
                I::F64::load(isa, &x[padded + at..]),
            ];
            let [re, im] = self.turned::<I, DOWN>(isa, octant, at, x);
            re.store(&mut turned[0][at..]);
            im.store(&mut turned[1][at..]);
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
        x: &[[f64; MOST_TERMS]; 2],
        row: usize,
        out: &mut [f64],
    ) {
        let (padded, lanes) = (self.padded, I::F64::LANES);
        // The matrix is triangular: upper on the way down, lower on the way up.
        let (first, end) = if DOWN {
            (row, self.order)
        } else {
            (0, (row + B * lanes).min(self.order))
        };
        let zero = I::F64::splat(isa, 0.0);
        let mut sums = [[zero; 2]; B];
        for j in first..end {
            let column = &matrix[j * padded + row..][..B * lanes];
            let (re, im) = (I::F64::splat(isa, x[0][j]), I::F64::splat(isa, x[1][j]));
            let column: [_; B] = I::F64::load_each(isa, column);
            for b in 0..B {
                sums[b][0] = column[b].mul_add(re, sums[b][0]);
                sums[b][1] = column[b].mul_add(im, sums[b][1]);
            }
        }
        for b in 0..B {
            let at = row + b * lanes;
            // The other way round on the way back.
            let [re, im] = if DOWN {
                self.turned::<I, false>(isa, octant, at, sums[b])
            } else {
                self.turned::<I, true>(isa, octant, at, sums[b])
            };
            (I::F64::load(isa, &out[at..]) + re).store(&mut out[at..]);
            let at = padded + at;
            (I::F64::load(isa, &out[at..]) + im).store(&mut out[at..]);
        }
    }

    /// x t^k from term `at` on, or x t^{−k} if not `FORTH`.
    #[inline(always)]
    fn turned<I: Isa, const FORTH: bool>(
        &self,
        isa: I,
        octant: usize,
        at: usize,
        [re, im]: [I::F64; 2],
    ) -> [I::F64; 2] {
        let turn = &self.turn[octant];
        let c = I::F64::load(isa, &turn[at..]);
        let s = I::F64::load(isa, &turn[self.padded + at..]);
        if FORTH {
            [im.neg_mul_add(s, re * c), im.mul_add(c, re * s)]
        } else {
            [im.mul_add(s, re * c), re.neg_mul_add(s, im * c)]
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

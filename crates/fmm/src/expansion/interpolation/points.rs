//! Between points and polynomials: p2m, l2p. One lane is one point.
//!
//! The plane is space with one polynomial along a first axis that is not there, so that both are written once.

use crate::expansion::{UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL, SECOND};
use lanes::{Isa, Lanes};

/// Most polynomials along an axis.
pub(super) const MOST_AN_AXIS: usize = 24;

/// Vectors of points that are carried together.
const BATCH: usize = 8;

/// T_k(2u), or its first or second derivative by u, for `B` vectors of points, by k.
type Table<V, const B: usize> = [[V; B]; MOST_AN_AXIS];

/// The polynomials of one axis and as many derivatives as are asked for.
#[inline(always)]
fn tables<V: Lanes<Elem = f64>, const B: usize, const N: usize>(
    isa: V::Isa,
    n: usize,
    u: [V; B],
) -> [Table<V, B>; N] {
    let number = |x: f64| V::splat(isa, x);
    let mut t = [[[number(0.0); B]; MOST_AN_AXIS]; N];
    for b in 0..B {
        let twice = u[b] * number(4.0);
        for k in 0..n {
            // T_{k+1} = 2x T_k − T_{k−1}, x = 2u, and its derivatives.
            t[0][k][b] = match k {
                0 => number(1.0),
                1 => u[b] + u[b],
                _ => twice * t[0][k - 1][b] - t[0][k - 2][b],
            };
            for d in 1..N {
                t[d][k][b] = match k {
                    0 => number(0.0),
                    1 => number(if d == 1 { 2.0 } else { 0.0 }),
                    _ => {
                        twice.mul_add(t[d][k - 1][b], number(4.0 * d as f64) * t[d - 1][k - 1][b])
                            - t[d][k - 2][b]
                    }
                };
            }
        }
    }
    t
}

/// Σ_j w_j T_k(2u_j) for every index k; `sums` holds the polynomials of the last axis behind each other.
#[inline(always)]
pub(super) fn p2m<I: Isa, const D: usize>(
    isa: I,
    n: usize,
    points: &UnitPoints<D>,
    sums: &mut [f64],
) {
    let step = BATCH * I::F64::LANES;
    for first in (0..points.w.len()).step_by(step) {
        let last = points.w.len().min(first + step);
        let load = |values: &[f64], b: usize| {
            let at = first + b * I::F64::LANES;
            if at < last {
                I::F64::load(isa, &values[at..])
            } else {
                I::F64::splat(isa, 0.0)
            }
        };
        let all = |values: &[f64]| -> [I::F64; BATCH] { std::array::from_fn(|b| load(values, b)) };
        let w = all(&points.w);
        let [t2] = tables::<_, BATCH, 1>(isa, n, all(&points.u[D - 1]));
        let [t1] = tables::<_, BATCH, 1>(isa, n, all(&points.u[D - 2]));
        let [t0] = tables::<_, BATCH, 1>(isa, n, all(&points.u[0]));
        let firsts = if D == 3 { n } else { 1 };
        for i in 0..firsts {
            let mut outer = w;
            if D == 3 {
                for b in 0..BATCH {
                    outer[b] = outer[b] * t0[i][b];
                }
            }
            for j in 0..n {
                let mut q = outer;
                for b in 0..BATCH {
                    q[b] = q[b] * t1[j][b];
                }
                let row = &mut sums[(i * n + j) * n..][..n];
                for (eight, row) in row.chunks_mut(8).enumerate() {
                    let mut found = [I::F64::splat(isa, 0.0); 8];
                    for (k, found) in found.iter_mut().enumerate().take(row.len()) {
                        for b in 0..BATCH {
                            *found = q[b].mul_add(t2[8 * eight + k][b], *found);
                        }
                    }
                    for (sum, found) in row.iter_mut().zip(I::F64::sum_each(found)) {
                        *sum += found;
                    }
                }
            }
        }
    }
}

/// f(u) = Σ_k f_k T_k(2u) at the points, and its derivatives: s −= ∇f `scales[1]`, t += f `scales[0]`, g −= ∇∇f `scales[2]`.
#[inline(always)]
pub(super) fn l2p<I: Isa, const D: usize>(
    isa: I,
    n: usize,
    f: &[f64],
    points: &UnitPoints<D>,
    scales: [f64; 3],
    wanted: usize,
    sums: &mut UnitSums<D>,
) {
    let mut at = 0;
    let all = points.w.len();
    while at < all {
        at += if wanted >= GRADIENT {
            some_points::<I, D, 1, 3>(isa, n, f, points, at, scales, wanted, sums)
        } else if all - at >= 2 * I::F64::LANES {
            some_points::<I, D, 2, 2>(isa, n, f, points, at, scales, wanted, sums)
        } else {
            some_points::<I, D, 1, 2>(isa, n, f, points, at, scales, wanted, sums)
        };
    }
}

/// The same at `B` vectors of points from `at` on, with derivatives below the order `N`; returns how many points they are.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn some_points<I: Isa, const D: usize, const B: usize, const N: usize>(
    isa: I,
    n: usize,
    f: &[f64],
    points: &UnitPoints<D>,
    at: usize,
    scales: [f64; 3],
    wanted: usize,
    sums: &mut UnitSums<D>,
) -> usize {
    let lanes = I::F64::LANES;
    let zero = [I::F64::splat(isa, 0.0); B];
    let mut u = [zero; D];
    for a in 0..D {
        for b in 0..B {
            u[a][b] = I::F64::load(isa, &points.u[a][at + b * lanes..]);
        }
    }
    let t2 = tables::<_, B, N>(isa, n, u[D - 1]);
    let t1 = tables::<_, B, N>(isa, n, u[D - 2]);
    let t0 = tables::<_, B, N>(isa, n, u[0]);
    // Of order 0; by the first, second, third axis; by (1,1) (1,2) (1,3) (2,2) (2,3) (3,3).
    let mut found = [zero; 10];
    for i in 0..if D == 3 { n } else { 1 } {
        // By orders along the second and third axis: 00, 10, 01, 20, 11, 02.
        let mut middle = [zero; 6];
        for j in 0..n {
            let mut inner = [zero; N];
            for (k, &f) in f[(i * n + j) * n..][..n].iter().enumerate() {
                let f = I::F64::splat(isa, f);
                for d in 0..N {
                    for b in 0..B {
                        inner[d][b] = f.mul_add(t2[d][k][b], inner[d][b]);
                    }
                }
            }
            add::<I, B>(&mut middle[0], t1[0][j], inner[0]);
            add::<I, B>(&mut middle[1], t1[1][j], inner[0]);
            add::<I, B>(&mut middle[2], t1[0][j], inner[1]);
            if N == 3 {
                add::<I, B>(&mut middle[3], t1[N - 1][j], inner[0]);
                add::<I, B>(&mut middle[4], t1[1][j], inner[1]);
                add::<I, B>(&mut middle[5], t1[0][j], inner[N - 1]);
            }
        }
        if D == 2 {
            (found[0], found[2], found[3]) = (middle[0], middle[1], middle[2]);
            (found[7], found[8], found[9]) = (middle[3], middle[4], middle[5]);
            continue;
        }
        add::<I, B>(&mut found[0], t0[0][i], middle[0]);
        add::<I, B>(&mut found[1], t0[1][i], middle[0]);
        add::<I, B>(&mut found[2], t0[0][i], middle[1]);
        add::<I, B>(&mut found[3], t0[0][i], middle[2]);
        if N == 3 {
            add::<I, B>(&mut found[4], t0[N - 1][i], middle[0]);
            add::<I, B>(&mut found[5], t0[1][i], middle[1]);
            add::<I, B>(&mut found[6], t0[1][i], middle[2]);
            add::<I, B>(&mut found[7], t0[0][i], middle[3]);
            add::<I, B>(&mut found[8], t0[0][i], middle[4]);
            add::<I, B>(&mut found[9], t0[0][i], middle[5]);
        }
    }
    for b in 0..B {
        let at = at + b * lanes;
        let put = |to: &mut [f64], scale: f64, found: [I::F64; B]| {
            let sum = I::F64::load(isa, &to[at..]);
            found[b]
                .mul_add(I::F64::splat(isa, scale), sum)
                .store(&mut to[at..]);
        };
        for a in 0..D {
            put(&mut sums.s[a], -scales[1], found[1 + (3 - D) + a]);
        }
        if wanted >= POTENTIAL {
            put(&mut sums.t, scales[0], found[0]);
        }
        if N == 3 {
            // In the plane the last three of ten are all there are.
            let first = if D == 3 { 4 } else { 7 };
            for c in 0..SECOND.min(10 - first) {
                put(&mut sums.g[c], -scales[2], found[first + c]);
            }
        }
    }
    B * lanes
}

/// sum += x y.
#[inline(always)]
fn add<I: Isa, const B: usize>(sum: &mut [I::F64; B], x: [I::F64; B], y: [I::F64; B]) {
    for b in 0..B {
        sum[b] = x[b].mul_add(y[b], sum[b]);
    }
}

//! Between points and polynomials: p2m, l2p. One lane is one point.
//!
//! The plane is space with one polynomial along a first axis that is not there, so that both are written once.

use crate::expansion::{UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL, SECOND, place_of};
use crate::tree::Stretch;
use lanes::{Isa, Lanes};

/// Vectors of points that are carried together.
const BATCH: usize = 8;

/// Numbers of all tables that p2m or l2p needs at a time, for so many polynomials along each axis.
pub(super) fn room<I: Isa, const D: usize>(n: [usize; D]) -> usize {
    n.iter().sum::<usize>() * BATCH * I::F64::LANES
}

/// Fills a table of an axis: by k, T_k(2u) and its derivatives below the order `N`, each for `B` vectors of points.
#[inline(always)]
fn fill<V: Lanes<Elem = f64>, const B: usize, const N: usize>(
    isa: V::Isa,
    u: [V; B],
    table: &mut [f64],
) {
    let number = |x: f64| V::splat(isa, x);
    let zero = [[number(0.0); B]; N];
    // Of the last two k. T_{k+1} = 2x T_k − T_{k−1}, x = 2u, and its derivatives.
    let (mut before, mut last) = (zero, zero);
    for (k, row) in table.chunks_exact_mut(N * B * V::LANES).enumerate() {
        let mut t = zero;
        for b in 0..B {
            let twice = u[b] * number(4.0);
            t[0][b] = match k {
                0 => number(1.0),
                1 => u[b] + u[b],
                _ => twice * last[0][b] - before[0][b],
            };
            for d in 1..N {
                t[d][b] = match k {
                    0 => number(0.0),
                    1 => number(if d == 1 { 2.0 } else { 0.0 }),
                    _ => {
                        twice.mul_add(last[d][b], number(4.0 * d as f64) * last[d - 1][b])
                            - before[d][b]
                    }
                };
            }
        }
        for (d, row) in row.chunks_exact_mut(B * V::LANES).enumerate() {
            V::store_each(t[d], row);
        }
        (before, last) = (last, t);
    }
}

/// The row k of a table.
#[inline(always)]
fn row<V: Lanes<Elem = f64>, const B: usize, const N: usize>(
    isa: V::Isa,
    table: &[f64],
    k: usize,
) -> [[V; B]; N] {
    let len = B * V::LANES;
    let row = &table[k * N * len..][..N * len];
    let mut t = [[V::splat(isa, 0.0); B]; N];
    for d in 0..N {
        t[d] = V::load_each(isa, &row[d * len..][..len]);
    }
    t
}

/// Σ_j w_j T_k(2u_j) for every index k; `sums` holds the polynomials of the last axis behind each other.
#[inline(always)]
pub(super) fn p2m<I: Isa, const D: usize>(
    isa: I,
    n: [usize; D],
    points: &UnitPoints<D>,
    tables: &mut [f64],
    sums: &mut [f64],
) {
    let n = of_axes(n);
    let [t0, t1, t2] = by_axis::<D>(tables, n, BATCH * I::F64::LANES);
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
        fill::<I::F64, BATCH, 1>(isa, all(&points.u[D - 1]), t2);
        fill::<I::F64, BATCH, 1>(isa, all(&points.u[D - 2]), t1);
        fill::<I::F64, BATCH, 1>(isa, all(&points.u[0]), t0);
        for i in 0..n[0] {
            let mut outer = w;
            if D == 3 {
                let [t] = row::<I::F64, BATCH, 1>(isa, t0, i);
                for b in 0..BATCH {
                    outer[b] = outer[b] * t[b];
                }
            }
            for j in 0..n[1] {
                let mut q = outer;
                let [t] = row::<I::F64, BATCH, 1>(isa, t1, j);
                for b in 0..BATCH {
                    q[b] = q[b] * t[b];
                }
                let sums = &mut sums[(i * n[1] + j) * n[2]..][..n[2]];
                for (eight, sums) in sums.chunks_mut(8).enumerate() {
                    let mut found = [I::F64::splat(isa, 0.0); 8];
                    for (k, found) in found.iter_mut().enumerate().take(sums.len()) {
                        let [t] = row::<I::F64, BATCH, 1>(isa, t2, 8 * eight + k);
                        for b in 0..BATCH {
                            *found = q[b].mul_add(t[b], *found);
                        }
                    }
                    for (sum, found) in sums.iter_mut().zip(I::F64::sum_each(found)) {
                        *sum += found;
                    }
                }
            }
        }
    }
}

/// Polynomials along three axes: one along the first one of the plane, which is not there.
#[inline(always)]
fn of_axes<const D: usize>(n: [usize; D]) -> [usize; 3] {
    [if D == 3 { n[0] } else { 1 }, n[D - 2], n[D - 1]]
}

/// The tables of three axes, of `len` numbers a polynomial; the first one of the plane has none.
#[inline(always)]
fn by_axis<const D: usize>(tables: &mut [f64], n: [usize; 3], len: usize) -> [&mut [f64]; 3] {
    let (t2, rest) = tables.split_at_mut(n[2] * len);
    let (t1, rest) = rest.split_at_mut(n[1] * len);
    let t0 = if D == 3 { n[0] * len } else { 0 };
    [&mut rest[..t0], t1, t2]
}

/// What makes a function of box units, and its derivatives, those of the plan's.
#[derive(Clone, Copy)]
pub(super) struct Scales<const D: usize> {
    t: f64,
    /// By axis.
    s: [f64; D],
    /// By a ≤ b, see [`SECOND`].
    g: [f64; SECOND],
}

impl<const D: usize> Scales<D> {
    /// Of a function that is to be multiplied by `value`, in cells whose largest side is `side`.
    pub(super) fn new(value: f64, side: f64, stretch: Stretch<D>) -> Self {
        let (field, slope) = (value / side, value / side / side);
        let mut g = [0.0; SECOND];
        for a in 0..D {
            for b in a..D {
                g[place_of::<D>(a, b)] = slope / (stretch.0[a] * stretch.0[b]);
            }
        }
        Self {
            t: value,
            s: stretch.0.map(|part| field / part),
            g,
        }
    }

    /// The same with another factor for values, but not for their derivatives.
    pub(super) fn signed(mut self, sign: f64) -> Self {
        self.t *= sign;
        self
    }
}

/// f(u) = Σ_k f_k T_k(2u) at the points, and its derivatives, each times its scale: s −= ∇f, t += f, g −= ∇∇f.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(super) fn l2p<I: Isa, const D: usize>(
    isa: I,
    n: [usize; D],
    f: &[f64],
    points: &UnitPoints<D>,
    scales: Scales<D>,
    wanted: usize,
    tables: &mut [f64],
    sums: &mut UnitSums<D>,
) {
    let n = of_axes(n);
    let mut at = 0;
    let all = points.w.len();
    while at < all {
        at += if wanted >= GRADIENT {
            some_points::<I, D, 1, 3>(isa, n, f, points, at, scales, wanted, tables, sums)
        } else if all - at >= 2 * I::F64::LANES {
            some_points::<I, D, 2, 2>(isa, n, f, points, at, scales, wanted, tables, sums)
        } else {
            some_points::<I, D, 1, 2>(isa, n, f, points, at, scales, wanted, tables, sums)
        };
    }
}

/// The same at `B` vectors of points from `at` on, with derivatives below the order `N`; returns how many points they are.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn some_points<I: Isa, const D: usize, const B: usize, const N: usize>(
    isa: I,
    n: [usize; 3],
    f: &[f64],
    points: &UnitPoints<D>,
    at: usize,
    scales: Scales<D>,
    wanted: usize,
    tables: &mut [f64],
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
    let [t0, t1, t2] = by_axis::<D>(tables, n, N * B * lanes);
    fill::<I::F64, B, N>(isa, u[D - 1], t2);
    fill::<I::F64, B, N>(isa, u[D - 2], t1);
    fill::<I::F64, B, N>(isa, u[0], t0);
    // Of order 0; by the first, second, third axis; by (1,1) (1,2) (1,3) (2,2) (2,3) (3,3).
    let mut found = [zero; 10];
    for i in 0..n[0] {
        // By orders along the second and third axis: 00, 10, 01, 20, 11, 02.
        let mut middle = [zero; 6];
        for j in 0..n[1] {
            let mut inner = [zero; N];
            for (k, &f) in f[(i * n[1] + j) * n[2]..][..n[2]].iter().enumerate() {
                let f = I::F64::splat(isa, f);
                let t = row::<I::F64, B, N>(isa, t2, k);
                for d in 0..N {
                    for b in 0..B {
                        inner[d][b] = f.mul_add(t[d][b], inner[d][b]);
                    }
                }
            }
            let t = row::<I::F64, B, N>(isa, t1, j);
            add::<I, B>(&mut middle[0], t[0], inner[0]);
            add::<I, B>(&mut middle[1], t[1], inner[0]);
            add::<I, B>(&mut middle[2], t[0], inner[1]);
            if N == 3 {
                add::<I, B>(&mut middle[3], t[N - 1], inner[0]);
                add::<I, B>(&mut middle[4], t[1], inner[1]);
                add::<I, B>(&mut middle[5], t[0], inner[N - 1]);
            }
        }
        if D == 2 {
            (found[0], found[2], found[3]) = (middle[0], middle[1], middle[2]);
            (found[7], found[8], found[9]) = (middle[3], middle[4], middle[5]);
            continue;
        }
        let t = row::<I::F64, B, N>(isa, t0, i);
        add::<I, B>(&mut found[0], t[0], middle[0]);
        add::<I, B>(&mut found[1], t[1], middle[0]);
        add::<I, B>(&mut found[2], t[0], middle[1]);
        add::<I, B>(&mut found[3], t[0], middle[2]);
        if N == 3 {
            add::<I, B>(&mut found[4], t[N - 1], middle[0]);
            add::<I, B>(&mut found[5], t[1], middle[1]);
            add::<I, B>(&mut found[6], t[1], middle[2]);
            add::<I, B>(&mut found[7], t[0], middle[3]);
            add::<I, B>(&mut found[8], t[0], middle[4]);
            add::<I, B>(&mut found[9], t[0], middle[5]);
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
            put(&mut sums.s[a], -scales.s[a], found[1 + (3 - D) + a]);
        }
        if wanted >= POTENTIAL {
            put(&mut sums.t, scales.t, found[0]);
        }
        if N == 3 {
            // In the plane the last three of ten are all there are.
            let first = if D == 3 { 4 } else { 7 };
            for c in 0..SECOND.min(10 - first) {
                put(&mut sums.g[c], -scales.g[c], found[first + c]);
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

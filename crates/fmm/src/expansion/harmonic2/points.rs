//! Between points and series: p2m, p2l, l2p, m2p. One lane is one point.

use super::WIDEST;
use crate::expansion::{CellScale, UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL};
use lanes::{Isa, Lanes, accuracy};

/// Longest series: p = 46 serves 1e-14 pointwise.
pub(super) const MAX_ORDER: usize = 56;

/// Vectors of points that are carried through a series together; more points go in several batches.
const BATCH: usize = 16;

/// Adds Σ_j t_j q_j^k to term k of a series (real parts, then imaginary from `padded` on) for every k below `order`.
///
/// Eight terms at a time are summed in registers; the powers wait in between.
#[inline(always)]
fn add_powers<I: Isa>(
    isa: I,
    order: usize,
    t: &mut [[I::F64; 2]],
    q: &[[I::F64; 2]],
    series: &mut [f64],
    padded: usize,
) {
    for first in (0..order).step_by(8) {
        let (mut re, mut im) = ([I::F64::splat(isa, 0.0); 8], [I::F64::splat(isa, 0.0); 8]);
        for (t, &q) in t.iter_mut().zip(q) {
            for k in 0..8 {
                re[k] += t[0];
                im[k] += t[1];
                *t = product::<I>(*t, q);
            }
        }
        let (re, im) = (I::F64::sum_each(re), I::F64::sum_each(im));
        for k in 0..8.min(order - first) {
            series[first + k] += re[k];
            series[padded + first + k] += im[k];
        }
    }
}

/// M_k += Σ g_j u_j^k.
#[inline(always)]
pub(super) fn p2m<I: Isa>(isa: I, order: usize, points: &UnitPoints<2>, multipole: &mut [f64]) {
    let (zero, lanes) = (I::F64::splat(isa, 0.0), I::F64::LANES);
    let padded = multipole.len() / 2;
    for batch in (0..points.w.len()).step_by(BATCH * lanes) {
        let (mut t, mut q) = ([[zero; 2]; BATCH], [[zero; 2]; BATCH]);
        let n = BATCH.min((points.w.len() - batch) / lanes);
        for i in 0..n {
            let (u, g) = load(isa, points, batch + i * lanes);
            (t[i], q[i]) = ([g, zero], u);
        }
        add_powers(isa, order, &mut t[..n], &q[..n], multipole, padded);
    }
}

/// L_l −= Σ g_j v_j^{−l−1}, Λ += Σ g_j log(h|v_j|), v = (z_j − c)/h outside the neighbourhood.
#[inline(always)]
pub(super) fn p2l<I: Isa>(
    isa: I,
    order: usize,
    points: &UnitPoints<2>,
    log_side: f64,
    local: &mut [f64],
) {
    let (zero, lanes) = (I::F64::splat(isa, 0.0), I::F64::LANES);
    let padded = (local.len() - WIDEST) / 2;
    let mut constant = zero;
    let log_side = I::F64::splat(isa, log_side);
    for batch in (0..points.w.len()).step_by(BATCH * lanes) {
        let (mut t, mut q) = ([[zero; 2]; BATCH], [[zero; 2]; BATCH]);
        let n = BATCH.min((points.w.len() - batch) / lanes);
        for i in 0..n {
            let (v, g) = load(isa, points, batch + i * lanes);
            let (inverse, r2) = inverse(isa, v);
            (t[i], q[i]) = ([-(g * inverse[0]), -(g * inverse[1])], inverse);
            constant = g.mul_add(r2.half_ln::<{ accuracy::FULL }>() + log_side, constant);
        }
        add_powers(isa, order, &mut t[..n], &q[..n], local, padded);
    }
    local[2 * padded] += constant.sum();
}

/// f = (1/h) Σ L_l w^l, φ = Λ + Re Σ_{l≥1} L_{l−1} w^l/l, f′ = (1/h²) Σ l L_l w^{l−1}.
#[inline(always)]
pub(super) fn l2p<I: Isa>(
    isa: I,
    order: usize,
    local: &[f64],
    points: &UnitPoints<2>,
    side: f64,
    wanted: usize,
    sums: &mut UnitSums<2>,
) {
    let padded = (local.len() - WIDEST) / 2;
    let (re, im) = (&local[..order], &local[padded..padded + order]);
    let inverse_side = I::F64::splat(isa, 1.0 / side);
    for at in (0..points.w.len()).step_by(I::F64::LANES) {
        let (w, _) = load(isa, points, at);
        let f = horner::<I>(isa, re, im, w);
        add_field::<I>(isa, f, inverse_side, at, sums);
    }
    if wanted >= POTENTIAL {
        let mut integral = Scaled::new();
        for l in 0..order {
            integral.set(l, 1.0 / (l + 1) as f64, re, im);
        }
        let constant = I::F64::splat(isa, local[2 * padded]);
        for at in (0..points.w.len()).step_by(I::F64::LANES) {
            let (w, _) = load(isa, points, at);
            let g = horner::<I>(isa, &integral.re[..order], &integral.im[..order], w);
            add_potential::<I>(isa, constant + product::<I>(g, w)[0], at, sums);
        }
    }
    if wanted >= GRADIENT {
        let mut slope = Scaled::new();
        for l in 1..order {
            slope.set(l, l as f64, re, im);
        }
        let inverse_square = inverse_side * inverse_side;
        for at in (0..points.w.len()).step_by(I::F64::LANES) {
            let (w, _) = load(isa, points, at);
            let range = order.min(1)..order;
            let f = horner::<I>(isa, &slope.re[range.clone()], &slope.im[range], w);
            add_gradient::<I>(isa, f, inverse_square, at, sums);
        }
    }
}

/// f = (1/h) Σ M_k/w^{k+1}, φ = M_0 log(h|w|) − Re Σ_{k≥1} M_k/(k w^k), f′ = −(1/h²) Σ (k + 1) M_k/w^{k+2}.
#[inline(always)]
pub(super) fn m2p<I: Isa>(
    isa: I,
    order: usize,
    multipole: &[f64],
    points: &UnitPoints<2>,
    scale: CellScale,
    wanted: usize,
    sums: &mut UnitSums<2>,
) {
    let padded = multipole.len() / 2;
    let (re, im) = (&multipole[..order], &multipole[padded..padded + order]);
    let mut integral = Scaled::new();
    for k in 1..order {
        integral.set(k, -1.0 / k as f64, re, im);
    }
    let mut slope = Scaled::new();
    for k in 0..order {
        slope.set(k, -((k + 1) as f64), re, im);
    }
    let inverse_side = I::F64::splat(isa, 1.0 / scale.side);
    let log_side = I::F64::splat(isa, scale.log_side);
    for at in (0..points.w.len()).step_by(I::F64::LANES) {
        let (w, _) = load(isa, points, at);
        let (q, r2) = inverse(isa, w);
        let f = product::<I>(horner::<I>(isa, re, im, q), q);
        add_field::<I>(isa, f, inverse_side, at, sums);
        if wanted >= POTENTIAL {
            let tail = horner::<I>(isa, &integral.re[..order], &integral.im[..order], q)[0];
            let log = r2.half_ln::<{ accuracy::FULL }>() + log_side;
            add_potential::<I>(isa, log.mul_add(I::F64::splat(isa, re[0]), tail), at, sums);
        }
        if wanted >= GRADIENT {
            let f = horner::<I>(isa, &slope.re[..order], &slope.im[..order], q);
            let f = product::<I>(f, product::<I>(q, q));
            add_gradient::<I>(isa, f, inverse_side * inverse_side, at, sums);
        }
    }
}

/// A series times numbers, term by term.
struct Scaled {
    re: [f64; MAX_ORDER],
    im: [f64; MAX_ORDER],
}

impl Scaled {
    #[inline(always)]
    fn new() -> Self {
        Self {
            re: [0.0; MAX_ORDER],
            im: [0.0; MAX_ORDER],
        }
    }

    #[inline(always)]
    fn set(&mut self, k: usize, factor: f64, re: &[f64], im: &[f64]) {
        (self.re[k], self.im[k]) = (re[k] * factor, im[k] * factor);
    }
}

/// A vector of points and its strengths.
#[inline(always)]
fn load<I: Isa>(isa: I, points: &UnitPoints<2>, at: usize) -> ([I::F64; 2], I::F64) {
    let u = [
        I::F64::load(isa, &points.u[0][at..]),
        I::F64::load(isa, &points.u[1][at..]),
    ];
    (u, I::F64::load(isa, &points.w[at..]))
}

/// t += φ.
#[inline(always)]
fn add_potential<I: Isa>(isa: I, phi: I::F64, at: usize, sums: &mut UnitSums<2>) {
    (I::F64::load(isa, &sums.t[at..]) + phi).store(&mut sums.t[at..]);
}

/// s += (Re f, −Im f)/h.
#[inline(always)]
fn add_field<I: Isa>(
    isa: I,
    f: [I::F64; 2],
    inverse_side: I::F64,
    at: usize,
    sums: &mut UnitSums<2>,
) {
    let [s1, s2] = &mut sums.s;
    f[0].mul_add(inverse_side, I::F64::load(isa, &s1[at..]))
        .store(&mut s1[at..]);
    f[1].neg_mul_add(inverse_side, I::F64::load(isa, &s2[at..]))
        .store(&mut s2[at..]);
}

/// g += (Re f′, −Im f′, −Re f′)/h²: xx, xy and yy.
#[inline(always)]
fn add_gradient<I: Isa>(
    isa: I,
    slope: [I::F64; 2],
    inverse_square: I::F64,
    at: usize,
    sums: &mut UnitSums<2>,
) {
    let [xx, xy, yy, ..] = &mut sums.g;
    for (to, value) in [(xx, slope[0]), (xy, -slope[1]), (yy, -slope[0])] {
        let old = I::F64::load(isa, &to[at..]);
        value.mul_add(inverse_square, old).store(&mut to[at..]);
    }
}

#[inline(always)]
fn product<I: Isa>(a: [I::F64; 2], b: [I::F64; 2]) -> [I::F64; 2] {
    [
        a[1].neg_mul_add(b[1], a[0] * b[0]),
        a[1].mul_add(b[0], a[0] * b[1]),
    ]
}

/// 1/v and |v|²; the padding, where v = 0, gives finite nonsense that strength 0 removes.
#[inline(always)]
fn inverse<I: Isa>(isa: I, v: [I::F64; 2]) -> ([I::F64; 2], I::F64) {
    let r2 = v[0]
        .mul_add(v[0], v[1] * v[1])
        .max(I::F64::splat(isa, f64::MIN_POSITIVE));
    let q = r2.recip::<{ accuracy::FULL }>();
    ([v[0] * q, -(v[1] * q)], r2)
}

/// Σ c_k q^k.
#[inline(always)]
fn horner<I: Isa>(isa: I, re: &[f64], im: &[f64], q: [I::F64; 2]) -> [I::F64; 2] {
    let zero = I::F64::splat(isa, 0.0);
    let mut sum = [zero, zero];
    for (&re, &im) in re.iter().zip(im).rev() {
        let (re, im) = (I::F64::splat(isa, re), I::F64::splat(isa, im));
        let [a, b] = sum;
        sum = [
            b.neg_mul_add(q[1], a.mul_add(q[0], re)),
            b.mul_add(q[0], a.mul_add(q[1], im)),
        ];
    }
    sum
}

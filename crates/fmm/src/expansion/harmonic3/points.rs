//! Points to series: p2m, p2l. One lane is one point.
//!
//! R_n^m = κ_n^m (x+iy)^m A_n^m(z, r²) with real A of leading coefficient 1:
//!
//! ```text
//! A_m^m = 1,  A_n^m = z A_{n−1}^m − β_n^m r² A_{n−2}^m        β_n^m = ((n−1)²−m²)/((2n−1)(2n−3))
//! κ_m^m = (−1)^m/(2^m m!),  κ_n^m = κ_{n−1}^m (2n−1)/(n²−m²)
//! ```
//!
//! and S_n^m(v) = (n−m)!(n+m)! R_n^m(v/r²)/r (Kelvin), so that sums over sources and series at targets are each written
//! once, for R.

use super::layout::{Layout, at};
use crate::expansion::UnitPoints;
use lanes::{Isa, Lanes, accuracy};

/// Vectors of points that are carried through the sums together; more points go in several batches.
const BATCH: usize = 16;

/// Coefficients of the recurrences.
#[derive(Debug)]
pub(super) struct Points {
    pub(super) layout: Layout,
    /// By m, then n − m: β_{n+1}^m, each m padded to whole groups of 4.
    pub(super) beta: Vec<[f64; 4]>,
    /// By m: the first group.
    pub(super) first: Vec<usize>,
    /// κ_n^m, packed, two degrees more than the order, for two derivatives.
    pub(super) kappa: Vec<f64>,
    /// (n−m)!(n+m)! κ_n^m likewise.
    pub(super) kappa_outside: Vec<f64>,
}

impl Points {
    pub(super) fn new(layout: Layout) -> Self {
        let rows = layout.order + 2;
        let (mut beta, mut first) = (vec![], vec![]);
        let (mut kappa, mut kappa_outside) = (vec![0.0; at(rows, 0)], vec![0.0; at(rows, 0)]);
        for m in 0..rows {
            first.push(beta.len());
            let entry = |n: usize| {
                let (n, m) = (n as f64, m as f64);
                (n * n - m * m) / ((2.0 * n + 1.0) * (2.0 * n - 1.0))
            };
            for group in (m..rows).step_by(4) {
                beta.push(std::array::from_fn(|k| entry(group + k)));
            }
            let mut size = (1..=m).fold(1.0, |size, k| size / (-2.0 * k as f64));
            for n in m..rows {
                if n > m {
                    size *= (2 * n - 1) as f64 / (n * n - m * m) as f64;
                }
                kappa[at(n, m)] = size;
                kappa_outside[at(n, m)] = size * factorial(n - m) * factorial(n + m);
            }
        }
        Self {
            layout,
            beta,
            first,
            kappa,
            kappa_outside,
        }
    }

    /// M += Σ q conj R(u).
    #[inline(always)]
    pub(super) fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<3>, multipole: &mut [f64]) {
        let lanes = I::F64::LANES;
        for batch in (0..points.w.len()).step_by(BATCH * lanes) {
            let n = BATCH.min((points.w.len() - batch) / lanes);
            let mut sources = [Source::<I>::nothing(isa); BATCH];
            for (i, source) in sources[..n].iter_mut().enumerate() {
                let (u, q) = load(isa, points, batch + i * lanes);
                *source = Source::new(isa, u, q);
            }
            self.gather(isa, &mut sources[..n], &self.kappa, -1.0, multipole);
        }
    }

    /// L += Σ q S(v), v outside the neighbourhood.
    #[inline(always)]
    pub(super) fn p2l<I: Isa>(&self, isa: I, points: &UnitPoints<3>, local: &mut [f64]) {
        let lanes = I::F64::LANES;
        for batch in (0..points.w.len()).step_by(BATCH * lanes) {
            let n = BATCH.min((points.w.len() - batch) / lanes);
            let mut sources = [Source::<I>::nothing(isa); BATCH];
            for (i, source) in sources[..n].iter_mut().enumerate() {
                let (v, q) = load(isa, points, batch + i * lanes);
                let (u, inverse) = inverted::<I>(isa, v);
                *source = Source::new(isa, u, q * inverse);
            }
            self.gather(isa, &mut sources[..n], &self.kappa_outside, 1.0, local);
        }
    }

    /// Adds κ Σ q (x ± iy)^m A_n^m to a packed series, four degrees at a time in registers.
    #[inline(always)]
    fn gather<I: Isa>(
        &self,
        isa: I,
        sources: &mut [Source<I>],
        kappa: &[f64],
        sign: f64,
        series: &mut [f64],
    ) {
        let (re, im) = series.split_at_mut(self.layout.padded);
        for m in 0..self.layout.order {
            for (group, n) in (m..self.layout.order).step_by(4).enumerate() {
                let mut sums = [I::F64::splat(isa, 0.0); 8];
                let mut beta = [sums[0]; 4];
                for k in 0..4 {
                    beta[k] = I::F64::splat(isa, self.beta[self.first[m] + group][k]);
                }
                for source in &mut *sources {
                    sums = source.add(beta, sums);
                }
                let sums = I::F64::sum_each(sums);
                for k in 0..4.min(self.layout.order - n) {
                    let place = at(n + k, m);
                    re[place] += kappa[place] * sums[k];
                    im[place] += sign * kappa[place] * sums[4 + k];
                }
            }
            for source in &mut *sources {
                source.next_order(isa);
            }
        }
    }
}

/// A vector of sources on its way through the degrees.
#[derive(Clone, Copy)]
struct Source<I: Isa> {
    u: [I::F64; 3],
    r2: I::F64,
    /// q (x + iy)^m.
    power: [I::F64; 2],
    /// A_{n−1}^m and A_n^m.
    a: [I::F64; 2],
}

impl<I: Isa> Source<I> {
    #[inline(always)]
    fn nothing(isa: I) -> Self {
        let zero = I::F64::splat(isa, 0.0);
        Self {
            u: [zero; 3],
            r2: zero,
            power: [zero; 2],
            a: [zero; 2],
        }
    }

    #[inline(always)]
    fn new(isa: I, u: [I::F64; 3], q: I::F64) -> Self {
        let zero = I::F64::splat(isa, 0.0);
        Self {
            u,
            r2: u[0].mul_add(u[0], u[1].mul_add(u[1], u[2] * u[2])),
            power: [q, zero],
            a: [zero, I::F64::splat(isa, 1.0)],
        }
    }

    /// Four degrees from the present one on: real parts, then imaginary parts.
    #[inline(always)]
    fn add(&mut self, beta: [I::F64; 4], mut sums: [I::F64; 8]) -> [I::F64; 8] {
        let ([re, im], [mut before, mut now]) = (self.power, self.a);
        for k in 0..4 {
            sums[k] = now.mul_add(re, sums[k]);
            sums[4 + k] = now.mul_add(im, sums[4 + k]);
            let next = (self.r2 * beta[k]).neg_mul_add(before, self.u[2] * now);
            (before, now) = (now, next);
        }
        self.a = [before, now];
        sums
    }

    #[inline(always)]
    fn next_order(&mut self, isa: I) {
        let ([x, y, _], [re, im]) = (self.u, self.power);
        self.power = [im.neg_mul_add(y, re * x), im.mul_add(x, re * y)];
        self.a = [I::F64::splat(isa, 0.0), I::F64::splat(isa, 1.0)];
    }
}

/// v/|v|² and 1/|v|; the padding, where v = 0, gives finite numbers that strength 0 removes.
#[inline(always)]
pub(super) fn inverted<I: Isa>(isa: I, v: [I::F64; 3]) -> ([I::F64; 3], I::F64) {
    let r2 = v[0].mul_add(v[0], v[1].mul_add(v[1], v[2] * v[2]));
    let inverse = r2
        .max(I::F64::splat(isa, f64::MIN_POSITIVE))
        .rsqrt::<{ accuracy::FULL }>();
    let inverse2 = inverse * inverse;
    ([v[0] * inverse2, v[1] * inverse2, v[2] * inverse2], inverse)
}

/// A vector of points and its strengths.
#[inline(always)]
pub(super) fn load<I: Isa>(isa: I, points: &UnitPoints<3>, place: usize) -> ([I::F64; 3], I::F64) {
    let u = [
        I::F64::load(isa, &points.u[0][place..]),
        I::F64::load(isa, &points.u[1][place..]),
        I::F64::load(isa, &points.u[2][place..]),
    ];
    (u, I::F64::load(isa, &points.w[place..]))
}

fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}

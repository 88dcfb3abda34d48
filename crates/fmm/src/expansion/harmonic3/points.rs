//! Between points and series: p2m, p2l, l2p, m2p. One lane is one point.
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

use super::layout::{Layout, Scratch, at};
use crate::expansion::{CellScale, UnitPoints, UnitSums};
use lanes::{Isa, Lanes, accuracy};

/// Vectors of points that are carried through the sums together; more points go in several batches.
const BATCH: usize = 16;

/// Coefficients of the recurrences.
#[derive(Debug)]
pub(super) struct Points {
    layout: Layout,
    /// By m, then n − m: β_{n+1}^m, each m padded to whole groups of 4.
    beta: Vec<[f64; 4]>,
    /// By m: the first group.
    first: Vec<usize>,
    /// κ_n^m, packed, one degree more than the order.
    kappa: Vec<f64>,
    /// (n−m)!(n+m)! κ_n^m likewise.
    kappa_outside: Vec<f64>,
}

impl Points {
    pub(super) fn new(layout: Layout) -> Self {
        let rows = layout.order + 1;
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

    /// s −= ∇Σ L conj R(w)/h², t += Σ L conj R(w)/h.
    #[inline(always)]
    pub(super) fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<3>,
        side: f64,
        potential: bool,
        sums: &mut UnitSums<3>,
    ) {
        if potential {
            self.inside::<I, 4, 8>(isa, local, points, side, sums);
        } else {
            self.inside::<I, 3, 6>(isa, local, points, side, sums);
        }
    }

    #[inline(always)]
    fn inside<I: Isa, const K: usize, const R: usize>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<3>,
        side: f64,
        sums: &mut UnitSums<3>,
    ) {
        let order = self.layout.order;
        let rows = if K == 3 { order.max(2) - 1 } else { order };
        let mut scratch = Scratch::<f64>::take(at(rows, 0) * R);
        self.gradient_inside::<K, R>(local, side, rows, &mut scratch);
        for place in (0..points.w.len()).step_by(I::F64::LANES) {
            let (w, _) = load(isa, points, place);
            let values = self.values::<I, K, R>(isa, &scratch, rows, w);
            add::<I, K>(isa, values, I::F64::splat(isa, 1.0), place, sums);
        }
    }

    /// s −= ∇Σ M S(w)/h², t += Σ M S(w)/h.
    #[inline(always)]
    pub(super) fn m2p<I: Isa>(
        &self,
        isa: I,
        multipole: &[f64],
        points: &UnitPoints<3>,
        scale: CellScale,
        potential: bool,
        sums: &mut UnitSums<3>,
    ) {
        let rows = self.layout.order + 1;
        let mut scratch = Scratch::<f64>::take(at(rows, 0) * 8);
        self.gradient_outside(multipole, scale.side, rows, &mut scratch);
        for place in (0..points.w.len()).step_by(I::F64::LANES) {
            let (v, _) = load(isa, points, place);
            let (w, inverse) = inverted::<I>(isa, v);
            let values = self.values::<I, 4, 8>(isa, &scratch, rows, w);
            if potential {
                add::<I, 4>(isa, values, inverse, place, sums);
            } else {
                let [x, y, z, _] = values;
                add::<I, 3>(isa, [x, y, z], inverse, place, sums);
            }
        }
    }

    /// `K` real series Σ_{n<rows} X conj R at one vector of points. `records` holds, by m and n ≥ m, their coefficients
    /// times κ (2κ for m > 0), real and imaginary parts.
    #[inline(always)]
    fn values<I: Isa, const K: usize, const R: usize>(
        &self,
        isa: I,
        records: &[f64],
        rows: usize,
        [x, y, z]: [I::F64; 3],
    ) -> [I::F64; K] {
        let (zero, one) = (I::F64::splat(isa, 0.0), I::F64::splat(isa, 1.0));
        let r2 = x.mul_add(x, y.mul_add(y, z * z));
        let (mut c, mut s, mut values) = (one, zero, [zero; K]);
        let mut records = records.as_chunks::<R>().0;
        for m in 0..rows {
            let (these, rest) = records.split_at(rows - m);
            let beta = self.beta[self.first[m]..].as_flattened();
            let (mut before, mut now) = (zero, one);
            let mut sums = [[zero; K]; 2];
            for (record, &beta) in these.iter().zip(beta) {
                for k in 0..K {
                    sums[0][k] = now.mul_add(I::F64::splat(isa, record[2 * k]), sums[0][k]);
                    sums[1][k] = now.mul_add(I::F64::splat(isa, record[2 * k + 1]), sums[1][k]);
                }
                let next = (r2 * I::F64::splat(isa, beta)).neg_mul_add(before, z * now);
                (before, now) = (now, next);
            }
            for k in 0..K {
                values[k] = sums[0][k].mul_add(c, sums[1][k].mul_add(s, values[k]));
            }
            (c, s) = (s.neg_mul_add(y, c * x), s.mul_add(x, c * y));
            records = rest;
        }
        values
    }

    /// Records of −∂φ/h² by axis, and of φ/h, for φ = Σ L conj R, from
    ///
    /// ```text
    /// (∂_x φ)_n^m = (L_{n+1}^{m−1} − L_{n+1}^{m+1})/2   (∂_y φ)_n^m = i(L_{n+1}^{m−1} + L_{n+1}^{m+1})/2   (∂_z φ)_n^m = L_{n+1}^m
    /// ```
    #[inline(always)]
    fn gradient_inside<const K: usize, const R: usize>(
        &self,
        local: &[f64],
        side: f64,
        rows: usize,
        records: &mut [f64],
    ) {
        let order = self.layout.order;
        let (re, im) = local.split_at(self.layout.padded);
        let mut records = records.as_chunks_mut::<R>().0.iter_mut();
        let (once, twice) = (1.0 / side, -1.0 / (side * side));
        for m in 0..rows {
            let double = if m == 0 { 1.0 } else { 2.0 };
            for (n, record) in (m..rows).zip(&mut records) {
                let kappa = double * self.kappa[at(n, m)];
                if n + 1 < order {
                    let place = at(n + 1, m);
                    let (re, im) = if m == 0 {
                        (
                            [0.0, re[place], re[place + 1]],
                            [0.0, im[place], im[place + 1]],
                        )
                    } else {
                        let around = place - 1..place + 2;
                        let (re, im) = (&re[around.clone()], &im[around]);
                        ([re[0], re[1], re[2]], [im[0], im[1], im[2]])
                    };
                    put_gradient(record, re, im, m, kappa * twice, kappa * twice);
                } else {
                    record[..6].fill(0.0);
                }
                if K == 4 {
                    record[6] = kappa * once * re[at(n, m)];
                    record[7] = kappa * once * im[at(n, m)];
                }
            }
        }
    }

    /// The same for φ = Σ M S: with N = conj M for L, row n − 1 for n + 1, and the other sign of ∂_z.
    #[inline(always)]
    fn gradient_outside(&self, multipole: &[f64], side: f64, rows: usize, records: &mut [f64]) {
        let (re, im) = multipole.split_at(self.layout.padded);
        let mut records = records.as_chunks_mut::<8>().0.iter_mut();
        let (once, twice) = (1.0 / side, -1.0 / (side * side));
        for m in 0..rows {
            let double = if m == 0 { 1.0 } else { 2.0 };
            for (n, record) in (m..rows).zip(&mut records) {
                let kappa = double * self.kappa_outside[at(n, m)];
                // Degree n − 1, conjugate, 0 past its end.
                let (mut around_re, mut around_im) = ([0.0; 3], [0.0; 3]);
                for l in m.saturating_sub(1)..(m + 2).min(n) {
                    let place = at(n - 1, l);
                    (around_re[l + 1 - m], around_im[l + 1 - m]) = (re[place], -im[place]);
                }
                put_gradient(
                    record,
                    around_re,
                    around_im,
                    m,
                    kappa * twice,
                    -kappa * twice,
                );
                record[6..].fill(0.0);
                if n < self.layout.order {
                    record[6] = kappa * once * re[at(n, m)];
                    record[7] = -kappa * once * im[at(n, m)];
                }
            }
        }
    }
}

/// The three components of a gradient from X^{m−1}, X^m, X^{m+1} of one degree of a series; X^{−1} = −conj X^1.
#[inline(always)]
fn put_gradient<const R: usize>(
    record: &mut [f64; R],
    re: [f64; 3],
    im: [f64; 3],
    m: usize,
    across: f64,
    along: f64,
) {
    if m == 0 {
        (record[0], record[1]) = (-across * re[2], 0.0);
        (record[2], record[3]) = (-across * im[2], 0.0);
    } else {
        let half = 0.5 * across;
        record[0] = half * (re[0] - re[2]);
        record[1] = half * (im[0] - im[2]);
        record[2] = -half * (im[0] + im[2]);
        record[3] = half * (re[0] + re[2]);
    }
    (record[4], record[5]) = (along * re[1], along * im[1]);
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
fn inverted<I: Isa>(isa: I, v: [I::F64; 3]) -> ([I::F64; 3], I::F64) {
    let r2 = v[0].mul_add(v[0], v[1].mul_add(v[1], v[2] * v[2]));
    let inverse = r2
        .max(I::F64::splat(isa, f64::MIN_POSITIVE))
        .rsqrt::<{ accuracy::FULL }>();
    let inverse2 = inverse * inverse;
    ([v[0] * inverse2, v[1] * inverse2, v[2] * inverse2], inverse)
}

/// A vector of points and its strengths.
#[inline(always)]
fn load<I: Isa>(isa: I, points: &UnitPoints<3>, place: usize) -> ([I::F64; 3], I::F64) {
    let u = [
        I::F64::load(isa, &points.u[0][place..]),
        I::F64::load(isa, &points.u[1][place..]),
        I::F64::load(isa, &points.u[2][place..]),
    ];
    (u, I::F64::load(isa, &points.w[place..]))
}

/// Adds values times a factor: the field, and the potential if there are 4.
#[inline(always)]
fn add<I: Isa, const K: usize>(
    isa: I,
    values: [I::F64; K],
    factor: I::F64,
    place: usize,
    sums: &mut UnitSums<3>,
) {
    for k in 0..K {
        let to = if k < 3 {
            &mut sums.s[k][place..]
        } else {
            &mut sums.t[place..]
        };
        values[k].mul_add(factor, I::F64::load(isa, to)).store(to);
    }
}

fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}

//! Series at points: l2p, m2p. One lane is one point.

use super::derivatives::Series;
use super::layout::{Scratch, at};
use super::points::{Points, inverted, load};
use crate::expansion::{CellScale, UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL};
use lanes::{Isa, Lanes};

impl Points {
    /// s −= ∇Σ L conj R(w)/h², t += Σ L conj R(w)/h, g −= ∇∇Σ L conj R(w)/h³.
    #[inline(always)]
    pub(super) fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<3>,
        side: f64,
        wanted: usize,
        sums: &mut UnitSums<3>,
    ) {
        if wanted >= POTENTIAL {
            self.inside::<I, 4, 8>(isa, local, points, side, sums);
        } else {
            self.inside::<I, 3, 6>(isa, local, points, side, sums);
        }
        if wanted >= GRADIENT {
            let inside = Series::local(self.layout, local);
            self.second::<I>(isa, &inside, points, side, sums);
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

    /// s −= ∇Σ M S(w)/h², t += Σ M S(w)/h, g −= ∇∇Σ M S(w)/h³.
    #[inline(always)]
    pub(super) fn m2p<I: Isa>(
        &self,
        isa: I,
        multipole: &[f64],
        points: &UnitPoints<3>,
        scale: CellScale,
        wanted: usize,
        sums: &mut UnitSums<3>,
    ) {
        let rows = self.layout.order + 1;
        let mut scratch = Scratch::<f64>::take(at(rows, 0) * 8);
        self.gradient_outside(multipole, scale.side, rows, &mut scratch);
        for place in (0..points.w.len()).step_by(I::F64::LANES) {
            let (v, _) = load(isa, points, place);
            let (w, inverse) = inverted::<I>(isa, v);
            let values = self.values::<I, 4, 8>(isa, &scratch, rows, w);
            if wanted >= POTENTIAL {
                add::<I, 4>(isa, values, inverse, place, sums);
            } else {
                let [x, y, z, _] = values;
                add::<I, 3>(isa, [x, y, z], inverse, place, sums);
            }
        }
        drop(scratch);
        if wanted >= GRADIENT {
            let outside = Series::multipole(self.layout, multipole);
            self.second::<I>(isa, &outside, points, scale.side, sums);
        }
    }

    /// g −= ∇∇φ/h³ of a series φ; zz by Laplace's equation.
    #[inline(always)]
    fn second<I: Isa>(
        &self,
        isa: I,
        series: &Series,
        points: &UnitPoints<3>,
        side: f64,
        sums: &mut UnitSums<3>,
    ) {
        let rows = series.derivative_rows(2);
        let records_len = at(rows, 0) * 10;
        let first_len = 6 * at(series.derivative_rows(1), 0);
        let mut scratch = Scratch::<f64>::take(records_len + first_len);
        let (records, first) = scratch.split_at_mut(records_len);
        self.second_derivatives(series, side, first, records);
        for place in (0..points.w.len()).step_by(I::F64::LANES) {
            let (mut w, _) = load(isa, points, place);
            let mut factor = I::F64::splat(isa, 1.0);
            if series.outside {
                (w, factor) = inverted::<I>(isa, w);
            }
            let [xx, xy, xz, yy, yz] = self.values::<I, 5, 10>(isa, records, rows, w);
            let all = [xx, xy, xz, yy, yz, -(xx + yy)];
            for (value, to) in all.into_iter().zip(&mut sums.g) {
                let to = &mut to[place..];
                value.mul_add(factor, I::F64::load(isa, to)).store(to);
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

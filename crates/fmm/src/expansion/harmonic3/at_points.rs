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
        let mut place = 0;
        // The recurrence of one vector waits for itself; two at once fill the time, and the registers.
        while I::REGISTERS >= 32 && place + 2 * I::F64::LANES <= points.w.len() {
            self.inside_at::<I, K, R, 2>(isa, &scratch, rows, points, place, sums);
            place += 2 * I::F64::LANES;
        }
        while place < points.w.len() {
            self.inside_at::<I, K, R, 1>(isa, &scratch, rows, points, place, sums);
            place += I::F64::LANES;
        }
    }

    /// `V` vectors of points from `place` on.
    #[inline(always)]
    fn inside_at<I: Isa, const K: usize, const R: usize, const V: usize>(
        &self,
        isa: I,
        records: &[f64],
        rows: usize,
        points: &UnitPoints<3>,
        place: usize,
        sums: &mut UnitSums<3>,
    ) {
        let one = I::F64::splat(isa, 1.0);
        let mut w = [[one; 3]; V];
        for v in 0..V {
            w[v] = load(isa, points, place + v * I::F64::LANES).0;
        }
        let values = self.values::<I, K, R, V>(isa, records, rows, w);
        for v in 0..V {
            add::<I, K>(isa, values[v], one, place + v * I::F64::LANES, sums);
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
            let [values] = self.values::<I, 4, 8, 1>(isa, &scratch, rows, [w]);
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
            let [[xx, xy, xz, yy, yz]] = self.values::<I, 5, 10, 1>(isa, records, rows, [w]);
            let all = [xx, xy, xz, yy, yz, -(xx + yy)];
            for (value, to) in all.into_iter().zip(&mut sums.g) {
                let to = &mut to[place..];
                value.mul_add(factor, I::F64::load(isa, to)).store(to);
            }
        }
    }

    /// `K` real series Σ_{n<rows} X conj R at `V` vectors of points. `records` holds, by m and n ≥ m, their coefficients
    /// times κ (2κ for m > 0), real and imaginary parts.
    #[inline(always)]
    fn values<I: Isa, const K: usize, const R: usize, const V: usize>(
        &self,
        isa: I,
        records: &[f64],
        rows: usize,
        points: [[I::F64; 3]; V],
    ) -> [[I::F64; K]; V] {
        let (zero, one) = (I::F64::splat(isa, 0.0), I::F64::splat(isa, 1.0));
        let mut r2 = [zero; V];
        for v in 0..V {
            let [x, y, z] = points[v];
            r2[v] = x.mul_add(x, y.mul_add(y, z * z));
        }
        // (x + iy)^m, and the sums.
        let (mut c, mut s, mut values) = ([one; V], [zero; V], [[zero; K]; V]);
        let mut records = records.as_chunks::<R>().0;
        for m in 0..rows {
            let (these, rest) = records.split_at(rows - m);
            let beta = self.beta[self.first[m]..].as_flattened();
            let (mut before, mut now) = ([zero; V], [one; V]);
            let mut sums = [[[zero; K]; V]; 2];
            for (record, &beta) in these.iter().zip(beta) {
                for k in 0..K {
                    let re = I::F64::splat(isa, record[2 * k]);
                    let im = I::F64::splat(isa, record[2 * k + 1]);
                    for v in 0..V {
                        sums[0][v][k] = now[v].mul_add(re, sums[0][v][k]);
                        sums[1][v][k] = now[v].mul_add(im, sums[1][v][k]);
                    }
                }
                let beta = I::F64::splat(isa, beta);
                for v in 0..V {
                    let next = (r2[v] * beta).neg_mul_add(before[v], points[v][2] * now[v]);
                    (before[v], now[v]) = (now[v], next);
                }
            }
            for v in 0..V {
                let ([x, y, _], [re, im]) = (points[v], [sums[0][v], sums[1][v]]);
                for k in 0..K {
                    values[v][k] = re[k].mul_add(c[v], im[k].mul_add(s[v], values[v][k]));
                }
                (c[v], s[v]) = (s[v].neg_mul_add(y, c[v] * x), s[v].mul_add(x, c[v] * y));
            }
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

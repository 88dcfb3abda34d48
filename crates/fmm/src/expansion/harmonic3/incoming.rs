//! Plane waves to local, all six directions: the transpose of [`super::outgoing`].

use super::WIDEST;
use super::layout::Scratch;
use super::outgoing::copy;
use super::waves::Waves;
use lanes::{Isa, Lanes};

impl Waves {
    #[inline(always)]
    pub(super) fn incoming<I: Isa>(&self, isa: I, waves: &[f64], local: &mut [f64]) {
        let (rows, lanes) = (self.layout.rows_len(), I::F64::LANES);
        let modes = self.vectors[0].modes * self.vectors.len() * 4 * lanes;
        let angles = self.vectors[0].quarter * 8 * lanes;
        let mut scratch = Scratch::take(2 * rows + modes + angles + 4 * self.rings.padded);
        let (a, rest) = scratch.split_at_mut(rows);
        let (b, rest) = rest.split_at_mut(rows);
        let (modes, rest) = rest.split_at_mut(modes);
        let (angles, forms) = rest.split_at_mut(angles);
        for (axis, waves) in waves.chunks_exact(4 * self.rings.padded).enumerate() {
            self.parts(isa, waves, forms);
            self.modes_of_angles(isa, forms, angles, modes);
            self.degrees(isa, modes, a);
            if axis == 2 {
                self.turn[0].pack::<I, false>(isa, self.layout, a, local);
            } else {
                self.from_x.apply(isa, self.layout, a, b);
                self.turn[axis].pack::<I, false>(isa, self.layout, b, local);
            }
        }
    }

    /// Chunks of both directions of an axis to Re Y^+, Im Y^+, Re Y^−, Im Y^−.
    #[inline(always)]
    fn parts<I: Isa>(&self, isa: I, waves: &[f64], forms: &mut [f64]) {
        let padded = self.rings.padded;
        let directions = waves.chunks_exact(2 * padded);
        for (waves, form) in directions.zip(forms.chunks_exact_mut(2 * padded)) {
            let (re, im) = form.split_at_mut(padded);
            let (re, im) = (
                re.as_chunks_mut::<WIDEST>().0,
                im.as_chunks_mut::<WIDEST>().0,
            );
            let chunks = waves.as_chunks::<{ 2 * WIDEST }>().0;
            for ((chunk, re), im) in chunks.iter().zip(re).zip(im) {
                copy(isa, &chunk[..WIDEST], re);
                copy(isa, &chunk[WIDEST..], im);
            }
        }
    }

    /// Waves to modes. With G^± = Σ σ e^{ima} (Re Y^±, or Im Y^± for odd m), by mode and vector of rings: real and imaginary
    /// parts of G^+ + G^−, which degrees n ≡ m mod 2 need, and of G^− − G^+, for the others.
    #[inline(always)]
    fn modes_of_angles<I: Isa>(
        &self,
        isa: I,
        forms: &[f64],
        angles: &mut [f64],
        modes: &mut [f64],
    ) {
        let lanes = I::F64::LANES;
        for (v, vector) in self.vectors.iter().enumerate() {
            for j in 0..vector.quarter {
                self.fold(isa, forms, j, v * lanes, &mut angles[8 * j * lanes..]);
            }
            let table =
                &self.trigonometric[vector.at..][..2 * vector.quarter * vector.modes * lanes];
            for m in (0..vector.modes).step_by(2) {
                let rows = table[2 * m * lanes..].chunks(2 * vector.modes * lanes);
                // By parity of m, then of + and −.
                let zero = I::F64::splat(isa, 0.0);
                let (mut re, mut im) = ([[zero; 2]; 2], [[zero; 2]; 2]);
                for (row, angle) in rows.zip(angles.chunks_exact(8 * lanes)) {
                    let row: [_; 4] = I::F64::load_each(isa, row);
                    let angle: [_; 8] = I::F64::load_each(isa, angle);
                    for odd in 0..2 {
                        for sign in 0..2 {
                            let (cosine, sine) = (angle[4 * odd + sign], angle[4 * odd + 2 + sign]);
                            re[odd][sign] = row[2 * odd].mul_add(cosine, re[odd][sign]);
                            im[odd][sign] = row[2 * odd + 1].mul_add(sine, im[odd][sign]);
                        }
                    }
                }
                for odd in 0..2 {
                    let ([re_plus, re_minus], [im_plus, im_minus]) = (re[odd], im[odd]);
                    let place = (v * self.vectors[0].modes + m + odd) * 4 * lanes;
                    let same = [re_plus + re_minus, im_plus + im_minus];
                    let other = [re_minus - re_plus, im_minus - im_plus];
                    let all = [same[0], same[1], other[0], other[1]];
                    I::F64::store_each(all, &mut modes[place..]);
                }
            }
        }
    }

    /// What the waves at a_j and π − a_j of a vector of rings, the first of which is `ring`, mean to cosines of even modes,
    /// to sines of even modes, to cosines and to sines of odd ones; + and − each.
    #[inline(always)]
    fn fold<I: Isa>(&self, isa: I, forms: &[f64], j: usize, ring: usize, angles: &mut [f64]) {
        let padded = self.rings.padded;
        let [mirrored, straight] = self.rings.start[j].map(|start| start + ring);
        let mut all = [I::F64::splat(isa, 0.0); 8];
        for sign in 0..2 {
            let (re, im) = forms[2 * sign * padded..][..2 * padded].split_at(padded);
            let (a, b) = (
                I::F64::load(isa, &re[straight..]),
                I::F64::load(isa, &re[mirrored..]),
            );
            (all[sign], all[2 + sign]) = (a + b, a - b);
            let (a, b) = (
                I::F64::load(isa, &im[straight..]),
                I::F64::load(isa, &im[mirrored..]),
            );
            (all[4 + sign], all[6 + sign]) = (a - b, a + b);
        }
        I::F64::store_each(all, angles);
    }

    /// Modes to the rows of a local: L_n^m = (−1)^{n+m} Σ 2λ^n G^+ + Σ 2λ^n G^−, four degrees of one parity at a time.
    #[inline(always)]
    fn degrees<I: Isa>(&self, isa: I, modes: &[f64], rows: &mut [f64]) {
        let (lanes, stride, order) = (I::F64::LANES, self.layout.stride, self.layout.order);
        let all_modes = self.vectors[0].modes;
        let wide = 4 * self.vectors.len() * lanes;
        let (re, im) = self.layout.parts_mut(rows);
        re.fill(0.0);
        im.fill(0.0);
        for m in 0..all_modes.min(order) {
            let vectors = self.vectors_with(m);
            for parity in 0..2 {
                // The parity of n, and where its other terms begin.
                let odd = (m + parity) % 2;
                for group in m / 8..order.div_ceil(8) {
                    let table = &self.into[(2 * group + odd) * wide..][..4 * vectors * lanes];
                    let modes = modes[(4 * m + 2 * parity) * lanes..].chunks(4 * all_modes * lanes);
                    let mut sums = [I::F64::splat(isa, 0.0); 8];
                    for (powers, mode) in table.chunks_exact(4 * lanes).zip(modes) {
                        let powers: [_; 4] = I::F64::load_each(isa, powers);
                        let mode: [_; 2] = I::F64::load_each(isa, mode);
                        for i in 0..4 {
                            sums[i] = powers[i].mul_add(mode[0], sums[i]);
                            sums[4 + i] = powers[i].mul_add(mode[1], sums[4 + i]);
                        }
                    }
                    let sums = I::F64::sum_each(sums);
                    for i in 0..4 {
                        let n = 8 * group + 2 * i + odd;
                        if (m..order).contains(&n) {
                            (re[n * stride + m], im[n * stride + m]) = (sums[i], sums[4 + i]);
                        }
                    }
                }
            }
        }
    }
}

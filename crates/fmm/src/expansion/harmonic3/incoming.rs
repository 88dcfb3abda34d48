//! Plane waves to local, the two directions of an axis: the transpose of [`super::outgoing`].

use super::layout::{Number, Scratch, at};
use super::waves::{BLOCK, Waves};
use lanes::{Isa, Lanes};

impl<W: Number> Waves<W> {
    /// `forms` are Re Y^+, Im Y^+, Re Y^−, Im Y^−.
    #[inline(always)]
    pub(super) fn incoming<I: Isa>(&self, isa: I, axis: usize, forms: &[W], local: &mut [f64]) {
        let (rows, lanes) = (self.layout.rows_len(), W::Lanes::<I>::LANES);
        let (packed, modes) = (2 * self.layout.padded, self.modes_len(lanes));
        let angles = self.vectors[0].quarter * 8 * lanes;
        let mut scratch = Scratch::<W>::take(packed + 2 * rows + modes + angles);
        let (packed, rest) = scratch.split_at_mut(packed);
        let (a, rest) = rest.split_at_mut(rows);
        let (b, rest) = rest.split_at_mut(rows);
        let (modes, angles) = rest.split_at_mut(modes);
        self.modes_of_angles(isa, forms, angles, modes);
        self.degrees(isa, modes, a);
        packed.fill(W::ZERO);
        if axis == 2 {
            self.turn[0].pack::<I, false>(isa, self.layout, a, packed);
        } else {
            self.from_x.apply(isa, self.layout, a, b);
            self.turn[axis].pack::<I, false>(isa, self.layout, b, packed);
        }
        let parts = local.len() / 2;
        let parts = local.chunks_exact_mut(parts);
        for (to, from) in parts.zip(packed.chunks_exact(self.layout.padded)) {
            for (to, from) in to[..at(self.layout.order, 0)].iter_mut().zip(from) {
                *to += from.to_f64();
            }
        }
    }

    /// Waves to modes. With G^± = Σ σ e^{ima} (Re Y^±, or Im Y^± for odd m), by vector of rings and mode: real and imaginary
    /// parts of G^+ + G^−, which degrees n ≡ m mod 2 need, and of G^− − G^+, for the others.
    #[inline(always)]
    fn modes_of_angles<I: Isa>(&self, isa: I, forms: &[W], angles: &mut [W], modes: &mut [W]) {
        let lanes = W::Lanes::<I>::LANES;
        let all_modes = 2 * self.vectors[0].pairs;
        for (v, vector) in self.vectors.iter().enumerate() {
            let modes = &mut modes[v * all_modes * 4 * lanes..][..all_modes * 4 * lanes];
            let per_pair = 2 * vector.quarter * lanes;
            for parity in 0..2 {
                let angles = &mut angles[..4 * vector.quarter * lanes];
                for (j, angle) in angles.chunks_exact_mut(4 * lanes).enumerate() {
                    self.fold(isa, forms, parity, (j, v), angle);
                }
                let table = &self.to_modes[vector.at + parity * vector.pairs * per_pair..];
                let mut table = &table[..vector.pairs * per_pair];
                let mut pair = 0;
                while pair < vector.pairs % BLOCK {
                    let (these, rest) = table.split_at(per_pair);
                    table = rest;
                    some_modes::<I, W, 1>(isa, 2 * pair + parity, these, angles, modes);
                    pair += 1;
                }
                while pair < vector.pairs {
                    let (these, rest) = table.split_at(BLOCK * per_pair);
                    table = rest;
                    some_modes::<I, W, BLOCK>(isa, 2 * pair + parity, these, angles, modes);
                    pair += BLOCK;
                }
            }
        }
    }

    /// What the waves at a_j and π − a_j of a vector of rings mean to cosines and to sines of modes of one parity; + and −
    /// each.
    #[inline(always)]
    fn fold<I: Isa>(
        &self,
        isa: I,
        forms: &[W],
        parity: usize,
        (j, vector): (usize, usize),
        angle: &mut [W],
    ) {
        let (lanes, padded) = (W::Lanes::<I>::LANES, self.rings.padded);
        let [mirrored, straight] = self.rings.start[j].map(|start| start + vector * lanes);
        let mut all = [W::Lanes::<I>::splat(isa, W::ZERO); 4];
        for sign in 0..2 {
            let part = &forms[(2 * sign + parity) * padded..][..padded];
            let a = W::Lanes::<I>::load(isa, &part[straight..]);
            let b = W::Lanes::<I>::load(isa, &part[mirrored..]);
            let both = [a + b, a - b];
            (all[sign], all[2 + sign]) = (both[parity], both[1 - parity]);
        }
        W::Lanes::<I>::store_each(all, angle);
    }

    /// Modes to the rows of a local: L_n^m = (−1)^{n+m} Σ 2λ^n G^+ + Σ 2λ^n G^−; one lane is one degree.
    #[inline(always)]
    fn degrees<I: Isa>(&self, isa: I, modes: &[W], rows: &mut [W]) {
        let (lanes, order) = (W::Lanes::<I>::LANES, self.layout.order);
        let degrees = order.div_ceil(2).next_multiple_of(lanes);
        rows[..self.layout.rows_len()].fill(W::ZERO);
        for m in 0..(2 * self.vectors[0].pairs).min(order) {
            // Of 2i and 2i + 1 those below m are not there.
            let mut i = m / 2 / lanes * lanes;
            while i < degrees {
                self.some_degrees(isa, m, i, modes, rows);
                i += lanes;
            }
        }
    }

    /// Degrees from 2i on, of both parities.
    #[inline(always)]
    fn some_degrees<I: Isa>(&self, isa: I, m: usize, i: usize, modes: &[W], rows: &mut [W]) {
        let (lanes, order, stride) = (W::Lanes::<I>::LANES, self.layout.order, self.layout.stride);
        let degrees = order.div_ceil(2).next_multiple_of(lanes);
        let wide = 8 * self.vectors[0].pairs * lanes;
        let mut sums = [W::Lanes::<I>::splat(isa, W::ZERO); 4];
        let vectors = self
            .into
            .chunks_exact(2 * degrees * lanes)
            .zip(modes.chunks_exact(wide));
        for (powers, modes) in vectors.take(self.vectors_with(m)) {
            let modes = &modes[4 * m * lanes..][..4 * lanes];
            for (lane, powers) in powers.chunks_exact(2 * degrees).enumerate() {
                let (even, odd) = powers.split_at(degrees);
                let powers = if m.is_multiple_of(2) {
                    [even, odd]
                } else {
                    [odd, even]
                };
                for parity in 0..2 {
                    let power = W::Lanes::<I>::load(isa, &powers[parity][i..]);
                    for part in 0..2 {
                        let mode = modes[(2 * parity + part) * lanes + lane];
                        let mode = W::Lanes::<I>::splat(isa, mode);
                        let sum = &mut sums[2 * parity + part];
                        *sum = power.mul_add(mode, *sum);
                    }
                }
            }
        }
        let mut found = [W::ZERO; 4 * super::WIDEST_WAVE];
        W::Lanes::<I>::store_each(sums, &mut found);
        let (re, im) = self.layout.parts_mut(rows);
        for parity in 0..2 {
            let found = &found[2 * parity * lanes..][..2 * lanes];
            for lane in 0..lanes {
                let n = 2 * (i + lane) + (m + parity) % 2;
                if (m..order).contains(&n) {
                    re[n * stride + m] = found[lane];
                    im[n * stride + m] = found[lanes + lane];
                }
            }
        }
    }
}

/// `B` modes m, m + 2, … of a vector of rings from its folded angles.
#[inline(always)]
fn some_modes<I: Isa, W: Number, const B: usize>(
    isa: I,
    m: usize,
    table: &[W],
    angles: &[W],
    modes: &mut [W],
) {
    let lanes = W::Lanes::<I>::LANES;
    // By mode, then + and −.
    let zero = W::Lanes::<I>::splat(isa, W::ZERO);
    let (mut re, mut im) = ([[zero; 2]; B], [[zero; 2]; B]);
    let table = table.chunks_exact(2 * B * lanes);
    for (table, angle) in table.zip(angles.chunks_exact(4 * lanes)) {
        let angle: [_; 4] = W::Lanes::<I>::load_each(isa, angle);
        for b in 0..B {
            let [cosine, sine] = W::Lanes::<I>::load_each(isa, &table[2 * b * lanes..]);
            for sign in 0..2 {
                re[b][sign] = cosine.mul_add(angle[sign], re[b][sign]);
                im[b][sign] = sine.mul_add(angle[2 + sign], im[b][sign]);
            }
        }
    }
    for b in 0..B {
        let ([re_plus, re_minus], [im_plus, im_minus]) = (re[b], im[b]);
        let same = [re_plus + re_minus, im_plus + im_minus];
        let other = [re_minus - re_plus, im_minus - im_plus];
        let all = [same[0], same[1], other[0], other[1]];
        W::Lanes::<I>::store_each(all, &mut modes[(m + 2 * b) * 4 * lanes..]);
    }
}

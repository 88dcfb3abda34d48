//! Multipole to plane waves, the two directions of an axis: see [`super::waves`].

use super::WIDEST_WAVE;
use super::layout::{Number, Scratch, at};
use super::waves::{BLOCK, Waves};
use lanes::{Isa, Lanes};

impl<W: Number> Waves<W> {
    /// The multipoles of `C` cells to their forms, which lie behind each other.
    #[inline(always)]
    pub(super) fn outgoing<I: Isa, const C: usize>(
        &self,
        isa: I,
        axis: usize,
        multipoles: [&[f64]; C],
        waves: &mut [W],
    ) {
        // Stores to memory that is not at hand would hold up what comes after them.
        lanes::prefetch(waves);
        let (rows, padded) = (self.layout.rows_len(), self.rings.padded);
        let (packed, all) = (2 * self.layout.padded, C * rows);
        let modes = C * self.modes_len(W::Lanes::<I>::LANES);
        let mut scratch = Scratch::<W>::take(packed + 2 * all + modes + 4 * C * padded);
        let (packed, rest) = scratch.split_at_mut(packed);
        let (a, rest) = rest.split_at_mut(all);
        let (b, rest) = rest.split_at_mut(all);
        let (modes, forms) = rest.split_at_mut(modes);
        let mut left = [W::ZERO; C];
        for ((multipole, left), a) in multipoles
            .into_iter()
            .zip(&mut left)
            .zip(a.chunks_exact_mut(rows))
        {
            self.rounded(multipole, packed);
            *left = W::from_f64(multipole[0] - packed[0].to_f64());
            self.turn[axis % 2].unpack::<I, false>(isa, self.layout, packed, a);
        }
        if axis == 2 {
            self.all_modes::<I, C>(isa, a, left, modes);
        } else {
            self.to_x.apply::<I, C>(isa, self.layout, a, b);
            self.all_modes::<I, C>(isa, b, left, modes);
        }
        self.angles::<I, C>(isa, modes, forms);
        let directions = waves.chunks_exact_mut(2 * padded);
        for (waves, form) in directions.zip(forms.chunks_exact(2 * padded)) {
            let (re, im) = form.split_at(padded);
            let (re, im) = (
                re.as_chunks::<WIDEST_WAVE>().0,
                im.as_chunks::<WIDEST_WAVE>().0,
            );
            let chunks = waves.as_chunks_mut::<{ 2 * WIDEST_WAVE }>().0;
            for ((chunk, re), im) in chunks.iter_mut().zip(re).zip(im) {
                copy::<I, W>(isa, re, &mut chunk[..WIDEST_WAVE]);
                copy::<I, W>(isa, im, &mut chunk[WIDEST_WAVE..]);
            }
        }
    }

    /// A packed series in the precision and with the padding of the waves.
    #[inline(always)]
    fn rounded(&self, multipole: &[f64], packed: &mut [W]) {
        let parts = multipole.chunks_exact(multipole.len() / 2);
        for (from, to) in parts.zip(packed.chunks_exact_mut(self.layout.padded)) {
            for (from, to) in from[..at(self.layout.order, 0)].iter().zip(to) {
                *to = W::from_f64(*from);
            }
        }
    }

    /// The Fourier modes of all rings, from the rows of the multipoles in the frame of the axis, and what rounding has
    /// left of their M_0^0: that error would be the same in all waves.
    #[inline(always)]
    fn all_modes<I: Isa, const C: usize>(&self, isa: I, rows: &[W], left: [W; C], modes: &mut [W]) {
        for m in 0..2 * self.vectors[0].pairs {
            let vectors = self.vectors_with(m);
            let mut vector = 0;
            while vector + 3 <= vectors {
                self.modes::<I, C, 3>(isa, (rows, left), m, vector, modes);
                vector += 3;
            }
            if vector + 2 <= vectors {
                self.modes::<I, C, 2>(isa, (rows, left), m, vector, modes);
                vector += 2;
            }
            if vector < vectors {
                self.modes::<I, C, 1>(isa, (rows, left), m, vector, modes);
            }
        }
    }

    /// F^+ and F^− of mode m for `B` vectors of rings: by vector, parity of m, pair and cell, Re F^+, Re F^−, Im F^+, Im F^−.
    #[inline(always)]
    fn modes<I: Isa, const C: usize, const B: usize>(
        &self,
        isa: I,
        (rows, left): (&[W], [W; C]),
        m: usize,
        vector: usize,
        modes: &mut [W],
    ) {
        let left = if m == 0 { left } else { [W::ZERO; C] };
        let [even_re, even_im] = self.powers::<I, C, B>(isa, (rows, left), m, m, vector);
        let rows = (rows, [W::ZERO; C]);
        let [odd_re, odd_im] = self.powers::<I, C, B>(isa, rows, m, m + 1, vector);
        let (lanes, pairs) = (W::Lanes::<I>::LANES, self.vectors[0].pairs);
        // Mode 0 counts once, the others for −m too.
        let half = W::from_f64(if m == 0 { 0.5 } else { 1.0 });
        let half = W::Lanes::<I>::splat(isa, half);
        for c in 0..C {
            for b in 0..B {
                let place = ((2 * (vector + b) + m % 2) * pairs + m / 2) * C + c;
                let plus = [even_re[c][b] + odd_re[c][b], even_im[c][b] + odd_im[c][b]];
                let minus = [even_re[c][b] - odd_re[c][b], even_im[c][b] - odd_im[c][b]];
                let all = [
                    plus[0] * half,
                    minus[0] * half,
                    plus[1] * half,
                    minus[1] * half,
                ];
                W::Lanes::<I>::store_each(all, &mut modes[place * 4 * lanes..]);
            }
        }
    }

    /// Σ 2(w/M) λ^n M_n^m over n = first, first + 2, …, real and imaginary, for `C` cells and `B` vectors of rings. The
    /// lowest degree comes last: for the rings that matter most, it is the largest.
    #[inline(always)]
    fn powers<I: Isa, const C: usize, const B: usize>(
        &self,
        isa: I,
        (rows, left): (&[W], [W; C]),
        m: usize,
        first: usize,
        vector: usize,
    ) -> [[[W::Lanes<I>; B]; C]; 2] {
        let (lanes, stride) = (W::Lanes::<I>::LANES, self.layout.stride);
        let wide = self.vectors.len() * lanes;
        let (len, im) = (self.layout.rows_len(), self.layout.order * stride);
        let mut sums = [[[W::Lanes::<I>::splat(isa, W::ZERO); B]; C]; 2];
        if first >= self.layout.order {
            return sums;
        }
        let lowest: [_; B] = W::Lanes::<I>::load_each(isa, &self.out[vector * lanes..]);
        for c in 0..C {
            let left = W::Lanes::<I>::splat(isa, left[c]);
            for b in 0..B {
                sums[0][c][b] = lowest[b] * left;
            }
        }
        // The imaginary part of the last cell is the furthest.
        let reach = (C - 1) * len + im + 1;
        let powers = &self.out[first * wide + vector * lanes..];
        let rows = &rows[first * stride + m..];
        let degrees = (self.layout.order - first).div_ceil(2);
        let mut from = 2.min(2 * (degrees - 1));
        for _ in 0..degrees {
            let power: [_; B] = W::Lanes::<I>::load_each(isa, &powers[from * wide..]);
            let rows = &rows[from * stride..][..reach];
            for c in 0..C {
                let re = W::Lanes::<I>::splat(isa, rows[c * len]);
                let im = W::Lanes::<I>::splat(isa, rows[c * len + im]);
                for b in 0..B {
                    sums[0][c][b] = power[b].mul_add(re, sums[0][c][b]);
                    sums[1][c][b] = power[b].mul_add(im, sums[1][c][b]);
                }
            }
            from = if from + 2 < 2 * degrees { from + 2 } else { 0 };
        }
        sums
    }

    /// Modes to waves: by cell, Re X^+, Im X^+, Re X^−, Im X^−, each in the order of the waves.
    #[inline(always)]
    fn angles<I: Isa, const C: usize>(&self, isa: I, modes: &[W], forms: &mut [W]) {
        let (lanes, padded) = (W::Lanes::<I>::LANES, self.rings.padded);
        for part in forms[..4 * C * padded].chunks_exact_mut(padded) {
            part[self.rings.count..].fill(W::ZERO);
        }
        // In an order in which every place is written last by the vector that it belongs to: see [`super::rings`].
        for (v, vector) in self.vectors.iter().enumerate().rev() {
            let per_angle = 2 * vector.pairs * lanes;
            for parity in 0..2 {
                let modes = &modes[(2 * v + parity) * self.vectors[0].pairs * 4 * C * lanes..];
                let modes = &modes[..4 * C * vector.pairs * lanes];
                let table = &self.to_angles[vector.at + parity * vector.quarter * per_angle..];
                let mut table = &table[..vector.quarter * per_angle];
                let mut j = vector.quarter;
                while j >= BLOCK {
                    j -= BLOCK;
                    let (these, rest) = table.split_at(BLOCK * per_angle);
                    table = rest;
                    self.block::<I, C, BLOCK>(isa, parity, (j, v), these, modes, forms);
                }
                while j > 0 {
                    j -= 1;
                    let (these, rest) = table.split_at(per_angle);
                    table = rest;
                    self.block::<I, C, 1>(isa, parity, (j, v), these, modes, forms);
                }
            }
        }
    }

    /// `B` angles from j on of a vector of rings: real parts from even modes, or imaginary parts from odd ones.
    #[inline(always)]
    fn block<I: Isa, const C: usize, const B: usize>(
        &self,
        isa: I,
        parity: usize,
        (j, vector): (usize, usize),
        table: &[W],
        modes: &[W],
        forms: &mut [W],
    ) {
        let (lanes, padded) = (W::Lanes::<I>::LANES, self.rings.padded);
        // By cell and angle, then + and −: sums of cosines, and of sines.
        let zero = W::Lanes::<I>::splat(isa, W::ZERO);
        let (mut cosines, mut sines) = ([[[zero; 2]; B]; C], [[[zero; 2]; B]; C]);
        let table = table.chunks_exact(2 * B * lanes);
        for (table, modes) in table.zip(modes.chunks_exact(4 * C * lanes)) {
            for c in 0..C {
                let modes: [_; 4] = W::Lanes::<I>::load_each(isa, &modes[4 * c * lanes..]);
                for b in 0..B {
                    let [cosine, sine] = W::Lanes::<I>::load_each(isa, &table[2 * b * lanes..]);
                    for sign in 0..2 {
                        cosines[c][b][sign] = cosine.mul_add(modes[sign], cosines[c][b][sign]);
                        sines[c][b][sign] = sine.mul_add(modes[2 + sign], sines[c][b][sign]);
                    }
                }
            }
        }
        for b in (0..B).rev() {
            let [mirrored, straight] = self.rings.start[j + b].map(|start| start + vector * lanes);
            for c in 0..C {
                for sign in 0..2 {
                    let part = &mut forms[(4 * c + 2 * sign + parity) * padded..][..padded];
                    let (cosine, sine) = (cosines[c][b][sign], sines[c][b][sign]);
                    let there = cosine + sine;
                    let there = if parity == 0 { there } else { -there };
                    there.store(&mut part[mirrored..]);
                    (cosine - sine).store(&mut part[straight..]);
                }
            }
        }
    }
}

/// A chunk of numbers.
#[inline(always)]
fn copy<I: Isa, W: Number>(isa: I, from: &[W], to: &mut [W]) {
    for i in (0..WIDEST_WAVE).step_by(W::Lanes::<I>::LANES) {
        W::Lanes::<I>::load(isa, &from[i..]).store(&mut to[i..]);
    }
}

//! Multipole to plane waves, all six directions: see [`super::waves`].

use super::WIDEST;
use super::layout::Scratch;
use super::waves::Waves;
use lanes::{Isa, Lanes};

impl Waves {
    #[inline(always)]
    pub(super) fn outgoing<I: Isa>(&self, isa: I, multipole: &[f64], waves: &mut [f64]) {
        let rows = self.layout.rows_len();
        let modes = self.vectors[0].modes * self.vectors.len() * 4 * I::F64::LANES;
        let mut scratch = Scratch::take(2 * rows + modes + 4 * self.rings.padded);
        let (a, rest) = scratch.split_at_mut(rows);
        let (b, rest) = rest.split_at_mut(rows);
        let (modes, forms) = rest.split_at_mut(modes);
        let mut axes = waves.chunks_exact_mut(4 * self.rings.padded);
        let (x, y, z) = (axes.next(), axes.next(), axes.next());
        self.turn[0].unpack::<I, false>(isa, self.layout, multipole, a);
        self.axis(isa, a, modes, forms, z.unwrap_or_default());
        self.to_x.apply(isa, self.layout, a, b);
        self.axis(isa, b, modes, forms, x.unwrap_or_default());
        self.turn[1].unpack::<I, false>(isa, self.layout, multipole, a);
        self.to_x.apply(isa, self.layout, a, b);
        self.axis(isa, b, modes, forms, y.unwrap_or_default());
    }

    /// Both directions of one axis, from the rows of the multipole in its frame.
    #[inline(always)]
    fn axis<I: Isa>(
        &self,
        isa: I,
        rows: &[f64],
        modes: &mut [f64],
        forms: &mut [f64],
        waves: &mut [f64],
    ) {
        for m in 0..self.vectors[0].modes {
            let vectors = self.vectors_with(m);
            let mut vector = 0;
            while vector + 4 <= vectors {
                self.modes::<I, 4>(isa, rows, m, vector, modes);
                vector += 4;
            }
            if vector + 2 <= vectors {
                self.modes::<I, 2>(isa, rows, m, vector, modes);
                vector += 2;
            }
            if vector < vectors {
                self.modes::<I, 1>(isa, rows, m, vector, modes);
            }
        }
        self.angles(isa, modes, forms);
        let padded = self.rings.padded;
        let directions = waves.chunks_exact_mut(2 * padded);
        for (waves, form) in directions.zip(forms.chunks_exact(2 * padded)) {
            let (re, im) = form.split_at(padded);
            let (re, im) = (re.as_chunks::<WIDEST>().0, im.as_chunks::<WIDEST>().0);
            let chunks = waves.as_chunks_mut::<{ 2 * WIDEST }>().0;
            for ((chunk, re), im) in chunks.iter_mut().zip(re).zip(im) {
                copy(isa, re, &mut chunk[..WIDEST]);
                copy(isa, im, &mut chunk[WIDEST..]);
            }
        }
    }

    /// F^+ and F^− of mode m for `B` vectors of rings: by vector, Re F^+, Re F^−, Im F^+, Im F^−.
    #[inline(always)]
    fn modes<I: Isa, const B: usize>(
        &self,
        isa: I,
        rows: &[f64],
        m: usize,
        vector: usize,
        modes: &mut [f64],
    ) {
        let [even_re, even_im] = self.powers::<I, B>(isa, rows, m, m, vector);
        let [odd_re, odd_im] = self.powers::<I, B>(isa, rows, m, m + 1, vector);
        let lanes = I::F64::LANES;
        // Mode 0 counts once, the others for −m too.
        let half = I::F64::splat(isa, if m == 0 { 0.5 } else { 1.0 });
        for b in 0..B {
            let place = ((vector + b) * self.vectors[0].modes + m) * 4 * lanes;
            let plus = [even_re[b] + odd_re[b], even_im[b] + odd_im[b]];
            let minus = [even_re[b] - odd_re[b], even_im[b] - odd_im[b]];
            let all = [
                plus[0] * half,
                minus[0] * half,
                plus[1] * half,
                minus[1] * half,
            ];
            I::F64::store_each(all, &mut modes[place..]);
        }
    }

    /// Σ 2(w/M) λ^n M_n^m over n = first, first + 2, …, real and imaginary, for `B` vectors of rings.
    #[inline(always)]
    fn powers<I: Isa, const B: usize>(
        &self,
        isa: I,
        rows: &[f64],
        m: usize,
        first: usize,
        vector: usize,
    ) -> [[I::F64; B]; 2] {
        let (lanes, stride) = (I::F64::LANES, self.layout.stride);
        let wide = self.vectors.len() * lanes;
        let (re, im) = self.layout.parts(rows);
        let mut sums = [[I::F64::splat(isa, 0.0); B]; 2];
        for n in (first..self.layout.order).step_by(2) {
            let place = n * stride + m;
            let (re, im) = (I::F64::splat(isa, re[place]), I::F64::splat(isa, im[place]));
            let power: [_; B] = I::F64::load_each(isa, &self.out[n * wide + vector * lanes..]);
            for b in 0..B {
                sums[0][b] = power[b].mul_add(re, sums[0][b]);
                sums[1][b] = power[b].mul_add(im, sums[1][b]);
            }
        }
        sums
    }

    /// Modes to waves: Re X^+, Im X^+, Re X^−, Im X^−, each in the order of the waves.
    #[inline(always)]
    fn angles<I: Isa>(&self, isa: I, modes: &[f64], forms: &mut [f64]) {
        let (lanes, padded) = (I::F64::LANES, self.rings.padded);
        for part in forms[..4 * padded].chunks_exact_mut(padded) {
            part[self.rings.count..].fill(0.0);
        }
        // In an order in which every place is written last by the vector that it belongs to: see [`super::rings`].
        for (v, vector) in self.vectors.iter().enumerate().rev() {
            let modes = &modes[v * self.vectors[0].modes * 4 * lanes..];
            for j in (0..vector.quarter).rev() {
                let table = &self.trigonometric[vector.at + 2 * j * vector.modes * lanes..];
                let table = table[..2 * vector.modes * lanes].chunks_exact(4 * lanes);
                // By parity of m, then of + and −: sums of cosines, and of sines.
                let zero = I::F64::splat(isa, 0.0);
                let (mut cosines, mut sines) = ([[zero; 2]; 2], [[zero; 2]; 2]);
                for (table, modes) in table.zip(modes.chunks_exact(8 * lanes)) {
                    let table: [_; 4] = I::F64::load_each(isa, table);
                    let modes: [_; 8] = I::F64::load_each(isa, modes);
                    for odd in 0..2 {
                        for sign in 0..2 {
                            let (re, im) = (modes[4 * odd + sign], modes[4 * odd + 2 + sign]);
                            cosines[odd][sign] = table[2 * odd].mul_add(re, cosines[odd][sign]);
                            sines[odd][sign] = table[2 * odd + 1].mul_add(im, sines[odd][sign]);
                        }
                    }
                }
                let [mirrored, straight] = self.rings.start[j].map(|start| start + v * lanes);
                for sign in 0..2 {
                    let (re, im) = forms[2 * sign * padded..][..2 * padded].split_at_mut(padded);
                    (cosines[0][sign] + sines[0][sign]).store(&mut re[mirrored..]);
                    (-(cosines[1][sign] + sines[1][sign])).store(&mut im[mirrored..]);
                    (cosines[0][sign] - sines[0][sign]).store(&mut re[straight..]);
                    (cosines[1][sign] - sines[1][sign]).store(&mut im[straight..]);
                }
            }
        }
    }
}

/// Eight numbers.
#[inline(always)]
pub(super) fn copy<I: Isa>(isa: I, from: &[f64], to: &mut [f64]) {
    for i in (0..WIDEST).step_by(I::F64::LANES) {
        I::F64::load(isa, &from[i..]).store(&mut to[i..]);
    }
}

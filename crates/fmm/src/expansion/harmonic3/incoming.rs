//! Plane waves to local, the two directions of an axis: the transpose of [`super::outgoing`].
//!
//! A lane is a mode m here, so that both sums, over angles and over rings, need one number of the data for a vector of
//! modes; even and odd modes of which want two different ones, side by side.

use super::layout::{Number, Scratch, at};
use super::waves::Waves;
use lanes::{Isa, Lanes};

/// Degrees of one parity that a loop takes together.
pub(super) const DEGREES: usize = 4;

/// The incoming form of a cell: Re Y^+, Im Y^+, Re Y^−, Im Y^−.
type Form<'a, W> = &'a [W];

impl<W: Number> Waves<W> {
    /// The forms of `C` cells to their locals.
    #[inline(always)]
    pub(super) fn incoming<I: Isa, const C: usize>(
        &self,
        isa: I,
        axis: usize,
        forms: [Form<W>; C],
        locals: [&mut [f64]; C],
    ) {
        let (rows, lanes) = (self.layout.rows_len(), W::Lanes::<I>::LANES);
        let vectors = self.layout.order.div_ceil(lanes);
        let modes = C * 4 * lanes * self.rings.rings.len() * vectors;
        let angles = C * 8 * lanes * self.vectors[0].quarter;
        let (packed, all) = (2 * self.layout.padded, C * rows);
        let mut scratch = Scratch::<W>::take(packed + 2 * all + modes + angles);
        let (packed, rest) = scratch.split_at_mut(packed);
        let (a, rest) = rest.split_at_mut(all);
        let (b, rest) = rest.split_at_mut(all);
        let (modes, angles) = rest.split_at_mut(modes);
        self.modes_of_angles(isa, forms, angles, modes);
        let constants = self.constants::<I, C>(modes);
        for first in 0..vectors {
            self.degrees::<I, C>(isa, first, modes, a);
        }
        if axis != 2 {
            self.from_x.apply::<I, C>(isa, self.layout, a, b);
        }
        let (turn, found) = if axis == 2 {
            (&self.turn[0], a)
        } else {
            (&self.turn[axis], b)
        };
        let found = found.chunks_exact(rows);
        for ((found, local), constant) in found.zip(locals).zip(constants) {
            packed.fill(W::ZERO);
            turn.pack::<I, false>(isa, self.layout, found, packed);
            local[0] += constant;
            packed[0] = W::ZERO;
            let parts = local.len() / 2;
            let parts = local.chunks_exact_mut(parts);
            for (to, from) in parts.zip(packed.chunks_exact(self.layout.padded)) {
                for (to, from) in to[..at(self.layout.order, 0)].iter_mut().zip(from) {
                    *to += from.to_f64();
                }
            }
        }
    }

    /// Waves to modes. With G^± = Σ σ e^{ima} (Re Y^±, or Im Y^± for odd m), by vector of modes, ring and cell: real and
    /// imaginary parts of what even degrees need, G^+ + G^− for even m and G^− − G^+ for odd m, and of what odd degrees need,
    /// where m's parity matters the other way.
    #[inline(always)]
    fn modes_of_angles<I: Isa, const C: usize>(
        &self,
        isa: I,
        forms: [Form<W>; C],
        angles: &mut [W],
        modes: &mut [W],
    ) {
        let lanes = W::Lanes::<I>::LANES;
        let count = self.rings.rings.len();
        let mut tables = &self.to_modes[..];
        for (v, rings) in self.rings.rings.chunks(lanes).enumerate() {
            for (j, angles) in angles
                .chunks_exact_mut(8 * C * lanes)
                .take(rings[0].quarter)
                .enumerate()
            {
                for (form, angle) in forms.into_iter().zip(angles.chunks_exact_mut(8 * lanes)) {
                    self.fold(isa, form, (j, v), angle);
                }
            }
            for (lane, ring) in rings.iter().enumerate() {
                let angles = &angles[..ring.quarter * 8 * C * lanes];
                let vectors = ring.modes.div_ceil(lanes);
                let mut first = 0;
                while first < vectors {
                    // Two vectors of modes at once, if there are so many.
                    let both = first + 2 <= vectors;
                    let size = 2 * lanes * ring.quarter * if both { 2 } else { 1 };
                    let (table, rest) = tables.split_at(size);
                    let to = (first * count + v * lanes + lane) * 4 * C * lanes;
                    let (at, to) = ((lane, first), &mut modes[to..]);
                    if both {
                        some_modes::<I, W, C, 2>(isa, table, angles, at, to, count);
                        first += 2;
                    } else {
                        some_modes::<I, W, C, 1>(isa, table, angles, at, to, count);
                        first += 1;
                    }
                    tables = rest;
                }
            }
        }
    }

    /// L_0^0 = Σ 2 (G^+ + G^−)_0 in f64, of each cell: what it loses, potentials lose.
    #[inline(always)]
    fn constants<I: Isa, const C: usize>(&self, modes: &[W]) -> [f64; C] {
        let lanes = W::Lanes::<I>::LANES;
        let mut sums = [0.0; C];
        for modes in modes
            .chunks_exact(4 * C * lanes)
            .take(self.rings.rings.len())
        {
            for (sum, modes) in sums.iter_mut().zip(modes.chunks_exact(4 * lanes)) {
                *sum += 2.0 * modes[0].to_f64();
            }
        }
        sums
    }

    /// What the waves at a_j and π − a_j of a vector of rings mean to cosines and to sines, + and − each: by ring, what even
    /// modes want and what odd ones want.
    #[inline(always)]
    fn fold<I: Isa>(&self, isa: I, form: Form<W>, (j, vector): (usize, usize), angle: &mut [W]) {
        let (lanes, padded) = (W::Lanes::<I>::LANES, self.rings.padded);
        let [mirrored, straight] = self.rings.start[j].map(|start| start + vector * lanes);
        for sign in 0..2 {
            let [re, im] = [2 * sign, 2 * sign + 1].map(|part| &form[part * padded..][..padded]);
            let re = [&re[straight..], &re[mirrored..]];
            let im = [&im[straight..], &im[mirrored..]];
            let re = [
                W::Lanes::<I>::load(isa, re[0]),
                W::Lanes::<I>::load(isa, re[1]),
            ];
            let im = [
                W::Lanes::<I>::load(isa, im[0]),
                W::Lanes::<I>::load(isa, im[1]),
            ];
            let cosines = (re[0] + re[1]).interleave(im[0] - im[1]);
            let sines = (re[0] - re[1]).interleave(im[0] + im[1]);
            W::Lanes::<I>::store_each(cosines, &mut angle[2 * sign * lanes..]);
            W::Lanes::<I>::store_each(sines, &mut angle[(4 + 2 * sign) * lanes..]);
        }
    }

    /// Modes to the rows of locals, one vector of modes: L_n^m = (−1)^{n+m} Σ 2λ^n G^+ + Σ 2λ^n G^−.
    #[inline(always)]
    fn degrees<I: Isa, const C: usize>(&self, isa: I, first: usize, modes: &[W], rows: &mut [W]) {
        let (lanes, order) = (W::Lanes::<I>::LANES, self.layout.order);
        let rings = &self.rings.rings[..];
        let with = rings
            .iter()
            .take_while(|ring| ring.modes > first * lanes)
            .count();
        let modes = &modes[first * rings.len() * 4 * C * lanes..][..with * 4 * C * lanes];
        let degrees = order.div_ceil(2).next_multiple_of(DEGREES);
        for parity in 0..2 {
            for start in (0..degrees).step_by(DEGREES) {
                // Degrees below the first mode have none of these.
                if 2 * (start + DEGREES) > first * lanes {
                    self.some_degrees::<I, C>(isa, first, (parity, start), modes, rows);
                }
            }
        }
    }

    /// Degrees 2i + parity from `start` = i on.
    #[inline(always)]
    fn some_degrees<I: Isa, const C: usize>(
        &self,
        isa: I,
        first: usize,
        (parity, start): (usize, usize),
        modes: &[W],
        rows: &mut [W],
    ) {
        let (lanes, order, stride) = (W::Lanes::<I>::LANES, self.layout.order, self.layout.stride);
        let degrees = order.div_ceil(2).next_multiple_of(DEGREES);
        let zero = W::Lanes::<I>::splat(isa, W::ZERO);
        let mut sums = [[[zero; 2]; C]; DEGREES];
        let powers = self.into[parity * degrees + start..].chunks(2 * degrees);
        for (powers, modes) in powers.zip(modes.chunks_exact(4 * C * lanes)) {
            let mut of = [[zero; 2]; C];
            for c in 0..C {
                of[c] = W::Lanes::<I>::load_each(isa, &modes[(4 * c + 2 * parity) * lanes..]);
            }
            let powers = &powers[..DEGREES];
            for i in 0..DEGREES {
                let power = W::Lanes::<I>::splat(isa, powers[i]);
                for c in 0..C {
                    for part in 0..2 {
                        sums[i][c][part] = power.mul_add(of[c][part], sums[i][c][part]);
                    }
                }
            }
        }
        let m = W::Lanes::<I>::by_lane(isa, |lane| (first * lanes + lane) as f64);
        for i in 0..DEGREES {
            let n = 2 * (start + i) + parity;
            if n >= order || n < first * lanes {
                continue;
            }
            let inside = m.lt(W::Lanes::<I>::splat(isa, W::from_f64((n + 1) as f64)));
            for c in 0..C {
                let rows = &mut rows[c * self.layout.rows_len()..];
                let (re, im) = self.layout.parts_mut(rows);
                for (part, to) in [re, im].into_iter().enumerate() {
                    let sum = W::Lanes::<I>::select(inside, sums[i][c][part], zero);
                    sum.store(&mut to[n * stride + first * lanes..]);
                }
            }
        }
    }
}

/// `M` vectors of modes of one ring, for `C` cells; those of the next vector lie `count` rings further.
#[inline(always)]
fn some_modes<I: Isa, W: Number, const C: usize, const M: usize>(
    isa: I,
    table: &[W],
    angles: &[W],
    (lane, first): (usize, usize),
    modes: &mut [W],
    count: usize,
) {
    let lanes = W::Lanes::<I>::LANES;
    // By vector and cell, then + and −.
    let zero = W::Lanes::<I>::splat(isa, W::ZERO);
    let (mut re, mut im) = ([[[zero; 2]; C]; M], [[[zero; 2]; C]; M]);
    let table = table.chunks_exact(2 * M * lanes);
    for (table, angles) in table.zip(angles.chunks_exact(8 * C * lanes)) {
        // Of this ring: by cell, then cosines and sines, + and −.
        let pairs = &angles.as_chunks::<2>().0[lane..][..(4 * C - 1) * lanes + 1];
        for i in 0..M {
            let [cosine, sine] = W::Lanes::<I>::load_each(isa, &table[2 * i * lanes..]);
            for c in 0..C {
                for sign in 0..2 {
                    let of_cosines = &pairs[(4 * c + sign) * lanes];
                    let of_sines = &pairs[(4 * c + 2 + sign) * lanes];
                    let angle = by_parity::<I, W>(isa, of_cosines, first + i);
                    re[i][c][sign] = cosine.mul_add(angle, re[i][c][sign]);
                    let angle = by_parity::<I, W>(isa, of_sines, first + i);
                    im[i][c][sign] = sine.mul_add(angle, im[i][c][sign]);
                }
            }
        }
    }
    for i in 0..M {
        let sign = by_parity::<I, W>(isa, &[W::ONE, -W::ONE], first + i);
        for c in 0..C {
            let (re, im) = (re[i][c], im[i][c]);
            let all = [
                re[0].mul_add(sign, re[1]),
                im[0].mul_add(sign, im[1]),
                re[0].neg_mul_add(sign, re[1]),
                im[0].neg_mul_add(sign, im[1]),
            ];
            W::Lanes::<I>::store_each(all, &mut modes[(i * count * C + c) * 4 * lanes..]);
        }
    }
}

/// The first of two numbers for even modes of a vector of modes, the second for odd ones.
#[inline(always)]
fn by_parity<I: Isa, W: Number>(isa: I, pair: &[W; 2], vector: usize) -> W::Lanes<I> {
    if W::Lanes::<I>::LANES == 1 {
        W::Lanes::<I>::splat(isa, pair[vector % 2])
    } else {
        W::Lanes::<I>::alternate(isa, pair)
    }
}

//! Plane waves from all sources of the far lists of eight siblings, summed before they are told apart.
//!
//! Each offset belongs to a direction ([`direction`]): ±z where |dz| ≥ 2, else ±y where |dy| ≥ 2, else ±x. Seen along its
//! direction, every sibling lies at (u, v, w), each 0 or 1, with u along the direction and v, w across it, and the sources
//! in two layers u = −2 and u = −1. With e = e^{−λ}, p = e^{−iλ cos a}, q = e^{−iλ sin a}, a source at (u, v, w) acts on a
//! sibling at (t, y, z) by e^{t−u} p^{v−y} q^{w−z}. So layer −2 serves all siblings, layer −1 those at t = 1. Across, either
//! all rows −2 … 3 serve both siblings, or, where an earlier direction takes the distant ones, the rows y − 1 … y + 1 serve
//! the sibling at y; their sums are Horner schemes that cost one multiplication by p or q for each source:
//!
//! ```text
//! Σ_{v=−2}^3 p^{v+2} X_v = X_{−2} + p(X_{−1} + p(… + p X_3))
//! Y = X_0 + p X_1     Σ_{v=−1}^1 p^{v+1} X_v = X_{−1} + p Y     Σ_{v=0}^2 p^v X_v = Y + p² X_2
//! ```
//!
//! That is 304 translations for eight siblings instead of 1512 (Cheng, Greengard and Rokhlin, J. Comput. Phys. 155,
//! 1999, merge the same lists).

use super::WIDEST_WAVE as WIDEST;
use super::rings::Wave;
use crate::expansion::{Outgoing, Wave as Number};
use crate::lists::slots;
use lanes::{Isa, Lanes};

/// Directions: 2·axis, and one more if target − source is negative along it.
const DIRECTIONS: usize = 6;

/// Waves of a chunk: real parts, then imaginary parts.
type Chunk<W> = [W; 2 * WIDEST];

/// Rows −2 … 3 across a direction, or −1 … 2 if it is narrow.
const ROWS: usize = 6;

/// The direction of target − source in units of cells that do not touch.
pub(super) fn direction(offset: [i32; 3]) -> usize {
    let axis = (0..3).rev().find(|&axis| offset[axis].abs() >= 2);
    let axis = axis.expect("cells of a far list do not touch");
    2 * axis + usize::from(offset[axis] < 0)
}

/// Vectors across a direction: which axis v and w count, and whether backwards. With (v, w, u) for (x, y, z) the frames are
/// (−z, y, x), (−z, −x, y) and (x, y, z), as [`super::waves`] turns the series.
const ACROSS: [[(usize, i32); 2]; 3] = [[(2, -1), (1, 1)], [(2, -1), (0, -1)], [(0, 1), (1, 1)]];

/// The difference of two places that is seen as (u, v, w) along a direction.
fn step(d: usize, [u, v, w]: [i32; 3]) -> [i32; 3] {
    let [(v_axis, v_sign), (w_axis, w_sign)] = ACROSS[d / 2];
    let mut step = [0; 3];
    step[d / 2] = if d.is_multiple_of(2) { u } else { -u };
    step[v_axis] = v_sign * v;
    step[w_axis] = w_sign * w;
    step
}

/// Where the cell lies that is seen at `seen`: both relative to the siblings, of which the first is (0, 0, 0). Turned about
/// the middle of the siblings.
fn place(d: usize, seen: [i32; 3]) -> [i32; 3] {
    step(d, seen.map(|a| 2 * a - 1)).map(|a| (a + 1) / 2)
}

/// Whether a direction leaves distance 2 along v, or along w, to another.
fn narrow(d: usize) -> [bool; 2] {
    [[2, 2, 0], [2, 0, 2]].map(|seen| direction(step(d, seen)) != d)
}

/// Powers of e, p, q for one chunk, on cache lines of their own.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Powers<W> {
    /// p, p², q, q².
    across: [Chunk<W>; 4],
    /// e.
    along: [W; WIDEST],
    /// By axis, then y and z of the sibling: what is left to multiply for it, e² p^{…} q^{…}.
    rest: [[[Chunk<W>; 2]; 2]; 3],
}

/// Powers and slots of all translations.
#[derive(Debug)]
pub(super) struct Translations<W> {
    powers: Vec<Powers<W>>,
    /// By direction: [`narrow`].
    narrow: [[bool; 2]; DIRECTIONS],
    /// By direction, layer (−2, −1), w and v, each from −2 on: the slot, where the direction has one.
    slots: [[[[usize; ROWS]; ROWS]; 2]; DIRECTIONS],
    /// By direction, then t, y, z: the octant of the sibling.
    siblings: [[[[usize; 2]; 2]; 2]; DIRECTIONS],
}

impl<W: Number> Translations<W> {
    pub(super) fn new(waves: &[Wave], padded: usize) -> Self {
        let powers = (0..padded).step_by(WIDEST).map(|chunk| {
            let part = |u: i32, v: i32, w: i32| {
                let mut powers = [W::ZERO; 2 * WIDEST];
                for (j, &(lambda, angle)) in waves.iter().skip(chunk).take(WIDEST).enumerate() {
                    let (sin, cos) = angle.sin_cos();
                    let size = (-lambda * f64::from(u)).exp();
                    let phase = -lambda * (f64::from(v) * cos + f64::from(w) * sin);
                    powers[j] = W::from_f64(size * phase.cos());
                    powers[WIDEST + j] = W::from_f64(size * phase.sin());
                }
                powers
            };
            let rest = std::array::from_fn(|axis| {
                let [v, w] = narrow(2 * axis);
                let left = |narrow: bool, y: i32| if narrow { -1 } else { -2 - y };
                [0, 1].map(|y| [0, 1].map(|z| part(2, left(v, y), left(w, z))))
            });
            Powers {
                across: [part(0, 1, 0), part(0, 2, 0), part(0, 0, 1), part(0, 0, 2)],
                along: std::array::from_fn(|j| part(1, 0, 0)[j]),
                rest,
            }
        });
        let slot = |d: usize, u: i32, v: i32, w: i32| slots::at(place(d, [u, v, w]));
        let octant = |[x, y, z]: [i32; 3]| (x + 2 * y + 4 * z) as usize;
        let two = [0, 1];
        let rows: [i32; ROWS] = [-2, -1, 0, 1, 2, 3];
        Self {
            powers: powers.collect(),
            narrow: std::array::from_fn(narrow),
            slots: std::array::from_fn(|d| {
                [-2, -1].map(|u| rows.map(|w| rows.map(|v| slot(d, u, v, w))))
            }),
            siblings: std::array::from_fn(|d| {
                two.map(|t| two.map(|y| two.map(|z| octant(place(d, [t, y, z])))))
            }),
        }
    }

    /// Sums over all slots into the forms of the eight siblings, by octant, of the two directions of an axis: by direction,
    /// all real parts, then all imaginary parts.
    #[inline(always)]
    pub(super) fn run<I: Isa>(
        &self,
        isa: I,
        axis: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [W],
    ) {
        let incoming = incoming.as_chunks_mut::<WIDEST>().0;
        let all = self.powers.len();
        for d in [2 * axis, 2 * axis + 1] {
            if all < GROUP {
                for chunk in 0..all {
                    self.group::<I, 1>(isa, d, chunk, sources, outgoing, incoming);
                }
            } else {
                // The last group may take again what the one before it did.
                for chunk in (0..all).step_by(GROUP) {
                    let chunk = chunk.min(all - GROUP);
                    self.group::<I, GROUP>(isa, d, chunk, sources, outgoing, incoming);
                }
            }
        }
    }

    /// `G` chunks of one direction: sources are looked up once for all of them.
    #[inline(always)]
    fn group<I: Isa, const G: usize>(
        &self,
        isa: I,
        d: usize,
        chunk: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [[W; WIDEST]],
    ) {
        let first = d % 2 * self.powers.len() + chunk;
        let [narrow_v, narrow_w] = self.narrow[d];
        let reach = |narrow: bool| if narrow { 1..ROWS - 1 } else { 0..ROWS };
        let mut layers: Layers<W, G> =
            [[[chunks(outgoing, Outgoing::NOTHING, first); ROWS]; ROWS]; 2];
        for (layer, slots) in layers.iter_mut().zip(&self.slots[d]) {
            for w in reach(narrow_w) {
                for v in reach(narrow_v) {
                    layer[w][v] = chunks(outgoing, sources[slots[w][v]], first);
                }
            }
        }
        match (narrow_v, narrow_w) {
            (false, false) => self.sums::<I, G, false, false>(isa, d, &layers, chunk, incoming),
            (true, false) => self.sums::<I, G, true, false>(isa, d, &layers, chunk, incoming),
            _ => self.sums::<I, G, true, true>(isa, d, &layers, chunk, incoming),
        }
    }

    #[inline(always)]
    fn sums<I: Isa, const G: usize, const NARROW_V: bool, const NARROW_W: bool>(
        &self,
        isa: I,
        d: usize,
        layers: &Layers<W, G>,
        chunk: usize,
        incoming: &mut [[W; WIDEST]],
    ) {
        for i in 0..G {
            for lane in (0..WIDEST).step_by(W::Lanes::<I>::LANES) {
                let at = (i, lane);
                self.vector::<I, G, NARROW_V, NARROW_W>(isa, d, layers, at, chunk, incoming);
            }
        }
    }

    /// One vector: that at (chunk, lane) of a group that begins with chunk `first`.
    #[inline(always)]
    fn vector<I: Isa, const G: usize, const NARROW_V: bool, const NARROW_W: bool>(
        &self,
        isa: I,
        d: usize,
        layers: &Layers<W, G>,
        at: (usize, usize),
        first: usize,
        incoming: &mut [[W; WIDEST]],
    ) {
        let (chunk, lane) = (first + at.0, at.1);
        let powers = &self.powers[chunk];
        let across = powers.across.each_ref();
        let far = layer::<I, W, G, NARROW_V, NARROW_W>(isa, &layers[0], at, across);
        let near = layer::<I, W, G, NARROW_V, NARROW_W>(isa, &layers[1], at, across);
        let along = W::Lanes::<I>::load(isa, &powers.along[lane..]);
        for z in 0..2 {
            for y in 0..2 {
                let rest = Sum::<I, W>::load(isa, &powers.rest[d / 2][y][z], lane);
                let (below, mut above) = (far[z][y], near[z][y]);
                above.re = below.re.mul_add(along, above.re);
                above.im = below.im.mul_add(along, above.im);
                for (t, sum) in [below, above].into_iter().enumerate() {
                    let form = 2 * self.siblings[d][t][y][z] + d % 2;
                    let to = 2 * form * self.powers.len() + chunk;
                    let sum = sum.times(rest);
                    sum.re.store(&mut incoming[to][lane..]);
                    sum.im.store(&mut incoming[to + self.powers.len()][lane..]);
                }
            }
        }
    }
}

/// Chunks that are taken together.
const GROUP: usize = 4;

/// The sources of a direction: by layer, w and v, some chunks of a form.
type Layers<'a, W, const G: usize> = [[[&'a [Chunk<W>; G]; ROWS]; ROWS]; 2];

/// `G` chunks of the form at a place.
#[inline(always)]
fn chunks<W: Number, const G: usize>(
    outgoing: &Outgoing,
    place: u32,
    first: usize,
) -> &[Chunk<W>; G] {
    let at = place as usize + 2 * WIDEST * first;
    let chunks = outgoing.numbers(at, 2 * WIDEST * G);
    let chunks = chunks.as_chunks::<{ 2 * WIDEST }>().0;
    chunks.first_chunk().expect("whole groups")
}

/// Sums over the rows w of one layer, by z and y of the sibling.
#[inline(always)]
fn layer<I: Isa, W: Number, const G: usize, const NARROW_V: bool, const NARROW_W: bool>(
    isa: I,
    sources: &[[&[Chunk<W>; G]; ROWS]; ROWS],
    at: (usize, usize),
    across: [&Chunk<W>; 4],
) -> [[Sum<I, W>; 2]; 2] {
    let q = Sum::load(isa, across[2], at.1);
    if NARROW_W {
        let middle = row::<I, W, G, NARROW_V>(isa, &sources[3], at, across);
        let last = row::<I, W, G, NARROW_V>(isa, &sources[2], at, across);
        let both = each_times_plus(middle, q, last);
        let last = row::<I, W, G, NARROW_V>(isa, &sources[1], at, across);
        let lower = each_times_plus(both, q, last);
        let q2 = Sum::load(isa, across[3], at.1);
        let first = row::<I, W, G, NARROW_V>(isa, &sources[4], at, across);
        [lower, each_times_plus(first, q2, both)]
    } else {
        let mut sum = row::<I, W, G, NARROW_V>(isa, &sources[5], at, across);
        for w in (0..5).rev() {
            let next = row::<I, W, G, NARROW_V>(isa, &sources[w], at, across);
            sum = each_times_plus(sum, q, next);
        }
        [sum, sum]
    }
}

/// Sum over one row of sources, by y of the sibling.
#[inline(always)]
fn row<I: Isa, W: Number, const G: usize, const NARROW: bool>(
    isa: I,
    sources: &[&[Chunk<W>; G]; ROWS],
    (chunk, lane): (usize, usize),
    across: [&Chunk<W>; 4],
) -> [Sum<I, W>; 2] {
    let p = Sum::load(isa, across[0], lane);
    if NARROW {
        let both = Sum::load(isa, &sources[3][chunk], lane);
        let both = both.times_plus(p, Sum::load(isa, &sources[2][chunk], lane));
        let lower = both.times_plus(p, Sum::load(isa, &sources[1][chunk], lane));
        let p2 = Sum::load(isa, across[1], lane);
        let upper = Sum::load(isa, &sources[4][chunk], lane).times_plus(p2, both);
        [lower, upper]
    } else {
        let mut sum = Sum::load(isa, &sources[5][chunk], lane);
        for v in (0..5).rev() {
            sum = sum.times_plus(p, Sum::load(isa, &sources[v][chunk], lane));
        }
        [sum, sum]
    }
}

/// One number for each wave of a vector.
#[derive(Clone, Copy)]
struct Sum<I: Isa, W: Number> {
    re: W::Lanes<I>,
    im: W::Lanes<I>,
}

impl<I: Isa, W: Number> Sum<I, W> {
    /// The vector of a chunk that begins with `lane`.
    #[inline(always)]
    fn load(isa: I, from: &Chunk<W>, lane: usize) -> Self {
        let (re, im) = from.split_at(WIDEST);
        Self {
            re: W::Lanes::<I>::load(isa, &re[lane..]),
            im: W::Lanes::<I>::load(isa, &im[lane..]),
        }
    }

    /// self · s
    #[inline(always)]
    fn times(self, s: Self) -> Self {
        Self {
            re: self.im.neg_mul_add(s.im, self.re * s.re),
            im: self.im.mul_add(s.re, self.re * s.im),
        }
    }

    /// self · s + x
    #[inline(always)]
    fn times_plus(self, s: Self, x: Self) -> Self {
        Self {
            re: self.im.neg_mul_add(s.im, self.re.mul_add(s.re, x.re)),
            im: self.im.mul_add(s.re, self.re.mul_add(s.im, x.im)),
        }
    }
}

/// Both · s + x.
#[inline(always)]
fn each_times_plus<I: Isa, W: Number>(
    sums: [Sum<I, W>; 2],
    s: Sum<I, W>,
    x: [Sum<I, W>; 2],
) -> [Sum<I, W>; 2] {
    [sums[0].times_plus(s, x[0]), sums[1].times_plus(s, x[1])]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of a sibling and a slot of its far list in exactly one direction, at a place of its frame that the sums
    /// reach, and nothing else.
    #[test]
    fn every_pair_is_served_once() {
        let mut served = vec![[0; slots::count(3)]; 8];
        let translations = Translations::<f64>::new(&[(1.0, 0.0)], WIDEST);
        for d in 0..DIRECTIONS {
            let [narrow_v, narrow_w] = translations.narrow[d];
            let reach = |narrow: bool, y: usize| if narrow { y + 1..y + 4 } else { 0..ROWS };
            for (t, y, z) in (0..8).map(|k| (k & 1, k >> 1 & 1, k >> 2)) {
                let octant = translations.siblings[d][t][y][z];
                for layer in 0..=t {
                    for w in reach(narrow_w, z) {
                        for v in reach(narrow_v, y) {
                            let slot = translations.slots[d][layer][w][v];
                            served[octant][slot] += 1;
                            let source = slots::anchor::<3>(slot);
                            let offset = [0, 1, 2].map(|a| (octant as i32 >> a & 1) - source[a]);
                            assert_eq!(direction(offset), d);
                        }
                    }
                }
            }
        }
        for (octant, far) in slots::far_slots::<3>().iter().enumerate() {
            for slot in 0..slots::count(3) {
                assert_eq!(
                    served[octant][slot],
                    i32::from(far.contains(&slot)),
                    "{octant} {slot}"
                );
            }
        }
    }
}

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

use super::WIDEST;
use super::rings::Wave;
use crate::expansion::Outgoing;
use crate::lists::slots;
use lanes::{Isa, Lanes};

/// Directions: 2·axis, and one more if target − source is negative along it.
pub(super) const DIRECTIONS: usize = 6;

/// Waves of a chunk: real parts, then imaginary parts.
pub(super) type Chunk = [f64; 2 * WIDEST];

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

/// Powers of e, p, q for one chunk.
#[derive(Clone, Debug)]
struct Powers {
    /// p, p², q, q².
    across: [Chunk; 4],
    /// e.
    along: [f64; WIDEST],
    /// By axis, then y and z of the sibling: what is left to multiply for it, e² p^{…} q^{…}.
    rest: [[[Chunk; 2]; 2]; 3],
}

/// Powers and slots of all translations.
#[derive(Debug)]
pub(super) struct Translations {
    powers: Vec<Powers>,
    /// By direction: [`narrow`].
    narrow: [[bool; 2]; DIRECTIONS],
    /// By direction, layer (−2, −1), w and v, each from −2 on: the slot, where the direction has one.
    slots: [[[[usize; ROWS]; ROWS]; 2]; DIRECTIONS],
    /// By direction, then t, y, z: the octant of the sibling.
    siblings: [[[[usize; 2]; 2]; 2]; DIRECTIONS],
}

impl Translations {
    pub(super) fn new(waves: &[Wave], padded: usize) -> Self {
        let powers = (0..padded).step_by(WIDEST).map(|chunk| {
            let part = |u: i32, v: i32, w: i32| {
                let mut powers = [0.0; 2 * WIDEST];
                for (j, &(lambda, angle)) in waves.iter().skip(chunk).take(WIDEST).enumerate() {
                    let (sin, cos) = angle.sin_cos();
                    let size = (-lambda * f64::from(u)).exp();
                    let phase = -lambda * (f64::from(v) * cos + f64::from(w) * sin);
                    powers[j] = size * phase.cos();
                    powers[WIDEST + j] = size * phase.sin();
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

    /// Sums over all slots into the forms of the eight siblings, by octant.
    #[inline(always)]
    pub(super) fn run<I: Isa>(
        &self,
        isa: I,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [f64],
    ) {
        let chunks = self.powers.len();
        let incoming = incoming.as_chunks_mut::<{ 2 * WIDEST }>().0;
        for d in 0..DIRECTIONS {
            let mut layers: Layers = [[[&[]; ROWS]; ROWS]; 2];
            let [narrow_v, narrow_w] = self.narrow[d];
            for (layer, slots) in layers.iter_mut().zip(&self.slots[d]) {
                let skip = |narrow: bool| if narrow { 1..ROWS - 1 } else { 0..ROWS };
                for w in skip(narrow_w) {
                    for v in skip(narrow_v) {
                        let form = outgoing.at(sources[slots[w][v]]);
                        let form = form.as_chunks::<{ 2 * WIDEST }>().0;
                        layer[w][v] = &form[d * chunks..][..chunks];
                    }
                }
            }
            match (narrow_v, narrow_w) {
                (false, false) => self.direction::<I, false, false>(isa, d, &layers, incoming),
                (true, false) => self.direction::<I, true, false>(isa, d, &layers, incoming),
                _ => self.direction::<I, true, true>(isa, d, &layers, incoming),
            }
        }
    }

    #[inline(always)]
    fn direction<I: Isa, const NARROW_V: bool, const NARROW_W: bool>(
        &self,
        isa: I,
        d: usize,
        layers: &Layers,
        incoming: &mut [Chunk],
    ) {
        for chunk in 0..self.powers.len() {
            match I::F64::LANES {
                8 => self.chunk::<I, 1, NARROW_V, NARROW_W>(isa, d, layers, chunk, incoming),
                4 => self.chunk::<I, 2, NARROW_V, NARROW_W>(isa, d, layers, chunk, incoming),
                2 => self.chunk::<I, 4, NARROW_V, NARROW_W>(isa, d, layers, chunk, incoming),
                _ => self.chunk::<I, 8, NARROW_V, NARROW_W>(isa, d, layers, chunk, incoming),
            }
        }
    }

    /// One chunk of one direction, `B` vectors.
    #[inline(always)]
    fn chunk<I: Isa, const B: usize, const NARROW_V: bool, const NARROW_W: bool>(
        &self,
        isa: I,
        d: usize,
        layers: &Layers,
        chunk: usize,
        incoming: &mut [Chunk],
    ) {
        let powers = &self.powers[chunk];
        let across = powers.across.each_ref();
        let far = layer::<I, B, NARROW_V, NARROW_W>(isa, &layers[0], chunk, across);
        let near = layer::<I, B, NARROW_V, NARROW_W>(isa, &layers[1], chunk, across);
        let along: [_; B] = I::F64::load_each(isa, &powers.along);
        for z in 0..2 {
            for y in 0..2 {
                let rest = Sum::<I, B>::load(isa, &powers.rest[d / 2][y][z]);
                let (first, mut second) = (far[z][y], near[z][y]);
                for b in 0..B {
                    second.re[b] = first.re[b].mul_add(along[b], second.re[b]);
                    second.im[b] = first.im[b].mul_add(along[b], second.im[b]);
                }
                for (t, sum) in [first, second].into_iter().enumerate() {
                    let form = self.siblings[d][t][y][z] * DIRECTIONS + d;
                    let to = &mut incoming[form * self.powers.len() + chunk];
                    sum.times(rest).store(to);
                }
            }
        }
    }
}

/// The sources of a direction: by layer, w and v, the chunks of a form.
type Layers<'a> = [[[&'a [Chunk]; ROWS]; ROWS]; 2];

/// Sums over the rows w of one layer, by z and y of the sibling.
#[inline(always)]
fn layer<I: Isa, const B: usize, const NARROW_V: bool, const NARROW_W: bool>(
    isa: I,
    sources: &[[&[Chunk]; ROWS]; ROWS],
    chunk: usize,
    across: [&Chunk; 4],
) -> [[Sum<I, B>; 2]; 2] {
    let q = Sum::load(isa, across[2]);
    if NARROW_W {
        let mut both = row::<I, B, NARROW_V>(isa, &sources[3], chunk, across);
        both = each_times_plus(both, q, row::<I, B, NARROW_V>(isa, &sources[2], chunk, across));
        let lower = each_times_plus(both, q, row::<I, B, NARROW_V>(isa, &sources[1], chunk, across));
        let [a, b] = row::<I, B, NARROW_V>(isa, &sources[4], chunk, across);
        let q2 = Sum::load(isa, across[3]);
        [lower, [a.times_plus(q2, both[0]), b.times_plus(q2, both[1])]]
    } else {
        let mut sum = row::<I, B, NARROW_V>(isa, &sources[5], chunk, across);
        for w in (0..5).rev() {
            sum = each_times_plus(sum, q, row::<I, B, NARROW_V>(isa, &sources[w], chunk, across));
        }
        [sum, sum]
    }
}

/// Sum over one row of sources, by y of the sibling.
#[inline(always)]
fn row<I: Isa, const B: usize, const NARROW: bool>(
    isa: I,
    sources: &[&[Chunk]; ROWS],
    chunk: usize,
    across: [&Chunk; 4],
) -> [Sum<I, B>; 2] {
    let p = Sum::load(isa, across[0]);
    if NARROW {
        let both = Sum::load(isa, &sources[3][chunk]);
        let both = both.times_plus(p, Sum::load(isa, &sources[2][chunk]));
        let lower = both.times_plus(p, Sum::load(isa, &sources[1][chunk]));
        let p2 = Sum::load(isa, across[1]);
        let upper = Sum::load(isa, &sources[4][chunk]).times_plus(p2, both);
        [lower, upper]
    } else {
        let mut sum = Sum::load(isa, &sources[5][chunk]);
        for v in (0..5).rev() {
            sum = sum.times_plus(p, Sum::load(isa, &sources[v][chunk]));
        }
        [sum, sum]
    }
}

/// One number for each wave of a chunk, `B` vectors.
#[derive(Clone, Copy)]
struct Sum<I: Isa, const B: usize> {
    re: [I::F64; B],
    im: [I::F64; B],
}

impl<I: Isa, const B: usize> Sum<I, B> {
    #[inline(always)]
    fn load(isa: I, from: &Chunk) -> Self {
        Self {
            re: I::F64::load_each(isa, &from[..WIDEST]),
            im: I::F64::load_each(isa, &from[WIDEST..]),
        }
    }

    #[inline(always)]
    fn store(self, to: &mut Chunk) {
        I::F64::store_each(self.re, &mut to[..WIDEST]);
        I::F64::store_each(self.im, &mut to[WIDEST..]);
    }

    /// self · s
    #[inline(always)]
    fn times(mut self, s: Self) -> Self {
        for b in 0..B {
            let (re, im) = (self.re[b], self.im[b]);
            self.re[b] = im.neg_mul_add(s.im[b], re * s.re[b]);
            self.im[b] = im.mul_add(s.re[b], re * s.im[b]);
        }
        self
    }

    /// self · s + x
    #[inline(always)]
    fn times_plus(mut self, s: Self, x: Self) -> Self {
        for b in 0..B {
            let (re, im) = (self.re[b], self.im[b]);
            self.re[b] = im.neg_mul_add(s.im[b], re.mul_add(s.re[b], x.re[b]));
            self.im[b] = im.mul_add(s.re[b], re.mul_add(s.im[b], x.im[b]));
        }
        self
    }
}

/// Both · s + x.
#[inline(always)]
fn each_times_plus<I: Isa, const B: usize>(
    sums: [Sum<I, B>; 2],
    s: Sum<I, B>,
    x: [Sum<I, B>; 2],
) -> [Sum<I, B>; 2] {
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
        let translations = Translations::new(&[(1.0, 0.0)], WIDEST);
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
                assert_eq!(served[octant][slot], i32::from(far.contains(&slot)), "{octant} {slot}");
            }
        }
    }
}

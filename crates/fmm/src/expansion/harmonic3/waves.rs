//! Multipole to local through plane waves, on which a translation is a diagonal scaling.
//!
//! Along +z, with the quadrature of [`super::nodes`], its rings (λ, w, M) and their angles a,
//!
//! ```text
//! outgoing   X(λ,a) = (w/M) Σ_m i^m e^{ima} Σ_{n≥|m|} λ^n M_n^m
//! translate  Y(λ,a) += X(λ,a) e^{−λz + iλ(x cos a + y sin a)}             (x, y, z) = (c_target − c_source)/h
//! incoming   L_n^m += (−λ)^n i^m Σ_a e^{ima} Y(λ,a)
//! ```
//!
//! (Greengard and Rokhlin, Acta Numerica 6, 1997, §7). −z is +z of the mirror image, M_n^m → (−1)^{n+m} M_n^m, and
//! likewise L; the other axes are z of a rotated series. Both ways go through the Fourier modes of the rings: outgoing
//! F^±(λ,m) = Σ_n (±1)^{n+m} λ^n M_n^m, whose terms M_n^{−m} = (−1)^m conj M_n^m make
//!
//! ```text
//! Re X = (w/M) [F_0 + 2 Σ_{m even} σ_m (cos ma Re F_m − sin ma Im F_m)]    Im X = the same sum over odd m    σ_m = (−1)^⌊m/2⌋
//! ```
//!
//! The mirrored angle π − a only changes signs, so that it costs nothing; incoming is the transpose. [`super::translate`]
//! has the middle step, [`super::rings`] the order of the waves. One lane is one ring, or on the way back one
//! mode. The axes are moved one after another, and waves are summed in f32 where the tolerance allows its rounding.

use super::WIDEST_WAVE;
use super::incoming::DEGREES;
use super::layout::{Layout, Number, Turn};
use super::rings::{Ring, Rings};
use super::rotation::{Rotation, Series};
use super::translate::Translations;
use crate::expansion::Outgoing;
use crate::memory::Lines;
use lanes::Isa;
use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

/// The quadrature and what it makes of a series.
#[derive(Debug)]
pub(super) struct Waves<W> {
    /// Of the series in the precision of the waves.
    pub(super) layout: Layout,
    pub(super) rings: Rings,
    /// Vectors of rings; the padding has weight 0.
    pub(super) vectors: Vec<Vector>,
    /// By n: 2(w/M) λ^n for all rings.
    pub(super) out: Lines<W>,
    /// By ring, then parity of n: 2λ^n for n < order of that parity, padded to whole blocks.
    pub(super) into: Lines<W>,
    /// σ cos ma_j, then σ sin ma_j, for a vector of rings, 0 for rings without an angle j. By vector of rings, parity of m,
    /// block of [`BLOCK`] angles from the last one down, pair of modes, and angle of the block.
    pub(super) to_angles: Lines<W>,
    /// The same for a vector of modes of a ring: by ring, two vectors of modes or the last one, angle, and vector.
    pub(super) to_modes: Lines<W>,
    translations: Translations<W>,
    /// Nothing, and x to y.
    pub(super) turn: [Turn<W>; 2],
    /// Multipole to the frame (−z, y, x), and local from there.
    pub(super) to_x: Rotation<W>,
    pub(super) from_x: Rotation<W>,
}

/// A vector of rings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector {
    /// Pairs of modes that its first ring needs.
    pub(super) pairs: usize,
    /// Angles j of its first ring.
    pub(super) quarter: usize,
    /// Its place in `to_angles`.
    pub(super) at: usize,
}

/// Angles that a loop takes together: their sums for both directions stay in registers.
pub(super) const BLOCK: usize = 2;

impl<W: Number> Waves<W> {
    pub(super) fn new(order: usize, error: f64, lanes: usize) -> Self {
        let (layout, rings) = (
            Layout::new(order, WIDEST_WAVE),
            Rings::new(order, error, lanes),
        );
        let power = |n: usize, k: usize| match rings.rings.get(k) {
            Some(ring) if n < order => 2.0 * ring.lambda.powi(n as i32),
            _ => 0.0,
        };
        let padded = rings.rings.len().next_multiple_of(lanes);
        let weight = |k: usize| rings.rings.get(k).map_or(0.0, |ring| ring.weight);
        let (mut out, mut into) = (vec![], vec![]);
        for n in 0..order {
            out.extend((0..padded).map(|k| W::from_f64(weight(k) * power(n, k))));
        }
        let degrees = order.div_ceil(2).next_multiple_of(DEGREES);
        for (k, parity) in (0..rings.rings.len()).flat_map(|k| [(k, 0), (k, 1)]) {
            into.extend((0..degrees).map(|i| W::from_f64(power(2 * i + parity, k))));
        }
        let (mut vectors, mut to_angles, mut to_modes) = (vec![], vec![], vec![]);
        for these in rings.rings.chunks(lanes) {
            let (pairs, quarter) = (these[0].modes.div_ceil(2), these[0].quarter);
            let at = to_angles.len();
            vectors.push(Vector { pairs, quarter, at });
            for parity in 0..2 {
                for block in blocks(quarter).into_iter().rev() {
                    for (pair, j) in (0..pairs).flat_map(|p| block.clone().map(move |j| (p, j))) {
                        let m = 2 * pair + parity;
                        for function in [f64::cos, f64::sin] {
                            let entry = |lane| match these.get(lane) {
                                Some(ring) => trigonometric(function, ring, j, m, m + 1),
                                None => 0.0,
                            };
                            to_angles.extend((0..lanes).map(entry).map(W::from_f64));
                        }
                    }
                }
            }
        }
        for ring in &rings.rings {
            let vectors = ring.modes.div_ceil(lanes);
            for first in (0..vectors).step_by(2) {
                let these = first..(first + 2).min(vectors);
                for (j, v) in (0..ring.quarter).flat_map(|j| these.clone().map(move |v| (j, v))) {
                    for function in [f64::cos, f64::sin] {
                        let entry = |m: usize| trigonometric(function, ring, j, m, order);
                        let modes = v * lanes..(v + 1) * lanes;
                        to_modes.extend(modes.map(entry).map(W::from_f64));
                    }
                }
            }
        }
        let quarter_turn = |m: usize| [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]][m % 4];
        let rotation = |series| Rotation::new(layout, lanes, series, FRAC_PI_2, |_| 1.0);
        Self {
            layout,
            vectors,
            out: out[..].into(),
            into: into[..].into(),
            to_angles: to_angles[..].into(),
            to_modes: to_modes[..].into(),
            translations: Translations::new(&rings.waves(), rings.padded),
            turn: [
                Turn::new(layout, false, |_| [1.0, 0.0]),
                Turn::new(layout, false, quarter_turn),
            ],
            to_x: rotation(Series::Multipole),
            from_x: rotation(Series::LocalBack),
            rings,
        }
    }

    /// Numbers of the form of one axis: by direction, then chunk of waves, real and imaginary parts.
    pub(super) fn len(&self) -> usize {
        4 * self.rings.padded
    }

    /// Bytes of the form of one axis.
    pub(super) fn bytes(&self) -> usize {
        self.len() * size_of::<W>()
    }

    /// Modes m = 2·pair + parity that are kept of every vector of rings, four vectors of numbers each.
    pub(super) fn modes_len(&self, lanes: usize) -> usize {
        self.vectors.len() * self.vectors[0].pairs * 8 * lanes
    }

    /// How many vectors of rings need mode m.
    #[inline(always)]
    pub(super) fn vectors_with(&self, m: usize) -> usize {
        self.vectors
            .iter()
            .take_while(|vector| 2 * vector.pairs > m)
            .count()
    }

    #[inline(always)]
    pub(super) fn translate<I: Isa>(
        &self,
        isa: I,
        axis: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [W],
    ) {
        self.translations
            .run(isa, axis, sources, outgoing, incoming);
    }
}

/// 0 … count in blocks: the odd one out comes first.
fn blocks(count: usize) -> Vec<Range<usize>> {
    let odd = count % BLOCK;
    let rest = (odd..count)
        .step_by(BLOCK)
        .map(|start| start..start + BLOCK);
    (0..odd).map(|k| k..k + 1).chain(rest).collect()
}

/// σ cos ma_j or σ sin ma_j of a ring; 0 if it has no such angle, or for modes past the order.
fn trigonometric(function: fn(f64) -> f64, ring: &Ring, j: usize, m: usize, order: usize) -> f64 {
    if j >= ring.quarter || m >= order {
        return 0.0;
    }
    let sign = if m / 2 % 2 == 1 { -1.0 } else { 1.0 };
    sign * function(m as f64 * ring.angle(j))
}

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
//! has the middle step, [`super::rings`] the order of the waves. One lane is one ring.

use super::layout::{Layout, Turn};
use super::rings::{Ring, Rings};
use super::rotation::{Rotation, Series};
use super::translate::{DIRECTIONS, Translations};
use crate::expansion::Outgoing;
use lanes::Isa;
use std::f64::consts::FRAC_PI_2;

/// The quadrature and what it makes of a series.
#[derive(Debug)]
pub(super) struct Waves {
    pub(super) layout: Layout,
    pub(super) rings: Rings,
    /// Vectors of rings; the padding has weight 0.
    pub(super) vectors: Vec<Vector>,
    /// By n: 2(w/M) λ^n for all rings.
    pub(super) out: Vec<f64>,
    /// By eight degrees, parity, vector of rings: 2λ^n for the four n of that parity.
    pub(super) into: Vec<f64>,
    /// By vector of rings, j, pair of modes (m, m+1), m even: σ cos ma_j, σ sin ma_j, then those of m + 1; 0 for rings
    /// without an angle j.
    pub(super) trigonometric: Vec<f64>,
    translations: Translations,
    /// Nothing, and x to y.
    pub(super) turn: [Turn; 2],
    /// Multipole to the frame (−z, y, x), and local from there.
    pub(super) to_x: Rotation,
    pub(super) from_x: Rotation,
}

/// A vector of rings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector {
    /// Modes that its first ring needs, rounded up to pairs.
    pub(super) modes: usize,
    /// Angles j of its first ring.
    pub(super) quarter: usize,
    /// Its place in `trigonometric`.
    pub(super) at: usize,
}

impl Waves {
    pub(super) fn new(layout: Layout, error: f64, lanes: usize) -> Self {
        let rings = Rings::new(layout.order, error, lanes);
        let power = |n: usize, k: usize| match rings.rings.get(k) {
            Some(ring) if n < layout.order => 2.0 * ring.lambda.powi(n as i32),
            _ => 0.0,
        };
        let padded = rings.rings.len().next_multiple_of(lanes);
        let weight = |k: usize| rings.rings.get(k).map_or(0.0, |ring| ring.weight);
        let (mut out, mut into) = (vec![], vec![]);
        for n in 0..layout.order {
            out.extend((0..padded).map(|k| weight(k) * power(n, k)));
        }
        for group in (0..layout.order).step_by(8) {
            for (odd, vector) in (0..2).flat_map(|odd| (0..padded / lanes).map(move |v| (odd, v))) {
                for n in (group + odd..group + 8).step_by(2) {
                    into.extend((vector * lanes..(vector + 1) * lanes).map(|k| power(n, k)));
                }
            }
        }
        let (mut vectors, mut trigonometric) = (vec![], vec![]);
        for these in rings.rings.chunks(lanes) {
            let vector = Vector {
                modes: these[0].modes.next_multiple_of(2),
                quarter: these[0].quarter,
                at: trigonometric.len(),
            };
            for (j, m) in (0..vector.quarter).flat_map(|j| (0..vector.modes).map(move |m| (j, m))) {
                trigonometric.extend(trigonometric_row(these, j, m, lanes));
            }
            vectors.push(vector);
        }
        let quarter_turn = |m: usize| [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]][m % 4];
        let rotation = |series| Rotation::new(layout, lanes, series, FRAC_PI_2, |_| 1.0);
        Self {
            layout,
            vectors,
            out,
            into,
            trigonometric,
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

    /// Numbers of one form: by direction, then chunk of waves, real and imaginary parts.
    pub(super) fn len(&self) -> usize {
        DIRECTIONS * 2 * self.rings.padded
    }

    /// How many vectors of rings need mode m.
    #[inline(always)]
    pub(super) fn vectors_with(&self, m: usize) -> usize {
        self.vectors
            .iter()
            .take_while(|vector| vector.modes > m)
            .count()
    }

    #[inline(always)]
    pub(super) fn translate<I: Isa>(
        &self,
        isa: I,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [f64],
    ) {
        self.translations.run(isa, sources, outgoing, incoming);
    }
}

/// σ cos ma_j, then σ sin ma_j, for a vector of rings.
fn trigonometric_row(rings: &[Ring], j: usize, m: usize, lanes: usize) -> Vec<f64> {
    let sign = if m / 2 % 2 == 1 { -1.0 } else { 1.0 };
    let part = |function: fn(f64) -> f64| {
        (0..lanes).map(move |lane| match rings.get(lane) {
            Some(ring) if ring.quarter > j => sign * function(m as f64 * ring.angle(j)),
            _ => 0.0,
        })
    };
    part(f64::cos).chain(part(f64::sin)).collect()
}

//! Fourier modes of blobs on a torus: the smooth half of Ewald's sum.
//!
//! ```text
//! t(u) = Σ_{k ≠ 0} c_k Re[F_k e^{2πi k·u}],   F_k = Σ_j w_j e^{−2πi k·u_j}
//! ```
//!
//! with u in sides, by axis, c_k = γ̂(k_a/L_a)/∏ L_a, and s = −∇t. Of k and −k one is taken, twice.

use super::split::Split;
use crate::passes::tile::RadialSum;
use crate::passes::wanted::place_of;
use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;
use std::collections::HashMap;
use std::f64::consts::TAU;

/// One mode of each pair ±k, with c_k, twice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode<const D: usize> {
    k: [i32; D],
    /// k_a/L_a.
    over_sides: [f64; D],
    c: f64,
}

/// All modes of a smooth part on the torus with these sides, in its unit, as far as they are more than e^−`rest` beside the first.
pub(super) fn modes<const D: usize>(split: &Split, sides: [f64; D], rest: f64) -> Vec<Mode<D>> {
    let largest = split.largest_mode(rest).ceil();
    let most = sides.map(|side| (largest * side).floor() as i32);
    let volume: f64 = sides.iter().product();
    // Those behind the middle one, which is 0.
    let half = most.iter().map(|most| 2 * most + 1).product::<i32>() as usize / 2 + 1;
    // Of many k the square is the same.
    let mut known = HashMap::new();
    let weigh = |k: [i32; D]| {
        let over_sides = std::array::from_fn(|a| f64::from(k[a]) / sides[a]);
        let k2: f64 = over_sides.iter().map(|k| k * k).sum();
        if k2 > largest * largest {
            return None;
        }
        let c = known.entry(k2.to_bits());
        let c = *c.or_insert_with(|| 2.0 * split.mode(k2) / volume);
        Some(Mode { k, over_sides, c })
    };
    around(most).skip(half).filter_map(weigh).collect()
}

/// All whole vectors up to `most` along each axis and its opposite, the first axis fastest.
pub(crate) fn around<const D: usize>(most: [i32; D]) -> impl Iterator<Item = [i32; D]> {
    let widths = most.map(|most| 2 * most + 1);
    (0..widths.iter().product()).map(move |mut index: i32| {
        std::array::from_fn(|a| {
            let at = index % widths[a];
            index /= widths[a];
            at - most[a]
        })
    })
}

/// Points that are taken together.
const PIECE: usize = 256;
/// Pieces of one task.
const PIECES: usize = 16;

/// e^{2πi k u} of up to [`PIECE`] points: by axis and k from 0 to the largest, real and imaginary parts.
struct Phases<const D: usize> {
    parts: [Vec<[[f64; PIECE]; 2]>; D],
}

impl<const D: usize> Phases<D> {
    fn new(points: &[[f64; D]], largest: i32) -> Self {
        let zero = [[0.0; PIECE]; 2];
        let mut parts: [Vec<_>; D] = std::array::from_fn(|_| vec![zero; largest as usize + 1]);
        for (axis, parts) in parts.iter_mut().enumerate() {
            for (i, point) in points.iter().enumerate() {
                for (k, part) in parts.iter_mut().enumerate() {
                    // Within a turn before it is multiplied by 2π.
                    let turns = k as f64 * point[axis];
                    let (s, c) = (TAU * (turns - turns.round())).sin_cos();
                    (part[0][i], part[1][i]) = (c, s);
                }
            }
        }
        Self { parts }
    }

    /// e^{2πi k·u} of all points.
    #[inline(always)]
    fn of(&self, k: [i32; D]) -> [[f64; PIECE]; 2] {
        let sign = |k: i32| if k < 0 { -1.0 } else { 1.0 };
        let part = |axis: usize| &self.parts[axis][k[axis].unsigned_abs() as usize];
        let mut phase = *part(0);
        let first = sign(k[0]);
        phase[1].iter_mut().for_each(|s| *s *= first);
        for axis in 1..D {
            let ([c, s], turn) = (part(axis), sign(k[axis]));
            for i in 0..PIECE {
                let (x, y) = (phase[0][i], phase[1][i]);
                phase[0][i] = x * c[i] - y * turn * s[i];
                phase[1][i] = x * turn * s[i] + y * c[i];
            }
        }
        phase
    }
}

/// F of every mode, conjugated: Σ_j w_j e^{2πi k·u_j}.
pub(super) fn amplitudes<const D: usize>(
    chosen: Chosen,
    modes: &[Mode<D>],
    points: &[[f64; D]],
    w: &[f64],
) -> Vec<[f64; 2]> {
    let of_task = |(points, w): (&[[f64; D]], &[f64])| {
        let mut sums = vec![[0.0; 2]; modes.len()];
        for (points, w) in points.chunks(PIECE).zip(w.chunks(PIECE)) {
            let phases = Phases::new(points, largest(modes));
            let sums = &mut sums;
            chosen.run(Add {
                modes,
                phases,
                w,
                sums,
            });
        }
        sums
    };
    let tasks = points
        .par_chunks(PIECE * PIECES)
        .zip(w.par_chunks(PIECE * PIECES));
    let parts: Vec<_> = tasks.map(of_task).collect();
    let mut all = vec![[0.0; 2]; modes.len()];
    for part in parts {
        for (sum, part) in all.iter_mut().zip(part) {
            (0..2).for_each(|p| sum[p] += part[p]);
        }
    }
    all
}

fn largest<const D: usize>(modes: &[Mode<D>]) -> i32 {
    let all = modes.iter().flat_map(|mode| mode.k);
    all.map(i32::abs).max().unwrap_or(0)
}

/// Adds a piece of sources to the amplitudes.
struct Add<'a, const D: usize> {
    modes: &'a [Mode<D>],
    phases: Phases<D>,
    w: &'a [f64],
    sums: &'a mut [[f64; 2]],
}

impl<const D: usize> Job for Add<'_, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (mode, sum) in self.modes.iter().zip(self.sums) {
            let phase = self.phases.of(mode.k);
            for (part, sum) in phase.iter().zip(sum) {
                // Eight sums at once, which fill a vector.
                let mut lanes = [0.0; 8];
                for (w, part) in self.w.chunks(8).zip(part.chunks(8)) {
                    for ((lane, w), part) in lanes.iter_mut().zip(w).zip(part) {
                        *lane += w * part;
                    }
                }
                *sum += lanes.iter().sum::<f64>();
            }
        }
    }
}

/// Adds t, −∇t and −∇∇t to the sums at points.
pub(super) fn add<const D: usize>(
    chosen: Chosen,
    modes: &[Mode<D>],
    amplitudes: &[[f64; 2]],
    points: &[[f64; D]],
    sums: &mut [RadialSum<f64, D>],
) {
    let tasks = points.par_chunks(PIECE).zip(sums.par_chunks_mut(PIECE));
    tasks.for_each(|(points, sums)| {
        let phases = Phases::new(points, largest(modes));
        chosen.run(At {
            modes,
            amplitudes,
            phases,
            sums,
        });
    });
}

/// The modes at a piece of targets.
struct At<'a, const D: usize> {
    modes: &'a [Mode<D>],
    amplitudes: &'a [[f64; 2]],
    phases: Phases<D>,
    sums: &'a mut [RadialSum<f64, D>],
}

impl<const D: usize> Job for At<'_, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (mode, amplitude) in self.modes.iter().zip(self.amplitudes) {
            let [c, s] = self.phases.of(mode.k);
            let [re, im] = amplitude.map(|a| a * mode.c);
            let turn = mode.over_sides.map(|k| TAU * k);
            for (i, sum) in self.sums.iter_mut().enumerate() {
                // F is conjugated: F* e^{−iθ} has the same real part.
                let (cos, sin) = (re * c[i] + im * s[i], im * c[i] - re * s[i]);
                sum.t += cos;
                for a in 0..D {
                    sum.s[a] -= turn[a] * sin;
                    for b in a..D {
                        sum.g[place_of::<D>(a, b)] += turn[a] * turn[b] * cos;
                    }
                }
            }
        }
    }
}

//! Pairs that are taken one at a time, in the precision of the plan: those among the targets of one tile, and those that
//! were too close for the grid.

use super::super::p2p::RadialSum;
use super::super::wanted::POTENTIAL;
use super::Block;
use super::inside::{Inside, Tile};
use super::places::{CLOSE, FAR};
use super::runs::Components;
use super::style::OnGrid;
use crate::kernel::Pair;
use lanes::accuracy::FULL;
use lanes::{Lanes, Real, Scalar, ScalarVector};
use std::ops::Range;

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// The pairs among some points of the block.
    #[inline(always)]
    pub(super) fn among<const WANTED: usize>(
        &self,
        points: Range<usize>,
        sums: &mut [Components<T, D>; M],
    ) {
        for target in points.clone() {
            for source in target + 1..points.end {
                let z = self.distance(target, source);
                let pair = exact::<P, D, WANTED>(self.pair, z);
                self.give::<WANTED>(target, source, pair, sums);
            }
        }
    }

    /// Replaces what the points of a tile that are close to each other gave.
    #[cold]
    #[inline(never)]
    pub(super) fn take_again<const WANTED: usize>(
        &self,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<i32, f32, D, M>,
        tile: &Tile,
        sums: &mut [Components<T, D>; M],
    ) {
        const STEP: usize = 8;
        for target in tile.targets.clone() {
            let here = inside.points.x.each_ref().map(|x| x[target]);
            for first in tile.sources.clone().step_by(STEP) {
                let there = inside.sources.x.each_ref().map(|x| &x[first..]);
                if !any_close::<STEP, D>(here, there) {
                    continue;
                }
                for source in first..tile.sources.end.min(first + STEP) {
                    let z =
                        std::array::from_fn(|a| f64::from(here[a] - inside.sources.x[a][source]));
                    if square(z) < CLOSE * CLOSE {
                        let source = inside.place(source);
                        self.replace::<WANTED>(on_grid, target, source, z, sums);
                    }
                }
            }
        }
    }

    /// From what a pair at less than the least distance gave to what it gives.
    fn replace<const WANTED: usize>(
        &self,
        on_grid: &OnGrid<P, D>,
        target: usize,
        source: usize,
        z: [f64; D],
        sums: &mut [Components<T, D>; M],
    ) {
        let mut pair = exact::<P, D, WANTED>(self.pair, self.distance(target, source));
        let phi = phi(on_grid.field.pair, CLOSE * CLOSE);
        for a in 0..D {
            pair.s[a] -= z[a] * (phi * on_grid.field.field);
        }
        if WANTED >= POTENTIAL {
            let far = &on_grid.potential;
            let gamma = if P::POTENTIAL_BY_FIELD {
                square(z) * phi
            } else {
                gamma(far.pair, CLOSE * CLOSE / (FAR * FAR))
            };
            pair.t -= gamma * far.potential + far.constant;
        }
        self.give::<WANTED>(target, source, pair, sums);
    }

    /// From a source to a target, both of the block.
    #[inline(always)]
    fn distance(&self, target: usize, source: usize) -> [f64; D] {
        let mut z = [0.0; D];
        for a in 0..D {
            let x = &self.context.sources[a][self.targets.start as usize..];
            z[a] = x[target].to_f64() - x[source].to_f64();
        }
        z
    }

    /// z φ and γ of a pair, to both.
    #[inline(always)]
    fn give<const WANTED: usize>(
        &self,
        target: usize,
        source: usize,
        pair: RadialSum<f64, D>,
        sums: &mut [Components<T, D>; M],
    ) {
        for m in 0..M {
            let w = &self.w[m][self.targets.start as usize..];
            let (here, there) = (w[target].to_f64(), w[source].to_f64());
            for a in 0..D {
                let s = &mut sums[m].s[a];
                s[target] += T::from_f64(there * pair.s[a]);
                s[source] += T::from_f64(-here * pair.s[a]);
            }
            if WANTED >= POTENTIAL {
                let t = &mut sums[m].t;
                t[target] += T::from_f64(there * pair.t);
                t[source] += T::from_f64(here * pair.t);
            }
        }
    }
}

/// Whether one of the first `STEP` points of `there` lies in a cube of half width [`CLOSE`], a power of two, around `here`.
#[inline(always)]
fn any_close<const STEP: usize, const D: usize>(here: [i32; D], there: [&[i32]; D]) -> bool {
    let there = there.map(|x| &x[..STEP]);
    let mut any = false;
    for k in 0..STEP {
        let mut high = 0;
        for a in 0..D {
            let z = here[a].wrapping_sub(there[a][k]);
            high |= z.wrapping_add(CLOSE as i32) as u32 >> (CLOSE as u32).trailing_zeros() >> 1;
        }
        any |= high == 0;
    }
    any
}

/// z φ and γ; nothing for a coincident pair.
#[inline(always)]
fn exact<P: Pair, const D: usize, const WANTED: usize>(pair: P, z: [f64; D]) -> RadialSum<f64, D> {
    let (mut sum, r2) = (RadialSum::ZERO, square(z));
    if r2 > 0.0 {
        let phi = phi(pair, r2);
        for a in 0..D {
            sum.s[a] = z[a] * phi;
        }
        if WANTED >= POTENTIAL {
            sum.t = gamma(pair, r2);
        }
    }
    sum
}

#[inline(always)]
fn square<const D: usize>(z: [f64; D]) -> f64 {
    let mut r2 = 0.0;
    for x in z {
        r2 += x * x;
    }
    r2
}

#[inline(always)]
fn phi<P: Pair>(pair: P, r2: f64) -> f64 {
    let isa = Scalar::default();
    let r2 = ScalarVector::splat(isa, r2);
    pair.phi::<ScalarVector<f64>, FULL>(isa, r2).sum()
}

#[inline(always)]
fn gamma<P: Pair>(pair: P, r2: f64) -> f64 {
    let isa = Scalar::default();
    let r2 = ScalarVector::splat(isa, r2);
    pair.gamma::<ScalarVector<f64>, FULL>(isa, r2).sum()
}

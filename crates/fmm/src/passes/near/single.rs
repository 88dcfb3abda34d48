//! Pairs that are taken one at a time, in the precision of the plan: those that were too close for the grid.

use super::super::PADDING;
use super::super::tile::{Close, RadialSum};
use super::super::wanted::POTENTIAL;
use super::Block;
use super::inside::{Inside, Tile};
use super::outside::OnGridTile;
use super::places::{Coordinates, FAR, OnAGrid, close};
use super::runs::Components;
use super::style::OnGrid;
use crate::kernel::Pair;
use lanes::accuracy::{COARSE, FULL};
use lanes::{Isa, Lanes, Real, Scalar, ScalarVector};
use std::ops::Range;

/// The r² below which a pair is taken again.
const fn limit(dimension: usize) -> f64 {
    close(dimension) * close(dimension)
}

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// Replaces what the points of a tile that are close to each other gave.
    #[inline(always)]
    pub(super) fn take_again<I: Isa, const WANTED: usize>(
        &self,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<i32, f32, D, M>,
        tile: &Tile,
        sums: &mut [Components<T, D>; M],
    ) {
        let Range { start, end } = tile.sources;
        for first in tile.close.starts(end - start, I::F32::LANES) {
            let first = start + first;
            let end = end.min(first + I::F32::LANES);
            for (target, itself) in tile.targets.clone().zip(start..) {
                let here = inside.points.x.each_ref().map(|x| x[target]);
                let squares = squares::<I, D>(isa, here, &inside.sources.x, first);
                // Of two targets the one behind the other is a source.
                let range = first.max(itself + 1)..end;
                if !range.is_empty()
                    && let Some(squares) = squares
                {
                    let squares = &squares[range.start - first..][..range.len()];
                    self.replace_close::<WANTED>(on_grid, inside, target, (range, squares), sums);
                }
            }
        }
    }

    /// The same of one target and a few gathered sources, given their r².
    #[cold]
    #[inline(never)]
    fn replace_close<const WANTED: usize>(
        &self,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<i32, f32, D, M>,
        target: usize,
        (sources, squares): (Range<usize>, &[f32]),
        sums: &mut [Components<T, D>; M],
    ) {
        let here = inside.points.x.each_ref().map(|x| x[target]);
        for (source, &r2) in sources.zip(squares) {
            if r2 < limit(D) as f32 {
                let z = std::array::from_fn(|a| {
                    f64::from(here[a].wrapping_sub(inside.sources.x[a][source]))
                });
                let source = inside.place(source);
                self.replace::<WANTED>(on_grid, target, source, z, sums);
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
        let pair = self.correction::<WANTED>(on_grid, self.distance(target, source), z);
        self.give::<WANTED>(target, source, pair, sums);
    }

    /// What a pair gives that are `apart`, less what it gave at the distance z on the grid, where that is less than the least.
    fn correction<const WANTED: usize>(
        &self,
        on_grid: &OnGrid<P, D>,
        apart: [f64; D],
        z: [f64; D],
    ) -> RadialSum<f64, D> {
        let mut pair = exact::<P, D, WANTED>(self.pair, apart);
        let (phi, gamma) = on_grid.least;
        for a in 0..D {
            pair.s[a] -= z[a] * (phi * on_grid.field.field);
        }
        if WANTED >= POTENTIAL {
            let (gamma, far) = (gamma.unwrap_or_else(|| square(z) * phi), &on_grid.potential);
            pair.t -= gamma * far.potential + far.constant;
        }
        pair
    }

    /// Replaces what the sources outside that are close to some targets gave to them.
    #[inline(always)]
    pub(super) fn take_outside_again<I: Isa, const WANTED: usize, const N: usize>(
        &self,
        isa: I,
        job: &OnGridTile<T, P, D, M>,
        first_target: usize,
        close: &Close,
        sums: &mut [Components<T, D>; M],
    ) {
        let Range { start, end } = job.range;
        for first in close.starts(end - start, I::F32::LANES) {
            let first = start + first;
            let sources = first..end.min(first + I::F32::LANES);
            for target in first_target..first_target + N {
                let here = job.inside.points.x.each_ref().map(|x| x[target]);
                let places = &job.one_way.on_grid.x;
                if let Some(squares) = squares::<I, D>(isa, here, places, first) {
                    let sources = (sources.clone(), &squares);
                    self.replace_outside::<WANTED>(job, target, sources, sums);
                }
            }
        }
    }

    /// The same of one target and a few gathered sources, given their r².
    #[cold]
    #[inline(never)]
    fn replace_outside<const WANTED: usize>(
        &self,
        job: &OnGridTile<T, P, D, M>,
        target: usize,
        (sources, squares): (Range<usize>, &[f32; PADDING]),
        sums: &mut [Components<T, D>; M],
    ) {
        let (there, points) = (&job.one_way.as_they_are, &job.inside.points);
        for (source, &r2) in sources.zip(squares) {
            if r2 >= limit(D) as f32 {
                continue;
            }
            let (mut apart, mut z) = ([0.0; D], [0.0; D]);
            for a in 0..D {
                let x = &self.context.sources[a][self.targets.start as usize..];
                apart[a] = x[target].to_f64() - there.x[a][source].to_f64();
                let place = job.one_way.on_grid.x[a][source];
                z[a] = f64::from(points.x[a][target].wrapping_sub(place));
            }
            let pair = self.correction::<WANTED>(job.on_grid, apart, z);
            for m in 0..M {
                let w = there.w[m][source].to_f64();
                for a in 0..D {
                    sums[m].s[a][target] += T::from_f64(w * pair.s[a]);
                }
                if WANTED >= POTENTIAL {
                    sums[m].t[target] += T::from_f64(w * pair.t);
                }
            }
        }
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

/// φ at the least distance that pairs on a grid are taken at, and γ unless it is r² φ; of those for φ and for γ.
pub(super) fn at_least_distance<P: Pair, const D: usize>(
    [field, far]: [P; 2],
) -> (f64, Option<f64>) {
    let beyond = const { P::TOGETHER && P::CORE } && limit(D) >= reach(field);
    let by_field = P::POTENTIAL_BY_FIELD || beyond;
    let square = if P::TOGETHER {
        limit(D)
    } else {
        limit(D) / (FAR * FAR)
    };
    let gamma = (!by_field).then(|| gamma(far, square));
    (phi(field, limit(D)), gamma)
}

/// The r² below which a pair in f32 has its core.
fn reach<P: Pair>(pair: P) -> f64 {
    let (reach, _) = pair.beyond::<COARSE>();
    f64::from(reach as f32)
}

/// The r² of a vector of sources from `first` on, if any of them is below the least.
#[inline(always)]
fn squares<I: Isa, const D: usize>(
    isa: I,
    target: [i32; D],
    sources: &[Vec<i32>; D],
    first: usize,
) -> Option<[f32; PADDING]> {
    let mut r2 = I::F32::splat(isa, 0.0);
    for a in 0..D {
        let x = OnAGrid::<I::I32>::splat(isa, target[a]);
        let z = OnAGrid::load(isa, &sources[a][first..]).minus(x);
        r2 = z.mul_add(z, r2);
    }
    if !I::F32::any(r2.lt(I::F32::splat(isa, limit(D) as f32))) {
        return None;
    }
    let mut squares = [0.0; PADDING];
    r2.store(&mut squares);
    Some(squares)
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

//! Pairs with what lies outside a block, one way: sources that act and get nothing in turn.

use super::super::p2p::p2p;
use super::super::tile::{Back, Close, RadialSum, Targets};
use super::super::wanted::{GRADIENT, POTENTIAL};
use super::inside::Inside;
use super::places::{AsTheyAre, Coordinates, Grid, OnAGrid};
use super::runs::{Components, Points};
use super::style::OnGrid;
use super::{Block, strengths};
use crate::accuracy::MOST_IN_F32;
use crate::kernel::Pair;
use lanes::{Isa, Lanes, Real};
use std::ops::Range;

/// The most sources of one sum in f32: those of three leaves, a multiple of every vector.
const MOST_SOURCES: usize = 3 * MOST_IN_F32;

/// Sources outside, and where they lie in tree order.
pub(super) struct OneWay<T, const D: usize, const M: usize> {
    pub(super) runs: Vec<Range<u32>>,
    /// Those that a grid does not reach.
    aside: Vec<Range<u32>>,
    pub(super) as_they_are: Points<T, T, D, M>,
    pub(super) on_grid: Points<i32, f32, D, M>,
}

impl<T, const D: usize, const M: usize> Default for OneWay<T, D, M> {
    fn default() -> Self {
        Self {
            runs: vec![],
            aside: vec![],
            as_they_are: Points::default(),
            on_grid: Points::default(),
        }
    }
}

/// Radial sums of `N` targets by strength vector.
type Found<T, const D: usize, const N: usize, const M: usize> = [[RadialSum<T, D>; N]; M];

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// Runs of sources on a range of targets, in the precision of the plan.
    #[inline(always)]
    pub(super) fn one_way<I: Isa, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        targets: &Range<u32>,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        let count = self.gather(one_way);
        if count > 0 {
            let sources = &one_way.as_they_are;
            self.gathered::<I, ACCURACY, WANTED>(isa, targets, sources, 0..count, sums);
        }
    }

    /// Some gathered sources on a range of targets, in the precision of the plan.
    #[inline(always)]
    fn gathered<I: Isa, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        targets: &Range<u32>,
        sources: &Points<T, T, D, M>,
        range: Range<usize>,
        sums: &mut [Components<T, D>; M],
    ) {
        let Range { start: mut at, end } = targets.clone();
        // Of gradients, the sums of one target fill the registers.
        if const { M == 1 && WANTED < GRADIENT && !P::IN_FEW_VERSIONS } {
            while at + 4 <= end {
                self.exact::<I, ACCURACY, WANTED, 4>(isa, at, sources, &range, sums);
                at += 4;
            }
        }
        if const { M == 1 && WANTED < GRADIENT } {
            while at + 2 <= end {
                self.exact::<I, ACCURACY, WANTED, 2>(isa, at, sources, &range, sums);
                at += 2;
            }
        }
        while at < end {
            self.exact::<I, ACCURACY, WANTED, 1>(isa, at, sources, &range, sums);
            at += 1;
        }
    }

    /// The same in f32, but for runs that the grid of the block does not reach.
    #[inline(always)]
    pub(super) fn one_way_on_grid<I: Isa, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<i32, f32, D, M>,
        leaf: u32,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        let (tree, targets) = (self.context.tree, self.own(leaf));
        let cell = &tree.cells[leaf as usize];
        let (centre, side) = (tree.centre(cell), tree.frame.cell_side(cell.level));
        let ends = centre.map(|x| on_grid.grid.ends(x, side));
        one_way.set_aside(self.context.sources, ends);
        let count = self.gather(one_way);
        one_way.round(&on_grid.grid, count);
        let mut first = 0;
        while first < count {
            let range = first..count.min(first + MOST_SOURCES);
            let constants = if WANTED >= POTENTIAL {
                one_way.constants(range.clone(), on_grid.potential.constant)
            } else {
                [0.0; M]
            };
            first = range.end;
            let job = OnGridTile {
                on_grid,
                inside,
                one_way,
                range,
                constants,
            };
            self.all_rounded::<I, ACCURACY, WANTED>(isa, &targets, &job, sums);
        }
        std::mem::swap(&mut one_way.runs, &mut one_way.aside);
        self.one_way::<I, ACCURACY, WANTED>(isa, &targets, one_way, sums);
    }

    /// Some gathered sources on a range of targets, on the grid.
    #[inline(always)]
    fn all_rounded<I: Isa, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        targets: &Range<u32>,
        job: &OnGridTile<T, P, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        let Range { start: mut at, end } = targets.clone();
        if const { M == 1 } {
            while at + 4 <= end {
                self.rounded::<I, ACCURACY, WANTED, 4>(isa, at, job, sums);
                at += 4;
            }
            while at + 2 <= end {
                self.rounded::<I, ACCURACY, WANTED, 2>(isa, at, job, sums);
                at += 2;
            }
        }
        while at < end {
            self.rounded::<I, ACCURACY, WANTED, 1>(isa, at, job, sums);
            at += 1;
        }
    }

    /// The sources of the runs behind each other; their number.
    #[inline(always)]
    fn gather(&self, one_way: &mut OneWay<T, D, M>) -> usize {
        if one_way.runs.is_empty() {
            return 0;
        }
        let all = self.context.sources.each_ref().map(Vec::as_slice);
        one_way.as_they_are.gather(all, self.w, &one_way.runs)
    }

    /// Some gathered sources on `N` targets from `at` on.
    #[inline(always)]
    fn exact<I: Isa, const ACCURACY: usize, const WANTED: usize, const N: usize>(
        &self,
        isa: I,
        at: u32,
        sources: &Points<T, T, D, M>,
        range: &Range<usize>,
        sums: &mut [Components<T, D>; M],
    ) {
        let x = self
            .context
            .targets
            .each_ref()
            .map(|x| &x[at as usize..][..N]);
        let (found, _) = tile::<T::Lanes<I>, AsTheyAre<_>, P, ACCURACY, WANTED, D, N, M>(
            isa,
            [self.pair; 2],
            x,
            sources,
            range,
        );
        let at = (at - self.targets.start) as usize;
        for m in 0..M {
            for k in 0..N {
                for a in 0..D {
                    sums[m].s[a][at + k] += found[m][k].s[a];
                }
                if WANTED >= POTENTIAL {
                    sums[m].t[at + k] += found[m][k].t;
                }
                if WANTED >= GRADIENT {
                    for (sums, found) in sums[m].g.iter_mut().zip(found[m][k].g) {
                        sums[at + k] += found;
                    }
                }
            }
        }
    }

    /// The same on the grid.
    #[inline(always)]
    fn rounded<I: Isa, const ACCURACY: usize, const WANTED: usize, const N: usize>(
        &self,
        isa: I,
        at: u32,
        job: &OnGridTile<T, P, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        let (on_grid, range) = (job.on_grid, &job.range);
        let place = (at - self.targets.start) as usize;
        let x = job.inside.points.x.each_ref().map(|x| &x[place..][..N]);
        let (found, close) = tile::<I::F32, OnAGrid<I::I32>, P, ACCURACY, WANTED, D, N, M>(
            isa,
            [on_grid.field.pair, on_grid.potential.pair],
            x,
            &job.one_way.on_grid,
            range,
        );
        for m in 0..M {
            for k in 0..N {
                for a in 0..D {
                    let s = f64::from(found[m][k].s[a]) * on_grid.field.field;
                    sums[m].s[a][place + k] += T::from_f64(s);
                }
                if WANTED >= POTENTIAL {
                    let t = f64::from(found[m][k].t) * on_grid.potential.potential;
                    sums[m].t[place + k] += T::from_f64(t + job.constants[m]);
                }
            }
        }
        if close.any() {
            self.take_outside_again::<I, WANTED, N>(isa, job, place, &close, sums);
        }
    }
}

/// What the tiles on a grid have in common.
pub(super) struct OnGridTile<'a, T, P, const D: usize, const M: usize> {
    pub(super) on_grid: &'a OnGrid<P, D>,
    pub(super) inside: &'a Inside<i32, f32, D, M>,
    pub(super) one_way: &'a OneWay<T, D, M>,
    /// Which of the gathered sources.
    pub(super) range: Range<usize>,
    /// What γ leaves out, over all of these.
    constants: [f64; M],
}

impl<T: Real, const D: usize, const M: usize> OneWay<T, D, M> {
    /// Sets runs aside of which a source does not lie between the ends along each axis.
    #[inline(always)]
    fn set_aside(&mut self, sources: &[Vec<T>; D], ends: [(f64, f64); D]) {
        self.aside.clear();
        let mut kept = 0;
        for k in 0..self.runs.len() {
            let run = self.runs[k].clone();
            let mut beside = false;
            for a in 0..D {
                let (low, high) = ends[a];
                for &x in &sources[a][run.start as usize..run.end as usize] {
                    beside |= !((x.to_f64() >= low) & (x.to_f64() <= high));
                }
            }
            if beside {
                self.aside.push(run);
            } else {
                self.runs[kept] = run;
                kept += 1;
            }
        }
        self.runs.truncate(kept);
    }

    /// The gathered sources on a grid.
    #[inline(always)]
    fn round(&mut self, grid: &Grid<D>, count: usize) {
        if count == 0 {
            return;
        }
        let padded = count + super::super::PADDING;
        let inverse = 1.0 / grid.unit;
        for a in 0..D {
            let (from, to) = (&self.as_they_are.x[a][..padded], &mut self.on_grid.x[a]);
            to.resize(padded.max(to.len()), 0);
            for (to, &x) in to.iter_mut().zip(&from[..count]) {
                *to = grid.place(a, inverse, x);
            }
            // What stands behind the last must not be close where no source is.
            let first = to[0];
            to[count..padded].fill(first);
        }
        for m in 0..M {
            let (from, to) = (&self.as_they_are.w[m][..padded], &mut self.on_grid.w[m]);
            to.resize(padded.max(to.len()), 0.0);
            strengths::round::<T, D>(from, to);
        }
    }

    /// A constant times the sum of the strengths.
    fn constants(&self, range: Range<usize>, constant: f64) -> [f64; M] {
        self.as_they_are.w.each_ref().map(|w| {
            let sum: f64 = w[range.clone()].iter().map(|w| w.to_f64()).sum();
            constant * sum
        })
    }
}

/// A range of `sources` on the `N` targets at `x`, and where pairs are too close for the coordinates.
#[inline(always)]
fn tile<
    V,
    C,
    P,
    const ACCURACY: usize,
    const WANTED: usize,
    const D: usize,
    const N: usize,
    const M: usize,
>(
    isa: V::Isa,
    pairs: [P; 2],
    x: [&[C::Place]; D],
    sources: &Points<C::Place, V::Elem, D, M>,
    range: &Range<usize>,
) -> (Found<V::Elem, D, N, M>, Close)
where
    V: Lanes,
    V::Elem: Real<Lanes<V::Isa> = V>,
    C: Coordinates<V>,
    C::Place: Default,
    P: Pair,
{
    let targets = Targets {
        x: std::array::from_fn(|k| std::array::from_fn(|a| x[a][k])),
        w: [[V::Elem::ZERO; N]; M],
    };
    let sources = sources.sources::<V::Isa>(range.start, range.end);
    let back = std::array::from_fn(|_| Back::default());
    let mut close = Close::NONE;
    let found = p2p::<V, C, P, ACCURACY, WANTED, false, D, N, M>(
        isa, pairs, &targets, &sources, None, back, &mut close,
    );
    (found, close)
}

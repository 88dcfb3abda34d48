//! Pairs inside a block, both ways.

use super::super::PADDING;
use super::super::p2p::p2p;
use super::super::tile::{Back, Close, Own, Targets};
use super::super::wanted::POTENTIAL;
use super::Block;
use super::outside::OneWay;
use super::runs::{Components, Points, give_back};
use super::style::{OnGrid, Style};
use crate::kernel::Pair;
use lanes::{Isa, Lanes, Real};
use std::ops::Range;

/// What the pairs inside a block need.
pub(super) struct Inside<X, T, const D: usize, const M: usize> {
    /// The points of the block.
    pub(super) points: Points<X, T, D, M>,
    /// The points of one leaf, then those of the leaves behind it that are near; and what they get in turn.
    pub(super) sources: Points<X, T, D, M>,
    back: [Components<T, D>; M],
    /// Where those lie in the block.
    pub(super) runs: Vec<Range<u32>>,
    /// Sums of the strengths before each point of the block.
    before: [Vec<f64>; M],
}

impl<X, T, const D: usize, const M: usize> Default for Inside<X, T, D, M> {
    fn default() -> Self {
        Self {
            points: Points::default(),
            sources: Points::default(),
            back: std::array::from_fn(|_| Components::default()),
            runs: vec![],
            before: std::array::from_fn(|_| vec![]),
        }
    }
}

impl<X, T, const D: usize, const M: usize> Inside<X, T, D, M> {
    /// Where in the block a gathered source lies.
    pub(super) fn place(&self, mut source: usize) -> usize {
        for run in &self.runs {
            if source < run.len() {
                return run.start as usize + source;
            }
            source -= run.len();
        }
        unreachable!("gathered sources come from the runs")
    }
}

/// Targets of a leaf, counted in the block, and the gathered sources that they meet.
pub(super) struct Tile {
    pub(super) targets: Range<usize>,
    pub(super) sources: Range<usize>,
    /// Counted from the first source.
    pub(super) close: Close,
}

/// The number in the style's precision under an instruction set.
type Vector<S, T, I> = <<S as Style<T>>::Number as Real>::Lanes<I>;

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// All near pairs of the block's leaves, which are sources and targets, in one style.
    #[inline(always)]
    pub(super) fn inside<I: Isa, S: Style<T>, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &mut Inside<S::Place, S::Number, D, M>,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        self.place::<S>(on_grid, inside);
        if WANTED >= POTENTIAL && on_grid.potential.constant != 0.0 {
            self.add_up(inside);
        }
        for &leaf in self.leaves {
            let own = self.own(leaf);
            self.sort_out(leaf, &own, &mut one_way.runs, &mut inside.runs);
            S::outside::<I, E, P, ACCURACY, WANTED, D, M>(
                self, isa, on_grid, inside, leaf, one_way, sums,
            );
            let Inside {
                points,
                sources,
                back,
                runs,
                ..
            } = &mut *inside;
            let count = sources.gather(
                points.x.each_ref().map(Vec::as_slice),
                points.w.each_ref().map(Vec::as_slice),
                runs,
            );
            for back in back {
                back.reset::<WANTED>(count + PADDING);
            }
            self.tiles::<I, S, ACCURACY, WANTED>(isa, on_grid, inside, count, own.len(), sums);
            if WANTED >= POTENTIAL && on_grid.potential.constant != 0.0 {
                constants(inside, on_grid.potential.constant, sums);
            }
            for (back, sums) in inside.back.iter().zip(&mut *sums) {
                let (runs, field) = (&inside.runs, on_grid.field.field);
                for a in 0..D {
                    give_back(runs, &back.s[a], field, &mut sums.s[a]);
                }
                if WANTED >= POTENTIAL {
                    give_back(runs, &back.t, on_grid.potential.potential, &mut sums.t);
                }
            }
        }
    }

    /// The points of a leaf in tree order.
    #[inline(always)]
    pub(super) fn own(&self, leaf: u32) -> Range<u32> {
        self.context.tree.cells[leaf as usize].sources.clone()
    }

    /// The points of the block in the style's numbers.
    #[inline(always)]
    fn place<S: Style<T>>(
        &self,
        on_grid: &OnGrid<P, D>,
        inside: &mut Inside<S::Place, S::Number, D, M>,
    ) {
        let points = &mut inside.points;
        let range = self.targets.start as usize..self.targets.end as usize + PADDING;
        for a in 0..D {
            points.x[a].resize(range.len(), S::Place::default());
            let x = &self.context.sources[a][range.clone()];
            S::places(&on_grid.grid, a, x, &mut points.x[a]);
        }
        for m in 0..M {
            points.w[m].resize(range.len(), S::Number::ZERO);
            S::strengths::<D>(&self.w[m][range.clone()], &mut points.w[m]);
        }
    }

    /// The sums of the strengths before each point, from which those of any run follow.
    fn add_up<X, U>(&self, inside: &mut Inside<X, U, D, M>) {
        for (before, w) in inside.before.iter_mut().zip(self.w) {
            let mut sum = 0.0;
            before.clear();
            before.push(sum);
            for w in &w[self.targets.start as usize..self.targets.end as usize] {
                sum += w.to_f64();
                before.push(sum);
            }
        }
    }

    /// The near list of a leaf: what lies outside the block, and, counted in the block, the leaf itself and what lies
    /// behind it. What lies before it has met it already.
    #[inline(always)]
    fn sort_out(
        &self,
        leaf: u32,
        own: &Range<u32>,
        outside: &mut Vec<Range<u32>>,
        inside: &mut Vec<Range<u32>>,
    ) {
        let Range { start, end } = self.targets;
        outside.clear();
        inside.clear();
        inside.push(own.start - start..own.end - start);
        for run in &self.context.lists.near[leaf as usize] {
            for part in [run.start..run.end.min(start), run.start.max(end)..run.end] {
                if !part.is_empty() {
                    outside.push(part);
                }
            }
            let behind = run.start.max(own.end)..run.end.min(end);
            if !behind.is_empty() {
                inside.push(behind.start - start..behind.end - start);
            }
        }
    }

    /// The gathered sources, of which the first `own` are the targets.
    #[inline(always)]
    fn tiles<I: Isa, S: Style<T>, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &mut Inside<S::Place, S::Number, D, M>,
        count: usize,
        own: usize,
        sums: &mut [Components<T, D>; M],
    ) {
        let mut at = 0;
        let size = (count, own);
        if const { most::<I, S, T, P, WANTED, D, M>() >= 8 } {
            at = self.tiles_of::<I, S, ACCURACY, WANTED, 8>(isa, on_grid, inside, at, size, sums);
        }
        if const { most::<I, S, T, P, WANTED, D, M>() >= 4 } {
            at = self.tiles_of::<I, S, ACCURACY, WANTED, 4>(isa, on_grid, inside, at, size, sums);
        }
        if const { most::<I, S, T, P, WANTED, D, M>() >= 2 } {
            at = self.tiles_of::<I, S, ACCURACY, WANTED, 2>(isa, on_grid, inside, at, size, sums);
        }
        self.tiles_of::<I, S, ACCURACY, WANTED, 1>(isa, on_grid, inside, at, size, sums);
    }

    /// As many tiles of `N` targets from `at` on as there are; where they end.
    #[inline(always)]
    fn tiles_of<I: Isa, S: Style<T>, const ACCURACY: usize, const WANTED: usize, const N: usize>(
        &self,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &mut Inside<S::Place, S::Number, D, M>,
        mut at: usize,
        (count, own): (usize, usize),
        sums: &mut [Components<T, D>; M],
    ) -> usize {
        let itself = Own::new::<S::Coordinates<I>, P>(isa);
        while at + N <= own {
            self.tile::<I, S, ACCURACY, WANTED, N>(isa, on_grid, inside, &itself, at..count, sums);
            at += N;
        }
        at
    }

    /// The first `N` of some gathered sources as targets: among themselves, and with all behind them.
    #[inline(always)]
    fn tile<I: Isa, S: Style<T>, const ACCURACY: usize, const WANTED: usize, const N: usize>(
        &self,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &mut Inside<S::Place, S::Number, D, M>,
        itself: &Own<Vector<S, T, I>, N>,
        met: Range<usize>,
        sums: &mut [Components<T, D>; M],
    ) {
        let Range {
            start: at,
            end: count,
        } = met;
        let first = inside.runs[0].start as usize + at;
        let Inside { sources, back, .. } = &mut *inside;
        let mut targets = Targets {
            x: [[sources.x[0][at]; D]; N],
            w: [[S::Number::ZERO; N]; M],
        };
        for a in 0..D {
            let x = &sources.x[a][at..at + N];
            for k in 0..N {
                targets.x[k][a] = x[k];
            }
        }
        for m in 0..M {
            targets.w[m].copy_from_slice(&sources.w[m][at..at + N]);
        }
        let met = sources.sources::<I>(at, count);
        let kept = back.each_ref().map(|back| back.keep::<WANTED, N>(at));
        let mut backs: [Back<S::Number, D>; M] = std::array::from_fn(|_| Back::default());
        for (to, back) in backs.iter_mut().zip(&mut *back) {
            for (to, back) in to.s.iter_mut().zip(&mut back.s) {
                *to = &mut back[at..][..met.w[0].len()];
            }
            if WANTED >= POTENTIAL {
                to.t = &mut back.t[at..][..met.w[0].len()];
            }
        }
        let pairs = [on_grid.field.pair, on_grid.potential.pair];
        let mut close = Close::NONE;
        let found = p2p::<Vector<S, T, I>, S::Coordinates<I>, P, ACCURACY, WANTED, true, D, N, M>(
            isa,
            pairs,
            &targets,
            &met,
            Some(itself),
            backs,
            &mut close,
        );
        // The targets have each other's share in what was found.
        for (back, kept) in back.iter_mut().zip(kept) {
            back.put_back::<WANTED, N>(at, kept);
        }
        for m in 0..M {
            for k in 0..N {
                for a in 0..D {
                    let s = found[m][k].s[a].to_f64() * on_grid.field.field;
                    sums[m].s[a][first + k] += T::from_f64(s);
                }
                if WANTED >= POTENTIAL {
                    let t = found[m][k].t.to_f64() * on_grid.potential.potential;
                    sums[m].t[first + k] += T::from_f64(t);
                }
            }
        }
        if close.any() {
            let tile = Tile {
                targets: first..first + N,
                sources: at..count,
                close,
            };
            S::take_again::<I, E, P, WANTED, D, M>(self, isa, on_grid, inside, &tile, sums);
        }
    }
}

/// The most targets of a tile both ways, as many as leave their sums in registers.
const fn most<I, S, T, P, const WANTED: usize, const D: usize, const M: usize>() -> usize
where
    I: Isa,
    S: Style<T>,
    T: Real,
    P: Pair,
{
    let lanes = <Vector<S, T, I> as Lanes>::LANES;
    let most = match (M, I::REGISTERS) {
        (1, 32..) if D == 2 && WANTED < POTENTIAL && lanes == 8 => 8,
        (1, 32..) if !P::IN_FEW_VERSIONS => 4,
        (1, _) => 2,
        _ => 1,
    };
    if most < lanes { most } else { lanes }
}

/// The constant of γ, for all pairs of a leaf that were taken both ways.
fn constants<X, U, T: Real, const D: usize, const M: usize>(
    inside: &Inside<X, U, D, M>,
    constant: f64,
    sums: &mut [Components<T, D>; M],
) {
    for (before, sums) in inside.before.iter().zip(sums) {
        let range = |run: &Range<u32>| run.start as usize..run.end as usize;
        let weight = |range: Range<usize>| before[range.end] - before[range.start];
        let (own, behind) = (range(&inside.runs[0]), &inside.runs[1..]);
        let all = inside
            .runs
            .iter()
            .map(|run| weight(range(run)))
            .sum::<f64>();
        for i in own.clone() {
            sums.t[i] += T::from_f64(constant * (all - weight(i..i + 1)));
        }
        let own = T::from_f64(constant * weight(own));
        for run in behind {
            sums.t[range(run)].iter_mut().for_each(|t| *t += own);
        }
    }
}

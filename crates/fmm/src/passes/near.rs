//! Near pairs of a block of leaves: one way with what lies outside the block, both ways inside it.
//!
//! Inside a block every pair of two leaves is met once and gives to both sides, which needs one reciprocal for two sums.
//! Blocks depend on the data, never on the number of threads.

use super::p2p::{Back, RadialSum, Sources, Targets, p2p};
use super::{Context, PADDING};
use crate::kernel::Pair;
use lanes::{Isa, Lanes, Real};
use std::ops::Range;

/// Radial sums at many places, by component.
pub(super) struct Components<T, const D: usize> {
    pub(super) s: [Vec<T>; D],
    pub(super) t: Vec<T>,
}

impl<T: Real, const D: usize> Components<T, D> {
    fn reset(&mut self, n: usize) {
        for sums in self.s.iter_mut().chain([&mut self.t]) {
            sums.clear();
            sums.resize(n, T::ZERO);
        }
    }
}

impl<T, const D: usize> Default for Components<T, D> {
    fn default() -> Self {
        Self {
            s: std::array::from_fn(|_| vec![]),
            t: vec![],
        }
    }
}

/// The near sums of one block, and what is needed to take them.
pub(super) struct Near<T, const D: usize, const M: usize> {
    /// By strength vector: the sums at the targets of the block.
    pub(super) sums: [Components<T, D>; M],
    /// Coordinates and strengths of sources, behind each other.
    x: [Vec<T>; D],
    w: [Vec<T>; M],
    /// What those sources get in turn.
    back: [Components<T, D>; M],
    /// Runs of sources for one leaf.
    one_way: Vec<Range<u32>>,
    both_ways: Vec<Range<u32>>,
}

impl<T, const D: usize, const M: usize> Default for Near<T, D, M> {
    fn default() -> Self {
        Self {
            sums: std::array::from_fn(|_| Components::default()),
            x: std::array::from_fn(|_| vec![]),
            w: std::array::from_fn(|_| vec![]),
            back: std::array::from_fn(|_| Components::default()),
            one_way: vec![],
            both_ways: vec![],
        }
    }
}

/// A block of leaves, which hold the targets `targets`, and their strengths.
pub(super) struct Block<'a, T, E, P, const D: usize, const M: usize> {
    pub(super) context: &'a Context<'a, T, E, D>,
    pub(super) pair: P,
    pub(super) w: [&'a [T]; M],
    pub(super) leaves: &'a [u32],
    pub(super) targets: Range<u32>,
}

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// Fills the sums.
    #[inline(always)]
    pub(super) fn run<I: Isa, const ACCURACY: usize, const POTENTIAL: bool>(
        &self,
        isa: I,
        near: &mut Near<T, D, M>,
    ) {
        for sums in &mut near.sums {
            sums.reset(self.targets.len() + PADDING);
        }
        for &leaf in self.leaves {
            let cell = &self.context.tree.cells[leaf as usize];
            self.sort_out(leaf, near);
            let n = self.gather(isa, &cell.sources, false, near);
            self.tiles::<I, ACCURACY, POTENTIAL, false>(isa, &cell.targets, n, near);
            // Several strength vectors have no pairs both ways.
            if M == 1 && !near.both_ways.is_empty() {
                let n = self.gather(isa, &(0..0), true, near);
                near.back[0].reset(n);
                self.tiles::<I, ACCURACY, POTENTIAL, true>(isa, &cell.targets, n, near);
                self.give_back::<I, POTENTIAL>(isa, near);
            }
        }
    }

    /// The near list of a leaf: runs behind it in the block are met both ways, those before it have met it already.
    #[inline(always)]
    fn sort_out(&self, leaf: u32, near: &mut Near<T, D, M>) {
        let list = &self.context.lists.near[leaf as usize];
        near.one_way.clear();
        near.both_ways.clear();
        if M > 1 || self.context.tree.target_order.is_some() {
            near.one_way.extend_from_slice(list);
            return;
        }
        let Range { start, end } = self.targets;
        let own = &self.context.tree.cells[leaf as usize].sources;
        for run in list {
            for outside in [run.start..run.end.min(start), run.start.max(end)..run.end] {
                if !outside.is_empty() {
                    near.one_way.push(outside);
                }
            }
            let behind = run.start.max(own.end)..run.end.min(end);
            if !behind.is_empty() {
                near.both_ways.push(behind);
            }
        }
    }

    /// Copies the leaf's own sources and some runs behind each other; returns their number, padded to whole vectors.
    #[inline(always)]
    fn gather<I: Isa>(
        &self,
        isa: I,
        own: &Range<u32>,
        both_ways: bool,
        near: &mut Near<T, D, M>,
    ) -> usize {
        let Near {
            x,
            w,
            one_way,
            both_ways: behind,
            ..
        } = near;
        let runs: &[Range<u32>] = if both_ways { behind } else { one_way };
        let count = own.len() + runs.iter().map(|run| run.len()).sum::<usize>();
        let padded = count.next_multiple_of(T::Lanes::<I>::LANES);
        for a in 0..D {
            let all = &self.context.sources[a];
            collect::<T, I>(isa, all, own, runs, count, &mut x[a]);
        }
        for m in 0..M {
            collect::<T, I>(isa, self.w[m], own, runs, count, &mut w[m]);
            w[m][count..padded].fill(T::ZERO);
        }
        padded
    }

    /// The first `n` gathered sources and a range of targets.
    #[inline(always)]
    fn tiles<I: Isa, const ACCURACY: usize, const POTENTIAL: bool, const BOTH: bool>(
        &self,
        isa: I,
        targets: &Range<u32>,
        n: usize,
        near: &mut Near<T, D, M>,
    ) {
        let mut at = targets.start;
        if M == 1 {
            while at + 4 <= targets.end {
                self.tile::<I, ACCURACY, POTENTIAL, BOTH, 4>(isa, at, n, near);
                at += 4;
            }
            if at + 2 <= targets.end {
                self.tile::<I, ACCURACY, POTENTIAL, BOTH, 2>(isa, at, n, near);
                at += 2;
            }
        }
        while at < targets.end {
            self.tile::<I, ACCURACY, POTENTIAL, BOTH, 1>(isa, at, n, near);
            at += 1;
        }
    }

    /// The first `n` gathered sources and `N` targets from `at` on.
    #[inline(always)]
    fn tile<
        I: Isa,
        const ACCURACY: usize,
        const POTENTIAL: bool,
        const BOTH: bool,
        const N: usize,
    >(
        &self,
        isa: I,
        at: u32,
        n: usize,
        near: &mut Near<T, D, M>,
    ) {
        let Near {
            x, w, sums, back, ..
        } = near;
        let mut sources = Sources {
            x: [&[]; D],
            w: [&[]; M],
        };
        for a in 0..D {
            sources.x[a] = &x[a][..n];
        }
        for m in 0..M {
            sources.w[m] = &w[m][..n];
        }
        let targets = self.targets::<BOTH, N>(at);
        let mut backs: [Back<T, D>; M] = std::array::from_fn(|_| Back::default());
        if BOTH {
            for (to, back) in backs.iter_mut().zip(back) {
                for (to, back) in to.s.iter_mut().zip(&mut back.s) {
                    *to = &mut back[..n];
                }
                to.t = &mut back.t[..n];
            }
        }
        let found = p2p::<T::Lanes<I>, P, ACCURACY, POTENTIAL, BOTH, D, N, M>(
            isa, self.pair, &targets, &sources, backs,
        );
        let at = (at - self.targets.start) as usize;
        for m in 0..M {
            add::<T, POTENTIAL, D, N>(&found[m], at, &mut sums[m]);
        }
    }

    /// `N` targets from `at` on; with their strengths, which are sources too, where the tile goes both ways.
    #[inline(always)]
    fn targets<const BOTH: bool, const N: usize>(&self, at: u32) -> Targets<T, D, N, M> {
        let at = at as usize;
        let mut targets = Targets {
            x: [[T::ZERO; D]; N],
            w: [[T::ZERO; N]; M],
        };
        for a in 0..D {
            let x = &self.context.targets[a][at..at + N];
            for k in 0..N {
                targets.x[k][a] = x[k];
            }
        }
        if BOTH {
            for m in 0..M {
                targets.w[m].copy_from_slice(&self.w[m][at..at + N]);
            }
        }
        targets
    }

    /// What the sources got in turn, to their own places.
    #[inline(always)]
    fn give_back<I: Isa, const POTENTIAL: bool>(&self, isa: I, near: &mut Near<T, D, M>) {
        let (runs, first) = (&near.both_ways, self.targets.start);
        for m in 0..M {
            let (back, sums) = (&near.back[m], &mut near.sums[m]);
            for a in 0..D {
                give_back(isa, runs, first, &back.s[a], &mut sums.s[a]);
            }
            if POTENTIAL {
                give_back(isa, runs, first, &back.t, &mut sums.t);
            }
        }
    }
}

/// Adds what runs of sources got to the sums of the block, which start at `first`.
#[inline(always)]
fn give_back<T: Real, I: Isa>(isa: I, runs: &[Range<u32>], first: u32, back: &[T], sums: &mut [T]) {
    let lanes = T::Lanes::<I>::LANES;
    let mut from = 0;
    for run in runs {
        let to = (run.start - first) as usize;
        let whole = run.len() / lanes * lanes;
        let (to, back) = (&mut sums[to..][..run.len()], &back[from..][..run.len()]);
        for k in (0..whole).step_by(lanes) {
            let sum = T::Lanes::<I>::load(isa, &to[k..]);
            (sum + T::Lanes::<I>::load(isa, &back[k..])).store(&mut to[k..]);
        }
        for k in whole..run.len() {
            to[k] += back[k];
        }
        from += run.len();
    }
}

/// Adds the sums at `N` targets to those of the block, from `at` on.
#[inline(always)]
fn add<T: Real, const POTENTIAL: bool, const D: usize, const N: usize>(
    found: &[RadialSum<T, D>; N],
    at: usize,
    sums: &mut Components<T, D>,
) {
    for a in 0..D {
        let s = &mut sums.s[a][at..][..N];
        for k in 0..N {
            s[k] += found[k].s[a];
        }
    }
    if POTENTIAL {
        let t = &mut sums.t[at..][..N];
        for k in 0..N {
            t[k] += found[k].t;
        }
    }
}

/// Copies runs behind each other by whole vectors, each of which may write past its run: the next one overwrites that.
#[inline(always)]
fn collect<T: Real, I: Isa>(
    isa: I,
    from: &[T],
    own: &Range<u32>,
    near: &[Range<u32>],
    count: usize,
    to: &mut Vec<T>,
) {
    let lanes = T::Lanes::<I>::LANES;
    if to.len() < count + 2 * PADDING {
        to.resize((count + 2 * PADDING).next_power_of_two(), T::ZERO);
    }
    let mut at = 0;
    for k in 0..=near.len() {
        let run = if k == 0 { own } else { &near[k - 1] };
        let len = run.len();
        let padded = len.next_multiple_of(lanes);
        let from = from[run.start as usize..][..padded].chunks_exact(lanes);
        for (from, to) in from.zip(to[at..][..padded].chunks_exact_mut(lanes)) {
            T::Lanes::<I>::load(isa, from).store(to);
        }
        at += len;
    }
}

//! Near pairs of a block of leaves: one way with what lies outside the block, both ways inside it.
//!
//! Inside a block every pair of two leaves is met once and gives to both sides, which needs one reciprocal for two sums.
//! Blocks depend on the data, never on the number of threads.

use super::p2p::{Back, Sources, p2p, p2p_both_ways};
use super::{Context, PADDING};
use crate::kernel::Pair;
use lanes::{Isa, Lanes, Real};
use std::ops::Range;

/// The near sums of one block, and what is needed to take them.
pub(super) struct Near<T, const M: usize> {
    /// By strength vector: s₁, s₂ and t at the targets of the block.
    pub(super) sums: [[Vec<T>; 3]; M],
    /// Coordinates and strengths of sources, behind each other.
    x: Vec<T>,
    y: Vec<T>,
    w: [Vec<T>; M],
    /// s₁, s₂ and t that those sources get in turn.
    back: [Vec<T>; 3],
    /// Runs of sources for one leaf.
    one_way: Vec<Range<u32>>,
    both_ways: Vec<Range<u32>>,
}

impl<T, const M: usize> Default for Near<T, M> {
    fn default() -> Self {
        Self {
            sums: std::array::from_fn(|_| Default::default()),
            x: vec![],
            y: vec![],
            w: std::array::from_fn(|_| vec![]),
            back: Default::default(),
            one_way: vec![],
            both_ways: vec![],
        }
    }
}

/// A block of leaves, which hold the targets `targets`, and their strengths.
pub(super) struct Block<'a, T, E, P, const M: usize> {
    pub(super) context: &'a Context<'a, T, E, 2>,
    pub(super) pair: P,
    pub(super) w: [&'a [T]; M],
    pub(super) leaves: &'a [u32],
    pub(super) targets: Range<u32>,
}

impl<T: Real, E, P: Pair, const M: usize> Block<'_, T, E, P, M> {
    /// Fills the sums.
    #[inline(always)]
    pub(super) fn run<I: Isa, const ACCURACY: usize, const POTENTIAL: bool>(
        &self,
        isa: I,
        near: &mut Near<T, M>,
    ) {
        let count = self.targets.len() + PADDING;
        for sums in near.sums.iter_mut().flatten() {
            sums.clear();
            sums.resize(count, T::ZERO);
        }
        for &leaf in self.leaves {
            let cell = &self.context.tree.cells[leaf as usize];
            self.sort_out(leaf, near);
            let sources = self.gather(isa, &cell.sources, false, near);
            let mut at = cell.targets.start;
            if M == 1 {
                while at + 4 <= cell.targets.end {
                    self.one_way::<I, ACCURACY, POTENTIAL, 4>(isa, at, sources, near);
                    at += 4;
                }
                if at + 2 <= cell.targets.end {
                    self.one_way::<I, ACCURACY, POTENTIAL, 2>(isa, at, sources, near);
                    at += 2;
                }
            }
            while at < cell.targets.end {
                self.one_way::<I, ACCURACY, POTENTIAL, 1>(isa, at, sources, near);
                at += 1;
            }
            if near.both_ways.is_empty() {
                continue;
            }
            let sources = self.gather(isa, &(0..0), true, near);
            for back in &mut near.back {
                back.clear();
                back.resize(sources, T::ZERO);
            }
            let mut at = cell.targets.start;
            while at + 4 <= cell.targets.end {
                self.both_ways::<I, ACCURACY, POTENTIAL, 4>(isa, at, sources, near);
                at += 4;
            }
            if at + 2 <= cell.targets.end {
                self.both_ways::<I, ACCURACY, POTENTIAL, 2>(isa, at, sources, near);
                at += 2;
            }
            if at < cell.targets.end {
                self.both_ways::<I, ACCURACY, POTENTIAL, 1>(isa, at, sources, near);
            }
            self.give_back::<I, POTENTIAL>(isa, near);
        }
    }

    /// The near list of a leaf: runs behind it in the block are met both ways, those before it have met it already.
    #[inline(always)]
    fn sort_out(&self, leaf: u32, near: &mut Near<T, M>) {
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
        near: &mut Near<T, M>,
    ) -> usize {
        let Near {
            x,
            y,
            w,
            one_way,
            both_ways: behind,
            ..
        } = near;
        let runs: &[Range<u32>] = if both_ways { behind } else { one_way };
        let count = own.len() + runs.iter().map(|run| run.len()).sum::<usize>();
        let padded = count.next_multiple_of(T::Lanes::<I>::LANES);
        let [all_x, all_y] = self.context.sources;
        collect::<T, I>(isa, all_x, own, runs, count, x);
        collect::<T, I>(isa, all_y, own, runs, count, y);
        for m in 0..M {
            collect::<T, I>(isa, self.w[m], own, runs, count, &mut w[m]);
            w[m][count..padded].fill(T::ZERO);
        }
        padded
    }

    /// Coordinates of `N` targets from `at` on.
    #[inline(always)]
    fn places<const N: usize>(&self, at: u32) -> [[T; 2]; N] {
        let at = at as usize;
        let [x, y] = self.context.targets;
        let (x, y) = (&x[at..at + N], &y[at..at + N]);
        let mut places = [[T::ZERO; 2]; N];
        for k in 0..N {
            places[k] = [x[k], y[k]];
        }
        places
    }

    #[inline(always)]
    fn one_way<I: Isa, const ACCURACY: usize, const POTENTIAL: bool, const N: usize>(
        &self,
        isa: I,
        at: u32,
        n: usize,
        near: &mut Near<T, M>,
    ) {
        let Near { x, y, w, sums, .. } = near;
        let mut weights: [&[T]; M] = [&[]; M];
        for m in 0..M {
            weights[m] = &w[m][..n];
        }
        let sources = Sources {
            x: &x[..n],
            y: &y[..n],
            w: weights,
        };
        let places = self.places::<N>(at);
        let found =
            p2p::<T::Lanes<I>, P, ACCURACY, POTENTIAL, N, M>(isa, self.pair, places, &sources);
        let at = (at - self.targets.start) as usize;
        for m in 0..M {
            add::<T, N>(&found[m], at, &mut sums[m]);
        }
    }

    #[inline(always)]
    fn both_ways<I: Isa, const ACCURACY: usize, const POTENTIAL: bool, const N: usize>(
        &self,
        isa: I,
        at: u32,
        n: usize,
        near: &mut Near<T, M>,
    ) {
        let Near {
            x,
            y,
            w,
            sums,
            back: [s1, s2, t],
            ..
        } = near;
        let sources = Sources {
            x: &x[..n],
            y: &y[..n],
            w: [&w[0][..n]],
        };
        let back = Back {
            s1: &mut s1[..n],
            s2: &mut s2[..n],
            t: &mut t[..n],
        };
        let places = self.places::<N>(at);
        let mut strengths = [T::ZERO; N];
        strengths.copy_from_slice(&self.w[0][at as usize..][..N]);
        let found = p2p_both_ways::<T::Lanes<I>, P, ACCURACY, POTENTIAL, N>(
            isa, self.pair, places, strengths, &sources, back,
        );
        let at = (at - self.targets.start) as usize;
        add::<T, N>(&found, at, &mut sums[0]);
    }

    /// What the sources got in turn, to their own places.
    #[inline(always)]
    fn give_back<I: Isa, const POTENTIAL: bool>(&self, isa: I, near: &mut Near<T, M>) {
        let lanes = T::Lanes::<I>::LANES;
        for c in 0..if POTENTIAL { 3 } else { 2 } {
            let (back, sums) = (&near.back[c], &mut near.sums[0][c]);
            let mut from = 0;
            for run in &near.both_ways {
                let to = (run.start - self.targets.start) as usize;
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
    }
}

/// Adds the sums at `N` targets to those of the block, from `at` on.
#[inline(always)]
fn add<T: Real, const N: usize>(found: &[[T; 3]; N], at: usize, sums: &mut [Vec<T>; 3]) {
    for c in 0..3 {
        let sums = &mut sums[c][at..][..N];
        for k in 0..N {
            sums[k] += found[k][c];
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

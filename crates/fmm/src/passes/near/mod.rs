//! Near pairs of a block of leaves: one way with what lies outside the block, both ways inside it.
//!
//! Inside a block every pair of two points is met once and gives to both, which needs one reciprocal for two sums. Blocks
//! depend on the data, never on the number of threads. Where tolerance and kernel allow it, the pairs inside a block are
//! taken in f32, with coordinates on a grid ([`places`]). Separate targets, and several strength vectors at once where pairs
//! are not taken in f32, are met one way.

mod inside;
mod places;
mod runs;
mod single;
mod style;

pub(crate) use places::AsTheyAre;
pub(super) use places::{Coordinates, Extent};
pub(super) use runs::Components;

use super::Context;
use super::p2p::{Back, Targets, p2p};
use crate::kernel::Pair;
use inside::Inside;
use lanes::accuracy::COARSE;
use lanes::{Isa, Real};
use places::Grid;
use runs::Points;
use std::ops::Range;
use style::{Exact, OnGrid, Rounded};

/// Points of a leaf whose pairs may be summed in f32: n additions of one sign leave about √n·2e-8.
const MOST_IN_F32: usize = 192;

/// The near sums of one block, and what is needed to take them.
pub(super) struct Near<T, const D: usize, const M: usize> {
    /// By strength vector: the sums at the targets of the block.
    pub(super) sums: [Components<T, D>; M],
    one_way: OneWay<T, D, M>,
    exact: Inside<T, T, D, M>,
    rounded: Inside<i32, f32, D, M>,
}

/// Sources that act and get nothing in turn.
struct OneWay<T, const D: usize, const M: usize> {
    sources: Points<T, T, D, M>,
    runs: Vec<Range<u32>>,
}

impl<T, const D: usize, const M: usize> Default for Near<T, D, M> {
    fn default() -> Self {
        Self {
            sums: std::array::from_fn(|_| Components::default()),
            one_way: OneWay {
                sources: Points::default(),
                runs: vec![],
            },
            exact: Inside::default(),
            rounded: Inside::default(),
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
        let Near {
            sums,
            one_way,
            exact,
            rounded,
        } = near;
        for sums in sums.iter_mut() {
            sums.reset(self.targets.len());
        }
        if self.context.tree.target_order.is_some() {
            return self.all_one_way::<I, ACCURACY, POTENTIAL>(isa, one_way, sums);
        }
        if ACCURACY == COARSE
            && size_of::<T>() > size_of::<f32>()
            && P::IN_F32
            && let Some(grid) = self.grid()
        {
            let on_grid = OnGrid::new(grid, self.pair, places::FAR);
            self.inside::<I, Rounded, ACCURACY, POTENTIAL>(isa, &on_grid, rounded, one_way, sums);
        } else if M > 1 {
            // Both ways, several strength vectors would wait for their stores.
            self.all_one_way::<I, ACCURACY, POTENTIAL>(isa, one_way, sums);
        } else {
            let no_grid = OnGrid::none(self.pair);
            self.inside::<I, Exact, ACCURACY, POTENTIAL>(isa, &no_grid, exact, one_way, sums);
        }
    }

    /// Every leaf with its near list.
    #[inline(always)]
    fn all_one_way<I: Isa, const ACCURACY: usize, const POTENTIAL: bool>(
        &self,
        isa: I,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        for &leaf in self.leaves {
            let cell = &self.context.tree.cells[leaf as usize];
            one_way.runs.clear();
            one_way.runs.push(cell.sources.clone());
            let near = &self.context.lists.near[leaf as usize];
            one_way.runs.extend_from_slice(near);
            self.one_way::<I, ACCURACY, POTENTIAL>(isa, &cell.targets, one_way, sums);
        }
    }

    /// The grid across the block, if there is one that is fine enough, and if sums are short enough for f32.
    fn grid(&self) -> Option<Grid<D>> {
        let tree = self.context.tree;
        let mut extent = Extent::NOTHING;
        for &leaf in self.leaves {
            let cell = &tree.cells[leaf as usize];
            if cell.sources.len() > MOST_IN_F32 {
                return None;
            }
            extent = extent.with(tree.centre(cell), tree.frame.cell_side(cell.level));
        }
        Grid::across(&extent)
    }

    /// Runs of sources on a range of targets.
    #[inline(always)]
    fn one_way<I: Isa, const ACCURACY: usize, const POTENTIAL: bool>(
        &self,
        isa: I,
        targets: &Range<u32>,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        if one_way.runs.is_empty() {
            return;
        }
        let all = self.context.sources.each_ref().map(Vec::as_slice);
        let count = one_way.sources.gather(all, self.w, &one_way.runs);
        let sources = &one_way.sources;
        let mut at = targets.start;
        if M == 1 {
            while at + 4 <= targets.end {
                self.one_way_tile::<I, ACCURACY, POTENTIAL, 4>(isa, at, sources, count, sums);
                at += 4;
            }
            if at + 2 <= targets.end {
                self.one_way_tile::<I, ACCURACY, POTENTIAL, 2>(isa, at, sources, count, sums);
                at += 2;
            }
        }
        while at < targets.end {
            self.one_way_tile::<I, ACCURACY, POTENTIAL, 1>(isa, at, sources, count, sums);
            at += 1;
        }
    }

    /// The first `count` gathered sources on `N` targets from `at` on.
    #[inline(always)]
    fn one_way_tile<I: Isa, const ACCURACY: usize, const POTENTIAL: bool, const N: usize>(
        &self,
        isa: I,
        at: u32,
        sources: &Points<T, T, D, M>,
        count: usize,
        sums: &mut [Components<T, D>; M],
    ) {
        let mut targets = Targets {
            x: [[T::ZERO; D]; N],
            w: [[T::ZERO; N]; M],
        };
        for a in 0..D {
            let x = &self.context.targets[a][at as usize..][..N];
            for k in 0..N {
                targets.x[k][a] = x[k];
            }
        }
        let sources = sources.sources::<I>(0, count);
        let back = std::array::from_fn(|_| Back::default());
        let found = p2p::<T::Lanes<I>, AsTheyAre<_>, P, ACCURACY, POTENTIAL, false, D, N, M>(
            isa,
            [self.pair; 2],
            &targets,
            &sources,
            back,
            &mut false,
        );
        let at = (at - self.targets.start) as usize;
        for m in 0..M {
            for k in 0..N {
                for a in 0..D {
                    sums[m].s[a][at + k] += found[m][k].s[a];
                }
                if POTENTIAL {
                    sums[m].t[at + k] += found[m][k].t;
                }
            }
        }
    }
}

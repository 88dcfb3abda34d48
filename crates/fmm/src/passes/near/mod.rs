//! Near pairs of a block of leaves: one way with what lies outside the block, both ways inside it.
//!
//! Inside a block every pair of two points is met once and gives to both, which needs one reciprocal for two sums. Blocks
//! depend on the data, never on the number of threads. Where tolerance and kernel allow it, pairs are taken in f32, with
//! coordinates on a grid ([`places`]). Separate targets, gradients, and several strength vectors at once
//! where pairs are not taken in f32, are met one way.

mod cores;
mod inside;
mod outside;
mod places;
mod runs;
mod single;
mod strengths;
mod style;

pub(crate) use places::AsTheyAre;
pub(super) use places::{Coordinates, Extent, close};
pub(super) use runs::Components;

use super::Context;
use super::wanted::GRADIENT;
use crate::accuracy::MOST_IN_F32;
use crate::kernel::Pair;
use inside::Inside;
use lanes::accuracy::COARSE;
use lanes::{Isa, Real};
use outside::OneWay;
use places::Grid;
use std::ops::Range;
use style::{Exact, OnGrid, Rounded};

/// The near sums of one block, and what is needed to take them.
pub(super) struct Near<T, const D: usize, const M: usize> {
    /// By strength vector: the sums at the targets of the block.
    pub(super) sums: [Components<T, D>; M],
    one_way: OneWay<T, D, M>,
    exact: Inside<T, T, D, M>,
    rounded: Inside<i32, f32, D, M>,
}

impl<T, const D: usize, const M: usize> Default for Near<T, D, M> {
    fn default() -> Self {
        Self {
            sums: std::array::from_fn(|_| Components::default()),
            one_way: OneWay::default(),
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
    /// Whether no pair is to be taken in f32.
    pub(super) in_double: bool,
    pub(super) leaves: &'a [u32],
    pub(super) targets: Range<u32>,
}

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// Fills the sums.
    #[inline(always)]
    pub(super) fn run<I: Isa, const ACCURACY: usize, const WANTED: usize>(
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
            sums.reset::<WANTED>(self.targets.len());
        }
        // What a constant rules out is not compiled.
        let both_ways = self.context.tree.target_order.is_none() && self.pairs_within();
        if const { WANTED < GRADIENT } && both_ways {
            if const { ACCURACY == COARSE && size_of::<T>() > size_of::<f32>() && P::IN_F32 }
                && let Some(grid) = self.grid()
            {
                let on_grid = OnGrid::new(grid, self.pair, places::FAR);
                return self
                    .inside::<I, Rounded, ACCURACY, WANTED>(isa, &on_grid, rounded, one_way, sums);
            }
            // Both ways, several strength vectors would wait for their stores.
            if const { M == 1 } {
                let no_grid = OnGrid::none(self.pair);
                return self
                    .inside::<I, Exact, ACCURACY, WANTED>(isa, &no_grid, exact, one_way, sums);
            }
        }
        self.all_one_way::<I, ACCURACY, WANTED>(isa, one_way, sums);
    }

    /// Every leaf with its near list.
    #[inline(always)]
    fn all_one_way<I: Isa, const ACCURACY: usize, const WANTED: usize>(
        &self,
        isa: I,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) {
        for &leaf in self.leaves {
            let cell = &self.context.tree.cells[leaf as usize];
            one_way.runs.clear();
            if self.context.lists.pairs_within(cell) {
                one_way.runs.push(cell.sources.clone());
            }
            let near = &self.context.lists.near[leaf as usize];
            one_way.runs.extend_from_slice(near);
            self.one_way::<I, ACCURACY, WANTED>(isa, &cell.targets, one_way, sums);
        }
    }

    /// Whether the points of every leaf act on each other one by one.
    fn pairs_within(&self) -> bool {
        let Context { tree, lists, .. } = self.context;
        let mut leaves = self.leaves.iter();
        leaves.all(|&leaf| lists.pairs_within(&tree.cells[leaf as usize]))
    }

    /// The grid for the pairs of the block, if one fits its leaves, and if sums are short enough for f32.
    fn grid(&self) -> Option<Grid<D>> {
        if self.in_double || self.all_coincide() || self.cancels_in_cores() {
            return None;
        }
        let tree = self.context.tree;
        let mut extent = Extent::NOTHING;
        for &leaf in self.leaves {
            let cell = &tree.cells[leaf as usize];
            if cell.sources.len() > MOST_IN_F32 {
                return None;
            }
            extent = extent.with(tree.centre(cell), tree.frame.cell_side(cell.level));
        }
        // Else t = r²/δ² might vanish in f32.
        let holds_core = self.pair.core() <= extent.smallest();
        Grid::of(&extent).filter(|_| holds_core)
    }

    /// Whether all points lie at one place: their potentials are 0, which a rounding must not change.
    fn all_coincide(&self) -> bool {
        let range = self.targets.start as usize..self.targets.end as usize;
        self.context.sources.iter().all(|x| {
            let x = &x[range.clone()];
            x.iter().all(|&y| y == x[0])
        })
    }
}

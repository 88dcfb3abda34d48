//! Building U, V, W and X level by level.

use super::rows::Rows;
use crate::tree::{Cell, Tree};
use rayon::prelude::*;
use std::ops::Range;

/// A source cell of the far list V, and where the target lies as seen from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FarPair {
    /// Index of the source cell.
    pub source: u32,
    /// Class of the offset target − source, as the expansion numbers them.
    pub class: u32,
}

/// The lists of every cell; a cell without targets has empty ones, and no list names a cell without sources.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// V: cells of the same size, well separated, the classes of each group together.
    pub far: Rows<FarPair>,
    /// X: larger leaves whose points go to the local of this cell.
    pub larger: Rows<u32>,
    /// W: smaller cells whose multipoles act on the points of this leaf.
    pub smaller: Rows<u32>,
    /// U as ranges of sources in tree order, those of the leaf itself left out; also W and X pairs too small to expand.
    pub near: Rows<Range<u32>>,
}

/// Classes `GROUP·g` to `GROUP·(g + 1) − 1` form group g: for plane waves, the offsets of one direction.
pub(crate) const GROUP: u32 = 16;
/// Most groups: the directions in 2D or 3D.
const GROUPS: usize = 6;
/// Cells that one task handles.
const BLOCK: usize = 256;

impl Lists {
    /// The lists of a tree. `class_of` numbers the offsets target − source (entries −3 to 3, in cells of that level);
    /// cells of W and X with at most `direct_below` sources or targets are summed directly.
    pub fn build<const D: usize>(
        &mut self,
        tree: &Tree<D>,
        direct_below: usize,
        class_of: impl Fn([i32; D]) -> u32 + Sync,
    ) {
        let job = Builder {
            tree,
            direct_below,
            class_of,
        };
        for rows in [&mut self.larger, &mut self.smaller] {
            rows.clear();
        }
        self.far.clear();
        self.near.clear();
        let mut above: Rows<u32> = Rows::default();
        for level in 0..=tree.depth() {
            let cells = tree.level(level);
            let first_above = if level == 0 {
                0
            } else {
                tree.level(level - 1).start
            };
            let blocks: Vec<Range<usize>> = cells
                .clone()
                .step_by(BLOCK)
                .map(|start| start..(start + BLOCK).min(cells.end))
                .collect();
            let parts: Vec<Part> = blocks
                .into_par_iter()
                .map(|block| {
                    let mut part = Part::default();
                    for index in block {
                        job.cell(index, &above, first_above, &mut part);
                    }
                    part
                })
                .collect();
            let mut here = Rows::default();
            for mut part in parts {
                here.append(&mut part.neighbours);
                self.far.append(&mut part.far);
                self.larger.append(&mut part.larger);
                self.smaller.append(&mut part.smaller);
                self.near.append(&mut part.near);
            }
            above = here;
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.far.bytes() + self.larger.bytes() + self.smaller.bytes() + self.near.bytes()
    }
}

#[derive(Default)]
struct Part {
    /// Cells that touch this one: those of its size, and larger leaves.
    neighbours: Rows<u32>,
    far: Rows<FarPair>,
    larger: Rows<u32>,
    smaller: Rows<u32>,
    near: Rows<Range<u32>>,
    sorted: Vec<FarPair>,
}

struct Builder<'a, F, const D: usize> {
    tree: &'a Tree<D>,
    direct_below: usize,
    class_of: F,
}

impl<F: Fn([i32; D]) -> u32, const D: usize> Builder<'_, F, D> {
    /// The lists of one cell from the neighbours of its parent.
    fn cell(&self, index: usize, above: &Rows<u32>, first_above: usize, part: &mut Part) {
        let cells = &self.tree.cells;
        let cell = &cells[index];
        if !cell.targets.is_empty() {
            if index == 0 {
                if !cell.sources.is_empty() {
                    part.neighbours.push(0);
                }
            } else {
                for &a in &above[cell.parent as usize - first_above] {
                    self.sort_out(cell, a, part);
                }
            }
            if cell.is_leaf() {
                let start = part.neighbours.open_start();
                for k in start..part.neighbours.items().len() {
                    let a = part.neighbours.items()[k];
                    self.near(cell, index as u32, a, part);
                }
                merge(part.near.open_start(), part.near.open_row());
            }
            let start = part.far.open_start();
            group(&mut part.far.open_row()[start..], &mut part.sorted);
        }
        part.neighbours.end_row();
        part.far.end_row();
        part.larger.end_row();
        part.smaller.end_row();
        part.near.end_row();
    }

    /// What a neighbour `a` of the parent is to the cell.
    fn sort_out(&self, cell: &Cell<D>, a: u32, part: &mut Part) {
        let other = &self.tree.cells[a as usize];
        if other.is_leaf() {
            if other.is_adjacent(cell) {
                part.neighbours.push(a);
            } else if cell.is_leaf() && cell.targets.len() <= self.direct_below {
                part.near.push(other.sources.clone());
            } else {
                part.larger.push(a);
            }
            return;
        }
        for child in other.children.clone() {
            let source = &self.tree.cells[child as usize];
            if source.sources.is_empty() {
                continue;
            }
            let offset: [i32; D] =
                std::array::from_fn(|a| cell.anchor[a].wrapping_sub(source.anchor[a]) as i32);
            if offset.iter().all(|o| o.abs() <= 1) {
                part.neighbours.push(child);
            } else {
                part.far.push(FarPair {
                    source: child,
                    class: (self.class_of)(offset),
                });
            }
        }
    }

    /// What a neighbour `a` of the leaf `cell` (or a cell below such a neighbour) is to it.
    fn near(&self, cell: &Cell<D>, index: u32, a: u32, part: &mut Part) {
        let other = &self.tree.cells[a as usize];
        if other.sources.is_empty() || a == index {
            return;
        }
        if !other.is_adjacent(cell) {
            if other.sources.len() <= self.direct_below {
                part.near.push(other.sources.clone());
            } else {
                part.smaller.push(a);
            }
        } else if other.is_leaf() {
            part.near.push(other.sources.clone());
        } else {
            for child in other.children.clone() {
                self.near(cell, index, child, part);
            }
        }
    }
}

/// Brings the pairs of one list into the order of their groups, without changing the order within a group.
#[inline]
fn group(pairs: &mut [FarPair], sorted: &mut Vec<FarPair>) {
    let group = |pair: &FarPair| (pair.class / GROUP) as usize;
    let mut place = [0; GROUPS + 1];
    for pair in &*pairs {
        place[group(pair) + 1] += 1;
    }
    for g in 0..GROUPS {
        place[g + 1] += place[g];
    }
    sorted.clear();
    sorted.extend_from_slice(pairs);
    for pair in &*sorted {
        let place = &mut place[group(pair)];
        pairs[*place] = *pair;
        *place += 1;
    }
}

/// Sorts the ranges from `start` on and joins those that touch.
fn merge(start: usize, ranges: &mut Vec<Range<u32>>) {
    ranges[start..].sort_unstable_by_key(|range| range.start);
    let mut last = start;
    for k in start + 1..ranges.len() {
        if ranges[last].end == ranges[k].start {
            ranges[last].end = ranges[k].end;
        } else {
            last += 1;
            ranges.swap(last, k);
        }
    }
    ranges.truncate((last + 1).min(ranges.len()));
}

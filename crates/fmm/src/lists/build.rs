//! Building the neighbours, U, W and X level by level.

use super::rows::Rows;
use super::slots;
use crate::tree::{Cell, Tree};
use rayon::prelude::*;
use std::ops::Range;

/// The lists of every cell; a cell without targets has empty ones, and no list names a cell without sources.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Cells that touch this one: those of its size, itself among them, and larger leaves; of a cell with children also larger leaves whose
    /// points those meet one by one though they do not touch it.
    pub neighbours: Rows<u32>,
    /// X: larger leaves whose points go to the local of this cell.
    pub larger: Rows<u32>,
    /// W: smaller cells whose multipoles act on the points of this leaf.
    pub smaller: Rows<u32>,
    /// U as ranges of sources in tree order, those of the leaf itself left out; also W and X pairs too small to expand.
    pub near: Rows<Range<u32>>,
    /// The level, without children, whose cells take each other by expansions however near they are, if the far field allows it.
    pub(crate) expanded: Option<u32>,
}

/// Cells that one task handles.
const BLOCK: usize = 256;

impl Lists {
    /// The lists of a tree. Cells of W and X with at most `direct_below` sources or targets are summed directly, and near pairs of
    /// cells of the level `expanded` are left out.
    pub fn build<const D: usize>(
        &mut self,
        tree: &Tree<D>,
        direct_below: usize,
        expanded: Option<u32>,
    ) {
        let job = Builder {
            tree,
            direct_below,
            expanded,
        };
        self.expanded = expanded;
        self.neighbours.clear();
        self.larger.clear();
        self.smaller.clear();
        self.near.clear();
        for level in 0..=tree.depth() {
            let cells = tree.level(level);
            let blocks: Vec<Range<usize>> = cells
                .clone()
                .step_by(BLOCK)
                .map(|start| start..(start + BLOCK).min(cells.end))
                .collect();
            let above = &self.neighbours;
            let parts: Vec<Part> = blocks
                .into_par_iter()
                .map(|block| {
                    let mut part = Part::default();
                    for index in block {
                        job.cell(index, above, &mut part);
                    }
                    part
                })
                .collect();
            self.neighbours
                .append(parts.iter().map(|part| &part.neighbours));
            self.larger.append(parts.iter().map(|part| &part.larger));
            self.smaller.append(parts.iter().map(|part| &part.smaller));
            self.near.append(parts.iter().map(|part| &part.near));
        }
    }

    /// V of the cell `index`: cells of its size, well separated, with sources; on a torus also images.
    pub fn far<const D: usize>(&self, tree: &Tree<D>, index: usize) -> Vec<u32> {
        let cell = &tree.cells[index];
        if index == 0 || cell.targets.is_empty() {
            return vec![];
        }
        let around = self.neighbours[cell.parent as usize].iter();
        let children = around.flat_map(|&a| tree.cells[a as usize].children.clone());
        let is_far = |&child: &u32| {
            let other = &tree.cells[child as usize];
            !other.sources.is_empty() && !other.is_adjacent(cell)
        };
        children.filter(is_far).collect()
    }

    /// Whether the points of a leaf act on each other one by one.
    #[inline(always)]
    pub(crate) fn pairs_within<const D: usize>(&self, leaf: &Cell<D>) -> bool {
        self.expanded != Some(leaf.level)
    }

    /// Puts the source cells of the far lists of a parent's children into their [`slots`].
    #[inline(always)]
    pub(crate) fn siblings<const D: usize>(
        &self,
        tree: &Tree<D>,
        parent: usize,
        cells: &mut [u32],
    ) {
        let anchor = tree.cells[parent].anchor;
        // Children of one parent all touch each other.
        let itself = self.expanded == Some(tree.cells[parent].level + 1);
        for &a in &self.neighbours[parent] {
            let other = &tree.cells[a as usize];
            if other.is_leaf() || a as usize == parent && !itself {
                continue;
            }
            let offset: [i32; D] =
                std::array::from_fn(|a| other.anchor[a].wrapping_sub(anchor[a]) as i32);
            let Some(first) = slots::first(offset) else {
                continue;
            };
            let other = &tree.cells[tree.original(a) as usize];
            let cells = &mut cells[first..first + (1 << D)];
            if tree.target_order.is_none() && other.children.len() == cells.len() {
                // All children are there, in the order of their octants, and all hold sources.
                for (cell, child) in cells.iter_mut().zip(other.children.clone()) {
                    *cell = child;
                }
                continue;
            }
            for child in other.children.clone() {
                let source = &tree.cells[child as usize];
                if !source.sources.is_empty() {
                    cells[source.octant()] = child;
                }
            }
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.neighbours.bytes() + self.larger.bytes() + self.smaller.bytes() + self.near.bytes()
    }
}

#[derive(Default)]
struct Part {
    neighbours: Rows<u32>,
    larger: Rows<u32>,
    smaller: Rows<u32>,
    near: Rows<Range<u32>>,
}

struct Builder<'a, const D: usize> {
    tree: &'a Tree<D>,
    direct_below: usize,
    expanded: Option<u32>,
}

impl<const D: usize> Builder<'_, D> {
    /// The lists of one cell from the neighbours of its parent.
    fn cell(&self, index: usize, above: &Rows<u32>, part: &mut Part) {
        let cell = &self.tree.cells[index];
        if !cell.targets.is_empty() {
            let first_level = self.tree.frame.fit.first_level();
            if cell.level == first_level {
                for a in self.tree.largest_cells() {
                    let other = &self.tree.cells[a as usize];
                    if !other.sources.is_empty() && touch(cell, other) {
                        part.neighbours.push(a);
                    }
                }
            } else if cell.level > first_level {
                for &a in &above[cell.parent as usize] {
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
        }
        part.neighbours.end_row();
        part.larger.end_row();
        part.smaller.end_row();
        part.near.end_row();
    }

    /// What a neighbour `a` of the parent is to the cell.
    fn sort_out(&self, cell: &Cell<D>, a: u32, part: &mut Part) {
        let other = &self.tree.cells[a as usize];
        if other.is_leaf() {
            let directly = cell.targets.len() <= self.direct_below;
            if other.is_adjacent(cell) || directly && !cell.is_leaf() {
                part.neighbours.push(a);
            } else if directly {
                part.near.push(other.sources.clone());
            } else {
                part.larger.push(a);
            }
            return;
        }
        for child in other.children.clone() {
            let source = &self.tree.cells[child as usize];
            if !source.sources.is_empty() && touch(cell, source) {
                part.neighbours.push(child);
            }
        }
    }

    /// What a neighbour `a` of the leaf `cell` (or a cell below such a neighbour) is to it.
    fn near(&self, cell: &Cell<D>, index: u32, a: u32, part: &mut Part) {
        let other = &self.tree.cells[a as usize];
        let by_expansions = other.level == cell.level && self.expanded == Some(cell.level);
        if other.sources.is_empty() || a == index || by_expansions {
            return;
        }
        if !other.is_adjacent(cell) {
            // As in X: a leaf and a cell are summed directly in both directions, or in none. Images, which may have no points, come later.
            let has_points = (a as usize) < self.tree.cells_of_box();
            if has_points && other.sources.len() <= self.direct_below {
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

/// Whether two cells of one level touch, or are one.
#[inline(always)]
fn touch<const D: usize>(cell: &Cell<D>, other: &Cell<D>) -> bool {
    (0..D).all(|a| {
        let offset = cell.anchor[a].wrapping_sub(other.anchor[a]) as i32;
        (-1..=1).contains(&offset)
    })
}

/// Sorts the ranges from `start` on and joins those that touch.
pub(super) fn merge(start: usize, ranges: &mut Vec<Range<u32>>) {
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

//! Cutting points in tree order into cells.

use super::frame::{Fit, Frame};
use super::images::Images;
use super::morton::{DEEPEST_OF_TORUS, coordinate, max_level, window_levels};
use super::sort::TreeOrder;
use super::stretch::Stretch;
use lanes::Real;
use rayon::prelude::*;
use std::ops::Range;
use std::time::Instant;

/// One cell of the tree: a cube, and the points in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell<const D: usize> {
    /// 0 for the root; each level halves the edge.
    pub level: u32,
    /// Grid coordinates among the 2^level cells along each axis; of images beside a torus's box modulo 2³².
    pub anchor: [u32; D],
    /// Index of the parent cell; the root is its own.
    pub parent: u32,
    /// Indices of the children that hold points, contiguous; empty for a leaf.
    pub children: Range<u32>,
    /// Sources in this cell, in tree order.
    pub sources: Range<u32>,
    /// Targets in this cell, in tree order.
    pub targets: Range<u32>,
}

impl<const D: usize> Cell<D> {
    /// No children.
    #[inline(always)]
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// Which child of its parent this is: bit a is set where it lies on the upper side of axis a.
    #[inline(always)]
    pub fn octant(&self) -> usize {
        (0..D).map(|a| ((self.anchor[a] & 1) as usize) << a).sum()
    }

    /// The place of the cell of a level above that holds this one: level and anchor, with all else of this one.
    pub(crate) fn ancestor(&self, level: u32) -> Self {
        let up = self.level - level;
        Self {
            level,
            anchor: self.anchor.map(|x| x.checked_shr(up).unwrap_or(0)),
            ..self.clone()
        }
    }

    /// Whether two cells, of any levels, touch or overlap.
    #[inline(always)]
    pub fn is_adjacent(&self, other: &Self) -> bool {
        let (fine, coarse) = if self.level >= other.level {
            (self, other)
        } else {
            (other, self)
        };
        let shift = fine.level - coarse.level;
        (0..D).all(|a| {
            // One cell of margin around the coarse cube, counted in fine cells; i64 because a margin may be −1.
            let at = coordinate(coarse.level, coarse.anchor[a]);
            let (low, high) = (at << shift, (at + 1) << shift);
            let x = coordinate(fine.level, fine.anchor[a]);
            x >= low - 1 && x <= high
        })
    }
}

/// An adaptive tree over sources and targets: cells above `leaf_capacity` points are split.
///
/// ```
/// use farfield::tree::Tree;
/// let points: Vec<[f64; 2]> = (0..1000).map(|i| [(i as f64).sin(), (i as f64 * 0.7).cos()]).collect();
/// let tree = Tree::new(&points, 16);
/// let leaves = tree.cells.iter().filter(|cell| cell.is_leaf());
/// assert_eq!(leaves.map(|leaf| leaf.sources.len()).sum::<usize>(), 1000);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tree<const D: usize> {
    /// The root cube.
    pub frame: Frame<D>,
    /// All cells, level by level, Morton order within a level; on a torus, images of cells behind them.
    pub cells: Vec<Cell<D>>,
    /// `cells[levels[l]..levels[l + 1]]` are the cells of level l.
    pub levels: Vec<u32>,
    /// Order of the sources.
    pub source_order: TreeOrder,
    /// Order of the targets; `None` where they are the sources.
    pub target_order: Option<TreeOrder>,
    /// Seconds of sorting, and of cutting into cells.
    pub seconds: (f64, f64),
    /// Of the cells and sources of a torus.
    pub(super) images: Images<D>,
}

impl<const D: usize> Default for Frame<D> {
    fn default() -> Self {
        Self {
            scale: 1.0,
            corner: [0.0; D],
            side: 1.0,
            stretch: Stretch::NONE,
            fit: Fit::Whole,
        }
    }
}

/// When to stop splitting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Most sources, and most targets, of a leaf.
    pub leaf_capacity: usize,
    /// No leaf narrower than this, in user units.
    pub narrowest: f64,
    /// Opposite faces of the root cube are one.
    pub torus: bool,
}

impl<const D: usize> Tree<D> {
    /// The tree of one cloud of finite points.
    pub fn new<T: Real>(points: &[[T; D]], leaf_capacity: usize) -> Self {
        let mut tree = Self::default();
        tree.rebuild(
            Frame::around(&[points]),
            points,
            None,
            Limits {
                leaf_capacity: leaf_capacity.max(1),
                narrowest: 0.0,
                torus: false,
            },
        );
        tree
    }

    /// Builds the tree of new points, in the cube `frame` around them, in the buffers of the old one. `targets` is `None`
    /// where they are the sources.
    pub(crate) fn rebuild<T: Real>(
        &mut self,
        frame: Frame<D>,
        sources: &[[T; D]],
        targets: Option<&[[T; D]]>,
        limits: Limits,
    ) {
        let start = Instant::now();
        self.frame = frame;
        // Cells that are split for the points of one cloud may have few of the other, and cells above the first level are split whatever
        // they have: then all are sorted to the end, but where the first digit, of two levels or more, is enough for the latter.
        let few = sources.len() <= limits.leaf_capacity && frame.fit.first_level() > 0;
        let enough = if targets.is_some() || few {
            1
        } else {
            limits.leaf_capacity
        };
        self.source_order.sort(sources, &self.frame, enough);
        self.target_order = targets.map(|points| {
            let mut order = self.target_order.take().unwrap_or_default();
            order.sort(points, &self.frame, enough);
            order
        });
        self.seconds.0 = start.elapsed().as_secs_f64();
        let start = Instant::now();
        self.cut(sources, targets, limits, enough);
        self.seconds.1 = start.elapsed().as_secs_f64();
        let start = Instant::now();
        self.source_order.publish();
        if let Some(order) = &mut self.target_order {
            order.publish();
        }
        if limits.torus {
            self.surround();
        }
        self.seconds.0 += start.elapsed().as_secs_f64();
    }

    fn cut<T: Real>(
        &mut self,
        sources: &[[T; D]],
        targets: Option<&[[T; D]]>,
        limits: Limits,
        enough: usize,
    ) {
        self.images = Images::default();
        self.cells.clear();
        self.cells.push(Cell {
            level: 0,
            anchor: [0; D],
            parent: 0,
            children: 0..0,
            sources: 0..sources.len() as u32,
            targets: 0..targets.unwrap_or(sources).len() as u32,
        });
        self.levels.clear();
        self.levels.extend([0, 1]);
        let first_level = self.frame.fit.first_level();
        let large = |cell: &Cell<D>| {
            let most = cell.sources.len().max(cell.targets.len());
            most > limits.leaf_capacity || cell.level < first_level
        };
        for level in 0..deepest_level(&self.frame, limits) {
            let first = self.levels[level as usize] as usize;
            let window = level / window_levels(D);
            if level > 0 && level % window_levels(D) == 0 {
                let cells = self.cells[first..].iter().filter(|cell| large(cell));
                let (cells, of_targets): (Vec<_>, Vec<_>) = cells
                    .map(|cell| (cell.sources.clone(), cell.targets.clone()))
                    .unzip();
                self.source_order
                    .refine(sources, &self.frame, enough, window, &cells);
                if let (Some(points), Some(order)) = (targets, &mut self.target_order) {
                    order.refine(points, &self.frame, enough, window, &of_targets);
                }
            }
            let ends = |cell: &Cell<D>| {
                large(cell).then(|| {
                    let sources = self.source_order.ends::<D>(&cell.sources, level);
                    let order = self.target_order.as_ref();
                    (
                        sources,
                        order.map_or(sources, |order| order.ends::<D>(&cell.targets, level)),
                    )
                })
            };
            let here = self.cells[first..].par_iter().with_min_len(256);
            let ends: Vec<_> = here.map(ends).collect();
            for (index, ends) in (first..).zip(ends) {
                if let Some((sources, targets)) = ends {
                    split(&mut self.cells, index, sources, targets);
                }
            }
            let end = *self.levels.last().unwrap_or(&0) as usize;
            if self.cells.len() == end {
                break;
            }
            self.levels.push(self.cells.len() as u32);
        }
    }

    /// Order of the targets, which may be that of the sources.
    pub fn targets(&self) -> &TreeOrder {
        self.target_order.as_ref().unwrap_or(&self.source_order)
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let orders = [Some(&self.source_order), self.target_order.as_ref()];
        orders
            .into_iter()
            .flatten()
            .map(TreeOrder::bytes)
            .sum::<usize>()
            + self.cells.capacity() * size_of::<Cell<D>>()
    }

    /// Number of the deepest level that has cells.
    pub fn depth(&self) -> usize {
        self.levels.len() - 2
    }

    /// Indices of the cells of a level.
    pub fn level(&self, level: usize) -> Range<usize> {
        self.levels[level] as usize..self.levels[level + 1] as usize
    }

    /// Indices of the leaves that hold targets, in the order of their targets.
    pub fn target_leaves(&self) -> Vec<u32> {
        let mut leaves = Vec::new();
        // Depth first, the first child next: children come in the order of their targets.
        let mut waiting = vec![0];
        while let Some(index) = waiting.pop() {
            let cell = &self.cells[index as usize];
            if cell.targets.is_empty() {
                continue;
            }
            if cell.is_leaf() {
                leaves.push(index);
            }
            waiting.extend(cell.children.clone().rev());
        }
        leaves
    }

    /// Centre of a cell, in plan units.
    #[inline(always)]
    pub fn centre(&self, cell: &Cell<D>) -> [f64; D] {
        self.frame.centre(cell.level, cell.anchor)
    }
}

/// Finest level whose cells are at least `narrowest` wide and whose centres are exact in f64.
fn deepest_level<const D: usize>(frame: &Frame<D>, limits: Limits) -> u32 {
    let wide_enough = |level: &u32| frame.least_side(*level) >= limits.narrowest * frame.scale;
    let deepest = if limits.torus {
        max_level(D).min(DEEPEST_OF_TORUS)
    } else {
        max_level(D)
    };
    (0..=frame.exact_levels().min(deepest))
        .rev()
        .find(wide_enough)
        .unwrap_or(0)
}

/// Appends the children of a cell that hold any point; `sources` and `targets` say where those of each octant end.
fn split<const D: usize>(
    cells: &mut Vec<Cell<D>>,
    index: usize,
    sources: [u32; 8],
    targets: [u32; 8],
) {
    let Cell {
        level,
        anchor,
        sources: all_sources,
        targets: all_targets,
        ..
    } = cells[index].clone();
    let first = cells.len() as u32;
    let (mut source, mut target) = (all_sources.start, all_targets.start);
    for octant in 0..1 << D {
        let (source_end, target_end) = (sources[octant], targets[octant]);
        if source_end > source || target_end > target {
            cells.push(Cell {
                level: level + 1,
                anchor: std::array::from_fn(|a| anchor[a] * 2 + (octant >> a & 1) as u32),
                parent: index as u32,
                children: 0..0,
                sources: source..source_end,
                targets: target..target_end,
            });
        }
        (source, target) = (source_end, target_end);
    }
    cells[index].children = first..cells.len() as u32;
}

//! All pairs of sources and targets, blocks of targets at once.

use super::tile::{N, TILE, Tile};
use crate::Outputs;
use crate::kernel::Pair;
use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;
use std::ops::Range;

/// Targets that one task sums.
const BLOCK: usize = 128;

/// All sources at all targets.
pub(super) struct AllPairs<'a> {
    pub(super) chosen: Chosen,
    pub(super) dimension: usize,
    /// Point by point.
    pub(super) targets: &'a [f64],
    /// Tile by tile, then axis by axis.
    pub(super) sources: &'a [f64],
    /// As many as there are sources; whole vectors.
    pub(super) w: &'a [f64],
    pub(super) outputs: Outputs,
}

/// Where the sums stand in the row of a target: s = Σ w z φ, t = Σ w γ and ∂_b s_a, as far as they are wanted.
#[derive(Clone, Copy)]
pub(super) struct Places {
    dimension: usize,
    outputs: Outputs,
}

impl Places {
    pub(super) fn field(self) -> Range<usize> {
        0..if self.outputs.field {
            self.dimension
        } else {
            0
        }
    }

    pub(super) fn potential(self) -> Range<usize> {
        let first = self.field().end;
        first..first + usize::from(self.outputs.potential)
    }

    pub(super) fn gradient(self) -> Range<usize> {
        let first = self.potential().end;
        let d = if self.outputs.gradient {
            self.dimension
        } else {
            0
        };
        first..first + d * d
    }

    /// Numbers of a row; one where nothing is wanted.
    pub(super) fn width(self) -> usize {
        self.gradient().end.max(1)
    }
}

impl AllPairs<'_> {
    pub(super) fn places(&self) -> Places {
        Places {
            dimension: self.dimension,
            outputs: self.outputs,
        }
    }

    /// The rows of all targets.
    pub(super) fn rows<P: Pair>(&self, pair: P) -> Vec<f64> {
        let (width, d) = (self.places().width(), self.dimension);
        let mut rows = vec![0.0; self.targets.len() / d * width];
        let blocks = rows.par_chunks_mut(BLOCK * width);
        blocks
            .zip(self.targets.par_chunks(BLOCK * d))
            .for_each(|(rows, targets)| {
                let all = self;
                self.chosen.run(Block {
                    all,
                    pair,
                    targets,
                    rows,
                });
            });
        rows
    }
}

/// A block of targets.
struct Block<'a, P> {
    all: &'a AllPairs<'a>,
    pair: P,
    targets: &'a [f64],
    rows: &'a mut [f64],
}

impl<P: Pair> Job for Block<'_, P> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let (all, d) = (self.all, self.all.dimension);
        let (places, width) = (all.places(), all.places().width());
        let mut tile = Tile::new(d);
        for first in (0..all.w.len()).step_by(TILE) {
            let end = all.w.len().min(first + TILE);
            (tile.y, tile.w) = (&all.sources[first * d..end * d], &all.w[first..end]);
            let some = self.rows.chunks_mut(N * width);
            for (rows, targets) in some.zip(self.targets.chunks(N * d)) {
                tile.take(targets);
                tile.squares::<I::F64>(isa);
                if places.outputs.field {
                    let rows = &mut rows[places.field().start..];
                    tile.field::<I::F64, P>(isa, &self.pair, width, rows);
                }
                if places.outputs.potential {
                    let rows = &mut rows[places.potential().start..];
                    tile.potential::<I::F64, P>(isa, &self.pair, width, rows);
                }
                if places.outputs.gradient {
                    let rows = &mut rows[places.gradient().start..];
                    tile.gradient::<I::F64, P>(isa, &self.pair, width, rows);
                }
            }
        }
        if places.outputs.gradient {
            for row in self.rows.chunks_mut(width) {
                let g = &mut row[places.gradient()];
                for (a, b) in (0..d).flat_map(|a| (0..a).map(move |b| (a, b))) {
                    g[a * d + b] = g[b * d + a];
                }
            }
        }
    }
}

//! What jumps of a step are a function of.

use super::Brownian;
use std::ops::Range;

/// A step put together from 2^`path_halvings` pieces: random numbers that are a function of (`seed`, number of the piece) are the same in runs of
/// several dt whose pieces are as long.
#[derive(Clone, Debug, PartialEq)]
pub struct Pieces {
    /// That of the run.
    pub seed: u64,
    /// Numbers of the pieces, counted from the start of the run.
    pub numbers: Range<u64>,
    /// Duration of a piece.
    pub length: f64,
}

impl Brownian {
    /// The pieces of a step of length `dt`.
    pub(crate) fn pieces(&self, step: u64, dt: f64) -> Pieces {
        Pieces {
            seed: self.seed,
            numbers: step << self.halvings..(step + 1) << self.halvings,
            length: dt / (1u64 << self.halvings) as f64,
        }
    }
}

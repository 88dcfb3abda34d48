//! What the cost model expected, for reports.

use farfield::{PlanReport, PredictedSeconds};
use serde::Serialize;

/// Seconds by pass, to be held against the measured ones.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Predicted {
    pub(crate) tree: f64,
    pub(crate) upward: f64,
    pub(crate) downward: f64,
    pub(crate) leaves: f64,
    /// The near pairs, a part of `leaves`.
    pub(crate) near: f64,
}

impl Predicted {
    /// For so many strength vectors, shared evenly by so many threads.
    pub(crate) fn new(plan: &PlanReport, vectors: usize, threads: usize) -> Self {
        let PredictedSeconds {
            tree,
            upward,
            downward,
            leaves,
            near,
        } = plan.predicted;
        let threads = threads as f64;
        let each = vectors as f64 / threads;
        Self {
            tree: tree / threads,
            upward: upward * each,
            downward: downward * each,
            leaves: leaves * each,
            near: near * each,
        }
    }
}

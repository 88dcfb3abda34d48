//! State on disk: everything that a bit-identical restart needs, in one file that is there whole or not at all.

mod folder;
mod format;
mod sums;

pub use folder::{Found, SnapshotWriter};

use crate::adaptive::Substeps;
use crate::laws::Ledger;
use crate::{Config, FieldCheck, Observables, State};
use bincode::{Decode, Encode};

/// Everything that a bit-identical restart needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot<const D: usize = 2> {
    /// The kind of its model.
    pub model: String,
    /// The configuration of the run that wrote it.
    pub config: Config,
    /// The particles.
    pub state: State<D>,
    pub(crate) progress: Progress<D>,
}

/// What a run carries along beside the particles.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Progress<const D: usize> {
    /// Tolerance of the plan: the user's, or less after tightening.
    pub(crate) plan_tolerance: f64,
    /// Whether particles were at one place at step 0.
    pub(crate) coincident: bool,
    /// Sums at step 0.
    pub(crate) initial: Observables<D>,
    /// Integrals of the laws.
    pub(crate) ledger: Ledger,
    pub(crate) last_check: Option<FieldCheck>,
    pub(crate) max_measured_error: Option<f64>,
    /// Sub-steps since step 0.
    pub(crate) substeps: Substeps,
}

impl Snapshot {
    /// File name of a step: `snapshot-0000000050.ffs`.
    pub fn file_name(step: u64) -> String {
        format!("snapshot-{step:010}.ffs")
    }
}

impl<const D: usize> Snapshot<D> {
    /// About the size of a file for `n` particles, for schemes that look back so many steps.
    pub fn bytes(n: usize, looks_back: usize) -> usize {
        8 * n * (D + 1 + D * looks_back) + 1024
    }
}

//! State on disk: everything that a bit-identical restart needs, in an archive of snapshots, or as a file of its own.

mod append;
mod archive;
mod format;
mod record;
mod sums;
mod walk;
mod writer;

pub use archive::{Archive, Found};
pub use record::Entry;
pub use writer::SnapshotWriter;

use crate::adaptive::Substeps;
use crate::laws::Ledger;
use crate::{Config, Error, ErrorKind, FieldCheck, Observables, Result, State};
use bincode::{Decode, Encode};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

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
    /// The dimension of the particles in a file, as it says itself; nothing else is checked.
    pub fn dimension(path: &Path) -> Result<usize> {
        let file = File::open(path).map_err(failed(path))?;
        let dimension = Self::dimension_in(file).map_err(failed(path))?;
        dimension.map_err(|error| in_file(path, error))
    }
}

impl<const D: usize> Snapshot<D> {
    /// About its size for `n` particles, for schemes that look back so many steps.
    pub fn bytes(n: usize, looks_back: usize) -> usize {
        8 * n * (D + 1 + D * looks_back) + 1024
    }

    /// Writes it as a file of its own, by convention `.ffs`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.encode()?.write(out)
    }

    /// Reads such a file; the error names the file and says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self> {
        let file = fs::read(path).map_err(failed(path))?;
        Self::decode(&file).map_err(|error| in_file(path, error))
    }
}

fn in_file(path: &Path, error: Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| Error::new(ErrorKind::Io, format!("{}: {error}", path.display()))
}

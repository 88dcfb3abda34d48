//! State on disk.

use crate::{Config, Error, Observer, Result, State, View};
use std::path::{Path, PathBuf};

/// Everything that a bit-identical restart needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The configuration of the run that wrote it.
    pub config: Config,
    /// The particles.
    pub state: State,
}

/// The newest snapshot of a folder that can be read.
#[derive(Debug)]
pub struct Found {
    /// What was read.
    pub snapshot: Snapshot,
    /// Where.
    pub path: PathBuf,
    /// Newer ones that were damaged, and how.
    pub skipped: Vec<Error>,
}

impl Snapshot {
    /// File name of a step: `snapshot-0000000050.ffs`.
    pub fn file_name(step: u64) -> String {
        format!("snapshot-{step:010}.ffs")
    }

    /// Writes the snapshot into the folder, beside and renamed: a file of this name is there whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        let _ = folder;
        unimplemented!()
    }

    /// Reads one file; the error says what is wrong with it.
    pub fn read(path: &Path) -> Result<Self> {
        let _ = path;
        unimplemented!()
    }

    /// The snapshots of a folder, by step: (step, path).
    pub fn list(folder: &Path) -> Result<Vec<(u64, PathBuf)>> {
        let _ = folder;
        unimplemented!()
    }

    /// The newest snapshot of the folder that can be read; an error if there is none.
    pub fn latest_good(folder: &Path) -> Result<Found> {
        let _ = folder;
        unimplemented!()
    }
}

/// Writes a snapshot of the first and last state and of every `every`-th step.
#[derive(Debug)]
pub struct SnapshotWriter {
    folder: PathBuf,
    every: u64,
}

impl SnapshotWriter {
    /// Into this folder, which must exist; `every` = 0 writes the first and last state only.
    pub fn new(folder: impl Into<PathBuf>, every: u64) -> Self {
        Self {
            folder: folder.into(),
            every,
        }
    }
}

impl Observer for SnapshotWriter {
    fn observe(&mut self, view: &View) -> Result<()> {
        let _ = (view, &self.folder, self.every);
        unimplemented!()
    }
}

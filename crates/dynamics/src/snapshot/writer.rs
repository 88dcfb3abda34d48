//! The observer that keeps the states of a run.

use super::Archive;
use crate::{Observer, Result, Simulation, View};
use std::path::PathBuf;

/// Adds a snapshot of the first and last state and of every `every`-th step to an archive. The state that a run starts from
/// is not added if it is there already.
#[derive(Debug)]
pub struct SnapshotWriter {
    archive: Archive,
    every: u64,
}

impl SnapshotWriter {
    /// To this archive, which is made if it is not there; `every` = 0 writes the first and last state only.
    pub fn new(path: impl Into<PathBuf>, every: u64) -> Result<Self> {
        let path = path.into();
        let archive = match path.exists() {
            true => Archive::open(path)?,
            false => Archive::create(path)?,
        };
        Ok(Self { archive, every })
    }

    /// What has been written.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Adds the state of a run, unless it is the last of the archive.
    pub fn keep<const D: usize>(&mut self, run: &Simulation<D>) -> Result<()> {
        let last = self.archive.entries().last().map(|entry| entry.step);
        match last == Some(run.state().step) {
            true => Ok(()),
            false => self.archive.append(&run.snapshot()),
        }
    }
}

impl<const D: usize> Observer<D> for SnapshotWriter {
    fn observe(&mut self, view: &View<D>) -> Result<()> {
        let step = view.state.step;
        let due = self.every > 0 && step.is_multiple_of(self.every);
        if view.first || view.last || due {
            self.keep(view.simulation)?;
        }
        Ok(())
    }
}

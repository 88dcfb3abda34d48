//! The observer that keeps the states of a run.

use super::Archive;
use crate::config::Every;
use crate::{Observer, Result, Simulation, View};
use std::path::PathBuf;
use std::time::Instant;

/// Adds snapshots of the first and last state, and of those that are due, to an archive. The state that a run starts from
/// is not added if it is there already.
#[derive(Debug)]
pub struct SnapshotWriter {
    archive: Archive,
    every: Every,
    /// When there was the last one.
    last: Instant,
}

impl SnapshotWriter {
    /// To this archive, which is made if it is not there.
    pub fn new(path: impl Into<PathBuf>, every: Every) -> Result<Self> {
        let path = path.into();
        let archive = match path.exists() {
            true => Archive::open(path)?,
            false => Archive::create(path)?,
        };
        Ok(Self {
            archive,
            every,
            last: Instant::now(),
        })
    }

    /// What has been written.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Whether this state shall be kept. What goes by the clock may say otherwise when it is asked again.
    pub fn is_due<const D: usize>(&self, view: &View<D>) -> bool {
        let due = match self.every {
            Every::Seconds(seconds) => self.last.elapsed().as_secs_f64() >= seconds,
            every => every.due(view.state.step, view.simulation.config().time.dt),
        };
        view.first || view.last || due
    }

    /// Adds the state of a run, unless it is the last of the archive.
    pub fn keep<const D: usize>(&mut self, run: &Simulation<D>) -> Result<()> {
        let last = self.archive.entries().last().map(|entry| entry.step);
        if last != Some(run.state().step) {
            self.archive.append(&run.snapshot())?;
        }
        self.last = Instant::now();
        Ok(())
    }
}

impl<const D: usize> Observer<D> for SnapshotWriter {
    fn observe(&mut self, view: &View<D>) -> Result<()> {
        match self.is_due(view) {
            true => self.keep(view.simulation),
            false => Ok(()),
        }
    }
}

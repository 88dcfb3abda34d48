//! What a run leaves behind of its states, in the order that one who goes on from a snapshot counts on.

use super::diagnostics::Diagnostics;
use crate::pictures::Pictures;
use farfield_dynamics::{Error, ErrorKind, Observer, Result, Simulation, SnapshotWriter, View};

/// A snapshot comes after the rows and pictures that a run going on from it does not make again. Which states are kept may be the
/// clock's decision, so it is made here, once for all.
pub(super) struct Records {
    pub(super) diagnostics: Diagnostics,
    pub(super) pictures: Pictures,
    pub(super) snapshots: SnapshotWriter,
}

impl Records {
    /// Keeps the state, and what came before it.
    pub(super) fn keep<const D: usize>(&mut self, simulation: &Simulation<D>) -> Result<()> {
        let synced = self.diagnostics.sync();
        synced.map_err(|e| Error::new(ErrorKind::Observer, e.to_string()))?;
        self.snapshots.keep(simulation)
    }
}

impl<const D: usize> Observer<D> for Records {
    fn observe(&mut self, view: &View<D>) -> Result<()> {
        self.diagnostics.observe(view)?;
        self.pictures.observe(view)?;
        match self.snapshots.is_due(view) {
            true => self.keep(view.simulation),
            false => Ok(()),
        }
    }
}

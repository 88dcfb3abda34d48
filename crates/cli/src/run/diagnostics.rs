//! `diagnostics.csv`: what was measured of the states. The same bytes for any number of threads and restarts.

use super::rows::{self, Rows, number, optional};
use crate::error::Result;
use farfield_dynamics::{Config, ErrorKind, Observer, View};
use std::path::Path;

/// Columns as [`farfield_dynamics::Observables`] defines them; `field_error` is the last measurement of the drift's
/// relative error, `field_error_bound` what it is at most, `field_error_step` where it was measured.
const HEADER: &str = "step,time,centre_x,centre_y,second_moment,circulation,impulse_x,impulse_y,angular_impulse,\
                      hamiltonian,min_distance,field_error,field_error_bound,field_error_step";
const HAMILTONIAN: usize = 9;
const MIN_DISTANCE: usize = 10;

pub(super) struct Diagnostics {
    rows: Rows,
    /// Step of the last row that was kept.
    kept: Option<u64>,
    config: Config,
}

impl Diagnostics {
    /// New, or going on `from` a step: rows after it are dropped, and those that a run without the stop would not have.
    pub(super) fn open(path: &Path, config: &Config, from: Option<u64>) -> Result<Self> {
        let mut old = match from {
            Some(_) => rows::read(path, HEADER)?,
            None => vec![],
        };
        let every = config.output.diagnostics_every;
        old.retain(|(step, _)| Some(*step) <= from && due(*step, every, config));
        let kept = old.last().map(|(step, _)| *step);
        let old = old
            .into_iter()
            .map(|(step, row)| without_extras(step, &row, config));
        Ok(Self {
            rows: Rows::start(path, HEADER, old)?,
            kept,
            config: config.clone(),
        })
    }

    fn add(&mut self, view: &View) -> Result<()> {
        let (step, sums, output) = (view.state.step, view.observables, &self.config.output);
        if due(step, output.diagnostics_every, &self.config) {
            let check = view.report.last_check;
            let mut fields = vec![step.to_string(), number(view.state.time)];
            fields.extend(sums.centre.map(number));
            fields.extend([sums.second_moment, sums.circulation].map(number));
            fields.extend(sums.impulse.map(number));
            fields.push(number(sums.angular_impulse));
            fields.extend([sums.hamiltonian, sums.min_distance].map(optional));
            fields.push(optional(check.map(|check| check.measured_error)));
            fields.push(optional(check.map(|check| check.error_bound)));
            fields.push(
                check
                    .map(|check| check.step.to_string())
                    .unwrap_or_default(),
            );
            self.rows.add(&fields.join(","))?;
        }
        let snapshot_every = output.snapshot_every;
        if view.last || snapshot_every > 0 && step.is_multiple_of(snapshot_every) {
            self.rows.sync()?;
        }
        Ok(())
    }
}

impl Observer for Diagnostics {
    fn observe(&mut self, view: &View) -> farfield_dynamics::Result<()> {
        // The state that a run goes on from has its row already.
        if self.kept == Some(view.state.step) {
            return Ok(());
        }
        let added = self.add(view);
        added.map_err(|e| farfield_dynamics::Error::new(ErrorKind::Observer, e.to_string()))
    }
}

/// Whether something that happens `every` so many steps, and at the end, happens at `step`.
fn due(step: u64, every: u64, config: &Config) -> bool {
    every > 0 && (step.is_multiple_of(every) || step == config.time.steps)
}

/// The last state of a run that is now made longer had values that this step would not get.
fn without_extras(step: u64, row: &str, config: &Config) -> String {
    let mut fields: Vec<&str> = row.split(',').collect();
    for (column, every) in [
        (HAMILTONIAN, config.output.hamiltonian_every),
        (MIN_DISTANCE, config.output.min_distance_every),
    ] {
        if let Some(field) = fields.get_mut(column)
            && !due(step, every, config)
        {
            *field = "";
        }
    }
    fields.join(",")
}

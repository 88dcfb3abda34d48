//! `diagnostics.csv`: what was measured of the states. The same bytes for any number of threads and restarts.

use crate::error::Result;
use crate::rows::{self, Rows, number, optional};
use farfield_dynamics::config::Every;
use farfield_dynamics::vortex_particles::COMPONENTS;
use farfield_dynamics::{Config, ErrorKind, Observables, Observer, View};
use std::path::Path;

/// A column: how it is called, and what of [`Observables`] it has, with an axis behind an underline.
type Column = (&'static str, &'static str);

/// Of gases, whose particles are all alike, less; of the Landau and Boltzmann equations, whose particles are velocities, by other names.
fn columns(config: &Config) -> Vec<Column> {
    let axis = |columns: [Column; 3]| columns.into_iter().take(config.model.dimension());
    let same = |name: &'static str| (name, name);
    if config.model.components() == COMPONENTS {
        return of_vortex_particles();
    }
    let mut all: Vec<_> = axis(["centre_x", "centre_y", "centre_z"].map(same)).collect();
    all.push(same("second_moment"));
    match config.model.kind() {
        "vortex" => {
            all.push(same("circulation"));
            all.extend(axis(["impulse_x", "impulse_y", "impulse_z"].map(same)));
            all.extend(["angular_impulse", "hamiltonian"].map(same));
        }
        "landau" | "boltzmann" => {
            all.extend(axis([
                ("momentum_x", "impulse_x"),
                ("momentum_y", "impulse_y"),
                ("momentum_z", "impulse_z"),
            ]));
            all.push(("energy", "angular_impulse"));
        }
        _ => all.push(("energy", "hamiltonian")),
    }
    all.push(same("min_distance"));
    all
}

/// Of vortex particles in space; `delta` is that of their core.
fn of_vortex_particles() -> Vec<Column> {
    let axes = |names: [Column; 3]| names.into_iter();
    let same = |name: &'static str| (name, name);
    let mut all: Vec<_> = axes(["centre_x", "centre_y", "centre_z"].map(same)).collect();
    all.extend(axes([
        ("total_vorticity_x", "vorticity_x"),
        ("total_vorticity_y", "vorticity_y"),
        ("total_vorticity_z", "vorticity_z"),
    ]));
    all.extend(axes([
        ("impulse_x", "hydrodynamic_x"),
        ("impulse_y", "hydrodynamic_y"),
        ("impulse_z", "hydrodynamic_z"),
    ]));
    all.extend(axes([
        ("angular_impulse_x", "angular_x"),
        ("angular_impulse_y", "angular_y"),
        ("angular_impulse_z", "angular_z"),
    ]));
    all.extend([same("helicity"), ("energy", "hamiltonian")]);
    all.extend(["delta", "min_distance"].map(same));
    all
}

fn value<const D: usize>(sums: &Observables<D>, quantity: &str) -> Option<f64> {
    let (name, axis) = quantity.rsplit_once('_').unwrap_or((quantity, ""));
    let axis = ["x", "y", "z"].iter().position(|known| *known == axis);
    match (name, axis) {
        ("centre", Some(axis)) => Some(sums.centre[axis]),
        ("impulse", Some(axis)) => Some(sums.impulse[axis]),
        ("vorticity", Some(axis)) => Some(sums.vortex?.total_vorticity[axis]),
        ("hydrodynamic", Some(axis)) => Some(sums.vortex?.impulse[axis]),
        ("angular", Some(axis)) => Some(sums.vortex?.angular_impulse[axis]),
        _ => match quantity {
            "second_moment" => Some(sums.second_moment),
            "circulation" => Some(sums.circulation),
            "angular_impulse" => Some(sums.angular_impulse),
            "hamiltonian" => sums.hamiltonian,
            "min_distance" => sums.min_distance,
            "helicity" => sums.vortex?.helicity,
            "delta" => sums.centre.get(COMPONENTS - 1).map(|square| square.sqrt()),
            _ => unreachable!("a quantity of these"),
        },
    }
}

/// `field_error` is the last measurement of the drift's relative error, `field_error_bound` what it is at most,
/// `field_error_step` where it was measured. With adaptive steps there are the sub-steps since step 0: those taken, those
/// refused, and the length of the shortest taken.
fn header(config: &Config) -> String {
    let names: Vec<_> = columns(config).iter().map(|column| column.0).collect();
    let names = names.join(",");
    let substeps = match config.time.adaptive {
        Some(_) => ",substeps,rejected,shortest",
        None => "",
    };
    format!("step,time,{names},field_error,field_error_bound,field_error_step{substeps}")
}

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
            Some(_) => rows::read(path, &header(config))?,
            None => vec![],
        };
        let every = config.output.diagnostics_every;
        old.retain(|(step, _)| Some(*step) <= from && due(*step, every, config));
        let kept = old.last().map(|(step, _)| *step);
        let old = old
            .into_iter()
            .map(|(step, row)| without_extras(step, &row, config));
        Ok(Self {
            rows: Rows::start(path, &header(config), old)?,
            kept,
            config: config.clone(),
        })
    }

    /// Whether the rows that are there can be gone on with.
    pub(super) fn check(path: &Path, config: &Config) -> Result<()> {
        rows::read(path, &header(config)).map(drop)
    }

    fn add<const D: usize>(&mut self, view: &View<D>) -> Result<()> {
        let (step, sums, output) = (view.state.step, view.observables, &self.config.output);
        let collapsed =
            !output.diagnostics_every.is_never() && view.simulation.collapse().is_some();
        if due(step, output.diagnostics_every, &self.config) || collapsed {
            let check = view.report.last_check;
            let mut fields = vec![step.to_string(), number(view.state.time)];
            let columns = columns(&self.config).into_iter();
            fields.extend(columns.map(|(_, quantity)| optional(value(sums, quantity))));
            fields.push(optional(check.map(|check| check.measured_error)));
            fields.push(optional(check.map(|check| check.error_bound)));
            fields.push(
                check
                    .map(|check| check.step.to_string())
                    .unwrap_or_default(),
            );
            if let Some(substeps) = view.simulation.substeps() {
                fields.push(substeps.taken.to_string());
                fields.push(substeps.rejected.to_string());
                fields.push(optional(substeps.shortest(self.config.time.dt)));
            }
            self.rows.add(&fields.join(","))?;
        }
        Ok(())
    }

    /// On the disk, before a snapshot that counts on it.
    pub(super) fn sync(&self) -> Result<()> {
        self.rows.sync()
    }
}

impl<const D: usize> Observer<D> for Diagnostics {
    fn observe(&mut self, view: &View<D>) -> farfield_dynamics::Result<()> {
        // The state that a run goes on from has its row already.
        if self.kept == Some(view.state.step) {
            return Ok(());
        }
        let added = self.add(view);
        added.map_err(|e| farfield_dynamics::Error::new(ErrorKind::Observer, e.to_string()))
    }
}

/// Whether something that happens `every` so often, and at the end, happens at `step`.
fn due(step: u64, every: Every, config: &Config) -> bool {
    let end = !every.is_never() && step == config.time.steps;
    every.due(step, config.time.dt) || end
}

/// The last state of a run that is now made longer had values that this step would not get.
fn without_extras(step: u64, row: &str, config: &Config) -> String {
    let mut fields: Vec<&str> = row.split(',').collect();
    // Step and time stand before the columns.
    for ((_, quantity), field) in columns(config).into_iter().zip(fields.iter_mut().skip(2)) {
        let every = match quantity {
            "hamiltonian" | "helicity" => config.output.hamiltonian_every,
            "min_distance" => config.output.min_distance_every,
            _ => continue,
        };
        if !due(step, every.into(), config) {
            *field = "";
        }
    }
    fields.join(",")
}

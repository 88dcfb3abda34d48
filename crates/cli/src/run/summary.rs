//! `summary.json`: the run in a few numbers.

use crate::error::Result;
use crate::files;
use crate::predicted::Predicted;
use farfield_dynamics::Simulation;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Summary {
    n: usize,
    steps: u64,
    /// Wall clock of all processes that had a part in the run.
    seconds: f64,
    tolerance: f64,
    max_measured_field_error: Option<f64>,
    leaf_capacity: usize,
    /// Of one evaluation at the last state on one core, so the same for any number of threads. The measured ones are in
    /// timings.csv.
    predicted_core_seconds: Predicted,
    laws: Vec<Law>,
    /// Of adaptive steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    substeps: Option<Substeps>,
    /// Where particles collapsed, which ends a run before its steps are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    collapse: Option<Collapse>,
}

#[derive(Serialize)]
struct Substeps {
    taken: u64,
    rejected: u64,
    shortest: Option<f64>,
}

#[derive(Serialize)]
struct Collapse {
    step: u64,
    time: f64,
    particles: usize,
    mass: f64,
    centre: Vec<f64>,
    side: f64,
}

#[derive(Serialize)]
struct Law {
    name: &'static str,
    expected: f64,
    measured: f64,
    standard_error: f64,
    bound: f64,
    z: f64,
}

pub(super) fn write<const D: usize>(
    path: &Path,
    simulation: &Simulation<D>,
    seconds: f64,
) -> Result<()> {
    let law = |law: farfield_dynamics::Law| Law {
        name: law.name,
        expected: law.expected,
        measured: law.measured,
        standard_error: law.standard_error,
        bound: law.bound,
        z: law.z,
    };
    let plan = simulation.plan_report();
    let summary = Summary {
        n: simulation.state().n(),
        steps: simulation.state().step,
        seconds,
        tolerance: simulation.config().field.tolerance,
        max_measured_field_error: simulation.max_measured_error(),
        leaf_capacity: plan.leaf_capacity,
        predicted_core_seconds: Predicted::new(&plan, 1, 1),
        laws: simulation.laws().into_iter().map(law).collect(),
        substeps: simulation.substeps().map(|substeps| Substeps {
            taken: substeps.taken,
            rejected: substeps.rejected,
            shortest: substeps.shortest(simulation.config().time.dt),
        }),
        collapse: simulation.collapse().map(|found| Collapse {
            step: found.step,
            time: found.time,
            particles: found.particles,
            mass: found.mass,
            centre: found.centre.to_vec(),
            side: found.side,
        }),
    };
    files::write_json(path, &summary)
}

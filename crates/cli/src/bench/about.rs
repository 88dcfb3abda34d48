//! What was timed, and where.

use super::Bench;
use crate::npy::Number;
use crate::operators::Kept;
use crate::text::plural;
use crate::{outputs, periodic};
use farfield::Kernel;
use serde::Serialize;
use std::fmt;

#[derive(Serialize)]
pub(super) struct About {
    version: &'static str,
    machine: Machine,
    operators: Kept,
    settings: Settings,
}

#[derive(Serialize)]
struct Machine {
    threads: usize,
    isa: &'static str,
}

#[derive(Serialize)]
struct Settings {
    kernel: String,
    dimension: usize,
    /// Sides of the torus.
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic: Option<Vec<f64>>,
    tolerance: f64,
    precision: &'static str,
    cloud: &'static str,
    outputs: Vec<&'static str>,
    from: usize,
    to: usize,
    direct_up_to: usize,
    rounds: usize,
}

impl About {
    /// For work in the current pool of threads.
    pub(super) fn new<T: Number, K: Kernel<D>, const D: usize>(
        bench: &Bench,
        kernel: &K,
        operators: Kept,
    ) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            machine: Machine {
                threads: rayon::current_num_threads(),
                isa: bench.machine.instruction_set().name(),
            },
            operators,
            settings: Settings {
                kernel: kernel.name(),
                dimension: D,
                periodic: bench.periodic.sides(D),
                tolerance: bench.tolerance,
                precision: T::NAME,
                cloud: bench.cloud.name(),
                outputs: outputs::names(bench.wanted()),
                from: bench.from,
                to: bench.to,
                direct_up_to: bench.direct_up_to,
                rounds: bench.rounds(),
            },
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            kernel,
            dimension,
            periodic,
            tolerance,
            precision,
            cloud,
            ..
        } = &self.settings;
        let on = periodic::on(periodic.as_deref());
        let outputs = self.settings.outputs.join(" and ");
        let (threads, isa) = (plural(self.machine.threads, "thread"), self.machine.isa);
        write!(
            f,
            "{kernel} in {dimension} dimensions{on}, {outputs} to {tolerance:e}, {cloud} cloud, {precision}, {isa}, {threads}"
        )
    }
}

//! What a run will need.

use crate::config::InitialConfig;
use crate::snapshot::Snapshot;
use crate::vortex_particles::{Core, VortexRing};
use crate::{Config, Inputs, Result, Simulation, stepper};

/// What a run will need, without running it.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Number of particles.
    pub n: usize,
    /// Steps.
    pub steps: u64,
    /// Drift evaluations of the whole run.
    pub evaluations: u64,
    /// Whether that, the memory and the time are the least that there can be: with `time.adaptive`, as if every step were
    /// taken in one piece, since how many sub-steps there will be only the run can tell.
    pub at_least: bool,
    /// Bytes held while running: particles, plan and buffers.
    pub bytes: usize,
    /// Bytes of one snapshot.
    pub snapshot_bytes: usize,
    /// Seconds for the whole run on this machine, scaled from a short trial.
    pub seconds: f64,
    /// Threads of the pool that this was called in.
    pub threads: usize,
    /// Instruction set in use.
    pub instruction_set: &'static str,
}

/// Particles of the trial.
const TRIAL: usize = 20_000;

impl Estimate {
    /// What the run will need; measures a short trial of at most 20 000 particles.
    pub fn of<const D: usize>(config: &Config, inputs: &Inputs<D>) -> Result<Estimate> {
        config.check()?;
        let n = count(config, inputs);
        let stepper = stepper::from_config::<D>(config.time.scheme);
        let trial = trial(config, inputs, n)?;
        let scale = n as f64 / trial.n as f64;
        let steps = config.time.steps;
        let checks = match config.field.check_every {
            0 => 0,
            every => steps.div_ceil(every),
        };
        let looks_back = stepper.looks_back();
        let integrals = usize::from(stepper.integrates_noise());
        // Positions and next positions, drift, increments or anticipated drift, and a snapshot being written; circulations
        // twice, strengths, σ.
        let vectors = 4 + integrals + looks_back + (1 + looks_back);
        let scalars = 3 + usize::from(config.model.diffusion_formula().is_some());
        let particle_bytes = 8 * D * vectors + 8 * scalars;
        // In one piece a step asks for the drift at its end too.
        let adaptive = config.time.adaptive.is_some();
        let evaluations = stepper.evaluations() + u64::from(adaptive);
        // Jumps ask for none.
        let more = evaluations.max(1) as f64 / stepper.evaluations().max(1) as f64;
        let step_seconds = more * trial.step_seconds;
        let seconds = steps as f64 * step_seconds + checks as f64 * trial.check_seconds;
        Ok(Self {
            n,
            steps,
            evaluations: evaluations * steps,
            at_least: adaptive,
            bytes: n * particle_bytes + (trial.plan_bytes as f64 * scale) as usize,
            snapshot_bytes: Snapshot::<D>::bytes(n, looks_back),
            seconds: seconds * scale,
            threads: rayon::current_num_threads(),
            instruction_set: lanes::Chosen::detect().set().name(),
        })
    }
}

/// Number of particles of a configuration and its arrays.
pub(crate) fn count<const D: usize>(config: &Config, inputs: &Inputs<D>) -> usize {
    let given = || inputs.positions.as_ref().map_or(0, Vec::len);
    match &config.initial {
        InitialConfig::VortexRings { rings, spacing } => {
            let core = config.model.core().into();
            VortexRing::count(rings, *spacing, core).unwrap_or(0)
        }
        initial => initial.n().unwrap_or_else(given),
    }
}

struct Trial {
    n: usize,
    step_seconds: f64,
    check_seconds: f64,
    plan_bytes: usize,
}

/// Steps a smaller cloud of the same shape; the second step and the second measurement count.
fn trial<const D: usize>(config: &Config, inputs: &Inputs<D>, n: usize) -> Result<Trial> {
    let (mut config, inputs) = smaller(config, inputs, n, TRIAL);
    config.field.check_every = 2;
    config.output.hamiltonian_every = 0;
    config.output.min_distance_every = 0;
    if let Some(adaptive) = config.time.adaptive.take() {
        // As long as others, and no step of it goes wrong.
        config.time.dt = adaptive.shortest(config.time.dt);
    }
    let mut run = Simulation::from_config(config, inputs)?;
    let [_, step, check] = [run.step()?, run.step()?, run.step()?].map(|report| report.seconds);
    Ok(Trial {
        n: run.state().n(),
        step_seconds: step.total,
        check_seconds: check.check,
        plan_bytes: run.plan_report().bytes,
    })
}

/// A configuration and arrays with at most so many of the particles.
pub(crate) fn smaller<const D: usize>(
    config: &Config,
    inputs: &Inputs<D>,
    n: usize,
    most: usize,
) -> (Config, Inputs<D>) {
    let core = config.model.core().into();
    let mut config = config.clone();
    match config.initial.law_mut() {
        InitialConfig::GaussianPatches { n, patches, .. } => *n = most.max(*patches).min(*n),
        InitialConfig::Gaussian { n, .. }
        | InitialConfig::UniformDisc { n, .. }
        | InitialConfig::UniformBall { n, .. }
        | InitialConfig::UniformCube { n, .. }
        | InitialConfig::UniformSquare { n, .. }
        | InitialConfig::UniformBox { n, .. }
        | InitialConfig::Annulus { n, .. }
        | InitialConfig::PowerLaw { n, .. }
        | InitialConfig::Mixture { n, .. }
        | InitialConfig::VortexSheet { n, .. }
        | InitialConfig::Bkw { n, .. }
        | InitialConfig::Dipole { n, .. }
        | InitialConfig::Ring { n, .. } => *n = most.min(*n),
        InitialConfig::VortexRings { rings, spacing } => {
            *spacing = coarser(rings, *spacing, core, most)
        }
        InitialConfig::File { .. } | InitialConfig::QuasiRandom(_) => {}
    }
    let stride = n.div_ceil(most).max(1);
    let positions = inputs.positions.as_deref().map(|x| every(stride, x));
    let from_file = Inputs {
        positions,
        circulations: None,
        costs: inputs.costs,
    };
    let trial_n = count(&config, &from_file);
    let circulations = inputs.circulations.as_deref().map(|m| {
        // A wrong length stays wrong, for the error that a run would give.
        if m.len() == n {
            every(stride, m).into_iter().cycle().take(trial_n).collect()
        } else {
            m.to_vec()
        }
    });
    let inputs = Inputs {
        circulations,
        ..from_file
    };
    (config, inputs)
}

/// A spacing at which the rings are at most so many particles, if there is one: more than twice as far apart, each is as few as it can be.
fn coarser(rings: &[VortexRing], mut spacing: f64, core: Core, most: usize) -> f64 {
    let largest = rings.iter().map(|ring| ring.radius).fold(0.0, f64::max);
    let many = |spacing| VortexRing::count(rings, spacing, core).is_ok_and(|n| n > most);
    while spacing < 2.0 * largest && many(spacing) {
        spacing *= 1.1;
    }
    spacing
}

fn every<T: Copy>(stride: usize, all: &[T]) -> Vec<T> {
    all.iter().copied().step_by(stride).collect()
}

//! What a run will need.

use crate::config::InitialConfig;
use crate::drift::DriftPlan;
use crate::model::{self, NoiseStructure};
use crate::noise::Brownian;
use crate::simulation::StepSeconds;
use crate::snapshot::Snapshot;
use crate::{Config, Inputs, Result, initial, stepper};
use std::time::Instant;

/// What a run will need, without running it.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Number of particles.
    pub n: usize,
    /// Steps.
    pub steps: u64,
    /// Drift evaluations of the whole run.
    pub evaluations: u64,
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

pub(crate) fn estimate(config: &Config, inputs: &Inputs) -> Result<Estimate> {
    config.check()?;
    let n = match (&inputs.positions, config.initial.n()) {
        (_, Some(n)) => n,
        (positions, None) => positions.as_ref().map_or(0, Vec::len),
    };
    let model = model::from_config(&config.model);
    let stepper = stepper::from_config(config.time.scheme);
    let noisy = model.noise() != NoiseStructure::None;
    let trial = trial(config, inputs, n)?;
    let scale = n as f64 / trial.n as f64;
    let steps = config.time.steps;
    let evaluations = stepper.evaluations() * steps;
    let looks_back = usize::from(stepper.looks_back());
    // Positions and next positions, drift, increments or anticipated drift, and a snapshot being written; circulations
    // twice, strengths.
    let vectors = 4 + looks_back + (1 + looks_back);
    let particle_bytes = 16 * vectors + 8 * 3;
    let step_seconds = if noisy { trial.noise_seconds } else { 0.0 };
    let seconds = evaluations as f64 * trial.drift_seconds + steps as f64 * step_seconds;
    Ok(Estimate {
        n,
        steps,
        evaluations,
        bytes: n * particle_bytes + (trial.plan_bytes as f64 * scale) as usize,
        snapshot_bytes: Snapshot::bytes(n, stepper.looks_back()),
        seconds: seconds * scale,
        threads: rayon::current_num_threads(),
        instruction_set: lanes::Chosen::detect().set().name(),
    })
}

struct Trial {
    n: usize,
    drift_seconds: f64,
    noise_seconds: f64,
    plan_bytes: usize,
}

/// One step of a smaller cloud of the same shape, the second time that it is made.
fn trial(config: &Config, inputs: &Inputs, n: usize) -> Result<Trial> {
    let (positions, circulations) = smaller(config, inputs, n)?;
    let n = positions.len();
    let model = model::from_config(&config.model);
    let mut seconds = StepSeconds::default();
    let mut plan = DriftPlan::new(
        &positions,
        model.kernel(),
        model.strengths(&circulations),
        config.field.tolerance,
        &mut seconds,
    )?;
    let mut drift = vec![[0.0; 2]; n];
    plan.field(&mut drift, &mut seconds)?;
    let started = Instant::now();
    plan.move_to(&positions, &mut seconds)?;
    plan.field(&mut drift, &mut seconds)?;
    let drift_seconds = started.elapsed().as_secs_f64();
    let started = Instant::now();
    Brownian::new(config.seed).increments(0, 1.0, &mut drift);
    Ok(Trial {
        n,
        drift_seconds,
        noise_seconds: started.elapsed().as_secs_f64(),
        plan_bytes: plan.report().bytes,
    })
}

/// At most `TRIAL` of the particles.
fn smaller(config: &Config, inputs: &Inputs, n: usize) -> Result<(Vec<[f64; 2]>, Vec<f64>)> {
    let mut config = config.clone();
    match &mut config.initial {
        InitialConfig::GaussianPatches { n, patches, .. } => *n = TRIAL.max(*patches).min(*n),
        InitialConfig::Gaussian { n, .. }
        | InitialConfig::UniformDisc { n, .. }
        | InitialConfig::Dipole { n, .. }
        | InitialConfig::Ring { n, .. } => *n = TRIAL.min(*n),
        InitialConfig::File { .. } => {}
    }
    let stride = n.div_ceil(TRIAL).max(1);
    let positions = inputs.positions.as_deref().map(|x| every(stride, x));
    let trial_n = match (&positions, config.initial.n()) {
        (_, Some(n)) => n,
        (positions, None) => positions.as_ref().map_or(0, Vec::len),
    };
    let circulations = inputs.circulations.as_deref().map(|m| {
        // A wrong length stays wrong, for the error that a run would give.
        if m.len() == n {
            every(stride, m).into_iter().cycle().take(trial_n).collect()
        } else {
            m.to_vec()
        }
    });
    let inputs = Inputs {
        positions,
        circulations,
    };
    initial::particles(&config, inputs)
}

fn every<T: Copy>(stride: usize, all: &[T]) -> Vec<T> {
    all.iter().copied().step_by(stride).collect()
}

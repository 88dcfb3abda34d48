//! The loop: prepare the drift at a state, show the state to the observers, step.

use crate::{Config, Estimate, FieldCheck, Inputs, Law, Observables, Result, Snapshot, State};
use farfield::{PassSeconds, PlanReport};
use std::sync::atomic::AtomicBool;

/// A run that can be stepped, observed, stopped and restarted.
///
/// Runs in the caller's rayon pool; every result is the same for any number of threads.
#[derive(Debug)]
pub struct Simulation {
    config: Config,
}

/// Seconds of one step, by pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct StepSeconds {
    /// Moving the plan to the new positions: sort, tree, lists.
    pub rebuild: f64,
    /// Evaluating the sum.
    pub field: PassSeconds,
    /// Measuring the drift's error.
    pub check: f64,
    /// Drawing the Brownian increments.
    pub noise: f64,
    /// The scheme's update and its safety checks.
    pub update: f64,
    /// Observables.
    pub observe: f64,
    /// The whole step.
    pub total: f64,
}

/// What one step did.
#[derive(Clone, Copy, Debug)]
pub struct StepReport {
    /// Step reached.
    pub step: u64,
    /// Time reached.
    pub time: f64,
    /// Where the time went.
    pub seconds: StepSeconds,
    /// The last measurement of the drift's error, if there was one.
    pub last_check: Option<FieldCheck>,
}

/// What an observer is shown: one state, with its observables.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The run.
    pub simulation: &'a Simulation,
    /// The state.
    pub state: &'a State,
    /// Its sums.
    pub observables: &'a Observables,
    /// How the state was reached; all zero seconds for the state that the run starts from.
    pub report: &'a StepReport,
    /// Whether this is the state that this call of [`Simulation::run`] started from.
    pub first: bool,
    /// Whether this is the last state: all steps made, or a stop asked for.
    pub last: bool,
}

/// Looks at the states of a run.
pub trait Observer {
    /// Called with the first state and after every step; an error ends the run.
    fn observe(&mut self, view: &View) -> Result<()>;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// All steps were made.
    Finished,
    /// A stop was asked for; the step under way was finished.
    Stopped,
}

impl Simulation {
    /// A run at step 0. `inputs` holds the arrays that the configuration takes from files.
    pub fn new(config: Config, inputs: Inputs) -> Result<Self> {
        let _ = inputs;
        config.check()?;
        Ok(Self { config })
    }

    /// Goes on from a snapshot, to the same bits as the run that wrote it. `config` may differ from the snapshot's in
    /// `time.steps`, `[field]` and `[output]` only.
    pub fn resume(config: Config, snapshot: Snapshot) -> Result<Self> {
        let _ = snapshot;
        Ok(Self { config })
    }

    /// What the run will need; measures a short trial of at most 20 000 particles.
    pub fn estimate(config: &Config, inputs: &Inputs) -> Result<Estimate> {
        let _ = (config, inputs);
        unimplemented!()
    }

    /// One time step. After an error the state is the one before the step.
    pub fn step(&mut self) -> Result<StepReport> {
        unimplemented!()
    }

    /// Steps until `time.steps`, or until `stop` becomes true, which ends the run after the step under way. The
    /// observers see the state that the run starts from and the state after every step.
    pub fn run(
        &mut self,
        observers: &mut [&mut dyn Observer],
        stop: &AtomicBool,
    ) -> Result<RunEnd> {
        let _ = (observers, stop);
        unimplemented!()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The particles.
    pub fn state(&self) -> &State {
        unimplemented!()
    }

    /// Sums over the present state.
    pub fn observables(&self) -> &Observables {
        unimplemented!()
    }

    /// Sums over the state at step 0.
    pub fn initial_observables(&self) -> &Observables {
        unimplemented!()
    }

    /// The exact laws that the model has, at the present state.
    pub fn laws(&self) -> Vec<Law> {
        unimplemented!()
    }

    /// The last measurement of the drift's error.
    pub fn last_check(&self) -> Option<FieldCheck> {
        unimplemented!()
    }

    /// The largest measured error since step 0.
    pub fn max_measured_error(&self) -> Option<f64> {
        unimplemented!()
    }

    /// What the plan built last.
    pub fn plan_report(&self) -> PlanReport {
        unimplemented!()
    }

    /// Seconds of all steps made by this object, by pass.
    pub fn seconds(&self) -> &StepSeconds {
        unimplemented!()
    }

    /// Everything that a restart needs.
    pub fn snapshot(&self) -> Snapshot {
        unimplemented!()
    }
}

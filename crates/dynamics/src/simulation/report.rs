//! What a run tells about itself while it goes on.

use super::Simulation;
use crate::drift::add_passes;
use crate::{Collapse, FieldCheck, Observables, Result, State};
use farfield::PassSeconds;

/// Seconds of one step, by pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct StepSeconds {
    /// Moving the plan to the new positions: sort, tree, lists.
    pub rebuild: f64,
    /// Evaluating the sum.
    pub field: PassSeconds,
    /// Measuring the drift's error.
    pub check: f64,
    /// Drawing the Brownian increments; those of sub-steps count as `update`.
    pub noise: f64,
    /// The scheme's update, its safety checks and the laws' bookkeeping; drifts inside the scheme count as `rebuild`
    /// and `field`.
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
pub struct View<'a, const D: usize = 2> {
    /// The run.
    pub simulation: &'a Simulation<D>,
    /// The state.
    pub state: &'a State<D>,
    /// Its sums.
    pub observables: &'a Observables<D>,
    /// How the state was reached; zero seconds for the state that this call of [`Simulation::run`] started from.
    pub report: &'a StepReport,
    /// Whether this is the state that this call of [`Simulation::run`] started from.
    pub first: bool,
    /// Whether this is the last state: all steps made, or a stop asked for.
    pub last: bool,
}

/// Looks at the states of a run.
///
/// ```
/// use farfield_dynamics::config::InitialConfig;
/// use farfield_dynamics::{Config, Inputs, Observer, Result, Simulation, View};
/// use std::sync::atomic::AtomicBool;
///
/// /// The largest distance of a particle from the origin, at every step.
/// struct Extent(Vec<f64>);
///
/// impl Observer for Extent {
///     fn observe(&mut self, view: &View) -> Result<()> {
///         let distances = view.state.positions.iter().map(|[x, y]| x.hypot(*y));
///         self.0.push(distances.fold(0.0, f64::max));
///         Ok(())
///     }
/// }
///
/// let mut config = Config::default();
/// config.initial = InitialConfig::UniformDisc { n: 500, radius: 1.0 };
/// config.time.steps = 3;
/// let mut extent = Extent(vec![]);
/// Simulation::new(config, Inputs::default())?.run(&mut [&mut extent], &AtomicBool::new(false))?;
/// assert!(extent.0.len() == 4 && extent.0[0] <= 1.0);
/// # Ok::<(), farfield_dynamics::Error>(())
/// ```
pub trait Observer<const D: usize = 2> {
    /// Called with the first state and after every step; an error ends the run.
    fn observe(&mut self, view: &View<D>) -> Result<()>;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunEnd<const D: usize = 2> {
    /// All steps were made.
    Finished,
    /// A stop was asked for; the step under way was finished.
    Stopped,
    /// Particles that attract each other have drawn together so far that steps no longer resolve them.
    Collapsed(Collapse<D>),
}

impl StepSeconds {
    /// Adds another step's.
    pub fn add(&mut self, other: &Self) {
        self.rebuild += other.rebuild;
        add_passes(&mut self.field, &other.field);
        self.check += other.check;
        self.noise += other.noise;
        self.update += other.update;
        self.observe += other.observe;
        self.total += other.total;
    }
}

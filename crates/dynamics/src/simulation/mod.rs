//! The loop: prepare the drift at a state, show the state to the observers, step.

mod guard;
mod noise;
mod parted;
mod report;
mod step;
mod substeps;

pub use report::{Observer, RunEnd, StepReport, StepSeconds, View};

use crate::adaptive::Substeps;
use crate::close_pairs::{self, ClosePairs};
use crate::drift::{Choices, DriftPlan, LEAST_WITH_TABLES};
use crate::laws::{Account, Ledger};
use crate::model::{Model, NoiseStructure};
use crate::noise::Brownian;
use crate::snapshot::Progress;
use crate::stepper::Stepper;
use crate::sum::sums;
use crate::{
    Collapse, Config, Error, ErrorKind, Estimate, FieldCheck, Inputs, Law, Observables, PairFlow,
    Result, Snapshot, State, initial, min_distance, model, stepper,
};
use farfield::{Costs, PlanReport};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// A run that can be stepped, observed, stopped and restarted.
///
/// Runs in the caller's rayon pool; every result is the same for any number of threads.
#[derive(Debug)]
pub struct Simulation<const D: usize = 2> {
    config: Config,
    model: Arc<dyn Model<D>>,
    stepper: Box<dyn Stepper<D>>,
    brownian: Brownian,
    plan: DriftPlan<D>,
    state: State<D>,
    progress: Progress<D>,
    observables: Observables<D>,
    equal_circulations: bool,
    circulation_squares: f64,
    /// F at the present state, if `drift_ready`; a function of the state, the configuration and the plan's tolerance.
    drift: Vec<[f64; D]>,
    drift_ready: bool,
    /// Where particles have collapsed, at the present state.
    collapse: Option<Collapse<D>>,
    /// How close pairs move, if they are not left to the scheme.
    pair_flow: Option<PairFlow>,
    /// Those at the present state, if they were looked for.
    pairs: Option<ClosePairs<D>>,
    buffers: Buffers<D>,
    /// Of the step under way.
    step_seconds: StepSeconds,
    seconds: StepSeconds,
}

/// Room for one step.
#[derive(Debug)]
struct Buffers<const D: usize> {
    next: Vec<[f64; D]>,
    /// Empty without noise and close pairs.
    dw: Vec<[f64; D]>,
    /// Empty without noise and close pairs, and for schemes that do not integrate them.
    integrals: Vec<[f64; D]>,
    /// Empty with noise.
    anticipated: Vec<[f64; D]>,
    /// σ of every particle; empty where it is the same everywhere.
    scalars: Vec<f64>,
}

impl Simulation {
    /// A run in the plane at step 0. `inputs` holds what it takes from files beside the configuration.
    pub fn new(config: Config, inputs: Inputs) -> Result<Self> {
        Self::from_config(config, inputs)
    }

    /// [`Estimate::of`] a run in the plane.
    pub fn estimate(config: &Config, inputs: &Inputs) -> Result<Estimate> {
        Estimate::of(config, inputs)
    }
}

impl<const D: usize> Simulation<D> {
    /// A run in `D` dimensions at step 0, where the model of the configuration must be at home.
    pub fn from_config(config: Config, inputs: Inputs<D>) -> Result<Self> {
        let model = model::from_config(&config.model)?;
        Self::with_model(model, config, inputs)
    }

    /// Goes on from a snapshot, to the same bits as the run that wrote it. `config` may differ from the snapshot's in
    /// `time.steps`, `[field]` and `[output]` only; a plan that was tightened stays so unless the tolerance changes, and
    /// the leaf capacity is the snapshot's unless the configuration gives another.
    pub fn resume(config: Config, snapshot: Snapshot<D>) -> Result<Self> {
        let model = model::from_config(&config.model)?;
        Self::resume_with_model(model, config, snapshot)
    }

    /// A run of a [`Model`] of your own, in the place of `config.model`, which only says what the m_i are.
    pub fn with_model(model: Arc<dyn Model<D>>, config: Config, inputs: Inputs<D>) -> Result<Self> {
        config.check()?;
        let costs = inputs.costs;
        let (positions, circulations) = initial::particles(&config, inputs)?;
        let initial = Observables::moments(&positions, &circulations);
        guard::check_moments(&initial)?;
        let progress = Progress {
            plan_tolerance: config.field.tolerance,
            coincident: min_distance::some_coincide(&positions),
            initial,
            ledger: Ledger::default(),
            last_check: None,
            max_measured_error: None,
            substeps: Substeps::default(),
        };
        let state = State {
            step: 0,
            time: 0.0,
            positions,
            circulations,
            previous_drifts: vec![],
        };
        let mut run = Self::with(model, config, state, progress, costs)?;
        run.progress.initial = run.observables;
        Ok(run)
    }

    /// The same of a run [with a model of your own](Self::with_model), which must have the same kind.
    pub fn resume_with_model(
        model: Arc<dyn Model<D>>,
        mut config: Config,
        snapshot: Snapshot<D>,
    ) -> Result<Self> {
        config.check()?;
        if model.kind() != snapshot.model {
            let (kind, allowed) = (model.kind(), format!("'{}'", snapshot.model));
            let allowed = format!("{allowed}, as in the snapshot");
            return Err(Error::value(
                ErrorKind::Config,
                "model.kind",
                format!("'{kind}'"),
                allowed,
            ));
        }
        config.check_continues(&snapshot.config, snapshot.state.step)?;
        let mut progress = snapshot.progress;
        if config.field.tolerance != snapshot.config.field.tolerance {
            progress.plan_tolerance = config.field.tolerance;
        }
        let field = &mut config.field;
        field.leaf_capacity = field.leaf_capacity.or(snapshot.config.field.leaf_capacity);
        field.wide_core = field.wide_core.or(snapshot.config.field.wide_core);
        // Tables cannot give a tolerance that was not asked for before.
        field.wide_core = field
            .wide_core
            .filter(|&wide| !wide || field.tolerance >= LEAST_WITH_TABLES);
        field.grid = field.grid.or(snapshot.config.field.grid);
        Self::with(model, config, snapshot.state, progress, None)
    }

    /// The same run with a scheme of your own, in the place of `time.scheme`; to be said before its first step, and again where it goes on
    /// from a snapshot. Close pairs are left to it unless it [takes them](Stepper::takes_pairs).
    ///
    /// ```
    /// use farfield_dynamics::config::{Circulations, Config, Core, InitialConfig, ModelConfig};
    /// use farfield_dynamics::stepper::{Drift, End, Start, Stepper};
    /// use farfield_dynamics::{Inputs, Result, Simulation};
    ///
    /// /// The midpoint rule, without noise: X + dt F(X + dt/2 F(X)).
    /// #[derive(Debug)]
    /// struct Midpoint;
    ///
    /// impl Stepper for Midpoint {
    ///     fn name(&self) -> &'static str {
    ///         "midpoint"
    ///     }
    ///     fn strong_order(&self) -> f64 {
    ///         2.0
    ///     }
    ///     fn weak_order(&self) -> f64 {
    ///         2.0
    ///     }
    ///     fn evaluations(&self) -> u64 {
    ///         2
    ///     }
    ///     fn step(&self, start: &Start, drift: &mut dyn Drift, end: End) -> Result<f64> {
    ///         let ahead = |by: f64, f: &[[f64; 2]]| -> Vec<[f64; 2]> {
    ///             let moved = start.positions.iter().zip(f);
    ///             moved.map(|(x, f)| [0, 1].map(|a| x[a] + by * f[a])).collect()
    ///         };
    ///         let mut middle = start.drift.to_vec();
    ///         drift.at(&ahead(0.5 * start.dt, start.drift), &mut middle)?;
    ///         end.positions.copy_from_slice(&ahead(start.dt, &middle));
    ///         if let Some(anticipated) = end.anticipated {
    ///             anticipated.copy_from_slice(&middle);
    ///         }
    ///         Ok(1.0) // dt (F(X_{n+1}) − F(middle)) is more than the error of the step
    ///     }
    /// }
    ///
    /// let mut config = Config::default();
    /// config.initial = InitialConfig::Ring { n: 6, radius: 1.0 };
    /// config.model = ModelConfig::Vortex { viscosity: 0.0, circulations: Circulations::Unit, core: Core::None, periodic: None };
    /// config.time.dt = 0.1;
    /// let mut run = Simulation::new(config, Inputs::default())?.with_stepper(Box::new(Midpoint));
    /// run.step()?;
    /// assert!(run.laws().iter().all(|law| law.z.abs() <= 1.0)); // the hexagon turns, and stays what it is
    /// # Ok::<(), farfield_dynamics::Error>(())
    /// ```
    pub fn with_stepper(mut self, stepper: Box<dyn Stepper<D>>) -> Self {
        let noisy = !self.quiet();
        self.pair_flow = self
            .pair_flow
            .filter(|_| close_pairs::are_taken(&*stepper, noisy));
        let moved = !self.quiet() || self.pair_flow.is_some();
        let wanted = moved && stepper.integrates_noise();
        let n = if wanted { self.state.n() } else { 0 };
        self.buffers.integrals = vec![[0.0; D]; n];
        self.stepper = stepper;
        self
    }

    fn with(
        model: Arc<dyn Model<D>>,
        config: Config,
        state: State<D>,
        progress: Progress<D>,
        costs: Option<Costs>,
    ) -> Result<Self> {
        let started = Instant::now();
        let n = state.n();
        let m = &state.circulations;
        let room = |wanted: bool| vec![[0.0; D]; if wanted { n } else { 0 }];
        let noisy = model.noise() != NoiseStructure::None;
        model.confinement().check(&state.positions)?;
        let local = model.noise() == NoiseStructure::Scalars;
        let mut scalars = vec![0.0; if local { n } else { 0 }];
        if local {
            model.spreads(&state.positions, &mut scalars)?;
        }
        let mut step_seconds = StepSeconds::default();
        let strengths = model.strengths(m);
        let tolerance = progress.plan_tolerance;
        let stepper = stepper::from_config(config.time.scheme);
        if config.time.two_body == Some(true) {
            close_pairs::check(&*model, &*stepper)?;
        }
        let pair_flow = model.pair_flow().filter(|flow| {
            let close = !flow.turns && flow.s > 0.0 && config.time.adaptive.is_none();
            config.time.two_body.unwrap_or(close) && close_pairs::are_taken(&*stepper, noisy)
        });
        let moved = model.noise().coefficient().is_some() || pair_flow.is_some();
        let choices = Choices {
            leaf_capacity: config.field.leaf_capacity,
            wide_core: config.field.wide_core,
            grid: config.field.grid,
            costs,
        };
        let mut run = Self {
            plan: DriftPlan::new(
                &state.positions,
                model.clone(),
                strengths,
                tolerance,
                choices,
                &mut step_seconds,
            )?,
            brownian: Brownian::new(config.seed).halved(config.time.path_halvings),
            observables: Observables::moments(&state.positions, m),
            equal_circulations: m.iter().all(|x| *x == m[0]),
            circulation_squares: sums(n, |i| [m[i] * m[i]])[0],
            drift: room(true),
            drift_ready: false,
            collapse: None,
            pair_flow,
            pairs: None,
            buffers: Buffers {
                next: room(true),
                dw: room(moved),
                integrals: room(moved && stepper.integrates_noise()),
                anticipated: room(!noisy),
                scalars,
            },
            step_seconds,
            seconds: StepSeconds::default(),
            config,
            model,
            stepper,
            state,
            progress,
        };
        let made = run.plan.choices();
        run.config.field.leaf_capacity = made.leaf_capacity;
        run.config.field.wide_core = made.wide_core;
        run.config.field.grid = made.grid;
        run.observe()?;
        run.find_collapse(false);
        run.close(started);
        Ok(run)
    }

    /// One time step. After an error the state is the last good one.
    pub fn step(&mut self) -> Result<StepReport> {
        let started = Instant::now();
        self.step_seconds = StepSeconds::default();
        self.prepare()?;
        let (errors, stuck) = match self.config.time.adaptive {
            Some(adaptive) => (None, self.advance_in_substeps(adaptive)?),
            None => (Some(self.advance()?), false),
        };
        self.observe()?;
        self.find_collapse(stuck);
        if let Some(errors) = errors.filter(|_| self.quiet()) {
            self.keep_budget(errors)?;
        }
        self.close(started);
        Ok(self.report())
    }

    /// Steps until `time.steps`, or until particles collapse, or until `stop` becomes true, which ends the run after the step under way. The
    /// observers see the state that the run starts from and the state after every step.
    pub fn run(
        &mut self,
        observers: &mut [&mut dyn Observer<D>],
        stop: &AtomicBool,
    ) -> Result<RunEnd<D>> {
        let mut report = StepReport {
            seconds: StepSeconds::default(),
            ..self.report()
        };
        let mut first = true;
        loop {
            let stopped = stop.load(Ordering::SeqCst);
            let finished = self.state.step >= self.config.time.steps;
            let view = View {
                simulation: self,
                state: &self.state,
                observables: &self.observables,
                report: &report,
                first,
                last: finished || stopped || self.collapse.is_some(),
            };
            for observer in observers.iter_mut() {
                observer.observe(&view)?;
            }
            if let Some(collapse) = self.collapse {
                return Ok(RunEnd::Collapsed(collapse));
            }
            if finished {
                return Ok(RunEnd::Finished);
            }
            if stopped {
                return Ok(RunEnd::Stopped);
            }
            report = self.step()?;
            first = false;
        }
    }

    /// The configuration, with the leaf capacity in use.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The particles.
    pub fn state(&self) -> &State<D> {
        &self.state
    }

    /// Sums over the present state.
    pub fn observables(&self) -> &Observables<D> {
        &self.observables
    }

    /// Sums over the state at step 0.
    pub fn initial_observables(&self) -> &Observables<D> {
        &self.progress.initial
    }

    /// The exact laws that the model has, at the present state.
    pub fn laws(&self) -> Vec<Law> {
        self.model.laws(&Account {
            n: self.state.n(),
            equal_circulations: self.equal_circulations,
            coincident: self.progress.coincident,
            circulation_squares: self.circulation_squares,
            initial: &self.progress.initial,
            now: &self.observables,
            ledger: &self.progress.ledger,
        })
    }

    /// Where particles have collapsed, if they have: steps from this state mean nothing.
    pub fn collapse(&self) -> Option<Collapse<D>> {
        self.collapse
    }

    /// The last measurement of the drift's error.
    pub fn last_check(&self) -> Option<FieldCheck> {
        self.progress.last_check
    }

    /// The largest measured error since step 0 of a drift that was used.
    pub fn max_measured_error(&self) -> Option<f64> {
        self.progress.max_measured_error
    }

    /// Sub-steps since step 0; `None` where steps are of length dt.
    pub fn substeps(&self) -> Option<Substeps> {
        self.config.time.adaptive.map(|_| self.progress.substeps)
    }

    /// What the plan built last.
    pub fn plan_report(&self) -> PlanReport {
        self.plan.report()
    }

    /// Seconds of this object so far, by pass; `total` is that of its steps and of its start.
    pub fn seconds(&self) -> &StepSeconds {
        &self.seconds
    }

    /// Everything that a restart needs.
    pub fn snapshot(&self) -> Snapshot<D> {
        Snapshot {
            model: self.model.kind().into(),
            config: self.config.clone(),
            state: self.state.clone(),
            progress: self.progress,
        }
    }
}

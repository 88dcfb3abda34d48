//! The parts of a step.

use super::guard::Guard;
use super::parted::{Exchanged, Parted};
use super::{Simulation, StepReport, StepSeconds};
use crate::close_pairs::{ClosePairs, Composed};
use crate::collapse::Cluster;
use crate::drift::DriftPlan;
use crate::laws::{QuietStep, VirialCheck};
use crate::model::NoiseStructure;
use crate::oracle::{self, Measured};
use crate::stepper::{self, End, Noise, Start};
use crate::{Collapse, Observables, Result};
use farfield::VerifyReport;
use std::time::Instant;

impl<const D: usize> Simulation<D> {
    pub(super) fn quiet(&self) -> bool {
        self.model.noise() == NoiseStructure::None
    }

    /// Steps between two values of the energy; 0 where there is no potential.
    fn energy_every(&self) -> u64 {
        match self.model.has_potential() {
            true => self.config.output.hamiltonian_every,
            false => 0,
        }
    }

    pub(super) fn report(&self) -> StepReport {
        StepReport {
            step: self.state.step,
            time: self.state.time,
            seconds: self.step_seconds,
            last_check: self.progress.last_check,
        }
    }

    pub(super) fn close(&mut self, started: Instant) {
        self.step_seconds.total = started.elapsed().as_secs_f64();
        self.seconds.add(&self.step_seconds);
    }

    /// Makes sure that the drift at the present state is there, within the tolerance.
    ///
    /// Whether the potential is evaluated with it, and whether it is measured, depends on the step alone: a run that
    /// goes on from a snapshot then computes the same bits.
    pub(super) fn prepare(&mut self) -> Result<()> {
        if self.drift_ready {
            return Ok(());
        }
        let (step, field) = (self.state.step, &self.config.field);
        let with_potential = due(step, self.energy_every());
        let positions = &self.state.positions;
        self.plan.move_to(positions, &mut self.step_seconds)?;
        let mut subject = Prepared {
            positions,
            plan: &mut self.plan,
            drift: &mut self.drift,
            with_potential,
            potential: vec![],
            seconds: &mut self.step_seconds,
        };
        subject.evaluate()?;
        if due(step, field.check_every) {
            let check = oracle::hold(&mut subject, field, step, self.config.seed)?;
            let most = self.progress.max_measured_error.unwrap_or(0.0);
            self.progress.max_measured_error = Some(most.max(check.measured_error));
            self.progress.last_check = Some(check);
        }
        let potential = subject.with_potential.then_some(subject.potential);
        self.measure(potential.as_deref());
        let confinement = self.model.confinement();
        confinement.confine(&self.state.positions, &mut self.drift);
        self.progress.plan_tolerance = self.plan.tolerance();
        self.drift_ready = true;
        Ok(())
    }

    /// Energy and virial of the present state, from the interaction at its particles, which is all that `drift` holds yet.
    fn measure(&mut self, potential: Option<&[f64]>) {
        if let Some(potential) = potential {
            self.add_energy(potential);
            let (sums, x) = (&mut self.observables, &self.state.positions);
            self.model.measure(sums, x, &self.drift);
        }
        let tolerance = self.plan.tolerance();
        let known = self.model.virial(self.state.n(), &self.observables);
        let checked = known.filter(|_| potential.is_some() && !self.progress.coincident);
        if checked.is_none() && !self.follows_virial() {
            return;
        }
        let sums = &mut self.observables;
        sums.add_virial(&self.state.positions, &self.drift, tolerance);
        let (Some(expected), Some(measured)) = (checked, sums.virial) else {
            return;
        };
        let error = sums.virial_error + self.model.virial_error(sums);
        self.progress.ledger.virial.check(VirialCheck {
            expected,
            measured,
            error,
        });
    }

    /// The energy of the present state, from the potentials at its particles.
    fn add_energy(&mut self, potential: &[f64]) {
        let (state, tolerance) = (&self.state, self.plan.tolerance());
        let sums = &mut self.observables;
        sums.confinement = self.model.confinement().energy(&state.positions, sums);
        self.model
            .add_energy(sums, &state.circulations, potential, tolerance);
    }

    /// Where particles are at one place, what the kernel says of the virial is not what it is.
    pub(super) fn follows_virial(&self) -> bool {
        let known = || self.model.virial(self.state.n(), &self.observables);
        self.model.follows_virial() || (self.progress.coincident && known().is_some())
    }

    /// Whether particles have collapsed: to less than steps of dt resolve, or, unless those go no further, sub-steps.
    pub(super) fn find_collapse(&mut self, stuck: bool) {
        let started = Instant::now();
        let time = &self.config.time;
        let shortest = match time.adaptive.filter(|_| !stuck) {
            Some(adaptive) => adaptive.shortest(time.dt),
            None => time.dt,
        };
        let positions = &self.state.positions;
        let found = self.cluster(positions, shortest);
        self.collapse = found.map(|cluster| Collapse {
            step: self.state.step,
            time: self.state.time,
            particles: cluster.particles,
            mass: cluster.particles as f64 / positions.len() as f64,
            centre: cluster.centre,
            side: cluster.side,
        });
        self.step_seconds.observe += started.elapsed().as_secs_f64();
    }

    /// Particles that steps of this length do not resolve.
    pub(super) fn cluster(&self, positions: &[[f64; D]], dt: f64) -> Option<Cluster<D>> {
        let rule = self.model.collapsible(positions.len(), dt)?;
        rule.find(positions, self.model.periodic())
    }

    /// Makes the step.
    pub(super) fn advance(&mut self) -> Result<StepErrors> {
        let dt = self.config.time.dt;
        let mut noise = self.draw_noise(dt)?;
        let spread = self.spread(dt);
        let started = Instant::now();
        let k = self.model.confinement().stiffness().unwrap_or(0.0);
        let variation = self.variation(dt, k)?;
        let parted = self.part(&mut noise);
        let followed = [dt, self.plan.tolerance(), self.plan.gradient_norm()];
        // With noise, a first step that takes the drift for the one before is Euler's: it has no stage where particles meet that are no pair.
        let previous = &self.state.previous_drifts;
        let first = self.pair_flow.is_some() && !self.quiet() && previous.is_empty();
        let looks_back = if first { self.stepper.looks_back() } else { 0 };
        let same: Vec<_> = (0..looks_back).map(|_| self.drift.clone()).collect();
        let start = Start {
            positions: &self.state.positions,
            drift: &self.drift,
            previous_drifts: if first { &same } else { previous },
            dt,
            stiffness: k,
            noise: noise.map(|coefficient| Noise {
                coefficient,
                dw: &self.buffers.dw,
                integrals: &self.buffers.integrals,
            }),
        };
        let way = parted
            .as_ref()
            .map_or(0.0, |parted| parted.longest(self.plan.strengths()));
        let guard = Guard::new(&self.state, self.observables.second_moment, spread, way);
        let (plan, mut inside) = (&mut self.plan, StepSeconds::default());
        let confinement = self.model.confinement();
        let mut drift = |x: &[[f64; D]], out: &mut [[f64; D]]| {
            guard.check(x)?;
            plan.move_to(x, &mut inside)?;
            plan.field(out, &mut inside)?;
            confinement.confine(x, out);
            if let Some(parted) = &parted {
                parted.pairs.take_from(out, x, plan.strengths());
            }
            Ok(())
        };
        let anticipated = &mut self.buffers.anticipated;
        let end = End {
            positions: &mut self.buffers.next,
            anticipated: (!anticipated.is_empty()).then_some(anticipated),
        };
        let coefficient = self.stepper.step(&start, &mut drift, end)?;
        let composed = parted.as_ref().map_or(Composed::default(), |parted| {
            let (x, strengths) = (&self.state.positions, self.plan.strengths());
            parted.compose(x, strengths, dt, noise.unwrap_or(1.0), &mut self.buffers)
        });
        let mut ledger = self.progress.ledger;
        if self.model.noise() == NoiseStructure::Jumps {
            let pieces = self.brownian.pieces(self.state.step, dt);
            self.model
                .jump(&pieces, &mut self.buffers.next, &mut ledger)?;
        }
        let formula = || confinement.check(&self.state.positions);
        let bad = |error| formula().err().unwrap_or(error);
        guard.check(&self.buffers.next).map_err(bad)?;
        let n = self.state.n();
        self.model
            .follow(&mut ledger, &self.observables, n, followed);
        self.progress.ledger = ledger;
        self.commit(dt, parted, &composed);
        let left = (-k * dt).exp();
        self.progress.ledger.variation.add(&variation, left);
        let elapsed = started.elapsed().as_secs_f64();
        self.step_seconds.update += elapsed - inside.rebuild - inside.field.total;
        self.step_seconds.add(&inside);
        Ok(StepErrors {
            coefficient,
            of_pairs: composed.change.sqrt(),
        })
    }

    /// The new positions become the state.
    fn commit(&mut self, dt: f64, parted: Option<Parted<D>>, composed: &Composed) {
        let state = &mut self.state;
        state.step += 1;
        state.time = state.step as f64 * dt;
        let time = state.time;
        std::mem::swap(&mut state.positions, &mut self.buffers.next);
        let next = self.close_pairs();
        let now = parted.as_ref().map(|parted| &parted.pairs);
        let virial_of =
            |pairs: &ClosePairs<D>| pairs.virial(&self.buffers.next, self.plan.strengths());
        let of_pairs = now.map_or(0.0, virial_of);
        let exchanged = self.exchange(now, next.as_ref());
        stepper::keep(
            self.stepper.looks_back(),
            &mut self.state.previous_drifts,
            &mut self.drift,
        );
        self.drift_ready = false;
        let followed = self.observables.virial.filter(|_| self.follows_virial());
        let quiet = self.quiet();
        let ledger = &mut self.progress.ledger;
        let k = self.model.confinement().stiffness().unwrap_or(0.0);
        if let Some(virial) = followed {
            ledger.virial.follow(dt, k, virial - of_pairs, quiet);
            let Exchanged { parted, new } = exchanged;
            ledger
                .virial
                .follow_pairs(dt, k, composed.work, parted, new);
        }
        ledger.add(dt, time, k, &self.observables);
        if let (Some(parted), false) = (parted, self.buffers.anticipated.is_empty()) {
            let (x, strengths) = (&self.state.positions, self.plan.strengths());
            let anticipated = &mut self.buffers.anticipated;
            parted.pairs.give_back(anticipated, x, strengths);
        }
        self.pairs = next;
    }

    /// The observables of the present state, with those that are due.
    pub(super) fn observe(&mut self) -> Result<()> {
        let started = Instant::now();
        let output = &self.config.output;
        let (step, last) = (self.state.step, self.state.step == self.config.time.steps);
        let energy_every = self.energy_every();
        let wanted = |every| due(step, every) || (last && every > 0);
        let (positions, circulations) = (&self.state.positions, &self.state.circulations);
        let hamiltonian = wanted(energy_every);
        self.observables = Observables::moments(positions, circulations);
        if wanted(output.min_distance_every) && self.model.periodic().is_none() {
            self.observables.add_min_distance(positions);
        }
        self.model.measure(&mut self.observables, positions, &[]);
        self.step_seconds.observe += started.elapsed().as_secs_f64();
        if due(step, energy_every) {
            self.prepare()?;
        } else if hamiltonian {
            // Not from `prepare`: a longer run would not evaluate the potential here.
            self.measure_energy()?;
        }
        Ok(())
    }

    /// The energy of the present state, and what comes with it, whether it is due or not.
    pub(crate) fn measure_energy(&mut self) -> Result<()> {
        let positions = &self.state.positions;
        self.plan.move_to(positions, &mut self.step_seconds)?;
        let found = self.plan.potential(&mut self.step_seconds)?;
        self.add_energy(&found.potential);
        let (sums, x) = (&mut self.observables, &self.state.positions);
        self.model.measure(sums, x, &found.field);
        Ok(())
    }

    /// Adds the step that led to the present state to the budget of the conserved quantities.
    pub(super) fn keep_budget(&mut self, errors: StepErrors) -> Result<()> {
        self.prepare()?;
        let started = Instant::now();
        self.progress.ledger.budget.add(&QuietStep {
            dt: self.config.time.dt,
            tolerance: self.plan.tolerance(),
            drift: &self.drift,
            anticipated: &self.buffers.anticipated,
            error_coefficient: errors.coefficient,
            pair_error: errors.of_pairs,
            circulations: &self.state.circulations,
            circulation_squares: self.circulation_squares,
            observables: &self.observables,
        });
        self.step_seconds.update += started.elapsed().as_secs_f64();
        Ok(())
    }
}

/// How wrong a step may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepErrors {
    /// Of the scheme's local error, see [`End::anticipated`].
    coefficient: f64,
    /// ‖.‖₂ of what the flow of close pairs may lack.
    of_pairs: f64,
}

fn due(step: u64, every: u64) -> bool {
    every > 0 && step.is_multiple_of(every)
}

/// A drift under preparation.
struct Prepared<'a, const D: usize> {
    positions: &'a [[f64; D]],
    plan: &'a mut DriftPlan<D>,
    drift: &'a mut [[f64; D]],
    with_potential: bool,
    potential: Vec<f64>,
    seconds: &'a mut StepSeconds,
}

impl<const D: usize> Prepared<'_, D> {
    fn evaluate(&mut self) -> Result<()> {
        if self.with_potential {
            self.potential = self.plan.field_and_potential(self.drift, self.seconds)?;
            return Ok(());
        }
        self.plan.field(self.drift, self.seconds)
    }
}

impl<const D: usize> Measured for Prepared<'_, D> {
    fn plan_tolerance(&self) -> f64 {
        self.plan.tolerance()
    }
    fn least_tolerance(&self) -> f64 {
        self.plan.least_tolerance()
    }
    fn scale(&self) -> f64 {
        self.plan.scale()
    }
    fn measure(&mut self, samples: usize, salt: u64) -> Result<VerifyReport> {
        self.plan.verify(self.drift, samples, salt, self.seconds)
    }
    fn tighten(&mut self, tolerance: f64) -> Result<()> {
        self.plan.rebuild(self.positions, tolerance, self.seconds)?;
        self.evaluate()
    }
}

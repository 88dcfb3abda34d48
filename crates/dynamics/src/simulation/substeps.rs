//! A step in sub-steps.

use super::guard::Guard;
use super::{Simulation, StepSeconds};
use crate::adaptive::{self, Closest, Path, Point, Substep, Substeps, Walk};
use crate::config::{Adaptive, Core};
use crate::laws::QuietStep;
use crate::{ErrorKind, Observables, Result};
use std::cell::Cell;
use std::time::Instant;

impl<const D: usize> Simulation<D> {
    /// Makes the step; whether it ended in particles that have collapsed, at the time that the ledger has then. The laws' integrals are
    /// taken over sub-steps.
    pub(super) fn advance_in_substeps(&mut self, adaptive: Adaptive) -> Result<bool> {
        let structure = self.model.noise();
        adaptive::check(&*self.stepper, structure)?;
        let started = Instant::now();
        let (dt, step, quiet) = (self.config.time.dt, self.state.step, self.quiet());
        let coefficient = structure.coefficient();
        let spread = coefficient.map_or(0.0, |c| c * dt.sqrt());
        let guard = Guard::new(&self.state, self.observables.second_moment, spread, 0.0);
        let singular = *self.config.model.core() == Core::None;
        let confinement = self.model.confinement();
        let k = confinement.stiffness().unwrap_or(0.0);
        let walk = Walk {
            adaptive,
            stepper: &*self.stepper,
            closest: Closest::new(&*self.model, self.plan.strengths(), singular),
            noise: coefficient.map(|coefficient| Path {
                brownian: &self.brownian,
                coefficient,
            }),
            step,
            dt,
            stiffness: k,
        };
        let follows = self.follows_virial();
        let tolerance = self.plan.tolerance();
        let (m, squares) = (&self.state.circulations, self.circulation_squares);
        let (plan, mut inside) = (&mut self.plan, StepSeconds::default());
        // Of the interaction where it was asked for last, which is at the end of every sub-step.
        let virial = Cell::new(None);
        let mut drift = |x: &[[f64; D]], out: &mut [[f64; D]]| {
            guard.check(x)?;
            plan.move_to(x, &mut inside)?;
            plan.field(out, &mut inside)?;
            if follows {
                let mut sums = Observables::moments(x, m);
                sums.add_virial(x, out, tolerance);
                virial.set(sums.virial);
            }
            confinement.confine(x, out);
            Ok(())
        };
        let (mut ledger, mut sums) = (self.progress.ledger, self.observables);
        let mut taken = |substep: &Substep<D>| {
            let Substep { dt, end, .. } = *substep;
            ledger.add(dt, ledger.time + dt, k, &sums);
            let before = sums.virial;
            sums = Observables::moments(&end.positions, m);
            if let (Some(before), Some(after)) = (before, virial.get()) {
                ledger.virial.follow_between(dt, k, [before, after]);
                sums.virial = Some(after);
            }
            if quiet {
                ledger.budget.add(&QuietStep {
                    dt,
                    tolerance,
                    drift: &end.drift,
                    anticipated: substep.anticipated,
                    error_coefficient: substep.coefficient,
                    pair_error: 0.0,
                    circulations: m,
                    circulation_squares: squares,
                    observables: &sums,
                });
            }
        };
        let start = Point {
            positions: self.state.positions.clone(),
            drift: self.drift.clone(),
        };
        let made = walk.run(start, &mut drift, &mut taken);
        let (end, counts, collapsed) = match made {
            Ok((end, counts)) => (end, counts, false),
            Err(stuck) => {
                let (error, point) = *stuck;
                confinement.check(&point.positions)?;
                let too_long = matches!(error.kind(), ErrorKind::Unresolved | ErrorKind::BlowUp);
                if !too_long || self.cluster(&point.positions, dt).is_none() {
                    return Err(error);
                }
                (point, Substeps::default(), true)
            }
        };
        self.state.step += 1;
        self.state.time = self.state.step as f64 * dt;
        self.state.positions = end.positions;
        self.progress.ledger = ledger;
        if !collapsed {
            self.progress.ledger.time = self.state.time;
        }
        self.progress.substeps.add(&counts);
        self.drift_ready = false;
        let elapsed = started.elapsed().as_secs_f64();
        self.step_seconds.update += elapsed - inside.rebuild - inside.field.total;
        self.step_seconds.add(&inside);
        Ok(collapsed)
    }
}

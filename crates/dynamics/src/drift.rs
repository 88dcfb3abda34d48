//! The model's drift through a plan, with the time that it takes.

use crate::model::Model;
use crate::oracle::FLOOR;
use crate::simulation::StepSeconds;
use crate::{Error, ErrorKind, Result, sums};
use farfield::{Costs, Options, Outputs, PassSeconds, PlanReport, Sums, VerifyReport};
use std::sync::Arc;
use std::time::Instant;

/// A plan that follows the particles. Its sums are the interaction; what holds the particles together is added to them.
#[derive(Debug)]
pub(crate) struct DriftPlan<const D: usize> {
    plan: Box<dyn sums::Sums<D>>,
    model: Arc<dyn Model<D>>,
    strengths: Vec<f64>,
    tolerance: f64,
    /// Open where the plan has a grid: wherever there is none it decides anew.
    wide_core: Option<bool>,
    on_grid: bool,
}

/// The smallest tolerance for a core that is taken as a wide one.
pub(crate) const LEAST_WITH_TABLES: f64 = 1e-10;

/// What the bits of a plan depend on, beside its positions; what is open is chosen at its first ones, the leaf capacity by the costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    pub(crate) leaf_capacity: Option<usize>,
    pub(crate) wide_core: Option<bool>,
    pub(crate) grid: Option<bool>,
    pub(crate) costs: Option<Costs>,
}

impl Choices {
    fn options(self, tolerance: f64) -> Options {
        let mut options = Options::tolerance(tolerance);
        if let Some(wide) = self.wide_core {
            options = options.wide_cores(wide);
        }
        if let Some(grid) = self.grid {
            options = options.grid(grid);
        }
        match (self.leaf_capacity, self.costs) {
            (Some(points), _) => options.leaf_capacity(points),
            (None, Some(costs)) => options.costs(costs),
            (None, None) => options,
        }
    }
}

impl<const D: usize> DriftPlan<D> {
    pub(crate) fn new(
        positions: &[[f64; D]],
        model: Arc<dyn Model<D>>,
        strengths: Vec<f64>,
        tolerance: f64,
        choices: Choices,
        seconds: &mut StepSeconds,
    ) -> Result<Self> {
        let started = Instant::now();
        let plan = model.plan(positions, choices.options(tolerance))?;
        seconds.rebuild += started.elapsed().as_secs_f64();
        let report = plan.report();
        Ok(Self {
            wide_core: choices
                .wide_core
                .or((!report.on_grid).then_some(report.wide_core)),
            on_grid: report.on_grid,
            plan,
            model,
            strengths,
            tolerance,
        })
    }

    /// The tolerance that the plan was built with.
    pub(crate) fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// w_j.
    pub(crate) fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    /// The smallest one that a plan like it takes.
    pub(crate) fn least_tolerance(&self) -> f64 {
        let of_tables = if self.wide_core == Some(true) {
            LEAST_WITH_TABLES
        } else {
            0.0
        };
        self.plan.least_tolerance().max(of_tables).max(FLOOR)
    }

    /// What a neighbour at the mean distance of the particles does on a torus; 0 elsewhere.
    pub(crate) fn scale(&self) -> f64 {
        let Some(sides) = self.model.periodic() else {
            return 0.0;
        };
        let n = self.strengths.len() as f64;
        let squares: f64 = self.strengths.iter().map(|w| w * w).sum();
        // By the largest side, as of a square or cube.
        let largest = sides.iter().copied().fold(0.0, f64::max);
        let filled: f64 = sides.iter().map(|side| side / largest).product();
        let root = |x: f64| x.powf((D as f64).recip());
        let distance = largest * root(filled) / root(n);
        (squares / n).sqrt() * self.model.size_at(distance)
    }

    /// What the plan was made with, nothing open.
    pub(crate) fn choices(&self) -> Choices {
        Choices {
            leaf_capacity: Some(self.plan.leaf_capacity()),
            wide_core: self.wide_core,
            grid: Some(self.on_grid),
            costs: None,
        }
    }

    pub(crate) fn report(&self) -> PlanReport {
        self.plan.report()
    }

    /// Follows the particles.
    pub(crate) fn move_to(
        &mut self,
        positions: &[[f64; D]],
        seconds: &mut StepSeconds,
    ) -> Result<()> {
        let started = Instant::now();
        self.plan.move_to(positions)?;
        seconds.rebuild += started.elapsed().as_secs_f64();
        Ok(())
    }

    /// Builds the plan again with another tolerance and the same choices, which are what a restart knows.
    pub(crate) fn rebuild(
        &mut self,
        positions: &[[f64; D]],
        tolerance: f64,
        seconds: &mut StepSeconds,
    ) -> Result<()> {
        let strengths = std::mem::take(&mut self.strengths);
        let choices = self.choices();
        *self = Self::new(
            positions,
            self.model.clone(),
            strengths,
            tolerance,
            choices,
            seconds,
        )?;
        Ok(())
    }

    /// The A_i of the noise, where the interaction was last asked for.
    pub(crate) fn matrices(&self) -> Result<&[[[f64; D]; D]]> {
        let (n, all) = (self.strengths.len(), self.plan.matrices());
        all.filter(|all| all.len() == n).ok_or_else(|| {
            let value = format!("{} matrices", all.map_or(0, <[_]>::len));
            let allowed = format!("{n}, one a particle");
            Error::value(ErrorKind::Field, "matrices of the noise", value, allowed)
        })
    }

    /// ‖∇F‖₂ of the interaction that was last asked for, where the laws want it.
    pub(crate) fn gradient_norm(&self) -> f64 {
        self.plan.gradient_norm()
    }

    /// The interaction at the plan's positions.
    pub(crate) fn field(&mut self, out: &mut [[f64; D]], seconds: &mut StepSeconds) -> Result<()> {
        let started = Instant::now();
        let mut passes = self.plan.field_into(&self.strengths, out)?;
        passes.total = started.elapsed().as_secs_f64();
        add_passes(&mut seconds.field, &passes);
        Ok(())
    }

    /// Interaction and potential at the plan's positions.
    pub(crate) fn field_and_potential(
        &self,
        out: &mut [[f64; D]],
        seconds: &mut StepSeconds,
    ) -> Result<Vec<f64>> {
        let started = Instant::now();
        let mut all = self.plan.evaluate(&self.strengths, Outputs::BOTH)?;
        let sums = all.sums.remove(0);
        out.copy_from_slice(&sums.field);
        all.seconds.total = started.elapsed().as_secs_f64();
        add_passes(&mut seconds.field, &all.seconds);
        Ok(sums.potential)
    }

    /// The potential at the plan's positions, and the interaction where it comes with it.
    pub(crate) fn potential(&self, seconds: &mut StepSeconds) -> Result<Sums<f64, D>> {
        let started = Instant::now();
        let mut all = self.plan.evaluate(&self.strengths, Outputs::POTENTIAL)?;
        all.seconds.total = started.elapsed().as_secs_f64();
        add_passes(&mut seconds.field, &all.seconds);
        Ok(all.sums.remove(0))
    }

    /// Measures the error of an interaction that this plan gave.
    pub(crate) fn verify(
        &self,
        drift: &[[f64; D]],
        samples: usize,
        salt: u64,
        seconds: &mut StepSeconds,
    ) -> Result<VerifyReport> {
        let started = Instant::now();
        let samples = samples.min(drift.len());
        let report = self
            .plan
            .verify_field(&self.strengths, drift, samples, salt)?;
        seconds.check += started.elapsed().as_secs_f64();
        Ok(report)
    }
}

/// sum += passes.
pub(crate) fn add_passes(sum: &mut PassSeconds, passes: &PassSeconds) {
    sum.permute += passes.permute;
    sum.upward += passes.upward;
    sum.downward += passes.downward;
    sum.leaves += passes.leaves;
    sum.total += passes.total;
}

//! The right-hand side: velocity, stretching and the growth of the core, from one plan.

use super::rows::{self, COMPONENTS, Row, row, split};
use super::{Core, Stretching, Viscosity};
use crate::sum::{dot, sums};
use crate::sums::Sums;
use farfield::{
    Evaluation, Options, Outputs, PassSeconds, Plan, PlanReport, Result, VectorKernel3d,
    VerifyReport,
};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// dX_i/dt = u(X_i), dα_i/dt by the stretching scheme, dδ²/dt = 4ν where cores spread; through a plan that follows the particles and their
/// core.
#[derive(Debug)]
pub(crate) struct Rates {
    plan: Plan<f64, VectorKernel3d, 3>,
    /// What it was made with, nothing open.
    options: Options,
    start: Core,
    /// That of the plan.
    core: Core,
    stretching: Stretching,
    core_rate: f64,
    positions: Vec<[f64; 3]>,
    strengths: Vec<[f64; 3]>,
    /// The bits of ‖∇u‖₂.
    gradient: AtomicU64,
}

impl Rates {
    pub(crate) fn new(
        rows: &[Row],
        start: Core,
        stretching: Stretching,
        viscosity: Viscosity,
        options: Options,
    ) -> Result<Self> {
        let core_rate = viscosity.core_rate();
        let core = rows::core(rows, start, core_rate != 0.0);
        let [mut positions, mut strengths] = [0, 1].map(|_| vec![[0.0; 3]; rows.len()]);
        split(rows, &mut positions, &mut strengths);
        let options = options.outputs(Outputs::GRADIENT);
        let plan = Plan::new(&positions, core.kernel(), options.clone())?;
        let options = options.leaf_capacity(plan.leaf_capacity());
        let report = plan.report();
        let mut options = options.grid(report.on_grid);
        if !report.on_grid {
            options = options.wide_cores(report.wide_core);
        }
        Ok(Self {
            options,
            plan,
            start,
            core,
            stretching,
            core_rate,
            positions,
            strengths,
            gradient: AtomicU64::new(0),
        })
    }

    /// The rates; and ψ·α of every particle, its own ψ among it, where potentials are asked for.
    fn at(&self, outputs: Outputs, out: &mut [Row]) -> Result<(Vec<f64>, PassSeconds)> {
        let mut all = self.plan.evaluate(&[&self.strengths], outputs)?;
        let found = all.sums.remove(0);
        let alpha = &self.strengths;
        let stretched = outputs.gradient;
        let particles = out.par_iter_mut().enumerate().with_min_len(4096);
        particles.for_each(|(i, out)| {
            let rate = match stretched {
                true => self.stretching.rate(&found.gradient[i], alpha[i]),
                false => [0.0; 3],
            };
            *out = row(found.field[i], rate, self.core_rate);
        });
        if stretched {
            let of = |i: usize| found.gradient[i].map(|row| dot(row, row));
            let squares: f64 = sums(alpha.len(), of).into_iter().sum();
            let norm = squares.sqrt().to_bits();
            self.gradient.store(norm, Ordering::Relaxed);
        }
        let own = self.core.own_potential();
        let product = |(alpha, psi): (&[f64; 3], [f64; 3])| {
            dot(*alpha, [0, 1, 2].map(|a| psi[a] + own * alpha[a]))
        };
        let potential = alpha.iter().zip(found.potential).map(product).collect();
        Ok((potential, all.seconds))
    }
}

impl Sums<COMPONENTS> for Rates {
    fn move_to(&mut self, rows: &[Row]) -> Result<()> {
        split(rows, &mut self.positions, &mut self.strengths);
        let core = rows::core(rows, self.start, self.core_rate != 0.0);
        if core == self.core {
            return self.plan.move_to(&self.positions);
        }
        self.plan = Plan::new(&self.positions, core.kernel(), self.options.clone())?;
        self.core = core;
        Ok(())
    }

    fn field_into(&mut self, _: &[f64], out: &mut [Row]) -> Result<PassSeconds> {
        let (_, seconds) = self.at(Outputs::GRADIENT, out)?;
        Ok(seconds)
    }

    /// With potentials alone come the velocities, but no stretching.
    fn evaluate(&self, _: &[f64], outputs: Outputs) -> Result<Evaluation<f64, COMPONENTS>> {
        let mut field = vec![[0.0; COMPONENTS]; self.positions.len()];
        let wanted = Outputs {
            field: true,
            potential: outputs.potential,
            gradient: outputs.field,
        };
        let (potential, seconds) = self.at(wanted, &mut field)?;
        let sums = farfield::Sums {
            field,
            potential,
            gradient: vec![],
        };
        Ok(Evaluation {
            sums: vec![sums],
            seconds,
        })
    }

    /// Of the velocity.
    fn verify_field(
        &self,
        _: &[f64],
        field: &[Row],
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport> {
        let velocity: Vec<_> = field.iter().map(rows::position).collect();
        self.plan
            .verify_field(&self.strengths, &velocity, samples, salt)
    }

    fn gradient_norm(&self) -> f64 {
        f64::from_bits(self.gradient.load(Ordering::Relaxed))
    }

    fn report(&self) -> PlanReport {
        let mut report = self.plan.report();
        report.bytes += size_of_val(&self.positions[..]) + size_of_val(&self.strengths[..]);
        report
    }

    fn leaf_capacity(&self) -> usize {
        self.plan.leaf_capacity()
    }

    fn least_tolerance(&self) -> f64 {
        Plan::<f64, VectorKernel3d, 3>::least_tolerance(self.plan.kernel(), self.plan.options())
            .expect("those of a plan")
    }
}

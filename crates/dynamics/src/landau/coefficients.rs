//! The drift 2B and the matrices A of the noise, from one plan.

use super::Dimension;
use crate::sums::{Sums, no_potential};
use farfield::landau::{Landau, LandauSums};
use farfield::{Evaluation, Options, Outputs, PassSeconds, PlanReport, Result, VerifyReport};
use rayon::prelude::*;
use std::time::Instant;

/// A plan with its sums where it was last asked for them.
#[derive(Debug)]
pub(crate) struct Coefficients<const D: usize>
where
    (): Dimension<D>,
{
    kernel: Landau,
    plan: <() as Dimension<D>>::Plan,
    sums: LandauSums<D>,
}

impl<const D: usize> Coefficients<D>
where
    (): Dimension<D>,
{
    pub(crate) fn new(velocities: &[[f64; D]], kernel: Landau, options: Options) -> Result<Self> {
        Ok(Self {
            kernel,
            plan: <()>::plan(velocities, kernel, options)?,
            sums: LandauSums {
                a: vec![],
                b: vec![],
            },
        })
    }
}

impl<const D: usize> Sums<D> for Coefficients<D>
where
    (): Dimension<D>,
{
    fn move_to(&mut self, velocities: &[[f64; D]]) -> Result<()> {
        <()>::move_to(&mut self.plan, velocities)
    }

    /// 2B; all its time counts as that of the leaves.
    fn field_into(&mut self, weights: &[f64], out: &mut [[f64; D]]) -> Result<PassSeconds> {
        let started = Instant::now();
        <()>::sums_into(&self.plan, weights, &mut self.sums)?;
        let both = out.par_iter_mut().zip(&self.sums.b).with_min_len(4096);
        both.for_each(|(out, b)| *out = b.map(|b| 2.0 * b));
        let total = started.elapsed().as_secs_f64();
        Ok(PassSeconds {
            leaves: total,
            total,
            ..PassSeconds::default()
        })
    }

    fn matrices(&self) -> Option<&[[[f64; D]; D]]> {
        Some(&self.sums.a)
    }

    fn evaluate(&self, _: &[f64], _: Outputs) -> Result<Evaluation<f64, D>> {
        no_potential("landau")
    }

    /// The larger error of A and B as they were last summed, which gave the field.
    fn verify_field(
        &self,
        weights: &[f64],
        _: &[[f64; D]],
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport> {
        <()>::verify(&self.plan, weights, &self.sums, samples, salt)
    }

    fn report(&self) -> PlanReport {
        let sums = size_of_val(&self.sums.a[..]) + size_of_val(&self.sums.b[..]);
        let mut report = <()>::report(&self.plan);
        report.bytes += sums;
        report
    }

    fn leaf_capacity(&self) -> usize {
        <()>::leaf_capacity(&self.plan)
    }

    fn least_tolerance(&self) -> f64 {
        <()>::least_tolerance(self.kernel)
    }
}

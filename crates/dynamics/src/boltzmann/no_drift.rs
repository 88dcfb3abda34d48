//! What stands for the sums of a model without a drift.

use crate::sums::{Sums, no_potential};
use farfield::{Evaluation, Outputs, PassSeconds, PlanReport, Result, VerifyReport};

/// The field 0, exactly.
#[derive(Debug)]
pub(crate) struct NoDrift {
    pub(crate) n: usize,
}

impl<const D: usize> Sums<D> for NoDrift {
    fn move_to(&mut self, _: &[[f64; D]]) -> Result<()> {
        Ok(())
    }
    fn field_into(&mut self, _: &[f64], out: &mut [[f64; D]]) -> Result<PassSeconds> {
        out.fill([0.0; D]);
        Ok(PassSeconds::default())
    }
    fn evaluate(&self, _: &[f64], _: Outputs) -> Result<Evaluation<f64, D>> {
        no_potential("boltzmann")
    }
    fn verify_field(
        &self,
        _: &[f64],
        _: &[[f64; D]],
        samples: usize,
        _: u64,
    ) -> Result<VerifyReport> {
        Ok(VerifyReport {
            samples,
            measured_error: 0.0,
            error_bound: 0.0,
            confidence: 1.0,
            root_mean_square: 0.0,
        })
    }
    fn report(&self) -> PlanReport {
        PlanReport {
            n_sources: self.n,
            n_targets: self.n,
            leaf_capacity: 1,
            instruction_set: lanes::Chosen::detect().set().name(),
            ..PlanReport::default()
        }
    }
    fn leaf_capacity(&self) -> usize {
        1
    }
    fn least_tolerance(&self) -> f64 {
        1e-14
    }
}

//! A plan of any kernel with strengths that are numbers, which is all that a drift needs.

use farfield::{
    Error, ErrorKind, Evaluation, Kernel, Outputs, PassSeconds, Plan, PlanReport, Result,
    VerifyReport,
};
use std::fmt::Debug;

/// The sums u_i = Σ_j w_j K(x_i − x_j) of a kernel, as [`Plan`] takes them: positions, strengths and sums are one a particle, in the user's
/// order and unit, and errors are those of the plan. Of one's own they may be anything that the particles' places tell.
pub trait Sums<const D: usize = 2>: Debug + Send + Sync {
    /// Follows the particles.
    fn move_to(&mut self, positions: &[[f64; D]]) -> Result<()>;
    /// Fields at the particles.
    fn field_into(&mut self, strengths: &[f64], out: &mut [[f64; D]]) -> Result<PassSeconds>;
    /// Fields, potentials, or both; fields may come with potentials alone, for [`Model::measure`](crate::model::Model::measure).
    fn evaluate(&self, strengths: &[f64], outputs: Outputs) -> Result<Evaluation<f64, D>>;
    /// The error of fields at sampled particles, against the direct sum.
    fn verify_field(
        &self,
        strengths: &[f64],
        field: &[[f64; D]],
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport>;
    /// Where the noise of particle i is √2 A_i^{1/2} dB_i ([`NoiseStructure::Matrices`](crate::model::NoiseStructure)), the A_i at the
    /// particles, one each, as of the last fields: symmetric, with no eigenvalue below 0 but for rounding.
    fn matrices(&self) -> Option<&[[[f64; D]; D]]> {
        None
    }
    /// ‖∇F‖₂ over all particles as of the last fields, where the model's laws want it ([`Model::follow`](crate::model::Model::follow)); else 0.
    fn gradient_norm(&self) -> f64 {
        0.0
    }
    /// What the plan tells about itself.
    fn report(&self) -> PlanReport;
    /// Particles in a cell above which it is split.
    fn leaf_capacity(&self) -> usize;
    /// The smallest tolerance that a plan of this kernel takes.
    fn least_tolerance(&self) -> f64;
}

/// The error where potentials are asked of a model that has none.
pub(crate) fn no_potential<T>(kind: &str) -> Result<T> {
    Err(Error::new(
        ErrorKind::Argument,
        "outputs",
        "potential",
        format!("field, as there is no potential of {kind}"),
    ))
}

impl<K, const D: usize> Sums<D> for Plan<f64, K, D>
where
    K: Kernel<D, Strength<f64> = f64>,
{
    fn move_to(&mut self, positions: &[[f64; D]]) -> Result<()> {
        self.move_to(positions)
    }
    fn field_into(&mut self, strengths: &[f64], out: &mut [[f64; D]]) -> Result<PassSeconds> {
        Plan::field_into(self, strengths, out)
    }
    fn evaluate(&self, strengths: &[f64], outputs: Outputs) -> Result<Evaluation<f64, D>> {
        self.evaluate(&[strengths], outputs)
    }
    fn verify_field(
        &self,
        strengths: &[f64],
        field: &[[f64; D]],
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport> {
        self.verify_field(strengths, field, samples, salt)
    }
    fn report(&self) -> PlanReport {
        self.report()
    }
    fn leaf_capacity(&self) -> usize {
        self.leaf_capacity()
    }
    fn least_tolerance(&self) -> f64 {
        Self::least_tolerance(self.kernel(), self.options()).expect("those of a plan")
    }
}

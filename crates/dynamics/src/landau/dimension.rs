//! What the plane and space have of their own.

use farfield::landau::{Landau, LandauPlan, LandauSums};
use farfield::{Options, PlanReport, Result, VerifyReport};
use std::fmt::Debug;

/// Implemented by `()` for 2 and 3.
pub trait Dimension<const D: usize> {
    /// The plan of A and B.
    type Plan: Debug + Send + Sync;

    /// A plan at these velocities.
    fn plan(velocities: &[[f64; D]], kernel: Landau, options: Options) -> Result<Self::Plan>;
    /// Follows the velocities.
    fn move_to(plan: &mut Self::Plan, velocities: &[[f64; D]]) -> Result<()>;
    /// A and B.
    fn sums_into(plan: &Self::Plan, weights: &[f64], sums: &mut LandauSums<D>) -> Result<()>;
    /// The larger of the measured errors of A and B, on velocities chosen by `salt`.
    fn verify(
        plan: &Self::Plan,
        weights: &[f64],
        sums: &LandauSums<D>,
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport>;
    /// What the plan tells about itself.
    fn report(plan: &Self::Plan) -> PlanReport;
    /// Velocities in a cell above which it is split.
    fn leaf_capacity(plan: &Self::Plan) -> usize;
    /// The smallest tolerance of such plans.
    fn least_tolerance(kernel: Landau) -> f64;
}

macro_rules! dimension {
    ($D:literal) => {
        impl Dimension<$D> for () {
            type Plan = LandauPlan<$D>;

            fn plan(at: &[[f64; $D]], kernel: Landau, options: Options) -> Result<Self::Plan> {
                LandauPlan::new(at, kernel, options)
            }
            fn move_to(plan: &mut Self::Plan, velocities: &[[f64; $D]]) -> Result<()> {
                plan.move_to(velocities)
            }
            fn sums_into(
                plan: &Self::Plan,
                weights: &[f64],
                sums: &mut LandauSums<$D>,
            ) -> Result<()> {
                plan.sums_into(weights, sums)
            }
            fn verify(
                plan: &Self::Plan,
                weights: &[f64],
                sums: &LandauSums<$D>,
                samples: usize,
                salt: u64,
            ) -> Result<VerifyReport> {
                plan.verify_sums(weights, sums, samples, salt)
            }
            fn report(plan: &Self::Plan) -> PlanReport {
                plan.report()
            }
            fn leaf_capacity(plan: &Self::Plan) -> usize {
                plan.leaf_capacity()
            }
            fn least_tolerance(kernel: Landau) -> f64 {
                LandauPlan::<$D>::least_tolerance(kernel)
            }
        }
    };
}
dimension!(2);
dimension!(3);

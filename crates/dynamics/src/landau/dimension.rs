//! What the plane and space have of their own.

use super::root;
use crate::noise::Brownian;
use farfield::landau::{Landau, LandauPlan, LandauSums};
use farfield::{Options, Result, VerifyReport};
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
    fn sums(plan: &Self::Plan, weights: &[f64], sums: &mut LandauSums<D>) -> Result<()>;
    /// The larger of the measured errors of A and B.
    fn verify(plan: &Self::Plan, weights: &[f64], samples: usize) -> Result<VerifyReport>;
    /// ΔB of every particle.
    fn increments(brownian: &Brownian, step: u64, dt: f64, out: &mut [[f64; D]]);
    /// The symmetric square root of a matrix whose eigenvalues are at least 0, but for rounding.
    fn root(a: &[[f64; D]; D]) -> [[f64; D]; D];
}

macro_rules! dimension {
    ($D:literal, $increments:ident, $root:ident) => {
        impl Dimension<$D> for () {
            type Plan = LandauPlan<$D>;

            fn plan(at: &[[f64; $D]], kernel: Landau, options: Options) -> Result<Self::Plan> {
                LandauPlan::new(at, kernel, options)
            }
            fn move_to(plan: &mut Self::Plan, velocities: &[[f64; $D]]) -> Result<()> {
                plan.move_to(velocities)
            }
            fn sums(plan: &Self::Plan, weights: &[f64], sums: &mut LandauSums<$D>) -> Result<()> {
                plan.sums_into(weights, sums)
            }
            fn verify(plan: &Self::Plan, weights: &[f64], samples: usize) -> Result<VerifyReport> {
                plan.verify(weights, samples)
            }
            fn increments(brownian: &Brownian, step: u64, dt: f64, out: &mut [[f64; $D]]) {
                brownian.$increments(step, dt, out);
            }
            fn root(a: &[[f64; $D]; $D]) -> [[f64; $D]; $D] {
                root::$root(a)
            }
        }
    };
}
dimension!(2, increments, in_plane);
dimension!(3, increments_in_space, in_space);

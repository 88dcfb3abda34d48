//! No scheme: the model jumps.

use super::{Drift, End, Start, Stepper};
use crate::Result;

/// X_{n+1} = X_n, after which the model makes the jumps of the step ([`Model::jump`](crate::model::Model::jump)); for models without a drift.
///
/// The jumps are exact in law, so the orders are formal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jumps;

impl<const C: usize> Stepper<C> for Jumps {
    fn name(&self) -> &'static str {
        "jumps"
    }
    fn strong_order(&self) -> f64 {
        1.0
    }
    fn weak_order(&self) -> f64 {
        1.0
    }
    fn evaluations(&self) -> u64 {
        0
    }
    fn takes_jumps(&self) -> bool {
        true
    }
    fn step(&self, start: &Start<C>, _: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        end.positions.copy_from_slice(start.positions);
        Ok(0.0)
    }
}

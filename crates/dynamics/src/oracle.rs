//! The drift's error, measured and held.

use bincode::{Decode, Encode};

/// One measurement of the drift's relative ℓ2 error.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub struct FieldCheck {
    /// Step at which the drift was evaluated.
    pub step: u64,
    /// Estimate of ‖F − F_exact‖₂/‖F_exact‖₂ over all particles.
    pub measured_error: f64,
    /// The true error is at most this with probability [`confidence`](Self::confidence).
    pub error_bound: f64,
    /// Probability that the bound holds.
    pub confidence: f64,
    /// Tolerance that the plan was built with: the user's, or less after tightening.
    pub plan_tolerance: f64,
}

//! Sums over the particles.

use bincode::{Decode, Encode};

/// What is measured of one state. Sums run in a fixed order, so they do not depend on the threads.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub struct Observables {
    /// X̄ = (1/N) Σ X_i.
    pub centre: [f64; 2],
    /// S = Σ |X_i − X̄|².
    pub second_moment: f64,
    /// Σ m_i.
    pub circulation: f64,
    /// Σ m_i X_i.
    pub impulse: [f64; 2],
    /// Σ m_i |X_i|².
    pub angular_impulse: f64,
    /// H = Σ_{i<j} m_i m_j log r_ij (with a Gaussian core log r + ½E₁(r²/δ²)), where it was asked for.
    pub hamiltonian: Option<f64>,
    /// min_{i<j} |X_i − X_j|, where it was asked for and N ≥ 2.
    pub min_distance: Option<f64>,
}

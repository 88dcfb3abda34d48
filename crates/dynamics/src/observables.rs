//! Sums over the particles.

use crate::min_distance;
use crate::sum::sums;
use bincode::{Decode, Encode};
use std::f64::consts::PI;

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
    /// Σ m_i² |X_i|².
    pub weighted_squares: f64,
    /// H = Σ_{i<j} m_i m_j log r_ij (with a Gaussian core log r + ½E₁(r²/δ²)), where it was asked for.
    pub hamiltonian: Option<f64>,
    /// What the tolerance of the potential can change in H; 0 without H.
    pub hamiltonian_error: f64,
    /// min_{i<j} |X_i − X_j|, where it was asked for and N ≥ 2.
    pub min_distance: Option<f64>,
}

impl Observables {
    /// The moments of a state; H and the smallest distance are left out.
    pub fn moments(positions: &[[f64; 2]], circulations: &[f64]) -> Self {
        let n = positions.len();
        let [x, y, m, mx, my, mr2, m2r2] = sums(n, |i| {
            let ([x, y], m) = (positions[i], circulations[i]);
            let r2 = x * x + y * y;
            [x, y, m, m * x, m * y, m * r2, m * m * r2]
        });
        let centre = [x / n as f64, y / n as f64];
        let [second_moment] = sums(n, |i| {
            let [x, y] = [positions[i][0] - centre[0], positions[i][1] - centre[1]];
            [x * x + y * y]
        });
        Self {
            centre,
            second_moment,
            circulation: m,
            impulse: [mx, my],
            angular_impulse: mr2,
            weighted_squares: m2r2,
            hamiltonian: None,
            hamiltonian_error: 0.0,
            min_distance: None,
        }
    }

    /// Adds H from the stream function ψ_i = −(1/2πN) Σ_{j≠i} m_j log r_ij, whose relative ℓ2 error is at most
    /// `tolerance`: H = ½ Σ_i m_i Σ_{j≠i} m_j log r_ij = −πN Σ_i m_i ψ_i, and an error δψ changes it by at most
    /// πN ‖m‖₂ ‖δψ‖₂.
    pub fn add_hamiltonian(&mut self, circulations: &[f64], potential: &[f64], tolerance: f64) {
        let n = circulations.len();
        let [product, m2, psi2] = sums(n, |i| {
            let (m, psi) = (circulations[i], potential[i]);
            [m * psi, m * m, psi * psi]
        });
        self.hamiltonian = Some(-PI * n as f64 * product);
        self.hamiltonian_error = PI * n as f64 * tolerance * (m2 * psi2).sqrt();
    }

    /// Adds the smallest distance between two particles, by an exact search in O(N log N).
    pub fn add_min_distance(&mut self, positions: &[[f64; 2]]) {
        self.min_distance = min_distance::min_distance(positions);
    }
}

//! `model.angle` and `model.scheme` of the Boltzmann equation.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The law of σ, the direction of the relative velocity after a collision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Angle {
    /// Uniform on the sphere (`"uniform"`).
    Uniform,
    /// At this angle from the relative velocity before, above 0 and below π (`{ theta = 0.1 }`).
    Theta(f64),
}

impl Angle {
    /// ⟨1 − σ·k⟩ and ⟨1 − (σ·k)²⟩ with k the direction of the relative velocity before, in d dimensions.
    pub(crate) fn moments(self, dimension: usize) -> [f64; 2] {
        match self {
            Self::Uniform => [1.0, 1.0 - (dimension as f64).recip()],
            Self::Theta(theta) => [2.0 * (0.5 * theta).sin().powi(2), theta.sin().powi(2)],
        }
    }
}

/// Which of two particles a collision changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Collisions {
    /// Both.
    Kac,
    /// One.
    Nanbu,
}

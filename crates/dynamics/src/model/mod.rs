//! Drift, noise structure and exact laws of a particle system; one model a file.

mod vortex;

pub use vortex::Vortex;

use crate::config::ModelConfig;
use crate::laws::{Account, Law};
use farfield::Kernel2d;
use std::fmt::Debug;

/// The noise term of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoiseStructure {
    /// None: an ordinary differential equation.
    None,
    /// `coefficient · dB_i`, the same for all particles, places and times; Itô and Stratonovich agree.
    Additive {
        /// √(2σ).
        coefficient: f64,
    },
}

/// A first-order system dX_i = Σ_j w_j K(X_i − X_j) dt + noise.
pub trait Model: Debug + Send + Sync {
    /// `model.kind` in the configuration.
    fn kind(&self) -> &'static str;

    /// K; the drift is a plan's field for this kernel.
    fn kernel(&self) -> Kernel2d;

    /// The strengths w_j that the plan takes, from the circulations m_j.
    fn strengths(&self, circulations: &[f64]) -> Vec<f64>;

    /// The noise term.
    fn noise(&self) -> NoiseStructure;

    /// The exact laws of this model, at the state that the account describes.
    fn laws(&self, account: &Account) -> Vec<Law>;
}

/// The model of a configuration.
pub fn from_config(config: &ModelConfig) -> Box<dyn Model> {
    match *config {
        ModelConfig::Vortex {
            viscosity,
            ref core,
            ..
        } => Box::new(Vortex::new(viscosity, core)),
    }
}

//! How the velocities change.

use crate::{Error, ErrorKind, Result};

/// How the velocities change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LandauSettings {
    /// γ, from −d to 1.
    pub gamma: f64,
    /// Length of a step of Euler and Maruyama's scheme (weak order 1, Itô), above 0.
    pub dt: f64,
    /// Relative ℓ2 error that A and B may have; 1e-5 by default. Not looked at for γ = 0.
    pub tolerance: f64,
    /// Seed of the Brownian motions; 0 by default.
    pub seed: u64,
}

impl LandauSettings {
    /// Steps of length `dt`, everything else at its default.
    pub fn new(gamma: f64, dt: f64) -> Self {
        Self {
            gamma,
            dt,
            tolerance: 1e-5,
            seed: 0,
        }
    }

    /// The step; γ and the tolerance are checked by the plan.
    pub(super) fn check(&self) -> Result<()> {
        if self.dt > 0.0 && self.dt.is_finite() {
            return Ok(());
        }
        let allowed = "finite and above 0";
        Err(Error::value(ErrorKind::Config, "dt", self.dt, allowed))
    }
}

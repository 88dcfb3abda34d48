//! How the particles move.

use super::{Core, Stretching, Viscosity};
use crate::config::Scheme;
use crate::{Error, ErrorKind, Result};

/// How vortex particles move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VortexSettings {
    /// Length of a step, above 0.
    pub dt: f64,
    /// Scheme in time; RK4 by default. Brownian viscosity needs one that takes noise.
    pub scheme: Scheme,
    /// ‖u − u_exact‖₂ ≤ tolerance·‖u_exact‖₂ for the velocity, see [`farfield::Guarantee::Calibrated`]; 1e-6 by default.
    pub tolerance: f64,
    /// Which scheme stretches; the classical one by default, which keeps impulse and energy better where cores overlap.
    pub stretching: Stretching,
    /// How vorticity diffuses; not at all by default.
    pub viscosity: Viscosity,
    /// Seed of the Brownian motions, 0 to 2⁶³ − 1; 0 by default.
    pub seed: u64,
}

impl VortexSettings {
    /// Steps of length `dt`, everything else at its default.
    pub fn new(dt: f64) -> Self {
        Self {
            dt,
            scheme: Scheme::Rk4,
            tolerance: 1e-6,
            stretching: Stretching::default(),
            viscosity: Viscosity::None,
            seed: 0,
        }
    }

    /// Every value allowed, also together and with this core.
    pub(super) fn check(&self, core: Core) -> Result<()> {
        if !(self.dt > 0.0 && self.dt.is_finite()) {
            return refuse("dt", self.dt, "finite and above 0");
        }
        if !(1e-14..=0.1).contains(&self.tolerance) {
            return refuse("tolerance", self.tolerance, "1e-14 to 0.1");
        }
        let nu = self.viscosity.nu();
        if !(nu >= 0.0 && nu.is_finite()) {
            return refuse("viscosity.nu", nu, "finite and at least 0");
        }
        if self.scheme == Scheme::Jumps {
            return refuse("scheme", "jumps", "a scheme for a drift");
        }
        match (self.viscosity, core) {
            (Viscosity::Brownian { .. }, _) if nu > 0.0 && !self.scheme.takes_noise() => refuse(
                "scheme",
                format!("{} with Brownian viscosity", self.scheme.name()),
                "euler-maruyama, ab2-maruyama, stochastic-heun, exponential-heun, sra1 or sra3, or another viscosity",
            ),
            (Viscosity::CoreSpreading { .. }, Core::None | Core::Algebraic { .. }) => refuse(
                "viscosity",
                format!("core spreading with core {core:?}"),
                "core spreading with a Gaussian core, which diffusion keeps Gaussian",
            ),
            _ => Ok(()),
        }
    }
}

fn refuse(name: &str, value: impl std::fmt::Display, allowed: &str) -> Result<()> {
    Err(Error::value(ErrorKind::Config, name, value, allowed))
}

//! What changes in time.

use super::Core;
use crate::{Error, ErrorKind, Result};

/// Vortex particles in space: ω(x) ≈ Σ_i α_i ζ_δ(x − X_i). The order is the user's and never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct VortexParticles {
    /// X_i, one a particle.
    pub positions: Vec<[f64; 3]>,
    /// α_i, one a particle: vorticity times volume, or circulation times a piece of vortex line.
    pub strengths: Vec<[f64; 3]>,
    /// ζ_δ, the same for all.
    pub core: Core,
}

impl VortexParticles {
    /// N.
    pub fn n(&self) -> usize {
        self.positions.len()
    }

    /// Errors: no particle or more than 2³² − 1, another number of strengths than of positions, numbers that are not
    /// finite, a core that is not above 0.
    pub fn check(&self) -> Result<()> {
        let n = self.n();
        if n == 0 || n > u32::MAX as usize {
            let value = format!("{n} particles");
            return Err(input("positions", value, "1 to 2^32 - 1"));
        }
        if self.strengths.len() != n {
            let value = format!("{} entries", self.strengths.len());
            let allowed = format!("{n}, one for each position");
            return Err(input("strengths", value, &allowed));
        }
        for (name, all) in [
            ("positions", &self.positions),
            ("strengths", &self.strengths),
        ] {
            if let Some(i) = all.iter().position(|x| !x.iter().all(|x| x.is_finite())) {
                let value = format!("{:?}", all[i]);
                return Err(input(format!("{name}[{i}]"), value, "finite numbers"));
            }
        }
        self.core.check()
    }
}

fn input(name: impl std::fmt::Display, value: String, allowed: &str) -> Error {
    Error::value(ErrorKind::Input, name, value, allowed)
}

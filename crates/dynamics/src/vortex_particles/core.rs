//! What a particle's vorticity is spread over.

use crate::{Error, ErrorKind, Result, config};
use farfield::{AlgebraicCore, BiotSavart3d, GaussianCore, VectorKernel3d};
use std::f64::consts::PI;
use std::ops::RangeInclusive;

/// What δ may be, and how that is told.
pub(crate) const SQUARED: (RangeInclusive<f64>, &str) = (
    1e-140..=1e140,
    "1e-140 to 1e140, as its square is what is kept",
);

/// The core of every particle: ζ_δ with ∫ζ_δ = 1, whose velocity is α × z q/(4π r³), q(r) = 4π ∫₀ʳ ζ_δ s² ds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Core {
    /// None: a point, q = 1. Two that come close move each other without bound.
    None,
    /// ζ = e^{−r²/δ²}/(π^{3/2} δ³), q = erf(r/δ) − (2/√π)(r/δ) e^{−r²/δ²}: what a point becomes by viscosity in the time
    /// δ²/4ν.
    Gaussian {
        /// Its radius δ, above 0.
        delta: f64,
    },
    /// ζ = 3δ²/(4π (r² + δ²)^{5/2}), q = r³/(r² + δ²)^{3/2}: the velocity is α × z/(4π (r² + δ²)^{3/2}) (Rosenhead and
    /// Moore; the *low-order algebraic* core of Winckelmans and Leonard). Its second moment is infinite, so it converges as
    /// δ² log δ, slower than the Gaussian, and plans sum pairs one by one up to δ √(6/tolerance): it is for few particles or
    /// large tolerances.
    Algebraic {
        /// Its radius δ, above 0.
        delta: f64,
    },
}

impl From<&config::Core> for Core {
    fn from(core: &config::Core) -> Self {
        match *core {
            config::Core::None => Self::None,
            config::Core::Gaussian { delta } => Self::Gaussian { delta },
            config::Core::Algebraic { delta } => Self::Algebraic { delta },
        }
    }
}

impl From<Core> for config::Core {
    fn from(core: Core) -> Self {
        match core {
            Core::None => Self::None,
            Core::Gaussian { delta } => Self::Gaussian { delta },
            Core::Algebraic { delta } => Self::Algebraic { delta },
        }
    }
}

impl Core {
    /// δ; 0 without a core.
    pub fn delta(&self) -> f64 {
        match *self {
            Self::None => 0.0,
            Self::Gaussian { delta } | Self::Algebraic { delta } => delta,
        }
    }

    /// The same kind of core with another radius.
    pub(super) fn with_delta(self, delta: f64) -> Self {
        match self {
            Self::None => Self::None,
            Self::Gaussian { .. } => Self::Gaussian { delta },
            Self::Algebraic { .. } => Self::Algebraic { delta },
        }
    }

    /// The kernel of the sum.
    pub(super) fn kernel(self) -> VectorKernel3d {
        let kernel = BiotSavart3d;
        match self {
            Self::None => VectorKernel3d::BiotSavart(kernel),
            Self::Gaussian { delta } => {
                VectorKernel3d::BiotSavartGaussian(GaussianCore { kernel, delta })
            }
            Self::Algebraic { delta } => {
                VectorKernel3d::BiotSavartAlgebraic(AlgebraicCore { kernel, delta })
            }
        }
    }

    /// G_δ(0), where ψ = α G_δ(z) is the vector potential of one particle: 1/(2π^{3/2} δ) or 1/(4π δ). Without a core it is
    /// infinite, and left out.
    pub(super) fn own_potential(&self) -> f64 {
        match *self {
            Self::None => 0.0,
            Self::Gaussian { delta } => 0.5 / (PI.powf(1.5) * delta),
            Self::Algebraic { delta } => 0.25 / (PI * delta),
        }
    }

    /// Whether δ² is kept without loss; not without a core.
    pub(crate) fn has_a_square(&self) -> bool {
        SQUARED.0.contains(&self.delta())
    }

    pub(super) fn check(&self) -> Result<()> {
        let delta = self.delta();
        let refused = |allowed| Err(Error::value(ErrorKind::Input, "core.delta", delta, allowed));
        if *self == Self::None || self.has_a_square() {
            return Ok(());
        }
        if delta > 0.0 && delta.is_finite() {
            return refused(SQUARED.1);
        }
        refused("finite and above 0")
    }
}

//! How vorticity diffuses.

use bincode::{Decode, Encode};

/// How the term νΔω is represented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
pub enum Viscosity {
    /// Not at all.
    #[default]
    None,
    /// dX_i = u dt + √(2ν) dB_i: the mean over many particles diffuses. Keyed by (seed, particle, step, component), so that
    /// it depends neither on threads nor on how many other particles there are. The error of a sum over N particles falls
    /// as N^{−1/2}. (Chorin 1973; in space with stretching along the path, Esposito and Pulvirenti 1989.)
    Brownian {
        /// ν, at least 0.
        nu: f64,
    },
    /// dδ²/dt = 4ν for the Gaussian core, which solves the heat equation exactly: δ²(t) = δ²(0) + 4νt. No noise, but cores
    /// that grow large move as a whole what convection should tear apart: right for times in which δ grows little.
    /// (Leonard, *Vortex methods for flow simulation*, J. Comput. Phys. 37 (1980).)
    CoreSpreading {
        /// ν, at least 0.
        nu: f64,
    },
}

impl Viscosity {
    /// ν.
    pub fn nu(&self) -> f64 {
        match *self {
            Self::None => 0.0,
            Self::Brownian { nu } | Self::CoreSpreading { nu } => nu,
        }
    }

    /// √(2ν) where there is noise.
    pub(crate) fn noise(&self) -> Option<f64> {
        match *self {
            Self::Brownian { nu } if nu > 0.0 => Some((2.0 * nu).sqrt()),
            _ => None,
        }
    }

    /// dδ²/dt.
    pub(crate) fn core_rate(&self) -> f64 {
        match *self {
            Self::CoreSpreading { nu } => 4.0 * nu,
            _ => 0.0,
        }
    }
}

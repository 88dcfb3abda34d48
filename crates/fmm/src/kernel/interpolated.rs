//! The near-field pairs of kernels whose far fields are interpolated, in the plane and in space.

use super::{RadialTables, RieszPair, WholeRieszPair};
use crate::passes::Units;

/// Radial functions that are not harmonic; the hot loops are compiled once for each.
#[derive(Clone, Debug)]
pub enum InterpolatedPair {
    /// φ = 1/r^{s+2}, γ = r^{−s}/s.
    Riesz(RieszPair),
    /// The same for s = 0, whose γ is the logarithm.
    Logarithm(WholeRieszPair<0>),
    /// The same for s = 1.
    Inverse(WholeRieszPair<1>),
    /// The same for s = 2.
    InverseSquare(WholeRieszPair<2>),
    /// Any radial function, from tables.
    Tabulated(RadialTables),
}

impl InterpolatedPair {
    /// Of any power s, in a plan whose unit is 1/`scale` of the user's.
    pub(super) fn riesz(s: f64, scale: f64) -> Self {
        let pair = RieszPair::new(s, scale);
        match s {
            0.0 => Self::Logarithm(WholeRieszPair(pair)),
            1.0 => Self::Inverse(WholeRieszPair(pair)),
            2.0 => Self::InverseSquare(WholeRieszPair(pair)),
            _ => Self::Riesz(pair),
        }
    }

    /// Of its sums, where lengths were multiplied by `scale`.
    pub(crate) fn units_of_sums(&self, scale: f64) -> Units {
        match self.power() {
            Some(power) => Units::new(scale, 0, power.power()),
            None => Units::of_tables(scale, 1.0),
        }
    }

    /// The power, which is the radial function that is interpolated, unless that comes from tables.
    pub(crate) fn power(&self) -> Option<RieszPair> {
        match self {
            Self::Riesz(pair) => Some(*pair),
            Self::Logarithm(WholeRieszPair(pair)) => Some(*pair),
            Self::Inverse(WholeRieszPair(pair)) => Some(*pair),
            Self::InverseSquare(WholeRieszPair(pair)) => Some(*pair),
            Self::Tabulated(_) => None,
        }
    }
}

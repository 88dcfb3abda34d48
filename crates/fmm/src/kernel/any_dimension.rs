//! Kernels in a dimension that is known at run time: what the direct sum takes in any.

use super::{InterpolatedPair, Kernel, RadialKernel, Riesz};
use crate::{Error, Result};
use std::f64::consts::TAU;
use std::str::FromStr;

/// A kernel K(z) = φ(r) z in any dimension d; its name is `coulomb` or `riesz:s=…`, or that of its function.
#[derive(Clone, Debug)]
pub enum KernelNd {
    /// K(z) = −∇g = c_d z/r^d, repulsive, with −Δg = δ₀ and c_d = Γ(d/2)/(2 π^{d/2}), one over the area of the unit sphere:
    /// g = c_d r^{2−d}/(d − 2), which is −r/2 on a line and, as its limit, −log r/(2π) in the plane. In up to 256
    /// dimensions.
    Coulomb,
    /// K(z) = z/r^{s+2}, 0 ≤ s < d.
    Riesz(Riesz),
    /// Any smooth function φ, from the tables of [`RadialKernel`].
    Radial(RadialKernel),
}

/// In more dimensions c_d and r^{−d} leave the range of the numbers for points of a unit cube.
const MOST_OF_COULOMB: usize = 256;

impl KernelNd {
    /// The name that the command line takes.
    pub fn name(&self) -> String {
        match self {
            Self::Coulomb => "coulomb".into(),
            // As in every dimension.
            Self::Riesz(kernel) => Kernel::<2>::name(kernel),
            Self::Radial(kernel) => Kernel::<2>::name(kernel),
        }
    }

    /// Whether it is there in a dimension.
    pub(crate) fn check(&self, dimension: usize) -> Result<()> {
        match self {
            Self::Coulomb if dimension > MOST_OF_COULOMB => {
                let allowed = format!("1 to {MOST_OF_COULOMB} with coulomb");
                Err(Error::argument("dimension", dimension.to_string(), allowed))
            }
            Self::Riesz(kernel) => kernel.check_below(dimension as f64, dimension),
            _ => Ok(()),
        }
    }

    /// Whether it can be summed to a tolerance over points this far apart on every axis, in the user's unit.
    pub(crate) fn check_extent(&self, dimension: usize, side: f64, tolerance: f64) -> Result<()> {
        // Tables are looked at as far as four times an extent; a cube's diagonal is √d sides.
        let extent = side * (0.25 * (dimension as f64).sqrt()).max(1.0);
        match self {
            Self::Radial(kernel) => RadialKernel::check_extent(kernel, extent, tolerance),
            _ => Ok(()),
        }
    }

    /// The pair, with lengths multiplied by `scale`.
    pub(crate) fn pair(&self, dimension: usize, scale: f64) -> InterpolatedPair {
        match self {
            Self::Coulomb => InterpolatedPair::riesz(dimension as f64 - 2.0, scale),
            Self::Riesz(kernel) => InterpolatedPair::riesz(kernel.s, scale),
            Self::Radial(kernel) => InterpolatedPair::Tabulated(kernel.tables(scale)),
        }
    }

    /// By what the sums of the pair are multiplied.
    pub(crate) fn factor(&self, dimension: usize) -> f64 {
        match self {
            Self::Coulomb => coulomb_constant(dimension),
            _ => 1.0,
        }
    }
}

/// c_d = Γ(d/2)/(2 π^{d/2}), from c₁ = 1/2, c₂ = 1/(2π) and c_{k+2} = c_k k/(2π).
fn coulomb_constant(dimension: usize) -> f64 {
    let first = 2 - dimension % 2;
    let least = if first == 1 { 0.5 } else { 1.0 / TAU };
    (first..dimension)
        .step_by(2)
        .fold(least, |c, k| c * (k as f64 / TAU))
}

/// `coulomb` or `riesz:s=…`; whether s is below the dimension shows with the points.
impl FromStr for KernelNd {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split(':').next() {
            Some("riesz") => text.parse().map(Self::Riesz),
            _ if text == "coulomb" => Ok(Self::Coulomb),
            _ => {
                let allowed = "coulomb, riesz:s=NUMBER in any dimension";
                Err(Error::argument("kernel", format!("'{text}'"), allowed))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// One over the areas of the unit spheres: 2, 2π, 4π, 2π², 8π²/3, π³, 16π³/15.
    #[test]
    fn constants() {
        let squared = PI * PI;
        let areas = [
            2.0,
            TAU,
            2.0 * TAU,
            2.0 * squared,
            8.0 / 3.0 * squared,
            PI * squared,
            16.0 / 15.0 * PI * squared,
        ];
        for (k, area) in areas.into_iter().enumerate() {
            assert!((coulomb_constant(k + 1) * area - 1.0).abs() < 1e-15, "{k}");
        }
        assert!(coulomb_constant(MOST_OF_COULOMB).is_finite());
    }
}

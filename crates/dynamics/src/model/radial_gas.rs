//! Gases whose kernel is a formula in the distance.

use super::confined::of_config;
use super::gas::{Gas, Virial};
use super::{Model, NoiseStructure, Trap, plan};
use crate::formula::{Profile, RadialFormula};
use crate::laws::{Account, Law};
use crate::sums::Sums;
use crate::{Error, ErrorKind, Observables, Result};
use farfield::{Kernel, Options, RadialKernel};

/// dX_i = (κ/N) Σ_{j≠i} K(X_i − X_j) dt − ∇V(X_i) dt + √(2σ) dB_i with K(z) = φ(|z|) z, in the plane or in space; φ or its potential g,
/// K = −∇g, is a formula.
///
/// Limit: ∂_t ρ + div(ρ (κ K∗ρ − ∇V)) = σ Δρ. Its energy is that of g; where φ is given, g is its integral, which vanishes at infinity if
/// φ decays faster than 1/r², else at r = 1. Whatever φ is, the virial is followed.
///
/// A singular φ is as good as the steps that pairs are close in: they have no exact flow here, and nothing tells when particles collapse.
#[derive(Clone, Debug)]
pub struct RadialGas {
    strength: f64,
    profile: Profile,
    kernel: RadialKernel,
    gas: Gas,
}

impl RadialGas {
    /// With strength κ. Errors: no formula, or one that is not of r alone.
    pub fn new(strength: f64, profile: &Profile, gas: Gas) -> Result<Self> {
        let kernel = Self::read(profile)?.kernel();
        Ok(Self {
            strength,
            profile: profile.clone(),
            kernel: kernel.map_err(|error| blame(profile, error.into()))?,
            gas,
        })
    }

    pub(crate) fn read(profile: &Profile) -> Result<RadialFormula> {
        let key = format!("model.{}", profile.key());
        RadialFormula::new(&key, profile).map_err(of_config)
    }
}

/// An error about a kernel names the formula that it is from.
fn blame(profile: &Profile, error: Error) -> Error {
    let text = error.to_string();
    let Some(what) = text.strip_prefix("kernel: ") else {
        return error;
    };
    let (key, formula) = (profile.key(), profile.text());
    Error::new(
        ErrorKind::Config,
        format!("model.{key}: '{formula}': {what}"),
    )
}

impl<const D: usize> Model<D> for RadialGas
where
    RadialKernel: Kernel<D, Strength<f64> = f64>,
{
    fn kind(&self) -> &'static str {
        "radial"
    }
    fn plan(&self, positions: &[[f64; D]], options: Options) -> Result<Box<dyn Sums<D>>> {
        let plan = plan(positions, self.kernel.clone(), options, None);
        plan.map_err(|error| blame(&self.profile, error))
    }
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        Gas::strengths(self.strength, circulations.len())
    }
    fn noise(&self) -> NoiseStructure {
        self.gas.noise()
    }
    fn spreads(&self, positions: &[[f64; D]], out: &mut [f64]) -> Result<()> {
        self.gas.diffusion.at(positions, out)
    }
    fn confinement(&self) -> &Trap {
        &self.gas.confinement
    }
    fn add_energy(&self, sums: &mut Observables<D>, _: &[f64], potential: &[f64], tolerance: f64) {
        self.gas.add_energy(sums, potential, tolerance);
    }
    fn follows_virial(&self) -> bool {
        self.gas.follows_virial()
    }
    fn laws(&self, account: &Account<D>) -> Vec<Law> {
        self.gas.laws(account, Virial::Followed)
    }
}

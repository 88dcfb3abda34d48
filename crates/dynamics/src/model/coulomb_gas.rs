//! Coulomb's gas in space.

use super::gas::{Gas, Virial};
use super::{Model, NoiseStructure, Trap, coulomb_in_space, plan};
use crate::PairFlow;
use crate::collapse::Collapsible;
use crate::config::Core;
use crate::laws::{Account, Law};
use crate::sums::Sums;
use crate::{Observables, Result};
use farfield::{Kernel3d, Options};
use std::f64::consts::PI;

/// dX_i = (κ/N) Σ_{j≠i} K(X_i − X_j) dt − ∇V(X_i) dt + √(2σ) dB_i in space with K(z) = z/(4π|z|³), or the same times a radial factor;
/// repulsive for κ > 0.
///
/// Limit: ∂_t ρ + div(ρ (κ K∗ρ − ∇V)) = σ Δρ. At V = k|x|²/2 it fills the ball of radius (κ/(4πk))^{1/3} evenly as σ → 0.
///
/// Without a core z·K(z) = g(z) = 1/(4π|z|), so the virial is twice the energy of the interaction, which is checked where the energy
/// is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct CoulombGas {
    strength: f64,
    kernel: Kernel3d,
    singular: bool,
    gas: Gas,
}

impl CoulombGas {
    /// With strength κ and the given core.
    pub fn new(strength: f64, core: &Core, gas: Gas) -> Self {
        Self {
            strength,
            kernel: coulomb_in_space(core),
            singular: *core == Core::None,
            gas,
        }
    }
}

impl Model<3> for CoulombGas {
    fn kind(&self) -> &'static str {
        "coulomb-gas"
    }
    fn plan(&self, positions: &[[f64; 3]], options: Options) -> Result<Box<dyn Sums<3>>> {
        plan(positions, self.kernel, options, self.gas.sides())
    }
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        Gas::strengths(self.strength, circulations.len())
    }
    fn noise(&self) -> NoiseStructure {
        self.gas.noise()
    }
    fn spreads(&self, positions: &[[f64; 3]], out: &mut [f64]) -> Result<()> {
        self.gas.diffusion.at(positions, out)
    }
    fn periodic(&self) -> Option<[f64; 3]> {
        self.gas.sides()
    }
    fn size_at(&self, distance: f64) -> f64 {
        (4.0 * PI * distance * distance).recip()
    }
    fn pair_flow(&self) -> Option<PairFlow> {
        let flow = PairFlow {
            constant: (4.0 * PI).recip(),
            s: 1.0,
            turns: false,
        };
        (self.singular && self.strength > 0.0).then_some(flow)
    }
    fn confinement(&self) -> &Trap {
        &self.gas.confinement
    }
    fn add_energy(&self, sums: &mut Observables<3>, _: &[f64], potential: &[f64], tolerance: f64) {
        self.gas.add_energy(sums, potential, tolerance);
    }
    fn follows_virial(&self) -> bool {
        self.gas.follows_virial()
    }
    fn virial(&self, _: usize, sums: &Observables<3>) -> Option<f64> {
        let plain = self.singular && self.gas.periodic.is_none();
        let energy = plain.then(|| self.gas.interaction(sums)).flatten()?;
        Some(2.0 * energy)
    }
    fn virial_error(&self, sums: &Observables<3>) -> f64 {
        2.0 * sums.hamiltonian_error
    }
    fn collapsible(&self, n: usize, dt: f64) -> Option<Collapsible> {
        let attraction = -self.strength / (4.0 * PI);
        let singular = self.singular && attraction > 0.0;
        let sigma = self.gas.diffusion.constant()?;
        singular.then(|| Collapsible::new::<3>(attraction, 1.0, sigma, n, dt))
    }
    fn laws(&self, account: &Account<3>) -> Vec<Law> {
        self.gas.laws(account, Virial::Followed)
    }
}

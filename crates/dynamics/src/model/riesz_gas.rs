//! Riesz gases.

use super::gas::{Gas, Virial};
use super::{Model, NoiseStructure, Trap, plan};
use crate::PairFlow;
use crate::collapse::Collapsible;
use crate::laws::{Account, Law};
use crate::sums::Sums;
use crate::{Observables, Result};
use farfield::{Kernel, Options, Riesz};

/// dX_i = (κ/N) Σ_{j≠i} K(X_i − X_j) dt − ∇V(X_i) dt + √(2σ) dB_i with K(z) = z/|z|^{s+2}, 0 ≤ s < d; repulsive for κ > 0.
///
/// z·K(z) = r^{−s}, so the virial is (κ/N) Σ_{i≠j} r_ij^{−s}: for s > 0 it is 2s times the energy of the interaction, which is checked
/// where the energy is measured, and for s = 0 it is κ(N − 1).
#[derive(Clone, Debug, PartialEq)]
pub struct RieszGas {
    strength: f64,
    s: f64,
    gas: Gas,
}

impl RieszGas {
    /// With strength κ and power s.
    pub fn new(strength: f64, s: f64, gas: Gas) -> Self {
        Self { strength, s, gas }
    }

    /// Whether the virial is κ(N − 1).
    fn is_constant(&self) -> bool {
        self.s == 0.0 && self.gas.periodic.is_none()
    }
}

impl<const D: usize> Model<D> for RieszGas
where
    Riesz: Kernel<D, Strength<f64> = f64>,
{
    fn kind(&self) -> &'static str {
        "riesz-gas"
    }
    fn plan(&self, positions: &[[f64; D]], options: Options) -> Result<Box<dyn Sums<D>>> {
        plan(positions, Riesz { s: self.s }, options, self.gas.sides())
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
    fn periodic(&self) -> Option<[f64; D]> {
        self.gas.sides()
    }
    fn size_at(&self, distance: f64) -> f64 {
        distance.powf(-self.s - 1.0)
    }
    fn pair_flow(&self) -> Option<PairFlow> {
        let flow = PairFlow {
            constant: 1.0,
            s: self.s,
            turns: false,
        };
        (self.strength > 0.0).then_some(flow)
    }
    fn confinement(&self) -> &Trap {
        &self.gas.confinement
    }
    fn add_energy(&self, sums: &mut Observables<D>, _: &[f64], potential: &[f64], tolerance: f64) {
        self.gas.add_energy(sums, potential, tolerance);
    }
    fn follows_virial(&self) -> bool {
        self.gas.follows_virial() && !self.is_constant()
    }
    fn virial(&self, n: usize, sums: &Observables<D>) -> Option<f64> {
        if self.gas.periodic.is_some() {
            return None;
        }
        if self.s == 0.0 {
            return Some(self.strength * (n as f64 - 1.0));
        }
        Some(2.0 * self.s * self.gas.interaction(sums)?)
    }
    fn virial_error(&self, sums: &Observables<D>) -> f64 {
        2.0 * self.s * sums.hamiltonian_error
    }
    fn collapsible(&self, n: usize, dt: f64) -> Option<Collapsible> {
        let attraction = -self.strength;
        let sigma = self.gas.diffusion.constant()?;
        (attraction > 0.0).then(|| Collapsible::new::<D>(attraction, self.s, sigma, n, dt))
    }
    fn laws(&self, account: &Account<D>) -> Vec<Law> {
        let virial = match self.is_constant() {
            true => Virial::Constant(self.strength * (account.n as f64 - 1.0)),
            false => Virial::Followed,
        };
        self.gas.laws(account, virial)
    }
}

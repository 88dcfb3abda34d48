//! The log gas in the plane, which is Coulomb's there.

use super::gas::{Gas, Virial};
use super::{Model, NoiseStructure, Trap, coulomb, plan};
use crate::PairFlow;
use crate::collapse::Collapsible;
use crate::config::Core;
use crate::laws::{Account, Law};
use crate::sums::Sums;
use crate::{Observables, Result};
use farfield::{Kernel2d, Options};
use std::f64::consts::TAU;

/// dX_i = (κ/N) Σ_{j≠i} K(X_i − X_j) dt − ∇V(X_i) dt + √(2σ) dB_i with K(z) = z/(2π|z|²), or the same times a radial factor; repulsive for
/// κ > 0.
///
/// Limit: ∂_t ρ + div(ρ (κ K∗ρ − ∇V)) = σ Δρ. At V = k|x|²/2 it spreads over the disc of radius √(κ/(2πk)) as σ → 0, and is Ginibre's
/// ensemble at σ = κ/(4πN).
///
/// Without a core z·K(z) = 1/2π, so the virial is κ(N − 1)/2π at every state, and the law of S ([`Gas`]) is a closed formula:
/// d E S/dt = (N − 1)(4σ + κ/2π) − 2k E S.
#[derive(Clone, Debug, PartialEq)]
pub struct LogGas {
    strength: f64,
    kernel: Kernel2d,
    singular: bool,
    gas: Gas,
}

impl LogGas {
    /// With strength κ and the given core.
    pub fn new(strength: f64, core: &Core, gas: Gas) -> Self {
        Self {
            strength,
            kernel: coulomb(core),
            singular: *core == Core::None,
            gas,
        }
    }

    /// κ(N − 1)/2π, if nothing changes z·K(z).
    fn known_virial(&self, n: usize) -> Option<f64> {
        let plain = self.singular && self.gas.periodic.is_none();
        plain.then(|| self.strength * (n as f64 - 1.0) / TAU)
    }
}

impl Model for LogGas {
    fn kind(&self) -> &'static str {
        "log-gas"
    }
    fn plan(&self, positions: &[[f64; 2]], options: Options) -> Result<Box<dyn Sums>> {
        plan(positions, self.kernel, options, self.gas.sides())
    }
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        Gas::strengths(self.strength, circulations.len())
    }
    fn noise(&self) -> NoiseStructure {
        self.gas.noise()
    }
    fn spreads(&self, positions: &[[f64; 2]], out: &mut [f64]) -> Result<()> {
        self.gas.diffusion.at(positions, out)
    }
    fn periodic(&self) -> Option<[f64; 2]> {
        self.gas.sides()
    }
    fn size_at(&self, distance: f64) -> f64 {
        (TAU * distance).recip()
    }
    fn pair_flow(&self) -> Option<PairFlow> {
        let flow = PairFlow {
            constant: TAU.recip(),
            s: 0.0,
            turns: false,
        };
        (self.singular && self.strength > 0.0).then_some(flow)
    }
    fn confinement(&self) -> &Trap {
        &self.gas.confinement
    }
    fn add_energy(&self, sums: &mut Observables, _: &[f64], potential: &[f64], tolerance: f64) {
        self.gas.add_energy(sums, potential, tolerance);
    }
    fn follows_virial(&self) -> bool {
        self.gas.follows_virial() && !self.singular
    }
    fn virial(&self, n: usize, _: &Observables) -> Option<f64> {
        self.known_virial(n)
    }
    fn collapsible(&self, n: usize, dt: f64) -> Option<Collapsible> {
        let attraction = -self.strength / TAU;
        let singular = self.singular && attraction > 0.0;
        let sigma = self.gas.diffusion.constant()?;
        singular.then(|| Collapsible::new::<2>(attraction, 0.0, sigma, n, dt))
    }
    fn laws(&self, account: &Account) -> Vec<Law> {
        let known = self.known_virial(account.n);
        let virial = known.map_or(Virial::Followed, Virial::Constant);
        self.gas.laws(account, virial)
    }
}

//! Chemotaxis of Patlak, Keller and Segel: a log gas that attracts.

use super::{Gas, LogGas, Model, NoiseStructure, Trap};
use crate::collapse::Collapsible;
use crate::config::Core;
use crate::laws::{Account, Law};
use crate::sums::Sums;
use crate::{Observables, Result};
use farfield::Options;

/// dX_i = −(χ/N) Σ_{j≠i} K(X_i − X_j) dt − ∇V(X_i) dt + √(2σ) dB_i with K(z) = z/(2π|z|²): [`LogGas`] with κ = −χ.
///
/// Limit: ∂_t ρ + χ div(ρ ∇c) = σ Δρ, −Δc = ρ. It has smooth solutions for all times where
/// χ < 8πσ, and collapses where χ > 8πσ: so does a cluster of more than 8πσN/χ particles here, whose S shrinks then,
/// d E S/dt = (n − 1)(4σ − χn/(2πN)). A run ends when such a cluster has become as small as a step can resolve.
/// Source: Fournier and Jourdain, *Stochastic particle approximation of the Keller–Segel equation*, Ann. Appl. Probab. 27 (2017).
#[derive(Clone, Debug, PartialEq)]
pub struct KellerSegel(LogGas);

impl KellerSegel {
    /// With χ > 0 and the given core.
    pub fn new(chi: f64, core: &Core, gas: Gas) -> Self {
        Self(LogGas::new(-chi, core, gas))
    }
}

impl Model for KellerSegel {
    fn kind(&self) -> &'static str {
        "keller-segel"
    }
    fn plan(&self, positions: &[[f64; 2]], options: Options) -> Result<Box<dyn Sums>> {
        self.0.plan(positions, options)
    }
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        self.0.strengths(circulations)
    }
    fn noise(&self) -> NoiseStructure {
        self.0.noise()
    }
    fn spreads(&self, positions: &[[f64; 2]], out: &mut [f64]) -> Result<()> {
        self.0.spreads(positions, out)
    }
    fn periodic(&self) -> Option<[f64; 2]> {
        self.0.periodic()
    }
    fn size_at(&self, distance: f64) -> f64 {
        self.0.size_at(distance)
    }
    fn confinement(&self) -> &Trap {
        self.0.confinement()
    }
    fn add_energy(&self, sums: &mut Observables, m: &[f64], potential: &[f64], tolerance: f64) {
        self.0.add_energy(sums, m, potential, tolerance);
    }
    fn follows_virial(&self) -> bool {
        self.0.follows_virial()
    }
    fn virial(&self, n: usize, sums: &Observables) -> Option<f64> {
        self.0.virial(n, sums)
    }
    fn collapsible(&self, n: usize, dt: f64) -> Option<Collapsible> {
        self.0.collapsible(n, dt)
    }
    fn laws(&self, account: &Account) -> Vec<Law> {
        self.0.laws(account)
    }
}

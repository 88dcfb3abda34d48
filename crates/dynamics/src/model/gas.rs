//! What all gases share: equal particles that a gradient moves, dX_i = −N ∇_i E dt + √(2σ) dB_i in the unit of the mean field.

use super::{NoiseStructure, Spread, Trap};
use crate::config::{GasConfig, Periodic};
use crate::laws::{Account, Law};
use crate::sum::sums;
use crate::{Observables, Result};

/// Diffusion, confinement and box of a gas.
///
/// With F_i the interaction in d dimensions, which is odd, the virial 𝒱 = 2 Σ (X_i − X̄)·F_i, and V = k|x|²/2, exact for every N and any time:
///
/// ```text
/// X̄               mean X̄(0) e^{−kt},                 variance 2σ/N ∫ e^{−2ks} ds per axis
/// S = Σ|X_i − X̄|² d E S/dt = 2dσ(N − 1) + E 𝒱 − 2k E S, variance 8σ ∫ e^{−4k(t−s)} S ds
/// ```
///
/// by Itô's formula for S, where Σ F_i = 0. On a torus, where there is no V, only the law of the centre is left, of positions that are not
/// brought back into the box. With a V by a formula neither X̄ nor S has a law of its own, but for X̄ along axes that V does not depend on, where
/// k = 0.
///
/// With σ(x) by a formula and noise in Itô's sense, both laws have (1/N) Σ σ(X_i) in the place of σ, but for Σ σ(X_i) |X_i −
/// X̄|² in that of σS, as they were along the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Gas {
    /// σ ≥ 0.
    pub diffusion: Spread,
    /// V.
    pub confinement: Trap,
    /// The torus; `None` for the whole space.
    pub periodic: Option<Periodic>,
}

/// Names of the laws of X̄.
const CENTRE: [&str; 3] = ["centre x", "centre y", "centre z"];

/// How the virial of a gas is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Virial {
    /// The same number at every state.
    Constant(f64),
    /// From the drift of every step.
    Followed,
}

/// ∫_0^t e^{−as} ds.
pub(crate) fn decayed(a: f64, t: f64) -> f64 {
    if a == 0.0 { t } else { -(-a * t).exp_m1() / a }
}

impl Gas {
    /// In so many dimensions. Errors: as [`Spread::new`] and [`Trap::new`].
    pub fn new(config: &GasConfig, dimension: usize) -> Result<Self> {
        Ok(Self {
            diffusion: Spread::new(&config.diffusion, dimension)?,
            confinement: Trap::new(&config.confinement, dimension)?,
            periodic: config.periodic.clone(),
        })
    }

    /// The sides of the torus.
    pub(super) fn sides<const D: usize>(&self) -> Option<[f64; D]> {
        self.periodic.as_ref().map(Periodic::by_axis)
    }

    /// Whether the law of S wants the virial at every step.
    pub(super) fn follows_virial(&self) -> bool {
        self.periodic.is_none() && self.confinement.stiffness().is_some()
    }

    pub(super) fn noise(&self) -> NoiseStructure {
        let sigma = self.diffusion.constant();
        sigma.map_or(NoiseStructure::Scalars, NoiseStructure::of_diffusion)
    }

    /// w_j = κ/N.
    pub(super) fn strengths(strength: f64, n: usize) -> Vec<f64> {
        vec![strength / n as f64; n]
    }

    /// Adds E = ½ Σ_i Σ_{j≠i} w_j g(X_i − X_j) + Σ V(X_i), whose gradient the drift follows: F_i − ∇V(X_i) = −∇_i E.
    pub(super) fn add_energy<const D: usize>(
        &self,
        observables: &mut Observables<D>,
        potential: &[f64],
        tolerance: f64,
    ) {
        let n = potential.len();
        let [sum, squares] = sums(n, |i| [potential[i], potential[i] * potential[i]]);
        observables.hamiltonian = Some(0.5 * sum + observables.confinement);
        observables.hamiltonian_error = 0.5 * tolerance * (n as f64 * squares).sqrt();
    }

    /// E less Σ V(X_i), if E is known.
    pub(super) fn interaction<const D: usize>(&self, observables: &Observables<D>) -> Option<f64> {
        Some(observables.hamiltonian? - observables.confinement)
    }

    /// The laws of the centre and of S, and how well the virial agrees with what the kernel says of it.
    pub(super) fn laws<const D: usize>(&self, account: &Account<D>, virial: Virial) -> Vec<Law> {
        let virial = if account.coincident {
            Virial::Followed
        } else {
            virial
        };
        let mut laws = self.centre(account);
        if self.periodic.is_some() {
            return laws;
        }
        laws.extend(self.second_moment(account, virial));
        if let Some(check) = account.ledger.virial.worst {
            let (expected, measured) = (check.expected, check.measured);
            laws.push(Law::within("virial", expected, measured, check.error));
        }
        laws
    }

    fn centre<const D: usize>(&self, account: &Account<D>) -> Vec<Law> {
        let (time, n) = (account.ledger.time, account.n as f64);
        let law = |a: usize| {
            let k = self.confinement.stiffness_along(a)?;
            let errors = match self.diffusion.constant() {
                Some(0.0) => [0.0, account.ledger.budget.centre],
                Some(sigma) => [(2.0 * sigma * decayed(2.0 * k, time) / n).sqrt(), 0.0],
                None => [account.ledger.variation.impulse[a].sqrt() / n, 0.0],
            };
            let (was, is) = (account.initial.centre[a], account.now.centre[a]);
            Some(Law::with_both(
                CENTRE[a],
                was * (-k * time).exp(),
                is,
                errors,
            ))
        };
        (0..D).filter_map(law).collect()
    }

    fn second_moment<const D: usize>(&self, account: &Account<D>, virial: Virial) -> Option<Law> {
        let (k, ledger) = (self.confinement.stiffness()?, account.ledger);
        let (time, n) = (ledger.time, account.n as f64);
        let from_noise = match self.diffusion.constant() {
            Some(sigma) => 2.0 * D as f64 * sigma * (n - 1.0) * decayed(2.0 * k, time),
            // 2 ∫ Σ σ(X_i) ds is what varies along an axis.
            None => D as f64 * (n - 1.0) / n * ledger.variation.impulse[0],
        };
        let work = match virial {
            Virial::Constant(virial) => virial * decayed(2.0 * k, time),
            Virial::Followed => ledger.virial.work,
        };
        let expected = account.initial.second_moment * (-2.0 * k * time).exp() + from_noise + work;
        let [error, mut bound] = match self.diffusion.constant() {
            Some(0.0) => [0.0, ledger.budget.second_moment],
            Some(sigma) => [(8.0 * sigma * ledger.second_moment).sqrt(), 0.0],
            None => [ledger.variation.second_moment.sqrt(), 0.0],
        };
        if let Virial::Followed = virial {
            bound += ledger.virial.work_error;
        }
        let measured = account.now.second_moment;
        let errors = [error, bound];
        Some(Law::with_both("second moment", expected, measured, errors))
    }
}

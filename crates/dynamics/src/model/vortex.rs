//! Viscous point vortices in the plane: the 2D Navier–Stokes equation in vorticity form.

use super::{Model, NoiseStructure, biot_savart, plan};
use crate::PairFlow;
use crate::config::Core;
use crate::laws::{Account, Law};
use crate::sums::Sums;
use crate::{Observables, Result};
use farfield::{Kernel2d, Options};
use std::f64::consts::TAU;

/// dX_i = (1/N) Σ_{j≠i} m_j K(X_i − X_j) dt + √(2σ) dB_i with K(z) = z^⊥/(2π|z|²), or the same times a radial factor.
///
/// Limit: ∂_t ω + (K∗ω)·∇ω = σ Δω.
///
/// Exact for every N, every radial core and any time, because K is odd and z·K(z) = 0:
///
/// ```text
/// Σ m_i X_i       martingale,                         variance 2σt Σm_i² per axis
/// Σ m_i |X_i|²    mean grows by 4σ Σm_i a unit time,  quadratic variation 8σ ∫ Σ m_i²|X_i|² dt
/// and if all m_i are equal
/// X̄               Brownian motion,                    variance 2σt/N per axis
/// S = Σ|X_i − X̄|² mean grows by 4σ(N−1) a unit time,  quadratic variation 8σ ∫ S dt
/// ```
///
/// Σ_i m_i F_i = (1/N) Σ_{i,j} m_i m_j K(X_i − X_j) = 0 since K is odd; Σ_i m_i X_i·F_i is half of
/// (1/N) Σ_{i,j} m_i m_j (X_i − X_j)·K(X_i − X_j) = 0. Itô's formula gives the rest:
/// d|X_i|² = 2 X_i·dX_i + 4σ dt, and dS = 2 Σ (X_i − X̄)·dX_i + 4σ(N−1) dt. Without noise all of them and
/// H = Σ_{i<j} m_i m_j log r_ij are constant. On a torus, where H has the periodic potential in the place of the logarithm, only the laws
/// of X̄, of Σ m_i X_i and of H are left, of positions that are not brought back into the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vortex {
    viscosity: f64,
    kernel: Kernel2d,
    singular: bool,
    periodic: Option<[f64; 2]>,
}

impl Vortex {
    /// With viscosity σ ≥ 0 and the given core, in the plane or on a torus of sides `periodic`.
    pub fn new(viscosity: f64, core: &Core, periodic: Option<[f64; 2]>) -> Self {
        Self {
            viscosity,
            kernel: biot_savart(core),
            singular: *core == Core::None,
            periodic,
        }
    }
}

impl Model for Vortex {
    fn kind(&self) -> &'static str {
        "vortex"
    }

    fn plan(&self, positions: &[[f64; 2]], options: Options) -> Result<Box<dyn Sums>> {
        plan(positions, self.kernel, options, self.periodic)
    }

    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        let n = circulations.len() as f64;
        circulations.iter().map(|m| m / n).collect()
    }

    fn noise(&self) -> NoiseStructure {
        NoiseStructure::of_diffusion(self.viscosity)
    }

    fn size_at(&self, distance: f64) -> f64 {
        (TAU * distance).recip()
    }

    fn periodic(&self) -> Option<[f64; 2]> {
        self.periodic
    }

    fn pair_flow(&self) -> Option<PairFlow> {
        let flow = PairFlow {
            constant: TAU.recip(),
            s: 0.0,
            turns: true,
        };
        self.singular.then_some(flow)
    }

    fn add_energy(
        &self,
        observables: &mut Observables,
        circulations: &[f64],
        potential: &[f64],
        tolerance: f64,
    ) {
        observables.add_hamiltonian(circulations, potential, tolerance);
    }

    fn laws(&self, account: &Account) -> Vec<Law> {
        let mut laws = if self.viscosity == 0.0 {
            self.conserved(account)
        } else {
            self.in_the_mean(account)
        };
        laws.push(Law::within(
            "circulation",
            account.initial.circulation,
            account.now.circulation,
            0.0,
        ));
        let only_in_the_plane = ["second moment", "angular impulse"];
        laws.retain(|law| self.periodic.is_none() || !only_in_the_plane.contains(&law.name));
        laws
    }
}

impl Vortex {
    /// The laws with noise, each with its standard deviation.
    fn in_the_mean(&self, account: &Account) -> Vec<Law> {
        let (sigma, time) = (self.viscosity, account.ledger.time);
        let (was, is) = (account.initial, account.now);
        let n = account.n as f64;
        let mut laws = Vec::new();
        if account.equal_circulations {
            let error = (2.0 * sigma * time / n).sqrt();
            laws.push(Law::new("centre x", was.centre[0], is.centre[0], error));
            laws.push(Law::new("centre y", was.centre[1], is.centre[1], error));
            let expected = was.second_moment + 4.0 * sigma * (n - 1.0) * time;
            let error = (8.0 * sigma * account.ledger.second_moment).sqrt();
            laws.push(Law::new("second moment", expected, is.second_moment, error));
        } else {
            let error = (2.0 * sigma * time * account.circulation_squares).sqrt();
            laws.push(Law::new("impulse x", was.impulse[0], is.impulse[0], error));
            laws.push(Law::new("impulse y", was.impulse[1], is.impulse[1], error));
        }
        let expected = was.angular_impulse + 4.0 * sigma * was.circulation * time;
        let error = (8.0 * sigma * account.ledger.weighted_squares).sqrt();
        laws.push(Law::new(
            "angular impulse",
            expected,
            is.angular_impulse,
            error,
        ));
        laws
    }

    /// The laws without noise, each with its error budget.
    fn conserved(&self, account: &Account) -> Vec<Law> {
        let (was, is) = (account.initial, account.now);
        let budget = &account.ledger.budget;
        let mut laws = Vec::new();
        if account.equal_circulations {
            laws.push(Law::within(
                "centre x",
                was.centre[0],
                is.centre[0],
                budget.centre,
            ));
            laws.push(Law::within(
                "centre y",
                was.centre[1],
                is.centre[1],
                budget.centre,
            ));
            let (was, is) = (was.second_moment, is.second_moment);
            laws.push(Law::within("second moment", was, is, budget.second_moment));
        } else {
            laws.push(Law::within(
                "impulse x",
                was.impulse[0],
                is.impulse[0],
                budget.impulse,
            ));
            laws.push(Law::within(
                "impulse y",
                was.impulse[1],
                is.impulse[1],
                budget.impulse,
            ));
        }
        let (l, m) = (was.angular_impulse, is.angular_impulse);
        laws.push(Law::within("angular impulse", l, m, budget.angular_impulse));
        if let (Some(h), Some(i)) = (was.hamiltonian, is.hamiltonian) {
            let reading = was.hamiltonian_error + is.hamiltonian_error;
            laws.push(Law::within(
                "hamiltonian",
                h,
                i,
                budget.hamiltonian + reading,
            ));
        }
        laws
    }
}

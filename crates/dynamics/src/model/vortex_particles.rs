//! Vortex particles in space: the 3D Navier–Stokes equation in vorticity form.

use super::{Model, NoiseStructure};
use crate::laws::{Account, Law, Ledger};
use crate::sum::sums;
use crate::sums::Sums;
use crate::vortex_particles::{COMPONENTS, Core, Rates, Stretching, Viscosity, VortexMoments};
use crate::{Observables, Result};
use farfield::Options;

/// The model of the module [`crate::vortex_particles`]: a particle has the numbers X, α and δ², of which X alone has noise.
///
/// Exact for every N and any time:
///
/// ```text
/// Σ α_i    constant, of the transpose scheme: what a pair gives it is odd, wherever noise moves the two
/// δ²       δ²(0) + 4νt, where cores spread
/// ```
///
/// Their errors are bounds, with noise too: of δ² rounding, and of Σ α_i beside that 4 Σ dt tolerance ‖∇u‖₂ ‖α‖₂ over the
/// steps, with ∇u at the start of each, as a plan has ‖δ∇u‖₂ ≤ tolerance ‖∇u‖₂ and the absolute weights of a scheme add up to
/// 11/3 at most (`ab3`). Impulse, angular impulse and energy are kept in the limit of many particles only ([`Stretching`]),
/// so they are measured, and no laws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VortexParticles {
    core: Core,
    stretching: Stretching,
    viscosity: Viscosity,
}

/// No less than what the absolute weights of the rates add up to in a step.
const WEIGHTS: f64 = 4.0;

/// Roundings of a sum or of a step, in units of the last digit.
const ROUNDINGS: f64 = 32.0;

const TOTAL_VORTICITY: [&str; 3] = [
    "total vorticity x",
    "total vorticity y",
    "total vorticity z",
];

impl VortexParticles {
    /// With the core that the particles start with.
    pub fn new(core: Core, stretching: Stretching, viscosity: Viscosity) -> Self {
        Self {
            core,
            stretching,
            viscosity,
        }
    }
}

/// √N ‖α‖₂ ≥ Σ |α_i|.
fn size(observables: &Observables<COMPONENTS>, n: usize) -> f64 {
    let squares: f64 = (3..6)
        .map(|a| observables.squares[a] + n as f64 * observables.centre[a].powi(2))
        .sum();
    (n as f64 * squares).sqrt()
}

impl Model<COMPONENTS> for VortexParticles {
    fn kind(&self) -> &'static str {
        "vortex-particles"
    }
    fn plan(
        &self,
        rows: &[[f64; COMPONENTS]],
        options: Options,
    ) -> Result<Box<dyn Sums<COMPONENTS>>> {
        let (stretching, viscosity) = (self.stretching, self.viscosity);
        let rates = Rates::new(rows, self.core, stretching, viscosity, options)?;
        Ok(Box::new(rates))
    }
    /// They are in the rows.
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        vec![1.0; circulations.len()]
    }
    fn noise(&self) -> NoiseStructure {
        let noise = self.viscosity.noise();
        noise.map_or(NoiseStructure::None, |coefficient| {
            NoiseStructure::Additive { coefficient }
        })
    }
    fn add_energy(
        &self,
        observables: &mut Observables<COMPONENTS>,
        _: &[f64],
        potential: &[f64],
        _: f64,
    ) {
        let [twice] = sums(potential.len(), |i| [potential[i]]);
        observables.hamiltonian = Some(0.5 * twice);
    }
    fn measure(
        &self,
        observables: &mut Observables<COMPONENTS>,
        rows: &[[f64; COMPONENTS]],
        rates: &[[f64; COMPONENTS]],
    ) {
        observables.vortex = Some(VortexMoments::of(rows, rates));
    }
    fn follow(
        &self,
        ledger: &mut Ledger,
        observables: &Observables<COMPONENTS>,
        n: usize,
        [dt, tolerance, gradient]: [f64; 3],
    ) {
        let size = size(observables, n);
        let by_sums = WEIGHTS * dt * tolerance * gradient * size / (n as f64).sqrt();
        let ledger = &mut ledger.vortex;
        ledger.total_vorticity += by_sums + ROUNDINGS * f64::EPSILON * size;
        ledger.square += ROUNDINGS * f64::EPSILON * observables.centre[6];
    }
    fn laws(&self, account: &Account<COMPONENTS>) -> Vec<Law> {
        let (was, is, ledger) = (account.initial, account.now, account.ledger);
        let mut laws = vec![];
        if self.stretching == Stretching::Transpose {
            let reading = ROUNDINGS * f64::EPSILON * (size(was, account.n) + size(is, account.n));
            let error = ledger.vortex.total_vorticity + reading;
            laws.extend((0..3).map(|a| {
                let [was, is] = [was, is].map(|sums| sums.impulse[3 + a]);
                Law::within(TOTAL_VORTICITY[a], was, is, error)
            }));
        }
        let rate = self.viscosity.core_rate();
        if rate != 0.0 {
            let expected = was.centre[6] + rate * ledger.time;
            let error = ledger.vortex.square + ROUNDINGS * f64::EPSILON * is.centre[6];
            laws.push(Law::within("core", expected, is.centre[6], error));
        }
        laws
    }
}

//! The Boltzmann equation for Maxwell molecules, by particles.

use super::{Model, NoiseStructure};
use crate::Result;
use crate::boltzmann::{Deflection, NoDrift, Walk};
use crate::config::{Angle, Collisions};
use crate::laws::{Account, Law, Ledger};
use crate::noise::Pieces;
use crate::sums::Sums;
use farfield::Options;

/// Collisions of pairs, of the module [`crate::boltzmann`].
///
/// With E = Σ |V_i|², C = Σ (V_i − V̄)(V_i − V̄)ᵀ and its traceless part C°, c = ⟨σ·k⟩ and s = 1 − ⟨(σ·k)²⟩, k the direction of V_i − V_j:
///
/// ```text
/// Σ V_i, E    kept by every collision (Kac), martingales (Nanbu)
/// C°          mean e^{−c_N t} C°(0) for every N:    c_N = c_∞ N/(N − 1) (Kac),   c_∞ + λ(1 − c)/(N − 1) (Nanbu),   c_∞ = λ s d/(2(d − 1))
/// ```
///
/// as a collision of u = V_i − V_j, where both change, changes C by −(s/2)(d/(d − 1))(u uᵀ − |u|²/d) in the mean, and Σ_{i<j} u uᵀ = N C.
/// Where one changes C changes by as much, less the part of the centre, (1/N)⟨|u|²(σ − k)(σ − k)ᵀ⟩/4. Standard errors are from the squares
/// of the jumps that were made, those of C° weighted as the mean decays, and from rounding; of C° nothing is said before a hundred are
/// expected. Source: Ikenberry and Truesdell, *On the
/// pressures and the flux of energy in a gas according to Maxwell's kinetic theory*, J. Ration. Mech. Anal. 5 (1956), for N → ∞.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boltzmann {
    rate: f64,
    angle: Angle,
    scheme: Collisions,
}

/// Names of the laws of Σ V_i and of the diagonal of C°.
const MOMENTUM: [&str; 3] = ["momentum x", "momentum y", "momentum z"];
const ANISOTROPY: [&str; 3] = ["anisotropy x", "anisotropy y", "anisotropy z"];

/// Collisions of pairs that are expected, below which nothing is said of C°.
const FEW: f64 = 100.0;

impl Boltzmann {
    /// With λ collisions of every particle a unit of time.
    pub fn new(rate: f64, angle: Angle, scheme: Collisions) -> Self {
        Self {
            rate,
            angle,
            scheme,
        }
    }

    /// c_N in d dimensions; 0 for one particle.
    pub fn decay(&self, n: usize, dimension: usize) -> f64 {
        let others = match n {
            0 | 1 => return 0.0,
            n => n as f64 - 1.0,
        };
        let ([turned, s], d) = (self.angle.moments(dimension), dimension as f64);
        let limit = self.rate * s * d / (2.0 * (d - 1.0));
        match self.scheme {
            Collisions::Kac => limit * n as f64 / others,
            Collisions::Nanbu => limit + self.rate * turned / others,
        }
    }
}

impl<const D: usize> Model<D> for Boltzmann {
    fn kind(&self) -> &'static str {
        "boltzmann"
    }
    fn plan(&self, velocities: &[[f64; D]], _: Options) -> Result<Box<dyn Sums<D>>> {
        let n = velocities.len();
        Ok(Box::new(NoDrift { n }))
    }
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        vec![0.0; circulations.len()]
    }
    fn noise(&self) -> NoiseStructure {
        NoiseStructure::Jumps
    }
    fn has_potential(&self) -> bool {
        false
    }
    fn jump(&self, step: &Pieces, velocities: &mut [[f64; D]], ledger: &mut Ledger) -> Result<()> {
        let walk = Walk {
            rate: self.rate,
            deflection: Deflection::new(self.angle),
            scheme: self.scheme,
            decay: self.decay(velocities.len(), D),
        };
        walk.step(step, velocities, ledger)
    }
    fn laws(&self, account: &Account<D>) -> Vec<Law> {
        let (was, is, ledger) = (account.initial, account.now, account.ledger);
        let (chance, rounding) = (&ledger.variation, &ledger.budget);
        // What summing N of them can do.
        let size = 4.0 * f64::EPSILON * is.angular_impulse;
        let of_sum = 4.0 * f64::EPSILON * (account.n as f64 * is.angular_impulse).sqrt();
        let momentum = (0..D).map(|a| {
            let errors = [chance.impulse[a].sqrt(), rounding.impulse + of_sum];
            Law::with_both(MOMENTUM[a], was.impulse[a], is.impulse[a], errors)
        });
        let bound = rounding.angular_impulse + size;
        let errors = [chance.angular_impulse.sqrt(), bound];
        let energy = Law::with_both("energy", was.angular_impulse, is.angular_impulse, errors);
        // Of few jumps the squares tell no variance.
        if 0.5 * self.rate * account.n as f64 * ledger.time < FEW {
            return momentum.chain([energy]).collect();
        }
        let left = (-self.decay(account.n, D) * ledger.time).exp();
        let anisotropy = (0..D).map(|a| {
            let of = |squares: [f64; D]| squares[a] - squares.into_iter().sum::<f64>() / D as f64;
            let errors = [chance.anisotropy[a].sqrt(), bound];
            Law::with_both(
                ANISOTROPY[a],
                left * of(was.squares),
                of(is.squares),
                errors,
            )
        });
        momentum.chain([energy]).chain(anisotropy).collect()
    }
}

//! The Landau equation, by particles.

use super::{Model, NoiseStructure};
use crate::Result;
use crate::landau::{Coefficients, Dimension};
use crate::laws::{Account, Law};
use crate::sums::Sums;
use farfield::{Options, landau};

/// dV_i = (2/N) Σ_j b(V_i − V_j) dt + √2 A_i^{1/2} dB_i of the module [`crate::landau`].
///
/// With E = Σ |V_i|², exact in the mean for every N and any time, as b is odd and z·b(z) + tr a(z) = 0:
///
/// ```text
/// Σ V_i    is a martingale,    variance 2 ∫ Σ (A_i)_{aa} dt of an axis a
/// E        d E/dt = 4 Σ V_i·B_i + 2 Σ tr A_i = (2/N) Σ_{i,j} (z·b(z) + tr a(z)) = 0,    variance 8 ∫ Σ V_i·A_i V_i dt
/// ```
///
/// What Euler's scheme adds to E, 4 dt² Σ |B_i|² a step, counts as error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landau {
    kernel: landau::Landau,
}

/// Names of the laws of Σ V_i.
const MOMENTUM: [&str; 3] = ["momentum x", "momentum y", "momentum z"];

impl Landau {
    /// With the power γ, from −d to 1.
    pub fn new(gamma: f64) -> Self {
        Self {
            kernel: landau::Landau { gamma },
        }
    }
}

impl<const D: usize> Model<D> for Landau
where
    (): Dimension<D>,
{
    fn kind(&self) -> &'static str {
        "landau"
    }
    fn plan(&self, velocities: &[[f64; D]], options: Options) -> Result<Box<dyn Sums<D>>> {
        let plan = Coefficients::new(velocities, self.kernel, options)?;
        Ok(Box::new(plan))
    }
    fn strengths(&self, circulations: &[f64]) -> Vec<f64> {
        let n = circulations.len();
        vec![1.0 / n as f64; n]
    }
    fn noise(&self) -> NoiseStructure {
        NoiseStructure::Matrices
    }
    fn has_potential(&self) -> bool {
        false
    }
    fn laws(&self, account: &Account<D>) -> Vec<Law> {
        let (was, is) = (account.initial, account.now);
        let noise = &account.ledger.variation;
        let momentum = (0..D).map(|a| {
            let error = noise.impulse[a].sqrt();
            Law::new(MOMENTUM[a], was.impulse[a], is.impulse[a], error)
        });
        let errors = [noise.angular_impulse.sqrt(), noise.of_scheme];
        let energy = Law::with_both("energy", was.angular_impulse, is.angular_impulse, errors);
        momentum.chain([energy]).collect()
    }
}

//! The velocity and its gradient at the particles, through a plan.

use super::{Core, VortexParticles};
use crate::Result;
use farfield::{Options, Outputs, Plan, Sums, VectorKernel3d};

/// A plan that follows the particles and their core.
#[derive(Debug)]
pub(super) struct Field {
    plan: Plan<f64, VectorKernel3d, 3>,
    /// That of the plan.
    core: Core,
    tolerance: f64,
}

/// Field, vector potential and gradient[a][b] = ∂u_a/∂x_b at every particle, as far as they were asked for.
pub(super) type Found = Sums<f64, 3, [f64; 3]>;

impl Field {
    pub(super) fn new(particles: &VortexParticles, tolerance: f64) -> Result<Self> {
        let core = particles.core;
        Ok(Self {
            plan: plan(&particles.positions, core, tolerance)?,
            core,
            tolerance,
        })
    }

    /// What these particles make of each other.
    pub(super) fn at(
        &mut self,
        positions: &[[f64; 3]],
        strengths: &[[f64; 3]],
        core: Core,
        outputs: Outputs,
    ) -> Result<Found> {
        if core == self.core {
            self.plan.move_to(positions)?;
        } else {
            self.plan = plan(positions, core, self.tolerance)?;
            self.core = core;
        }
        Ok(self.plan.evaluate(&[strengths], outputs)?.sums.remove(0))
    }
}

fn plan(
    positions: &[[f64; 3]],
    core: Core,
    tolerance: f64,
) -> Result<Plan<f64, VectorKernel3d, 3>> {
    let options = Options::tolerance(tolerance).outputs(Outputs::GRADIENT);
    Ok(Plan::new(positions, core.kernel(), options)?)
}

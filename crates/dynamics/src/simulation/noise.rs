//! The noise of a step.

use super::{Buffers, Simulation};
use crate::laws::Variation;
use crate::model::NoiseStructure;
use crate::noise::{apply_roots, apply_scalars};
use crate::{Result, stepper};
use std::time::Instant;

impl<const D: usize> Simulation<D> {
    /// Fills the increments; the coefficient in front of them, or `None` without noise.
    pub(super) fn draw_noise(&mut self, dt: f64) -> Result<Option<f64>> {
        let structure = self.model.noise();
        stepper::check_noise(&*self.stepper, structure, self.model.kind())?;
        let Some(coefficient) = structure.coefficient() else {
            return Ok(None);
        };
        let started = Instant::now();
        let step = self.state.step;
        let Buffers {
            dw,
            integrals,
            scalars,
            ..
        } = &mut self.buffers;
        self.brownian.in_any_dimension(step, dt, dw, integrals);
        match structure {
            NoiseStructure::Matrices => apply_roots(self.plan.matrices()?, dw),
            NoiseStructure::Scalars => {
                self.model.spreads(&self.state.positions, scalars)?;
                apply_scalars(scalars, dw);
            }
            NoiseStructure::None | NoiseStructure::Additive { .. } | NoiseStructure::Jumps => {}
        }
        self.step_seconds.noise += started.elapsed().as_secs_f64();
        Ok(Some(coefficient))
    }

    /// What noise that depends on the state adds to the ledger in a step from the present one, under confinement k.
    pub(super) fn variation(&self, dt: f64, k: f64) -> Result<Variation> {
        let (x, m) = (&self.state.positions, &self.state.circulations);
        Ok(match self.model.noise() {
            NoiseStructure::None | NoiseStructure::Additive { .. } | NoiseStructure::Jumps => {
                Variation::default()
            }
            NoiseStructure::Matrices => {
                let matrices = self.plan.matrices()?;
                Variation::of_step(dt, x, m, &self.drift, matrices)
            }
            NoiseStructure::Scalars => {
                let centre = self.observables.centre;
                Variation::of_scalars([dt, k], x, m, centre, &self.buffers.scalars)
            }
        })
    }

    /// Standard deviation of the noise of a step per axis, where it is largest, once it is drawn.
    pub(super) fn spread(&self, dt: f64) -> f64 {
        match self.model.noise() {
            NoiseStructure::Additive { coefficient } => coefficient * dt.sqrt(),
            NoiseStructure::Scalars => {
                let most = self.buffers.scalars.iter().copied().fold(0.0, f64::max);
                (2.0 * most * dt).sqrt()
            }
            // That of matrices is no wider than the cloud, unless the step is too long, and so are jumps.
            NoiseStructure::None | NoiseStructure::Matrices | NoiseStructure::Jumps => 0.0,
        }
    }
}

//! The noise of a step.

use super::{Buffers, Simulation};
use crate::laws::Variation;
use crate::model::NoiseStructure;
use crate::noise::apply_roots;
use crate::{Result, stepper};
use std::time::Instant;

impl<const D: usize> Simulation<D> {
    /// Fills the increments; the coefficient in front of them, or `None` without noise.
    pub(super) fn draw_noise(&mut self, dt: f64) -> Result<Option<f64>> {
        let structure = self.model.noise();
        stepper::check_matrices(&*self.stepper, structure, self.model.kind())?;
        let Some(coefficient) = structure.coefficient() else {
            return Ok(None);
        };
        let started = Instant::now();
        let step = self.state.step;
        let Buffers { dw, integrals, .. } = &mut self.buffers;
        self.brownian.in_any_dimension(step, dt, dw, integrals);
        if structure == NoiseStructure::Matrices {
            apply_roots(self.plan.matrices()?, dw);
        }
        self.step_seconds.noise += started.elapsed().as_secs_f64();
        Ok(Some(coefficient))
    }

    /// What noise of matrices adds to the ledger in a step from the present state.
    pub(super) fn variation(&self, dt: f64) -> Result<Variation> {
        if self.model.noise() != NoiseStructure::Matrices {
            return Ok(Variation::default());
        }
        let (x, m) = (&self.state.positions, &self.state.circulations);
        let matrices = self.plan.matrices()?;
        Ok(Variation::of_step(dt, x, m, &self.drift, matrices))
    }
}

//! The right-hand side: velocity, stretching and the growth of the core.

use super::field::Field;
use super::guard::Guard;
use super::rows::{Row, row, split, square};
use super::{Core, Stretching, VortexParticles, VortexSettings};
use crate::Result;
use farfield::Outputs;
use rayon::prelude::*;

/// dX_i/dt = u(X_i), dα_i/dt by the stretching scheme, dδ²/dt = 4ν where cores spread.
#[derive(Debug)]
pub(super) struct Rates {
    pub(super) field: Field,
    core: Core,
    stretching: Stretching,
    core_rate: f64,
    positions: Vec<[f64; 3]>,
    strengths: Vec<[f64; 3]>,
}

impl Rates {
    pub(super) fn new(particles: &VortexParticles, settings: &VortexSettings) -> Result<Self> {
        Ok(Self {
            field: Field::new(particles, settings.tolerance)?,
            core: particles.core,
            stretching: settings.stretching,
            core_rate: settings.viscosity.core_rate(),
            positions: particles.positions.clone(),
            strengths: particles.strengths.clone(),
        })
    }

    /// The core whose δ² is in these rows; the core that the particles started with where it does not grow, to the bit.
    pub(super) fn core(&self, rows: &[Row]) -> Core {
        match self.core_rate {
            0.0 => self.core,
            _ => self.core.with_delta(square(rows).sqrt()),
        }
    }

    /// The rates at these rows, which the guard has seen.
    pub(super) fn at(&mut self, guard: &Guard, rows: &[Row], out: &mut [Row]) -> Result<()> {
        guard.check(rows)?;
        split(rows, &mut self.positions, &mut self.strengths);
        let core = self.core(rows);
        let (x, alpha) = (&self.positions, &self.strengths);
        let found = self.field.at(x, alpha, core, Outputs::GRADIENT)?;
        let n = self.positions.len();
        let (stretching, strengths) = (self.stretching, &self.strengths);
        let particles = out[..n].par_iter_mut().enumerate().with_min_len(4096);
        particles.for_each(|(i, out)| {
            let stretched = stretching.rate(&found.gradient[i], strengths[i]);
            *out = row(found.field[i], stretched);
        });
        out[n] = [0.0; 6];
        out[n][0] = self.core_rate;
        Ok(())
    }
}

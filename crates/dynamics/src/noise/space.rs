//! Brownian paths in space: three components, from streams that the plane does not use.

use super::path::Streams;
use super::{Brownian, Stream};

pub(super) const IN_SPACE: Streams<2> = Streams {
    increments: [Stream::IncrementsInSpace, Stream::ThirdIncrements],
    beside: [Stream::BesideInSpace, Stream::ThirdBeside],
};

impl Brownian {
    /// ΔB_i of every particle for the given step in space, i.e. independent normal numbers of variance `dt`, written into the
    /// first three of the `C` ≥ 3 numbers of a row; the others stay. They are other numbers than those of
    /// [`increments`](Self::increments). Runs in the caller's rayon pool.
    pub fn increments_in_space<const C: usize>(&self, step: u64, dt: f64, out: &mut [[f64; C]]) {
        self.increments_and_integrals_in_space(step, dt, out, &mut []);
    }

    /// [`increments_and_integrals`](Self::increments_and_integrals) in space, in rows as
    /// [`increments_in_space`](Self::increments_in_space) writes them.
    pub fn increments_and_integrals_in_space<const C: usize>(
        &self,
        step: u64,
        dt: f64,
        increments: &mut [[f64; C]],
        integrals: &mut [[f64; C]],
    ) {
        self.draw::<2, 3, C>(IN_SPACE, step, dt, increments, integrals);
    }
}

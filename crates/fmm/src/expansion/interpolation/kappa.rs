//! The function that is interpolated: κ(|E u|) of differences in box units, where E holds the sides of cells over the largest.

use super::Radial;
use crate::tree::Stretch;

/// A radial function between cells that may be stretched.
#[derive(Clone, Copy)]
pub(super) struct Kappa<'a, const D: usize> {
    pub(super) radial: &'a dyn Radial,
    pub(super) stretch: Stretch<D>,
}

impl<'a, const D: usize> Kappa<'a, D> {
    /// Between cubes.
    pub(super) fn of_cubes(radial: &'a dyn Radial) -> Self {
        Self {
            radial,
            stretch: Stretch::NONE,
        }
    }

    /// κ at a difference.
    pub(super) fn value(&self, u: [f64; D]) -> f64 {
        self.radial.value(self.stretch.square(u))
    }

    /// The orders of its coordinates that change nothing.
    pub(super) fn orders(&self) -> Vec<[usize; D]> {
        self.stretch.orders()
    }
}

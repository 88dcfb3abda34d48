//! Far fields that are harmonic, unless a core is too wide for that.

use super::{Family, interpolation::Interpolation};
use crate::torus::split::FarPower;
use crate::{Guarantee, OperatorsReport, Result};

/// Expansions of the singular kernel, which is what one with a narrow core is to far cells, or of the kernel with its core.
#[derive(Debug)]
pub enum HarmonicOr<H, const D: usize> {
    Harmonic(H),
    Interpolated(Box<Interpolation<D>>),
}

macro_rules! each {
    ($self:expr, $e:ident => $value:expr) => {
        match $self {
            HarmonicOr::Harmonic($e) => $value,
            HarmonicOr::Interpolated($e) => $value,
        }
    };
}

impl<H: Family<D>, const D: usize> Family<D> for HarmonicOr<H, D> {
    fn floor(guarantee: Guarantee) -> f64 {
        H::floor(guarantee)
    }
    fn fit_side(&mut self, root_side: f64) -> Result<()> {
        match self {
            Self::Harmonic(e) => e.fit_side(root_side),
            Self::Interpolated(e) => e.fit_side(root_side),
        }
    }
    fn finest(&self, points: usize) -> Option<u32> {
        each!(self, e => e.finest(points))
    }
    fn prepare(&mut self, depth: u32, finest: Option<u32>) {
        each!(self, e => e.prepare(depth, finest));
    }
    fn takes_thirds(&self) -> bool {
        each!(self, e => e.takes_thirds())
    }
    fn make_thirds(&self) {
        each!(self, e => e.make_thirds())
    }
    fn close(&mut self, power: FarPower) {
        match self {
            Self::Harmonic(e) => e.close(power),
            Self::Interpolated(e) => e.close(power),
        }
    }
    fn needs_sides(&self) -> bool {
        each!(self, e => e.needs_sides())
    }
    fn order(&self) -> usize {
        each!(self, e => e.order())
    }
    fn waves(&self) -> usize {
        each!(self, e => e.waves())
    }
    fn are_waves_single(&self) -> bool {
        each!(self, e => e.are_waves_single())
    }
    fn far_products(&self) -> Option<f64> {
        each!(self, e => e.far_products())
    }
    fn operators(&self) -> OperatorsReport {
        each!(self, e => e.operators())
    }
    fn direct_below(&self) -> usize {
        each!(self, e => e.direct_below())
    }
}

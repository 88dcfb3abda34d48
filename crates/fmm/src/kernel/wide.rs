//! Tables that are kept from one plan or sum to the next: of cores that hold too many pairs to be summed one by one, and of what Ewald's
//! sums take.

use super::{Pair, RadialKernel};
use crate::torus::split::Split;
use lanes::accuracy::FULL;
use lanes::{Lanes, Scalar, ScalarVector};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// What tables are of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    GaussianInPlane,
    AlgebraicInPlane,
    GaussianInSpace,
    AlgebraicInSpace,
    /// With the order.
    HighOrderInPlane(u32),
    HighOrderInSpace(u32),
    /// With the bits of s, of the unit of the logarithm and of a core.
    SmoothPower([u64; 3]),
}

/// Tables made last, of which each takes some milliseconds and megabytes.
static MADE: Mutex<VecDeque<((Shape, u64), RadialKernel)>> = Mutex::new(VecDeque::new());
const KEPT: usize = 4;

/// The tables of a core δ: of r², φ and the potential g with φ = −g′/r.
pub(super) fn kernel(
    shape: Shape,
    delta: f64,
    phi: impl Fn(f64) -> f64,
    potential: impl Fn(f64) -> f64,
) -> RadialKernel {
    let key = (shape, delta.to_bits());
    // A thread that panicked left whole entries.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, there)) = made.iter().find(|(other, _)| *other == key) {
        return there.clone();
    }
    let core = matches!(shape, Shape::AlgebraicInPlane | Shape::AlgebraicInSpace).then_some(delta);
    let new = RadialKernel::of_squares(format!("{shape:?}, delta={delta}"), core, phi, potential);
    made.truncate(KEPT - 1);
    made.push_front((key, new.clone()));
    new
}

/// The tables of the smooth part of a power, in whose unit lengths are.
pub(crate) fn smooth_power(split: &Split) -> RadialKernel {
    let shape = Shape::SmoothPower([split.s, split.log_scale, split.core].map(f64::to_bits));
    let (phi, potential) = (|r2| split.smooth_phi(r2), |r2| split.smooth(r2));
    kernel(shape, split.delta, phi, potential)
}

/// φ of a pair at r².
pub(super) fn phi(pair: &impl Pair, r2: f64) -> f64 {
    let isa = Scalar::default();
    let r2 = ScalarVector::<f64>::splat(isa, r2);
    pair.phi::<_, FULL>(isa, r2).sum()
}

/// γ of a pair at r².
pub(super) fn gamma(pair: &impl Pair, r2: f64) -> f64 {
    let isa = Scalar::default();
    let r2 = ScalarVector::<f64>::splat(isa, r2);
    pair.gamma::<_, FULL>(isa, r2).sum()
}

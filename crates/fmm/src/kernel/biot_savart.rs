//! Biot–Savart in the plane: the velocity of point vortices.

use super::{Kernel, RadialPair2d};
use lanes::Real;
use std::f64::consts::TAU;

/// K(z) = z^⊥/(2π r²), z^⊥ = (−z₂, z₁): a positive circulation turns counter-clockwise. The potential is the stream
/// function ψ = −(1/2π) log r. (MATH: K = ∇^⊥ (1/2π) log r.)
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BiotSavart2d;

impl Kernel<2> for BiotSavart2d {
    type Pair = RadialPair2d;

    fn name(&self) -> String {
        "biot-savart".into()
    }
    #[inline(always)]
    fn field<T: Real>(&self, [s1, s2]: [T; 2]) -> [T; 2] {
        let c = T::from_f64(1.0 / TAU);
        [-s2 * c, s1 * c]
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        t * T::from_f64(-1.0 / TAU)
    }
    fn pair(&self, scale: f64) -> RadialPair2d {
        RadialPair2d::singular(scale)
    }
}

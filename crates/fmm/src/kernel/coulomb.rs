//! Coulomb: the log gas in the plane, charges in space.

use super::{Kernel, RadialPair2d, RadialPair3d};
use lanes::Real;
use std::f64::consts::{PI, TAU};

/// K(z) = −∇g = z/(2π r²), repulsive; potential g = −(1/2π) log r, so that −Δg = δ₀.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coulomb2d;

impl Kernel<2> for Coulomb2d {
    type Pair = RadialPair2d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        "coulomb".into()
    }
    #[inline(always)]
    fn field<T: Real>(&self, _: usize, [s1, s2]: [T; 2]) -> [T; 2] {
        let c = T::from_f64(1.0 / TAU);
        [s1 * c, s2 * c]
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        t * T::from_f64(-1.0 / TAU)
    }
    fn pair(&self, scale: f64) -> RadialPair2d {
        RadialPair2d::singular(scale)
    }
}

/// K(z) = −∇g = z/(4π r³), repulsive; potential g = 1/(4π r), so that −Δg = δ₀.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coulomb3d;

impl Kernel<3> for Coulomb3d {
    type Pair = RadialPair3d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        "coulomb".into()
    }
    #[inline(always)]
    fn field<T: Real>(&self, _: usize, s: [T; 3]) -> [T; 3] {
        let c = T::from_f64(0.25 / PI);
        [s[0] * c, s[1] * c, s[2] * c]
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        t * T::from_f64(0.25 / PI)
    }
    fn pair(&self, _scale: f64) -> RadialPair3d {
        RadialPair3d::singular()
    }
}

//! The radius δ of a core: what is allowed, and how wide one may be beside a cloud in space.

use crate::points::is_double;
use crate::{Error, Result};
use lanes::Real;

/// δ is a length.
pub(super) fn check(delta: f64) -> Result<()> {
    if delta.is_finite() && delta > 0.0 {
        return Ok(());
    }
    let allowed = "finite and above 0";
    Err(Error::argument("kernel: delta", delta.to_string(), allowed))
}

/// The powers of two up to which a core may be wide in the unit of the plan, in f64 and in f32.
///
/// Clouds are there about 1 wide, or anything from 2⁻¹³³ to 2¹³³; in f32 always about 2⁴⁰.
#[derive(Clone, Copy)]
pub(super) struct Widest(i32, i32);

/// z/δ³ stays within the range of the numbers: cores up to 2²⁰⁰ times as wide as the cloud, 2¹² times in f32.
pub(super) const FIELD: Widest = Widest(333, 52);
/// 1/δ³ does, which gradients are made of: in f32 cores up to about as wide as the cloud.
pub(super) const GRADIENT: Widest = Widest(333, 41);
/// δ² does.
pub(super) const SQUARE: Widest = Widest(510, 62);
/// 1/δ does.
pub(super) const INVERSE: Widest = Widest(1020, 125);

/// 1, or NaN where the core is wider: what vanishes then must not be taken for 0.
#[inline(always)]
pub(super) fn within<T: Real>(Widest(double, single): Widest, delta: f64) -> f64 {
    let widest = if is_double::<T>() { double } else { single };
    if delta <= 2f64.powi(widest) {
        1.0
    } else {
        f64::NAN
    }
}

//! From a seed of a few bits to a reciprocal (square root): one step whose order the accuracy sets.

use crate::math::{constant, polynomial};
use crate::{Lanes, accuracy};

/// 1/x from y ≈ 1/x: with e = 1 − xy, 1/x = y(1 + e + e² + …), cut after e, e² or e³. A seed 0 stays 0.
#[inline(always)]
pub(crate) fn recip<L: Lanes>(isa: L::Isa, accuracy: usize, x: L, y: L) -> L {
    let e = x.neg_mul_add(y, constant(isa, 1.0));
    let correction = match accuracy {
        ..=accuracy::SINGLE => e,
        accuracy::MIDDLE => e.mul_add(e, e),
        _ => e.mul_add(e.mul_add(e, e), e),
    };
    y.mul_add(correction, y)
}

/// 1/√x from y ≈ 1/√x: with e = 1 − xy², 1/√x = y(1 + e/2 + 3e²/8 + 5e³/16 + …). A seed 0 stays 0.
#[inline(always)]
pub(crate) fn rsqrt<L: Lanes>(isa: L::Isa, accuracy: usize, x: L, y: L) -> L {
    let e = (x * y).neg_mul_add(y, constant(isa, 1.0));
    let factor = match accuracy {
        ..=accuracy::SINGLE => polynomial(isa, e, &[0.5]),
        accuracy::MIDDLE => polynomial(isa, e, &[0.5, 0.375]),
        _ => polynomial(isa, e, &[0.5, 0.375, 0.3125]),
    };
    y.mul_add(e * factor, y)
}

/// x^{−3/2} in f32 from y ≈ 1/√x: with e = 1 − xy², x^{−3/2} = y³(1 + 3e/2 + 15e²/8 + …), cut after e or e². Three roundings
/// remain, where the cube of a root has five, the root's three times.
#[inline(always)]
pub(crate) fn rsqrt_cubed<L: Lanes<Elem = f32>>(isa: L::Isa, accuracy: usize, x: L, y: L) -> L {
    let y2 = y * y;
    let e = x.neg_mul_add(y2, constant(isa, 1.0));
    let factor = match accuracy {
        ..=accuracy::SINGLE => polynomial(isa, e, &[1.5]),
        _ => polynomial(isa, e, &[1.5, 1.875]),
    };
    let y3 = y2 * y;
    y3.mul_add(e * factor, y3)
}

//! The law of σ.

use crate::config::Angle;
use crate::noise::{cos_sin_turns, open_one};
use crate::sum::dot;
use std::array::from_fn;
use std::f64::consts::TAU;

/// σ: uniform, or at a fixed angle from the relative velocity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Deflection {
    Uniform,
    Fixed { cos: f64, sin: f64 },
}

impl Deflection {
    pub(crate) fn new(angle: Angle) -> Self {
        match angle {
            Angle::Uniform => Self::Uniform,
            Angle::Theta(theta) => {
                let [cos, sin] = cos_sin_turns(theta / TAU);
                Self::Fixed { cos, sin }
            }
        }
    }

    /// |u| σ for a relative velocity u, from two random words.
    #[inline]
    pub(crate) fn turn<const D: usize>(self, u: [f64; D], words: [u64; 2]) -> [f64; D] {
        let length = dot(u, u).sqrt();
        match self {
            Self::Uniform => direction(words).map(|x: f64| length * x),
            Self::Fixed { cos, sin } => {
                let beside = across(u, length, words);
                from_fn(|a| cos * u[a] + sin * beside[a])
            }
        }
    }
}

/// Uniform on the sphere; in space by Archimedes' theorem.
#[inline]
fn direction<const D: usize>([a, b]: [u64; 2]) -> [f64; D] {
    let [cos, sin] = cos_sin_turns(open_one(a));
    if D == 2 {
        return from_fn(|axis| [cos, sin, 0.0][axis]);
    }
    let z = 2.0 * open_one(b) - 1.0;
    let r = ((1.0 - z) * (1.0 + z)).sqrt();
    from_fn(|axis| [r * cos, r * sin, z][axis])
}

/// A vector of the length of u across it, in a direction that is uniform there; 0 for 0.
///
/// Source of the basis in space: Duff et al., *Building an orthonormal basis, revisited*, J. Comput. Graph. Tech. 6 (2017).
#[inline]
fn across<const D: usize>(u: [f64; D], length: f64, [a, _]: [u64; 2]) -> [f64; D] {
    if length == 0.0 {
        return [0.0; D];
    }
    if D == 2 {
        let sign = if a >> 63 == 0 { 1.0 } else { -1.0 };
        return from_fn(|axis| [-sign * u[1], sign * u[0], 0.0][axis]);
    }
    let [x, y, z] = [0, 1, 2].map(|axis| u[axis] / length);
    let sign = 1f64.copysign(z);
    let p = -1.0 / (sign + z);
    let q = x * y * p;
    let first = [1.0 + sign * x * x * p, sign * q, -sign * x];
    let second = [q, sign + y * y * p, -y];
    let [cos, sin] = cos_sin_turns(open_one(a));
    from_fn(|axis| length * (cos * first[axis] + sin * second[axis]))
}

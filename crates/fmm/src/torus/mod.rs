//! The flat torus ℝ^D/(L₁ℤ × … × L_Dℤ): opposite faces of a box are one.
//!
//! A plan takes the points into the box, surrounds its tree by [images](crate::tree) of what lies near its faces, and gives the root the
//! local of all images beyond those next to it (`lattice.rs` of the families), or where it is wider than the box the cells of level 2 those of
//! theirs (`thirds.rs`), and the [`background`] that makes the box neutral. The
//! oracle is [`direct::on_torus`](crate::direct::on_torus), by Ewald's sum ([`ewald`]).
//!
//! A Gaussian core ends before images begin, which have the singular kernel. An algebraic one does not: in Ewald's sum r² +
//! δ² stands for r², and far fields come from tables, level by level (`levels.rs`), the root's lattice with the core in it.
//! Sums of wide cores, whose modes fall like e^{−2πkδ/L}, are those of the first modes alone.
//!
//! How good expansions must be depends on how evenly the points fill the box ([`evenness`]).
//!
//! Where the sides differ, cells are as long and as wide as the box is ([`Stretch`]): in units of their own sides they are cubes as ever, and
//! only the kernel looks different, κ(|E u|) with E the sides over the largest. No harmonic family knows such a function,
//! so far fields of all kernels are interpolated then.

pub(crate) mod background;
pub(crate) mod evenness;
pub(crate) mod ewald;
mod gamma;
pub(crate) mod modes;
pub(crate) mod split;

use crate::kernel::{Kernel, RadialPair};
use crate::memory::zeros;
use crate::passes::PIECE;
use crate::tree::{Fit, Frame, Stretch};
use crate::{Error, Real, Result};
use rayon::prelude::*;
use split::FarPower;

/// The least s of a power of the distance, but for 0.
const LEAST_POWER: f64 = 1e-3;
/// The largest side of a [torus](crate::Options::torus) over the smallest, at most: with it grows what interpolation takes.
pub const MOST_STRETCHED: f64 = 2.0;
/// Algebraic cores, in largest sides, from which on sums are those of modes: near pairs of wider ones nearly cancel if points are
/// even, in the plane 40 000 to 1e-5 of their size at 0.2. In space modes are too many sooner.
const fn wide_core(dimension: usize) -> f64 {
    if dimension == 2 { 0.1 } else { 0.25 }
}
/// The widest algebraic core, in largest sides: the first mode of a field is e^{−2πδ/L} of it.
const WIDEST_CORE: f64 = 100.0;

/// A torus of `D` dimensions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Torus<const D: usize> {
    /// L by axis, in the user's unit.
    pub(crate) sides: [f64; D],
}

impl<const D: usize> Torus<D> {
    /// Of a box with these sides, none of which may be more than twice as long as another.
    pub(crate) fn new(sides: &[f64]) -> Result<Self> {
        let refused = |allowed: &str| Err(Error::argument("torus", format!("{sides:?}"), allowed));
        let Ok(sides) = <[f64; D]>::try_from(sides) else {
            return refused(&format!("{D} sides for points of {D} coordinates"));
        };
        if !sides.iter().all(|side| side.is_normal() && *side > 0.0) {
            return refused(&format!(
                "sides from {:e} to {:e}",
                f64::MIN_POSITIVE,
                f64::MAX
            ));
        }
        let torus = Self { sides };
        if torus.largest() / torus.least() > MOST_STRETCHED {
            return refused(&format!(
                "sides of which the largest is at most {MOST_STRETCHED} times the smallest"
            ));
        }
        Ok(torus)
    }

    /// The largest side.
    pub(crate) fn largest(&self) -> f64 {
        self.sides.iter().copied().fold(0.0, f64::max)
    }

    /// The smallest side.
    pub(crate) fn least(&self) -> f64 {
        self.sides.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The sides over the largest.
    pub(crate) fn stretch(&self) -> Stretch<D> {
        let largest = self.largest();
        Stretch(self.sides.map(|side| side / largest))
    }

    /// Near cells hold all that is within a core's reach only if the box is as wide as that, unless images know of the core.
    pub(crate) fn check_reach<K: Kernel<D>>(&self, kernel: &K, reach: f64) -> Result<()> {
        if reach <= self.least() || kernel.algebraic_core() > 0.0 {
            return Ok(());
        }
        let found = format!("{}, whose core reaches {reach:e}", kernel.name());
        let allowed = format!(
            "cores that reach no farther than the side {:e} of the torus",
            self.least()
        );
        Err(Error::argument("kernel", found, allowed))
    }

    /// What a kernel is to images that are far away, which must be a power.
    pub(crate) fn power<K: Kernel<D>>(&self, kernel: &K) -> Result<FarPower> {
        let refused = |allowed: &str| Err(Error::argument("kernel", kernel.name(), allowed));
        let core = kernel.algebraic_core();
        // The longest mode is what is left of wide cores, and what near pairs nearly cancel to.
        let side = self.largest();
        if core > WIDEST_CORE * side {
            return refused(&format!(
                "cores of at most {:e} on a torus of side {side:e}, beyond which nothing is left",
                WIDEST_CORE * side
            ));
        }
        match kernel.pair(1.0).far_power() {
            // Differences of r^−s/s would lose its digits.
            Some(power) if power.s != 0.0 && power.s < LEAST_POWER => {
                refused(&format!("s = 0 or s from {LEAST_POWER:e} on, on a torus"))
            }
            Some(power) => Ok(FarPower {
                core,
                few_modes: core >= wide_core(D) * side,
                ..power
            }),
            None => refused(
                "coulomb, biot-savart or riesz on a torus, of which coulomb and biot-savart may have a core",
            ),
        }
    }

    /// Where the box begins along an axis: parts of its side before 0 whose multiples by powers of two stay away from whole numbers, so that 0
    /// and the middle of the user's box, about which clouds are symmetric, are corners of no small cells, where errors would add up, nor
    /// of those of a [third](Fit::Thirds); another part along each axis, so that the box's own corner is no such place. Points near 0
    /// stay as they are.
    fn low(&self, axis: usize) -> f64 {
        -self.sides[axis] * [4.0 / 9.0, 2.0 / 5.0, 3.0 / 7.0][axis]
    }

    /// Sources and all their images around the box, which may be in one leaf, are counted in 32 bits.
    pub(crate) fn check_count(&self, argument: &str, points: usize) -> Result<()> {
        let most = u32::MAX as usize / 3usize.pow(D as u32) - 64;
        if points <= most {
            return Ok(());
        }
        let allowed = format!("at most {most} on a torus");
        Err(Error::argument(
            argument,
            format!("{points} points"),
            allowed,
        ))
    }

    /// The root cell.
    pub(crate) fn frame<T: Real>(&self, fit: Fit) -> Frame<D> {
        let low = std::array::from_fn(|a| self.low(a));
        Frame::torus::<T>(low, self.largest(), self.stretch(), fit)
    }

    /// Whether each of the 3^D cells of level 2 that are the box where it is three of them wide would hold one of these points, which lie
    /// in the box.
    pub(crate) fn fills_thirds<T: Real>(&self, points: &[[T; D]]) -> bool {
        let frame = self.frame::<T>(Fit::Thirds);
        let mut left = 3u32.pow(D as u32);
        let mut seen = [[[false; 3]; 3]; 3];
        for &point in points {
            let mut at = [0; 3];
            at[..D].copy_from_slice(&frame.anchor(point, 2));
            let seen = &mut seen[at[0] as usize][at[1] as usize][at[2] as usize];
            left -= u32::from(!*seen);
            *seen = true;
            if left == 0 {
                return true;
            }
        }
        false
    }

    /// Points where they lie in the box; ones that are not finite as they are.
    pub(crate) fn wrap<T: Real>(&self, points: &[[T; D]]) -> Vec<[T; D]> {
        let low: [f64; D] = std::array::from_fn(|a| self.low(a));
        let mut wrapped = zeros(points.len(), [T::ZERO; D]);
        let pieces = wrapped.par_chunks_mut(PIECE).zip(points.par_chunks(PIECE));
        pieces.for_each(|(wrapped, points)| {
            for (to, point) in wrapped.iter_mut().zip(points) {
                *to = std::array::from_fn(|a| wrap(point[a], low[a], self.sides[a]));
            }
        });
        wrapped
    }
}

/// A coordinate modulo a side, not below `low`, which is exact but for the last rounding.
#[inline(always)]
fn wrap<T: Real>(x: T, low: f64, side: f64) -> T {
    let (mut x, end) = (x.to_f64(), low + side);
    if !(low - side..end + side).contains(&x) && x.is_finite() {
        // Of points that are farther than in the next box the slow remainder, which is exact.
        x %= side;
    }
    // Selected, not jumped to: where a point lies is anyone's guess.
    let down = if x >= end { side } else { 0.0 };
    let shift = if x < low { -side } else { down };
    T::from_f64(x - shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_come_into_the_box() {
        // From −1/4 and −3/10 on.
        let torus = Torus::<2>::new(&[0.75, 0.75]).unwrap();
        let wrapped = torus.wrap(&[
            [0.0, 0.75],
            [-0.0, 0.5],
            [-0.25, 1.0],
            [-1e-300, 1.5],
            [-0.375, -7.375],
            [7.6875, f64::NAN],
        ]);
        let expected = [
            [0.0, 0.0],
            [0.0, -0.25],
            [-0.25, 0.25],
            [-1e-300, 0.0],
            [0.375, 0.125],
        ];
        assert_eq!(wrapped[..5], expected);
        assert!(wrapped[5][0] == 0.1875 && wrapped[5][1].is_nan());
    }

    #[test]
    fn points_come_into_a_box_of_other_sides() {
        // From −1/4 to 1/2, and from −3/5 to 9/10.
        let torus = Torus::<2>::new(&[0.75, 1.5]).unwrap();
        let wrapped = torus.wrap(&[[0.5, 0.75], [-0.375, 1.0], [7.6875, -1.0]]);
        assert_eq!(wrapped, [[-0.25, 0.75], [0.375, -0.5], [0.1875, 0.5]]);
    }

    #[test]
    fn images_must_be_countable() {
        let torus = Torus::<3>::new(&[1.0; 3]).unwrap();
        assert!(torus.check_count("positions", 100_000_000).is_ok());
        let error = torus.check_count("positions", 200_000_000).unwrap_err();
        assert!(
            error.to_string().contains("at most 159072798 on a torus"),
            "{error}"
        );
    }

    #[test]
    fn boxes_that_are_none_are_refused() {
        for sides in [
            &[1.0][..],
            &[1.0, 2.1],
            &[2.1, 1.0],
            &[0.0, 0.0],
            &[f64::NAN; 2],
            &[-1.0; 2],
            &[1.0; 3],
        ] {
            assert!(Torus::<2>::new(sides).is_err(), "{sides:?}");
        }
        assert!(Torus::<2>::new(&[1.0, 2.0]).is_ok());
        let error = Torus::<3>::new(&[1.0, 2.0, 3.0]).unwrap_err().to_string();
        assert!(error.contains("[1.0, 2.0, 3.0]"), "{error}");
        assert!(error.contains("at most 2 times the smallest"), "{error}");
    }
}

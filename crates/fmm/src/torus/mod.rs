//! The flat torus ℝ^D/(Lℤ)^D: opposite faces of a box are one.
//!
//! A plan takes the points into the box, surrounds its tree by [images](crate::tree) of what lies near its faces, and gives the root the
//! local of all images beyond those next to it (`lattice.rs` of the families) and the [`background`] that makes the box neutral. The
//! oracle is [`direct::on_torus`](crate::direct::on_torus), by Ewald's sum ([`ewald`]).
//!
//! A Gaussian core ends before images begin, which have the singular kernel. An algebraic one does not: in Ewald's sum r² +
//! δ² stands for r², and far fields come from tables, level by level (`levels.rs`), the root's lattice with the core in it.
//! Sums of wide cores, whose modes fall like e^{−2πkδ/L}, are those of the first modes alone.

pub(crate) mod background;
pub(crate) mod ewald;
mod gamma;
mod modes;
pub(crate) mod split;

use crate::kernel::{Kernel, RadialPair};
use crate::tree::Frame;
use crate::{Error, Real, Result};
use rayon::prelude::*;
use split::FarPower;

/// The least s of a power of the distance, but for 0.
const LEAST_POWER: f64 = 1e-3;
/// Algebraic cores, in sides, from which on sums are those of modes: near pairs of wider ones nearly cancel if points are
/// even, in the plane 40 000 to 1e-5 of their size at 0.2. In space modes are too many sooner.
const fn wide_core(dimension: usize) -> f64 {
    if dimension == 2 { 0.1 } else { 0.25 }
}
/// The widest algebraic core, in sides: the first mode of a field is e^{−2πδ/L} of it.
const WIDEST_CORE: f64 = 100.0;

/// A torus of `D` dimensions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Torus<const D: usize> {
    /// L, in the user's unit.
    pub(crate) side: f64,
}

impl<const D: usize> Torus<D> {
    /// Of a box with these sides, which must be equal.
    pub(crate) fn new(sides: &[f64]) -> Result<Self> {
        let refused = |allowed: &str| Err(Error::argument("torus", format!("{sides:?}"), allowed));
        let Some(&side) = sides.first().filter(|_| sides.len() == D) else {
            return refused(&format!("{D} sides for points of {D} coordinates"));
        };
        if !sides.iter().all(|side| side.is_normal() && *side > 0.0) {
            return refused(&format!(
                "sides from {:e} to {:e}",
                f64::MIN_POSITIVE,
                f64::MAX
            ));
        }
        if sides.iter().any(|other| *other != side) {
            return refused("equal sides: only squares and cubes are there so far");
        }
        Ok(Self { side })
    }

    /// Near cells hold all that is within a core's reach only if the box is as wide as that, unless images know of the core.
    pub(crate) fn check_reach<K: Kernel<D>>(&self, kernel: &K, reach: f64) -> Result<()> {
        if reach <= self.side || kernel.algebraic_core() > 0.0 {
            return Ok(());
        }
        let found = format!("{}, whose core reaches {reach:e}", kernel.name());
        let allowed = format!(
            "cores that reach no farther than the side {:e} of the torus",
            self.side
        );
        Err(Error::argument("kernel", found, allowed))
    }

    /// What a kernel is to images that are far away, which must be a power.
    pub(crate) fn power<K: Kernel<D>>(&self, kernel: &K) -> Result<FarPower> {
        let refused = |allowed: &str| Err(Error::argument("kernel", kernel.name(), allowed));
        let core = kernel.algebraic_core();
        if core > WIDEST_CORE * self.side {
            return refused(&format!(
                "cores of at most {:e} on a torus of side {:e}, beyond which nothing is left",
                WIDEST_CORE * self.side,
                self.side
            ));
        }
        match kernel.pair(1.0).far_power() {
            // Differences of r^−s/s would lose its digits.
            Some(power) if power.s != 0.0 && power.s < LEAST_POWER => {
                refused(&format!("s = 0 or s from {LEAST_POWER:e} on, on a torus"))
            }
            Some(power) => Ok(FarPower {
                core,
                few_modes: core >= wide_core(D) * self.side,
                ..power
            }),
            None => refused(
                "coulomb, biot-savart or riesz on a torus, of which coulomb and biot-savart may have a core",
            ),
        }
    }

    /// Where the box begins along an axis: parts of the side before 0 whose multiples by powers of two stay away from whole numbers, so that 0
    /// and the middle of the user's box, about which clouds are symmetric, are corners of no small cells, where errors would add up; another
    /// part along each axis, so that the box's own corner is no such place. Points near 0 stay as they are.
    fn low(&self, axis: usize) -> f64 {
        -self.side * [1.0 / 3.0, 2.0 / 5.0, 3.0 / 7.0][axis]
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

    /// The root cube.
    pub(crate) fn frame<T: Real>(&self) -> Frame<D> {
        Frame::torus::<T>(std::array::from_fn(|a| self.low(a)), self.side)
    }

    /// Points where they lie in the box; ones that are not finite as they are.
    pub(crate) fn wrap<T: Real>(&self, points: &[[T; D]]) -> Vec<[T; D]> {
        let wrap = |point: &[T; D]| std::array::from_fn(|a| self.wrap_one(self.low(a), point[a]));
        points.par_iter().with_min_len(1 << 12).map(wrap).collect()
    }

    /// x modulo L, not below `low`, which is exact but for the last rounding.
    fn wrap_one<T: Real>(&self, low: f64, x: T) -> T {
        let (wide, end) = (x.to_f64(), low + self.side);
        if !wide.is_finite() || (low..end).contains(&wide) {
            return x;
        }
        // Of points that are not beside the next box the slow remainder, which is exact.
        let next = wide >= low - self.side && wide < end + self.side;
        let rest = if next { wide } else { wide % self.side };
        T::from_f64(if rest >= end {
            rest - self.side
        } else if rest < low {
            rest + self.side
        } else {
            rest
        })
    }
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
            &[1.0, 2.0],
            &[0.0, 0.0],
            &[f64::NAN; 2],
            &[-1.0; 2],
            &[1.0; 3],
        ] {
            assert!(Torus::<2>::new(sides).is_err(), "{sides:?}");
        }
    }
}

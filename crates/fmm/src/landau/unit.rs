//! A unit of length about as long as a cloud is wide, so that powers of distances stay within the range of the numbers.

use super::LandauSums;
use rayon::prelude::*;

/// An even power of two: powers of it that sums are multiplied with are as exact as they can be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit(f64);

impl Unit {
    /// For a cloud as wide as this.
    pub(super) fn of(widest: f64) -> Self {
        if widest == 0.0 {
            return Self(1.0);
        }
        let half = (0.5 * widest.log2()).floor().clamp(-500.0, 500.0);
        Self(2f64.powi(2 * half as i32))
    }

    pub(super) fn inverse(self) -> f64 {
        1.0 / self.0
    }

    /// What brings A and B of positions in it to the user's unit, A being a length to the power γ + 2, and B having one less. To
    /// be multiplied with twice, so that a sum leaves the range of the numbers only where the result does, or nearly so.
    pub(super) fn factors(self, gamma: f64) -> [f64; 2] {
        [gamma + 2.0, gamma + 1.0].map(|power| self.0.powf(0.5 * power))
    }

    /// Positions in it.
    pub(super) fn positions<const D: usize>(self, positions: &[[f64; D]]) -> Vec<[f64; D]> {
        let inverse = self.inverse();
        positions.iter().map(|x| x.map(|x| x * inverse)).collect()
    }

    /// Sums of positions in it, in the user's unit.
    pub(super) fn to_user<const D: usize>(self, gamma: f64, sums: &mut LandauSums<D>) {
        if self.0 == 1.0 {
            return;
        }
        let [of_a, of_b] = self.factors(gamma);
        sums.a.par_iter_mut().for_each(|a| {
            let numbers = a.as_flattened_mut().iter_mut();
            numbers.for_each(|x| *x = *x * of_a * of_a);
        });
        let numbers = sums.b.par_iter_mut().flatten_iter();
        numbers.for_each(|x| *x = *x * of_b * of_b);
    }
}

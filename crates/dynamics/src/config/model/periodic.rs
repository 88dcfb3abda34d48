//! `model.periodic`.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The box of a torus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(
    untagged,
    expecting = "a number, or one for each axis, such as [1.0, 2.0]"
)]
pub enum Periodic {
    /// The side of a square or cube.
    Side(f64),
    /// The sides of a rectangle or box, one for each axis; the largest at most twice the smallest.
    Sides(Vec<f64>),
}

impl fmt::Display for Periodic {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Side(side) => side.fmt(f),
            Self::Sides(sides) => write!(f, "{sides:?}"),
        }
    }
}

impl Periodic {
    /// The sides in so many dimensions, as they were given.
    pub fn sides(&self, dimension: usize) -> Vec<f64> {
        match self {
            Self::Side(side) => vec![*side; dimension],
            Self::Sides(sides) => sides.clone(),
        }
    }

    /// The sides by axis; of axes without one, which a plan refuses, NaN.
    pub(crate) fn by_axis<const D: usize>(&self) -> [f64; D] {
        let sides = self.sides(D);
        std::array::from_fn(|a| sides.get(a).copied().unwrap_or(f64::NAN))
    }
}

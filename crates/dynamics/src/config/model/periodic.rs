//! `model.periodic`.

use bincode::{Decode, Encode};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The box of a torus.
#[derive(Clone, Debug, PartialEq, Serialize, Encode, Decode)]
#[serde(untagged)]
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

impl<'de> Deserialize<'de> for Periodic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Reads a number or several, and says what is allowed where it is neither.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Periodic;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or one for each axis, such as [1.0, 2.0]")
    }
    fn visit_f64<E: Error>(self, side: f64) -> Result<Periodic, E> {
        Ok(Periodic::Side(side))
    }
    fn visit_i64<E: Error>(self, side: i64) -> Result<Periodic, E> {
        Ok(Periodic::Side(side as f64))
    }
    fn visit_u64<E: Error>(self, side: u64) -> Result<Periodic, E> {
        Ok(Periodic::Side(side as f64))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Periodic, A::Error> {
        let mut sides = vec![];
        while let Some(side) = all.next_element()? {
            sides.push(side);
        }
        Ok(Periodic::Sides(sides))
    }
}

//! `model.diffusion`.

use bincode::{Decode, Encode};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// σ of the noise √(2σ) dB of a gas: a number, or a formula in quotes.
#[derive(Clone, Debug, PartialEq, Serialize, Encode, Decode)]
#[serde(untagged)]
pub enum Diffusion {
    /// The same everywhere, 0 or more.
    Constant(f64),
    /// σ(X_i) by a formula in x and y, in space also z, as `0.1*(1 + x^2)`, in Itô's sense: dX_i = … + √(2σ(X_i)) dB_i. It
    /// must be finite and 0 or more wherever particles come. Only by `euler-maruyama`.
    Formula(String),
}

impl From<f64> for Diffusion {
    fn from(sigma: f64) -> Self {
        Self::Constant(sigma)
    }
}

impl Diffusion {
    /// σ, if it is the same everywhere.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(sigma) => Some(*sigma),
            Self::Formula(_) => None,
        }
    }

    /// The formula, if it is one.
    pub fn formula(&self) -> Option<&str> {
        match self {
            Self::Constant(_) => None,
            Self::Formula(text) => Some(text),
        }
    }
}

impl<'de> Deserialize<'de> for Diffusion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Reads either, and says what is allowed where it is neither.
struct Written;

impl Visitor<'_> for Written {
    type Value = Diffusion;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a formula in quotes")
    }
    fn visit_f64<E: Error>(self, sigma: f64) -> Result<Diffusion, E> {
        Ok(sigma.into())
    }
    fn visit_i64<E: Error>(self, sigma: i64) -> Result<Diffusion, E> {
        Ok((sigma as f64).into())
    }
    fn visit_str<E: Error>(self, formula: &str) -> Result<Diffusion, E> {
        Ok(Diffusion::Formula(formula.into()))
    }
}

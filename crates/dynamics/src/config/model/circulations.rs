//! `model.circulations`.

use crate::config::keys::{Keys, required};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the circulations m_j come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawCirculations", into = "RawCirculations")]
pub enum Circulations {
    /// m_j = 1 (`law = "unit"`).
    Unit,
    /// m_j = a with probability p, else b (`law = "two-point"`).
    TwoPoint {
        /// First value.
        a: f64,
        /// Second value.
        b: f64,
        /// Probability of `a`.
        p: f64,
    },
    /// m_j uniform on [low, high) (`law = "uniform"`).
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// One number a particle from an `.npy` file, which the caller reads and hands in with [`crate::Inputs`].
    File(PathBuf),
}

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCirculations {
    #[serde(skip_serializing_if = "Option::is_none")]
    law: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
}

impl TryFrom<RawCirculations> for Circulations {
    type Error = String;
    fn try_from(raw: RawCirculations) -> Result<Self, String> {
        let keys = Keys::new(
            "model.circulations",
            [
                ("a", raw.a.is_some()),
                ("b", raw.b.is_some()),
                ("p", raw.p.is_some()),
                ("low", raw.low.is_some()),
                ("high", raw.high.is_some()),
                ("file", raw.file.is_some()),
            ],
        );
        let need = |key, value| required("model.circulations", key, value);
        match raw.law.as_deref() {
            None if raw.file.is_some() => {
                keys.only("a file", &["file"])?;
                Ok(Self::File(raw.file.expect("just seen")))
            }
            None | Some("unit") => keys.only("law 'unit'", &[]).map(|()| Self::Unit),
            Some("two-point") => {
                keys.only("law 'two-point'", &["a", "b", "p"])?;
                Ok(Self::TwoPoint {
                    a: raw.a.unwrap_or(1.0),
                    b: raw.b.unwrap_or(-1.0),
                    p: raw.p.unwrap_or(0.5),
                })
            }
            Some("uniform") => {
                keys.only("law 'uniform'", &["low", "high"])?;
                Ok(Self::Uniform {
                    low: need("low", raw.low)?,
                    high: need("high", raw.high)?,
                })
            }
            Some(other) => Err(format!(
                "model.circulations.law: '{other}' (allowed: unit, two-point, uniform; or file = \"…\" without a law)"
            )),
        }
    }
}

impl From<Circulations> for RawCirculations {
    fn from(circulations: Circulations) -> Self {
        let empty = Self::default();
        let law = |name: &str| Some(name.to_string());
        match circulations {
            Circulations::Unit => Self {
                law: law("unit"),
                ..empty
            },
            Circulations::TwoPoint { a, b, p } => Self {
                law: law("two-point"),
                a: Some(a),
                b: Some(b),
                p: Some(p),
                ..empty
            },
            Circulations::Uniform { low, high } => Self {
                law: law("uniform"),
                low: Some(low),
                high: Some(high),
                ..empty
            },
            Circulations::File(file) => Self {
                file: Some(file),
                ..empty
            },
        }
    }
}

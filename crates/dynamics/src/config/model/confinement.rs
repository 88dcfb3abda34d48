//! `model.confinement`.

use crate::config::check::{Keys, required};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A potential V that holds the particles together: it adds −∇V(X_i) to the drift.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawConfinement", into = "RawConfinement")]
pub enum Confinement {
    /// None (`kind = "none"`).
    None,
    /// V = k|x|²/2 (`kind = "harmonic"`).
    Harmonic {
        /// k > 0.
        stiffness: f64,
    },
}

impl Confinement {
    /// k; 0 without.
    pub fn stiffness(&self) -> f64 {
        match *self {
            Self::None => 0.0,
            Self::Harmonic { stiffness } => stiffness,
        }
    }
}

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfinement {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stiffness: Option<f64>,
}

impl TryFrom<RawConfinement> for Confinement {
    type Error = String;
    fn try_from(raw: RawConfinement) -> Result<Self, String> {
        let keys = Keys::new(
            "model.confinement",
            [("stiffness", raw.stiffness.is_some())],
        );
        match raw.kind.as_deref() {
            None | Some("none") => keys.only("kind 'none'", &[]).map(|()| Self::None),
            Some("harmonic") => Ok(Self::Harmonic {
                stiffness: required("model.confinement", "stiffness", raw.stiffness)?,
            }),
            Some(other) => Err(format!(
                "model.confinement.kind: '{other}' (allowed: none, harmonic)"
            )),
        }
    }
}

impl From<Confinement> for RawConfinement {
    fn from(confinement: Confinement) -> Self {
        let (kind, stiffness) = match confinement {
            Confinement::None => ("none", None),
            Confinement::Harmonic { stiffness } => ("harmonic", Some(stiffness)),
        };
        Self {
            kind: Some(kind.into()),
            stiffness,
        }
    }
}

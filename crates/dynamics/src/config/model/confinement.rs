//! `model.confinement`.

use crate::config::keys::{Keys, required};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A potential V that holds the particles together: it adds −∇V(X_i) to the drift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawConfinement", into = "RawConfinement")]
pub enum Confinement {
    /// None (`kind = "none"`).
    None,
    /// V = k|x|²/2 (`kind = "harmonic"`).
    Harmonic {
        /// k > 0.
        stiffness: f64,
    },
    /// V by a formula (`kind = "formula"`), as `x^4/4 + y^2/2`.
    Formula {
        /// V in x and y, in space also z; differentiated exactly.
        potential: String,
    },
}

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfinement {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stiffness: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    potential: Option<String>,
}

impl TryFrom<RawConfinement> for Confinement {
    type Error = String;
    fn try_from(raw: RawConfinement) -> Result<Self, String> {
        let keys = Keys::new(
            "model.confinement",
            [
                ("stiffness", raw.stiffness.is_some()),
                ("potential", raw.potential.is_some()),
            ],
        );
        let table = "model.confinement";
        match raw.kind.as_deref() {
            None | Some("none") => keys.only("kind 'none'", &[]).map(|()| Self::None),
            Some("harmonic") => {
                keys.only("kind 'harmonic'", &["stiffness"])?;
                let stiffness = required(table, "stiffness", raw.stiffness)?;
                Ok(Self::Harmonic { stiffness })
            }
            Some("formula") => {
                keys.only("kind 'formula'", &["potential"])?;
                let potential = required(table, "potential", raw.potential)?;
                Ok(Self::Formula { potential })
            }
            Some(other) => Err(format!(
                "model.confinement.kind: '{other}' (allowed: none, harmonic, formula)"
            )),
        }
    }
}

impl From<Confinement> for RawConfinement {
    fn from(confinement: Confinement) -> Self {
        let (kind, stiffness, potential) = match confinement {
            Confinement::None => ("none", None, None),
            Confinement::Harmonic { stiffness } => ("harmonic", Some(stiffness), None),
            Confinement::Formula { potential } => ("formula", None, Some(potential)),
        };
        Self {
            kind: Some(kind.into()),
            stiffness,
            potential,
        }
    }
}

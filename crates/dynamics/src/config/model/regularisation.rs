//! `model.core`.

use crate::config::keys::{Keys, required};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Regularisation of the kernel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawCore", into = "RawCore")]
pub enum Core {
    /// The singular kernel.
    None,
    /// K(z)·(1 − e^{−r²/δ²}).
    Gaussian {
        /// δ > 0.
        delta: f64,
    },
    /// r² + δ² for r² (Krasny).
    Algebraic {
        /// δ > 0.
        delta: f64,
    },
}

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCore {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<f64>,
}

impl TryFrom<RawCore> for Core {
    type Error = String;
    fn try_from(raw: RawCore) -> Result<Self, String> {
        let keys = Keys::new("model.core", [("delta", raw.delta.is_some())]);
        match raw.kind.as_deref() {
            None | Some("none") => keys.only("kind 'none'", &[]).map(|()| Self::None),
            Some("gaussian") => Ok(Self::Gaussian {
                delta: required("model.core", "delta", raw.delta)?,
            }),
            Some("algebraic") => Ok(Self::Algebraic {
                delta: required("model.core", "delta", raw.delta)?,
            }),
            Some(other) => {
                let allowed = "(allowed: none, gaussian, algebraic)";
                Err(format!("model.core.kind: '{other}' {allowed}"))
            }
        }
    }
}

impl From<Core> for RawCore {
    fn from(core: Core) -> Self {
        match core {
            Core::None => Self {
                kind: Some("none".into()),
                delta: None,
            },
            Core::Gaussian { delta } => Self {
                kind: Some("gaussian".into()),
                delta: Some(delta),
            },
            Core::Algebraic { delta } => Self {
                kind: Some("algebraic".into()),
                delta: Some(delta),
            },
        }
    }
}

//! `[model]`.

use super::check::{Keys, required};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The particle system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawModel", into = "RawModel")]
pub enum ModelConfig {
    /// Viscous point vortices in the plane (`kind = "vortex"`).
    Vortex {
        /// σ ≥ 0: the noise is √(2σ) dB, and σ is the viscosity of the limit equation.
        viscosity: f64,
        /// m_j.
        circulations: Circulations,
        /// The regularisation of the kernel.
        core: Core,
    },
}

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

impl Default for ModelConfig {
    /// Reynolds number 2000 for total circulation 1: thin arms survive the built-in run.
    fn default() -> Self {
        Self::Vortex {
            viscosity: 5e-4,
            circulations: Circulations::Unit,
            core: Core::None,
        }
    }
}

impl ModelConfig {
    /// `kind` in the configuration.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Vortex { .. } => "vortex",
        }
    }
}

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viscosity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circulations: Option<Circulations>,
    #[serde(skip_serializing_if = "Option::is_none")]
    core: Option<Core>,
}

impl TryFrom<RawModel> for ModelConfig {
    type Error = String;
    fn try_from(raw: RawModel) -> Result<Self, String> {
        let ModelConfig::Vortex {
            viscosity,
            circulations,
            core,
        } = ModelConfig::default();
        match raw.kind.as_deref().unwrap_or("vortex") {
            "vortex" => Ok(Self::Vortex {
                viscosity: raw.viscosity.unwrap_or(viscosity),
                circulations: raw.circulations.unwrap_or(circulations),
                core: raw.core.unwrap_or(core),
            }),
            other => Err(format!("model.kind: '{other}' (allowed: vortex)")),
        }
    }
}

impl From<ModelConfig> for RawModel {
    fn from(model: ModelConfig) -> Self {
        let kind = Some(model.kind().into());
        let ModelConfig::Vortex {
            viscosity,
            circulations,
            core,
        } = model;
        Self {
            kind,
            viscosity: Some(viscosity),
            circulations: Some(circulations),
            core: Some(core),
        }
    }
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

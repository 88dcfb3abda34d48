//! `[initial]` as it is written: one table for all kinds, each of which has keys of its own.

use super::{InitialConfig, KINDS};
use crate::config::keys::{Keys, required};
use crate::vortex_particles::VortexRing;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInitial {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patches: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    radius: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sides: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    centres: Option<Vec<Vec<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    radii: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amplitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thickness: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spacing: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quasi_random: Option<bool>,
    /// Tables, which come last.
    #[serde(skip_serializing_if = "Option::is_none")]
    rings: Option<Vec<VortexRing>>,
}

impl TryFrom<RawInitial> for InitialConfig {
    type Error = String;
    fn try_from(raw: RawInitial) -> Result<Self, String> {
        let quasi_random = raw.quasi_random == Some(true);
        let law = Self::law_of(raw)?;
        Ok(match quasi_random {
            true => Self::QuasiRandom(law.into()),
            false => law,
        })
    }
}

impl InitialConfig {
    fn law_of(raw: RawInitial) -> Result<Self, String> {
        let keys = Keys::new(
            "initial",
            [
                ("n", raw.n.is_some()),
                ("patches", raw.patches.is_some()),
                ("separation", raw.separation.is_some()),
                ("radius", raw.radius.is_some()),
                ("inner", raw.inner.is_some()),
                ("side", raw.side.is_some()),
                ("sides", raw.sides.is_some()),
                ("power", raw.power.is_some()),
                ("centres", raw.centres.is_some()),
                ("radii", raw.radii.is_some()),
                ("weights", raw.weights.is_some()),
                ("length", raw.length.is_some()),
                ("amplitude", raw.amplitude.is_some()),
                ("thickness", raw.thickness.is_some()),
                ("start", raw.start.is_some()),
                ("spacing", raw.spacing.is_some()),
                ("rings", raw.rings.is_some()),
                ("path", raw.path.is_some()),
            ],
        );
        let InitialConfig::GaussianPatches {
            n,
            patches,
            separation,
            radius,
        } = InitialConfig::default()
        else {
            unreachable!("the built-in run starts from patches")
        };
        let kind = raw.kind.as_deref().unwrap_or("gaussian-patches");
        let only = |allowed: &[&str]| keys.only(&format!("kind '{kind}'"), allowed);
        let n = raw.n.unwrap_or(n);
        match kind {
            "gaussian-patches" => {
                only(&["n", "patches", "separation", "radius"])?;
                Ok(Self::GaussianPatches {
                    n,
                    patches: raw.patches.unwrap_or(patches),
                    separation: raw.separation.unwrap_or(separation),
                    radius: raw.radius.unwrap_or(radius),
                })
            }
            "gaussian" => only(&["n", "radius"]).map(|()| Self::Gaussian {
                n,
                radius: raw.radius.unwrap_or(1.0),
            }),
            "uniform-disc" => only(&["n", "radius"]).map(|()| Self::UniformDisc {
                n,
                radius: raw.radius.unwrap_or(1.0),
            }),
            "uniform-square" => only(&["n", "side"]).map(|()| Self::UniformSquare {
                n,
                side: raw.side.unwrap_or(1.0),
            }),
            "uniform-ball" => only(&["n", "radius"]).map(|()| Self::UniformBall {
                n,
                radius: raw.radius.unwrap_or(1.0),
            }),
            "uniform-cube" => only(&["n", "side"]).map(|()| Self::UniformCube {
                n,
                side: raw.side.unwrap_or(1.0),
            }),
            "uniform-box" => {
                only(&["n", "sides"])?;
                Ok(Self::UniformBox {
                    n,
                    sides: required("initial", "sides", raw.sides)?,
                })
            }
            "annulus" => only(&["n", "inner", "radius"]).map(|()| Self::Annulus {
                n,
                inner: raw.inner.unwrap_or(0.5),
                radius: raw.radius.unwrap_or(1.0),
            }),
            "power-law" => {
                only(&["n", "power", "radius"])?;
                Ok(Self::PowerLaw {
                    n,
                    power: required("initial", "power", raw.power)?,
                    radius: raw.radius.unwrap_or(1.0),
                })
            }
            "mixture" => {
                only(&["n", "centres", "radii", "weights"])?;
                let radii = required("initial", "radii", raw.radii)?;
                Ok(Self::Mixture {
                    n,
                    centres: required("initial", "centres", raw.centres)?,
                    weights: raw.weights.unwrap_or_else(|| vec![1.0; radii.len()]),
                    radii,
                })
            }
            "vortex-sheet" => {
                only(&["n", "length", "amplitude", "thickness"]).map(|()| Self::VortexSheet {
                    n,
                    length: raw.length.unwrap_or(1.0),
                    amplitude: raw.amplitude.unwrap_or(0.02),
                    thickness: raw.thickness.unwrap_or(0.0),
                })
            }
            "bkw" => {
                only(&["n", "start"])?;
                Ok(Self::Bkw {
                    n,
                    start: required("initial", "start", raw.start)?,
                })
            }
            "dipole" => only(&["n", "separation", "radius"]).map(|()| Self::Dipole {
                n,
                separation: raw.separation.unwrap_or(separation),
                radius: raw.radius.unwrap_or(0.25),
            }),
            "ring" => only(&["n", "radius"]).map(|()| Self::Ring {
                n,
                radius: raw.radius.unwrap_or(1.0),
            }),
            "vortex-rings" => {
                only(&["rings", "spacing"])?;
                Ok(Self::VortexRings {
                    rings: required("initial", "rings", raw.rings)?,
                    spacing: required("initial", "spacing", raw.spacing)?,
                })
            }
            "file" => {
                only(&["path"])?;
                Ok(Self::File {
                    path: required("initial", "path", raw.path)?,
                })
            }
            other => Err(format!(
                "initial.kind: '{other}' (allowed: {})",
                KINDS.join(", ")
            )),
        }
    }
}

impl From<InitialConfig> for RawInitial {
    fn from(initial: InitialConfig) -> Self {
        let raw = Self {
            kind: Some(initial.kind().into()),
            n: initial.n(),
            ..Self::default()
        };
        match initial {
            InitialConfig::GaussianPatches {
                patches,
                separation,
                radius,
                ..
            } => Self {
                patches: Some(patches),
                separation: Some(separation),
                radius: Some(radius),
                ..raw
            },
            InitialConfig::Dipole {
                separation, radius, ..
            } => Self {
                separation: Some(separation),
                radius: Some(radius),
                ..raw
            },
            InitialConfig::UniformSquare { side, .. } | InitialConfig::UniformCube { side, .. } => {
                Self {
                    side: Some(side),
                    ..raw
                }
            }
            InitialConfig::UniformBox { sides, .. } => Self {
                sides: Some(sides),
                ..raw
            },
            InitialConfig::PowerLaw { power, radius, .. } => Self {
                power: Some(power),
                radius: Some(radius),
                ..raw
            },
            InitialConfig::Mixture {
                centres,
                radii,
                weights,
                ..
            } => Self {
                centres: Some(centres),
                radii: Some(radii),
                weights: Some(weights),
                ..raw
            },
            InitialConfig::VortexSheet {
                length,
                amplitude,
                thickness,
                ..
            } => Self {
                length: Some(length),
                amplitude: Some(amplitude),
                thickness: Some(thickness),
                ..raw
            },
            InitialConfig::Bkw { start, .. } => Self {
                start: Some(start),
                ..raw
            },
            InitialConfig::Annulus { inner, radius, .. } => Self {
                inner: Some(inner),
                radius: Some(radius),
                ..raw
            },
            InitialConfig::Gaussian { radius, .. }
            | InitialConfig::UniformDisc { radius, .. }
            | InitialConfig::UniformBall { radius, .. }
            | InitialConfig::Ring { radius, .. } => Self {
                radius: Some(radius),
                ..raw
            },
            InitialConfig::VortexRings { rings, spacing } => Self {
                rings: Some(rings),
                spacing: Some(spacing),
                ..raw
            },
            InitialConfig::File { path } => Self {
                path: Some(path),
                ..raw
            },
            InitialConfig::QuasiRandom(law) => Self {
                quasi_random: Some(true),
                ..Self::from(*law.0)
            },
        }
    }
}

//! `[initial]`.

use super::check::{Keys, required};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the particles start. A Gaussian patch of radius a has density (1/πa²) e^{−r²/a²}, so ⟨r²⟩ = a².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawInitial", into = "RawInitial")]
pub enum InitialConfig {
    /// Gaussian patches of the same size at the corners of a regular polygon (two: a pair) around the origin
    /// (`kind = "gaussian-patches"`). Particle i belongs to patch i mod `patches`.
    GaussianPatches {
        /// Number of particles.
        n: usize,
        /// Number of patches.
        patches: usize,
        /// Distance of neighbouring centres.
        separation: f64,
        /// a of each patch.
        radius: f64,
    },
    /// One Gaussian patch at the origin: the Lamb–Oseen vortex of age a²/4σ (`kind = "gaussian"`). In space ⟨r²⟩ = 3a²/2, since the variance
    /// is a²/2 per axis there too.
    Gaussian {
        /// Number of particles.
        n: usize,
        /// a.
        radius: f64,
    },
    /// Uniform on a disc around the origin (`kind = "uniform-disc"`).
    UniformDisc {
        /// Number of particles.
        n: usize,
        /// Radius of the disc.
        radius: f64,
    },
    /// Uniform on the square of this side around the origin (`kind = "uniform-square"`); on a torus of the same side, on all of it.
    UniformSquare {
        /// Number of particles.
        n: usize,
        /// Side of the square.
        side: f64,
    },
    /// Uniform on a ball around the origin (`kind = "uniform-ball"`).
    UniformBall {
        /// Number of particles.
        n: usize,
        /// Radius of the ball.
        radius: f64,
    },
    /// Uniform on the cube of this side around the origin (`kind = "uniform-cube"`); on a torus of the same side, on all of it.
    UniformCube {
        /// Number of particles.
        n: usize,
        /// Side of the cube.
        side: f64,
    },
    /// Uniform on an annulus around the origin (`kind = "annulus"`).
    Annulus {
        /// Number of particles.
        n: usize,
        /// Inner radius.
        inner: f64,
        /// Outer radius.
        radius: f64,
    },
    /// Two Gaussian patches on the x axis; the circulations of the one at x > 0 (odd particles) change sign, unless they
    /// come from a file (`kind = "dipole"`). With positive circulations it moves upwards.
    Dipole {
        /// Number of particles.
        n: usize,
        /// Distance of the centres.
        separation: f64,
        /// a of each patch.
        radius: f64,
    },
    /// A regular N-gon around the origin, the first particle on the x axis (`kind = "ring"`).
    Ring {
        /// Number of particles.
        n: usize,
        /// Radius of the circle.
        radius: f64,
    },
    /// Positions (N, d) from an `.npy` file, which the caller reads and hands in with [`crate::Inputs`]
    /// (`kind = "file"`).
    File {
        /// The file.
        path: PathBuf,
    },
}

/// Every `kind`.
const KINDS: [&str; 10] = [
    "gaussian-patches",
    "gaussian",
    "uniform-disc",
    "uniform-square",
    "uniform-ball",
    "uniform-cube",
    "annulus",
    "dipole",
    "ring",
    "file",
];

impl Default for InitialConfig {
    /// A pair that merges at once (vortices merge above radius/separation of about 0.24 to 0.3: Meunier, Le Dizès and
    /// Leweke, C. R. Physique 6 (2005)). Total circulation 1, so the pair turns once in 4π² separation² = 39.5, and a
    /// core about itself once in 8π² radius² = 16 at first.
    fn default() -> Self {
        Self::GaussianPatches {
            n: 1_000_000,
            patches: 2,
            separation: 1.0,
            radius: 0.45,
        }
    }
}

impl InitialConfig {
    /// `kind` in the configuration.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::GaussianPatches { .. } => "gaussian-patches",
            Self::Gaussian { .. } => "gaussian",
            Self::UniformDisc { .. } => "uniform-disc",
            Self::UniformSquare { .. } => "uniform-square",
            Self::UniformBall { .. } => "uniform-ball",
            Self::UniformCube { .. } => "uniform-cube",
            Self::Annulus { .. } => "annulus",
            Self::Dipole { .. } => "dipole",
            Self::Ring { .. } => "ring",
            Self::File { .. } => "file",
        }
    }

    /// The dimension that it is of; `None` for both.
    pub fn dimension(&self) -> Option<usize> {
        match self {
            Self::Gaussian { .. } | Self::File { .. } => None,
            Self::UniformBall { .. } | Self::UniformCube { .. } => Some(3),
            _ => Some(2),
        }
    }

    /// The kinds for this dimension.
    pub(crate) fn kinds_in(dimension: usize) -> Vec<&'static str> {
        let here = |kind: &&str| match *kind {
            "gaussian" | "file" => true,
            "uniform-ball" | "uniform-cube" => dimension == 3,
            _ => dimension == 2,
        };
        KINDS.into_iter().filter(here).collect()
    }

    /// Number of particles; unknown before the file is read.
    pub fn n(&self) -> Option<usize> {
        match *self {
            Self::GaussianPatches { n, .. }
            | Self::Gaussian { n, .. }
            | Self::UniformDisc { n, .. }
            | Self::UniformSquare { n, .. }
            | Self::UniformBall { n, .. }
            | Self::UniformCube { n, .. }
            | Self::Annulus { n, .. }
            | Self::Dipole { n, .. }
            | Self::Ring { n, .. } => Some(n),
            Self::File { .. } => None,
        }
    }
}

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInitial {
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
    path: Option<PathBuf>,
}

impl TryFrom<RawInitial> for InitialConfig {
    type Error = String;
    fn try_from(raw: RawInitial) -> Result<Self, String> {
        let keys = Keys::new(
            "initial",
            [
                ("n", raw.n.is_some()),
                ("patches", raw.patches.is_some()),
                ("separation", raw.separation.is_some()),
                ("radius", raw.radius.is_some()),
                ("inner", raw.inner.is_some()),
                ("side", raw.side.is_some()),
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
            "annulus" => only(&["n", "inner", "radius"]).map(|()| Self::Annulus {
                n,
                inner: raw.inner.unwrap_or(0.5),
                radius: raw.radius.unwrap_or(1.0),
            }),
            "dipole" => only(&["n", "separation", "radius"]).map(|()| Self::Dipole {
                n,
                separation: raw.separation.unwrap_or(separation),
                radius: raw.radius.unwrap_or(0.25),
            }),
            "ring" => only(&["n", "radius"]).map(|()| Self::Ring {
                n,
                radius: raw.radius.unwrap_or(1.0),
            }),
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
            InitialConfig::File { path } => Self {
                path: Some(path),
                ..raw
            },
        }
    }
}

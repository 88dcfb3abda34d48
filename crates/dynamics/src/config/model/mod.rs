//! `[model]`.

mod circulations;
mod confinement;
mod regularisation;

pub use circulations::Circulations;
pub use confinement::Confinement;
pub use regularisation::Core;

use super::check::{Keys, required};
use crate::formula::Profile;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The particle system. Gases have m_j = 1.
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
        /// Side of the square torus; `None` for the whole plane.
        periodic: Option<f64>,
    },
    /// The log gas, which is Coulomb's in the plane: κ z/(2π r²) (`kind = "log-gas"`).
    LogGas {
        /// κ; repulsive above 0.
        strength: f64,
        /// The regularisation of the kernel.
        core: Core,
        /// What all gases have.
        gas: GasConfig,
    },
    /// Coulomb's gas in space: κ z/(4π r³) (`kind = "coulomb-gas"`).
    CoulombGas {
        /// κ; repulsive above 0.
        strength: f64,
        /// The regularisation of the kernel.
        core: Core,
        /// What all gases have.
        gas: GasConfig,
    },
    /// Riesz gases: κ z/r^{s+2} (`kind = "riesz-gas"`).
    RieszGas {
        /// κ; repulsive above 0.
        strength: f64,
        /// 0 ≤ s < d.
        s: f64,
        /// d: 2 or 3.
        dimension: u8,
        /// What all gases have.
        gas: GasConfig,
    },
    /// Patlak, Keller and Segel's chemotaxis: −χ z/(2π r²) (`kind = "keller-segel"`).
    KellerSegel {
        /// χ > 0; the limit equation collapses above 8πσ.
        chi: f64,
        /// The regularisation of the kernel.
        core: Core,
        /// What all gases have.
        gas: GasConfig,
    },
    /// A kernel by a formula in the distance: κ φ(r) z (`kind = "radial"`); not on a torus.
    Radial {
        /// κ; not 0.
        strength: f64,
        /// φ, or its potential (`field`, `potential`).
        profile: Profile,
        /// d: 2 or 3.
        dimension: u8,
        /// What all gases have.
        gas: GasConfig,
    },
}

/// What all gases have.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct GasConfig {
    /// σ ≥ 0: the noise is √(2σ) dB.
    pub diffusion: f64,
    /// V.
    pub confinement: Confinement,
    /// Side of the square torus; `None` for the whole plane.
    pub periodic: Option<f64>,
}

impl Default for ModelConfig {
    /// Reynolds number 2000 for total circulation 1: thin arms survive the built-in run.
    fn default() -> Self {
        Self::Vortex {
            viscosity: 5e-4,
            circulations: Circulations::Unit,
            core: Core::None,
            periodic: None,
        }
    }
}

impl ModelConfig {
    /// `kind` in the configuration.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Vortex { .. } => "vortex",
            Self::LogGas { .. } => "log-gas",
            Self::CoulombGas { .. } => "coulomb-gas",
            Self::RieszGas { .. } => "riesz-gas",
            Self::KellerSegel { .. } => "keller-segel",
            Self::Radial { .. } => "radial",
        }
    }

    /// d, of the plane or space that the particles move in.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Vortex { .. } | Self::LogGas { .. } | Self::KellerSegel { .. } => 2,
            Self::CoulombGas { .. } => 3,
            Self::RieszGas { dimension, .. } | Self::Radial { dimension, .. } => {
                (*dimension).into()
            }
        }
    }

    /// The key of σ, and σ.
    pub fn diffusion(&self) -> (&'static str, f64) {
        match self {
            Self::Vortex { viscosity, .. } => ("model.viscosity", *viscosity),
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => ("model.diffusion", gas.diffusion),
        }
    }

    /// Where the m_j come from, if they need not be 1.
    pub fn circulations(&self) -> Option<&Circulations> {
        match self {
            Self::Vortex { circulations, .. } => Some(circulations),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn circulations_mut(&mut self) -> Option<&mut Circulations> {
        match self {
            Self::Vortex { circulations, .. } => Some(circulations),
            _ => None,
        }
    }

    /// The regularisation of the kernel.
    pub fn core(&self) -> &Core {
        match self {
            Self::Vortex { core, .. }
            | Self::LogGas { core, .. }
            | Self::CoulombGas { core, .. }
            | Self::KellerSegel { core, .. } => core,
            Self::RieszGas { .. } | Self::Radial { .. } => &Core::None,
        }
    }

    /// V.
    pub fn confinement(&self) -> &Confinement {
        match self {
            Self::Vortex { .. } => &Confinement::None,
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => &gas.confinement,
        }
    }

    /// Side of the square or cubic torus; `None` for the whole plane or space.
    pub fn periodic(&self) -> Option<f64> {
        match self {
            Self::Vortex { periodic, .. } => *periodic,
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => gas.periodic,
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
    diffusion: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chi: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    potential: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circulations: Option<Circulations>,
    #[serde(skip_serializing_if = "Option::is_none")]
    core: Option<Core>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confinement: Option<Confinement>,
}

impl RawModel {
    fn keys(&self) -> Keys {
        Keys::new(
            "model",
            [
                ("viscosity", self.viscosity.is_some()),
                ("diffusion", self.diffusion.is_some()),
                ("strength", self.strength.is_some()),
                ("s", self.s.is_some()),
                ("dimension", self.dimension.is_some()),
                ("chi", self.chi.is_some()),
                ("field", self.field.is_some()),
                ("potential", self.potential.is_some()),
                ("periodic", self.periodic.is_some()),
                ("circulations", self.circulations.is_some()),
                ("core", self.core.is_some()),
                ("confinement", self.confinement.is_some()),
            ],
        )
    }

    fn gas(&self) -> Result<GasConfig, String> {
        Ok(GasConfig {
            diffusion: required("model", "diffusion", self.diffusion)?,
            confinement: self.confinement.clone().unwrap_or(Confinement::None),
            periodic: self.periodic,
        })
    }

    fn profile(&self) -> Result<Profile, String> {
        match (self.field.clone(), self.potential.clone()) {
            (Some(field), None) => Ok(Profile::Field(field)),
            (None, Some(potential)) => Ok(Profile::Potential(potential)),
            (None, None) => Err("model.field: missing (or model.potential)".into()),
            (Some(_), Some(potential)) => Err(format!(
                "model.potential: '{potential}' with model.field (allowed: one of them)"
            )),
        }
    }
}

fn dimension(given: i64) -> Result<u8, String> {
    u8::try_from(given).map_err(|_| format!("model.dimension: {given} (allowed: 2 or 3)"))
}

impl TryFrom<RawModel> for ModelConfig {
    type Error = String;
    fn try_from(raw: RawModel) -> Result<Self, String> {
        let kind = raw.kind.as_deref().unwrap_or("vortex");
        let only = |allowed: &[&str]| raw.keys().only(&format!("kind '{kind}'"), allowed);
        let core = raw.core.clone().unwrap_or(Core::None);
        match kind {
            "vortex" => {
                only(&["viscosity", "circulations", "core", "periodic"])?;
                Ok(Self::Vortex {
                    viscosity: raw
                        .viscosity
                        .unwrap_or(ModelConfig::default().diffusion().1),
                    circulations: raw.circulations.unwrap_or(Circulations::Unit),
                    core,
                    periodic: raw.periodic,
                })
            }
            "log-gas" => {
                only(&["diffusion", "strength", "core", "confinement", "periodic"])?;
                Ok(Self::LogGas {
                    strength: raw.strength.unwrap_or(1.0),
                    core,
                    gas: raw.gas()?,
                })
            }
            "coulomb-gas" => {
                only(&["diffusion", "strength", "core", "confinement", "periodic"])?;
                Ok(Self::CoulombGas {
                    strength: raw.strength.unwrap_or(1.0),
                    core,
                    gas: raw.gas()?,
                })
            }
            "riesz-gas" => {
                only(&[
                    "diffusion",
                    "strength",
                    "s",
                    "dimension",
                    "confinement",
                    "periodic",
                ])?;
                Ok(Self::RieszGas {
                    strength: raw.strength.unwrap_or(1.0),
                    s: required("model", "s", raw.s)?,
                    dimension: dimension(raw.dimension.unwrap_or(2))?,
                    gas: raw.gas()?,
                })
            }
            "keller-segel" => {
                only(&["diffusion", "chi", "core", "confinement", "periodic"])?;
                Ok(Self::KellerSegel {
                    chi: required("model", "chi", raw.chi)?,
                    core,
                    gas: raw.gas()?,
                })
            }
            "radial" => {
                only(&[
                    "diffusion",
                    "strength",
                    "field",
                    "potential",
                    "dimension",
                    "confinement",
                ])?;
                Ok(Self::Radial {
                    strength: raw.strength.unwrap_or(1.0),
                    profile: raw.profile()?,
                    dimension: dimension(raw.dimension.unwrap_or(2))?,
                    gas: raw.gas()?,
                })
            }
            other => Err(format!(
                "model.kind: '{other}' (allowed: vortex, log-gas, coulomb-gas, riesz-gas, keller-segel, radial)"
            )),
        }
    }
}

impl From<ModelConfig> for RawModel {
    fn from(model: ModelConfig) -> Self {
        let of_gas = |gas: GasConfig| Self {
            kind: Some(model.kind().into()),
            diffusion: Some(gas.diffusion),
            confinement: Some(gas.confinement),
            periodic: gas.periodic,
            ..Self::default()
        };
        match model.clone() {
            ModelConfig::Vortex {
                viscosity,
                circulations,
                core,
                periodic,
            } => Self {
                kind: Some(model.kind().into()),
                viscosity: Some(viscosity),
                circulations: Some(circulations),
                core: Some(core),
                periodic,
                ..Self::default()
            },
            ModelConfig::LogGas {
                strength,
                core,
                gas,
            } => Self {
                strength: Some(strength),
                core: Some(core),
                ..of_gas(gas)
            },
            ModelConfig::CoulombGas {
                strength,
                core,
                gas,
            } => Self {
                strength: Some(strength),
                core: Some(core),
                ..of_gas(gas)
            },
            ModelConfig::RieszGas {
                strength,
                s,
                dimension,
                gas,
            } => Self {
                strength: Some(strength),
                s: Some(s),
                dimension: Some(dimension.into()),
                ..of_gas(gas)
            },
            ModelConfig::KellerSegel { chi, core, gas } => Self {
                chi: Some(chi),
                core: Some(core),
                ..of_gas(gas)
            },
            ModelConfig::Radial {
                strength,
                profile,
                dimension,
                gas,
            } => {
                let (field, potential) = match profile {
                    Profile::Field(field) => (Some(field), None),
                    Profile::Potential(potential) => (None, Some(potential)),
                };
                Self {
                    strength: Some(strength),
                    field,
                    potential,
                    dimension: Some(dimension.into()),
                    ..of_gas(gas)
                }
            }
        }
    }
}

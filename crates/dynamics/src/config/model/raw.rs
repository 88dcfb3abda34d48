//! `[model]` as it is written: one table for all kinds, each of which has keys of its own.

use super::{
    Angle, Circulations, Collisions, Confinement, Core, Diffusion, GasConfig, ModelConfig, Periodic,
};
use crate::config::keys::{Keys, required};
use crate::formula::Profile;
use crate::vortex_particles::{Stretching, Viscosity};
use serde::{Deserialize, Serialize};

/// The table as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawModel {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viscosity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viscosity_by: Option<ViscosityBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stretching: Option<Stretching>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diffusion: Option<Diffusion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chi: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gamma: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    angle: Option<Angle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<Collisions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    potential: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    periodic: Option<Periodic>,
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
                ("viscosity_by", self.viscosity_by.is_some()),
                ("stretching", self.stretching.is_some()),
                ("diffusion", self.diffusion.is_some()),
                ("strength", self.strength.is_some()),
                ("s", self.s.is_some()),
                ("dimension", self.dimension.is_some()),
                ("chi", self.chi.is_some()),
                ("gamma", self.gamma.is_some()),
                ("rate", self.rate.is_some()),
                ("angle", self.angle.is_some()),
                ("scheme", self.scheme.is_some()),
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
            diffusion: required("model", "diffusion", self.diffusion.clone())?,
            confinement: self.confinement.clone().unwrap_or(Confinement::None),
            periodic: self.periodic.clone(),
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

/// What viscosity does to vortex particles.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ViscosityBy {
    Brownian,
    CoreSpreading,
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
            "landau" => {
                only(&["gamma", "dimension"])?;
                Ok(Self::Landau {
                    gamma: required("model", "gamma", raw.gamma)?,
                    dimension: dimension(raw.dimension.unwrap_or(3))?,
                })
            }
            "boltzmann" => {
                only(&["rate", "angle", "scheme", "dimension"])?;
                Ok(Self::Boltzmann {
                    rate: raw.rate.unwrap_or(1.0),
                    angle: raw.angle.unwrap_or(Angle::Uniform),
                    scheme: raw.scheme.unwrap_or(Collisions::Kac),
                    dimension: dimension(raw.dimension.unwrap_or(3))?,
                })
            }
            "vortex-particles" => {
                only(&["core", "stretching", "viscosity", "viscosity_by"])?;
                let nu = raw.viscosity.unwrap_or(0.0);
                Ok(Self::VortexParticles {
                    core,
                    stretching: raw.stretching.unwrap_or_default(),
                    viscosity: match raw.viscosity_by {
                        Some(ViscosityBy::Brownian) => Viscosity::Brownian { nu },
                        Some(ViscosityBy::CoreSpreading) => Viscosity::CoreSpreading { nu },
                        None if nu == 0.0 => Viscosity::None,
                        None => {
                            let allowed = "(allowed: brownian, core-spreading, where model.viscosity is not 0)";
                            return Err(format!("model.viscosity_by: missing {allowed}"));
                        }
                    },
                })
            }
            other => Err(format!(
                "model.kind: '{other}' (allowed: vortex, log-gas, coulomb-gas, riesz-gas, keller-segel, radial, landau, boltzmann, vortex-particles)"
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
            ModelConfig::Landau { gamma, dimension } => Self {
                kind: Some(model.kind().into()),
                gamma: Some(gamma),
                dimension: Some(dimension.into()),
                ..Self::default()
            },
            ModelConfig::Boltzmann {
                rate,
                angle,
                scheme,
                dimension,
            } => Self {
                kind: Some(model.kind().into()),
                rate: Some(rate),
                angle: Some(angle),
                scheme: Some(scheme),
                dimension: Some(dimension.into()),
                ..Self::default()
            },
            ModelConfig::VortexParticles {
                core,
                stretching,
                viscosity,
            } => Self {
                kind: Some(model.kind().into()),
                core: Some(core),
                stretching: Some(stretching),
                viscosity: Some(viscosity.nu()),
                viscosity_by: match viscosity {
                    Viscosity::None => None,
                    Viscosity::Brownian { .. } => Some(ViscosityBy::Brownian),
                    Viscosity::CoreSpreading { .. } => Some(ViscosityBy::CoreSpreading),
                },
                ..Self::default()
            },
        }
    }
}

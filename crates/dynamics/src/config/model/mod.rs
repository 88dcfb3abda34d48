//! `[model]`.

mod circulations;
mod collisions;
mod confinement;
mod diffusion;
mod periodic;
mod raw;
mod regularisation;

pub use circulations::Circulations;
pub use collisions::{Angle, Collisions};
pub use confinement::Confinement;
pub use diffusion::Diffusion;
pub use periodic::Periodic;
pub use regularisation::Core;

use crate::formula::Profile;
use crate::vortex_particles::{COMPONENTS, Stretching, Viscosity};
use bincode::{Decode, Encode};
use raw::RawModel;
use serde::{Deserialize, Serialize};

/// The particle system. Gases and the particles of the Landau and Boltzmann equations have m_j = 1.
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
        /// The torus; `None` for the whole plane.
        periodic: Option<Periodic>,
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
    /// The Landau equation, whose particles are velocities (`kind = "landau"`, see [`crate::landau`]); only by `euler-maruyama`.
    Landau {
        /// −d ≤ γ ≤ 1.
        gamma: f64,
        /// d: 2 or 3; 3 if not given.
        dimension: u8,
    },
    /// The Boltzmann equation for Maxwell molecules, whose particles are velocities (`kind = "boltzmann"`, see [`crate::boltzmann`]); only
    /// by `jumps`.
    Boltzmann {
        /// λ > 0, collisions of a particle a unit of time; 1 if not given.
        rate: f64,
        /// The law of σ; uniform if not given.
        angle: Angle,
        /// Which of two particles a collision changes; both if not given.
        scheme: Collisions,
        /// d: 2 or 3; 3 if not given.
        dimension: u8,
    },
    /// Vortex particles in space (`kind = "vortex-particles"`, see [`crate::vortex_particles`]), which carry vectors and have no m_j.
    VortexParticles {
        /// The core of all particles, as they start; none if not given.
        core: Core,
        /// Which scheme stretches; the classical one if not given.
        stretching: Stretching,
        /// ν by `viscosity`, 0 if not given, and what it does by `viscosity_by`: `"brownian"` or `"core-spreading"`.
        viscosity: Viscosity,
    },
}

/// What all gases have.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct GasConfig {
    /// σ ≥ 0: the noise is √(2σ) dB.
    pub diffusion: Diffusion,
    /// V.
    pub confinement: Confinement,
    /// The torus; `None` for the whole plane or space.
    pub periodic: Option<Periodic>,
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
            Self::Landau { .. } => "landau",
            Self::Boltzmann { .. } => "boltzmann",
            Self::VortexParticles { .. } => "vortex-particles",
        }
    }

    /// d, of the plane or space that the particles move in.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Vortex { .. } | Self::LogGas { .. } | Self::KellerSegel { .. } => 2,
            Self::CoulombGas { .. } | Self::VortexParticles { .. } => 3,
            Self::RieszGas { dimension, .. }
            | Self::Radial { dimension, .. }
            | Self::Landau { dimension, .. }
            | Self::Boltzmann { dimension, .. } => (*dimension).into(),
        }
    }

    /// Numbers of a particle's state: the d of its place, and of vortex particles in space those that it carries
    /// ([`COMPONENTS`]).
    pub fn components(&self) -> usize {
        match self {
            Self::VortexParticles { .. } => COMPONENTS,
            _ => self.dimension(),
        }
    }

    /// The key of σ, and σ; 0 where it depends on the state.
    pub fn diffusion(&self) -> (&'static str, f64) {
        match self {
            Self::Vortex { viscosity, .. } => ("model.viscosity", *viscosity),
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => {
                ("model.diffusion", gas.diffusion.constant().unwrap_or(0.0))
            }
            Self::Landau { .. } | Self::Boltzmann { .. } => ("model.diffusion", 0.0),
            Self::VortexParticles { viscosity, .. } => {
                let brownian = matches!(viscosity, Viscosity::Brownian { .. });
                let sigma = if brownian { viscosity.nu() } else { 0.0 };
                ("model.viscosity", sigma)
            }
        }
    }

    /// Whether there is noise, or jumps.
    pub fn has_noise(&self) -> bool {
        let collides = matches!(self, Self::Landau { .. } | Self::Boltzmann { .. });
        let of_state = collides || self.diffusion_formula().is_some();
        of_state || self.diffusion().1 != 0.0
    }

    /// σ where it is a formula.
    pub fn diffusion_formula(&self) -> Option<&str> {
        match self {
            Self::Vortex { .. }
            | Self::Landau { .. }
            | Self::Boltzmann { .. }
            | Self::VortexParticles { .. } => None,
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => gas.diffusion.formula(),
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
            | Self::VortexParticles { core, .. }
            | Self::LogGas { core, .. }
            | Self::CoulombGas { core, .. }
            | Self::KellerSegel { core, .. } => core,
            Self::RieszGas { .. }
            | Self::Radial { .. }
            | Self::Landau { .. }
            | Self::Boltzmann { .. } => &Core::None,
        }
    }

    /// V.
    pub fn confinement(&self) -> &Confinement {
        match self {
            Self::Vortex { .. }
            | Self::Landau { .. }
            | Self::Boltzmann { .. }
            | Self::VortexParticles { .. } => &Confinement::None,
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => &gas.confinement,
        }
    }

    /// The torus; `None` for the whole plane or space.
    pub fn periodic(&self) -> Option<&Periodic> {
        match self {
            Self::Vortex { periodic, .. } => periodic.as_ref(),
            Self::LogGas { gas, .. }
            | Self::CoulombGas { gas, .. }
            | Self::RieszGas { gas, .. }
            | Self::KellerSegel { gas, .. }
            | Self::Radial { gas, .. } => gas.periodic.as_ref(),
            Self::Landau { .. } | Self::Boltzmann { .. } | Self::VortexParticles { .. } => None,
        }
    }
}

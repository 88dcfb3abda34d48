//! Drift, noise structure and exact laws of a particle system; one model a file.

mod boltzmann;
mod confined;
mod coulomb_gas;
mod gas;
mod keller_segel;
mod landau;
mod log_gas;
mod radial_gas;
mod riesz_gas;
mod spread;
mod vortex;
mod vortex_particles;

pub use boltzmann::Boltzmann;
pub use confined::Trap;
pub use coulomb_gas::CoulombGas;
pub use gas::Gas;
pub use keller_segel::KellerSegel;
pub use landau::Landau;
pub use log_gas::LogGas;
pub use radial_gas::RadialGas;
pub use riesz_gas::RieszGas;
pub use spread::Spread;
pub use vortex::Vortex;
pub use vortex_particles::VortexParticles;

pub(crate) use gas::decayed;

use crate::PairFlow;
use crate::collapse::Collapsible;
use crate::config::{Core, ModelConfig, Periodic};
use crate::laws::{Account, Law, Ledger};
use crate::noise::Pieces;
use crate::sums::Sums;
use crate::vortex_particles::COMPONENTS;
use crate::{Error, ErrorKind, Observables, Result};
use farfield::{AlgebraicCore, GaussianCore, Kernel, Kernel2d, Kernel3d, Options, Plan};
use std::any::Any;
use std::f64::consts::SQRT_2;
use std::fmt::Debug;
use std::sync::Arc;

/// The noise term of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoiseStructure {
    /// None: an ordinary differential equation.
    None,
    /// `coefficient · dB_i`, the same for all particles, places and times; Itô and Stratonovich agree.
    Additive {
        /// √(2σ).
        coefficient: f64,
    },
    /// √2 A_i^{1/2} dB_i in Itô's sense, with symmetric matrices A_i that depend on where all particles are ([`Sums::matrices`]) and
    /// the symmetric root. Schemes must [take them](crate::stepper::Stepper::takes_matrices).
    Matrices,
    /// √(2σ(X_i)) dB_i in Itô's sense, with a number for every particle that depends on where the particles are
    /// ([`Model::spreads`]): the same as matrices σ(X_i) I, for the schemes that take those.
    Scalars,
    /// None, but the particles jump ([`Model::jump`]), and do nothing else.
    Jumps,
}

impl NoiseStructure {
    /// Of diffusion σ.
    pub fn of_diffusion(sigma: f64) -> Self {
        if sigma == 0.0 {
            return Self::None;
        }
        Self::Additive {
            coefficient: (2.0 * sigma).sqrt(),
        }
    }

    /// Whether it depends on where the particles are.
    pub fn depends_on_state(self) -> bool {
        matches!(self, Self::Matrices | Self::Scalars)
    }

    /// What stands before dB_i, or before A_i^{1/2} dB_i; `None` without noise.
    pub fn coefficient(self) -> Option<f64> {
        match self {
            Self::None | Self::Jumps => None,
            Self::Additive { coefficient } => Some(coefficient),
            Self::Matrices | Self::Scalars => Some(SQRT_2),
        }
    }
}

/// A first-order system dX_i = Σ_j w_j K(X_i − X_j) dt − ∇V(X_i) dt + noise.
///
/// One of your own, for [`Simulation::with_model`](crate::Simulation::with_model): a regular kernel, K(z) = z e^{−|z|²}.
///
/// ```
/// use farfield::{Options, Plan, RadialFunction, RadialKernel};
/// use farfield_dynamics::config::InitialConfig;
/// use farfield_dynamics::model::{Model, NoiseStructure};
/// use farfield_dynamics::{Config, Inputs, Law, Result, Simulation, laws::Account, sums::Sums};
/// use std::sync::Arc;
///
/// #[derive(Debug)]
/// struct Bumps(RadialKernel);
///
/// struct Bump;
/// impl RadialFunction for Bump {
///     fn field(&self, r: f64) -> f64 {
///         (-r * r).exp()
///     }
/// }
///
/// impl Model for Bumps {
///     fn kind(&self) -> &'static str {
///         "bumps"
///     }
///     fn plan(&self, positions: &[[f64; 2]], options: Options) -> Result<Box<dyn Sums>> {
///         Ok(Box::new(Plan::new(positions, self.0.clone(), options)?))
///     }
///     fn strengths(&self, m: &[f64]) -> Vec<f64> {
///         vec![1.0 / m.len() as f64; m.len()]
///     }
///     fn noise(&self) -> NoiseStructure {
///         NoiseStructure::of_diffusion(0.01)
///     }
///     // The centre is a Brownian motion, as the kernel is odd.
///     fn laws(&self, account: &Account) -> Vec<Law> {
///         let error = (0.02 * account.ledger.time / account.n as f64).sqrt();
///         let law = |name, a: usize| Law::new(name, account.initial.centre[a], account.now.centre[a], error);
///         vec![law("centre x", 0), law("centre y", 1)]
///     }
/// }
///
/// let mut config = Config::default();
/// config.initial = InitialConfig::Gaussian { n: 2000, radius: 1.0 };
/// let model = Arc::new(Bumps(RadialKernel::new(&Bump)?));
/// let mut run = Simulation::with_model(model, config, Inputs::default())?;
/// run.step()?;
/// assert!(run.laws().iter().all(|law| law.z.abs() < 5.0));
/// # Ok::<(), farfield_dynamics::Error>(())
/// ```
pub trait Model<const D: usize = 2>: Debug + Send + Sync {
    /// `model.kind` in the configuration.
    fn kind(&self) -> &'static str;

    /// A plan of K at these positions: [`Plan::new`] with the model's kernel, in a box.
    fn plan(&self, positions: &[[f64; D]], options: Options) -> Result<Box<dyn Sums<D>>>;

    /// The strengths w_j that the plan takes, from the m_j.
    fn strengths(&self, circulations: &[f64]) -> Vec<f64>;

    /// The noise term.
    fn noise(&self) -> NoiseStructure;

    /// Writes σ(X_i) of every particle, where the noise is [`NoiseStructure::Scalars`]. Errors: numbers that are not finite
    /// or below 0.
    fn spreads(&self, positions: &[[f64; D]], out: &mut [f64]) -> Result<()> {
        let _ = (positions, out);
        Ok(())
    }

    /// Sides of the torus that the particles live on, if they do.
    fn periodic(&self) -> Option<[f64; D]> {
        None
    }

    /// |K| at this distance, without a core: what errors are relative to on a torus where forces cancel. 0, the default, for no such size.
    fn size_at(&self, distance: f64) -> f64 {
        let _ = distance;
        0.0
    }

    /// What two particles alone do, if that has a closed form ([`TimeConfig::two_body`](crate::config::TimeConfig)).
    fn pair_flow(&self) -> Option<PairFlow> {
        None
    }

    /// V.
    fn confinement(&self) -> &Trap {
        &Trap::None
    }

    /// Whether there is a potential, from which the energy is measured where the output asks for it.
    fn has_potential(&self) -> bool {
        true
    }

    /// Adds the energy of the system to the sums over a state, which have Σ V(X_i) already, from the potentials Σ_j w_j g(X_i − X_j), whose
    /// relative ℓ2 error is at most `tolerance`.
    fn add_energy(
        &self,
        observables: &mut Observables<D>,
        circulations: &[f64],
        potential: &[f64],
        tolerance: f64,
    ) {
        let _ = (observables, circulations, potential, tolerance);
    }

    /// Adds what this model alone measures to the sums over a state; `interaction` is empty where it is not known.
    fn measure(
        &self,
        observables: &mut Observables<D>,
        positions: &[[f64; D]],
        interaction: &[[f64; D]],
    ) {
        let _ = (observables, positions, interaction);
    }

    /// Whether the virial 2 Σ (X_i − X̄)·F_i of the interaction F is wanted at every step; else where the energy is.
    fn follows_virial(&self) -> bool {
        false
    }

    /// What the virial should be at a state with this energy, if that is known.
    fn virial(&self, n: usize, observables: &Observables<D>) -> Option<f64> {
        let _ = (n, observables);
        None
    }

    /// What the error of the energy can change in what [`virial`](Self::virial) says.
    fn virial_error(&self, observables: &Observables<D>) -> f64 {
        let _ = observables;
        0.0
    }

    /// How it can collapse in steps of this length, if it can.
    fn collapsible(&self, n: usize, dt: f64) -> Option<Collapsible> {
        let _ = (n, dt);
        None
    }

    /// Makes the jumps of a step, where [`noise`](Self::noise) says that there are some, and enters in the ledger what the laws need of them.
    ///
    /// Errors: more jumps than it can make. The state and the ledger are then as before.
    fn jump(&self, step: &Pieces, positions: &mut [[f64; D]], ledger: &mut Ledger) -> Result<()> {
        let _ = (step, positions, ledger);
        Ok(())
    }

    /// Enters in the ledger what the laws need to know of a step of length `dt` from a state with these sums, beside what they all need:
    /// where the relative error of ∇F is at most `tolerance`, and its size [`Sums::gradient_norm`]. Not of sub-steps.
    fn follow(
        &self,
        ledger: &mut Ledger,
        observables: &Observables<D>,
        n: usize,
        [dt, tolerance, gradient]: [f64; 3],
    ) {
        let _ = (ledger, observables, n, dt, tolerance, gradient);
    }

    /// The exact laws of this model, at the state that the account describes.
    fn laws(&self, account: &Account<D>) -> Vec<Law>;
}

/// The model of a configuration, whose particles must have `D` numbers each ([`ModelConfig::components`]).
pub fn from_config<const D: usize>(config: &ModelConfig) -> Result<Arc<dyn Model<D>>> {
    let home = config.components();
    let model: Box<dyn Any> = match home {
        COMPONENTS => Box::new(vortex_particles(config)),
        2 => Box::new(in_plane(config)?),
        _ => Box::new(in_space(config)?),
    };
    let model = model.downcast::<Arc<dyn Model<D>>>();
    model.map(|model| *model).map_err(|_| {
        let what = match home {
            COMPONENTS => format!("with {home} numbers a particle"),
            _ => format!("which is of {home} dimensions"),
        };
        let value = format!("{}, {what},", config.kind());
        let allowed = format!("one of {D}");
        Error::value(ErrorKind::Config, "model.kind", value, allowed)
    })
}

fn vortex_particles(config: &ModelConfig) -> Arc<dyn Model<COMPONENTS>> {
    let ModelConfig::VortexParticles {
        ref core,
        stretching,
        viscosity,
    } = *config
    else {
        unreachable!("the one model with so many numbers a particle")
    };
    Arc::new(VortexParticles::new(core.into(), stretching, viscosity))
}

fn in_plane(config: &ModelConfig) -> Result<Arc<dyn Model>> {
    let of = |gas| Gas::new(gas, 2);
    Ok(match *config {
        ModelConfig::Vortex {
            viscosity,
            ref core,
            ref periodic,
            ..
        } => {
            let sides = periodic.as_ref().map(Periodic::by_axis);
            Arc::new(Vortex::new(viscosity, core, sides))
        }
        ModelConfig::LogGas {
            strength,
            ref core,
            ref gas,
        } => Arc::new(LogGas::new(strength, core, of(gas)?)),
        ModelConfig::KellerSegel {
            chi,
            ref core,
            ref gas,
        } => Arc::new(KellerSegel::new(chi, core, of(gas)?)),
        _ => return in_both(config),
    })
}

fn in_space(config: &ModelConfig) -> Result<Arc<dyn Model<3>>> {
    Ok(match *config {
        ModelConfig::CoulombGas {
            strength,
            ref core,
            ref gas,
        } => Arc::new(CoulombGas::new(strength, core, Gas::new(gas, 3)?)),
        _ => return in_both(config),
    })
}

/// What is at home in the plane and in space.
fn in_both<const D: usize>(config: &ModelConfig) -> Result<Arc<dyn Model<D>>>
where
    RieszGas: Model<D>,
    RadialGas: Model<D>,
    Landau: Model<D>,
{
    let of = |gas| Gas::new(gas, D);
    Ok(match *config {
        ModelConfig::RieszGas {
            strength,
            s,
            ref gas,
            ..
        } => Arc::new(RieszGas::new(strength, s, of(gas)?)),
        ModelConfig::Radial {
            strength,
            ref profile,
            ref gas,
            ..
        } => Arc::new(RadialGas::new(strength, profile, of(gas)?)?),
        ModelConfig::Landau { gamma, .. } => Arc::new(Landau::new(gamma)),
        ModelConfig::Boltzmann {
            rate,
            angle,
            scheme,
            ..
        } => Arc::new(Boltzmann::new(rate, angle, scheme)),
        ModelConfig::Vortex { .. }
        | ModelConfig::LogGas { .. }
        | ModelConfig::KellerSegel { .. }
        | ModelConfig::VortexParticles { .. }
        | ModelConfig::CoulombGas { .. } => unreachable!("at home in one of them"),
    })
}

/// A plan of a kernel in a box, if there is one.
fn plan<K, const D: usize>(
    positions: &[[f64; D]],
    kernel: K,
    options: Options,
    sides: Option<[f64; D]>,
) -> Result<Box<dyn Sums<D>>>
where
    K: Kernel<D, Strength<f64> = f64>,
{
    let options = match sides {
        None => options,
        Some(sides) => options.torus(&sides),
    };
    Ok(Box::new(Plan::new(positions, kernel, options)?))
}

/// A kernel with its core.
macro_rules! with_core {
    ($all:ident, $kernel:ident, $core:expr, $singular:ident, $gaussian:ident, $algebraic:ident) => {
        match *$core {
            Core::None => $all::$singular($kernel),
            Core::Gaussian { delta } => $all::$gaussian(GaussianCore {
                kernel: $kernel,
                delta,
            }),
            Core::Algebraic { delta } => $all::$algebraic(AlgebraicCore {
                kernel: $kernel,
                delta,
            }),
        }
    };
}

fn biot_savart(core: &Core) -> Kernel2d {
    use farfield::BiotSavart2d;
    with_core!(
        Kernel2d,
        BiotSavart2d,
        core,
        BiotSavart,
        BiotSavartGaussian,
        BiotSavartAlgebraic
    )
}

fn coulomb(core: &Core) -> Kernel2d {
    use farfield::Coulomb2d;
    with_core!(
        Kernel2d,
        Coulomb2d,
        core,
        Coulomb,
        CoulombGaussian,
        CoulombAlgebraic
    )
}

fn coulomb_in_space(core: &Core) -> Kernel3d {
    use farfield::Coulomb3d;
    with_core!(
        Kernel3d,
        Coulomb3d,
        core,
        Coulomb,
        CoulombGaussian,
        CoulombAlgebraic
    )
}

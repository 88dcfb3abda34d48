//! Vortex particles in space: the incompressible Navier–Stokes equation in vorticity form, by N particles that carry
//! vorticity and move, turn and stretch with the flow that they make.
//!
//! ```text
//! dX_i   = u(X_i) dt [+ √(2ν) dB_i]                              u(x) = Σ_j α_j × z q(r)/(4π r³), z = x − X_j, r = |z|
//! dα_i   = (α_i·∇)u dt   or   (∇u)ᵀα_i dt                        α: vorticity times volume
//! [dδ²   = 4ν dt]                                                q: the core's, 1 without one
//! ```
//!
//! Velocity and gradient are one evaluation of a fast multipole plan. [`ModelConfig::VortexParticles`](crate::config::ModelConfig) is
//! the same in the configuration of a run, which has snapshots and laws.
//!
//! ```
//! use farfield_dynamics::vortex_particles::{Core, VortexParticles, VortexRing, VortexSettings, VortexSimulation};
//!
//! let ring = VortexRing { centre: [0.0; 3], axis: [0.0, 0.0, 1.0], radius: 1.0, circulation: 1.0, core: 0.2 };
//! let particles: VortexParticles = VortexRing::particles(&[ring], 0.15, Core::Gaussian { delta: 0.17 })?;
//! let mut run = VortexSimulation::new(particles, VortexSettings::new(0.1))?;
//! let before = run.observables()?;
//! run.step()?;
//! let after = run.observables()?;
//! let change = after.impulse[2] - before.impulse[2];
//! assert!((before.impulse[2] / std::f64::consts::PI - 1.0).abs() < 0.05); // π Γ R² of a thin ring
//! assert!(change.abs() < 1e-4 * before.impulse[2]);
//! # Ok::<(), farfield_dynamics::Error>(())
//! ```
//!
//! The files in the order of the data flow:

// What a particle's vorticity is spread over.
mod core;
// What changes in time.
mod particles;
// Where vortex rings start.
mod ring;
// How vorticity diffuses, and how it stretches.
mod stretching;
mod viscosity;
// How the particles move.
mod settings;
// The right-hand side: sums over all particles, and what follows from them.
mod rates;
// Particles as the steppers take them.
mod rows;
// Sums over the particles, in a fixed order.
mod observables;
// A run of them, by itself.
mod simulation;

pub use self::core::Core;
pub(crate) use self::core::SQUARED;
pub use observables::{VortexMoments, VortexObservables};
pub use particles::VortexParticles;
pub(crate) use rates::Rates;
pub use ring::VortexRing;
pub use rows::COMPONENTS;
pub(crate) use rows::pack;
pub use settings::VortexSettings;
pub use simulation::VortexSimulation;
pub use stretching::Stretching;
pub use viscosity::Viscosity;

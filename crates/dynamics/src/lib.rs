//! First-order mean-field particle systems on top of [`farfield`]: N particles in the plane or in space that move by
//!
//! ```text
//! dX_i = (1/N) Σ_{j≠i} m_j K(X_i − X_j) dt − ∇V(X_i) dt + √(2σ) dB_i          i = 1..N
//! ```
//!
//! with the sum taken by a fast multipole plan whose error is measured while the run goes on.
//!
//! ```
//! use farfield_dynamics::config::{Config, InitialConfig};
//! use farfield_dynamics::{Inputs, Simulation};
//! use std::sync::atomic::AtomicBool;
//!
//! let mut config = Config::default(); // the built-in run: two patches of viscous vortices that merge
//! config.initial = InitialConfig::Gaussian { n: 2000, radius: 1.0 };
//! config.time.steps = 5;
//! let mut run = Simulation::new(config, Inputs::default())?;
//! run.run(&mut [], &AtomicBool::new(false))?;
//! assert!(run.last_check().unwrap().error_bound <= 1e-5); // measured, not promised
//! for law in run.laws() {
//!     assert!(law.z.abs() < 5.0, "{law:?}"); // exact laws, in standard errors
//! }
//! # Ok::<(), farfield_dynamics::Error>(())
//! ```
//!
//! The modules in the order of the data flow:

// What a run is asked to do.
pub mod config;
// Kernels and potentials as users write them.
pub mod formula;
// Where the particles start, and their circulations.
mod initial;
// What changes in time.
mod state;
// Drift and noise structure of a particle system.
pub mod model;
// Brownian increments keyed by (seed, particle, step, component).
pub mod noise;
// One time step.
pub mod stepper;
// Any plan behind one face, and the drift through it.
mod drift;
pub mod sums;
// The drift's error, measured and held.
mod oracle;
// Sums over the particles, in a fixed order.
mod min_distance;
mod observables;
mod sum;
// Exact statements that the run is held against.
pub mod laws;
// Particles too close for a step.
mod close_pairs;
// Steps as short as errors ask for.
mod adaptive;
// Particles that attract each other too much.
mod collapse;
// The loop.
mod simulation;
// State on disk.
mod snapshot;
// The Landau equation.
pub mod landau;
// The Boltzmann equation.
pub mod boltzmann;
// Vortex particles in space.
pub mod vortex_particles;
// What a run will need.
mod estimate;
// What limits its results.
mod error_budget;
// One error type.
mod error;

pub use adaptive::Substeps;
pub use close_pairs::PairFlow;
pub use collapse::{Collapse, Collapsible};
pub use config::Config;
pub use error::{Error, ErrorKind, Result};
pub use error_budget::{ErrorBudget, MeanErrors};
pub use estimate::Estimate;
pub use initial::Inputs;
pub use laws::Law;
pub use observables::Observables;
pub use oracle::FieldCheck;
pub use simulation::{Observer, RunEnd, Simulation, StepReport, StepSeconds, View};
pub use snapshot::{Archive, Entry, Found, Snapshot, SnapshotWriter};
pub use state::State;

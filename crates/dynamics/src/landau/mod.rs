//! The Landau equation by particles, of Nanbu's kind: N velocities in 2 or 3 dimensions that collide softly, all with all.
//!
//! ```text
//! dV_i = (2/N) Σ_j b(V_i − V_j) dt + √2 A_i^{1/2} dB_i         A_i = (1/N) Σ_j a(V_i − V_j)
//! a(z) = |z|^{γ+2} (I − z zᵀ/|z|²)      b(z) = ∇·a(z) = −(d − 1)|z|^γ z            −d ≤ γ ≤ 1
//! ```
//!
//! in Itô's sense, with the symmetric square root; the limit is ∂_t f = ∇·((a∗f)∇f − (b∗f) f). Every particle has its own Brownian
//! motion, so momentum and energy are kept in the mean only. γ = 0, Maxwell molecules, takes a time proportional to N a step; others the
//! fast multipole plans of [`farfield::landau`]. Source: Fournier, *Particle approximation of some Landau equations*, Kinet. Relat.
//! Models 2 (2009).
//!
//! ```
//! use farfield_dynamics::landau::{LandauSettings, LandauSimulation, bkw};
//!
//! let start: Vec<[f64; 3]> = bkw::velocities(2000, 0.6, 7)?;
//! let mut run = LandauSimulation::new(start, LandauSettings::new(0.0, 0.005))?;
//! for _ in 0..20 {
//!     run.step()?;
//! }
//! for law in run.laws() {
//!     assert!(law.z.abs() < 5.0, "{law:?}"); // momentum and energy
//! }
//! let k = bkw::k(3, 0.6, run.time()); // the exact solution of this start goes on being one of its family
//! let fourth = run.velocities().iter().map(|v| v.iter().map(|x| x * x).sum::<f64>().powi(2)).sum::<f64>() / 2000.0;
//! assert!((fourth / bkw::fourth_moment(3, k) - 1.0).abs() < 0.3);
//! # Ok::<(), farfield_dynamics::Error>(())
//! ```

// A law whose evolution is known.
pub mod bkw;
// What the plane and space have of their own.
mod dimension;
// Square roots of symmetric matrices.
mod root;
// How the velocities change.
mod settings;
// The loop, and the laws.
mod simulation;

pub use dimension::Dimension;
pub use settings::LandauSettings;
pub use simulation::LandauSimulation;

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
//! It is a [`Model`](crate::model::Landau) like the others: positions are velocities, and so are what pictures and diagnostics show.
//!
//! ```
//! use farfield_dynamics::config::{Config, InitialConfig, ModelConfig, Scheme};
//! use farfield_dynamics::landau::bkw;
//! use farfield_dynamics::{Inputs, Simulation};
//!
//! let mut config = Config::default();
//! config.model = ModelConfig::Landau { gamma: 0.0, dimension: 3 };
//! config.initial = InitialConfig::Bkw { n: 2000, start: 0.6 };
//! (config.time.scheme, config.time.dt) = (Scheme::EulerMaruyama, 0.005);
//! let mut run = Simulation::<3>::from_config(config, Inputs::default())?;
//! for _ in 0..20 {
//!     run.step()?;
//! }
//! for law in run.laws() {
//!     assert!(law.z.abs() < 5.0, "{law:?}"); // momentum and energy
//! }
//! let k = bkw::k(3, 0.6, run.state().time); // the exact solution of this start goes on being one of its family
//! let velocities = &run.state().positions;
//! let fourth = velocities.iter().map(|v| v.iter().map(|x| x * x).sum::<f64>().powi(2)).sum::<f64>() / 2000.0;
//! assert!((fourth / bkw::fourth_moment(3, k) - 1.0).abs() < 0.3);
//! # Ok::<(), farfield_dynamics::Error>(())
//! ```

// A law whose evolution is known.
pub mod bkw;
// Drift and noise.
mod coefficients;
// What the plane and space have of their own.
mod dimension;

pub(crate) use coefficients::Coefficients;
pub use dimension::Dimension;

/// The smallest tolerance in 2 or 3 dimensions.
pub(crate) fn least_tolerance(dimension: usize, gamma: f64) -> f64 {
    let kernel = farfield::landau::Landau { gamma };
    match dimension {
        2 => <() as Dimension<2>>::least_tolerance(kernel),
        _ => <() as Dimension<3>>::least_tolerance(kernel),
    }
}

//! The Boltzmann equation for Maxwell molecules, by particles: N velocities in 2 or 3 dimensions that collide two by two, whatever their
//! distance (Kac's walk, Nanbu's system).
//!
//! ```text
//! v′ = (v + v_*)/2 + |v − v_*| σ/2        v′_* = (v + v_*)/2 − |v − v_*| σ/2
//! ∂_t f(v) = λ ∫∫ (f(v′) f(v′_*) − f(v) f(v_*)) b(σ) dσ dv_*,     ∫ b dσ = 1
//! ```
//!
//! with σ a random unit vector: uniform on the sphere, or at a fixed angle θ from v − v_*. Each of the pairs collides at rate λ/(N − 1),
//! independently of the others, so that every particle collides λ times a unit of time; the limit of many particles is the equation above.
//! In Kac's scheme both particles change, and each collision keeps momentum and energy. In Nanbu's one of two changes, at the rate
//! λ/(N − 1) of every ordered pair; momentum and energy are kept in the mean.
//!
//! The times between collisions are exponential and drawn one after another, so that a run has no error in time, whatever its steps, and no
//! sums. With c = ⟨σ·(v − v_*)/|v − v_*|⟩ and s = 1 − ⟨(σ·(v − v_*))²/|v − v_*|²⟩, the law of [`bkw`](crate::landau::bkw) at time t is that of
//! K at the time λst/(8(d − 1)) there. For θ → 0 with λθ² = 8(d − 1) the limit is the Landau equation for γ = 0.
//!
//! Sources: Kac, *Foundations of kinetic theory*, Proc. Third Berkeley Symposium 3 (1956); Nanbu, *Direct simulation scheme derived from the
//! Boltzmann equation*, J. Phys. Soc. Japan 49 (1980); Babovsky, *On a simulation scheme for the Boltzmann equation*, Math. Meth. Appl. Sci. 8
//! (1986). Limits: Mischler and Mouhot, *Kac's program in kinetic theory*, Invent. Math. 193 (2013); Fournier and Mischler, *Rate of
//! convergence of the Nanbu particle system for hard potentials and Maxwell molecules*, Ann. Probab. 44 (2016).
//!
//! ```
//! use farfield_dynamics::config::{Angle, Collisions, Config, InitialConfig, ModelConfig, Scheme};
//! use farfield_dynamics::landau::bkw;
//! use farfield_dynamics::{Inputs, Simulation};
//!
//! let mut config = Config::default();
//! config.model = ModelConfig::Boltzmann { rate: 1.0, angle: Angle::Uniform, scheme: Collisions::Kac, dimension: 3 };
//! config.initial = InitialConfig::Bkw { n: 2000, start: 0.6 };
//! (config.time.scheme, config.time.dt) = (Scheme::Jumps, 0.5);
//! let mut run = Simulation::<3>::from_config(config, Inputs::default())?;
//! for _ in 0..4 {
//!     run.step()?;
//! }
//! for law in run.laws() {
//!     assert!(law.z.abs() < 5.0, "{law:?}"); // momentum, energy, anisotropy
//! }
//! let k = bkw::k(3, 0.6, run.state().time / 24.0); // s = 2/3
//! let velocities = &run.state().positions;
//! let fourth = velocities.iter().map(|v| v.iter().map(|x| x * x).sum::<f64>().powi(2)).sum::<f64>() / 2000.0;
//! assert!((fourth / bkw::fourth_moment(3, k) - 1.0).abs() < 0.3);
//! # Ok::<(), farfield_dynamics::Error>(())
//! ```

// Where a collision turns two velocities.
mod deflection;
// No sums.
mod no_drift;
// Collisions one after another.
mod walk;

pub(crate) use deflection::Deflection;
pub(crate) use no_drift::NoDrift;
pub(crate) use walk::Walk;

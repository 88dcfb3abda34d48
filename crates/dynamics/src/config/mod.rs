//! What a run is asked to do: the TOML of a run, with a default for every key. [`Config::default`] is the built-in run.
//!
//! ```toml
//! schema = 1
//! seed = 7
//! [model]
//! kind = "vortex"                      # or the gases: log-gas, coulomb-gas, riesz-gas, keller-segel, radial; or landau, boltzmann, vortex-particles ([`ModelConfig`])
//! viscosity = 5e-4                     # of gases diffusion, a number or a formula, "0.1*(1 + x^2)" ([`Diffusion`])
//! circulations = { law = "unit" }      # or { law = "two-point", a, b, p }, { law = "uniform", low, high }, { file = "m.npy" }
//! core = { kind = "none" }             # or { kind = "gaussian", delta }
//! [initial]
//! kind = "gaussian-patches"            # or gaussian, uniform-disc, uniform-square, annulus, dipole, ring, …: [`InitialConfig`]
//! n = 1_000_000
//! quasi_random = false                 # or true: particles that cover the law evenly ([`InitialConfig::QuasiRandom`])
//! [time]
//! scheme = "ab2-maruyama"              # or euler-maruyama, stochastic-heun, exponential-heun, sra1, sra3; with viscosity 0 also ab3, rk4; jumps for boltzmann
//! # adaptive = { tolerance = 1e-6 }    # sub-steps as errors ask for, with schemes that look at no earlier step: [`Adaptive`]
//! [field]
//! tolerance = 1e-5
//! [output]
//! snapshot_every = 25                  # or { time = 0.5 }, or { seconds = 600 } of the clock ([`Every`]); diagnostics_every likewise, without the clock
//! ```

mod check;
mod every;
mod initial;
mod keys;
mod model;
mod replica;
mod resume;

pub use every::Every;
pub use initial::{Drawn, InitialConfig};
pub use model::{
    Angle, Circulations, Collisions, Confinement, Core, Diffusion, GasConfig, ModelConfig, Periodic,
};

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A whole run. Every key has a default; unknown keys are errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Version of this format: 1.
    pub schema: u32,
    /// Seed of everything random, 0 to 2⁶³ − 1.
    pub seed: u64,
    /// The particle system.
    pub model: ModelConfig,
    /// Where the particles start.
    pub initial: InitialConfig,
    /// The scheme and its steps.
    pub time: TimeConfig,
    /// The sum and its error.
    pub field: FieldConfig,
    /// What is written, and how often.
    pub output: OutputConfig,
}

/// How time is stepped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields, default)]
pub struct TimeConfig {
    /// The scheme.
    pub scheme: Scheme,
    /// Length of a step, above 0.
    pub dt: f64,
    /// Number of steps from time 0, including those made before a restart.
    pub steps: u64,
    /// The Brownian path is drawn in steps dt/2^`path_halvings`, whose sums the run takes; 0 to 20, 0 by default. Runs of
    /// (dt, 1) and (dt/2, 0) see one path, so that their difference is the error in time.
    pub path_halvings: u8,
    /// Whether pairs that are too close for a step follow the exact flow of two particles ([`PairFlow`](crate::PairFlow)), and the scheme
    /// takes the rest of the drift: singular kernels only; with noise schemes of one drift a step, without also `stochastic-heun`, `sra1` and
    /// `sra3`. Where it is missing, pairs of repulsive gases with s > 0 do if the scheme takes them: with s = 0 no more than a
    /// few are thrown apart, and the search takes half as long as the sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub two_body: Option<bool>,
    /// Sub-steps within each step, as short as errors and close pairs ask for; missing by default, for steps of length dt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<Adaptive>,
}

/// How a step is halved into sub-steps dt/2^k. They see one Brownian path, whatever they are, and outputs stay at whole
/// steps. For schemes that look at no earlier step (`euler-maruyama`, `stochastic-heun`, `exponential-heun`, `sra1`, `sra3`, `rk4`), without
/// `two_body`.
///
/// ```toml
/// [time]
/// adaptive = { tolerance = 1e-6, halvings = 12 }
/// ```
///
/// A sub-step h is taken if both hold, and halved if not (with noise, which parts what is
/// close, the least one needs the second alone):
///
/// - no distance is too small: h W |K(r)| ≤ r/4 with r the smallest distance of two particles at different places at its
///   start (of nearest images on a torus) and W = 2 max |w_j|, so that it changes r by no more than about a quarter; for
///   kernels of a power of r without a core;
/// - no particle's local error e is too large. Without noise e is what the scheme says
///   ([`End::anticipated`](crate::stepper::End::anticipated)): Euler's and Heun's steps differ by it, those of `rk4` and of
///   its embedded scheme of order 3. With noise e = h/2 (F(X_{n+1}) − F(X_n)), by which Heun's and Euler's differ on the
///   same path, for every scheme. Where the drift moves a particle no less than noise does, h|F| ≥ √(2σh), errors of its
///   sub-steps add up, and |e| dt/h may be `tolerance`; elsewhere they do in the mean square, and |e| √(dt/h) may be.
///
/// So no particle's errors in a step dt add up to much more than `tolerance`. A sub-step that is tried costs as many drifts
/// as the scheme takes, and a whole step one more. Where the least sub-step dt/2^`halvings` is too long, the run ends and
/// says when and why; for models that collapse as a collapse, if there is a cluster that steps dt do not resolve.
///
/// Source: Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, §II.4; Gaines and Lyons, *Variable step
/// size control in the numerical solution of stochastic differential equations*, SIAM J. Appl. Math. 57 (1997), for paths
/// that are refined, not drawn again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct Adaptive {
    /// What the local errors of a step dt may add up to at any particle, as a length.
    pub tolerance: f64,
    /// The least sub-step is dt/2^`halvings`; 1 to 20, 12 by default.
    #[serde(default = "Adaptive::halvings")]
    pub halvings: u8,
}

impl Adaptive {
    fn halvings() -> u8 {
        12
    }

    /// The least sub-step of steps dt.
    pub fn shortest(&self, dt: f64) -> f64 {
        dt / f64::from(1 << self.halvings)
    }
}

/// The schemes, one a file in [`crate::stepper`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Strong order 1, weak order 1 for additive noise; one drift a step. The one scheme for noise that depends on the state.
    EulerMaruyama,
    /// Weak order 2 for additive noise; one drift a step.
    Ab2Maruyama,
    /// Weak order 2 for additive noise; two drifts a step.
    StochasticHeun,
    /// Strong order 3/2, weak order 2 for additive noise; two drifts a step.
    Sra1,
    /// Strong order 3/2, weak order 2 for additive noise, order 3 without; three drifts a step.
    Sra3,
    /// Order 3 without noise; one drift a step.
    Ab3,
    /// Order 4 without noise; four drifts a step.
    Rk4,
    /// Weak order 2 for additive noise, a harmonic trap solved exactly; two drifts a step.
    ExponentialHeun,
    /// None: the one scheme for models that jump, exactly in law.
    Jumps,
}

/// How the sum is taken and checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields, default)]
pub struct FieldConfig {
    /// Relative ℓ2 error that the drift may have.
    pub tolerance: f64,
    /// Particles in a cell above which it is split. Where it is missing, a cost model chooses it when the run starts, and
    /// it is kept here from then on: the bits of a run depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf_capacity: Option<usize>,
    /// Whether a Gaussian core is taken as a wide one ([`farfield::Options::wide_cores`]). Where it is missing, it is if at the start too many
    /// particles are within its reach, and that is kept here from then on; with a grid, at every place where that has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wide_core: Option<bool>,
    /// Whether a kernel that is smooth is summed by the modes of a grid where one is fine enough for it ([`farfield::Options::grid`]). Where it
    /// is missing, it is if that is expected to be faster at the start, and that is kept here from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<bool>,
    /// Steps between two measurements of the drift's error; 0 never measures.
    pub check_every: u64,
    /// Particles sampled by a measurement.
    pub check_samples: usize,
    /// What happens when the measured error exceeds the tolerance.
    pub on_excess: OnExcess,
}

/// What happens when the measured error of the drift exceeds the tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum OnExcess {
    /// The plan is built again with a smaller tolerance until the error holds, and the drift computed again.
    Tighten,
    /// The run stops with an error.
    Stop,
}

/// What a run writes. Steps that are multiples of a period are written, and the first and last state always;
/// a period of 0 means never. Rows and snapshots may also come by time ([`Every`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields, default)]
pub struct OutputConfig {
    /// Steps, or time, between two rows of the diagnostics; not by the clock, as no two runs would have the same.
    pub diagnostics_every: Every,
    /// Steps, time, or seconds of the clock, between two snapshots.
    pub snapshot_every: Every,
    /// Number of pictures, first and last state included; 0 for none.
    pub pictures: u32,
    /// Pixels of a picture's longer side.
    pub picture_pixels: u32,
    /// Steps between two values of the Hamiltonian (the potential rides on the drift's evaluation), which models without a potential
    /// have none of.
    pub hamiltonian_every: u64,
    /// Steps between two values of the smallest distance, which is not measured on a torus.
    pub min_distance_every: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schema: 1,
            seed: 7,
            model: ModelConfig::default(),
            initial: InitialConfig::default(),
            time: TimeConfig::default(),
            field: FieldConfig::default(),
            output: OutputConfig::default(),
        }
    }
}

impl Default for TimeConfig {
    /// Fifty steps cover the merger and its two spiral arms (time 17). A core turns by 0.14 a step at most: with 10⁶
    /// particles the second moment's law is measured to 4e-4, and the scheme's own error (ω dt)⁴/4 a step must stay below.
    fn default() -> Self {
        Self {
            scheme: Scheme::Ab2Maruyama,
            dt: 0.34,
            steps: 50,
            path_halvings: 0,
            two_body: None,
            adaptive: None,
        }
    }
}

impl Default for FieldConfig {
    fn default() -> Self {
        Self {
            tolerance: 1e-5,
            leaf_capacity: None,
            wide_core: None,
            grid: None,
            check_every: 10,
            check_samples: 1000,
            on_excess: OnExcess::Tighten,
        }
    }
}

impl Default for OutputConfig {
    fn default() -> Self {
        Self {
            diagnostics_every: Every::Steps(1),
            snapshot_every: Every::Steps(25),
            pictures: 5,
            picture_pixels: 1000,
            hamiltonian_every: 10,
            min_distance_every: 25,
        }
    }
}

impl Scheme {
    /// Name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::EulerMaruyama => "euler-maruyama",
            Self::Ab2Maruyama => "ab2-maruyama",
            Self::StochasticHeun => "stochastic-heun",
            Self::Sra1 => "sra1",
            Self::Sra3 => "sra3",
            Self::Ab3 => "ab3",
            Self::Rk4 => "rk4",
            Self::ExponentialHeun => "exponential-heun",
            Self::Jumps => "jumps",
        }
    }

    /// Whether it is for systems with noise.
    pub fn takes_noise(self) -> bool {
        !matches!(self, Self::Ab3 | Self::Rk4)
    }
}

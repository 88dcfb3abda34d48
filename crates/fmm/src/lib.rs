//! Sums of singular interactions between millions of particles, with the error that you ask for.
//!
//! ```text
//! u_i = Σ_{j : y_j ≠ x_i}  w_j K(x_i − y_j)          targets x_i, sources y_j, strengths w_j
//! ```
//!
//! z = x − y is target minus source; a coincident pair contributes nothing; nothing is divided by N. [`Plan`] takes the
//! sum by a fast multipole method in a time proportional to N, [`direct`] exactly in N². [`Options::tolerance`] promises
//! ‖u − u_exact‖₂ ≤ tolerance·‖u_exact‖₂ over all targets, and [`Plan::verify`] measures it. [`Plan`] has an example.
//!
//! In the order of the data flow: [`kernel`] holds the formulas, [`tree`] orders points into cells, [`lists`] says which
//! cells are near and far; expansions and passes stay inside. [`Error`] is all that can go wrong.

mod accuracy;
mod cost;
pub mod direct;
mod error;
mod expansion;
pub mod general;
pub mod kernel;
pub mod landau;
pub mod lists;
mod memory;
#[cfg(feature = "nalgebra")]
pub mod nalgebra;
pub mod operators;
mod options;
mod passes;
mod plan;
mod points;
mod report;
mod spectral;
mod torus;
pub mod tree;

pub use cost::Costs;
pub use error::{Error, ErrorKind, Result};
pub use kernel::{AlgebraicCore, BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore};
pub use kernel::{HighOrderGaussianCore, VectorKernel3d};
pub use kernel::{
    Kernel, Kernel2d, Kernel3d, KernelNd, RadialFunction, RadialKernel, Riesz, Strength,
};
pub use lanes::InstructionSet;
pub use options::{Guarantee, Options, Outputs};
pub use plan::Plan;
pub use report::{OperatorsReport, PassSeconds, PlanReport, PredictedSeconds, VerifyReport};
pub use torus::MOST_STRETCHED;

/// `f64` or `f32`, for which the method is compiled in this crate.
pub trait Real: passes::Compiled {}
impl Real for f64 {}
impl Real for f32 {}

/// The sums of one strength vector, in the order of the targets; a sum that was not asked for is empty. `W` is what one
/// source carries, [`Kernel::Strength`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums<T, const D: usize, W = T> {
    /// Σ w_j K(x_i − y_j).
    pub field: Vec<[T; D]>,
    /// Σ w_j g(x_i − y_j).
    pub potential: Vec<W>,
    /// ∂u_a/∂x_b of the field u, at `[a][b]`.
    pub gradient: Vec<[[T; D]; D]>,
}

/// What [`Plan::evaluate`] returns.
#[derive(Clone, Debug)]
pub struct Evaluation<T, const D: usize, W = T> {
    /// One entry a strength vector.
    pub sums: Vec<Sums<T, D, W>>,
    /// Seconds that each pass took.
    pub seconds: PassSeconds,
}

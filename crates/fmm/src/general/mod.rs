//! Sums of kernels of any form, in the plane and in space: anisotropic fields, dipoles, a column of a Stokeslet.
//!
//! ```text
//! u_i = Σ_{j : y_j ≠ x_i}  w_j K(x_i − y_j)          K: R^D → R^C, smooth away from 0
//! ```
//!
//! [`GeneralPlan`] takes the sum in a time proportional to N, [`direct`] exactly. Where a kernel is a function of the
//! distance, [`RadialKernel`](crate::RadialKernel) is faster.

mod check;
mod direct;
mod kernel;
mod leaves;
pub(crate) mod pairs;
mod plan;
mod unit;

pub use direct::sums as direct;
pub use kernel::{GeneralKernel, Parity};
pub use plan::GeneralPlan;

//! The coefficients of the Landau equation: sums of the collision kernel, a matrix, and of its divergence.
//!
//! With z = v − v_j, r = |z|, in d = 2 or 3 dimensions, for −d ≤ γ ≤ 1,
//!
//! ```text
//! a(z) = r^{γ+2} (I − z zᵀ/r²)            A(v) = Σ_j w_j a(v − v_j)
//! b(z) = ∇·a(z) = −(d − 1) r^γ z          B(v) = Σ_j w_j b(v − v_j)        a(0) = b(0) = 0
//! ```
//!
//! b is a power of the distance, z/r^{s+2} with s = −γ − 2, and a is made of derivatives of one. With φ = r^{γ+2} and
//! G = Σ w ∇(φ z), tr G = (d + γ + 2) Σ w r^{γ+2},
//!
//! ```text
//! A = (k (tr G) I − G)/(γ + 2)                            k = (γ + 3)/(d + γ + 2)
//! ```
//!
//! Near γ = −2 digits would cancel. There φ = −(r^{γ+2} − 1)/(γ + 2) is taken, whose limit is −log r, and
//!
//! ```text
//! A = G − k (tr G) I + (d − 1)/(d + γ + 2) Σ_{v_j ≠ v} w_j I
//! ```
//!
//! So no γ is an exception. For γ = −d, Coulomb's collisions in space, d + 1 sums of Coulomb's kernel and the near pairs give both faster: with o any
//! place,
//!
//! ```text
//! A = (tr T) I − T        T_ik = Σ w z_i z_k/r^d = (v_k − o_k) E^w_i − E^{w (v_k − o_k)}_i        E^f = Σ f z/r^d        B = −(d − 1) E^w
//! ```
//!
//! A is a length to the power γ + 2 times a weight, and B has one less. The kernel, and sums of it over particles
//! for a deterministic method: J. A. Carrillo, J. Hu, L. Wang, J. Wu, arXiv:1910.03080; A by derivatives of powers is worked out here.
//! At γ = 0 (Maxwell molecules) the sums are polynomials, and moments give them in a time
//! proportional to N, to rounding.

mod direct;
mod harmonic;
mod leaves;
mod moments;
mod plan;
mod report;
mod unit;

pub use direct::sums as direct;
pub use plan::LandauPlan;

use crate::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// The kernel a(z) = |z|^{γ+2} (I − z zᵀ/|z|²) of the Landau equation. γ = 0: Maxwell molecules; γ = −3 in space: Coulomb's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landau {
    /// The power γ, from −d in d dimensions to 1.
    pub gamma: f64,
}

/// A and B at every target, in the order of the targets.
#[derive(Clone, Debug, PartialEq)]
pub struct LandauSums<const D: usize> {
    /// A = Σ_j w_j a(v − v_j), symmetric; row by row.
    pub a: Vec<[[f64; D]; D]>,
    /// B = Σ_j w_j b(v − v_j) = ∇·A.
    pub b: Vec<[f64; D]>,
}

/// `landau:gamma=…`; whether γ is allowed shows with the points.
impl FromStr for Landau {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = |argument: &str, found: &str, allowed: &str| {
            Err(Error::argument(argument, format!("'{found}'"), allowed))
        };
        match text
            .split_once(':')
            .map(|(name, rest)| (name, rest.split_once('=')))
        {
            Some(("landau", Some(("gamma", value)))) => match value.parse() {
                Ok(gamma) => {
                    let kernel = Self { gamma };
                    kernel.check(3)?;
                    Ok(kernel)
                }
                Err(_) => refused("kernel: gamma", value, "a number"),
            },
            Some(("landau", Some((key, _)))) => refused("kernel parameter", key, "gamma"),
            _ => refused("kernel", text, "landau:gamma=NUMBER"),
        }
    }
}

impl fmt::Display for Landau {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "landau:gamma={}", self.gamma)
    }
}

impl Landau {
    /// Errors: γ beyond what the dimension allows.
    pub fn check(self, dimension: usize) -> Result<()> {
        if self.gamma >= -(dimension as f64) && self.gamma <= 1.0 {
            return Ok(());
        }
        let allowed = format!("-{dimension} to 1 in {dimension} dimensions");
        Err(Error::argument(
            "kernel: gamma",
            self.gamma.to_string(),
            allowed,
        ))
    }
}

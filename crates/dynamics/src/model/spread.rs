//! How much noise a particle has where it is: √(2σ(X_i)) dB_i, in Itô's sense.

use super::confined::of_config;
use crate::config::Diffusion;
use crate::formula::Landscape;
use crate::{Error, ErrorKind, Result};
use rayon::prelude::*;
use std::sync::Arc;

/// Particles a task.
const TASK: usize = 4096;

/// The key of σ in a gas.
const KEY: &str = "model.diffusion";

/// σ of a model: a [`Diffusion`] whose formula has been read.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// The same everywhere.
    Constant(f64),
    /// σ(X_i), in Itô's sense.
    Formula(Arc<Landscape>),
}

impl Spread {
    /// In so many dimensions, for which errors name `model.diffusion`: no formula, or one of other variables.
    pub fn new(diffusion: &Diffusion, dimension: usize) -> Result<Self> {
        Ok(match diffusion {
            Diffusion::Constant(sigma) => Self::Constant(*sigma),
            Diffusion::Formula(text) => {
                let formula = Landscape::without_gradient(KEY, text, dimension);
                Self::Formula(Arc::new(formula.map_err(of_config)?))
            }
        })
    }

    /// σ, if it is the same everywhere.
    pub fn constant(&self) -> Option<f64> {
        match *self {
            Self::Constant(sigma) => Some(sigma),
            Self::Formula(_) => None,
        }
    }

    /// Writes σ at every particle. Errors: one that is not finite or below 0.
    pub(crate) fn at<const D: usize>(&self, positions: &[[f64; D]], out: &mut [f64]) -> Result<()> {
        let formula = match self {
            Self::Constant(sigma) => {
                out.fill(*sigma);
                return Ok(());
            }
            Self::Formula(formula) => formula,
        };
        let tasks = out.par_chunks_mut(TASK).zip(positions.par_chunks(TASK));
        tasks.for_each(|(out, positions)| {
            for (out, x) in out.iter_mut().zip(positions) {
                *out = formula.value(*x);
            }
        });
        let good = |sigma: &f64| sigma.is_finite() && *sigma >= 0.0;
        let Some(i) = out.iter().position(|sigma| !good(sigma)) else {
            return Ok(());
        };
        let (text, sigma, x) = (formula.text(), out[i], positions[i]);
        let value = format!("'{text}' is {sigma} at particle {i}, {x:?}");
        let allowed = "finite and at least 0 at every particle";
        Err(Error::value(ErrorKind::Config, KEY, value, allowed))
    }
}

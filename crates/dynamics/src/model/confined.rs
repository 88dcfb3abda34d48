//! What holds the particles together: −∇V, added to their drift.

use crate::config::Confinement;
use crate::formula::Landscape;
use crate::sum::{dot, sums};
use crate::{Error, ErrorKind, Observables, Result};
use rayon::prelude::*;
use std::sync::Arc;

/// Particles a task.
const TASK: usize = 4096;

/// V of a model: a [`Confinement`] whose formula has been read.
#[derive(Clone, Debug, PartialEq)]
pub enum Trap {
    /// None.
    None,
    /// V = k|x|²/2.
    Harmonic {
        /// k > 0.
        stiffness: f64,
    },
    /// V by a formula.
    Formula(Arc<Landscape>),
}

impl Trap {
    /// In so many dimensions, for which errors name `model.confinement.potential`: no formula, or one of other variables.
    pub fn new(confinement: &Confinement, dimension: usize) -> Result<Self> {
        Ok(match *confinement {
            Confinement::None => Self::None,
            Confinement::Harmonic { stiffness } => Self::Harmonic { stiffness },
            Confinement::Formula { ref potential } => {
                let key = "model.confinement.potential";
                let landscape = Landscape::new(key, potential, dimension);
                Self::Formula(Arc::new(landscape.map_err(of_config)?))
            }
        })
    }

    /// k, where V = k|x|²/2, or is missing (0).
    pub(crate) fn stiffness(&self) -> Option<f64> {
        match *self {
            Self::None => Some(0.0),
            Self::Harmonic { stiffness } => Some(stiffness),
            Self::Formula(_) => None,
        }
    }

    /// k with ∂V/∂x_a = k x_a on this axis, if there is one.
    pub(crate) fn stiffness_along(&self, axis: usize) -> Option<f64> {
        match self {
            Self::Formula(landscape) => (!landscape.depends_on(axis)).then_some(0.0),
            _ => self.stiffness(),
        }
    }

    /// Σ V(X_i), of positions with these moments.
    pub(crate) fn energy<const D: usize>(
        &self,
        positions: &[[f64; D]],
        moments: &Observables<D>,
    ) -> f64 {
        match self {
            Self::None => 0.0,
            // Σ|X_i|² = S + N|X̄|².
            Self::Harmonic { stiffness } => {
                let centre = dot(moments.centre, moments.centre);
                let squares = moments.second_moment + positions.len() as f64 * centre;
                0.5 * stiffness * squares
            }
            Self::Formula(v) => sums(positions.len(), |i| [v.value(positions[i])])[0],
        }
    }

    /// drift −= ∇V(positions).
    pub(crate) fn confine<const D: usize>(&self, positions: &[[f64; D]], drift: &mut [[f64; D]]) {
        match self {
            Self::None => {}
            Self::Harmonic { stiffness } => {
                subtract(drift, positions, |x| x.map(|x| stiffness * x));
            }
            Self::Formula(v) => subtract(drift, positions, |x| v.gradient(x)),
        }
    }

    /// Whether V and ∇V are finite at all particles.
    pub(crate) fn check<const D: usize>(&self, positions: &[[f64; D]]) -> Result<()> {
        match self {
            Self::Formula(landscape) => landscape.check(positions).map_err(of_config),
            _ => Ok(()),
        }
    }
}

/// Of a value in the configuration.
pub(super) fn of_config(error: farfield::Error) -> Error {
    Error::new(ErrorKind::Config, error.to_string())
}

/// drift −= slope(positions).
fn subtract<const D: usize>(
    drift: &mut [[f64; D]],
    positions: &[[f64; D]],
    slope: impl Fn([f64; D]) -> [f64; D] + Sync,
) {
    let tasks = drift.par_chunks_mut(TASK).zip(positions.par_chunks(TASK));
    tasks.for_each(|(drift, positions)| {
        for (drift, x) in drift.iter_mut().zip(positions) {
            for (drift, slope) in drift.iter_mut().zip(slope(*x)) {
                *drift -= slope;
            }
        }
    });
}

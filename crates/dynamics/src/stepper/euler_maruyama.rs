//! Euler and Maruyama's scheme.

use super::{Drift, End, Start, Stepper};
use crate::Result;

/// X_{n+1} = X_n + dt F(X_n) + c ΔB.
///
/// Strong order 1 and weak order 1 for additive noise, strong order 1/2 and weak order 1 for noise that depends on the state; order 1
/// without. Local error without noise: dt²/2 X″, and F(X_{n+1}) − F(X_n) = dt X″ + ….
/// Source: Kloeden and Platen, *Numerical Solution of Stochastic Differential Equations*, §10.2.
#[derive(Clone, Copy, Debug, Default)]
pub struct EulerMaruyama;

impl<const C: usize> Stepper<C> for EulerMaruyama {
    fn name(&self) -> &'static str {
        "euler-maruyama"
    }
    fn strong_order(&self) -> f64 {
        1.0
    }
    fn weak_order(&self) -> f64 {
        1.0
    }
    fn evaluations(&self) -> u64 {
        1
    }
    fn takes_pairs(&self) -> bool {
        true
    }
    fn takes_matrices(&self) -> bool {
        true
    }
    fn step(&self, start: &Start<C>, _: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        start.advance(end.positions, [start.drift], |[f]| f);
        if let Some(anticipated) = end.anticipated {
            anticipated.copy_from_slice(start.drift);
        }
        Ok(0.5)
    }
}

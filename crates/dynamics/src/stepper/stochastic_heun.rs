//! Heun's scheme with exact additive noise.

use super::{Drift, End, Start, Stepper};
use crate::Result;

/// X* = X_n + dt F(X_n) + c ΔB, X_{n+1} = X_n + dt/2 (F(X_n) + F(X*)) + c ΔB, with the same ΔB.
///
/// Two drifts a step, weak order 2 and strong order 1 for additive noise and smooth drift; order 2 without noise.
/// Local error without noise, as that of all schemes X_n + dt/2 (F(X_n) + A) that take A for F(X_{n+1}):
/// dt/2 (F(X_{n+1}) − A), less dt³/12 X‴, that of the trapezoidal rule, which one step does not show. A coefficient of 1
/// for 1/2 leaves room for it, so it is a bound where dt²|X‴|/6 is at most |F(X_{n+1}) − A|, for small dt. Here A = F(X*).
/// Source: Kloeden and Platen, *Numerical Solution of Stochastic Differential Equations*, §15.1 (the weak scheme of order 2
/// for additive noise); Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, §II.1 without noise.
#[derive(Clone, Copy, Debug, Default)]
pub struct StochasticHeun;

impl<const C: usize> Stepper<C> for StochasticHeun {
    fn name(&self) -> &'static str {
        "stochastic-heun"
    }
    fn strong_order(&self) -> f64 {
        1.0
    }
    fn weak_order(&self) -> f64 {
        2.0
    }
    fn evaluations(&self) -> u64 {
        2
    }
    fn takes_pairs(&self) -> bool {
        true
    }
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        let now = start.drift;
        start.advance(end.positions, [now], |[f]| f);
        let mut ahead = vec![[0.0; C]; now.len()];
        drift.at(end.positions, &mut ahead)?;
        start.advance(end.positions, [now, &ahead], |[f, g]| 0.5 * (f + g));
        if let Some(anticipated) = end.anticipated {
            anticipated.copy_from_slice(&ahead);
        }
        Ok(1.0)
    }
}

//! Rößler's scheme SRA1 for additive noise.

use super::{Drift, End, Start, Stepper, for_each_component};
use crate::Result;

/// H = X_n + 3/4 dt F(X_n) + 3/2 c I/dt, X_{n+1} = X_n + dt/3 (F(X_n) + 2F(H)) + c ΔB, with I = ∫ (B − B(t_n)) dt over the step.
///
/// Two drifts a step, strong order 3/2 and weak order 2 for additive noise and smooth drift; order 2 without noise.
/// Local error without noise: as in [`StochasticHeun`](super::StochasticHeun), with A = (4F(H) − F(X_n))/3.
/// Source: Rößler, *Runge–Kutta methods for the strong approximation of solutions of stochastic differential equations*,
/// SINUM 48 (2010), §5.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sra1;

impl<const C: usize> Stepper<C> for Sra1 {
    fn name(&self) -> &'static str {
        "sra1"
    }
    fn strong_order(&self) -> f64 {
        1.5
    }
    fn weak_order(&self) -> f64 {
        2.0
    }
    fn evaluations(&self) -> u64 {
        2
    }
    fn integrates_noise(&self) -> bool {
        true
    }
    fn takes_pairs(&self) -> bool {
        true
    }
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        let now = start.drift;
        start.reach(end.positions, 1.5, [now], |[f]| 0.75 * f)?;
        let mut ahead = vec![[0.0; C]; now.len()];
        drift.at(end.positions, &mut ahead)?;
        start.advance(end.positions, [now, &ahead], |[f, g]| (f + 2.0 * g) / 3.0);
        if let Some(anticipated) = end.anticipated {
            for_each_component(anticipated, [], [now, &ahead], |_, [], [f, g]| {
                (4.0 * g - f) / 3.0
            });
        }
        Ok(1.0)
    }
}

//! Adams and Bashforth's scheme of order 2, with exact additive noise.

use super::{Drift, End, Start, Stepper, StochasticHeun, for_each_component};
use crate::Result;

/// X_{n+1} = X_n + dt (3/2 F(X_n) − 1/2 F(X_{n−1})) + c ΔB; the first step is that of [`StochasticHeun`].
///
/// One drift a step, weak order 2 for additive noise and smooth drift, because y_n = X_n − (dt/2) F(X_{n−1}) is a scheme
/// of weak order 1 whose leading error the map from y to X and the start cancel; strong order 1. Order 2 without noise,
/// weakly unstable for pure rotation: a rotation by ω dt a step grows by (ω dt)⁴/4, so keep ω dt below about 0.3.
/// Local error without noise: 5/12 dt³ X‴, and F(X_{n+1}) − 2F(X_n) + F(X_{n−1}) = dt² X‴ + ….
/// Source: Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, §III.1 for the scheme without noise;
/// Buckwar and Winkler, *Multistep methods for SDEs and their application to problems with small noise*, SINUM 44 (2006),
/// for the family of two-step Maruyama schemes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ab2Maruyama;

impl<const C: usize> Stepper<C> for Ab2Maruyama {
    fn name(&self) -> &'static str {
        "ab2-maruyama"
    }
    fn strong_order(&self) -> f64 {
        1.0
    }
    fn weak_order(&self) -> f64 {
        2.0
    }
    fn evaluations(&self) -> u64 {
        1
    }
    fn looks_back(&self) -> usize {
        1
    }
    fn takes_pairs(&self) -> bool {
        true
    }
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        let now = start.drift;
        let [before, ..] = start.previous_drifts else {
            return StochasticHeun.step(start, drift, end);
        };
        start.advance(end.positions, [now, before], |[f, g]| 1.5 * f - 0.5 * g);
        if let Some(anticipated) = end.anticipated {
            for_each_component(anticipated, [], [now, before], |_, [], [f, g]| 2.0 * f - g);
        }
        Ok(5.0 / 12.0)
    }
}

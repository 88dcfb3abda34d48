//! The classical scheme of Runge and Kutta, for systems without noise.

use super::{Drift, End, Start, Stepper, for_each_component};
use crate::Result;

/// k₁ = F(X), k₂ = F(X + dt/2 k₁), k₃ = F(X + dt/2 k₂), k₄ = F(X + dt k₃), X_{n+1} = X + dt/6 (k₁ + 2k₂ + 2k₃ + k₄).
///
/// Order 4; refuses noise. Putting F(X_{n+1}) in the place of k₄ gives an embedded scheme of order 3, so
/// dt/6·(F(X_{n+1}) − k₄) = O(dt⁴) bounds the local error O(dt⁵) for small dt, with room to spare.
/// Source: Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, §II.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rk4;

impl<const C: usize> Stepper<C> for Rk4 {
    fn name(&self) -> &'static str {
        "rk4"
    }
    fn strong_order(&self) -> f64 {
        4.0
    }
    fn weak_order(&self) -> f64 {
        4.0
    }
    fn evaluations(&self) -> u64 {
        4
    }
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        start.refuse_noise("rk4")?;
        let x = end.positions;
        let mut sum = start.drift.to_vec();
        let mut k = start.drift.to_vec();
        for (reach, weight) in [(0.5, 2.0), (0.5, 2.0), (1.0, 1.0)] {
            start.advance(x, [&k], |[k]| reach * k);
            drift.at(x, &mut k)?;
            for_each_component(&mut sum, [], [&k], |sum, [], [k]| sum + weight * k);
        }
        start.advance(x, [&sum], |[sum]| sum / 6.0);
        if let Some(anticipated) = end.anticipated {
            anticipated.copy_from_slice(&k);
        }
        Ok(1.0 / 6.0)
    }
}

//! Adams and Bashforth's scheme of order 3, for systems without noise.

use super::{Drift, End, Rk4, Start, Stepper, for_each_component};
use crate::Result;

/// X_{n+1} = X_n + dt (23 F(X_n) − 16 F(X_{n−1}) + 5 F(X_{n−2}))/12; the first two steps are [`Rk4`]'s.
///
/// One drift a step, order 3; refuses noise. Stable for rotations by ω dt ≤ 0.72 a step, which it damps by
/// 3/8 (ω dt)⁴.
/// Local error: 3/8 dt⁴ X⁗, and F(X_{n+1}) − 3F(X_n) + 3F(X_{n−1}) − F(X_{n−2}) = dt³ X⁗ + ….
/// Source: Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, §III.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ab3;

impl<const C: usize> Stepper<C> for Ab3 {
    fn name(&self) -> &'static str {
        "ab3"
    }
    fn strong_order(&self) -> f64 {
        3.0
    }
    fn weak_order(&self) -> f64 {
        3.0
    }
    fn evaluations(&self) -> u64 {
        1
    }
    fn looks_back(&self) -> usize {
        2
    }
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        start.refuse_noise("ab3")?;
        let [before, earlier, ..] = start.previous_drifts else {
            return Rk4.step(start, drift, end);
        };
        let drifts = [start.drift, before, earlier];
        start.advance(end.positions, drifts, |[f, g, h]| {
            (23.0 * f - 16.0 * g + 5.0 * h) / 12.0
        });
        if let Some(anticipated) = end.anticipated {
            for_each_component(anticipated, [], drifts, |_, [], [f, g, h]| {
                3.0 * (f - g) + h
            });
        }
        Ok(3.0 / 8.0)
    }
}

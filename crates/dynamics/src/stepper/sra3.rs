//! Rößler's scheme SRA3 for additive noise.

use super::{Drift, End, Start, Stepper};
use crate::Result;

/// k₁ = F(X_n), k₂ = F(X_n + dt k₁), k₃ = F(X_n + dt/4 (k₁ + k₂) + 3/2 c I/dt), X_{n+1} = X_n + dt/6 (k₁ + k₂ + 4k₃) + c ΔB,
/// with I = ∫ (B − B(t_n)) dt over the step.
///
/// Three drifts a step, strong order 3/2 and weak order 2 for additive noise and smooth drift; order 3 without noise.
/// Putting F(X_{n+1}) in the place of k₂ gives an embedded scheme of order 2, so dt/6 (F(X_{n+1}) − k₂) = O(dt³) bounds the
/// local error O(dt⁴) for small dt.
/// Source: Rößler, *Runge–Kutta methods for the strong approximation of solutions of stochastic differential equations*,
/// SINUM 48 (2010), §5.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sra3;

impl<const C: usize> Stepper<C> for Sra3 {
    fn name(&self) -> &'static str {
        "sra3"
    }
    fn strong_order(&self) -> f64 {
        1.5
    }
    fn weak_order(&self) -> f64 {
        2.0
    }
    fn evaluations(&self) -> u64 {
        3
    }
    fn integrates_noise(&self) -> bool {
        true
    }
    fn takes_pairs(&self) -> bool {
        true
    }
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        let (x, k1) = (end.positions, start.drift);
        let [mut k2, mut k3] = [0, 1].map(|_| vec![[0.0; C]; k1.len()]);
        start.reach(x, 0.0, [k1], |[k]| k)?;
        drift.at(x, &mut k2)?;
        start.reach(x, 1.5, [k1, &k2], |[k, l]| 0.25 * (k + l))?;
        drift.at(x, &mut k3)?;
        start.advance(x, [k1, &k2, &k3], |[k, l, m]| (k + l + 4.0 * m) / 6.0);
        if let Some(anticipated) = end.anticipated {
            anticipated.copy_from_slice(&k2);
        }
        Ok(1.0 / 6.0)
    }
}

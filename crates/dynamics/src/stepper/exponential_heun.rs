//! Heun's scheme for what is left of the drift beside a linear part, which is solved exactly, with its noise.

use super::{Drift, End, Start, Stepper, for_each_component};
use crate::Result;

/// With F(x) = G(x) − k x, k the [`stiffness`](Start::stiffness), E = e^{−k dt}, φ₁ = (1 − E)/(k dt) and φ₂ = (1 − φ₁)/(k dt),
///
/// ```text
/// X*      = E X_n + dt φ₁ G(X_n) + s c ΔB                  s² = (1 − E²)/(2 k dt)
/// X_{n+1} = X* + dt φ₂ (G(X*) − G(X_n))
/// ```
///
/// with the same ΔB. Without interaction that is the law of the Ornstein–Uhlenbeck process for any dt, so a stiff trap
/// bounds no step. Two drifts a step, weak order 2 and strong order 1 for additive noise and smooth drift; order 2 without noise; at k = 0
/// the same as [`StochasticHeun`](super::StochasticHeun). Its local error without noise, dt φ₂ (G(X_{n+1}) − G(X*)) less that
/// of the rule, is bounded as there, for small dt.
/// Source: Cox and Matthews, *Exponential time differencing for stiff systems*, J. Comput. Phys. 176 (2002), eq. 22 (ETD2RK);
/// noise as in Jentzen and Kloeden, *Overcoming the order barrier in the numerical approximation of stochastic partial
/// differential equations with additive space–time noise*, Proc. R. Soc. A 465 (2009), exact in law.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExponentialHeun;

impl<const C: usize> Stepper<C> for ExponentialHeun {
    fn name(&self) -> &'static str {
        "exponential-heun"
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
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64> {
        let (x, now, dt, k) = (start.positions, start.drift, start.dt, start.stiffness);
        let ([phi1, phi2], [of_variance, _]) = (phi(k * dt), phi(2.0 * k * dt));
        let spread = of_variance.sqrt();
        let noise = start.noise;
        let noise = noise.map(|noise| (spread * noise.coefficient, noise.dw));
        // E X + dt φ₁ (F + k X) = X + dt φ₁ F.
        start.moved(end.positions, noise, [now], |[f]| phi1 * f);
        let mut ahead = vec![[0.0; C]; now.len()];
        drift.at(end.positions, &mut ahead)?;
        // X_{n+1} − X*, with G(X*) − G(X_n) from F.
        let last = |there: f64, x: f64, f: f64, g: f64| dt * phi2 * (g - f + k * (there - x));
        if let Some(anticipated) = end.anticipated {
            // F(X_{n+1}) less this is G(X_{n+1}) − G(X*).
            let inputs = [&*end.positions, x];
            for_each_component(
                anticipated,
                inputs,
                [now, &ahead],
                |_, [there, x], [f, g]| g - k * last(there, x, f, g),
            );
        }
        for_each_component(end.positions, [x], [now, &ahead], |there, [x], [f, g]| {
            there + last(there, x, f, g)
        });
        Ok(1.0)
    }
}

/// φ₁(z) = (1 − e^{−z})/z and φ₂(z) = (1 − φ₁(z))/z.
fn phi(z: f64) -> [f64; 2] {
    if z.abs() > 0.05 {
        let first = -(-z).exp_m1() / z;
        return [first, (1.0 - first) / z];
    }
    // Digits would cancel. Further ones are φ_m = 1/m! − z φ_{m+1}.
    let factorial = |m: u32| f64::from((1..=m).product::<u32>());
    let second = (2..=10)
        .rev()
        .fold(0.0, |next, m| 1.0 / factorial(m) - z * next);
    [1.0 - z * second, second]
}

#[cfg(test)]
mod tests {
    use super::phi;

    /// To a few units in the last place on both sides of the series' end, where (1 − φ₁)/z loses two digits.
    #[test]
    fn series_and_formula_agree() {
        for z in [-0.05f64, 0.05] {
            let (series, formula) = (phi(z), phi(z * (1.0 + 1e-15)));
            assert!((series[0] - formula[0]).abs() < 1e-15);
            assert!((series[1] - formula[1]).abs() < 1e-14);
        }
        assert_eq!(phi(0.0), [1.0, 0.5]);
        // e^{−1} and e.
        let e = std::f64::consts::E;
        assert!((phi(1.0)[0] - (1.0 - 1.0 / e)).abs() < 1e-15);
        assert!((phi(1.0)[1] - 1.0 / e).abs() < 1e-15);
        assert!((phi(-1.0)[1] - (e - 2.0)).abs() < 1e-15);
    }
}

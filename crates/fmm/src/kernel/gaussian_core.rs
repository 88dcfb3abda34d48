//! A Gaussian core, and what it is around any planar kernel.

use super::high_order::Correction;
use super::wide::{Shape, gamma, phi};
use super::{InUnit, Kernel, Pair, RadialKernel, RadialPair2d, Singular2d, core_radius, wide};
use crate::Result;
use lanes::{Lanes, Real, accuracy};

/// The field of a Gaussian blob instead of a point; ρ = r/δ.
///
/// | | blob of mass 1 | field | potential |
/// | --- | --- | --- | --- |
/// | in the plane | e^{−ρ²}/(πδ²) | K(z)·(1 − e^{−ρ²}) | log r + ½E₁(ρ²) for log r |
/// | in space | e^{−ρ²}/(π^{3/2} δ³) | K(z)·(erf ρ − (2/√π) ρ e^{−ρ²}) | erf(ρ)/r for 1/r |
///
/// At r → 0 these potentials are log δ − γ_Euler/2 and 2/(√π δ). A coincident pair contributes nothing, as everywhere: no
/// particle has a potential of its own in its sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianCore<K> {
    /// The singular kernel.
    pub kernel: K,
    /// Core radius δ > 0, in the unit of the positions.
    pub delta: f64,
}

impl<K: Kernel<2, Pair = RadialPair2d>> Kernel<2> for GaussianCore<K> {
    type Pair = RadialPair2d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        format!("{}:core=gaussian,delta={}", self.kernel.name(), self.delta)
    }
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 2]) -> [T; 2] {
        self.kernel.field(component, s)
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        self.kernel.potential(t)
    }
    /// e^{−r²/δ²} = tolerance at r = δ √(ln 1/tolerance).
    fn reach(&self, tolerance: f64) -> f64 {
        self.delta * (1.0 / tolerance).ln().sqrt()
    }
    fn check(&self) -> Result<()> {
        core_radius::check(self.delta)
    }
    fn wide(&self) -> Option<RadialKernel> {
        let pair = GaussianPair::new(1.0, self.delta, Correction::NONE);
        let (phi, potential) = (|r2| phi(&pair, r2), |r2| -gamma(&pair, r2));
        let shape = Shape::GaussianInPlane;
        Some(wide::kernel(shape, self.delta, phi, potential))
    }
    fn pair(&self, scale: f64) -> RadialPair2d {
        RadialPair2d::gaussian(scale, self.delta)
    }
}

/// φ = (1 − e^{−t})/r², γ = ½(log r² + E₁(t)) − log scale, t = r²/δ², and what a blob of high order has beyond that.
#[derive(Clone, Copy, Debug)]
pub struct GaussianPair {
    inverse_delta2: f64,
    log_scale: f64,
    correction: Correction,
}

impl GaussianPair {
    pub(super) fn new(scale: f64, delta: f64, correction: Correction) -> Self {
        let delta = delta * scale;
        Self {
            inverse_delta2: 1.0 / (delta * delta),
            log_scale: scale.ln(),
            correction,
        }
    }
}

/// Below this t the differences 1 − e^{−t} are summed as a series.
const SMALL: f64 = 0.25;
/// Below this t, γ comes from the series of Ein(t) = E₁(t) + log t + γ_Euler; above, from a continued fraction of E₁.
const MIDDLE: f64 = 4.0;
/// Above this t, E₁(t) < 1e-19.
const LARGE: f64 = 40.0;
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

impl Pair for GaussianPair {
    const IN_F32: bool = true;
    type Beyond = Singular2d;
    const CORE: bool = true;

    fn core(&self) -> f64 {
        1.0 / self.inverse_delta2.sqrt()
    }

    #[inline(always)]
    fn beyond<const ACCURACY: usize>(&self) -> (f64, Singular2d) {
        let reach = negligible(ACCURACY).max(self.correction.end());
        let log_scale = self.log_scale;
        (reach / self.inverse_delta2, Singular2d { log_scale })
    }

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let inverse_delta2 = number::<V>(isa, self.inverse_delta2);
        let t = r2 * inverse_delta2;
        let gauss = gauss::<V, ACCURACY>(isa, t);
        let mut phi = (number::<V>(isa, 1.0) - gauss) * r2.recip::<ACCURACY>();
        let small = t.lt(number::<V>(isa, SMALL));
        if V::any(small) {
            // (1 − e^{−t})/t = Σ (−t)^k/(k+1)!
            let one = number::<V>(isa, 1.0);
            let mut sum = one;
            for k in (2..terms(ACCURACY)).rev() {
                sum = (t * number::<V>(isa, 1.0 / f64::from(k))).neg_mul_add(sum, one);
            }
            phi = V::select(small, sum * inverse_delta2, phi);
        }
        if self.correction.is_felt(isa, t) {
            phi += self.correction.phi(isa, t, gauss) * inverse_delta2;
        }
        phi
    }

    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let t = r2 * number::<V>(isa, self.inverse_delta2);
        let mut twice = r2.ln::<ACCURACY>();
        if V::any(t.lt(number::<V>(isa, negligible(ACCURACY)))) {
            twice += exponential_integral::<V, ACCURACY>(
                isa,
                t.max(number::<V>(isa, MIDDLE)).min(number::<V>(isa, LARGE)),
            );
        }
        let small = t.lt(number::<V>(isa, MIDDLE));
        if V::any(small) {
            let ein = entire_exponential_integral::<V, ACCURACY>(isa, t);
            let constant = number::<V>(isa, -self.inverse_delta2.ln() - EULER_GAMMA);
            twice = V::select(small, ein + constant, twice);
        }
        if self.correction.is_felt(isa, t) {
            let gamma = self.correction.gamma(isa, t, gauss::<V, ACCURACY>(isa, t));
            twice -= gamma + gamma;
        }
        twice.mul_add(number::<V>(isa, 0.5), number::<V>(isa, -self.log_scale))
    }

    /// −2φ + 2 e^{−t}/δ² of the Gaussian blob.
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V, phi: V) -> V {
        let inverse_delta2 = number::<V>(isa, self.inverse_delta2);
        let (one, two) = (number::<V>(isa, 1.0), number::<V>(isa, 2.0));
        let t = r2 * inverse_delta2;
        let gauss = gauss::<V, ACCURACY>(isa, t);
        let (mut phi, mut more) = (phi, number::<V>(isa, 0.0));
        if self.correction.is_felt(isa, t) {
            phi -= self.correction.phi(isa, t, gauss) * inverse_delta2;
            more = self.correction.slope(isa, t, gauss) * inverse_delta2;
        }
        let mut slope = two.neg_mul_add(phi, two * gauss * inverse_delta2);
        let small = t.lt(one);
        if V::any(small) {
            // δ² r φ′ = Σ_{k≥1} 2k (−t)^k/(k+1)!
            let mut sum = one;
            for k in (1..19).rev() {
                let ratio = f64::from(k + 1) / f64::from(k * (k + 2));
                sum = (t * number::<V>(isa, ratio)).neg_mul_add(sum, one);
            }
            slope = V::select(small, -(t * sum * inverse_delta2), slope);
        }
        slope + more
    }

    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: Self {
                inverse_delta2: self.inverse_delta2 * unit * unit,
                log_scale: 0.0,
                ..*self
            },
            field: 1.0 / unit,
            potential: 1.0,
            constant: unit.ln() - self.log_scale,
        }
    }
}

/// The t from which e^{−t}, and with it E₁(t), are below the accuracy.
const fn negligible(accuracy: usize) -> f64 {
    match accuracy {
        ..=accuracy::COARSE => 17.0,
        accuracy::SINGLE => 21.0,
        accuracy::MIDDLE => 31.0,
        _ => LARGE,
    }
}

/// Terms of (1 − e^{−t})/t up to [`SMALL`], and one: the first that is left out is at most 4.3e-11, 2.4e-14, 1.7e-19.
const fn terms(accuracy: usize) -> u32 {
    match accuracy {
        ..=accuracy::SINGLE => 9,
        accuracy::MIDDLE => 11,
        _ => 14,
    }
}

/// x in every lane.
#[inline(always)]
pub(super) fn number<V: Lanes>(isa: V::Isa, x: f64) -> V {
    V::splat(isa, V::Elem::from_f64(x))
}

/// e^{−t}, or e^{−80} where that is less.
#[inline(always)]
fn gauss<V: Lanes, const ACCURACY: usize>(isa: V::Isa, t: V) -> V {
    (-t).max(number::<V>(isa, -80.0)).exp::<ACCURACY>()
}

/// E₁(t) for 4 ≤ t ≤ 40: convergent of e^{−t}/(t+1 − 1²/(t+3 − 2²/(t+5 − …))) (Abramowitz and Stegun 5.1.22, even part).
#[inline(always)]
fn exponential_integral<V: Lanes, const ACCURACY: usize>(isa: V::Isa, t: V) -> V {
    let depth = match ACCURACY {
        ..=accuracy::SINGLE => 8,
        accuracy::MIDDLE => 14,
        _ => 20,
    };
    let one = number::<V>(isa, 1.0);
    let (mut a, mut b) = ([number::<V>(isa, 0.0), one], [one, t + one]);
    for k in 1..depth {
        let (square, odd) = (
            number::<V>(isa, f64::from(k * k)),
            t + number::<V>(isa, f64::from(2 * k + 1)),
        );
        a = [a[1], square.neg_mul_add(a[0], odd * a[1])];
        b = [b[1], square.neg_mul_add(b[0], odd * b[1])];
    }
    (-t).exp::<ACCURACY>() * a[1].div(b[1])
}

/// Ein(t) = Σ_{k≥1} (−1)^{k+1} t^k/(k·k!) for 0 ≤ t ≤ 4.
#[inline(always)]
fn entire_exponential_integral<V: Lanes, const ACCURACY: usize>(isa: V::Isa, t: V) -> V {
    let terms = match ACCURACY {
        ..=accuracy::SINGLE => 21,
        accuracy::MIDDLE => 26,
        _ => 29,
    };
    // Nested: t(1 − (t·1/(2·2))(1 − (t·2/(3·3))(1 − …))).
    let mut sum = number::<V>(isa, 1.0);
    for k in (2..terms).rev() {
        let ratio = f64::from(k - 1) / f64::from(k * k);
        sum = (t * number::<V>(isa, ratio)).neg_mul_add(sum, number::<V>(isa, 1.0));
    }
    t * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BiotSavart2d, Coulomb2d, direct};

    /// ∫₀^t (1 − e^{−s})/s ds by Gauss–Legendre on short pieces.
    fn ein(t: f64) -> f64 {
        let nodes = [-0.774_596_669_241_483_4, 0.0, 0.774_596_669_241_483_4];
        let weights = [5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0];
        let pieces = 4000;
        let h = t / f64::from(pieces);
        let f = |s: f64| -(-s).exp_m1() / s;
        (0..pieces)
            .map(|p| {
                let middle = (f64::from(p) + 0.5) * h;
                let sum: f64 = nodes
                    .iter()
                    .zip(weights)
                    .map(|(x, w)| w * f(middle + 0.5 * h * x))
                    .sum();
                0.5 * h * sum
            })
            .sum()
    }

    #[test]
    fn one_pair_against_quadrature() {
        for delta in [0.3, 1.0, 7.0] {
            let kernel = GaussianCore {
                kernel: Coulomb2d,
                delta,
            };
            for r in [1e-7, 1e-3, 0.1, 0.4, 0.5, 0.9, 1.9, 2.1, 6.0, 20.0] {
                let r = r * delta;
                let t = r * r / (delta * delta);
                let [field] =
                    direct::field(&[[r, 0.0]], &[[0.0, 0.0]], &[1.0], kernel).unwrap()[..]
                else {
                    panic!()
                };
                let expected = -(-t).exp_m1() / (std::f64::consts::TAU * r);
                assert!(
                    (field[0] - expected).abs() < 4e-15 * expected,
                    "r = {r}: {} {expected}",
                    field[0]
                );
                let [g] =
                    direct::potential(&[[r, 0.0]], &[[0.0, 0.0]], &[1.0], kernel).unwrap()[..]
                else {
                    panic!()
                };
                let twice = 2.0 * delta.ln() - EULER_GAMMA + ein(t);
                let expected = -0.5 * twice / std::f64::consts::TAU;
                assert!(
                    (g - expected).abs() < 1e-13 * (1.0 + expected.abs()),
                    "r = {r}: {g} {expected}"
                );
            }
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for delta in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(
                GaussianCore {
                    kernel: BiotSavart2d,
                    delta
                }
                .check()
                .is_err()
            );
        }
    }
}

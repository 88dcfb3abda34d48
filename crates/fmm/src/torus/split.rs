//! A power of the distance as a short part and a smooth one, which is what Ewald's sum takes.
//!
//! With a = s/2 and x = r²/δ², from r^{−s} Γ(a) = ∫ t^{a−1} e^{−t r²} dt, cut at t = 1/δ²,
//!
//! ```text
//! γ = r^{−s}/s                short: γ − γ_δ = Γ(a, x)/(2Γ(a + 1)) r^{−s}        smooth: γ_δ
//! φ = −γ′/r = r^{−s−2}        short: φ − φ_δ = Γ(a + 1, x)/Γ(a + 1) r^{−s−2}     smooth: φ_δ
//! γ̂_δ(k) = π^{D/2} (πk)^{s−D} Γ((D − s)/2, π²k²δ²)/(2Γ(a + 1))
//! ∫ (γ − γ_δ) = π^{D/2} δ^{D−s}/((D − s) Γ(a + 1))
//! ```
//!
//! (M. P. Tosi, Solid State Physics 16, 1964; for s = 0 the limits, of γ less a constant: γ = −log r, Γ(0, x) = E₁(x).) For
//! Coulomb's kernels, s = D − 2, the smooth part is that of Gaussian blobs.
//!
//! With an algebraic core ε around one of Coulomb's kernels, r² + ε² stands for r², and with q = π²k²δ² and c = ε²/δ², τ =
//! 1/(δ²t),
//!
//! ```text
//! γ̂_δ(k) = π^{D/2} δ²/(2Γ(a + 1)) ∫_1^∞ e^{−qτ−c/τ} dτ        ∫ (γ − γ_δ): the same from 0 to 1 with q = 0
//! ```

use super::gamma::{entire, logarithm, upper};
use crate::expansion::gauss_legendre;
use crate::kernel::{RadialTables, smooth_power};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// What the far field of a pair is, but for a core that vanishes fast: that of γ = `sign` (r² + core²)^{−s/2}/s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FarPower {
    pub(crate) s: f64,
    pub(crate) sign: f64,
    /// Of an algebraic core, in the user's unit; else 0.
    pub(crate) core: f64,
    /// Whether that is so wide that sums are those of few modes.
    pub(crate) few_modes: bool,
}

impl FarPower {
    /// Without a core.
    pub(crate) fn new(s: f64, sign: f64) -> Self {
        Self {
            s,
            sign,
            core: 0.0,
            few_modes: false,
        }
    }
}

/// A power, split at a width δ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    pub(crate) s: f64,
    pub(crate) dimension: usize,
    pub(crate) delta: f64,
    /// For s = 0, log of the factor between the unit of lengths and the one in which γ is −log r.
    pub(crate) log_scale: f64,
    /// ε, of Coulomb's kernels alone.
    pub(crate) core: f64,
}

impl Split {
    fn half(&self) -> f64 {
        0.5 * self.s
    }

    fn x(&self, r2: f64) -> f64 {
        self.softened(r2) / (self.delta * self.delta)
    }

    fn softened(&self, r2: f64) -> f64 {
        r2 + self.core * self.core
    }

    /// c.
    fn core_squared(&self) -> f64 {
        (self.core / self.delta).powi(2)
    }

    /// γ, less log scale.
    pub(crate) fn whole(&self, r2: f64) -> f64 {
        let log = 0.5 * self.softened(r2).ln();
        if self.s == 0.0 {
            -log
        } else {
            (-self.s * log).exp() / self.s
        }
    }

    /// γ − γ_δ at a distance of about δ or more.
    pub(crate) fn short(&self, r2: f64) -> f64 {
        let a = self.half();
        let power = (-a * self.softened(r2).ln()).exp();
        power * upper(a, self.x(r2)) / (2.0 * libm::tgamma(a + 1.0))
    }

    /// γ_δ.
    pub(crate) fn smooth(&self, r2: f64) -> f64 {
        if self.s == 0.0 {
            return self.log_scale - self.delta.ln() - 0.5 * logarithm(self.x(r2));
        }
        self.delta.powf(-self.s) * entire(self.half(), self.x(r2)) / self.s
    }

    /// φ_δ.
    pub(crate) fn smooth_phi(&self, r2: f64) -> f64 {
        self.delta.powf(-self.s - 2.0) * entire(self.half() + 1.0, self.x(r2))
    }

    /// γ̂_δ at |k|², which is the mode of a torus of volume 1.
    pub(crate) fn mode(&self, k2: f64) -> f64 {
        let (q2, d2) = (PI * PI * k2, self.delta * self.delta);
        if self.core > 0.0 {
            return self.constant() * 0.5 * d2 * beyond(q2 * d2, self.core_squared());
        }
        let b = 0.5 * (self.dimension as f64 - self.s);
        let power = (-b * q2.ln()).exp();
        self.constant() * 0.5 * power * upper(b, q2 * d2)
    }

    /// ∫ (γ − γ_δ) over all of space.
    pub(crate) fn integral(&self) -> f64 {
        let (power, c) = (self.dimension as f64 - self.s, self.core_squared());
        let of_core = if c > 0.0 { within(c) } else { 1.0 };
        self.constant() * self.delta.powf(power) / power * of_core
    }

    fn constant(&self) -> f64 {
        PI.powf(0.5 * self.dimension as f64) / libm::tgamma(self.half() + 1.0)
    }

    /// How far modes go that are more than e^−`rest` beside the first.
    pub(crate) fn largest_mode(&self, rest: f64) -> f64 {
        let by_width = rest.sqrt() / (PI * self.delta);
        by_width.min(1.0 + rest / (2.0 * PI * self.core))
    }

    /// φ_δ and γ_δ as near pairs take them.
    pub(crate) fn tables(&self) -> RadialTables {
        smooth_power(self).tables(1.0)
    }
}

/// ∫_1^∞ e^{−qτ−c/τ} dτ, by Gauss and Legendre in log τ.
fn beyond(q: f64, c: f64) -> f64 {
    static NODES: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(96).collect());
    // Where q τ is more than all that is left at the largest of the integrand, which is in between or at 1.
    let least = if c > q { 2.0 * (q * c).sqrt() } else { q + c };
    let half = 0.5 * ((least + 45.0) / q).ln();
    let at = |&(x, weight): &(f64, f64)| {
        let log = half * (1.0 + x);
        let tau = log.exp();
        weight * half * (log - q * tau - c / tau).exp()
    };
    NODES.iter().map(at).sum()
}

/// ∫_0^1 e^{−c/τ} dτ = e^{−c} − c E₁(c).
fn within(c: f64) -> f64 {
    (-c).exp() - c * upper(0.0, c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dimension, s and core.
    const CASES: [(usize, f64, f64); 9] = [
        (2, 0.0, 0.0),
        (2, 1e-2, 0.0),
        (2, 1.7, 0.0),
        (3, 0.5, 0.0),
        (3, 2.9, 0.0),
        (2, 0.0, 1e-9),
        (2, 0.0, 0.2),
        (3, 1.0, 0.02),
        (3, 1.0, 0.7),
    ];

    fn split((dimension, s, core): (usize, f64, f64), delta: f64) -> Split {
        Split {
            s,
            dimension,
            delta,
            log_scale: 0.0,
            core,
        }
    }

    /// Both parts are the power; φ is the derivative of γ.
    #[test]
    fn parts_of_a_power() {
        for case in CASES {
            let split = split(case, 0.7);
            for r in [0.5f64, 0.9, 1.3, 2.5] {
                let gamma = split.whole(r * r);
                let found = split.short(r * r) + split.smooth(r * r);
                assert!(
                    (found - gamma).abs() < 1e-14 * (1.0 + gamma.abs()),
                    "{case:?} {r}"
                );
                let step: f64 = 1e-4;
                let at = |r: f64| split.smooth(r * r);
                let slope = (at(r - step) - at(r + step)) / (2.0 * step * r);
                let phi = split.smooth_phi(r * r);
                assert!(
                    (slope / phi - 1.0).abs() < 1e-7,
                    "{case:?} {r}: {slope} {phi}"
                );
            }
        }
        let r: f64 = 1.7;
        assert!((split((2, 0.0, 0.2), 1.0).whole(r * r) + (r.hypot(0.2)).ln()).abs() < 1e-15);
        assert!((split((3, 1.0, 0.7), 1.0).whole(r * r) * r.hypot(0.7) - 1.0).abs() < 1e-15);
    }

    /// The smooth part's integral against the sum of its modes is what no width changes.
    #[test]
    fn no_width_changes_the_sum() {
        for case in CASES {
            let third = |most: i32| if case.0 == 3 { most } else { 0 };
            let all = |most: i32| {
                let plane = (-most..=most).flat_map(move |x| (-most..=most).map(move |y| [x, y]));
                plane.flat_map(move |[x, y]| {
                    (-third(most)..=third(most)).map(move |z| [x, y, z].map(f64::from))
                })
            };
            let sum = |delta: f64| {
                let split = split(case, delta);
                let u = [0.4, 0.3, if case.0 == 3 { -0.2 } else { 0.0 }];
                let near = all(3).map(|n| {
                    let r2 = (0..3).map(|a| (u[a] - n[a]).powi(2)).sum::<f64>();
                    split.short(r2)
                });
                let modes = all(5).filter(|k| *k != [0.0; 3]).map(|k| {
                    let k2 = k.iter().map(|k| k * k).sum();
                    let turns = (0..3).map(|a| u[a] * k[a]).sum::<f64>();
                    split.mode(k2) * (2.0 * PI * turns).cos()
                });
                near.sum::<f64>() + modes.sum::<f64>() - split.integral()
            };
            let [one, other] = [0.45, 0.53].map(sum);
            assert!(
                (one - other).abs() < 2e-14 * (1.0 + one.abs()),
                "{case:?}: {one} {other}"
            );
        }
    }

    /// By mpmath in thirty digits; without a core e^{−q}/q, and 2√(c/q) K₁(2√(qc)) where all of it is beyond 1.
    #[test]
    fn known_integrals() {
        // Exponents are rounded.
        let near = |found: f64, expected: f64| {
            let error = 1e-15 * (4.0 - expected.ln());
            assert!(
                (found / expected - 1.0).abs() < error,
                "{found:e} {expected:e}"
            );
        };
        near(beyond(0.265, 0.0), 2.895_116_792_361_719_6);
        near(beyond(0.265, 2.3), 1.476_671_926_112_270_3);
        near(beyond(39.0, 0.7), 1.495_980_820_611_562e-19);
        near(beyond(5.4, 89.0), 1.407_924_437_764_642e-19);
        near(beyond(147.0, 673.0), 1.350_417_335_182_781_2e-274);
        for (c, expected) in [
            (1e-6, 0.999_985_761_704_606_9),
            (0.4, 0.389_367_998_489_374_3),
            (2.3, 0.025_503_629_228_074_085),
        ] {
            assert!((within(c) - expected).abs() < 5e-16, "{c}");
        }
    }
}

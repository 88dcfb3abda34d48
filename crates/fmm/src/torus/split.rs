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

use super::gamma::{entire, logarithm, upper};
use crate::kernel::{RadialTables, smooth_power};
use std::f64::consts::PI;

/// What the far field of a pair is, but for a core: that of γ = `sign` r^{−s}/s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FarPower {
    pub(crate) s: f64,
    pub(crate) sign: f64,
}

/// A power, split at a width δ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    pub(crate) s: f64,
    pub(crate) dimension: usize,
    pub(crate) delta: f64,
    /// For s = 0, log of the factor between the unit of lengths and the one in which γ is −log r.
    pub(crate) log_scale: f64,
}

impl Split {
    fn half(&self) -> f64 {
        0.5 * self.s
    }

    fn x(&self, r2: f64) -> f64 {
        r2 / (self.delta * self.delta)
    }

    /// γ − γ_δ at a distance of about δ or more.
    pub(crate) fn short(&self, r2: f64) -> f64 {
        let a = self.half();
        let power = (-a * r2.ln()).exp();
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

    /// γ̂_δ of a mode of the unit torus.
    pub(crate) fn mode(&self, k2: f64) -> f64 {
        let (q2, b) = (PI * PI * k2, 0.5 * (self.dimension as f64 - self.s));
        let power = (-b * q2.ln()).exp();
        self.constant() * 0.5 * power * upper(b, q2 * self.delta * self.delta)
    }

    /// ∫ (γ − γ_δ) over all of space.
    pub(crate) fn integral(&self) -> f64 {
        let power = self.dimension as f64 - self.s;
        self.constant() * self.delta.powf(power) / power
    }

    fn constant(&self) -> f64 {
        PI.powf(0.5 * self.dimension as f64) / libm::tgamma(self.half() + 1.0)
    }

    /// φ_δ and γ_δ as near pairs take them.
    pub(crate) fn tables(&self) -> RadialTables {
        smooth_power(self).tables(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both parts are the power; φ is the derivative of γ.
    #[test]
    fn parts_of_a_power() {
        for (dimension, s) in [(2, 0.0), (2, 1e-2), (2, 1.9), (3, 1.0), (3, 2.5)] {
            let split = Split {
                s,
                dimension,
                delta: 0.7,
                log_scale: 0.0,
            };
            for r in [0.5f64, 0.9, 1.3, 2.5] {
                let gamma = if s == 0.0 { -r.ln() } else { r.powf(-s) / s };
                let found = split.short(r * r) + split.smooth(r * r);
                assert!(
                    (found - gamma).abs() < 1e-14 * (1.0 + gamma.abs()),
                    "{s} {r}"
                );
                let step: f64 = 1e-4;
                let at = |r: f64| split.smooth(r * r);
                let slope = (at(r - step) - at(r + step)) / (2.0 * step * r);
                let phi = split.smooth_phi(r * r);
                assert!((slope / phi - 1.0).abs() < 1e-7, "{s} {r}: {slope} {phi}");
            }
        }
    }

    /// The smooth part's integral against the sum of its modes is what no width changes.
    #[test]
    fn no_width_changes_the_sum() {
        for (dimension, s) in [(2, 0.0), (2, 0.3), (2, 1.7), (3, 0.5), (3, 2.9)] {
            let sum = |delta: f64| {
                let split = Split {
                    s,
                    dimension,
                    delta,
                    log_scale: 0.0,
                };
                let all = |most: i32| {
                    let third = if dimension == 3 { most } else { 0 };
                    (-most..=most).flat_map(move |x| {
                        (-most..=most).flat_map(move |y| {
                            (-third..=third).map(move |z| [x, y, z].map(f64::from))
                        })
                    })
                };
                let u = [0.4, 0.3, if dimension == 3 { -0.2 } else { 0.0 }];
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
                "{dimension} {s}: {one} {other}"
            );
        }
    }
}

//! On a torus: the images of the root cell beyond those next to it, from its multipole to its local.
//!
//! With S_n = Σ w^{−n} over the Gaussian integers w with |w|_∞ > 1, of which those with 4 ∤ n vanish by symmetry,
//!
//! ```text
//! L_l += Σ_k (−1)^{k+1} C(k+l, l) S_{k+l+1} M_k         Λ += −Re Σ_{k≥1} S_k M_k/k + M_0 (C − 9 log side)
//! ```
//!
//! (Greengard and Rokhlin, J. Comput. Phys. 73, 1987, section 4.1). The shells beyond |w|_∞ = 4 are those beyond 1 of a lattice three times as
//! wide, each site of which stands for nine: (3w + r)^{−n} in powers of r gives
//!
//! ```text
//! S_n = Σ_{1 < |w|_∞ ≤ 4} w^{−n} + Σ_k C(−n, k) 3^{−n−k} q_k S_{n+k},   q_k = Σ_{|r|_∞ ≤ 1} r^k.
//! ```
//!
//! C makes the potential's mean over the torus 0: log|z| of the singular sum becomes log|z| + 1.3105… as z → 0, which is
//! log(2π η(i)²) with η(i) = Γ(1/4)/(2 π^{3/4}).

use super::WIDEST;
use super::thirds::Thirds;
use crate::expansion::{HarmonicUniform, LargestCells, Uniform};
use std::f64::consts::{FRAC_PI_4, LN_2, PI};
use std::sync::OnceLock;

/// The sums S_n, and binomial coefficients.
#[derive(Debug)]
pub(super) struct Lattice {
    order: usize,
    /// By n, 0 unless 4 | n.
    pub(super) sums: Vec<f64>,
    pub(super) uniform: Uniform,
    /// For boxes of three cells.
    thirds: OnceLock<Thirds>,
}

/// log(2π η(i)²) = 2 log Γ(1/4) − log 2 − ½ log π: what log|z| of one source lacks at its place.
pub(crate) const REGULAR: f64 = 1.310_532_925_911_509_5;
/// What that leaves for images not next to 0: of the eight that are, four are at distance 1 and four at √2.
pub(super) const FAR_FROM_ZERO: f64 = REGULAR - 2.0 * LN_2;
/// From 3^{-n} on the wider lattice adds nothing to S_n; nor do so many more terms where a lattice is seen from a third of its period.
const LAST_WIDER: usize = 40;

impl Lattice {
    pub(super) fn new(order: usize, padded: usize) -> Self {
        let last = (2 * order + LAST_WIDER).next_multiple_of(4);
        let mut sums = vec![0.0; last + 1];
        for n in (1..last / 4 + 1).rev().map(|n| 4 * n) {
            let mut sum = shells(n);
            // C(n+k−1, k), and the k-th powers of the nine sites: 2 + 2 i^k from the sides, 4 (1+i)^k from the corners.
            let mut binomial = 1.0;
            for k in 1..=last - n {
                binomial *= (n + k - 1) as f64 / k as f64;
                if k % 4 == 0 {
                    let corners = if k % 8 == 0 { 4.0 } else { -4.0 };
                    let q = 4.0 + corners * 2f64.powi(k as i32 / 2);
                    sum += binomial * q * 3f64.powi(-((n + k) as i32)) * sums[n + k];
                }
            }
            sums[n] = sum / (1.0 - 9.0 * 3f64.powi(-(n as i32)));
        }
        Self {
            order,
            sums,
            uniform: uniform(order, padded),
            thirds: OnceLock::new(),
        }
    }

    /// From the multipoles of the largest cells to their locals.
    pub(super) fn images(&self, all: &LargestCells<2>, locals: &mut [f64]) {
        if all.anchors.len() == 1 {
            return self.of_root(all.multipoles, all.log_side, locals);
        }
        self.thirds().images(self.order, all, locals);
    }

    /// Made when they are first asked for.
    pub(super) fn thirds(&self) -> &Thirds {
        self.thirds.get_or_init(|| Thirds::new(self, self.order))
    }

    /// `log_side` is the logarithm of the root's side in the user's unit.
    fn of_root(&self, multipole: &[f64], log_side: f64, local: &mut [f64]) {
        let (re, im) = multipole.split_at(multipole.len() / 2);
        let (local_re, rest) = local.split_at_mut(re.len());
        let (local_im, constant) = rest.split_at_mut(im.len());
        debug_assert_eq!(constant.len(), WIDEST);
        for l in 0..self.order {
            // k + l + 1 is a multiple of 4.
            let first = 3 - l % 4;
            let mut binomial = (1..=first).fold(1.0, |b, k| b * (k + l) as f64 / k as f64);
            for k in (first..self.order).step_by(4) {
                let factor = if k % 2 == 0 { -binomial } else { binomial };
                let factor = factor * self.sums[k + l + 1];
                local_re[l] += factor * re[k];
                local_im[l] += factor * im[k];
                for k in k + 1..=k + 4 {
                    binomial *= (k + l) as f64 / k as f64;
                }
            }
        }
        constant[0] += (FAR_FROM_ZERO - 9.0 * log_side) * re[0];
        for k in (4..self.order).step_by(4) {
            constant[0] -= self.sums[k] * re[k] / k as f64;
        }
    }
}

/// A uniform density, one in the unit square. ∫ z^k over it, and of the square A of side 2a = 3 the coefficients of
///
/// ```text
/// f(z) = ∫_A dw/(z − w) = π conj z + Σ_n λ_n z^{n−1},   λ_n = −∫_{A less a disc} w^{−n} dw,   Λ = ∫_A log|w| dw
/// ```
///
/// are integrals along the sides, as powers of r can be integrated along rays; only those of k and n that are multiples of 4 are not 0.
fn uniform(order: usize, padded: usize) -> Uniform {
    let mut multipole = vec![0.0; 2 * padded];
    for k in (0..order).step_by(4) {
        let corner = 0.5f64.sqrt().powi(k as i32 + 1) * ((k + 1) as f64 * FRAC_PI_4).sin();
        multipole[k] = 4.0 * corner / ((k + 1) * (k + 2)) as f64;
    }
    let mut local = vec![0.0; 2 * padded + WIDEST];
    let a = 1.5f64;
    for n in (4..=order).step_by(4) {
        let corner = (a * 2f64.sqrt()).powi(1 - n as i32) * ((n - 1) as f64 * FRAC_PI_4).sin();
        local[n - 1] = 8.0 * a * corner / ((n - 1) * (n - 2)) as f64;
    }
    local[2 * padded] = a * a * (2.0 * LN_2 - 6.0 + PI + 4.0 * a.ln());
    let harmonic = HarmonicUniform {
        local,
        // Δ log r = 2π δ₀ and Δ r²/4 = 1.
        field: -PI,
        potential: -0.5 * PI,
        constant: 2 * padded,
        logarithms: 9.0,
    };
    Uniform {
        multipole,
        harmonic: Some(harmonic),
    }
}

/// Σ w^{−n} over 1 < |w|_∞ ≤ 4, for 4 | n.
fn shells(n: usize) -> f64 {
    let mut sum = 0.0;
    for x in -4i32..=4 {
        for y in -4i32..=4 {
            if x.abs().max(y.abs()) > 1 {
                let (x, y) = (f64::from(x), f64::from(y));
                let (r, angle) = (x.hypot(y), y.atan2(x));
                sum += r.powi(-(n as i32)) * (n as f64 * angle).cos();
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// G_n = 2 ζ(n) + 2 (2πi)^n/(n−1)! Σ_m σ_{n−1}(m) e^{−2πm} over all w ≠ 0, less the eight sites next to 0.
    fn by_q_series(n: u32) -> f64 {
        let zeta: f64 = (1..2000)
            .rev()
            .map(|k| f64::from(k).powi(-(n as i32)))
            .sum();
        // The tail of ζ by Euler and Maclaurin.
        let m: f64 = 2000.0;
        let tail = m.powi(1 - n as i32) / f64::from(n - 1) + 0.5 * m.powi(-(n as i32));
        let divisors = |m: u32| {
            let all = (1..=m).filter(|d| m.is_multiple_of(*d));
            all.map(|d| f64::from(d).powi(n as i32 - 1)).sum::<f64>()
        };
        let series: f64 = (1..40)
            .map(|m| divisors(m) * (-TAU * f64::from(m)).exp())
            .sum();
        let factorial: f64 = (1..n).map(f64::from).product();
        let near = 4.0 + if n.is_multiple_of(8) { 4.0 } else { -4.0 } * 0.5f64.powi(n as i32 / 2);
        2.0 * (zeta + tail) + 2.0 * TAU.powi(n as i32) / factorial * series - near
    }

    #[test]
    fn sums_are_those_of_eisenstein() {
        let lattice = Lattice::new(30, 32);
        assert!((lattice.sums[4] - 0.151_212_002_153_898).abs() < 1e-14);
        for n in [4, 8, 12, 16, 20] {
            let expected = by_q_series(n);
            let found = lattice.sums[n as usize];
            assert!((found - expected).abs() < 2e-14, "{n}: {found} {expected}");
        }
        // The four nearest corners are all that is left.
        let ratio = lattice.sums[56] / shells(56);
        assert!((ratio - 1.0).abs() < 1e-15);
    }

    /// Of z = 0.3 + 0.2i, midpoints of small squares against the series.
    #[test]
    fn a_uniform_square_has_its_series() {
        let (order, padded) = (40, 40);
        let Uniform {
            multipole,
            harmonic,
        } = uniform(order, padded);
        let local = harmonic.unwrap().local;
        let (x, y) = (0.31, 0.17);
        let cells = 1500;
        let h = 3.0 / f64::from(cells);
        let (mut f, mut phi) = ([0.0; 2], 0.0);
        for i in 0..cells {
            for j in 0..cells {
                let [u, v] = [i, j].map(|i| (f64::from(i) + 0.5) * h - 1.5);
                let (u, v) = (x - u, y - v);
                let r2 = u * u + v * v;
                f[0] += u / r2 * h * h;
                f[1] -= v / r2 * h * h;
                phi += 0.5 * r2.ln() * h * h;
            }
        }
        let (mut power, mut sum, mut series) = ([1.0, 0.0], [PI * x, -PI * y], 0.0);
        for l in 0..order {
            (0..2).for_each(|p| sum[p] += local[l] * power[p]);
            power = [power[0] * x - power[1] * y, power[0] * y + power[1] * x];
            series += local[l] * power[0] / (l + 1) as f64;
        }
        let potential = local[2 * padded] + series + 0.5 * PI * (x * x + y * y);
        for (found, expected) in sum.into_iter().chain([potential]).zip([f[0], f[1], phi]) {
            assert!((found - expected).abs() < 3e-3, "{found} {expected}");
        }
        let moment = |k: i32| {
            let cells = 400;
            let h = 1.0 / f64::from(cells);
            let mut sum = 0.0;
            for i in 0..cells {
                for j in 0..cells {
                    let [u, v] = [i, j].map(|i| (f64::from(i) + 0.5) * h - 0.5);
                    sum += u.hypot(v).powi(k) * (f64::from(k) * v.atan2(u)).cos() * h * h;
                }
            }
            sum
        };
        for k in [0, 4, 8, 12] {
            let (found, expected) = (multipole[k as usize], moment(k));
            assert!((found - expected).abs() < 1e-5, "{k}: {found} {expected}");
        }
    }

    #[test]
    fn the_regular_part_is_dedekinds_eta() {
        let product: f64 = (1..20).map(|n| 1.0 - (-TAU * f64::from(n)).exp()).product();
        let eta = (-TAU / 24.0).exp() * product;
        assert!((REGULAR - (TAU * eta * eta).ln()).abs() < 4e-16);
    }
}

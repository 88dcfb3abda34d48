//! On a torus: the images of the root cell beyond those next to it, from its multipole to its local.
//!
//! With T_n^m = Σ S_n^m(R) over the integer vectors R with |R|_∞ > 1, which are real and, by the symmetry of the cube, 0 unless n is
//! even and 4 | m,
//!
//! ```text
//! L_k^l += (−1)^k Σ_{n,m} T_{n+k}^{m+l} M_n^m,
//! ```
//!
//! as S_n^m(u − R) = Σ conj R_k^l(−u) S_{n+k}^{m+l}(−R). T_2^m = 0: the shells of a cube have no quadrupole, and what is lost with the
//! order of summation is the uniform background. T_0^0 stands for the constant that makes the mean of the potential 0. The shells
//! beyond |R|_∞ = 4 are those beyond 1 of a lattice three times as wide, each site of which stands for 27:
//!
//! ```text
//! T_n^m = Σ_{1 < |R|_∞ ≤ 4} S_n^m(R) + Σ_{k,l} 3^{−n−k−1} Q_k^l T_{n+k}^{m+l},   Q_k^l = Σ_{|r|_∞ ≤ 1} conj R_k^l(r).
//! ```

use super::layout::{Layout, at};
use super::thirds::Thirds;
use super::uniform::{irregular, regular, symmetric_sums, uniform};
use crate::expansion::{LargestCells, Uniform};
use lanes::Chosen;
use std::sync::OnceLock;

/// 1/r of one source on the unit torus of mean 0, less 1/r, at r = 0 (the constant of a cubic Wigner crystal).
pub(crate) const REGULAR: f64 = -2.837_297_479_480_619_5;
/// From 3^{-n} on the wider lattice adds nothing to T_n.
const LAST_WIDER: usize = 44;

/// What images of the largest cells bring.
#[derive(Debug)]
pub(super) struct Lattice {
    layout: Layout,
    sums: Sums,
    pub(super) uniform: Uniform,
    /// For boxes of three cells.
    thirds: OnceLock<Thirds>,
}

/// The sums T_n^m by n/2, then m/4.
#[derive(Debug)]
pub(super) struct Sums(Vec<Vec<f64>>);

impl Sums {
    /// Of degrees up to this one, or more.
    pub(super) fn new(degree: usize) -> Self {
        let last = degree.max(LAST_WIDER);
        let (far, near) = (shells(last), around(last));
        let mut sums = Self(vec![vec![]; last / 2 + 1]);
        for n in (2..last / 2 + 1).rev().map(|n| 2 * n) {
            let own = 1.0 - 27.0 * 3f64.powi(-(n as i32) - 1);
            let of_order = |m: usize| {
                let mut sum = far[n / 2][m / 4];
                for k in (2..=last - n).step_by(2) {
                    let mut of_degree = 0.0;
                    for l in (0..=k as i32).step_by(4) {
                        let both = |l| sums.at(n + k, m as i32 + l);
                        let sites = near[k / 2][l as usize / 4];
                        of_degree += sites * (both(l) + if l > 0 { both(-l) } else { 0.0 });
                    }
                    sum += 3f64.powi(-((n + k) as i32) - 1) * of_degree;
                }
                sum / own
            };
            sums.0[n / 2] = (0..=n).step_by(4).map(of_order).collect();
        }
        // Of the 26 sites next to 0, 6 are at distance 1, 12 at √2 and 8 at √3.
        let sites = 6.0 + 12.0 / 2f64.sqrt() + 8.0 / 3f64.sqrt();
        sums.0[0] = vec![REGULAR - sites];
        sums.0[1] = vec![0.0];
        sums
    }

    /// Their highest degree.
    pub(super) fn degree(&self) -> usize {
        2 * (self.0.len() - 1)
    }

    /// T_n^m for even n and 4 | m.
    pub(super) fn at(&self, n: usize, m: i32) -> f64 {
        let of_degree = &self.0[n / 2];
        let sum = of_degree.get(m.unsigned_abs() as usize / 4);
        sum.copied().unwrap_or(0.0)
    }
}

impl Lattice {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            sums: Sums::new(2 * (layout.order - 1)),
            uniform: uniform(layout),
            thirds: OnceLock::new(),
        }
    }

    /// From the multipoles of the largest cells to their locals.
    pub(super) fn images(&self, chosen: Chosen, all: &LargestCells<3>, locals: &mut [f64]) {
        if all.anchors.len() == 1 {
            return self.of_root(all.multipoles, locals);
        }
        self.thirds().images(chosen, all, locals);
    }

    /// Made when they are first asked for.
    pub(super) fn thirds(&self) -> &Thirds {
        self.thirds.get_or_init(|| Thirds::new(self.layout))
    }

    fn of_root(&self, multipole: &[f64], local: &mut [f64]) {
        let Layout { order, padded, .. } = self.layout;
        let (re, im) = multipole.split_at(padded);
        let (local_re, local_im) = local.split_at_mut(padded);
        for k in 0..order {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            for l in 0..=k {
                let mut sum = [0.0; 2];
                for n in (k % 2..order).step_by(2) {
                    // m + l is a multiple of 4; M_n^{−m} = (−1)^m conj M_n^m.
                    for m in ((4 - l % 4) % 4..=n).step_by(4) {
                        let t = self.sums.at(n + k, (m + l) as i32);
                        sum[0] += t * re[at(n, m)];
                        sum[1] += t * im[at(n, m)];
                    }
                    for m in (l % 4..=n).step_by(4).filter(|&m| m > 0) {
                        let parity = if m % 2 == 0 { 1.0 } else { -1.0 };
                        let t = parity * self.sums.at(n + k, l as i32 - m as i32);
                        sum[0] += t * re[at(n, m)];
                        sum[1] -= t * im[at(n, m)];
                    }
                }
                local_re[at(k, l)] += sign * sum[0];
                local_im[at(k, l)] += sign * sum[1];
            }
        }
    }
}

/// Sums over the sites with |R|_∞ from `first` to `last`.
fn over_cube(
    degree: usize,
    [first, last]: [i32; 2],
    harmonics: impl Fn(usize, [f64; 3], usize) -> Vec<[f64; 2]>,
) -> Vec<Vec<f64>> {
    // All of one octant, and each for its mirror images.
    let axis = || 0..=last;
    let sites = axis().flat_map(|x| axis().flat_map(move |y| axis().map(move |z| [x, y, z])));
    let there = sites.filter(|site| site.iter().any(|&x| x >= first));
    let mirrored = |site: &[i32; 3]| site.iter().filter(|&&x| x > 0).count() as i32;
    let points = there.map(|site| (site.map(f64::from), 2f64.powi(mirrored(&site))));
    symmetric_sums(degree, points, harmonics)
}

/// Σ S_n^m(R) over 1 < |R|_∞ ≤ 4.
fn shells(degree: usize) -> Vec<Vec<f64>> {
    over_cube(degree, [2, 4], irregular)
}

/// Q_k^l, of the 27 sites with |r|_∞ ≤ 1.
fn around(degree: usize) -> Vec<Vec<f64>> {
    over_cube(degree, [0, 1], regular)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By brute force, and what lies beyond many shells by extrapolation.
    #[test]
    fn the_first_sum_is_that_of_many_shells() {
        let lattice = Sums::new(10);
        let up_to = |last: i32| {
            let mut sum = 0.0;
            for x in -last..=last {
                for y in -last..=last {
                    for z in -last..=last {
                        if x.abs().max(y.abs()).max(z.abs()) > 1 {
                            let [x, y, z] = [x, y, z].map(f64::from);
                            let r2 = x * x + y * y + z * z;
                            let c2 = z * z / r2;
                            let p4 = (35.0 * c2 * c2 - 30.0 * c2 + 3.0) / 8.0;
                            sum += 24.0 * p4 / r2.powf(2.5);
                        }
                    }
                }
            }
            sum
        };
        // Cubes of 2a + 1 sites a side: the rest falls as (2a + 1)^{−2}, then as its fourth power.
        let (coarse, fine) = (up_to(13), up_to(40));
        let expected = (9.0 * fine - coarse) / 8.0;
        let found = lattice.at(4, 0);
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        // Of degree 4 one function alone has the symmetry of the cube: T_4^4 = T_4^0, as (n−m)! goes.
        let ratio = lattice.at(4, 4) / found;
        assert!((ratio - 5.0).abs() < 1e-12, "{ratio}");
    }
}

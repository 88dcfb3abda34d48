//! How two particles alone move.

use crate::sum::length;

/// A kernel K(z) = c z/r^{s+2}, or c z^⊥/r^{s+2}, whose two-body problem has a closed solution: with strengths w_i, w_j and W = w_i + w_j,
///
/// ```text
/// X_i(t) = X_i + w_j G,   X_j(t) = X_j − w_i G,   G = ∫_0^t K(z(τ)) dτ = (z(t) − z)/W,   z = X_i − X_j
/// radial    z(t) = z r(t)/r,   r(t)^{s+2} = r^{s+2} + (s + 2) c W t
/// turning   z(t) = z turned by c W t/r^{s+2}
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairFlow {
    /// c.
    pub constant: f64,
    /// s.
    pub s: f64,
    /// Whether K turns a pair about its centre, instead of parting it.
    pub turns: bool,
}

/// Beyond so many radians an angle has no digits, and a pair is left where it is.
const ANGLES: f64 = 1e15;

impl PairFlow {
    /// 2r_c with r_c^{s+2} = c W dt: from there on a step changes z by less than about a quarter of r.
    pub(crate) fn reach(&self, w: f64, dt: f64) -> f64 {
        2.0 * (self.constant * w * dt).abs().powf((self.s + 2.0).recip())
    }

    /// Whether the two fall into each other.
    pub(crate) fn attracts(&self, [a, b]: [f64; 2]) -> bool {
        !self.turns && self.constant * (a + b) < 0.0
    }

    /// K(z); 0 at 0.
    pub(crate) fn field<const D: usize>(&self, z: [f64; D]) -> [f64; D] {
        let r = length(z);
        if r == 0.0 {
            return [0.0; D];
        }
        self.along(z)
            .map(|e| self.constant * e / r * r.powf(-self.s - 1.0))
    }

    /// G over the time t; 0 from z = 0.
    pub(crate) fn way<const D: usize>(&self, z: [f64; D], w: f64, t: f64) -> [f64; D] {
        let r = length(z);
        if r == 0.0 {
            return [0.0; D];
        }
        // c t/r^{s+2}, by which z would move in K(z) alone, over r and W.
        let rate = self.constant * t * r.powf(-self.s - 2.0);
        let turn = rate * w;
        if turn == 0.0 {
            return self.along(z).map(|e| rate * e);
        }
        if self.turns {
            if turn.abs() > ANGLES {
                return [0.0; D];
            }
            // (turned z − z)/W, without cancellation: cos − 1 = −2 sin².
            let (sin, half) = (turn.sin(), (0.5 * turn).sin());
            let p = self.along(z);
            return std::array::from_fn(|k| (sin * p[k] - 2.0 * half * half * z[k]) / w);
        }
        let power = self.s + 2.0;
        let grown = if turn < 1.0 {
            r * ((power * turn).ln_1p() / power).exp_m1()
        } else {
            (r.powf(power) + power * self.constant * w * t).powf(power.recip()) - r
        };
        z.map(|z| z / r * grown / w)
    }

    /// z or z^⊥, which is there in the plane alone.
    fn along<const D: usize>(&self, z: [f64; D]) -> [f64; D] {
        if !self.turns {
            return z;
        }
        let mut across = [0.0; D];
        (across[0], across[1]) = (-z[1], z[0]);
        across
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against many small steps of RK4 of the two particles.
    #[test]
    fn solves_the_problem_of_two_bodies() {
        let flows = [
            (false, 0.0, 0.16),
            (false, 0.5, 1.0),
            (false, 1.7, 2.0),
            (true, 0.0, 0.16),
        ];
        for (turns, s, constant) in flows {
            let flow = PairFlow { constant, s, turns };
            for (w, t) in [
                ([0.3, 0.3], 0.7),
                ([0.5, 0.2], 2.0),
                ([0.4, -0.4], 0.3),
                ([0.1, 0.1], 1e-9),
            ] {
                let start = [[0.3, -0.2], [-0.1, 0.15]];
                let mut x = start;
                let rate = |x: [[f64; 2]; 2]| {
                    let k = flow.field([0, 1].map(|a| x[0][a] - x[1][a]));
                    [k.map(|k| w[1] * k), k.map(|k| -w[0] * k)]
                };
                let ahead = |x: [[f64; 2]; 2], k: [[f64; 2]; 2], h: f64| {
                    [0, 1].map(|i| [0, 1].map(|a| x[i][a] + h * k[i][a]))
                };
                let h = t / 4000.0;
                for _ in 0..4000 {
                    let a = rate(x);
                    let b = rate(ahead(x, a, 0.5 * h));
                    let c = rate(ahead(x, b, 0.5 * h));
                    let d = rate(ahead(x, c, h));
                    for (k, weight) in [(a, 1.0), (b, 2.0), (c, 2.0), (d, 1.0)] {
                        x = ahead(x, k, h * weight / 6.0);
                    }
                }
                let z = [0, 1].map(|a| start[0][a] - start[1][a]);
                let g = flow.way(z, w[0] + w[1], t);
                for a in 0..2 {
                    let expected = [start[0][a] + w[1] * g[a], start[1][a] - w[0] * g[a]];
                    let off = (0..2).map(|i| (x[i][a] - expected[i]).abs());
                    assert!(off.fold(0.0, f64::max) < 1e-10, "{flow:?} {w:?}: {x:?}");
                }
            }
        }
    }

    #[test]
    fn any_distance() {
        for turns in [false, true] {
            let flow = PairFlow {
                constant: 1.0,
                s: 0.0,
                turns,
            };
            assert_eq!(flow.way([0.0; 2], 1.0, 1.0), [0.0; 2]);
            for r in [1e-300, 1e-160, 1e-8, 1.0, 1e8, 1e150] {
                let g = flow.way([0.0, r], 0.5, 0.25);
                assert!(g.iter().all(|g| g.is_finite()), "{turns} {r:e}: {g:?}");
            }
            assert_eq!(flow.field([0.0; 2]), [0.0; 2]);
        }
        let flow = PairFlow {
            constant: 1.0,
            s: 0.0,
            turns: false,
        };
        // From next to nothing to √(2Wt).
        let [x, y] = flow.way([3e-200, -4e-200], 0.5, 0.25);
        assert!((x - 2.0 * 0.5 * 0.6).abs() < 1e-15 && (y + 2.0 * 0.5 * 0.8).abs() < 1e-15);
    }
}

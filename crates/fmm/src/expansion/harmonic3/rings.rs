//! The waves of a direction: a quadrature's rings, their angles, and the order in which both lie.
//!
//! Data are real, so the waves at a and a + π are conjugate and half of every ring is enough: the quarter
//! a_j = 2π(j + ½)/M, j < M/4, and its mirror image π − a_j. Rings come with λ descending. A wave's place goes by j,
//! descending, then mirrored or not, then ring: the rings that have an angle j come first of all, so that vectors of rings
//! begin where they should, and what a vector writes past its last ring is overwritten by the next j.

use super::WIDEST_WAVE as WIDEST;
use super::nodes::QUADRATURES;
use std::f64::consts::TAU;

/// One ring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    pub(super) lambda: f64,
    /// w/M.
    pub(super) weight: f64,
    /// M/4.
    pub(super) quarter: usize,
    /// Fourier modes m < modes that one side of a translation needs.
    pub(super) modes: usize,
}

impl Ring {
    /// a_j.
    pub(super) fn angle(&self, j: usize) -> f64 {
        TAU * (j as f64 + 0.5) / (4 * self.quarter) as f64
    }
}

/// Rings and the places of their waves.
#[derive(Debug)]
pub(super) struct Rings {
    /// λ descending.
    pub(super) rings: Vec<Ring>,
    /// By j: the first mirrored wave and the first other wave.
    pub(super) start: Vec<[usize; 2]>,
    /// Number of waves.
    pub(super) count: usize,
    /// Waves of a form: room for whole vectors of rings at the last start.
    pub(super) padded: usize,
}

/// (λ, angle) of a wave.
pub(super) type Wave = (f64, f64);

impl Rings {
    /// The smallest quadrature with at most this error, for series of `order` and vectors of `lanes`.
    pub(super) fn new(order: usize, error: f64, lanes: usize) -> Self {
        let quadrature = QUADRATURES.iter().find(|q| q.error <= error);
        let quadrature = quadrature.unwrap_or(&QUADRATURES[QUADRATURES.len() - 1]);
        let share = 0.1 * quadrature.error / quadrature.rings.len() as f64;
        let ring = |&(lambda, w, angles): &(f64, f64, usize)| Ring {
            lambda,
            weight: w / angles as f64,
            quarter: angles / 4,
            modes: modes(lambda, w, share).min(order),
        };
        let mut rings: Vec<Ring> = quadrature.rings.iter().rev().map(ring).collect();
        for k in (1..rings.len()).rev() {
            // Vectors of rings go by their first ring.
            rings[k - 1].modes = rings[k - 1].modes.max(rings[k].modes);
        }
        let mut start = vec![[0, 0]; rings[0].quarter];
        let mut count = 0;
        for j in (0..start.len()).rev() {
            let here = rings.iter().take_while(|ring| ring.quarter > j).count();
            start[j] = [count, count + here];
            count += 2 * here;
        }
        let last = count - rings.len() + rings.len().next_multiple_of(lanes);
        Self {
            rings,
            start,
            count,
            padded: last.next_multiple_of(WIDEST),
        }
    }

    /// Every wave in its place.
    pub(super) fn waves(&self) -> Vec<Wave> {
        let mut waves = vec![];
        for j in (0..self.start.len()).rev() {
            for mirrored in [true, false] {
                for ring in self.rings.iter().filter(|ring| ring.quarter > j) {
                    let angle = ring.angle(j);
                    waves.push((
                        ring.lambda,
                        if mirrored { TAU / 2.0 - angle } else { angle },
                    ));
                }
            }
        }
        waves
    }
}

/// How many modes of e^{iλϱ cos(a−φ)} = Σ i^m J_m(λϱ) e^{im(a−φ)} matter for a point of the cell, ϱ ≤ √½: those above add
/// up to at most `share`, if weighed by w e^{−λ} (no translation is shorter than 1). |J_m(x)| ≤ (x/2)^m/m!.
fn modes(lambda: f64, w: f64, share: f64) -> usize {
    let half = 0.5 * lambda * 0.5f64.sqrt();
    let mut term = 2.0 * w * (-lambda).exp();
    let mut m = 0;
    // The terms past m are a geometric series once m > x.
    while term / (1.0 - half / (m + 1) as f64) > share || half >= (m + 1) as f64 {
        m += 1;
        term *= half / m as f64;
    }
    m.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_prefixes_and_waves_have_their_places() {
        for quadrature in &QUADRATURES {
            let rings = Rings::new(12, quadrature.error, WIDEST);
            let waves = rings.waves();
            assert_eq!(waves.len(), rings.count);
            assert!(
                rings
                    .rings
                    .is_sorted_by_key(|ring| std::cmp::Reverse(ring.quarter))
            );
            assert!(
                rings
                    .rings
                    .is_sorted_by_key(|ring| std::cmp::Reverse(ring.modes))
            );
            for (j, start) in rings.start.iter().enumerate() {
                for (k, ring) in rings.rings.iter().enumerate() {
                    if ring.quarter > j {
                        assert_eq!(waves[start[1] + k], (ring.lambda, ring.angle(j)));
                        assert_eq!(
                            waves[start[0] + k],
                            (ring.lambda, TAU / 2.0 - ring.angle(j))
                        );
                    }
                }
            }
        }
    }
}

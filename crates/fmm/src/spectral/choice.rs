//! Which window, and which grid: from the spectrum of the kernel along a line.
//!
//! Of a kernel whose modes are A(k), a window ψ on cells of width h loses of the mode k, once from the points to the grid and once back,
//!
//! ```text
//! Σ_{m ≠ 0} A(k) ψ̂(kh + 2πm)/ψ̂(kh)
//! ```
//!
//! the first even (k + 2πm/h)/k times that of pairs with opposite strengths, and of modes beyond π/h nothing is right. Strengths of random
//! sign have as much of every mode, so that in D dimensions squares count with k^{D−1}, and those of p-th derivatives with k^{2p}.

use super::window::transform;
use realfft::RealFftPlanner;
use std::f64::consts::PI;

/// How points are taken to a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    /// Nodes of the window along an axis.
    pub(super) nodes: usize,
    /// Its parameter.
    pub(super) beta: f64,
    /// Width of a cell of the grid.
    pub(super) cell: f64,
    /// The mode beyond which there are only roundings.
    pub(super) end: f64,
}

/// How much a kernel has along a line of the modes in each of some ranges.
#[derive(Clone, Debug)]
pub(super) struct Spectrum {
    /// Middle of each range, in radians for a unit of length, and A² k^{D−1} there.
    ranges: Vec<(f64, f64)>,
    /// Of the squares of each derivative along the line, the share within the extent: beyond it potentials are made to fall.
    within: [f64; 3],
}

/// Cells times the mode beyond which less than the error is left.
pub(super) const WIDEST_CELL: f64 = 1.1 * PI;
/// Ranges of modes.
const RANGES: usize = 64;
/// Powers of two of samples along the line: the last are enough for a core of 1/1000 of it.
const SAMPLES: std::ops::RangeInclusive<u32> = 8..=16;
/// The most that roundings, also those of tables, leave of a mode that is not there, of the largest.
const ROUNDING: f64 = 1e-12;

impl Spectrum {
    /// Of a potential of the distance over distances up to `extent`; `None` if even the finest samples do not show where its modes end.
    pub(super) fn new(dimension: i32, potential: &dyn Fn(f64) -> f64, extent: f64) -> Option<Self> {
        SAMPLES.clone().find_map(|exponent| {
            let line = line(potential, extent, 1 << exponent);
            let within = within(&line);
            let modes = modes(line)?;
            Self::of_modes(dimension, &modes, PI / (2.0 * extent), within)
        })
    }

    /// Of modes at multiples of a unit; `None` if they are not seen to end: the highest quarter must be roundings, and those that are
    /// larger the lower half.
    fn of_modes(dimension: i32, modes: &[f64], unit: f64, within: [f64; 3]) -> Option<Self> {
        let size = |modes: &[f64]| modes.iter().fold(0.0f64, |size, mode| size.max(mode.abs()));
        let (largest, noise) = (size(modes), size(&modes[modes.len() / 4 * 3..]));
        let end = modes.iter().rposition(|mode| mode.abs() > 4.0 * noise)?;
        if noise > ROUNDING * largest || end > modes.len() / 2 {
            return None;
        }
        let square = |k: usize| (k as f64).powi(dimension - 1) * modes[k].powi(2);
        let width = (end + 1) as f64 / RANGES as f64;
        let middle = |range: usize| unit * (range as f64 + 0.5) * width;
        let mut ranges: Vec<(f64, f64)> = (0..RANGES).map(|range| (middle(range), 0.0)).collect();
        for k in 1..=end {
            ranges[((k as f64 / width) as usize).min(RANGES - 1)].1 += square(k);
        }
        Some(Self { ranges, within })
    }

    /// The error of the `order`-th derivatives, of their root mean square within the extent.
    pub(super) fn error(&self, choice: &Choice, order: i32) -> f64 {
        let Choice {
            nodes, beta, cell, ..
        } = *choice;
        let (mut lost, mut all) = (0.0, 0.0);
        for &(k, square) in &self.ranges {
            let size = square * k.powi(2 * order);
            let kappa = k * cell;
            all += size;
            if kappa >= PI {
                lost += 2.0 * size;
                continue;
            }
            let here = transform((nodes, beta), kappa);
            for m in [-2.0, -1.0, 1.0, 2.0] {
                let alias = kappa + 2.0 * PI * m;
                let ratio = transform((nodes, beta), alias) / here;
                let of_pairs = (alias / kappa).powi(2);
                lost += size * ratio * ratio * (1.0 + of_pairs);
            }
        }
        (lost / (all * self.within[order as usize])).sqrt()
    }

    /// The mode beyond which less than `error` is left.
    fn end(&self, error: f64, order: i32) -> f64 {
        let size = |&(k, square): &(f64, f64)| square * k.powi(2 * order);
        let least = error * error * self.ranges.iter().map(size).sum::<f64>();
        let mut rest = 0.0;
        let beyond = self.ranges.iter().rev().take_while(|range| {
            rest += size(range);
            rest <= least
        });
        let count = beyond.count();
        self.ranges[RANGES - 1 - count.min(RANGES - 1)].0
    }

    /// The widest cells that are looked at.
    pub(super) fn widest_cell(&self, error: f64, most: i32) -> f64 {
        WIDEST_CELL / self.end(error, most)
    }

    /// The window of so many nodes with the widest cells that keep the error of derivatives up to `most`; `None` where none do.
    pub(super) fn widest(&self, nodes: usize, error: f64, most: i32) -> Option<Choice> {
        let widest = self.widest_cell(error, most);
        let mut best: Option<Choice> = None;
        for parameter in 0..12 {
            let beta = (1.2 + 0.1 * f64::from(parameter)) * nodes as f64;
            let cells = (0..40).map(|step| widest * 0.96f64.powi(step));
            let better = cells.take_while(|&cell| best.is_none_or(|best| cell > best.cell));
            let mut choices = better.map(|cell| Choice {
                nodes,
                beta,
                cell,
                end: self.ranges[RANGES - 1].0,
            });
            let keeps =
                |choice: &Choice| (0..=most).all(|order| self.error(choice, order) <= error);
            let found = choices.find(keeps);
            best = found.or(best);
        }
        best
    }
}

/// A potential that falls to nothing from the extent to twice as far, sampled on both sides of 0.
fn line(potential: &dyn Fn(f64) -> f64, extent: f64, samples: usize) -> Vec<f64> {
    let cell = 4.0 * extent / samples as f64;
    let at = |i: usize| {
        let x = i.min(samples - i) as f64 * cell;
        potential(x) * 0.5 * libm::erfc(12.0 * (x / extent - 1.5))
    };
    (0..samples).map(at).collect()
}

/// Of the squares of a line and its differences, the share up to its extent, which is a quarter of it.
fn within(line: &[f64]) -> [f64; 3] {
    let half = &line[..line.len() / 2];
    let mut here = half.to_vec();
    [0, 1, 2].map(|order| {
        if order > 0 {
            here = here.windows(2).map(|pair| pair[1] - pair[0]).collect();
        }
        let squares = |numbers: &[f64]| numbers.iter().map(|x| x * x).sum::<f64>();
        squares(&here[..half.len() / 2]) / squares(&here).max(f64::MIN_POSITIVE)
    })
}

fn modes(mut line: Vec<f64>) -> Option<Vec<f64>> {
    let transform = RealFftPlanner::new().plan_fft_forward(line.len());
    let mut modes = transform.make_output_vec();
    transform.process(&mut line, &mut modes).ok()?;
    Some(modes.iter().map(|mode| mode.re).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Modes that end are found; those of singular functions, and of functions with a corner, do not.
    #[test]
    fn smooth_functions_are_told_from_others() {
        let spectrum = |potential: &dyn Fn(f64) -> f64| Spectrum::new(3, potential, 1.0);
        assert!(spectrum(&|r| (-100.0 * r * r).exp()).is_some());
        assert!(spectrum(&|r| 1.0 / (r * r + 0.01).sqrt()).is_some());
        assert!(spectrum(&|r| 1.0 / r.max(1e-30)).is_none());
        assert!(spectrum(&|r| -r.max(1e-30).ln()).is_none());
        assert!(spectrum(&|r| (-r).exp()).is_none());
    }

    /// Cells are as wide as the error allows, and those of a narrower core smaller in proportion.
    #[test]
    fn cells_follow_the_core() {
        let spectrum = |delta: f64| {
            let potential = |r: f64| (-r * r / (delta * delta)).exp();
            Spectrum::new(2, &potential, 1.0).unwrap()
        };
        let wide = spectrum(0.1);
        assert!(wide.widest(4, 1e-6, 1).is_none());
        for nodes in [10, 12, 16] {
            let choice = wide.widest(nodes, 1e-6, 1).unwrap();
            let keeps = |choice: &Choice| (0..2).all(|order| wide.error(choice, order) <= 1e-6);
            let wider = Choice {
                cell: 1.05 * choice.cell,
                ..choice
            };
            assert!(keeps(&choice) && !keeps(&wider), "{choice:?}");
        }
        let [wide, narrow] = [0.1, 0.025].map(|delta| spectrum(delta).widest(12, 1e-6, 1));
        let ratio = wide.unwrap().cell / narrow.unwrap().cell;
        assert!((ratio / 4.0 - 1.0).abs() < 0.15, "{ratio}");
    }
}

//! Ewald's sum: the periodic radial sums of every pair, exact to rounding.
//!
//! The power that the kernel is far away is split into a smooth part and a short one ([`Split`]): so short that the box and its neighbours
//! hold all of it, and so smooth that few modes do ([`modes`](super::modes)). The mode 0 is left out: with it goes the uniform background, and
//! the mean of every potential.
//!
//! ```text
//! Σ_R γ(|z − R|)  =  Σ_R (γ − γ_δ)(|z − R|)  +  Σ_{k≠0} γ̂_δ(k) e^{2πi k·z}  −  ∫(γ − γ_δ)
//! ```
//!
//! (P. P. Ewald, Ann. Phys. 369, 1921.) Of an algebraic core that is wide, nothing is short: its modes are all there is.

use super::modes::{Mode, add, amplitudes, around, modes};
use super::split::{FarPower, Split};
use crate::direct::AllPairs;
use crate::kernel::{RadialPair, RadialTables};
use crate::passes::tile::RadialSum;
use crate::passes::wanted::place_of;
use lanes::Chosen;
use std::collections::HashMap;
use std::f64::consts::PI;

/// δ in smallest sides: e^{−1/δ²} is below rounding, for images of the outermost boxes that are left out.
const WIDTH: f64 = 1.0 / 6.1;

/// e^{−39} is below rounding.
pub(crate) const ROUNDING: f64 = 39.0;

/// What the sums over a torus are made of.
pub(crate) struct Ewald<'a, P, const D: usize> {
    pub(crate) chosen: Chosen,
    /// The pair that is summed, with its own core if it has one, in the unit of the points.
    pub(crate) pair: &'a P,
    /// What it is far away.
    pub(crate) power: FarPower,
    /// Modes below e^−`rest` of the first are left out.
    pub(crate) rest: f64,
    /// Around the box, images are summed up to so many boxes away along each axis.
    pub(crate) boxes: [i32; D],
    /// L by axis, in the same unit.
    pub(crate) sides: [f64; D],
    /// Factor between that unit and the user's.
    pub(crate) scale: f64,
    /// By axis; sources padded.
    pub(crate) targets: &'a [Vec<f64>; D],
    pub(crate) sources: &'a [Vec<f64>; D],
    /// Sources without the padding.
    pub(crate) count: usize,
}

impl<P: RadialPair<D>, const D: usize> Ewald<'_, P, D> {
    /// The radial sums of padded strengths at all targets.
    pub(crate) fn sums(&self, w: &[f64], outputs: crate::Outputs) -> Vec<RadialSum<f64, D>> {
        let split = self.split(self.unit(), self.scale.ln());
        let mut sums = self.modes(w);
        self.take_coincident(w, &split, &mut sums);
        if !self.power.few_modes {
            self.short(w, outputs, split.tables(), &mut sums);
        }
        let sign = self.power.sign;
        sums.iter_mut().for_each(|sum| sum.t *= sign);
        sums
    }

    /// Adds the short part: all of the pair less the smooth one.
    fn short(
        &self,
        w: &[f64],
        outputs: crate::Outputs,
        smooth: RadialTables,
        sums: &mut [RadialSum<f64, D>],
    ) {
        let sign = self.power.sign;
        for shift in self.boxes() {
            let targets = std::array::from_fn(|a| {
                let beside = f64::from(shift[a]) * self.sides[a];
                self.targets[a].iter().map(|x| x + beside).collect()
            });
            let all = AllPairs {
                chosen: self.chosen,
                targets: &targets,
                sources: self.sources,
                w,
                outputs,
            };
            let whole = self.pair.clone().all_pairs(&all);
            let smooth = all.sums(smooth.pair());
            for ((sum, whole), smooth) in sums.iter_mut().zip(whole).zip(smooth) {
                sum.t += sign * whole.t - smooth.t;
                for a in 0..D {
                    sum.s[a] += whole.s[a] - smooth.s[a];
                }
                for (g, (whole, smooth)) in sum.g.iter_mut().zip(whole.g.iter().zip(smooth.g)) {
                    *g += whole - smooth;
                }
            }
        }
    }

    /// The side that widths are held against: short parts must end within the smallest one, and of wide cores the largest one has the
    /// first mode.
    fn unit(&self) -> f64 {
        let sides = self.sides.iter().copied();
        if self.power.few_modes {
            sides.fold(0.0, f64::max)
        } else {
            sides.fold(f64::INFINITY, f64::min)
        }
    }

    /// The power, split in a unit in which that side is `side`.
    fn split(&self, side: f64, log_scale: f64) -> Split {
        let core = self.power.core * self.scale / self.unit();
        let width = if self.power.few_modes {
            // So narrow that what is short is below rounding beside e^{−2πε}, and not taken.
            core / (45.0 + 2.0 * PI * core).sqrt()
        } else {
            WIDTH
        };
        Split {
            s: self.power.s,
            dimension: D,
            delta: width * side,
            log_scale,
            core: core * side,
        }
    }

    /// All boxes within reach, the nearest last so that small numbers are summed first.
    fn boxes(&self) -> Vec<[i32; D]> {
        let mut all: Vec<_> = around(self.boxes).collect();
        let square = |shift: &[i32; D]| -> f64 {
            let of_axis = |a: usize| (f64::from(shift[a]) * self.sides[a] / self.unit()).powi(2);
            (0..D).map(of_axis).sum()
        };
        all.sort_by(|a, b| square(b).total_cmp(&square(a)));
        all
    }

    /// The modes of the smooth part, in the unit of the points.
    fn modes(&self, w: &[f64]) -> Vec<RadialSum<f64, D>> {
        let in_box = |points: &[Vec<f64>; D], n: usize| -> Vec<[f64; D]> {
            let point = |i: usize| std::array::from_fn(|a| points[a][i] / self.sides[a]);
            (0..n).map(point).collect()
        };
        let targets = in_box(self.targets, self.targets[0].len());
        let sources = in_box(self.sources, self.count);
        let w = &w[..self.count];
        let split = self.split(1.0, 0.0);
        let unit = self.unit();
        let sides = self.sides.map(|side| side / unit);
        let volume: f64 = sides.iter().product();
        let modes: Vec<Mode<D>> = modes(&split, sides, self.rest);
        let of_sources = amplitudes(self.chosen, &modes, &sources, w);
        let mut sums = vec![RadialSum::ZERO; targets.len()];
        add(self.chosen, &modes, &of_sources, &targets, &mut sums);
        let total: f64 = w.iter().sum();
        let integral = if self.power.few_modes {
            0.0
        } else {
            split.integral() / volume
        };
        // γ is a length to the power −s.
        let of_potential = unit.powf(-split.s);
        let of_field = of_potential / unit;
        for sum in &mut sums {
            sum.t = (sum.t - integral * total) * of_potential;
            sum.s = sum.s.map(|s| s * of_field);
            sum.g = sum.g.map(|g| g * of_field / unit);
        }
        sums
    }

    /// Pairs at one place contribute what their images do: without what the smooth part has there.
    fn take_coincident(&self, w: &[f64], split: &Split, sums: &mut [RadialSum<f64, D>]) {
        // −0 and 0 are one place.
        let place = |points: &[Vec<f64>; D], i: usize| -> [u64; D] {
            std::array::from_fn(|a| (points[a][i] + 0.0).to_bits())
        };
        let mut at: HashMap<[u64; D], f64> = HashMap::with_capacity(self.count);
        for i in 0..self.count {
            *at.entry(place(self.sources, i)).or_default() += w[i];
        }
        let (gamma, phi) = (split.smooth(0.0), split.smooth_phi(0.0));
        for (i, sum) in sums.iter_mut().enumerate() {
            if let Some(w) = at.get(&place(self.targets, i)) {
                sum.t -= gamma * w;
                for a in 0..D {
                    sum.g[place_of::<D>(a, a)] -= phi * w;
                }
            }
        }
    }
}

/// Boxes around the box, along each axis, whose images a kernel of this reach must be summed over.
pub(crate) fn boxes<const D: usize>(reach: f64, sides: [f64; D]) -> [i32; D] {
    sides.map(|side| (reach / side).ceil().clamp(1.0, 4.0) as i32)
}

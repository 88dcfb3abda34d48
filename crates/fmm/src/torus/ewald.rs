//! Ewald's sum: the periodic radial sums of every pair, exact to rounding.
//!
//! The singular kernel is that of Gaussian blobs of width δ and what is left of it. What is left is short, so that the box and its
//! neighbours hold all of it; the blobs are smooth, so that few modes do ([`modes`](super::modes)). The mode 0 is left out: with it goes
//! the uniform background, and the mean of every potential.
//!
//! ```text
//! Σ_R γ(|z − R|)  =  Σ_R (γ − γ_δ)(|z − R|)  +  Σ_{k≠0} γ̂_δ(k) e^{2πi k·z}  −  ∫(γ − γ_δ)
//! ```
//!
//! (P. P. Ewald, Ann. Phys. 369, 1921.) With γ = 1/r in space, γ̂_δ = e^{−π²k²δ²}/(πk²) and the integral is πδ²; with γ = log r in the
//! plane, −½ of the former and −½ of the latter.

use super::modes::{Mode, add, amplitudes, modes};
use crate::direct::AllPairs;
use crate::kernel::RadialPair;
use crate::passes::tile::RadialSum;
use crate::passes::wanted::place_of;
use lanes::Chosen;
use std::collections::HashMap;
use std::f64::consts::PI;

/// Width of the blobs in sides: e^{−1/δ²} is below rounding, for images of the outermost boxes that are left out.
const WIDTH: f64 = 1.0 / 6.1;

/// What the sums over a torus are made of.
pub(crate) struct Ewald<'a, P, const D: usize> {
    pub(crate) chosen: Chosen,
    /// The pair that is summed, with its own core if it has one, in the unit of the points.
    pub(crate) pair: &'a P,
    /// Around the box, images are summed up to so many boxes away.
    pub(crate) boxes: i32,
    /// L in the same unit.
    pub(crate) side: f64,
    /// Factor between that unit and the user's.
    pub(crate) scale: f64,
    /// By axis; sources padded.
    pub(crate) targets: &'a [Vec<f64>; D],
    pub(crate) sources: &'a [Vec<f64>; D],
    /// Sources without the padding.
    pub(crate) count: usize,
}

/// The constants of a dimension: of γ̂ and the integral, whether ∇t is s or −s, and γ_δ and φ_δ at r = 0.
struct Constants {
    a: f64,
    sign: f64,
    integral: f64,
    at_zero: [f64; 2],
}

/// For blobs of width δ where log r is the user's: log r = log(r in units) − log scale.
fn constants(dimension: usize, delta: f64, scale: f64) -> Constants {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    if dimension == 2 {
        return Constants {
            a: -0.5,
            sign: 1.0,
            integral: -0.5 * PI * WIDTH * WIDTH,
            at_zero: [
                (delta / scale).ln() - 0.5 * EULER_GAMMA,
                1.0 / (delta * delta),
            ],
        };
    }
    let root = PI.sqrt();
    Constants {
        a: 1.0,
        sign: -1.0,
        integral: PI * WIDTH * WIDTH,
        at_zero: [
            2.0 / (root * delta),
            4.0 / (3.0 * root * delta * delta * delta),
        ],
    }
}

impl<P: RadialPair<D>, const D: usize> Ewald<'_, P, D> {
    /// The radial sums of padded strengths at all targets; `None` if the pair has no such sum.
    pub(crate) fn sums(
        &self,
        w: &[f64],
        outputs: crate::Outputs,
    ) -> Option<Vec<RadialSum<f64, D>>> {
        let delta = WIDTH * self.side;
        let blobs = self.pair.blobs(self.scale, delta / self.scale)?;
        let constants = constants(D, delta, self.scale);
        let mut sums = self.smooth(w, &constants);
        self.take_coincident(w, &constants, &mut sums);
        for shift in self.boxes() {
            let targets = std::array::from_fn(|a| {
                let beside = f64::from(shift[a]) * self.side;
                self.targets[a].iter().map(|x| x + beside).collect()
            });
            let all = AllPairs {
                chosen: self.chosen,
                targets: &targets,
                sources: self.sources,
                w,
                outputs,
            };
            let singular = self.pair.clone().all_pairs(&all);
            let smooth = blobs.clone().all_pairs(&all);
            for ((sum, singular), smooth) in sums.iter_mut().zip(singular).zip(smooth) {
                sum.t += singular.t - smooth.t;
                for a in 0..D {
                    sum.s[a] += singular.s[a] - smooth.s[a];
                }
                for (g, (singular, smooth)) in sum.g.iter_mut().zip(singular.g.iter().zip(smooth.g))
                {
                    *g += singular - smooth;
                }
            }
        }
        Some(sums)
    }

    /// All boxes within reach, the nearest last so that small numbers are summed first.
    fn boxes(&self) -> Vec<[i32; D]> {
        let width = 2 * self.boxes + 1;
        let of = |k: i32| -> [i32; D] {
            std::array::from_fn(|a| k / width.pow(a as u32) % width - self.boxes)
        };
        let mut all: Vec<_> = (0..width.pow(D as u32)).map(of).collect();
        all.sort_by_key(|shift| -shift.iter().map(|x| x * x).sum::<i32>());
        all
    }

    /// The modes of the blobs, in the unit of the points.
    fn smooth(&self, w: &[f64], constants: &Constants) -> Vec<RadialSum<f64, D>> {
        let unit = |points: &[Vec<f64>; D], n: usize| -> Vec<[f64; D]> {
            let point = |i: usize| std::array::from_fn(|a| points[a][i] / self.side);
            (0..n).map(point).collect()
        };
        let targets = unit(self.targets, self.targets[0].len());
        let sources = unit(self.sources, self.count);
        let w = &w[..self.count];
        let modes: Vec<Mode<D>> = modes(WIDTH, constants.a);
        let of_sources = amplitudes(self.chosen, &modes, &sources, w);
        let mut sums = vec![RadialSum::ZERO; targets.len()];
        let sign = constants.sign;
        add(self.chosen, &modes, &of_sources, &targets, sign, &mut sums);
        let total: f64 = w.iter().sum();
        // γ is a length to the power 2 − D, but for the logarithm's unit, of which the blobs have as much.
        let per_length = |power: usize| (0..power).fold(1.0, |x, _| x / self.side);
        for sum in &mut sums {
            sum.t = (sum.t - constants.integral * total) * per_length(D - 2);
            sum.s = sum.s.map(|s| s * per_length(D - 1));
            sum.g = sum.g.map(|g| g * per_length(D));
        }
        sums
    }

    /// Pairs at one place contribute what their images do: without what blobs have there.
    fn take_coincident(&self, w: &[f64], constants: &Constants, sums: &mut [RadialSum<f64, D>]) {
        // −0 and 0 are one place.
        let place = |points: &[Vec<f64>; D], i: usize| -> [u64; D] {
            std::array::from_fn(|a| (points[a][i] + 0.0).to_bits())
        };
        let mut at: HashMap<[u64; D], f64> = HashMap::with_capacity(self.count);
        for i in 0..self.count {
            *at.entry(place(self.sources, i)).or_default() += w[i];
        }
        let [gamma, phi] = constants.at_zero;
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

/// Boxes around the box whose images a kernel of this reach must be summed over.
pub(crate) fn boxes(reach: f64, side: f64) -> i32 {
    (reach / side).ceil().clamp(1.0, 4.0) as i32
}

//! Pairs that are too close for a step: they follow the exact flow of two particles, the scheme takes all else.
//!
//! For the pairs {i, j} of a step, chosen at its start, F = R + P with P what the two of a pair do to each other. The scheme integrates
//! R, which is smooth where they are; what P alone moves particle i by in dt is known in closed form ([`PairFlow`]). Each stage of
//! the scheme adds it as it adds noise. At the end it is taken anew from the middle of the way that R leads, X_n + ½∫R dt, so that
//! without noise both parts are composed symmetrically (Strang), which is of order 2.

mod area;
mod flow;
mod grid;
mod search;

pub use flow::PairFlow;

use crate::model::{Model, NoiseStructure};
use crate::stepper::Stepper;
use crate::sum::{difference, dot, length, sums};
use crate::{Error, ErrorKind, Result};

/// A pair, i < j.
pub(crate) type Pair = [u32; 2];

/// Whether a scheme takes pairs where there is noise or not. With noise its stages must be states: in others particles meet that are no pair.
pub(crate) fn are_taken<const D: usize>(stepper: &dyn Stepper<D>, noisy: bool) -> bool {
    stepper.takes_pairs() && !(noisy && stepper.evaluations() > 1)
}

/// Whether `time.two_body` can be true with this model and scheme.
pub(crate) fn check<const D: usize>(model: &dyn Model<D>, stepper: &dyn Stepper<D>) -> Result<()> {
    let noisy = model.noise() != NoiseStructure::None;
    if !are_taken(stepper, noisy) {
        let with = if noisy { "with noise" } else { "without noise" };
        let value = format!("true with {} {with}", stepper.name());
        let allowed = "true only with ab2-maruyama or euler-maruyama, and without noise also with stochastic-heun, sra1 or sra3";
        return Err(Error::value(
            ErrorKind::Config,
            "time.two_body",
            value,
            allowed,
        ));
    }
    if model.pair_flow().is_some() {
        return Ok(());
    }
    let value = format!("true with this {}", model.kind());
    let allowed = "true only with vortices and repulsive gases, without model.core";
    Err(Error::value(
        ErrorKind::Config,
        "time.two_body",
        value,
        allowed,
    ))
}

/// Part of the reach that the errors of P may move a particle by in a step.
const HIDDEN: f64 = 0.01;

/// The pairs of one step.
#[derive(Clone, Debug)]
pub(crate) struct ClosePairs<const D: usize> {
    flow: PairFlow,
    /// Sides of a torus.
    sides: Option<[f64; D]>,
    pairs: Vec<Pair>,
    /// Those so close that what is left of F without P would be errors of P, which has many more digits than F.
    closest: Vec<Pair>,
}

impl<const D: usize> ClosePairs<D> {
    /// Of these positions, for steps dt: mutual nearest neighbours closer than 2r_c ([`PairFlow::reach`]) with the largest |w_j|. Where more
    /// than a few particles are so close together they are no pairs. `tolerance` is what the
    /// drift's error may be.
    pub(crate) fn find(
        flow: PairFlow,
        positions: &[[f64; D]],
        strengths: &[f64],
        sides: Option<[f64; D]>,
        dt: f64,
        tolerance: f64,
    ) -> Self {
        let largest = strengths.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        let reach = flow.reach(2.0 * largest, dt);
        let mut pairs = search::pairs(positions, reach, sides);
        pairs.retain(|&pair| !flow.attracts(pair_of(strengths, pair)));
        let mut all = Self {
            flow,
            sides,
            pairs,
            closest: vec![],
        };
        let hides_the_rest = |&pair: &Pair| {
            let [a, b] = pair_of(strengths, pair);
            let by_pair = length(flow.field(all.apart(positions, pair)));
            let error = tolerance * a.abs().max(b.abs()) * by_pair * dt;
            a + b != 0.0 && error > HIDDEN * reach
        };
        if !flow.turns {
            all.closest = all.pairs.iter().copied().filter(hides_the_rest).collect();
        }
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Those that are not among the others; all are by i, which is in one pair at most.
    pub(crate) fn without(&self, others: Option<&Self>) -> Self {
        let others = others.map_or(&[][..], |others| &others.pairs);
        let new = |pair: &&Pair| others.binary_search(pair).is_err();
        Self {
            pairs: self.pairs.iter().filter(new).copied().collect(),
            closest: self.closest.iter().filter(new).copied().collect(),
            ..*self
        }
    }

    /// drift −= P(positions).
    pub(crate) fn take_from(
        &self,
        drift: &mut [[f64; D]],
        positions: &[[f64; D]],
        strengths: &[f64],
    ) {
        self.add(drift, positions, strengths, -1.0);
        // In w_i F_i + w_j F_j the errors of P cancel, as P does. Two so close have the same from all others.
        for &[i, j] in &self.closest {
            let ([i, j], [a, b]) = ([i as usize, j as usize], pair_of(strengths, [i, j]));
            let both = std::array::from_fn(|k| (a * drift[i][k] + b * drift[j][k]) / (a + b));
            (drift[i], drift[j]) = (both, both);
        }
    }

    /// drift += P(positions).
    pub(crate) fn give_back(
        &self,
        drift: &mut [[f64; D]],
        positions: &[[f64; D]],
        strengths: &[f64],
    ) {
        self.add(drift, positions, strengths, 1.0);
    }

    fn add(&self, drift: &mut [[f64; D]], x: &[[f64; D]], w: &[f64], factor: f64) {
        for &pair in &self.pairs {
            let field = self.flow.field(self.apart(x, pair));
            self.spread(drift, pair, w, field.map(|k| factor * k));
        }
    }

    /// The virial of the pairs alone, 2 Σ X_i·P_i.
    pub(crate) fn virial(&self, positions: &[[f64; D]], strengths: &[f64]) -> f64 {
        let [sum] = sums(self.pairs.len(), |k| {
            let (pair, [a, b]) = (self.pairs[k], pair_of(strengths, self.pairs[k]));
            let z = self.apart(positions, pair);
            // X_i·w_b K(z) − X_j·w_a K(z), for gases, where w_a = w_b.
            [(a + b) * dot(z, self.flow.field(z))]
        });
        sum
    }

    /// What P alone does in dt from these positions, one row a pair: G with X_i += w_j G and X_j −= w_i G.
    pub(crate) fn ways(&self, positions: &[[f64; D]], strengths: &[f64], dt: f64) -> Vec<[f64; D]> {
        let way = |&pair: &Pair| {
            let [a, b] = pair_of(strengths, pair);
            self.flow.way(self.apart(positions, pair), a + b, dt)
        };
        self.pairs.iter().map(way).collect()
    }

    /// The longest way of a particle.
    pub(crate) fn longest(&self, strengths: &[f64], ways: &[[f64; D]]) -> f64 {
        let of = |(&pair, &way): (&Pair, &[f64; D])| {
            let [a, b] = pair_of(strengths, pair).map(f64::abs);
            a.max(b) * length(way)
        };
        self.pairs.iter().zip(ways).map(of).fold(0.0, f64::max)
    }

    /// rows += factor · ways, each of a pair to both of its particles.
    pub(crate) fn add_ways(
        &self,
        rows: &mut [[f64; D]],
        strengths: &[f64],
        ways: &[[f64; D]],
        factor: f64,
    ) {
        for (&pair, way) in self.pairs.iter().zip(ways) {
            self.spread(rows, pair, strengths, way.map(|g| factor * g));
        }
    }

    /// Brings `next`, which the scheme reached from X_n with the ways from there, to the ways from the middle of the rest; `noise` is what
    /// `next` holds of noise and of those ways together.
    pub(crate) fn compose(&self, step: &PairStep<D>, next: &mut [[f64; D]]) -> Composed {
        let mut composed = Composed::default();
        for (&pair, way) in self.pairs.iter().zip(step.ways) {
            let [i, j] = pair.map(|i| i as usize);
            let [a, b] = pair_of(step.strengths, pair);
            let rest = |i: usize| {
                let (next, now, noise) = (next[i], step.positions[i], step.noise[i]);
                std::array::from_fn::<_, D, _>(|k| next[k] - now[k] - step.coefficient * noise[k])
            };
            let (rest_i, rest_j) = (rest(i), rest(j));
            let z = self.apart(step.positions, pair);
            let middle: [_; D] = std::array::from_fn(|k| z[k] + 0.5 * (rest_i[k] - rest_j[k]));
            let better = self.flow.way(middle, a + b, step.dt);
            let change = difference(better, *way);
            self.spread(next, pair, step.strengths, change);
            let moved = better.map(|g| (a + b) * g);
            composed.work += dot(middle, moved) + 0.5 * dot(moved, moved);
            composed.change += (a * a + b * b) * dot(change, change);
        }
        composed
    }

    /// rows_i += w_j k, rows_j −= w_i k.
    fn spread(&self, rows: &mut [[f64; D]], pair: Pair, w: &[f64], k: [f64; D]) {
        let [i, j] = pair.map(|i| i as usize);
        for axis in 0..D {
            rows[i][axis] += w[j] * k[axis];
            rows[j][axis] -= w[i] * k[axis];
        }
    }

    /// X_i − X_j, of the nearest images on a torus.
    fn apart(&self, x: &[[f64; D]], [i, j]: Pair) -> [f64; D] {
        grid::apart(x[i as usize], x[j as usize], self.sides)
    }
}

/// A step that a scheme has made.
pub(crate) struct PairStep<'a, const D: usize> {
    /// X_n.
    pub(crate) positions: &'a [[f64; D]],
    pub(crate) strengths: &'a [f64],
    pub(crate) dt: f64,
    /// The ways from X_n.
    pub(crate) ways: &'a [[f64; D]],
    /// What the scheme took as increments of the noise, and their coefficient.
    pub(crate) noise: &'a [[f64; D]],
    pub(crate) coefficient: f64,
}

/// What the flow of the pairs has done in a step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Composed {
    /// To S, for equal strengths.
    pub(crate) work: f64,
    /// Σ |.|² of what composing it symmetrically has changed, which is more than its error.
    pub(crate) change: f64,
}

fn pair_of(strengths: &[f64], pair: Pair) -> [f64; 2] {
    pair.map(|i| strengths[i as usize])
}

//! Collisions one after another.

use super::Deflection;
use crate::config::Collisions;
use crate::laws::Ledger;
use crate::noise::{Key, Pieces, Stream, ln, open_zero};
use crate::sum::{add, difference, dot, sums};
use crate::{Error, ErrorKind, Result};
use std::array::from_fn;
use std::hint::black_box;

/// Collisions of a piece of a step have numbers of 32 bits; this many are expected at most.
const MOST: f64 = 2147483648.0;

/// Collisions drawn together: what they need of many velocities then comes from the memory at once.
const BLOCK: usize = 64;

/// What chance says of a collision.
struct Draw {
    wait: f64,
    pair: [usize; 2],
    turn: [u64; 2],
}

/// How N particles collide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Walk {
    /// Of one particle.
    pub(crate) rate: f64,
    pub(crate) deflection: Deflection,
    pub(crate) scheme: Collisions,
    /// c_N of the [model](crate::model::Boltzmann).
    pub(crate) decay: f64,
}

impl Walk {
    /// Makes the collisions of a step, piece by piece, and enters them in the ledger.
    pub(crate) fn step<const D: usize>(
        &self,
        pieces: &Pieces,
        velocities: &mut [[f64; D]],
        ledger: &mut Ledger,
    ) -> Result<()> {
        let particles = match velocities.len() {
            0 | 1 => return Ok(()),
            n => n as f64,
        };
        let all = match self.scheme {
            Collisions::Kac => 0.5 * self.rate * particles,
            Collisions::Nanbu => self.rate * particles,
        };
        let expected = all * pieces.length;
        if expected > MOST {
            let value = format!(
                "{:e}, in which {expected:.1e} collisions are expected",
                pieces.length
            );
            let allowed = format!("at most {MOST} collisions in dt/2^path_halvings");
            return Err(Error::value(ErrorKind::Config, "time.dt", value, allowed));
        }
        let numbers = pieces.numbers.clone();
        numbers.for_each(|piece| self.piece(pieces, piece, all, velocities, ledger));
        Ok(())
    }

    /// Waits an exponential time for every collision, of which there are `all` a unit of time.
    fn piece<const D: usize>(
        &self,
        pieces: &Pieces,
        piece: u64,
        all: f64,
        velocities: &mut [[f64; D]],
        ledger: &mut Ledger,
    ) {
        let key = |stream| Key::new(pieces.seed, stream, piece);
        let (pairs, turns) = (key(Stream::Collisions), key(Stream::Deflections));
        let n = velocities.len();
        let mut effect = Effect::from(sums(n, |i| velocities[i]));
        let draw = |k: u32| {
            let [wait, pair] = pairs.words(k);
            Draw {
                wait: -ln(open_zero(wait)) / all,
                pair: ordered_pair(pair, n),
                turn: turns.words(k),
            }
        };
        let (end, mut time) = (pieces.length, 0.0);
        for block in 0.. {
            let draws: [Draw; BLOCK] = from_fn(|k| draw((BLOCK * block + k) as u32));
            let touch = |i: usize| velocities[i][0] + velocities[i][D - 1];
            let touched = draws.iter().flat_map(|draw| draw.pair).map(touch);
            black_box(touched.sum::<f64>());
            for Draw { wait, pair, turn } in draws {
                time += wait;
                if time > end {
                    effect.enter(ledger, (-2.0 * self.decay * end).exp());
                    return;
                }
                let weight = (-2.0 * self.decay * (end - time)).exp();
                let was = pair.map(|i| velocities[i]);
                let is = self.collide(was, turn);
                [velocities[pair[0]], velocities[pair[1]]] = is;
                effect.add(was, is, n, weight);
            }
        }
    }

    /// v′, and v′_* or v_*.
    #[inline]
    fn collide<const D: usize>(&self, [v, w]: [[f64; D]; 2], words: [u64; 2]) -> [[f64; D]; 2] {
        let turned = self.deflection.turn(difference(v, w), words);
        let half = |sign: f64| from_fn(|a| 0.5 * (v[a] + w[a]) + 0.5 * sign * turned[a]);
        match self.scheme {
            Collisions::Kac => [half(1.0), half(-1.0)],
            Collisions::Nanbu => [half(1.0), w],
        }
    }
}

/// i ≠ j below n, uniform but for 2⁻⁶⁴ n²: the fraction that a uniform number leaves of its i is uniform again.
#[inline]
fn ordered_pair(word: u64, n: usize) -> [usize; 2] {
    let split = |fraction: u64, parts: usize| {
        let all = u128::from(fraction) * parts as u128;
        ((all >> 64) as usize, all as u64)
    };
    let (i, rest) = split(word, n);
    let (j, _) = split(rest, n - 1);
    [i, j + usize::from(j >= i)]
}

/// What the collisions of a piece do to the sums that laws are about.
struct Effect<const D: usize> {
    momentum: [f64; D],
    /// Squares of the jumps, those of the anisotropy weighted.
    impulse: [f64; D],
    energy: f64,
    anisotropy: [f64; D],
    /// What rounding can have done to momentum along an axis, and to energy.
    rounding: [f64; 2],
}

impl<const D: usize> Effect<D> {
    fn from(momentum: [f64; D]) -> Self {
        Self {
            momentum,
            impulse: [0.0; D],
            energy: 0.0,
            anisotropy: [0.0; D],
            rounding: [0.0; 2],
        }
    }

    /// Of one collision. With P the momentum, Σ (V_i − V̄)_a² = Σ (V_i)_a² − P_a²/N.
    #[inline]
    fn add(&mut self, was: [[f64; D]; 2], is: [[f64; D]; 2], n: usize, weight: f64) {
        let squares =
            |[v, w]: [[f64; D]; 2]| -> [f64; D] { from_fn(|a| v[a] * v[a] + w[a] * w[a]) };
        let (before, after) = (squares(was), squares(is));
        let change = difference(add(is[0], is[1]), add(was[0], was[1]));
        let energy: f64 = difference(after, before).into_iter().sum();
        let about: [f64; D] = from_fn(|a| {
            let of_centre = change[a] * (2.0 * self.momentum[a] + change[a]) / n as f64;
            after[a] - before[a] - of_centre
        });
        let mean = about.into_iter().sum::<f64>() / D as f64;
        self.momentum = add(self.momentum, change);
        self.impulse = add(self.impulse, change.map(|x| x * x));
        self.energy += energy * energy;
        self.anisotropy = add(self.anisotropy, about.map(|x| weight * (x - mean).powi(2)));
        let size = dot(was[0], was[0]) + dot(was[1], was[1]);
        self.rounding = add(self.rounding, [4.0 * size.sqrt(), 16.0 * size]);
    }

    fn enter(&self, ledger: &mut Ledger, kept: f64) {
        let wide = |all: &[f64; D]| from_fn(|a| all.get(a).copied().unwrap_or(0.0));
        let variation = &mut ledger.variation;
        variation.impulse = add(variation.impulse, wide(&self.impulse));
        variation.angular_impulse += self.energy;
        let decayed = variation.anisotropy.map(|x| kept * x);
        variation.anisotropy = add(decayed, wide(&self.anisotropy));
        let [momentum, energy] = self.rounding.map(|x| f64::EPSILON * x);
        ledger.budget.impulse += momentum;
        ledger.budget.angular_impulse += energy;
    }
}

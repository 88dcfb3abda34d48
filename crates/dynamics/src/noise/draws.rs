//! The numbers that particles start from: independent ones, or quasi-random ones, which cover the laws evenly.
//!
//! Quasi-random numbers are an additive recurrence. With φ > 1 the root of φ^{m+1} = φ + 1 and s uniform, one for all
//! particles,
//!
//! ```text
//! u_i = s + i (φ^{−1}, φ^{−2}, …, φ^{−m}) modulo 1,    i = 0, 1, …
//! ```
//!
//! in whole multiples of 2⁻⁶⁴, so that no i rounds it. Every u_i alone is uniform, so that means are unbiased over the
//! seeds, but no two are independent.
//! Sources: Roberts, *The unreasonable effectiveness of quasirandom sequences*, 2018; the shift: Cranley and Patterson,
//! *Randomization of number theoretic methods for multiple integration*, SIAM J. Numer. Anal. 13 (1976).

use super::normal::{ln, open_one, open_zero};
use super::quantile::quantile;
use super::{Key, Stream, normals, uniforms};

/// φ^{−1} for m = 2, 3, 4, in units of 2⁻⁶⁴.
const FIRST_STEPS: [u64; 3] = [
    0xc13f_a9a9_02a6_328f,
    0xd1b5_4a32_d192_ed04,
    0xdb4f_0b91_75ae_2165,
];

/// Of all particles of a start.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Draws {
    /// Keyed by (seed, particle).
    Independent { seed: u64 },
    /// By the recurrence.
    QuasiRandom(Recurrence),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Recurrence {
    steps: [u64; 4],
    shifts: [u64; 4],
    m: usize,
    /// Number of particles, and s of what parts them.
    n: usize,
    share: f64,
}

impl Draws {
    /// Of n particles, by m = 2, 3 or 4 numbers each.
    pub(crate) fn quasi_random(seed: u64, n: usize, m: usize) -> Self {
        let first = FIRST_STEPS[m - 2];
        let mut steps = [first; 4];
        for k in 1..4 {
            steps[k] = times(steps[k - 1], first);
        }
        let shifts = |draw| Key::new(seed, Stream::Shifts, draw).words(0);
        let ([a, b], [c, d], [share, _]) = (shifts(0), shifts(1), shifts(2));
        Self::QuasiRandom(Recurrence {
            steps,
            shifts: [a, b, c, d],
            m,
            n,
            share: open_one(share),
        })
    }

    /// Two numbers of particle i, uniform on [0, 1).
    pub(crate) fn uniforms(&self, draw: u64, i: usize) -> [f64; 2] {
        match self {
            Self::Independent { seed } => uniforms(*seed, Stream::Positions, draw, i as u32),
            Self::QuasiRandom(all) => all.words(draw, i).map(open_one),
        }
    }

    /// Two standard normal numbers of particle i.
    pub(crate) fn normals(&self, draw: u64, i: usize) -> [f64; 2] {
        match self {
            Self::Independent { seed } => normals(*seed, Stream::Positions, draw, i as u32),
            Self::QuasiRandom(all) => all.words(draw, i).map(quantile),
        }
    }

    /// Which numbers particle i has if every so many-th is in one part: those of a part follow each other.
    pub(crate) fn number(&self, stride: usize, i: usize) -> usize {
        match self {
            Self::Independent { .. } => i,
            Self::QuasiRandom(all) => i % stride * all.n.div_ceil(stride) + i / stride,
        }
    }

    /// Uniform on [0, 1), to part the particles; quasi-random in their order, (i + s)/N, so that parts are as large as they
    /// should be but for one particle. Source: Kitagawa, *Monte Carlo filter and smoother*, J. Comput. Graph. Stat. 5
    /// (1996).
    pub(crate) fn share(&self, draw: u64, i: usize) -> f64 {
        match self {
            Self::Independent { .. } => self.uniforms(draw, i)[0],
            Self::QuasiRandom(all) => (i as f64 + all.share) / all.n as f64,
        }
    }

    /// What adds up to the squares of two more normal numbers: those of draws 1 and 2 that others leave, or by number k of
    /// the recurrence.
    pub(crate) fn two_squares(&self, k: usize, i: usize) -> [f64; 2] {
        match self {
            Self::Independent { .. } => {
                let ([_, a], [b, _]) = (self.normals(1, i), self.normals(2, i));
                [a * a, b * b]
            }
            Self::QuasiRandom(all) => [-2.0 * ln(open_zero(all.word(k, i))), 0.0],
        }
    }
}

impl Recurrence {
    fn word(&self, k: usize, i: usize) -> u64 {
        let way = (i as u64).wrapping_mul(self.steps[k]);
        self.shifts[k].wrapping_add(way)
    }

    /// Those that stand for a draw; the last one for all beyond, of which no law has two.
    fn words(&self, draw: u64, i: usize) -> [u64; 2] {
        let k = 2 * draw as usize;
        [k, k + 1].map(|k| self.word(k.min(self.m - 1), i))
    }
}

/// The product of two numbers below 1, in units of 2⁻⁶⁴.
fn times(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 = φ^{−m} + φ^{−(m+1)}.
    #[test]
    fn steps_are_powers_of_the_root() {
        for m in 2..5 {
            let Draws::QuasiRandom(all) = Draws::quasi_random(1, 10, m) else {
                panic!("independent");
            };
            let power = all.steps[m - 1];
            let sum = power.wrapping_add(times(power, all.steps[0]));
            assert!(sum.min(sum.wrapping_neg()) < 8, "{m}: {sum:x}");
        }
    }

    /// No i rounds the recurrence: the last particles are as far from each other as the first ones.
    #[test]
    fn exact_for_all_particles() {
        let last = u32::MAX as usize;
        let draws = Draws::quasi_random(5, last, 3);
        let Draws::QuasiRandom(all) = draws else {
            panic!("independent");
        };
        for k in 0..3 {
            let mut word = all.shifts[k];
            for power in 0..32 {
                word = word.wrapping_add(all.steps[k].wrapping_mul(1 << power));
            }
            assert_eq!(all.word(k, last), word);
            assert_eq!(
                all.word(k, last).wrapping_sub(all.word(k, last - 1)),
                all.steps[k]
            );
        }
        let [u, v] = draws.uniforms(0, 12);
        assert!((0.0..1.0).contains(&u) && (0.0..1.0).contains(&v));
        let by_hand = (all.shifts[0] as f64 + 12.0 * all.steps[0] as f64) / 2f64.powi(64);
        assert!((u - by_hand.fract()).abs() < 1e-14);
    }
}

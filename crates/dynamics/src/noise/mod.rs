//! Brownian increments keyed by (seed, particle, step, component).
//!
//! Every number is a pure function of its key, so it depends neither on threads, nor on restarts, nor on how many
//! particles there are, nor on the instruction set.

mod normal;
mod philox;
mod space;

pub use philox::philox4x32;

use lanes::{Chosen, Isa, Job};
pub(crate) use normal::cos_sin_turns;
use normal::{normal_pair, open_one};
use rayon::prelude::*;

/// What random numbers are for; each purpose has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// dB of a step.
    Increments = 0,
    /// Initial positions.
    Positions = 1,
    /// Circulations drawn from a law.
    Circulations = 2,
    /// The first two components of dB of a step in space.
    IncrementsInSpace = 3,
    /// The third.
    ThirdIncrements = 4,
}

/// The Brownian motions of all particles of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brownian {
    seed: u64,
}

/// Particles drawn together: enough to fill the widest vectors several times, few enough for the first-level cache.
const BLOCK: usize = 64;
/// Particles a task.
const TASK: usize = 4096;

impl Brownian {
    /// The motions that belong to a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// ΔB_i = B_i(t + dt) − B_i(t) of every particle for the given step, i.e. independent normal numbers of variance `dt`.
    /// Runs in the caller's rayon pool.
    pub fn increments(&self, step: u64, dt: f64, out: &mut [[f64; 2]]) {
        let scale = dt.sqrt();
        let chosen = Chosen::detect();
        let tasks = out.par_chunks_mut(TASK).enumerate();
        tasks.for_each(|(task, out)| {
            let key = Key::new(self.seed, Stream::Increments, step);
            chosen.run(Normals {
                key,
                first: (task * TASK) as u32,
                scale,
                out,
            });
        });
    }
}

/// Two independent standard normal numbers of a particle.
pub(crate) fn normals(seed: u64, stream: Stream, draw: u64, particle: u32) -> [f64; 2] {
    let [a, b] = Key::new(seed, stream, draw).words(particle);
    normal_pair(a, b)
}

/// Two independent numbers of a particle, uniform on [0, 1).
pub(crate) fn uniforms(seed: u64, stream: Stream, draw: u64, particle: u32) -> [f64; 2] {
    Key::new(seed, stream, draw).words(particle).map(open_one)
}

/// All of the key but the particle.
#[derive(Clone, Copy, Debug)]
struct Key {
    seed: [u32; 2],
    step: [u32; 2],
    stream: u32,
}

impl Key {
    fn new(seed: u64, stream: Stream, step: u64) -> Self {
        let halves = |x: u64| [x as u32, (x >> 32) as u32];
        Self {
            seed: halves(seed),
            step: halves(step),
            stream: stream as u32,
        }
    }

    #[inline(always)]
    fn words(&self, particle: u32) -> [u64; 2] {
        let counter = [particle, self.step[0], self.step[1], self.stream];
        let [a, b, c, d] = philox4x32(counter, self.seed);
        let word = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        [word(a, b), word(c, d)]
    }
}

/// Normal numbers of consecutive particles, times `scale`; compiled for each instruction set.
struct Normals<'a> {
    key: Key,
    first: u32,
    scale: f64,
    out: &'a mut [[f64; 2]],
}

impl Job for Normals<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (block, out) in self.out.chunks_mut(BLOCK).enumerate() {
            let first = self.first.wrapping_add((block * BLOCK) as u32);
            let (mut a, mut b) = ([0; BLOCK], [0; BLOCK]);
            for i in 0..BLOCK {
                [a[i], b[i]] = self.key.words(first.wrapping_add(i as u32));
            }
            let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
            for i in 0..BLOCK {
                [x[i], y[i]] = normal_pair(a[i], b[i]).map(|z| z * self.scale);
            }
            for (i, out) in out.iter_mut().enumerate() {
                *out = [x[i], y[i]];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_bits_on_every_instruction_set() {
        let draw = |chosen: Chosen| {
            let mut out = vec![[0.0; 2]; 1000];
            chosen.run(Normals {
                key: Key::new(5, Stream::Increments, 1 << 40),
                first: u32::MAX - 500,
                scale: 1.0,
                out: &mut out,
            });
            out
        };
        let one_by_one: Vec<_> = (0..1000)
            .map(|i| {
                normals(
                    5,
                    Stream::Increments,
                    1 << 40,
                    (u32::MAX - 500).wrapping_add(i),
                )
            })
            .collect();
        for chosen in Chosen::all() {
            assert!(draw(chosen) == one_by_one, "{}", chosen.set());
        }
    }
}

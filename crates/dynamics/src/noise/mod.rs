//! Brownian increments keyed by (seed, particle, step, component).
//!
//! Every number is a pure function of its key, so it depends neither on threads, nor on restarts, nor on how many
//! particles there are, nor on the instruction set.

mod bridge;
mod draws;
mod normal;
mod path;
mod philox;
mod pieces;
mod quantile;
mod root;
mod space;

pub use philox::philox4x32;
pub use pieces::Pieces;

pub use bridge::Piece;
pub(crate) use draws::Draws;
use normal::normal_pair;
pub(crate) use normal::{cos_sin_turns, ln, open_one, open_zero};
use path::Streams;
pub(crate) use root::{apply_roots, apply_scalars};
use space::IN_SPACE;

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
    /// What integrals of B over a step have beside dB.
    Beside = 5,
    /// The first two components of that in space.
    BesideInSpace = 6,
    /// The third.
    ThirdBeside = 7,
    /// When two particles collide, and which.
    Collisions = 8,
    /// How a collision turns them.
    Deflections = 9,
    /// Shifts of quasi-random positions.
    Shifts = 10,
}

const IN_THE_PLANE: Streams<1> = Streams {
    increments: [Stream::Increments],
    beside: [Stream::Beside],
};

/// The Brownian motions of all particles of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brownian {
    seed: u64,
    halvings: u32,
}

/// Particles drawn together: enough to fill the widest vectors several times, few enough for the first-level cache.
const BLOCK: usize = 64;
/// Particles a task.
const TASK: usize = 4096;

impl Brownian {
    /// The motions that belong to a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, halvings: 0 }
    }

    /// The motions of which `self` gives the steps dt/2^`halvings`: a step dt is put together from those, so that runs with
    /// several dt see one path where dt/2^`halvings` is the same. It takes 2^`halvings` times as long to draw.
    pub fn halved(self, halvings: u8) -> Self {
        let halvings = (self.halvings + u32::from(halvings)).min(63);
        Self { halvings, ..self }
    }

    /// ΔB_i = B_i(t + dt) − B_i(t) of every particle for the given step, i.e. independent normal numbers of variance `dt`.
    /// Runs in the caller's rayon pool.
    pub fn increments(&self, step: u64, dt: f64, out: &mut [[f64; 2]]) {
        self.increments_and_integrals(step, dt, out, &mut []);
    }

    /// The [`increments`](Self::increments), and ∫ (B_i(s) − B_i(t)) ds over the step, t ≤ s ≤ t + dt, normal of variance dt³/3
    /// and of covariance dt²/2 with ΔB_i. `integrals` is as long as `increments`, or empty where none are wanted.
    pub fn increments_and_integrals(
        &self,
        step: u64,
        dt: f64,
        increments: &mut [[f64; 2]],
        integrals: &mut [[f64; 2]],
    ) {
        self.in_any_dimension(step, dt, increments, integrals);
    }

    /// The same of places with `D` components: in the plane, or [in space](Self::increments_and_integrals_in_space).
    pub(crate) fn in_any_dimension<const D: usize>(
        &self,
        step: u64,
        dt: f64,
        increments: &mut [[f64; D]],
        integrals: &mut [[f64; D]],
    ) {
        match D {
            2 => self.draw::<1, 2, D>(IN_THE_PLANE, step, dt, increments, integrals),
            _ => self.draw::<2, 3, D>(IN_SPACE, step, dt, increments, integrals),
        }
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
pub(crate) struct Key {
    seed: [u32; 2],
    step: [u32; 2],
    stream: u32,
}

impl Key {
    pub(crate) fn new(seed: u64, stream: Stream, step: u64) -> Self {
        let halves = |x: u64| [x as u32, (x >> 32) as u32];
        Self {
            seed: halves(seed),
            step: halves(step),
            stream: stream as u32,
        }
    }

    /// Other numbers for every node of a tree below the step; node 0 is the step itself.
    fn below(self, node: u32) -> Self {
        Self {
            stream: self.stream | node << 8,
            ..self
        }
    }

    #[inline(always)]
    pub(crate) fn words(&self, particle: u32) -> [u64; 2] {
        let counter = [particle, self.step[0], self.step[1], self.stream];
        let [a, b, c, d] = philox4x32(counter, self.seed);
        let word = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        [word(a, b), word(c, d)]
    }
}

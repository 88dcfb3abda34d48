//! Increments and integrals of Brownian paths over a step that is put together from fine ones.

use super::{BLOCK, Brownian, Key, Stream, TASK, normal_pair};
use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;
use std::ops::Range;

/// Where the numbers of a path come from, two components a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streams<const P: usize> {
    pub(super) increments: [Stream; P],
    /// ΔZ, what integrals have beside the increments.
    pub(super) beside: [Stream; P],
}

impl Brownian {
    /// Writes ΔB and, unless `integrals` is empty, ∫ (B − B(t_n)) dt of all particles into the first `D` numbers of their rows.
    ///
    /// Of fine steps h: the integral over one is h (ΔB + ΔZ/√3)/2, normal of variance h³/3 and of covariance h²/2 with ΔB, and
    /// that over all is the sum of those, and of h times the way made before each.
    pub(super) fn draw<const P: usize, const D: usize, const C: usize>(
        &self,
        streams: Streams<P>,
        step: u64,
        dt: f64,
        increments: &mut [[f64; C]],
        integrals: &mut [[f64; C]],
    ) {
        const { assert!(D <= 2 * P, "components have no stream") };
        let fine = 1 << self.halvings;
        let first = step.wrapping_mul(fine);
        let chosen = Chosen::detect();
        let mut integrals: Vec<_> = integrals.chunks_mut(TASK).collect();
        integrals.resize_with(increments.len().div_ceil(TASK), Default::default);
        let tasks = increments.par_chunks_mut(TASK).zip(integrals).enumerate();
        tasks.for_each(|(task, (increments, integrals))| {
            chosen.run(Draw::<P, D, C> {
                seed: self.seed,
                streams,
                steps: first..first.saturating_add(fine),
                dt: dt / fine as f64,
                first: (task * TASK) as u32,
                increments,
                integrals,
            });
        });
    }
}

/// The numbers of consecutive particles; compiled for each instruction set.
pub(super) struct Draw<'a, const P: usize, const D: usize, const C: usize> {
    pub(super) seed: u64,
    pub(super) streams: Streams<P>,
    /// The fine steps, of length `dt` each.
    pub(super) steps: Range<u64>,
    pub(super) dt: f64,
    pub(super) first: u32,
    pub(super) increments: &'a mut [[f64; C]],
    pub(super) integrals: &'a mut [[f64; C]],
}

impl<const P: usize, const D: usize, const C: usize> Job for Draw<'_, P, D, C> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        let (scale, beside) = (self.dt.sqrt(), (self.dt / 3.0).sqrt());
        let wanted = !self.integrals.is_empty();
        let mut integrals = self.integrals.chunks_mut(BLOCK);
        for (block, increments) in self.increments.chunks_mut(BLOCK).enumerate() {
            let first = self.first.wrapping_add((block * BLOCK) as u32);
            // −0 is the zero that changes no number, −0 included.
            let (mut sum, mut integral) = ([[-0.0; BLOCK]; D], [[-0.0; BLOCK]; D]);
            for step in self.steps.clone() {
                let dw = normals_of(self.seed, self.streams.increments, step, first);
                if wanted {
                    let dz = normals_of(self.seed, self.streams.beside, step, first);
                    for d in 0..D {
                        for i in 0..BLOCK {
                            let own = scale * dw[d / 2][d % 2][i] + beside * dz[d / 2][d % 2][i];
                            integral[d][i] += self.dt * (sum[d][i] + 0.5 * own);
                        }
                    }
                }
                for d in 0..D {
                    for i in 0..BLOCK {
                        sum[d][i] += scale * dw[d / 2][d % 2][i];
                    }
                }
            }
            write(increments, &sum);
            write(integrals.next().unwrap_or_default(), &integral);
        }
    }
}

/// The numbers of each stream. A loop, not a closure: that would be compiled for no instruction set, and take three times as long.
#[inline(always)]
fn normals_of<const P: usize>(
    seed: u64,
    streams: [Stream; P],
    step: u64,
    first: u32,
) -> [[[f64; BLOCK]; 2]; P] {
    let mut all = [[[0.0; BLOCK]; 2]; P];
    for (numbers, stream) in all.iter_mut().zip(streams) {
        *numbers = block_of_normals(Key::new(seed, stream, step), first);
    }
    all
}

/// Two standard normal numbers of each of consecutive particles.
#[inline(always)]
fn block_of_normals(key: Key, first: u32) -> [[f64; BLOCK]; 2] {
    let (mut a, mut b) = ([0; BLOCK], [0; BLOCK]);
    for i in 0..BLOCK {
        [a[i], b[i]] = key.words(first.wrapping_add(i as u32));
    }
    let (mut x, mut y) = ([0.0; BLOCK], [0.0; BLOCK]);
    for i in 0..BLOCK {
        [x[i], y[i]] = normal_pair(a[i], b[i]);
    }
    [x, y]
}

#[inline(always)]
fn write<const D: usize, const C: usize>(rows: &mut [[f64; C]], numbers: &[[f64; BLOCK]; D]) {
    for (i, row) in rows.iter_mut().enumerate() {
        for d in 0..D {
            row[d] = numbers[d][i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IN_SPACE, IN_THE_PLANE, normals};
    use super::*;

    /// The first particle that is drawn; the particles after 2³² − 1 are 0, 1, ….
    const FIRST: u32 = u32::MAX - 500;

    fn draw<const P: usize, const D: usize>(
        chosen: Chosen,
        streams: Streams<P>,
        steps: Range<u64>,
    ) -> [Vec<[f64; 4]>; 2] {
        let mut out = [0, 1].map(|_| vec![[7.0; 4]; 1000]);
        let [increments, integrals] = &mut out;
        chosen.run(Draw::<P, D, 4> {
            seed: 5,
            streams,
            steps,
            dt: 4.0,
            first: FIRST,
            increments,
            integrals,
        });
        out
    }

    #[test]
    fn same_bits_on_every_instruction_set() {
        let one = |stream, i| normals(5, stream, 1 << 40, FIRST.wrapping_add(i));
        let plane: Vec<[f64; 4]> = (0..1000)
            .map(|i| {
                let [x, y] = one(Stream::Increments, i);
                [2.0 * x, 2.0 * y, 7.0, 7.0]
            })
            .collect();
        let space: Vec<[f64; 4]> = (0..1000)
            .map(|i| {
                let [x, y] = one(Stream::IncrementsInSpace, i);
                let [z, _] = one(Stream::ThirdIncrements, i);
                [2.0 * x, 2.0 * y, 2.0 * z, 7.0]
            })
            .collect();
        let once = (1 << 40)..(1 << 40) + 1;
        let often = 3..11;
        let scalar = Chosen::all().last().expect("plain code");
        let expected = draw::<2, 3>(scalar, IN_SPACE, often.clone());
        for chosen in Chosen::all() {
            let set = chosen.set();
            assert!(
                draw::<1, 2>(chosen, IN_THE_PLANE, once.clone())[0] == plane,
                "{set}"
            );
            assert!(
                draw::<2, 3>(chosen, IN_SPACE, once.clone())[0] == space,
                "{set}"
            );
            assert!(
                draw::<2, 3>(chosen, IN_SPACE, often.clone()) == expected,
                "{set}"
            );
        }
    }
}

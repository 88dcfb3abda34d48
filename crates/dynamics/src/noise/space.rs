//! Brownian increments in space: three components, from streams that the plane does not use.

use super::{BLOCK, Brownian, Key, Stream, TASK, normal_pair};
use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;

impl Brownian {
    /// ΔB_i of every particle for the given step in space, i.e. independent normal numbers of variance `dt`, written into the
    /// first three of the `C` ≥ 3 numbers of a row; the others stay. They are other numbers than those of
    /// [`increments`](Self::increments). Runs in the caller's rayon pool.
    pub fn increments_in_space<const C: usize>(&self, step: u64, dt: f64, out: &mut [[f64; C]]) {
        const { assert!(C >= 3, "three components have no room") };
        let scale = dt.sqrt();
        let chosen = Chosen::detect();
        let streams = [Stream::IncrementsInSpace, Stream::ThirdIncrements];
        let keys = streams.map(|stream| Key::new(self.seed, stream, step));
        let tasks = out.par_chunks_mut(TASK).enumerate();
        tasks.for_each(|(task, out)| {
            chosen.run(NormalsInSpace {
                keys,
                first: (task * TASK) as u32,
                scale,
                out,
            });
        });
    }
}

/// Three normal numbers of consecutive particles, times `scale`; compiled for each instruction set.
struct NormalsInSpace<'a, const C: usize> {
    /// Of the first two components, and of the third; its twin is not used.
    keys: [Key; 2],
    first: u32,
    scale: f64,
    out: &'a mut [[f64; C]],
}

impl<const C: usize> Job for NormalsInSpace<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (block, out) in self.out.chunks_mut(BLOCK).enumerate() {
            let first = self.first.wrapping_add((block * BLOCK) as u32);
            let mut pairs = [[[0.0; 2]; BLOCK]; 2];
            for (key, pairs) in self.keys.iter().zip(&mut pairs) {
                let (mut a, mut b) = ([0; BLOCK], [0; BLOCK]);
                for i in 0..BLOCK {
                    [a[i], b[i]] = key.words(first.wrapping_add(i as u32));
                }
                for i in 0..BLOCK {
                    pairs[i] = normal_pair(a[i], b[i]);
                }
            }
            for (i, out) in out.iter_mut().enumerate() {
                out[0] = pairs[0][i][0] * self.scale;
                out[1] = pairs[0][i][1] * self.scale;
                out[2] = pairs[1][i][0] * self.scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::normals;

    #[test]
    fn same_bits_on_every_instruction_set() {
        let first = u32::MAX - 500;
        let streams = [Stream::IncrementsInSpace, Stream::ThirdIncrements];
        let one_by_one: Vec<[f64; 4]> = (0..1000)
            .map(|i| {
                let particle = first.wrapping_add(i);
                let [[x, y], [z, _]] = streams.map(|stream| normals(5, stream, 1 << 40, particle));
                [2.0 * x, 2.0 * y, 2.0 * z, 7.0]
            })
            .collect();
        for chosen in Chosen::all() {
            let mut out = vec![[7.0; 4]; 1000];
            chosen.run(NormalsInSpace {
                keys: streams.map(|stream| Key::new(5, stream, 1 << 40)),
                first,
                scale: 2.0,
                out: &mut out,
            });
            assert!(out == one_by_one, "{}", chosen.set());
        }
    }
}

//! Whether near pairs may be taken in f32, where fields may nearly cancel: as a sample of the leaves shows.
//!
//! Points that fill a torus evenly have the field of what they lack of a uniform density, which may be far smaller than its terms; what
//! roundings leave of these is not. No property of a cloud alone tells so: lattices and sequences of low discrepancy do, but also evenly spaced
//! points on a line, and what is left differs from kernel to kernel. So some leaves are summed in both ways.

use super::{Buffers, Compiled, Context, Sink, TargetSums};
use crate::Outputs;
use crate::accuracy::MOST_IN_F32;
use crate::expansion::Expansion;
use crate::kernel::Pair;
use lanes::Real;
use lanes::accuracy::COARSE;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

/// Slices of neighbouring leaves that are looked at, and one for so many leaves.
const SLICES: RangeInclusive<usize> = 4..=16;
const LEAVES_A_SLICE: usize = 1024;
/// Leaves of a slice, at most.
const LONGEST: usize = 16;

/// Says of each strength vector whether near pairs stay in f64, from all that its leaves need: if f32 loses more than is allowed of the fields of a
/// quarter of the slices. Of every slice by itself, so that no single pair of points that are very close stands for the others.
pub(super) fn measure<T: Compiled, P: Pair, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    pair: P,
    outputs: Outputs,
    buffers: &mut [Buffers<T>],
) {
    let allowed = context
        .lost_in_f32
        .filter(|_| P::IN_F32 && context.accuracy == COARSE);
    for buffers in &mut *buffers {
        buffers.in_double = allowed.is_some();
    }
    // Of potentials less may be left, also of random clouds.
    let Some(allowed) = allowed.filter(|_| !outputs.potential) else {
        return;
    };
    // Pairs of others are never in f32.
    let small = |leaf: &&u32| context.tree.cells[**leaf as usize].sources.len() <= MOST_IN_F32;
    let slices = slices(context.leaves).into_iter();
    let slices = slices.map(|leaves| &leaves[..leaves.iter().take_while(small).count()]);
    let slices: Vec<_> = slices.filter(|leaves| !leaves.is_empty()).collect();
    for buffers in buffers.as_chunks_mut::<1>().0 {
        let in_double = fields(context, pair, &slices, buffers);
        buffers[0].in_double = false;
        let in_single = fields(context, pair, &slices, buffers);
        let pairs = in_single.iter().zip(&in_double);
        let keep = pairs.filter(|(found, exact)| lost(found, exact) <= allowed);
        buffers[0].in_double = 4 * keep.count() < 3 * in_double.len();
    }
}

/// The fields at the targets of all slices.
fn fields<T: Compiled, P: Pair, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    pair: P,
    slices: &[&[u32]],
    buffers: &[Buffers<T>; 1],
) -> Vec<Vec<[f64; D]>> {
    let of_slice = |leaves: &&[u32]| {
        let targets = super::leaves::targets(context, leaves);
        let sums = Fields {
            first: targets.start as usize,
            sums: Mutex::new(vec![[0.0; D]; targets.len()]),
        };
        let slice = Context {
            leaves,
            sink: &sums,
            ..context.with(context.expansion)
        };
        T::leaves(&slice, pair, Outputs::FIELD, buffers);
        sums.sums
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    };
    slices.par_iter().map(of_slice).collect()
}

/// Slices that lie as evenly among the leaves as they can.
fn slices(leaves: &[u32]) -> Vec<&[u32]> {
    let all = leaves.len();
    let count = (all / LEAVES_A_SLICE)
        .clamp(*SLICES.start(), *SLICES.end())
        .min(all);
    let slice = |k: usize| {
        let (start, end) = (k * all / count, (k + 1) * all / count);
        &leaves[start..end.min(start + LONGEST)]
    };
    (0..count).map(slice).collect()
}

/// ‖found − exact‖/‖exact‖
fn lost<const D: usize>(found: &[[f64; D]], exact: &[[f64; D]]) -> f64 {
    let exact = exact.as_flattened();
    let pairs = found.as_flattened().iter().zip(exact);
    let error: f64 = pairs.map(|(x, y)| (x - y).powi(2)).sum();
    let size: f64 = exact.iter().map(|x| x * x).sum();
    if error == 0.0 {
        0.0
    } else {
        (error / size).sqrt()
    }
}

/// Σ w z φ at the targets of a slice.
struct Fields<const D: usize> {
    first: usize,
    sums: Mutex<Vec<[f64; D]>>,
}

impl<T: Real, const D: usize> Sink<T, D> for Fields<D> {
    fn take(&self, _: usize, first: usize, sums: &TargetSums<T, D>) {
        let mut all = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        for (i, to) in all[first - self.first..]
            .iter_mut()
            .enumerate()
            .take(sums.s[0].len())
        {
            *to = sums.s.map(|s| s[i].to_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_of_the_leaves() {
        for all in [1, 2, 5, 63, 64, 1000, 30_000] {
            let leaves: Vec<u32> = (0..all).collect();
            let slices = slices(&leaves);
            assert_eq!(
                slices.len(),
                (all as usize / 1024).clamp(4, 16).min(all as usize)
            );
            let mut after = 0;
            for slice in slices {
                assert!(
                    (1..=16).contains(&slice.len()) && slice[0] >= after,
                    "{all}"
                );
                assert!(slice.windows(2).all(|pair| pair[1] == pair[0] + 1));
                after = slice[slice.len() - 1] + 1;
            }
        }
    }

    #[test]
    fn what_is_lost() {
        assert_eq!(lost(&[[3.0, 4.0]], &[[0.0, 4.0]]), 0.75);
        assert_eq!(lost(&[[0.0, 0.0]], &[[0.0, 0.0]]), 0.0);
        assert_eq!(lost(&[[0.0, 1.0]], &[[0.0, 0.0]]), f64::INFINITY);
    }
}

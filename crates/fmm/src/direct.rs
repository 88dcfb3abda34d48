//! The exact sum, O(N²): the oracle that everything else is held against.
//!
//! It is computed in f64 whatever the precision of its input, with reciprocals and logarithms to the last digits, and
//! its pairs are those of the near field: lanes are targets, sources are broadcast.

use crate::kernel::{Kernel, Pair, PairVisitor};
use crate::passes::p2p::{Accumulator, Sources, p2p};
use crate::points::{check_positions, check_resolution, check_strengths};
use crate::tree::Frame;
use crate::{Error, ErrorKind, Outputs, Result, Sums};
use lanes::accuracy::FULL;
use lanes::{Chosen, InstructionSet, Isa, Job, Lanes, Real};
use rayon::prelude::*;
use std::ops::Range;

/// Field Σ_{j: y_j ≠ x_i} w_j K(x_i − y_j) at every target, in the order of `targets`.
///
/// Errors: numbers that are not finite, another number of strengths than of sources, a sum that overflows `T`.
pub fn field<T: Real, K: Kernel<2>>(
    targets: &[[T; 2]],
    sources: &[[T; 2]],
    strengths: &[T],
    kernel: K,
) -> Result<Vec<[T; 2]>> {
    let mut sums = evaluate(targets, sources, &[strengths], kernel, Outputs::FIELD, None)?;
    Ok(sums.remove(0).field)
}

/// Potential Σ_{j: y_j ≠ x_i} w_j g(x_i − y_j) at every target, in the order of `targets`. Errors as for [`field`].
pub fn potential<T: Real, K: Kernel<2>>(
    targets: &[[T; 2]],
    sources: &[[T; 2]],
    strengths: &[T],
    kernel: K,
) -> Result<Vec<T>> {
    let mut sums = evaluate(
        targets,
        sources,
        &[strengths],
        kernel,
        Outputs::POTENTIAL,
        None,
    )?;
    Ok(sums.remove(0).potential)
}

/// The chosen sums for each strength vector, with the fastest or the given instruction set, in the caller's rayon pool.
/// Errors as for [`field`].
pub fn evaluate<T: Real, K: Kernel<2>>(
    targets: &[[T; 2]],
    sources: &[[T; 2]],
    strengths: &[&[T]],
    kernel: K,
    outputs: Outputs,
    instruction_set: Option<InstructionSet>,
) -> Result<Vec<Sums<T, 2>>> {
    kernel.check()?;
    let chosen = crate::options::choose(instruction_set)?;
    check_positions("targets", targets)?;
    check_positions("sources", sources)?;
    check_strengths(strengths, sources.len())?;
    let wide = |points: &[[T; 2]]| {
        points
            .iter()
            .map(|point| point.map(T::to_f64))
            .collect::<Vec<[f64; 2]>>()
    };
    let (targets, sources) = (wide(targets), wide(sources));
    check_resolution(&sources, Some(&targets))?;
    let scale = Frame::around(&[&targets, &sources]).scale;
    let axes = |points: &[[f64; 2]]| {
        [0, 1].map(|a| points.iter().map(|p| p[a] * scale).collect::<Vec<f64>>())
    };
    let (targets, sources) = (axes(&targets), axes(&sources));
    let sum = |(m, w): (usize, &&[T])| {
        let w: Vec<f64> = w.iter().map(|w| w.to_f64()).collect();
        let all = AllPairs {
            chosen,
            targets: &targets,
            sources: &sources,
            w: &w,
            outputs,
        };
        let [s1, s2, t] = kernel.visit_pair(scale, all);
        let field = |(s1, s2): (f64, f64)| kernel.field([s1 * scale, s2 * scale]).map(T::from_f64);
        let sums = Sums {
            field: if outputs.field {
                s1.into_iter().zip(s2).map(field).collect()
            } else {
                vec![]
            },
            potential: t
                .into_iter()
                .map(|t| T::from_f64(kernel.potential(t)))
                .collect(),
        };
        check_sums(m, &sums)?;
        Ok(sums)
    };
    strengths.iter().enumerate().map(sum).collect()
}

fn check_sums<T: Real>(vector: usize, sums: &Sums<T, 2>) -> Result<()> {
    let field = sums
        .field
        .iter()
        .position(|u| !(u[0].is_finite() && u[1].is_finite()))
        .map(|i| ("field", i));
    let potential = || {
        sums.potential
            .iter()
            .position(|g| !g.is_finite())
            .map(|i| ("potential", i))
    };
    field.or_else(potential).map_or(Ok(()), |(name, i)| {
        let allowed = "sums within the range of the precision (points may be too close, or strengths too large)";
        Err(Error::new(ErrorKind::Overflow, format!("{name}[{i}] of vector {vector}"), "not finite", allowed))
    })
}

/// Radial sums over all sources at all targets: s₁, s₂, t (empty if not wanted).
struct AllPairs<'a> {
    chosen: Chosen,
    targets: &'a [Vec<f64>; 2],
    sources: &'a [Vec<f64>; 2],
    w: &'a [f64],
    outputs: Outputs,
}

/// Targets that one task sums.
const BLOCK: usize = 128;

impl PairVisitor for AllPairs<'_> {
    type Output = [Vec<f64>; 3];

    fn visit<P: Pair>(self, pair: P) -> [Vec<f64>; 3] {
        let n = self.targets[0].len();
        let (mut s1, mut s2) = (vec![0.0; n], vec![0.0; n]);
        let mut t = vec![0.0; if self.outputs.potential { n } else { 0 }];
        if self.outputs.potential {
            let blocks = s1
                .par_chunks_mut(BLOCK)
                .zip(s2.par_chunks_mut(BLOCK))
                .zip(t.par_chunks_mut(BLOCK));
            blocks.enumerate().for_each(|(b, ((s1, s2), t))| {
                self.chosen.run(Block::<P, true> {
                    all: &self,
                    pair,
                    first: b * BLOCK,
                    sums: [s1, s2, t],
                });
            });
        } else {
            let blocks = s1.par_chunks_mut(BLOCK).zip(s2.par_chunks_mut(BLOCK));
            blocks.enumerate().for_each(|(b, (s1, s2))| {
                self.chosen.run(Block::<P, false> {
                    all: &self,
                    pair,
                    first: b * BLOCK,
                    sums: [s1, s2, &mut []],
                });
            });
        }
        [s1, s2, t]
    }
}

struct Block<'a, P, const POTENTIAL: bool> {
    all: &'a AllPairs<'a>,
    pair: P,
    first: usize,
    sums: [&'a mut [f64]; 3],
}

/// Vectors of targets held in registers.
const VECTORS: usize = 4;
/// Sources of one tile: they stay in the first-level cache while a block of targets passes over them.
const TILE: usize = 1024;

impl<P: Pair, const POTENTIAL: bool> Job for Block<'_, P, POTENTIAL> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let lanes = I::F64::LANES;
        let [s1, s2, t] = std::mem::take(&mut self.sums);
        let sources = Sources {
            x: &self.all.sources[0],
            y: &self.all.sources[1],
            w: [self.all.w],
        };
        let end = self.first + s1.len();
        for tile in (0..self.all.w.len()).step_by(TILE) {
            let tile = tile..(tile + TILE).min(self.all.w.len());
            for at in (self.first..end).step_by(VECTORS * lanes) {
                let mut targets = [[I::F64::splat(isa, 0.0); VECTORS]; 2];
                for k in 0..VECTORS {
                    let range = (at + k * lanes).min(end)..end;
                    for (target, axis) in targets.iter_mut().zip(self.all.targets) {
                        target[k] = I::F64::load_or(isa, &axis[range.clone()], 0.0);
                    }
                }
                let sum = self.tile::<I>(isa, targets, &sources, tile.clone());
                for k in 0..VECTORS {
                    let start = (at + k * lanes).min(end) - self.first;
                    let range = start..(start + lanes).min(end - self.first);
                    add(isa, sum.s1[0][k], &mut s1[range.clone()]);
                    add(isa, sum.s2[0][k], &mut s2[range.clone()]);
                    if POTENTIAL {
                        add(isa, sum.t[0][k], &mut t[range]);
                    }
                }
            }
        }
    }
}

impl<P: Pair, const POTENTIAL: bool> Block<'_, P, POTENTIAL> {
    /// A tile; without masks if it can be, as a coincident pair shows in fields (as NaN), but not in potentials.
    #[inline(always)]
    fn tile<I: Isa>(
        &self,
        isa: I,
        targets: [[I::F64; VECTORS]; 2],
        sources: &Sources<f64, 1>,
        tile: Range<usize>,
    ) -> Accumulator<I::F64, VECTORS, 1> {
        let mut sum = Accumulator::zero(isa);
        p2p::<_, P, FULL, false, POTENTIAL, VECTORS, 1>(
            isa,
            self.pair,
            targets,
            sources,
            tile.clone(),
            &mut sum,
        );
        if sum.is_finite(isa) {
            return sum;
        }
        sum = Accumulator::zero(isa);
        p2p::<_, P, FULL, true, POTENTIAL, VECTORS, 1>(
            isa, self.pair, targets, sources, tile, &mut sum,
        );
        sum
    }
}

#[inline(always)]
fn add<V: Lanes<Elem = f64>>(isa: V::Isa, x: V, to: &mut [f64]) {
    (V::load_or(isa, to, 0.0) + x).store_first(to);
}

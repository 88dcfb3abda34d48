//! The leaves: near pairs (p2p), locals at points (l2p), multipoles of smaller cells at points (m2p).

use super::p2p::{Accumulator, Sources, p2p};
use super::upward::unit_points;
use super::{Buffers, Context};
use crate::Outputs;
use crate::expansion::{CellScale, Expansion, UnitPoints, UnitSums};
use crate::kernel::{Kernel, Pair, PairVisitor};
use crate::tree::Cell;
use lanes::{Isa, Job, Lanes, Real, accuracy};
use rayon::prelude::*;
use std::ops::Range;

/// Leaves that one task handles.
const BLOCK: usize = 64;

/// Radial sums at all targets, in tree order and plan units.
pub(super) fn run<T: Real, K: Kernel<2>, E: Expansion<2>>(
    context: &Context<T, E, 2>,
    kernel: &K,
    outputs: Outputs,
    buffers: &mut [Buffers<T, 2>],
) {
    let mut rest = buffers;
    while rest.len() >= 4 {
        let (four, others) = rest.split_first_chunk_mut::<4>().expect("at least four");
        kernel.visit_pair(
            context.tree.frame.scale,
            Visitor {
                context,
                outputs,
                buffers: four,
            },
        );
        rest = others;
    }
    for one in rest.chunks_exact_mut(1) {
        let one = one.first_chunk_mut::<1>().expect("exactly one");
        kernel.visit_pair(
            context.tree.frame.scale,
            Visitor {
                context,
                outputs,
                buffers: one,
            },
        );
    }
}

/// Picks the compiled version: accuracy of a pair, and whether potentials are wanted.
struct Visitor<'a, T, E, const M: usize> {
    context: &'a Context<'a, T, E, 2>,
    outputs: Outputs,
    buffers: &'a mut [Buffers<T, 2>; M],
}

impl<T: Real, E: Expansion<2>, const M: usize> PairVisitor for Visitor<'_, T, E, M> {
    type Output = ();

    fn visit<P: Pair>(self, pair: P) {
        use accuracy::{FULL, MIDDLE, SINGLE};
        let Self {
            context,
            outputs,
            buffers,
        } = self;
        match (context.accuracy, outputs.potential) {
            (SINGLE, false) => all_leaves::<T, P, E, SINGLE, false, M>(context, pair, buffers),
            (SINGLE, true) => all_leaves::<T, P, E, SINGLE, true, M>(context, pair, buffers),
            (MIDDLE, false) => all_leaves::<T, P, E, MIDDLE, false, M>(context, pair, buffers),
            (MIDDLE, true) => all_leaves::<T, P, E, MIDDLE, true, M>(context, pair, buffers),
            (_, false) => all_leaves::<T, P, E, FULL, false, M>(context, pair, buffers),
            (_, true) => all_leaves::<T, P, E, FULL, true, M>(context, pair, buffers),
        }
    }
}

/// A block of leaves and their part of the sums.
struct Block<'a, T, const M: usize> {
    leaves: &'a [u32],
    first_target: u32,
    sums: [Sums<'a, T>; M],
}

struct Sums<'a, T> {
    s1: &'a mut [T],
    s2: &'a mut [T],
    t: &'a mut [T],
}

fn all_leaves<T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const M: usize>(
    context: &Context<T, E, 2>,
    pair: P,
    buffers: &mut [Buffers<T, 2>; M],
) where
    T: Real,
    P: Pair,
    E: Expansion<2>,
{
    let n = context.tree.targets().len();
    let mut inputs: [Input<T>; M] = [Input {
        w: &[],
        multipoles: &[],
        locals: &[],
    }; M];
    let mut rest: [Sums<T>; M] = std::array::from_fn(|_| Sums {
        s1: &mut [],
        s2: &mut [],
        t: &mut [],
    });
    for (m, buffers) in buffers.iter_mut().enumerate() {
        let Buffers {
            w,
            multipoles,
            locals,
            s: [s1, s2],
            t,
        } = buffers;
        s1.resize(n, T::ZERO);
        s2.resize(n, T::ZERO);
        t.resize(if POTENTIAL { n } else { 0 }, T::ZERO);
        inputs[m] = Input {
            w,
            multipoles,
            locals,
        };
        rest[m] = Sums { s1, s2, t };
    }
    let mut blocks = Vec::with_capacity(context.leaves.len() / BLOCK + 1);
    for leaves in context.leaves.chunks(BLOCK) {
        let cell = |leaf: u32| &context.tree.cells[leaf as usize];
        let first_target = cell(leaves[0]).targets.start;
        let count = (cell(leaves[leaves.len() - 1]).targets.end - first_target) as usize;
        let sums = rest.each_mut().map(|rest| Sums {
            s1: rest
                .s1
                .split_off_mut(..count)
                .expect("leaves cover the targets"),
            s2: rest
                .s2
                .split_off_mut(..count)
                .expect("leaves cover the targets"),
            t: rest
                .t
                .split_off_mut(..if POTENTIAL { count } else { 0 })
                .expect("leaves cover the targets"),
        });
        blocks.push(Block {
            leaves,
            first_target,
            sums,
        });
    }
    blocks
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, block| {
            context
                .chosen
                .run(Leaves::<T, P, E, ACCURACY, POTENTIAL, M> {
                    context,
                    pair,
                    inputs,
                    block,
                    scratch,
                });
        });
}

/// What the upward and downward passes left for one strength vector.
#[derive(Clone, Copy)]
struct Input<'a, T> {
    w: &'a [T],
    multipoles: &'a [f64],
    locals: &'a [f64],
}

#[derive(Default)]
struct Scratch {
    points: UnitPoints<2>,
    sums: UnitSums<2>,
}

struct Leaves<'a, T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const M: usize> {
    context: &'a Context<'a, T, E, 2>,
    pair: P,
    inputs: [Input<'a, T>; M],
    block: Block<'a, T, M>,
    scratch: &'a mut Scratch,
}

impl<T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const M: usize> Job
    for Leaves<'_, T, P, E, ACCURACY, POTENTIAL, M>
where
    T: Real,
    P: Pair,
    E: Expansion<2>,
{
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        for &index in self.block.leaves {
            let cell = &self.context.tree.cells[index as usize];
            self.near(isa, cell, index);
            self.far(isa, cell, index);
        }
    }
}

impl<T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const M: usize>
    Leaves<'_, T, P, E, ACCURACY, POTENTIAL, M>
where
    T: Real,
    P: Pair,
    E: Expansion<2>,
{
    /// p2p from the leaf itself and its near ranges; overwrites the sums.
    #[inline(always)]
    fn near<I: Isa>(&mut self, isa: I, cell: &Cell<2>, index: u32) {
        let lanes = T::Lanes::<I>::LANES;
        let targets = cell.targets.start as usize..cell.targets.end as usize;
        let mut at = targets.start;
        while at + lanes < targets.end {
            self.near_vectors::<I, 2>(isa, cell, index, at);
            at += 2 * lanes;
        }
        if at < targets.end {
            self.near_vectors::<I, 1>(isa, cell, index, at);
        }
    }

    /// Near sums of `N` vectors of targets from target `at` on.
    #[inline(always)]
    fn near_vectors<I: Isa, const N: usize>(
        &mut self,
        isa: I,
        cell: &Cell<2>,
        index: u32,
        at: usize,
    ) {
        let lanes = T::Lanes::<I>::LANES;
        let [x, y] = self.context.targets;
        let zero = T::Lanes::<I>::splat(isa, T::ZERO);
        let mut targets = [[zero; N]; 2];
        for k in 0..N {
            targets[0][k] = T::Lanes::<I>::load(isa, &x[at + k * lanes..]);
            targets[1][k] = T::Lanes::<I>::load(isa, &y[at + k * lanes..]);
        }
        let [sx, sy] = self.context.sources;
        let sources = Sources {
            x: sx,
            y: sy,
            w: self.inputs.map(|input| input.w),
        };
        let mut sum = Accumulator::<T::Lanes<I>, N, M>::zero(isa);
        let own = cell.sources.start as usize..cell.sources.end as usize;
        p2p::<_, P, ACCURACY, true, POTENTIAL, N, M>(
            isa, self.pair, targets, &sources, own, &mut sum,
        );
        for range in &self.context.lists.near[index as usize] {
            let range = range.start as usize..range.end as usize;
            p2p::<_, P, ACCURACY, false, POTENTIAL, N, M>(
                isa, self.pair, targets, &sources, range, &mut sum,
            );
        }
        let first = self.block.first_target as usize;
        for m in 0..M {
            let out = &mut self.block.sums[m];
            for k in 0..N {
                let start = at + k * lanes;
                let range = start - first..(start + lanes).min(cell.targets.end as usize) - first;
                sum.s1[m][k].store_first(&mut out.s1[range.clone()]);
                sum.s2[m][k].store_first(&mut out.s2[range.clone()]);
                if POTENTIAL {
                    sum.t[m][k].store_first(&mut out.t[range]);
                }
            }
        }
    }

    /// l2p and m2p; adds to the sums.
    #[inline(always)]
    fn far<I: Isa>(&mut self, isa: I, cell: &Cell<2>, index: u32) {
        let Scratch { points, sums } = &mut *self.scratch;
        let (tree, expansion) = (self.context.tree, self.context.expansion);
        let range = in_block(&cell.targets, self.block.first_target);
        for m in 0..M {
            let input = self.inputs[m];
            unit_points(
                self.context,
                cell,
                self.context.targets,
                cell.targets.clone(),
                points,
            );
            sums.reset(range.len());
            let side = tree.frame.cell_side(cell.level);
            let len = expansion.local_len();
            let local = &input.locals[index as usize * len..][..len];
            expansion.l2p(isa, local, points, side, POTENTIAL, sums);
            for &a in &self.context.lists.smaller[index as usize] {
                let other = &tree.cells[a as usize];
                let side = tree.frame.cell_side(other.level);
                let scale = CellScale {
                    side,
                    log_side: (side / tree.frame.scale).ln(),
                };
                unit_points(
                    self.context,
                    other,
                    self.context.targets,
                    cell.targets.clone(),
                    points,
                );
                let len = expansion.multipole_len();
                let multipole = &input.multipoles[a as usize * len..][..len];
                expansion.m2p(isa, multipole, points, scale, POTENTIAL, sums);
            }
            let out = &mut self.block.sums[m];
            add(&mut out.s1[range.clone()], &sums.s[0]);
            add(&mut out.s2[range.clone()], &sums.s[1]);
            if POTENTIAL {
                add(&mut out.t[range.clone()], &sums.t);
            }
        }
    }
}

fn in_block(range: &Range<u32>, first: u32) -> Range<usize> {
    (range.start - first) as usize..(range.end - first) as usize
}

#[inline(always)]
fn add<T: Real>(out: &mut [T], from: &[f64]) {
    for (out, &x) in out.iter_mut().zip(from) {
        *out = T::from_f64(out.to_f64() + x);
    }
}

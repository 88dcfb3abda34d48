//! The leaves: near pairs (p2p), locals at points (l2p), multipoles of smaller cells at points (m2p).

use super::Compiled;
use super::near::{Block, Near};
use super::upward::unit_points;
use super::{Buffers, Context};
use crate::Outputs;
use crate::expansion::{CellScale, Expansion, UnitPoints, UnitSums};
use crate::kernel::Pair;
use crate::memory::room;
use crate::tree::Cell;
use lanes::{Isa, Job, Real, accuracy};
use rayon::prelude::*;
use std::ops::Range;

/// Leaves that one task handles.
const BLOCK: usize = 64;

/// Radial sums at all targets, in tree order and plan units; near pairs of four vectors at once where there are four.
pub(super) fn run<T: Compiled, P: Pair, E: Expansion<2>>(
    context: &Context<T, E, 2>,
    pair: P,
    outputs: Outputs,
    buffers: &mut [Buffers<T, 2>],
) {
    let (fours, rest) = buffers.as_chunks_mut::<4>();
    for buffers in fours {
        // One reciprocal serves four vectors: a better one than asked for costs little.
        by_outputs::<T, P, E, { accuracy::FULL }, 4>(context, pair, outputs, buffers);
    }
    for buffers in rest.as_chunks_mut::<1>().0 {
        T::leaves(context, pair, outputs, buffers);
    }
}

/// Picks the compiled version: whether potentials are wanted.
pub(super) fn by_outputs<
    T: Real,
    P: Pair,
    E: Expansion<2>,
    const ACCURACY: usize,
    const M: usize,
>(
    context: &Context<T, E, 2>,
    pair: P,
    outputs: Outputs,
    buffers: &mut [Buffers<T, 2>; M],
) {
    if outputs.potential {
        all_leaves::<T, P, E, ACCURACY, true, M>(context, pair, buffers);
    } else {
        all_leaves::<T, P, E, ACCURACY, false, M>(context, pair, buffers);
    }
}

/// What the upward and downward passes left for one strength vector.
#[derive(Clone, Copy)]
struct Input<'a, T> {
    w: &'a [T],
    multipoles: &'a [f64],
    locals: &'a [f64],
}

/// The sums of one strength vector at a range of targets.
struct Output<'a, T> {
    s: &'a mut [[T; 2]],
    t: &'a mut [T],
}

impl<'a, T> Output<'a, T> {
    /// Splits off the first `count` targets; `t` may be empty.
    fn take(&mut self, count: usize) -> Output<'a, T> {
        let t = self.t.len().min(count);
        Output {
            s: self
                .s
                .split_off_mut(..count)
                .expect("leaves cover the targets"),
            t: self.t.split_off_mut(..t).expect("leaves cover the targets"),
        }
    }
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
    let mut rest: [Output<T>; M] = std::array::from_fn(|_| Output {
        s: &mut [],
        t: &mut [],
    });
    for (m, buffers) in buffers.iter_mut().enumerate() {
        let Buffers {
            w,
            multipoles,
            locals,
            s,
            t,
            ..
        } = buffers;
        room(s, n, [T::ZERO; 2]);
        room(t, if POTENTIAL { n } else { 0 }, T::ZERO);
        inputs[m] = Input {
            w,
            multipoles,
            locals,
        };
        rest[m] = Output { s, t };
    }
    let blocks: Vec<_> = context
        .leaves
        .chunks(BLOCK)
        .map(|leaves| {
            let cell = |leaf: u32| &context.tree.cells[leaf as usize];
            let targets = cell(leaves[0]).targets.start..cell(leaves[leaves.len() - 1]).targets.end;
            (leaves, rest.each_mut().map(|rest| rest.take(targets.len())))
        })
        .collect();
    blocks
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, (leaves, outputs)| {
            context
                .chosen
                .run(Leaves::<T, P, E, ACCURACY, POTENTIAL, M> {
                    context,
                    pair,
                    inputs,
                    leaves,
                    outputs,
                    scratch,
                });
        });
}

/// What one task needs beside its input and output.
struct Scratch<T, const M: usize> {
    points: UnitPoints<2>,
    sums: UnitSums<2>,
    near: Near<T, M>,
}

impl<T, const M: usize> Default for Scratch<T, M> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            sums: UnitSums::default(),
            near: Near::default(),
        }
    }
}

struct Leaves<'a, T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const M: usize> {
    context: &'a Context<'a, T, E, 2>,
    pair: P,
    inputs: [Input<'a, T>; M],
    leaves: &'a [u32],
    outputs: [Output<'a, T>; M],
    scratch: &'a mut Scratch<T, M>,
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
        let cell = |leaf: u32| &self.context.tree.cells[leaf as usize];
        let (first, last) = (self.leaves[0], self.leaves[self.leaves.len() - 1]);
        let targets = cell(first).targets.start..cell(last).targets.end;
        let block = Block {
            context: self.context,
            pair: self.pair,
            w: self.inputs.map(|input| input.w),
            leaves: self.leaves,
            targets: targets.clone(),
        };
        block.run::<I, ACCURACY, POTENTIAL>(isa, &mut self.scratch.near);
        for &index in self.leaves {
            let cell = &self.context.tree.cells[index as usize];
            let place = (cell.targets.start - targets.start) as usize
                ..(cell.targets.end - targets.start) as usize;
            for m in 0..M {
                self.far(isa, cell, index, m);
                self.put(m, place.clone());
            }
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
    /// l2p and m2p.
    #[inline(always)]
    fn far<I: Isa>(&mut self, isa: I, cell: &Cell<2>, index: u32, m: usize) {
        let Scratch { points, sums, .. } = &mut *self.scratch;
        let (tree, expansion, input) = (self.context.tree, self.context.expansion, &self.inputs[m]);
        sums.reset(cell.targets.len());
        unit_points(
            self.context,
            cell,
            self.context.targets,
            cell.targets.clone(),
            points,
        );
        let len = expansion.local_len();
        let local = &input.locals[index as usize * len..][..len];
        let side = tree.frame.cell_side(cell.level);
        expansion.l2p(isa, local, points, side, POTENTIAL, sums);
        for &a in &self.context.lists.smaller[index as usize] {
            let other = &tree.cells[a as usize];
            let side = tree.frame.cell_side(other.level);
            let scale = CellScale {
                side,
                log_side: side.ln() - tree.frame.scale.ln(),
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
    }

    /// Near and far together, into the sums of this leaf's targets.
    #[inline(always)]
    fn put(&mut self, m: usize, place: Range<usize>) {
        let Scratch { sums, near, .. } = &mut *self.scratch;
        let out = &mut self.outputs[m];
        let [far1, far2] = &sums.s;
        let [near1, near2, near3] = &near.sums[m];
        let (near1, near2) = (&near1[place.clone()], &near2[place.clone()]);
        let add = |near: T, far: f64| T::from_f64(near.to_f64() + far);
        let near = near1.iter().zip(near2);
        let far = far1.iter().zip(far2);
        for ((s, near), far) in out.s[place.clone()].iter_mut().zip(near).zip(far) {
            *s = [add(*near.0, *far.0), add(*near.1, *far.1)];
        }
        if POTENTIAL {
            let near = &near3[place.clone()];
            for ((t, near), &far) in out.t[place].iter_mut().zip(near).zip(&sums.t) {
                *t = add(*near, far);
            }
        }
    }
}

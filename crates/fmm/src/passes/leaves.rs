//! The leaves: near pairs (p2p), locals at points (l2p), multipoles of smaller cells at points (m2p).

use super::Compiled;
use super::near::{Block, Extent, Near};
use super::upward::unit_points;
use super::{Buffers, Context};
use crate::Outputs;
use crate::expansion::{CellScale, Expansion, UnitPoints, UnitSums};
use crate::kernel::Pair;
use crate::memory::room;
use crate::tree::Cell;
use lanes::accuracy::{COARSE, FULL};
use lanes::{Isa, Job, Real};
use rayon::prelude::*;
use std::ops::{Range, RangeInclusive};

/// The most leaves that one task handles, and the fewest after which it ends where it would be too wide for a grid.
const BLOCK: RangeInclusive<usize> = 64..=1024;

/// Radial sums at all targets, in tree order and plan units; near pairs of four vectors at once where there are four.
pub(super) fn run<T: Compiled, P: Pair, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    pair: P,
    outputs: Outputs,
    buffers: &mut [Buffers<T, D>],
) {
    let (fours, rest) = buffers.as_chunks_mut::<4>();
    for buffers in fours {
        if context.accuracy == COARSE {
            by_outputs::<T, P, E, COARSE, D, 4>(context, pair, outputs, buffers);
        } else {
            // One reciprocal serves four vectors: a better one than asked for costs little.
            by_outputs::<T, P, E, FULL, D, 4>(context, pair, outputs, buffers);
        }
    }
    for buffers in rest.as_chunks_mut::<1>().0 {
        T::leaves(context, pair, outputs, buffers);
    }
}

/// Picks the compiled version: whether potentials are wanted.
pub(super) fn by_outputs<
    T: Real,
    P: Pair,
    E: Expansion<D>,
    const ACCURACY: usize,
    const D: usize,
    const M: usize,
>(
    context: &Context<T, E, D>,
    pair: P,
    outputs: Outputs,
    buffers: &mut [Buffers<T, D>; M],
) {
    if outputs.potential {
        all_leaves::<T, P, E, ACCURACY, true, D, M>(context, pair, buffers);
    } else {
        all_leaves::<T, P, E, ACCURACY, false, D, M>(context, pair, buffers);
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
struct Output<'a, T, const D: usize> {
    s: &'a mut [[T; D]],
    t: &'a mut [T],
}

impl<'a, T, const D: usize> Output<'a, T, D> {
    /// Splits off the first `count` targets; `t` may be empty.
    fn take(&mut self, count: usize) -> Output<'a, T, D> {
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

fn all_leaves<
    T,
    P,
    E,
    const ACCURACY: usize,
    const POTENTIAL: bool,
    const D: usize,
    const M: usize,
>(
    context: &Context<T, E, D>,
    pair: P,
    buffers: &mut [Buffers<T, D>; M],
) where
    T: Real,
    P: Pair,
    E: Expansion<D>,
{
    let n = context.tree.targets().len();
    let mut inputs: [Input<T>; M] = [Input {
        w: &[],
        multipoles: &[],
        locals: &[],
    }; M];
    let mut rest: [Output<T, D>; M] = std::array::from_fn(|_| Output {
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
        room(s, n, [T::ZERO; D]);
        room(t, if POTENTIAL { n } else { 0 }, T::ZERO);
        inputs[m] = Input {
            w,
            multipoles,
            locals,
        };
        rest[m] = Output { s, t };
    }
    let blocks: Vec<_> = blocks(context)
        .into_iter()
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
                .run(Leaves::<T, P, E, ACCURACY, POTENTIAL, D, M> {
                    context,
                    pair,
                    inputs,
                    leaves,
                    outputs,
                    scratch,
                });
        });
}

/// The leaves in blocks. Behind each other in Morton order, those of a block would lie far apart where it crosses a border
/// of large cells.
fn blocks<'a, T, E, const D: usize>(context: &'a Context<T, E, D>) -> Vec<&'a [u32]> {
    let tree = context.tree;
    let (mut rest, mut blocks) = (context.leaves, vec![]);
    while !rest.is_empty() {
        let (mut extent, mut count) = (Extent::NOTHING, 0);
        for &leaf in rest.iter().take(*BLOCK.end()) {
            let cell = &tree.cells[leaf as usize];
            extent = extent.with(tree.centre(cell), tree.frame.cell_side(cell.level));
            if count >= *BLOCK.start() && !extent.fits_a_grid() {
                break;
            }
            count += 1;
        }
        blocks.push(rest.split_off(..count).expect("at most all of the rest"));
    }
    blocks
}

/// What one task needs beside its input and output.
struct Scratch<T, const D: usize, const M: usize> {
    points: UnitPoints<D>,
    sums: UnitSums<D>,
    near: Near<T, D, M>,
}

impl<T, const D: usize, const M: usize> Default for Scratch<T, D, M> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            sums: UnitSums::default(),
            near: Near::default(),
        }
    }
}

struct Leaves<
    'a,
    T,
    P,
    E,
    const ACCURACY: usize,
    const POTENTIAL: bool,
    const D: usize,
    const M: usize,
> {
    context: &'a Context<'a, T, E, D>,
    pair: P,
    inputs: [Input<'a, T>; M],
    leaves: &'a [u32],
    outputs: [Output<'a, T, D>; M],
    scratch: &'a mut Scratch<T, D, M>,
}

impl<T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const D: usize, const M: usize> Job
    for Leaves<'_, T, P, E, ACCURACY, POTENTIAL, D, M>
where
    T: Real,
    P: Pair,
    E: Expansion<D>,
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

impl<T, P, E, const ACCURACY: usize, const POTENTIAL: bool, const D: usize, const M: usize>
    Leaves<'_, T, P, E, ACCURACY, POTENTIAL, D, M>
where
    T: Real,
    P: Pair,
    E: Expansion<D>,
{
    /// l2p and m2p.
    #[inline(always)]
    fn far<I: Isa>(&mut self, isa: I, cell: &Cell<D>, index: u32, m: usize) {
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
        let (out, near) = (&mut self.outputs[m], &near.sums[m]);
        let add = |near: T, far: f64| T::from_f64(near.to_f64() + far);
        let s = &mut out.s[place.clone()];
        for a in 0..D {
            let near = &near.s[a][place.clone()];
            for ((s, &near), &far) in s.iter_mut().zip(near).zip(&sums.s[a]) {
                s[a] = add(near, far);
            }
        }
        if POTENTIAL {
            let near = &near.t[place.clone()];
            for ((t, &near), &far) in out.t[place].iter_mut().zip(near).zip(&sums.t) {
                *t = add(near, far);
            }
        }
    }
}

//! The leaves: near pairs (p2p), locals at points (l2p), multipoles of smaller cells at points (m2p).

use super::Compiled;
use super::near::{Block, Components, Extent, Near};
use super::upward::unit_points;
use super::wanted::{FIELD, GRADIENT, POTENTIAL, SECOND, wanted};
use super::{Buffers, Context};
use crate::Outputs;
use crate::expansion::{CellScale, Expansion, UnitPoints, UnitSums};
use crate::kernel::Pair;
use crate::memory::room;
use crate::tree::Cell;
use lanes::accuracy::FULL;
use lanes::{InstructionSet, Isa, Job, Real, Scalar};
use rayon::prelude::*;
use std::ops::{Range, RangeInclusive};

/// The most leaves that one task handles, and the fewest after which it ends where it would be too wide for a grid.
const BLOCK: RangeInclusive<usize> = 64..=1024;

/// Radial sums at all targets, in tree order and plan units; near pairs of `M` vectors at once where there are as many.
pub(super) fn run<T: Compiled, P: Pair, E: Expansion<D>, const D: usize, const M: usize>(
    context: &Context<T, E, D>,
    pair: P,
    outputs: Outputs,
    buffers: &mut [Buffers<T, D>],
) {
    let (groups, rest) = buffers.as_chunks_mut::<M>();
    for buffers in groups {
        T::leaves_together(context, pair, outputs, buffers);
    }
    for buffers in rest.as_chunks_mut::<1>().0 {
        T::leaves(context, pair, outputs, buffers);
    }
}

/// Picks the compiled version: whether potentials are wanted. Gradients have one of their own.
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
    if wanted(outputs) == POTENTIAL {
        all_leaves::<T, P, E, ACCURACY, POTENTIAL, D, M>(context, pair, buffers);
    } else {
        all_leaves::<T, P, E, ACCURACY, FIELD, D, M>(context, pair, buffers);
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
    g: &'a mut [[T; SECOND]],
}

impl<'a, T, const D: usize> Output<'a, T, D> {
    /// Splits off the first `count` targets; `t` and `g` may be empty.
    fn take(&mut self, count: usize) -> Output<'a, T, D> {
        let (t, g) = (self.t.len().min(count), self.g.len().min(count));
        Output {
            s: self
                .s
                .split_off_mut(..count)
                .expect("leaves cover the targets"),
            t: self.t.split_off_mut(..t).expect("leaves cover the targets"),
            g: self.g.split_off_mut(..g).expect("leaves cover the targets"),
        }
    }
}

pub(super) fn all_leaves<
    T,
    P,
    E,
    const ACCURACY: usize,
    const WANTED: usize,
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
        g: &mut [],
    });
    for (m, buffers) in buffers.iter_mut().enumerate() {
        let Buffers {
            w,
            multipoles,
            locals,
            s,
            t,
            g,
            ..
        } = buffers;
        room(s, n, [T::ZERO; D]);
        room(t, if WANTED >= POTENTIAL { n } else { 0 }, T::ZERO);
        inputs[m] = Input {
            w,
            multipoles,
            locals,
        };
        let seconds = if WANTED >= GRADIENT { n } else { 0 };
        room(g, seconds, [T::ZERO; SECOND]);
        rest[m] = Output { s, t, g };
    }
    let blocks: Vec<_> = blocks(context)
        .into_iter()
        .map(|leaves| {
            let count = targets(context, leaves).len();
            (leaves, rest.each_mut().map(|rest| rest.take(count)))
        })
        .collect();
    blocks
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, (leaves, outputs)| {
            let near = NearPairs::<T, P, E, ACCURACY, WANTED, D, M> {
                context,
                pair,
                w: inputs.map(|input| input.w),
                leaves,
                near: &mut scratch.near,
            };
            context.chosen.run(near);
            for (m, output) in outputs.into_iter().enumerate() {
                context.chosen.run(Far {
                    context,
                    input: inputs[m],
                    leaves,
                    wanted: WANTED,
                    near: &scratch.near.sums[m],
                    output,
                    points: &mut scratch.points,
                    sums: &mut scratch.sums,
                });
            }
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

/// The near pairs of a block: p2p.
struct NearPairs<
    'a,
    T,
    P,
    E,
    const ACCURACY: usize,
    const WANTED: usize,
    const D: usize,
    const M: usize,
> {
    context: &'a Context<'a, T, E, D>,
    pair: P,
    w: [&'a [T]; M],
    leaves: &'a [u32],
    near: &'a mut Near<T, D, M>,
}

impl<T, P, E, const ACCURACY: usize, const WANTED: usize, const D: usize, const M: usize> Job
    for NearPairs<'_, T, P, E, ACCURACY, WANTED, D, M>
where
    T: Real,
    P: Pair,
    E: Expansion<D>,
{
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let block = Block {
            context: self.context,
            pair: self.pair,
            w: self.w,
            leaves: self.leaves,
            targets: targets(self.context, self.leaves),
        };
        if const { matches!(I::SET, InstructionSet::Scalar) } {
            in_scalar::<_, _, _, WANTED, D, M>(&block, self.near);
        } else {
            block.run::<I, ACCURACY, WANTED>(isa, self.near);
        }
    }
}

/// Scalar reciprocals are exact, and f32 is no faster there: one version serves all accuracies.
#[inline(never)]
fn in_scalar<T, P, E, const WANTED: usize, const D: usize, const M: usize>(
    block: &Block<T, E, P, D, M>,
    near: &mut Near<T, D, M>,
) where
    T: Real,
    P: Pair,
    E: Expansion<D>,
{
    block.run::<Scalar, FULL, WANTED>(Scalar::default(), near);
}

/// The targets of some leaves behind each other.
fn targets<T, E, const D: usize>(context: &Context<T, E, D>, leaves: &[u32]) -> Range<u32> {
    let targets = |leaf: u32| context.tree.cells[leaf as usize].targets.clone();
    targets(leaves[0]).start..targets(leaves[leaves.len() - 1]).end
}

/// What comes to a block from far, for one strength vector, and the sum of near and far: l2p and m2p. They know nothing of
/// pairs, so they are a job of their own, which is compiled once for all of them.
struct Far<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    input: Input<'a, T>,
    leaves: &'a [u32],
    wanted: usize,
    near: &'a Components<T, D>,
    output: Output<'a, T, D>,
    points: &'a mut UnitPoints<D>,
    sums: &'a mut UnitSums<D>,
}

impl<T: Real, E: Expansion<D>, const D: usize> Job for Far<'_, T, E, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let tree = self.context.tree;
        let first = targets(self.context, self.leaves).start;
        for &index in self.leaves {
            let cell = &tree.cells[index as usize];
            self.local(isa, cell, index);
            for &other in &self.context.lists.smaller[index as usize] {
                self.multipole(isa, cell, other);
            }
            let Range { start, end } = cell.targets;
            self.put((start - first) as usize..(end - first) as usize);
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Far<'_, T, E, D> {
    /// The local of a leaf at its targets, where the sums start.
    #[inline(always)]
    fn local<I: Isa>(&mut self, isa: I, cell: &Cell<D>, index: u32) {
        self.sums.reset(cell.targets.len(), self.wanted);
        self.place(cell, cell);
        let Context {
            tree, expansion, ..
        } = self.context;
        let len = expansion.local_len();
        let local = &self.input.locals[index as usize * len..][..len];
        let side = tree.frame.cell_side(cell.level);
        expansion.l2p(isa, local, self.points, side, self.wanted, self.sums);
    }

    /// The multipole of a smaller cell at the targets of a leaf.
    #[inline(always)]
    fn multipole<I: Isa>(&mut self, isa: I, cell: &Cell<D>, other: u32) {
        let Context {
            tree, expansion, ..
        } = self.context;
        let smaller = &tree.cells[other as usize];
        self.place(smaller, cell);
        let len = expansion.multipole_len();
        let multipole = &self.input.multipoles[other as usize * len..][..len];
        let side = tree.frame.cell_side(smaller.level);
        let scale = CellScale {
            side,
            log_side: side.ln() - tree.frame.scale.ln(),
        };
        expansion.m2p(isa, multipole, self.points, scale, self.wanted, self.sums);
    }

    /// The targets of a leaf in the box units of a cell.
    #[inline(always)]
    fn place(&mut self, unit: &Cell<D>, leaf: &Cell<D>) {
        let targets = leaf.targets.clone();
        unit_points(
            self.context,
            unit,
            self.context.targets,
            targets,
            self.points,
        );
    }

    /// Near and far together, into the sums of a leaf's targets, which lie here in the block.
    #[inline(always)]
    fn put(&mut self, place: Range<usize>) {
        let add = |near: T, far: f64| T::from_f64(near.to_f64() + far);
        let s = &mut self.output.s[place.clone()];
        for a in 0..D {
            let near = &self.near.s[a][place.clone()];
            for ((s, &near), &far) in s.iter_mut().zip(near).zip(&self.sums.s[a]) {
                s[a] = add(near, far);
            }
        }
        if self.wanted >= POTENTIAL {
            let near = &self.near.t[place.clone()];
            let t = &mut self.output.t[place.clone()];
            for ((t, &near), &far) in t.iter_mut().zip(near).zip(&self.sums.t) {
                *t = add(near, far);
            }
        }
        if self.wanted >= GRADIENT {
            for (c, g) in self.output.g[place.clone()].iter_mut().enumerate() {
                for (k, g) in g.iter_mut().enumerate() {
                    *g = add(self.near.g[k][place.start + c], self.sums.g[k][c]);
                }
            }
        }
    }
}

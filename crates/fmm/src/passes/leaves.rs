//! The leaves: near pairs (p2p), locals at points (l2p), multipoles of smaller cells at points (m2p).

use super::Compiled;
use super::near::{Block, Components, Extent, Near};
use super::upward::unit_points;
use super::wanted::{FIELD, GRADIENT, POTENTIAL, SECOND, place_of, wanted};
use super::{Buffers, Context, TargetSums};
use crate::Outputs;
use crate::expansion::{CellScale, Expansion, UnitPoints, UnitSums};
use crate::kernel::Pair;
use crate::torus::background::Moments;
use crate::tree::Cell;
use lanes::accuracy::FULL;
use lanes::{InstructionSet, Isa, Job, Real, Scalar};
use rayon::prelude::*;
use std::ops::{Range, RangeInclusive};

/// The most leaves that one task handles, and the fewest after which it ends where its leaves would not fit one grid. In
/// space more of a small block's pairs go beyond it: blocks of 64 took a tenth more time of one core.
const fn block(dimension: usize) -> RangeInclusive<usize> {
    if dimension == 2 {
        64..=1024
    } else {
        128..=1024
    }
}
/// For many cores to share, there are at least so many blocks, unless that would leave them fewer leaves than those.
const fn least_blocks(dimension: usize) -> usize {
    if dimension == 2 { 128 } else { 32 }
}

/// Radial sums at all targets; near pairs of `M` vectors at once where there are as many.
pub(super) fn run<T: Compiled, P: Pair, E: Expansion<D>, const D: usize, const M: usize>(
    context: &Context<T, E, D>,
    pair: P,
    outputs: Outputs,
    buffers: &[Buffers<T>],
) {
    let (groups, rest) = buffers.as_chunks::<M>();
    for buffers in groups {
        T::leaves_together(context, pair, outputs, buffers);
    }
    for buffers in rest.as_chunks::<1>().0 {
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
    buffers: &[Buffers<T>; M],
) {
    if wanted(outputs) == POTENTIAL {
        all_leaves::<T, P, E, ACCURACY, POTENTIAL, D, M>(context, pair, buffers);
    } else {
        all_leaves::<T, P, E, ACCURACY, FIELD, D, M>(context, pair, buffers);
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
    buffers: &[Buffers<T>; M],
) where
    T: Real,
    P: Pair,
    E: Expansion<D>,
{
    // Near pairs know of no expansions, and are compiled once for all.
    let without = context.with(&());
    let near = |near: &mut Near<T, D, M>, leaves: &[u32]| {
        let w = buffers.each_ref().map(|buffers| &buffers.w[..]);
        let in_double = buffers.iter().any(|buffers| buffers.in_double);
        let chosen = context.chosen;
        chosen.run(NearPairs::<T, P, ACCURACY, WANTED, D, M> {
            context: &without,
            pair,
            w,
            in_double,
            leaves,
            near,
        });
    };
    by_blocks(context, buffers, WANTED, &near);
}

/// The near pairs of each block by `near`, and what comes from far. This loop is compiled once for all pairs.
fn by_blocks<T: Real, E: Expansion<D>, const D: usize, const M: usize>(
    context: &Context<T, E, D>,
    buffers: &[Buffers<T>; M],
    wanted: usize,
    near: &(dyn Fn(&mut Near<T, D, M>, &[u32]) + Sync),
) {
    let work = |scratch: &mut Scratch<T, D, M>, leaves| {
        near(&mut scratch.near, leaves);
        for (buffers, sums) in buffers.iter().zip(&mut scratch.near.sums) {
            context.chosen.run(Far {
                context,
                buffers,
                leaves,
                wanted,
                sums,
                points: &mut scratch.points,
                far: &mut scratch.sums,
                coincident: &mut scratch.coincident,
            });
        }
    };
    let blocks = blocks(context).into_par_iter();
    blocks.for_each_init(Scratch::default, work);
}

/// The leaves in blocks, which end where sizes or distances of the leaves would be too different for one grid.
fn blocks<'a, T, E, const D: usize>(context: &'a Context<T, E, D>) -> Vec<&'a [u32]> {
    let tree = context.tree;
    let (least, most) = block(D).into_inner();
    let most = (context.leaves.len() / least_blocks(D)).clamp(least, most);
    let (mut rest, mut blocks) = (context.leaves, vec![]);
    while !rest.is_empty() {
        let (mut extent, mut count) = (Extent::NOTHING, 0);
        for &leaf in rest.iter().take(most) {
            let cell = &tree.cells[leaf as usize];
            extent = extent.with(tree.centre(cell), tree.frame.cell_side(cell.level));
            if count >= least && !extent.fits_a_grid() {
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
    coincident: Vec<f64>,
    near: Near<T, D, M>,
}

impl<T, const D: usize, const M: usize> Default for Scratch<T, D, M> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            sums: UnitSums::default(),
            coincident: vec![],
            near: Near::default(),
        }
    }
}

/// The near pairs of a block: p2p.
struct NearPairs<
    'a,
    T,
    P,
    const ACCURACY: usize,
    const WANTED: usize,
    const D: usize,
    const M: usize,
> {
    context: &'a Context<'a, T, (), D>,
    pair: P,
    w: [&'a [T]; M],
    in_double: bool,
    leaves: &'a [u32],
    near: &'a mut Near<T, D, M>,
}

impl<T, P, const ACCURACY: usize, const WANTED: usize, const D: usize, const M: usize> Job
    for NearPairs<'_, T, P, ACCURACY, WANTED, D, M>
where
    T: Real,
    P: Pair,
{
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let block = Block {
            context: self.context,
            pair: self.pair,
            w: self.w,
            in_double: self.in_double,
            leaves: self.leaves,
            targets: targets(self.context, self.leaves),
        };
        if const { matches!(I::SET, InstructionSet::Scalar) } {
            in_scalar::<_, _, WANTED, D, M>(&block, self.near);
        } else {
            block.run::<I, ACCURACY, WANTED>(isa, self.near);
        }
    }
}

/// Scalar reciprocals are exact, and f32 is no faster there: one version serves all accuracies.
#[inline(never)]
fn in_scalar<T, P, const WANTED: usize, const D: usize, const M: usize>(
    block: &Block<T, (), P, D, M>,
    near: &mut Near<T, D, M>,
) where
    T: Real,
    P: Pair,
{
    block.run::<Scalar, FULL, WANTED>(Scalar::default(), near);
}

/// The targets of some leaves behind each other.
pub(super) fn targets<T, E, const D: usize>(
    context: &Context<T, E, D>,
    leaves: &[u32],
) -> Range<u32> {
    let targets = |leaf: u32| context.tree.cells[leaf as usize].targets.clone();
    targets(leaves[0]).start..targets(leaves[leaves.len() - 1]).end
}

/// What comes to a block from far, for one strength vector, beside what came from near: l2p and m2p. They know nothing of
/// pairs, so they are a job of their own, which is compiled once for all of them.
struct Far<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    buffers: &'a Buffers<T>,
    leaves: &'a [u32],
    wanted: usize,
    /// Of the block: from near, then from everywhere.
    sums: &'a mut Components<T, D>,
    points: &'a mut UnitPoints<D>,
    /// Of one leaf.
    far: &'a mut UnitSums<D>,
    /// By target of one leaf, the strengths at the same place.
    coincident: &'a mut Vec<f64>,
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
            self.give(
                (start - first) as usize..(end - first) as usize,
                start as usize,
            );
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Far<'_, T, E, D> {
    /// The local of a leaf at its targets, where the sums start.
    #[inline(always)]
    fn local<I: Isa>(&mut self, isa: I, cell: &Cell<D>, index: u32) {
        self.far.reset(cell.targets.len(), self.wanted);
        self.place(cell, cell);
        let Context {
            tree, expansion, ..
        } = self.context;
        let len = expansion.local_len();
        let local = &self.buffers.locals[index as usize * len..][..len];
        let side = tree.frame.cell_side(cell.level);
        let expansion = expansion.at(cell.level);
        expansion.l2p(isa, local, self.points, side, self.wanted, self.far);
        if let (Some(moments), Some(uniform)) = (self.buffers.moments, expansion.uniform()) {
            match &uniform.harmonic {
                Some(of) => moments.act(of, tree, cell, self.points, self.wanted, self.far),
                None => self.far_uniform(isa, moments, cell),
            }
        }
        if self.wanted >= POTENTIAL && !self.context.lists.pairs_within(cell) {
            self.take_coincident(cell, expansion.at_zero(side));
        }
    }

    /// On a torus, what a uniform density has from all that is far of the cell of the last full level that holds a leaf;
    /// nothing where that takes what is near by expansions too.
    #[inline(always)]
    fn far_uniform<I: Isa>(&mut self, isa: I, moments: Moments, leaf: &Cell<D>) {
        let Context {
            tree,
            lists,
            expansion,
            ..
        } = self.context;
        let full = leaf.ancestor(tree.last_full_level());
        if lists.expanded == Some(full.level) {
            return;
        }
        self.place(&full, leaf);
        let strength = moments.in_cell(&tree.frame, full.level);
        let scale = CellScale {
            side: tree.frame.cell_side(full.level),
            log_side: tree.frame.log_side(full.level),
        };
        let expansion = expansion.at(full.level);
        expansion.far_uniform(isa, strength, scale, self.points, self.wanted, self.far);
    }

    /// Takes back what a leaf whose near pairs come by expansions has from pairs of points at the same place, given γ and φ there.
    #[inline(never)]
    fn take_coincident(&mut self, leaf: &Cell<D>, [gamma, phi]: [f64; 2]) {
        let (w, strengths) = (&self.buffers.w, &mut *self.coincident);
        self.context.strengths_at_targets(leaf, w, strengths);
        for (t, w) in self.far.t.iter_mut().zip(&*strengths) {
            *t -= gamma * w;
        }
        if self.wanted >= GRADIENT {
            // ∂_a (z_a φ) = φ at z = 0.
            for a in 0..D {
                let diagonal = &mut self.far.g[place_of::<D>(a, a)];
                for (g, w) in diagonal.iter_mut().zip(&*strengths) {
                    *g -= phi * w;
                }
            }
        }
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
        let original = tree.original(other) as usize;
        let multipole = &self.buffers.multipoles[original * len..][..len];
        let side = tree.frame.cell_side(smaller.level);
        let scale = CellScale {
            side,
            log_side: side.ln() - tree.frame.scale.ln(),
        };
        let expansion = expansion.at(smaller.level);
        expansion.m2p(isa, multipole, self.points, scale, self.wanted, self.far);
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

    /// Near and far together go to the sink: those of a leaf's targets, which lie at `place` in the block.
    #[inline(always)]
    fn give(&mut self, place: Range<usize>, first: usize) {
        for a in 0..D {
            add(&mut self.sums.s[a][place.clone()], &self.far.s[a]);
        }
        if self.wanted >= POTENTIAL {
            add(&mut self.sums.t[place.clone()], &self.far.t);
        }
        if self.wanted >= GRADIENT {
            for k in 0..SECOND {
                add(&mut self.sums.g[k][place.clone()], &self.far.g[k]);
            }
        }
        let here = |sums: &[T]| place.start.min(sums.len())..place.end.min(sums.len());
        let Components { s, t, g } = &*self.sums;
        let sums = TargetSums {
            s: s.each_ref().map(|s| &s[here(s)]),
            t: &t[here(t)],
            g: g.each_ref().map(|g| &g[here(g)]),
        };
        let sink = self.context.sink;
        sink.take(self.buffers.component, first, &sums);
    }
}

/// Adds what comes from far.
#[inline(always)]
fn add<T: Real>(sums: &mut [T], far: &[f64]) {
    for (sum, &far) in sums.iter_mut().zip(far) {
        *sum = T::from_f64(sum.to_f64() + far);
    }
}

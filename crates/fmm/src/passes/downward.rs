//! Downward: m2l over the far lists, p2l of larger leaves, l2l from parents to children, the coarsest level first.

use super::Context;
use super::upward::unit_sources;
use crate::expansion::{Expansion, Outgoing, UnitPoints};
use crate::lists::slots;
use crate::memory::room;
use lanes::{Isa, Job, Real};
use rayon::prelude::*;
use std::ops::Range;

/// Parents whose children one task handles: the outgoing waves of their sources fit the second-level cache.
const BLOCK: usize = 64;

/// Locals of all cells that hold targets, in the order of the cells.
pub(super) fn run<T: Real, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    w: &[T],
    multipoles: &[f64],
    potential: bool,
    locals: &mut Vec<f64>,
) {
    let len = context.expansion.local_len();
    let n_cells = context.tree.cells.len();
    room(locals, n_cells * len, 0.0);
    locals[..len].fill(0.0);
    let far_slots = slots::far_slots::<D>();
    for level in 0..context.tree.depth() {
        let parents = context.tree.level(level);
        let children = context.tree.level(level + 1);
        let (above, rest) = locals.split_at_mut(children.start * len);
        let mut rest = &mut rest[..children.len() * len];
        let mut blocks = Vec::with_capacity(parents.len().div_ceil(BLOCK));
        for start in parents.clone().step_by(BLOCK) {
            let block = start..(start + BLOCK).min(parents.end);
            let cells = &context.tree.cells[block.clone()];
            let count: usize = cells.iter().map(|cell| cell.children.len()).sum();
            let (out, more) = rest.split_at_mut(count * len);
            blocks.push((block, out));
            rest = more;
        }
        blocks
            .into_par_iter()
            .for_each_init(Scratch::default, |scratch, (parents, out)| {
                scratch
                    .outgoing
                    .next_block(n_cells, context.expansion.wave_len());
                context.chosen.run(Down {
                    context,
                    w,
                    multipoles,
                    potential: potential.then_some(&far_slots),
                    parents,
                    above,
                    out,
                    scratch,
                });
            });
    }
}

/// What one task needs beside its input and output.
struct Scratch<const D: usize> {
    points: UnitPoints<D>,
    outgoing: Outgoing,
    /// Source cells by slot, and the places of their forms.
    cells: Vec<u32>,
    places: Vec<u32>,
    /// Incoming forms of the children of one parent.
    incoming: Vec<f64>,
}

impl<const D: usize> Default for Scratch<D> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            outgoing: Outgoing::default(),
            cells: vec![NONE; slots::count(D)],
            places: vec![0; slots::count(D)],
            incoming: vec![],
        }
    }
}

/// The locals of the children of a block of parents of one level.
struct Down<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    w: &'a [T],
    multipoles: &'a [f64],
    /// Where the constants of potentials are wanted: the slots of each child's far list.
    potential: Option<&'a Vec<Vec<usize>>>,
    parents: Range<usize>,
    above: &'a [f64],
    out: &'a mut [f64],
    scratch: &'a mut Scratch<D>,
}

/// No cell in this slot.
const NONE: u32 = u32::MAX;

impl<T: Real, E: Expansion<D>, const D: usize> Job for Down<'_, T, E, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let (tree, lists, expansion) = (
            self.context.tree,
            self.context.lists,
            self.context.expansion,
        );
        let len = expansion.local_len();
        let out = std::mem::take(&mut self.out);
        let first = tree.cells[self.parents.clone()]
            .iter()
            .find(|cell| !cell.is_leaf())
            .map_or(0, |cell| cell.children.start as usize);
        for index in self.parents.clone() {
            let parent = &tree.cells[index];
            if parent.targets.is_empty() || parent.is_leaf() {
                continue;
            }
            let any = self.far(isa, index);
            let log_side = tree.frame.cell_side(parent.level + 1).ln() - tree.frame.scale.ln();
            for child in parent.children.clone() {
                let child = child as usize;
                let cell = &tree.cells[child];
                if cell.targets.is_empty() {
                    continue;
                }
                let local = &mut out[(child - first) * len..][..len];
                local.fill(0.0);
                if any {
                    self.local(isa, cell.octant(), log_side, local);
                }
                for &a in &lists.larger[child] {
                    let range = tree.cells[a as usize].sources.clone();
                    unit_sources(self.context, cell, range, self.w, &mut self.scratch.points);
                    expansion.p2l(isa, &self.scratch.points, log_side, local);
                }
                let above = &self.above[index * len..][..len];
                expansion.l2l(isa, cell.octant(), above, local);
            }
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Down<'_, T, E, D> {
    /// The far lists of the children of a parent to incoming forms: sources not yet met by this block are first brought
    /// to outgoing form. Whether there are any.
    #[inline(always)]
    fn far<I: Isa>(&mut self, isa: I, parent: usize) -> bool {
        let (tree, expansion) = (self.context.tree, self.context.expansion);
        let len = expansion.multipole_len();
        let Scratch {
            outgoing,
            cells,
            places,
            incoming,
            ..
        } = &mut *self.scratch;
        cells.fill(NONE);
        self.context.lists.siblings(tree, parent, cells);
        let mut any = false;
        for (place, &source) in places.iter_mut().zip(&*cells) {
            *place = Outgoing::NOTHING;
            if source != NONE {
                let (at, room) = outgoing.meet(source);
                if let Some(waves) = room {
                    let multipole = &self.multipoles[source as usize * len..][..len];
                    expansion.outgoing(isa, multipole, waves);
                }
                (*place, any) = (at, true);
            }
        }
        if any {
            incoming.resize(expansion.wave_len() << D, 0.0);
            expansion.translate(isa, places, outgoing, incoming);
        }
        any
    }

    /// The incoming form of one child to its local.
    #[inline(always)]
    fn local<I: Isa>(&mut self, isa: I, octant: usize, log_side: f64, local: &mut [f64]) {
        let expansion = self.context.expansion;
        let (len, waves) = (expansion.multipole_len(), expansion.wave_len());
        let incoming = &mut self.scratch.incoming[octant * waves..][..waves];
        expansion.incoming(isa, incoming, local);
        if let Some(far_slots) = self.potential {
            let mut strength = 0.0;
            for &slot in &far_slots[octant] {
                let source = self.scratch.cells[slot];
                if source != NONE {
                    strength += self.multipoles[source as usize * len];
                }
            }
            expansion.far_constant(strength, log_side, local);
        }
    }
}

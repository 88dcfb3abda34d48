//! Downward: m2l over the far lists, p2l of larger leaves, l2l from parents to children, the coarsest level first.

use super::Context;
use super::upward::unit_sources;
use crate::expansion::{Expansion, Outgoing, UnitPoints};
use crate::memory::room;
use lanes::{Isa, Job, Real};
use rayon::prelude::*;
use std::ops::Range;

/// Target cells that one task handles: the outgoing waves of their sources fit the second-level cache.
const BLOCK: usize = 256;

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
    for level in 0..=context.tree.depth() {
        let cells = context.tree.level(level);
        let (above, here) = locals[..cells.end * len].split_at_mut(cells.start * len);
        let above = &*above;
        here.par_chunks_mut(BLOCK * len).enumerate().for_each_init(
            Scratch::default,
            |scratch, (b, out)| {
                let first = cells.start + b * BLOCK;
                let block = first..first + out.len() / len;
                scratch
                    .outgoing
                    .next_block(n_cells, context.expansion.wave_len());
                context.chosen.run(Down {
                    context,
                    w,
                    multipoles,
                    potential,
                    cells: block,
                    above,
                    out,
                    scratch,
                });
            },
        );
    }
}

/// What one task needs beside its input and output.
struct Scratch<const D: usize> {
    points: UnitPoints<D>,
    outgoing: Outgoing,
    incoming: Vec<f64>,
}

impl<const D: usize> Default for Scratch<D> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            outgoing: Outgoing::default(),
            incoming: vec![],
        }
    }
}

/// The locals of a block of cells of one level.
struct Down<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    w: &'a [T],
    multipoles: &'a [f64],
    /// Whether the constants of potentials are wanted.
    potential: bool,
    cells: Range<usize>,
    above: &'a [f64],
    out: &'a mut [f64],
    scratch: &'a mut Scratch<D>,
}

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
        for (local, index) in out.chunks_exact_mut(len).zip(self.cells.clone()) {
            local.fill(0.0);
            let cell = &tree.cells[index];
            if cell.targets.is_empty() {
                continue;
            }
            let side = tree.frame.cell_side(cell.level);
            let log_side = side.ln() - tree.frame.scale.ln();
            self.far(isa, index, log_side, local);
            for &a in &lists.larger[index] {
                let range = tree.cells[a as usize].sources.clone();
                unit_sources(self.context, cell, range, self.w, &mut self.scratch.points);
                expansion.p2l(isa, &self.scratch.points, log_side, local);
            }
            if index != 0 {
                let parent = cell.parent as usize * len;
                expansion.l2l(isa, cell.octant(), &self.above[parent..parent + len], local);
            }
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Down<'_, T, E, D> {
    /// m2l over the far list: sources not yet met by this block are first brought to outgoing form.
    #[inline(always)]
    fn far<I: Isa>(&mut self, isa: I, index: usize, log_side: f64, local: &mut [f64]) {
        let expansion = self.context.expansion;
        let len = expansion.multipole_len();
        let pairs = &self.context.lists.far[index];
        if pairs.is_empty() {
            return;
        }
        let Scratch {
            outgoing, incoming, ..
        } = &mut *self.scratch;
        for pair in pairs {
            if let Some(waves) = outgoing.meet(pair.source) {
                let multipole = &self.multipoles[pair.source as usize * len..][..len];
                expansion.outgoing(isa, multipole, waves);
            }
        }
        incoming.resize(expansion.wave_len(), 0.0);
        expansion.translate(isa, pairs, outgoing, incoming);
        expansion.incoming(isa, incoming, local);
        if self.potential {
            let strength = pairs
                .iter()
                .map(|pair| self.multipoles[pair.source as usize * len]);
            expansion.far_constant(strength.sum(), log_side, local);
        }
    }
}

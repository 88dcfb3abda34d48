//! Downward: m2l over the far lists, p2l of larger leaves, l2l from parents to children, the coarsest level first.

use super::Context;
use super::upward::unit_sources;
use crate::expansion::{Expansion, Forms, NONE, Outgoing, UnitPoints};
use crate::lists::slots;
use crate::memory::room;
use lanes::{Isa, Job, Real};
use rayon::prelude::*;
use std::ops::Range;

/// Parents whose children one task handles at least.
const LEAST: usize = 64;

/// Parents whose children one task handles: with several threads, so few that all have work. A form is the same in any
/// block.
fn block(parents: usize, most: usize) -> usize {
    match rayon::current_num_threads() {
        1 => most,
        threads => parents.div_ceil(4 * threads).clamp(LEAST.min(most), most),
    }
}

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
        let size = block(parents.len(), context.expansion.parents_at_once());
        let mut blocks = Vec::with_capacity(parents.len().div_ceil(size));
        for start in parents.clone().step_by(size) {
            let block = start..(start + size).min(parents.end);
            let cells = &context.tree.cells[block.clone()];
            let count: usize = cells.iter().map(|cell| cell.children.len()).sum();
            let (out, more) = rest.split_at_mut(count * len);
            blocks.push((block, out));
            rest = more;
        }
        blocks.into_par_iter().for_each_init(
            || context.down.take(),
            |scratch, (parents, out)| {
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
            },
        );
    }
}

/// What one task needs beside its input and output, kept for the next.
#[derive(Debug)]
pub(crate) struct Scratch<const D: usize> {
    points: UnitPoints<D>,
    outgoing: Outgoing,
    /// Source cells by slot, and the places of their forms.
    cells: Vec<u32>,
    places: Vec<u32>,
    /// Incoming forms of the children of one parent.
    incoming: Forms,
    /// Octants of the children that hold targets, and which of the block's locals they have.
    children: Vec<(usize, usize)>,
}

impl<const D: usize> Default for Scratch<D> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            outgoing: Outgoing::default(),
            cells: vec![NONE; slots::count(D)],
            places: vec![0; slots::count(D)],
            incoming: Forms::default(),
            children: vec![],
        }
    }
}

impl<const D: usize> Scratch<D> {
    /// Bytes held, as far as they grow with the number of points.
    pub(crate) fn bytes(&self) -> usize {
        self.outgoing.bytes()
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

impl<T: Real, E: Expansion<D>, const D: usize> Job for Down<'_, T, E, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        for part in 0..E::PARTS {
            let (n_cells, len) = (
                self.context.tree.cells.len(),
                self.context.expansion.wave_len(),
            );
            self.scratch.outgoing.next_block(n_cells, len);
            self.part(isa, part);
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Down<'_, T, E, D> {
    /// What one part of the waves brings; with the first the locals begin, with the last they get the rest.
    #[inline(always)]
    fn part<I: Isa>(&mut self, isa: I, part: usize) {
        let (tree, expansion) = (self.context.tree, self.context.expansion);
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
            let any = self.far(isa, part, index);
            let log_side = tree.frame.cell_side(parent.level + 1).ln() - tree.frame.scale.ln();
            let mut children = std::mem::take(&mut self.scratch.children);
            children.clear();
            for child in parent.children.clone() {
                let cell = &tree.cells[child as usize];
                if !cell.targets.is_empty() {
                    children.push((cell.octant(), child as usize - first));
                }
            }
            if part == 0 {
                for &(_, local) in &children {
                    out[local * len..][..len].fill(0.0);
                }
            }
            if any {
                let incoming = &mut self.scratch.incoming;
                expansion.incoming(isa, part, &children, incoming, out);
                self.constants(part, &children, log_side, out);
            }
            if part + 1 == E::PARTS {
                for &(octant, local) in &children {
                    let child = first + local;
                    let local = &mut out[local * len..][..len];
                    self.larger(isa, child, log_side, local);
                    let above = &self.above[index * len..][..len];
                    expansion.l2l(isa, octant, above, local);
                }
            }
            self.scratch.children = children;
        }
        self.out = out;
    }

    /// The larger leaves that a cell is far from.
    #[inline(always)]
    fn larger<I: Isa>(&mut self, isa: I, child: usize, log_side: f64, local: &mut [f64]) {
        let (tree, points) = (self.context.tree, &mut self.scratch.points);
        for &a in &self.context.lists.larger[child] {
            let range = tree.cells[a as usize].sources.clone();
            unit_sources(self.context, &tree.cells[child], range, self.w, points);
            self.context.expansion.p2l(isa, points, log_side, local);
        }
    }

    /// The far lists of the children of a parent to incoming forms: sources not yet met by this block are first brought
    /// to outgoing form. Whether there are any.
    #[inline(always)]
    fn far<I: Isa>(&mut self, isa: I, part: usize, parent: usize) -> bool {
        let (tree, expansion) = (self.context.tree, self.context.expansion);
        let Scratch {
            outgoing,
            cells,
            places,
            incoming,
            ..
        } = &mut *self.scratch;
        cells.fill(NONE);
        self.context.lists.siblings(tree, parent, cells);
        expansion.outgoing(isa, part, self.multipoles, outgoing.meet(cells, places));
        let any = places.iter().any(|&place| place != Outgoing::NOTHING);
        if any {
            expansion.translate(isa, part, places, outgoing, incoming);
        }
        any
    }

    /// What the potentials of the far lists of children have that waves cannot carry; with the first part.
    fn constants(
        &self,
        part: usize,
        children: &[(usize, usize)],
        log_side: f64,
        locals: &mut [f64],
    ) {
        let (0, Some(far_slots)) = (part, self.potential) else {
            return;
        };
        let expansion = self.context.expansion;
        let (len, local_len) = (expansion.multipole_len(), expansion.local_len());
        for &(octant, local) in children {
            let mut strength = 0.0;
            for &slot in &far_slots[octant] {
                let source = self.scratch.cells[slot];
                if source != NONE {
                    strength += self.multipoles[source as usize * len];
                }
            }
            let local = &mut locals[local * local_len..][..local_len];
            expansion.far_constant(strength, log_side, local);
        }
    }
}

//! Downward: m2l over the far lists, p2l of larger leaves, l2l from parents to children, the coarsest level first.
//!
//! Parents of a level come in blocks. A block meets the source cells of the far lists of its parents' children, brings them
//! to outgoing form, and then serves parent after parent; it ends where its forms would become too many. In space all
//! threads work on one block, in the plane each has its own.

use super::Context;
use super::upward::unit_sources;
use crate::expansion::{Expansion, Forms, FormsMut, LargestCells, NONE, Outgoing, UnitPoints};
use crate::lists::slots;
use crate::memory::{Lines, Spares};
use crate::torus::background::Moments;
use crate::tree::Tree;
use lanes::{Isa, Job, Real};
use rayon::prelude::*;

/// What the pass works with, kept for the next time.
#[derive(Debug, Default)]
pub(crate) struct Down<const D: usize> {
    blocks: Spares<Met>,
    tasks: Spares<Scratch<D>>,
}

impl<const D: usize> Down<D> {
    /// Bytes held, as far as they grow with the number of points.
    pub(crate) fn bytes(&self) -> usize {
        self.blocks
            .sum(|met| met.outgoing.bytes() + met.cells.capacity() * size_of::<u32>())
    }
}

/// What a block has met.
#[derive(Debug, Default)]
struct Met {
    outgoing: Outgoing,
    /// By parent and slot.
    cells: Vec<u32>,
}

/// What one task needs beside its input and output.
#[derive(Debug)]
struct Scratch<const D: usize> {
    points: UnitPoints<D>,
    /// The places of the forms of some parents' slots.
    places: Vec<u32>,
    /// Incoming forms of the children of some parents.
    incoming: Forms,
    /// The places of the forms of one parent's children that hold targets, and which of the task's locals they have.
    children: Vec<(usize, usize)>,
}

impl<const D: usize> Default for Scratch<D> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            places: vec![],
            incoming: Forms::default(),
            children: vec![],
        }
    }
}

/// What all blocks read.
struct Pass<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    w: &'a [T],
    multipoles: &'a [f64],
    /// Where the constants of potentials are wanted: the slots of each child's far list, and those of a level that takes near cells too.
    potential: Option<&'a [Vec<Vec<usize>>; 2]>,
}

/// Locals of all cells that hold targets, in the order of the cells.
pub(super) fn run<T: Real, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    (w, multipoles, moments): (&[T], &[f64], Option<Moments>),
    potential: bool,
    locals: &mut Lines<f64>,
) {
    let (tree, len) = (context.tree, context.expansion.local_len());
    locals.grow(tree.cells_of_box() * len, 0.0);
    locals[..len].fill(0.0);
    let slots = [slots::far_slots::<D>(), slots::all_slots::<D>()];
    let pass = Pass {
        context,
        w,
        multipoles,
        potential: potential.then_some(&slots),
    };
    let background = moments.zip(context.expansion.at(0).uniform());
    let put_back = |level: usize, locals: &mut [f64]| match background {
        Some((moments, uniform)) if level == tree.last_full_level() as usize => {
            moments.put_back(uniform, tree, locals);
        }
        _ => {}
    };
    for level in 0..tree.depth() {
        images(context, level, multipoles, locals);
        put_back(level, locals);
        let children = tree.level(level + 1);
        let (above, below) = locals.split_at_mut(children.start * len);
        let wanted = |&index: &u32| {
            let cell = &tree.cells[index as usize];
            !cell.is_leaf() && !cell.targets.is_empty()
        };
        let all = tree.level(level).start as u32..tree.level(level).end as u32;
        let parents: Vec<u32> = all.filter(wanted).collect();
        // What lies before the first parent's children belongs to the empty piece that is split off first.
        let piece = Piece {
            parents: &parents,
            first: children.start,
            locals: below,
        };
        let (_, piece) = piece.split_at(tree, 0, len);
        let size = block(parents.len(), context.expansion.parents_at_once());
        piece
            .split(tree, size, len)
            .into_par_iter()
            .for_each(|piece| pass.block(above, piece));
    }
    images(context, tree.depth(), multipoles, locals);
    put_back(tree.depth(), locals);
}

/// On a torus, to the locals of its largest cells what their own images beyond those next to a cell bring.
fn images<T: Real, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    level: usize,
    multipoles: &[f64],
    locals: &mut [f64],
) {
    let tree = context.tree;
    if !tree.is_torus() || level != tree.frame.fit.first_level() as usize {
        return;
    }
    let expansion = context.expansion.at(level as u32);
    let cells = tree.level(level);
    let part = |len: usize| cells.start * len..cells.end * len;
    let all = LargestCells {
        anchors: tree.cells[cells.clone()]
            .iter()
            .map(|cell| cell.anchor)
            .collect(),
        multipoles: &multipoles[part(expansion.multipole_len())],
        log_side: tree.frame.log_side(level as u32),
    };
    expansion.images(
        context.chosen,
        &all,
        &mut locals[part(expansion.local_len())],
    );
}

/// Parents of a block that is one task's, at least, if there are so many.
const LEAST: usize = 64;
/// Parents of a block at most, since it keeps the slots of each.
const MOST: usize = 1 << 13;

/// Parents of one block: where it is one task's, with several threads so few that all have work. A form is the same in any block.
fn block(parents: usize, most: usize) -> usize {
    match rayon::current_num_threads() {
        1 => most,
        _ if most == usize::MAX => most,
        threads => parents.div_ceil(4 * threads).clamp(LEAST.min(most), most),
    }
}

/// How much of the work of a block one task does, if they share it; a multiple of 8.
fn share(all: usize) -> usize {
    let tasks = match rayon::current_num_threads() {
        1 => 1,
        threads => 4 * threads,
    };
    all.div_ceil(tasks).next_multiple_of(8).max(8)
}

/// Some parents of a level, and the locals of the level's cells from the first one's first child on.
struct Piece<'a> {
    parents: &'a [u32],
    first: usize,
    locals: &'a mut [f64],
}

impl<'a> Piece<'a> {
    /// The first `n` parents with the locals of their children, and the others.
    fn split_at<const D: usize>(self, tree: &Tree<D>, n: usize, len: usize) -> (Self, Self) {
        let (parents, rest) = self.parents.split_at(n);
        let first_child = |&parent: &u32| tree.cells[parent as usize].children.start as usize;
        let next = rest
            .first()
            .map_or(self.first + self.locals.len() / len, first_child);
        let (locals, more) = self.locals.split_at_mut((next - self.first) * len);
        let rest = Self {
            parents: rest,
            first: next,
            locals: more,
        };
        (
            Self {
                parents,
                locals,
                ..self
            },
            rest,
        )
    }

    /// Pieces of `size` parents.
    fn split<const D: usize>(mut self, tree: &Tree<D>, size: usize, len: usize) -> Vec<Self> {
        let mut pieces = vec![];
        while self.parents.len() > size {
            let (piece, rest) = self.split_at(tree, size, len);
            pieces.push(piece);
            self = rest;
        }
        pieces.push(self);
        pieces
    }

    fn reborrow(&mut self) -> Piece<'_> {
        Piece {
            parents: self.parents,
            first: self.first,
            locals: self.locals,
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Pass<'_, T, E, D> {
    /// The locals of one block, in as many rounds as its forms need.
    fn block(&self, above: &[f64], mut rest: Piece) {
        let (tree, expansion) = (self.context.tree, self.context.expansion);
        let len = expansion.local_len();
        let mut met = self.context.down.blocks.take();
        while !rest.parents.is_empty() {
            let count = self.meet(rest.parents, &mut met);
            let (mut piece, more) = rest.split_at(tree, count, len);
            rest = more;
            for part in 0..E::PARTS {
                self.bring_out(part, &mut met.outgoing);
                let size = if E::SHARED { share(count) } else { count };
                let cells = met.cells.chunks(size * slots::count(D));
                let pieces = piece.reborrow().split(tree, size, len);
                let tasks: Vec<_> = cells.zip(pieces).collect();
                tasks.into_par_iter().for_each_init(
                    || self.context.down.tasks.take(),
                    |scratch, (cells, piece)| {
                        self.context.chosen.run(Serve {
                            pass: self,
                            part,
                            above,
                            outgoing: &met.outgoing,
                            cells,
                            piece,
                            scratch,
                        });
                    },
                );
            }
        }
    }

    /// The source cells that a block's parents meet, up to the one that would be too many: of how many parents.
    fn meet(&self, parents: &[u32], met: &mut Met) -> usize {
        let Context {
            tree,
            lists,
            expansion,
            ..
        } = self.context;
        let Met { outgoing, cells } = met;
        outgoing.next_block(tree.cells_of_box(), expansion.wave_len());
        cells.clear();
        let most = expansion.forms_at_once().saturating_sub(slots::count(D));
        for (k, &parent) in parents.iter().enumerate() {
            if k == MOST || k > 0 && outgoing.count() > most {
                return k;
            }
            cells.resize((k + 1) * slots::count(D), NONE);
            let cells = &mut cells[k * slots::count(D)..];
            lists.siblings(tree, parent as usize, cells);
            outgoing.meet(cells);
        }
        parents.len()
    }

    /// One part of the outgoing forms of all cells that were met.
    fn bring_out(&self, part: usize, outgoing: &mut Outgoing) {
        let expansion = self.context.expansion;
        let (cells, mut forms) = outgoing.all_mut(expansion.waves_in_single());
        let size = if E::SHARED {
            share(cells.len())
        } else {
            cells.len().max(1)
        };
        let mut tasks = vec![];
        for cells in cells.chunks(size) {
            let (these, rest) = forms.split_at(cells.len() * expansion.wave_len());
            tasks.push((cells, these));
            forms = rest;
        }
        tasks.into_par_iter().for_each(|(cells, forms)| {
            self.context.chosen.run(BringOut {
                pass: self,
                part,
                cells,
                forms,
            });
        });
    }
}

/// Outgoing forms of some cells.
struct BringOut<'a, T, E, const D: usize> {
    pass: &'a Pass<'a, T, E, D>,
    part: usize,
    cells: &'a [u32],
    forms: FormsMut<'a>,
}

impl<T: Real, E: Expansion<D>, const D: usize> Job for BringOut<'_, T, E, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let expansion = self.pass.context.expansion;
        let Some(&first) = self.cells.first() else {
            return;
        };
        let expansion = expansion.at(self.pass.context.tree.cells[first as usize].level);
        expansion.outgoing(isa, self.part, self.pass.multipoles, self.cells, self.forms);
    }
}

/// What one part of the waves brings to the locals of the children of some parents; with the first part they begin, with
/// the last they get the rest.
struct Serve<'a, T, E, const D: usize> {
    pass: &'a Pass<'a, T, E, D>,
    part: usize,
    above: &'a [f64],
    outgoing: &'a Outgoing,
    /// By parent and slot.
    cells: &'a [u32],
    piece: Piece<'a>,
    scratch: &'a mut Scratch<D>,
}

impl<T: Real, E: Expansion<D>, const D: usize> Job for Serve<'_, T, E, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let parents = self.piece.parents.chunks(E::TOGETHER);
        for (parents, cells) in parents.zip(self.cells.chunks(E::TOGETHER * slots::count(D))) {
            self.some_parents(isa, parents, cells);
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Serve<'_, T, E, D> {
    #[inline(always)]
    fn some_parents<I: Isa>(&mut self, isa: I, parents: &[u32], cells: &[u32]) {
        let Scratch {
            places, incoming, ..
        } = &mut *self.scratch;
        places.resize(cells.len(), 0);
        let mut any = false;
        let slots = slots::count(D);
        for (cells, places) in cells.chunks(slots).zip(places.chunks_mut(slots)) {
            any |= self.outgoing.places(cells, places);
        }
        if any {
            let Context {
                expansion, tree, ..
            } = self.pass.context;
            let expansion = expansion.at(tree.cells[parents[0] as usize].level + 1);
            expansion.translate(isa, self.part, places, self.outgoing, incoming);
        }
        for (k, (&parent, cells)) in parents.iter().zip(cells.chunks(slots)).enumerate() {
            self.parent(isa, parent as usize, cells, any.then_some(k << D));
        }
    }

    /// The locals of one parent's children, whose incoming forms begin at the place `first_form`, if there are any.
    #[inline(always)]
    fn parent<I: Isa>(&mut self, isa: I, parent: usize, cells: &[u32], first_form: Option<usize>) {
        let (context, part) = (self.pass.context, self.part);
        let (tree, expansion) = (context.tree, context.expansion);
        let len = expansion.local_len();
        let Scratch {
            points,
            incoming,
            children,
            ..
        } = &mut *self.scratch;
        let Piece { first, locals, .. } = &mut self.piece;
        let level = tree.cells[parent].level + 1;
        let (above, expansion) = (expansion.at(level - 1), expansion.at(level));
        let log_side = tree.frame.log_side(level);
        children.clear();
        for child in tree.cells[parent].children.clone() {
            let cell = &tree.cells[child as usize];
            if !cell.targets.is_empty() {
                let form = first_form.unwrap_or(0) + cell.octant();
                children.push((form, child as usize - *first));
            }
        }
        if part == 0 {
            for &(_, local) in &*children {
                locals[local * len..][..len].fill(0.0);
            }
        }
        if first_form.is_some() {
            expansion.incoming(isa, part, children, incoming, locals);
        }
        for &(form, local) in &*children {
            let octant = form % (1 << D);
            let child = *first + local;
            let local = &mut locals[local * len..][..len];
            if part == 0 {
                self.pass
                    .constant((expansion, level), octant, cells, log_side, local);
            }
            if part + 1 == E::PARTS {
                self.pass.larger(isa, child, log_side, points, local);
                above.l2l(isa, octant, &self.above[parent * len..][..len], local);
            }
        }
    }
}

impl<T: Real, E: Expansion<D>, const D: usize> Pass<'_, T, E, D> {
    /// What the potential of a far list has that waves cannot carry.
    #[inline(always)]
    fn constant(
        &self,
        (expansion, level): (&E, u32),
        octant: usize,
        cells: &[u32],
        log_side: f64,
        local: &mut [f64],
    ) {
        let Some([far_slots, all_slots]) = self.potential else {
            return;
        };
        let far_slots = if self.context.lists.expanded == Some(level) {
            all_slots
        } else {
            far_slots
        };
        let sources = far_slots[octant].iter().map(|&slot| cells[slot]);
        let mut strength = 0.0;
        for source in sources.filter(|&source| source != NONE) {
            strength += self.multipoles[source as usize * expansion.multipole_len()];
        }
        expansion.far_constant(strength, log_side, local);
    }

    /// The larger leaves that a cell is far from.
    #[inline(always)]
    fn larger<I: Isa>(
        &self,
        isa: I,
        child: usize,
        log_side: f64,
        points: &mut UnitPoints<D>,
        local: &mut [f64],
    ) {
        let tree = self.context.tree;
        for &a in &self.context.lists.larger[child] {
            let range = tree.cells[a as usize].sources.clone();
            unit_sources(self.context, &tree.cells[child], range, self.w, points);
            let expansion = self.context.expansion.at(tree.cells[child].level);
            expansion.p2l(isa, points, log_side, local);
        }
    }
}

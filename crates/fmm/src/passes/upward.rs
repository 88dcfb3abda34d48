//! Upward: p2m in the leaves, m2m from children to parents, the deepest level first.

use super::Context;
use crate::expansion::{Expansion, UnitPoints};
use crate::memory::Lines;
use crate::tree::Cell;
use lanes::{Isa, Job, Real};
use rayon::prelude::*;
use std::ops::Range;

/// Cells that one task handles.
const BLOCK: usize = 128;

/// Multipoles of all cells that hold sources, in the order of the cells; the two coarsest levels need none but on a torus.
pub(super) fn run<T: Real, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    w: &[T],
    multipoles: &mut Lines<f64>,
) {
    let len = context.expansion.multipole_len();
    multipoles.grow(context.tree.cells_of_box() * len, 0.0);
    for level in (0..=context.tree.depth()).rev() {
        let cells = context.tree.level(level);
        let (upper, lower) = multipoles.split_at_mut(cells.end * len);
        let here = &mut upper[cells.start * len..];
        here.par_chunks_mut(BLOCK * len).enumerate().for_each_init(
            UnitPoints::default,
            |points, (b, out)| {
                let first = cells.start + b * BLOCK;
                let job = Up {
                    context,
                    w,
                    cells: first..first + out.len() / len,
                    below: lower,
                    first_below: cells.end,
                    out,
                    points,
                };
                context.chosen.run(job);
            },
        );
    }
}

/// The multipoles of a block of cells of one level.
struct Up<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    w: &'a [T],
    cells: Range<usize>,
    /// Multipoles of the deeper levels, from cell `first_below` on.
    below: &'a [f64],
    first_below: usize,
    out: &'a mut [f64],
    points: &'a mut UnitPoints<D>,
}

impl<T: Real, E: Expansion<D>, const D: usize> Job for Up<'_, T, E, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let (tree, expansion) = (self.context.tree, self.context.expansion);
        let len = expansion.multipole_len();
        for (out, cell) in self.out.chunks_exact_mut(len).zip(&tree.cells[self.cells]) {
            out.fill(0.0);
            if cell.sources.is_empty() {
                continue;
            }
            if cell.is_leaf() {
                unit_sources(
                    self.context,
                    cell,
                    cell.sources.clone(),
                    self.w,
                    self.points,
                );
                expansion.at(cell.level).p2m(isa, self.points, out);
            }
            for child in cell.children.clone() {
                let at = (child as usize - self.first_below) * len;
                let octant = tree.cells[child as usize].octant();
                let expansion = expansion.at(cell.level);
                expansion.m2m(isa, octant, &self.below[at..at + len], out);
            }
        }
    }
}

/// A range of sources in the box units of `cell`.
#[inline(always)]
pub(super) fn unit_sources<T: Real, E, const D: usize>(
    context: &Context<T, E, D>,
    cell: &Cell<D>,
    range: Range<u32>,
    w: &[T],
    points: &mut UnitPoints<D>,
) {
    unit_points(context, cell, context.sources, range.clone(), points);
    let range = range.start as usize..range.end as usize;
    for (out, w) in points.w.iter_mut().zip(&w[range]) {
        *out = w.to_f64();
    }
}

/// A range of points in the box units of `cell`; their strengths are unspecified.
#[inline(always)]
pub(crate) fn unit_points<T: Real, E, const D: usize>(
    context: &Context<T, E, D>,
    cell: &Cell<D>,
    from: &[Vec<T>; D],
    range: Range<u32>,
    points: &mut UnitPoints<D>,
) {
    let range = range.start as usize..range.end as usize;
    let centre = context.tree.centre(cell);
    let sides = context.tree.frame.cell_sides(cell.level);
    points.resize(range.len());
    for a in 0..D {
        let inverse = 1.0 / sides[a];
        for (u, x) in points.u[a].iter_mut().zip(&from[a][range.clone()]) {
            *u = (x.to_f64() - centre[a]) * inverse;
        }
    }
}

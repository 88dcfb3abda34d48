//! The leaves: near pairs, locals at points, smaller cells at points.

use super::unit::Unit;
use super::{GeneralKernel, pairs};
use crate::expansion::interpolation::skeleton::Skeleton;
use crate::expansion::{Expansion, UnitPoints, UnitSums};
use crate::passes::wanted::POTENTIAL;
use crate::passes::{Buffers, Context, unit_points};
use crate::tree::Cell;
use lanes::{Isa, Job};
use rayon::prelude::*;

type Passes<'a, K, const D: usize, const C: usize> = Context<'a, f64, Skeleton<K, D, C>, D>;

/// The sums at all targets in tree order, in units of the plan and of the strengths of the buffers, whose multipoles and
/// locals are there.
pub(super) fn run<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
    context: &Passes<K, D, C>,
    (kernel, unit): (&K, Unit),
    buffers: &Buffers<f64>,
) -> Vec<[f64; C]> {
    let mut sums = vec![[0.0; C]; context.tree.targets().len()];
    let (mut rest, mut leaves) = (&mut sums[..], vec![]);
    for &leaf in context.leaves {
        let count = context.tree.cells[leaf as usize].targets.len();
        let (here, more) = rest.split_at_mut(count);
        leaves.push((leaf, here));
        rest = more;
    }
    leaves
        .into_par_iter()
        .for_each_init(Scratch::default, |scratch, (leaf, sums)| {
            context.chosen.run(Leaf {
                context,
                kernel,
                unit,
                buffers,
                leaf: leaf as usize,
                scratch,
                sums,
            });
        });
    sums
}

/// What one task needs beside its input and output.
struct Scratch<const D: usize, const C: usize> {
    /// Near sources by axis, and their strengths.
    y: [Vec<f64>; D],
    w: Vec<f64>,
    points: UnitPoints<D>,
    far: [UnitSums<D>; C],
}

impl<const D: usize, const C: usize> Default for Scratch<D, C> {
    fn default() -> Self {
        Self {
            y: std::array::from_fn(|_| vec![]),
            w: vec![],
            points: UnitPoints::default(),
            far: std::array::from_fn(|_| UnitSums::default()),
        }
    }
}

/// All sums of one leaf.
struct Leaf<'a, K, const D: usize, const C: usize> {
    context: &'a Passes<'a, K, D, C>,
    kernel: &'a K,
    unit: Unit,
    buffers: &'a Buffers<f64>,
    leaf: usize,
    scratch: &'a mut Scratch<D, C>,
    sums: &'a mut [[f64; C]],
}

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> Job for Leaf<'_, K, D, C> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let cell = &self.context.tree.cells[self.leaf];
        self.near(cell);
        self.smaller(cell);
        self.local(isa, cell);
    }
}

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> Leaf<'_, K, D, C> {
    /// What makes values of a level those of the plan.
    #[inline(always)]
    fn scale(&self, level: u32) -> f64 {
        let side = self.context.tree.frame.cell_side(level);
        side.powf(self.unit.degree)
    }

    /// Sources of the leaf itself and of its near list.
    #[inline(always)]
    fn near(&mut self, cell: &Cell<D>) {
        let Scratch { y, w, .. } = &mut *self.scratch;
        y.iter_mut().for_each(Vec::clear);
        w.clear();
        let near = self.context.lists.near[self.leaf].iter();
        for range in near.chain([&cell.sources]) {
            let range = range.start as usize..range.end as usize;
            for (y, from) in y.iter_mut().zip(self.context.sources) {
                y.extend_from_slice(&from[range.clone()]);
            }
            w.extend_from_slice(&self.buffers.w[range]);
        }
        let first = cell.targets.start as usize;
        for (k, sums) in self.sums.iter_mut().enumerate() {
            let x = std::array::from_fn(|a| self.context.targets[a][first + k]);
            let y = y.each_ref().map(|y| &y[..]);
            pairs::add((self.kernel, self.unit.length), x, y, w, sums);
        }
    }

    /// Multipoles of smaller cells.
    #[inline(always)]
    fn smaller(&mut self, cell: &Cell<D>) {
        let Context {
            tree, expansion, ..
        } = self.context;
        for &a in &self.context.lists.smaller[self.leaf] {
            let other = &tree.cells[a as usize];
            let scale = self.scale(other.level);
            let len = expansion.multipole_len();
            let multipole = &self.buffers.multipoles[a as usize * len..][..len];
            let points = &mut self.scratch.points;
            let targets = cell.targets.clone();
            unit_points(self.context, other, self.context.targets, targets, points);
            for (k, sums) in self.sums.iter_mut().enumerate() {
                let u = std::array::from_fn(|a| points.u[a][k]);
                let mut found = [0.0; C];
                let expansion = expansion.at(other.level);
                expansion.at_point(multipole, u, &mut found);
                for c in 0..C {
                    sums[c] += scale * found[c];
                }
            }
        }
    }

    /// The leaf's local.
    #[inline(always)]
    fn local<I: Isa>(&mut self, isa: I, cell: &Cell<D>) {
        let (expansion, scale) = (self.context.expansion, self.scale(cell.level));
        let Scratch { points, far, .. } = &mut *self.scratch;
        let targets = cell.targets.clone();
        unit_points(self.context, cell, self.context.targets, targets, points);
        far.iter_mut()
            .for_each(|far| far.reset(self.sums.len(), POTENTIAL));
        let len = expansion.local_len();
        let local = &self.buffers.locals[self.leaf * len..][..len];
        expansion.at(cell.level).values(isa, local, points, far);
        for (k, sums) in self.sums.iter_mut().enumerate() {
            for c in 0..C {
                sums[c] += scale * far[c].t[k];
            }
        }
    }
}

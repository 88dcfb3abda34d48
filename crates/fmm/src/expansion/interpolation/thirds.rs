//! On a torus whose box is three cells wide: the images of its cells beyond those that touch a cell, from multipoles to locals.
//!
//! Of each cell one image is at r ∈ {−1, 0, 1}^D from another, in sides of a cell, which is near. In that unit all others bring
//!
//! ```text
//! R_r(u) = 3^{−s} Σ_n γ((u + r)/3 − n) − κ(|u + r|),   |u|∞ ≤ 1      L = (W U)ᵀ R_r(x_a − y_b) (W U) M
//! ```
//!
//! with γ the sum of the unit box. That is as smooth as κ between cells that do not touch, and the same of r with other signs but for
//! those of the numbers.

use super::WIDEST;
use super::kappa::Kappa;
use super::lattice::{Differences, Near, Remainder};
use super::operators::Operators;
use super::tensor::{TensorNodes, indices};
use crate::expansion::LargestCells;
use crate::torus::split::FarPower;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// By the axes along which r is not 0, as bits.
#[derive(Debug)]
pub(super) struct Thirds {
    matrices: Vec<DMatrix<f64>>,
}

/// Where R is the same: along each axis |r| and a node, in any order.
type Alike<const D: usize> = [(usize, usize); D];

impl Thirds {
    /// For κ between cubes of which one is as good as another.
    pub(super) fn new<const D: usize>(
        power: FarPower,
        kappa: &Kappa<D>,
        nodes: &TensorNodes<D>,
        operators: &Operators,
    ) -> Self {
        let unit = 3f64.powf(power.s);
        let itself = Near {
            boxes: 0,
            at: (1.0 / 3.0, unit * kappa.radial.value(1.0)),
        };
        let remainder = Remainder::<D>::new((power.s, 0.0), kappa.stretch, itself);
        let grid = Differences::new(nodes);
        let counts = grid.nodes.counts();
        let alike = |bits: usize, index: [usize; D]| -> Alike<D> {
            let mut alike = std::array::from_fn(|a| match bits >> a & 1 {
                0 => (0, index[a].max(counts[a] - 1 - index[a])),
                r => (r, index[a]),
            });
            alike.sort_unstable();
            alike
        };
        let all = |bits: usize| indices(counts).map(move |index| alike(bits, index));
        let mut own: Vec<Alike<D>> = (0..1 << D).flat_map(all).collect();
        own.sort_unstable();
        own.dedup();
        let at = |alike: &Alike<D>| {
            let u = grid.nodes.at(alike.map(|(_, node)| node));
            remainder.at(std::array::from_fn(|a| {
                (alike[a].0 as f64 + 2.0 * u[a]) / 3.0
            })) / unit
        };
        let values: Vec<f64> = own.par_iter().map(at).collect();
        let matrix = |bits: usize| {
            let found =
                |alike: Alike<D>| own.binary_search(&alike).map_or(f64::NAN, |at| values[at]);
            grid.matrix(all(bits).map(found).collect(), operators)
        };
        Self {
            matrices: (0..1 << D).into_par_iter().map(matrix).collect(),
        }
    }

    /// From the multipoles of all cells to their locals; `signs` of their numbers by reflection.
    pub(super) fn images<const D: usize>(
        &self,
        all: &LargestCells<D>,
        signs: &[Vec<f64>],
        locals: &mut [f64],
    ) {
        let (cells, rank) = (all.anchors.len(), self.matrices[0].nrows());
        let (from, to) = (all.multipoles.len() / cells, locals.len() / cells);
        let mut multipoles = DMatrix::zeros(rank, cells);
        for offset in indices([3; D]).map(|offset| offset.map(|r| r as i32 - 1)) {
            let bits = |is: fn(i32) -> bool| (0..D).map(|a| usize::from(is(offset[a])) << a).sum();
            let (apart, reflection): (usize, usize) = (bits(|r| r != 0), bits(|r| r < 0));
            let signs = &signs[reflection];
            for (target, mut column) in multipoles.column_iter_mut().enumerate() {
                let there = |source: &usize| all.offset(target, *source) == offset;
                let source = (0..cells)
                    .find(there)
                    .expect("each cell is once at each offset");
                let numbers = &all.multipoles[source * from + WIDEST..];
                for ((x, number), sign) in column.iter_mut().zip(numbers).zip(signs) {
                    *x = number * sign;
                }
            }
            let brought = &self.matrices[apart] * &multipoles;
            for (local, column) in locals.chunks_exact_mut(to).zip(brought.column_iter()) {
                for ((out, x), sign) in local[WIDEST..].iter_mut().zip(column.iter()).zip(signs) {
                    *out += x * sign;
                }
            }
        }
    }
}

//! The operators of a kernel: what leads from points to multipoles, between cells, and back.

use super::WIDEST;
use super::basis::Basis;
use super::importance::Importance;
use super::kappa::Kappa;
use super::matrix::Matrix;
use super::parts::{Parts, distinct, reordered, reordered_class};
use super::product::Product;
use super::tensor::{TensorNodes, along_axes, indices};
use bincode::{Decode, Encode};
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::borrow::Cow;

/// The rows of one parity class.
#[derive(Debug, Encode, Decode)]
pub(super) struct Class {
    /// Polynomials of this parity: their places among all.
    pub(super) polynomials: Vec<u32>,
    /// Where the numbers of this class begin among those of a multipole, and how many they are.
    pub(super) first: usize,
    pub(super) rank: usize,
    /// From sums of polynomials over points to a multipole, from a whole vector at or before `first` on.
    pub(super) up: Matrix,
    /// From a local to coefficients of polynomials.
    pub(super) down: Matrix,
}

impl Class {
    /// Where `up` begins.
    pub(super) fn aligned(&self) -> usize {
        self.first / WIDEST * WIDEST
    }
}

/// What else operators serve.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Serves {
    /// Cells meet their neighbours and themselves too.
    pub(super) near: bool,
    /// Uniform densities are exact multipoles, as a torus wants.
    pub(super) torus: bool,
}

/// Matrices between cells in box units, of a kernel with 2^D parity classes.
#[derive(Debug, Encode, Decode)]
pub(super) struct Operators {
    pub(super) rank: usize,
    /// What the first number of a local stands for: this constant.
    pub(super) constant: f64,
    pub(super) classes: Vec<Class>,
    /// The parity class of every number of a multipole: its bits say along which axes it is odd.
    pub(super) class_of: Vec<usize>,
    /// By offset of [`offsets`].
    pub(super) m2l: Vec<Product>,
    /// Strengths at the nodes that stand for a multipole, by node, then number; transposed they take values at nodes to a
    /// local.
    pub(super) at_nodes: Vec<Vec<f64>>,
    pub(super) importance: Importance,
}

/// What the factors of the matrices may lose, of what the basis does. With four times as much, a tolerance of 1e-12 was missed by a tenth.
const LOST: f64 = 1.0;

/// Where a kernel is nearly a polynomial of the second degree, which the basis has anyway, little is left, and at last roundings: what the
/// norm of that is not taken to be below, and what of the kernel's norm no basis can keep.
const LEAST: f64 = 1e-4;
const ROUNDING: f64 = 4e-15;

/// Bytes of the kernel over all offsets: those of ten nodes an axis in space.
const MOST_KEPT: usize = 160 << 20;

/// Offsets between cells that meet, target − source, without negative components: far ones, and near ones too where `all` are met so.
pub(super) fn offsets<const D: usize>(all: bool) -> Vec<[usize; D]> {
    indices([4; D])
        .filter(|o| all || o.iter().any(|&o| o >= 2))
        .collect()
}

impl Operators {
    /// Operators on these nodes that lose at most `error` of the kernel. Offsets that differ by an order of their axes which
    /// changes nothing of the kernel share what is sampled.
    /// `above`: the basis of the parents, if it is of another kernel.
    pub(super) fn new<const D: usize>(
        kappa: &Kappa<D>,
        nodes: &TensorNodes<D>,
        error: f64,
        above: Option<&Importance>,
        serves: Serves,
    ) -> Self {
        let (parts, offsets) = (Parts::<D>::new(nodes), offsets::<D>(serves.near));
        let orders = kappa.orders();
        let sorted: Vec<[usize; D]> = offsets
            .iter()
            .copied()
            .filter(|offset| {
                orders
                    .iter()
                    .all(|order| *offset <= order.map(|a| offset[a]))
            })
            .collect();
        // They are wanted twice, where they have room.
        let bytes = sorted.len() * size_of::<f64>() * nodes.len().pow(2);
        let kept = sorted.par_iter().filter(|_| bytes <= MOST_KEPT);
        let kept: Vec<_> = kept.map(|&offset| parts.kernel(kappa, offset)).collect();
        let kernel = |k: usize| match kept.get(k) {
            Some(kernel) => Cow::Borrowed(kernel),
            None => Cow::Owned(parts.kernel(kappa, sorted[k])),
        };
        let least = if kappa.radial.is_homogeneous() {
            0.0
        } else {
            LEAST.max(ROUNDING / error)
        };
        let counting: Vec<_> = sorted
            .iter()
            .copied()
            .zip(factors(kappa, &sorted))
            .collect();
        let basis = Basis::new(
            &parts,
            nodes,
            (error, least),
            &counting,
            kernel,
            (above, serves, &orders),
        );
        let weights = nodes.root_weights();
        let (all, rank) = (weights.len(), basis.columns.len());
        let u = DMatrix::from_fn(all, rank, |i, j| basis.columns[j][i]);
        let lost = LOST * error * basis.importance.norm / (offsets.len() as f64).sqrt();
        let of_sorted = counting
            .par_iter()
            .enumerate()
            .map(|(k, &(offset, factor))| {
                let kernel = kernel(k);
                let lost = lost / factor;
                let orders = distinct(&orders, offset).into_par_iter().map(|order| {
                    let other = order.map(|a| offset[a]);
                    let product = Product::new(compressed(&parts, &basis, &kernel, &order), lost);
                    (offsets.iter().position(|&offset| offset == other), product)
                });
                orders.collect::<Vec<_>>()
            });
        let mut m2l: Vec<_> = of_sorted.flatten().collect();
        m2l.sort_by_key(|&(place, _)| place);
        let m2l = m2l.into_iter().map(|(_, product)| product).collect();
        let ranks = basis.blocks.iter().map(DMatrix::ncols).enumerate();
        Self {
            rank,
            constant: u[(0, 0)] / weights[0],
            classes: classes(nodes, &weights, &basis),
            class_of: ranks
                .flat_map(|(class, n)| std::iter::repeat_n(class, n))
                .collect(),
            m2l,
            at_nodes: (0..all)
                .map(|i| (0..rank).map(|j| weights[i] * u[(i, j)]).collect())
                .collect(),
            importance: basis.importance,
        }
    }
}

/// The most by which an offset counts more than others.
const MOST: f64 = 30.0;

/// By how much offsets count more over which the field is smaller, where the kernel has a length of its own: it may be all that there is,
/// between small clusters.
fn factors<const D: usize>(kappa: &Kappa<D>, offsets: &[[usize; D]]) -> Vec<f64> {
    let radial = kappa.radial;
    if radial.is_homogeneous() {
        return vec![1.0; offsets.len()];
    }
    let size = |offset: &[usize; D]| {
        let r = kappa.stretch.square(offset.map(|o| o as f64)).sqrt();
        let around = [-0.5, -0.25, 0.0, 0.25, 0.5].map(|aside| (r + aside).abs());
        let fields = around.map(|r| (r * radial.phi(r * r)).abs());
        fields.into_iter().fold(0.0, f64::max)
    };
    let sizes: Vec<f64> = offsets.iter().map(size).collect();
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let factor = |size: f64| {
        if size * MOST > largest {
            largest / size
        } else {
            MOST
        }
    };
    sizes.into_iter().map(factor).collect()
}

/// Uᵀ W K W U for an offset whose axes are in this order among those of the kernel's.
fn compressed<const D: usize>(
    parts: &Parts<D>,
    basis: &Basis,
    kernel: &DMatrix<f64>,
    order: &[usize; D],
) -> DMatrix<f64> {
    // The basis in the kernel's order: its classes, and the rows of each.
    let blocks: Vec<(usize, DMatrix<f64>)> = basis
        .blocks
        .iter()
        .enumerate()
        .map(|(class, block)| {
            let of = reordered_class(class, order);
            let mut moved = DMatrix::zeros(block.nrows(), block.ncols());
            for (i, part) in parts.of_class[class].iter().enumerate() {
                let row = parts.row(&reordered(part, order)) - parts.first[of];
                moved.row_mut(row).copy_from(&block.row(i));
            }
            (of, moved)
        })
        .collect();
    let rank = basis.columns.len();
    let mut compressed = DMatrix::zeros(rank, rank);
    let mut column = 0;
    for (of, right) in &blocks {
        let columns = parts.first[*of]..parts.first[*of] + right.nrows();
        let mut row = 0;
        for (of, left) in &blocks {
            let rows = parts.first[*of]..parts.first[*of] + left.nrows();
            let part = kernel.view((rows.start, columns.start), (rows.len(), columns.len()));
            let product = left.tr_mul(&(part * right));
            compressed
                .view_mut((row, column), (left.ncols(), right.ncols()))
                .copy_from(&product);
            row += left.ncols();
        }
        column += right.ncols();
    }
    compressed
}

/// What leads from cells to their parents and back; for the child whose octant is 0, others are its reflections.
#[derive(Debug, Default, Encode, Decode)]
pub(super) struct Shift {
    pub(super) m2m: Matrix,
    pub(super) l2l: Matrix,
}

impl Shift {
    /// Between the bases of parents and of children: Uᵀ W⁻¹ ℓ(child's nodes in the parent) W U.
    pub(super) fn new<const D: usize>(
        nodes: &TensorNodes<D>,
        parents: &Operators,
        children: &Operators,
    ) -> Self {
        let to_parent = nodes.0.each_ref().map(|nodes| -> Vec<Vec<f64>> {
            let (n, at_children) = (nodes.len(), nodes.in_first_child());
            (0..n)
                .map(|a| (0..n).map(|b| at_children[b][a]).collect())
                .collect()
        });
        let weights = nodes.root_weights();
        let of = |operators: &Operators, weight: fn(f64) -> f64| {
            let at = |i: usize, j: usize| operators.at_nodes[i][j] * weight(weights[i]);
            DMatrix::from_fn(weights.len(), operators.rank, at)
        };
        // W U of the children, moved, and W⁻¹ U of the parents.
        let (mut moved, u) = (of(children, |_| 1.0), of(parents, |w| 1.0 / (w * w)));
        for mut column in moved.column_iter_mut() {
            let to_parent = to_parent.each_ref().map(Vec::as_slice);
            along_axes(column.as_mut_slice(), to_parent);
        }
        let shift = u.tr_mul(&moved);
        let (up, down) = shift.shape();
        Self {
            m2m: Matrix::new(up, down, |i, j| shift[(i, j)]),
            l2l: Matrix::new(down, up, |i, j| shift[(j, i)]),
        }
    }
}

/// Coefficients of the polynomials that a number of a local stands for: x W⁻¹ U, which has the parity of its class.
fn classes<const D: usize>(nodes: &TensorNodes<D>, weights: &[f64], basis: &Basis) -> Vec<Class> {
    let coefficients: Vec<Vec<f64>> = basis
        .columns
        .iter()
        .map(|column| {
            let mut values: Vec<f64> = column.iter().zip(weights).map(|(u, w)| u / w).collect();
            nodes.to_coefficients(&mut values);
            values
        })
        .collect();
    let mut first = 0;
    let of_class = |(class, block): (usize, &DMatrix<f64>)| {
        let rank = block.ncols();
        let belongs = |index: &[usize; D]| (0..D).all(|a| index[a] % 2 == class >> a & 1);
        let all = indices(nodes.counts()).zip(0..);
        let polynomials: Vec<u32> = all.filter(|(k, _)| belongs(k)).map(|(_, at)| at).collect();
        let start = first;
        first += rank;
        let lead = start % WIDEST;
        let (of, count) = (&coefficients[start..start + rank], polynomials.len());
        let up = Matrix::new(lead + rank, count, |i, j| {
            if i < lead {
                0.0
            } else {
                of[i - lead][polynomials[j] as usize]
            }
        });
        let down = Matrix::new(count, rank, |i, j| of[j][polynomials[i] as usize]);
        Class {
            polynomials,
            first: start,
            rank,
            up,
            down,
        }
    };
    basis.blocks.iter().enumerate().map(of_class).collect()
}

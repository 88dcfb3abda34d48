//! The operators of a kernel: what leads from points to multipoles, between cells, and back.

use super::basis::Basis;
use super::chebyshev::Nodes;
use super::matrix::Matrix;
use super::tensor::{along_axes, indices};
use super::{Radial, WIDEST};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// The rows of one parity class.
#[derive(Debug)]
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

/// Matrices between cells in box units, of a kernel with 2^D parity classes.
#[derive(Debug)]
pub(super) struct Operators {
    pub(super) rank: usize,
    /// What the first number of a local stands for: this constant.
    pub(super) constant: f64,
    pub(super) classes: Vec<Class>,
    /// The parity class of every number of a multipole: its bits say along which axes it is odd.
    pub(super) class_of: Vec<usize>,
    /// For the child whose octant is 0; others are its reflections.
    pub(super) m2m: Matrix,
    pub(super) l2l: Matrix,
    /// By offset of [`offsets`].
    pub(super) m2l: Vec<Matrix>,
    /// Strengths at the nodes that stand for a multipole, by node, then number; transposed they take values at nodes to a
    /// local.
    pub(super) at_nodes: Vec<Vec<f64>>,
}

/// Far offsets, target − source, without negative components.
pub(super) fn offsets<const D: usize>() -> Vec<[usize; D]> {
    indices::<D>(4)
        .filter(|o| o.iter().any(|&o| o >= 2))
        .collect()
}

impl Operators {
    /// Operators on `nodes` an axis that lose at most `error` of the kernel.
    pub(super) fn new<const D: usize>(radial: &dyn Radial, nodes: &Nodes, error: f64) -> Self {
        let offsets = offsets::<D>();
        let weights: Vec<f64> = indices::<D>(nodes.len())
            .map(|index| index.iter().map(|&i| nodes.root_weight[i]).product())
            .collect();
        let kernel = |k: usize| weighted_kernel(radial, nodes, offsets[k], &weights);
        let basis = Basis::new::<D>(nodes, error, offsets.len(), kernel);
        let (all, rank) = (weights.len(), basis.columns.len());
        let u = DMatrix::from_fn(all, rank, |i, j| basis.columns[j][i]);
        let m2l = (0..offsets.len()).into_par_iter().map(|k| {
            let compressed = u.tr_mul(&(kernel(k) * &u));
            Matrix::new(rank, rank, |i, j| compressed[(i, j)])
        });
        let m2l = m2l.collect();
        let (m2m, l2l) = shifts::<D>(nodes, &weights, &u);
        let ranks = basis.ranks.iter().enumerate();
        Self {
            rank,
            constant: u[(0, 0)] / weights[0],
            classes: classes::<D>(nodes, &weights, &basis),
            class_of: ranks
                .flat_map(|(class, &n)| std::iter::repeat_n(class, n))
                .collect(),
            m2m,
            l2l,
            m2l,
            at_nodes: (0..all)
                .map(|i| (0..rank).map(|j| weights[i] * u[(i, j)]).collect())
                .collect(),
        }
    }
}

/// W K W for one offset.
fn weighted_kernel<const D: usize>(
    radial: &dyn Radial,
    nodes: &Nodes,
    offset: [usize; D],
    weights: &[f64],
) -> DMatrix<f64> {
    let n = nodes.len();
    // Pairs of nodes whose distances are the same by symmetry have one number.
    let mut numbers = vec![vec![0; n]; n];
    let mut pairs = vec![];
    for i in 0..n {
        for j in 0..n {
            let mirrored = (n - 1 - j, n - 1 - i);
            if mirrored < (i, j) {
                numbers[i][j] = numbers[mirrored.0][mirrored.1];
            } else {
                numbers[i][j] = pairs.len();
                pairs.push(nodes.u[i] - nodes.u[j]);
            }
        }
    }
    let table: Vec<f64> = indices::<D>(pairs.len())
        .map(|index| {
            let square = |a: usize| (pairs[index[a]] + offset[a] as f64).powi(2);
            radial.value((0..D).map(square).sum())
        })
        .collect();
    let all: Vec<[usize; D]> = indices::<D>(n).collect();
    DMatrix::from_fn(all.len(), all.len(), |i, j| {
        let number = |at: usize, a: usize| at * pairs.len() + numbers[all[i][a]][all[j][a]];
        weights[i] * table[(0..D).fold(0, number)] * weights[j]
    })
}

/// m2m and, transposed, l2l for octant 0: Uᵀ W⁻¹ ℓ(child's nodes in the parent) W U.
fn shifts<const D: usize>(nodes: &Nodes, weights: &[f64], u: &DMatrix<f64>) -> (Matrix, Matrix) {
    let places: Vec<f64> = nodes.u.iter().map(|u| 0.5 * u - 0.25).collect();
    let at_children = nodes.interpolants(&places);
    let n = nodes.len();
    let to_parent: Vec<Vec<f64>> = (0..n)
        .map(|a| (0..n).map(|b| at_children[b][a]).collect())
        .collect();
    let mut moved = u.clone();
    for mut column in moved.column_iter_mut() {
        let mut values: Vec<f64> = column.iter().zip(weights).map(|(u, w)| u * w).collect();
        along_axes::<D>(&mut values, &to_parent);
        for (k, value) in values.iter().enumerate() {
            column[k] = value / weights[k];
        }
    }
    let shift = u.tr_mul(&moved);
    let rank = u.ncols();
    (
        Matrix::new(rank, rank, |i, j| shift[(i, j)]),
        Matrix::new(rank, rank, |i, j| shift[(j, i)]),
    )
}

/// Coefficients of the polynomials that a number of a local stands for: x W⁻¹ U, which has the parity of its class.
fn classes<const D: usize>(nodes: &Nodes, weights: &[f64], basis: &Basis) -> Vec<Class> {
    let x = nodes.coefficients();
    let coefficients: Vec<Vec<f64>> = basis
        .columns
        .iter()
        .map(|column| {
            let mut values: Vec<f64> = column.iter().zip(weights).map(|(u, w)| u / w).collect();
            along_axes::<D>(&mut values, &x);
            values
        })
        .collect();
    let mut first = 0;
    let of_class = |(class, &rank): (usize, &usize)| {
        let belongs = |index: &[usize; D]| (0..D).all(|a| index[a] % 2 == class >> a & 1);
        let all = indices::<D>(nodes.len()).zip(0..);
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
    basis.ranks.iter().enumerate().map(of_class).collect()
}

//! The operators of a level: the points that stand for its cells, and the kernel between those of far cells.

use super::super::WIDEST;
use super::super::chebyshev::Nodes;
use super::super::matrix::Matrix;
use super::super::product::{Factors, Product};
use super::super::tensor::indices;
use super::super::translate::BETWEEN;
use super::points::Points;
use super::samples::{Far, Seen, apart, at_nodes};
use crate::accuracy::most_nodes;
use crate::general::Parity;
use crate::{Error, ErrorKind, Result};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Matrices of one level, in box units.
#[derive(Debug)]
pub(super) struct Operators<const D: usize> {
    pub(super) points: Points<D>,
    /// From sums of polynomials over sources to strengths at the points, and from values there to coefficients.
    pub(super) up: Matrix,
    pub(super) down: Matrix,
    /// By offset of [`offsets`]: values at the points of a target's cell, component after component, from strengths at
    /// those of a source's.
    pub(super) m2l: Vec<Product>,
}

/// What interpolation on all nodes may lose, and between points, of the tolerance; what is left of sampled functions when
/// there are more points than those, and what matrices lose in factors.
const BY_NODES: f64 = 0.1;
const BY_POINTS: f64 = 0.25;
const LEFT: f64 = 0.002;
const FACTORS: f64 = 0.05;
/// Of a smooth function a node more leaves less than half: six more at least this little.
const SMOOTH: f64 = 0.05;
const FEWEST_NODES: usize = 3;
/// Functions that are sampled, by nodes and at least for each offset: with two the points served those alone, and were
/// not enough.
const MANY: usize = 4;

impl<const D: usize> Operators<D> {
    /// For a kernel in box units; `counts`: by how much losses count more, and whether those at the faces of cells do.
    /// Errors: a kernel that too many nodes do not interpolate, as it is not smooth or varies too much.
    pub(super) fn new<const C: usize>(
        far: Far<D, C>,
        parity: Option<Parity>,
        tolerance: f64,
        counts: (f64, bool),
    ) -> Result<Self> {
        let seen = Seen::new(far, counts);
        let least = enough_nodes(&seen, tolerance)?;
        let mut some =
            (least..=most_nodes(D, 1.0)).map(|n| points(&seen, &Nodes::new(n), tolerance));
        let points = some.find_map(|points| points);
        let points = points.ok_or_else(|| varies(tolerance, D))?;
        let (count, all) = points.coefficients.shape();
        Ok(Self {
            up: Matrix::new(count, all, |i, j| points.coefficients[(i, j)]),
            down: Matrix::new(all, count, |i, j| points.coefficients[(j, i)]),
            m2l: m2l(&seen, parity, &points, tolerance),
            points,
        })
    }

    /// Numbers of a multipole, and of each component of a local.
    pub(super) fn stride(&self) -> usize {
        stride(&self.points)
    }
}

fn stride<const D: usize>(points: &Points<D>) -> usize {
    points.len().max(1).next_multiple_of(WIDEST)
}

/// Fewest nodes an axis.
fn enough_nodes<const D: usize, const C: usize>(
    seen: &Seen<D, C>,
    tolerance: f64,
) -> Result<usize> {
    let mut errors = vec![];
    for n in FEWEST_NODES..=most_nodes(D, 1.0) {
        let nodes = Nodes::new(n);
        let places = seen.places();
        let along: Vec<[Vec<f64>; D]> = places
            .iter()
            .map(|x| x.map(|u| nodes.interpolants(&[u]).remove(0)))
            .collect();
        let all: Vec<[usize; D]> = indices([n; D]).collect();
        let weight = |i: usize, t: usize| (0..D).map(|a| along[t][a][all[i][a]]).product();
        let weights = DMatrix::from_fn(all.len(), along.len(), weight);
        let (error, worst) = seen.lost(&at_nodes(&nodes), &weights);
        if error <= BY_NODES * tolerance {
            return Ok(n);
        }
        errors.push((error, worst));
    }
    let [.., before, _, _, _, _, _, (error, (offset, most))] = &errors[..] else {
        return Err(varies(tolerance, D));
    };
    if *error < SMOOTH * before.0 {
        return Err(varies(tolerance, D));
    }
    let found = format!(
        "wrong by {most:.1e} of itself where it is interpolated near z = {offset:?} sides of a cell"
    );
    Err(Error::argument("kernel", found, "smooth away from 0"))
}

fn varies(tolerance: f64, dimension: usize) -> Error {
    let allowed = format!(
        "a larger one: within a cell of this cloud the kernel varies too much for {} nodes an axis",
        most_nodes(dimension, 1.0)
    );
    let found = format!("{tolerance:e}");
    Error::new(ErrorKind::Tolerance, "tolerance", found, allowed)
}

/// Few points that lose little enough, if there are such among the nodes.
fn points<const D: usize, const C: usize>(
    seen: &Seen<D, C>,
    nodes: &Nodes,
    tolerance: f64,
) -> Option<Points<D>> {
    let all = nodes.len().pow(D as u32);
    let many = if seen.faces { 4 * MANY } else { MANY };
    let each = (many * all).div_ceil(C * seen.offsets.len()).max(many);
    let rows = seen.functions(nodes, each);
    let left = LEFT * tolerance / seen.stricter * (rows.len() as f64).sqrt();
    let factors = Factors::new(rows, left, all.min(BETWEEN))?;
    let of = |count: usize| {
        let points = Points::new(nodes, &factors, count)?;
        let u: Vec<[f64; D]> = (0..count).map(|s| points.at(s)).collect();
        let (error, _) = seen.lost(&u, &points.values(&seen.places()));
        (error <= BY_POINTS * tolerance).then_some(points)
    };
    // Bisection: what loses little enough, and what too much.
    let (mut high, mut low) = (factors.pivots.len(), 0);
    let mut found = of(high)?;
    while low + 1 < high {
        let middle = low.midpoint(high);
        match of(middle) {
            Some(points) => (found, high) = (points, middle),
            None => low = middle,
        }
    }
    Some(found)
}

/// The kernel between the points of far cells.
fn m2l<const D: usize, const C: usize>(
    seen: &Seen<D, C>,
    parity: Option<Parity>,
    points: &Points<D>,
    tolerance: f64,
) -> Vec<Product> {
    let (offsets, sizes) = (&seen.offsets, &seen.sizes);
    let (count, stride) = (points.len(), stride(points));
    let values = |offset: [f64; D]| {
        let at = |i, j| (seen.far)(apart(points.at(i), offset, points.at(j)));
        DMatrix::from_fn(count, count, at)
    };
    let product = |values: DMatrix<[f64; C]>, size: f64| {
        let at = |row: usize, j| match row % stride {
            i if i < count => values[(i, j)][row / stride],
            _ => 0.0,
        };
        let lost = FACTORS * tolerance / seen.stricter * size * count as f64;
        Product::new(DMatrix::from_fn(C * stride, count, at), lost)
    };
    // Offsets come in pairs, the first with the last: they are closed under reflection, and in the order of their
    // numbers.
    let half = offsets.len() / 2;
    let both: Vec<[Product; 2]> = (0..half)
        .into_par_iter()
        .map(|k| {
            let (there, back) = (k, offsets.len() - 1 - k);
            let first = values(offsets[there]);
            let second = match parity {
                Some(parity) => first
                    .transpose()
                    .map(|value| value.map(|x| parity.sign() * x)),
                None => values(offsets[back]),
            };
            [product(first, sizes[there]), product(second, sizes[back])]
        })
        .collect();
    let (mut there, mut back) = (vec![], vec![]);
    for [first, second] in both {
        there.push(first);
        back.push(second);
    }
    back.reverse();
    there.extend(back);
    there
}

/// What leads from cells to their parents and back, by octant of the child.
#[derive(Debug)]
pub(super) struct Shift {
    pub(super) m2m: Vec<Matrix>,
    pub(super) l2l: Vec<Matrix>,
    /// Numbers of a component of a child's local.
    pub(super) stride: usize,
}

impl Shift {
    /// `factor`: what makes a value in units of the parents one in those of the children.
    pub(super) fn new<const D: usize>(
        parents: &Operators<D>,
        children: &Operators<D>,
        factor: f64,
    ) -> Self {
        let matrices = (0..1usize << D).map(|octant| {
            let side = |a: usize| if octant >> a & 1 == 1 { 0.25 } else { -0.25 };
            let place = |s| {
                let u = children.points.at(s);
                std::array::from_fn(|a| 0.5 * u[a] + side(a))
            };
            let places: Vec<[f64; D]> = (0..children.points.len()).map(place).collect();
            let values = parents.points.values(&places);
            let (rows, columns) = values.shape();
            (
                Matrix::new(rows, columns, |i, j| values[(i, j)]),
                Matrix::new(columns, rows, |i, j| factor * values[(j, i)]),
            )
        });
        let (m2m, l2l) = matrices.unzip();
        Self {
            m2m,
            l2l,
            stride: children.stride(),
        }
    }
}

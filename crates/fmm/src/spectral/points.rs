//! From points to the grid, and from the grid to points: the hot loops.

use super::window::{WIDEST, Weights, Window};
use lanes::{Chosen, Isa, Job, Lanes};

/// A grid as points see it.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    pub(super) window: &'a Window,
    /// Where the points begin along each axis.
    pub(super) low: &'a [f64],
    pub(super) cells_per_length: f64,
    /// Numbers of a row, and rows of a plane.
    pub(super) stride: usize,
    pub(super) rows: usize,
}

impl Places<'_> {
    /// The first node around a point along each axis, and how far the point lies after the last node before it.
    #[inline(always)]
    fn place<const D: usize>(&self, points: &[&[f64]; D], point: usize) -> ([usize; D], [f64; D]) {
        let (mut first, mut after) = ([0; D], [0.0; D]);
        for a in 0..D {
            let u = (points[a][point] - self.low[a]) * self.cells_per_length;
            first[a] = u as usize;
            after[a] = u - first[a] as f64;
        }
        (first, after)
    }

    /// Where the row begins that a point's nodes are in, the `i`-th along the first axis and in space the `j`-th along the second.
    #[inline(always)]
    fn row<const D: usize>(&self, first: &[usize; D], i: usize, j: usize) -> usize {
        if D == 2 {
            (first[0] + i) * self.stride + first[D - 1]
        } else {
            ((first[0] + i) * self.rows + first[1] + j) * self.stride + first[D - 1]
        }
    }
}

/// Adds strengths at points, given axis by axis, to the planes of a grid from one on, of which there are enough.
pub(super) struct Spread<'a, 'g> {
    pub(super) places: Places<'a>,
    pub(super) points: &'a [&'a [f64]],
    pub(super) strengths: &'a [f64],
    pub(super) first_plane: usize,
    pub(super) grid: &'g mut [f64],
}

/// Compiled here, once.
pub(super) fn spread(chosen: Chosen, job: Spread) {
    chosen.run(job);
}

impl Job for Spread<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        match *self.points {
            [x, y] => self.in_dimension::<I, 2>(isa, [x, y]),
            [x, y, z] => self.in_dimension::<I, 3>(isa, [x, y, z]),
            _ => unreachable!("grids are in the plane or in space"),
        }
    }
}

impl Spread<'_, '_> {
    #[inline(always)]
    fn in_dimension<I: Isa, const D: usize>(self, isa: I, points: [&[f64]; D]) {
        let lanes = <I::F64 as Lanes>::LANES;
        let nodes = self.places.window.nodes;
        let mut weights = [[0.0; WIDEST]; D];
        for (point, &strength) in self.strengths.iter().enumerate() {
            let (mut first, after) = self.places.place(&points, point);
            first[0] -= self.first_plane;
            for a in 0..D {
                self.places.window.weights(isa, after[a], &mut weights[a]);
            }
            for i in 0..nodes {
                let of_plane = strength * weights[0][i];
                for j in 0..if D == 2 { 1 } else { nodes } {
                    let of_row = if D == 2 {
                        of_plane
                    } else {
                        of_plane * weights[1][j]
                    };
                    let of_row = I::F64::splat(isa, of_row);
                    let row = &mut self.grid[self.places.row(&first, i, j)..][..WIDEST];
                    let mut k = 0;
                    while k < nodes {
                        let there = I::F64::load(isa, &row[k..]);
                        let more = I::F64::load(isa, &weights[D - 1][k..]);
                        of_row.mul_add(more, there).store(&mut row[k..]);
                        k += lanes;
                    }
                }
            }
        }
    }
}

/// Most results at a point.
pub(super) const SUMS: usize = 10;

/// Results at points, given axis by axis.
pub(super) struct Gather<'a, 'g> {
    pub(super) places: Places<'a>,
    pub(super) points: &'a [&'a [f64]],
    /// A grid with so many numbers at each node.
    pub(super) grid: &'a [f64],
    pub(super) count: usize,
    pub(super) sums: &'g mut [[f64; SUMS]],
}

/// Compiled here, once.
pub(super) fn gather(chosen: Chosen, job: Gather) {
    chosen.run(job);
}

impl Job for Gather<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        match *self.points {
            [x, y] => self.in_dimension::<I, 2>(isa, [x, y]),
            [x, y, z] => self.in_dimension::<I, 3>(isa, [x, y, z]),
            _ => unreachable!("grids are in the plane or in space"),
        }
    }
}

/// Numbers of the nodes of a row around a point, in whole vectors.
type Row = [f64; WIDEST * SUMS + 16];

impl Gather<'_, '_> {
    #[inline(always)]
    fn in_dimension<I: Isa, const D: usize>(self, isa: I, points: [&[f64]; D]) {
        let (lanes, count) = (<I::F64 as Lanes>::LANES, self.count);
        let nodes = self.places.window.nodes;
        let numbers = nodes * count;
        let mut weights = [[0.0; WIDEST]; D];
        let mut row: Row = [0.0; WIDEST * SUMS + 16];
        for (point, sums) in self.sums.iter_mut().enumerate() {
            let (first, after) = self.places.place(&points, point);
            for a in 0..D {
                self.places.window.weights(isa, after[a], &mut weights[a]);
            }
            let around = Around {
                places: self.places,
                grid: self.grid,
                count,
                first,
                weights: &weights,
            };
            let mut at = 0;
            while at < numbers {
                at += lanes
                    * match (numbers - at).div_ceil(lanes) {
                        1 => around.columns::<I, 1>(isa, at, &mut row),
                        2 => around.columns::<I, 2>(isa, at, &mut row),
                        3 => around.columns::<I, 3>(isa, at, &mut row),
                        4 => around.columns::<I, 4>(isa, at, &mut row),
                        _ => around.columns::<I, 5>(isa, at, &mut row),
                    };
            }
            let (row, weights) = (&row[..numbers], &weights[D - 1][..nodes]);
            match count {
                0 => {}
                1 => add_up::<1>(row, weights, sums),
                2 => add_up::<2>(row, weights, sums),
                3 => add_up::<3>(row, weights, sums),
                4 => add_up::<4>(row, weights, sums),
                _ => add_up_all(row, weights, &mut sums[..count]),
            }
        }
    }
}

/// Σ_k w_k c_k of rows with `G` numbers at each node.
#[inline(always)]
fn add_up<const G: usize>(row: &[f64], weights: &[f64], sums: &mut [f64; SUMS]) {
    let mut all = [0.0; G];
    for (node, weight) in row.as_chunks::<G>().0.iter().zip(weights) {
        for g in 0..G {
            all[g] += weight * node[g];
        }
    }
    sums[..G].copy_from_slice(&all);
}

/// The same of as many as there are.
fn add_up_all(row: &[f64], weights: &[f64], sums: &mut [f64]) {
    sums.fill(0.0);
    for (node, weight) in row.chunks_exact(sums.len()).zip(weights) {
        for (sum, number) in sums.iter_mut().zip(node) {
            *sum += weight * number;
        }
    }
}

/// What is around a point.
struct Around<'a, const D: usize> {
    places: Places<'a>,
    grid: &'a [f64],
    count: usize,
    first: [usize; D],
    weights: &'a [Weights; D],
}

impl<const D: usize> Around<'_, D> {
    /// Σ_ij u_i v_j c_ij of `B` vectors of a row from one number on; returns `B`.
    #[inline(always)]
    fn columns<I: Isa, const B: usize>(&self, isa: I, at: usize, sums: &mut Row) -> usize {
        let lanes = <I::F64 as Lanes>::LANES;
        let nodes = self.places.window.nodes;
        let zero = I::F64::splat(isa, 0.0);
        let mut all = [zero; B];
        for i in 0..nodes {
            let mut plane = [zero; B];
            for j in 0..if D == 2 { 1 } else { nodes } {
                let row = self.places.row(&self.first, i, j) * self.count + at;
                let row = I::F64::load_each::<B>(isa, &self.grid[row..]);
                let weight = I::F64::splat(isa, self.weights[1][j]);
                for b in 0..B {
                    plane[b] = if D == 2 {
                        row[b]
                    } else {
                        weight.mul_add(row[b], plane[b])
                    };
                }
            }
            let weight = I::F64::splat(isa, self.weights[0][i]);
            for b in 0..B {
                all[b] = weight.mul_add(plane[b], all[b]);
            }
        }
        for b in 0..B {
            all[b].store(&mut sums[at + b * lanes..]);
        }
        B
    }
}

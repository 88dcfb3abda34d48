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
        // Those along the last axis, at every number of their node.
        let mut along: Row = [0.0; WIDEST * SUMS + 16];
        let mut row: Row = along;
        for (point, sums) in self.sums.iter_mut().enumerate() {
            let (first, after) = self.places.place(&points, point);
            for a in 0..D {
                self.places.window.weights(isa, after[a], &mut weights[a]);
            }
            for node in 0..nodes {
                along[node * count..(node + 1) * count].fill(weights[D - 1][node]);
            }
            let around = Around {
                places: self.places,
                grid: self.grid,
                count,
                first,
                weights: &weights,
                along: &along,
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
            sums[..count].fill(0.0);
            for node in row[..numbers].chunks_exact(count) {
                for (sum, number) in sums.iter_mut().zip(node) {
                    *sum += number;
                }
            }
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
    along: &'a Row,
}

impl<const D: usize> Around<'_, D> {
    /// Σ_ij u_i v_j c_ij times the weights along the last axis, of `B` vectors of a row from one number on; returns `B`.
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
            let at = at + b * lanes;
            (all[b] * I::F64::load(isa, &self.along[at..])).store(&mut sums[at..]);
        }
        B
    }
}

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
    /// The grid of each.
    pub(super) grids: &'a [Vec<f64>],
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

impl Gather<'_, '_> {
    /// Up to four grids at a time share the products of weights.
    #[inline(always)]
    fn in_dimension<I: Isa, const D: usize>(mut self, isa: I, points: [&[f64]; D]) {
        let mut first = 0;
        while first < self.grids.len() {
            first += match self.grids.len() - first {
                1 => self.some::<I, D, 1>(isa, points, first),
                2 => self.some::<I, D, 2>(isa, points, first),
                3 => self.some::<I, D, 3>(isa, points, first),
                _ => self.some::<I, D, 4>(isa, points, first),
            };
        }
    }

    /// The results of `G` grids from one on, whose number is returned.
    #[inline(always)]
    fn some<I: Isa, const D: usize, const G: usize>(
        &mut self,
        isa: I,
        points: [&[f64]; D],
        grid: usize,
    ) -> usize {
        let mut grids = [&[][..]; G];
        for g in 0..G {
            grids[g] = &self.grids[grid + g][..];
        }
        let mut weights = [[0.0; WIDEST]; D];
        for point in 0..self.sums.len() {
            let (first, after) = self.places.place(&points, point);
            for a in 0..D {
                self.places.window.weights(isa, after[a], &mut weights[a]);
            }
            let sums = at_point::<I, D, G>(isa, &self.places, &first, &weights, &grids);
            self.sums[point][grid..grid + G].copy_from_slice(&sums);
        }
        G
    }
}

#[inline(always)]
fn at_point<I: Isa, const D: usize, const G: usize>(
    isa: I,
    places: &Places,
    first: &[usize; D],
    weights: &[Weights; D],
    grids: &[&[f64]; G],
) -> [f64; G] {
    let nodes = places.window.nodes;
    let zero = I::F64::splat(isa, 0.0);
    let mut out = [0.0; G];
    let mut at = 0;
    while at < nodes {
        let mut all = [zero; G];
        for i in 0..nodes {
            let mut plane = [zero; G];
            for j in 0..if D == 2 { 1 } else { nodes } {
                let row = places.row(first, i, j) + at;
                let weight = I::F64::splat(isa, if D == 2 { 1.0 } else { weights[1][j] });
                for g in 0..G {
                    let row = I::F64::load(isa, &grids[g][row..]);
                    plane[g] = if D == 2 {
                        row
                    } else {
                        weight.mul_add(row, plane[g])
                    };
                }
            }
            let weight = I::F64::splat(isa, weights[0][i]);
            for g in 0..G {
                all[g] = weight.mul_add(plane[g], all[g]);
            }
        }
        let last = I::F64::load(isa, &weights[D - 1][at..]);
        for g in 0..G {
            out[g] += (all[g] * last).sum();
        }
        at += <I::F64 as Lanes>::LANES;
    }
    out
}

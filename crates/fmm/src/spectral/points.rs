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
/// Among them, where those go that are not wanted.
pub(super) const NOWHERE: usize = SUMS;

/// A grid of which results are taken, and where the value goes and its slopes along each axis.
pub(super) struct Taken<'g, const D: usize> {
    pub(super) grid: &'g [f64],
    pub(super) value: usize,
    pub(super) slopes: [usize; D],
}

/// Results at points, given axis by axis.
pub(super) struct Gather<'a, 'g, const D: usize> {
    pub(super) places: Places<'a>,
    pub(super) points: [&'a [f64]; D],
    pub(super) taken: &'a [Taken<'a, D>],
    pub(super) sums: &'g mut [[f64; SUMS + 1]],
}

/// Compiled here, once for each dimension.
pub(super) fn gather<const D: usize>(chosen: Chosen, job: Gather<D>) {
    chosen.run(job);
}

impl<const D: usize> Job for Gather<'_, '_, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self {
            places,
            points,
            taken,
            sums,
        } = self;
        let any_slopes = taken.iter().any(|taken| taken.slopes != [NOWHERE; D]);
        let (mut weights, mut slopes) = ([[0.0; WIDEST]; D], [[0.0; WIDEST]; D]);
        for (point, sums) in sums.iter_mut().enumerate() {
            let (first, after) = places.place(&points, point);
            for a in 0..D {
                places.window.weights(isa, after[a], &mut weights[a]);
                if any_slopes {
                    places.window.slopes(isa, after[a], &mut slopes[a]);
                }
            }
            for taken in taken {
                let rows = Rows {
                    places,
                    grid: taken.grid,
                    first,
                };
                if taken.slopes == [NOWHERE; D] {
                    sums[taken.value] = rows.value(isa, &weights);
                    continue;
                }
                let (value, along) = rows.value_and_slopes(isa, &weights, &slopes);
                sums[taken.value] = value;
                for a in 0..D {
                    sums[taken.slopes[a]] = along[a] * places.cells_per_length;
                }
            }
        }
    }
}

/// What is around a point in a grid.
struct Rows<'a, const D: usize> {
    places: Places<'a>,
    grid: &'a [f64],
    first: [usize; D],
}

impl<const D: usize> Rows<'_, D> {
    /// Σ_ijk u_i v_j w_k c_ijk
    #[inline(always)]
    fn value<I: Isa>(&self, isa: I, weights: &[Weights; D]) -> f64 {
        let [value, ..] = self.sums::<I, false>(isa, weights, weights);
        value.sum()
    }

    /// The same, and with the slopes of the weights along each axis in turn.
    #[inline(always)]
    fn value_and_slopes<I: Isa>(
        &self,
        isa: I,
        weights: &[Weights; D],
        slopes: &[Weights; D],
    ) -> (f64, [f64; D]) {
        let mut vectors = [I::F64::splat(isa, 0.0); 8];
        vectors[..4].copy_from_slice(&self.sums::<I, true>(isa, weights, slopes));
        let sums = I::F64::sum_each(vectors);
        (sums[0], std::array::from_fn(|a| sums[1 + a]))
    }

    /// Vectors whose lanes are to be added up, of the value and, if wanted, of the slopes.
    #[inline(always)]
    fn sums<I: Isa, const SLOPES: bool>(
        &self,
        isa: I,
        weights: &[Weights; D],
        slopes: &[Weights; D],
    ) -> [I::F64; 4] {
        let (nodes, lanes) = (self.places.window.nodes, <I::F64 as Lanes>::LANES);
        let mut sums = [I::F64::splat(isa, 0.0); 4];
        let mut at = 0;
        while at < nodes {
            if nodes - at > lanes {
                self.columns::<I, SLOPES, 2>(isa, at, weights, slopes, &mut sums);
                at += 2 * lanes;
            } else {
                self.columns::<I, SLOPES, 1>(isa, at, weights, slopes, &mut sums);
                at += lanes;
            }
        }
        sums
    }

    /// Adds what comes of the nodes in `B` vectors of every row.
    #[inline(always)]
    fn columns<I: Isa, const SLOPES: bool, const B: usize>(
        &self,
        isa: I,
        at: usize,
        weights: &[Weights; D],
        slopes: &[Weights; D],
        sums: &mut [I::F64; 4],
    ) {
        let zero = I::F64::splat(isa, 0.0);
        let (mut all, mut first, mut middle) = ([zero; B], [zero; B], [zero; B]);
        for i in 0..self.places.window.nodes {
            let [plane, across] = self.plane::<I, SLOPES, B>(isa, (i, at), weights, slopes);
            let weight = I::F64::splat(isa, weights[0][i]);
            let slope = I::F64::splat(isa, slopes[0][i]);
            for b in 0..B {
                all[b] = weight.mul_add(plane[b], all[b]);
                if SLOPES {
                    first[b] = slope.mul_add(plane[b], first[b]);
                    middle[b] = weight.mul_add(across[b], middle[b]);
                }
            }
        }
        for b in 0..B {
            let at = at + b * <I::F64 as Lanes>::LANES;
            let weight = I::F64::load(isa, &weights[D - 1][at..]);
            sums[0] = weight.mul_add(all[b], sums[0]);
            if SLOPES {
                let slope = I::F64::load(isa, &slopes[D - 1][at..]);
                sums[1] = weight.mul_add(first[b], sums[1]);
                if D == 3 {
                    sums[2] = weight.mul_add(middle[b], sums[2]);
                }
                sums[D] = slope.mul_add(all[b], sums[D]);
            }
        }
    }

    /// Of one plane: the sums over its rows, with weights and with slopes. In the plane it has one row.
    #[inline(always)]
    fn plane<I: Isa, const SLOPES: bool, const B: usize>(
        &self,
        isa: I,
        (i, at): (usize, usize),
        weights: &[Weights; D],
        slopes: &[Weights; D],
    ) -> [[I::F64; B]; 2] {
        let [mut plane, mut across] = [[I::F64::splat(isa, 0.0); B]; 2];
        let rows = if D == 2 { 1 } else { self.places.window.nodes };
        for j in 0..rows {
            let row = &self.grid[self.places.row(&self.first, i, j) + at..];
            let row = &row[..B * <I::F64 as Lanes>::LANES];
            let weight = I::F64::splat(isa, weights[1][j]);
            let slope = I::F64::splat(isa, slopes[1][j]);
            for b in 0..B {
                let row = I::F64::load(isa, &row[b * <I::F64 as Lanes>::LANES..]);
                if D == 2 {
                    plane[b] = row;
                    continue;
                }
                plane[b] = weight.mul_add(row, plane[b]);
                if SLOPES {
                    across[b] = slope.mul_add(row, across[b]);
                }
            }
        }
        [plane, across]
    }
}

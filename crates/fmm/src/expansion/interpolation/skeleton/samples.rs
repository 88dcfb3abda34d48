//! What far cells see of a kernel, by samples: its size over every offset, and what interpolation loses.

use super::super::chebyshev::Nodes;
use super::super::tensor::indices;
use crate::accuracy::mix;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// A kernel in box units of some level.
pub(super) type Far<'a, const D: usize, const C: usize> = &'a (dyn Fn([f64; D]) -> [f64; C] + Sync);

/// Pairs by which a size over one offset is estimated, and functions and places by which a loss is.
const PAIRS: u64 = 16;
const FUNCTIONS: usize = 2;
const PLACES: u64 = 12;

/// What of the field of closer pairs, half a side apart, may stand for one over far offsets that is smaller; and of the
/// largest of those.
const OF_NEAR: f64 = 0.01;
const OF_LARGEST: f64 = 1.0 / 30.0;

/// Offsets between far cells, target − source.
pub(super) fn offsets<const D: usize>() -> Vec<[f64; D]> {
    let all = indices([7; D]).map(|o| o.map(|o| o as f64 - 3.0));
    all.filter(|o| o.iter().any(|o| o.abs() > 1.5)).collect()
}

/// A number from 0 to 1, always the same one.
fn random(counter: u64) -> f64 {
    (mix(counter) >> 11) as f64 / (1u64 << 53) as f64
}

/// A place in a cell, or, with `faces`, one of which every second coordinate is at an end.
fn place<const D: usize>(counter: u64, faces: bool) -> [f64; D] {
    let width = if faces { 2.0 } else { 1.0 };
    std::array::from_fn(|a| (width * (random(counter * 8 + a as u64) - 0.5)).clamp(-0.5, 0.5))
}

/// A kernel as far cells see it.
pub(super) struct Seen<'a, const D: usize, const C: usize> {
    pub(super) far: Far<'a, D, C>,
    pub(super) offsets: Vec<[f64; D]>,
    /// By offset: the root mean square of the kernel, but at least what may stand for it.
    pub(super) sizes: Vec<f64>,
    /// Whether losses at the faces of cells count, and over every single offset, where they are largest: a smooth kernel
    /// has no near pairs beside which those of points on a line would be little.
    pub(super) faces: bool,
    /// By how much losses count more.
    pub(super) stricter: f64,
}

/// x + o − y.
pub(super) fn apart<const D: usize>(x: [f64; D], offset: [f64; D], y: [f64; D]) -> [f64; D] {
    std::array::from_fn(|a| offset[a] + x[a] - y[a])
}

fn square<const C: usize>(value: [f64; C]) -> f64 {
    value.iter().map(|x| x * x).sum()
}

impl<'a, const D: usize, const C: usize> Seen<'a, D, C> {
    pub(super) fn new(far: Far<'a, D, C>, (stricter, faces): (f64, bool)) -> Self {
        let offsets = offsets::<D>();
        Self {
            sizes: sizes(far, &offsets),
            far,
            offsets,
            faces,
            stricter,
        }
    }

    /// A function of a place in a cell: what it has from a source over an offset, or, every second one, what a target has
    /// from it.
    fn function(&self, k: usize, offset: [f64; D]) -> impl Fn([f64; D]) -> [f64; C] {
        let (far, other) = (self.far, place(k as u64, self.faces));
        move |u| match k % 2 {
            0 => far(apart(u, offset, other)),
            _ => far(apart(other, offset, u)),
        }
    }

    /// Such functions, so many for each offset, in units of the size over it: a row for each and component, a column for
    /// each node.
    pub(super) fn functions(&self, nodes: &Nodes, each: usize) -> DMatrix<f64> {
        let all = at_nodes(nodes);
        let count = C * each * self.offsets.len();
        let mut rows = DMatrix::zeros(count, all.len());
        let columns = rows.as_mut_slice().par_chunks_mut(count);
        columns.zip(&all).for_each(|(column, &u)| {
            for (k, values) in column.chunks_exact_mut(C).enumerate() {
                let (offset, size) = (self.offsets[k / each], self.sizes[k / each]);
                values.copy_from_slice(&self.function(k, offset)(u).map(|value| value / size));
            }
        });
        rows
    }

    /// Where losses are looked at.
    pub(super) fn places(&self) -> Vec<[f64; D]> {
        let all = 0..PLACES;
        all.map(|t| place(1_000_000 + t, self.faces)).collect()
    }

    /// What interpolation between values at `points` loses of such functions, given the weight of each point at each of
    /// the [`places`](Self::places): the root mean square over all offsets, in units of the size over each and of what
    /// counts, or the largest where faces do; and the offset over which it is largest, with what it is there.
    pub(super) fn lost(
        &self,
        points: &[[f64; D]],
        weights: &DMatrix<f64>,
    ) -> (f64, ([f64; D], f64)) {
        let places = self.places();
        let of = |(k, (&offset, &size)): (usize, (&[f64; D], &f64))| {
            let mut sum = 0.0;
            for k in FUNCTIONS * k..FUNCTIONS * (k + 1) {
                let function = self.function(500_000 + k, offset);
                let values: Vec<[f64; C]> = points.iter().map(|&u| function(u)).collect();
                for (&x, weights) in places.iter().zip(weights.column_iter()) {
                    let mut error = function(x);
                    for (value, weight) in values.iter().zip(&weights) {
                        (0..C).for_each(|c| error[c] -= weight * value[c]);
                    }
                    sum += square(error);
                }
            }
            let mean = sum / (FUNCTIONS * places.len()) as f64 / (size * size);
            // A NaN would be no maximum.
            (offset, if mean.is_finite() { mean } else { f64::MAX })
        };
        let all = self.offsets.par_iter().zip(&self.sizes).enumerate();
        let all: Vec<([f64; D], f64)> = all.map(of).collect();
        let squares = all.iter().map(|(_, square)| square / all.len() as f64);
        let mean = squares.sum::<f64>();
        let worst = all.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let (offset, square) = worst.unwrap_or(([0.0; D], 0.0));
        let all = if self.faces { square } else { mean };
        (self.stricter * all.sqrt(), (offset, square.sqrt()))
    }
}

/// All nodes, the first axis slowest.
pub(super) fn at_nodes<const D: usize>(nodes: &Nodes) -> Vec<[f64; D]> {
    let all = indices([nodes.len(); D]);
    all.map(|index| index.map(|i| nodes.u[i])).collect()
}

/// By offset.
fn sizes<const D: usize, const C: usize>(far: Far<D, C>, offsets: &[[f64; D]]) -> Vec<f64> {
    let mean = |at: &dyn Fn(u64) -> [f64; D]| {
        let squares = (0..PAIRS).map(|k| square(far(at(k))));
        (squares.sum::<f64>() / PAIRS as f64).sqrt()
    };
    let place = |k| place(k, false);
    let of = |&offset: &[f64; D]| mean(&|k| apart(place(2 * k), offset, place(2 * k + 1)));
    let sizes: Vec<f64> = offsets.iter().map(of).collect();
    let near = mean(&|k| {
        let direction: [f64; D] = place(k);
        let length = square(direction).sqrt().max(1e-3);
        direction.map(|x| 0.5 * x / length)
    });
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let near = if near.is_finite() { near } else { 0.0 };
    let least = (OF_NEAR * near).max(OF_LARGEST * largest);
    let least = if least > 0.0 { least } else { 1.0 };
    sizes.into_iter().map(|size| size.max(least)).collect()
}

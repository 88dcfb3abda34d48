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

/// What of the field of closer pairs, half a side apart, may stand for one over far offsets that is smaller; and of the largest of those.
const OF_NEAR: f64 = 0.01;
const OF_LARGEST: f64 = 1.0 / 30.0;

/// Offsets between far cells, target − source.
pub(super) fn offsets<const D: usize>() -> Vec<[f64; D]> {
    let all = indices::<D>(7).map(|o| o.map(|o| o as f64 - 3.0));
    all.filter(|o| o.iter().any(|o| o.abs() > 1.5)).collect()
}

/// A number from 0 to 1, always the same one.
fn random(counter: u64) -> f64 {
    (mix(counter) >> 11) as f64 / (1u64 << 53) as f64
}

/// A place in a cell.
fn place<const D: usize>(counter: u64) -> [f64; D] {
    std::array::from_fn(|a| random(counter * 8 + a as u64) - 0.5)
}

/// x + o − y.
pub(super) fn apart<const D: usize>(x: [f64; D], offset: [f64; D], y: [f64; D]) -> [f64; D] {
    std::array::from_fn(|a| offset[a] + x[a] - y[a])
}

fn square<const C: usize>(value: [f64; C]) -> f64 {
    value.iter().map(|x| x * x).sum()
}

/// By offset: the root mean square of the kernel, but at least what may stand for it.
pub(super) fn sizes<const D: usize, const C: usize>(
    far: Far<D, C>,
    offsets: &[[f64; D]],
) -> Vec<f64> {
    let mean = |at: &dyn Fn(u64) -> [f64; D]| {
        let squares = (0..PAIRS).map(|k| square(far(at(k))));
        (squares.sum::<f64>() / PAIRS as f64).sqrt()
    };
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

/// A function of a place in a cell: what it has from a source over an offset, or, every second one, what a target has from it.
fn function<const D: usize>(k: usize, offset: [f64; D]) -> impl Fn([f64; D]) -> [f64; D] {
    let other = place(k as u64);
    move |u| match k % 2 {
        0 => apart(u, offset, other),
        _ => apart(other, offset, u),
    }
}

/// Such functions, so many for each offset, in units of the size over it: a row for each and component, a column for each node.
pub(super) fn functions<const D: usize, const C: usize>(
    far: Far<D, C>,
    nodes: &Nodes,
    (offsets, sizes): (&[[f64; D]], &[f64]),
    each: usize,
) -> DMatrix<f64> {
    let all = at_nodes(nodes);
    let mut rows = DMatrix::zeros(C * each * offsets.len(), all.len());
    let columns = rows.as_mut_slice().par_chunks_mut(C * each * offsets.len());
    columns.zip(&all).for_each(|(column, &u)| {
        for (k, values) in column.chunks_exact_mut(C).enumerate() {
            let z = function(k, offsets[k / each])(u);
            values.copy_from_slice(&far(z).map(|value| value / sizes[k / each]));
        }
    });
    rows
}

/// All nodes, the first axis slowest.
pub(super) fn at_nodes<const D: usize>(nodes: &Nodes) -> Vec<[f64; D]> {
    let all = indices::<D>(nodes.len());
    all.map(|index| index.map(|i| nodes.u[i])).collect()
}

/// Where losses are looked at.
pub(super) fn places<const D: usize>() -> Vec<[f64; D]> {
    (0..PLACES).map(|t| place(1_000_000 + t)).collect()
}

/// What interpolation between values at `points` loses of such functions, given the weight of each point at each of the [`places`]: the root
/// mean square over all offsets, in units of the size over each; and the z between two cells over whose offset it is largest, with what it is
/// there.
pub(super) fn lost<const D: usize, const C: usize>(
    far: Far<D, C>,
    (points, weights): (&[[f64; D]], &DMatrix<f64>),
    (offsets, sizes): (&[[f64; D]], &[f64]),
) -> (f64, ([f64; D], f64)) {
    let places = places::<D>();
    let of = |(k, (&offset, &size)): (usize, (&[f64; D], &f64))| {
        let mut sum = 0.0;
        for k in FUNCTIONS * k..FUNCTIONS * (k + 1) {
            let function = function(500_000 + k, offset);
            let values: Vec<[f64; C]> = points.iter().map(|&u| far(function(u))).collect();
            for (&x, weights) in places.iter().zip(weights.column_iter()) {
                let mut error = far(function(x));
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
    let all = offsets.par_iter().zip(sizes).enumerate().map(of);
    let all: Vec<([f64; D], f64)> = all.collect();
    let mean = all
        .iter()
        .map(|(_, square)| square / all.len() as f64)
        .sum::<f64>();
    let worst = all.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let (offset, square) = worst.unwrap_or(([0.0; D], 0.0));
    (mean.sqrt(), (offset, square.sqrt()))
}

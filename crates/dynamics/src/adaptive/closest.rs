//! How close particles are, and how short sub-steps must be for it.

use crate::min_distance::min_distance;
use crate::model::Model;
use crate::sum::{difference, length};
use rayon::prelude::*;

/// The interaction at small distances.
pub(crate) struct Closest<'a, const D: usize> {
    model: &'a dyn Model<D>,
    /// 2 max |w_j|; 0 where a core makes the drift smooth.
    strength: f64,
}

/// Part of a distance that a sub-step may change it by.
const PART: f64 = 0.25;

impl<'a, const D: usize> Closest<'a, D> {
    pub(crate) fn new(model: &'a dyn Model<D>, strengths: &[f64], singular: bool) -> Self {
        let largest = strengths.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        let strength = if singular { 2.0 * largest } else { 0.0 };
        Self { model, strength }
    }

    /// How often a step must be halved so that no distance changes by more than about a quarter in what two particles do to
    /// each other.
    pub(super) fn halvings(&self, positions: &[[f64; D]], dt: f64) -> u8 {
        if self.strength * self.model.size_at(1.0) == 0.0 {
            return 0;
        }
        let Some(distance) = smallest(positions, self.model.periodic()) else {
            return 0;
        };
        let moved = dt * self.strength * self.model.size_at(distance);
        // A float as an integer stays within its range.
        (moved / (PART * distance)).log2().ceil() as u8
    }
}

/// The smallest distance of two particles that are not at one place, which have no interaction; on a torus of nearest
/// images.
fn smallest<const D: usize>(positions: &[[f64; D]], sides: Option<[f64; D]>) -> Option<f64> {
    let mut all = match sides {
        Some(sides) if positions.len() <= FEW => return of_few(positions, sides),
        Some(sides) => with_images(positions, sides),
        None => positions.to_vec(),
    };
    let found = min_distance(&all);
    if found != Some(0.0) {
        return found;
    }
    // −0 and 0 are one place.
    all.par_iter_mut().for_each(|x| *x = x.map(|x| x + 0.0));
    all.par_sort_unstable_by_key(|x| x.map(f64::to_bits));
    all.dedup();
    min_distance(&all)
}

/// So few may all be farther from each other than from images of their own, which are nobody else: more than these have no room for that
/// in a box of up to 2 : 1.
const FEW: usize = 8;

/// The same of a few, pair by pair.
fn of_few<const D: usize>(positions: &[[f64; D]], sides: [f64; D]) -> Option<f64> {
    let distance = |i: usize, j: usize| {
        let mut z = difference(positions[i], positions[j]);
        for (z, side) in z.iter_mut().zip(sides) {
            *z -= side * (*z / side).round();
        }
        length(z)
    };
    let pairs = (0..positions.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let distances = pairs.map(|(i, j)| distance(i, j));
    distances.filter(|r| *r > 0.0).reduce(f64::min)
}

/// Particles in the box, and their images outside that can be the nearest of two: of N in boxes of sides over k, k^d < N, two are
/// in one.
fn with_images<const D: usize>(positions: &[[f64; D]], sides: [f64; D]) -> Vec<[f64; D]> {
    let boxes = (positions.len() as f64 - 1.0).powf((D as f64).recip());
    let widest = sides.into_iter().fold(0.0, f64::max);
    let margin = (D as f64).sqrt() * widest / boxes.floor().max(1.0);
    let mut all: Vec<_> = positions
        .iter()
        .map(|x| std::array::from_fn(|a| x[a] - sides[a] * (x[a] / sides[a]).floor()))
        .collect();
    for (axis, side) in sides.into_iter().enumerate() {
        let images = all.iter().flat_map(|&x: &[f64; D]| {
            let beside = [side, -side].map(|shift| {
                let mut image = x;
                image[axis] += shift;
                image
            });
            beside
                .into_iter()
                .filter(|x| (-margin..side + margin).contains(&x[axis]))
        });
        let images: Vec<_> = images.collect();
        all.extend(images);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Brownian;

    fn cloud<const D: usize>(n: usize) -> Vec<[f64; D]> {
        Brownian::new(5).piece(n as u64, 4.0, n).dw
    }

    fn by_pairs<const D: usize>(x: &[[f64; D]], sides: [f64; D]) -> f64 {
        let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| [i, j]));
        let distances = pairs.map(|[i, j]| {
            let z = crate::sum::difference(x[i], x[j]);
            let nearest = |a: usize| z[a] - sides[a] * (z[a] / sides[a]).round();
            crate::sum::length::<D>(std::array::from_fn(nearest))
        });
        distances.filter(|r| *r > 0.0).fold(f64::INFINITY, f64::min)
    }

    /// Against all pairs, on a torus too, where positions lie anywhere; two at one place do not count.
    #[test]
    fn equals_the_double_loop() {
        fn agrees<const D: usize>(n: usize, sides: [f64; D]) {
            let mut x: Vec<[f64; D]> = cloud(n);
            x.push(x[0]);
            let found = smallest(&x, Some(sides)).unwrap();
            assert!(
                (found / by_pairs(&x, sides) - 1.0).abs() < 1e-9,
                "{n} {sides:?}"
            );
            assert_eq!(smallest(&x, None), min_distance(&x[..n]));
        }
        for n in [2, 3, 5, 9, 30, 200] {
            for side in [0.7, 3.0] {
                agrees::<2>(n, [side; 2]);
                agrees::<3>(n, [side; 3]);
                agrees::<2>(n, [1.9 * side, side]);
                agrees::<3>(n, [side, 1.3 * side, 2.0 * side]);
            }
        }
        assert_eq!(smallest(&[[0.0, 1.0], [-0.0, 1.0]], None), None);
        assert_eq!(smallest(&[[1.0, 1.0]], None), None);
    }
}

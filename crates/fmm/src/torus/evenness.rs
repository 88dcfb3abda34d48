//! How evenly points fill a torus: by how many of them are close to another.
//!
//! Of n points in M equal cells, c in one, the pair correlation within a cell is
//!
//! ```text
//! g = Σ c(c − 1) / (n²/M)
//! ```
//!
//! which is 1 for independent uniform points and more where points gather. With four cells a point, points on a lattice are hardly ever in one cell:
//! g = 0 for lattices, even if each point is moved by a tenth of a spacing, and for Kronecker sequences, 0.2 to 0.5 for Halton's and for a
//! point in each of n cells, ½ for a lattice of which a third is as good as independent.

use super::Torus;
use crate::Real;
use crate::accuracy::mix;
use crate::passes::PIECE;
use rayon::prelude::*;

/// Cells for each point.
const CELLS: f64 = 4.0;
/// So many points are enough: of 65 536 independent ones g is 1 ± 0.01. Of more, those in a share of the cells are looked at.
const SAMPLE: usize = 1 << 16;
/// Of fewer points g says too little to be sure that they are independent.
const FEWEST: usize = 1000;

/// How points fill the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evenness {
    /// As independent uniform points do, whose field is mostly that of close pairs.
    Independent,
    /// Neither so nor like a lattice.
    Other,
    /// As on a lattice, where next to nothing may be left of all pairs.
    Regular,
}

impl Evenness {
    /// Of points that lie in the box.
    pub(crate) fn of<T: Real, const D: usize>(torus: &Torus<D>, points: &[[T; D]]) -> Self {
        let g = pair_correlation(torus, points, SAMPLE);
        match g {
            _ if g < 0.25 => Self::Regular,
            _ if points.len() >= FEWEST && (0.7..1.5).contains(&g) => Self::Independent,
            _ => Self::Other,
        }
    }
}

/// g, from the cells that hold about `sample` points: whole columns along the last axis, taken at random, so that for most points the others of their
/// coordinates tell that they are not looked at.
fn pair_correlation<T: Real, const D: usize>(
    torus: &Torus<D>,
    points: &[[T; D]],
    sample: usize,
) -> f64 {
    let n = points.len() as f64;
    let across = (CELLS * n).powf(1.0 / D as f64).round().max(1.0);
    let low: [f64; D] = std::array::from_fn(|a| torus.low(a));
    let inverse = torus.sides.map(|side| 1.0 / side);
    let cell_along = |point: &[T; D], a: usize| {
        let along = (point[a].to_f64() - low[a]) * inverse[a] * across;
        along.clamp(0.0, across - 1.0) as usize
    };
    let column = |point: &[T; D]| {
        let axes = 0..D - 1;
        axes.fold(0, |column, a| {
            column * across as usize + cell_along(point, a)
        })
    };
    // One of so many columns.
    let one_of = (points.len() / sample).max(1) as u64;
    let columns = across.powi(D as i32 - 1) as u64;
    let looked_at: Vec<bool> = (0..columns).map(|c| mix(c) <= u64::MAX / one_of).collect();
    let of_piece = |piece: &[[T; D]]| {
        let columns = piece.iter().map(|point| (column(point), point));
        let looked_at = columns.filter(|&(column, _)| looked_at[column]);
        let cell =
            |(column, point)| column as u64 * across as u64 + cell_along(point, D - 1) as u64;
        looked_at.map(cell).collect::<Vec<_>>()
    };
    let mut cells: Vec<u64> = points.par_chunks(PIECE).flat_map_iter(of_piece).collect();
    cells.par_sort_unstable();
    let together = cells.chunk_by(|a, b| a == b).map(|same| same.len() as f64);
    let pairs: f64 = together.map(|c| c * (c - 1.0)).sum();
    let share = looked_at.iter().filter(|&&is| is).count() as f64 / columns as f64;
    pairs * across.powi(D as i32) / (share.max(1.0 / columns as f64) * n * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    const SIDE: f64 = 0.7;
    const TORUS: Torus<3> = Torus { sides: [SIDE; 3] };

    fn wrapped(points: Vec<[f64; 3]>) -> Vec<[f64; 3]> {
        TORUS.wrap(&points)
    }

    fn uniform(n: usize) -> Vec<[f64; 3]> {
        let mut rng = StdRng::seed_from_u64(5);
        wrapped(
            (0..n)
                .map(|_| rng.random::<[f64; 3]>().map(|x| SIDE * x))
                .collect(),
        )
    }

    /// A lattice of m³ points, each moved by up to `shaken` spacings.
    fn lattice(m: usize, shaken: f64) -> Vec<[f64; 3]> {
        let mut rng = StdRng::seed_from_u64(6);
        let point = |i: usize| {
            let site = [i % m, i / m % m, i / m / m];
            site.map(|k| (k as f64 + shaken * rng.random_range(-1.0..1.0)) * SIDE / m as f64)
        };
        wrapped((0..m.pow(3)).map(point).collect())
    }

    #[test]
    fn independent_points_have_a_correlation_of_one() {
        let points = uniform(200_000);
        // Pairs of 200 000 and of 4000 points, a quarter of a pair each: six standard deviations.
        let all = pair_correlation(&TORUS, &points, 200_000);
        assert!((all - 1.0).abs() < 6.0 * (2.0 / 50_000f64).sqrt(), "{all}");
        let sampled = pair_correlation(&TORUS, &points, 4000);
        assert!(
            (sampled - 1.0).abs() < 6.0 * (2.0 / 1000f64).sqrt(),
            "{sampled}"
        );
        assert_ne!(all, sampled);
    }

    #[test]
    fn pairs_in_a_cell_are_counted() {
        // Eight cells of two points each, 64 cells in all: 16 ordered pairs where n²/M = 4 would be.
        let corner =
            |i: usize| [i & 1, i >> 1 & 1, i >> 2 & 1].map(|k| SIDE * (0.3 + 0.5 * k as f64));
        let twice = wrapped((0..16).map(|i| corner(i % 8)).collect());
        assert_eq!(pair_correlation(&TORUS, &twice, SAMPLE), 4.0);
    }

    #[test]
    fn what_clouds_are() {
        let of = |points: &[[f64; 3]]| Evenness::of(&TORUS, points);
        assert_eq!(of(&uniform(1000)), Evenness::Independent);
        assert_eq!(of(&uniform(100_000)), Evenness::Independent);
        assert_eq!(of(&uniform(999)), Evenness::Other);
        for shaken in [0.0, 0.01, 0.1, 0.3] {
            for m in [6, 20, 47] {
                assert_eq!(of(&lattice(m, shaken)), Evenness::Regular, "{m} {shaken}");
            }
        }
        // A point in each of n cells.
        assert_eq!(of(&lattice(30, 0.5)), Evenness::Other);
        let gathered = uniform(20_000).into_iter().map(|x| x.map(|x| 0.3 * x));
        assert_eq!(of(&gathered.collect::<Vec<_>>()), Evenness::Other);
        assert_eq!(of(&[[0.0; 3]; 70]), Evenness::Other);
    }
}

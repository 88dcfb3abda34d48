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
//! point in each of n cells, ½ for a lattice of which a third is as good as independent. In cells of half that side g is 1 again for independent
//! points, but 0 for lattices with one spacing shorter than the others, of which large cells hold two points, and far more if points coincide.

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
const FEWEST: usize = 2000;

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
        let Some([g, within_halves]) = pair_correlation(torus, points, SAMPLE) else {
            return Self::Other;
        };
        let like_independent = (0.7..1.5).contains(&g) && (0.5..2.0).contains(&within_halves);
        match g {
            _ if g < 0.25 => Self::Regular,
            _ if points.len() >= FEWEST && like_independent => Self::Independent,
            _ => Self::Other,
        }
    }
}

/// g in cells and in cells of half their side, from those that hold about `sample` points: whole columns along the last axis, taken at random, so
/// that for most points the others of their coordinates tell that they are not looked at. None if that many are not there, as of points on a few lines.
fn pair_correlation<T: Real, const D: usize>(
    torus: &Torus<D>,
    points: &[[T; D]],
    sample: usize,
) -> Option<[f64; 2]> {
    let n = points.len() as f64;
    let across = (CELLS * n).powf(1.0 / D as f64).round().max(1.0);
    let low: [f64; D] = std::array::from_fn(|a| torus.low(a));
    let inverse = torus.sides.map(|side| 1.0 / side);
    let along = |point: &[T; D], a: usize, across: f64| {
        let along = (point[a].to_f64() - low[a]) * inverse[a] * across;
        along.clamp(0.0, across - 1.0) as u64
    };
    let column = |point: &[T; D]| {
        let axes = 0..D - 1;
        axes.fold(0, |column, a| {
            column * across as u64 + along(point, a, across)
        })
    };
    // The cell, and behind it which of its halves along each axis.
    let halves = |column: u64, point: &[T; D]| {
        let cell = column * across as u64 + along(point, D - 1, across);
        (0..D).fold(cell, |cell, a| 2 * cell + along(point, a, 2.0 * across) % 2)
    };
    // One of so many columns.
    let one_of = (points.len() / sample).max(1) as u64;
    let columns = across.powi(D as i32 - 1) as u64;
    let looked_at: Vec<bool> = (0..columns).map(|c| mix(c) <= u64::MAX / one_of).collect();
    let of_piece = |piece: &[[T; D]]| {
        let columns = piece.iter().map(|point| (column(point), point));
        let looked_at = columns.filter(|&(column, _)| looked_at[column as usize]);
        let halves = looked_at.map(|(column, point)| halves(column, point));
        halves.collect::<Vec<_>>()
    };
    let mut cells: Vec<u64> = points.par_chunks(PIECE).flat_map_iter(of_piece).collect();
    cells.par_sort_unstable();
    let share = looked_at.iter().filter(|&&is| is).count() as f64 / columns as f64;
    let expected = share * n;
    let enough = (0.5 * expected..=2.0 * expected).contains(&(cells.len() as f64));
    let correlation = |bits: u32| {
        let same = cells.chunk_by(|a, b| a >> bits == b >> bits);
        let counts = same.map(|same| same.len() as f64);
        let pairs: f64 = counts.map(|c| c * (c - 1.0)).sum();
        let cells = across.powi(D as i32) * f64::from(1 << (D as u32 - bits));
        pairs * cells / (expected * n)
    };
    enough.then(|| [correlation(D as u32), correlation(0)])
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
        let [all, within_halves] = pair_correlation(&TORUS, &points, 200_000).unwrap();
        assert!((all - 1.0).abs() < 6.0 * (2.0 / 50_000f64).sqrt(), "{all}");
        assert!(
            (within_halves - 1.0).abs() < 6.0 * (16.0 / 50_000f64).sqrt(),
            "{within_halves}"
        );
        let [sampled, _] = pair_correlation(&TORUS, &points, 4000).unwrap();
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
        // In halves of 64 times eight cells one would have half a pair.
        assert_eq!(pair_correlation(&TORUS, &twice, SAMPLE), Some([4.0, 32.0]));
    }

    #[test]
    fn what_clouds_are() {
        let of = |points: &[[f64; 3]]| Evenness::of(&TORUS, points);
        assert_eq!(of(&uniform(2000)), Evenness::Independent);
        assert_eq!(of(&uniform(100_000)), Evenness::Independent);
        assert_eq!(of(&uniform(1999)), Evenness::Other);
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
        // Every sixth twice, which looks independent to large cells.
        let mut doubled = lattice(15, 0.05);
        doubled.extend_from_within(..15 * 15 * 15 / 6);
        let [g, _] = pair_correlation(&TORUS, &doubled, SAMPLE).unwrap();
        assert!((0.7..1.5).contains(&g), "{g}");
        assert_eq!(of(&doubled), Evenness::Other);
        // And so do lattices that are finer along one axis.
        let site = |i: usize| [i % 10, i / 10 % 10, i / 100].map(|k| k as f64 * SIDE);
        let finer = (0..2500)
            .map(site)
            .map(|[x, y, z]| [0.1 * x, 0.1 * y, 0.04 * z]);
        assert_eq!(of(&wrapped(finer.collect())), Evenness::Other);
        // Points on few lines, which columns that are looked at may miss.
        let on_lines = uniform(300_000).into_iter().enumerate();
        let on_lines = on_lines.map(|(i, [_, _, z])| [0.11 * (i % 6) as f64, 0.05, z]);
        assert_eq!(of(&on_lines.collect::<Vec<_>>()), Evenness::Other);
    }
}

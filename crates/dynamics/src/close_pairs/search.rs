//! Mutual nearest neighbours within a distance, in O(N) where few are.

use super::Pair;
use crate::sum::{difference, hash, length};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Times 2^D: particles in the cells around a place above which nobody there is half of a pair.
const CROWD: usize = 8;
/// Marks a particle in a sieve, as a power of two.
const MARKS: u32 = 4;
/// Particles below which a sieve gains nothing.
const FEW: usize = 64;

/// x − y, of the nearest images on a torus of this side.
pub(super) fn apart<const D: usize>(x: [f64; D], y: [f64; D], side: Option<f64>) -> [f64; D] {
    let z = difference(x, y);
    match side {
        None => z,
        Some(side) => z.map(|z| z - side * (z / side).round()),
    }
}

/// The pairs i < j of particles, by i, at different places closer than `reach`, each the nearest of the other (of several the first). None
/// where coordinates do not resolve that distance; on a torus no farther than a quarter of its side.
pub(super) fn pairs<const D: usize>(
    positions: &[[f64; D]],
    reach: f64,
    side: Option<f64>,
) -> Vec<Pair> {
    let reach = side.map_or(reach, |side| reach.min(0.25 * side));
    let resolved = reach * 2f64.powi(50);
    let far = |x: &f64| x.abs() >= resolved;
    if positions.len() < 2 || positions.as_flattened().par_iter().any(far) {
        return vec![];
    }
    let grid = Grid::new(reach, side);
    let mut left: Vec<u32> = (0..positions.len() as u32).collect();
    while left.len() > FEW {
        let kept = grid.sieve(positions, &left);
        let done = 2 * kept.len() > left.len();
        left = kept;
        if done {
            break;
        }
    }
    grid.mutual(positions, &left, reach)
}

/// Cells of twice the reach: what is within it lies in those of 2^D cells that are nearest.
struct Grid<const D: usize> {
    cell: f64,
    /// Side of a torus, and how many cells that is.
    torus: Option<(f64, i64)>,
}

impl<const D: usize> Grid<D> {
    fn new(reach: f64, side: Option<f64>) -> Self {
        let cell = 2.0 * reach;
        let torus = side.map(|side| (side, ((side / cell) as i64).max(1)));
        Self {
            cell: torus.map_or(cell, |(side, cells)| side / cells as f64),
            torus,
        }
    }

    /// The cell of a place, and on which side of it the nearest cells are.
    fn key(&self, x: [f64; D]) -> ([i64; D], [i64; D]) {
        let places = x.map(|x| x / self.cell);
        let floors = places.map(f64::floor);
        let beside = std::array::from_fn(|a| if places[a] - floors[a] < 0.5 { -1 } else { 1 });
        (self.wrapped(floors.map(|x| x as i64)), beside)
    }

    fn wrapped(&self, key: [i64; D]) -> [i64; D] {
        match self.torus {
            None => key,
            Some((_, cells)) => key.map(|k| k.rem_euclid(cells)),
        }
    }

    /// The others of the 2^D nearest cells; on a narrow torus some are the same.
    fn others(&self, key: [i64; D], beside: [i64; D]) -> impl Iterator<Item = [i64; D]> {
        let moved = move |ways: usize| {
            let along = |a: usize| key[a] + if ways >> a & 1 == 1 { beside[a] } else { 0 };
            self.wrapped(std::array::from_fn(along))
        };
        (1..1 << D).map(moved)
    }

    /// Those that may have a neighbour: all that have one, and few of those that have none.
    fn sieve(&self, positions: &[[f64; D]], left: &[u32]) -> Vec<u32> {
        let marks = Marks::new(left.len());
        let place = |&i: &u32| self.key(positions[i as usize]);
        left.par_iter().for_each(|i| marks.mark(place(i).0));
        let may = |i: &&u32| {
            let (key, beside) = place(i);
            marks.twice(key) || self.others(key, beside).any(|key| marks.once(key))
        };
        left.par_iter().filter(may).copied().collect()
    }

    fn mutual(&self, positions: &[[f64; D]], left: &[u32], reach: f64) -> Vec<Pair> {
        let mut cells: HashMap<[i64; D], Vec<u32>> = HashMap::new();
        for &i in left {
            cells
                .entry(self.key(positions[i as usize]).0)
                .or_default()
                .push(i);
        }
        let side = self.torus.map(|(side, _)| side);
        let nearest = |i: u32| {
            let x = positions[i as usize];
            let (key, beside) = self.key(x);
            let mut around = vec![key];
            around.extend(self.others(key, beside));
            around.sort_unstable();
            around.dedup();
            let groups = || around.iter().filter_map(|key| cells.get(key));
            if groups().map(Vec::len).sum::<usize>() > CROWD << D {
                return None;
            }
            let mut best = (reach, None);
            for &j in groups().flatten() {
                let r = length(apart(x, positions[j as usize], side));
                let nearer = r < best.0 || (r == best.0 && best.1.is_some_and(|k| j < k));
                if j != i && r > 0.0 && nearer {
                    best = (r, Some(j));
                }
            }
            best.1
        };
        let found: Vec<Option<u32>> = left.par_iter().map(|&i| nearest(i)).collect();
        let partner: HashMap<u32, u32> = left
            .iter()
            .copied()
            .zip(found)
            .filter_map(|(i, j)| Some((i, j?)))
            .collect();
        let pair = |&i: &u32| {
            let j = *partner.get(&i)?;
            (i < j && partner.get(&j) == Some(&i)).then_some([i, j])
        };
        left.iter().filter_map(pair).collect()
    }
}

/// For each of many cells, by hash, whether it was marked once and whether twice: the same for any order.
struct Marks {
    once: Vec<AtomicU64>,
    twice: Vec<AtomicU64>,
    bits: u32,
}

impl Marks {
    fn new(particles: usize) -> Self {
        let bits = particles.next_power_of_two().trailing_zeros() + MARKS;
        let words = || {
            (0..1usize << (bits - 6))
                .map(|_| AtomicU64::new(0))
                .collect()
        };
        Self {
            once: words(),
            twice: words(),
            bits,
        }
    }

    /// Word and bit.
    fn at<const D: usize>(&self, key: [i64; D]) -> (usize, u64) {
        let hash = hash(key, self.bits);
        (hash >> 6, 1 << (hash & 63))
    }

    fn mark<const D: usize>(&self, key: [i64; D]) {
        let (word, bit) = self.at(key);
        if self.once[word].fetch_or(bit, Relaxed) & bit != 0 {
            self.twice[word].fetch_or(bit, Relaxed);
        }
    }

    fn once<const D: usize>(&self, key: [i64; D]) -> bool {
        let (word, bit) = self.at(key);
        self.once[word].load(Relaxed) & bit != 0
    }

    fn twice<const D: usize>(&self, key: [i64; D]) -> bool {
        let (word, bit) = self.at(key);
        self.twice[word].load(Relaxed) & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By all pairs.
    fn plainly<const D: usize>(x: &[[f64; D]], reach: f64, side: Option<f64>) -> Vec<Pair> {
        let distance = |i: usize, j: usize| length(apart(x[i], x[j], side));
        let nearest = |i: usize| {
            let others =
                (0..x.len()).filter(|&j| j != i && distance(i, j) > 0.0 && distance(i, j) < reach);
            others.min_by(|&j, &k| distance(i, j).total_cmp(&distance(i, k)))
        };
        let pair = |i: usize| {
            let j = nearest(i)?;
            (i < j && nearest(j) == Some(i)).then_some([i as u32, j as u32])
        };
        (0..x.len()).filter_map(pair).collect()
    }

    proptest! {
        #[test]
        fn equals_the_double_loop(
            points in prop::collection::vec([-1.0..1.0, -1.0..1.0], 0..400),
            reach in 0.001..0.1,
            torus in prop::option::of(0.5..2.0),
            grid in prop::bool::ANY,
        ) {
            let round = |x: f64| if grid { (x * 64.0).round() / 64.0 } else { x };
            let points: Vec<[f64; 2]> = points.into_iter().map(|p: [f64; 2]| p.map(round)).collect();
            // No crowds: on the half torus 400 points and 0.1 would be some.
            let reach = if torus.is_some() { 0.2 * reach } else { reach };
            prop_assert_eq!(pairs(&points, reach, torus), plainly(&points, reach, torus));
        }
    }

    proptest! {
        #[test]
        fn equals_the_double_loop_in_space(
            points in prop::collection::vec([-0.5..0.5, -0.5..0.5, -0.5..0.5], 0..400),
            reach in 0.01..0.05,
            torus in prop::option::of(0.7..2.0),
        ) {
            let points: Vec<[f64; 3]> = points;
            prop_assert_eq!(pairs(&points, reach, torus), plainly(&points, reach, torus));
        }
    }

    #[test]
    fn many_few_and_far() {
        // Knuth's congruential generator, MMIX.
        let mut state = 1_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let points: Vec<[f64; 2]> = (0..20_000).map(|_| [random(), random()]).collect();
        for reach in [1e-5, 1e-3, 0.004] {
            let found = pairs(&points, reach, None);
            assert_eq!(found, plainly(&points, reach, None), "{reach}");
        }
        assert_eq!(pairs::<3>(&[], 1.0, None), [[0; 2]; 0]);
        assert_eq!(pairs(&[[0.0; 2]; 2], 1.0, None), [[0; 2]; 0]);
        assert_eq!(pairs(&[[0.0; 2], [0.5, 0.0]], 1.0, None), [[0, 1]]);
        assert_eq!(pairs(&[[0.0; 2], [0.9, 8.1]], 0.5, Some(1.0)), [[0, 1]]);
        assert_eq!(pairs(&[[1e30, 0.0], [1e30, 1e-3]], 1e-2, None), [[0; 2]; 0]);
        // A crowd.
        let crowd: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| 1e-3 * x)).collect();
        assert_eq!(pairs(&crowd, 1.0, None), [[0; 2]; 0]);
    }
}

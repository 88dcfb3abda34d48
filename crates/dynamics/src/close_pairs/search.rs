//! Mutual nearest neighbours within a distance, in O(N) where few are.

use super::Pair;
use crate::sum::{difference, dot, hash};
use rayon::prelude::*;
use std::ops::Range;
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
    /// Cells a unit of length.
    per_length: f64,
    /// The power of 2 below that.
    unit: f64,
    /// Side of a torus, and how many cells that is.
    torus: Option<(f64, i64)>,
}

impl<const D: usize> Grid<D> {
    fn new(reach: f64, side: Option<f64>) -> Self {
        let cell = 2.0 * reach;
        let torus = side.map(|side| (side, ((side / cell) as i64).max(1)));
        let cell = torus.map_or(cell, |(side, cells)| side / cells as f64);
        Self {
            per_length: cell.recip(),
            unit: cell.recip().log2().floor().exp2(),
            torus,
        }
    }

    /// The cell of a place, and on which side of it the nearest cells are.
    fn key(&self, x: [f64; D]) -> ([i64; D], [i64; D]) {
        let places = x.map(|x| x * self.per_length);
        // The floor, without a call.
        let cells = places.map(|x| x as i64 - i64::from((x as i64) as f64 > x));
        let lower = |a: usize| places[a] - (cells[a] as f64) < 0.5;
        let beside = std::array::from_fn(|a| if lower(a) { -1 } else { 1 });
        (self.wrapped(cells), beside)
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
        let cells = Cells::new(self, positions, left);
        let all = 0..cells.particles.len() as u32;
        let nearest = |k: u32| cells.nearest(self, k, reach);
        let found: Vec<u32> = all.clone().into_par_iter().map(nearest).collect();
        let mutual = |k: u32| {
            let other = found[k as usize];
            let pair = [k, other].map(|k| cells.particles.get(k as usize));
            let [Some((i, _)), Some((j, _))] = pair else {
                return None;
            };
            (i < j && found[other as usize] == k).then_some([*i, *j])
        };
        let mut pairs: Vec<Pair> = all.into_par_iter().filter_map(mutual).collect();
        pairs.par_sort_unstable();
        pairs
    }
}

/// A place for a cell: 64 cells that form a block have places beside each other, for one look at the memory to find most of the cells around a
/// place; blocks are hashed, so that several may share theirs.
fn place<const D: usize>(key: [i64; D], bits: u32) -> usize {
    let block = 6 / D;
    let inner = key
        .iter()
        .fold(0, |all, k| all << block | (k & ((1 << block) - 1)) as usize);
    hash(key.map(|k| k >> block), bits - 6) << 6 | inner
}

/// Room for so many places a particle, as a power of 2.
fn bits_for(particles: usize, room: u32) -> u32 {
    (particles.next_power_of_two().trailing_zeros() + room).max(7)
}

/// In the place of a partner.
const NOBODY: u32 = u32::MAX;

/// Particles by the place of their cell.
struct Cells<const D: usize> {
    bits: u32,
    /// Where each place begins, and the end.
    starts: Vec<u32>,
    /// Index and position.
    particles: Vec<(u32, [f64; D])>,
}

impl<const D: usize> Cells<D> {
    fn new(grid: &Grid<D>, positions: &[[f64; D]], left: &[u32]) -> Self {
        let bits = bits_for(left.len(), 1);
        let of = |i: &u32| place(grid.key(positions[*i as usize]).0, bits) as u32;
        let places: Vec<u32> = left.par_iter().map(of).collect();
        let mut starts = vec![0; (1 << bits) + 1];
        for &place in &places {
            starts[place as usize + 1] += 1;
        }
        for place in 0..1 << bits {
            starts[place + 1] += starts[place];
        }
        let mut next = starts.clone();
        let mut particles = vec![(0, [0.0; D]); left.len()];
        for (&i, &place) in left.iter().zip(&places) {
            let at = &mut next[place as usize];
            particles[*at as usize] = (i, positions[i as usize]);
            *at += 1;
        }
        Self {
            bits,
            starts,
            particles,
        }
    }

    fn at(&self, key: [i64; D]) -> Range<u32> {
        let place = place(key, self.bits);
        self.starts[place]..self.starts[place + 1]
    }

    /// The nearest particle, of several that with the least index; all by their numbers here.
    fn nearest(&self, grid: &Grid<D>, k: u32, reach: f64) -> u32 {
        let (_, x) = self.particles[k as usize];
        let (key, beside) = grid.key(x);
        let around = || std::iter::once(key).chain(grid.others(key, beside));
        if around().map(|key| self.at(key).len()).sum::<usize>() > CROWD << D {
            return NOBODY;
        }
        let side = grid.torus.map(|(side, _)| side);
        // In a unit near that of the cells, so that squares stay within the numbers, and a power of 2, so that ties stay ties.
        let square = |z: [f64; D]| {
            let z = z.map(|z| grid.unit * z);
            dot(z, z)
        };
        let mut best = ((grid.unit * reach).powi(2), NOBODY, NOBODY);
        for other in around().flat_map(|key| self.at(key)) {
            let (j, y) = self.particles[other as usize];
            let r2 = square(apart(x, y, side));
            // Twice the same from cells that share a place changes nothing.
            let nearer = r2 < best.0 || (r2 == best.0 && best.1 != NOBODY && j < best.1);
            if other != k && r2 > 0.0 && nearer {
                best = (r2, j, other);
            }
        }
        best.2
    }
}

/// For each of many cells, by place, whether it was marked once and whether twice: the same for any order.
struct Marks {
    once: Vec<AtomicU64>,
    twice: Vec<AtomicU64>,
    bits: u32,
}

impl Marks {
    fn new(particles: usize) -> Self {
        let bits = bits_for(particles, MARKS);
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
        let place = place(key, self.bits);
        (place >> 6, 1 << (place & 63))
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
    use crate::sum::length;
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

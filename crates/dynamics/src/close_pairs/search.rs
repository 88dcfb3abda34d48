//! Mutual nearest neighbours within a distance, in O(N).

use super::Pair;
use super::area::{Area, Particle, grouped};
use super::grid::Grid;
use rayon::prelude::*;

/// Particles of an area, about: they stay in the first caches while it is searched.
const AREA: usize = 1 << 10;
/// As many areas as can be written to by turns.
const MOST_AREAS: usize = 1 << 10;
/// Particles that a task brings to their areas.
const TASK: usize = 1 << 15;

/// The pairs i < j of particles, by i, at different places closer than `reach`, each the nearest of the other (of several the first). None
/// where coordinates do not resolve that distance, or where cells of twice the reach are crowded; on a torus no farther than a quarter of its
/// smallest side.
pub(super) fn pairs<const D: usize>(
    positions: &[[f64; D]],
    reach: f64,
    sides: Option<[f64; D]>,
) -> Vec<Pair> {
    if positions.len() < 2 {
        return vec![];
    }
    let side = sides.map_or(f64::INFINITY, |sides| {
        sides.into_iter().fold(f64::INFINITY, f64::min)
    });
    let reach = reach.min(0.25 * side);
    let areas = (positions.len() / AREA).next_power_of_two();
    let areas = areas.clamp(2, MOST_AREAS);
    let grid = Grid::new(reach, sides, areas.trailing_zeros());
    let tasks = positions.par_chunks(TASK).enumerate();
    let part = |(task, positions)| Part::new(&grid, areas, (task * TASK) as u32, positions);
    let Some(parts) = tasks.map(part).collect::<Option<Vec<_>>>() else {
        return vec![];
    };
    let pairs_of = |area: usize| {
        let here: Vec<_> = parts.iter().map(|part| part.at(area)).collect();
        Area::new(&grid, &here).pairs(area)
    };
    let found: Vec<_> = (0..areas).into_par_iter().map(pairs_of).collect();
    let mut pairs = found.concat();
    pairs.par_sort_unstable();
    pairs
}

/// The particles of a task, by area.
struct Part<const D: usize> {
    /// Where each area begins, and the end.
    starts: Vec<u32>,
    particles: Vec<Particle<D>>,
}

impl<const D: usize> Part<D> {
    /// Of particles with indices from `first` on; `None` where their coordinates do not resolve the reach.
    fn new(grid: &Grid<D>, areas: usize, first: u32, positions: &[[f64; D]]) -> Option<Self> {
        let resolved = grid.reach * 2f64.powi(50);
        let coordinates = positions.as_flattened().iter();
        if coordinates.fold(false, |far, x| far | (x.abs() >= resolved)) {
            return None;
        }
        // Few of them go to several areas.
        let mut to = Vec::with_capacity(positions.len() + positions.len() / 4);
        for (k, &x) in positions.iter().enumerate() {
            grid.areas(grid.cell(x), |area| to.push((area as u32, k as u32)));
        }
        let particle = |&(area, k): &(u32, u32)| (area, (first + k, positions[k as usize]));
        let (starts, particles) = grouped(areas, to.iter().map(particle));
        Some(Self { starts, particles })
    }

    fn at(&self, area: usize) -> &[Particle<D>] {
        &self.particles[self.starts[area] as usize..self.starts[area + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::apart;
    use super::*;
    use crate::sum::length;
    use proptest::prelude::*;

    fn mutual(n: usize, nearest: impl Fn(usize) -> Option<usize>) -> Vec<Pair> {
        let pair = |i: usize| {
            let j = nearest(i)?;
            (i < j && nearest(j) == Some(i)).then_some([i as u32, j as u32])
        };
        (0..n).filter_map(pair).collect()
    }

    /// By all pairs.
    fn plainly<const D: usize>(x: &[[f64; D]], reach: f64, sides: Option<[f64; D]>) -> Vec<Pair> {
        let distance = |i: usize, j: usize| length(apart(x[i], x[j], sides));
        let nearest = |i: usize| {
            let others =
                (0..x.len()).filter(|&j| j != i && distance(i, j) > 0.0 && distance(i, j) < reach);
            others.min_by(|&j, &k| distance(i, j).total_cmp(&distance(i, k)))
        };
        mutual(x.len(), nearest)
    }

    proptest! {
        #[test]
        fn equals_the_double_loop(
            points in prop::collection::vec([-1.0..1.0, -1.0..1.0], 0..400),
            reach in 0.001..0.1,
            torus in prop::option::of([0.5..2.0, 0.5..2.0]),
            square in prop::bool::ANY,
            grid in prop::bool::ANY,
        ) {
            let round = |x: f64| if grid { (x * 64.0).round() / 64.0 } else { x };
            let points: Vec<[f64; 2]> = points.into_iter().map(|p: [f64; 2]| p.map(round)).collect();
            // No crowds: on the half torus 400 points and 0.1 would be some.
            let reach = if torus.is_some() { 0.2 * reach } else { reach };
            let torus = torus.map(|[x, y]: [f64; 2]| if square { [x; 2] } else { [x, y] });
            prop_assert_eq!(pairs(&points, reach, torus), plainly(&points, reach, torus));
        }
    }

    proptest! {
        #[test]
        fn equals_the_double_loop_in_space(
            points in prop::collection::vec([-0.5..0.5, -0.5..0.5, -0.5..0.5], 0..400),
            reach in 0.01..0.05,
            torus in prop::option::of([0.7..2.0, 0.7..2.0, 0.7..2.0]),
        ) {
            let points: Vec<[f64; 3]> = points;
            prop_assert_eq!(pairs(&points, reach, torus), plainly(&points, reach, torus));
        }
    }

    /// By all pairs, without those that the crowd of their cells excludes.
    fn plainly_but_for_crowds<const D: usize>(
        x: &[[f64; D]],
        reach: f64,
        sides: Option<[f64; D]>,
    ) -> Vec<Pair> {
        let smallest = |sides: [f64; D]| sides.into_iter().fold(f64::INFINITY, f64::min);
        let most = sides.map_or(f64::INFINITY, |sides| 0.25 * smallest(sides));
        let grid = Grid::new(reach.min(most), sides, 1);
        let cells: Vec<[i64; D]> = x.iter().map(|&x| grid.cell(x)).collect();
        let crowded = |&x: &[f64; D]| {
            let around = grid.around(x);
            let near = |cell: &&[i64; D]| (0..D).all(|a| around[a].contains(&cell[a]));
            cells.iter().filter(near).count() > 8 << D
        };
        let crowded: Vec<bool> = x.iter().map(crowded).collect();
        let distance = |i: usize, j: usize| length(apart(x[i], x[j], sides));
        let nearest = |i: usize| {
            let near = |&j: &usize| (f64::MIN_POSITIVE..grid.reach).contains(&distance(i, j));
            let others = (0..x.len()).filter(near).filter(|_| !crowded[i]);
            others.min_by(|&j, &k| distance(i, j).total_cmp(&distance(i, k)))
        };
        mutual(x.len(), nearest)
    }

    proptest! {
        /// Clusters of many widths, on tori of few cells and of many.
        #[test]
        fn clusters_equal_the_double_loop(
            seeds in prop::collection::vec(([-1.0..1.0, -1.0..1.0, -1.0..1.0], -1.0..1.0, 0..5_i32, 0..6_usize), 0..200),
            reach in -3.0..-0.5,
            torus in prop::option::of(0.1..2.5),
            stretch in [1.0..2.0, 1.0..2.0],
            cube in prop::bool::ANY,
        ) {
            let (centres, reach) = (seeds.clone(), 10_f64.powf(reach));
            let place = |(x, by, width, centre): ([f64; 3], f64, i32, usize)| {
                let around = centres[centre.min(centres.len() - 1)].0;
                std::array::from_fn(|a| around[a] + by * x[a] * 10_f64.powi(-width))
            };
            let space: Vec<[f64; 3]> = seeds.into_iter().map(place).collect();
            let plane: Vec<[f64; 2]> = space.iter().map(|&[x, y, _]| [x, y]).collect();
            let [second, third] = if cube { [1.0; 2] } else { stretch };
            let rectangle = torus.map(|side: f64| [side, second * side]);
            let found = pairs(&plane, reach, rectangle);
            prop_assert_eq!(found, plainly_but_for_crowds(&plane, reach, rectangle));
            let cuboid = torus.map(|side| [side, second * side, third * side]);
            let found = pairs(&space, reach, cuboid);
            prop_assert_eq!(found, plainly_but_for_crowds(&space, reach, cuboid));
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
        // Across the faces of blocks and of the torus, by several tasks.
        let many: Vec<[f64; 2]> = (0..TASK + 999).map(|_| [random(), random()]).collect();
        let [one, two] = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| pairs(&many, 0.0013, Some([1.0; 2])))
        });
        assert_eq!(one, two);
        let some = |pairs: &[Pair]| pairs.iter().step_by(50).copied().collect::<Vec<_>>();
        for [i, j] in some(&one) {
            let x = many[i as usize];
            let r = length(apart(x, many[j as usize], Some([1.0; 2])));
            let nearer = |&y: &[f64; 2]| (0.0..r).contains(&length(apart(x, y, Some([1.0; 2]))));
            assert_eq!(many.iter().filter(|y| nearer(y)).count(), 1);
        }
        assert_eq!(
            pairs(&[[1e300, 0.0], [1e300, 1e-3]], 1e-2, None),
            [[0; 2]; 0]
        );
        assert_eq!(
            pairs(&[[1e300, 0.0], [1e300, 1e285]], 1e286, None),
            [[0, 1]]
        );
        assert_eq!(pairs::<3>(&[], 1.0, None), [[0; 2]; 0]);
        assert_eq!(pairs(&[[1.0; 3]], 1.0, Some([1.0; 3])), [[0; 2]; 0]);
        assert_eq!(pairs(&[[0.0; 2]; 2], 1.0, None), [[0; 2]; 0]);
        assert_eq!(pairs(&[[0.0; 2], [0.5, 0.0]], 1.0, None), [[0, 1]]);
        assert_eq!(
            pairs(&[[0.0; 2], [0.9, 8.1]], 0.5, Some([1.0; 2])),
            [[0, 1]]
        );
        assert_eq!(pairs(&[[1e30, 0.0], [1e30, 1e-3]], 1e-2, None), [[0; 2]; 0]);
        // A crowd.
        let crowd: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| 1e-3 * x)).collect();
        assert_eq!(pairs(&crowd, 1.0, None), [[0; 2]; 0]);
    }
}

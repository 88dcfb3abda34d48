//! The leaf capacity of the least modelled time.

use super::{Costs, Counts, PairClass, Work};
use crate::accuracy::MOST_IN_F32;
use crate::tree::Fit;

/// How full the leaves of an evenly filled cloud are made, in the plane and in space. Fuller ones would be split here and
/// there, by chance. Those of an uneven cloud are as full on average: log-uniform between 2^−D of the capacity and all of it.
const FILLING: [f64; 2] = [0.55, 0.42];

pub(crate) fn filling(dimension: u32) -> f64 {
    FILLING[usize::from(dimension > 2)]
}

/// Capacities that are compared are multiples of this: the time hardly changes between them, and a small change of a
/// constant seldom changes the choice.
const STEP: usize = 8;
/// Above this, near pairs dominate whatever the tolerance: in the plane, and in space.
const MOST: [usize; 2] = [256, 1024];

/// The capacity q with the least modelled time for an evenly filled cloud; all points in one leaf where that takes the
/// least, which is the direct sum.
///
/// It does not depend on the number of threads: neither does the result.
pub(crate) fn leaf_capacity(costs: &Costs, work: &Work) -> usize {
    let most = work.sources.max(work.targets).max(1);
    let seconds = |q: usize| seconds(costs, work, &evenly_filled(work, q));
    let capacities = (STEP..=most_worthwhile(work)).step_by(STEP);
    let capacities = capacities.filter(|&q| q < most);
    // Of equals the first.
    capacities
        .chain([most])
        .map(|q| (q, seconds(q)))
        .reduce(|best, next| if next.1 < best.1 { next } else { best })
        .map_or(most, |best| best.0)
}

/// The same on a torus, where the root's side is that of the box, or 4/3 of it, so that all leaves of an even cloud are those of one
/// level: a capacity about half way, in levels, between the points of its cells and those of the level above. No leaf may be narrower
/// than this part of the box.
pub(crate) fn leaf_capacity_on_torus(
    costs: &Costs,
    work: &Work,
    fits: &[Fit],
    narrowest: f64,
) -> usize {
    let most = work.sources.max(work.targets).max(1);
    let dimension = work.dimension as usize;
    let is_worthwhile = |&(fit, level): &(Fit, u32)| {
        let points = points(fit, level, most, dimension);
        // What a cell may hold by chance.
        let fullest = points + 4.0 * points.sqrt();
        let wide_enough = |level: u32| narrowest * f64::from(fit.cells_along(level)) <= 1.0;
        let is_finest = !wide_enough(level + 1);
        level == 0 || wide_enough(level) && (is_finest || fullest <= most_worthwhile(work) as f64)
    };
    let mut levels: Vec<_> = fits.iter().flat_map(|&fit| levels(fit)).collect();
    levels.retain(is_worthwhile);
    levels.retain(|&(fit, _)| fit == Fit::Whole || !is_flat(work));
    levels.sort_by_key(|&(fit, level)| fit.cells_along(level));
    let timed = levels.into_iter().map(|(fit, level)| {
        let counts = of_level(work, fit, level);
        let planned = TO_PLAN[usize::from(dimension > 2)] * counts.cells;
        (fit, level, seconds(costs, work, &counts) + planned)
    });
    // Of about equals the one of fewer cells, which are less to plan.
    let best = timed.reduce(|best, next| if next.2 < 0.95 * best.2 { next } else { best });
    best.map_or(most, |(fit, level, _)| {
        capacity_of(fit, level, most, dimension)
    })
}

/// Seconds that a cell takes of planning, in the plane and in space. In the plane that decides: 10⁶ points in leaves of 15 instead of 61 are summed in
/// a tenth less, and planned in twice the time, with AVX2 to 1e-6. In space it was not measured.
const TO_PLAN: [f64; 2] = [0.7e-6, 0.0];

/// In the plane leaves of 20 and of 60 points take the same time with cheap pairs in f32, where the model thinks that the smaller ones
/// take less; and more cells are more to plan. So the whole box is as good there.
fn is_flat(work: &Work) -> bool {
    work.dimension == 2 && work.pair == PairClass::Coarse && work.far_products.is_none()
}

/// How a box lies in its root cell where leaves hold so many points of `most` evenly spread ones: the one of whose levels one has the
/// nearer capacity.
pub(crate) fn fit_of(capacity: usize, most: usize, dimension: usize, fits: &[Fit]) -> Fit {
    let beside = |&(fit, level): &(Fit, u32)| {
        let of_level = capacity_of(fit, level, most.max(1), dimension);
        (of_level as f64 / capacity as f64).ln().abs()
    };
    let all = fits.iter().flat_map(|&fit| levels(fit));
    let nearest = all.min_by(|a, b| beside(a).total_cmp(&beside(b)));
    nearest.map_or(Fit::Whole, |(fit, _)| fit)
}

/// Of a box, the levels that are compared.
fn levels(fit: Fit) -> impl Iterator<Item = (Fit, u32)> {
    (fit.first_level()..MOST_LEVELS).map(move |level| (fit, level))
}

/// Points of a cell of a level.
fn points(fit: Fit, level: u32, most: usize, dimension: usize) -> f64 {
    most as f64 / f64::from(fit.cells_along(level)).powi(dimension as i32)
}

/// The capacity that makes cells of a level the leaves.
fn capacity_of(fit: Fit, level: u32, most: usize, dimension: usize) -> usize {
    match level {
        0 => most,
        _ => {
            let between = points(fit, level, most, dimension) * f64::from(1 << dimension).sqrt();
            (between.ceil() as usize).next_multiple_of(STEP)
        }
    }
}

/// Levels that are compared.
const MOST_LEVELS: u32 = 14;

/// Modelled seconds.
fn seconds(costs: &Costs, work: &Work, counts: &Counts) -> f64 {
    let time = costs.predict(work, counts);
    time.tree + time.upward + time.downward + time.leaves
}

/// The largest capacity that is compared.
fn most_worthwhile(work: &Work) -> usize {
    match work.pair {
        // Pairs of fuller leaves are not taken in f32.
        PairClass::Coarse => MOST_IN_F32,
        _ => MOST[usize::from(work.dimension > 2)],
    }
}

/// What a cloud comes to that fills a torus evenly, with all leaves of one level.
fn of_level(work: &Work, fit: Fit, level: u32) -> Counts {
    let dimension = work.dimension as i32;
    let of = |level: u32| f64::from(fit.cells_along(level)).powi(dimension);
    let leaves = of(level);
    let cells = (fit.first_level()..=level).map(of).sum::<f64>();
    let near = 3f64.powi(dimension) / leaves;
    let of_images = match fit {
        Fit::Whole => 0.0,
        Fit::Thirds => of_thirds(work),
    };
    Counts {
        near_pairs: work.sources as f64 * work.targets as f64 * near,
        leaves,
        cells,
        far_cells: cells - of(fit.first_level()) + of_images,
    }
}

/// Cells whose far lists take as long as the images of a box of three cells.
fn of_thirds(work: &Work) -> f64 {
    let dimension = work.dimension as i32;
    let Some(products) = work.far_products else {
        // In the plane they are nothing; in space lists take about the cube of the order, images its fourth power.
        return if dimension == 3 {
            60.0 * work.order as f64
        } else {
            0.0
        };
    };
    // Matrices of all offsets, which are made from values at twice the nodes: no single evaluation is to take longer for that.
    let (nodes, rank) = ((work.order as f64).powi(dimension), work.waves as f64);
    let images = 9f64.powi(dimension) * rank * rank;
    let made = 2f64.powi(dimension) * nodes * (nodes * rank + FOR_A_VALUE);
    (images + made) / products
}

/// Products that take as long as one such value, by Ewald's sum.
const FOR_A_VALUE: f64 = 3e5;

/// What a cloud comes to that fills a cube evenly, with the leaves of capacity q as full as [`filling`] says: s^D leaves,
/// each near to (3 − 2/s)^D of them on average; 2^D/(2^D − 1) cells a leaf.
fn evenly_filled(work: &Work, q: usize) -> Counts {
    let pairs = work.sources as f64 * work.targets as f64;
    let most = work.sources.max(work.targets).max(1);
    if q >= most {
        return Counts {
            near_pairs: pairs,
            leaves: 1.0,
            cells: 1.0,
            far_cells: 0.0,
        };
    }
    let children = f64::from(1 << work.dimension);
    let leaves = (most as f64 / (filling(work.dimension) * q as f64)).max(1.0);
    let side = leaves.powf(1.0 / f64::from(work.dimension));
    let neighbours = (3.0 - 2.0 / side).powi(work.dimension as i32);
    Counts {
        near_pairs: pairs * (neighbours / leaves).min(1.0),
        leaves,
        cells: (children * leaves - 1.0) / (children - 1.0),
        // All but those of levels 0 and 1.
        far_cells: ((children * leaves - children * children) / (children - 1.0)).max(0.0),
    }
}

/// Points of a leaf of a cloud that fills a box evenly, so many leaves wide along each axis, and modelled seconds of its near pairs.
pub(crate) fn even_near_pairs(
    costs: &Costs,
    work: &Work,
    sides: impl Iterator<Item = f64>,
) -> (f64, f64) {
    let pairs = work.sources as f64 * work.targets as f64;
    let whole = Counts {
        near_pairs: pairs,
        leaves: 1.0,
        cells: 1.0,
        far_cells: 0.0,
    };
    let counts = sides.fold(whole, |counts, side| Counts {
        near_pairs: counts.near_pairs * ((3.0 - 2.0 / side) / side).min(1.0),
        leaves: counts.leaves * side,
        ..counts
    });
    let points = work.sources as f64 / counts.leaves;
    (points, costs.predict(work, &counts).near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Guarantee;
    use crate::expansion::harmonic2::Harmonic2;
    use crate::expansion::{Asked, Family};
    use crate::tree::Stretch;
    use lanes::InstructionSet;

    fn work(n: usize, tolerance: f64) -> Work {
        let (expansion, accuracy) = Harmonic2::within(&Asked {
            tolerance,
            pairs: tolerance,
            guarantee: Guarantee::Calibrated,
            single: false,
            gradient: false,
            torus: false,
            stretch: Stretch::NONE,
            lanes: 4,
            waves_in_double: false,
            root_side: 1.0,
        });
        Work {
            dimension: 2,
            sources: n,
            targets: n,
            order: expansion.order(),
            waves: expansion.waves(),
            waves_in_single: false,
            far_products: None,
            pair_factor: 1.0,
            pair: PairClass::of(accuracy, true),
            potential: false,
        }
    }

    /// Cells of the level that is chosen are not split by chance, and those above are.
    #[test]
    fn on_a_torus_the_leaves_of_an_even_cloud_are_of_one_level() {
        let all = [
            &[Fit::Whole][..],
            &[Fit::Thirds],
            &[Fit::Whole, Fit::Thirds],
        ];
        let sizes = [3000, 50_000, 1_000_000, 10_000_000];
        for (fits, n) in all.iter().flat_map(|fits| sizes.map(|n| (*fits, n))) {
            let q = leaf_capacity_on_torus(&avx2(), &work(n, 1e-9), fits, 0.0);
            let fit = fit_of(q, n, 2, fits);
            let cells = |level: u32| f64::from(fit.cells_along(level)).powi(2);
            let level = (fit.first_level()..).find(|&level| n as f64 / cells(level) < q as f64);
            let (points, q) = (n as f64 / cells(level.unwrap()), q as f64);
            assert!(points + 3.0 * points.sqrt() < q, "{n}: {q}");
            assert!(4.0 * points - 3.0 * (4.0 * points).sqrt() > q, "{n}: {q}");
        }
        let few = leaf_capacity_on_torus(&avx2(), &work(20, 1e-9), all[2], 0.0);
        assert_eq!(few, 20);
    }

    /// A run goes on with the capacity that it began with, and must find the same box.
    #[test]
    fn a_capacity_tells_which_box_it_is_for() {
        let both = [Fit::Whole, Fit::Thirds];
        let mut found = [0; 2];
        for n in (1..60).map(|k| 1000 * k * k) {
            let work = work(n, 1e-9);
            let of = |fits: &[Fit]| leaf_capacity_on_torus(&avx2(), &work, fits, 0.0);
            let fit = fit_of(of(&both), n, 2, &both);
            assert_eq!(of(&both), of(&[fit]), "{n}");
            found[usize::from(fit == Fit::Thirds)] += 1;
        }
        assert!(found.iter().all(|&found| found > 10), "{found:?}");
        // None that would make leaves narrower than a fifth of the box.
        let q = leaf_capacity_on_torus(&avx2(), &work(100_000, 1e-6), &both, 0.2);
        assert_eq!((fit_of(q, 100_000, 2, &both), q), (Fit::Whole, 12_504));
    }

    #[test]
    fn cheap_pairs_in_the_plane_take_the_whole_box() {
        for set in InstructionSet::ALL {
            for n in [20_000, 1_000_000] {
                let (costs, work) = (Costs::shipped(set), work(n, 1e-6));
                assert_eq!(work.pair, PairClass::Coarse);
                let of = |fits: &[Fit]| leaf_capacity_on_torus(&costs, &work, fits, 0.0);
                assert_eq!(of(&[Fit::Whole, Fit::Thirds]), of(&[Fit::Whole]));
            }
        }
    }

    fn avx2() -> Costs {
        Costs::shipped(InstructionSet::Avx2)
    }

    /// The flat part of the optimum (within 5 %), measured on 3·10⁵ points, uniform and Gaussian.
    #[test]
    fn the_choice_lies_where_measured_times_are_least() {
        for (tolerance, flat) in [
            (1e-3, 32..=56),
            (1e-6, 40..=56),
            (1e-9, 40..=64),
            (1e-12, 48..=96),
        ] {
            let q = leaf_capacity(&avx2(), &work(300_000, tolerance));
            assert!(flat.contains(&q), "{tolerance:e}: {q}");
        }
    }

    #[test]
    fn more_terms_never_give_smaller_leaves() {
        for set in InstructionSet::ALL {
            let costs = Costs::shipped(set);
            for n in [10_000, 1_000_000] {
                let of_order = |order: usize| {
                    let (waves, pair) = (order, PairClass::Middle);
                    let work = work(n, 1e-6);
                    leaf_capacity(
                        &costs,
                        &Work {
                            order,
                            waves,
                            pair,
                            ..work
                        },
                    )
                };
                assert!((3..50).map(of_order).is_sorted(), "{set} {n}");
            }
        }
    }

    /// Near pairs 0.25 ns and 1.2 µs a far cell: N (9·0.25·m + 4/3·1200/m) ns is least for m = √(1600/2.25) = 26.7 points
    /// a leaf, which is a capacity of 26.7/0.55 = 48.5.
    #[test]
    fn worked_out_by_hand() {
        let mut costs = Costs::from_values([0.0; Costs::NAMES.len()]);
        costs.pair_coarse = 0.25;
        costs.m2l_cell = 1200.0;
        assert_eq!(leaf_capacity(&costs, &work(1 << 40, 1e-6)), 48);
        // With potentials at four times the cost of a pair, half of that; the other classes are not looked at.
        costs.potential_coarse = 1.0;
        let potential = Work {
            potential: true,
            ..work(1 << 40, 1e-6)
        };
        assert_eq!(leaf_capacity(&costs, &potential), 24);
    }

    #[test]
    fn few_points_make_one_leaf() {
        for set in InstructionSet::ALL {
            let costs = Costs::shipped(set);
            for tolerance in [1e-1, 1e-6, 1e-14] {
                for n in [0, 1, 2, 50, 100] {
                    assert_eq!(leaf_capacity(&costs, &work(n, tolerance)), n.max(1));
                }
                assert!(leaf_capacity(&costs, &work(20_000, tolerance)) <= MOST[0]);
            }
        }
    }

    /// 16 leaves of a square: 100 of 256 pairs of leaves touch; 21 cells, of which 5 have no far list. Eight octants.
    #[test]
    fn counts_of_small_grids() {
        let counts = |dimension: u32, leaves: f64| {
            let n = (leaves * filling(dimension) * 1000.0).round() as usize;
            let work = Work {
                dimension,
                ..work(n, 1e-6)
            };
            let counts = evenly_filled(&work, 1000);
            let near = counts.near_pairs / (n as f64 * n as f64);
            [near, counts.leaves, counts.cells, counts.far_cells]
        };
        for (found, expected) in [
            (counts(2, 16.0), [100.0 / 256.0, 16.0, 21.0, 16.0]),
            (counts(3, 8.0), [1.0, 8.0, 9.0, 0.0]),
        ] {
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{found} {expected}");
            }
        }
    }
}

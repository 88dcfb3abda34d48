//! Count before you approximate: with K ≡ 1 every target must see every source exactly once, an equality of integers.

use super::{Buffers, Context, PADDING, evaluate};
use crate::Outputs;
use crate::expansion::{CellScale, Expansion, Outgoing, UnitPoints, UnitSums};
use crate::kernel::Pair;
use crate::lists::{Lists, slots};
use crate::tree::{Frame, Limits, Tree};
use lanes::{Chosen, Isa, Lanes, Real};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// γ ≡ 1: the potential counts.
#[derive(Clone, Copy, Debug)]
struct One;

impl Pair for One {
    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V) -> V {
        V::splat(isa, V::Elem::ZERO)
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V) -> V {
        V::splat(isa, V::Elem::ONE)
    }
}

/// An expansion that only carries the sum of strengths.
struct Count;

impl Expansion<2> for Count {
    fn multipole_len(&self) -> usize {
        1
    }
    fn local_len(&self) -> usize {
        1
    }
    fn wave_len(&self) -> usize {
        1
    }
    fn p2m<I: Isa>(&self, _: I, points: &UnitPoints<2>, multipole: &mut [f64]) {
        multipole[0] += points.w.iter().sum::<f64>();
    }
    fn m2m<I: Isa>(&self, _: I, _: usize, child: &[f64], parent: &mut [f64]) {
        parent[0] += child[0];
    }
    fn outgoing<I: Isa>(&self, _: I, multipole: &[f64], waves: &mut [f64]) {
        waves[0] = multipole[0];
    }
    fn translate<I: Isa>(&self, _: I, sources: &[u32], outgoing: &Outgoing, incoming: &mut [f64]) {
        for (sum, slots) in incoming.iter_mut().zip(slots::far_slots::<2>()) {
            *sum = slots
                .iter()
                .map(|&slot| outgoing.at(sources[slot])[0])
                .sum();
        }
    }
    fn incoming<I: Isa>(&self, _: I, incoming: &mut [f64], local: &mut [f64]) {
        local[0] += incoming[0];
    }
    fn far_constant(&self, _: f64, _: f64, _: &mut [f64]) {}
    fn l2l<I: Isa>(&self, _: I, _: usize, parent: &[f64], child: &mut [f64]) {
        child[0] += parent[0];
    }
    fn p2l<I: Isa>(&self, _: I, points: &UnitPoints<2>, _: f64, local: &mut [f64]) {
        local[0] += points.w.iter().sum::<f64>();
    }
    fn l2p<I: Isa>(
        &self,
        _: I,
        local: &[f64],
        _: &UnitPoints<2>,
        _: f64,
        _: bool,
        sums: &mut UnitSums<2>,
    ) {
        sums.t.iter_mut().for_each(|t| *t += local[0]);
    }
    fn m2p<I: Isa>(
        &self,
        _: I,
        multipole: &[f64],
        _: &UnitPoints<2>,
        _: CellScale,
        _: bool,
        sums: &mut UnitSums<2>,
    ) {
        sums.t.iter_mut().for_each(|t| *t += multipole[0]);
    }
}

/// What each target counts, in user order.
fn counts(
    sources: &[[f64; 2]],
    targets: Option<&[[f64; 2]]>,
    limits: Limits,
    direct_below: usize,
) -> Vec<f64> {
    let mut tree = Tree::default();
    let frame = Frame::around(&[sources, targets.unwrap_or(&[])]);
    tree.rebuild(frame, sources, targets, limits);
    let mut lists = Lists::default();
    lists.build(&tree, direct_below);
    let tree_order = |points: &[[f64; 2]], order: &[u32]| {
        [0, 1].map(|a| {
            let coordinates = order.iter().map(|&i| points[i as usize][a]);
            coordinates.chain([0.0; PADDING]).collect::<Vec<f64>>()
        })
    };
    let context = Context {
        chosen: Chosen::detect(),
        tree: &tree,
        lists: &lists,
        expansion: &Count,
        sources: &tree_order(sources, &tree.source_order.user_index),
        targets: &tree_order(targets.unwrap_or(sources), &tree.targets().user_index),
        leaves: &tree.target_leaves(),
        accuracy: 1,
    };
    let mut buffers = [Buffers::default()];
    let ones = vec![1.0; sources.len()];
    buffers[0].unit = 1.0;
    evaluate(&context, One, &[&ones], Outputs::POTENTIAL, &mut buffers);
    tree.targets()
        .tree_index
        .iter()
        .map(|&i| buffers[0].t[i as usize] * buffers[0].unit)
        .collect()
}

fn check(sources: &[[f64; 2]], targets: Option<&[[f64; 2]]>, limits: Limits, direct_below: usize) {
    let found = counts(sources, targets, limits, direct_below);
    for (x, found) in targets.unwrap_or(sources).iter().zip(found) {
        let expected = sources.iter().filter(|&y| y != x).count();
        assert_eq!(
            found, expected as f64,
            "at {x:?}, {limits:?}, direct below {direct_below}"
        );
    }
}

fn limits(leaf_capacity: usize) -> Limits {
    Limits {
        leaf_capacity,
        narrowest: 0.0,
    }
}

/// Clouds that force every list: even, clustered over many scales, on a line, and with repeated points.
fn clouds(n: usize) -> [Vec<[f64; 2]>; 4] {
    let mut rng = StdRng::seed_from_u64(5);
    let mut draw = |place: &dyn Fn(f64, f64, usize) -> [f64; 2]| -> Vec<[f64; 2]> {
        (0..n)
            .map(|i| place(rng.random(), rng.random(), i))
            .collect()
    };
    [
        draw(&|x, y, _| [x, y]),
        draw(&|x, y, _| {
            [
                (-14.0 * x).exp() * (6.3 * y).cos(),
                (-14.0 * x).exp() * (6.3 * y).sin(),
            ]
        }),
        draw(&|x, _, _| [x, 0.5 * x]),
        draw(&|x, y, i| {
            if i % 3 == 0 {
                [0.25, 0.75]
            } else {
                [(8.0 * x).floor(), y * y]
            }
        }),
    ]
}

#[test]
fn every_pair_exactly_once() {
    for cloud in clouds(1500) {
        for leaf_capacity in [1, 3, 20, 5000] {
            for direct_below in [0, 4, 1000] {
                check(&cloud, None, limits(leaf_capacity), direct_below);
            }
        }
        check(
            &cloud,
            None,
            Limits {
                leaf_capacity: 2,
                narrowest: 0.05,
            },
            3,
        );
    }
}

#[test]
fn every_pair_exactly_once_with_separate_targets() {
    let clouds = clouds(700);
    for sources in &clouds {
        for targets in &clouds {
            for leaf_capacity in [1, 10] {
                check(sources, Some(&targets[..300]), limits(leaf_capacity), 5);
            }
        }
        check(sources, Some(&[]), limits(4), 2);
        check(&[], Some(sources), limits(4), 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn every_pair_exactly_once_in_any_cloud(
        points in prop::collection::vec((0u32..64, 0u32..64, 0u32..20), 0..300),
        leaf_capacity in 1usize..12,
        direct_below in 0usize..12,
    ) {
        let place = |&(x, y, e): &(u32, u32, u32)| [f64::from(x) * 0.5f64.powi(e as i32), f64::from(y) * 0.5f64.powi(e as i32)];
        let cloud: Vec<[f64; 2]> = points.iter().map(place).collect();
        check(&cloud, None, limits(leaf_capacity), direct_below);
        let half = cloud.len() / 2;
        check(&cloud[..half], Some(&cloud[half..]), limits(leaf_capacity), direct_below);
    }
}

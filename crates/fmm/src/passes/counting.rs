//! Count before you approximate: with K ≡ 1 every target must see every source exactly once, an equality of integers,
//! in the plane and in space.

use super::compiled::RadialPair;
use super::tile::RadialSum;
use super::{Buffers, Context, Down, PADDING, Sink, TargetSums, Units, evaluate};
use crate::direct::{self, AllPairs};
use crate::expansion::{
    Asked, CellScale, Expansion, Family, Forms, FormsMut, Outgoing, UnitPoints, UnitSums, Wave,
};
use crate::kernel::{InUnit, Kernel, Pair, RadialTables, without_core};
use crate::lists::{Lists, slots};
use crate::torus::Torus;
use crate::tree::{Fit, Frame, Limits, Tree};
use crate::{Guarantee, Options, Outputs, PassSeconds, Plan, Result};
use lanes::accuracy::{COARSE, SINGLE};
use lanes::{Chosen, Isa, Lanes, Real};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::sync::Mutex;

/// γ ≡ 1: the potential counts.
#[derive(Clone, Copy, Debug)]
struct One;

impl Pair for One {
    without_core!();
    const IN_F32: bool = true;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V) -> V {
        V::splat(isa, V::Elem::ZERO)
    }
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V, _: V) -> V {
        V::splat(isa, V::Elem::ZERO)
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V) -> V {
        V::splat(isa, V::Elem::ONE)
    }
    fn in_unit(&self, _: f64) -> InUnit<Self> {
        // 2 − 1, so that constants are counted too.
        InUnit {
            pair: One,
            field: 1.0,
            potential: 2.0,
            constant: -1.0,
        }
    }
}

/// What each part of the waves carries of a strength.
const SHARES: [f64; 2] = [3.0, -2.0];

/// An expansion that only carries the sum of strengths.
#[derive(Debug)]
struct Count {
    /// The level whose cells take each other by expansions however near they are.
    expanded: Option<u32>,
    /// Whether it is that of such a level.
    all: bool,
}

const FAR: Count = Count {
    expanded: None,
    all: false,
};
static ALL: Count = Count {
    expanded: None,
    all: true,
};

impl<const D: usize> Expansion<D> for Count {
    const PARTS: usize = 2;
    const SHARED: bool = D == 3;
    fn at(&self, level: u32) -> &Self {
        if self.expanded == Some(level) {
            &ALL
        } else {
            self
        }
    }
    fn at_zero(&self, _: f64) -> [f64; 2] {
        assert!(self.all);
        [1.0, 0.0]
    }
    fn multipole_len(&self) -> usize {
        1
    }
    fn local_len(&self) -> usize {
        1
    }
    fn wave_len(&self) -> usize {
        1
    }
    fn p2m<I: Isa>(&self, _: I, points: &UnitPoints<D>, multipole: &mut [f64]) {
        multipole[0] += points.w.iter().sum::<f64>();
    }
    fn m2m<I: Isa>(&self, _: I, _: usize, child: &[f64], parent: &mut [f64]) {
        parent[0] += child[0];
    }
    fn parents_at_once(&self) -> usize {
        5
    }
    fn forms_at_once(&self) -> usize {
        300
    }
    fn outgoing<I: Isa>(
        &self,
        _: I,
        part: usize,
        multipoles: &[f64],
        cells: &[u32],
        forms: FormsMut,
    ) {
        for (form, &cell) in f64::of_mut(forms).iter_mut().zip(cells) {
            *form = SHARES[part] * multipoles[cell as usize];
        }
    }
    fn translate<I: Isa>(
        &self,
        _: I,
        _: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut Forms,
    ) {
        let sums = incoming.room::<f64>(0, 1 << D).iter_mut();
        let met = if self.all {
            slots::all_slots::<D>()
        } else {
            slots::far_slots::<D>()
        };
        for (sum, slots) in sums.zip(met) {
            let places = slots.iter().map(|&slot| sources[slot] as usize);
            *sum = places.map(|at| outgoing.numbers::<f64>(at, 1)[0]).sum();
        }
    }
    fn incoming<I: Isa>(
        &self,
        _: I,
        _: usize,
        children: &[(usize, usize)],
        incoming: &mut Forms,
        locals: &mut [f64],
    ) {
        for &(octant, local) in children {
            locals[local] += incoming.room::<f64>(octant, 1)[0];
        }
    }
    fn far_constant(&self, _: f64, _: f64, _: &mut [f64]) {}
    fn l2l<I: Isa>(&self, _: I, _: usize, parent: &[f64], child: &mut [f64]) {
        child[0] += parent[0];
    }
    fn p2l<I: Isa>(&self, _: I, points: &UnitPoints<D>, _: f64, local: &mut [f64]) {
        local[0] += points.w.iter().sum::<f64>();
    }
    fn l2p<I: Isa>(
        &self,
        _: I,
        local: &[f64],
        _: &UnitPoints<D>,
        _: f64,
        _: usize,
        sums: &mut UnitSums<D>,
    ) {
        sums.t.iter_mut().for_each(|t| *t += local[0]);
    }
    fn m2p<I: Isa>(
        &self,
        _: I,
        multipole: &[f64],
        _: &UnitPoints<D>,
        _: CellScale,
        _: usize,
        sums: &mut UnitSums<D>,
    ) {
        sums.t.iter_mut().for_each(|t| *t += multipole[0]);
    }
}

/// What each target counts, in user order, for one strength vector and for each of five, with near pairs in f64 and in
/// f32 on a grid.
fn counts<const D: usize>(
    user_sources: &[[f64; D]],
    targets: Option<&[[f64; D]]>,
    torus: Option<(Torus<D>, Fit)>,
    mut limits: Limits,
    direct_below: usize,
    expanded: Option<u32>,
) -> Vec<Vec<f64>> {
    let mut tree = Tree::default();
    let around = || Frame::around(&[user_sources, targets.unwrap_or(&[])]);
    let frame = torus.map_or_else(around, |(torus, fit)| torus.frame::<f64>(fit));
    if let Some(level) = expanded {
        let side = frame.least_side(level) / frame.scale;
        limits.narrowest = limits.narrowest.max(side);
    }
    tree.rebuild(frame, user_sources, targets, limits);
    let mut lists = Lists::default();
    lists.build(&tree, direct_below, expanded);
    lists.take_images_directly(&mut tree, direct_below);
    let tree_order = |points: &[[f64; D]], order: &[u32]| -> [Vec<f64>; D] {
        std::array::from_fn(|a| {
            let coordinates = order.iter().map(|&i| points[i as usize][a]);
            coordinates.chain([0.0; PADDING]).collect()
        })
    };
    let mut sources = tree_order(user_sources, &tree.source_order.user_index);
    if let Some((torus, _)) = torus {
        for (a, x) in sources.iter_mut().enumerate() {
            let beside = |x, shift: [i8; D]| x + f64::from(shift[a]) * torus.sides[a];
            tree.fill_images(x, 0.0, PADDING, beside);
        }
    }
    let targets = tree_order(targets.unwrap_or(user_sources), &tree.targets().user_index);
    let ones = vec![1.0; user_sources.len()];
    let mut found = vec![];
    for (accuracy, vectors) in [(SINGLE, 1), (SINGLE, 5), (COARSE, 1), (COARSE, 5)] {
        let none = || Mutex::new(vec![f64::NAN; tree.targets().len()]);
        let counts: Vec<_> = (0..vectors).map(|_| none()).collect();
        let context = Context {
            chosen: Chosen::detect(),
            tree: &tree,
            lists: &lists,
            expansion: &Count { expanded, ..FAR },
            sources: &sources,
            targets: &targets,
            leaves: &tree.target_leaves(),
            accuracy,
            lost_in_f32: None,
            down: &Down::default(),
            sink: &InUserOrder(&tree.targets().user_index, &counts),
        };
        let mut buffers: Vec<_> = (0..vectors).map(|_| Buffers::default()).collect();
        let strengths = vec![&ones[..]; vectors];
        evaluate::<_, _, _, D, 4>(&context, One, &strengths, Outputs::POTENTIAL, &mut buffers);
        found.extend(
            counts
                .into_iter()
                .map(|counts| counts.into_inner().unwrap()),
        );
    }
    found
}

/// Puts the potentials where each vector has its counts.
struct InUserOrder<'a>(&'a [u32], &'a [Mutex<Vec<f64>>]);

impl<const D: usize> Sink<f64, D> for InUserOrder<'_> {
    fn take(&self, component: usize, first: usize, sums: &TargetSums<f64, D>) {
        let mut counts = self.1[component].lock().unwrap();
        for (&user, &t) in self.0[first..].iter().zip(sums.t) {
            counts[user as usize] = t;
        }
    }
}

fn check<const D: usize>(
    sources: &[[f64; D]],
    targets: Option<&[[f64; D]]>,
    limits: Limits,
    direct_below: usize,
) {
    let expected = |boxes: usize| -> Vec<f64> {
        let of = |x: &[f64; D]| {
            let at_one_place = sources.iter().filter(|&y| y == x).count();
            (boxes * sources.len() - at_one_place) as f64
        };
        targets.unwrap_or(sources).iter().map(of).collect()
    };
    let levels: &[_] = if limits.torus {
        &[None]
    } else {
        &[None, Some(2), Some(4)]
    };
    // A cube, and a box of other sides in which the points of the cube lie too.
    let boxes = [[1.0; 3], [1.0, 1.7, 1.3]];
    let mut tori: Vec<Option<(Torus<D>, Fit)>> = vec![None];
    if limits.torus {
        let torus = |sides: &[f64; 3]| Torus::new(&sides[..D]).unwrap();
        tori = boxes
            .map(|sides| Some((torus(&sides), Fit::Whole)))
            .to_vec();
        let cube = torus(&boxes[0]);
        if cube.fills_thirds(sources) {
            tori.push(Some((cube, Fit::Thirds)));
        }
    }
    for torus in tori {
        // Where the box is three cells wide, the image that is near is the only one.
        let expected = expected(match torus {
            Some((_, Fit::Whole)) => 3usize.pow(D as u32),
            _ => 1,
        });
        for &expanded in levels {
            for found in counts(sources, targets, torus, limits, direct_below, expanded) {
                let what = format!(
                    "{limits:?}, {torus:?}, direct below {direct_below}, expanded {expanded:?}"
                );
                assert_eq!(found, expected, "{what}");
            }
        }
    }
}

fn limits(leaf_capacity: usize) -> Limits {
    Limits {
        leaf_capacity,
        narrowest: 0.0,
        torus: false,
    }
}

/// Clouds that force every list: even, clustered over many scales, on a line, on a sphere, in two clusters far apart, and
/// with repeated points.
fn clouds<const D: usize>(n: usize) -> [Vec<[f64; D]>; 6] {
    let mut rng = StdRng::seed_from_u64(5);
    let mut draw = |place: &dyn Fn([f64; D], f64, usize) -> [f64; D]| -> Vec<[f64; D]> {
        (0..n)
            .map(|i| place(rng.random(), rng.random(), i))
            .collect()
    };
    let on_sphere = |x: [f64; D]| {
        let x = x.map(|x| x - 0.5);
        let r = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.map(|x| x / r)
    };
    [
        draw(&|x, _, _| x),
        draw(&|x, r, _| on_sphere(x).map(|x| (-14.0 * r).exp() * x)),
        draw(&|_, x, _| std::array::from_fn(|a| x * 0.5f64.powi(a as i32))),
        draw(&|x, _, _| on_sphere(x)),
        draw(&|x, _, i| x.map(|x| 1e-3 * x + (i % 5 == 0) as u8 as f64)),
        draw(&|mut x, _, i| {
            if i % 3 == 0 {
                return [0.25; D];
            }
            x[0] = (8.0 * x[0]).floor();
            x[1] *= x[1];
            x
        }),
    ]
}

fn every_pair_exactly_once<const D: usize>(n: usize) {
    for cloud in clouds::<D>(n) {
        for leaf_capacity in [1, 3, 20, 5000] {
            for direct_below in [0, 4, 40, 1000] {
                check(&cloud, None, limits(leaf_capacity), direct_below);
            }
        }
        check(
            &cloud,
            None,
            Limits {
                leaf_capacity: 2,
                narrowest: 0.05,
                torus: false,
            },
            3,
        );
    }
}

fn every_pair_exactly_once_with_separate_targets<const D: usize>(n: usize) {
    let clouds = clouds::<D>(n);
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

#[test]
fn every_pair_exactly_once_in_the_plane() {
    every_pair_exactly_once::<2>(1500);
    every_pair_exactly_once_with_separate_targets::<2>(700);
}

/// On a torus: every source in the box and in each of the boxes around it.
fn every_image_exactly_once<const D: usize>(n: usize) {
    let inside = |cloud: &Vec<[f64; D]>| Torus::new(&[1.0; D]).unwrap().wrap(cloud);
    let clouds = clouds::<D>(n).each_ref().map(inside);
    let torus = |leaf_capacity: usize| Limits {
        torus: true,
        ..limits(leaf_capacity)
    };
    for (cloud, others) in clouds.iter().zip(clouds.iter().skip(1)) {
        for leaf_capacity in [1, 3, 20, 5000] {
            for direct_below in [0, 4, 40, 1000] {
                check(cloud, None, torus(leaf_capacity), direct_below);
            }
        }
        check(cloud, Some(&others[..n / 3]), torus(4), 5);
    }
    let few = &clouds[0];
    for n in 0..4 {
        check(&few[..n], None, torus(1), 2);
        check(&few[..n], Some(&few[2..5]), torus(1), 2);
    }
    check(&[[0.0; D]; 7], None, torus(2), 3);
}

#[test]
fn every_image_exactly_once_on_tori() {
    every_image_exactly_once::<2>(700);
    every_image_exactly_once::<3>(400);
}

#[test]
fn every_pair_exactly_once_in_space() {
    every_pair_exactly_once::<3>(1500);
    every_pair_exactly_once_with_separate_targets::<3>(700);
}

/// Points on a grid, drawn to corners by powers of two, so that cells of many sizes touch.
fn on_grid<const D: usize>(points: &[([u32; 3], u32)]) -> Vec<[f64; D]> {
    let place = |(x, e): &([u32; 3], u32)| {
        std::array::from_fn(|a| f64::from(x[a]) * 0.5f64.powi(*e as i32))
    };
    points.iter().map(place).collect()
}

fn check_halves<const D: usize>(cloud: &[[f64; D]], leaf_capacity: usize, direct_below: usize) {
    check(cloud, None, limits(leaf_capacity), direct_below);
    let (sources, targets) = cloud.split_at(cloud.len() / 2);
    check(sources, Some(targets), limits(leaf_capacity), direct_below);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn every_pair_exactly_once_in_any_cloud(
        points in prop::collection::vec((prop::array::uniform3(0u32..64), 0u32..20), 0..300),
        leaf_capacity in 1usize..12,
        direct_below in 0usize..12,
    ) {
        check_halves(&on_grid::<2>(&points), leaf_capacity, direct_below);
        check_halves(&on_grid::<3>(&points), leaf_capacity, direct_below);
    }
}

impl Family<3> for Count {
    fn floor(_: Guarantee) -> f64 {
        0.0
    }
    fn order(&self) -> usize {
        1
    }
    fn waves(&self) -> usize {
        1
    }
    fn direct_below(&self) -> usize {
        3
    }
}

impl RadialPair<3> for One {
    type Family = Count;

    fn units(&self, scale: f64) -> Units {
        Units::new(scale, 0, 0.0)
    }
    fn tabulated(_: RadialTables) -> Self {
        One
    }
    fn family(&self, _: &Asked<3>) -> Result<(Count, usize)> {
        Ok((FAR, 1))
    }
    fn in_double(
        self,
        context: &Context<f64, Count, 3>,
        strengths: &[&[f64]],
        outputs: Outputs,
        buffers: &mut [Buffers<f64>],
    ) -> PassSeconds {
        evaluate::<_, _, _, 3, 3>(context, self, strengths, outputs, buffers)
    }
    fn in_single(
        self,
        context: &Context<f32, Count, 3>,
        strengths: &[&[f32]],
        outputs: Outputs,
        buffers: &mut [Buffers<f32>],
    ) -> PassSeconds {
        evaluate::<_, _, _, 3, 3>(context, self, strengths, outputs, buffers)
    }
    fn all_pairs(self, all: &AllPairs<3>) -> Vec<RadialSum<f64, 3>> {
        all.sums(self)
    }
}

/// The kernel K = 0, g = 1 in space.
#[derive(Clone, Debug)]
struct Counting;

impl Kernel<3> for Counting {
    type Pair = One;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        "counting".into()
    }
    fn field<T: Real>(&self, _: usize, s: [T; 3]) -> [T; 3] {
        s
    }
    fn potential<T: Real>(&self, t: T) -> T {
        t
    }
    fn pair(&self, _: f64) -> One {
        One
    }
}

#[test]
fn a_plan_in_space_counts() {
    let [cloud, others, ..] = clouds::<3>(800);
    let (w, expected) = (vec![1.0; 800], vec![799.0; 800]);
    let mut plan = Plan::new(&cloud, Counting, Options::tolerance(1e-3)).unwrap();
    assert_eq!(plan.potential(&w).unwrap(), expected);
    plan.move_to(&others).unwrap();
    let found = plan.evaluate(&[&w], Outputs::BOTH).unwrap();
    assert_eq!(found.sums[0].potential, expected);
    assert_eq!(found.sums[0].field, vec![[0.0; 3]; 800]);
    assert_eq!(plan.verify(&w, 50).unwrap().measured_error, 0.0);
    assert_eq!(
        direct::potential(&cloud, &cloud, &w, Counting).unwrap(),
        expected
    );
    let single: Vec<[f32; 3]> = cloud.iter().map(|x| x.map(|x| x as f32)).collect();
    let plan = Plan::with_targets(&single[..90], &single, Counting, Options::tolerance(1e-3));
    assert_eq!(plan.unwrap().potential(&[1.0; 800]).unwrap(), [799.0; 90]);
}

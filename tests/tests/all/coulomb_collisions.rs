//! γ = −d of the Landau kernel: far parts by harmonic expansions. Accuracy over the corpus, small clusters, every pair once, plans that move.

use crate::cloud::{Shape as Planar, Signs};
use crate::compare::{norm, relative_l2};
use crate::refusals::refused;
use crate::space::cloud::Shape;
use farfield::landau::{Landau, LandauPlan, LandauSums, direct};
use farfield::{Guarantee, Options};

const COULOMB: Landau = Landau { gamma: -3.0 };

fn matrices<const D: usize>(sums: &LandauSums<D>) -> &[f64] {
    sums.a.as_flattened().as_flattened()
}

/// The errors of A and B.
fn errors<const D: usize>(found: &LandauSums<D>, exact: &LandauSums<D>) -> [f64; 2] {
    [
        relative_l2(matrices(found), matrices(exact)),
        relative_l2(found.b.as_flattened(), exact.b.as_flattened()),
    ]
}

/// Small leaves, so that most pairs are far.
fn options(tolerance: f64) -> Options {
    Options::tolerance(tolerance).leaf_capacity(40)
}

/// What misses its tolerance, by line.
fn misses(what: &str, points: &[[f64; 3]], tolerances: &[f64]) -> Vec<String> {
    let mut bad = vec![];
    for signs in Signs::BOTH {
        let w = signs.strengths(points.len(), 81);
        let exact = direct(points, points, &w, COULOMB).unwrap();
        for &tolerance in tolerances {
            let plan = LandauPlan::new(points, COULOMB, options(tolerance)).unwrap();
            let errors = errors(&plan.sums(&w).unwrap(), &exact);
            if !errors.iter().all(|&error| error <= tolerance) {
                bad.push(format!("{what}, {signs:?}, {tolerance:e}: {errors:?}"));
            }
        }
    }
    bad
}

#[test]
fn every_cloud_to_every_tolerance() {
    let tolerances = [0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-9];
    let of = |shape: Shape| misses(&format!("{shape:?}"), &shape.points(2000, 82), &tolerances);
    let bad: Vec<String> = Shape::ALL.into_iter().flat_map(of).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Two normal clusters of this width at a distance of 1.
fn clusters(n: usize, width: f64) -> Vec<[f64; 3]> {
    let points = Shape::Gaussian.points(n, 83);
    let place = |(k, x): (usize, &[f64; 3])| {
        let side = if k % 2 == 0 { 0.0 } else { 1.0 };
        [0.6 * side, 0.8 * side, -0.1 * side]
            .map(|x| x + 0.25)
            .into_iter()
            .zip(x)
            .map(|(o, x)| o + width * x)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap()
    };
    points.iter().enumerate().map(place).collect()
}

/// Roundings count by distances from the origin: waves in f32 would be wrong here by up to 800 times 1e-5.
#[test]
fn cells_that_are_small_beside_their_distance_from_the_origin() {
    let mut bad = vec![];
    for width in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6] {
        let points = clusters(4000, width);
        let what = format!("clusters of {width:e}");
        bad.extend(misses(&what, &points, &[1e-3, 1e-5, 1e-9]));
        // A tenth of a uniform cloud in a core.
        let mut points = Shape::Uniform.points(4000, 84);
        for (x, y) in points.iter_mut().step_by(10).zip(clusters(400, width)) {
            *x = y;
        }
        bad.extend(misses(&format!("core of {width:e}"), &points, &[1e-5]));
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// One source at a time: at every target its own a and b, near or far, and nothing at its own place.
#[test]
fn every_pair_once() {
    let n = 1500;
    let mut points = Shape::Plummer.points(n, 85);
    points[7] = points[n - 3];
    let plan =
        LandauPlan::new(&points, COULOMB, Options::tolerance(1e-9).leaf_capacity(8)).unwrap();
    for source in (0..n).step_by(211).chain([7]) {
        let mut w = vec![0.0; n];
        w[source] = 1.5;
        let found = plan.sums(&w).unwrap();
        let exact = direct(&points, &points[source..=source], &[1.5], COULOMB).unwrap();
        for i in 0..n {
            let error = |found: &[f64], exact: &[f64]| {
                let difference: Vec<f64> = found.iter().zip(exact).map(|(x, y)| x - y).collect();
                norm(&difference) / norm(exact).max(1e-3)
            };
            let of_a = error(found.a[i].as_flattened(), exact.a[i].as_flattened());
            let of_b = error(&found.b[i], &exact.b[i]);
            assert!(
                of_a < 1e-6 && of_b < 1e-6,
                "{source} at {i}: {of_a:e} {of_b:e}"
            );
        }
    }
    let nothing = plan.sums(&vec![0.0; n]).unwrap();
    assert!(
        matrices(&nothing)
            .iter()
            .chain(nothing.b.as_flattened())
            .all(|&x| x == 0.0)
    );
}

#[test]
fn coincident_points_in_leaves_that_cannot_be_split() {
    let mut points = Shape::Uniform.points(700, 86).repeat(3);
    points.extend([[0.5, 0.25, 0.125]; 100]);
    let bad = misses("coincident", &points, &[1e-3, 1e-5, 1e-9]);
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn planar_clouds() {
    let kernel = Landau { gamma: -2.0 };
    let small = Planar::Gaussian.points(3000, 87);
    let small = small.iter().enumerate().map(|(k, x)| {
        let side = (k % 2) as f64;
        [side + 1e-6 * x[0], 0.5 * side + 1e-6 * x[1]]
    });
    let clouds = [
        Planar::Uniform.points(3000, 87),
        Planar::Spiral.points(3000, 87),
        Planar::TwoClusters.points(3000, 87),
        Planar::SlantedLine.points(3000, 87),
        small.collect(),
    ];
    for (cloud, points) in clouds.iter().enumerate() {
        for signs in Signs::BOTH {
            let w = signs.strengths(3000, 87);
            let exact = direct(points, points, &w, kernel).unwrap();
            for tolerance in [0.1, 1e-2, 1e-4, 1e-6, 1e-8] {
                let plan = LandauPlan::new(points, kernel, options(tolerance)).unwrap();
                let errors = errors(&plan.sums(&w).unwrap(), &exact);
                assert!(
                    errors.iter().all(|&error| error <= tolerance),
                    "cloud {cloud}, {signs:?}, {tolerance:e}: {errors:?}"
                );
            }
        }
    }
}

/// On a line A is what a point has of its own potential, and strengths of 1 and −1 in turn leave next to nothing of it.
#[test]
fn neutral_lines_in_the_plane() {
    let kernel = Landau { gamma: -2.0 };
    let (n, slope) = (8000, [1.0, -1.0, 0.5]);
    let w: Vec<f64> = (0..n)
        .map(|k| if k % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    for slope in slope {
        let points: Vec<[f64; 2]> = (0..n)
            .map(|k| k as f64 / n as f64)
            .map(|x| [x, slope * x])
            .collect();
        let exact = direct(&points, &points, &w, kernel).unwrap();
        for tolerance in [0.1, 1e-2, 1e-4] {
            let plan = LandauPlan::new(&points, kernel, Options::tolerance(tolerance)).unwrap();
            let errors = errors(&plan.sums(&w).unwrap(), &exact);
            assert!(
                errors.iter().all(|&error| error <= tolerance),
                "{slope}, {tolerance:e}: {errors:?}"
            );
        }
    }
}

/// To and from a cloud that asks for waves in f64.
#[test]
fn a_plan_that_moved_is_the_one_that_is_made_there() {
    let (even, uneven) = (Shape::Uniform.points(3000, 88), clusters(3000, 1e-4));
    let w = Signs::Random.strengths(3000, 88);
    let new = |points: &[[f64; 3]]| LandauPlan::new(points, COULOMB, options(1e-5)).unwrap();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let mut plan = new(&even);
            let mut all = vec![];
            for points in [&even, &uneven, &even] {
                plan.move_to(points).unwrap();
                let sums = plan.sums(&w).unwrap();
                assert_eq!(plan.report().waves_in_single, *points == even);
                assert!(sums == new(points).sums(&w).unwrap());
                assert!(plan.verify(&w, 300).unwrap().error_bound <= 1e-5);
                let mut bad = points.clone();
                bad[5][0] = f64::INFINITY;
                refused(plan.move_to(&bad), &["positions[5]", "inf", "finite"]);
                assert!(plan.sums(&w).unwrap() == sums, "after an error");
                all.push(sums);
            }
            all
        })
    };
    assert!(run(1) == run(3));
}

#[test]
fn the_leaf_capacity_gives_the_plan_again() {
    let n = 5000;
    let points = Shape::Gaussian.points(n, 89);
    let w = Signs::One.strengths(n, 89);
    let plan = LandauPlan::new(&points, COULOMB, Options::tolerance(1e-4)).unwrap();
    let report = plan.report();
    assert_eq!((report.n_sources, report.n_targets), (n, n));
    assert_eq!(report.leaf_capacity, plan.leaf_capacity());
    assert!(report.bytes >= 24 * n && report.near_pairs >= n as u64);
    let again = Options::tolerance(1e-4).leaf_capacity(plan.leaf_capacity());
    let again = LandauPlan::new(&points, COULOMB, again).unwrap();
    assert!(again.sums(&w).unwrap() == plan.sums(&w).unwrap());
}

#[test]
fn tolerances_and_guarantees() {
    let points = Shape::Uniform.points(10, 90);
    let new = |gamma, options| LandauPlan::new(&points, Landau { gamma }, options);
    let least = |gamma| LandauPlan::<3>::least_tolerance(Landau { gamma });
    assert_eq!((least(-3.0), least(-2.9)), (1e-9, 1e-5));
    new(-3.0, Options::tolerance(1e-9)).unwrap();
    let below = new(-3.0, Options::tolerance(0.9e-9));
    refused(below, &["tolerance", "9e-10", "1e-9 to 0.1"]);
    let other = new(-2.9, Options::tolerance(1e-6));
    refused(other, &["tolerance", "1e-6", "1e-5 to 0.1"]);
    let pointwise = Options::tolerance(1e-3).guarantee(Guarantee::Pointwise);
    refused(
        new(-3.0, pointwise),
        &["guarantee", "pointwise", "calibrated, for landau"],
    );
}

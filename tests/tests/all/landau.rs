//! The sums of the Landau kernel: formulas, accuracy for every γ, laws, few and coincident points, refusals.

use crate::cloud::{Shape, Signs};
use crate::compare::relative_l2;
use crate::refusals::refused;
use crate::space::cloud as space;
use farfield::landau::{Landau, LandauPlan, LandauSums, direct};
use farfield::{Guarantee, Options};

/// The errors of A and B.
fn errors<const D: usize>(found: &LandauSums<D>, exact: &LandauSums<D>) -> [f64; 2] {
    let a = |sums: &LandauSums<D>| sums.a.as_flattened().as_flattened().to_vec();
    [
        relative_l2(&a(found), &a(exact)),
        relative_l2(found.b.as_flattened(), exact.b.as_flattened()),
    ]
}

/// For dimensions 2 and 3, a check of plans against the direct sum: what misses its tolerance, by line.
macro_rules! misses {
    ($D:literal, $points:expr, $w:expr, $gammas:expr, $tolerances:expr) => {{
        let mut bad = vec![];
        for gamma in $gammas {
            let kernel = Landau { gamma };
            let exact = direct::<$D>(&$points[..], &$points[..], &$w, kernel).unwrap();
            for tolerance in $tolerances.clone() {
                let plan =
                    LandauPlan::<$D>::new(&$points[..], kernel, Options::tolerance(tolerance));
                let found = plan.unwrap().sums(&$w).unwrap();
                let errors = errors(&found, &exact);
                if !errors.iter().all(|&error| error <= tolerance) {
                    bad.push(format!("γ = {gamma}, {tolerance:e}: {errors:?}"));
                }
            }
        }
        bad
    }};
}

#[test]
fn one_pair_by_hand() {
    // z = (3, 4), r = 5: I − z zᵀ/r² = [[16, −12], [−12, 9]]/25.
    for gamma in [-2.0f64, -1.3, 0.0, 1.0] {
        let kernel = Landau { gamma };
        let sums = direct(&[[3.5, 4.25]], &[[0.5, 0.25]], &[2.0], kernel).unwrap();
        let size = 2.0 * 5f64.powf(gamma);
        let a = [[16.0, -12.0], [-12.0, 9.0]].map(|row| row.map(|x: f64| x * size));
        let exact = LandauSums {
            a: vec![a],
            b: vec![[-3.0 * size, -4.0 * size]],
        };
        assert!(
            errors(&sums, &exact).iter().all(|&e| e < 1e-15),
            "{gamma}: {sums:?}"
        );
    }
    // z = (2, −1, 2), r = 3, d − 1 = 2.
    for gamma in [-3.0f64, -2.0, -1.7, -1.0, 0.0, 0.5, 1.0] {
        let sums = direct(
            &[[1.0, 0.0, 3.0]],
            &[[-1.0, 1.0, 1.0]],
            &[1.0],
            Landau { gamma },
        )
        .unwrap();
        let (z, size) = ([2.0, -1.0, 2.0], 3f64.powf(gamma));
        let entry = |i: usize, j: usize| (if i == j { 9.0 } else { 0.0 } - z[i] * z[j]) * size;
        let a = std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)));
        let exact = LandauSums {
            a: vec![a],
            b: vec![z.map(|z| -2.0 * size * z)],
        };
        assert!(
            errors(&sums, &exact).iter().all(|&e| e < 1e-15),
            "{gamma}: {sums:?}"
        );
    }
}

#[test]
fn every_power_in_the_plane() {
    for shape in [Shape::Uniform, Shape::Gaussian] {
        let points = shape.points(4000, 71);
        for signs in Signs::BOTH {
            let w = signs.strengths(4000, 71);
            let gammas = [-2.0, -1.99, -1.75, -1.7, -1.0, -1e-9, 0.0, 0.5, 1.0];
            let bad = misses!(2, points, w, gammas, [1e-3, 1e-6, 1e-8]);
            assert!(bad.is_empty(), "{shape:?}, {signs:?}: {bad:#?}");
        }
    }
}

/// γ by γ, since operators in space take seconds and the last ones are kept.
#[test]
fn every_power_in_space() {
    let clouds = [space::Shape::Uniform, space::Shape::Gaussian];
    let clouds = clouds.map(|shape| shape.points(4000, 72));
    for (gamma, tolerances) in [
        (-3.0, vec![1e-3, 1e-5]),
        (-2.3, vec![1e-3, 1e-5]),
        (-2.0, vec![1e-3]),
        (-1.9, vec![1e-3]),
        (-1.7, vec![1e-3, 1e-5]),
        (-1.0, vec![1e-3, 1e-5]),
        (0.0, vec![1e-3, 1e-5]),
        (0.5, vec![1e-3, 1e-5]),
        (1.0, vec![1e-3, 1e-5]),
    ] {
        for (cloud, points) in clouds.iter().enumerate() {
            for signs in Signs::BOTH {
                let w = signs.strengths(4000, 72);
                let tolerances = tolerances.iter().copied();
                let bad = misses!(3, points, w, [gamma], tolerances);
                assert!(bad.is_empty(), "cloud {cloud}, {signs:?}: {bad:#?}");
            }
        }
    }
}

/// Momentum and energy: Σ w B = 0, 2 Σ w v·B + Σ w tr A = 0; and A is symmetric, positive where weights are.
#[test]
fn collisions_conserve() {
    let n = 6000;
    let points = space::Shape::Gaussian.points(n, 73);
    let w = vec![1.0 / n as f64; n];
    for gamma in [-3.0, -1.0, 0.0] {
        let plan = LandauPlan::new(&points, Landau { gamma }, Options::tolerance(1e-4)).unwrap();
        let sums = plan.sums(&w).unwrap();
        let (mut momentum, mut energy, mut size) = ([0.0; 3], 0.0, 0.0);
        for ((v, a), b) in points.iter().zip(&sums.a).zip(&sums.b) {
            let trace: f64 = (0..3).map(|i| a[i][i]).sum();
            energy += 2.0 * (0..3).map(|i| v[i] * b[i]).sum::<f64>() + trace;
            size += trace;
            (0..3).for_each(|i| momentum[i] += b[i]);
            for x in [[1.0, 0.0, 0.0], [0.6, 0.0, -0.8], [0.48, 0.64, 0.6]] {
                let along = |i: usize| (0..3).map(|j| a[i][j] * x[j]).sum::<f64>();
                assert!((0..3).map(|i| x[i] * along(i)).sum::<f64>() > 0.0);
            }
            assert_eq!([a[0][1], a[0][2], a[1][2]], [a[1][0], a[2][0], a[2][1]]);
        }
        assert!(
            energy.abs() < 1e-4 * size,
            "γ = {gamma}: {energy:e} of {size:e}"
        );
        let norm = sums.b.iter().flatten().map(|b| b.abs()).sum::<f64>();
        assert!(
            momentum.iter().all(|m| m.abs() < 1e-4 * norm),
            "γ = {gamma}: {momentum:?}"
        );
    }
}

/// Moments are as good as the direct sum, also far from the origin and with many pieces.
#[test]
fn maxwell_molecules_to_rounding() {
    let points: Vec<[f64; 3]> = space::Shape::Gaussian.points(40_000, 74);
    let far: Vec<[f64; 3]> = points
        .iter()
        .map(|x| [x[0] + 1024.0, x[1] - 4096.0, x[2]])
        .collect();
    let w = Signs::Random.strengths(40_000, 74);
    let kernel = Landau { gamma: 0.0 };
    for points in [points, far] {
        let plan = LandauPlan::new(&points, kernel, Options::tolerance(1e-3)).unwrap();
        let found = plan.sums(&w).unwrap();
        let exact = direct(&points[..200], &points, &w, kernel).unwrap();
        let found = LandauSums {
            a: found.a[..200].to_vec(),
            b: found.b[..200].to_vec(),
        };
        assert!(errors(&found, &exact).iter().all(|&e| e < 1e-12));
    }
}

/// N = 0, 1, 2, and points that coincide, whose pairs give nothing.
#[test]
fn few_and_coincident_points() {
    let at = [0.3, -0.0, 0.7];
    let clouds: [Vec<[f64; 3]>; 5] = [
        vec![],
        vec![at],
        vec![at, [0.3, 0.0, 0.7]],
        vec![at, at, [1.0, 2.0, 3.0]],
        space::Shape::Uniform.points(900, 75).repeat(2),
    ];
    for points in clouds {
        let w = Signs::Random.strengths(points.len(), 75);
        for gamma in [-3.0, -2.0, -1.0, 0.0, 1.0] {
            let kernel = Landau { gamma };
            let plan = LandauPlan::new(&points, kernel, Options::tolerance(1e-3)).unwrap();
            let found = plan.sums(&w).unwrap();
            let exact = direct(&points, &points, &w, kernel).unwrap();
            let errors = errors(&found, &exact);
            let n = points.len();
            assert!(
                errors.iter().all(|&e| e <= 1e-3),
                "{n} points, γ = {gamma}: {errors:?}"
            );
        }
    }
}

/// A is a length to the power γ + 2, B has one less: for clouds of any size whose sums are within the range of the numbers.
#[test]
fn every_scale() {
    let points = space::Shape::Uniform.points(600, 78);
    let w = Signs::One.strengths(600, 78);
    for gamma in [-3.0, -2.0, -1.0, -0.5, 0.0, 1.0] {
        let kernel = Landau { gamma };
        let exact = direct(&points, &points, &w, kernel).unwrap();
        for exponent in [-332, -150, 150, 332] {
            let scale = 2f64.powi(exponent);
            let scaled: Vec<[f64; 3]> = points.iter().map(|x| x.map(|x| x * scale)).collect();
            let [of_a, of_b] = [gamma + 2.0, gamma + 1.0].map(|power| scale.powf(power));
            if !(1e-290..1e290).contains(&of_a) || !(1e-290..1e290).contains(&of_b) {
                continue;
            }
            let back = |sums: LandauSums<3>| LandauSums {
                a: sums
                    .a
                    .iter()
                    .map(|a| a.map(|row| row.map(|x| x / of_a)))
                    .collect(),
                b: sums.b.iter().map(|b| b.map(|x| x / of_b)).collect(),
            };
            let found = back(direct(&scaled, &scaled, &w, kernel).unwrap());
            let what = format!("γ = {gamma}, 2^{exponent}");
            assert!(
                errors(&found, &exact).iter().all(|&e| e < 1e-12),
                "direct, {what}"
            );
            let plan = LandauPlan::new(&scaled, kernel, Options::tolerance(1e-3)).unwrap();
            let found = back(plan.sums(&w).unwrap());
            assert!(errors(&found, &exact).iter().all(|&e| e <= 1e-3), "{what}");
            assert!(
                plan.verify(&w, 50).unwrap().measured_error <= 1e-3,
                "{what}"
            );
        }
    }
}

#[test]
fn plans_move_and_threads_do_not_matter() {
    let points = Shape::Gaussian.points(9000, 76);
    let moved: Vec<[f64; 2]> = points
        .iter()
        .map(|x| [x[0] * 1.2, x[1] + 0.1 * x[0]])
        .collect();
    let w = Signs::One.strengths(9000, 76);
    for gamma in [-2.0, -1.0, 0.0] {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let kernel = Landau { gamma };
                let mut plan = LandauPlan::new(&points, kernel, Options::tolerance(1e-5)).unwrap();
                let first = plan.sums(&w).unwrap();
                plan.move_to(&moved).unwrap();
                let second = plan.sums(&w).unwrap();
                let mut again = first.clone();
                plan.sums_into(&w, &mut again).unwrap();
                assert_eq!(again, second, "in the place of others");
                assert!(plan.verify(&w, 300).unwrap().error_bound <= 1e-5);
                refused(
                    plan.move_to(&moved[1..]),
                    &["positions", "8999 entries", "9000"],
                );
                let mut bad = points.clone();
                bad[7][1] = f64::NAN;
                refused(plan.move_to(&bad), &["positions[7]", "NaN", "finite"]);
                assert_eq!(
                    plan.sums(&w).unwrap(),
                    second,
                    "after an error the plan is as before"
                );
                [first, second]
            })
        };
        assert!(run(1) == run(3), "γ = {gamma}");
    }
}

#[test]
fn one_leaf_capacity_gives_both_trees_again() {
    let (points, w) = (
        Shape::Gaussian.points(5000, 78),
        Signs::One.strengths(5000, 78),
    );
    for gamma in [-2.0, -1.0, 0.0] {
        let new = |options| LandauPlan::new(&points, Landau { gamma }, options).unwrap();
        let options = Options::tolerance(1e-4);
        let plan = new(options.clone());
        let (sums, capacity) = (plan.sums(&w).unwrap(), plan.leaf_capacity());
        let report = plan.report();
        assert_eq!((report.n_sources, report.leaf_capacity), (5000, capacity));
        // At least the positions.
        assert!(report.bytes >= 16 * 5000);
        let again = new(options.leaf_capacity(capacity)).sums(&w).unwrap();
        assert!(again == sums, "γ = {gamma}");
    }
}

#[test]
fn errors_of_given_sums_are_noticed() {
    let (points, w) = (
        Shape::Uniform.points(2000, 79),
        Signs::One.strengths(2000, 79),
    );
    let plan = LandauPlan::new(&points, Landau { gamma: -1.0 }, Options::tolerance(1e-6)).unwrap();
    let sums = plan.sums(&w).unwrap();
    let measured = |sums| {
        let report = plan.verify_sums(&w, sums, 200, 5).unwrap();
        report.measured_error
    };
    assert!(measured(&sums) < 1e-6);
    let (mut of_a, mut of_b) = (sums.clone(), sums.clone());
    of_a.a
        .iter_mut()
        .flatten()
        .flatten()
        .for_each(|a| *a *= 1.01);
    of_b.b.iter_mut().flatten().for_each(|b| *b *= 1.02);
    assert!((measured(&of_a) - 0.01).abs() < 1e-5);
    assert!((measured(&of_b) - 0.02).abs() < 1e-5);
    of_a.a.pop();
    refused(
        plan.verify_sums(&w, &of_a, 200, 5),
        &["sums.a", "1999", "2000"],
    );
}

#[test]
fn what_is_not_allowed() {
    let points = Shape::Uniform.points(10, 77);
    for gamma in [-2.1, 1.1, f64::NAN, f64::NEG_INFINITY] {
        let plan = LandauPlan::new(&points, Landau { gamma }, Options::tolerance(1e-3));
        refused(plan, &["gamma", "-2 to 1 in 2 dimensions"]);
        refused(
            direct(&points, &points, &[1.0; 10], Landau { gamma }),
            &["gamma", "-2 to 1"],
        );
    }
    let new = |options| LandauPlan::new(&points, Landau { gamma: -1.0 }, options);
    refused(
        new(Options::tolerance(1e-12)),
        &["tolerance", "1e-12", "1e-8 to 0.1"],
    );
    let pointwise = Options::tolerance(1e-3).guarantee(Guarantee::Pointwise);
    refused(new(pointwise), &["guarantee", "pointwise", "calibrated"]);
    let plan = new(Options::tolerance(1e-3)).unwrap();
    refused(plan.sums(&[1.0; 9]), &["strengths", "9", "10"]);
    refused(
        plan.sums(&[f64::INFINITY; 10]),
        &["strengths", "inf", "finite"],
    );
    refused(plan.verify(&[1.0; 10], 0), &["samples", "0", "1 or more"]);
    let far = [[0.0, 0.0], [1e200, 0.0]];
    let kernel = Landau { gamma: 0.0 };
    let plan = LandauPlan::new(&far, kernel, Options::tolerance(1e-3)).unwrap();
    refused(
        plan.sums(&[1.0; 2]),
        &["sums[0]", "not finite", "too far apart"],
    );
    refused(
        direct(&far, &far, &[1.0; 2], kernel),
        &["sums[0]", "not finite"],
    );
}

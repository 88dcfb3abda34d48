//! Formulas that can be worked out by hand, scales, few and coincident points, refusals, and the same bits for any threads.

use crate::cloud::{Shape, Signs};
use crate::compare::{exact, relative_l2};
use crate::refusals::refused;
use farfield::{
    Coulomb2d, Coulomb3d, Guarantee, Kernel, Kernel2d, Options, Outputs, Plan, Riesz, Sums,
};
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// Strength 3 at the origin, seen from (3, 4)/5 r: K = z/r^{s+2}, g = r^{−s}/s.
#[test]
fn one_pair() {
    for s in [0.25, 0.5, 1.0, 1.5, 1.75] {
        for r in [1e-40, 1e-3, 1.0, 7.0, 1e40] {
            let points = [[0.0, 0.0], [0.6 * r, 0.8 * r]];
            let plan = Plan::new(&points, Riesz { s }, Options::tolerance(1e-12)).unwrap();
            let sums = plan
                .evaluate(&[&[3.0, 0.0]], Outputs::BOTH)
                .unwrap()
                .sums
                .remove(0);
            let size = 3.0 * f64::powf(r, -s - 1.0);
            let expected = [0.6 * size, 0.8 * size];
            for (found, expected) in sums.field[1].iter().zip(expected) {
                assert!(
                    (found / expected - 1.0).abs() < 1e-11,
                    "{s} {r:e}: {found} {expected}"
                );
            }
            let expected = 3.0 * f64::powf(r, -s) / s;
            assert!(
                (sums.potential[1] / expected - 1.0).abs() < 1e-11,
                "{s} {r:e}"
            );
            assert_eq!((sums.field[0], sums.potential[0]), ([0.0; 2], 0.0));
        }
    }
}

/// s = d − 2 is Coulomb's kernel but for its constant.
#[test]
fn coulomb_is_one_of_them() {
    let points = Shape::Gaussian.points(5000, 41);
    let w = Signs::Random.strengths(5000, 42);
    let plane = exact(&points, &points, &w, Coulomb2d);
    let plan = Plan::new(&points, Riesz { s: 0.0 }, Options::tolerance(1e-10)).unwrap();
    let Sums {
        field, potential, ..
    } = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
    let field: Vec<[f64; 2]> = field.iter().map(|u| u.map(|u| u / TAU)).collect();
    assert!(relative_l2(field.as_flattened(), plane.field.as_flattened()) < 1e-10);
    let potential: Vec<f64> = potential.iter().map(|g| g / TAU).collect();
    assert!(relative_l2(&potential, &plane.potential) < 1e-10);
    let points = crate::space::cloud::Shape::Plummer.points(5000, 43);
    let space = exact(&points, &points, &w, Coulomb3d);
    let plan = Plan::new(&points, Riesz { s: 1.0 }, Options::tolerance(1e-5)).unwrap();
    let field: Vec<[f64; 3]> = plan.field(&w).unwrap();
    let field: Vec<[f64; 3]> = field.iter().map(|u| u.map(|u| 0.25 * u / PI)).collect();
    assert!(relative_l2(field.as_flattened(), space.field.as_flattened()) < 1e-5);
}

/// A cloud that is 2^k times as large has sums that are 2^{−k(s+1)} and 2^{−ks} times as large.
#[test]
fn scales() {
    let (points, w) = (
        Shape::Uniform.points(3000, 44),
        Signs::One.strengths(3000, 45),
    );
    for s in [0.5, 1.0, 1.3] {
        let sums = |k: i32| {
            let scale = 2f64.powi(k);
            let points: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| x * scale)).collect();
            let plan = Plan::new(&points, Riesz { s }, Options::tolerance(1e-9)).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let back = |x: f64, power: f64| {
                x * 2f64.powf(0.5 * power * k as f64) * 2f64.powf(0.5 * power * k as f64)
            };
            let field: Vec<f64> = sums
                .field
                .as_flattened()
                .iter()
                .map(|&u| back(u, s + 1.0))
                .collect();
            let potential: Vec<f64> = sums.potential.iter().map(|&g| back(g, s)).collect();
            (field, potential)
        };
        let (field, potential) = sums(0);
        for k in [-300, -1, 3, 300] {
            let (scaled, its) = sums(k);
            assert!(relative_l2(&scaled, &field) < 1e-12, "{s} {k}");
            assert!(relative_l2(&its, &potential) < 1e-12, "{s} {k}");
        }
    }
}

fn few_and_coincident<const D: usize>(s: f64)
where
    Riesz: Kernel<D, Strength<f64> = f64, Strength<f32> = f32>,
{
    let every = Outputs {
        gradient: true,
        ..Outputs::BOTH
    };
    let options = || Options::tolerance(1e-5).outputs(every);
    let empty: Vec<[f64; D]> = vec![];
    assert!(
        Plan::new(&empty, Riesz { s }, options())
            .unwrap()
            .field(&[])
            .unwrap()
            .is_empty()
    );
    for n in [1, 2, 100, 3000] {
        let there = vec![[0.3; D]; n];
        let plan = Plan::new(&there, Riesz { s }, options()).unwrap();
        let found = plan.evaluate(&[&vec![1.0; n]], every);
        let sums = found.unwrap().sums.remove(0);
        assert_eq!(
            (&sums.field, &sums.potential),
            (&vec![[0.0; D]; n], &vec![0.0; n])
        );
        assert_eq!(sums.gradient, vec![[[0.0; D]; D]; n]);
        if s <= 2.0 {
            let single = vec![[0.3f32; D]; n];
            let plan = Plan::new(&single, Riesz { s }, Options::tolerance(1e-4)).unwrap();
            assert_eq!(plan.field(&vec![1.0; n]).unwrap(), vec![[0.0; D]; n]);
        }
    }
    // Twins in a cloud: nothing of each other, all of the rest.
    let mut points: Vec<[f64; D]> = (0..4000)
        .map(|i| std::array::from_fn(|a| ((i as f64 + 1.0) * [0.618, 0.414, 0.732][a]).fract()))
        .collect();
    let twins = points.clone();
    points.extend(twins);
    let w = Signs::Random.strengths(8000, 46);
    let exact = exact(&points, &points, &w, Riesz { s });
    let plan = Plan::new(&points, Riesz { s }, options().leaf_capacity(30)).unwrap();
    let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
    assert!(crate::compare::worst_error(&sums, &exact) < 1e-5, "s = {s}");
}

#[test]
fn few_points_and_coincident_ones() {
    for s in [0.0, 0.5, 1.0, 1.9] {
        few_and_coincident::<2>(s);
    }
    for s in [0.0, 1.3, 2.0, 2.9] {
        few_and_coincident::<3>(s);
    }
}

/// Where near pairs do not outweigh far ones: a lattice of equal strengths, and targets apart from all sources.
#[test]
fn far_pairs_alone() {
    let lattice: Vec<[f64; 2]> = (0..10_000)
        .map(|i| [(i % 100) as f64, (i / 100) as f64])
        .collect();
    let sources = Shape::Uniform.points(6000, 52);
    let beside = |x: [f64; 2]| [x[0] + 1.5, x[1]];
    let targets: Vec<[f64; 2]> = Shape::Uniform
        .points(6000, 53)
        .into_iter()
        .map(beside)
        .collect();
    for s in [0.5, 1.0, 1.5, 1.9] {
        let ones = vec![1.0; 10_000];
        let exact_lattice = exact(&lattice, &lattice, &ones, Riesz { s });
        let w = Signs::Random.strengths(6000, 54);
        let exact_beside = exact(&targets, &sources, &w, Riesz { s });
        for tolerance in [0.1, 1e-3, 1e-6, 1e-9] {
            let plan = Plan::new(&lattice, Riesz { s }, Options::tolerance(tolerance)).unwrap();
            let sums = plan
                .evaluate(&[&ones], Outputs::BOTH)
                .unwrap()
                .sums
                .remove(0);
            let error = crate::compare::worst_error(&sums, &exact_lattice);
            assert!(
                error <= tolerance,
                "lattice, s = {s}, {tolerance:e}: {error:e}"
            );
            let options = Options::tolerance(tolerance);
            let plan = Plan::with_targets(&targets, &sources, Riesz { s }, options).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = crate::compare::worst_error(&sums, &exact_beside);
            assert!(
                error <= tolerance,
                "beside, s = {s}, {tolerance:e}: {error:e}"
            );
        }
    }
}

/// Separate targets, and pairs of leaves of unlike sizes: m2p and p2l.
#[test]
fn separate_targets() {
    let (sources, targets) = (
        Shape::Gaussian.points(20_000, 47),
        Shape::Cauchy.points(3000, 48),
    );
    let w = Signs::Random.strengths(20_000, 49);
    for s in [0.5, 1.0] {
        let exact = exact(&targets, &sources, &w, Riesz { s });
        for tolerance in [1e-3, 1e-7] {
            let options = Options::tolerance(tolerance).leaf_capacity(400);
            let plan = Plan::with_targets(&targets, &sources, Riesz { s }, options).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = crate::compare::worst_error(&sums, &exact);
            assert!(error <= tolerance, "s = {s}, {tolerance:e}: {error:e}");
        }
    }
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let points = Shape::Gaussian.points(20_000, 50);
    let w = Signs::Random.strengths(20_000, 51);
    let sums = |threads: usize, s: f64| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let options = Options::tolerance(1e-6).pool(Arc::new(pool));
        let plan = Plan::new(&points, Riesz { s }, options).unwrap();
        plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums
    };
    for s in [0.7, 1.0] {
        let one = sums(1, s);
        assert!(one == sums(2, s) && one == sums(5, s));
    }
}

#[test]
fn powers_that_are_not_allowed() {
    let points = [[0.0, 0.0], [1.0, 0.0]];
    for s in [-0.1, 2.0, 2.5, f64::NAN, f64::INFINITY] {
        let plan = Plan::new(&points, Riesz { s }, Options::tolerance(1e-6));
        refused(
            plan,
            &["kernel: s", &s.to_string(), "0 or more and below 2"],
        );
    }
    let options = Options::tolerance(1e-6).guarantee(Guarantee::Pointwise);
    let plan = Plan::new(&points, Riesz { s: 1.0 }, options);
    refused(plan, &["guarantee", "pointwise", "calibrated"]);
    let plan = Plan::new(&points, Riesz { s: 1.0 }, Options::tolerance(1e-13));
    refused(plan, &["tolerance", "1e-13", "1e-12 to 0.1"]);
    let plan = Plan::new(&points, Riesz { s: 1e-310 }, Options::tolerance(1e-6));
    refused(plan, &["kernel: s", "0, or 1e-300 or more"]);
    let single = [[0f32; 3], [1.0, 0.0, 0.0]];
    let plan = Plan::new(&single, Riesz { s: 2.1 }, Options::tolerance(1e-3));
    refused(plan, &["precision", "f32 for r^-2.1", "s up to 2"]);
    let options = Options::tolerance(1e-3).outputs(Outputs::GRADIENT);
    let plan = Plan::new(&single, Riesz { s: 1.1 }, options);
    refused(
        plan,
        &["precision", "f32 for r^-1.1", "for gradients up to 1"],
    );
    for (name, argument) in [
        ("riesz", "kernel"),
        ("riesz:", "kernel"),
        ("riesz:t=1", "kernel parameter"),
        ("riesz:s=x", "kernel: s"),
        ("riesz:s=inf", "kernel: s"),
        ("riesz:s=-1", "kernel: s"),
        ("riesz:s=NaN", "kernel: s"),
    ] {
        let error = name.parse::<Riesz>().unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{argument}: ")),
            "{name}: {error}"
        );
    }
    assert_eq!("riesz:s=0.5".parse::<Riesz>().unwrap(), Riesz { s: 0.5 });
    assert_eq!(Kernel::<2>::name(&Riesz { s: 0.5 }), "riesz:s=0.5");
    assert!("riesz:s=1".parse::<Kernel2d>().is_err());
}

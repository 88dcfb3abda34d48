//! Kernels with their cores from tables, whatever the width of the core.

use crate::cloud::{Shape, Signs};
use crate::compare::{exact, relative_l2, worst_error};
use crate::refusals::refused;
use crate::space::cloud as space;
use farfield::{
    AlgebraicCore, BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Guarantee,
    Kernel, Options, Outputs, Plan, Sums, direct,
};
use std::f64::consts::TAU;

/// A plan that has to take tables.
fn plan<K: Kernel<D>, const D: usize>(
    points: &[[f64; D]],
    kernel: &K,
    tolerance: f64,
    outputs: Outputs,
) -> Plan<f64, K, D> {
    let options = Options::tolerance(tolerance).outputs(outputs);
    Plan::new(points, kernel.clone(), options.wide_cores(true).grid(false)).unwrap()
}

/// Errors above the tolerance, by line.
fn misses<K: Kernel<D>, const D: usize>(
    points: &[[f64; D]],
    w: &[K::Strength<f64>],
    kernel: &K,
    tolerances: &[f64],
) -> Vec<String> {
    let exact = exact(points, points, w, kernel.clone());
    let miss = |&tolerance: &f64| {
        let plan = plan(points, kernel, tolerance, Outputs::BOTH);
        let sums = plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0);
        let error = worst_error(&sums, &exact);
        let line = format!("{} {tolerance:e}: {error:.2e}", kernel.name());
        (error.is_nan() || error > tolerance).then_some(line)
    };
    tolerances.iter().filter_map(miss).collect()
}

#[test]
fn every_width_in_the_plane() {
    let (n, mut bad) = (5000, vec![]);
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Cauchy] {
        let points = shape.points(n, 61);
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 61);
            for ratio in [0.01, 1.0, 10.0, 100.0] {
                let (kernel, delta) = (BiotSavart2d, ratio / (n as f64).sqrt());
                let tolerances = [1e-3, 1e-6, 1e-9, 1e-10];
                bad.extend(misses(
                    &points,
                    &w,
                    &GaussianCore { kernel, delta },
                    &tolerances,
                ));
                bad.extend(misses(
                    &points,
                    &w,
                    &AlgebraicCore { kernel, delta },
                    &tolerances,
                ));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn every_width_in_space() {
    let (n, mut bad) = (4000, vec![]);
    for shape in [space::Shape::Uniform, space::Shape::Gaussian] {
        let points = shape.points(n, 62);
        let w = Signs::Random.strengths(n, 62);
        let vectors: Vec<[f64; 3]> = (0..n).map(|i| [w[i], w[(i + 7) % n], 0.3]).collect();
        for ratio in [0.1, 3.0, 30.0] {
            let delta = ratio / (n as f64).cbrt();
            let kernel = Coulomb3d;
            let tolerances = [1e-3, 1e-5];
            bad.extend(misses(
                &points,
                &w,
                &GaussianCore { kernel, delta },
                &tolerances,
            ));
            bad.extend(misses(
                &points,
                &w,
                &AlgebraicCore { kernel, delta },
                &tolerances,
            ));
            let kernel = GaussianCore {
                kernel: BiotSavart3d,
                delta,
            };
            bad.extend(misses(&points, &vectors, &kernel, &tolerances));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// The sums over an algebraic core in the plane, written down again.
#[test]
fn an_algebraic_core_by_hand() {
    let n = 3000;
    let points = Shape::Gaussian.points(n, 63);
    let w = Signs::Random.strengths(n, 63);
    for delta in [1e-3f64, 0.1, 30.0] {
        let square = delta * delta;
        let (mut field, mut potential) = (vec![[0.0; 2]; n], vec![0.0; n]);
        for (i, x) in points.iter().enumerate() {
            for (j, y) in points.iter().enumerate().filter(|&(j, _)| j != i) {
                let z = [x[0] - y[0], x[1] - y[1]];
                let r2 = z[0] * z[0] + z[1] * z[1] + square;
                field[i][0] -= w[j] * z[1] / (TAU * r2);
                field[i][1] += w[j] * z[0] / (TAU * r2);
                potential[i] -= w[j] * 0.5 * r2.ln() / TAU;
            }
        }
        let gradient = vec![];
        let by_hand = Sums {
            field,
            potential,
            gradient,
        };
        let kernel = AlgebraicCore {
            kernel: BiotSavart2d,
            delta,
        };
        let error = worst_error(&exact(&points, &points, &w, kernel), &by_hand);
        assert!(error < 1e-12, "direct, {delta}: {error:e}");
        for tolerance in [1e-3, 1e-6, 1e-10] {
            let options = Options::tolerance(tolerance);
            let plan = Plan::new(&points, kernel, options).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&sums, &by_hand);
            assert!(error <= tolerance, "{delta}, {tolerance:e}: {error:e}");
        }
    }
}

/// Pairs at the same place give nothing, where cells take even themselves by expansions: potentials and gradients of smooth
/// kernels would not vanish there.
#[test]
fn coincident_points_give_nothing() {
    let mut points = Shape::Uniform.points(2000, 64);
    points.extend_from_within(..1500);
    points.extend_from_within(..500);
    points.extend([[0.0, 0.25], [-0.0, 0.25]]);
    let w = Signs::Random.strengths(points.len(), 64);
    let targets: Vec<[f64; 2]> = points
        .iter()
        .step_by(3)
        .copied()
        .chain([[7.0, 7.0]])
        .collect();
    let (kernel, delta, wanted) = (
        Coulomb2d,
        2.0,
        Outputs {
            gradient: true,
            ..Outputs::BOTH
        },
    );
    let kernel = GaussianCore { kernel, delta };
    let of = |targets: &[[f64; 2]]| {
        direct::evaluate(targets, &points, &[&w], kernel, wanted, None)
            .unwrap()
            .remove(0)
    };
    let (all, some) = (of(&points), of(&targets));
    for tolerance in [1e-3, 1e-6, 1e-9] {
        let options = || {
            Options::tolerance(tolerance)
                .outputs(wanted)
                .wide_cores(true)
                .grid(false)
        };
        let plan = Plan::new(&points, kernel, options()).unwrap();
        // With gradients, so small a tolerance as 1e-9 leaves pairs: roundings would show.
        if tolerance > 1e-8 {
            let pairs = plan.report().near_pairs;
            assert!(pairs < 1000, "cells take themselves by expansions");
        }
        let apart = Plan::with_targets(&targets, &points, kernel, options()).unwrap();
        for (plan, exact) in [(plan, &all), (apart, &some)] {
            let found = plan.evaluate(&[&w], wanted).unwrap().sums.remove(0);
            let error = worst_error(&found, exact);
            assert!(error <= tolerance, "{tolerance:e}: {error:e}");
            let [found, exact] =
                [&found, exact].map(|sums| sums.gradient.as_flattened().as_flattened());
            let error = relative_l2(found, exact);
            assert!(error <= tolerance, "gradients, {tolerance:e}: {error:e}");
        }
    }
}

#[test]
fn tables_are_taken_where_pairs_are_too_many() {
    let n = 16_000;
    let points = Shape::Uniform.points(n, 65);
    let core = |spacings: f64| GaussianCore {
        kernel: BiotSavart2d,
        delta: spacings / (n as f64).sqrt(),
    };
    let taken = |kernel, options: Options| {
        Plan::new(&points, kernel, options.grid(false))
            .unwrap()
            .report()
            .wide_core
    };
    assert!(taken(core(100.0), Options::tolerance(1e-6)));
    assert!(!taken(core(1.0), Options::tolerance(1e-6)));
    assert!(taken(core(1.0), Options::tolerance(1e-6).wide_cores(true)));
    assert!(!taken(
        core(100.0),
        Options::tolerance(1e-6).wide_cores(false)
    ));
    // What tables cannot give is summed pair by pair, unless they were asked for.
    assert!(!taken(core(100.0), Options::tolerance(1e-12)));
    let pointwise = || Options::tolerance(1e-6).guarantee(Guarantee::Pointwise);
    assert!(!taken(core(100.0), pointwise()));
    let few = &points[..100];
    let wide = |options: Options| options.wide_cores(true).grid(false);
    refused(
        Plan::new(few, core(1.0), wide(Options::tolerance(1e-12))),
        &["tolerance", "1e-12", "1e-10"],
    );
    refused(
        Plan::new(few, core(1.0), wide(pointwise())),
        &["guarantee", "pointwise", "calibrated"],
    );
    let single: Vec<[f32; 2]> = few.iter().map(|x| x.map(|x| x as f32)).collect();
    refused(
        Plan::new(&single, core(1.0), wide(Options::tolerance(1e-5))),
        &["precision", "f32", "f64"],
    );
}

/// A plan follows its points, and is the same bits for any number of threads.
#[test]
fn plans_move() {
    let n = 20_000;
    let points = Shape::Gaussian.points(n, 66);
    let w = Signs::One.strengths(n, 66);
    let kernel = GaussianCore {
        kernel: BiotSavart2d,
        delta: 0.5,
    };
    let moved: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| 1.9 * x + 0.3)).collect();
    let field = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut plan = plan(&points, &kernel, 1e-6, Outputs::BOTH);
            let first = plan.field(&w).unwrap();
            plan.move_to(&moved).unwrap();
            let second = plan.field(&w).unwrap();
            plan.move_to(&points).unwrap();
            assert_eq!(plan.field(&w).unwrap(), first, "back again");
            second
        })
    };
    let found = field(1);
    assert_eq!(found, field(3));
    let exact = direct::field(&moved[..500], &moved, &w, kernel).unwrap();
    let error = relative_l2(found[..500].as_flattened(), exact.as_flattened());
    assert!(error <= 1e-6, "{error:e}");
}

/// Clusters far smaller than the core, with different charges: what each has from itself must not show beside the others.
#[test]
fn clusters_inside_a_core() {
    let n = 2000;
    let (around, w) = (
        Shape::Gaussian.points(n, 67),
        Signs::Random.strengths(n, 67),
    );
    let clusters = [
        ([0.0, 0.1], 1e-3),
        ([0.9, 0.3], 7e-6),
        ([0.35, 0.95], 6e-7),
        ([0.7, 0.8], 1e-7),
    ];
    let place = |(i, x): (usize, &[f64; 2])| {
        let (centre, width) = clusters[i % 4];
        [0, 1].map(|a| centre[a] + width * x[a])
    };
    let points: Vec<[f64; 2]> = around.iter().enumerate().map(place).collect();
    let mut bad = vec![];
    for delta in [0.0038, 0.1] {
        let kernel = BiotSavart2d;
        let tolerances = [1e-2, 1e-4, 1e-6];
        let core = AlgebraicCore { kernel, delta };
        bad.extend(misses(&points, &w, &core, &tolerances));
        let core = GaussianCore { kernel, delta };
        bad.extend(misses(&points, &w, &core, &tolerances));
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Points at one place have nothing from each other, to the last digit.
#[test]
fn all_at_one_place() {
    let points = vec![[0.3, 0.3]; 3000];
    let kernel = AlgebraicCore {
        kernel: Coulomb2d,
        delta: 1e-4,
    };
    for tolerance in [1e-3, 1e-6] {
        let plan = plan(&points, &kernel, tolerance, Outputs::BOTH);
        let sums = plan.evaluate(&[&vec![1.0; 3000]], Outputs::BOTH).unwrap();
        assert!(sums.sums[0].field.iter().all(|u| *u == [0.0; 2]));
        assert!(sums.sums[0].potential.iter().all(|&g| g == 0.0));
    }
}

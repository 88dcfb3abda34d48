//! The same bytes whatever the threads, the calls before, and the way that the plan was made.

use crate::cloud::{Shape, Signs, rounded};
use crate::compare::worst_error;
use farfield::{BiotSavart2d, Options, Outputs, Plan, Real, Sums};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::Arc;

const N: usize = 20_000;
const SHAPES: [Shape; 4] = [
    Shape::Uniform,
    Shape::Gaussian,
    Shape::Cauchy,
    Shape::PowerLaw,
];

fn pool(threads: usize) -> Arc<ThreadPool> {
    Arc::new(
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap(),
    )
}

/// Every bit of the sums, f32 widened.
fn bits<T: Real>(sums: &[Sums<T, 2>]) -> Vec<u64> {
    let numbers = sums
        .iter()
        .flat_map(|s| s.field.as_flattened().iter().chain(&s.potential));
    numbers.map(|x| x.to_f64().to_bits()).collect()
}

fn strengths<T: Real>(seed: u64) -> Vec<T> {
    Signs::Random
        .strengths(N, seed)
        .into_iter()
        .map(T::from_f64)
        .collect()
}

fn evaluate<T: Real>(plan: &Plan<T, BiotSavart2d>) -> Vec<u64> {
    bits(
        &plan
            .evaluate(&[&strengths::<T>(51)], Outputs::BOTH)
            .unwrap()
            .sums,
    )
}

/// Plan, evaluation, move and evaluation again.
fn a_life<T: Real>(shape: Shape, options: Options) -> [Vec<u64>; 2] {
    let [first, second] = [51, 52].map(|seed| rounded::<T, 2>(&shape.points(N, seed)));
    let mut plan = Plan::new(&first, BiotSavart2d, options).unwrap();
    let before = evaluate(&plan);
    plan.move_to(&second).unwrap();
    [before, evaluate(&plan)]
}

fn any_number_of_threads<T: Real>(tolerance: f64) {
    for shape in SHAPES {
        let one = a_life::<T>(shape, Options::tolerance(tolerance).pool(pool(1)));
        for threads in [2, 5] {
            let options = Options::tolerance(tolerance);
            let handed_in = a_life::<T>(shape, options.clone().pool(pool(threads)));
            assert!(
                handed_in == one,
                "{shape:?}, {}, a pool of {threads}",
                T::NAME
            );
            let around = pool(threads).install(|| a_life::<T>(shape, options));
            assert!(
                around == one,
                "{shape:?}, {}, inside a pool of {threads}",
                T::NAME
            );
        }
    }
}

#[test]
fn any_number_of_threads_in_double() {
    any_number_of_threads::<f64>(1e-7);
}

#[test]
fn any_number_of_threads_in_single() {
    any_number_of_threads::<f32>(1e-4);
}

/// Buffers are used again: neither other strengths, other outputs nor more vectors in between leave a trace.
#[test]
fn evaluations_do_not_see_each_other() {
    for shape in [Shape::Uniform, Shape::Cauchy] {
        let plan = Plan::new(&shape.points(N, 53), BiotSavart2d, Options::tolerance(1e-5)).unwrap();
        let first = evaluate(&plan);
        let others: Vec<Vec<f64>> = (60..65).map(strengths).collect();
        let others: Vec<&[f64]> = others.iter().map(Vec::as_slice).collect();
        for outputs in [Outputs::FIELD, Outputs::POTENTIAL, Outputs::BOTH] {
            plan.evaluate(&others, outputs).unwrap();
            assert!(evaluate(&plan) == first, "{shape:?} after {outputs:?}");
        }
    }
}

/// A plan can be used from many threads at once.
#[test]
fn evaluations_at_the_same_time() {
    let plan = Plan::new(
        &Shape::Gaussian.points(N, 54),
        BiotSavart2d,
        Options::tolerance(1e-5),
    )
    .unwrap();
    let alone = evaluate(&plan);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| evaluate(&plan))).collect();
        for run in runs {
            assert!(run.join().unwrap() == alone);
        }
    });
}

/// Through clouds of other depths and back, a plan is what a fresh one is.
#[test]
fn there_and_back() {
    let clouds: Vec<Vec<[f64; 2]>> = SHAPES
        .iter()
        .map(|shape| shape.points(N, 55))
        .chain([vec![[0.25, 0.5]; N], Shape::SlantedLine.points(N, 55)])
        .collect();
    let fresh =
        |cloud: &Vec<[f64; 2]>| Plan::new(cloud, BiotSavart2d, Options::tolerance(1e-5)).unwrap();
    let mut plan = fresh(&clouds[0]);
    for k in [4, 1, 3, 0, 5, 2, 4, 0] {
        plan.move_to(&clouds[k]).unwrap();
        assert!(evaluate(&plan) == evaluate(&fresh(&clouds[k])), "cloud {k}");
    }
}

#[test]
fn there_and_back_with_separate_targets() {
    let clouds = SHAPES.map(|shape| (shape.points(7000, 56), shape.points(N, 57)));
    let fresh = |k: usize| {
        let (targets, sources) = &clouds[k];
        Plan::with_targets(targets, sources, BiotSavart2d, Options::tolerance(1e-5)).unwrap()
    };
    let mut plan = fresh(0);
    for k in [1, 3, 2, 0] {
        plan.move_both(&clouds[k].0, &clouds[k].1).unwrap();
        assert!(evaluate(&plan) == evaluate(&fresh(k)), "cloud {k}");
    }
}

/// In another order the same points make the same tree, so the sums differ by rounding at most, which is in f32 near by
/// from a tolerance of 1e-6 on, and in the order of those that coincide.
#[test]
fn order_of_the_points() {
    for shape in SHAPES {
        let points = shape.points(N, 58);
        let w: Vec<f64> = strengths(58);
        let order: Vec<usize> = (0..N).map(|i| i * 7919 % N).collect();
        let moved_points: Vec<[f64; 2]> = order.iter().map(|&i| points[i]).collect();
        let moved_w: Vec<f64> = order.iter().map(|&i| w[i]).collect();
        for (tolerance, rounding) in [(1e-3, 1e-6), (9e-7, 1e-12)] {
            let sums = |points: &[[f64; 2]], w: &[f64]| {
                let plan = Plan::new(points, BiotSavart2d, Options::tolerance(tolerance)).unwrap();
                plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0)
            };
            let (here, there) = (sums(&points, &w), sums(&moved_points, &moved_w));
            let expected = Sums {
                field: order.iter().map(|&i| here.field[i]).collect(),
                potential: order.iter().map(|&i| here.potential[i]).collect(),
                ..Sums::default()
            };
            let error = worst_error(&there, &expected);
            assert!(error < rounding, "{shape:?}, {tolerance:e}: {error:e}");
        }
    }
}

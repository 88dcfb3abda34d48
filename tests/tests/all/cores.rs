//! Gaussian cores of every size.

use crate::cloud::{Shape, Signs, rounded, widened};
use crate::compare::{exact, relative_l2, worst_error};
use farfield::{BiotSavart2d, Coulomb2d, GaussianCore, Options, Outputs, Plan};

/// Cores from a thousandth to a thousand times the mean spacing N^{−1/2}: from points to one blob wider than the cloud.
#[test]
fn every_size() {
    let n = 4000;
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Cauchy] {
        let points = shape.points(n, 21);
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 21);
            for ratio in [1e-3, 0.1, 1.0, 3.0, 30.0, 1e3] {
                let delta = ratio / (n as f64).sqrt();
                let kernel = GaussianCore {
                    kernel: BiotSavart2d,
                    delta,
                };
                let exact = exact(&points, &points, &w, kernel);
                for tolerance in [1e-3, 1e-6, 1e-9, 1e-12] {
                    let plan = Plan::new(&points, kernel, Options::tolerance(tolerance)).unwrap();
                    let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
                    let error = worst_error(&sums, &exact);
                    assert!(
                        error <= tolerance,
                        "{shape:?}, {signs:?}, {ratio} spacings, {tolerance:e}: {error:e}"
                    );
                }
            }
        }
    }
}

/// Cores as wide as a small cloud and far wider, where potentials nearly cancel and fields vanish as 1/δ².
#[test]
fn wide_cores_around_few_points() {
    for n in [3, 50, 120] {
        let points = Shape::Uniform.points(n, 23);
        let mut w = Signs::Random.strengths(n, 23);
        let mean = w.iter().sum::<f64>() / n as f64;
        w.iter_mut().for_each(|w| *w -= mean);
        for delta in [1.0, 10.0, 1e3, 1e6, 1e13, 1e20] {
            let kernel = GaussianCore {
                kernel: BiotSavart2d,
                delta,
            };
            let exact = exact(&points, &points, &w, kernel);
            for tolerance in [1e-3, 1e-6, 9e-7] {
                let plan = Plan::new(&points, kernel, Options::tolerance(tolerance)).unwrap();
                let sums = plan.evaluate(&[&w], Outputs::FIELD).unwrap().sums.remove(0);
                let error = relative_l2(sums.field.as_flattened(), exact.field.as_flattened());
                assert!(
                    error <= tolerance,
                    "{n}, {delta:e}, {tolerance:e}: {error:e}"
                );
            }
        }
        for delta in [1.0, 10.0] {
            let kernel = GaussianCore {
                kernel: Coulomb2d,
                delta,
            };
            let exact = exact(&points, &points, &w, kernel);
            let plan = Plan::new(&points, kernel, Options::tolerance(1e-6)).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&sums, &exact);
            assert!(error <= 1e-6, "{n}, {delta:e}: {error:e}");
        }
    }
}

#[test]
fn single_precision() {
    let n = 2000;
    let points = rounded::<f32, 2>(&Shape::Gaussian.points(n, 22));
    let wide = widened(&points);
    let w: Vec<f32> = Signs::One
        .strengths(n, 22)
        .iter()
        .map(|&w| w as f32)
        .collect();
    let wide_w: Vec<f64> = w.iter().map(|&w| w.into()).collect();
    for ratio in [1e-3, 0.1, 1.0, 10.0, 1e3] {
        let kernel = GaussianCore {
            kernel: Coulomb2d,
            delta: ratio / (n as f64).sqrt(),
        };
        let plan = Plan::new(&points, kernel, Options::tolerance(1e-5)).unwrap();
        let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let error = worst_error(&sums, &exact(&wide, &wide, &wide_w, kernel));
        assert!(error <= 1e-5, "{ratio} spacings: {error:e}");
    }
}

/// As δ → 0 the core vanishes: to rounding once δ is far below every distance, coincident points included.
#[test]
fn no_core_in_the_limit() {
    let points = Shape::Uniform.points(1000, 23).repeat(2);
    let w = Signs::Random.strengths(2000, 23);
    let singular = exact(&points, &points, &w, BiotSavart2d);
    for delta in [1e-8, 1e-12, 1e-30, 1e-100, 1e-200, f64::MIN_POSITIVE] {
        let kernel = GaussianCore {
            kernel: BiotSavart2d,
            delta,
        };
        let error = worst_error(&exact(&points, &points, &w, kernel), &singular);
        assert!(error < 1e-14, "direct, delta {delta:e}: {error:e}");
        let plan = Plan::new(&points, kernel, Options::tolerance(1e-9)).unwrap();
        let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let error = worst_error(&sums, &singular);
        assert!(error <= 1e-9, "delta {delta:e}: {error:e}");
    }
}

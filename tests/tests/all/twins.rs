//! Pairs at every distance: what a coarse grid for near pairs would lose.

use crate::cloud::{Shape, Signs};
use crate::compare::{exact, worst_error};
use farfield::{BiotSavart2d, Coulomb2d, Kernel, Options, Outputs, Plan};

/// Every point of a cloud has a twin at one distance, in some direction: from a leaf's width to far below its 2⁻³¹, within
/// leaves and across their edges. The twins' pairs outweigh all others where they are close, so one that is lost, taken
/// twice or rounded shows in full.
fn check<K: Kernel<2, Strength<f64> = f64>>(kernel: K, n: usize, tolerance: f64, vectors: usize) {
    for shape in [Shape::Uniform, Shape::Gaussian] {
        for exponent in 1..=15 {
            let distance = 10f64.powi(-exponent);
            let mut points = shape.points(n, 31);
            for i in 0..n {
                let (sin, cos) = (i as f64).sin_cos();
                points.push([points[i][0] + distance * cos, points[i][1] + distance * sin]);
            }
            let w: Vec<Vec<f64>> = (0..vectors as u64)
                .map(|seed| Signs::Random.strengths(2 * n, 31 + seed))
                .collect();
            let w: Vec<&[f64]> = w.iter().map(Vec::as_slice).collect();
            let plan = Plan::new(&points, kernel.clone(), Options::tolerance(tolerance)).unwrap();
            let sums = plan.evaluate(&w, Outputs::BOTH).unwrap().sums;
            for (sums, w) in sums.iter().zip(w) {
                let error = worst_error(sums, &exact(&points, &points, w, kernel.clone()));
                assert!(
                    error <= tolerance,
                    "{shape:?}, twins at {distance:e}, {tolerance:e}: {error:e}"
                );
            }
        }
    }
}

#[test]
fn one_strength_vector() {
    for tolerance in [1e-3, 1e-5, 1e-6, 1e-9] {
        check(BiotSavart2d, 1500, tolerance, 1);
    }
}

#[test]
fn four_strength_vectors() {
    check(Coulomb2d, 800, 1e-6, 4);
}

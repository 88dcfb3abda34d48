//! The error of Biot–Savart sums in space.

use super::cloud::Shape;
use super::vortices::vectors;
use crate::cloud::{Signs, rounded, widened};
use crate::compare::{exact, worst_error};
use farfield::{
    BiotSavart3d, Guarantee, InstructionSet, Options, Outputs, Plan, Real, Sums, direct,
};
use lanes::Chosen;
use std::f64::consts::PI;

type Vectors = Vec<[f64; 3]>;

/// The sums at every `step`-th point.
fn at_some<T: Real>(sums: &Sums<T, 3, [T; 3]>, step: usize) -> Sums<f64, 3, [f64; 3]> {
    let some = |all: &[[T; 3]]| all.iter().step_by(step).map(|u| u.map(T::to_f64)).collect();
    Sums {
        field: some(&sums.field),
        potential: some(&sums.potential),
        gradient: vec![],
    }
}

/// Random elements, elements of one sign, and those of a rotation about the third axis, ω = (−y, x, 1/2).
fn elements(points: &[[f64; 3]]) -> [(&'static str, Vectors); 3] {
    let swirl = points.iter().map(|x| [-x[1], x[0], 0.5]);
    [
        ("random", vectors(Signs::Random, points.len(), 181)),
        ("one sign", vectors(Signs::One, points.len(), 181)),
        ("swirl", swirl.collect()),
    ]
}

/// What misses its tolerance on one cloud, by line.
fn check<T: Real>(shape: Shape, n: usize, tolerances: &[f64]) -> Vec<String> {
    let points = rounded::<T, 3>(&shape.points(n, 182));
    let wide = widened(&points);
    let step = n.div_ceil(1000);
    let targets: Vectors = wide.iter().copied().step_by(step).collect();
    let mut bad = vec![];
    for (name, alpha) in elements(&wide) {
        let alpha = rounded::<T, 3>(&alpha);
        let exact = exact(&targets, &wide, &widened(&alpha), BiotSavart3d);
        for &tolerance in tolerances {
            let options = Options::tolerance(tolerance).leaf_capacity(80);
            let plan = Plan::new(&points, BiotSavart3d, options).unwrap();
            let sums = plan.evaluate(&[&alpha], Outputs::BOTH).unwrap().sums;
            let error = worst_error(&at_some(&sums[0], step), &exact);
            if error > tolerance {
                let precision = T::NAME;
                bad.push(format!(
                    "{precision} {shape:?} {name} {tolerance:e}: {error:.1e}"
                ));
            }
        }
    }
    bad
}

#[test]
fn corpus() {
    let mut bad = vec![];
    for shape in Shape::ALL {
        bad.extend(check::<f64>(
            shape,
            10_000,
            &[1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-12],
        ));
        bad.extend(check::<f32>(shape, 10_000, &[1e-3, 1e-5]));
    }
    assert!(bad.is_empty(), "velocity and potential\n{}", bad.join("\n"));
}

#[test]
fn separate_targets() {
    let (sources, targets) = (
        Shape::Gaussian.points(6000, 183),
        Shape::Sphere.points(2000, 184),
    );
    let alpha = vectors(Signs::Random, 6000, 183);
    let exact = exact(&targets, &sources, &alpha, BiotSavart3d);
    for tolerance in [1e-3, 1e-6, 1e-9] {
        let options = Options::tolerance(tolerance).leaf_capacity(100);
        let plan = Plan::with_targets(&targets, &sources, BiotSavart3d, options).unwrap();
        let sums = plan.evaluate(&[&alpha], Outputs::BOTH).unwrap().sums;
        let error = worst_error(&sums[0], &exact);
        assert!(error <= tolerance, "{tolerance:e}: {error:e}");
        let measured = plan.verify(&alpha, 500).unwrap();
        assert!(measured.measured_error <= tolerance && measured.measured_error > 0.0);
    }
}

#[test]
fn several_sets_and_instruction_sets() {
    let points = Shape::Plummer.points(5000, 185);
    let [(_, one), (_, two), (_, three)] = elements(&points);
    let exact = exact(&points, &points, &three, BiotSavart3d);
    for set in InstructionSet::ALL
        .into_iter()
        .filter(|&set| Chosen::get(set).is_some())
    {
        for tolerance in [1e-4, 1e-9] {
            let options = Options::tolerance(tolerance)
                .leaf_capacity(60)
                .instruction_set(set);
            let plan = Plan::new(&points, BiotSavart3d, options).unwrap();
            let sums = plan.evaluate(&[&one, &two, &three], Outputs::BOTH);
            let sums = sums.unwrap().sums;
            assert_eq!(sums.len(), 3);
            let error = worst_error(&sums[2], &exact);
            assert!(error <= tolerance, "{set} {tolerance:e}: {error:e}");
            let alone = plan.evaluate(&[&three], Outputs::BOTH).unwrap().sums;
            assert_eq!(sums[2], alone[0], "three components are always together");
        }
    }
}

/// |u_i − u_exact,i| ≤ tolerance·Σ_j |α_j|/(4π r²) at every target.
#[test]
fn pointwise() {
    let points = Shape::Plummer.points(3000, 186);
    let alpha = vectors(Signs::Random, 3000, 186);
    let exact = direct::field(&points, &points, &alpha, BiotSavart3d).unwrap();
    let length = |v: &[f64; 3]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let size = |x: &[f64; 3]| -> f64 {
        let terms = points.iter().zip(&alpha).map(|(y, alpha)| {
            let r2: f64 = (0..3).map(|a| (x[a] - y[a]).powi(2)).sum();
            if r2 > 0.0 { length(alpha) / r2 } else { 0.0 }
        });
        terms.sum::<f64>() * 0.25 / PI
    };
    for tolerance in [1e-3, 1e-6] {
        let options = Options::tolerance(tolerance)
            .guarantee(Guarantee::Pointwise)
            .leaf_capacity(40);
        let plan = Plan::new(&points, BiotSavart3d, options).unwrap();
        let found = plan.field(&alpha).unwrap();
        for (x, (u, v)) in points.iter().zip(found.iter().zip(&exact)) {
            let error = length(&[0, 1, 2].map(|a| u[a] - v[a]));
            assert!(error <= tolerance * size(x), "{tolerance:e}, {x:?}");
        }
    }
}

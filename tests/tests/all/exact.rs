//! Formulas that can be worked out by hand: signs, constants, small and coincident clouds, separate targets.

use crate::cloud::{Shape, Signs};
use crate::compare::{distance, exact, norm, worst_error};
use farfield::{BiotSavart2d, Coulomb2d, Kernel, Options, Outputs, Plan, Sums, direct};
use std::f64::consts::{PI, TAU};

/// The sums by the method and by the direct sum, both of which must agree with a formula.
fn both_ways<K: Kernel<2, Strength<f64> = f64>>(
    points: &[[f64; 2]],
    w: &[f64],
    kernel: K,
) -> [Sums<f64, 2>; 2] {
    [
        fmm(points, points, w, kernel.clone(), 1e-12),
        exact(points, points, w, kernel),
    ]
}

fn fmm<K: Kernel<2, Strength<f64> = f64>>(
    targets: &[[f64; 2]],
    sources: &[[f64; 2]],
    w: &[f64],
    kernel: K,
    tolerance: f64,
) -> Sums<f64, 2> {
    let plan = Plan::with_targets(targets, sources, kernel, Options::tolerance(tolerance)).unwrap();
    plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0)
}

fn assert_near(found: &[f64], expected: &[f64], relative: f64, what: &str) {
    let error = distance(found, expected);
    assert!(
        error <= relative * norm(expected),
        "{what}: {found:?}, expected {expected:?}"
    );
}

#[test]
fn nothing_and_one_point() {
    for points in [vec![], vec![[3.0, -4.0]]] {
        let w = vec![2.0; points.len()];
        for sums in both_ways(&points, &w, Coulomb2d) {
            assert_eq!(sums.field, vec![[0.0; 2]; points.len()]);
            assert_eq!(sums.potential, vec![0.0; points.len()]);
        }
        let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(1e-6)).unwrap();
        assert_eq!(plan.field(&w).unwrap(), vec![[0.0; 2]; points.len()]);
        assert_eq!(plan.verify(&w, 10).unwrap().measured_error, 0.0);
        assert_eq!(plan.report().n_sources, points.len());
    }
}

/// Sources of strength 3 at the origin and 5 at (0, 2), so z = ±(0, 2), r = 2.
#[test]
fn a_pair() {
    let (points, w) = ([[0.0, 0.0], [0.0, 2.0]], [3.0, 5.0]);
    let potential = [-5.0 * 2f64.ln() / TAU, -3.0 * 2f64.ln() / TAU];
    for sums in both_ways(&points, &w, BiotSavart2d) {
        // The upper vortex turns counter-clockwise around the lower one: it moves to the left.
        let field = [5.0 / (2.0 * TAU), 0.0, -3.0 / (2.0 * TAU), 0.0];
        assert_near(sums.field.as_flattened(), &field, 1e-15, "velocity");
        assert_near(&sums.potential, &potential, 1e-15, "stream function");
    }
    for sums in both_ways(&points, &w, Coulomb2d) {
        // Like charges repel.
        let field = [0.0, -5.0 / (2.0 * TAU), 0.0, 3.0 / (2.0 * TAU)];
        assert_near(sums.field.as_flattened(), &field, 1e-15, "force");
        assert_near(&sums.potential, &potential, 1e-15, "potential");
    }
}

/// N equal vortices Γ on a regular N-gon of radius R turn rigidly at Γ(N−1)/(4πR²); charges push outwards as strongly; the
/// distances from one corner to all others multiply to N R^{N−1}.
#[test]
fn regular_polygons() {
    let (radius, gamma) = (1.7, 0.6);
    for n in [2, 3, 5, 100, 4000] {
        let points: Vec<[f64; 2]> = (0..n)
            .map(|i| (TAU * f64::from(i) / f64::from(n)).sin_cos())
            .map(|(sin, cos)| [radius * cos, radius * sin])
            .collect();
        let w = vec![gamma; points.len()];
        let count = f64::from(n);
        let rate = gamma * (count - 1.0) / (4.0 * PI * radius * radius);
        let turning: Vec<_> = points.iter().map(|[x, y]| [-y * rate, x * rate]).collect();
        let pushing: Vec<_> = points.iter().map(|[x, y]| [x * rate, y * rate]).collect();
        let level = -gamma / TAU * (count.ln() + (count - 1.0) * radius.ln());
        let potential = vec![level; points.len()];
        for sums in both_ways(&points, &w, BiotSavart2d) {
            assert_near(
                sums.field.as_flattened(),
                turning.as_flattened(),
                1e-12,
                "velocity",
            );
            assert_near(&sums.potential, &potential, 1e-12, "stream function");
        }
        for sums in both_ways(&points, &w, Coulomb2d) {
            assert_near(
                sums.field.as_flattened(),
                pushing.as_flattened(),
                1e-12,
                "force",
            );
            assert_near(&sums.potential, &potential, 1e-12, "potential");
        }
    }
}

#[test]
fn all_points_equal() {
    for n in [2, 40, 3000] {
        for point in [[0.0, 0.0], [0.3, -7.0], [1e9, 1e-9]] {
            let points = vec![point; n];
            for sums in both_ways(&points, &Signs::Random.strengths(n, 1), BiotSavart2d) {
                assert_eq!(sums.field, vec![[0.0; 2]; n], "{n} times {point:?}");
                assert_eq!(sums.potential, vec![0.0; n], "{n} times {point:?}");
            }
        }
    }
}

/// The same where near pairs are taken in f32, with constants that would leave a rounding.
#[test]
fn one_place_at_a_loose_tolerance() {
    for n in [2, 3, 5, 70, 5000] {
        let (points, w) = (vec![[0.3, -0.4]; n], Signs::Random.strengths(n, 1));
        for tolerance in [1e-2, 1e-6] {
            let plan = Plan::new(&points, Coulomb2d, Options::tolerance(tolerance)).unwrap();
            let both = plan.evaluate(&[&w], Outputs::BOTH).unwrap();
            assert_eq!(both.sums[0].field, vec![[0.0; 2]; n], "{n} to {tolerance}");
            assert_eq!(both.sums[0].potential, vec![0.0; n], "{n} to {tolerance}");
        }
    }
}

/// log r where r is nearly 1: what is left keeps its digits at every tolerance, in both precisions.
#[test]
fn logarithms_that_nearly_vanish() {
    for r in [1.0 + 0.5f32.powi(10), 1.0 - 0.5f32.powi(20), 1.0, 1.25] {
        for tolerance in [1e-2, 1e-6] {
            let options = Options::tolerance(tolerance);
            let double = Plan::new(
                &[[0.0, 0.0], [0.0, f64::from(r)]],
                Coulomb2d,
                options.clone(),
            );
            let single = Plan::new(&[[0.0, 0.0], [0.0, r]], Coulomb2d, options);
            let double = double.unwrap().potential(&[3.0, -2.0]).unwrap();
            let single = single.unwrap().potential(&[3.0, -2.0]).unwrap();
            let log = f64::from(r).ln() / TAU;
            for (i, expected) in [2.0 * log, -3.0 * log].into_iter().enumerate() {
                let error = (double[i] - expected)
                    .abs()
                    .max((f64::from(single[i]) - expected).abs());
                assert!(
                    error <= 1e-7 * expected.abs() + 1e-17,
                    "r = {r} to {tolerance}: {error:e}"
                );
            }
        }
    }
}

/// k copies of a cloud with strengths w give what one cloud with strengths kw gives.
#[test]
fn coincident_points() {
    for (n, copies) in [(1000, 2), (40, 100), (2, 1000)] {
        let base = Shape::Gaussian.points(n, 2);
        let w = Signs::One.strengths(n, 2);
        let total: Vec<f64> = w.iter().map(|w| w * f64::from(copies)).collect();
        let once = exact(&base, &base, &total, BiotSavart2d);
        let repeat = |sums: &Sums<f64, 2>| Sums {
            field: sums.field.repeat(copies as usize),
            potential: sums.potential.repeat(copies as usize),
            ..Sums::default()
        };
        let points = base.repeat(copies as usize);
        for sums in both_ways(&points, &w.repeat(copies as usize), BiotSavart2d) {
            let error = worst_error(&sums, &repeat(&once));
            assert!(error < 1e-12, "{n} points {copies} times: {error:e}");
        }
    }
}

/// Many copies of a few points far from the origin: the cells around them are finer than the spacing of the coordinates.
#[test]
fn coincident_points_far_from_the_origin() {
    for offset in [1e3, 1e6, 1e9, 1e12] {
        let base: Vec<[f64; 2]> = Shape::Uniform
            .points(30, 3)
            .iter()
            .map(|x| [x[0] + offset, x[1] - offset])
            .collect();
        let points = base.repeat(100);
        let w = Signs::One.strengths(points.len(), 3);
        let [sums, exact] = both_ways(&points, &w, BiotSavart2d);
        let error = worst_error(&sums, &exact);
        assert!(error < 1e-12, "offset {offset:e}: {error:e}");
    }
}

/// A source that lies on a target contributes nothing to it, and everything to the others.
#[test]
fn targets_on_sources() {
    let sources = [[0.0, 0.0], [1.0, 0.0]];
    let targets = [[1.0, 0.0], [2.0, 0.0]];
    let field = [[2.0 / TAU, 0.0], [2.0 / (2.0 * TAU) + 3.0 / TAU, 0.0]];
    let potential = [0.0, -2.0 * 2f64.ln() / TAU];
    let direct = exact(&targets, &sources, &[2.0, 3.0], Coulomb2d);
    for sums in [
        fmm(&targets, &sources, &[2.0, 3.0], Coulomb2d, 1e-12),
        direct,
    ] {
        assert_near(
            sums.field.as_flattened(),
            field.as_flattened(),
            1e-15,
            "force",
        );
        assert_near(&sums.potential, &potential, 1e-15, "potential");
    }
}

/// Targets far outside, far inside, on the sources, crowded and mixed with them, few or many.
#[test]
fn separate_targets() {
    let sources = Shape::Gaussian.points(2000, 4);
    let w = Signs::Random.strengths(2000, 4);
    let moved = |points: Vec<[f64; 2]>, factor: f64, shift: f64| -> Vec<[f64; 2]> {
        points
            .iter()
            .map(|x| [x[0] * factor + shift, x[1] * factor])
            .collect()
    };
    let clouds = [
        ("one", vec![[0.1, 0.2]]),
        (
            "far outside",
            moved(Shape::Uniform.points(500, 5), 1.0, 1e4),
        ),
        (
            "crowded inside",
            moved(Shape::Gaussian.points(2000, 5), 1e-4, 0.3),
        ),
        ("the sources", sources.clone()),
        (
            "some sources and others",
            [&sources[..700], &Shape::Cauchy.points(900, 5)].concat(),
        ),
    ];
    for (name, targets) in &clouds {
        let exact = exact(targets, &sources, &w, BiotSavart2d);
        for tolerance in [1e-4, 1e-8, 1e-12] {
            let error = worst_error(&fmm(targets, &sources, &w, BiotSavart2d, tolerance), &exact);
            assert!(error <= tolerance, "{name}, {tolerance:e}: {error:e}");
        }
    }
}

#[test]
fn empty_sides() {
    let (points, none) = (Shape::Uniform.points(100, 6), vec![]);
    let plan = Plan::with_targets(&points, &none, Coulomb2d, Options::tolerance(1e-6)).unwrap();
    let sums = plan.evaluate(&[&[]], Outputs::BOTH).unwrap().sums.remove(0);
    assert_eq!(
        (sums.field, sums.potential),
        (vec![[0.0; 2]; 100], vec![0.0; 100])
    );
    assert_eq!(
        direct::field(&points, &none, &[], Coulomb2d).unwrap(),
        vec![[0.0; 2]; 100]
    );

    let plan = Plan::with_targets(&none, &points, Coulomb2d, Options::tolerance(1e-6)).unwrap();
    assert_eq!(plan.field(&[1.0; 100]).unwrap(), none);
    assert_eq!(
        direct::field(&none, &points, &[1.0; 100], Coulomb2d).unwrap(),
        none
    );
    assert_eq!(plan.verify(&[1.0; 100], 5).unwrap().samples, 0);
}

use crate::cloud::*;
use crate::compare::*;
use crate::refusals::*;
use farfield::*;

fn options() -> Options {
    Options::tolerance(1e-6)
}
fn points() -> Vec<[f64; 2]> {
    Shape::Uniform.points(50, 41)
}
const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// A field with numbers that are not finite is never certified.
#[test]
fn verified_fields() {
    let (good, w) = (points(), [1.0; 50]);
    let plan = Plan::new(&good, BiotSavart2d, options()).unwrap();
    for value in BAD {
        let mut field = plan.field(&w).unwrap();
        field[20][0] = value;
        for samples in [1, 50] {
            refused(
                plan.verify_field(&w, &field, samples, 3),
                &["field[20]", "finite"],
            );
        }
    }
}

/// The measured error of a plan does not depend on the unit of its points.
#[test]
fn verify_at_any_scale() {
    let base = Shape::Gaussian.points(2000, 35);
    let w: Vec<f64> = Signs::Random
        .strengths(2000, 35)
        .iter()
        .map(|w| w * 1e-6)
        .collect();
    let measured = |unit: f64| {
        let points: Vec<[f64; 2]> = base.iter().map(|x| x.map(|x| x * unit)).collect();
        let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(1e-6)).unwrap();
        plan.verify(&w, 300).unwrap().measured_error
    };
    let here = measured(1.0);
    for exponent in [-990, -600, 600, 990] {
        let there = measured(2f64.powi(exponent));
        assert!(
            (there - here).abs() < 1e-3 * here,
            "2^{exponent}: {there:e}, at 1: {here:e}"
        );
    }
}

/// Targets on a circle around a cloud of random strengths.
#[test]
fn targets_around() {
    let sources = Shape::Gaussian.points(2000, 4);
    let mut bad = String::new();
    for signs in Signs::BOTH {
        let w = signs.strengths(2000, 4);
        for radius in [2.0, 5.0, 10.0, 30.0, 100.0] {
            let targets: Vec<[f64; 2]> = Shape::Ring
                .points(500, 5)
                .iter()
                .map(|x| x.map(|x| x * radius / RING_RADIUS))
                .collect();
            let exact = exact(&targets, &sources, &w, BiotSavart2d);
            for tolerance in [1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12] {
                let plan = Plan::with_targets(
                    &targets,
                    &sources,
                    BiotSavart2d,
                    Options::tolerance(tolerance),
                )
                .unwrap();
                let error = worst_error(
                    &plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums[0],
                    &exact,
                );
                if error > tolerance {
                    bad += &format!("{signs:?}, radius {radius}, {tolerance:e}: {error:.2e}\n");
                }
            }
        }
    }
    assert!(bad.is_empty(), "\n{bad}");
}

/// A vanishing coordinate is named by the argument that holds it.
#[test]
fn vanishing_coordinates_by_argument() {
    let (good, bad) = (points(), vec![[1.0, 1.0], [0.5, 1e-200]]);
    refused(
        Plan::with_targets(&bad, &good, BiotSavart2d, options()),
        &["targets[1]", "1e-200"],
    );
    refused(
        direct::field(&bad, &good, &[1.0; 50], BiotSavart2d),
        &["targets[1]", "1e-200"],
    );
    refused(
        Plan::with_targets(&good, &bad, BiotSavart2d, options()),
        &["sources[1]", "1e-200"],
    );
    refused(
        direct::field(&good, &bad, &[1.0; 2], BiotSavart2d),
        &["sources[1]", "1e-200"],
    );
}

/// Copies of two neighbouring points on either side of the middle of the finest level (overflows in debug builds).
#[test]
fn the_finest_level() {
    // The root is [0, 1.125]².
    let points = [
        vec![[0.0, 0.0]; 3],
        vec![[1.0, 1.0]; 3],
        vec![[0.5625 - 1e-11, 0.5625]; 100],
        vec![[0.5625 + 1e-11, 0.5625]; 100],
        vec![[0.5625 + 1e-11, 0.5625 - 1e-11]; 100],
    ]
    .concat();
    for capacity in [1, 10] {
        let plan = Plan::new(&points, BiotSavart2d, options().leaf_capacity(capacity)).unwrap();
        let w = vec![1.0; points.len()];
        let s = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let e = worst_error(&s, &exact(&points, &points, &w, BiotSavart2d));
        assert!(e < 1e-6, "{e:e}");
    }
}

/// Two terms, which the rule once gave at 3e-2, reached 1.13 times the tolerance.
#[test]
fn loose_tolerances() {
    let mut bad = String::new();
    for shape in Shape::ALL {
        for signs in Signs::BOTH {
            for n in [1000, 10_000] {
                let (x, w) = (shape.points(n, 9), signs.strengths(n, 9));
                let e = exact(&x, &x, &w, BiotSavart2d);
                for tolerance in [0.1, 3e-2, 1e-2] {
                    let plan = Plan::new(&x, BiotSavart2d, Options::tolerance(tolerance)).unwrap();
                    let s = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
                    let error = worst_error(&s, &e);
                    if error > tolerance {
                        bad += &format!("{shape:?} {signs:?} {n} {tolerance:e}: {error:.2e}\n");
                    }
                }
            }
        }
    }
    assert!(bad.is_empty(), "\n{bad}");
}

/// Copies far from the origin: cells on the finest level are narrower than the spacing of the coordinates there, so their
/// centres round, and the sources move by up to half such a cell.
#[test]
fn copies_far_from_the_origin() {
    let mut bad = String::new();
    for offset in [0.0, 1e6, 1e7, 1e9, 1e12] {
        let shifted = |x: Vec<[f64; 2]>| -> Vec<[f64; 2]> {
            x.iter().map(|x| x.map(|x| x + offset)).collect()
        };
        let sources = shifted(
            [
                Shape::Uniform.points(100, 9),
                vec![[0.390756, 0.32968]; 200],
            ]
            .concat(),
        );
        let w = vec![1.0; sources.len()];
        for tolerance in [1e-9, 1e-10, 1e-12] {
            let plan = Plan::new(&sources, BiotSavart2d, Options::tolerance(tolerance)).unwrap();
            let s = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&s, &exact(&sources, &sources, &w, BiotSavart2d));
            if error > tolerance {
                bad += &format!("one cloud, offset {offset:e}, {tolerance:e}: {error:.2e}\n");
            }
            let targets = shifted(Shape::Uniform.points(300, 10));
            let plan = Plan::with_targets(
                &targets,
                &sources,
                BiotSavart2d,
                Options::tolerance(tolerance),
            )
            .unwrap();
            let s = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&s, &exact(&targets, &sources, &w, BiotSavart2d));
            if error > tolerance {
                bad += &format!("separate, offset {offset:e}, {tolerance:e}: {error:.2e}\n");
            }
        }
    }
    assert!(bad.is_empty(), "\n{bad}");
}

/// A lattice of subnormal numbers: log of a cell's side is taken after a division that underflows.
#[test]
fn subnormal_potential() {
    let base: Vec<[f64; 2]> = (0..400)
        .map(|i| [(i % 20) as f64, (i / 20) as f64])
        .collect();
    let points: Vec<[f64; 2]> = base.iter().map(|x| x.map(|x| x * 5e-324)).collect();
    let w = vec![1.0; 400];
    let plan = Plan::new(
        &points,
        Coulomb2d,
        Options::tolerance(1e-9).leaf_capacity(4),
    )
    .unwrap();
    let error = relative_l2(
        &plan.potential(&w).unwrap(),
        &direct::potential(&points, &points, &w, Coulomb2d).unwrap(),
    );
    assert!(error <= 1e-9, "{error:e}");
}

//! Arguments that must be refused: one error each, with the argument's name, its value and what is allowed.

use crate::cloud::Shape;
use farfield::{
    BiotSavart2d, Error, ErrorKind, GaussianCore, Kernel2d, Options, Outputs, Plan, Result, direct,
};
use std::fmt::Debug;

const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// The error of a result, whose message must hold all `parts`.
pub(crate) fn refused<T>(result: Result<T>, parts: &[&str]) -> Error {
    let error = result
        .err()
        .unwrap_or_else(|| panic!("accepted, expected {parts:?}"));
    let message = error.to_string();
    for part in parts.iter().chain(&["(allowed: "]) {
        assert!(message.contains(part), "'{message}' does not say '{part}'");
    }
    error
}

fn options() -> Options {
    Options::tolerance(1e-6)
}

fn points() -> Vec<[f64; 2]> {
    Shape::Uniform.points(50, 41)
}

/// The points with `value` in one component.
fn spoilt(value: f64) -> Vec<[f64; 2]> {
    let mut points = points();
    points[7][1] = value;
    points
}

#[test]
fn a_message_word_for_word() {
    let error = Plan::new(&[[0.0, 0.0], [f64::NAN, 1.0]], BiotSavart2d, options()).unwrap_err();
    let expected = "positions[1]: NaN in component 0 (allowed: finite numbers)";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.kind(), ErrorKind::Argument);
}

#[test]
fn positions() {
    let (good, w) = (points(), [1.0; 50]);
    let mut plan = Plan::new(&good, BiotSavart2d, options()).unwrap();
    let mut separate = Plan::with_targets(&good, &good, BiotSavart2d, options()).unwrap();
    let before = (plan.field(&w).unwrap(), separate.field(&w).unwrap());
    for value in BAD {
        let (bad, value) = (spoilt(value), value.to_string());
        let says =
            |argument: &'static str| [argument, &*value.clone().leak(), "component 1", "finite"];
        refused(
            Plan::new(&bad, BiotSavart2d, options()),
            &says("positions[7]"),
        );
        let with_targets =
            |targets, sources| Plan::with_targets(targets, sources, BiotSavart2d, options());
        refused(with_targets(&bad, &good), &says("targets[7]"));
        refused(with_targets(&good, &bad), &says("sources[7]"));
        refused(plan.move_to(&bad), &says("positions[7]"));
        refused(separate.move_both(&bad, &good), &says("targets[7]"));
        refused(separate.move_both(&good, &bad), &says("sources[7]"));
        refused(
            direct::field(&bad, &good, &w, BiotSavart2d),
            &says("targets[7]"),
        );
        refused(
            direct::potential(&good, &bad, &w, BiotSavart2d),
            &says("sources[7]"),
        );
    }
    let after = (plan.field(&w).unwrap(), separate.field(&w).unwrap());
    assert!(before == after, "a refused move leaves the plan as it was");
}

#[test]
fn strengths() {
    let good = points();
    let plan = Plan::new(&good, BiotSavart2d, options()).unwrap();
    for value in BAD {
        let mut w = [1.0; 50];
        w[33] = value;
        let parts = ["strengths[33]", &value.to_string(), "finite"];
        refused(plan.field(&w), &parts);
        refused(plan.potential(&w), &parts);
        refused(plan.verify(&w, 10), &parts);
        refused(plan.field_into(&w, &mut [[0.0; 2]; 50]), &parts);
        refused(direct::field(&good, &good, &w, BiotSavart2d), &parts);
        let both: [&[f64]; 2] = [&[1.0; 50], &w];
        refused(
            plan.evaluate(&both, Outputs::FIELD),
            &["strengths[1][33]", "finite"],
        );
    }
}

#[test]
fn lengths() {
    let good = points();
    let mut plan = Plan::new(&good, BiotSavart2d, options()).unwrap();
    for n in [0, 49, 51] {
        let (w, count) = (vec![1.0; n], n.to_string());
        let parts = ["strengths", &count, "50"];
        refused(plan.field(&w), &parts);
        refused(plan.potential(&w), &parts);
        refused(plan.verify(&w, 10), &parts);
        refused(direct::field(&good, &good, &w, BiotSavart2d), &parts);
        let both: [&[f64]; 2] = [&[1.0; 50], &w];
        refused(
            plan.evaluate(&both, Outputs::BOTH),
            &["strengths[1]", &count, "50"],
        );
        let mut field = vec![[0.0; 2]; n];
        refused(
            plan.field_into(&[1.0; 50], &mut field),
            &["field", &count, "50"],
        );
        refused(
            plan.verify_field(&[1.0; 50], &field, 10, 0),
            &["field", &count, "50"],
        );
        refused(
            plan.move_to(&vec![[0.0; 2]; n]),
            &["positions", &count, "50"],
        );
    }
    refused(
        plan.evaluate(&[], Outputs::BOTH),
        &["strengths", "no vector", "at least one"],
    );
    refused(plan.verify(&[1.0; 50], 0), &["samples", "0", "1 or more"]);
    refused(plan.move_both(&good, &good), &["targets", "move_to"]);
    let mut separate = Plan::with_targets(&good[..9], &good, BiotSavart2d, options()).unwrap();
    refused(separate.move_to(&good), &["positions", "move_both"]);
    refused(separate.move_both(&good, &good), &["targets", "50", "9"]);
    refused(
        separate.move_both(&good[..9], &good[..9]),
        &["sources", "9", "50"],
    );
}

#[test]
fn tolerances() {
    let good = points();
    let single: Vec<[f32; 2]> = good.iter().map(|x| x.map(|x| x as f32)).collect();
    let of = |tolerance| Options::tolerance(tolerance);
    fn check<P: Debug>(plan: Result<P>, parts: &[&str]) {
        assert_eq!(refused(plan, parts).kind(), ErrorKind::Tolerance);
    }
    let everywhere = [
        (0.0, "0e0"),
        (-1e-3, "-1e-3"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (1e-20, "1e-20"),
        (1.0, "1e0"),
    ];
    for (tolerance, value) in everywhere {
        let plan = Plan::new(&good, BiotSavart2d, of(tolerance));
        check(plan, &["tolerance", value, "1e-14 to 0.1", "f64"]);
        let plan = Plan::with_targets(&good, &good, BiotSavart2d, of(tolerance));
        check(plan, &["tolerance", value, "1e-14 to 0.1", "f64"]);
        let plan = Plan::new(&single, BiotSavart2d, of(tolerance));
        check(plan, &["tolerance", value, "1e-6 to 0.1", "f32"]);
    }
    check(
        Plan::new(&single, BiotSavart2d, of(1e-8)),
        &["tolerance", "1e-8", "1e-6 to 0.1", "f32"],
    );
    for tolerance in [1e-14, 0.1] {
        assert!(Plan::new(&good, BiotSavart2d, of(tolerance)).is_ok());
    }
    for tolerance in [1e-6, 0.1] {
        assert!(Plan::new(&single, BiotSavart2d, of(tolerance)).is_ok());
    }
}

#[test]
fn kernels() {
    let good = points();
    for delta in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let kernel = GaussianCore {
            kernel: BiotSavart2d,
            delta,
        };
        let parts = ["delta", &delta.to_string(), "above 0"];
        refused(Plan::new(&good, kernel, options()), &parts);
        refused(direct::field(&good, &good, &[1.0; 50], kernel), &parts);
    }
    let cases = [
        (
            "bio-savart",
            ["kernel", "'bio-savart'", "biot-savart, coulomb"],
        ),
        ("", ["kernel", "''", "biot-savart, coulomb"]),
        (
            "coulomb:core=gaussian,delta=x",
            ["delta", "'x'", "a number"],
        ),
        ("coulomb:core=gaussian,delta=-1", ["delta", "-1", "above 0"]),
        ("coulomb:core=gaussian", ["delta", "none", "delta=NUMBER"]),
        (
            "coulomb:core=square,delta=1",
            ["core", "'square'", "gaussian"],
        ),
        ("coulomb:core=algebraic,delta=0", ["delta", "0", "above 0"]),
        (
            "coulomb:core=algebraic",
            ["delta", "none", "core=algebraic"],
        ),
        ("coulomb:delta=1", ["core", "none", "core=gaussian"]),
        (
            "coulomb:epsilon=1",
            ["parameter", "'epsilon'", "core, delta"],
        ),
    ];
    for (text, parts) in cases {
        refused(text.parse::<Kernel2d>(), &parts);
    }
    for text in [
        "biot-savart",
        "coulomb",
        "coulomb:core=gaussian,delta=0.25",
        "biot-savart:core=algebraic,delta=0.25",
    ] {
        let kernel: Kernel2d = text.parse().unwrap();
        assert_eq!(farfield::Kernel::name(&kernel), text);
    }
}

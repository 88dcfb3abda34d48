//! What must be refused: the argument, its value, and what is allowed.

use super::cloud::Shape;
use crate::refusals::refused;
use farfield::{Coulomb3d, ErrorKind, Guarantee, Options, Plan, direct};

/// The smallest tolerance of the calibrated guarantee.
pub(super) const FLOOR: f64 = 2e-13;

#[test]
fn tolerances_below_what_the_waves_can_give() {
    let points = Shape::Uniform.points(50, 91);
    let calibrated = Options::tolerance;
    let pointwise = |tolerance| Options::tolerance(tolerance).guarantee(Guarantee::Pointwise);
    assert!(Plan::new(&points, Coulomb3d, calibrated(FLOOR)).is_ok());
    assert!(Plan::new(&points, Coulomb3d, pointwise(1e-8)).is_ok());
    for (options, parts) in [
        (
            calibrated(1.9e-13),
            ["tolerance", "1.9e-13", "2e-13 to 0.1"],
        ),
        (calibrated(1e-14), ["tolerance", "1e-14", "2e-13 to 0.1"]),
        (calibrated(f64::NAN), ["tolerance", "NaN", "2e-13 to 0.1"]),
        (pointwise(9e-9), ["tolerance", "9e-9", "1e-8 to 0.1"]),
    ] {
        let error = refused(Plan::new(&points, Coulomb3d, options), &parts);
        assert_eq!(error.kind(), ErrorKind::Tolerance);
    }
    let single: Vec<[f32; 3]> = points.iter().map(|x| x.map(|x| x as f32)).collect();
    refused(
        Plan::new(&single, Coulomb3d, calibrated(1e-7)),
        &["tolerance", "1e-6 to 0.1", "f32"],
    );
}

#[test]
fn numbers_that_are_not_finite() {
    let points = Shape::Uniform.points(50, 92);
    let plan = Plan::new(&points, Coulomb3d, Options::tolerance(1e-6)).unwrap();
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut bad = points.clone();
        bad[7][2] = value;
        let parts = ["[7]", &value.to_string(), "component 2", "finite"];
        refused(Plan::new(&bad, Coulomb3d, Options::tolerance(1e-6)), &parts);
        refused(direct::field(&bad, &points, &[1.0; 50], Coulomb3d), &parts);
        let mut w = [1.0; 50];
        w[33] = value;
        refused(
            plan.field(&w),
            &["strengths[33]", &value.to_string(), "finite"],
        );
    }
    refused(plan.field(&[1.0; 49]), &["strengths", "49", "50"]);
}

//! Numbers at the ends of the range: scales, offsets, mixed magnitudes, capacities, instruction sets.

use crate::cloud::{Shape, Signs, rounded, widened};
use crate::compare::{exact, relative_l2, worst_error};
use crate::refusals::refused;
use farfield::{
    BiotSavart2d, Coulomb2d, ErrorKind, InstructionSet, Options, Outputs, Plan, Real, Sums, direct,
};
use lanes::Chosen;
use std::f64::consts::TAU;

/// The sums of a cloud, told by those of `base` = cloud/unit: fields are 1/unit as large, potentials fall by log unit/2π
/// for every other strength. `gain` multiplies the strengths, so that fields stay in range.
fn assert_scaled<T: Real>(base: &[[f64; 2]], unit: f64, gain: f64, tolerance: f64) {
    let w = Signs::Random.strengths(base.len(), 31);
    let expected = exact(base, base, &w, Coulomb2d);
    let points = rounded::<T, 2>(&base.iter().map(|x| x.map(|x| x * unit)).collect::<Vec<_>>());
    let gained: Vec<T> = w.iter().map(|w| T::from_f64(w * gain)).collect();
    let plan = Plan::new(&points, Coulomb2d, Options::tolerance(tolerance)).unwrap();
    let by_plan = plan.evaluate(&[&gained], Outputs::BOTH).unwrap().sums;
    let directly =
        direct::evaluate(&points, &points, &[&gained], Coulomb2d, Outputs::BOTH, None).unwrap();
    let others = |x: &[f64; 2]| -> f64 {
        base.iter()
            .zip(&w)
            .filter(|(y, _)| *y != x)
            .map(|(_, w)| w)
            .sum()
    };
    for (way, sums) in [("plan", &by_plan[0]), ("direct", &directly[0])] {
        let back = Sums {
            field: sums
                .field
                .iter()
                .map(|u| u.map(|u| u.to_f64() * unit / gain))
                .collect(),
            potential: (sums.potential.iter().zip(base))
                .map(|(g, x)| g.to_f64() / gain + unit.ln() / TAU * others(x))
                .collect(),
            ..Sums::default()
        };
        let error = worst_error(&back, &expected);
        assert!(
            error <= tolerance,
            "{way}, {}, unit {unit:e}: {error:e}",
            T::NAME
        );
    }
}

#[test]
fn huge_and_tiny_clouds() {
    let base = Shape::Gaussian.points(2000, 31);
    for exponent in [30, 150, 200, 300] {
        assert_scaled::<f64>(&base, 10f64.powi(exponent), 1.0, 1e-9);
        assert_scaled::<f64>(&base, 10f64.powi(-exponent), 1e-6, 1e-9);
    }
    let base = widened(&rounded::<f32, 2>(&base));
    for exponent in [60, 100] {
        // Powers of two, so that the units do not round; 2¹⁰⁰ is about 10³⁰.
        assert_scaled::<f32>(&base, 2f64.powi(exponent), 2f64.powi(20), 1e-4);
        assert_scaled::<f32>(&base, 2f64.powi(-exponent), 2f64.powi(-20), 1e-4);
    }
}

/// Clouds made of multiples of the smallest number there is.
#[test]
fn subnormal_clouds() {
    let lattice = |points: Vec<[f64; 2]>, cells: f64| -> Vec<[f64; 2]> {
        points
            .iter()
            .map(|x| x.map(|x| (x * cells).round()))
            .collect()
    };
    for cells in [1e3, 1e6] {
        let base = lattice(Shape::Uniform.points(1000, 32), cells);
        assert_scaled::<f64>(&base, 5e-324, 2f64.powi(-1000), 1e-9);
        assert_scaled::<f32>(&base, 2f64.powi(-149), 2f64.powi(-100), 1e-4);
    }
}

/// Fields that leave the range are an overflow that names the target.
#[test]
fn overflow_is_an_error() {
    let points = Shape::Uniform
        .points(500, 33)
        .iter()
        .map(|x| x.map(|x| x * 1e-307))
        .collect::<Vec<_>>();
    let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(1e-6)).unwrap();
    let w = [1.0; 500];
    let error = refused(
        plan.field(&w),
        &["field[", "not finite", "within the range"],
    );
    assert_eq!(error.kind(), ErrorKind::Overflow);
    let direct = direct::field(&points, &points, &w, BiotSavart2d);
    assert_eq!(
        refused(direct, &["field[", "not finite"]).kind(),
        ErrorKind::Overflow
    );
    assert!(plan.potential(&w).is_ok(), "the potential is in range");
    // The plan goes on with strengths that fit.
    assert!(plan.field(&[1e-9; 500]).is_ok());
    let points = rounded::<f32, 2>(&[[0.0, 0.0], [1e-35, 0.0]]);
    let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(1e-3)).unwrap();
    refused(plan.field(&[1e10, 1e10]), &["field[0]"]);
}

#[test]
fn far_from_the_origin() {
    let base = Shape::Gaussian.points(3000, 34);
    let w = Signs::Random.strengths(3000, 34);
    for offset in [1e3, 1e6, 1e9, 1e12] {
        let points: Vec<[f64; 2]> = base
            .iter()
            .map(|x| [x[0] + offset, x[1] - offset])
            .collect();
        for tolerance in [1e-6, 1e-12] {
            let plan = Plan::new(&points, Coulomb2d, Options::tolerance(tolerance)).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&sums, &exact(&points, &points, &w, Coulomb2d));
            assert!(
                error <= tolerance,
                "offset {offset:e}, {tolerance:e}: {error:e}"
            );
        }
    }
}

/// Coordinates that are not 0 but vanish beside the cloud are refused by index; the last that do not are summed.
#[test]
fn mixed_magnitudes() {
    let options = || Options::tolerance(1e-9);
    let allowed = "0 or at least";
    let points = [[1.0, 1.0], [0.5, 1e-200]];
    refused(
        Plan::new(&points, Coulomb2d, options()),
        &["positions[1]", "1e-200", allowed],
    );
    refused(
        Plan::new(&[[1.0, 0.0], [1e300, 2.0]], Coulomb2d, options()),
        &["positions[0]", "1", allowed],
    );
    let single = [[1.0f32, 0.0], [0.0, 0.5], [1e-30, 0.0]];
    let options = || Options::tolerance(1e-4);
    refused(
        Plan::new(&single, Coulomb2d, options()),
        &["positions[2]", "1e-30", allowed],
    );
    for small in [1e-8, 1e-50, 1e-120] {
        let points = [
            [1.0, 1.0],
            [small, 0.0],
            [0.0, small],
            [0.0, 0.0],
            [0.7, 0.0],
        ];
        let plan = Plan::new(&points, Coulomb2d, options()).unwrap();
        let sums = plan
            .evaluate(&[&[1.0; 5]], Outputs::BOTH)
            .unwrap()
            .sums
            .remove(0);
        let error = worst_error(&sums, &exact(&points, &points, &[1.0; 5], Coulomb2d));
        assert!(error <= 1e-4, "{small:e}: {error:e}");
    }
}

/// Sums are linear in the strengths as far as numbers go.
#[test]
fn huge_and_tiny_strengths() {
    let points = Shape::Gaussian.points(2000, 38);
    for exponent in [-300, -150, 150, 300] {
        assert_scaled::<f64>(&points, 1.0, 10f64.powi(exponent), 1e-9);
    }
    let points = widened(&rounded::<f32, 2>(&points));
    for exponent in [-90, 90] {
        assert_scaled::<f32>(&points, 1.0, 2f64.powi(exponent), 1e-4);
    }
}

#[test]
fn leaf_capacities() {
    let points = [Shape::Gaussian.points(3000, 36), vec![[0.5, 0.5]; 100]].concat();
    let w = Signs::Random.strengths(3100, 36);
    let exact = exact(&points, &points, &w, BiotSavart2d);
    for capacity in [1, 7, 1000, 1_000_000, usize::MAX] {
        for tolerance in [1e-3, 1e-11] {
            let options = Options::tolerance(tolerance).leaf_capacity(capacity);
            let plan = Plan::new(&points, BiotSavart2d, options).unwrap();
            assert_eq!(plan.report().leaf_capacity, capacity);
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&sums, &exact);
            assert!(
                error <= tolerance,
                "capacity {capacity}, {tolerance:e}: {error:e}"
            );
        }
    }
    let options = Options::tolerance(1e-6).leaf_capacity(0);
    refused(
        Plan::new(&points, BiotSavart2d, options),
        &["leaf_capacity", "0", "1 or more"],
    );
}

#[test]
fn instruction_sets() {
    let points = Shape::Cauchy.points(3000, 37);
    let w = Signs::Random.strengths(3000, 37);
    let expected = exact(&points, &points, &w, BiotSavart2d);
    let single = rounded::<f32, 2>(&points);
    let w32: Vec<f32> = w.iter().map(|&w| w as f32).collect();
    let wide_w: Vec<f64> = w32.iter().map(|&w| w.into()).collect();
    let wide = widened(&single);
    let expected32 = exact(&wide, &wide, &wide_w, BiotSavart2d);
    for set in InstructionSet::ALL {
        let options = |tolerance| Options::tolerance(tolerance).instruction_set(set);
        let directly = direct::evaluate(
            &points,
            &points,
            &[&w],
            BiotSavart2d,
            Outputs::BOTH,
            Some(set),
        );
        if Chosen::get(set).is_none() {
            let parts = ["instruction_set", set.name(), "on this machine", "scalar"];
            refused(Plan::new(&points, BiotSavart2d, options(1e-6)), &parts);
            refused(directly, &parts);
            continue;
        }
        assert!(
            worst_error(&directly.unwrap()[0], &expected) < 1e-14,
            "direct, {set}"
        );
        for tolerance in [1e-3, 1e-6, 1e-9, 1e-12] {
            let plan = Plan::new(&points, BiotSavart2d, options(tolerance)).unwrap();
            assert_eq!(plan.report().instruction_set, set.name());
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&sums, &expected);
            assert!(error <= tolerance, "{set}, {tolerance:e}: {error:e}");
        }
        let plan = Plan::new(&single, BiotSavart2d, options(1e-5)).unwrap();
        let field = plan.field(&w32).unwrap();
        let error = relative_l2(field.as_flattened(), expected32.field.as_flattened());
        assert!(error <= 1e-5, "{set}, f32: {error:e}");
    }
}

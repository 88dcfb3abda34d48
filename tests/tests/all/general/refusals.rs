//! What is refused, and how.

use super::{Anisotropic, Declared};
use crate::cloud::Shape;
use crate::refusals::refused;
use farfield::general::{GeneralKernel, GeneralPlan, Parity, direct};
use farfield::{ErrorKind, Guarantee, Options, Outputs};

fn plan<K: GeneralKernel<2, C>, const C: usize>(
    kernel: K,
    tolerance: f64,
) -> farfield::Result<GeneralPlan<K, 2, C>> {
    let points = Shape::Uniform.points(4000, 97);
    GeneralPlan::new(&points, kernel, Options::tolerance(tolerance))
}

#[test]
fn kernels_that_are_not_smooth_or_finite() {
    let smooth = ["kernel: ", "of itself", "smooth away from 0"];
    // Along an axis, at a length, and a jump.
    refused(
        plan(|[x, y]: [f64; 2]| [x.abs() / (x * x + y * y)], 1e-6),
        &smooth,
    );
    refused(
        plan(|[x, y]: [f64; 2]| [(x.hypot(y) - 0.6).abs()], 1e-6),
        &smooth,
    );
    refused(
        plan(|[x, _]: [f64; 2]| [if x > 0.3 { 1.0 } else { 2.0 }], 1e-6),
        &smooth,
    );
    let finite = ["kernel: ", "at z = ", "finite numbers where z is not 0"];
    let kernel = |[x, _]: [f64; 2]| [x, if x < 0.0 { f64::NAN } else { 1.0 }];
    refused(plan(kernel, 1e-3), &finite);
    let points = Shape::Uniform.points(10, 97);
    refused(direct(&points, &points, &[1.0; 10], &kernel), &finite);
    refused(plan(|[x, y]: [f64; 2]| [1.0 / (x * y)], 1e-3), &finite);
    // Where no far cell meets it, it may be what it will, and where it is 0 too.
    let near = |[x, y]: [f64; 2]| [if x == 0.0 && y == 0.0 { f64::NAN } else { 1.0 }];
    assert!(
        plan(near, 1e-6)
            .unwrap()
            .verify(&[1.0; 4000], 10)
            .unwrap()
            .measured_error
            < 1e-12
    );
    // It is smooth, but not within a cell.
    let error = refused(
        plan(|[x, _]: [f64; 2]| [(60.0 * x).cos()], 1e-9),
        &["tolerance", "1e-9", "varies"],
    );
    assert_eq!(error.kind(), ErrorKind::Tolerance);
}

#[test]
fn what_is_declared_must_hold() {
    let of = |degree, parity| Declared {
        formula: |[x, y]: [f64; 2]| [x / (x * x + y * y), y / (x * x + 2.0 * y * y)],
        degree,
        parity,
    };
    let (odd, even) = (Some(Parity::Odd), Some(Parity::Even));
    assert!(plan(of(Some(-1.0), odd), 1e-3).is_ok());
    refused(plan(of(None, even), 1e-3), &["kernel: parity", "for z = "]);
    refused(
        plan(of(Some(-1.001), odd), 1e-3),
        &["kernel: degree", "for z = "],
    );
    refused(
        plan(of(Some(f64::NAN), odd), 1e-3),
        &["kernel: degree", "NaN", "-12 to 12"],
    );
    let points = Shape::Uniform.points(10, 97);
    refused(
        direct(&points, &points, &[1.0; 10], &of(None, even)),
        &["kernel: parity"],
    );
    struct Wrong;
    impl GeneralKernel<2, 1> for Wrong {
        fn value(&self, [x, y]: [f64; 2]) -> [f64; 1] {
            [x + y]
        }
        fn values(&self, [x, y]: [&[f64]; 2], [out]: [&mut [f64]; 1]) {
            for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
                *out = x - y;
            }
        }
    }
    refused(plan(Wrong, 1e-3), &["kernel: values", "for z = "]);
}

#[test]
fn arguments() {
    let points = Shape::Uniform.points(50, 98);
    let new = |options| GeneralPlan::<_, 2, 2>::new(&points, Anisotropic, options);
    let options = || Options::tolerance(1e-6);
    refused(
        new(Options::tolerance(9e-11)),
        &["tolerance", "9e-11", "1e-10 to 0.1"],
    );
    refused(new(Options::tolerance(f64::NAN)), &["tolerance", "NaN"]);
    refused(
        new(options().guarantee(Guarantee::Pointwise)),
        &["guarantee", "pointwise"],
    );
    refused(
        new(options().torus(&[1.0, 1.0])),
        &["torus", "all of space"],
    );
    refused(
        new(options().outputs(Outputs::GRADIENT)),
        &["outputs", "no gradient"],
    );
    let plan = new(options()).unwrap();
    refused(plan.sums(&[1.0; 49]), &["strengths", "49", "50"]);
    let mut w = [1.0; 50];
    w[3] = f64::NAN;
    refused(plan.sums(&w), &["strengths[3]", "NaN", "finite"]);
    refused(plan.verify(&[1.0; 50], 0), &["samples", "0", "1 or more"]);
    refused(plan.sums(&[f64::MAX; 50]), &["sums[", "not finite"]);
    let separate = GeneralPlan::<_, 2, 2>::with_targets(&points, &points, Anisotropic, options());
    refused(
        separate.unwrap().move_to(&points),
        &["positions", "separate targets"],
    );
    let bad = [[0.0, 0.0], [f64::NAN, 1.0]];
    let of_bad = GeneralPlan::<_, 2, 2>::new(&bad, Anisotropic, options());
    refused(of_bad, &["positions[1]", "NaN in component 0", "finite"]);
    let flat = direct::<_, 2, 2>(&points, &bad, &[1.0; 2], &Anisotropic);
    refused(flat, &["sources[1]", "NaN"]);
}

//! What is refused, and how.

use super::Phi;
use farfield::{Guarantee, Options, Plan, RadialFunction, RadialKernel, direct};

fn points() -> Vec<[f64; 2]> {
    (0..50)
        .map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()])
        .collect()
}

fn error_of(phi: impl Fn(f64) -> f64, options: Options) -> String {
    let kernel = RadialKernel::new(&Phi(phi)).unwrap();
    let Err(error) = Plan::new(&points(), kernel, options) else {
        panic!("it was not refused");
    };
    error.to_string()
}

#[test]
fn functions_that_are_not_smooth_or_finite() {
    let options = || Options::tolerance(1e-6);
    for (phi, expected) in [
        ((|r| (r - 0.9).abs()) as fn(f64) -> f64, "not smooth"),
        (|r| if r < 0.5 { 1.0 } else { 0.0 }, "not smooth"),
        (|r| (300.0 * r).cos(), "not smooth"),
        (|r| 1.0 / (r - 1.0), "not finite"),
        (|r| 1.0 / (r - 1.1), "not smooth"),
        (|r| (0.5 - r).sqrt(), "not smooth"),
        (|_| f64::NAN, "not finite"),
        (|_| f64::INFINITY, "not finite"),
    ] {
        let error = error_of(phi, options());
        assert!(error.starts_with("kernel: field: "), "{error}");
        assert!(error.contains(expected), "{expected}: {error}");
        let kernel = RadialKernel::new(&Phi(phi)).unwrap();
        assert!(direct::field(&points(), &points(), &[1.0; 50], kernel).is_err());
    }
    // Far beyond the points it may be what it will.
    let kernel = RadialKernel::new(&Phi(|r: f64| if r < 1e6 { 1.0 } else { 2.0 })).unwrap();
    assert!(Plan::new(&points(), kernel, options()).is_ok());
}

#[test]
fn what_it_cannot_do() {
    let phi = |r: f64| 1.0 / (r * r + 0.1);
    let error = error_of(
        phi,
        Options::tolerance(1e-6).guarantee(Guarantee::Pointwise),
    );
    assert!(error.starts_with("guarantee: pointwise"), "{error}");
    let error = error_of(phi, Options::tolerance(9e-11));
    assert!(
        error.starts_with("tolerance: 9e-11 (allowed: 1e-10 to 0.1"),
        "{error}"
    );
    let kernel = RadialKernel::new(&Phi(phi)).unwrap();
    let single: Vec<[f32; 2]> = points().iter().map(|x| x.map(|x| x as f32)).collect();
    let error = Plan::new(&single, kernel.clone(), Options::tolerance(1e-3)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("precision: f32 (allowed: f64"),
        "{error}"
    );
    let wide = [[0.0, 0.0], [1e80, 1.0]];
    let error = Plan::new(&wide, kernel, Options::tolerance(1e-3)).unwrap_err();
    assert!(
        error.to_string().starts_with("positions: 1e80 apart"),
        "{error}"
    );
}

#[test]
fn potentials_that_belong_to_another_field() {
    struct Wrong;
    impl RadialFunction for Wrong {
        fn field(&self, r: f64) -> f64 {
            1.0 / (r * r)
        }
        fn potential(&self, r: f64) -> Option<f64> {
            Some(r.ln())
        }
    }
    let error = RadialKernel::new(&Wrong).unwrap_err().to_string();
    assert!(error.starts_with("kernel: potential: "), "{error}");
}

/// A move that is refused leaves the plan as it was.
#[test]
fn refused_moves() {
    let kernel = RadialKernel::new(&Phi(|r: f64| 1.0 / (1.0 + r * r))).unwrap();
    let mut plan = Plan::new(&points(), kernel, Options::tolerance(1e-6)).unwrap();
    let before = plan.field(&[1.0; 50]).unwrap();
    let wide: Vec<[f64; 2]> = points().iter().map(|x| x.map(|x| x * 1e70)).collect();
    assert!(plan.move_to(&wide).is_err());
    assert_eq!(plan.field(&[1.0; 50]).unwrap(), before);
}

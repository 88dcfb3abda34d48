//! The error that is reached stays below the tolerance, whatever the length of the kernel.

use super::Phi;
use crate::cloud::{Shape, Signs};
use crate::compare::{relative_l2, worst_error};
use crate::space::cloud as space;
use farfield::{Kernel, Options, Outputs, Plan, RadialKernel, Sums, direct};

fn check<const D: usize>(
    name: &str,
    points: &[[f64; D]],
    phi: impl Fn(f64) -> f64,
    tolerances: &[f64],
) where
    RadialKernel: Kernel<D, Strength<f64> = f64>,
{
    let kernel = RadialKernel::new(&Phi(phi)).unwrap();
    let n = points.len();
    let samples = 1000.min(n);
    let sample: Vec<usize> = (0..samples).map(|k| k * n / samples).collect();
    let targets: Vec<[f64; D]> = sample.iter().map(|&i| points[i]).collect();
    for signs in Signs::BOTH {
        let w = signs.strengths(n, 9);
        let exact = direct::evaluate(&targets, points, &[&w], kernel.clone(), Outputs::BOTH, None)
            .unwrap()
            .remove(0);
        for &tolerance in tolerances {
            let options = Options::tolerance(tolerance).outputs(Outputs::BOTH);
            let plan = Plan::new(points, kernel.clone(), options).unwrap();
            let all = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let found = Sums {
                field: sample.iter().map(|&i| all.field[i]).collect(),
                potential: sample.iter().map(|&i| all.potential[i]).collect(),
                gradient: vec![],
            };
            let error = worst_error(&found, &exact);
            assert!(
                error <= tolerance,
                "{name} {signs:?} {tolerance:e}: {error:e}"
            );
        }
    }
}

/// Cores from 0.01 to 100 mean spacings: 1/(r² + δ²), whose potential is a logarithm.
#[test]
fn algebraic_cores_in_the_plane() {
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Ring] {
        let points = shape.points(6000, 41);
        for spacings in [0.01, 1.0, 10.0, 100.0] {
            let delta = spacings / 6000f64.sqrt();
            let name = format!("{shape:?} δ = {delta:e}");
            let phi = |r: f64| 1.0 / (r * r + delta * delta);
            check::<2>(&name, &points, phi, &[1e-3, 1e-6, 1e-9]);
        }
    }
}

#[test]
fn algebraic_cores_in_space() {
    for shape in [space::Shape::Uniform, space::Shape::Gaussian] {
        let points = shape.points(6000, 42);
        for spacings in [0.01, 1.0, 100.0] {
            let delta = spacings / 6000f64.cbrt();
            let name = format!("{shape:?} δ = {delta:e}");
            let phi = |r: f64| (r * r + delta * delta).powf(-1.5);
            check::<3>(&name, &points, phi, &[1e-3, 1e-5]);
        }
    }
}

/// A screened one, a bump, one that grows, and two powers that begin at a length.
#[test]
fn other_functions() {
    let yukawa = |r: f64| (-5.0 * r).exp() * (5.0 / r + 1.0 / (r * r)) / r;
    let bump = |r: f64| (-30.0 * r * r).exp();
    let sum = |r: f64| r.powf(-2.5) + 100.0 * r.powf(-0.5);
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Ring] {
        let points = shape.points(6000, 43);
        let name = format!("{shape:?}");
        let tolerances = [1e-3, 1e-6];
        check::<2>(&name, &points, yukawa, &tolerances);
        check::<2>(&name, &points, bump, &tolerances);
        check::<2>(&name, &points, sum, &tolerances);
        check::<2>(&name, &points, f64::sqrt, &tolerances);
    }
    let points = space::Shape::Uniform.points(6000, 44);
    check::<3>("uniform", &points, yukawa, &[1e-3, 1e-6]);
}

/// A function that oscillates over the cloud takes more nodes, or is refused.
#[test]
fn oscillating_functions() {
    let points = Shape::Uniform.points(4000, 47);
    for frequency in [5.0, 20.0, 40.0] {
        let name = format!("cos {frequency} r");
        check::<2>(
            &name,
            &points,
            |r| (frequency * r).cos(),
            &[1e-1, 1e-3, 1e-5],
        );
    }
    let kernel = RadialKernel::new(&Phi(|r: f64| (80.0 * r).cos())).unwrap();
    let options = Options::tolerance(1e-6);
    assert!(Plan::new(&points, kernel, options).is_err());
}

#[test]
fn gradients() {
    let points = Shape::Uniform.points(4000, 48);
    let wanted = Outputs::GRADIENT;
    let kernel = RadialKernel::new(&Phi(|r: f64| 1.0 / (r * r + 0.01))).unwrap();
    for signs in Signs::BOTH {
        let w = signs.strengths(4000, 9);
        let exact = direct::evaluate(&points, &points, &[&w], kernel.clone(), wanted, None)
            .unwrap()
            .remove(0);
        for tolerance in [1e-3, 1e-6, 1e-9] {
            let options = Options::tolerance(tolerance).outputs(wanted);
            let plan = Plan::new(&points, kernel.clone(), options).unwrap();
            let found = plan.evaluate(&[&w], wanted).unwrap().sums.remove(0);
            let flat = |g: &[[[f64; 2]; 2]]| g.as_flattened().as_flattened().to_vec();
            let error = relative_l2(&flat(&found.gradient), &flat(&exact.gradient));
            assert!(error <= tolerance, "{signs:?} {tolerance:e}: {error:e}");
        }
    }
}

/// Many levels.
#[test]
fn two_hundred_thousand() {
    let points = Shape::Uniform.points(200_000, 45);
    for delta in [1e-4, 1e-2] {
        let phi = |r: f64| 1.0 / (r * r + delta * delta);
        check::<2>("uniform", &points, phi, &[1e-6, 1e-10]);
    }
    let points = space::Shape::Uniform.points(200_000, 46);
    check::<3>("uniform", &points, |r| (r * r + 1e-3).powf(-1.5), &[1e-6]);
}

//! Formulas and laws of Gaussian and algebraic cores in space, their names, and what is refused.

use super::cloud::Shape;
use super::cores::{biot_savart, coulomb};
use crate::cloud::Signs;
use crate::compare::{distance, norm, relative_l2};
use crate::refusals::refused;
use farfield::{Kernel, Kernel3d, Options, Plan, VectorKernel3d, direct};
use std::f64::consts::PI;

type Vectors = Vec<[f64; 3]>;

/// The flux of a blob through a sphere is its mass inside, by Simpson's rule over its density.
#[test]
fn flux_of_one_blob() {
    let delta = 0.7;
    let gaussian = |s: f64| (-(s / delta).powi(2)).exp() / (PI.powf(1.5) * delta.powi(3));
    let algebraic = |s: f64| 3.0 * delta * delta / (4.0 * PI * (s * s + delta * delta).powf(2.5));
    let densities: [&dyn Fn(f64) -> f64; 2] = [&gaussian, &algebraic];
    for (kernel, density) in coulomb(delta).into_iter().zip(densities) {
        for r in [0.01, 0.3, 0.7, 1.3, 1.41, 2.0, 4.0, 5.0] {
            let (pieces, mut mass) = (2000, 0.0);
            let h = r / f64::from(pieces);
            for k in 0..=pieces {
                let s = f64::from(k) * h;
                let weight = match k {
                    _ if k == 0 || k == pieces => 1.0,
                    _ if k % 2 == 1 => 4.0,
                    _ => 2.0,
                };
                mass += weight * h / 3.0 * 4.0 * PI * s * s * density(s);
            }
            let field = direct::field(&[[0.0, r, 0.0]], &[[0.0; 3]], &[1.0], kernel).unwrap();
            let flux = 4.0 * PI * r * r * field[0][1];
            assert!(
                (flux / mass - 1.0).abs() < 1e-12,
                "{kernel:?} at {r}: {flux} {mass}"
            );
            assert_eq!([field[0][0], field[0][2]], [0.0; 2]);
        }
    }
}

/// K = −∇g and u = ∇ × ψ inside, at the edge of and outside the cores, by central differences.
#[test]
fn fields_are_gradients_and_curls() {
    let delta = 0.8;
    let (charges, elements) = (coulomb(delta), biot_savart(delta));
    let alpha = [0.3, -0.5, 0.8];
    let step = 1e-4;
    for (charge, element) in charges.into_iter().zip(elements) {
        for r in [0.05, 0.4, 0.8, 1.2, 1.61, 2.4, 4.0] {
            let x = [0.48 * r, -0.6 * r, 0.64 * r];
            let source = [[0.0; 3]];
            let moved = |a: usize, by: f64| {
                let mut x = x;
                x[a] += by;
                [x]
            };
            let slope = |a| {
                let g = |by| direct::potential(&moved(a, by), &source, &[1.0], charge).unwrap()[0];
                (g(step) - g(-step)) / (2.0 * step)
            };
            let expected = [0, 1, 2].map(|a| -slope(a));
            let found = direct::field(&[x], &source, &[1.0], charge).unwrap()[0];
            let error = distance(&found, &expected);
            assert!(
                error < 1e-7 * norm(&expected),
                "{charge:?} at {r}: {error:e}"
            );
            let jacobian = [0, 1, 2].map(|a| {
                let psi =
                    |by| direct::potential(&moved(a, by), &source, &[alpha], element).unwrap()[0];
                let (above, below) = (psi(step), psi(-step));
                [0, 1, 2].map(|b| (above[b] - below[b]) / (2.0 * step))
            });
            let curl = [0, 1, 2].map(|a| {
                let (b, c) = ((a + 1) % 3, (a + 2) % 3);
                jacobian[b][c] - jacobian[c][b]
            });
            let found = direct::field(&[x], &source, &[alpha], element).unwrap()[0];
            let error = distance(&found, &curl);
            assert!(error < 1e-7 * norm(&curl), "{element:?} at {r}: {error:e}");
        }
    }
}

/// Actions equal reactions: Σ w F = 0.
#[test]
fn forces_cancel() {
    let points = Shape::Plummer.points(3000, 212);
    let w = Signs::Random.strengths(3000, 212);
    for kernel in [0.01, 0.2].map(coulomb).as_flattened() {
        let options = Options::tolerance(1e-8).leaf_capacity(40);
        let plan = Plan::new(&points, *kernel, options).unwrap();
        let u = plan.field(&w).unwrap();
        let allowed = 1e-8 * norm(&w) * norm(u.as_flattened());
        for a in 0..3 {
            let force: f64 = w.iter().zip(&u).map(|(w, u)| w * u[a]).sum();
            assert!(force.abs() <= allowed, "{kernel:?}: {force:e}");
        }
    }
}

/// On the axis of a ring of radius R and circulation Γ, Rosenhead–Moore: u = Γ R²/(2 (R² + z² + δ²)^{3/2}).
#[test]
fn on_the_axis_of_a_ring() {
    let (n, radius, circulation) = (4000, 2.0, 3.0);
    let length = circulation * 2.0 * PI * radius / f64::from(n);
    let angles = (0..n).map(|j| (2.0 * PI * f64::from(j) / f64::from(n)).sin_cos());
    let (points, alpha): (Vectors, Vectors) = angles
        .map(|(sin, cos)| {
            let place = [radius * cos, radius * sin, 0.0];
            (place, [-length * sin, length * cos, 0.0])
        })
        .unzip();
    let heights: Vec<f64> = (-20..=20).map(|k| 0.3 * f64::from(k)).collect();
    let targets: Vectors = heights.iter().map(|&z| [0.0, 0.0, z]).collect();
    for delta in [0.001f64, 0.1, 1.0, 5.0] {
        let [_, kernel] = biot_savart(delta);
        let expected = |z: &f64| {
            let r2 = radius * radius + z * z + delta * delta;
            [
                0.0,
                0.0,
                circulation * radius * radius / (2.0 * r2.powf(1.5)),
            ]
        };
        let expected: Vectors = heights.iter().map(expected).collect();
        let options = Options::tolerance(1e-6).leaf_capacity(40);
        let plan = Plan::with_targets(&targets, &points, kernel, options).unwrap();
        let direct = direct::field(&targets, &points, &alpha, kernel).unwrap();
        let error = relative_l2(direct.as_flattened(), expected.as_flattened());
        assert!(error <= 1e-13, "direct, {delta}: {error:e}");
        let found = plan.field(&alpha).unwrap();
        let error = relative_l2(found.as_flattened(), expected.as_flattened());
        assert!(error <= 1e-6, "{delta}: {error:e}");
    }
}

#[test]
fn names_and_refusals() {
    let points = Shape::Uniform.points(50, 213);
    for delta in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let parts = ["delta", &delta.to_string(), "above 0"];
        for kernel in coulomb(delta) {
            refused(Plan::new(&points, kernel, Options::tolerance(1e-6)), &parts);
            refused(direct::field(&points, &points, &[1.0; 50], kernel), &parts);
            refused(kernel.name().parse::<Kernel3d>(), &parts);
        }
        for kernel in biot_savart(delta) {
            refused(Plan::new(&points, kernel, Options::tolerance(1e-6)), &parts);
        }
    }
    for kernel in coulomb(0.25) {
        assert_eq!(kernel.name().parse::<Kernel3d>().unwrap(), kernel);
    }
    for kernel in biot_savart(0.25) {
        assert_eq!(kernel.name().parse::<VectorKernel3d>().unwrap(), kernel);
    }
    refused(
        "coulomb:core=square,delta=1".parse::<Kernel3d>(),
        &[
            "core",
            "'square'",
            "gaussian, gaussian4, gaussian6, algebraic",
        ],
    );
    refused(
        "coulomb:core=algebraic".parse::<Kernel3d>(),
        &["delta", "none", "core=algebraic,delta=NUMBER"],
    );
    refused("coulomb:delta=1".parse::<Kernel3d>(), &["core", "none"]);
    refused(
        "coulomb".parse::<VectorKernel3d>(),
        &["kernel", "biot-savart"],
    );
}

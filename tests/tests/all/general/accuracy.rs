//! The error that is reached stays below the tolerance.

use super::{Anisotropic, Declared};
use crate::cloud::{Shape, Signs};
use crate::compare::relative_l2;
use crate::space::cloud as space;
use farfield::Options;
use farfield::general::{GeneralKernel, GeneralPlan, Parity, direct};

/// What misses its tolerance at 1000 of the points, by line.
fn misses<K: GeneralKernel<D, C> + Copy, const D: usize, const C: usize>(
    name: &str,
    points: &[[f64; D]],
    kernel: K,
    tolerances: &[f64],
) -> Vec<String> {
    let n = points.len();
    let sample: Vec<usize> = (0..1000).map(|k| k * n / 1000).collect();
    let targets: Vec<[f64; D]> = sample.iter().map(|&i| points[i]).collect();
    let strengths = Signs::BOTH.map(|signs| signs.strengths(n, 81));
    let exact = strengths
        .each_ref()
        .map(|w| direct(&targets, points, w, &kernel).unwrap());
    let mut bad = vec![];
    for &tolerance in tolerances {
        let plan = GeneralPlan::new(points, kernel, Options::tolerance(tolerance)).unwrap();
        assert!(plan.tree().depth() > 1, "{name}: there are far cells");
        for (w, exact) in strengths.iter().zip(&exact) {
            let sums = plan.sums(w).unwrap();
            let found: Vec<[f64; C]> = sample.iter().map(|&i| sums[i]).collect();
            let error = relative_l2(found.as_flattened(), exact.as_flattened());
            let met = error <= tolerance;
            if !met {
                bad.push(format!("{name} {tolerance:e}: {error:e}"));
            }
        }
    }
    bad
}

const IN_PLANE: [Shape; 6] = [
    Shape::Uniform,
    Shape::Gaussian,
    Shape::TwoClusters,
    Shape::AxisLine,
    Shape::SlantedLine,
    Shape::Ring,
];

#[test]
fn homogeneous_in_the_plane() {
    let tolerances = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10];
    for shape in IN_PLANE {
        let points = shape.points(6000, 82);
        let name = format!("{shape:?}");
        let bad = misses::<_, 2, 2>(&name, &points, Anisotropic, &tolerances);
        assert!(bad.is_empty(), "{bad:#?}");
        // A dipole along a slanted axis, and derivatives of a logarithm.
        let dipole = |[x, y]: [f64; 2]| [(0.6 * x + 0.8 * y) / (x * x + y * y).powf(1.5)];
        let quadrupole = |[x, y]: [f64; 2]| {
            let r2 = x * x + y * y;
            [x * y / (r2 * r2), (x * x - y * y) / (r2 * r2)]
        };
        let kernel = Declared {
            formula: dipole,
            degree: Some(-2.0),
            parity: Some(Parity::Odd),
        };
        let bad = misses(&name, &points, kernel, &[1e-3, 1e-6, 1e-9]);
        assert!(bad.is_empty(), "dipole {bad:#?}");
        let kernel = Declared {
            formula: quadrupole,
            degree: Some(-2.0),
            parity: Some(Parity::Even),
        };
        let bad = misses(&name, &points, kernel, &[1e-3, 1e-6, 1e-9]);
        assert!(bad.is_empty(), "quadrupole {bad:#?}");
    }
}

/// With a length of its own, other along each axis, and neither odd nor even.
fn drifting<const D: usize>(length: f64) -> impl Fn([f64; D]) -> [f64; 2] + Copy + Send + Sync {
    move |z| {
        let squares = (0..D).map(|a| (1.0 + a as f64) * z[a] * z[a]);
        let r2 = squares.sum::<f64>() + length * length;
        [(z[0] + 0.5 * z[1] + 0.3 * length) / r2, z[1] / r2.sqrt()]
    }
}

#[test]
fn with_a_length_in_the_plane() {
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::SlantedLine] {
        let points = shape.points(6000, 83);
        for length in [1e-3, 0.1, 10.0] {
            let name = format!("{shape:?} {length}");
            let tolerances = [1e-3, 1e-5, 1e-7, 1e-8];
            let bad = misses(&name, &points, drifting::<2>(length), &tolerances);
            assert!(bad.is_empty(), "{bad:#?}");
        }
    }
    // One that falls faster than any power, to the right faster than to the left.
    let screened = |[x, y]: [f64; 2]| {
        let r = x.hypot(y);
        [(-8.0 * r - 4.0 * x).exp() / r]
    };
    let points = Shape::Uniform.points(6000, 84);
    let bad = misses("screened", &points, screened, &[1e-3, 1e-6, 1e-8]);
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn in_space() {
    let tolerances = [1e-3, 1e-4, 1e-5, 1e-6];
    for shape in [
        space::Shape::Uniform,
        space::Shape::Gaussian,
        space::Shape::TwoClusters,
        space::Shape::Line,
    ] {
        let points = shape.points(9000, 85);
        let name = format!("{shape:?}");
        let bad = misses::<_, 3, 3>(&name, &points, Anisotropic, &tolerances);
        assert!(bad.is_empty(), "{bad:#?}");
    }
    let points = space::Shape::Gaussian.points(9000, 86);
    let bad = misses("drifting", &points, drifting::<3>(0.2), &[1e-3, 1e-5]);
    assert!(bad.is_empty(), "{bad:#?}");
    // A column of a Stokeslet, e₁/r + z₁ z/r³.
    let stokeslet = Declared {
        formula: |z: [f64; 3]| {
            let r = (z[0] * z[0] + z[1] * z[1] + z[2] * z[2]).sqrt();
            let along = z[0] / (r * r * r);
            [1.0 / r + along * z[0], along * z[1], along * z[2]]
        },
        degree: Some(-1.0),
        parity: Some(Parity::Even),
    };
    let bad = misses("Stokeslet", &points, stokeslet, &[1e-3, 1e-5]);
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Targets apart from all sources, where no pair is near.
#[test]
fn separate_targets() {
    let sources = Shape::Uniform.points(5000, 87);
    let targets: Vec<[f64; 2]> = Shape::Gaussian
        .points(4000, 88)
        .iter()
        .map(|x| [0.1 * x[0] + 2.5, 0.1 * x[1] - 1.0])
        .collect();
    for signs in Signs::BOTH {
        let w = signs.strengths(5000, 89);
        let exact = direct::<_, 2, 2>(&targets, &sources, &w, &Anisotropic).unwrap();
        for tolerance in [1e-3, 1e-6, 1e-9] {
            let options = Options::tolerance(tolerance);
            let plan = GeneralPlan::with_targets(&targets, &sources, Anisotropic, options).unwrap();
            let found = plan.sums(&w).unwrap();
            let error = relative_l2(found.as_flattened(), exact.as_flattened());
            assert!(error <= tolerance, "{signs:?} {tolerance:e}: {error:e}");
        }
    }
}

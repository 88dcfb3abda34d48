//! Laws that hold for every cloud: scalings, linearity, invariants, derivatives.

use super::cloud::Shape;
use crate::cloud::{Signs, rounded, widened};
use crate::compare::{exact, norm, worst_error};
use farfield::{Coulomb3d, Options, Outputs, Plan, Real, Sums, direct};

const TOLERANCE: f64 = 1e-8;
const N: usize = 4000;

fn sums<T: Real>(points: &[[T; 3]], w: &[T], tolerance: f64) -> Sums<T, 3> {
    let options = Options::tolerance(tolerance).leaf_capacity(60);
    let plan = Plan::new(points, Coulomb3d, options).unwrap();
    plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0)
}

/// K(λz) = K(z)/λ², g(λz) = g(z)/λ, also at the ends of the range.
fn assert_homogeneous<T: Real>(exponents: &[i32], tolerance: f64) {
    let points = widened(&rounded::<T, 3>(&Shape::Gaussian.points(N, 81)));
    let w: Vec<T> = Signs::Random
        .strengths(N, 81)
        .into_iter()
        .map(T::from_f64)
        .collect();
    let wide: Vec<f64> = w.iter().map(|w| w.to_f64()).collect();
    let expected = exact(&points, &points, &wide, Coulomb3d);
    for &exponent in exponents {
        let unit = 2f64.powi(exponent);
        let scaled: Vec<[f64; 3]> = points.iter().map(|x| x.map(|x| x * unit)).collect();
        let found = sums(&rounded::<T, 3>(&scaled), &w, tolerance);
        let back = Sums {
            field: found
                .field
                .iter()
                .map(|u| u.map(|u| u.to_f64() * unit * unit))
                .collect(),
            potential: found.potential.iter().map(|g| g.to_f64() * unit).collect(),
            ..Sums::default()
        };
        let error = worst_error(&back, &expected);
        assert!(error <= tolerance, "{} 2^{exponent}: {error:e}", T::NAME);
    }
}

#[test]
fn homogeneous_in_double() {
    assert_homogeneous::<f64>(&[-500, -200, -3, 0, 5, 200, 450], TOLERANCE);
}

#[test]
fn homogeneous_in_single() {
    assert_homogeneous::<f32>(&[-40, -3, 0, 5, 40], 1e-4);
}

/// Actions equal reactions: Σ w F = 0 and Σ w x × F = 0.
#[test]
fn forces_and_torques_cancel() {
    let points = Shape::Plummer.points(N, 82);
    for signs in Signs::BOTH {
        let w = signs.strengths(N, 82);
        let u = sums(&points, &w, TOLERANCE).field;
        // By Cauchy and Schwarz an error of the field weighs at most so much in a sum.
        let allowed = |by: &[f64]| TOLERANCE * norm(by) * norm(u.as_flattened());
        for a in 0..3 {
            let force: f64 = w.iter().zip(&u).map(|(w, u)| w * u[a]).sum();
            assert!(force.abs() <= allowed(&w), "{signs:?}: {force:e}");
            let (b, c) = ((a + 1) % 3, (a + 2) % 3);
            let lever = |i: usize| w[i] * (points[i][b] * u[i][c] - points[i][c] * u[i][b]);
            let torque: f64 = (0..N).map(lever).sum();
            let levers: Vec<f64> = points
                .iter()
                .zip(&w)
                .flat_map(|(x, w)| [x[b] * w, x[c] * w])
                .collect();
            assert!(torque.abs() <= allowed(&levers), "{signs:?}: {torque:e}");
        }
    }
}

/// Vectors are summed four at a time or singly: the same expansions, other instructions for the near pairs.
#[test]
fn several_strength_vectors() {
    let points = Shape::Gaussian.points(N, 83);
    for tolerance in [1e-4, 1e-9] {
        let options = Options::tolerance(tolerance).leaf_capacity(60);
        let plan = Plan::new(&points, Coulomb3d, options).unwrap();
        let vectors: Vec<Vec<f64>> = (0..5).map(|k| Signs::Random.strengths(N, 84 + k)).collect();
        let singly: Vec<Sums<f64, 3>> = vectors
            .iter()
            .map(|w| plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0))
            .collect();
        let all: Vec<&[f64]> = vectors.iter().map(Vec::as_slice).collect();
        let together = plan.evaluate(&all, Outputs::BOTH).unwrap().sums;
        assert_eq!(together.len(), 5);
        for (k, (found, single)) in together.iter().zip(&singly).enumerate() {
            let exact = exact(&points, &points, &vectors[k], Coulomb3d);
            assert!(
                worst_error(found, &exact) <= tolerance,
                "vector {k}, {tolerance:e}"
            );
            assert!(
                worst_error(found, single) <= 1e-2 * tolerance,
                "vector {k}, {tolerance:e}"
            );
        }
    }
}

/// K = −∇g, by central differences of direct sums.
#[test]
fn fields_are_gradients() {
    let (sources, w) = (
        Shape::Gaussian.points(30, 85),
        Signs::Random.strengths(30, 85),
    );
    let targets = Shape::Sphere.points(200, 86);
    let found = direct::field(&targets, &sources, &w, Coulomb3d).unwrap();
    let step = 1e-4;
    for a in 0..3 {
        let moved = |by: f64| -> Vec<f64> {
            let moved = |mut x: [f64; 3]| {
                x[a] += by;
                x
            };
            let targets: Vec<[f64; 3]> = targets.iter().map(|&x| moved(x)).collect();
            direct::potential(&targets, &sources, &w, Coulomb3d).unwrap()
        };
        let (above, below) = (moved(step), moved(-step));
        for (i, u) in found.iter().enumerate() {
            let slope = (below[i] - above[i]) / (2.0 * step);
            let distance = |y: &[f64; 3]| {
                (0..3)
                    .map(|a| (targets[i][a] - y[a]).powi(2))
                    .sum::<f64>()
                    .sqrt()
            };
            let nearest = sources.iter().map(distance).fold(f64::INFINITY, f64::min);
            // The differences err by step²/6 times a third derivative, of the size 6w/4πr⁴ of the nearest source.
            assert!(
                (u[a] - slope).abs() < 1e-8 * (1.0 + nearest.powi(-4)),
                "target {i}: {u:?}"
            );
        }
    }
}

//! Exact values, and what holds of any sum.

use super::{even, on, summed};
use crate::cloud::{Shape, Signs};
use crate::compare::relative_l2;
use farfield::{Coulomb2d, Coulomb3d, Options, Outputs, Plan, direct};
use std::f64::consts::{PI, TAU};

/// The lattice sum of mean 0 in the unit square, resummed along one axis (as log|θ₁| is a product), for |y| ≤ ½:
/// g = ½(y² − |y| + 1/6) − (1/2π) Σ log|1 − e^{2πi(x + iY)}| over Y = |y| + n, n ≥ 0, and n − |y|, n ≥ 1.
fn green([x, y]: [f64; 2]) -> f64 {
    let y = y.abs();
    let log = |depth: f64| {
        let size = (-TAU * depth).exp();
        let (s, c) = (TAU * x).sin_cos();
        0.5 * ((1.0 - size * c).powi(2) + (size * s).powi(2)).ln()
    };
    let all: f64 = (0..8)
        .map(|n| log(y + f64::from(n)) + log(f64::from(n + 1) - y))
        .sum();
    0.5 * (y * y - y + 1.0 / 6.0) - all / TAU
}

#[test]
fn the_oracle_is_the_theta_function() {
    let step = 1e-5;
    for z in [
        [0.1, 0.2],
        [0.5, 0.5],
        [-0.31, 0.07],
        [1e-3, -2e-3],
        [0.49, -0.49],
    ] {
        for side in [1.0, 0.3, 7.0] {
            let target = [z.map(|z| z * side + 0.4)];
            let sum = |outputs| {
                let source = [[0.4; 2]];
                direct::on_torus(
                    &target,
                    &source,
                    &[&[1.0]],
                    Coulomb2d,
                    &[side; 2],
                    outputs,
                    None,
                )
                .unwrap()
                .remove(0)
            };
            let found = sum(Outputs::BOTH);
            assert!(
                (found.potential[0] - green(z)).abs() < 4e-15,
                "{z:?} {side}"
            );
            for a in 0..2 {
                let moved = |sign: f64| {
                    std::array::from_fn(|b| z[b] + sign * f64::from(u8::from(a == b)) * step)
                };
                let expected = -(green(moved(1.0)) - green(moved(-1.0))) / (2.0 * step * side);
                let error = (found.field[0][a] - expected).abs();
                assert!(
                    error < 1e-4 * (1.0 + expected.abs()),
                    "{z:?} {side}: {error:e}"
                );
            }
        }
    }
}

/// Rock salt: the potential at an ion, in distances of neighbours, is its charge times −1.747564594633 (Madelung's constant).
#[test]
fn rock_salt() {
    let sites = (0..8).map(|k: usize| std::array::from_fn(|a| (k >> a & 1) as f64));
    let ions: Vec<[f64; 3]> = sites.collect();
    let charges: Vec<f64> = ions
        .iter()
        .map(|x| 1.0 - 2.0 * (x.iter().sum::<f64>() % 2.0))
        .collect();
    let sides = [2.0; 3];
    let exact = direct::on_torus(
        &ions,
        &ions,
        &[&charges],
        Coulomb3d,
        &sides,
        Outputs::BOTH,
        None,
    );
    let options = Options::tolerance(1e-9)
        .outputs(Outputs::BOTH)
        .torus(&sides);
    let plan = Plan::new(&ions, Coulomb3d, options).unwrap();
    let found = plan.evaluate(&[&charges], Outputs::BOTH).unwrap();
    for (sums, error) in [(&exact.unwrap()[0], 1e-14), (&found.sums[0], 1e-9)] {
        for (potential, charge) in sums.potential.iter().zip(&charges) {
            let madelung = -4.0 * PI * potential * charge;
            assert!(
                (madelung - 1.747_564_594_633_182).abs() < 20.0 * error,
                "{madelung}"
            );
        }
        assert!(sums.field.iter().flatten().all(|u| u.abs() < error));
    }
}

/// One point feels its images: nothing of their field, and of their potential what 1/r or log r lacks.
#[test]
fn few_and_coincident_points() {
    let sides = [3.0; 3];
    let options = || {
        Options::tolerance(1e-8)
            .outputs(Outputs::BOTH)
            .torus(&sides)
    };
    let of_space = -2.837_297_479_480_62 / (4.0 * PI * 3.0);
    for (n, place) in [(0, 0.0), (1, 0.2), (2, 0.0), (5, 1.5), (5, 3.0)] {
        let (points, w) = (vec![[place; 3]; n], vec![2.0; n]);
        let plan = Plan::new(&points, Coulomb3d, options()).unwrap();
        let exact = direct::on_torus(
            &points,
            &points,
            &[&w],
            Coulomb3d,
            &sides,
            Outputs::BOTH,
            None,
        );
        let found = summed(&plan, &w, Outputs::BOTH);
        // The nearest images cancel as far as the tolerance has reciprocals.
        for (sums, error) in [(found, 2e-8), (exact.unwrap().remove(0), 1e-14)] {
            let numbers = sums.field.as_flattened().iter();
            let largest = numbers.fold(0.0, |most: f64, u: &f64| most.max(u.abs()));
            assert!(largest <= error * n as f64, "{n} {place}: {largest:e}");
            let expected = 2.0 * n as f64 * of_space;
            assert!(
                sums.potential
                    .iter()
                    .all(|g| (g / expected - 1.0).abs() < 1e-8)
            );
        }
    }
    let side = 0.5f64;
    let of_plane = -(1.310_532_925_911_509_5 - side.ln()) / TAU;
    let options = Options::tolerance(1e-10)
        .outputs(Outputs::BOTH)
        .torus(&[side; 2]);
    let plan = Plan::new(&[[0.5, 0.0], [0.0, 0.5], [7.5, -3.0]], Coulomb2d, options).unwrap();
    let sums = summed(&plan, &[1.0, 2.0, 3.0], Outputs::BOTH);
    assert!(sums.field.iter().flatten().all(|u: &f64| u.abs() < 1e-10));
    assert!(
        sums.potential
            .iter()
            .all(|g| (g / (6.0 * of_plane) - 1.0).abs() < 1e-10)
    );
}

/// Whole sides do not matter, nor where the box begins; lengths scale.
#[test]
fn motions_and_scales() {
    let n = 1500;
    let (points, w) = (even::<2>(n, 1.0), Signs::Random.strengths(n, 95));
    let field = |points: &[[f64; 2]], side: f64| {
        let options = Options::tolerance(1e-10).torus(&[side; 2]);
        Plan::new(points, Coulomb2d, options)
            .unwrap()
            .field(&w)
            .unwrap()
    };
    let expected = field(&points, 1.0);
    let flat = expected.as_flattened();
    let outside: Vec<[f64; 2]> = points.iter().map(|[x, y]| [x + 3.0, y - 8.0]).collect();
    let moved: Vec<[f64; 2]> = points.iter().map(|[x, y]| [x + 0.37, y - 0.81]).collect();
    for other in [outside, moved] {
        assert!(relative_l2(field(&other, 1.0).as_flattened(), flat) < 2e-10);
    }
    for scale in [1e-150, 3e-7, 1e9, 1e150] {
        let scaled: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| x * scale)).collect();
        let found: Vec<f64> = field(&scaled, scale)
            .as_flattened()
            .iter()
            .map(|u| u * scale)
            .collect();
        let error = relative_l2(&found, flat);
        assert!(error < 2e-10, "{scale:e}: {error:e}");
    }
}

#[test]
fn forces_add_up_to_nothing() {
    for n in [2, 100, 4000] {
        let (points, w) = (
            on::<3>(Shape::Gaussian, n, 1.0),
            Signs::Random.strengths(n, 96),
        );
        let options = Options::tolerance(1e-9).torus(&[1.0; 3]);
        let plan = Plan::new(&points, Coulomb3d, options).unwrap();
        let field = plan.field(&w).unwrap();
        for a in 0..3 {
            let terms = || field.iter().zip(&w).map(|(u, w)| u[a] * w);
            let size = terms().map(f64::abs).sum::<f64>();
            assert!(terms().sum::<f64>().abs() < 1e-8 * size, "{n}");
        }
    }
}

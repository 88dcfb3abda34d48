//! Formulas that can be worked out by hand: signs, constants, small and coincident clouds.

use super::cloud::Shape;
use crate::cloud::Signs;
use crate::compare::{distance, exact, norm, worst_error};
use farfield::{Coulomb3d, Options, Outputs, Plan, Sums};
use std::f64::consts::PI;

/// Small enough that near pairs are as good as f64 on every instruction set.
const TOLERANCE: f64 = 1e-11;

fn fmm(targets: &[[f64; 3]], sources: &[[f64; 3]], w: &[f64]) -> Sums<f64, 3> {
    let options = Options::tolerance(TOLERANCE).leaf_capacity(40);
    let plan = Plan::with_targets(targets, sources, Coulomb3d, options).unwrap();
    plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0)
}

/// The sums by the method and by the direct sum, both of which must agree with a formula.
fn both_ways(points: &[[f64; 3]], w: &[f64]) -> [Sums<f64, 3>; 2] {
    [fmm(points, points, w), exact(points, points, w, Coulomb3d)]
}

#[test]
fn nothing_and_one_point() {
    for points in [vec![], vec![[3.0, -4.0, 1.0]]] {
        let w = vec![2.0; points.len()];
        for sums in both_ways(&points, &w) {
            assert_eq!(sums.field, vec![[0.0; 3]; points.len()]);
            assert_eq!(sums.potential, vec![0.0; points.len()]);
        }
        let plan = Plan::new(&points, Coulomb3d, Options::tolerance(1e-6)).unwrap();
        assert_eq!(plan.field(&w).unwrap(), vec![[0.0; 3]; points.len()]);
        assert_eq!(plan.verify(&w, 10).unwrap().measured_error, 0.0);
    }
}

/// Sources of strength 3 and 5 at distance 3 along (1, 2, −2): like charges repel, g = w/(4π r).
#[test]
fn a_pair() {
    let (points, w) = ([[0.0; 3], [1.0, 2.0, -2.0]], [3.0, 5.0]);
    let c = 0.25 / PI / 27.0;
    let field = [-5.0 * c, -10.0 * c, 10.0 * c, 3.0 * c, 6.0 * c, -6.0 * c];
    let potential = [5.0, 3.0].map(|w| w * 0.25 / PI / 3.0);
    for sums in both_ways(&points, &w) {
        assert!(distance(sums.field.as_flattened(), &field) <= 1e-15 * norm(&field));
        assert!(distance(&sums.potential, &potential) <= 1e-15 * norm(&potential));
    }
    for scale in [1e-100, 1e-30, 1e30, 1e100] {
        let points = points.map(|x| x.map(|x| x * scale));
        for mut sums in both_ways(&points, &w) {
            sums.field
                .iter_mut()
                .flatten()
                .for_each(|u| *u *= scale * scale);
            sums.potential.iter_mut().for_each(|g| *g *= scale);
            assert!(distance(sums.field.as_flattened(), &field) <= 1e-14 * norm(&field));
            assert!(distance(&sums.potential, &potential) <= 1e-14 * norm(&potential));
        }
    }
}

/// All points at one place feel nothing of each other; a charge beside them feels their sum.
#[test]
fn coincident_points() {
    let n = 5000;
    let w = Signs::One.strengths(n + 1, 71);
    let mut points = vec![[0.3, 0.4, -0.5]; n];
    let plan = Plan::new(&points, Coulomb3d, Options::tolerance(1e-6)).unwrap();
    let sums = plan
        .evaluate(&[&w[..n]], Outputs::BOTH)
        .unwrap()
        .sums
        .remove(0);
    assert_eq!(sums.field, vec![[0.0; 3]; n]);
    assert_eq!(sums.potential, vec![0.0; n]);
    points.push([0.3, 0.4, 1.5]);
    let total: f64 = w[..n].iter().sum();
    for tolerance in [1e-3, 1e-9] {
        let plan = Plan::new(&points, Coulomb3d, Options::tolerance(tolerance)).unwrap();
        let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let expected = total / (16.0 * PI);
        let near = |found: f64, expected: f64| (found - expected).abs() <= tolerance * expected;
        assert!(near(sums.field[n][2], expected) && near(sums.potential[n], 2.0 * expected));
        assert!(near(sums.potential[7], w[n] / (8.0 * PI)));
    }
}

/// Newton: a sphere that is charged evenly acts outside as its centre, and not inside. The product of Gauss and trapezoid
/// rules is exact on polynomials of degree below 48, so what is left falls as r^48 inside and r^{−48} outside.
#[test]
fn shell_theorem() {
    let (sphere, w) = product_rule(24, 48);
    let inside = Shape::Uniform
        .points(300, 72)
        .into_iter()
        .map(|x| x.map(|x| 0.6 * (x - 0.5)));
    let outside = Shape::Sphere
        .points(300, 73)
        .into_iter()
        .map(|x| x.map(|x| 1.9 * x));
    let sums = fmm(&inside.collect::<Vec<_>>(), &sphere, &w);
    // g = 1/4π on the sphere is the unit of both.
    let unit = 0.25 / PI;
    assert!(
        sums.field
            .as_flattened()
            .iter()
            .all(|u| u.abs() < 20.0 * TOLERANCE * unit)
    );
    assert!(
        sums.potential
            .iter()
            .all(|g| (g - unit).abs() < 20.0 * TOLERANCE * unit)
    );
    let outside: Vec<[f64; 3]> = outside.collect();
    let found = fmm(&outside, &sphere, &w);
    let expected = Sums {
        field: outside
            .iter()
            .map(|x| x.map(|x| unit * x / 1.9f64.powi(3)))
            .collect(),
        potential: vec![unit / 1.9; outside.len()],
        ..Sums::default()
    };
    let error = worst_error(&found, &expected);
    assert!(error < 2.0 * TOLERANCE, "{error:e}");
}

/// Points and weights of sum 1 on the unit sphere: Gauss along the axis, even angles around it.
fn product_rule(rings: usize, angles: usize) -> (Vec<[f64; 3]>, Vec<f64>) {
    let (mut points, mut w) = (vec![], vec![]);
    for k in 0..rings {
        let mut z = (PI * (k as f64 + 0.75) / (rings as f64 + 0.5)).cos();
        let mut slope = 0.0;
        for _ in 0..50 {
            let (mut p, mut before) = (1.0, 0.0);
            for n in 1..=rings {
                let n = n as f64;
                (p, before) = (((2.0 * n - 1.0) * z * p - (n - 1.0) * before) / n, p);
            }
            slope = rings as f64 * (z * p - before) / (z * z - 1.0);
            z -= p / slope;
        }
        let weight = 1.0 / ((1.0 - z * z) * slope * slope);
        for j in 0..angles {
            let (sin, cos) = (2.0 * PI * j as f64 / angles as f64).sin_cos();
            let r = (1.0 - z * z).sqrt();
            points.push([r * cos, r * sin, z]);
            w.push(weight / angles as f64);
        }
    }
    (points, w)
}

/// The direct sum, in the words of the formula.
#[test]
fn the_direct_sum_is_the_formula() {
    let (targets, sources) = (
        Shape::Plummer.points(60, 74),
        Shape::Gaussian.points(1500, 75),
    );
    let w = Signs::Random.strengths(1500, 74);
    let (mut field, mut potential) = (vec![], vec![]);
    for x in &targets {
        let (mut u, mut g) = ([0.0; 3], 0.0);
        for (y, w) in sources.iter().zip(&w) {
            let z = [0, 1, 2].map(|a| x[a] - y[a]);
            let r = z.iter().map(|z| z * z).sum::<f64>().sqrt();
            for a in 0..3 {
                u[a] += w * z[a] / (4.0 * PI * r * r * r);
            }
            g += w / (4.0 * PI * r);
        }
        field.push(u);
        potential.push(g);
    }
    let found = exact(&targets, &sources, &w, Coulomb3d);
    assert!(
        worst_error(
            &found,
            &Sums {
                field,
                potential,
                ..Sums::default()
            }
        ) < 1e-13
    );
}

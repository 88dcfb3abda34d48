//! Pairs at every distance that the coordinates resolve, in f32: 1/r³ has three times the exponent of r.

use super::cloud::Shape;
use crate::cloud::{Signs, rounded, widened};
use crate::compare::{exact, worst_error};
use crate::refusals::refused;
use farfield::{Coulomb3d, Guarantee, InstructionSet, Options, Outputs, Plan, Sums, direct};
use lanes::Chosen;
use std::f64::consts::PI;

/// 1/√x of f32 was wrong by at most 1.7e-7 as near pairs take it with AVX2, and its cube is by three times that.
const ROUNDING: f64 = 1e-6;

/// Six points at each of the sizes 1, 0.1, … 10⁻¹⁷ about the origin, no coordinate far smaller than its point.
fn nested() -> Vec<[f64; 3]> {
    let away_from_0 = |x: f64| x + 0.3f64.copysign(x);
    let shells = (0..18).map(|k| {
        let points = Shape::Gaussian.points(6, 120 + k);
        let size = 10f64.powi(-(k as i32));
        points
            .into_iter()
            .map(move |x| x.map(|x| size * away_from_0(x)))
    });
    shells.flatten().collect()
}

/// Points of the unit cube, every one with a twin at the next number of f32 along one axis.
fn neighbours() -> Vec<[f64; 3]> {
    let points = rounded::<f32, 3>(&Shape::Uniform.points(20, 121));
    let twins = points.iter().enumerate().map(|(i, &x)| {
        let mut twin = x;
        twin[i % 3] = x[i % 3].next_up();
        twin
    });
    widened(&points.iter().copied().chain(twins).collect::<Vec<_>>())
}

/// Errors of field and potential at every point, relative to the sums of the sizes of their terms.
fn errors(points: &[[f64; 3]], w: &[f32], found: &Sums<f32, 3>) -> Vec<[f64; 2]> {
    let wide: Vec<f64> = w.iter().map(|&w| w.into()).collect();
    let exact = exact(points, points, &wide, Coulomb3d);
    let error = |(i, x): (usize, &[f64; 3])| {
        let (mut field, mut potential) = (0.0, 0.0);
        for (y, w) in points.iter().zip(&wide) {
            let r2 = (0..3).map(|a| (x[a] - y[a]).powi(2)).sum::<f64>();
            if r2 > 0.0 {
                field += w.abs() * 0.25 / PI / r2;
                potential += w.abs() * 0.25 / PI / r2.sqrt();
            }
        }
        let squares = (0..3).map(|a| (f64::from(found.field[i][a]) - exact.field[i][a]).powi(2));
        let difference = (f64::from(found.potential[i]) - exact.potential[i]).abs();
        [squares.sum::<f64>().sqrt() / field, difference / potential]
    };
    points.iter().enumerate().map(error).collect()
}

/// Every sum is as good as its terms and their additions, which may lie in one lane.
fn assert_good(points: &[[f64; 3]], w: &[f32], found: &Sums<f32, 3>) {
    let allowed = ROUNDING + points.len() as f64 * 0.5 * f64::from(f32::EPSILON);
    for (x, errors) in points.iter().zip(errors(points, w, found)) {
        assert!(
            errors.iter().all(|&error| error <= allowed),
            "{x:?}: {errors:?}"
        );
    }
}

/// Pairs are taken both ways, one way, and for four vectors at once; all of them in one leaf.
#[test]
fn near_pairs_at_every_distance() {
    for points in [nested(), neighbours()] {
        let single = rounded::<f32, 3>(&points);
        let wide = widened(&single);
        let vectors: Vec<Vec<f32>> = (0..4)
            .map(|k| Signs::Random.strengths(points.len(), 122 + k))
            .map(|w| w.into_iter().map(|w| w as f32).collect())
            .collect();
        let all: Vec<&[f32]> = vectors.iter().map(Vec::as_slice).collect();
        for set in InstructionSet::ALL
            .into_iter()
            .filter(|&set| Chosen::get(set).is_some())
        {
            let options = || {
                Options::tolerance(1e-6)
                    .leaf_capacity(1000)
                    .instruction_set(set)
            };
            let plan = Plan::new(&single, Coulomb3d, options()).unwrap();
            let apart = Plan::with_targets(&single, &single, Coulomb3d, options().clone()).unwrap();
            for (plan, vectors) in [(&plan, &all[..1]), (&apart, &all[..1]), (&plan, &all[..])] {
                let found = plan.evaluate(vectors, Outputs::BOTH).unwrap().sums;
                for (w, found) in vectors.iter().zip(&found) {
                    assert_good(&wide, w, found);
                }
            }
        }
    }
}

/// Many scales in one tree, in f32: density as r⁻³ over 15 decades.
#[test]
fn many_scales() {
    let sizes = Shape::Uniform.points(8000, 123);
    let points = Shape::Sphere.points(8000, 124);
    let points: Vec<[f64; 3]> = points
        .into_iter()
        .zip(&sizes)
        .map(|(x, [u, ..])| x.map(|x| x * 10f64.powf(-15.0 * u)))
        .collect();
    let single = rounded::<f32, 3>(&points);
    let wide = widened(&single);
    // Charges as r², so that every decade acts alike on what lies inside it.
    let w: Vec<f32> = wide
        .iter()
        .map(|x| x.iter().map(|x| x * x).sum::<f64>() as f32)
        .collect();
    // A few sources outweigh all others, so that only the pointwise promise holds.
    for tolerance in [1e-3, 1e-5] {
        let options = Options::tolerance(tolerance)
            .guarantee(Guarantee::Pointwise)
            .leaf_capacity(60);
        let plan = Plan::new(&single, Coulomb3d, options).unwrap();
        let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let worst = |worst: f64, errors: &[f64; 2]| worst.max(errors[0]).max(errors[1]);
        let error = errors(&wide, &w, &sums).iter().fold(0.0, worst);
        assert!(error <= tolerance, "{tolerance:e}: {error:e}");
    }
}

/// Sines and cosines that should be 0 and are about 10⁻¹⁶: a circle in f32 is an ordinary cloud.
#[test]
fn residues_of_rounding() {
    let angle = |i: usize| 2.0 * PI * i as f64 / 720.0;
    let single: Vec<[f32; 3]> = (0..720)
        .map(|i| [angle(i).cos() as f32, angle(i).sin() as f32, 0.0])
        .collect();
    let tiny = |x: &&f32| **x != 0.0 && x.abs() < 1e-15;
    assert!(single.as_flattened().iter().filter(tiny).count() >= 3);
    let wide = widened(&single);
    let exact = exact(&wide, &wide, &[1.0; 720], Coulomb3d);
    let plan = Plan::new(&single, Coulomb3d, Options::tolerance(1e-5)).unwrap();
    let sums = plan.evaluate(&[&[1.0; 720]], Outputs::BOTH).unwrap().sums;
    assert!(worst_error(&sums[0], &exact) <= 1e-5);
}

/// Coordinates whose differences could not be squared are refused by index; the smallest that are not are summed.
#[test]
fn the_smallest_coordinates() {
    let cloud = |small: f32| {
        let mut points = rounded::<f32, 3>(&Shape::Uniform.points(40, 125));
        points[7] = [small, 0.0, 0.0];
        points[9] = [0.0, small.next_up(), 0.0];
        points[11] = [small.next_up(), 0.0, 0.0];
        points
    };
    let options = || Options::tolerance(1e-5);
    let parts = ["positions[7]", "e-21", "0 or at least"];
    refused(Plan::new(&cloud(3e-21), Coulomb3d, options()), &parts);
    // Two of the points are 2⁻²³·2⁻⁶⁶ apart, so that their strengths must be small for f32 to hold the field.
    let w = [1e-20; 40];
    let points = cloud(2f32.powi(-66));
    let plan = Plan::new(&points, Coulomb3d, options()).unwrap();
    let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums;
    let (wide, w) = (widened(&points), w.map(f64::from));
    let exact = direct::evaluate(&wide, &wide, &[&w], Coulomb3d, Outputs::BOTH, None).unwrap();
    assert!(worst_error(&sums[0], &exact[0]) <= ROUNDING);
}

//! The error that is reached stays below the tolerance, for every power.

use crate::cloud::{Shape, Signs, rounded, widened};
use crate::compare::{relative_l2, worst_error};
use crate::space::cloud as space;
use farfield::{Kernel, Options, Outputs, Plan, Real, Riesz, Sums, direct};

/// Worst error of field and potential over all targets, and of the gradient if it is wanted.
fn check<T: Real, const D: usize>(
    name: &str,
    points: &[[f64; D]],
    s: f64,
    tolerances: &[f64],
    gradient: bool,
) where
    Riesz: Kernel<D, Strength<T> = T, Strength<f64> = f64>,
{
    check_in_leaves::<T, D>(None, (name, points), s, tolerances, gradient);
}

/// The same where leaves hold at most so many points.
fn check_in_leaves<T: Real, const D: usize>(
    leaf_capacity: Option<usize>,
    (name, points): (&str, &[[f64; D]]),
    s: f64,
    tolerances: &[f64],
    gradient: bool,
) where
    Riesz: Kernel<D, Strength<T> = T, Strength<f64> = f64>,
{
    let n = points.len();
    let points = rounded::<T, D>(points);
    let wide = widened(&points);
    let samples = 1500.min(n);
    let sample: Vec<usize> = (0..samples).map(|k| k * n / samples).collect();
    let targets: Vec<[f64; D]> = sample.iter().map(|&i| wide[i]).collect();
    let wanted = Outputs {
        gradient,
        ..Outputs::BOTH
    };
    for signs in Signs::BOTH {
        let w: Vec<T> = signs.strengths(n, 9).into_iter().map(T::from_f64).collect();
        let wide_w: Vec<f64> = w.iter().map(|w| w.to_f64()).collect();
        let exact = direct::evaluate(&targets, &wide, &[&wide_w], Riesz { s }, wanted, None)
            .unwrap()
            .remove(0);
        for &tolerance in tolerances {
            let options = Options::tolerance(tolerance).outputs(wanted);
            let options = leaf_capacity
                .into_iter()
                .fold(options, Options::leaf_capacity);
            let plan = Plan::new(&points, Riesz { s }, options).unwrap();
            let all = plan.evaluate(&[&w], wanted).unwrap().sums.remove(0);
            let mut found = Sums::<T, D, T>::default();
            for &i in &sample {
                found.field.push(all.field[i]);
                found.potential.push(all.potential[i]);
                if gradient {
                    found.gradient.push(all.gradient[i]);
                }
            }
            let mut error = worst_error(&found, &exact);
            if gradient {
                let flat = all_of(&found);
                let exact = exact.gradient.as_flattened().as_flattened();
                error = error.max(relative_l2(&flat, exact));
            }
            assert!(
                error <= tolerance,
                "{name} {signs:?} {} s = {s}, {tolerance:e}, {leaf_capacity:?}: {error:e}",
                T::NAME
            );
        }
    }
}

fn all_of<T: Real, const D: usize>(sums: &Sums<T, D, T>) -> Vec<T> {
    sums.gradient.as_flattened().as_flattened().to_vec()
}

const IN_THE_PLANE: [f64; 7] = [0.0, 0.3, 0.5, 1.0, 1.25, 1.5, 1.9];
const IN_SPACE: [f64; 6] = [0.0, 0.5, 1.0, 1.7, 2.0, 2.5];

#[test]
fn in_the_plane() {
    for shape in Shape::ALL {
        let points = shape.points(6000, 31);
        for s in IN_THE_PLANE {
            check::<f64, 2>(
                &format!("{shape:?}"),
                &points,
                s,
                &[1e-3, 1e-6, 1e-9, 1e-12],
                false,
            );
            check::<f32, 2>(&format!("{shape:?}"), &points, s, &[1e-3, 1e-5], false);
        }
    }
}

#[test]
fn in_space() {
    for shape in space::Shape::ALL {
        let points = shape.points(6000, 32);
        for s in IN_SPACE {
            check::<f64, 3>(&format!("{shape:?}"), &points, s, &[1e-3, 1e-5], false);
        }
    }
}

#[test]
fn gradients() {
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Cauchy] {
        let points = shape.points(4000, 33);
        for s in [0.0, 0.5, 1.0, 1.5] {
            check::<f64, 2>(&format!("{shape:?}"), &points, s, &[1e-3, 1e-6, 1e-9], true);
        }
    }
    for shape in [space::Shape::Uniform, space::Shape::Plummer] {
        let points = shape.points(4000, 34);
        for s in [0.5, 2.0] {
            check::<f64, 3>(&format!("{shape:?}"), &points, s, &[1e-3, 1e-5], true);
        }
    }
}

/// Many levels, so that what is lost on the way down would show: a field of one sign is nearly that of the coarsest cells.
#[test]
fn two_hundred_thousand() {
    let points = Shape::Uniform.points(200_000, 35);
    for s in [0.0, 0.5, 1.0] {
        check::<f64, 2>("uniform", &points, s, &[1e-6, 1e-11], false);
    }
    let points = space::Shape::Uniform.points(200_000, 36);
    check::<f64, 3>("uniform", &points, 0.5, &[1e-5], false);
    check::<f64, 3>("uniform", &points, 2.0, &[1e-6], false);
}

/// The smallest tolerance in the plane: what roundings of the common basis leave in corners of cells depends on where those are.
#[test]
fn to_the_floor_in_the_plane() {
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Cauchy] {
        for seed in 0..3 {
            let cloud = (&*format!("{shape:?} {seed}"), &*shape.points(6000, seed));
            for s in [0.1, 0.3, 0.5, 1.0, 1.9] {
                for leaf_capacity in [10, 40] {
                    check_in_leaves::<f64, 2>(Some(leaf_capacity), cloud, s, &[1e-12], false);
                }
            }
        }
    }
}

/// The smallest tolerance in space.
#[test]
fn to_the_floor_in_space() {
    use space::Shape::{Plummer, TwoClusters, Uniform};
    for s in [0.5, 2.0] {
        for shape in [Uniform, Plummer, TwoClusters] {
            let points = shape.points(6000, 37);
            check::<f64, 3>(&format!("{shape:?}"), &points, s, &[1e-7], false);
        }
    }
}

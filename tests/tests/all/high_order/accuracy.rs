//! Errors of plans: widths, precisions, tables, gradients, targets apart, the torus.

use super::{ORDERS, core};
use crate::cloud::{Shape, Signs, rounded, widened};
use crate::compare::{exact, relative_l2, worst_error};
use crate::refusals::refused;
use crate::space::cloud as space;
use farfield::{
    BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, Kernel, Options, Outputs, Plan, Real,
    Strength, direct,
};

/// What misses its tolerance, by line.
fn misses<T: Real, K: Kernel<D>, const D: usize>(
    points: &[[T; D]],
    w: &[K::Strength<T>],
    kernel: &K,
    options: &dyn Fn(f64) -> Options,
    tolerances: &[f64],
) -> Vec<String> {
    let wide_w = farfield::kernel::converted::<T, f64, _, K::Strength<f64>>(w);
    let wide = widened(points);
    let exact = exact(&wide, &wide, &wide_w, kernel.clone());
    let miss = |&tolerance: &f64| {
        let plan = Plan::new(points, kernel.clone(), options(tolerance)).unwrap();
        let sums = plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0);
        let error = worst_error(&sums, &exact);
        let line = format!("{} {} {tolerance:e}: {error:.1e}", kernel.name(), T::NAME);
        (error.is_nan() || error > tolerance).then_some(line)
    };
    tolerances.iter().filter_map(miss).collect()
}

#[test]
fn every_size_in_the_plane() {
    let (n, mut bad) = (3000, vec![]);
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::Cauchy] {
        let points = shape.points(n, 401);
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 401);
            for ratio in [0.01, 0.3, 3.0, 30.0, 100.0] {
                for order in ORDERS {
                    let kernel = core(BiotSavart2d, ratio / (n as f64).sqrt(), order);
                    let tolerances = [1e-3, 1e-6, 1e-9, 1e-12];
                    let missed = misses(&points, &w, &kernel, &Options::tolerance, &tolerances);
                    bad.extend(
                        missed
                            .iter()
                            .map(|line| format!("{shape:?} {signs:?} {line}")),
                    );
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_size_in_space() {
    let (n, mut bad) = (1500, vec![]);
    let options = |tolerance| Options::tolerance(tolerance).leaf_capacity(40);
    let tolerances = [1e-3, 1e-6, 1e-10, 1e-12];
    for shape in [space::Shape::Uniform, space::Shape::Plummer] {
        let points = shape.points(n, 402);
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 402);
            let vectors: Vec<[f64; 3]> = (0..n).map(|i| [w[i], w[(i + 7) % n], 0.3]).collect();
            for ratio in [0.01, 0.3, 1.0, 10.0, 100.0] {
                for order in ORDERS {
                    let delta = ratio / (n as f64).cbrt();
                    let numbers = core(Coulomb3d, delta, order);
                    let mut missed = misses(&points, &w, &numbers, &options, &tolerances);
                    let kernel = core(BiotSavart3d, delta, order);
                    missed.extend(misses(&points, &vectors, &kernel, &options, &tolerances));
                    bad.extend(
                        missed
                            .iter()
                            .map(|line| format!("{shape:?} {signs:?} {line}")),
                    );
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn single_precision() {
    let (n, mut bad) = (2000, vec![]);
    let planar = rounded::<f32, 2>(&Shape::Gaussian.points(n, 403));
    let spatial = rounded::<f32, 3>(&space::Shape::Plummer.points(n, 403));
    let w: Vec<f32> = Signs::One
        .strengths(n, 403)
        .iter()
        .map(|&w| w as f32)
        .collect();
    let tolerances = [1e-3, 1e-5];
    for ratio in [1e-3, 0.1, 1.0, 10.0, 100.0] {
        for order in ORDERS {
            let kernel = core(Coulomb2d, ratio / (n as f64).sqrt(), order);
            bad.extend(misses(
                &planar,
                &w,
                &kernel,
                &Options::tolerance,
                &tolerances,
            ));
            let kernel = core(Coulomb3d, ratio / (n as f64).cbrt(), order);
            bad.extend(misses(
                &spatial,
                &w,
                &kernel,
                &Options::tolerance,
                &tolerances,
            ));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// From tables, which plans take by themselves where the core holds too many points.
#[test]
fn wide_cores() {
    let (n, mut bad) = (4000, vec![]);
    let wide = |tolerance| Options::tolerance(tolerance).wide_cores(true).grid(false);
    for order in ORDERS {
        for ratio in [0.1, 3.0, 30.0] {
            let points = Shape::Gaussian.points(n, 404);
            let w = Signs::Random.strengths(n, 404);
            let kernel = core(BiotSavart2d, ratio / (n as f64).sqrt(), order);
            bad.extend(misses(&points, &w, &kernel, &wide, &[1e-3, 1e-6, 1e-10]));
            let points = space::Shape::Uniform.points(n, 404);
            let kernel = core(Coulomb3d, ratio / (n as f64).cbrt(), order);
            bad.extend(misses(&points, &w, &kernel, &wide, &[1e-3, 1e-5]));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    let points = Shape::Uniform.points(16_000, 405);
    for (delta, taken) in [(1.0, true), (0.01, false)] {
        let kernel = core(Coulomb2d, delta, 6);
        let plan = Plan::new(&points, kernel, Options::tolerance(1e-6).grid(false)).unwrap();
        assert_eq!(plan.report().wide_core, taken, "{delta}");
    }
}

/// Gradients and fields at targets of their own, of several strength vectors.
fn apart<K: Kernel<D>, const D: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    kernel: &K,
    tolerances: &[f64],
) {
    let wanted = Outputs {
        gradient: true,
        ..Outputs::FIELD
    };
    let n = sources.len();
    let vectors = [406, 407, 408].map(|seed| -> Vec<K::Strength<f64>> {
        let numbers = Signs::Random.strengths(n * K::Strength::<f64>::COMPONENTS, seed);
        let each = numbers.chunks(K::Strength::<f64>::COMPONENTS);
        let strength = |x: &[f64]| {
            let mut w = K::Strength::<f64>::ZERO;
            w.components_mut().copy_from_slice(x);
            w
        };
        each.map(strength).collect()
    });
    let vectors = vectors.each_ref().map(|w| &w[..]);
    let exact = direct::evaluate(targets, sources, &vectors, kernel.clone(), wanted, None).unwrap();
    for &tolerance in tolerances {
        let options = Options::tolerance(tolerance).outputs(wanted);
        let plan = Plan::with_targets(targets, sources, kernel.clone(), options).unwrap();
        let found = plan.evaluate(&vectors, wanted).unwrap().sums;
        for (found, exact) in found.iter().zip(&exact) {
            let field = relative_l2(found.field.as_flattened(), exact.field.as_flattened());
            let [flat, expected] =
                [found, exact].map(|sums| sums.gradient.as_flattened().as_flattened());
            let error = field.max(relative_l2(flat, expected));
            assert!(
                error <= tolerance,
                "{} {tolerance:e}: {error:e}",
                kernel.name()
            );
        }
    }
}

#[test]
fn gradients_at_targets_of_their_own_of_several_vectors() {
    let n = 3000;
    for order in ORDERS {
        for ratio in [0.3, 1.0, 4.0] {
            let (sources, targets) = (
                Shape::Uniform.points(n, 409),
                Shape::Gaussian.points(700, 410),
            );
            let delta = ratio / (n as f64).sqrt();
            let tolerances = [1e-3, 1e-6, 1e-9];
            apart(
                &targets,
                &sources,
                &core(BiotSavart2d, delta, order),
                &tolerances,
            );
            let sources = space::Shape::Uniform.points(n, 409);
            let targets = space::Shape::Gaussian.points(700, 410);
            let delta = ratio / (n as f64).cbrt();
            apart(
                &targets,
                &sources,
                &core(Coulomb3d, delta, order),
                &tolerances,
            );
            apart(
                &targets,
                &sources,
                &core(BiotSavart3d, delta, order),
                &tolerances,
            );
        }
    }
}

/// As δ → 0 the core vanishes, coincident points included; far below what δ² can be.
#[test]
fn no_core_in_the_limit() {
    let points = Shape::Uniform.points(700, 411).repeat(2);
    let spatial = space::Shape::Uniform.points(700, 411).repeat(2);
    let w = Signs::Random.strengths(1400, 411);
    let single = |points: &[[f64; 2]]| (rounded::<f32, 2>(points), w.iter().map(|&w| w as f32));
    let (planar_single, w_single) = single(&points);
    let w_single: Vec<f32> = w_single.collect();
    let planar = exact(&points, &points, &w, Coulomb2d);
    let singular = exact(&spatial, &spatial, &w, Coulomb3d);
    for delta in [1e-11, 1e-30, 1e-100, 1e-200, f64::MIN_POSITIVE] {
        for order in ORDERS {
            let kernel = core(Coulomb2d, delta, order);
            let error = worst_error(&exact(&points, &points, &w, kernel), &planar);
            assert!(error < 1e-14, "{kernel:?}: {error:e}");
            let mut missed = misses(&points, &w, &kernel, &Options::tolerance, &[1e-9]);
            missed.extend(misses(
                &planar_single,
                &w_single,
                &kernel,
                &Options::tolerance,
                &[1e-4],
            ));
            let kernel = core(Coulomb3d, delta, order);
            let error = worst_error(&exact(&spatial, &spatial, &w, kernel), &singular);
            assert!(error < 1e-14, "{kernel:?}: {error:e}");
            missed.extend(misses(&spatial, &w, &kernel, &Options::tolerance, &[1e-9]));
            assert!(missed.is_empty(), "{missed:?}");
        }
    }
}

fn on_torus<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    points: &[[f64; D]],
    kernel: &K,
    tolerances: &[f64],
) {
    let sides = [1.0; D];
    for signs in Signs::BOTH {
        let w = signs.strengths(points.len(), 412);
        let exact = direct::on_torus(
            points,
            points,
            &[&w],
            kernel.clone(),
            &sides,
            Outputs::BOTH,
            None,
        );
        let exact = exact.unwrap().remove(0);
        for &tolerance in tolerances {
            let options = Options::tolerance(tolerance).outputs(Outputs::BOTH);
            let plan = Plan::new(points, kernel.clone(), options.torus(&sides)).unwrap();
            let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let error = worst_error(&sums, &exact);
            assert!(
                error <= tolerance,
                "{} {signs:?} {tolerance:e}: {error:e}",
                kernel.name()
            );
        }
    }
}

#[test]
fn on_the_torus() {
    let n = 2000;
    for order in ORDERS {
        for delta in [1e-3, 0.02, 0.1] {
            let points = Shape::Uniform.points(n, 413);
            on_torus(
                &points,
                &core(BiotSavart2d, delta, order),
                &[1e-3, 1e-6, 1e-10],
            );
        }
        let points = space::Shape::Uniform.points(1500, 413);
        on_torus(&points, &core(Coulomb3d, 0.05, order), &[1e-3, 1e-6]);
        let wide = core(Coulomb2d, 0.5, order);
        let options = Options::tolerance(1e-6).torus(&[1.0; 2]);
        refused(
            Plan::new(&[[0.1; 2]], wide, options),
            &["kernel", "0.5", "reach"],
        );
    }
}

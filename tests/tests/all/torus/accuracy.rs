//! Achieved errors against the oracle over a corpus, from loose tolerances to tight ones.

use super::{Points, even, on, summed};
use crate::cloud::{Shape, Signs};
use crate::compare::{relative_l2, worst_error};
use farfield::{
    BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Kernel, Options, Outputs, Plan,
    Strength, Sums, direct,
};

/// Of the sums at every fifth point, where they are known exactly.
pub(super) fn error_of_every_fifth<W: Strength<f64>, const D: usize>(
    mut sums: Sums<f64, D, W>,
    exact: &Sums<f64, D, W>,
) -> f64 {
    sums.field = sums.field.into_iter().step_by(5).collect();
    sums.potential = sums.potential.into_iter().step_by(5).collect();
    worst_error(&sums, exact)
}

/// A kernel on every cloud, with strengths of both kinds, on a cube.
pub(super) fn within_tolerance<K: Kernel<D>, const D: usize>(
    kernel: K,
    tolerances: &[f64],
    strengths: impl Fn(f64) -> K::Strength<f64>,
) where
    Shape: Points<D>,
{
    within_tolerance_on(kernel, [0.7; D], 3000, tolerances, strengths);
}

/// The same of `n` points on a box with these sides.
pub(super) fn within_tolerance_on<K: Kernel<D>, const D: usize>(
    kernel: K,
    sides: [f64; D],
    n: usize,
    tolerances: &[f64],
    strengths: impl Fn(f64) -> K::Strength<f64>,
) where
    Shape: Points<D>,
{
    let in_box = |points: Vec<[f64; D]>| -> Vec<[f64; D]> {
        let point = |x: [f64; D]| std::array::from_fn(|a| x[a] * sides[a]);
        points.into_iter().map(point).collect()
    };
    let clouds = [
        ("even", in_box(even(n, 1.0))),
        ("uniform", in_box(on(Shape::Uniform, n, 1.0))),
        ("Gaussian", in_box(on(Shape::Gaussian, n, 1.0))),
        ("Cauchy", in_box(on(Shape::Cauchy, n, 1.0))),
    ];
    for (name, points) in &clouds {
        for signs in Signs::BOTH {
            let w: Vec<_> = signs.strengths(n, 93).into_iter().map(&strengths).collect();
            let targets: Vec<[f64; D]> = points.iter().copied().step_by(5).collect();
            let exact = direct::on_torus(
                &targets,
                points,
                &[&w],
                kernel.clone(),
                &sides,
                Outputs::BOTH,
                None,
            );
            let exact = exact.unwrap().remove(0);
            for &tolerance in tolerances {
                let options = Options::tolerance(tolerance)
                    .outputs(Outputs::BOTH)
                    .torus(&sides);
                let plan = Plan::new(points, kernel.clone(), options).unwrap();
                let error = error_of_every_fifth(summed(&plan, &w, Outputs::BOTH), &exact);
                let what = format!("{} {sides:?} {name} {signs:?} {tolerance:e}", kernel.name());
                assert!(error <= tolerance, "{what}: {error:e}");
            }
        }
    }
}

pub(super) const IN_PLANE: [f64; 6] = [1e-3, 1e-5, 1e-6, 1e-8, 1e-10, 1e-11];
const IN_SPACE: [f64; 4] = [1e-3, 1e-5, 1e-6, 1e-8];

#[test]
fn within_tolerance_in_the_plane() {
    within_tolerance(Coulomb2d, &IN_PLANE, |w| w);
    within_tolerance(BiotSavart2d, &[1e-4, 1e-7, 1e-9], |w| w);
    for delta in [1e-3, 0.02, 0.1] {
        let kernel = GaussianCore {
            kernel: BiotSavart2d,
            delta,
        };
        within_tolerance(kernel, &[1e-3, 1e-6, 1e-10], |w| w);
    }
}

#[test]
fn within_tolerance_in_space() {
    within_tolerance(Coulomb3d, &IN_SPACE, |w| w);
    within_tolerance(BiotSavart3d, &[1e-4, 1e-7], |w| [w, -0.3 * w, 0.5]);
    let kernel = GaussianCore {
        kernel: Coulomb3d,
        delta: 0.05,
    };
    within_tolerance(kernel, &[1e-3, 1e-6], |w| w);
}

/// Fields alone, to tolerances for which near pairs are in f32 unless points are even.
fn fields_within_tolerance<K: Kernel<D>, const D: usize>(
    kernel: K,
    clouds: &[(&str, Vec<[f64; D]>)],
    strengths: impl Fn(f64) -> K::Strength<f64>,
) {
    for (name, points) in clouds {
        for signs in Signs::BOTH {
            let signed = signs.strengths(points.len(), 93).into_iter();
            let w: Vec<_> = signed.map(&strengths).collect();
            let targets: Vec<_> = points.iter().copied().step_by(5).collect();
            let exact = direct::on_torus(
                &targets,
                points,
                &[&w],
                kernel.clone(),
                &[1.0; D],
                Outputs::FIELD,
                None,
            );
            let exact = exact.unwrap().remove(0).field;
            for tolerance in [8e-7, 1e-6, 2.5e-6] {
                let options = Options::tolerance(tolerance).torus(&[1.0; D]);
                let plan = Plan::new(points, kernel.clone(), options).unwrap();
                let field: Vec<_> = plan.field(&w).unwrap().into_iter().step_by(5).collect();
                let error = relative_l2(field.as_flattened(), exact.as_flattened());
                let what = format!("{} {name} {signs:?} {tolerance:e}", kernel.name());
                assert!(error <= tolerance, "{what}: {error:e}");
            }
        }
    }
}

#[test]
fn fields_alone() {
    fn clouds<const D: usize>(n: usize) -> Vec<(&'static str, Vec<[f64; D]>)>
    where
        Shape: Points<D>,
    {
        let shaped = |shape| on::<D>(shape, n, 1.0);
        vec![
            ("even", even(n, 1.0)),
            ("uniform", shaped(Shape::Uniform)),
            ("Gaussian", shaped(Shape::Gaussian)),
            ("Cauchy", shaped(Shape::Cauchy)),
        ]
    }
    let golden = 0.618_033_988_749_895;
    let spiral = |i: usize| [(i as f64 + 0.5) / 3000.0, (i as f64 * golden).fract()];
    let mut in_plane = clouds::<2>(3000);
    in_plane.push(("low discrepancy", (0..3000).map(spiral).collect()));
    // Evenly spaced on a line, but for a fiftieth: with near pairs in f32 some times the tolerance.
    let shaken = |i: usize, by: f64| 0.02 / 1152.0 * (by * (i * i + 7) as f64).sin();
    let on_line = |i: usize| {
        let x = (i as f64 + 0.5) / 1152.0;
        [x + shaken(i, 0.37), 0.31 + shaken(i, 0.59)]
    };
    in_plane.push(("a line", (0..1152).map(on_line).collect()));
    fields_within_tolerance(Coulomb2d, &in_plane, |w| w);
    fields_within_tolerance(BiotSavart2d, &in_plane, |w| w);
    fields_within_tolerance(Coulomb3d, &clouds(3000), |w| w);
    fields_within_tolerance(BiotSavart3d, &clouds(1000), |w| [w, -0.3 * w, 0.5]);
}

#[test]
fn gradients() {
    let n = 2000;
    let (points, w) = (even::<2>(n, 1.0), Signs::One.strengths(n, 94));
    let sides = [1.0; 2];
    let exact = direct::on_torus(
        &points,
        &points,
        &[&w],
        BiotSavart2d,
        &sides,
        Outputs::GRADIENT,
        None,
    );
    for tolerance in [1e-3, 1e-6, 1e-9] {
        let options = Options::tolerance(tolerance)
            .outputs(Outputs::GRADIENT)
            .torus(&sides);
        let plan = Plan::new(&points, BiotSavart2d, options).unwrap();
        let found = summed(&plan, &w, Outputs::GRADIENT);
        let exact = &exact.as_ref().unwrap()[0];
        let flat = |sums: &Sums<f64, 2>| sums.gradient.as_flattened().as_flattened().to_vec();
        let error = relative_l2(&flat(&found), &flat(exact));
        assert!(error <= tolerance, "{tolerance:e}: {error:e}");
        // div u = 0, exactly.
        assert!(
            exact
                .gradient
                .iter()
                .all(|g| (g[0][0] + g[1][1]).abs() < 1e-9)
        );
    }
}

/// Where leaf capacities ask for leaves that are thirds of the box, or halves or quarters of those.
pub(super) fn three_cells_wide<K: Kernel<D>, const D: usize>(
    kernel: K,
    capacities: &[usize],
    tolerances: &[f64],
    strengths: impl Fn(f64) -> K::Strength<f64>,
) where
    Shape: Points<D>,
{
    let (n, sides) = (3000, [0.7; D]);
    let uniform = Points::<D>::cloud(Shape::Uniform, n).into_iter();
    let uniform = uniform.map(|x| x.map(|x| 0.7 * x)).collect();
    for points in [even(n, 0.7), uniform] {
        for signs in Signs::BOTH {
            let w: Vec<_> = signs.strengths(n, 98).into_iter().map(&strengths).collect();
            let targets: Vec<_> = points.iter().copied().step_by(5).collect();
            let (exact, outputs) = (kernel.clone(), Outputs::BOTH);
            let exact = direct::on_torus(&targets, &points, &[&w], exact, &sides, outputs, None);
            let exact = exact.unwrap().remove(0);
            for (level, &capacity) in (2u32..).zip(capacities) {
                for &tolerance in tolerances {
                    let options = Options::tolerance(tolerance).outputs(outputs);
                    let options = options.torus(&sides).leaf_capacity(capacity);
                    let plan = Plan::new(&points, kernel.clone(), options).unwrap();
                    let leaves = (3usize << (level - 2)).pow(D as u32);
                    assert_eq!(plan.report().leaves, leaves, "{capacity}");
                    let error = error_of_every_fifth(summed(&plan, &w, outputs), &exact);
                    let what = format!("{} {signs:?} {capacity} {tolerance:e}", kernel.name());
                    assert!(error <= tolerance, "{what}: {error:e}");
                }
            }
        }
    }
}

#[test]
fn boxes_three_cells_wide() {
    three_cells_wide(Coulomb2d, &[672, 168], &IN_PLANE, |w| w);
    three_cells_wide(BiotSavart2d, &[672, 168], &[1e-4, 1e-7], |w| w);
    three_cells_wide(Coulomb3d, &[320, 40], &[1e-2, 1e-3, 1e-5], |w| w);
    three_cells_wide(BiotSavart3d, &[320, 40], &[1e-5], |w| [w, -0.3 * w, 0.5]);
    let kernel = GaussianCore {
        kernel: Coulomb3d,
        delta: 0.03,
    };
    three_cells_wide(kernel, &[320], &[1e-4], |w| w);
}

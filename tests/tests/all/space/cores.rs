//! Cores in space, Gaussian and algebraic, of every size.

use super::cloud::Shape;
use super::vortices::vectors;
use crate::cloud::{Signs, rounded, widened};
use crate::compare::{exact, relative_l2, worst_error};
use crate::refusals::refused;
use farfield::{
    AlgebraicCore, BiotSavart3d, Coulomb3d, GaussianCore, Kernel, Kernel3d, Options, Outputs, Plan,
    Real, VectorKernel3d, direct,
};
use std::f64::consts::PI;

type Vectors = Vec<[f64; 3]>;

/// `coulomb` with each core.
pub(super) fn coulomb(delta: f64) -> [Kernel3d; 2] {
    let kernel = Coulomb3d;
    [
        Kernel3d::CoulombGaussian(GaussianCore { kernel, delta }),
        Kernel3d::CoulombAlgebraic(AlgebraicCore { kernel, delta }),
    ]
}

/// `biot-savart` with each core.
pub(super) fn biot_savart(delta: f64) -> [VectorKernel3d; 2] {
    let kernel = BiotSavart3d;
    [
        VectorKernel3d::BiotSavartGaussian(GaussianCore { kernel, delta }),
        VectorKernel3d::BiotSavartAlgebraic(AlgebraicCore { kernel, delta }),
    ]
}

/// δ in mean spacings N^{−1/3}: from points to one blob wider than the cloud.
const RATIOS: [f64; 5] = [0.01, 0.3, 1.0, 10.0, 100.0];

/// Plans of small leaves against the direct sum; what misses its tolerance, by line.
fn check<T: Real, K: Kernel<3>>(
    points: &[[T; 3]],
    w: &[K::Strength<T>],
    kernel: &K,
    tolerances: &[f64],
) -> Vec<String> {
    let wide_w = farfield::kernel::converted::<T, f64, _, K::Strength<f64>>(w);
    let points_wide = widened(points);
    let exact = exact(&points_wide, &points_wide, &wide_w, kernel.clone());
    let miss = |&tolerance: &f64| {
        let options = Options::tolerance(tolerance).leaf_capacity(40);
        let plan = Plan::new(points, kernel.clone(), options).unwrap();
        let sums = plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0);
        let error = worst_error(&sums, &exact);
        let line = format!("{} {} {tolerance:e}: {error:.1e}", kernel.name(), T::NAME);
        (error.is_nan() || error > tolerance).then_some(line)
    };
    tolerances.iter().filter_map(miss).collect()
}

#[test]
fn every_size_of_charges() {
    let (n, mut bad) = (2500, vec![]);
    for shape in [Shape::Uniform, Shape::Plummer, Shape::Plane] {
        let points = shape.points(n, 201);
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 201);
            for kernel in RATIOS
                .map(|r| coulomb(r * (n as f64).cbrt().recip()))
                .as_flattened()
            {
                let missed = check(&points, &w, kernel, &[1e-3, 1e-6, 1e-9, 1e-12]);
                bad.extend(
                    missed
                        .iter()
                        .map(|line| format!("{shape:?} {signs:?} {line}")),
                );
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_size_of_elements() {
    let (n, mut bad) = (2000, vec![]);
    for shape in [Shape::Gaussian, Shape::Plummer] {
        let points = shape.points(n, 202);
        for signs in Signs::BOTH {
            let alpha = vectors(signs, n, 202);
            for kernel in RATIOS
                .map(|r| biot_savart(r * (n as f64).cbrt().recip()))
                .as_flattened()
            {
                let missed = check(&points, &alpha, kernel, &[1e-3, 1e-6, 1e-9, 1e-12]);
                bad.extend(
                    missed
                        .iter()
                        .map(|line| format!("{shape:?} {signs:?} {line}")),
                );
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// In f32, in which the cloud is 2⁴⁰ wide, 1/δ³ leaves the range before the field does.
#[test]
fn single_precision() {
    let (n, mut bad) = (2000, vec![]);
    for unit in [1e-9, 1.0, 1e9] {
        let points: Vectors = Shape::Plummer.points(n, 203);
        let points: Vectors = points.iter().map(|x| x.map(|x| x * unit)).collect();
        let points = rounded::<f32, 3>(&points);
        let w: Vec<f32> = Signs::Random
            .strengths(n, 203)
            .iter()
            .map(|&w| w as f32)
            .collect();
        let alpha = rounded::<f32, 3>(&vectors(Signs::One, n, 203));
        let same: Vec<f32> = w.iter().map(|w| w.abs()).collect();
        for ratio in [0.01, 0.3, 1.0, 10.0, 100.0, 1e4] {
            let delta = unit * ratio * (n as f64).cbrt().recip();
            // Inside a core that holds the cloud, sums of random signs are what is left of numbers a hundred times as large.
            let w = if ratio < 10.0 { &w } else { &same };
            for kernel in coulomb(delta) {
                bad.extend(check(&points, w, &kernel, &[1e-3, 1e-5]));
            }
            for kernel in biot_savart(delta) {
                bad.extend(check(&points, &alpha, &kernel, &[1e-3, 1e-5]));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Targets of their own, and three vectors at once.
#[test]
fn separate_targets_and_several_vectors() {
    let sources = Shape::Gaussian.points(3000, 204);
    let targets = Shape::Sphere.points(1000, 205);
    let all = [206, 207, 208].map(|seed| Signs::Random.strengths(3000, seed));
    for tolerance in [1e-3, 1e-6, 1e-9] {
        for kernel in [0.02, 0.3].map(coulomb).as_flattened() {
            let options = Options::tolerance(tolerance).leaf_capacity(40);
            let plan = Plan::with_targets(&targets, &sources, *kernel, options).unwrap();
            let vectors = [&all[0][..], &all[1], &all[2]];
            let found = plan.evaluate(&vectors, Outputs::BOTH).unwrap().sums;
            for (w, found) in all.iter().zip(&found) {
                let error = worst_error(found, &exact(&targets, &sources, w, *kernel));
                assert!(error <= tolerance, "{kernel:?} {tolerance:e}: {error:e}");
            }
        }
    }
}

/// As δ → 0 the core vanishes, coincident points included.
#[test]
fn no_core_in_the_limit() {
    let points = Shape::Uniform.points(700, 209).repeat(2);
    let w = Signs::Random.strengths(1400, 209);
    let singular = exact(&points, &points, &w, Coulomb3d);
    let single = (
        rounded::<f32, 3>(&points),
        w.iter().map(|&w| w as f32).collect::<Vec<f32>>(),
    );
    for delta in [1e-11, 1e-30, 1e-100, 1e-200, f64::MIN_POSITIVE] {
        for kernel in coulomb(delta) {
            let error = worst_error(&exact(&points, &points, &w, kernel), &singular);
            assert!(error < 1e-14, "direct, {kernel:?}: {error:e}");
            let missed = check(&points, &w, &kernel, &[1e-9]);
            assert!(missed.is_empty(), "{missed:?}");
            let missed = check(&single.0, &single.1, &kernel, &[1e-4]);
            assert!(missed.is_empty(), "{missed:?}");
        }
    }
}

/// Far wider cores than the cloud: φ is 4/(3√π δ³) or 1/δ³ for all, so that u_i = φ (x_i Σ w − Σ w y)/4π with a relative
/// error of (size/δ)², and the potential is (2/√π or 1) (Σ w − w_i)/(4π δ).
fn wide_core<T: Real>(size: f64, delta: f64, tolerance: f64) {
    let n = 400;
    let points: Vectors = Shape::Uniform.points(n, 210);
    let points = points
        .iter()
        .map(|x| x.map(|x| T::from_f64(size * x)))
        .collect::<Vec<_>>();
    let w: Vec<T> = Signs::Random
        .strengths(n, 210)
        .into_iter()
        .map(T::from_f64)
        .collect();
    let wide = widened(&points);
    let moment = |a: usize| -> f64 { wide.iter().zip(&w).map(|(y, w)| w.to_f64() * y[a]).sum() };
    let moments = [moment(0), moment(1), moment(2)];
    let total: f64 = w.iter().map(|w| w.to_f64()).sum();
    let constants = [(4.0 / (3.0 * PI.sqrt()), 2.0 / PI.sqrt()), (1.0, 1.0)];
    for (kernel, (phi, gamma)) in coulomb(delta).into_iter().zip(constants) {
        let plan = Plan::new(&points, kernel, Options::tolerance(tolerance)).unwrap();
        let fast = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let direct = direct::evaluate(&points, &points, &[&w], kernel, Outputs::BOTH, None);
        for sums in [fast, direct.unwrap().remove(0)] {
            // In units of size/δ³ and 1/δ, which may be near the ends of the range.
            let factor = delta / size * delta * delta;
            let found: Vec<f64> = sums
                .field
                .as_flattened()
                .iter()
                .map(|u| u.to_f64() * factor)
                .collect();
            let expected = |x: &[f64; 3]| {
                [0, 1, 2].map(|a| phi * (x[a] * total - moments[a]) / (4.0 * PI * size))
            };
            let expected: Vectors = wide.iter().map(expected).collect();
            let error = relative_l2(&found, expected.as_flattened());
            assert!(
                error <= tolerance,
                "field, {kernel:?}, size {size:e}: {error:e}"
            );
            let found: Vec<f64> = sums.potential.iter().map(|g| g.to_f64() * delta).collect();
            let expected: Vec<f64> = w
                .iter()
                .map(|w| gamma * (total - w.to_f64()) / (4.0 * PI))
                .collect();
            let error = relative_l2(&found, &expected);
            assert!(
                error <= tolerance,
                "potential, {kernel:?}, size {size:e}: {error:e}"
            );
        }
    }
}

#[test]
fn far_wider_cores_than_the_cloud() {
    for (size, ratio) in [
        (1.0, 1e7),
        (1.0, 1e30),
        (1.0, 1e99),
        (1e-150, 1e50),
        (1e100, 1e7),
    ] {
        wide_core::<f64>(size, size * ratio, 1e-12);
    }
    wide_core::<f32>(1.0, 3e3, 1e-5);
    wide_core::<f32>(1e5, 1e8, 1e-5);
}

/// Fields that the numbers cannot hold beside the cloud are refused, not 0.
#[test]
fn too_wide_cores() {
    let points = Shape::Uniform.points(200, 211);
    let w = vec![1.0; 200];
    let tiny: Vectors = points.iter().map(|x| x.map(|x| 1e-150 * x)).collect();
    let single = (rounded::<f32, 3>(&points), vec![1f32; 200]);
    for kernel in coulomb(1e150) {
        let plan = Plan::new(&points, kernel, Options::tolerance(1e-6)).unwrap();
        refused(plan.field(&w), &["field[0]", "not finite"]);
        refused(direct::field(&points, &points, &w, kernel), &["field[0]"]);
    }
    for kernel in coulomb(1.0) {
        let plan = Plan::new(&tiny, kernel, Options::tolerance(1e-6)).unwrap();
        refused(plan.field(&w), &["field[0]", "not finite"]);
    }
    for kernel in [1e5, 1e12, 1e20, 1e38, 1e300].map(coulomb).as_flattened() {
        let plan = Plan::new(&single.0, *kernel, Options::tolerance(1e-4)).unwrap();
        refused(plan.field(&single.1), &["field[0]", "not finite"]);
    }
}

//! Gradients of the field: what they are, and how well plans find them.

use crate::cloud::{self, Signs, rounded, widened};
use crate::compare::relative_l2;
use crate::refusals::refused;
use crate::space::cloud as space;
use farfield::{
    AlgebraicCore, BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Kernel, Options,
    Outputs, Plan, Real, Strength, VectorKernel3d, direct,
};
use rayon::ThreadPoolBuilder;
use std::sync::Arc;

type Gradients<const D: usize> = Vec<[[f64; D]; D]>;

fn exact<K: Kernel<D>, const D: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    w: &[K::Strength<f64>],
    kernel: K,
) -> Gradients<D> {
    let sums = direct::evaluate(targets, sources, &[w], kernel, Outputs::GRADIENT, None);
    sums.unwrap().remove(0).gradient
}

/// Random strengths with as many components as the kernel's.
fn strengths<T: Real, W: Strength<T>>(n: usize, seed: u64) -> Vec<W> {
    let mut numbers = Signs::Random.strengths(n * W::COMPONENTS, seed).into_iter();
    let mut strength = || {
        let mut w = W::ZERO;
        for (to, x) in w.components_mut().iter_mut().zip(&mut numbers) {
            *to = T::from_f64(x);
        }
        w
    };
    (0..n).map(|_| strength()).collect()
}

fn error<T: Real, const D: usize>(found: &[[[T; D]; D]], exact: &[[[f64; D]; D]]) -> f64 {
    let flat = exact.as_flattened().as_flattened();
    relative_l2(found.as_flattened().as_flattened(), flat)
}

/// Differences of the field over a step of 10⁻⁴ each way, to fourth order, give its gradient.
fn is_the_slope_of_the_field<K: Kernel<D>, const D: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    kernel: K,
) {
    const STEP: f64 = 1e-4;
    let w: Vec<K::Strength<f64>> = strengths(sources.len(), 300);
    let found = exact(targets, sources, &w, kernel.clone());
    for b in 0..D {
        let moved = |steps: f64| {
            let mut there = targets.to_vec();
            there.iter_mut().for_each(|x| x[b] += steps * STEP);
            direct::field(&there, sources, &w, kernel.clone()).unwrap()
        };
        let [far, near, here, away] = [-2.0, -1.0, 1.0, 2.0].map(moved);
        for (i, found) in found.iter().enumerate() {
            for a in 0..D {
                let slope =
                    (8.0 * (here[i][a] - near[i][a]) - (away[i][a] - far[i][a])) / (12.0 * STEP);
                let size = found
                    .as_flattened()
                    .iter()
                    .fold(1.0f64, |m, g| m.max(g.abs()));
                let name = kernel.name();
                assert!(
                    (found[a][b] - slope).abs() < 1e-8 * size,
                    "{name} {i}: ∂{b} u{a} = {:e}, {slope:e}",
                    found[a][b]
                );
            }
        }
    }
}

#[test]
fn slopes_of_the_field() {
    // Targets at least 1 away from every source.
    let sources = cloud::Shape::Uniform.points(40, 301);
    let targets: Vec<[f64; 2]> = cloud::Shape::Ring.points(20, 302);
    is_the_slope_of_the_field(&targets, &sources, Coulomb2d);
    is_the_slope_of_the_field(&targets, &sources, BiotSavart2d);
    for delta in [0.1, 3.0, 30.0] {
        let kernel = BiotSavart2d;
        is_the_slope_of_the_field(&targets, &sources, GaussianCore { kernel, delta });
    }
    let sources = space::Shape::Uniform.points(40, 303);
    let on_sphere = space::Shape::Sphere.points(20, 304).into_iter();
    let targets: Vec<[f64; 3]> = on_sphere.map(|x| x.map(|x| 3.0 * x)).collect();
    is_the_slope_of_the_field(&targets, &sources, Coulomb3d);
    is_the_slope_of_the_field(&targets, &sources, BiotSavart3d);
}

/// Outside the sources fields have no divergence; forces have no curl, velocities in the plane have symmetric gradients too.
#[test]
fn divergence_and_curl() {
    let (points, w) = (
        cloud::Shape::Gaussian.points(500, 305),
        strengths::<f64, f64>(500, 305),
    );
    for [[xx, xy], [yx, yy]] in [
        Coulomb2d.gradients(&points, &w),
        BiotSavart2d.gradients(&points, &w),
    ]
    .concat()
    {
        let size = xx.abs().max(xy.abs());
        assert!((xx + yy).abs() <= 1e-12 * size && (xy - yx).abs() <= 1e-12 * size);
    }
    let points = space::Shape::Gaussian.points(500, 306);
    for g in Coulomb3d.gradients(&points, &w) {
        let size = g.as_flattened().iter().fold(0.0f64, |m, g| m.max(g.abs()));
        assert!((g[0][0] + g[1][1] + g[2][2]).abs() <= 1e-12 * size);
        assert!(
            [(0, 1), (0, 2), (1, 2)]
                .iter()
                .all(|&(a, b)| g[a][b] == g[b][a])
        );
    }
    for g in BiotSavart3d.gradients(&points, &strengths(500, 307)) {
        let size = g.as_flattened().iter().fold(0.0f64, |m, g| m.max(g.abs()));
        assert!((g[0][0] + g[1][1] + g[2][2]).abs() <= 1e-12 * size);
    }
}

trait Gradient<const D: usize>: Kernel<D> {
    fn gradients(self, points: &[[f64; D]], w: &[Self::Strength<f64>]) -> Gradients<D> {
        exact(points, points, w, self)
    }
}
impl<K: Kernel<D>, const D: usize> Gradient<D> for K {}

/// What misses its tolerance on one cloud, by line.
fn check<T: Real, K: Kernel<D>, const D: usize>(
    name: &str,
    points: &[[f64; D]],
    kernel: K,
    tolerances: &[f64],
) -> Vec<String> {
    let points = rounded::<T, D>(points);
    let (wide, step) = (widened(&points), points.len().div_ceil(500));
    let targets: Vec<[f64; D]> = wide.iter().copied().step_by(step).collect();
    let w: Vec<K::Strength<T>> = strengths(points.len(), 308);
    let wide_w = farfield::kernel::converted::<T, f64, _, _>(&w);
    let exact = exact(&targets, &wide, &wide_w, kernel.clone());
    let mut bad = vec![];
    for &tolerance in tolerances {
        let options = Options::tolerance(tolerance)
            .leaf_capacity(60)
            .outputs(Outputs::GRADIENT);
        let plan = Plan::new(&points, kernel.clone(), options).unwrap();
        let sums = plan
            .evaluate(&[&w], Outputs::GRADIENT)
            .unwrap()
            .sums
            .remove(0);
        let found: Vec<_> = sums.gradient.into_iter().step_by(step).collect();
        let error = error(&found, &exact);
        if error.is_nan() || error > tolerance {
            bad.push(format!(
                "{} {name} {} {tolerance:e}: {error:.1e}",
                kernel.name(),
                T::NAME
            ));
        }
    }
    bad
}

const DOUBLE: [f64; 5] = [1e-2, 1e-4, 1e-6, 1e-9, 1e-12];
const SINGLE: [f64; 2] = [1e-3, 1e-5];

#[test]
fn corpus_in_the_plane() {
    let mut bad = vec![];
    for shape in cloud::Shape::ALL {
        let (name, points) = (format!("{shape:?}"), shape.points(10_000, 309));
        bad.extend(check::<f64, _, 2>(&name, &points, BiotSavart2d, &DOUBLE));
        bad.extend(check::<f32, _, 2>(&name, &points, Coulomb2d, &SINGLE));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn corpus_in_space() {
    let mut bad = vec![];
    for shape in space::Shape::ALL {
        let (name, points) = (format!("{shape:?}"), shape.points(10_000, 310));
        bad.extend(check::<f64, _, 3>(&name, &points, BiotSavart3d, &DOUBLE));
        bad.extend(check::<f64, _, 3>(&name, &points, Coulomb3d, &DOUBLE));
        bad.extend(check::<f32, _, 3>(&name, &points, BiotSavart3d, &SINGLE));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Blobs that overlap make a smooth field, to whose gradient far pairs give as much as near ones.
#[test]
fn overlapping_blobs() {
    let mut bad = vec![];
    for (shape, n) in [
        (space::Shape::Uniform, 8000),
        (space::Shape::Gaussian, 8000),
    ] {
        let points = shape.points(n, 319);
        let swirl: Vec<[f64; 3]> = points.iter().map(|x| [-x[1], x[0], 0.3]).collect();
        let delta = 1.5 / (n as f64).cbrt();
        let kernel = GaussianCore {
            kernel: BiotSavart3d,
            delta,
        };
        let targets = &points[..400];
        let exact = exact(targets, &points, &swirl, kernel);
        for tolerance in DOUBLE {
            let options = Options::tolerance(tolerance)
                .leaf_capacity(60)
                .outputs(Outputs::GRADIENT);
            let plan = Plan::new(&points, kernel, options).unwrap();
            let outputs = Outputs::GRADIENT;
            let sums = plan.evaluate(&[&swirl], outputs).unwrap().sums.remove(0);
            let error = error(&sums.gradient[..400], &exact);
            if error.is_nan() || error > tolerance {
                bad.push(format!("{shape:?} {tolerance:e}: {error:.1e}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// No other output changes with it, and it is the same with any other.
#[test]
fn beside_other_outputs() {
    let (points, alpha) = (
        space::Shape::Plummer.points(4000, 311),
        strengths::<f64, [f64; 3]>(4000, 311),
    );
    let plan = Plan::new(
        &points,
        BiotSavart3d,
        Options::tolerance(1e-8).outputs(Outputs::GRADIENT),
    )
    .unwrap();
    let evaluate = |field, potential| {
        let outputs = Outputs {
            field,
            potential,
            gradient: true,
        };
        plan.evaluate(&[&alpha], outputs).unwrap().sums.remove(0)
    };
    let (alone, all) = (evaluate(false, false), evaluate(true, true));
    assert!(alone.field.is_empty() && alone.potential.is_empty());
    assert!(alone.gradient == all.gradient);
    let both = plan
        .evaluate(&[&alpha], Outputs::BOTH)
        .unwrap()
        .sums
        .remove(0);
    assert!(relative_l2(all.field.as_flattened(), both.field.as_flattened()) < 1e-8);
    assert!(relative_l2(all.potential.as_flattened(), both.potential.as_flattened()) < 1e-8);
}

#[test]
fn separate_targets_and_several_vectors() {
    let (sources, targets) = (
        space::Shape::Gaussian.points(5000, 312),
        space::Shape::Uniform.points(700, 313),
    );
    let w = [314, 315, 316, 317].map(|seed| strengths::<f64, f64>(5000, seed));
    let options = Options::tolerance(1e-6)
        .leaf_capacity(50)
        .outputs(Outputs::GRADIENT);
    let plan = Plan::with_targets(&targets, &sources, Coulomb3d, options).unwrap();
    let together = plan
        .evaluate(&w.each_ref().map(|w| &w[..]), Outputs::GRADIENT)
        .unwrap();
    for (w, sums) in w.iter().zip(together.sums) {
        let error = error(&sums.gradient, &exact(&targets, &sources, w, Coulomb3d));
        assert!(error <= 1e-6, "{error:e}");
    }
}

#[test]
fn few_and_coincident_points() {
    for n in [0, 1, 2, 3] {
        let points = vec![[0.25, -1.0, 3.0]; n];
        let plan = Plan::new(
            &points,
            BiotSavart3d,
            Options::tolerance(1e-6).outputs(Outputs::GRADIENT),
        )
        .unwrap();
        let alpha = vec![[1.0, 2.0, 3.0]; n];
        let sums = plan
            .evaluate(&[&alpha], Outputs::GRADIENT)
            .unwrap()
            .sums
            .remove(0);
        assert_eq!(sums.gradient, vec![[[0.0; 3]; 3]; n]);
        let points = vec![[0.25, -1.0]; n];
        let plan = Plan::new(
            &points,
            GaussianCore {
                kernel: Coulomb2d,
                delta: 1.0,
            },
            Options::tolerance(1e-6).outputs(Outputs::GRADIENT),
        )
        .unwrap();
        let sums = plan
            .evaluate(&[&vec![1.0; n]], Outputs::GRADIENT)
            .unwrap()
            .sums
            .remove(0);
        assert_eq!(sums.gradient, vec![[[0.0; 2]; 2]; n]);
    }
    let found = exact(
        &[[2.0, 0.0, 0.0]],
        &[[0.0; 3], [2.0, 0.0, 0.0]],
        &[1.0, 5.0],
        Coulomb3d,
    );
    // u = z/(4π r³): −2/r³ along the line, 1/r³ across.
    let unit = 1.0 / (4.0 * std::f64::consts::PI * 8.0);
    for (a, row) in found[0].iter().enumerate() {
        for (b, g) in row.iter().enumerate() {
            let expected = unit * [[-2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]][a][b];
            assert!((g - expected).abs() < 1e-16, "{a}{b}: {g} {expected}");
        }
    }
}

#[test]
fn any_number_of_threads() {
    let (points, alpha) = (
        space::Shape::Gaussian.points(20_000, 318),
        strengths::<f64, [f64; 3]>(20_000, 318),
    );
    let with = |threads| {
        let pool = Arc::new(
            ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap(),
        );
        let options = Options::tolerance(1e-5)
            .pool(pool)
            .outputs(Outputs::GRADIENT);
        let plan = Plan::new(&points, BiotSavart3d, options).unwrap();
        plan.evaluate(&[&alpha], Outputs::GRADIENT)
            .unwrap()
            .sums
            .remove(0)
            .gradient
    };
    let one = with(1);
    assert!(one == with(2) && one == with(3));
}

/// 1/r³ leaves the range where 1/r² does not.
#[test]
fn too_close_for_the_range() {
    let points = [[0.0; 3], [1e-120, 0.0, 0.0], [1e-120, 1e-120, 0.0]];
    let plan = Plan::new(
        &points,
        Coulomb3d,
        Options::tolerance(1e-6).outputs(Outputs::GRADIENT),
    )
    .unwrap();
    assert!(plan.field(&[1.0; 3]).is_ok());
    refused(
        plan.evaluate(&[&[1.0; 3]], Outputs::GRADIENT),
        &["gradient[0]", "not finite"],
    );
    let sums = direct::evaluate(
        &points,
        &points,
        &[&[1.0; 3][..]],
        Coulomb3d,
        Outputs::GRADIENT,
        None,
    );
    refused(sums, &["gradient[0]", "not finite"]);
}

/// In f32 1/δ³ leaves the range before the field does: right, or refused.
#[test]
fn wide_cores_in_single_precision() {
    let points = rounded::<f32, 3>(&space::Shape::Uniform.points(1000, 320));
    let alpha: Vec<[f32; 3]> = vec![[0.3, 1.0, -0.2]; 1000];
    let (wide, wide_alpha) = (widened(&points), widened(&alpha));
    for ratio in [0.1, 0.9, 10.0, 1e3, 1e6] {
        for core in [true, false] {
            let (kernel, delta) = (BiotSavart3d, ratio);
            let kernel = match core {
                true => VectorKernel3d::BiotSavartGaussian(GaussianCore { kernel, delta }),
                false => VectorKernel3d::BiotSavartAlgebraic(AlgebraicCore { kernel, delta }),
            };
            let options = Options::tolerance(1e-5).outputs(Outputs::GRADIENT);
            let plan = Plan::new(&points, kernel, options).unwrap();
            match plan.evaluate(&[&alpha], Outputs::GRADIENT) {
                Ok(found) => {
                    let exact = exact(&wide, &wide, &wide_alpha, kernel);
                    let error = error(&found.sums[0].gradient, &exact);
                    assert!(error <= 1e-5, "δ = {delta}: {error:e}");
                }
                Err(_) => assert!(ratio > 1.0, "δ = {delta}"),
            }
        }
    }
}

/// A plan for other outputs may be too rough.
#[test]
fn plans_for_other_outputs() {
    let plan = Plan::new(&[[0.0; 3]; 2], Coulomb3d, Options::tolerance(1e-6)).unwrap();
    let parts = ["outputs", "gradient", "Options::outputs"];
    refused(plan.evaluate(&[&[1.0; 2]], Outputs::GRADIENT), &parts);
}

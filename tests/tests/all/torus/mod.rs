//! Sums over the flat torus: formulas, accuracy over a corpus, laws, few and coincident points, refusals, reproducibility.

mod algebraic;
mod boxes;
mod riesz;

use crate::cloud::{Shape, Signs};
use crate::compare::{relative_l2, worst_error};
use crate::radial::Phi;
use crate::refusals::refused;
use farfield::{
    AlgebraicCore, BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Guarantee,
    Kernel, Options, Outputs, Plan, RadialKernel, Real, Riesz, Sums, direct,
};
use proptest::prelude::*;
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

/// Clouds beside, across and far outside of the box.
fn on<const D: usize>(shape: Shape, n: usize, side: f64) -> Vec<[f64; D]>
where
    Shape: Points<D>,
{
    let points = Points::<D>::cloud(shape, n);
    points
        .into_iter()
        .map(|x| x.map(|x| 0.3 * side * x))
        .collect()
}

/// Clouds in any dimension.
trait Points<const D: usize> {
    fn cloud(self, n: usize) -> Vec<[f64; D]>;
}

impl Points<2> for Shape {
    fn cloud(self, n: usize) -> Vec<[f64; 2]> {
        self.points(n, 91)
    }
}

impl Points<3> for Shape {
    /// A third coordinate from another cloud.
    fn cloud(self, n: usize) -> Vec<[f64; 3]> {
        let (first, second) = (self.points(n, 91), self.points(n, 92));
        first
            .iter()
            .zip(&second)
            .map(|(x, y)| [x[0], x[1], y[0]])
            .collect()
    }
}

/// An even cloud: where strengths are all one, its field is what it lacks of a uniform density.
fn even<const D: usize>(n: usize, side: f64) -> Vec<[f64; D]> {
    // A Kronecker sequence with the powers of a root of x^{D+1} = x + 1, shaken.
    let root: f64 = if D == 2 {
        1.324_717_957_244_746
    } else {
        1.220_744_084_605_759_5
    };
    let steps: [f64; D] = std::array::from_fn(|a| root.powi(-(a as i32) - 1));
    (0..n)
        .map(|i| {
            steps.map(|step| side * (step * i as f64 + 0.1 * (i as f64 * 0.7 * step).sin()).fract())
        })
        .collect()
}

fn summed<T: Real, K: Kernel<D>, const D: usize>(
    plan: &Plan<T, K, D>,
    w: &[K::Strength<T>],
    outputs: Outputs,
) -> Sums<T, D, K::Strength<T>> {
    plan.evaluate(&[w], outputs).unwrap().sums.remove(0)
}

/// A kernel on every cloud, with strengths of both kinds, on a cube.
fn within_tolerance<K: Kernel<D>, const D: usize>(
    kernel: K,
    tolerances: &[f64],
    strengths: impl Fn(f64) -> K::Strength<f64>,
) where
    Shape: Points<D>,
{
    within_tolerance_on(kernel, [0.7; D], 3000, tolerances, strengths);
}

/// The same of `n` points on a box with these sides.
fn within_tolerance_on<K: Kernel<D>, const D: usize>(
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
                let mut sums = summed(&plan, &w, Outputs::BOTH);
                sums.field = sums.field.into_iter().step_by(5).collect();
                sums.potential = sums.potential.into_iter().step_by(5).collect();
                let error = worst_error(&sums, &exact);
                let what = format!("{} {sides:?} {name} {signs:?} {tolerance:e}", kernel.name());
                assert!(error <= tolerance, "{what}: {error:e}");
            }
        }
    }
}

const IN_PLANE: [f64; 6] = [1e-3, 1e-5, 1e-6, 1e-8, 1e-10, 1e-11];
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

#[test]
fn separate_targets_and_moves() {
    let (n, side) = (2500, 2.0);
    let (sources, w) = (
        on::<2>(Shape::Gaussian, n, side),
        Signs::Random.strengths(n, 97),
    );
    let targets = even::<2>(700, 5.0);
    let exact = direct::on_torus(
        &targets,
        &sources,
        &[&w],
        BiotSavart2d,
        &[side; 2],
        Outputs::BOTH,
        None,
    );
    let exact = exact.unwrap().remove(0);
    let options = || {
        Options::tolerance(1e-6)
            .outputs(Outputs::BOTH)
            .torus(&[side; 2])
    };
    let mut plan = Plan::with_targets(&targets, &sources, BiotSavart2d, options()).unwrap();
    let found = summed(&plan, &w, Outputs::BOTH);
    assert!(worst_error(&found, &exact) <= 1e-6);
    let other: Vec<[f64; 2]> = sources.iter().map(|x| x.map(|x| 2.0 * x)).collect();
    plan.move_both(&targets, &other).unwrap();
    let fresh = Plan::with_targets(&targets, &other, BiotSavart2d, options()).unwrap();
    assert_eq!(
        summed(&plan, &w, Outputs::BOTH),
        summed(&fresh, &w, Outputs::BOTH)
    );
    plan.move_both(&targets, &sources).unwrap();
    assert_eq!(summed(&plan, &w, Outputs::BOTH), found);
}

/// Such points in a box with these sides.
fn stretched<const D: usize>(n: usize, sides: [f64; D]) -> Vec<[f64; D]> {
    let points = even::<D>(n, 1.0).into_iter();
    points
        .map(|x| std::array::from_fn(|a| x[a] * sides[a]))
        .collect()
}

#[test]
fn a_plan_verifies_itself_and_has_the_same_bits_on_any_threads() {
    for sides in [[1.0; 2], [1.0, 1.7]] {
        let (points, w) = (stretched(20_000, sides), vec![1.0; 20_000]);
        let options = || Options::tolerance(1e-6).torus(&sides);
        let plan = Plan::new(&points, BiotSavart2d, options()).unwrap();
        let report = plan.verify(&w, 300).unwrap();
        assert!(
            report.measured_error > 1e-9 && report.error_bound < 1e-6,
            "{sides:?}: {report:?}"
        );
        let field = plan.field(&w).unwrap();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let options = options().pool(pool.into());
            let plan = Plan::new(&points, BiotSavart2d, options).unwrap();
            assert_eq!(plan.field(&w).unwrap(), field);
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let points = even::<2>(100, 1.0);
    let torus = |sides: &[f64]| Options::tolerance(1e-6).torus(sides);
    let says = ["kernel", "coulomb, biot-savart or riesz on a torus"];
    let made = |options| Plan::new(&points, Coulomb2d, options).map(|_| ());
    refused(made(torus(&[1.0])), &["torus", "[1.0]", "2 sides"]);
    refused(made(torus(&[1.0; 3])), &["torus", "2 sides"]);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-310] {
        refused(made(torus(&[bad; 2])), &["torus", "sides from"]);
    }
    refused(
        made(torus(&[1.0, 2.001])),
        &["torus", "[1.0, 2.001]", "at most 2 times the smallest"],
    );
    refused(
        made(torus(&[1.0; 2]).guarantee(Guarantee::Pointwise)),
        &["guarantee", "torus"],
    );
    refused(
        made(torus(&[1.0; 2]).wide_cores(true)),
        &["wide_cores", "torus"],
    );
    let single: Vec<[f32; 2]> = points.iter().map(|x| x.map(|x| x as f32)).collect();
    refused(
        Plan::new(&single, Coulomb2d, torus(&[1.0; 2])).map(|_| ()),
        &["positions", "f32", "f64 on a torus"],
    );
    let deep = Options::tolerance(1e-12)
        .outputs(Outputs::BOTH)
        .torus(&[1.0; 2]);
    refused(made(deep), &["tolerance", "1e-12", "1e-11"]);
    let radial = RadialKernel::new(&Phi(|r: f64| 1.0 / (r * r + 0.01))).unwrap();
    refused(
        Plan::new(&points, radial.clone(), torus(&[1.0; 2])).map(|_| ()),
        &says,
    );
    let w = vec![1.0; 100];
    let sum = direct::on_torus(
        &points,
        &points,
        &[&w],
        radial,
        &[1.0; 2],
        Outputs::FIELD,
        None,
    );
    refused(sum, &says);
    let wide = GaussianCore {
        kernel: Coulomb2d,
        delta: 0.9,
    };
    refused(
        Plan::new(&points, wide, torus(&[1.0; 2])).map(|_| ()),
        &["kernel", "0.9", "reach"],
    );
    let sum = direct::on_torus(
        &points,
        &points,
        &[&w],
        wide,
        &[1.0; 2],
        Outputs::FIELD,
        None,
    );
    refused(sum, &["kernel", "0.9", "reach"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    /// Clouds that cross faces, edges and corners, drawn together by powers of two.
    #[test]
    fn any_cloud(
        points in prop::collection::vec((prop::array::uniform3(-40i32..40), 0i32..18, -1.0f64..1.0), 1..200),
        leaf_capacity in 1usize..20,
    ) {
        let place = |x: i32, e: i32| f64::from(x) * 0.5f64.powi(e) / 20.0;
        let w: Vec<f64> = points.iter().map(|(_, _, w)| *w).collect();
        let planar: Vec<[f64; 2]> = points.iter().map(|(x, e, _)| [place(x[0], *e), place(x[1], *e)]).collect();
        let spatial: Vec<[f64; 3]> = points.iter().map(|(x, e, _)| x.map(|x| place(x, *e))).collect();
        one_cloud(&planar, &w, Coulomb2d, leaf_capacity)?;
        one_cloud(&spatial, &w, Coulomb3d, leaf_capacity)?;
    }
}

fn one_cloud<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    points: &[[f64; D]],
    w: &[f64],
    kernel: K,
    leaf_capacity: usize,
) -> Result<(), TestCaseError> {
    let sides = [1.5; D];
    let exact = direct::on_torus(
        points,
        points,
        &[w],
        kernel.clone(),
        &sides,
        Outputs::FIELD,
        None,
    );
    let options = Options::tolerance(1e-6)
        .leaf_capacity(leaf_capacity)
        .torus(&sides);
    let found = Plan::new(points, kernel, options)
        .unwrap()
        .field(w)
        .unwrap();
    let exact = &exact.unwrap()[0].field;
    let size = |field: &[[f64; D]]| {
        field
            .as_flattened()
            .iter()
            .map(|u| u * u)
            .sum::<f64>()
            .sqrt()
    };
    let difference: Vec<[f64; D]> = found
        .iter()
        .zip(exact)
        .map(|(a, b)| std::array::from_fn(|k| a[k] - b[k]))
        .collect();
    // A few strengths may outweigh all others, which the tolerance does not promise to bear; a lost image would be seen.
    prop_assert!(size(&difference) <= 3e-5 * size(exact) + 1e-9);
    Ok(())
}

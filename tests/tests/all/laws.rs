//! Laws that hold for every cloud: motions, scalings, linearity, derivatives, invariants.

use crate::cloud::{Shape, Signs};
use crate::compare::{exact, norm, relative_l2, worst_error};
use farfield::{
    BiotSavart2d, Coulomb2d, GaussianCore, Kernel, Options, Outputs, Plan, Sums, direct,
};
use std::f64::consts::{PI, TAU};

const TOLERANCE: f64 = 1e-9;
const N: usize = 3000;

fn sums<K: Kernel<2, Strength<f64> = f64>>(
    points: &[[f64; 2]],
    w: &[f64],
    kernel: K,
) -> Sums<f64, 2> {
    let plan = Plan::new(points, kernel, Options::tolerance(TOLERANCE)).unwrap();
    plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0)
}

/// Points whose coordinates are multiples of 2⁻²⁰, so that the motions below do not round, and strengths.
fn cloud() -> (Vec<[f64; 2]>, Vec<f64>) {
    let grid = f64::from(1 << 20);
    let round = |x: [f64; 2]| x.map(|x| (x * grid).round() / grid);
    let points = Shape::Gaussian
        .points(N, 11)
        .into_iter()
        .map(round)
        .collect();
    (points, Signs::Random.strengths(N, 11))
}

fn moved(points: &[[f64; 2]], motion: impl Fn([f64; 2]) -> [f64; 2]) -> Vec<[f64; 2]> {
    points.iter().map(|&x| motion(x)).collect()
}

#[test]
fn motions() {
    let (points, w) = cloud();
    let here = sums(&points, &w, BiotSavart2d);
    let shifted = sums(
        &moved(&points, |[x, y]| [x + 1000.5, y - 3.25]),
        &w,
        BiotSavart2d,
    );
    assert!(worst_error(&shifted, &here) <= 2.0 * TOLERANCE, "a shift");

    let quarter = |[x, y]: [f64; 2]| [-y, x];
    let mut turned = sums(&moved(&points, quarter), &w, BiotSavart2d);
    turned.field = moved(&turned.field, |[u, v]| [v, -u]);
    assert!(
        worst_error(&turned, &here) <= 2.0 * TOLERANCE,
        "a quarter turn"
    );

    // A mirror turns velocities the other way: u ↦ −(u mirrored).
    let mut mirrored = sums(&moved(&points, |[x, y]| [-x, y]), &w, BiotSavart2d);
    mirrored.field = moved(&mirrored.field, |[u, v]| [u, -v]);
    assert!(worst_error(&mirrored, &here) <= 2.0 * TOLERANCE, "a mirror");
}

/// K(λz) = K(z)/λ, and the potential at x_i falls by (log λ)/2π times the strengths of the others.
#[test]
fn scalings() {
    let (points, w) = cloud();
    let here = sums(&points, &w, Coulomb2d);
    let total: f64 = w.iter().sum();
    for factor in [0.125, 3.0, 1e-5, 1e7] {
        let mut scaled = sums(&moved(&points, |x| x.map(|x| x * factor)), &w, Coulomb2d);
        scaled.field = moved(&scaled.field, |u| u.map(|u| u * factor));
        for (g, w) in scaled.potential.iter_mut().zip(&w) {
            *g += factor.ln() / TAU * (total - w);
        }
        let error = worst_error(&scaled, &here);
        assert!(error <= 2.0 * TOLERANCE, "factor {factor}: {error:e}");
    }
}

/// The method itself is linear, up to the rounding of its sums, which are in f32 near by from a tolerance of 1e-6 on: what
/// two tolerances of error would hide shows at loose ones.
#[test]
fn linearity() {
    let (points, a) = cloud();
    let b = Signs::One.strengths(N, 12);
    for (tolerance, rounding) in [(1e-3, 1e-6), (9e-7, 1e-11)] {
        let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(tolerance)).unwrap();
        let evaluate = |w: &[f64]| plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0);
        let combine = |x: &[f64], y: &[f64]| -> Vec<f64> {
            x.iter().zip(y).map(|(x, y)| 2.5 * x - 0.75 * y).collect()
        };
        let (of_a, of_b) = (evaluate(&a), evaluate(&b));
        let together = evaluate(&combine(&a, &b));
        let field = combine(of_a.field.as_flattened(), of_b.field.as_flattened());
        let error = relative_l2(together.field.as_flattened(), &field);
        assert!(error < rounding, "field, {tolerance:e}: {error:e}");
        let potential = combine(&of_a.potential, &of_b.potential);
        let error = relative_l2(&together.potential, &potential);
        assert!(error < rounding, "potential, {tolerance:e}: {error:e}");
    }
}

/// Vectors are summed four at a time or singly: the same expansions, other instructions for the near pairs.
#[test]
fn several_strength_vectors() {
    let (points, _) = cloud();
    for tolerance in [1e-4, 1e-10] {
        let plan = Plan::new(&points, Coulomb2d, Options::tolerance(tolerance)).unwrap();
        let vectors: Vec<Vec<f64>> = (0..5).map(|k| Signs::Random.strengths(N, 20 + k)).collect();
        for outputs in [Outputs::FIELD, Outputs::POTENTIAL, Outputs::BOTH] {
            let single = |w: &Vec<f64>| plan.evaluate(&[w], outputs).unwrap().sums.remove(0);
            let singles: Vec<Sums<f64, 2>> = vectors.iter().map(single).collect();
            for count in [1, 2, 4, 5] {
                let strengths: Vec<&[f64]> = vectors[..count].iter().map(Vec::as_slice).collect();
                let found = plan.evaluate(&strengths, outputs).unwrap().sums;
                assert_eq!(found.len(), count);
                for (k, (found, single)) in found.iter().zip(&singles).enumerate() {
                    let error = worst_error(found, single);
                    assert!(
                        error < 1e-2 * tolerance,
                        "{k} of {count}, {outputs:?}: {error:e}"
                    );
                }
            }
        }
        let mut field = vec![[0.0; 2]; N];
        plan.field_into(&vectors[0], &mut field).unwrap();
        assert!(field == plan.field(&vectors[0]).unwrap());
    }
}

/// Charges and vortices: the velocity is the force turned by a quarter, the potentials are one.
#[test]
fn two_kernels_of_one_potential() {
    let (points, w) = cloud();
    let (force, velocity) = (
        sums(&points, &w, Coulomb2d),
        sums(&points, &w, BiotSavart2d),
    );
    assert!(moved(&force.field, |[u, v]| [-v, u]) == velocity.field);
    assert!(force.potential == velocity.potential);
}

/// K = −∇g for charges, u = (∂₂ψ, −∂₁ψ) for vortices, also with cores.
#[test]
fn fields_are_derivatives() {
    let turned = |[x, y]: [f64; 2]| [-y, x];
    check_derivatives(Coulomb2d, |x| x);
    check_derivatives(BiotSavart2d, turned);
    for delta in [0.05, 0.5, 5.0] {
        check_derivatives(
            GaussianCore {
                kernel: Coulomb2d,
                delta,
            },
            |x| x,
        );
        check_derivatives(
            GaussianCore {
                kernel: BiotSavart2d,
                delta,
            },
            turned,
        );
    }
}

/// The field is `turn` of minus the gradient of the potential, by central differences of direct sums.
fn check_derivatives<K: Kernel<2, Strength<f64> = f64>>(kernel: K, turn: fn([f64; 2]) -> [f64; 2]) {
    let (sources, w) = (
        Shape::Gaussian.points(30, 13),
        Signs::Random.strengths(30, 13),
    );
    let targets = moved(&Shape::Uniform.points(200, 14), |x| {
        x.map(|x| 4.0 * x - 2.0)
    });
    let step = 1e-4;
    let potential = |dx: f64, dy: f64| {
        let shifted = moved(&targets, |[x, y]| [x + dx, y + dy]);
        direct::potential(&shifted, &sources, &w, kernel.clone()).unwrap()
    };
    let [west, east] = [-step, step].map(|d| potential(d, 0.0));
    let [south, north] = [-step, step].map(|d| potential(0.0, d));
    let found = direct::field(&targets, &sources, &w, kernel.clone()).unwrap();
    for (i, (x, u)) in targets.iter().zip(found).enumerate() {
        let v = turn([west[i] - east[i], south[i] - north[i]].map(|d| d / (2.0 * step)));
        let distances = sources.iter().map(|y| (x[0] - y[0]).hypot(x[1] - y[1]));
        let nearest = distances.fold(f64::INFINITY, f64::min);
        // The differences err by step²/6 times a third derivative, of the size w/r³ of the nearest source.
        let allowed = 1e-8 * (1.0 + nearest.powi(-3));
        let error = (u[0] - v[0]).hypot(u[1] - v[1]);
        assert!(error < allowed, "{} at {x:?}: {u:?}, {v:?}", kernel.name());
    }
}

/// Σ g F = 0 as actions equal reactions, and Σ g x^⊥·u = ((Σg)² − Σg²)/4π as every pair adds g_i g_j/2π.
#[test]
fn invariants() {
    let (points, _) = cloud();
    for signs in Signs::BOTH {
        let g = signs.strengths(N, 15);
        let u = sums(&points, &g, BiotSavart2d).field;
        // By Cauchy and Schwarz an error of the field weighs at most so much in a sum.
        let allowed = |by: &[f64]| TOLERANCE * norm(by) * norm(u.as_flattened());
        for axis in [0, 1] {
            let total: f64 = g.iter().zip(&u).map(|(g, u)| g * u[axis]).sum();
            assert!(total.abs() <= allowed(&g), "{signs:?}: {total:e}");
        }
        let levers: Vec<[f64; 2]> = points
            .iter()
            .zip(&g)
            .map(|([x, y], g)| [-y * g, x * g])
            .collect();
        let turning: f64 = levers
            .as_flattened()
            .iter()
            .zip(u.as_flattened())
            .map(|(a, b)| a * b)
            .sum();
        let (sum, squares) = (g.iter().sum::<f64>(), g.iter().map(|g| g * g).sum::<f64>());
        let expected = (sum * sum - squares) / (4.0 * PI);
        let error = (turning - expected).abs();
        assert!(
            error <= allowed(levers.as_flattened()),
            "{signs:?}: {error:e} of {expected:e}"
        );
    }
}

/// The direct sum, in the words of the formula.
#[test]
fn the_direct_sum_is_the_formula() {
    let (targets, sources) = (
        Shape::Cauchy.points(60, 16),
        Shape::Gaussian.points(1500, 16),
    );
    let w = Signs::Random.strengths(1500, 16);
    let found = exact(&targets, &sources, &w, BiotSavart2d);
    let mut expected = Sums {
        field: vec![],
        potential: vec![],
        ..Sums::default()
    };
    for x in &targets {
        let (mut u, mut psi) = ([0.0; 2], 0.0);
        for (y, w) in sources.iter().zip(&w) {
            let z = [x[0] - y[0], x[1] - y[1]];
            let r2 = z[0] * z[0] + z[1] * z[1];
            u[0] -= w * z[1] / (TAU * r2);
            u[1] += w * z[0] / (TAU * r2);
            psi -= w * r2.sqrt().ln() / TAU;
        }
        expected.field.push(u);
        expected.potential.push(psi);
    }
    assert!(worst_error(&found, &expected) < 1e-13);
}

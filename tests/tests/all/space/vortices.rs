//! Biot–Savart in space, whose strengths are vectors: formulas, exact laws, threads, refusals.

use super::cloud::Shape;
use crate::cloud::{Signs, rounded};
use crate::compare::{distance, exact, norm, relative_l2, worst_error};
use crate::refusals::refused;
use farfield::{
    BiotSavart3d, Coulomb3d, Guarantee, Kernel3d, Options, Outputs, Plan, Real, Sums, direct,
};
use rayon::ThreadPoolBuilder;
use std::f64::consts::PI;
use std::sync::Arc;

type Vectors = Vec<[f64; 3]>;
type Sums3 = Sums<f64, 3, [f64; 3]>;

const TOLERANCE: f64 = 1e-9;

/// `n` random vectors.
pub(super) fn vectors(signs: Signs, n: usize, seed: u64) -> Vectors {
    let components = signs.strengths(3 * n, seed);
    components.as_chunks().0.to_vec()
}

fn cross([a1, a2, a3]: [f64; 3], [b1, b2, b3]: [f64; 3]) -> [f64; 3] {
    [a2 * b3 - a3 * b2, a3 * b1 - a1 * b3, a1 * b2 - a2 * b1]
}

fn fmm(targets: &[[f64; 3]], sources: &[[f64; 3]], alpha: &[[f64; 3]]) -> Sums3 {
    let options = Options::tolerance(TOLERANCE).leaf_capacity(40);
    let plan = Plan::with_targets(targets, sources, BiotSavart3d, options).unwrap();
    let mut sums = plan.evaluate(&[alpha], Outputs::BOTH).unwrap().sums;
    sums.remove(0)
}

/// The sums by the method and by the direct sum, both of which must agree with a formula.
fn both_ways(targets: &[[f64; 3]], sources: &[[f64; 3]], alpha: &[[f64; 3]]) -> [Sums3; 2] {
    [
        fmm(targets, sources, alpha),
        exact(targets, sources, alpha, BiotSavart3d),
    ]
}

#[test]
fn nothing_and_one_element() {
    for points in [vec![], vec![[3.0, -4.0, 1.0]]] {
        let alpha = vec![[1.0, 2.0, 3.0]; points.len()];
        for sums in both_ways(&points, &points, &alpha) {
            assert_eq!(sums.field, vec![[0.0; 3]; points.len()]);
            assert_eq!(sums.potential, vec![[0.0; 3]; points.len()]);
        }
        let plan = Plan::new(&points, BiotSavart3d, Options::tolerance(1e-6)).unwrap();
        assert_eq!(plan.field(&alpha).unwrap(), vec![[0.0; 3]; points.len()]);
        assert_eq!(plan.verify(&alpha, 10).unwrap().measured_error, 0.0);
    }
}

/// The fingers of the right hand turn about its thumb: an element along the third axis moves what lies on the first axis
/// along the second one. α × z is worked out by hand; r = 3.
#[test]
fn the_right_hand_rule() {
    let cases = [
        ([0.0, 0.0, 2.0], [3.0, 0.0, 0.0], [0.0, 6.0, 0.0]),
        ([2.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 6.0]),
        ([0.0, 2.0, 0.0], [0.0, 0.0, 3.0], [6.0, 0.0, 0.0]),
        ([1.0, -2.0, 3.0], [2.0, 1.0, -2.0], [1.0, 8.0, 5.0]),
    ];
    for (alpha, z, product) in cases {
        let source = [0.5, 0.25, -1.0];
        let target = [0, 1, 2].map(|a| source[a] + z[a]);
        let u = product.map(|c| c / (4.0 * PI * 27.0));
        let psi = alpha.map(|a| a / (4.0 * PI * 3.0));
        // The other element is at the target: it moves the source, and not itself.
        let other = [-3.0, 0.5, 0.0];
        let back = cross(other, z.map(|z| -z)).map(|c| c / (4.0 * PI * 27.0));
        let points = [target, source];
        for sums in both_ways(&points, &points, &[other, alpha]) {
            let expected = [u, back];
            let error = distance(sums.field.as_flattened(), expected.as_flattened());
            assert!(error <= 1e-15 * norm(expected.as_flattened()), "{sums:?}");
            assert!(distance(&sums.potential[0], &psi) <= 1e-15 * norm(&psi));
        }
    }
}

/// Elements at one place do nothing to each other, and act beside them as their sum.
#[test]
fn coincident_elements() {
    let n = 3000;
    let alpha = vectors(Signs::One, n + 1, 171);
    let mut points = vec![[0.3, 0.4, -0.5]; n];
    let plan = Plan::new(&points, BiotSavart3d, Options::tolerance(1e-6)).unwrap();
    assert_eq!(plan.field(&alpha[..n]).unwrap(), vec![[0.0; 3]; n]);
    points.push([0.3, 0.4, 1.5]);
    let mut total = [0.0; 3];
    for alpha in &alpha[..n] {
        (0..3).for_each(|a| total[a] += alpha[a]);
    }
    // One element acts alone on many, so that only the pointwise promise holds for each.
    for tolerance in [1e-3, 1e-7] {
        let options = Options::tolerance(tolerance).guarantee(Guarantee::Pointwise);
        let plan = Plan::new(&points, BiotSavart3d, options).unwrap();
        let u = plan.field(&alpha).unwrap();
        let act = |alpha, u: &[f64; 3], z| {
            let expected = cross(alpha, [0.0, 0.0, z]).map(|c| c / (32.0 * PI));
            distance(u, &expected) <= tolerance * norm(&alpha) / (16.0 * PI)
        };
        assert!(act(total, &u[n], 2.0) && act(alpha[n], &u[7], -2.0));
    }
}

/// The direct sum, in the words of the formula.
#[test]
fn the_direct_sum_is_the_formula() {
    let (targets, sources) = (
        Shape::Plummer.points(60, 172),
        Shape::Gaussian.points(1500, 173),
    );
    let alpha = vectors(Signs::Random, 1500, 172);
    let (mut field, mut potential) = (vec![], vec![]);
    for x in &targets {
        let (mut u, mut psi) = ([0.0; 3], [0.0; 3]);
        for (y, &alpha) in sources.iter().zip(&alpha) {
            let z = [0, 1, 2].map(|a| x[a] - y[a]);
            let r = norm(&z);
            let product = cross(alpha, z);
            for a in 0..3 {
                u[a] += product[a] / (4.0 * PI * r.powi(3));
                psi[a] += alpha[a] / (4.0 * PI * r);
            }
        }
        field.push(u);
        potential.push(psi);
    }
    let found = exact(&targets, &sources, &alpha, BiotSavart3d);
    assert!(
        worst_error(
            &found,
            &Sums3 {
                field,
                potential,
                gradient: vec![]
            }
        ) < 1e-13
    );
}

/// A ring of radius 2 and circulation 3 in `n` elements, about the third axis.
fn ring(n: usize) -> (Vectors, Vectors) {
    let length = 3.0 * 2.0 * PI * 2.0 / n as f64;
    let angles = (0..n).map(|j| (2.0 * PI * j as f64 / n as f64).sin_cos());
    let both = angles.map(|(sin, cos)| {
        (
            [2.0 * cos, 2.0 * sin, 0.0],
            [-length * sin, length * cos, 0.0],
        )
    });
    both.unzip()
}

/// On the axis of a ring u = Γ R²/(2 (R² + z²)^{3/2}), however many elements it has: all do the same there.
#[test]
fn on_the_axis_of_a_ring() {
    let (points, alpha) = ring(5000);
    let heights: Vec<f64> = (-20..=20).map(|k| 0.3 * f64::from(k)).collect();
    let targets: Vectors = heights.iter().map(|&z| [0.0, 0.0, z]).collect();
    let expected: Vectors = heights
        .iter()
        .map(|z| [0.0, 0.0, 3.0 * 4.0 / (2.0 * (4.0 + z * z).powf(1.5))])
        .collect();
    for sums in both_ways(&targets, &points, &alpha) {
        let error = relative_l2(sums.field.as_flattened(), expected.as_flattened());
        assert!(error <= TOLERANCE, "{error:e}");
    }
}

/// Far away a ring is a dipole of moment m = Γ π R²: u = (3 (m·e) e − m)/(4π r³), to a relative (R/r)².
#[test]
fn far_from_a_ring() {
    let (points, alpha) = ring(400);
    let moment = 3.0 * PI * 4.0;
    let far: Vectors = Shape::Sphere.points(100, 174);
    let targets: Vectors = far.iter().map(|e| e.map(|e| 2e3 * e)).collect();
    let dipole = |e: &[f64; 3]| {
        let along = [0.0, 0.0, 1.0];
        [0, 1, 2].map(|a| moment * (3.0 * e[2] * e[a] - along[a]) / (4.0 * PI * 8e9))
    };
    let expected: Vectors = far.iter().map(dipole).collect();
    let [fast, direct] = both_ways(&targets, &points, &alpha);
    let error = relative_l2(direct.field.as_flattened(), expected.as_flattened());
    assert!(error <= 5e-6, "{error:e}");
    // The elements cancel to a thousandth.
    let error = relative_l2(fast.field.as_flattened(), direct.field.as_flattened());
    assert!(error <= 1e3 * TOLERANCE, "{error:e}");
}

/// u = Σ_a e_a × E of the Coulomb field E of component a; and u = ∇ × ψ, by central differences.
#[test]
fn three_coulomb_fields_and_a_curl() {
    let (sources, alpha) = (
        Shape::Gaussian.points(40, 175),
        vectors(Signs::Random, 40, 175),
    );
    let targets: Vectors = Shape::Sphere.points(100, 176);
    let targets: Vectors = targets.iter().map(|x| x.map(|x| 5.0 * x)).collect();
    let found = direct::field(&targets, &sources, &alpha, BiotSavart3d).unwrap();
    let mut sum = vec![[0.0; 3]; targets.len()];
    let mut curl = sum.clone();
    for a in 0..3 {
        let w: Vec<f64> = alpha.iter().map(|alpha| alpha[a]).collect();
        let e_a = [0, 1, 2].map(|b| f64::from(u8::from(a == b)));
        let field = direct::field(&targets, &sources, &w, Coulomb3d).unwrap();
        for (sum, e) in sum.iter_mut().zip(field) {
            let share = cross(e_a, e);
            (0..3).for_each(|b| sum[b] += share[b]);
        }
        let step = 1e-3;
        let moved = |by: f64| {
            let targets: Vectors = targets
                .iter()
                .map(|x| [0, 1, 2].map(|b| x[b] + by * e_a[b]))
                .collect();
            direct::potential(&targets, &sources, &alpha, BiotSavart3d).unwrap()
        };
        let differences = moved(step).into_iter().zip(moved(-step));
        for (curl, (above, below)) in curl.iter_mut().zip(differences) {
            let slope = [0, 1, 2].map(|b| (above[b] - below[b]) / (2.0 * step));
            let share = cross(e_a, slope);
            (0..3).for_each(|b| curl[b] += share[b]);
        }
    }
    assert!(relative_l2(found.as_flattened(), sum.as_flattened()) <= 1e-14);
    assert!(relative_l2(curl.as_flattened(), found.as_flattened()) <= 1e-5);
}

/// Every bit of two sets of strengths, before and after a move.
fn bits<T: Real>(tolerance: f64, threads: usize) -> Vec<u64> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let [first, second] = [177, 178].map(|s| rounded::<T, 3>(&Shape::Plummer.points(6000, s)));
    let alpha = [177, 178].map(|s| rounded::<T, 3>(&vectors(Signs::Random, 6000, s)));
    let options = || Options::tolerance(tolerance).leaf_capacity(60);
    let with_pool = options().pool(Arc::new(pool.unwrap()));
    let mut plan = Plan::new(&first, BiotSavart3d, with_pool).unwrap();
    let evaluate = |plan: &Plan<T, BiotSavart3d, 3>| {
        let two = plan.evaluate(&[&alpha[0], &alpha[1]], Outputs::BOTH);
        let all = two.unwrap().sums.into_iter();
        let numbers = all.flat_map(|sums| [sums.field, sums.potential].concat());
        let bits = numbers.flatten().map(|x| x.to_f64().to_bits());
        bits.collect::<Vec<_>>()
    };
    let before = evaluate(&plan);
    plan.move_to(&second).unwrap();
    let after = evaluate(&plan);
    let fresh = Plan::new(&second, BiotSavart3d, options()).unwrap();
    assert!(after == evaluate(&fresh), "a moved plan is a new one");
    [before, after].concat()
}

#[test]
fn any_number_of_threads() {
    assert!(bits::<f64>(1e-4, 1) == bits::<f64>(1e-4, 2));
    assert!(bits::<f64>(1e-8, 1) == bits::<f64>(1e-8, 2));
    assert!(bits::<f32>(1e-4, 1) == bits::<f32>(1e-4, 2));
}

#[test]
fn what_is_refused() {
    let points = Shape::Uniform.points(50, 179);
    let plan = Plan::new(&points, BiotSavart3d, Options::tolerance(1e-6)).unwrap();
    let mut alpha = vec![[1.0, 0.0, 0.0]; 50];
    let parts = ["strengths", "49 vectors", "50 sources"];
    refused(plan.field(&alpha[1..]), &parts);
    refused(plan.verify(&alpha[1..], 10), &parts);
    alpha[33][2] = f64::NAN;
    let parts = ["strengths[33]", "NaN in component 2", "finite"];
    refused(plan.field(&alpha), &parts);
    refused(
        direct::field(&points, &points, &alpha, BiotSavart3d),
        &parts,
    );
    refused("biot-savart".parse::<Kernel3d>(), &["kernel", "coulomb"]);
}

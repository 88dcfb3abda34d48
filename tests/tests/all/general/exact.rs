//! What must hold exactly, or to rounding.

use super::{Anisotropic, Declared};
use crate::cloud::{Shape, Signs};
use crate::compare::relative_l2;
use crate::refusals::refused;
use crate::space::cloud as space;
use farfield::general::{GeneralKernel, GeneralPlan, Parity, direct};
use farfield::{Options, Riesz};

fn options() -> Options {
    Options::tolerance(1e-6)
}

/// Against the definition, term by term.
#[test]
fn the_direct_sum_is_the_formula() {
    let points = Shape::Uniform.points(150, 91);
    let w = Signs::Random.strengths(150, 3);
    let kernel = |[x, y]: [f64; 2]| [x.sin() * y, (x - 2.0 * y).exp(), x / (x * x + y * y)];
    let found = direct(&points, &points, &w, &kernel).unwrap();
    for (i, found) in found.iter().enumerate() {
        let mut expected = [0.0; 3];
        for (j, y) in points.iter().enumerate().filter(|&(j, _)| j != i) {
            let value = kernel([points[i][0] - y[0], points[i][1] - y[1]]);
            (0..3).for_each(|c| expected[c] += w[j] * value[c]);
        }
        let error = relative_l2(found, &expected);
        assert!(error < 1e-13, "{i}: {error:e}");
    }
}

/// K ≡ 1 counts all sources but those at the place of the target, whatever the cloud.
#[test]
fn every_pair_counts_once() {
    fn check<const D: usize>(name: &str, mut points: Vec<[f64; D]>) {
        let twice: Vec<[f64; D]> = points[..10].to_vec();
        points.extend(twice);
        let n = points.len();
        let one = Declared {
            formula: |_: [f64; D]| [1.0, -2.0],
            degree: Some(0.0),
            parity: Some(Parity::Even),
        };
        let plan = GeneralPlan::new(&points, one, options().leaf_capacity(13)).unwrap();
        assert!(plan.tree().depth() > 2);
        let found = plan.sums(&vec![1.0; n]).unwrap();
        for (i, found) in found.iter().enumerate() {
            let here = if i < 10 || i >= n - 10 { 2 } else { 1 };
            let expected = (n - here) as f64;
            let error = (found[0] - expected)
                .abs()
                .max((found[1] + 2.0 * expected).abs());
            assert!(error < 1e-9, "{name} {i}: {found:?}, {expected}");
        }
    }
    for shape in Shape::ALL {
        check(&format!("{shape:?}"), shape.points(3000, 92));
    }
    for shape in space::Shape::ALL {
        check(&format!("{shape:?}"), shape.points(3000, 92));
    }
}

/// A kernel that there is anyway.
#[test]
fn radial_kernels_are_the_same() {
    struct Radial;
    impl<const D: usize> GeneralKernel<D, D> for Radial {
        fn value(&self, z: [f64; D]) -> [f64; D] {
            let r2: f64 = z.iter().map(|z| z * z).sum();
            z.map(|z| z / (r2 * r2.sqrt()))
        }
        fn degree(&self) -> Option<f64> {
            Some(-2.0)
        }
    }
    let kernel = Riesz { s: 1.0 };
    let points = Shape::Gaussian.points(5000, 93);
    let w = Signs::Random.strengths(5000, 3);
    let exact = farfield::direct::field(&points, &points, &w, kernel).unwrap();
    let found = direct::<_, 2, 2>(&points, &points, &w, &Radial).unwrap();
    assert!(relative_l2(found.as_flattened(), exact.as_flattened()) < 1e-13);
    let plan = GeneralPlan::<_, 2, 2>::new(&points, Radial, Options::tolerance(1e-9)).unwrap();
    let found = plan.sums(&w).unwrap();
    let error = relative_l2(found.as_flattened(), exact.as_flattened());
    assert!(error < 1e-9, "plane {error:e}");
    let points = space::Shape::Uniform.points(5000, 94);
    let exact = farfield::direct::field(&points, &points, &w, kernel).unwrap();
    let plan = GeneralPlan::<_, 3, 3>::new(&points, Radial, Options::tolerance(1e-4)).unwrap();
    let found = plan.sums(&w).unwrap();
    let error = relative_l2(found.as_flattened(), exact.as_flattened());
    assert!(error < 1e-4, "space {error:e}");
}

#[test]
fn nothing_few_and_coincident_points() {
    let plan = |points: &[[f64; 2]]| GeneralPlan::new(points, Anisotropic, options()).unwrap();
    assert!(plan(&[]).sums(&[]).unwrap().is_empty());
    assert_eq!(plan(&[[1.0, 2.0]]).sums(&[5.0]).unwrap(), [[0.0; 2]]);
    // A = (1 0.5; 0.5 2), z = (2, 0).
    let u = plan(&[[0.0; 2], [2.0, 0.0]]).sums(&[4.0, 8.0]).unwrap();
    assert_eq!(u, [[-4.0, -2.0], [2.0, 1.0]]);
    for place in [0.3, 1e300, 1e-300, 0.0] {
        let same = [[place, -place]; 700];
        let plan = GeneralPlan::new(&same, Anisotropic, options().leaf_capacity(5)).unwrap();
        assert_eq!(plan.sums(&[1.0; 700]).unwrap(), [[0.0; 2]; 700]);
    }
    // −0 is 0.
    let u = plan(&[[-0.0, 0.0], [0.0, -0.0]]).sums(&[1.0; 2]).unwrap();
    assert_eq!(u, [[0.0; 2]; 2]);
}

/// A homogeneous kernel in a cloud of any size, with strengths of any size.
#[test]
fn every_scale() {
    let points = Shape::Gaussian.points(3000, 95);
    let w = Signs::One.strengths(3000, 3);
    let exact = direct::<_, 2, 2>(&points, &points, &w, &Anisotropic).unwrap();
    for exponent in [-997, -400, 50, 400, 997] {
        let scale = 2f64.powi(exponent);
        let scaled: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| scale * x)).collect();
        // Strengths that bring the sums to the size of 1.
        let strengths: Vec<f64> = w.iter().map(|w| scale * w).collect();
        let found = direct::<_, 2, 2>(&scaled, &scaled, &strengths, &Anisotropic).unwrap();
        let error = relative_l2(found.as_flattened(), exact.as_flattened());
        assert!(error < 1e-13, "direct 2^{exponent}: {error:e}");
        let plan = GeneralPlan::<_, 2, 2>::new(&scaled, Anisotropic, options()).unwrap();
        let found = plan.sums(&strengths).unwrap();
        let error = relative_l2(found.as_flattened(), exact.as_flattened());
        assert!(error < 1e-6, "2^{exponent}: {error:e}");
        assert!(plan.verify(&strengths, 300).unwrap().error_bound < 1e-6);
    }
}

/// Plans that move are as new ones, to the last bit, and so are those of any number of threads.
#[test]
fn moved_and_reproducible() {
    let points = Shape::Uniform.points(7000, 96);
    let moved: Vec<[f64; 2]> = points.iter().map(|x| [0.9 * x[0], x[1] + x[0]]).collect();
    let w = Signs::Random.strengths(7000, 3);
    let kernel = |[x, y]: [f64; 2]| [(x + 0.2) / (x * x + 2.0 * y * y + 0.01)];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let options = options().pool(pool.build().unwrap().into());
        let mut plan = GeneralPlan::new(&points, kernel, options.clone()).unwrap();
        let first = plan.sums(&w).unwrap();
        plan.move_to(&moved).unwrap();
        let second = plan.sums(&w).unwrap();
        let new = GeneralPlan::new(&moved, kernel, options).unwrap();
        assert!(
            new.sums(&w).unwrap() == second,
            "a plan that moved is as a new one"
        );
        refused(plan.move_to(&moved[1..]), &["positions", "6999", "7000"]);
        let mut bad = points.clone();
        bad[5][0] = f64::INFINITY;
        refused(plan.move_to(&bad), &["positions[5]", "inf", "finite"]);
        assert!(
            plan.sums(&w).unwrap() == second,
            "after an error it is as before"
        );
        [first, second]
    };
    assert!(on(1) == on(3));
}

//! What must hold exactly, or to rounding.

use super::Phi;
use crate::cloud::{Shape, Signs};
use crate::compare::relative_l2;
use farfield::{Coulomb3d, Options, Outputs, Plan, RadialFunction, RadialKernel, Riesz, direct};
use std::f64::consts::PI;

/// Against the definition, term by term.
#[test]
fn the_direct_sum_is_the_formula() {
    let points = Shape::Uniform.points(200, 51);
    let w = Signs::Random.strengths(200, 3);
    let phi = |r: f64| (-r).exp() / (r * r + 0.04);
    let found = direct::field(&points, &points, &w, RadialKernel::new(&Phi(phi)).unwrap()).unwrap();
    for (i, found) in found.iter().enumerate() {
        let mut expected = [0.0; 2];
        for (j, y) in points.iter().enumerate() {
            let z = [points[i][0] - y[0], points[i][1] - y[1]];
            (0..2).for_each(|a| expected[a] += w[j] * z[a] * phi(z[0].hypot(z[1])));
        }
        let error = relative_l2(found, &expected);
        assert!(error < 1e-11, "{i}: {error:e}");
    }
}

/// A power is the Riesz kernel, with its potential and gradient.
#[test]
fn powers_are_riesz_kernels() {
    let points = Shape::Gaussian.points(3000, 52);
    let w = Signs::Random.strengths(3000, 3);
    let wanted = Outputs {
        gradient: true,
        ..Outputs::BOTH
    };
    let radial = RadialKernel::new(&Phi(|r: f64| r.powf(-3.2))).unwrap();
    let options = || Options::tolerance(1e-8).outputs(wanted);
    let found = Plan::new(&points, radial, options()).unwrap();
    let found = found.evaluate(&[&w], wanted).unwrap().sums.remove(0);
    let exact = direct::evaluate(&points, &points, &[&w], Riesz { s: 1.2 }, wanted, None)
        .unwrap()
        .remove(0);
    let error = relative_l2(found.field.as_flattened(), exact.field.as_flattened());
    assert!(error < 1e-8, "field {error:e}");
    let error = relative_l2(&found.potential, &exact.potential);
    assert!(error < 1e-8, "potential {error:e}");
    let flat = |g: &[[[f64; 2]; 2]]| g.as_flattened().as_flattened().to_vec();
    let error = relative_l2(&flat(&found.gradient), &flat(&exact.gradient));
    assert!(error < 1e-8, "gradient {error:e}");
}

/// Kernels of which little or nothing is left when what is exact is taken off: none, and a parabola's.
#[test]
fn functions_that_are_constants() {
    let points = Shape::Uniform.points(5000, 55);
    let w = Signs::Random.strengths(5000, 3);
    let field = |phi: f64| {
        let kernel = RadialKernel::new(&Phi(move |_: f64| phi)).unwrap();
        let plan = Plan::new(&points, kernel, Options::tolerance(1e-9).leaf_capacity(40));
        plan.unwrap().field(&w).unwrap()
    };
    assert!(field(0.0).as_flattened().iter().all(|&u| u == 0.0));
    let (found, total) = (field(2.0), w.iter().sum::<f64>());
    let mut first = [0.0; 2];
    for (x, w) in points.iter().zip(&w) {
        (0..2).for_each(|a| first[a] += w * x[a]);
    }
    let of =
        |x: &[f64; 2]| -> [f64; 2] { std::array::from_fn(|a| 2.0 * (total * x[a] - first[a])) };
    let expected: Vec<[f64; 2]> = points.iter().map(of).collect();
    let error = relative_l2(found.as_flattened(), expected.as_flattened());
    assert!(error < 1e-9, "{error:e}");
}

#[test]
fn nothing_few_and_coincident_points() {
    let kernel = RadialKernel::new(&Phi(|r: f64| r.powf(-3.0))).unwrap();
    let plan =
        |points: &[[f64; 3]]| Plan::new(points, kernel.clone(), Options::tolerance(1e-6)).unwrap();
    assert!(plan(&[]).field(&[]).unwrap().is_empty());
    assert_eq!(plan(&[[1.0, 2.0, 3.0]]).field(&[5.0]).unwrap(), [[0.0; 3]]);
    let u = plan(&[[0.0; 3], [2.0, 0.0, 0.0]])
        .field(&[4.0, 8.0])
        .unwrap();
    assert!(
        (u[0][0] + 2.0).abs() < 1e-14 && (u[1][0] - 1.0).abs() < 1e-14,
        "{u:?}"
    );
    let same = [[0.3, 0.4, 0.5]; 7];
    assert_eq!(plan(&same).field(&[1.0; 7]).unwrap(), [[0.0; 3]; 7]);
    assert_eq!(plan(&same).potential(&[1.0; 7]).unwrap(), [0.0; 7]);
    for place in [1e300, 1e-100, 0.0] {
        let same = [[place; 3]; 7];
        assert_eq!(plan(&same).field(&[1.0; 7]).unwrap(), [[0.0; 3]; 7]);
    }
}

/// Fields of the same cloud in another place and of another size: r^−3 is homogeneous, though the plan does not know it.
#[test]
fn moved_and_scaled() {
    let points = crate::space::cloud::Shape::Plummer.points(4000, 53);
    let w = Signs::One.strengths(4000, 3);
    let kernel = RadialKernel::new(&Phi(|r: f64| r.powf(-3.0))).unwrap();
    let mut plan = Plan::new(&points, kernel, Options::tolerance(1e-5)).unwrap();
    for scale in [1.0, 0.3, 1e-60, 1e40] {
        let moved: Vec<[f64; 3]> = points
            .iter()
            .map(|x| x.map(|x| scale * (x + 0.25)))
            .collect();
        plan.move_to(&moved).unwrap();
        let found = plan.field(&w).unwrap();
        let found: Vec<f64> = found
            .as_flattened()
            .iter()
            .map(|u| u * scale * scale)
            .collect();
        let exact = direct::field(&points, &points, &w, Coulomb3d).unwrap();
        let exact: Vec<f64> = exact.as_flattened().iter().map(|u| u * 4.0 * PI).collect();
        let error = relative_l2(&found, &exact);
        assert!(error < 1e-5, "{scale:e}: {error:e}");
    }
}

/// A potential of one's own, and any number of threads.
#[test]
fn reproducible_with_a_potential() {
    struct Screened;
    impl RadialFunction for Screened {
        fn field(&self, r: f64) -> f64 {
            (-r).exp() * (1.0 / r + 1.0 / (r * r)) / r
        }
        fn potential(&self, r: f64) -> Option<f64> {
            Some((-r).exp() / r)
        }
    }
    let points = Shape::Uniform.points(20_000, 54);
    let w = Signs::Random.strengths(20_000, 3);
    let kernel = RadialKernel::new(&Screened).unwrap();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let options = Options::tolerance(1e-6).pool(pool.into());
        let plan = Plan::new(&points, kernel.clone(), options).unwrap();
        plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums
    };
    let one = on(1);
    assert!(on(3) == one);
    let exact = direct::potential(&points[..50], &points, &w, kernel.clone()).unwrap();
    let by_hand = |x: &[f64; 2]| -> f64 {
        let of = |(y, w): (&[f64; 2], &f64)| {
            let r = (x[0] - y[0]).hypot(x[1] - y[1]);
            if r > 0.0 { w * (-r).exp() / r } else { 0.0 }
        };
        points.iter().zip(&w).map(of).sum()
    };
    let expected: Vec<f64> = points[..50].iter().map(by_hand).collect();
    assert!(relative_l2(&exact, &expected) < 1e-11);
}

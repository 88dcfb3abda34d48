//! Sources that nearly cancel within a core: pairs of opposite strengths, much closer than the core is wide.

use crate::cloud::Shape;
use crate::compare::relative_l2;
use crate::space::cloud as space;
use farfield::{Coulomb2d, Coulomb3d, GaussianCore, Kernel, Options, Plan, direct};

/// Every centre and a point `beside` it, with strengths 1 and −1.
fn doubled<const D: usize>(centres: &[[f64; D]], beside: f64) -> (Vec<[f64; D]>, Vec<f64>) {
    let pair = |centre: &[f64; D]| {
        let mut other = *centre;
        other[0] += beside;
        [*centre, other]
    };
    let points: Vec<_> = centres.iter().flat_map(pair).collect();
    let w = [1.0, -1.0].repeat(centres.len());
    (points, w)
}

/// Fields of cores δ with pairs apart by a share of δ; what misses 1e-6.
fn misses<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    centres: &[[f64; D]],
    core: impl Fn(f64) -> K,
) -> Vec<String> {
    let spacing = (centres.len() as f64).powf(-1.0 / D as f64);
    let mut bad = vec![];
    for ratio in [0.5, 1.0, 1.8] {
        for share in [0.01, 0.1, 0.2, 0.26, 0.4] {
            let delta = ratio * spacing;
            let (points, w) = doubled(centres, share * delta);
            let options = Options::tolerance(1e-6).grid(false);
            let plan = Plan::new(&points, core(delta), options).unwrap();
            assert_eq!(plan.report().pair_class, "coarse");
            let field = plan.field(&w).unwrap();
            let exact = direct::field(&points[..500], &points, &w, core(delta)).unwrap();
            let error = relative_l2(field[..500].as_flattened(), exact.as_flattened());
            if error > 1e-6 {
                bad.push(format!("{ratio} spacings, {share} of them: {error:e}"));
            }
        }
    }
    bad
}

#[test]
fn in_the_plane() {
    let kernel = Coulomb2d;
    let bad = misses(&Shape::Uniform.points(10_000, 51), |delta| GaussianCore {
        kernel,
        delta,
    });
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn in_space() {
    let kernel = Coulomb3d;
    let centres = space::Shape::Uniform.points(10_000, 52);
    let bad = misses(&centres, |delta| GaussianCore { kernel, delta });
    assert!(bad.is_empty(), "{bad:#?}");
}

//! Sources that nearly cancel within a core: pairs of opposite strengths, much closer than the core is wide.

use crate::cloud::Shape;
use crate::compare::relative_l2;
use crate::space::cloud as space;
use farfield::{
    AlgebraicCore, Coulomb2d, Coulomb3d, GaussianCore, Kernel, Options, Outputs, Plan, direct,
};

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

/// A tenth or a third of the points such pairs, the others far weaker; cores of half a spacing.
fn few_among_weak<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    points: &[[f64; D]],
    core: impl Fn(f64) -> K,
) -> Vec<String> {
    let n = points.len();
    let delta = 0.5 * (n as f64).powf(-1.0 / D as f64);
    let mut bad = vec![];
    for (pairs, weak) in [(n / 20, 1e-3), (n / 6, 1e-2)] {
        for share in [0.02, 0.1] {
            let (mut all, mut w) = doubled(&points[..pairs], share * delta);
            all.extend_from_slice(&points[2 * pairs..]);
            w.extend([weak, -weak].repeat(n / 2 - pairs));
            let options = Options::tolerance(1e-6).grid(false);
            let plan = Plan::new(&all, core(delta), options).unwrap();
            let field = plan.field(&w).unwrap();
            let exact = direct::field(&all, &all, &w, core(delta)).unwrap();
            let error = relative_l2(field.as_flattened(), exact.as_flattened());
            if error > 1e-6 {
                bad.push(format!("{pairs} pairs, {share} of the core: {error:e}"));
            }
        }
    }
    bad
}

#[test]
fn in_the_plane() {
    let kernel = Coulomb2d;
    let (points, core) = (Shape::Uniform.points(10_000, 51), |delta| GaussianCore {
        kernel,
        delta,
    });
    let mut bad = misses(&points, core);
    bad.extend(few_among_weak(&points[..3000], core));
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Algebraic ones, whose far fields come from tables.
#[test]
fn of_algebraic_cores() {
    let kernel = Coulomb2d;
    let (points, core) = (Shape::Uniform.points(10_000, 55), |delta| AlgebraicCore {
        kernel,
        delta,
    });
    let mut bad = misses(&points, core);
    bad.extend(few_among_weak(&points[..3000], core));
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn in_space() {
    let kernel = Coulomb3d;
    let centres = space::Shape::Uniform.points(10_000, 52);
    let core = |delta| GaussianCore { kernel, delta };
    let mut bad = misses(&centres, core);
    bad.extend(few_among_weak(&centres[..3000], core));
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Potentials where many points are at each of a few places: they give each other nothing.
#[test]
fn at_few_places() {
    let mut bad = vec![];
    for (places, each, delta) in [(2, 31, 0.01), (4, 31, 0.03), (9, 12, 0.003)] {
        let of = |x: &[f64; 3]| vec![*x; each];
        let points: Vec<[f64; 3]> = space::Shape::Uniform
            .points(places, 53)
            .iter()
            .flat_map(of)
            .collect();
        let flat: Vec<[f64; 2]> = points.iter().map(|x| [x[0], x[1]]).collect();
        let w = vec![1.0; points.len()];
        let kernel = Coulomb3d;
        let error = potential_error(&points, &w, GaussianCore { kernel, delta });
        let kernel = Coulomb2d;
        let in_plane = potential_error(&flat, &w, GaussianCore { kernel, delta });
        if error.max(in_plane) > 1e-6 {
            bad.push(format!(
                "{places} × {each}, {delta}: {error:e}, {in_plane:e}"
            ));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// The error of the potential to 1e-6, without a grid.
fn potential_error<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    points: &[[f64; D]],
    w: &[f64],
    kernel: K,
) -> f64 {
    let options = Options::tolerance(1e-6).outputs(Outputs::BOTH).grid(false);
    let plan = Plan::new(points, kernel.clone(), options).unwrap();
    let sums = plan.evaluate(&[w], Outputs::BOTH).unwrap().sums.remove(0);
    let exact = direct::evaluate(points, points, &[w], kernel, Outputs::BOTH, None).unwrap();
    relative_l2(&sums.potential, &exact[0].potential)
}

/// The same bits for any number of threads, also where cores end within vectors of points.
#[test]
fn on_any_number_of_threads() {
    let points = space::Shape::Uniform.points(50_000, 54);
    let w = vec![1.0; points.len()];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| {
            let (kernel, delta) = (Coulomb3d, 0.01);
            let core = GaussianCore { kernel, delta };
            let plan = Plan::new(&points, core, Options::tolerance(1e-6).grid(false)).unwrap();
            plan.field(&w).unwrap()
        })
    };
    let one = on(1);
    assert!(on(2) == one && on(3) == one);
}

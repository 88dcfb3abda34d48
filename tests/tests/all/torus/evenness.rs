//! Points that fill a torus like a lattice, of whose field next to nothing is left, and plans whose points come to fill it in another way.

use super::accuracy::{IN_PLANE, error_of_every_fifth};
use super::{Points, on, summed};
use crate::cloud::{Shape, Signs};
use farfield::{Coulomb2d, Coulomb3d, Kernel, Options, Outputs, Plan, Riesz, direct};

/// A lattice of m^D points in the unit box, each moved by up to `shaken` spacings.
fn lattice<const D: usize>(m: usize, shaken: f64) -> Vec<[f64; D]> {
    let point = |i: usize| {
        std::array::from_fn(|a| {
            let site = i / m.pow(a as u32) % m;
            let moved = shaken * (1.7 * (i * i + 3) as f64 + a as f64).sin();
            (site as f64 + moved) / m as f64
        })
    };
    (0..m.pow(D as u32)).map(point).collect()
}

/// The sums over a cloud, with equal strengths and signs.
fn within<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    kernel: K,
    (name, points): (&str, &[[f64; D]]),
    outputs: Outputs,
    tolerances: &[f64],
) {
    let sides = [1.0; D];
    for signs in Signs::BOTH {
        let w = signs.strengths(points.len(), 91);
        let targets: Vec<_> = points.iter().copied().step_by(5).collect();
        let exact = kernel.clone();
        let exact = direct::on_torus(&targets, points, &[&w], exact, &sides, outputs, None);
        let exact = exact.unwrap().remove(0);
        for &tolerance in tolerances {
            let options = Options::tolerance(tolerance).outputs(outputs).torus(&sides);
            let plan = Plan::new(points, kernel.clone(), options).unwrap();
            let error = error_of_every_fifth(summed(&plan, &w, outputs), &exact);
            let what = format!("{} {name} {signs:?} {tolerance:e}", kernel.name());
            assert!(error <= tolerance, "{what}: {error:e}");
        }
    }
}

/// The fields of lattices.
fn lattices_within<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    kernel: K,
    m: usize,
    shaken: &[f64],
    tolerances: &[f64],
) {
    for by in shaken {
        let (name, points) = (format!("lattice {by}"), lattice::<D>(m, *by));
        within(kernel.clone(), (&name, &points), Outputs::FIELD, tolerances);
    }
}

/// Independent uniform points of the unit box.
fn independent<const D: usize>(n: usize) -> Vec<[f64; D]>
where
    Shape: Points<D>,
{
    on::<D>(Shape::Uniform, n, 1.0 / 0.3)
}

#[test]
fn independent_points() {
    let (plane, space) = (independent::<2>(4000), independent::<3>(3000));
    for outputs in [Outputs::FIELD, Outputs::BOTH] {
        within(Coulomb2d, ("independent", &plane), outputs, &IN_PLANE);
        let tolerances = [1e-3, 1e-5, 1e-6, 1e-8];
        within(Coulomb3d, ("independent", &space), outputs, &tolerances);
        let kernel = Riesz { s: 0.3 };
        within(kernel, ("independent", &plane), outputs, &[1e-3, 1e-6]);
        let kernel = Riesz { s: 0.5 };
        within(kernel, ("independent", &space), outputs, &[1e-3]);
    }
}

#[test]
fn lattices() {
    let shaken = [0.01, 0.1, 0.3];
    lattices_within::<_, 2>(Coulomb2d, 60, &shaken, &[1e-3, 1e-6, 1e-9]);
    lattices_within::<_, 3>(Coulomb3d, 16, &shaken, &[1e-3, 1e-6]);
    lattices_within::<_, 2>(Riesz { s: 0.3 }, 60, &shaken, &[1e-3, 1e-6]);
    lattices_within::<_, 3>(Riesz { s: 2.0 }, 16, &shaken[1..], &[1e-3]);
}

/// From independent points to a lattice and back.
fn moves<K: Kernel<D, Strength<f64> = f64>, const D: usize>(kernel: K, m: usize)
where
    Shape: Points<D>,
{
    let lattice = lattice::<D>(m, 0.1);
    let n = lattice.len();
    let points = independent::<D>(n);
    let w = Signs::Random.strengths(n, 92);
    let new = |points: &[[f64; D]], capacity: Option<usize>| {
        let options = Options::tolerance(1e-5).torus(&[1.0; D]);
        let options = match capacity {
            Some(capacity) => options.leaf_capacity(capacity),
            None => options,
        };
        Plan::new(points, kernel.clone(), options).unwrap()
    };
    let mut plan = new(&points, None);
    let (capacity, order) = (plan.leaf_capacity(), plan.report().expansion_order);
    let (before, asked) = (plan.field(&w).unwrap(), format!("{:?}", plan.options()));
    plan.move_to(&lattice).unwrap();
    assert!(plan.report().expansion_order > order);
    assert_eq!(format!("{:?}", plan.options()), asked);
    let fresh = new(&lattice, Some(capacity));
    assert_eq!(plan.field(&w).unwrap(), fresh.field(&w).unwrap());
    // A move that cannot be leaves the plan as it was.
    let mut bad = points.clone();
    bad[n / 2][0] = f64::NAN;
    plan.move_to(&bad).unwrap_err();
    assert_eq!(plan.field(&w).unwrap(), fresh.field(&w).unwrap());
    plan.move_to(&points).unwrap();
    assert_eq!(plan.report().expansion_order, order);
    assert_eq!(plan.field(&w).unwrap(), before);
}

#[test]
fn a_plan_follows_its_points() {
    moves::<_, 2>(Coulomb2d, 60);
    moves::<_, 3>(Coulomb3d, 16);
    moves::<_, 2>(Riesz { s: 1.0 }, 60);
}

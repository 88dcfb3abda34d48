//! Smooth kernels by the modes of a grid.

use crate::cloud::{Shape, Signs, rounded};
use crate::compare::relative_l2;
use crate::refusals::refused;
use crate::space::cloud as space;
use farfield::{
    AlgebraicCore, BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Guarantee,
    HighOrderGaussianCore, Kernel, Options, Outputs, Plan, RadialFunction, RadialKernel, Real,
    Strength, Sums, direct,
};

const ALL: Outputs = Outputs {
    gradient: true,
    ..Outputs::BOTH
};

/// Errors of field, potential and, if wanted, gradient.
fn errors<T: Real, W: Strength<T>, V: Strength<f64>, const D: usize>(
    found: &Sums<T, D, W>,
    exact: &Sums<f64, D, V>,
    outputs: Outputs,
) -> Vec<f64> {
    let flat = |g: &[[[f64; D]; D]]| g.as_flattened().as_flattened().to_vec();
    let mut errors = vec![
        relative_l2(found.field.as_flattened(), exact.field.as_flattened()),
        relative_l2(W::numbers(&found.potential), V::numbers(&exact.potential)),
    ];
    if outputs.gradient {
        let gradient = found.gradient.as_flattened().as_flattened();
        errors.push(relative_l2(gradient, &flat(&exact.gradient)));
    }
    errors
}

/// Errors above the tolerance, by line, of plans with gradients and without; the grid must be there.
fn misses<K: Kernel<D>, const D: usize>(
    clouds: (Option<&[[f64; D]]>, &[[f64; D]]),
    w: &[K::Strength<f64>],
    kernel: &K,
    tolerances: &[f64],
) -> Vec<String> {
    misses_of(&[ALL, Outputs::BOTH], clouds, w, kernel, tolerances)
}

/// The same of plans with some outputs.
fn misses_of<K: Kernel<D>, const D: usize>(
    outputs: &[Outputs],
    (targets, sources): (Option<&[[f64; D]]>, &[[f64; D]]),
    w: &[K::Strength<f64>],
    kernel: &K,
    tolerances: &[f64],
) -> Vec<String> {
    let at = targets.unwrap_or(sources);
    let exact = direct::evaluate(at, sources, &[w], kernel.clone(), ALL, None).unwrap();
    let all = tolerances
        .iter()
        .flat_map(|&tolerance| outputs.iter().map(move |&outputs| (tolerance, outputs)));
    let miss = |(tolerance, outputs): (f64, Outputs)| {
        let options = Options::tolerance(tolerance).outputs(outputs).grid(true);
        let plan = match targets {
            Some(targets) => Plan::with_targets(targets, sources, kernel.clone(), options),
            None => Plan::new(sources, kernel.clone(), options),
        };
        let plan = plan.unwrap();
        let line = format!("{} {tolerance:e} {outputs:?}", kernel.name());
        let report = plan.report();
        assert!(report.on_grid && report.grid.is_some(), "{line}: no grid");
        assert_eq!(report.near_pairs, 0);
        let sums = plan.evaluate(&[w], outputs).unwrap().sums.remove(0);
        let errors = errors(&sums, &exact[0], outputs);
        let met = errors.iter().all(|&error| error <= tolerance);
        (!met).then(|| format!("{line}: {errors:?}"))
    };
    all.filter_map(miss).collect()
}

#[test]
fn every_core_in_the_plane() {
    let (n, mut bad) = (3000, vec![]);
    let tolerances = [1e-1, 1e-3, 1e-6, 1e-9, 1e-10];
    for shape in [Shape::Uniform, Shape::Gaussian, Shape::SlantedLine] {
        let points = shape.points(n, 81);
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 81);
            for delta in [0.1, 0.3, 3.0] {
                let (kernel, order) = (BiotSavart2d, 6);
                let core = GaussianCore { kernel, delta };
                bad.extend(misses((None, &points), &w, &core, &tolerances));
                let core = AlgebraicCore { kernel, delta };
                bad.extend(misses((None, &points), &w, &core, &tolerances[..4]));
                let core = HighOrderGaussianCore {
                    kernel,
                    delta,
                    order,
                };
                bad.extend(misses((None, &points), &w, &core, &tolerances));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn every_core_in_space() {
    let (n, mut bad) = (2000, vec![]);
    for shape in [space::Shape::Uniform, space::Shape::Plane] {
        let points = shape.points(n, 82);
        let w = Signs::Random.strengths(n, 82);
        let vectors: Vec<[f64; 3]> = (0..n).map(|i| [w[i], w[(i + 7) % n], 0.3]).collect();
        for delta in [0.15, 1.0] {
            let (kernel, order) = (Coulomb3d, 4);
            let tolerances = [1e-2, 1e-4, 1e-6, 1e-9];
            let core = GaussianCore { kernel, delta };
            // Where the core holds all points, second derivatives lose more.
            let count = if delta < 1.0 { 4 } else { 3 };
            bad.extend(misses((None, &points), &w, &core, &tolerances[..count]));
            let core = HighOrderGaussianCore {
                kernel,
                delta,
                order,
            };
            bad.extend(misses((None, &points), &w, &core, &tolerances[..3]));
            let core = AlgebraicCore { kernel, delta };
            bad.extend(misses((None, &points), &w, &core, &tolerances[..2]));
            let kernel = BiotSavart3d;
            let core = GaussianCore { kernel, delta };
            bad.extend(misses((None, &points), &vectors, &core, &tolerances[..3]));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// To the smallest tolerance, and what is below it goes without.
#[test]
fn the_smallest_tolerance() {
    let points = Shape::Uniform.points(2000, 83);
    let w = Signs::Random.strengths(2000, 83);
    let (kernel, delta) = (Coulomb2d, 0.1);
    let core = GaussianCore { kernel, delta };
    let bad = misses((None, &points), &w, &core, &[1e-11, 1e-12]);
    assert!(bad.is_empty(), "{bad:#?}");
    let options = Options::tolerance(5e-13).grid(true);
    let plan = Plan::new(&points, core, options).unwrap();
    assert!(plan.report().on_grid && plan.report().grid.is_none());
    assert!(plan.report().near_pairs > 0);
}

/// Far from all sources, and among them; cores far wider than all of it.
#[test]
fn targets_apart() {
    let n = 2000;
    let sources = Shape::Gaussian.points(n, 84);
    let w = Signs::Random.strengths(n, 84);
    let targets: Vec<[f64; 2]> = Shape::Uniform
        .points(1500, 85)
        .iter()
        .enumerate()
        .map(|(i, x)| x.map(|x| x + if i % 2 == 0 { 6.0 } else { 0.0 }))
        .chain(sources[..10].iter().copied())
        .collect();
    let mut bad = vec![];
    for delta in [0.1, 100.0, 1e4] {
        let kernel = Coulomb2d;
        let core = GaussianCore { kernel, delta };
        let tolerances = [1e-3, 1e-6];
        bad.extend(misses((Some(&targets), &sources), &w, &core, &tolerances));
        bad.extend(misses((None, &sources), &w, &core, &tolerances));
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// A kernel of one's own; a singular one has no grid.
#[test]
fn kernels_of_your_own() {
    struct Own(fn(f64) -> f64);
    impl RadialFunction for Own {
        fn field(&self, r: f64) -> f64 {
            (self.0)(r)
        }
    }
    let points = Shape::Uniform.points(3000, 86);
    let w = Signs::Random.strengths(3000, 86);
    let kernel = RadialKernel::new(&Own(|r| 1.0 / (r * r + 0.01))).unwrap();
    let mut bad = misses((None, &points), &w, &kernel, &[1e-3, 1e-6, 1e-8]);
    let kernel = RadialKernel::new(&Own(|r| (-9.0 * r * r).exp())).unwrap();
    bad.extend(misses((None, &points), &w, &kernel, &[1e-3, 1e-6, 1e-8]));
    assert!(bad.is_empty(), "{bad:#?}");
    let singular = RadialKernel::new(&Own(|r| 1.0 / (r * r))).unwrap();
    let options = Options::tolerance(1e-6).grid(true);
    let plan = Plan::new(&points, singular.clone(), options).unwrap();
    assert_eq!(plan.report().grid, None);
    let field = plan.field(&w).unwrap();
    let exact = direct::field(&points, &points, &w, singular).unwrap();
    assert!(relative_l2(field.as_flattened(), exact.as_flattened()) <= 1e-6);
}

#[test]
fn single_precision() {
    let points = rounded::<f32, 3>(&space::Shape::Gaussian.points(2000, 87));
    let wide: Vec<[f64; 3]> = points.iter().map(|x| x.map(f64::from)).collect();
    let w: Vec<f32> = Signs::Random
        .strengths(2000, 87)
        .iter()
        .map(|&w| w as f32)
        .collect();
    let w_wide: Vec<f64> = w.iter().map(|&w| f64::from(w)).collect();
    let (kernel, delta) = (Coulomb3d, 0.5);
    let core = GaussianCore { kernel, delta };
    let exact = direct::evaluate(&wide, &wide, &[&w_wide], core, ALL, None).unwrap();
    for tolerance in [1e-3, 1e-5] {
        let options = Options::tolerance(tolerance).outputs(ALL).grid(true);
        let plan = Plan::new(&points, core, options).unwrap();
        assert!(plan.report().grid.is_some());
        let sums = plan.evaluate(&[&w], ALL).unwrap().sums.remove(0);
        let errors = errors(&sums, &exact[0], ALL);
        assert!(errors.iter().all(|&e| e <= tolerance), "{errors:?}");
    }
}

/// Pairs at one place give nothing, and neither do all points at one place.
#[test]
fn coincident_points() {
    let mut points = Shape::Uniform.points(2000, 88);
    points.extend_from_within(..1500);
    points.extend([[0.0, 0.25], [-0.0, 0.25]]);
    let w = Signs::One.strengths(points.len(), 88);
    let targets: Vec<[f64; 2]> = points.iter().step_by(3).copied().collect();
    let (kernel, delta) = (Coulomb2d, 0.5);
    let core = GaussianCore { kernel, delta };
    let mut bad = misses((None, &points), &w, &core, &[1e-3, 1e-6, 1e-9]);
    bad.extend(misses((Some(&targets), &points), &w, &core, &[1e-3, 1e-6]));
    assert!(bad.is_empty(), "{bad:#?}");
    let one_place = vec![[0.3, 0.3]; 3000];
    let options = Options::tolerance(1e-6).outputs(ALL).grid(true);
    let plan = Plan::new(&one_place, core, options).unwrap();
    let sums = plan
        .evaluate(&[&vec![1.0; 3000]], ALL)
        .unwrap()
        .sums
        .remove(0);
    assert!(sums.field.iter().all(|u| *u == [0.0; 2]));
    assert!(sums.potential.iter().all(|&g| g == 0.0));
}

/// None, one and two points, several strengths at once, and one output at a time.
#[test]
fn few_points_and_single_outputs() {
    let (kernel, delta) = (BiotSavart2d, 0.5);
    let core = GaussianCore { kernel, delta };
    let options = || Options::tolerance(1e-6).outputs(ALL).grid(true);
    for n in [0, 1, 2, 40] {
        let points = Shape::Uniform.points(n, 89);
        let w = vec![0.7; n];
        let plan = Plan::new(&points, core, options()).unwrap();
        let found = plan.evaluate(&[&w], ALL).unwrap().sums.remove(0);
        let exact = direct::evaluate(&points, &points, &[&w], core, ALL, None).unwrap();
        let errors = errors(&found, &exact[0], ALL);
        assert!(errors.iter().all(|&e| e <= 1e-6), "{n}: {errors:?}");
    }
    let points = Shape::Uniform.points(2000, 89);
    let vectors = [1, 2, 3].map(|seed| Signs::Random.strengths(2000, seed));
    let vectors = vectors.each_ref().map(|w| &w[..]);
    let plan = Plan::new(&points, core, options()).unwrap();
    let all = plan.evaluate(&vectors, ALL).unwrap().sums;
    for (w, all) in vectors.iter().zip(&all) {
        assert_eq!(plan.evaluate(&[w], ALL).unwrap().sums[0], *all);
        let field = plan.evaluate(&[w], Outputs::FIELD).unwrap().sums.remove(0);
        assert_eq!(field.field, all.field);
        let potential = plan.evaluate(&[w], Outputs::POTENTIAL).unwrap();
        assert_eq!(potential.sums[0].potential, all.potential);
    }
}

/// A plan that has moved sums the bits of a new one, on any number of threads; also from positions without a grid to such that have one.
#[test]
fn plans_move() {
    let n = 4000;
    let points = Shape::Gaussian.points(n, 90);
    let w = Signs::One.strengths(n, 90);
    let (kernel, delta) = (BiotSavart2d, 0.05);
    let core = GaussianCore { kernel, delta };
    let moved = |factor: f64| -> Vec<[f64; 2]> {
        points.iter().map(|x| x.map(|x| factor * x + 0.3)).collect()
    };
    let options = || Options::tolerance(1e-6).leaf_capacity(60).grid(true);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| {
            let mut plan = Plan::new(&points, core, options()).unwrap();
            let mut fields = vec![plan.field(&w).unwrap()];
            let mut grids = vec![plan.report().grid];
            for factor in [1.01, 1.9, 1e3, 0.7] {
                plan.move_to(&moved(factor)).unwrap();
                fields.push(plan.field(&w).unwrap());
                grids.push(plan.report().grid);
            }
            (fields, grids)
        })
    };
    let (fields, grids) = on(1);
    assert!(on(3).0 == fields);
    assert_eq!(grids.iter().filter(|grid| grid.is_none()).count(), 1);
    for (factor, field) in [1.01, 1.9, 1e3, 0.7].into_iter().zip(&fields[1..]) {
        let points = moved(factor);
        let fresh = Plan::new(&points, core, options()).unwrap();
        assert!(fresh.field(&w).unwrap() == *field, "{factor}");
        let exact = direct::field(&points[..300], &points, &w, core).unwrap();
        let error = relative_l2(field[..300].as_flattened(), exact.as_flattened());
        assert!(error <= 1e-6, "{factor}: {error:e}");
    }
}

/// Where it is faster, and allowed.
#[test]
fn when_there_is_a_grid() {
    let points = Shape::Uniform.points(60_000, 91);
    let core = |delta: f64| GaussianCore {
        kernel: BiotSavart2d,
        delta,
    };
    let taken = |kernel, options: Options| {
        let report = Plan::new(&points, kernel, options).unwrap().report();
        (report.on_grid, report.grid.is_some(), report.wide_core)
    };
    let options = || Options::tolerance(1e-6);
    assert_eq!(taken(core(0.3), options()), (true, true, false));
    assert_eq!(taken(core(1e-4), options()), (false, false, false));
    assert_eq!(
        taken(core(0.3), options().grid(false)),
        (false, false, true)
    );
    let pointwise = || options().guarantee(Guarantee::Pointwise);
    assert_eq!(taken(core(0.3), pointwise()), (false, false, false));
    let wanted = |options: Options| Plan::new(&points, core(0.1), options.grid(true));
    refused(wanted(pointwise()), &["grid", "true", "pointwise"]);
    refused(
        wanted(options().torus(&[1.0; 2])),
        &["grid", "true", "torus"],
    );
    assert_eq!(
        taken(core(1e-4), options().grid(true)),
        (true, false, false)
    );
}

/// Fields alone, of sizes and scales that lead to fine and to coarse grids.
#[test]
fn grids_of_every_fineness() {
    let mut bad = vec![];
    for n in [20_000, 100_000] {
        let unit = Shape::Uniform.points(n, 92);
        let w = Signs::Random.strengths(n, 92);
        for (scale, delta, tolerance) in [
            (1.0, 0.1, 1e-5),
            (1.1, 0.3, 1e-5),
            (1.3, 0.39, 1e-5),
            (1e12, 3e11, 1e-5),
            (1e-80, 3e-81, 1e-5),
            (1.0, 0.1, 1e-3),
            (1.2, 0.2, 1e-8),
        ] {
            let points: Vec<[f64; 2]> = unit.iter().map(|x| x.map(|x| scale * x)).collect();
            let (kernel, order) = (Coulomb2d, 4);
            let plain = GaussianCore { kernel, delta };
            let high = HighOrderGaussianCore {
                kernel,
                delta,
                order,
            };
            bad.extend(field_misses(&points, &w, plain, tolerance));
            bad.extend(field_misses(&points, &w, high, tolerance));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// The error of a field at some targets, if it is above the tolerance.
fn field_misses<K: Kernel<2, Strength<f64> = f64>>(
    points: &[[f64; 2]],
    w: &[f64],
    kernel: K,
    tolerance: f64,
) -> Option<String> {
    let options = Options::tolerance(tolerance).grid(true);
    let plan = Plan::new(points, kernel.clone(), options).unwrap();
    let grid = plan.report().grid.expect("a grid");
    let field = plan.field(w).unwrap();
    let exact = direct::field(&points[..200], points, w, kernel.clone()).unwrap();
    let error = relative_l2(field[..200].as_flattened(), exact.as_flattened());
    let line = format!("{} {tolerance:e}, {grid:?}: {error:e}", kernel.name());
    (error > tolerance).then_some(line)
}

/// Sources that nearly cancel: pairs of opposite strengths, much closer than a cell.
#[test]
fn pairs_of_opposite_strengths() {
    let n = 5000;
    let centres = Shape::Uniform.points(n, 93);
    let points: Vec<[f64; 2]> = (0..2 * n)
        .map(|i| {
            [
                centres[i / 2][0] + if i % 2 == 0 { 0.01 } else { 0.0 },
                centres[i / 2][1],
            ]
        })
        .collect();
    let w: Vec<f64> = (0..2 * n)
        .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    let mut bad = vec![];
    for delta in [0.1, 0.3] {
        let kernel = Coulomb2d;
        let core = GaussianCore { kernel, delta };
        for tolerance in [1e-3, 1e-5, 1e-8] {
            bad.extend(field_misses(&points, &w, core, tolerance));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// In f32, lengths and strengths whose sums leave the range but for the unit in which they are taken.
#[test]
fn single_precision_far_from_one() {
    let unit = space::Shape::Uniform.points(2000, 94);
    let (kernel, delta) = (Coulomb3d, 0.3);
    for (length, strength) in [(1e25, 1e35), (1e18, 1e30), (1e-15, 1e-20)] {
        let points: Vec<[f32; 3]> = rounded(
            &unit
                .iter()
                .map(|x| x.map(|x| length * x))
                .collect::<Vec<_>>(),
        );
        let wide: Vec<[f64; 3]> = points.iter().map(|x| x.map(f64::from)).collect();
        let w: Vec<f32> = Signs::Random
            .strengths(2000, 94)
            .iter()
            .map(|&w| (w * strength) as f32)
            .collect();
        let w_wide: Vec<f64> = w.iter().map(|&w| f64::from(w)).collect();
        let core = GaussianCore {
            kernel,
            delta: delta * length,
        };
        let plan = Plan::new(&points, core, Options::tolerance(1e-4).grid(true)).unwrap();
        assert!(plan.report().grid.is_some());
        let field = plan.field(&w).unwrap();
        let exact = direct::field(&wide, &wide, &w_wide, core).unwrap();
        let error = relative_l2(field.as_flattened(), exact.as_flattened());
        assert!(error <= 1e-4, "{length:e}, {strength:e}: {error:e}");
    }
}

/// Two halves of a cloud that part: wide cores come from tables there, and on a grid again when they are back, with the bits of a new plan.
#[test]
fn from_a_grid_to_tables_and_back() {
    let n = 24_000;
    let points = Shape::Gaussian.points(n, 95);
    let w = Signs::Random.strengths(n, 95);
    let (kernel, delta) = (BiotSavart2d, 2.0);
    let core = GaussianCore { kernel, delta };
    let apart = |distance: f64| -> Vec<[f64; 2]> {
        let side = |i: usize| if i < n / 2 { distance } else { 0.0 };
        let moved = points.iter().enumerate();
        moved.map(|(i, x)| [x[0] + side(i), x[1]]).collect()
    };
    let options = || Options::tolerance(1e-6).grid(true);
    let mut plan = Plan::new(&points, core, options()).unwrap();
    for (distance, on_grid) in [(1e5, false), (1.0, true), (2e5, false), (3e5, false)] {
        let points = apart(distance);
        plan.move_to(&points).unwrap();
        let report = plan.report();
        assert_eq!(report.grid.is_some(), on_grid, "{distance}");
        assert!(on_grid || report.wide_core, "{distance}");
        let fresh = Plan::new(&points, core, options()).unwrap();
        let field = plan.field(&w).unwrap();
        assert!(fresh.field(&w).unwrap() == field, "{distance}");
        let exact = direct::field(&points[..200], &points, &w, core).unwrap();
        let error = relative_l2(field[..200].as_flattened(), exact.as_flattened());
        assert!(error <= 1e-6, "{distance}: {error:e}");
    }
    // After a failed move the plan is as before, here with tables.
    let before = plan.field(&w).unwrap();
    let mut bad = apart(1.0);
    bad[7] = [f64::NAN, 0.0];
    assert!(plan.move_to(&bad).is_err());
    assert!(plan.field(&w).unwrap() == before);
}

/// Cores far narrower than any distance have no grid, and take no time to find that.
#[test]
fn far_too_narrow_for_a_grid() {
    let (points, kernel) = (space::Shape::Uniform.points(20_000, 95), Coulomb3d);
    let w = Signs::One.strengths(points.len(), 95);
    let options = || Options::tolerance(1e-8);
    let without = Plan::new(&points, kernel, options()).unwrap();
    let without = without.field(&w).unwrap();
    for delta in [1e-10, 1e-12, 1e-19, 1e-30, 1e-300] {
        let plan = Plan::new(&points, GaussianCore { kernel, delta }, options()).unwrap();
        assert!(!plan.report().on_grid, "{delta:e}");
        let error = relative_l2(
            plan.field(&w).unwrap().as_flattened(),
            without.as_flattened(),
        );
        assert!(error < 1e-8, "{delta:e}: {error:e}");
    }
}

/// Points at two places, and on a line along an axis: what they have of each other there is nothing, which a grid must not miss.
#[test]
fn places_and_lines() {
    let n = 1500;
    let mut bad = vec![];
    let places: Vec<[f64; 3]> = (0..n).map(|i| [[0.0; 3], [1.0, 0.7, 0.3]][i % 2]).collect();
    let near_places: Vec<[f64; 3]> = space::Shape::Uniform
        .points(n, 95)
        .iter()
        .zip(&places)
        .map(|(beside, x)| std::array::from_fn(|a| x[a] + 1e-5 * beside[a]))
        .collect();
    let along = space::Shape::Uniform.points(n, 96);
    let line: Vec<[f64; 3]> = along.iter().map(|x| [x[0], 0.0, 0.0]).collect();
    let w = vec![1.0; n];
    let tolerances = [1e-4, 1e-6, 1e-8];
    for (points, delta) in [(near_places, 0.1), (line, 0.2)] {
        let kernel = Coulomb3d;
        let core = GaussianCore { kernel, delta };
        bad.extend(misses((None, &points), &w, &core, &tolerances));
    }
    // Second derivatives of so many points at one place are those of others, and miss by up to six times.
    let (kernel, delta) = (Coulomb3d, 0.1);
    let core = GaussianCore { kernel, delta };
    let outputs = [Outputs::BOTH];
    bad.extend(misses_of(&outputs, (None, &places), &w, &core, &tolerances));
    assert!(bad.is_empty(), "{bad:#?}");
}

//! Every width of a core, even clouds, gradients, moves.

use super::*;

/// By mean distances of 3000 points in the box of side 0.7: from 0.01 to 100, which is two sides; from 5.5 on by modes.
#[test]
fn every_width_in_the_plane() {
    let spacing = 0.7 / 3000f64.sqrt();
    for ratio in [0.01, 1.0, 5.0, 6.0, 20.0, 100.0] {
        let tolerances = [1e-3, 1e-6, 1e-8, 1e-10];
        within_tolerance::<_, 2>(core(BiotSavart2d, ratio * spacing), &tolerances, |w| w);
    }
    within_tolerance::<_, 2>(core(Coulomb2d, 3.0 * spacing), &[1e-5, 1e-9], |w| w);
}

/// 100 are seven sides: fields are there 10⁻¹⁹ of what single pairs are; from 3.6 on by modes.
#[test]
fn every_width_in_space() {
    let spacing = 0.7 / 3000f64.cbrt();
    for ratio in [0.01, 3.0] {
        within_tolerance::<_, 3>(core(Coulomb3d, ratio * spacing), &[1e-3, 1e-4], |w| w);
    }
    within_tolerance::<_, 3>(core(Coulomb3d, spacing), &[1e-5], |w| w);
    for ratio in [4.0, 100.0] {
        let tolerances = [1e-3, 1e-6, 1e-9];
        within_tolerance::<_, 3>(core(Coulomb3d, ratio * spacing), &tolerances, |w| w);
    }
    let vectors = |w: f64| [w, -0.3 * w, 0.5];
    within_tolerance::<_, 3>(core(BiotSavart3d, 2.0 * spacing), &[1e-3], vectors);
}

#[test]
fn the_least_tolerance_in_space() {
    let (points, w) = (even::<3>(1500, 1.0), Signs::One.strengths(1500, 93));
    let (kernel, sides) = (core(Coulomb3d, 0.05), [1.0; 3]);
    let exact = direct::on_torus(&points, &points, &[&w], kernel, &sides, Outputs::BOTH, None);
    let options = Options::tolerance(1e-6)
        .outputs(Outputs::BOTH)
        .torus(&sides);
    let plan = Plan::new(&points, kernel, options).unwrap();
    let error = worst_error(&summed(&plan, &w, Outputs::BOTH), &exact.unwrap()[0]);
    assert!(error <= 1e-6, "{error:e}");
}

/// Many points of equal strengths, whose fields a core makes smaller yet.
#[test]
fn even_clouds() {
    let n = 40_000;
    let (points, w, sides) = (even::<2>(n, 1.0), vec![1.0; n], [1.0; 2]);
    let targets: Vec<[f64; 2]> = points.iter().copied().step_by(200).collect();
    for ratio in [1.0, 10.0, 18.0, 40.0] {
        let kernel = core(Coulomb2d, ratio / 200.0);
        let exact = direct::on_torus(
            &targets,
            &points,
            &[&w],
            kernel,
            &sides,
            Outputs::BOTH,
            None,
        );
        let exact = exact.unwrap().remove(0);
        for tolerance in [1e-3, 1e-6, 1e-9] {
            let options = Options::tolerance(tolerance)
                .outputs(Outputs::BOTH)
                .torus(&sides);
            let plan = Plan::new(&points, kernel, options).unwrap();
            let mut found = summed(&plan, &w, Outputs::BOTH);
            found.field = found.field.into_iter().step_by(200).collect();
            found.potential = found.potential.into_iter().step_by(200).collect();
            let error = worst_error(&found, &exact);
            assert!(error <= tolerance, "{ratio} {tolerance:e}: {error:e}");
        }
    }
}

/// Of the oracle against differences of its field, of plans against the oracle.
#[test]
fn gradients() {
    let (n, side) = (2000, 1.0);
    let flat = |sums: &Sums<f64, 2>| sums.gradient.as_flattened().as_flattened().to_vec();
    for (delta, shape) in [
        (0.01, Shape::Uniform),
        (0.08, Shape::Cauchy),
        (0.5, Shape::Gaussian),
    ] {
        let (points, w) = (on::<2>(shape, n, side), Signs::Random.strengths(n, 94));
        let kernel = core(BiotSavart2d, delta);
        let sum = |targets: &[[f64; 2]], outputs| {
            let sums = direct::on_torus(targets, &points, &[&w], kernel, &[side; 2], outputs, None);
            sums.unwrap().remove(0)
        };
        let exact = sum(&points, Outputs::GRADIENT);
        let (place, step) = ([0.123, 0.456], 1e-4 * delta);
        let own = &sum(&[place], Outputs::GRADIENT).gradient[0];
        let moved = |b: usize, by: f64| {
            let mut place = place;
            place[b] += by;
            sum(&[place], Outputs::FIELD).field[0]
        };
        for b in 0..2 {
            let (above, below) = (moved(b, step), moved(b, -step));
            for a in 0..2 {
                let slope = (above[a] - below[a]) / (2.0 * step);
                let size = own
                    .as_flattened()
                    .iter()
                    .fold(0.0, |most: f64, g| most.max(g.abs()));
                assert!(
                    (slope - own[a][b]).abs() < 1e-6 * size,
                    "{delta} {a} {b}: {slope}"
                );
            }
        }
        for tolerance in [1e-3, 1e-6, 1e-9] {
            let options = Options::tolerance(tolerance)
                .outputs(Outputs::GRADIENT)
                .torus(&[side; 2]);
            let plan = Plan::new(&points, kernel, options).unwrap();
            let error = relative_l2(&flat(&summed(&plan, &w, Outputs::GRADIENT)), &flat(&exact));
            assert!(error <= tolerance, "{delta} {tolerance:e}: {error:e}");
        }
    }
}

#[test]
fn gradients_in_space() {
    let (n, sides) = (1500, [1.0; 3]);
    let (points, w) = (
        on::<3>(Shape::Uniform, n, 1.0),
        Signs::Random.strengths(n, 94),
    );
    let flat = |sums: &Sums<f64, 3>| sums.gradient.as_flattened().as_flattened().to_vec();
    for delta in [0.05, 0.3] {
        let kernel = core(Coulomb3d, delta);
        let exact = direct::on_torus(
            &points,
            &points,
            &[&w],
            kernel,
            &sides,
            Outputs::GRADIENT,
            None,
        );
        let options = Options::tolerance(1e-4)
            .outputs(Outputs::GRADIENT)
            .torus(&sides);
        let plan = Plan::new(&points, kernel, options.leaf_capacity(50)).unwrap();
        let found = summed(&plan, &w, Outputs::GRADIENT);
        let error = relative_l2(&flat(&found), &flat(&exact.unwrap()[0]));
        assert!(error <= 1e-4, "{delta}: {error:e}");
    }
}

#[test]
fn separate_targets_moves_and_threads() {
    for delta in [0.05, 0.8] {
        let (n, side, kernel) = (2500, 2.0, core(BiotSavart2d, delta));
        let (sources, w) = (
            on::<2>(Shape::Gaussian, n, side),
            Signs::Random.strengths(n, 97),
        );
        let targets = even::<2>(700, 5.0);
        let exact = direct::on_torus(
            &targets,
            &sources,
            &[&w],
            kernel,
            &[side; 2],
            Outputs::BOTH,
            None,
        );
        let options = || {
            Options::tolerance(1e-6)
                .outputs(Outputs::BOTH)
                .torus(&[side; 2])
        };
        let mut plan = Plan::with_targets(&targets, &sources, kernel, options()).unwrap();
        let found = summed(&plan, &w, Outputs::BOTH);
        let error = worst_error(&found, &exact.unwrap()[0]);
        assert!(error <= 1e-6, "{error:e}");
        let other: Vec<[f64; 2]> = sources.iter().map(|x| x.map(|x| 0.1 * x)).collect();
        plan.move_both(&targets, &other).unwrap();
        let fresh = Plan::with_targets(&targets, &other, kernel, options()).unwrap();
        let (moved, fresh) = (
            summed(&plan, &w, Outputs::BOTH),
            summed(&fresh, &w, Outputs::BOTH),
        );
        assert!(worst_error(&moved, &fresh) < 1e-12);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let plan = Plan::with_targets(&targets, &sources, kernel, options().pool(pool.into()));
            assert_eq!(summed(&plan.unwrap(), &w, Outputs::BOTH), found);
        }
    }
}

//! Riesz kernels on the torus: lattice sums that are known, Coulomb's kernels, accuracy, even clouds.

use super::*;

/// A point feels its own images: s g = Σ' |R|^{−s}, continued to s < d. In the plane that is 4 ζ(s/2) β(s/2) (G. H. Hardy, Mess. Math. 49,
/// 1919), in space Epstein's zeta function; by mpmath in 25 digits.
#[test]
fn lattice_sums_are_epsteins() {
    let plane = [
        (0.3, -1.477_962_843_000_257_6),
        (0.5, -1.921_689_221_179_930_1),
        (1.0, -3.900_264_920_001_956),
        (1.5, -10.077_559_478_793_152),
        (1.9, -60.265_349_321_790_43),
    ];
    let space = [
        (0.5, -1.702_284_196_034_363_3),
        (1.0, -2.837_297_479_480_619_6),
        (1.7, -6.071_189_721_107_69),
        (2.0, -8.913_632_917_585_15),
        (2.5, -21.391_534_098_334_255),
    ];
    for (s, expected) in plane {
        lone::<2>(s, expected, 1e-10);
    }
    for (s, expected) in space {
        lone::<3>(s, expected, 3e-7);
    }
}

fn lone<const D: usize>(s: f64, zeta: f64, tolerance: f64)
where
    Riesz: Kernel<D, Strength<f64> = f64>,
{
    let (side, points) = (1.7f64, [[0.4; D]]);
    let sides = [side; D];
    let exact = direct::on_torus(
        &points,
        &points,
        &[&[2.0f64]],
        Riesz { s },
        &sides,
        Outputs::BOTH,
        None,
    );
    let options = Options::tolerance(tolerance)
        .outputs(Outputs::BOTH)
        .torus(&sides);
    let plan = Plan::new(&points, Riesz { s }, options).unwrap();
    let found: Sums<f64, D> = summed(&plan, &[2.0], Outputs::BOTH);
    for (sums, error) in [(&exact.unwrap()[0], 2e-13), (&found, tolerance)] {
        let potential = sums.potential[0] * s * side.powf(s) / 2.0;
        assert!(
            (potential / zeta - 1.0).abs() < error,
            "{D} {s}: {potential} {zeta}"
        );
        assert!(sums.field[0].iter().all(|u| u.abs() < error), "{D} {s}");
    }
}

/// s = d − 2 is Coulomb's kernel but for 2π or 4π.
#[test]
fn coulombs_kernels_are_among_them() {
    fn same<C: Kernel<D, Strength<f64> = f64>, const D: usize>(coulomb: C, factor: f64)
    where
        Riesz: Kernel<D, Strength<f64> = f64>,
    {
        let (points, w) = (even::<D>(300, 0.8), Signs::One.strengths(300, 98));
        let s = D as f64 - 2.0;
        let flat = |sums: &[Sums<f64, D>]| {
            let sums = &sums[0];
            let field = sums.field.as_flattened().iter();
            let all = field.chain(&sums.potential);
            let all = all.chain(sums.gradient.as_flattened().as_flattened());
            all.copied().collect::<Vec<f64>>()
        };
        let outputs = Outputs {
            field: true,
            potential: true,
            gradient: true,
        };
        let sides = [0.8; D];
        let of_riesz =
            direct::on_torus(&points, &points, &[&w], Riesz { s }, &sides, outputs, None);
        let of_coulomb = direct::on_torus(&points, &points, &[&w], coulomb, &sides, outputs, None);
        let expected: Vec<f64> = flat(&of_coulomb.unwrap())
            .iter()
            .map(|x| factor * x)
            .collect();
        assert!(relative_l2(&flat(&of_riesz.unwrap()), &expected) < 1e-13);
    }
    same(Coulomb2d, TAU);
    same(Coulomb3d, 2.0 * TAU);
}

#[test]
fn within_tolerance_in_the_plane() {
    for s in [0.0, 0.3, 0.5, 1.0, 1.5, 1.9] {
        super::within_tolerance::<_, 2>(Riesz { s }, &IN_PLANE, |w| w);
    }
}

#[test]
fn within_tolerance_in_space() {
    for s in [0.0, 0.5, 1.0, 1.7, 2.0, 2.5] {
        super::within_tolerance::<_, 3>(Riesz { s }, &[1e-3, 1e-5, 1e-6], |w| w);
    }
}

#[test]
fn boxes_three_cells_wide() {
    for s in [0.0, 0.5, 1.9] {
        three_cells_wide::<_, 2>(Riesz { s }, &[672, 168], &[1e-3, 1e-6, 1e-10], |w| w);
    }
    for s in [0.0, 0.5, 2.0] {
        three_cells_wide::<_, 3>(Riesz { s }, &[320, 40], &[1e-3, 1e-6], |w| w);
    }
}

/// Many points with equal strengths that fill the box evenly, whose field is what they lack of a uniform density: before that was taken out
/// of multipoles, fields of a shaken lattice missed by 90 times, and potentials of even points by 6.
#[test]
fn even_clouds() {
    let n = 40_000;
    let mut shaken = even::<2>(n, 0.1);
    for (i, x) in shaken.iter_mut().enumerate() {
        *x = [x[0] + (i % 200) as f64, x[1] + (i / 200) as f64].map(|x| x / 200.0);
    }
    for (name, points) in [("even", even::<2>(n, 1.0)), ("shaken", shaken)] {
        let targets: Vec<[f64; 2]> = points.iter().copied().step_by(200).collect();
        let w = vec![1.0; n];
        for s in [0.1, 0.3, 0.7] {
            let sides = [1.0; 2];
            let exact = direct::on_torus(
                &targets,
                &points,
                &[&w],
                Riesz { s },
                &sides,
                Outputs::BOTH,
                None,
            );
            let exact = exact.unwrap().remove(0);
            for tolerance in [1e-3, 1e-6] {
                let options = Options::tolerance(tolerance)
                    .outputs(Outputs::BOTH)
                    .torus(&sides);
                let plan = Plan::new(&points, Riesz { s }, options).unwrap();
                let mut found = summed(&plan, &w, Outputs::BOTH);
                found.field = found.field.into_iter().step_by(200).collect();
                found.potential = found.potential.into_iter().step_by(200).collect();
                let error = worst_error(&found, &exact);
                assert!(
                    error <= tolerance,
                    "{name}, s = {s}, {tolerance:e}: {error:e}"
                );
            }
        }
    }
}

#[test]
fn gradients_and_targets_apart() {
    let (sources, targets) = (on::<3>(Shape::Gaussian, 2500, 2.0), even::<3>(600, 5.0));
    let (w, sides, kernel) = (
        Signs::Random.strengths(2500, 99),
        [2.0; 3],
        Riesz { s: 1.3 },
    );
    let exact = direct::on_torus(
        &targets,
        &sources,
        &[&w],
        kernel,
        &sides,
        Outputs::GRADIENT,
        None,
    );
    let exact = exact.unwrap().remove(0);
    let options = Options::tolerance(1e-4)
        .outputs(Outputs::GRADIENT)
        .torus(&sides);
    let plan = Plan::with_targets(&targets, &sources, kernel, options).unwrap();
    let found = summed(&plan, &w, Outputs::GRADIENT);
    let flat = |sums: &Sums<f64, 3>| sums.gradient.as_flattened().as_flattened().to_vec();
    let error = relative_l2(&flat(&found), &flat(&exact));
    assert!(error <= 1e-4, "{error:e}");
}

/// Whole sides do not matter, nor where the box begins; K(λz) = λ^{−s−1} K(z).
#[test]
fn motions_and_scales() {
    let s = 0.6;
    let (points, w) = (even::<2>(1500, 1.0), Signs::Random.strengths(1500, 95));
    let field = |points: &[[f64; 2]], side: f64| {
        let options = Options::tolerance(1e-10).torus(&[side; 2]);
        let plan = Plan::new(points, Riesz { s }, options).unwrap();
        plan.field(&w).unwrap()
    };
    let expected = field(&points, 1.0);
    let flat = expected.as_flattened();
    for shift in [[3.0, -8.0], [0.37, -0.81]] {
        let moved = points.iter().map(|x| [x[0] + shift[0], x[1] + shift[1]]);
        let moved: Vec<[f64; 2]> = moved.collect();
        assert!(relative_l2(field(&moved, 1.0).as_flattened(), flat) < 2e-10);
    }
    for scale in [1e-80, 3e-7, 1e9, 1e80f64] {
        let scaled: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| x * scale)).collect();
        let back = |u: &f64| u * scale.powf(s + 1.0);
        let found: Vec<f64> = field(&scaled, scale)
            .as_flattened()
            .iter()
            .map(back)
            .collect();
        let error = relative_l2(&found, flat);
        assert!(error < 2e-10, "{scale:e}: {error:e}");
    }
}

#[test]
fn powers_near_zero_are_refused() {
    let points = even::<2>(100, 1.0);
    let made = |s| {
        Plan::new(
            &points,
            Riesz { s },
            Options::tolerance(1e-6).torus(&[1.0; 2]),
        )
    };
    for s in [1e-300, 1e-4] {
        refused(
            made(s).map(|_| ()),
            &["kernel", "riesz", "s = 0 or s from 1e-3 on"],
        );
    }
    assert!(made(1e-3).is_ok() && made(0.0).is_ok());
}

/// In open space 1e-7 can be asked for; on a torus fields of points with random signs were wrong by up to 1.2 times there.
#[test]
fn the_least_tolerances_are_larger() {
    let points = even::<3>(100, 1.0);
    let made = |s, tolerance| {
        let options = Options::tolerance(tolerance).torus(&[1.0; 3]);
        Plan::new(&points, Riesz { s }, options).map(|_| ())
    };
    refused(made(0.5, 2e-7), &["tolerance", "2e-7", "on a torus"]);
    assert!(made(0.5, 3e-7).is_ok());
}

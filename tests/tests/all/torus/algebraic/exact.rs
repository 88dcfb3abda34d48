//! Sums that are known, narrow cores, motions and scales.

use super::*;

/// At z = (0.1, 0.3, −0.2) of a source, side 1, by mpmath in thirty digits: Σ_{k≠0} (D − 1) (δ/k) K₁(2πkδ) e^{2πik·z} and −∇ of it.
#[test]
fn the_oracle_is_the_sum_of_its_modes() {
    let plane = [
        (
            0.05,
            [
                0.011_046_834_049_083_563,
                0.745_151_660_008_157,
                1.934_499_402_065_019_7,
            ],
        ),
        (
            0.15,
            [
                0.032_345_787_601_573_54,
                0.591_634_716_302_081_3,
                1.502_501_661_165_093_8,
            ],
        ),
        (
            0.45,
            [
                0.017_274_200_925_778_9,
                0.151_071_241_808_034_22,
                0.332_324_264_065_770_85,
            ],
        ),
        (
            0.8,
            [
                0.002_900_486_874_172_117_3,
                0.022_279_511_725_421_32,
                0.041_829_444_279_617_74,
            ],
        ),
        (
            3.0,
            [
                5.748_954_775_460_913e-9,
                4.246_756_239_140_55e-8,
                6.875_090_237_859_136e-8,
            ],
        ),
    ];
    let space = [
        (
            0.15,
            [
                0.159_989_977_693_905_37,
                1.318_232_468_050_819,
                3.366_987_654_977_110_4,
                -2.511_268_524_212_937_3,
            ],
        ),
        (
            0.45,
            [
                0.063_367_656_722_733_4,
                0.330_215_737_811_775_9,
                0.734_522_413_426_471_2,
                -0.601_506_795_040_351_8,
            ],
        ),
        (
            0.8,
            [
                0.009_893_974_411_242_759,
                0.046_451_461_605_591_85,
                0.087_698_914_174_946_96,
                -0.079_904_011_763_271_78,
            ],
        ),
        (
            3.0,
            [
                1.860_742_280_604_955e-8,
                8.494_773_190_348_553e-8,
                1.375_222_875_471_944e-7,
                -1.374_813_227_393_465e-7,
            ],
        ),
    ];
    for (delta, expected) in plane {
        let expected = expected.map(|x| x / TAU);
        at(core(Coulomb2d, 0.3 * delta), 0.3, [0.1, 0.3], expected);
        at(core(Coulomb2d, delta), 1.0, [0.1, 0.3], expected);
    }
    for (delta, expected) in space {
        let expected = expected.map(|x| x / (2.0 * TAU));
        at(
            core(Coulomb3d, 0.3 * delta),
            0.3,
            [0.1, 0.3, -0.2],
            expected,
        );
        at(core(Coulomb3d, delta), 1.0, [0.1, 0.3, -0.2], expected);
    }
}

fn at<K: Kernel<D, Strength<f64> = f64>, const D: usize, const N: usize>(
    kernel: K,
    side: f64,
    z: [f64; D],
    expected: [f64; N],
) {
    let (target, source) = ([z.map(|z| side * (z + 0.4))], [[0.4 * side; D]]);
    let name = kernel.name();
    let sums = direct::on_torus(
        &target,
        &source,
        &[&[1.0]],
        kernel,
        &[side; D],
        Outputs::BOTH,
        None,
    );
    let sums = sums.unwrap().remove(0);
    let unit = side.powi(D as i32 - 2);
    let found = sums.potential[0] * unit;
    // Pairs cancel to a hundredth.
    assert!(
        (found / expected[0] - 1.0).abs() < 3e-13,
        "{name}: {found} {}",
        expected[0]
    );
    for (found, expected) in sums.field[0].iter().zip(&expected[1..]) {
        let found = found * unit * side;
        assert!(
            (found / expected - 1.0).abs() < 2e-14,
            "{name}: {found} {expected}"
        );
    }
}

/// A point feels its images alone: Σ_{k≠0} ĝ(k) − g(0), by mpmath.
#[test]
fn lone_points() {
    for (delta, expected) in [
        (0.05, -1.286_299_331_255_109),
        (0.1, -1.235_262_128_191_106),
        (0.4, -0.769_722_571_960_805_8),
    ] {
        for side in [1.0, 1.7f64] {
            let expected = (expected + side.ln()) / TAU;
            lone::<_, 2>(core(Coulomb2d, delta * side), side, expected, 1e-10);
        }
    }
    for (delta, expected) in [(0.2, -2.454_615_241_858_161), (0.4, -1.936_610_526_474_895)] {
        for side in [1.0, 1.7] {
            let expected = expected / (2.0 * TAU * side);
            lone::<_, 3>(core(Coulomb3d, delta * side), side, expected, 1e-5);
        }
    }
}

fn lone<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    kernel: K,
    side: f64,
    expected: f64,
    tolerance: f64,
) {
    // At one place twice.
    let (points, w, sides) = ([[0.4; D]; 2], [1.5f64, 0.5], [side; D]);
    let exact = direct::on_torus(
        &points,
        &points,
        &[&w],
        kernel.clone(),
        &sides,
        Outputs::BOTH,
        None,
    );
    let options = Options::tolerance(tolerance)
        .outputs(Outputs::BOTH)
        .torus(&sides);
    let plan = Plan::new(&points, kernel.clone(), options).unwrap();
    let found: Sums<f64, D> = summed(&plan, &w, Outputs::BOTH);
    for (sums, error) in [(&exact.unwrap()[0], 1e-13), (&found, tolerance)] {
        for potential in &sums.potential {
            let ratio = potential / (2.0 * expected);
            assert!(
                (ratio - 1.0).abs() < error,
                "{}: {potential} {expected}",
                kernel.name()
            );
        }
        assert!(sums.field.iter().flatten().all(|u| u.abs() < error));
    }
}

/// A core far narrower than all distances is none.
#[test]
fn narrow_cores_are_none() {
    fn same<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
        singular: K,
        kernel: AlgebraicCore<K>,
        tolerance: f64,
    ) where
        AlgebraicCore<K>: Kernel<D, Strength<f64> = f64>,
    {
        let (points, w, sides) = (
            even::<D>(400, 0.8),
            Signs::Random.strengths(400, 98),
            [0.8; D],
        );
        let expected = direct::on_torus(
            &points,
            &points,
            &[&w],
            singular,
            &sides,
            Outputs::BOTH,
            None,
        );
        let expected = expected.unwrap().remove(0);
        let oracle = direct::on_torus(
            &points,
            &points,
            &[&w],
            kernel.clone(),
            &sides,
            Outputs::BOTH,
            None,
        );
        assert!(worst_error(&oracle.unwrap()[0], &expected) < 1e-12);
        let options = Options::tolerance(tolerance)
            .outputs(Outputs::BOTH)
            .torus(&sides);
        let plan = Plan::new(&points, kernel, options.leaf_capacity(20)).unwrap();
        let error = worst_error(&summed(&plan, &w, Outputs::BOTH), &expected);
        assert!(error <= tolerance, "{error:e}");
    }
    same::<_, 2>(Coulomb2d, core(Coulomb2d, 1e-10), 1e-9);
    same::<_, 3>(Coulomb3d, core(Coulomb3d, 1e-12), 1e-4);
}

/// Whole sides do not matter, nor where the box begins; lengths scale.
#[test]
fn motions_and_scales() {
    for delta in [0.03, 0.7] {
        let (points, w) = (even::<2>(1500, 1.0), Signs::Random.strengths(1500, 95));
        let field = |points: &[[f64; 2]], side: f64| {
            let options = Options::tolerance(1e-9).torus(&[side; 2]);
            let plan = Plan::new(points, core(Coulomb2d, delta * side), options).unwrap();
            plan.field(&w).unwrap()
        };
        let expected = field(&points, 1.0);
        let flat = expected.as_flattened();
        for shift in [[3.0, -8.0], [0.37, -0.81]] {
            let moved = points.iter().map(|x| [x[0] + shift[0], x[1] + shift[1]]);
            let moved: Vec<[f64; 2]> = moved.collect();
            assert!(relative_l2(field(&moved, 1.0).as_flattened(), flat) < 2e-9);
        }
        for scale in [1e-60, 3e-7, 1e9, 1e40] {
            let scaled: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| x * scale)).collect();
            let found = field(&scaled, scale);
            let found: Vec<f64> = found.as_flattened().iter().map(|u| u * scale).collect();
            let error = relative_l2(&found, flat);
            assert!(error < 2e-9, "{scale:e}: {error:e}");
        }
    }
}

//! Brownian increments: keys, moments, distribution. Bounds are set for a false alarm of at most 1e-5 each; the seeds are
//! fixed, so the tests pass or fail for good.

use crate::common::threads;
use farfield_dynamics::noise::{Brownian, Piece};

fn draw(seed: u64, step: u64, n: usize) -> Vec<[f64; 2]> {
    let mut out = vec![[0.0; 2]; n];
    Brownian::new(seed).increments(step, 1.0, &mut out);
    out
}

#[test]
fn depends_on_the_key_alone() {
    let all = draw(7, 3, 20_000);
    for n in [1, 63, 64, 65, 4095, 4097, 10_000] {
        assert_eq!(draw(7, 3, n), all[..n], "first {n} of more particles");
    }
    assert_eq!(threads(1, || draw(7, 3, 20_000)), all);
    assert_eq!(threads(3, || draw(7, 3, 20_000)), all);
    // Any other key gives other numbers, also where only the upper half of a word differs.
    for (seed, step) in [(8, 3), (7 + (1 << 32), 3), (7, 4), (7, 3 + (1 << 32))] {
        let other = draw(seed, step, 1000);
        assert!(
            other
                .iter()
                .zip(&all)
                .all(|(a, b)| a[0] != b[0] && a[1] != b[1])
        );
    }
}

/// In space: keyed likewise, into the first three numbers of a row, and other numbers than in the plane.
#[test]
fn in_space_too_it_depends_on_the_key_alone() {
    let draw = |seed, step, n| {
        let mut out = vec![[7.0; 4]; n];
        Brownian::new(seed).increments_in_space(step, 0.25, &mut out);
        out
    };
    let all = draw(7, 3, 10_000);
    for n in [1, 63, 65, 4097] {
        assert_eq!(draw(7, 3, n), all[..n], "first {n} of more particles");
    }
    for count in [1, 3] {
        assert_eq!(threads(count, || draw(7, 3, 10_000)), all);
    }
    for other in [draw(8, 3, 10_000), draw(7, 4, 10_000)] {
        let mut pairs = other.iter().zip(&all);
        assert!(pairs.all(|(a, b)| (0..3).all(|k| a[k] != b[k]) && a[3] == 7.0));
    }
    let planar = draw_in_plane(&all);
    assert!(
        planar
            .iter()
            .zip(&all)
            .all(|(a, b)| !b.contains(&a[0]) && !b.contains(&a[1]))
    );
}

fn draw_in_plane(like: &[[f64; 4]]) -> Vec<[f64; 2]> {
    let mut out = vec![[0.0; 2]; like.len()];
    Brownian::new(7).increments(3, 0.25, &mut out);
    out
}

#[test]
fn in_space_components_are_normal_and_independent() {
    let n = 1 << 18;
    let mut draws = vec![[0.0; 3]; n];
    Brownian::new(3).increments_in_space(0, 1.0, &mut draws);
    let mut plane = vec![[0.0; 2]; n];
    Brownian::new(3).increments(0, 1.0, &mut plane);
    let third: Vec<[f64; 2]> = draws.iter().map(|x| [x[2], x[2]]).collect();
    let moments = [
        ("mean", z(&third, 0.0, 1.0, |[x, _]| x)),
        ("variance", z(&third, 1.0, 2f64.sqrt(), |[x, _]| x * x)),
        ("fourth", z(&third, 3.0, 96f64.sqrt(), |[x, _]| x.powi(4))),
    ];
    for (name, z) in moments {
        assert!(z.abs() < 4.5, "{name}: {z:.2} standard errors off");
    }
    for (name, pairs) in [
        ("x and y", draws.iter().map(|x| [x[0], x[1]]).collect()),
        ("y and z", draws.iter().map(|x| [x[1], x[2]]).collect()),
        ("z and x", draws.iter().map(|x| [x[2], x[0]]).collect()),
        (
            "plane",
            plane
                .iter()
                .zip(&draws)
                .map(|(p, x)| [p[0], x[0]])
                .collect::<Vec<_>>(),
        ),
    ] {
        let product = z(&pairs, 0.0, 1.0, |[x, y]| x * y);
        let squares = z(&pairs, 0.0, 2.0, |[x, y]| (x * x - 1.0) * (y * y - 1.0));
        assert!(
            product.abs() < 4.5 && squares.abs() < 4.5,
            "{name}: {product:.2}, {squares:.2}"
        );
    }
}

#[test]
fn scales_with_the_root_of_the_step() {
    let mut out = vec![[0.0; 2]; 100];
    Brownian::new(7).increments(3, 0.25, &mut out);
    for (a, b) in out.iter().zip(draw(7, 3, 100)) {
        assert_eq!(*a, b.map(|z| 0.5 * z));
    }
}

/// A step is two of half its length on the same path, and its integral theirs and what the first half has moved by then.
#[test]
fn a_halved_path_has_the_steps_of_the_fine_one() {
    let (n, dt, fine) = (5000, 0.25, Brownian::new(7));
    let draw = |path: Brownian, step, dt| {
        let mut out = [0, 1].map(|_| vec![[0.0; 2]; n]);
        let [increments, integrals] = &mut out;
        path.increments_and_integrals(step, dt, increments, integrals);
        out
    };
    for halvings in [0, 1, 3] {
        let [coarse, integrals] = draw(fine.halved(halvings).halved(1), 9, dt);
        let halves = [18, 19].map(|step| draw(fine.halved(halvings), step, dt / 2.0));
        let [[first, early], [second, late]] = &halves;
        for i in 0..n {
            for k in 0..2 {
                assert!((coarse[i][k] - first[i][k] - second[i][k]).abs() < 1e-15);
                let expected = early[i][k] + late[i][k] + 0.5 * dt * first[i][k];
                assert!((integrals[i][k] - expected).abs() < 1e-15);
            }
        }
        let mut alone = vec![[0.0; 2]; n];
        fine.halved(halvings + 1).increments(9, dt, &mut alone);
        assert_eq!(alone, coarse, "with integrals or without");
    }
}

#[test]
fn integrals_have_their_variance_and_covariance() {
    let (n, dt) = (1 << 18, 4.0);
    for halvings in [0, 2] {
        let path = Brownian::new(17).halved(halvings);
        let mut plane = [0, 1].map(|_| vec![[0.0; 2]; n]);
        let mut space = [0, 1].map(|_| vec![[0.0; 3]; n]);
        let [increments, integrals] = &mut plane;
        path.increments_and_integrals(3, dt, increments, integrals);
        let [increments, integrals] = &mut space;
        path.increments_and_integrals_in_space(3, dt, increments, integrals);
        let pairs = |k: usize| match k {
            0 | 1 => (0..n).map(|i| [plane[0][i][k], plane[1][i][k]]).collect(),
            _ => (0..n)
                .map(|i| [space[0][i][k - 2], space[1][i][k - 2]])
                .collect::<Vec<_>>(),
        };
        for k in 0..5 {
            // ΔB/√dt, and what an integral has beside dt ΔB/2, over √(dt³/12): independent standard normal numbers.
            let split = |[b, i]: [f64; 2]| [b / 2.0, (i - 2.0 * b) * (3.0 / 16.0f64).sqrt()];
            let pairs: Vec<[f64; 2]> = pairs(k).into_iter().map(split).collect();
            let variance = z(&pairs, 1.0, 2f64.sqrt(), |[_, y]| y * y);
            let product = z(&pairs, 0.0, 1.0, |[x, y]| x * y);
            let mean = z(&pairs, 0.0, 1.0, |[_, y]| y);
            assert!(
                variance.abs() < 4.5 && product.abs() < 4.5 && mean.abs() < 4.5,
                "component {k}: {variance:.2}, {product:.2}, {mean:.2}"
            );
        }
    }
}

/// Mean of f over the draws, in standard errors from `expected`; `deviation` is the standard deviation of f.
fn z(draws: &[[f64; 2]], expected: f64, deviation: f64, f: impl Fn([f64; 2]) -> f64) -> f64 {
    let mean = draws.iter().map(|&x| f(x)).sum::<f64>() / draws.len() as f64;
    (mean - expected) / deviation * (draws.len() as f64).sqrt()
}

#[test]
fn moments_are_normal() {
    let draws = draw(20_240_607, 0, 1 << 20);
    let moments: [(&str, f64); 9] = [
        ("mean x", z(&draws, 0.0, 1.0, |[x, _]| x)),
        ("mean y", z(&draws, 0.0, 1.0, |[_, y]| y)),
        ("variance x", z(&draws, 1.0, 2f64.sqrt(), |[x, _]| x * x)),
        ("variance y", z(&draws, 1.0, 2f64.sqrt(), |[_, y]| y * y)),
        ("third", z(&draws, 0.0, 15f64.sqrt(), |[x, _]| x.powi(3))),
        ("fourth", z(&draws, 3.0, 96f64.sqrt(), |[x, _]| x.powi(4))),
        (
            "sixth",
            z(&draws, 15.0, (10_395f64 - 225.0).sqrt(), |[_, y]| y.powi(6)),
        ),
        ("product", z(&draws, 0.0, 1.0, |[x, y]| x * y)),
        (
            "squares",
            z(&draws, 0.0, 2.0, |[x, y]| (x * x - 1.0) * (y * y - 1.0)),
        ),
    ];
    for (name, z) in moments {
        assert!(z.abs() < 4.5, "{name}: {z:.2} standard errors off");
    }
}

#[test]
fn neighbours_in_every_part_of_the_key_are_independent() {
    let n = 1 << 18;
    let here = draw(11, 5, n);
    let pairs = |other: &[[f64; 2]]| -> Vec<[f64; 2]> {
        here.iter().zip(other).map(|(a, b)| [a[0], b[0]]).collect()
    };
    let others = [
        ("next particle", here[1..].to_vec()),
        ("next step", draw(11, 6, n)),
        ("next seed", draw(12, 5, n)),
    ];
    for (name, other) in others {
        let pairs = pairs(&other);
        let product = z(&pairs, 0.0, 1.0, |[x, y]| x * y);
        let squares = z(&pairs, 0.0, 2.0, |[x, y]| (x * x - 1.0) * (y * y - 1.0));
        assert!(
            product.abs() < 4.5 && squares.abs() < 4.5,
            "{name}: {product:.2}, {squares:.2}"
        );
    }
}

/// P(|Z| ≤ x) for standard normal Z, by the series of the error function; good to 1e-12 for |x| < 6.
fn within(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    for k in 1..200 {
        term *= x * x / f64::from(2 * k + 1);
        sum += term;
    }
    sum * (2.0 / std::f64::consts::PI).sqrt() * (-0.5 * x * x).exp()
}

#[test]
fn distribution_is_normal() {
    // Kolmogorov and Smirnov: P(√n·sup|F_n − F| > 2.5) < 2e^{−2·2.5²} = 8e-6.
    for component in [0, 1] {
        let mut draws: Vec<f64> = draw(99, 1, 1 << 19).iter().map(|x| x[component]).collect();
        draws.sort_by(f64::total_cmp);
        let n = draws.len() as f64;
        let distance = draws.iter().enumerate().map(|(i, &x)| {
            let f = 0.5 + 0.5 * within(x.abs()).copysign(x);
            (f - i as f64 / n)
                .abs()
                .max((f - (i as f64 + 1.0) / n).abs())
        });
        let d = distance.fold(0.0, f64::max) * n.sqrt();
        assert!(d < 2.5, "component {component}: √n·D = {d:.2}");
    }
}

/// A half is half as long, and both make the whole: in the plane and in space, however deep.
#[test]
fn halves_of_a_step_add_up_to_it() {
    fn check<const D: usize>(path: Brownian, piece: &Piece<D>) {
        let halves = path.halves(piece);
        let [first, second] = &halves;
        for (i, (whole, integral)) in piece.dw.iter().zip(&piece.integrals).enumerate() {
            for k in 0..D {
                let sum = first.dw[i][k] + second.dw[i][k];
                assert!((sum - whole[k]).abs() < 4e-15 * piece.dt.sqrt());
                let moved =
                    first.integrals[i][k] + second.integrals[i][k] + first.dt * first.dw[i][k];
                assert!((moved - integral[k]).abs() < 4e-15 * piece.dt.powf(1.5));
            }
        }
        for (k, half) in (0..).zip(&halves) {
            assert_eq!(
                (half.level, half.index, half.dt),
                (piece.level + 1, 2 * piece.index + k, piece.dt / 2.0)
            );
            if half.level < 5 {
                check(path, half);
            }
        }
    }
    for halvings in [0, 2] {
        let path = Brownian::new(7).halved(halvings);
        check::<2>(path, &path.piece(9, 0.3, 100));
        check::<3>(path, &path.piece(9, 0.3, 100));
    }
}

/// Whether a step is drawn in one piece, or as halves of a longer one that is put together from such, its halves are the same.
#[test]
fn pieces_depend_on_the_path_alone() {
    let fine = Brownian::new(7);
    let [_, late] = fine
        .halved(1)
        .halves(&fine.halved(1).piece::<2>(9, 0.5, 5000));
    let step: Piece = fine.piece(19, 0.25, 5000);
    let same = |a: &Piece, b: &Piece| a.dw == b.dw && a.integrals == b.integrals;
    assert!(same(&late, &step));
    let (a, b) = (fine.halved(1).halves(&late), fine.halves(&step));
    assert!((0..2).all(|k| same(&a[k], &b[k])));
    let (a, b) = (fine.halved(1).halves(&a[1]), fine.halves(&b[1]));
    assert!((0..2).all(|k| same(&a[k], &b[k])));
    for count in [1, 3] {
        assert!(same(
            &threads(count, || fine.halves(&b[1]))[0],
            &fine.halves(&b[1])[0]
        ));
    }
    let few = fine.halves(&fine.piece::<2>(19, 0.25, 65));
    let many = fine.halves(&step);
    assert!(few[1].dw == many[1].dw[..65]);
    let other = fine.halves(&Piece {
        step: 20,
        ..step.clone()
    });
    assert!(
        other[0]
            .dw
            .iter()
            .zip(&many[0].dw)
            .all(|(a, b)| a[0] != b[0] && a[1] != b[1])
    );
}

/// Of three levels, what increments and integrals are made of: independent standard normal numbers.
#[test]
fn halves_have_the_law_of_a_brownian_path() {
    fn columns<const D: usize>(path: Brownian, n: usize) -> Vec<Vec<f64>> {
        let whole: Piece<D> = path.piece(3, 2.0, n);
        let [a, b] = path.halves(&whole);
        let [c, d] = path.halves(&b);
        let [e, f] = path.halves(&c);
        let split = |piece: &Piece<D>, k: usize| {
            let h = piece.dt;
            let rows = piece.dw.iter().zip(&piece.integrals);
            let both = rows.map(|(w, i)| {
                let beside = (i[k] - 0.5 * h * w[k]) * 12f64.sqrt() / h.powf(1.5);
                [w[k] / h.sqrt(), beside]
            });
            both.collect::<Vec<_>>()
        };
        let of = |piece| (0..D).map(move |k| split(piece, k));
        let pieces: Vec<_> = [&a, &d, &e, &f].into_iter().flat_map(of).collect();
        pieces
            .iter()
            .flat_map(|rows| [0, 1].map(|j| rows.iter().map(|x| x[j]).collect()))
            .collect()
    }
    let n = 1 << 17;
    let path = Brownian::new(29);
    for columns in [columns::<2>(path, n), columns::<3>(path, n)] {
        for (i, x) in columns.iter().enumerate() {
            for (j, y) in columns[..=i].iter().enumerate() {
                let pairs: Vec<_> = x.iter().zip(y).map(|(x, y)| [*x, *y]).collect();
                let (product, squares) = match i == j {
                    true => (
                        z(&pairs, 1.0, 2f64.sqrt(), |[x, _]| x * x),
                        z(&pairs, 3.0, 96f64.sqrt(), |[x, _]| x.powi(4)),
                    ),
                    false => (
                        z(&pairs, 0.0, 1.0, |[x, y]| x * y),
                        z(&pairs, 0.0, 2.0, |[x, y]| (x * x - 1.0) * (y * y - 1.0)),
                    ),
                };
                assert!(
                    product.abs() < 4.9 && squares.abs() < 4.9,
                    "{i} {j}: {product:.2} {squares:.2}"
                );
            }
            let pairs: Vec<_> = x.iter().map(|x| [*x, 0.0]).collect();
            assert!(z(&pairs, 0.0, 1.0, |[x, _]| x).abs() < 4.5, "mean {i}");
        }
    }
}

//! Where the particles start. Bounds in standard errors are set for a false alarm of 1e-5 each; seeds are fixed.

use crate::common::config;
use farfield_dynamics::config::{Circulations, Config, InitialConfig};
use farfield_dynamics::{Inputs, Observables, Simulation};

fn start(config: Config) -> (Vec<[f64; 2]>, Vec<f64>) {
    let run = Simulation::new(config, Inputs::default()).unwrap();
    (
        run.state().positions.clone(),
        run.state().circulations.clone(),
    )
}

fn place(initial: InitialConfig) -> Vec<[f64; 2]> {
    let mut config = config(1, 0.1, Circulations::Unit);
    config.initial = initial;
    start(config).0
}

fn near(name: &str, measured: f64, expected: f64, standard_error: f64) {
    let z = (measured - expected) / standard_error;
    assert!(
        z.abs() < 4.5,
        "{name}: {measured}, not {expected} ({z:.1} standard errors)"
    );
}

/// A Gaussian patch of radius a around a centre: mean, ⟨r²⟩ = a² and its halves, ⟨r⁴⟩ = 2a⁴.
fn is_patch(x: &[[f64; 2]], centre: [f64; 2], a: f64) {
    let n = x.len() as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        x.iter()
            .map(|x| f(x[0] - centre[0], x[1] - centre[1]))
            .sum::<f64>()
            / n
    };
    let s = a / 2f64.sqrt();
    near("centre x", mean(&|x, _| x), 0.0, s / n.sqrt());
    near("centre y", mean(&|_, y| y), 0.0, s / n.sqrt());
    near(
        "variance x",
        mean(&|x, _| x * x),
        s * s,
        s * s * (2.0 / n).sqrt(),
    );
    near(
        "variance y",
        mean(&|_, y| y * y),
        s * s,
        s * s * (2.0 / n).sqrt(),
    );
    near("covariance", mean(&|x, y| x * y), 0.0, s * s / n.sqrt());
    let fourth = mean(&|x, y| (x * x + y * y).powi(2));
    near(
        "fourth",
        fourth,
        2.0 * a.powi(4),
        a.powi(4) * (20.0 / n).sqrt(),
    );
}

fn every(k: usize, first: usize, x: &[[f64; 2]]) -> Vec<[f64; 2]> {
    x.iter().copied().skip(first).step_by(k).collect()
}

/// Means of squares and fourth powers, with the variances that the laws say.
#[test]
fn square_box_and_annulus() {
    let n = 60_000;
    let mean = |x: &[[f64; 2]], f: &dyn Fn([f64; 2]) -> f64| {
        x.iter().map(|&x| f(x)).sum::<f64>() / n as f64
    };
    let root = |variance: f64| (variance / n as f64).sqrt();
    let x = place(InitialConfig::UniformSquare { n, side: 3.0 });
    assert!(x.iter().flatten().all(|x| (-1.5..1.5).contains(x)));
    for a in 0..2 {
        near("mean", mean(&x, &|x| x[a]), 0.0, root(0.75));
        // E x² = 3/4, E x⁴ = 81/80.
        near("square", mean(&x, &|x| x[a] * x[a]), 0.75, root(0.45));
    }
    near(
        "product",
        mean(&x, &|x| x[0] * x[1]),
        0.0,
        root(0.75 * 0.75),
    );
    let sides = vec![3.0, 1.0];
    let x = place(InitialConfig::UniformBox { n, sides });
    assert!(x.iter().all(|x| x[0].abs() <= 1.5 && x[1].abs() <= 0.5));
    for (a, of_square) in [1.0, 1.0 / 9.0].into_iter().enumerate() {
        near("mean", mean(&x, &|x| x[a]), 0.0, root(0.75 * of_square));
        let error = root(0.45 * of_square * of_square);
        near(
            "square",
            mean(&x, &|x| x[a] * x[a]),
            0.75 * of_square,
            error,
        );
    }
    let (inner, radius) = (0.6, 1.5);
    let x = place(InitialConfig::Annulus { n, inner, radius });
    let square = |[x, y]: [f64; 2]| x * x + y * y;
    let [low, high] = [inner * inner, radius * radius];
    let inside = |x: &[f64; 2]| (low - 1e-12..=high + 1e-12).contains(&square(*x));
    assert!(x.iter().all(inside));
    // r² is uniform.
    let variance = (high - low) * (high - low) / 12.0;
    near("r²", mean(&x, &square), 0.5 * (low + high), root(variance));
    let half = 0.25 * (low + high);
    near("x", mean(&x, &|x| x[0]), 0.0, root(half));
    near("y", mean(&x, &|x| x[1]), 0.0, root(half));
}

#[test]
fn gaussian_patches() {
    let (n, radius) = (60_000, 0.3);
    let patches = |patches| InitialConfig::GaussianPatches {
        n,
        patches,
        separation: 1.2,
        radius,
    };
    let two = place(patches(2));
    is_patch(&every(2, 0, &two), [0.6, 0.0], radius);
    is_patch(&every(2, 1, &two), [-0.6, 0.0], radius);
    is_patch(&place(patches(1)), [0.0, 0.0], radius);
    // A triangle of side 1.2.
    let three = place(patches(3));
    let circle = 1.2 / 3f64.sqrt();
    is_patch(&every(3, 0, &three), [circle, 0.0], radius);
    is_patch(&every(3, 1, &three), [-0.5 * circle, 0.6], radius);
    is_patch(&every(3, 2, &three), [-0.5 * circle, -0.6], radius);
    is_patch(
        &place(InitialConfig::Gaussian { n, radius: 2.0 }),
        [0.0, 0.0],
        2.0,
    );
}

#[test]
fn disc_and_ring() {
    let (n, radius) = (60_000, 1.5);
    let disc = place(InitialConfig::UniformDisc { n, radius });
    let r2: Vec<f64> = disc
        .iter()
        .map(|x| (x[0] * x[0] + x[1] * x[1]) / (radius * radius))
        .collect();
    assert!(r2.iter().all(|&r2| r2 <= 1.0 + 1e-15));
    let (count, mean) = (n as f64, |f: &dyn Fn(usize) -> f64| {
        (0..n).map(f).sum::<f64>() / n as f64
    });
    // r²/R² is uniform on [0, 1).
    near("r²", mean(&|i| r2[i]), 0.5, (1.0 / 12.0 / count).sqrt());
    near(
        "r⁴",
        mean(&|i| r2[i] * r2[i]),
        1.0 / 3.0,
        (4.0 / 45.0 / count).sqrt(),
    );
    near("x", mean(&|i| disc[i][0]), 0.0, radius / 2.0 / count.sqrt());
    near(
        "xy",
        mean(&|i| disc[i][0] * disc[i][1]),
        0.0,
        radius * radius / (24.0 * count).sqrt(),
    );

    let ring = place(InitialConfig::Ring { n: 12, radius });
    for (i, x) in ring.iter().enumerate() {
        let (s, c) = (std::f64::consts::TAU * i as f64 / 12.0).sin_cos();
        assert!((x[0] - radius * c).abs() < 1e-14 && (x[1] - radius * s).abs() < 1e-14);
    }
}

#[test]
fn circulations_by_law() {
    let n = 50_000;
    let draw = |law| start(config(n, 0.1, law)).1;
    assert!(draw(Circulations::Unit).iter().all(|&m| m == 1.0));
    let two = draw(Circulations::TwoPoint {
        a: 3.0,
        b: -1.0,
        p: 0.2,
    });
    assert!(two.iter().all(|&m| m == 3.0 || m == -1.0));
    let share = two.iter().filter(|&&m| m == 3.0).count() as f64 / n as f64;
    near("share of a", share, 0.2, (0.16 / n as f64).sqrt());
    let uniform = draw(Circulations::Uniform {
        low: -1.0,
        high: 2.0,
    });
    assert!(uniform.iter().all(|m| (-1.0..2.0).contains(m)));
    let mean = uniform.iter().sum::<f64>() / n as f64;
    near("mean", mean, 0.5, (9.0 / 12.0 / n as f64).sqrt());
    let square = uniform.iter().map(|m| (m - 0.5).powi(2)).sum::<f64>() / n as f64;
    near("variance", square, 0.75, 0.75 * (0.8 / n as f64).sqrt());
}

#[test]
fn a_dipole_has_opposite_halves_and_moves_up() {
    let n = 4000;
    let mut config = config(n, 0.0, Circulations::Unit);
    config.initial = InitialConfig::Dipole {
        n,
        separation: 1.0,
        radius: 0.2,
    };
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let (x, m) = (
        run.state().positions.clone(),
        run.state().circulations.clone(),
    );
    is_patch(&every(2, 0, &x), [-0.5, 0.0], 0.2);
    is_patch(&every(2, 1, &x), [0.5, 0.0], 0.2);
    assert!(m.chunks(2).all(|pair| pair == [1.0, -1.0]));
    let before = run.observables().centre[1];
    for _ in 0..5 {
        run.step().unwrap();
    }
    // Two vortices of circulation ±1/2 at distance 1 move at 1/(4π).
    let speed = (run.observables().centre[1] - before) / run.state().time;
    assert!(
        (speed * 4.0 * std::f64::consts::PI - 1.0).abs() < 0.1,
        "{speed}"
    );
}

#[test]
fn draws_depend_on_seed_and_particle_alone() {
    let draw = |seed, n| {
        let mut config = config(
            n,
            0.1,
            Circulations::Uniform {
                low: 0.0,
                high: 1.0,
            },
        );
        config.seed = seed;
        start(config)
    };
    let (x, m) = draw(1, 2000);
    let (y, l) = draw(1, 500);
    assert_eq!((&x[..500], &m[..500]), (&y[..], &l[..]));
    assert!(draw(2, 500).0.iter().zip(&x).all(|(a, b)| a != b));
    // Positions and the first increments come from different streams.
    let mut increments = vec![[0.0; 2]; 500];
    farfield_dynamics::noise::Brownian::new(1).increments(0, 0.5, &mut increments);
    assert!(increments.iter().zip(&x).all(|(a, b)| a != b));
}

#[test]
fn arrays_are_taken_as_they_are() {
    let (x, m) = (
        vec![[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]],
        vec![2.0, -1.0, 0.25],
    );
    let (config, inputs) = crate::common::from_arrays(
        x.clone(),
        Some(m.clone()),
        farfield_dynamics::config::Scheme::Ab2Maruyama,
        0.1,
    );
    let run = Simulation::new(config, inputs).unwrap();
    assert_eq!(
        (&run.state().positions, &run.state().circulations),
        (&x, &m)
    );
    assert_eq!(
        run.observables().circulation,
        Observables::moments(&x, &m).circulation
    );
}

/// Σ f/N over the positions of an initial law.
fn mean(initial: &InitialConfig, f: impl Fn(&[f64; 2]) -> f64) -> f64 {
    let mut config = config(1, 0.1, Circulations::Unit);
    config.initial = initial.clone();
    config.field.tolerance = 1e-3;
    let run = Simulation::new(config, Inputs::default()).unwrap();
    let positions = &run.state().positions;
    positions.iter().map(f).sum::<f64>() / positions.len() as f64
}

/// Means of many particles, to five standard deviations.
#[test]
fn power_laws_mixtures_and_sheets() {
    let n = 40_000;
    let close = |found: f64, expected: f64, deviation: f64| {
        let bound = 5.0 * deviation / (n as f64).sqrt();
        assert!(
            (found - expected).abs() < bound,
            "{found} {expected} ± {bound}"
        );
    };
    // ⟨r²⟩ = R² (2 − p)/(4 − p), ⟨r⁴⟩ = R⁴ (2 − p)/(6 − p).
    for power in [-1.0, 0.0, 0.7, 1.5] {
        let law = InitialConfig::PowerLaw {
            n,
            power,
            radius: 1.5,
        };
        let r2 = |x: &[f64; 2]| x[0] * x[0] + x[1] * x[1];
        let second = 2.25 * (2.0 - power) / (4.0 - power);
        let fourth = 2.25 * 2.25 * (2.0 - power) / (6.0 - power);
        close(mean(&law, r2), second, (fourth - second * second).sqrt());
        close(mean(&law, |x| x[0]), 0.0, second.sqrt());
    }
    let law = InitialConfig::Mixture {
        n,
        centres: vec![vec![-2.0, 0.0], vec![1.0, 3.0], vec![9.0, 9.0]],
        radii: vec![0.5, 0.0, 1.0],
        weights: vec![3.0, 1.0, 0.0],
    };
    close(mean(&law, |x| x[0]), -1.25, 1.4);
    close(mean(&law, |x| x[1]), 0.75, 1.4);
    // A patch of radius 0 is a point, and one without weight is empty.
    close(mean(&law, |x| f64::from(*x == [1.0, 3.0])), 0.25, 0.44);
    assert_eq!(mean(&law, |x| f64::from(x[0] > 5.0)), 0.0);
    // Variance a²/2 per axis.
    let around = |x: &[f64; 2]| if x[0] < -0.2 { x[1] * x[1] } else { 0.0 };
    close(mean(&law, around), 0.75 * 0.125, 0.2);
    let sheet = |thickness| InitialConfig::VortexSheet {
        n,
        length: 2.0,
        amplitude: 0.1,
        thickness,
    };
    let off = |x: &[f64; 2]| (x[1] - 0.1 * (std::f64::consts::PI * x[0]).sin()).powi(2);
    assert!(mean(&sheet(0.0), off) < 1e-30);
    close(mean(&sheet(0.3), off), 0.09, 0.13);
    close(mean(&sheet(0.3), |x| x[0] * x[0]), 1.0 / 3.0, 0.3);
}

#[test]
fn bad_power_laws_mixtures_and_sheets() {
    let refused = |initial: InitialConfig, expected: &str| {
        let mut config = config(1, 0.1, Circulations::Unit);
        config.initial = initial;
        assert_eq!(config.check().unwrap_err().to_string(), expected);
    };
    let power = InitialConfig::PowerLaw {
        n: 1,
        power: 2.0,
        radius: 1.0,
    };
    refused(
        power,
        "initial.power: 2 (allowed: finite and below 2, the dimension)",
    );
    let mixture = |centres: &[&[f64]], radii: &[f64], weights: &[f64]| InitialConfig::Mixture {
        n: 1,
        centres: centres.iter().map(|c| c.to_vec()).collect(),
        radii: radii.to_vec(),
        weights: weights.to_vec(),
    };
    refused(
        mixture(&[], &[], &[]),
        "initial.centres: [] (allowed: one or more)",
    );
    refused(
        mixture(&[&[0.0, 0.0], &[1.0]], &[1.0; 2], &[1.0; 2]),
        "initial.centres[1]: [1.0] (allowed: 2 finite numbers)",
    );
    refused(
        mixture(&[&[0.0, 0.0]], &[1.0; 2], &[1.0]),
        "initial.radii: 2 numbers (allowed: 1, one for each of initial.centres)",
    );
    refused(
        mixture(&[&[0.0, 0.0]], &[-1.0], &[1.0]),
        "initial.radii[0]: -1 (allowed: finite and at least 0)",
    );
    refused(
        mixture(&[&[0.0, 0.0]], &[1.0], &[0.0]),
        "the sum of initial.weights: 0 (allowed: finite and above 0)",
    );
    let sheet = InitialConfig::VortexSheet {
        n: 1,
        length: 0.0,
        amplitude: 0.1,
        thickness: 0.1,
    };
    refused(sheet, "initial.length: 0 (allowed: finite and above 0)");
}

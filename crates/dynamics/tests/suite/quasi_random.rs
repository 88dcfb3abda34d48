//! Quasi-random starts of every law. Bounds are such that independent particles break them: by how likely, each test says.

use crate::common::{config, gas};
use farfield_dynamics::config::{Circulations, Config, Core, InitialConfig, ModelConfig};
use farfield_dynamics::{ErrorBudget, Inputs, Simulation};
use std::f64::consts::TAU;

/// A law of n particles, its dimension, and its E x².
type Case = (InitialConfig, usize, f64);

/// Every law that is drawn.
fn laws(n: usize) -> Vec<Case> {
    let mixture = |d: usize| InitialConfig::Mixture {
        n,
        centres: vec![vec![-2.0; d], vec![1.0; d]],
        radii: vec![0.5, 1.0],
        weights: vec![3.0, 1.0],
    };
    let (radius, side, power) = (1.5, 3.0, 0.7);
    vec![
        (
            InitialConfig::GaussianPatches {
                n,
                patches: 3,
                separation: 1.2,
                radius,
            },
            2,
            0.5 * 2.25 + 0.5 * 1.44 / 3.0,
        ),
        (InitialConfig::Gaussian { n, radius }, 2, 0.5 * 2.25),
        (InitialConfig::Gaussian { n, radius }, 3, 0.5 * 2.25),
        (InitialConfig::UniformDisc { n, radius }, 2, 2.25 / 4.0),
        (InitialConfig::UniformSquare { n, side }, 2, 0.75),
        (InitialConfig::UniformBall { n, radius }, 3, 2.25 / 5.0),
        (InitialConfig::UniformCube { n, side }, 3, 0.75),
        (
            InitialConfig::UniformBox {
                n,
                sides: vec![1.5, 2.0, 1.5],
            },
            3,
            2.25 / 12.0,
        ),
        (
            InitialConfig::Annulus {
                n,
                inner: 0.5,
                radius,
            },
            2,
            (0.25 + 2.25) / 4.0,
        ),
        (
            InitialConfig::PowerLaw { n, power, radius },
            2,
            2.25 * 1.3 / 3.3 / 2.0,
        ),
        (
            InitialConfig::PowerLaw { n, power, radius },
            3,
            2.25 * 2.3 / 4.3 / 3.0,
        ),
        (mixture(2), 2, 0.75 * 4.125 + 0.25 * 1.5),
        (mixture(3), 3, 0.75 * 4.125 + 0.25 * 1.5),
        (
            InitialConfig::VortexSheet {
                n,
                length: 2.0,
                amplitude: 0.1,
                thickness: 0.3,
            },
            2,
            4.0 / 12.0,
        ),
        (InitialConfig::Bkw { n, start: 0.7 }, 2, 1.0),
        (InitialConfig::Bkw { n, start: 0.7 }, 3, 1.0),
        (
            InitialConfig::Dipole {
                n,
                separation: 1.0,
                radius,
            },
            2,
            0.25 + 0.5 * 2.25,
        ),
    ]
}

/// A name, a function, and its mean if that is known.
type Mean<'a> = (&'a str, &'a dyn Fn(&[f64; 3]) -> f64, Option<f64>);

fn configured(law: InitialConfig, dimension: usize, seed: u64) -> Config {
    let mut config = config(1, 0.1, Circulations::Unit);
    if dimension == 3 {
        config.model = ModelConfig::CoulombGas {
            strength: 1.0,
            core: Core::None,
            gas: gas(0.1, 0.0),
        };
    }
    config.seed = seed;
    config.field.tolerance = 1e-3;
    config.field.leaf_capacity = law.n();
    config.output.hamiltonian_every = 0;
    config.output.min_distance_every = 0;
    config.initial = law;
    config
}

fn start<const D: usize>(config: Config) -> Vec<[f64; 3]> {
    let run = Simulation::<D>::from_config(config, Inputs::default()).unwrap();
    let in_space = |x: &[f64; D]| std::array::from_fn(|a| x.get(a).copied().unwrap_or(0.0));
    run.state().positions.iter().map(in_space).collect()
}

/// Positions, the third coordinate 0 in the plane.
fn places(law: InitialConfig, dimension: usize, seed: u64) -> Vec<[f64; 3]> {
    let config = configured(law, dimension, seed);
    match dimension {
        2 => start::<2>(config),
        _ => start::<3>(config),
    }
}

fn quasi(law: InitialConfig) -> InitialConfig {
    InitialConfig::QuasiRandom(law.into())
}

fn mean(x: &[[f64; 3]], f: impl Fn(&[f64; 3]) -> f64) -> f64 {
    x.iter().map(f).sum::<f64>() / x.len() as f64
}

fn squares(x: &[[f64; 3]]) -> f64 {
    mean(x, |x| x[0] * x[0])
}

fn cosines(x: &[[f64; 3]]) -> f64 {
    mean(x, |x| x[0].cos())
}

/// Over 12 seeds the means of x² and of cos x are off by less than 0.3 of what those of independent particles are, which
/// among those one law in 30 000 would be; their errors in the last coordinate likewise.
#[test]
fn means_are_far_better_than_those_of_independent_particles() {
    let n = 4096;
    for (law, dimension, exact) in laws(n) {
        let independent = places(law.clone(), dimension, 1);
        let starts = (0..12).map(|seed| places(quasi(law.clone()), dimension, seed));
        let starts: Vec<_> = starts.collect();
        let last = dimension - 1;
        let cases: [Mean; 4] = [
            ("x²", &|x| x[0] * x[0], Some(exact)),
            ("cos x", &|x| x[0].cos(), None),
            ("last²", &|x| x[last] * x[last], None),
            ("cos last", &|x| x[last].cos(), None),
        ];
        for (name, f, known) in cases {
            let centre = mean(&independent, f);
            let variance = mean(&independent, |x| (f(x) - centre).powi(2));
            let chance = (variance / n as f64).sqrt();
            let means: Vec<f64> = starts.iter().map(|x| mean(x, f)).collect();
            let about = known.unwrap_or(means.iter().sum::<f64>() / 12.0);
            let square = means.iter().map(|m| (m - about).powi(2)).sum::<f64>() / 12.0;
            let part = square.sqrt() / chance;
            assert!(part < 0.3, "{} {dimension} {name}: {part}", law.kind());
        }
    }
}

/// E x², and E cos x where it is known, to 4.5 standard errors over 200 seeds: a false alarm of 1e-5 each.
#[test]
fn means_are_unbiased_over_the_seeds() {
    let near = |name: &str, means: &[f64], exact: f64| {
        let n = means.len() as f64;
        let all = means.iter().sum::<f64>() / n;
        let variance = means.iter().map(|m| (m - all).powi(2)).sum::<f64>() / (n - 1.0);
        let z = (all - exact) / (variance / n).sqrt();
        assert!(z.abs() < 4.5, "{name}: {all}, not {exact} (z = {z:.1})");
    };
    for (law, dimension, exact) in laws(100) {
        let starts = (0..200).map(|seed| places(quasi(law.clone()), dimension, seed));
        let starts: Vec<_> = starts.collect();
        let of = |f: fn(&[[f64; 3]]) -> f64| starts.iter().map(|x| f(x)).collect::<Vec<_>>();
        near(law.kind(), &of(squares), exact);
        if let InitialConfig::Gaussian { radius, .. } = law {
            near("cos x", &of(cosines), (-0.25 * radius * radius).exp());
        }
        if let InitialConfig::UniformSquare { side, .. } = law {
            near("cos x", &of(cosines), (0.5 * side).sin() / (0.5 * side));
        }
    }
}

/// Distances of the samples from the uniform distribution, √N sup |F_N − F|, of Kolmogorov and Smirnov.
fn distance(mut u: Vec<f64>) -> f64 {
    u.sort_by(f64::total_cmp);
    let n = u.len() as f64;
    let off = |(i, &u): (usize, &f64)| (u - i as f64 / n).max((i as f64 + 1.0) / n - u);
    u.iter().enumerate().map(off).fold(0.0, f64::max) * n.sqrt()
}

/// What the distribution functions of the laws make of the places, which should be uniform.
fn flattened(law: &InitialConfig, dimension: usize, x: &[[f64; 3]]) -> Vec<Vec<f64>> {
    let flat = |x: &[f64; 3]| x[0] * x[0] + x[1] * x[1];
    let of = |f: &dyn Fn(&[f64; 3]) -> f64| x.iter().map(f).collect::<Vec<_>>();
    let turns = || of(&|x| x[1].atan2(x[0]) / TAU + 0.5);
    let power = |power: f64, radius: f64| {
        let far = |x: &[f64; 3]| (flat(x) + x[2] * x[2]).sqrt() / radius;
        vec![of(&|x| far(x).powf(dimension as f64 - power)), turns()]
    };
    match *law {
        InitialConfig::Gaussian { radius, .. } => {
            vec![of(&|x| -(-flat(x) / radius.powi(2)).exp_m1()), turns()]
        }
        InitialConfig::UniformDisc { radius, .. } | InitialConfig::UniformBall { radius, .. } => {
            power(0.0, radius)
        }
        InitialConfig::PowerLaw {
            power: p, radius, ..
        } => power(p, radius),
        InitialConfig::UniformSquare { side, .. } | InitialConfig::UniformCube { side, .. } => {
            let along = |a: usize| of(&|x| x[a] / side + 0.5);
            (0..dimension).map(along).collect()
        }
        InitialConfig::UniformBox { ref sides, .. } => {
            let along = |a: usize| of(&|x| x[a] / sides[a] + 0.5);
            (0..dimension).map(along).collect()
        }
        InitialConfig::Annulus { inner, radius, .. } => {
            let [low, high] = [inner, radius].map(|r| r * r);
            vec![of(&|x| (flat(x) - low) / (high - low)), turns()]
        }
        InitialConfig::VortexSheet { length, .. } => vec![of(&|x| x[0] / length + 0.5)],
        // In the plane |v|²/2K is above t with probability e^{−t}(1 + wt), w = (1 − K)/K.
        InitialConfig::Bkw { start, .. } if dimension == 2 => {
            let above = |t: f64| (-t).exp() * (1.0 + (1.0 - start) / start * t);
            vec![of(&|x| 1.0 - above(flat(x) / (2.0 * start))), turns()]
        }
        _ => vec![],
    }
}

/// The mean over 8 seeds is below 0.5, which for independent particles, 0.87 ± 0.09, is one in 30 000.
#[test]
fn distributions() {
    for (law, dimension, _) in laws(4096) {
        let of_seed = |seed| {
            let x = places(quasi(law.clone()), dimension, seed);
            let all = flattened(&law, dimension, &x);
            all.into_iter().map(distance).collect::<Vec<_>>()
        };
        let all: Vec<_> = (0..8).map(of_seed).collect();
        for k in 0..all[0].len() {
            let mean = all.iter().map(|of_seed| of_seed[k]).sum::<f64>() / 8.0;
            assert!(mean < 0.5, "{} {dimension} {k}: {mean}", law.kind());
        }
    }
}

/// Parts are as large as they should be, but for one particle, and neither copies of each other nor the same for other
/// seeds.
#[test]
fn parts_of_a_law() {
    let n = 1001;
    for (law, dimension, _) in laws(n) {
        let [x, y] = [1, 2].map(|seed| places(quasi(law.clone()), dimension, seed));
        assert!(x.iter().zip(&y).all(|(x, y)| x != y), "{}", law.kind());
    }
    let mixture = InitialConfig::Mixture {
        n,
        centres: vec![vec![0.0, 0.0], vec![50.0, 0.0], vec![100.0, 0.0]],
        radii: vec![1.0; 3],
        weights: vec![2.0, 0.0, 1.0],
    };
    for seed in 0..20 {
        let x = places(quasi(mixture.clone()), 2, seed);
        let first = x.iter().filter(|x| x[0] < 25.0).count() as f64;
        let last = x.iter().filter(|x| x[0] > 75.0).count() as f64;
        assert!((first - 2.0 / 3.0 * n as f64).abs() < 1.0 && first + last == n as f64);
    }
    let dipole = InitialConfig::Dipole {
        n: 1000,
        separation: 100.0,
        radius: 1.0,
    };
    let x = places(quasi(dipole), 2, 1);
    let close = |a: [f64; 3], b: [f64; 3]| (a[0] + 100.0 - b[0]).abs() + (a[1] - b[1]).abs() < 1e-9;
    assert!(
        x.chunks(2)
            .all(|pair| pair[0][0] < -40.0 && pair[1][0] > 40.0)
    );
    assert!(
        !x.iter()
            .step_by(2)
            .any(|a| x.iter().skip(1).step_by(2).any(|b| close(*a, *b)))
    );
}

#[test]
fn by_the_configuration() {
    let text =
        "[model]\nviscosity = 0.1\n[initial]\nkind = \"gaussian\"\nn = 300\nquasi_random = true\n";
    let config: Config = toml::from_str(text).unwrap();
    let law = InitialConfig::Gaussian {
        n: 300,
        radius: 1.0,
    };
    assert_eq!(config.initial, quasi(law.clone()));
    assert_eq!(config.initial.kind(), "gaussian");
    let written = toml::to_string(&config).unwrap();
    assert_eq!(toml::from_str::<Config>(&written).unwrap(), config);
    let plain = text.replace("true", "false");
    assert_eq!(toml::from_str::<Config>(&plain).unwrap().initial, law);
    for (kind, given) in [
        ("ring", InitialConfig::Ring { n: 5, radius: 1.0 }),
        ("file", InitialConfig::File { path: "x".into() }),
    ] {
        let mut config = config.clone();
        config.initial = quasi(given);
        let allowed = "(allowed: false, as nothing is drawn there)";
        let expected =
            format!("initial.quasi_random: true with initial.kind = \"{kind}\" {allowed}");
        assert_eq!(config.check().unwrap_err().to_string(), expected);
    }
    let error = ErrorBudget::of::<2>(&config, &Inputs::default()).unwrap_err();
    let expected = "initial.quasi_random: true (allowed: false where chance is measured)";
    assert_eq!(error.to_string(), expected);
}

/// The laws hold the run against its own start, so they hold for one that is quasi-random too.
#[test]
fn exact_laws_hold() {
    let mut config = configured(
        quasi(InitialConfig::Gaussian {
            n: 2000,
            radius: 1.0,
        }),
        2,
        3,
    );
    config.time.steps = 20;
    let run = crate::common::finish(config.clone(), Inputs::default());
    assert!(
        run.laws().iter().all(|law| law.z.abs() < 4.5),
        "{:?}",
        run.laws()
    );
    let resumed = Simulation::resume(config, run.snapshot()).unwrap();
    assert_eq!(resumed.state(), run.state());
}

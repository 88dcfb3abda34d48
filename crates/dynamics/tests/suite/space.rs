//! Gases in space.

use crate::common::{config, finish_in, gas, to_bytes};
use crate::laws::holds;
use farfield_dynamics::config::{
    Circulations, Config, Core, GasConfig, InitialConfig, ModelConfig, Periodic, Scheme,
};
use farfield_dynamics::{ErrorKind, Inputs, Law, Simulation, Snapshot};
use std::f64::consts::PI;

fn coulomb(strength: f64, core: Core, gas: GasConfig) -> ModelConfig {
    ModelConfig::CoulombGas {
        strength,
        core,
        gas,
    }
}

fn riesz(strength: f64, s: f64, gas: GasConfig) -> ModelConfig {
    ModelConfig::RieszGas {
        strength,
        s,
        dimension: 3,
        gas,
    }
}

fn of(model: ModelConfig, n: usize) -> Config {
    let mut config = config(n, 0.0, Circulations::Unit);
    config.model = model;
    config.initial = InitialConfig::UniformBall { n, radius: 1.0 };
    // The least that tables take in space; so few particles are all near.
    config.field.tolerance = 1e-7;
    config
}

fn start(config: Config) -> Simulation<3> {
    Simulation::from_config(config, Inputs::default()).unwrap()
}

/// (κ/N) Σ_{i<j} g(X_i − X_j) + k/2 Σ |X_i|², by plain loops.
fn energy(x: &[[f64; 3]], strength: f64, g: &dyn Fn(f64) -> f64, stiffness: f64) -> f64 {
    let square = |z: [f64; 3]| z.iter().map(|z| z * z).sum::<f64>();
    let mut sum = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let r = square([0, 1, 2].map(|a| x[i][a] - x[j][a])).sqrt();
            sum += strength / x.len() as f64 * g(r);
        }
        sum += 0.5 * stiffness * square(x[i]);
    }
    sum
}

#[test]
fn the_drift_is_the_gradient_of_the_energy() {
    type Potential = Box<dyn Fn(f64) -> f64>;
    let power = |s: f64| move |r: f64| r.powf(-s) / s;
    let inverse = |r: f64| 1.0 / (4.0 * PI * r);
    let softened = |r: f64| 1.0 / (4.0 * PI * (r * r + 0.09).sqrt());
    let core = Core::Algebraic { delta: 0.3 };
    let cases: [(ModelConfig, f64, Potential, f64); 4] = [
        (
            coulomb(2.0, Core::None, gas(0.0, 0.5)),
            2.0,
            Box::new(inverse),
            0.5,
        ),
        (
            coulomb(-2.0, core, gas(0.0, 0.0)),
            -2.0,
            Box::new(softened),
            0.0,
        ),
        (
            riesz(1.5, 0.7, gas(0.0, 0.4)),
            1.5,
            Box::new(power(0.7)),
            0.4,
        ),
        (
            riesz(0.1, 2.0, gas(0.0, 0.0)),
            0.1,
            Box::new(power(2.0)),
            0.0,
        ),
    ];
    for (model, strength, g, stiffness) in cases {
        let mut config = of(model, 40);
        config.time.scheme = Scheme::EulerMaruyama;
        // So short that no pair is close.
        config.time.dt = 1e-7;
        config.output.hamiltonian_every = 1;
        let mut run = start(config);
        let start = run.state().positions.clone();
        let expected = energy(&start, strength, &g, stiffness);
        let sums = *run.observables();
        let off = (sums.hamiltonian.unwrap() - expected).abs();
        assert!(
            off <= sums.hamiltonian_error + 1e-12 * expected.abs(),
            "{off:e}"
        );
        run.step().unwrap();
        for i in [0, 7, 39] {
            for a in 0..3 {
                let moved = |by: f64| {
                    let mut x = start.clone();
                    x[i][a] += by;
                    energy(&x, strength, &g, stiffness)
                };
                let gradient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let drift = (run.state().positions[i][a] - start[i][a]) / 1e-7;
                let scale = gradient.abs().max(0.1 * strength.abs());
                assert!(
                    (drift + gradient).abs() < 1e-5 * scale,
                    "{drift} {gradient}"
                );
            }
        }
    }
}

fn law(laws: &[Law], name: &str) -> Law {
    laws.iter().find(|law| law.name == name).unwrap().clone()
}

/// The laws say how far they may be off without noise, and the energy tells the virial.
#[test]
fn laws_without_noise() {
    for (model, scheme) in [
        (coulomb(2.0, Core::None, gas(0.0, 0.7)), Scheme::Rk4),
        (
            coulomb(2.0, Core::Gaussian { delta: 0.2 }, gas(0.0, 0.0)),
            Scheme::Rk4,
        ),
        (riesz(0.5, 0.5, gas(0.0, 0.7)), Scheme::Ab2Maruyama),
        (riesz(0.5, 0.0, gas(0.0, 0.7)), Scheme::StochasticHeun),
    ] {
        let cored = *model.core() != Core::None;
        let mut config = of(model, 80);
        (config.time.scheme, config.time.dt, config.time.steps) = (scheme, 2e-4, 200);
        config.output.hamiltonian_every = 10;
        let run = finish_in::<3>(config, Inputs::default());
        let laws = run.laws();
        let names: Vec<_> = laws.iter().map(|law| law.name).collect();
        let all = [
            "centre x",
            "centre y",
            "centre z",
            "second moment",
            "virial",
        ];
        assert_eq!(names, all[..if cored { 4 } else { 5 }]);
        assert!(laws.iter().all(|law| law.z.abs() <= 1.0), "{laws:?}");
        let s = law(&laws, "second moment");
        let change = (s.measured - run.initial_observables().second_moment).abs();
        assert!(s.error() < 0.05 * change, "{s:?} {change}");
    }
}

/// A ball of charge stays one: R³ = R₀³ + 3κt/4π without noise, and S/N = 3R²/5.
#[test]
fn a_ball_of_charge_grows() {
    let n = 4000;
    let mut config = of(coulomb(2.0, Core::None, gas(0.0, 0.0)), n);
    config.field.tolerance = 1e-5;
    (config.time.dt, config.time.steps) = (0.02, 50);
    let run = finish_in::<3>(config, Inputs::default());
    let square =
        |observables: &farfield_dynamics::Observables<3>| observables.second_moment / n as f64;
    let grown = square(run.observables()) / square(run.initial_observables());
    let expected = (1.0 + 3.0 * 2.0 / (4.0 * PI)).powf(2.0 / 3.0);
    // The particles of a cloud of n have (n − 1)/n of the field, and S is known to 1/√n.
    assert!((grown / expected - 1.0).abs() < 0.02, "{grown} {expected}");
    let s = law(&run.laws(), "second moment");
    assert!(s.z.abs() <= 1.0, "{s:?}");
}

#[test]
fn laws_with_noise() {
    for model in [
        coulomb(3.0, Core::None, gas(0.1, 4.0)),
        coulomb(-1.0, Core::Algebraic { delta: 0.3 }, gas(0.1, 0.0)),
        riesz(0.5, 0.5, gas(0.1, 1.0)),
        riesz(0.1, 1.7, gas(0.1, 0.0)),
    ] {
        let mut config = of(model, 50);
        (config.time.dt, config.time.steps) = (5e-4, 40);
        config.field.check_every = 0;
        config.output.hamiltonian_every = 20;
        config.output.min_distance_every = 0;
        let names = holds(&config, 300);
        assert_eq!(
            names[..4],
            ["centre x", "centre y", "centre z", "second moment"]
        );
    }
}

/// Four particles, strong noise: N instead of N − 1 in the law of S, or 4σ for 6σ, would show.
#[test]
fn laws_of_few_with_noise() {
    let mut config = of(
        coulomb(2.0, Core::Gaussian { delta: 0.4 }, gas(0.1, 2.0)),
        4,
    );
    config.initial = InitialConfig::Gaussian { n: 4, radius: 0.3 };
    (config.time.dt, config.time.steps) = (0.01, 20);
    config.field.check_every = 0;
    config.output.hamiltonian_every = 0;
    config.output.min_distance_every = 0;
    assert_eq!(holds(&config, 1500).len(), 4);
}

/// Two particles are a pair: d r/dt = κ/(4π r²).
#[test]
fn two_particles_part() {
    let mut config = of(coulomb(2.0, Core::None, gas(0.0, 0.0)), 1);
    config.initial = InitialConfig::File {
        path: "x.npy".into(),
    };
    (config.time.dt, config.time.steps) = (0.05, 1);
    config.field.tolerance = 1e-12;
    let inputs = Inputs {
        positions: Some(vec![[0.3, 0.0, 1.0], [0.3, 0.01, 1.0]]),
        ..Inputs::default()
    };
    let run = finish_in::<3>(config, inputs);
    let x = &run.state().positions;
    let expected = (1e-6 + 3.0 * 2.0 / (4.0 * PI) * 0.05_f64).cbrt();
    assert!((x[1][1] - x[0][1] - expected).abs() < 1e-8, "{x:?}");
}

/// Attraction without noise: two particles meet at r³ = 0, which the run says a step before.
#[test]
fn two_particles_meet() {
    let mut config = of(coulomb(-2.0, Core::None, gas(0.0, 0.0)), 1);
    config.initial = InitialConfig::File {
        path: "x.npy".into(),
    };
    config.time.scheme = Scheme::Rk4;
    (config.time.dt, config.time.steps) = (1e-4, 100_000);
    let inputs = Inputs {
        positions: Some(vec![[0.25, 0.1, 0.2], [-0.25, 0.1, 0.2]]),
        ..Inputs::default()
    };
    let run = finish_in::<3>(config, inputs);
    let meet = 0.125 / (3.0 * 2.0 / (4.0 * PI));
    let found = run.collapse().expect("they meet");
    assert!((found.time / meet - 1.0).abs() < 5e-3, "{found:?} {meet}");
    assert!((found.centre[1] - 0.1).abs() < 1e-9 && (found.centre[2] - 0.2).abs() < 1e-9);
}

#[test]
fn on_a_torus() {
    let gas = GasConfig {
        periodic: Some(Periodic::Side(1.0)),
        ..gas(0.1, 0.0)
    };
    let mut config = of(coulomb(3.0, Core::None, gas), 50);
    config.initial = InitialConfig::UniformCube { n: 50, side: 1.0 };
    (config.time.dt, config.time.steps) = (5e-4, 20);
    config.field.check_every = 0;
    assert_eq!(holds(&config, 60), ["centre x", "centre y", "centre z"]);
}

#[test]
fn each_in_its_dimension() {
    let config = of(coulomb(1.0, Core::None, gas(0.0, 0.0)), 10);
    let refused = |result: Result<Simulation, farfield_dynamics::Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        error.to_string()
    };
    let text = refused(Simulation::new(config.clone(), Inputs::default()));
    let expected = "model.kind: coulomb-gas, which is of 3 dimensions, (allowed: one of 2)";
    assert_eq!(text, expected);
    let mut flat = config.clone();
    flat.initial = InitialConfig::UniformDisc { n: 10, radius: 1.0 };
    let text = flat.check().unwrap_err().to_string();
    let expected = "initial.kind: 'uniform-disc' in 3 dimensions (allowed: gaussian, uniform-ball, uniform-cube, uniform-box, power-law, mixture, bkw, file)";
    assert_eq!(text, expected);
    let mut four = config.clone();
    four.model = ModelConfig::RieszGas {
        strength: 1.0,
        s: 0.5,
        dimension: 4,
        gas: gas(0.0, 0.0),
    };
    assert_eq!(
        four.check().unwrap_err().to_string(),
        "model.dimension: 4 (allowed: 2 or 3)"
    );
    let mut steep = config.clone();
    steep.model = riesz(1.0, 3.0, gas(0.0, 0.0));
    let expected = "model.s: 3 (allowed: 0 or more and below 3, the dimension)";
    assert_eq!(steep.check().unwrap_err().to_string(), expected);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.ffs");
    std::fs::write(&path, to_bytes(&start(config).snapshot())).unwrap();
    let text = Snapshot::<2>::open(&path).unwrap_err().to_string();
    assert!(text.ends_with("dimension: 3 (allowed: 2)"), "{text}");
}

/// Means of the initial laws.
#[test]
fn where_they_start() {
    let n = 20_000;
    let squares = |initial| {
        let mut config = of(coulomb(1.0, Core::None, gas(0.0, 0.0)), 1);
        config.initial = initial;
        config.field.tolerance = 1e-3;
        let run = start(config);
        let sums = run.observables();
        assert!(sums.centre.iter().all(|x| x.abs() < 0.03), "{sums:?}");
        let positions = run.state().positions.clone();
        let axis = |a: usize| positions.iter().map(|x| x[a] * x[a]).sum::<f64>() / n as f64;
        ([0, 1, 2].map(axis), positions)
    };
    let near = |found: [f64; 3], expected: f64| {
        // Five standard deviations of a mean of squares, whose own is at most √2 of it.
        let off = found.map(|x| (x / expected - 1.0).abs());
        assert!(
            off.iter()
                .all(|x| *x < 5.0 * 2f64.sqrt() / (n as f64).sqrt()),
            "{found:?}"
        );
    };
    let (found, positions) = squares(InitialConfig::UniformBall { n, radius: 1.5 });
    near(found, 1.5 * 1.5 / 5.0);
    let radius = |x: &[f64; 3]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    assert!(positions.iter().all(|x| radius(x) <= 1.5 + 1e-12));
    let inner = positions.iter().filter(|x| radius(x) < 0.75).count() as f64;
    assert!(
        (inner / n as f64 - 0.125).abs() < 5.0 * (0.11 / n as f64).sqrt(),
        "{inner}"
    );
    near(
        squares(InitialConfig::UniformCube { n, side: 2.0 }).0,
        1.0 / 3.0,
    );
    near(squares(InitialConfig::Gaussian { n, radius: 0.8 }).0, 0.32);
    // R² (3 − p)/(5 − p) over three axes.
    let law = InitialConfig::PowerLaw {
        n,
        power: 2.5,
        radius: 2.0,
    };
    near(squares(law).0, 4.0 * 0.5 / 2.5 / 3.0);
    let law = InitialConfig::Mixture {
        n,
        centres: vec![vec![0.0, 0.0, 1.0], vec![0.0, 0.0, -1.0]],
        radii: vec![0.0; 2],
        weights: vec![1.0; 2],
    };
    assert_eq!(squares(law).0, [0.0, 0.0, 1.0]);
}

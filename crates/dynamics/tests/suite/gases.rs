//! Gases: the drift is the gradient of the energy, laws with and without noise, collapse, the torus.

use crate::common::{config, finish, gas, log_gas, riesz};
use crate::laws::holds;
use farfield_dynamics::config::{
    Circulations, Config, Core, GasConfig, InitialConfig, ModelConfig, Periodic, Scheme,
};
use farfield_dynamics::{Inputs, Law, RunEnd, Simulation};
use std::f64::consts::{PI, TAU};
use std::sync::atomic::AtomicBool;

fn keller_segel(chi: f64, gas: GasConfig) -> ModelConfig {
    ModelConfig::KellerSegel {
        chi,
        core: Core::None,
        gas,
    }
}

fn of(model: ModelConfig, n: usize) -> Config {
    let mut config = config(n, 0.0, Circulations::Unit);
    config.model = model;
    config
}

/// (κ/N) Σ_{i<j} g(X_i − X_j) + k/2 Σ |X_i|², by plain loops.
fn energy(x: &[[f64; 2]], strength: f64, g: &dyn Fn(f64) -> f64, stiffness: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let r = (x[i][0] - x[j][0]).hypot(x[i][1] - x[j][1]);
            sum += strength / x.len() as f64 * g(r);
        }
        sum += 0.5 * stiffness * (x[i][0].powi(2) + x[i][1].powi(2));
    }
    sum
}

/// What a step of Euler's scheme says the drift is, against differences of the energy, which the run measures too.
#[test]
fn the_drift_is_the_gradient_of_the_energy() {
    let quiet = |stiffness| gas(0.0, stiffness);
    let log = |r: f64| -r.ln() / TAU;
    let power = |s: f64| move |r: f64| r.powf(-s) / s;
    let core = 0.3;
    let softened = ModelConfig::LogGas {
        strength: 2.0,
        core: Core::Algebraic { delta: core },
        gas: quiet(0.0),
    };
    type Potential = Box<dyn Fn(f64) -> f64>;
    let cases: [(ModelConfig, f64, Potential, f64); 6] = [
        (log_gas(2.0, quiet(0.0)), 2.0, Box::new(log), 0.0),
        (log_gas(-0.5, quiet(1.5)), -0.5, Box::new(log), 1.5),
        (keller_segel(3.0, quiet(0.0)), -3.0, Box::new(log), 0.0),
        (riesz(1.5, 0.7, quiet(0.4)), 1.5, Box::new(power(0.7)), 0.4),
        (
            riesz(-1.0, 0.0, quiet(0.0)),
            -1.0,
            Box::new(|r: f64| -r.ln()),
            0.0,
        ),
        (
            softened,
            2.0,
            Box::new(move |r: f64| -0.5 * (r * r + core * core).ln() / TAU),
            0.0,
        ),
    ];
    for (model, strength, g, stiffness) in cases {
        let mut config = of(model, 40);
        config.time.scheme = Scheme::EulerMaruyama;
        config.time.dt = 1e-3;
        config.output.hamiltonian_every = 1;
        let mut run = Simulation::new(config, Inputs::default()).unwrap();
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
            for a in 0..2 {
                let moved = |by: f64| {
                    let mut x = start.clone();
                    x[i][a] += by;
                    energy(&x, strength, &g, stiffness)
                };
                let step = 1e-5;
                let gradient = (moved(step) - moved(-step)) / (2.0 * step);
                let drift = (run.state().positions[i][a] - start[i][a]) / 1e-3;
                let scale = gradient.abs().max(0.1 * strength.abs());
                assert!(
                    (drift + gradient).abs() < 1e-5 * scale,
                    "{drift} {gradient}"
                );
            }
        }
    }
}

fn law<'a>(laws: &'a [Law], name: &str) -> &'a Law {
    laws.iter().find(|law| law.name == name).unwrap()
}

/// Without noise S is known for any time, and the budget tells how well.
#[test]
fn laws_without_noise() {
    for (model, rate, stiffness) in [
        (log_gas(2.0, gas(0.0, 0.0)), Some(2.0 / TAU), 0.0),
        (log_gas(2.0, gas(0.0, 1.5)), Some(2.0 / TAU), 1.5),
        (keller_segel(1.0, gas(0.0, 0.0)), Some(-1.0 / TAU), 0.0),
        (riesz(0.5, 0.0, gas(0.0, 0.7)), Some(0.5), 0.7),
        (riesz(0.5, 1.0, gas(0.0, 0.7)), None, 0.7),
    ] {
        let n = 60;
        let mut config = of(model, n);
        config.initial = InitialConfig::UniformDisc { n, radius: 1.0 };
        config.time.scheme = Scheme::Rk4;
        (config.time.dt, config.time.steps) = (2e-4, 200);
        config.output.hamiltonian_every = 10;
        let run = finish(config, Inputs::default());
        let laws = run.laws();
        let names: Vec<_> = laws.iter().map(|law| law.name).collect();
        assert_eq!(names, ["centre x", "centre y", "second moment", "virial"]);
        for law in &laws {
            assert!(law.z.abs() <= 1.0, "{law:?}");
        }
        let s = law(&laws, "second moment");
        let start = run.initial_observables().second_moment;
        let change = (s.measured - start).abs();
        assert!(s.error() < 1e-2 * change, "{s:?} {change}");
        if let Some(rate) = rate {
            let time = run.state().time;
            let work = rate * (n as f64 - 1.0);
            let expected = match stiffness > 0.0 {
                true => {
                    let decay: f64 = (-2.0 * stiffness * time).exp();
                    start * decay + work * (1.0 - decay) / (2.0 * stiffness)
                }
                false => start + work * time,
            };
            assert!(
                (s.expected / expected - 1.0).abs() < 1e-12,
                "{s:?} {expected}"
            );
        }
    }
}

/// Fifty particles, and so small steps that what a step does to close pairs does not show.
fn noisy(model: ModelConfig) -> Config {
    let n = 50;
    let mut config = of(model, n);
    config.initial = InitialConfig::UniformDisc { n, radius: 1.0 };
    (config.time.dt, config.time.steps) = (5e-4, 40);
    config.field.check_every = 0;
    config.output.hamiltonian_every = 20;
    config.output.min_distance_every = 0;
    config
}

/// Four particles around a core, so that steps to close pairs are smooth: N instead of N − 1, or no decay, would show.
#[test]
fn laws_of_few_with_noise() {
    for core in [
        Core::Gaussian { delta: 0.4 },
        Core::Algebraic { delta: 0.4 },
    ] {
        let model = ModelConfig::LogGas {
            strength: 2.0,
            core,
            gas: gas(0.1, 2.0),
        };
        let mut config = noisy(model);
        config.initial = InitialConfig::Gaussian { n: 4, radius: 0.3 };
        (config.time.dt, config.time.steps) = (0.01, 20);
        let names = holds(&config, 1500);
        assert_eq!(names, ["centre x", "centre y", "second moment"]);
    }
}

#[test]
fn laws_with_noise() {
    for model in [
        log_gas(3.0, gas(0.1, 0.0)),
        log_gas(3.0, gas(0.1, 4.0)),
        keller_segel(1.0, gas(0.1, 0.0)),
        riesz(0.5, 0.5, gas(0.1, 1.0)),
    ] {
        let names = holds(&noisy(model), 400);
        assert_eq!(names, ["centre x", "centre y", "second moment", "virial"]);
    }
}

/// Above 8πσ a cluster collapses before S could vanish; below, none does.
#[test]
fn collapse() {
    let (n, sigma, radius) = (400, 0.05, 1.0);
    let run = |chi: f64, steps: u64| {
        let mut config = of(keller_segel(chi, gas(sigma, 0.0)), n);
        config.initial = InitialConfig::Gaussian { n, radius };
        (config.time.dt, config.time.steps) = (2e-3, steps);
        let mut run = Simulation::new(config, Inputs::default()).unwrap();
        let end = run.run(&mut [], &AtomicBool::new(false)).unwrap();
        (end, run)
    };
    let critical = 8.0 * PI * sigma;
    let (end, _) = run(0.5 * critical, 300);
    assert_eq!(end, RunEnd::Finished);
    let chi = 4.0 * critical;
    let (end, run) = run(chi, 10_000);
    let RunEnd::Collapsed(found) = end else {
        panic!("{end:?}");
    };
    // E S = S(0) + (N − 1)(4σ − χ/2π) t would vanish there.
    let latest = n as f64 * radius * radius / ((n as f64 - 1.0) * (chi / TAU - 4.0 * sigma));
    assert!(
        found.time < latest && found.time > 0.05 * latest,
        "{found:?} {latest}"
    );
    assert!(found.particles as f64 > critical / chi * n as f64);
    assert!(found.mass > critical / chi && found.mass <= 1.0);
    assert_eq!(found.step, run.state().step);
    let within = |x: &&[f64; 2]| (0..2).all(|a| (x[a] - found.centre[a]).abs() <= found.side);
    assert!(run.state().positions.iter().filter(within).count() >= found.particles);
    // Gone on with from there, the run ends at once.
    let again = Simulation::resume(run.config().clone(), run.snapshot()).unwrap();
    assert_eq!(again.collapse(), Some(found));
}

/// Two particles without noise meet at r² = r₀² − (4χ/2πN)·t... which the run says a step before.
#[test]
fn two_particles_meet() {
    let chi = 1.0;
    let mut config = of(keller_segel(chi, gas(0.0, 0.0)), 2);
    config.initial = InitialConfig::Ring { n: 2, radius: 0.5 };
    config.time.scheme = Scheme::Rk4;
    (config.time.dt, config.time.steps) = (1e-3, 100_000);
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let end = run.run(&mut [], &AtomicBool::new(false)).unwrap();
    let RunEnd::Collapsed(found) = end else {
        panic!("{end:?}");
    };
    // d|z|/dt = −2 (χ/N)/(2π|z|) with N = 2.
    let meet = PI / chi;
    assert!((found.time / meet - 1.0).abs() < 5e-3, "{found:?} {meet}");
    assert_eq!(found.particles, 2);
}

/// Particles at one place have no interaction, and without noise stay together: the virial is less than κ(N − 1)/2π, and S grows less.
#[test]
fn particles_at_one_place() {
    let mut config = of(log_gas(2.0, gas(0.0, 0.0)), 1);
    config.initial = InitialConfig::File {
        path: "x.npy".into(),
    };
    config.time.scheme = Scheme::Rk4;
    (config.time.dt, config.time.steps) = (1e-3, 50);
    config.output.hamiltonian_every = 1;
    let inputs = Inputs {
        positions: Some(vec![[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]),
        ..Inputs::default()
    };
    let run = finish(config, inputs);
    assert_eq!(run.state().positions[0], run.state().positions[1]);
    let laws = run.laws();
    let s = law(&laws, "second moment");
    assert!(laws.iter().all(|law| law.z.abs() <= 1.0), "{laws:?}");
    // Two pairs of three: d S/dt = 2 κ/(2πN) per pair.
    let rate = 2.0 * 2.0 * 2.0 / (TAU * 3.0);
    let grown = s.measured - 2.0 / 3.0;
    assert!((grown / (0.05 * rate) - 1.0).abs() < 1e-4, "{grown} {rate}");
}

/// Without noise the laws hold within what they say, whatever close pairs do to the virial in one step; but for RK4, whose error estimate
/// knows of no pair that a step throws apart.
#[test]
fn close_pairs_without_noise() {
    for (s, scheme) in [(1.0, Scheme::EulerMaruyama), (0.5, Scheme::Ab2Maruyama)] {
        for seed in 0..4 {
            let n = 300;
            let mut config = of(riesz(1.0, s, gas(0.0, 0.0)), n);
            config.seed = seed;
            config.initial = InitialConfig::Annulus {
                n,
                inner: 0.5,
                radius: 1.0,
            };
            config.time.scheme = scheme;
            (config.time.dt, config.time.steps) = (1e-3, 50);
            let laws = finish(config, Inputs::default()).laws();
            assert!(laws.iter().all(|law| law.z.abs() <= 1.0), "{laws:?}");
        }
    }
}

/// Where forces cancel to the last digit, the error of the drift is measured against what a neighbour does.
#[test]
fn a_torus_in_equilibrium() {
    let gas = GasConfig {
        periodic: Some(Periodic::Side(1.0)),
        ..gas(1e-4, 0.0)
    };
    let lattice = |n: usize| -> Vec<[f64; 2]> {
        let place = |i: usize| (i as f64 + 0.3) / n as f64;
        (0..n * n).map(|i| [place(i % n), place(i / n)]).collect()
    };
    for model in [log_gas(3.0, gas.clone()), riesz(0.5, 0.5, gas)] {
        for positions in [lattice(1), lattice(10), vec![[0.2, 0.2]; 50]] {
            let mut config = of(model.clone(), 1);
            config.initial = InitialConfig::File {
                path: "x.npy".into(),
            };
            config.field.tolerance = 1e-5;
            // A scheme that looks no further than this state: what noise parts by little, the next drift throws apart.
            config.time.scheme = Scheme::EulerMaruyama;
            (config.field.check_every, config.time.steps) = (1, 1);
            let inputs = Inputs {
                positions: Some(positions),
                ..Inputs::default()
            };
            let run = finish(config, inputs);
            assert!(run.last_check().unwrap().error_bound <= 1e-5);
        }
    }
}

/// The centre is a Brownian motion on the torus too, of positions that leave the box, and forces are periodic.
#[test]
fn on_a_torus() {
    on_this_torus(Periodic::Side(1.0));
    on_this_torus(Periodic::Sides(vec![1.0, 1.5]));
}

fn on_this_torus(torus: Periodic) {
    let gas = GasConfig {
        periodic: Some(torus.clone()),
        ..gas(0.1, 0.0)
    };
    for model in [
        log_gas(3.0, gas.clone()),
        riesz(0.5, 1.0, gas),
        ModelConfig::Vortex {
            viscosity: 0.1,
            circulations: Circulations::Unit,
            core: Core::None,
            periodic: Some(torus),
        },
    ] {
        let is_vortex = model.kind() == "vortex";
        let config = noisy(model);
        let names = holds(&config, 100);
        let expected = ["centre x", "centre y", "circulation"];
        assert_eq!(names, expected[..if is_vortex { 3 } else { 2 }]);
        let run = |shift: f64| {
            let start = Simulation::new(config.clone(), Inputs::default()).unwrap();
            let mut config = config.clone();
            config.initial = InitialConfig::File {
                path: "x.npy".into(),
            };
            let positions = start.state().positions.iter();
            let inputs = Inputs {
                positions: Some(
                    positions
                        .map(|x| [x[0] + shift, x[1] - 2.0 * shift])
                        .collect(),
                ),
                ..Inputs::default()
            };
            finish(config, inputs).state().positions.clone()
        };
        for (x, y) in run(0.0).iter().zip(run(3.0)) {
            assert!((x[0] + 3.0 - y[0]).abs() < 1e-6 && (x[1] - 6.0 - y[1]).abs() < 1e-6);
        }
    }
}

/// Steps as long as the trap's own time, with which Heun's scheme gives two thirds of the spread.
#[test]
fn a_stiff_trap_needs_no_short_steps() {
    let mut config = of(log_gas(0.5, gas(0.5, 20.0)), 30);
    config.time.scheme = Scheme::ExponentialHeun;
    (config.time.dt, config.time.steps) = (0.05, 20);
    config.output.hamiltonian_every = 0;
    let names = holds(&config, 300);
    assert_eq!(names, ["centre x", "centre y", "second moment"]);
    config.time.scheme = Scheme::StochasticHeun;
    config.initial = InitialConfig::Gaussian {
        n: 1000,
        radius: 1.0,
    };
    let laws = finish(config, Inputs::default()).laws();
    let second = laws.iter().find(|law| law.name == "second moment");
    assert!(second.unwrap().z < -5.0, "{laws:?}");
}

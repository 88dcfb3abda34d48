//! Exact laws with noise, over many replicas.
//!
//! The deviation d of a law is a martingale and its standard error e the root of its quadratic variation, so E d = 0 and
//! E d² = E e² exactly, for any number of particles. Over the replicas Σd/√Σe² and Σ(d² − e²)/√Σ(d² − e²)² are then standard
//! normal; they are held to 4.8, a false alarm of 2e-6 each and below 1e-4 for the whole file. (The mean of z = d/e itself
//! is not 0 for few particles, as d and e are correlated.)

use crate::common::{config, with_core};
use farfield_dynamics::config::{Circulations, Config, InitialConfig, Scheme};
use farfield_dynamics::{Inputs, Law, Simulation, model};
use rayon::prelude::*;

const REPLICAS: u64 = 1500;
const BOUND: f64 = 4.8;

fn all_laws<const D: usize>(config: &Config, replicas: u64) -> Vec<Vec<Law>> {
    let model = model::from_config::<D>(&config.model).unwrap();
    let replica = |seed| {
        let mut config = config.clone();
        config.seed = seed;
        let steps = config.time.steps;
        let mut run = Simulation::with_model(model.clone(), config, Inputs::default()).unwrap();
        for _ in 0..steps {
            run.step().unwrap();
            assert_eq!(run.collapse(), None);
        }
        run.laws()
    };
    (0..replicas).into_par_iter().map(replica).collect()
}

/// Checks law k of many replicas.
pub(crate) fn in_the_mean(all: &[Vec<Law>], k: usize) {
    let name = all[0][k].name;
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        let each = all.iter().map(|laws| &laws[k]);
        each.map(|law| f(law.measured - law.expected, law.error()))
            .sum()
    };
    let mean = sum(&|d, _| d) / sum(&|_, e| e * e).sqrt();
    assert!(
        mean.abs() < BOUND,
        "{name}: mean {mean:.2} standard errors off"
    );
    let spread = sum(&|d, e| (d * d - e * e).powi(2)).sqrt();
    let square = sum(&|d, e| d * d - e * e) / spread;
    assert!(
        square.abs() < BOUND,
        "{name}: variance {square:.2} standard errors off"
    );
}

/// Checks every law of a configuration, and returns their names.
pub(crate) fn holds(config: &Config, replicas: u64) -> Vec<&'static str> {
    let all = match config.model.dimension() {
        2 => all_laws::<2>(config, replicas),
        _ => all_laws::<3>(config, replicas),
    };
    for (k, law) in all[0].iter().enumerate() {
        let name = law.name;
        if name == "circulation" {
            assert!(all.iter().all(|laws| laws[k].z == 0.0));
            continue;
        }
        if name == "virial" {
            assert!(all.iter().all(|laws| laws[k].z.abs() <= 1.0));
            continue;
        }
        in_the_mean(&all, k);
    }
    all[0].iter().map(|law| law.name).collect()
}

/// Four vortices close together and strong noise: N instead of N − 1 in the second moment's law would be 12 standard errors
/// off.
fn few(circulations: Circulations, scheme: Scheme) -> Config {
    let mut config = config(4, 0.1, circulations);
    config.initial = InitialConfig::Gaussian { n: 4, radius: 0.3 };
    config.time.scheme = scheme;
    (config.time.dt, config.time.steps) = (0.01, 20);
    config.field.check_every = 0;
    config.output.hamiltonian_every = 0;
    config.output.min_distance_every = 0;
    config
}

#[test]
fn of_equal_vortices() {
    for scheme in [Scheme::EulerMaruyama, Scheme::Ab2Maruyama] {
        let names = holds(&few(Circulations::Unit, scheme), REPLICAS);
        let expected = [
            "centre x",
            "centre y",
            "second moment",
            "angular impulse",
            "circulation",
        ];
        assert_eq!(names, expected);
    }
}

#[test]
fn of_vortices_with_a_core() {
    let config = few(Circulations::Unit, Scheme::Ab2Maruyama);
    holds(&with_core(config, 0.4), REPLICAS);
}

#[test]
fn of_general_circulations() {
    for circulations in [
        Circulations::TwoPoint {
            a: 2.0,
            b: -1.0,
            p: 0.5,
        },
        Circulations::Uniform {
            low: -0.5,
            high: 1.5,
        },
    ] {
        let mut config = few(circulations, Scheme::Ab2Maruyama);
        // So many that all being equal, which has other laws, does not occur.
        config.initial = InitialConfig::Gaussian { n: 40, radius: 0.5 };
        let names = holds(&config, REPLICAS);
        assert_eq!(
            names,
            ["impulse x", "impulse y", "angular impulse", "circulation"]
        );
    }
}

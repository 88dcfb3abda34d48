//! Noise that depends on the state, of a model of one's own: dX_i = √2 c X_i dβ_i, geometric Brownian motions.

use farfield::{Evaluation, Options, Outputs, PassSeconds, PlanReport, VerifyReport};
use farfield_dynamics::config::{Config, InitialConfig, Scheme};
use farfield_dynamics::model::{Model, NoiseStructure};
use farfield_dynamics::noise::Brownian;
use farfield_dynamics::{Inputs, Law, Result, Simulation, laws::Account, sums::Sums};
use rayon::prelude::*;
use std::array::from_fn;
use std::sync::Arc;

/// A_i = c² X_i X_iᵀ, of which as many are given as `places` says.
#[derive(Debug)]
struct Lines<const D: usize> {
    c: f64,
    places: Vec<[f64; D]>,
    matrices: Vec<[[f64; D]; D]>,
}

impl<const D: usize> Sums<D> for Lines<D> {
    fn move_to(&mut self, positions: &[[f64; D]]) -> farfield::Result<()> {
        self.places.copy_from_slice(positions);
        Ok(())
    }
    fn field_into(
        &mut self,
        weights: &[f64],
        out: &mut [[f64; D]],
    ) -> farfield::Result<PassSeconds> {
        let line = |x: &[f64; D]| from_fn(|a| from_fn(|b| self.c * self.c * x[a] * x[b]));
        let given = if weights[0] > 0.0 {
            self.places.len()
        } else {
            1
        };
        self.matrices = self.places[..given].iter().map(line).collect();
        out.fill([0.0; D]);
        Ok(PassSeconds::default())
    }
    fn matrices(&self) -> Option<&[[[f64; D]; D]]> {
        Some(&self.matrices)
    }
    fn evaluate(&self, _: &[f64], _: Outputs) -> farfield::Result<Evaluation<f64, D>> {
        unreachable!("no potential")
    }
    fn verify_field(
        &self,
        _: &[f64],
        _: &[[f64; D]],
        _: usize,
        _: u64,
    ) -> farfield::Result<VerifyReport> {
        unreachable!("never measured")
    }
    fn report(&self) -> PlanReport {
        PlanReport::default()
    }
    fn leaf_capacity(&self) -> usize {
        1
    }
    fn least_tolerance(&self) -> f64 {
        1e-14
    }
}

#[derive(Debug)]
struct Geometric {
    c: f64,
    weight: f64,
}

impl<const D: usize> Model<D> for Geometric {
    fn kind(&self) -> &'static str {
        "geometric"
    }
    fn plan(&self, positions: &[[f64; D]], _: Options) -> Result<Box<dyn Sums<D>>> {
        Ok(Box::new(Lines {
            c: self.c,
            places: positions.to_vec(),
            matrices: vec![],
        }))
    }
    fn strengths(&self, m: &[f64]) -> Vec<f64> {
        vec![self.weight; m.len()]
    }
    fn noise(&self) -> NoiseStructure {
        NoiseStructure::Matrices
    }
    fn has_potential(&self) -> bool {
        false
    }
    fn laws(&self, account: &Account<D>) -> Vec<Law> {
        let (was, is) = (account.initial.impulse, account.now.impulse);
        let error = |a: usize| account.ledger.variation.impulse[a].sqrt();
        (0..D)
            .map(|a| Law::new("impulse", was[a], is[a], error(a)))
            .collect()
    }
}

fn config(scheme: Scheme, seed: u64) -> Config {
    let mut config = Config {
        seed,
        ..Config::default()
    };
    config.initial = InitialConfig::File {
        path: "x.npy".into(),
    };
    (config.time.scheme, config.time.dt) = (scheme, 0.01);
    config.field.check_every = 0;
    config
}

fn begun<const D: usize>(model: Geometric, config: Config, n: usize) -> Simulation<D> {
    let place = |i: usize| from_fn(|a| f64::sin((1 + i + 3 * a) as f64));
    let inputs = Inputs {
        positions: Some((0..n).map(place).collect()),
        ..Inputs::default()
    };
    Simulation::with_model(Arc::new(model), config, inputs).unwrap()
}

/// X_1 = X_0 (1 + √2 c ΔB·X_0/|X_0|).
fn one_step<const D: usize>(increments: impl Fn(&mut [[f64; D]])) {
    let (n, c) = (50, 0.7);
    let model = Geometric { c, weight: 1.0 };
    let mut run = begun::<D>(model, config(Scheme::EulerMaruyama, 9), n);
    let start = run.state().positions.clone();
    run.step().unwrap();
    let mut dw = vec![[0.0; D]; n];
    increments(&mut dw);
    for ((x, dw), found) in start.iter().zip(&dw).zip(&run.state().positions) {
        let dot = |y: &[f64; D]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        let factor = 1.0 + 2f64.sqrt() * c * dot(dw) / dot(x).sqrt();
        for (x, found) in x.iter().zip(found) {
            assert!((factor * x - found).abs() < 1e-7, "{x} {found}");
        }
    }
}

#[test]
fn a_step_by_its_formula() {
    one_step::<2>(|dw| Brownian::new(9).increments(0, 0.01, dw));
    one_step::<3>(|dw| Brownian::new(9).increments_in_space(0, 0.01, dw));
}

/// Of Σ X_i over many runs, held to 4.8 standard errors: a false alarm of 2e-6 each.
#[test]
fn the_laws_know_the_variation() {
    let replica = |seed: u64| {
        let model = Geometric {
            c: 0.5,
            weight: 1.0,
        };
        let mut run = begun::<2>(model, config(Scheme::EulerMaruyama, seed), 8);
        for _ in 0..20 {
            run.step().unwrap();
        }
        run.laws()
    };
    let all: Vec<_> = (0..2000).into_par_iter().map(replica).collect();
    for axis in 0..2 {
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            let each = all.iter().map(|laws| &laws[axis]);
            each.map(|law| f(law.measured - law.expected, law.error()))
                .sum()
        };
        let mean = sum(&|d, _| d) / sum(&|_, e| e * e).sqrt();
        assert!(mean.abs() < 4.8, "{mean:.2}");
        let spread = sum(&|d, e| (d * d - e * e).powi(2)).sqrt();
        let square = sum(&|d, e| d * d - e * e) / spread;
        assert!(square.abs() < 4.8, "{square:.2}");
    }
}

#[test]
fn what_is_refused() {
    let refused = |scheme, weight| {
        let model = Geometric { c: 0.5, weight };
        let mut run = begun::<2>(model, config(scheme, 1), 8);
        run.step().unwrap_err().to_string()
    };
    assert_eq!(
        refused(Scheme::Ab2Maruyama, 1.0),
        "time.scheme: ab2-maruyama with model.kind = \"geometric\" (allowed: euler-maruyama, as the noise depends on the state)"
    );
    assert_eq!(
        refused(Scheme::EulerMaruyama, -1.0),
        "matrices of the noise: 1 matrices (allowed: 8, one a particle)"
    );
}

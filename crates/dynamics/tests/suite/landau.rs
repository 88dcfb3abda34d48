//! The Landau equation by particles: one step by plain loops, laws in the mean, isotropisation, the exact solution.

use crate::common::{finish_in, threads};
use crate::laws::in_the_mean;
use farfield_dynamics::config::{Config, InitialConfig, ModelConfig, Scheme};
use farfield_dynamics::landau::{Dimension, bkw};
use farfield_dynamics::noise::Brownian;
use farfield_dynamics::{Inputs, Result, Simulation};
use rayon::prelude::*;
use std::array::from_fn;

type Matrix<const D: usize> = [[f64; D]; D];

fn times<const D: usize>(a: &Matrix<D>, b: &Matrix<D>) -> Matrix<D> {
    from_fn(|i| from_fn(|j| (0..D).map(|k| a[i][k] * b[k][j]).sum()))
}

/// The square root by Newton's and Schulz's iteration, which knows of no dimension.
fn root<const D: usize>(a: &Matrix<D>) -> Matrix<D> {
    let identity = |x: f64| -> Matrix<D> { from_fn(|i| from_fn(|j| if i == j { x } else { 0.0 })) };
    let norm: f64 = (0..D).map(|i| a[i][i]).sum();
    let mut y: Matrix<D> = a.map(|row| row.map(|x| x / norm));
    let mut z = identity(1.0);
    for _ in 0..200 {
        let zy = times(&z, &y);
        let three = identity(3.0);
        let half: Matrix<D> = from_fn(|i| from_fn(|j| 0.5 * (three[i][j] - zy[i][j])));
        (y, z) = (times(&y, &half), times(&half, &z));
    }
    y.map(|row| row.map(|x| x * norm.sqrt()))
}

/// A and B of a velocity.
fn coefficients<const D: usize>(v: &[[f64; D]], i: usize, gamma: f64) -> (Matrix<D>, [f64; D]) {
    let n = v.len() as f64;
    let (mut a, mut b) = ([[0.0; D]; D], [0.0; D]);
    for j in (0..v.len()).filter(|&j| j != i) {
        let z: [f64; D] = from_fn(|x| v[i][x] - v[j][x]);
        let r2: f64 = z.iter().map(|z| z * z).sum();
        let power = r2.powf(0.5 * gamma) / n;
        for x in 0..D {
            b[x] -= (D as f64 - 1.0) * power * z[x];
            for y in 0..D {
                let delta = if x == y { r2 } else { 0.0 };
                a[x][y] += power * (delta - z[x] * z[y]);
            }
        }
    }
    (a, b)
}

/// What is neither measured nor written but for the laws.
fn config<const D: usize>(gamma: f64, dt: f64, seed: u64) -> Config {
    let mut config = Config {
        seed,
        model: ModelConfig::Landau {
            gamma,
            dimension: D as u8,
        },
        initial: InitialConfig::File {
            path: "v.npy".into(),
        },
        ..Config::default()
    };
    (config.time.scheme, config.time.dt) = (Scheme::EulerMaruyama, dt);
    config.field.check_every = 0;
    config.output.min_distance_every = 0;
    config
}

pub(crate) fn from<const D: usize>(velocities: &[[f64; D]]) -> Inputs<D> {
    Inputs {
        positions: Some(velocities.to_vec()),
        ..Inputs::default()
    }
}

/// So many steps from these velocities.
fn run<const D: usize>(velocities: &[[f64; D]], mut config: Config, steps: u64) -> Simulation<D> {
    config.time.steps = steps;
    finish_in(config, from(velocities))
}

pub(crate) fn cloud<const D: usize>(n: usize, seed: u64) -> Vec<[f64; D]>
where
    (): Dimension<D>,
{
    let widths = [1.5, 0.7, 0.4];
    let all: Vec<[f64; D]> = bkw::velocities(n, 1.0, seed).unwrap();
    all.into_iter()
        .map(|v| from_fn(|x| widths[x] * v[x]))
        .collect()
}

/// Of the first step.
fn increments<const D: usize>(brownian: &Brownian, dt: f64, out: &mut [[f64; D]]) {
    let (mut in_plane, mut in_space) = (vec![[0.0; 2]; out.len()], vec![[0.0; 3]; out.len()]);
    brownian.increments(0, dt, &mut in_plane);
    brownian.increments_in_space(0, dt, &mut in_space);
    for (i, out) in out.iter_mut().enumerate() {
        let all: &[f64] = if D == 2 { &in_plane[i] } else { &in_space[i] };
        *out = from_fn(|x| all[x]);
    }
}

fn one_step<const D: usize>(gamma: f64)
where
    (): Dimension<D>,
{
    let (n, dt) = (30, 0.01);
    let start = cloud::<D>(n, 3);
    let mut config = config::<D>(gamma, dt, 9);
    config.field.check_every = 1;
    let run = run(&start, config, 1);
    let mut dw = vec![[0.0; D]; n];
    increments(&Brownian::new(9), dt, &mut dw);
    for i in 0..n {
        let (a, b) = coefficients(&start, i, gamma);
        let root = root(&a);
        for x in 0..D {
            let noise: f64 = (0..D).map(|y| root[x][y] * dw[i][y]).sum();
            let expected = start[i][x] + 2.0 * b[x] * dt + 2f64.sqrt() * noise;
            let found = run.state().positions[i][x];
            assert!(
                (found - expected).abs() < 1e-4 * dt.sqrt(),
                "{found} {expected}"
            );
        }
    }
    assert!(run.last_check().unwrap().error_bound < 1e-5);
}

#[test]
fn a_step_is_that_of_plain_loops() {
    for gamma in [-2.0, -1.0, 0.0, 0.5] {
        one_step::<2>(gamma);
    }
    for gamma in [-3.0, -1.0, 0.0, 1.0] {
        one_step::<3>(gamma);
    }
}

/// All laws are of martingales.
fn laws_hold<const D: usize>(gamma: f64)
where
    (): Dimension<D>,
{
    let replica = |seed: u64| {
        let start = cloud::<D>(10, seed + 7000);
        run(&start, config::<D>(gamma, 1e-3, seed), 20).laws()
    };
    let all: Vec<_> = (0..400).into_par_iter().map(replica).collect();
    assert_eq!(all[0].len(), D + 1);
    (0..=D).for_each(|k| in_the_mean(&all, k));
}

#[test]
fn momentum_and_energy_in_the_mean() {
    laws_hold::<2>(0.0);
    laws_hold::<2>(-1.0);
    laws_hold::<3>(0.0);
    laws_hold::<3>(-2.0);
}

/// γ = 0: with P the covariance, N E P' = (1 − 2(d − 1) dt)² N P + 4(N − 1) dt (tr P I − P) for a step of Euler's, exactly.
fn isotropisation<const D: usize>()
where
    (): Dimension<D>,
{
    let (n, dt, steps, replicas) = (20, 0.01, 15, 3000);
    let start = cloud::<D>(n, 1);
    let covariance = |v: &[[f64; D]]| -> [f64; D] {
        let count = v.len() as f64;
        from_fn(|x| {
            let mean = v.iter().map(|v| v[x]).sum::<f64>() / count;
            v.iter().map(|v| (v[x] - mean).powi(2)).sum::<f64>() / count
        })
    };
    let mut expected = covariance(&start);
    for _ in 0..steps {
        let trace: f64 = expected.iter().sum();
        let kept = (1.0 - 2.0 * (D as f64 - 1.0) * dt).powi(2);
        let share = 4.0 * (1.0 - 1.0 / n as f64) * dt;
        expected = expected.map(|p| kept * p + share * (trace - p));
    }
    let replica = |seed: u64| {
        let run = run(&start, config::<D>(0.0, dt, seed), steps);
        covariance(&run.state().positions)
    };
    let all: Vec<_> = (0..replicas).into_par_iter().map(replica).collect();
    for x in 0..D {
        let count = replicas as f64;
        let mean = all.iter().map(|p| p[x]).sum::<f64>() / count;
        let variance = all.iter().map(|p| (p[x] - mean).powi(2)).sum::<f64>() / count;
        let z = (mean - expected[x]) / (variance / count).sqrt();
        // A false alarm of 2e-6 each.
        assert!(z.abs() < 4.8, "{x}: {mean} {expected:?} {z:.1}");
    }
}

#[test]
fn maxwell_molecules_become_isotropic_at_the_exact_rate() {
    isotropisation::<2>();
    isotropisation::<3>();
}

fn exact_solution<const D: usize>()
where
    (): Dimension<D>,
{
    let (n, start, d) = (40_000, D as f64 / (D as f64 + 2.0), D as f64);
    let velocities = bkw::velocities::<D>(n, start, 5).unwrap();
    let power = |v: &[[f64; D]], p: i32| -> (f64, f64) {
        let each = v
            .iter()
            .map(|v| v.iter().map(|x| x * x).sum::<f64>().powi(p));
        let all: Vec<f64> = each.collect();
        let mean = all.iter().sum::<f64>() / n as f64;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
        (mean, (variance / n as f64).sqrt())
    };
    let (energy, error) = power(&velocities, 1);
    assert!((energy - d).abs() < 4.8 * error, "{energy}");
    let (fourth, error) = power(&velocities, 2);
    let expected = bkw::fourth_moment(D, start);
    assert!(
        (fourth - expected).abs() < 4.8 * error,
        "{fourth} {expected}"
    );
    // The same by their name.
    let mut config = config::<D>(0.0, 5e-4, 5);
    config.initial = InitialConfig::Bkw { n, start };
    config.time.steps = 200;
    let begun = Simulation::<D>::from_config(config.clone(), Inputs::default()).unwrap();
    assert_eq!(begun.state().positions, velocities);
    let run = finish_in::<D>(config, Inputs::default());
    let k = bkw::k(D, start, run.state().time);
    let (fourth, error) = power(&run.state().positions, 2);
    let expected = bkw::fourth_moment(D, k);
    assert!(
        (fourth - expected).abs() < 4.8 * error,
        "{fourth} {expected} {error}"
    );
    // Farther from what it was, and from Maxwell's, than what is allowed above.
    let moved = (expected - bkw::fourth_moment(D, start)).abs();
    let left = (bkw::fourth_moment(D, 1.0) - expected).abs();
    assert!(moved > 6.0 * error && left > 6.0 * error);
}

#[test]
fn bobylev_krook_wu() {
    exact_solution::<2>();
    exact_solution::<3>();
}

#[test]
fn same_bits_for_any_number_of_threads() {
    let start = cloud::<3>(6000, 1);
    let outcome = |gamma: f64| {
        let run = run(&start, config::<3>(gamma, 1e-3, 0), 2);
        (run.state().positions.clone(), run.laws())
    };
    for gamma in [0.0, -3.0] {
        assert!(threads(1, || outcome(gamma)) == threads(3, || outcome(gamma)));
    }
}

#[test]
fn few_particles() {
    for n in [1, 2] {
        let start = vec![[1.0, 2.0]; n];
        let run = run(&start, config::<2>(-1.0, 0.1, 0), 1);
        assert_eq!(run.state().positions, start);
        assert!(run.laws().iter().all(|law| law.z == 0.0));
    }
}

/// A step that throws a particle out is refused, and the state stays.
#[test]
fn steps_that_are_too_long() {
    let start = [[0.0, 1.0], [1.0, 0.0]];
    let mut run = Simulation::new(config::<2>(0.0, 1e6, 0), from(&start)).unwrap();
    let error = run.step().unwrap_err().to_string();
    assert!(error.starts_with("step 1: particle 0 moved by"), "{error}");
    assert_eq!(
        (&run.state().positions[..], run.state().step),
        (&start[..], 0)
    );
}

#[test]
fn bad_input() {
    fn refused<T>(made: Result<T>) -> String {
        made.map(|_| ()).unwrap_err().to_string()
    }
    let of = |config| refused(Simulation::new(config, from(&[[0.0, 1.0], [1.0, 0.0]])));
    assert_eq!(
        of(config::<2>(-2.5, 0.1, 0)),
        "model.gamma: -2.5 (allowed: -2 to 1 in 2 dimensions)"
    );
    for (scheme, name) in [
        (Scheme::Ab2Maruyama, "ab2-maruyama"),
        (Scheme::Sra1, "sra1"),
        (Scheme::Rk4, "rk4"),
    ] {
        let mut config = config::<2>(0.0, 0.1, 0);
        config.time.scheme = scheme;
        let expected = format!(
            "time.scheme: {name} with model.kind = \"landau\" (allowed: euler-maruyama, as the noise depends on the state)"
        );
        assert_eq!(of(config), expected);
    }
    let mut precise = config::<2>(0.0, 0.1, 0);
    precise.field.tolerance = 1e-9;
    assert_eq!(
        of(precise),
        "field.tolerance: 1e-9 (allowed: 1e-8 to 0.1 for landau in 2 dimensions)"
    );
    let mut pairs = config::<2>(0.0, 0.1, 0);
    pairs.time.two_body = Some(true);
    assert!(of(pairs).starts_with("time.two_body: true with this landau"));
    let mut early = config::<2>(0.0, 0.1, 0);
    early.initial = InitialConfig::Bkw { n: 10, start: 0.4 };
    let allowed = "(allowed: 0.5 to 1 in 2 dimensions)";
    let error = refused(Simulation::new(early, Inputs::default()));
    assert_eq!(error, format!("initial.start: 0.4 {allowed}"));
    let error = refused(bkw::velocities::<2>(10, 0.4, 0));
    assert_eq!(error, format!("start: 0.4 {allowed}"));
}

//! Solutions of the limit equations and laws of N particles that are known in closed form, in the mean over replicas.
//!
//! A mean over R replicas is held to 4.8 of its standard errors, which the replicas tell themselves: of Student's distribution with
//! R − 1 ≥ 199 degrees of freedom a false alarm of 3e-6 each, below 1e-4 for the whole file. Seeds are fixed.

use crate::common::{config, finish, from_arrays, gas, log_gas, with_core};
use farfield_dynamics::config::{
    Circulations, Config, InitialConfig, ModelConfig, Periodic, Scheme,
};
use farfield_dynamics::formula::Profile;
use farfield_dynamics::{Inputs, Simulation};
use rayon::prelude::*;
use std::f64::consts::{PI, TAU};

const REPLICAS: u64 = 200;
const BOUND: f64 = 4.8;

type Points = Vec<[f64; 2]>;

/// Means of what every replica says are 0, each by its name.
fn vanish<const M: usize>(names: [&str; M], replica: impl Fn(u64) -> [f64; M] + Send + Sync) {
    let all: Vec<[f64; M]> = (0..REPLICAS).into_par_iter().map(replica).collect();
    let r = REPLICAS as f64;
    for (k, name) in names.into_iter().enumerate() {
        let mean = all.iter().map(|x| x[k]).sum::<f64>() / r;
        let variance = all.iter().map(|x| (x[k] - mean).powi(2)).sum::<f64>() / (r - 1.0);
        let z = mean / (variance / r).sqrt();
        assert!(z.abs() < BOUND, "{name}: {z:.2} standard errors off 0");
    }
}

fn mean(points: &Points, f: impl Fn(usize) -> f64) -> f64 {
    (0..points.len()).map(f).sum::<f64>() / points.len() as f64
}

/// Quiet, without a check: the tests know what the drift must be.
fn bare(mut config: Config) -> Config {
    config.field.check_every = 0;
    config.output.hamiltonian_every = 0;
    config.output.min_distance_every = 0;
    config
}

/// Independent points of the law.
fn drawn(initial: InitialConfig, seed: u64) -> Points {
    let mut config = bare(config(1, 0.0, Circulations::Unit));
    config.initial = initial;
    config.seed = seed;
    config.time.steps = 0;
    finish(config, Inputs::default()).state().positions.clone()
}

/// F at the points: a step of 1 by Euler's scheme.
fn velocities(points: &Points, m: Option<Vec<f64>>, periodic: Option<f64>) -> Points {
    let (mut config, inputs) = from_arrays(points.clone(), m, Scheme::EulerMaruyama, 0.0);
    if let ModelConfig::Vortex { periodic: side, .. } = &mut config.model {
        *side = periodic.map(Periodic::Side);
    }
    (config.time.dt, config.time.steps) = (1.0, 1);
    let run = finish(bare(config), inputs);
    let ends = run.state().positions.iter().zip(points);
    ends.map(|(x, start)| [x[0] - start[0], x[1] - start[1]])
        .collect()
}

/// ω ∝ (1 − r²)⁷ of total circulation 1: u_θ = (1 − (1 − r²)⁸)/(2πr), and nothing along r. Particles see N − 1 others.
#[test]
fn a_steady_patch() {
    let n = 400;
    vanish(["along θ", "along r"], |seed| {
        let disc = drawn(InitialConfig::UniformDisc { n, radius: 1.0 }, seed);
        let radial = |[x, y]: [f64; 2]| {
            let u = x * x + y * y;
            let scale = ((1.0 - (1.0 - u).powf(0.125)) / u).sqrt();
            [scale * x, scale * y]
        };
        let x: Points = disc.into_iter().map(radial).collect();
        let u = velocities(&x, None, None);
        let others = (n as f64 - 1.0) / n as f64;
        let of = |i: usize| {
            let ([x, y], [u, v]) = (x[i], u[i]);
            let r2 = x * x + y * y;
            let circulation = others * (1.0 - (1.0 - r2).powi(8));
            [
                r2 * (x * v - y * u - circulation / TAU),
                r2 * (x * u + y * v),
            ]
        };
        [0, 1].map(|k| mean(&x, |i| of(i)[k]))
    });
}

/// Kirchhoff's ellipse: u = ω₀ (−a y, b x)/(a + b) inside of a uniform one with the semi-axes a and b.
#[test]
fn kirchhoffs_ellipse() {
    let (n, [a, b]) = (400, [1.0, 0.4]);
    let ellipse = |seed| -> Points {
        let disc = drawn(InitialConfig::UniformDisc { n, radius: 1.0 }, seed);
        disc.into_iter().map(|[x, y]| [a * x, b * y]).collect()
    };
    let strength = (n as f64 - 1.0) / n as f64 / (PI * a * b * (a + b));
    vanish(["u y", "v x", "u x"], |seed| {
        let x = ellipse(seed);
        let u = velocities(&x, None, None);
        [
            mean(&x, |i| (u[i][0] + strength * a * x[i][1]) * x[i][1]),
            mean(&x, |i| (u[i][1] - strength * b * x[i][0]) * x[i][0]),
            mean(&x, |i| u[i][0] * x[i][0]),
        ]
    });
}

/// It turns rigidly at ω₀ ab/(a + b)², here by an eighth of a turn.
#[test]
fn kirchhoffs_ellipse_turns() {
    let (n, [a, b]) = (400, [1.0, 0.4]);
    let rate = (n as f64 - 1.0) / n as f64 / (PI * (a + b) * (a + b));
    let (steps, time) = (40, 0.25 * PI / rate);
    let angle = |[xx, xy, yy]: [f64; 3]| 0.5 * (2.0 * xy).atan2(xx - yy);
    let squares = |x: &Points| {
        [[0, 0], [0, 1], [1, 1]].map(|[p, q]| {
            let centre = |k: usize| mean(x, |i| x[i][k]);
            mean(x, |i| x[i][p] * x[i][q]) - centre(p) * centre(q)
        })
    };
    let turned = |seed: u64| {
        let disc = drawn(InitialConfig::UniformDisc { n, radius: 1.0 }, seed);
        let x: Points = disc.into_iter().map(|[x, y]| [a * x, b * y]).collect();
        let before = angle(squares(&x));
        let (mut config, inputs) = from_arrays(x, None, Scheme::Rk4, 0.0);
        (config.time.dt, config.time.steps) = (time / steps as f64, steps);
        let run = finish(bare(config), inputs);
        angle(squares(&run.state().positions)) - before
    };
    let all: Vec<f64> = (0..40).into_par_iter().map(turned).collect();
    let mean = all.iter().sum::<f64>() / 40.0;
    let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 39.0;
    let error = (variance / 40.0).sqrt();
    // An ellipse of N vortices is not quite one: 1/N, and 4.8 standard errors beside.
    let allowed = BOUND * error + 1.0 / n as f64;
    let off = mean - 0.25 * PI;
    assert!(error < 0.02, "the bound would mean nothing: {error:e}");
    assert!(off.abs() < allowed, "{off:e} (allowed: {allowed:e})");
}

/// K(z) = −a z, X_i(0) independent and normal: X̄ is a Brownian motion, and X_i − X̄ processes of Ornstein and Uhlenbeck.
#[test]
fn a_linear_field() {
    let (n, a, sigma, variance) = (50, 0.8, 0.3, 0.5);
    let (dt, steps): (f64, u64) = (0.01, 60);
    let time = dt * steps as f64;
    let left = (-2.0 * a * time).exp();
    let within = variance * left + sigma / a * (1.0 - left);
    let of_centre = (variance + 2.0 * sigma * time) / n as f64;
    // Along each axis.
    let own = (1.0 - 1.0 / n as f64) * within + of_centre;
    let mixed = of_centre - within / n as f64;
    let mut config = bare(config(n, 0.0, Circulations::Unit));
    config.model = ModelConfig::Radial {
        strength: -a,
        profile: Profile::Field("1".into()),
        dimension: 2,
        gas: gas(sigma, 0.0),
    };
    config.initial = InitialConfig::Gaussian {
        n,
        radius: (2.0 * variance).sqrt(),
    };
    config.time.scheme = Scheme::StochasticHeun;
    (config.time.dt, config.time.steps) = (dt, steps);
    vanish(["E X_i²", "E X_i X_j", "E X_i⁴"], |seed| {
        let mut config = config.clone();
        config.seed = seed;
        let run = finish(config, Inputs::default());
        let x = &run.state().positions;
        let squares = 0.5 * mean(x, |i| x[i][0].powi(2) + x[i][1].powi(2));
        let fourths = 0.5 * mean(x, |i| x[i][0].powi(4) + x[i][1].powi(4));
        let sums = [0, 1].map(|k| x.iter().map(|x| x[k]).sum::<f64>());
        let all = 0.5 * (sums[0].powi(2) + sums[1].powi(2));
        let pairs = (n * (n - 1)) as f64;
        [
            squares - own,
            (all - n as f64 * squares) / pairs - mixed,
            fourths - 3.0 * own * own,
        ]
    });
}

/// Equal vortices that start independent and normal stay so, for every N and every radial core.
#[test]
fn equal_vortices_stay_independent_and_normal() {
    let (n, viscosity) = (50, 0.02);
    let (dt, steps): (f64, u64) = (0.02, 40);
    let mut config = with_core(bare(config(n, viscosity, Circulations::Unit)), 0.2);
    (config.time.dt, config.time.steps) = (dt, steps);
    let variance = 0.5 + 2.0 * viscosity * dt * steps as f64;
    vanish(
        ["E|X|²", "E|X|⁴", "E|X_i|²|X_j|²", "E X_i·X_j"],
        |seed| {
            let mut config = config.clone();
            config.seed = seed;
            let run = finish(config, Inputs::default());
            let x = &run.state().positions;
            let square = |i: usize| x[i][0].powi(2) + x[i][1].powi(2);
            let [second, fourth] = [1, 2].map(|p| mean(x, |i| square(i).powi(p)));
            let sums = [0, 1].map(|k| x.iter().map(|x| x[k]).sum::<f64>());
            let (n, all) = (n as f64, sums[0].powi(2) + sums[1].powi(2));
            [
                second - 2.0 * variance,
                fourth - 8.0 * variance * variance,
                (n * second * second - fourth) / (n - 1.0) - 4.0 * variance * variance,
                (all - n * second) / (n * (n - 1.0)),
            ]
        },
    );
}

/// Taylor and Green's vortices on the torus, ω = 2k cos kx cos ky, whose velocity is (−cos kx sin ky, sin kx cos ky): every replica has N
/// vortices on even places, with Γ = ω L².
#[test]
fn taylor_and_greens_velocity() {
    let (n, side) = (300, 2.0);
    let k = TAU / side;
    let omega = |[x, y]: [f64; 2]| 2.0 * k * (k * x).cos() * (k * y).cos();
    let flow = |[x, y]: [f64; 2]| {
        [
            -(k * x).cos() * (k * y).sin(),
            (k * x).sin() * (k * y).cos(),
        ]
    };
    vanish(["along the flow", "across"], |seed| {
        let x = drawn(InitialConfig::UniformSquare { n, side }, seed);
        let m = x.iter().map(|x| side * side * omega(*x)).collect();
        let u = velocities(&x, Some(m), Some(side));
        let others = (n as f64 - 1.0) / n as f64;
        let of = |i: usize| {
            let ([u, v], [p, q]) = (u[i], flow(x[i]));
            [u * p + v * q - others * (p * p + q * q), u * q - v * p]
        };
        [0, 1].map(|k| mean(&x, |i| of(i)[k]))
    });
}

/// It decays as e^{−2σk²t}, here to a third.
#[test]
fn taylor_and_greens_decay() {
    let (n, side, viscosity) = (1000, 2.0, 0.05);
    let k = TAU / side;
    let wave = |[x, y]: [f64; 2]| (k * x).cos() * (k * y).cos();
    let (dt, steps): (f64, u64) = (0.05, 22);
    let left = (-2.0 * viscosity * k * k * dt * steps as f64).exp();
    assert!((left - 1.0 / 3.0).abs() < 0.01, "{left}");
    let replica = |seed: u64| {
        let x = drawn(InitialConfig::UniformSquare { n, side }, seed);
        let m: Vec<f64> = x.iter().map(|x| side * side * 2.0 * k * wave(*x)).collect();
        let (mut config, inputs) = from_arrays(x, Some(m.clone()), Scheme::Ab2Maruyama, viscosity);
        if let ModelConfig::Vortex { periodic, .. } = &mut config.model {
            *periodic = Some(Periodic::Side(side));
        }
        config.field.tolerance = 1e-5;
        config.seed = 1000 + seed;
        (config.time.dt, config.time.steps) = (dt, steps);
        let run: Simulation = finish(bare(config), inputs);
        let x = &run.state().positions;
        // ∫ ω cos kx cos ky = k L²/2 at first.
        mean(x, |i| m[i] * wave(x[i])) / (0.5 * k * side * side)
    };
    let all: Vec<f64> = (0..REPLICAS).into_par_iter().map(replica).collect();
    let r = REPLICAS as f64;
    let mean = all.iter().sum::<f64>() / r;
    let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (r - 1.0);
    let error = (variance / r).sqrt();
    // N vortices decay a little differently, by some 1/N.
    let allowed = BOUND * error + 1.0 / n as f64;
    assert!(error < 0.01, "the bound would mean nothing: {error:e}");
    assert!((mean - left).abs() < allowed, "{mean} {left} {error:e}");
}

/// The log gas with V = |x|²/2: (1/N) E Σ|X|² relaxes as e^{−2t} to 2σ + κ(N − 1)/(4πN), at Ginibre's temperature too.
#[test]
fn a_confined_log_gas_relaxes() {
    let (n, kappa) = (50, 2.0);
    let share = (n as f64 - 1.0) / n as f64;
    for (sigma, time) in [(kappa / (4.0 * PI * n as f64), 3.0), (0.1, 0.5), (0.1, 3.0)] {
        let mut config = bare(config(n, 0.0, Circulations::Unit));
        config.model = log_gas(kappa, gas(sigma, 1.0));
        config.initial = InitialConfig::Gaussian { n, radius: 1.0 };
        config.time.scheme = Scheme::ExponentialHeun;
        let dt = 0.005;
        (config.time.dt, config.time.steps) = (dt, (time / dt) as u64);
        let end = 2.0 * sigma + kappa * share / (4.0 * PI);
        let expected = end + (1.0 - end) * (-2.0 * time).exp();
        vanish(["E|X|²"], |seed| {
            let mut config = config.clone();
            config.seed = seed;
            let run = finish(config, Inputs::default());
            let x = &run.state().positions;
            [mean(x, |i| x[i][0].powi(2) + x[i][1].powi(2)) - expected]
        });
    }
}

//! Point vortices whose motion is known.

use crate::common::{config, finish, from_arrays, with, with_core};
use farfield_dynamics::Inputs;
use farfield_dynamics::config::{Circulations, Core, InitialConfig, Scheme};
use std::f64::consts::{PI, TAU};

/// The point turned about a centre.
fn turned(x: [f64; 2], centre: [f64; 2], angle: f64) -> [f64; 2] {
    let (s, c) = angle.sin_cos();
    let [a, b] = [x[0] - centre[0], x[1] - centre[1]];
    [centre[0] + c * a - s * b, centre[1] + s * a + c * b]
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Largest distance of a run's last positions from the exact ones.
fn worst(
    scheme: Scheme,
    steps: u64,
    time: f64,
    start: &[[f64; 2]],
    m: &[f64],
    core: Option<f64>,
    exact: &[[f64; 2]],
) -> f64 {
    let (mut config, inputs) = from_arrays(start.to_vec(), Some(m.to_vec()), scheme, 0.0);
    if let Some(delta) = core {
        config = with_core(config, delta);
    }
    config.field.tolerance = 1e-13;
    config.field.check_every = 0;
    config.time.steps = steps;
    config.time.dt = time / steps as f64;
    let run = finish(config, inputs);
    let last = &run.state().positions;
    last.iter()
        .zip(exact)
        .map(|(a, b)| distance(*a, *b))
        .fold(0.0, f64::max)
}

/// The scheme converges to the exact positions with its order.
fn converges(time: f64, start: &[[f64; 2]], m: &[f64], core: Option<f64>, exact: &[[f64; 2]]) {
    for (scheme, steps, order, small) in [
        (Scheme::Rk4, 50, 4.0, 1e-4),
        (Scheme::Ab2Maruyama, 400, 2.0, 1e-3),
        (Scheme::EulerMaruyama, 400, 1.0, 0.1),
    ] {
        let error = |steps| worst(scheme, steps, time, start, m, core, exact);
        let (coarse, fine) = (error(steps), error(2 * steps));
        let measured = (coarse / fine).log2();
        assert!(fine < small, "{scheme:?}: {fine:e}");
        assert!(
            (measured - order).abs() < 0.2,
            "{scheme:?}: order {measured:.2}"
        );
    }
}

#[test]
fn a_pair_turns_about_its_centre_of_vorticity() {
    let (start, m) = ([[0.3, -0.2], [1.1, 0.4]], [3.0, 1.0]);
    let l = distance(start[0], start[1]);
    // Weights are m/N. A time in which the pair turns by 2 radians.
    let rate = (m[0] + m[1]) / 2.0 / (TAU * l * l);
    let centre = [0, 1].map(|k| (m[0] * start[0][k] + m[1] * start[1][k]) / (m[0] + m[1]));
    let exact = start.map(|x| turned(x, centre, 2.0));
    converges(2.0 / rate, &start, &m, None, &exact);
}

#[test]
fn a_gaussian_core_slows_the_pair() {
    let (start, m) = ([[0.0, 0.0], [0.5, 0.0]], [1.0, 1.0]);
    let (l2, delta) = (0.25f64, 0.6);
    let factor = 1.0 - (-l2 / (delta * delta)).exp();
    let rate = factor / (TAU * l2);
    let exact = start.map(|x| turned(x, [0.25, 0.0], 2.0));
    converges(2.0 / rate, &start, &m, Some(delta), &exact);
}

/// Krasny's core: r² + δ² for r². Its sums come from tables, so a tolerance of 1e-10 is the least.
#[test]
fn an_algebraic_core_slows_the_pair() {
    let (start, m) = ([[0.0, 0.0], [0.5, 0.0]], vec![1.0, 1.0]);
    let delta = 0.6;
    let rate = 1.0 / (TAU * (0.25 + delta * delta));
    let exact = start.map(|x| turned(x, [0.25, 0.0], 2.0));
    let (config, inputs) = from_arrays(start.to_vec(), Some(m), Scheme::Rk4, 0.0);
    let mut config = with(config, Core::Algebraic { delta });
    config.field.tolerance = 1e-10;
    config.time.steps = 200;
    config.time.dt = 2.0 / rate / 200.0;
    let run = finish(config, inputs);
    for (found, exact) in run.state().positions.iter().zip(exact) {
        let error = distance(*found, exact);
        assert!(error < 1e-9, "{error:e}");
    }
}

#[test]
fn opposite_vortices_translate() {
    // Positive on the left: both move up at Γ/(2πℓ), Γ = 1/2.
    let (start, m) = ([[-0.5, 0.0], [0.5, 0.0]], [1.0, -1.0]);
    let exact = start.map(|[x, y]| [x, y + 3.0 * 0.5 / TAU]);
    let error = worst(Scheme::Rk4, 10, 3.0, &start, &m, None, &exact);
    assert!(error < 1e-13, "{error:e}");
}

#[test]
fn a_regular_polygon_turns_rigidly() {
    for n in [3, 5, 6] {
        let radius = 0.8;
        let mut config = config(n, 0.0, Circulations::Unit);
        config.initial = InitialConfig::Ring { n, radius };
        config.time.steps = 0;
        let start = finish(config, Inputs::default()).state().positions.clone();
        // Γ(N−1)/(4πR²) with Γ = 1/N.
        let rate = (n as f64 - 1.0) / n as f64 / (4.0 * PI * radius * radius);
        let exact: Vec<_> = start.iter().map(|x| turned(*x, [0.0, 0.0], 1.5)).collect();
        converges(1.5 / rate, &start, &vec![1.0; n], None, &exact);
    }
}

/// A Gaussian patch turns its particles by the mean velocity of Lamb and Oseen: unlike its density, this knows the kernel.
#[test]
fn a_gaussian_patch_turns_as_lamb_and_oseen_say() {
    let n = 4000;
    let viscosity = 1e-4;
    let mut config = config(n, viscosity, Circulations::Unit);
    (config.time.dt, config.time.steps) = (0.02, 50);
    config.field.check_every = 0;
    let mut run = farfield_dynamics::Simulation::new(config, Inputs::default()).unwrap();
    let start = run.state().positions.clone();
    run.run(&mut [], &std::sync::atomic::AtomicBool::new(false))
        .unwrap();
    // Σ X^⊥·(X(t) − X(0)) over the particles between r = ½ and 2, against ∫ r u_θ dt with the patch of radius
    // a² + 4σt; without self-interaction the circulation is (N−1)/N.
    let (mut measured, mut expected, mut noise) = (0.0, 0.0, 0.0);
    for (x, y) in start.iter().zip(&run.state().positions) {
        let r2 = x[0] * x[0] + x[1] * x[1];
        if !(0.25..4.0).contains(&r2) {
            continue;
        }
        measured += x[0] * y[1] - x[1] * y[0];
        let angle = (n as f64 - 1.0) / n as f64 / (TAU * r2) * (1.0 - (-r2).exp());
        expected += r2 * angle.sin();
        noise += 2.0 * viscosity * r2;
    }
    // The noise of the sum is 0.3 %, and the velocity of 4000 particles fluctuates around the mean by 1/√4000 = 1.6 %, which
    // averages out over the particles.
    let ratio = measured / expected;
    assert!(
        8.0 * noise.sqrt() < 0.03 * expected,
        "the bound would mean nothing"
    );
    assert!((ratio - 1.0).abs() < 0.03, "{ratio}");
}

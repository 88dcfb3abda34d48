//! Sums over the particles against plain loops.

use crate::common::{config, with_core};
use farfield_dynamics::config::{Circulations, Config};
use farfield_dynamics::{Inputs, Observables, Simulation};

fn close(name: &str, got: f64, exact: f64, scale: f64) {
    assert!(
        (got - exact).abs() <= 1e-13 * scale,
        "{name}: {got}, not {exact}"
    );
}

#[test]
fn moments() {
    let config = config(
        1000,
        0.1,
        Circulations::Uniform {
            low: -1.0,
            high: 2.0,
        },
    );
    let run = Simulation::new(config, Inputs::default()).unwrap();
    let (x, m) = (&run.state().positions, &run.state().circulations);
    let sum = |f: &dyn Fn(usize) -> f64| (0..1000).map(f).sum::<f64>();
    let got = *run.observables();
    let centre = [0, 1].map(|k| sum(&|i| x[i][k]) / 1000.0);
    let r2 = |i: usize| x[i][0] * x[i][0] + x[i][1] * x[i][1];
    close("centre x", got.centre[0], centre[0], 1.0);
    close("centre y", got.centre[1], centre[1], 1.0);
    let squares = [0, 1].map(|k| sum(&|i| (x[i][k] - centre[k]).powi(2)));
    close("square x", got.squares[0], squares[0], 1e3);
    close("square y", got.squares[1], squares[1], 1e3);
    let second_moment = squares[0] + squares[1];
    close("second moment", got.second_moment, second_moment, 1e3);
    close("circulation", got.circulation, sum(&|i| m[i]), 1e3);
    close("impulse x", got.impulse[0], sum(&|i| m[i] * x[i][0]), 1e3);
    close("impulse y", got.impulse[1], sum(&|i| m[i] * x[i][1]), 1e3);
    close(
        "angular impulse",
        got.angular_impulse,
        sum(&|i| m[i] * r2(i)),
        1e3,
    );
    close(
        "weighted squares",
        got.weighted_squares,
        sum(&|i| m[i] * m[i] * r2(i)),
        1e3,
    );
}

#[test]
fn second_moment_of_parts_with_centres_far_apart() {
    for n in [1, 2, 255, 257, 1000, 5000] {
        let x: Vec<[f64; 2]> = (0..n).map(|i| [f64::from(i), -f64::from(i)]).collect();
        let got = Observables::moments(&x, &vec![1.0; x.len()]);
        let n = f64::from(n);
        // Each axis: Σ (i − (n−1)/2)² = n(n² − 1)/12.
        let exact = n * (n * n - 1.0) / 6.0;
        close("second moment", got.second_moment, exact, exact);
    }
}

#[test]
fn second_moment_of_a_distant_cloud_does_not_cancel() {
    let x: Vec<[f64; 2]> = (0..1000).map(|i| [1e8 + f64::from(i % 2), -1e8]).collect();
    let got = Observables::moments(&x, &vec![1.0; 1000]);
    assert_eq!(got.second_moment, 250.0);
}

/// E₁(t) = −γ − log t − Σ (−t)^k/(k·k!), or e^{−t}/(t+1 − 1²/(t+3 − 2²/(t+5 − …))) where the series cancels.
fn exponential_integral(t: f64) -> f64 {
    if t > 2.0 {
        let fraction = |below: f64, k: u32| {
            let k = f64::from(k);
            t + 2.0 * k + 1.0 - (k + 1.0) * (k + 1.0) / below
        };
        return (-t).exp() / (0..100).rev().fold(t + 201.0, fraction);
    }
    let (mut term, mut sum) = (1.0, 0.0);
    for k in 1..50 {
        term *= -t / f64::from(k);
        sum += term / f64::from(k);
    }
    -0.577_215_664_901_532_9 - t.ln() - sum
}

fn hamiltonian(config: Config, pair: impl Fn(f64) -> f64) {
    let run = Simulation::new(config, Inputs::default()).unwrap();
    let (x, m) = (&run.state().positions, &run.state().circulations);
    let mut exact = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let r = (x[i][0] - x[j][0]).hypot(x[i][1] - x[j][1]);
            exact += m[i] * m[j] * pair(r);
        }
    }
    let got = run.observables();
    let error = (got.hamiltonian.unwrap() - exact).abs();
    assert!(error <= got.hamiltonian_error, "{got:?}, not {exact}");
    assert!(
        got.hamiltonian_error < 1e-7 * exact.abs(),
        "{got:?} bounds nothing"
    );
}

#[test]
fn hamiltonian_is_the_double_sum() {
    for circulations in [
        Circulations::Unit,
        Circulations::TwoPoint {
            a: 2.0,
            b: -1.0,
            p: 0.7,
        },
    ] {
        let mut config = config(2000, 0.1, circulations);
        config.field.tolerance = 1e-10;
        hamiltonian(config.clone(), f64::ln);
        let delta = 0.35;
        hamiltonian(with_core(config, delta), |r| {
            r.ln() + 0.5 * exponential_integral(r * r / (delta * delta))
        });
    }
}

#[test]
fn smallest_distance_is_measured_when_due() {
    let mut config = config(500, 0.1, Circulations::Unit);
    config.output.min_distance_every = 2;
    config.time.steps = 3;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let brute = |x: &[[f64; 2]]| {
        let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let all = pairs.map(|(i, j)| (x[i][0] - x[j][0]).hypot(x[i][1] - x[j][1]));
        all.fold(f64::INFINITY, f64::min)
    };
    // Steps 0 and 2 are due, and 3 is the last.
    for due in [true, false, true, true] {
        let exact = due.then(|| brute(&run.state().positions));
        assert_eq!(
            run.observables().min_distance,
            exact,
            "step {}",
            run.state().step
        );
        if run.state().step < 3 {
            run.step().unwrap();
        }
    }
}

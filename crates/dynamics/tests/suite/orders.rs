//! Strong and weak orders of the schemes, computed without sampling.
//!
//! On a linear equation dX = A X dt + c dB every scheme is linear in the start and in the increments:
//! X_n = M x₀ + Σ_k G_k ΔB_k. Running it once for each increment with a unit impulse gives M and all G_k, and with them
//!
//! ```text
//! E|X|²             = |M x₀|² + dt Σ_k ‖G_k‖²                                       (weak error, against the exact value)
//! E|X − X_exact|²   = |M x₀ − e^{AT} x₀|² + Σ_k ∫_{t_k}^{t_{k+1}} ‖G_k − c e^{A(T−s)}‖² ds          (strong error)
//! ```

use farfield_dynamics::Result;
use farfield_dynamics::config::Scheme;
use farfield_dynamics::stepper::{self, End, Noise, Start};

/// A = −DAMPING + TURN·J: damped rotation, so e^{At} is a rotation times a factor.
const DAMPING: f64 = 0.7;
const TURN: f64 = 2.0;
const C: f64 = 0.8;
const TIME: f64 = 1.0;
const X0: [f64; 2] = [1.0, 0.5];

fn drift(x: &[[f64; 2]], out: &mut [[f64; 2]]) -> Result<()> {
    for (out, [x, y]) in out.iter_mut().zip(x) {
        *out = [-DAMPING * x - TURN * y, TURN * x - DAMPING * y];
    }
    Ok(())
}

fn exact(t: f64, [x, y]: [f64; 2]) -> [f64; 2] {
    let (s, c) = (TURN * t).sin_cos();
    [c * x - s * y, s * x + c * y].map(|v| v * (-DAMPING * t).exp())
}

/// Runs the scheme; `dw` gives the increments of a step.
fn run(
    scheme: Scheme,
    steps: usize,
    mut x: Vec<[f64; 2]>,
    dw: impl Fn(usize) -> Option<Vec<[f64; 2]>>,
) -> Vec<[f64; 2]> {
    let stepper = stepper::from_config(scheme);
    let mut before: Option<Vec<[f64; 2]>> = None;
    for step in 0..steps {
        let mut now = x.clone();
        drift(&x, &mut now).unwrap();
        let increments = dw(step);
        let start = Start {
            positions: &x,
            drift: &now,
            previous_drift: before.as_deref(),
            dt: TIME / steps as f64,
            noise: increments.as_deref().map(|dw| Noise { coefficient: C, dw }),
        };
        let mut next = x.clone();
        let end = End {
            positions: &mut next,
            anticipated: None,
        };
        stepper.step(&start, &mut drift, end).unwrap();
        before = stepper.looks_back().then_some(now);
        x = next;
    }
    x
}

/// (strong error, weak error) of E|X|² with so many steps.
fn errors(scheme: Scheme, steps: usize) -> (f64, f64) {
    let dt = TIME / steps as f64;
    let start = run(scheme, steps, vec![X0], |_| Some(vec![[0.0; 2]]))[0];
    // Particles 2k and 2k + 1 receive a unit impulse in step k along x and y.
    let impulse = |step: usize| {
        let mut dw = vec![[0.0; 2]; 2 * steps];
        dw[2 * step] = [1.0, 0.0];
        dw[2 * step + 1] = [0.0, 1.0];
        Some(dw)
    };
    let responses = run(scheme, steps, vec![[0.0; 2]; 2 * steps], impulse);
    let square = |a: [f64; 2]| a[0] * a[0] + a[1] * a[1];
    let distance = |a: [f64; 2], b: [f64; 2]| square([a[0] - b[0], a[1] - b[1]]);
    let mut strong = distance(start, exact(TIME, X0));
    let mut weak = square(start);
    for (i, response) in responses.iter().enumerate() {
        weak += dt * square(*response);
        let unit = if i % 2 == 0 { [C, 0.0] } else { [0.0, C] };
        let points = 32;
        for p in 0..points {
            let s = ((i / 2) as f64 + (f64::from(p) + 0.5) / f64::from(points)) * dt;
            strong += dt / f64::from(points) * distance(*response, exact(TIME - s, unit));
        }
    }
    // d/dt E|X|² = −2·DAMPING E|X|² + 2C².
    let decay = (-2.0 * DAMPING * TIME).exp();
    let exact = decay * square(X0) + C * C / DAMPING * (1.0 - decay);
    (strong.sqrt(), (weak - exact).abs())
}

fn slope(coarse: f64, fine: f64) -> f64 {
    (coarse / fine).log2()
}

#[test]
fn with_noise() {
    for scheme in [Scheme::EulerMaruyama, Scheme::Ab2Maruyama] {
        let stepper = stepper::from_config::<2>(scheme);
        let (coarse, fine) = (errors(scheme, 64), errors(scheme, 128));
        let (strong, weak) = (slope(coarse.0, fine.0), slope(coarse.1, fine.1));
        let name = stepper.name();
        assert!(
            (strong - stepper.strong_order()).abs() < 0.1,
            "{name}: strong order {strong:.3}"
        );
        assert!(
            (weak - stepper.weak_order()).abs() < 0.1,
            "{name}: weak order {weak:.3}"
        );
    }
}

#[test]
fn without_noise() {
    let orders = [
        (Scheme::EulerMaruyama, 1.0),
        (Scheme::Ab2Maruyama, 2.0),
        (Scheme::Rk4, 4.0),
    ];
    for (scheme, order) in orders {
        let error = |steps| {
            let [x, y] = run(scheme, steps, vec![X0], |_| None)[0];
            let exact = exact(TIME, X0);
            (x - exact[0]).hypot(y - exact[1])
        };
        let measured = slope(error(32), error(64));
        assert!(
            (measured - order).abs() < 0.1,
            "{scheme:?}: order {measured:.3}"
        );
    }
}

#[test]
fn local_error_estimates_are_of_the_right_size() {
    // One step from exact data: the estimate dt·coefficient·|F(X₁) − anticipated| against the true error.
    for (scheme, least, most) in [
        (Scheme::EulerMaruyama, 0.95, 1.1),
        (Scheme::Ab2Maruyama, 0.95, 1.1),
        (Scheme::Rk4, 1.0, 500.0),
    ] {
        let (dt, x) = (0.01, vec![X0]);
        let (mut now, mut before) = (x.clone(), x.clone());
        drift(&x, &mut now).unwrap();
        drift(&[exact(-dt, X0)], &mut before).unwrap();
        let start = Start {
            positions: &x,
            drift: &now,
            previous_drift: Some(&before),
            dt,
            noise: None,
        };
        let (mut next, mut anticipated) = (x.clone(), x.clone());
        let end = End {
            positions: &mut next,
            anticipated: Some(&mut anticipated),
        };
        let stepper = stepper::from_config(scheme);
        let coefficient = stepper.step(&start, &mut drift, end).unwrap();
        let mut there = x.clone();
        drift(&next, &mut there).unwrap();
        let [dx, dy] = [0, 1].map(|k| there[0][k] - anticipated[0][k]);
        let estimate = dt * coefficient * dx.hypot(dy);
        let exact = exact(dt, X0);
        let ratio = estimate / (next[0][0] - exact[0]).hypot(next[0][1] - exact[1]);
        assert!((least..most).contains(&ratio), "{scheme:?}: {ratio:.3}");
    }
}

#[test]
fn rk4_refuses_noise() {
    let x = [X0];
    let start = Start {
        positions: &x,
        drift: &x,
        previous_drift: None,
        dt: 0.1,
        noise: Some(Noise {
            coefficient: C,
            dw: &x,
        }),
    };
    let mut next = x;
    let end = End {
        positions: &mut next,
        anticipated: None,
    };
    let error = stepper::from_config(Scheme::Rk4).step(&start, &mut drift, end);
    assert!(error.unwrap_err().to_string().contains("rk4 with noise"));
}

#[test]
fn ab2_starts_with_a_step_of_heun() {
    let (dt, x, dw) = (0.3, vec![X0], vec![[0.4, -1.1]]);
    let mut now = x.clone();
    drift(&x, &mut now).unwrap();
    let start = Start {
        positions: &x,
        drift: &now,
        previous_drift: None,
        dt,
        noise: Some(Noise {
            coefficient: C,
            dw: &dw,
        }),
    };
    let mut next = x.clone();
    let end = End {
        positions: &mut next,
        anticipated: None,
    };
    let stepper = stepper::from_config(Scheme::Ab2Maruyama);
    stepper.step(&start, &mut drift, end).unwrap();
    let ahead = [[0, 1].map(|k| X0[k] + dt * now[0][k] + C * dw[0][k])];
    let mut there = ahead.to_vec();
    drift(&ahead, &mut there).unwrap();
    for k in [0, 1] {
        let exact = X0[k] + 0.5 * dt * (now[0][k] + there[0][k]) + C * dw[0][k];
        assert!((next[0][k] - exact).abs() < 1e-15);
    }
}

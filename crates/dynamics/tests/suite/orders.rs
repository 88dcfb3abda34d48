//! Strong and weak orders of the schemes, computed without sampling.
//!
//! On a linear equation dX = A X dt + c dB every scheme is linear in the start, in the increments and in their integrals:
//! X_n = M x₀ + Σ_k (G_k ΔB_k + H_k I_k) = M x₀ + Σ_k ∫ R_k dB with R_k(s) = G_k + (t_{k+1} − s) H_k over step k. Running it
//! once for each increment and each integral with a unit impulse gives M, all G_k and all H_k, and with them
//!
//! ```text
//! E|X|²             = |M x₀|² + Σ_k ∫_{t_k}^{t_{k+1}} ‖R_k‖² ds                      (weak error, against the exact value)
//! E|X − X_exact|²   = |M x₀ − e^{AT} x₀|² + Σ_k ∫_{t_k}^{t_{k+1}} ‖R_k − c e^{A(T−s)}‖² ds          (strong error)
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

/// The schemes that take noise.
pub(crate) const NOISY: [Scheme; 6] = [
    Scheme::EulerMaruyama,
    Scheme::Ab2Maruyama,
    Scheme::StochasticHeun,
    Scheme::ExponentialHeun,
    Scheme::Sra1,
    Scheme::Sra3,
];

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

/// Runs the scheme; `noise` gives the increments and integrals of a step.
fn run(
    scheme: Scheme,
    steps: usize,
    mut x: Vec<[f64; 2]>,
    noise: impl Fn(usize) -> Option<[Vec<[f64; 2]>; 2]>,
) -> Vec<[f64; 2]> {
    let stepper = stepper::from_config(scheme);
    let mut before: Vec<Vec<[f64; 2]>> = vec![];
    for step in 0..steps {
        let mut now = x.clone();
        drift(&x, &mut now).unwrap();
        let noise = noise(step);
        let start = Start {
            positions: &x,
            drift: &now,
            previous_drifts: &before,
            dt: TIME / steps as f64,
            stiffness: DAMPING,
            noise: noise.as_ref().map(|[dw, integrals]| Noise {
                coefficient: C,
                dw,
                integrals,
            }),
        };
        let mut next = x.clone();
        let end = End {
            positions: &mut next,
            anticipated: None,
        };
        stepper.step(&start, &mut drift, end).unwrap();
        before.insert(0, now);
        before.truncate(stepper.looks_back());
        x = next;
    }
    x
}

/// (strong error, weak error) of E|X|² with so many steps.
fn errors(scheme: Scheme, steps: usize) -> (f64, f64) {
    let dt = TIME / steps as f64;
    let start = run(scheme, steps, vec![X0], |_| {
        Some([vec![[0.0; 2]], vec![[0.0; 2]]])
    })[0];
    // Of the particles 4k to 4k + 3, which step k pushes, the first two receive an increment along x and y, the others an
    // integral.
    let impulse = |step: usize| {
        let mut pushes = [0, 1].map(|_| vec![[0.0; 2]; 4 * steps]);
        for (kind, push) in pushes.iter_mut().enumerate() {
            push[4 * step + 2 * kind] = [1.0, 0.0];
            push[4 * step + 2 * kind + 1] = [0.0, 1.0];
        }
        Some(pushes)
    };
    let responses = run(scheme, steps, vec![[0.0; 2]; 4 * steps], impulse);
    let square = |a: [f64; 2]| a[0] * a[0] + a[1] * a[1];
    let distance = |a: [f64; 2], b: [f64; 2]| square([a[0] - b[0], a[1] - b[1]]);
    let mut strong = distance(start, exact(TIME, X0));
    let mut weak = square(start);
    for (step, pushed) in responses.chunks(4).enumerate() {
        for (unit, g, h) in [
            ([C, 0.0], pushed[0], pushed[2]),
            ([0.0, C], pushed[1], pushed[3]),
        ] {
            weak += dt * square(g) + dt * dt * (g[0] * h[0] + g[1] * h[1]);
            weak += dt.powi(3) / 3.0 * square(h);
            let points = 32;
            for p in 0..points {
                let left = (1.0 - (f64::from(p) + 0.5) / f64::from(points)) * dt;
                let response = [0, 1].map(|k| g[k] + left * h[k]);
                let s = (step + 1) as f64 * dt - left;
                strong += dt / f64::from(points) * distance(response, exact(TIME - s, unit));
            }
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
    for scheme in NOISY {
        let stepper = stepper::from_config::<2>(scheme);
        let (coarse, fine) = (errors(scheme, 64), errors(scheme, 128));
        let (strong, weak) = (slope(coarse.0, fine.0), slope(coarse.1, fine.1));
        let name = stepper.name();
        // What keeps the strong order of these schemes at 3/2 is F″ (c ΔB)², which a linear equation has not.
        let expected = match stepper.integrates_noise() {
            true => 2.0,
            false => stepper.strong_order(),
        };
        assert!(
            (strong - expected).abs() < 0.1,
            "{name}: strong order {strong:.3}"
        );
        assert!(
            (weak - stepper.weak_order()).abs() < 0.1,
            "{name}: weak order {weak:.3}"
        );
    }
}

/// The orders that schemes have where there is no noise.
pub(crate) const WITHOUT_NOISE: [(Scheme, f64); 8] = [
    (Scheme::EulerMaruyama, 1.0),
    (Scheme::Ab2Maruyama, 2.0),
    (Scheme::StochasticHeun, 2.0),
    (Scheme::ExponentialHeun, 2.0),
    (Scheme::Sra1, 2.0),
    (Scheme::Sra3, 3.0),
    (Scheme::Ab3, 3.0),
    (Scheme::Rk4, 4.0),
];

#[test]
fn without_noise() {
    for (scheme, order) in WITHOUT_NOISE {
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
        // Where F is linear a third of the estimate, see there.
        (Scheme::StochasticHeun, 2.9, 3.1),
        (Scheme::ExponentialHeun, 2.0, 3.1),
        (Scheme::Sra1, 2.9, 3.1),
        (Scheme::Sra3, 1.0, 100.0),
        (Scheme::Ab3, 0.95, 1.1),
        (Scheme::Rk4, 1.0, 500.0),
    ] {
        let (dt, x) = (0.01, vec![X0]);
        let [now, before, earlier] = [0.0, -dt, -2.0 * dt].map(|t| {
            let mut there = x.clone();
            drift(&[exact(t, X0)], &mut there).unwrap();
            there
        });
        let start = Start {
            positions: &x,
            drift: &now,
            previous_drifts: &[before, earlier],
            dt,
            stiffness: DAMPING,
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
fn noise_that_a_scheme_cannot_take_is_refused() {
    let x = [X0];
    let start = Start {
        positions: &x,
        drift: &x,
        previous_drifts: &[],
        dt: 0.1,
        stiffness: 0.0,
        noise: Some(Noise {
            coefficient: C,
            dw: &x,
            integrals: &[],
        }),
    };
    for (scheme, want) in [
        (Scheme::Rk4, "time.scheme: rk4 with noise (allowed"),
        (Scheme::Ab3, "time.scheme: ab3 with noise (allowed"),
        (
            Scheme::Sra1,
            "noise.integrals: 0 rows (allowed: 1, one a particle)",
        ),
        (
            Scheme::Sra3,
            "noise.integrals: 0 rows (allowed: 1, one a particle)",
        ),
    ] {
        let mut next = x;
        let end = End {
            positions: &mut next,
            anticipated: None,
        };
        let error = stepper::from_config(scheme).step(&start, &mut drift, end);
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with(want), "{error}");
    }
}

/// One step of any length has the law of the process dX = −k X dt + c dB: mean e^{−k dt} x₀, variance c² (1 − e^{−2 k dt})/(2k).
#[test]
fn a_trap_alone_is_solved_exactly() {
    let k = 3.0;
    for dt in [1e-3, 0.1, 1.0, 20.0] {
        let trap = |x: &[[f64; 2]], out: &mut [[f64; 2]]| {
            out.copy_from_slice(&x.iter().map(|x| x.map(|x| -k * x)).collect::<Vec<_>>());
            Ok(())
        };
        // From rest, an increment of one standard deviation; and a start without noise.
        let (x, dw) = ([[0.0, X0[0]]], [[f64::sqrt(dt), 0.0]]);
        let mut now = x;
        trap(&x, &mut now).unwrap();
        let start = Start {
            positions: &x,
            drift: &now,
            previous_drifts: &[],
            dt,
            stiffness: k,
            noise: Some(Noise {
                coefficient: C,
                dw: &dw,
                integrals: &[],
            }),
        };
        let mut next = x;
        let end = End {
            positions: &mut next,
            anticipated: None,
        };
        let stepper = stepper::from_config(Scheme::ExponentialHeun);
        stepper.step(&start, &mut { trap }, end).unwrap();
        let deviation = C * (-(-2.0 * k * dt).exp_m1() / (2.0 * k)).sqrt();
        assert!((next[0][0] / deviation - 1.0).abs() < 1e-13, "dt {dt}");
        assert!((next[0][1] - X0[0] * (-k * dt).exp()).abs() < 1e-14);
    }
}

#[test]
fn ab2_starts_with_a_step_of_heun() {
    let (dt, x, dw) = (0.3, vec![X0], vec![[0.4, -1.1]]);
    let mut now = x.clone();
    drift(&x, &mut now).unwrap();
    let start = Start {
        positions: &x,
        drift: &now,
        previous_drifts: &[],
        dt,
        stiffness: 0.0,
        noise: Some(Noise {
            coefficient: C,
            dw: &dw,
            integrals: &[],
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

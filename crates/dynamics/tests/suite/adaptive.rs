//! Sub-steps: as short as errors and close particles ask for, on one Brownian path.

use crate::common::{config, finish, from_arrays, gas, log_gas, threads, through_disk, with_core};
use farfield_dynamics::config::{
    Adaptive, Circulations, Config, Core, InitialConfig, ModelConfig, Periodic, Scheme,
};
use farfield_dynamics::stepper::Ab2Maruyama;
use farfield_dynamics::{ErrorKind, Inputs, Simulation};
use std::f64::consts::{PI, TAU};

/// Few particles, so that sums are exact to rounding.
fn adaptive(mut config: Config, tolerance: f64, halvings: u8) -> Config {
    config.time.adaptive = Some(Adaptive {
        tolerance,
        halvings,
    });
    config
}

fn steps((config, inputs): (Config, Inputs)) -> Simulation {
    let steps = config.time.steps;
    let mut run = Simulation::new(config, inputs).unwrap();
    for _ in 0..steps {
        run.step().unwrap();
    }
    run
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn farthest(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| distance(*a, *b)).fold(0.0, f64::max)
}

/// Two that attract each other by κ z/(2π r²), N = 2, from the distance 1 to [`NEAR`]: r² = 1 + κt/π.
fn falling_pair(scheme: Scheme, steps: u64) -> (Config, Inputs) {
    let (mut config, inputs) = from_arrays(vec![[0.5, 0.2], [-0.5, 0.2]], None, scheme, 0.0);
    config.model = log_gas(-1.0, gas(0.0, 0.0));
    config.field.tolerance = 1e-13;
    config.field.check_every = 0;
    let time = PI * (1.0 - NEAR * NEAR);
    (config.time.steps, config.time.dt) = (steps, time / steps as f64);
    (config, inputs)
}

const NEAR: f64 = 0.03;

/// The errors of eight steps add up, and one that is made at distance 1 has grown by 1/NEAR in the end.
#[test]
fn a_falling_pair_is_as_near_as_the_tolerance_says() {
    let exact = [[0.5 * NEAR, 0.2], [-0.5 * NEAR, 0.2]];
    let error = |run: &Simulation| farthest(&run.state().positions, &exact);
    for (scheme, tolerance, drifts, far_worse) in [
        (Scheme::EulerMaruyama, 1e-3, 1, None),
        (Scheme::StochasticHeun, 1e-6, 2, Some(50.0)),
        (Scheme::Sra1, 1e-6, 2, Some(3.0)),
        (Scheme::Sra3, 1e-6, 3, Some(50.0)),
        (Scheme::Rk4, 1e-6, 4, Some(10.0)),
    ] {
        let (config, inputs) = falling_pair(scheme, 8);
        let run = steps((adaptive(config, tolerance, 20), inputs));
        let (found, made) = (error(&run), run.substeps().unwrap());
        assert!(
            found <= 8.0 / NEAR * tolerance,
            "{scheme:?}: {found:e} {made:?}"
        );
        assert!(made.halvings >= 9, "{scheme:?}: {made:?}");
        // As many drifts in steps of one length, those at the starts of the eight among them.
        let steps = made.taken + made.rejected + 8_u64.div_ceil(drifts);
        let (config, inputs) = falling_pair(scheme, steps);
        let mut fixed = Simulation::new(config, inputs).unwrap();
        // Too long a step may throw the pair apart, which is an error too.
        let whole = (0..steps).all(|_| fixed.step().is_ok());
        let fixed = if whole { error(&fixed) } else { f64::INFINITY };
        if let Some(factor) = far_worse {
            assert!(fixed > factor * found, "{scheme:?}: {fixed:e} {found:e}");
        }
    }
}

/// Errors fall as the tolerance does, and the laws hold within their budget.
#[test]
fn vortices_keep_what_they_keep() {
    for scheme in [Scheme::StochasticHeun, Scheme::Rk4] {
        let run = |tolerance| {
            let two_point = Circulations::TwoPoint {
                a: 1.0,
                b: -1.0,
                p: 0.6,
            };
            let mut config = config(12, 0.0, two_point);
            config.time.scheme = scheme;
            (config.time.steps, config.time.dt) = (6, 1.0);
            config.field.tolerance = 1e-13;
            config.output.hamiltonian_every = 1;
            steps((adaptive(config, tolerance, 14), Inputs::default()))
        };
        let off = |run: &Simulation| {
            let laws = run.laws();
            for law in &laws {
                assert!(law.z.abs() <= 1.0, "{scheme:?}: {law:?}");
            }
            let energy = laws.iter().find(|law| law.name == "hamiltonian").unwrap();
            (energy.measured - energy.expected).abs()
        };
        let (coarse, fine) = (run(1e-4), run(1e-7));
        assert!(off(&fine) < 0.05 * off(&coarse), "{scheme:?}");
        let places = [&coarse, &fine].map(|run| run.state().positions.clone());
        let exact = run(1e-9);
        let errors = places.map(|x| farthest(&x, &exact.state().positions));
        assert!(
            errors[0] < 0.1 && errors[1] < 0.02 * errors[0],
            "{errors:?}"
        );
    }
}

/// A pair at the distance r turns by the angle 4h w/(2π r²) at most while h 2w/(2π r) ≤ r/4, whatever the tolerance.
#[test]
fn close_particles_alone_ask_for_sub_steps() {
    for (r, periodic) in [(0.08, None), (0.08, Some(1.0)), (0.02, None)] {
        let near = 0.97 + r - periodic.unwrap_or(0.0);
        // With a fourth, roundings part the two at one place: sums of two terms depend on their order.
        let (x, circulations) = (vec![[0.97, 0.0], [near, 0.0], [near, 0.0]], vec![0.75; 3]);
        let (mut config, inputs) = from_arrays(x, Some(circulations), Scheme::Rk4, 0.0);
        let ModelConfig::Vortex { periodic: side, .. } = &mut config.model else {
            panic!("no vortices");
        };
        *side = periodic.map(Periodic::Side);
        (config.time.steps, config.time.dt) = (1, 0.125);
        let run = steps((adaptive(config.clone(), 1e300, 20), inputs.clone()));
        let made = run.substeps().unwrap();
        let halvings =
            (0..).find(|k| config.time.dt / f64::from(1 << k) * 0.5 / (TAU * r) <= 0.25 * r);
        let halvings = halvings.unwrap();
        assert_eq!(
            (made.rejected, u32::from(made.halvings)),
            (0, halvings),
            "{r}"
        );
        // No more than it takes; two at one place do not count.
        assert!(made.taken <= 1 << halvings, "{r}: {made:?}");
        let core = steps((adaptive(with_core(config, 0.1), 1e300, 20), inputs));
        assert_eq!(core.substeps().unwrap().taken, 1, "a core is smooth");
    }
}

/// A gas that a trap holds together, with noise.
fn noisy(scheme: Scheme, core: Core, tolerance: f64) -> Config {
    let mut config = config(24, 0.0, Circulations::Unit);
    config.model = ModelConfig::LogGas {
        strength: 1.0,
        core,
        gas: gas(0.05, 1.0),
    };
    config.time.scheme = scheme;
    (config.time.steps, config.time.dt) = (4, 0.25);
    config.field.tolerance = 1e-10;
    adaptive(config, tolerance, 20)
}

/// Errors against one reference fall with the tolerance only where all runs see one path.
#[test]
fn paths_stay_the_same_whatever_the_tolerance() {
    let run = |scheme, tolerance| {
        let core = Core::Gaussian { delta: 0.3 };
        let run = steps((noisy(scheme, core, tolerance), Inputs::default()));
        run.state().positions.clone()
    };
    let reference = run(Scheme::Sra1, 1e-4);
    for scheme in [Scheme::EulerMaruyama, Scheme::StochasticHeun, Scheme::Sra1] {
        let error = |tolerance| {
            let x = run(scheme, tolerance);
            let pairs = x.iter().zip(&reference);
            let squares: f64 = pairs.map(|(a, b)| distance(*a, *b).powi(2)).sum();
            (squares / 24.0).sqrt()
        };
        let [coarse, middle, fine] = [3e-2, 3e-3, 3e-4].map(error);
        assert!(
            middle < 0.3 * coarse && fine < 0.3 * middle,
            "{scheme:?}: {coarse:e} {middle:e} {fine:e}"
        );
        assert!(fine < 2.0 * 3e-4, "{scheme:?}: {fine:e}");
    }
}

/// Particles that feel nothing go where fixed steps bring them, in any number of sub-steps, and two runs on one path as
/// finely drawn.
#[test]
fn increments_of_sub_steps_add_up() {
    let run = |dt: f64, halvings: u8, adapted: bool| {
        let mut config = config(1, 0.5, Circulations::Unit);
        config.time.scheme = Scheme::StochasticHeun;
        (config.time.dt, config.time.steps) = (dt, (4.0 / dt) as u64);
        config.time.path_halvings = halvings;
        if adapted {
            config = adaptive(config, 1e-3, 9);
        }
        steps((config, Inputs::default())).state().positions[0]
    };
    let plain = run(0.5, 1, false);
    assert!(distance(plain, run(0.5, 1, true)) < 1e-14);
    assert!(distance(plain, run(0.25, 0, true)) < 1e-14);
}

/// Were sub-steps that are refused forgotten, and drawn anew, what is taken would favour small increments. Steps are far
/// longer than Euler's scheme takes without sub-steps, and the laws of mean and variance hold.
#[test]
fn refused_sub_steps_leave_no_bias() {
    for scheme in [Scheme::EulerMaruyama, Scheme::Sra1] {
        let mut config = config(2000, 0.0, Circulations::Unit);
        config.model = log_gas(1e-12, gas(0.5, 30.0));
        config.initial = InitialConfig::Gaussian {
            n: 2000,
            radius: 0.1,
        };
        config.field.tolerance = 0.1;
        config.field.check_every = 0;
        config.output.hamiltonian_every = 0;
        config.time.scheme = scheme;
        (config.time.steps, config.time.dt) = (4, 0.1);
        let run = steps((adaptive(config, 5e-2, 20), Inputs::default()));
        assert!(run.substeps().unwrap().rejected > 0);
        for law in run.laws() {
            assert!(law.z.abs() < 4.5, "{scheme:?}: {law:?}");
        }
    }
}

#[test]
fn restarts_and_threads_give_the_same_bits() {
    let outcome = |run: &Simulation| {
        format!(
            "{:?} {:?} {:?} {:?}",
            run.state(),
            run.observables(),
            run.laws(),
            run.substeps()
        )
    };
    let mut quiet = with_core(config(4200, 0.0, Circulations::Unit), 0.2);
    (quiet.time.scheme, quiet.time.steps, quiet.time.dt) = (Scheme::Rk4, 4, 2.0);
    quiet.field.tolerance = 1e-5;
    let noise = noisy(Scheme::Sra1, Core::None, 0.1);
    let mut on_fine_path = noise.clone();
    on_fine_path.time.path_halvings = 3;
    for config in [adaptive(quiet, 1e-6, 12), noise, on_fine_path] {
        let run = |count| threads(count, || steps((config.clone(), Inputs::default())));
        let whole = run(1);
        assert!(whole.substeps().unwrap().taken > 4);
        assert!(outcome(&run(3)) == outcome(&whole));
        let mut half = config.clone();
        half.time.steps = 2;
        let snapshot = through_disk(&steps((half, Inputs::default())).snapshot());
        let mut second = Simulation::resume(config.clone(), snapshot.clone()).unwrap();
        (0..2).for_each(|_| assert!(second.step().is_ok()));
        assert!(outcome(&second) == outcome(&whole));
        let mut other = config.clone();
        other.time.adaptive.as_mut().unwrap().halvings = 11;
        let text = Simulation::resume(other, snapshot).unwrap_err().to_string();
        assert!(
            text.starts_with("time.adaptive: { tolerance = 1e-")
                && text.ends_with("as in the snapshot)"),
            "{text}"
        );
    }
}

/// One line says when and why; the state stays the last whole one.
#[test]
fn the_least_sub_step_that_is_too_long_ends_the_run() {
    let mut cored = with_core(config(30, 0.0, Circulations::Unit), 0.2);
    (cored.time.scheme, cored.time.dt, cored.time.steps) = (Scheme::Rk4, 4.0, 3);
    // Rk4's own estimate does not see what its stages throw apart.
    let corners = vec![[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [1e-4, 0.0]];
    let (mut close, inputs) = from_arrays(corners, None, Scheme::Rk4, 0.0);
    (close.time.dt, close.time.steps) = (0.5, 1);
    for (config, inputs, halvings, parts) in [
        (
            adaptive(cored, 1e-9, 2),
            Inputs::default(),
            2,
            ["time 0: particle ", " has a local error of "],
        ),
        (
            adaptive(close, 1e-2, 12),
            inputs,
            12,
            [
                "time 0: the closest particles ask for sub-steps of dt/2^",
                "time.adaptive.halvings",
            ],
        ),
    ] {
        let mut run = Simulation::new(config, inputs).unwrap();
        let start = run.state().positions.clone();
        let error = run.step().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unresolved);
        let text = error.to_string();
        assert!(text.starts_with(parts[0]), "{text}");
        let allowed = format!("dt/2^{halvings}");
        assert!(text.contains(parts[1]) && text.contains(&allowed), "{text}");
        assert!(run.state().step == 0 && run.state().positions == start);
        assert_eq!(run.step().unwrap_err(), error);
    }
}

/// Two that meet soon after the eighth step.
#[test]
fn a_collapse_that_sub_steps_do_not_resolve_is_one() {
    let (mut config, inputs) = falling_pair(Scheme::Rk4, 8);
    config.time.steps = 20;
    let run = finish(adaptive(config, 1e-5, 12), inputs);
    let found = run.collapse().unwrap();
    assert!((8..=10).contains(&found.step), "{found:?}");
    assert_eq!(found.particles, 2);
    assert!(distance(found.centre, [0.0, 0.2]) < 1e-3, "{found:?}");
}

/// A scheme of one's own that looks back is refused too, where it comes to a step.
#[test]
fn schemes_that_look_back_are_refused() {
    let run = Simulation::new(noisy(Scheme::Sra1, Core::None, 1e-2), Inputs::default()).unwrap();
    let error = run
        .with_stepper(Box::new(Ab2Maruyama))
        .step()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(
            "time.adaptive: with ab2-maruyama, which looks at earlier steps, (allowed: "
        ),
        "{error}"
    );
}

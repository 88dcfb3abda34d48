//! The loop: observers, stopping, errors, estimates.

use crate::common::config;
use farfield_dynamics::config::{Circulations, InitialConfig, OnExcess, Scheme};
use farfield_dynamics::{Error, ErrorKind, Inputs, Observer, Result, RunEnd, Simulation, View};
use std::sync::atomic::{AtomicBool, Ordering};

/// Notes what it is shown, and asks for a stop or fails at a step.
#[derive(Default)]
struct Notes<'a> {
    steps: Vec<(u64, bool, bool)>,
    stop_at: Option<(u64, &'a AtomicBool)>,
    fail_at: Option<u64>,
}

impl Observer for Notes<'_> {
    fn observe(&mut self, view: &View) -> Result<()> {
        let step = view.state.step;
        assert_eq!(
            (view.report.step, view.report.time),
            (step, view.state.time)
        );
        self.steps.push((step, view.first, view.last));
        if let Some((at, stop)) = self.stop_at
            && at == step
        {
            stop.store(true, Ordering::SeqCst);
        }
        if self.fail_at == Some(step) {
            return Err(Error::new(ErrorKind::Observer, "the disk is full"));
        }
        Ok(())
    }
}

fn start(steps: u64) -> Simulation {
    let mut config = config(50, 0.1, Circulations::Unit);
    config.time.steps = steps;
    Simulation::new(config, Inputs::default()).unwrap()
}

#[test]
fn observers_see_the_first_and_every_later_state() {
    let mut notes = Notes::default();
    let mut run = start(3);
    let never = AtomicBool::new(false);
    assert_eq!(
        run.run(&mut [&mut notes], &never).unwrap(),
        RunEnd::Finished
    );
    let expected = [
        (0, true, false),
        (1, false, false),
        (2, false, false),
        (3, false, true),
    ];
    assert_eq!(notes.steps, expected);
    // Nothing is left to do.
    let mut notes = Notes::default();
    assert_eq!(
        run.run(&mut [&mut notes], &never).unwrap(),
        RunEnd::Finished
    );
    assert_eq!(notes.steps, [(3, true, true)]);
}

#[test]
fn a_stop_finishes_the_step_under_way() {
    let stop = AtomicBool::new(false);
    let mut notes = Notes {
        stop_at: Some((2, &stop)),
        ..Notes::default()
    };
    let mut run = start(9);
    assert_eq!(run.run(&mut [&mut notes], &stop).unwrap(), RunEnd::Stopped);
    // Asked for while step 2 was shown, so step 3 is made and shown as the last.
    let expected = [
        (0, true, false),
        (1, false, false),
        (2, false, false),
        (3, false, true),
    ];
    assert_eq!(notes.steps, expected);
    stop.store(false, Ordering::SeqCst);
    assert_eq!(run.run(&mut [], &stop).unwrap(), RunEnd::Finished);
    assert_eq!(run.state().step, 9);
}

#[test]
fn an_observer_can_end_the_run() {
    let mut notes = Notes {
        fail_at: Some(1),
        ..Notes::default()
    };
    let mut run = start(9);
    let error = run
        .run(&mut [&mut notes], &AtomicBool::new(false))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Observer, "the disk is full".into())
    );
    assert_eq!(run.state().step, 1);
}

#[test]
fn the_drift_is_measured_when_due() {
    let mut config = config(3000, 0.1, Circulations::Unit);
    config.field.tolerance = 1e-6;
    config.field.check_every = 2;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let mut worst = 0f64;
    for _ in 0..5 {
        run.step().unwrap();
        let check = run.last_check().unwrap();
        assert_eq!(check.step, (run.state().step - 1) / 2 * 2);
        assert!(check.error_bound <= 1e-6 && check.measured_error <= check.error_bound);
        assert!(
            check.measured_error > 1e-12,
            "an error of {:e} is not measured",
            check.measured_error
        );
        worst = worst.max(check.measured_error);
    }
    assert_eq!(run.max_measured_error(), Some(worst));
}

#[test]
fn never_measured_unless_asked() {
    let mut config = config(100, 0.1, Circulations::Unit);
    config.field.check_every = 0;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    run.step().unwrap();
    assert_eq!((run.last_check(), run.max_measured_error()), (None, None));
}

#[test]
fn stops_where_the_error_cannot_be_held() {
    // Just above rounding: one sample of the error in a hundred is beyond, or the plan refuses; either way no silence.
    let mut config = config(
        3000,
        0.1,
        Circulations::TwoPoint {
            a: 1.0,
            b: -1.0,
            p: 0.5,
        },
    );
    config.field.tolerance = 1e-14;
    config.field.check_every = 1;
    config.field.on_excess = OnExcess::Stop;
    config.output.hamiltonian_every = 0;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let outcome = run.step();
    match outcome {
        Ok(_) => assert!(run.last_check().unwrap().error_bound <= 1e-14),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Excess);
            assert!(
                error.to_string().contains("field.tolerance = 1e-14"),
                "{error}"
            );
        }
    }
}

#[test]
fn seconds_add_up() {
    let mut run = start(4);
    let report = run.step().unwrap();
    let s = report.seconds;
    let parts = s.rebuild + s.field.total + s.check + s.noise + s.update + s.observe;
    assert!(s.total > 0.0 && parts <= s.total * 1.001, "{s:?}");
    assert!(run.seconds().total >= s.total);
}

#[test]
fn estimates_count_what_a_run_needs() {
    let mut config = config(30_000, 0.0, Circulations::Unit);
    config.field.tolerance = 1e-3;
    config.time.scheme = Scheme::Rk4;
    let estimate = Simulation::estimate(&config, &Inputs::default()).unwrap();
    assert_eq!(
        (estimate.n, estimate.steps, estimate.evaluations),
        (30_000, 20, 80)
    );
    assert!(estimate.seconds > 0.0 && estimate.threads >= 1);
    assert!(
        estimate.bytes > 30_000 * 100 && estimate.bytes < 30_000 * 5000,
        "{estimate:?}"
    );
    // From arrays.
    let n = 50_000;
    let x: Vec<[f64; 2]> = (0..n)
        .map(|i| [f64::from(i).sin(), f64::from(i).cos()])
        .collect();
    let m = vec![1.0; n as usize];
    let (config, inputs) = crate::common::from_arrays(x, Some(m), Scheme::Ab2Maruyama, 0.1);
    let estimate = Simulation::estimate(&config, &inputs).unwrap();
    assert_eq!((estimate.n, estimate.evaluations), (50_000, 20));
    let wrong = Inputs {
        circulations: Some(vec![1.0; 3]),
        ..inputs
    };
    let error = Simulation::estimate(&config, &wrong).unwrap_err();
    assert!(
        error.to_string().starts_with("circulations: 3 numbers"),
        "{error}"
    );
}

#[test]
fn the_built_in_run_merges_within_its_laws() {
    let mut config = farfield_dynamics::Config::default();
    config.initial = match config.initial {
        InitialConfig::GaussianPatches {
            patches,
            separation,
            radius,
            ..
        } => InitialConfig::GaussianPatches {
            n: 20_000,
            patches,
            separation,
            radius,
        },
        other => other,
    };
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    // Distance between the centres of the two patches.
    let separation = |run: &Simulation| {
        let x = &run.state().positions;
        let [dx, dy] = [0, 1].map(|k| {
            let signed = x.chunks(2).map(|pair| pair[0][k] - pair[1][k]);
            signed.sum::<f64>() / (x.len() / 2) as f64
        });
        dx.hypot(dy)
    };
    let before = separation(&run);
    run.run(&mut [], &AtomicBool::new(false)).unwrap();
    let after = separation(&run);
    assert!(
        (before - 1.0).abs() < 0.02 && after < 0.3,
        "{before} {after}"
    );
    assert!(run.max_measured_error().unwrap() <= run.config().field.tolerance);
    for law in run.laws() {
        assert!(law.z.abs() < 4.0, "{law:?}");
    }
}

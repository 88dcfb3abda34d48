//! The smallest inputs, and the ones that must be refused.

use crate::common::{config, from_arrays};
use farfield_dynamics::config::{Circulations, Config, InitialConfig, Scheme};
use farfield_dynamics::{ErrorKind, Inputs, Simulation};
use std::sync::atomic::AtomicBool;

fn run(config: Config, inputs: Inputs) -> Simulation {
    let mut run = Simulation::new(config, inputs).unwrap();
    run.run(&mut [], &AtomicBool::new(false)).unwrap();
    run
}

#[test]
fn one_vortex_is_a_brownian_motion() {
    let run = run(config(1, 0.1, Circulations::Unit), Inputs::default());
    for law in run.laws() {
        assert!(law.z.abs() < 4.5, "{law:?}");
    }
    assert_eq!(run.observables().second_moment, 0.0);
    assert_eq!(run.observables().hamiltonian, Some(0.0));
    assert_eq!(run.observables().min_distance, None);
    // Without noise it stays where it is.
    let (config, inputs) = from_arrays(vec![[1.0, 2.0]], None, Scheme::Rk4, 0.0);
    assert_eq!(self::run(config, inputs).state().positions, [[1.0, 2.0]]);
}

#[test]
fn two_vortices() {
    let run = run(config(2, 0.1, Circulations::Unit), Inputs::default());
    assert!(
        run.laws().iter().all(|law| law.z.abs() < 4.5),
        "{:?}",
        run.laws()
    );
    let [a, b] = [run.state().positions[0], run.state().positions[1]];
    let distance = (a[0] - b[0]).hypot(a[1] - b[1]);
    assert_eq!(run.observables().min_distance, Some(distance));
    let h = run.observables().hamiltonian.unwrap();
    assert!((h - distance.ln()).abs() < 1e-6, "{h}");
}

#[test]
fn coincident_vortices_do_not_see_each_other() {
    let x = vec![[0.5, 0.5]; 300];
    let (config, inputs) = from_arrays(x.clone(), None, Scheme::Ab2Maruyama, 0.0);
    let still = run(config, inputs);
    assert_eq!(still.state().positions, x);
    assert_eq!(still.observables().min_distance, Some(0.0));
    // Noise parts them.
    let (config, inputs) = from_arrays(x, None, Scheme::Ab2Maruyama, 0.1);
    let run = run(config, inputs);
    assert!(run.observables().min_distance.unwrap() > 0.0);
    assert!(
        run.laws().iter().all(|law| law.z.abs() < 4.5),
        "{:?}",
        run.laws()
    );
}

#[test]
fn blow_up_stops_the_run_and_keeps_the_last_state() {
    // At distance 2e-9 the velocity is 1/(2·2π·2e-9) = 4e7: one step of 0.02 leads 4e14 radii away.
    let mut config = config(2, 0.0, Circulations::Unit);
    config.initial = InitialConfig::Ring { n: 2, radius: 1e-9 };
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let before = run.state().clone();
    let error = run.run(&mut [], &AtomicBool::new(false)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BlowUp);
    let text = error.to_string();
    assert!(
        text.starts_with("step 1: particle 0 moved by 7.9"),
        "{text}"
    );
    assert_eq!(*run.state(), before);
}

#[test]
fn positions_that_would_overflow_stop_the_run() {
    let mut config = config(3, 1e300, Circulations::Unit);
    config.time.dt = 1e300;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let error = run.step().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BlowUp);
    assert!(error.to_string().contains("particle 0"), "{error}");
}

fn refused(config: Config, inputs: Inputs) -> String {
    Simulation::new(config, inputs).unwrap_err().to_string()
}

#[test]
fn arrays_that_are_refused() {
    let good = vec![[0.0, 0.0], [1.0, 0.0]];
    let case = |positions: Option<Vec<[f64; 2]>>, circulations: Option<Vec<f64>>| {
        let m = Some(circulations.clone().unwrap_or_default());
        let (config, _) = from_arrays(vec![], m, Scheme::Rk4, 0.0);
        refused(
            config,
            Inputs {
                positions,
                circulations,
                costs: None,
            },
        )
    };
    let m = Some(vec![1.0, 2.0]);
    for (text, want) in [
        (
            case(None, m.clone()),
            "initial.path: x.npy (allowed: an array",
        ),
        (
            case(Some(vec![]), m.clone()),
            "positions: 0 particles (allowed: 1 to",
        ),
        (
            case(Some(vec![[0.0, 0.0], [f64::NAN, 1.0]]), m.clone()),
            "positions[1]: [NaN, 1] (allowed: finite",
        ),
        (
            case(Some(good.clone()), None),
            "model.circulations.file: m.npy (allowed: an array",
        ),
        (
            case(Some(good.clone()), Some(vec![1.0])),
            "circulations: 1 numbers (allowed: one for each of the 2",
        ),
        (
            case(Some(good.clone()), Some(vec![1.0, f64::INFINITY])),
            "circulations[1]: inf (allowed: finite",
        ),
        (
            case(Some(vec![[1e300, 0.0], [0.0, 0.0]]), m),
            "positions: so large that",
        ),
    ] {
        assert!(text.starts_with(want), "{text}");
    }
    let unit = || config(2, 0.1, Circulations::Unit);
    let positions = Inputs {
        positions: Some(good),
        ..Inputs::default()
    };
    assert!(refused(unit(), positions).starts_with("positions: 2 particles (allowed: none"));
    let circulations = Inputs {
        circulations: Some(vec![1.0, 1.0]),
        ..Inputs::default()
    };
    assert!(refused(unit(), circulations).starts_with("circulations: 2 numbers (allowed: none"));
}

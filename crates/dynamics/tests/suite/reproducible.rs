//! The same bits after a restart and for any number of threads.

use crate::common::{config, threads, with, with_core};
use farfield_dynamics::config::{
    Angle, Circulations, Collisions, Config, Confinement, Core, Every, GasConfig, ModelConfig,
    Periodic, Scheme,
};
use farfield_dynamics::formula::Profile;
use farfield_dynamics::{Archive, Inputs, Simulation};

/// All that the outputs of a run are made of.
fn outcome<const D: usize>(run: &Simulation<D>) -> String {
    let checks = (run.last_check(), run.max_measured_error());
    format!(
        "{:?} {:?} {:?} {checks:?}",
        run.state(),
        run.observables(),
        run.laws()
    )
}

fn steps<const D: usize>(run: &mut Simulation<D>, count: u64) {
    for _ in 0..count {
        run.step().unwrap();
    }
}

fn cases() -> Vec<(&'static str, Config)> {
    let two_point = Circulations::TwoPoint {
        a: 1.0,
        b: -1.0,
        p: 0.5,
    };
    let base = |viscosity, circulations, scheme| {
        let mut config = config(3000, viscosity, circulations);
        config.time.scheme = scheme;
        config.time.steps = 12;
        config.field.tolerance = 1e-5;
        config.field.check_every = 3;
        config.output.hamiltonian_every = 4;
        config.output.min_distance_every = 5;
        config
    };
    let mut wide = with_core(base(0.02, Circulations::Unit, Scheme::Ab2Maruyama), 0.4);
    wide.field.wide_core = Some(true);
    let mut on_grid = wide.clone();
    wide.field.grid = Some(false);
    on_grid.field.grid = Some(true);
    let algebraic = Core::Algebraic { delta: 0.05 };
    let mut tightened = base(0.01, two_point.clone(), Scheme::Ab2Maruyama);
    // So few samples that the bound exceeds the tolerance now and then.
    tightened.field.tolerance = 1e-4;
    (tightened.field.check_samples, tightened.field.check_every) = (1, 1);
    let confined = GasConfig {
        diffusion: 0.01.into(),
        confinement: Confinement::Harmonic { stiffness: 1.0 },
        periodic: None,
    };
    let mut riesz = base(0.0, Circulations::Unit, Scheme::Ab2Maruyama);
    riesz.model = ModelConfig::RieszGas {
        strength: 0.5,
        s: 0.5,
        dimension: 2,
        gas: confined.clone(),
    };
    let mut torus = base(0.0, Circulations::Unit, Scheme::Rk4);
    torus.model = ModelConfig::LogGas {
        strength: 0.5,
        core: Core::None,
        gas: GasConfig {
            diffusion: 0.0.into(),
            confinement: Confinement::None,
            periodic: Some(Periodic::Side(1.5)),
        },
    };
    let mut rectangle = base(0.01, Circulations::Unit, Scheme::EulerMaruyama);
    rectangle.model = ModelConfig::Vortex {
        viscosity: 0.01,
        circulations: Circulations::Unit,
        core: Core::None,
        periodic: Some(Periodic::Sides(vec![1.5, 2.5])),
    };
    let mut formulas = base(0.0, Circulations::Unit, Scheme::Ab2Maruyama);
    formulas.model = ModelConfig::Radial {
        strength: 0.5,
        profile: Profile::Potential("exp(-r^2) - log(r)".into()),
        dimension: 2,
        gas: GasConfig {
            confinement: Confinement::Formula {
                potential: "x^4/4 + y^2/2".into(),
            },
            ..confined.clone()
        },
    };
    let mut fine = base(0.01, Circulations::Unit, Scheme::Sra1);
    fine.time.path_halvings = 2;
    vec![
        (
            "euler",
            base(0.01, Circulations::Unit, Scheme::EulerMaruyama),
        ),
        ("ab2", base(0.01, two_point.clone(), Scheme::Ab2Maruyama)),
        ("ab2, wide core", wide),
        ("ab2, on a grid", on_grid),
        (
            "euler, algebraic core",
            with(
                base(0.01, two_point.clone(), Scheme::EulerMaruyama),
                algebraic,
            ),
        ),
        (
            "ab2, no noise, core",
            with_core(base(0.0, two_point, Scheme::Ab2Maruyama), 0.05),
        ),
        ("rk4", base(0.0, Circulations::Unit, Scheme::Rk4)),
        ("ab3", base(0.0, Circulations::Unit, Scheme::Ab3)),
        ("sra1 on a fine path", fine),
        ("ab2, tightened", tightened),
        ("riesz gas, confined", riesz),
        ("formulas", formulas),
        ("log gas, torus, no noise", torus),
        ("vortices on a rectangle", rectangle),
        ("landau", landau(-2.0, 2)),
    ]
}

fn landau(gamma: f64, dimension: u8) -> Config {
    let mut config = config(1000, 0.0, Circulations::Unit);
    config.model = ModelConfig::Landau { gamma, dimension };
    (config.time.scheme, config.time.dt) = (Scheme::EulerMaruyama, 1e-3);
    config.time.steps = 12;
    config.field.tolerance = 1e-4;
    config.field.check_every = 3;
    config
}

fn boltzmann(angle: Angle, scheme: Collisions) -> Config {
    let mut config = config(1000, 0.0, Circulations::Unit);
    config.model = ModelConfig::Boltzmann {
        rate: 2.0,
        angle,
        scheme,
        dimension: 3,
    };
    (config.time.scheme, config.time.path_halvings) = (Scheme::Jumps, 1);
    config.time.steps = 12;
    config.field.check_every = 3;
    config
}

/// Runs in space.
fn cases_in_space() -> Vec<(&'static str, Config)> {
    let base = |model| {
        let mut config = config(1000, 0.0, Circulations::Unit);
        config.model = model;
        config.time.steps = 12;
        config.field.tolerance = 1e-5;
        config.field.check_every = 3;
        config.output.hamiltonian_every = 4;
        config.output.min_distance_every = 5;
        config
    };
    let gas = |diffusion: f64, periodic| GasConfig {
        diffusion: diffusion.into(),
        confinement: Confinement::None,
        periodic,
    };
    let coulomb = |gas| ModelConfig::CoulombGas {
        strength: 1.0,
        core: Core::None,
        gas,
    };
    let riesz = ModelConfig::RieszGas {
        strength: 1.0,
        s: 0.5,
        dimension: 3,
        gas: gas(0.0, None),
    };
    vec![
        ("coulomb gas", base(coulomb(gas(0.01, None)))),
        (
            "coulomb gas, torus",
            base(coulomb(gas(0.01, Some(Periodic::Side(2.0))))),
        ),
        ("riesz gas in space, no noise", base(riesz)),
        ("landau in space", landau(-1.0, 3)),
        ("landau in space, maxwell molecules", landau(0.0, 3)),
        ("boltzmann", boltzmann(Angle::Uniform, Collisions::Kac)),
        (
            "boltzmann, nanbu",
            boltzmann(Angle::Theta(0.3), Collisions::Nanbu),
        ),
    ]
}

#[test]
fn restart_gives_the_bits_of_the_whole_run() {
    cases().into_iter().for_each(restarts::<2>);
}

#[test]
fn restart_in_space() {
    cases_in_space().into_iter().for_each(restarts::<3>);
}

fn restarts<const D: usize>((name, config): (&str, Config)) {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = Archive::create(folder.path().join("a.ffa")).unwrap();
    let new = |config: Config| Simulation::<D>::from_config(config, Inputs::default()).unwrap();
    let mut whole = new(config.clone());
    steps(&mut whole, 12);
    let plan_tolerance = whole.last_check().unwrap().plan_tolerance;
    assert_eq!(
        plan_tolerance < config.field.tolerance,
        name == "ab2, tightened"
    );
    let whole = outcome(&whole);
    // At the start, at steps where measuring is due or not, and at the last step.
    for k in [0, 1, 4, 6, 7, 12] {
        let mut half = config.clone();
        // The first half is a shorter run, whose last state is measured like any last state.
        half.time.steps = k;
        let mut first = new(half);
        steps(&mut first, k);
        archive.append(&first.snapshot()).unwrap();
        let number = archive.entries().len() - 1;
        assert_eq!(archive.dimension(number).unwrap(), D);
        let snapshot = archive.read::<D>(number).unwrap();
        assert_eq!(snapshot, first.snapshot());
        let mut second = Simulation::resume(config.clone(), snapshot).unwrap();
        assert_eq!(second.state(), first.state());
        steps(&mut second, 12 - k);
        assert!(outcome(&second) == whole, "{name}, restart at step {k}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    cases().into_iter().for_each(on_any_threads::<2>);
    cases_in_space().into_iter().for_each(on_any_threads::<3>);
}

fn on_any_threads<const D: usize>((name, config): (&str, Config)) {
    let run = |count| {
        threads(count, || {
            let mut run = Simulation::<D>::from_config(config.clone(), Inputs::default()).unwrap();
            steps(&mut run, 6);
            outcome(&run)
        })
    };
    let one = run(1);
    assert!(run(2) == one, "{name}: two threads");
    assert!(run(5) == one, "{name}: five threads");
}

#[test]
fn what_may_change_at_a_restart() {
    let config = config(100, 0.1, Circulations::Unit);
    let mut run = Simulation::new(config.clone(), Inputs::default()).unwrap();
    steps(&mut run, 5);
    let resume = |change: &dyn Fn(&mut Config)| {
        let mut config = config.clone();
        change(&mut config);
        Simulation::resume(config, run.snapshot()).map(|run| run.config().clone())
    };
    resume(&|c| c.time.steps = 5).unwrap();
    resume(&|c| c.time.steps = 500).unwrap();
    resume(&|c| c.output.snapshot_every = Every::Steps(1)).unwrap();
    resume(&|c| c.field.tolerance = 1e-3).unwrap();
    let refused = |change: &dyn Fn(&mut Config)| resume(change).unwrap_err().to_string();
    for (text, want) in [
        (
            refused(&|c| c.seed = 1),
            "seed: 1 (allowed: 42, as in the snapshot)",
        ),
        (
            refused(&|c| c.time.dt = 1.0),
            "time.dt: 1 (allowed: 0.02, as",
        ),
        (
            refused(&|c| c.time.scheme = Scheme::EulerMaruyama),
            "time.scheme: euler-maruyama (allowed: ab2-maruyama",
        ),
        (
            refused(&|c| c.time.path_halvings = 1),
            "time.path_halvings: 1 (allowed: 0, as in the snapshot)",
        ),
        (
            refused(&|c| c.time.steps = 4),
            "time.steps: 4 (allowed: at least 5",
        ),
        (
            refused(&|c| *c = with_core(c.clone(), 0.1)),
            "model.core: { delta = 0.1, kind = \"gaussian\" } (allowed: { kind = \"none\" }, as in the snapshot)",
        ),
        (
            refused(&|c| c.initial = Default::default()),
            "initial.kind: \"gaussian-patches\" (allowed: \"gaussian\", as in the snapshot)",
        ),
        (
            refused(&|c| c.time.dt = -1.0),
            "time.dt: -1 (allowed: finite and above 0)",
        ),
    ] {
        assert!(text.starts_with(want), "{text}");
    }
}

#[test]
fn formulas_may_not_change_at_a_restart() {
    let found = cases().into_iter().find(|(name, _)| *name == "formulas");
    let (_, config) = found.unwrap();
    let run = Simulation::new(config.clone(), Inputs::default()).unwrap();
    let snapshot = run.snapshot();
    assert!(Simulation::resume(config.clone(), snapshot.clone()).is_ok());
    let change = |kernel: &str, trap: &str| {
        let mut config = config.clone();
        let ModelConfig::Radial { profile, gas, .. } = &mut config.model else {
            panic!("another model");
        };
        *profile = Profile::Potential(kernel.into());
        let potential = trap.into();
        gas.confinement = Confinement::Formula { potential };
        config
    };
    for (kernel, trap, key, changed) in [
        (
            "exp(-r^2) - log(r)",
            "x^4/4 + y^2",
            "model.confinement: ",
            1,
        ),
        (
            "exp(-r^2) - 2*log(r)",
            "x^4/4 + y^2/2",
            "model.potential: ",
            0,
        ),
    ] {
        let error = Simulation::resume(change(kernel, trap), snapshot.clone()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with(key) && text.contains([kernel, trap][changed]),
            "{text}"
        );
    }
}

/// The capacity that a cost model chose is in the configuration from the start, and a restart or a tighter plan keeps it.
#[test]
fn the_leaf_capacity_stays() {
    let shipped = farfield::Costs::shipped(farfield::InstructionSet::Avx512);
    let mut dear = shipped;
    dear.m2l_cell *= 200.0;
    let [cheap, dear] = [shipped, dear].map(|costs| Inputs {
        costs: Some(costs),
        ..Inputs::default()
    });
    for (name, config) in cases() {
        let mut run = Simulation::new(config.clone(), dear.clone()).unwrap();
        let capacity = run.config().field.leaf_capacity;
        let plain = Simulation::new(config.clone(), cheap.clone()).unwrap();
        // Leaves of a torus are halves of halves of the box: a capacity between two of them changes nothing.
        let halves = config.model.periodic().is_some();
        let least = plain.config().field.leaf_capacity;
        assert!(capacity > least || (halves && capacity == least), "{name}");
        steps(&mut run, 5);
        let mut resumed = Simulation::resume(config.clone(), run.snapshot()).unwrap();
        for run in [&mut run, &mut resumed] {
            steps(run, 5);
            assert_eq!(run.config().field.leaf_capacity, capacity, "{name}");
            assert_eq!(Some(run.plan_report().leaf_capacity), capacity, "{name}");
        }
        assert_eq!(outcome(&run), outcome(&resumed), "{name}");
        let mut other = config;
        other.field.leaf_capacity = Some(9);
        let resumed = Simulation::resume(other, run.snapshot()).unwrap();
        assert_eq!(resumed.plan_report().leaf_capacity, 9);
    }
}

/// Whether a core is taken as a wide one is decided when a run starts.
#[test]
fn the_choice_of_a_wide_core_stays() {
    let mut config = with_core(config(16_000, 0.01, Circulations::Unit), 2.0);
    config.field.tolerance = 1e-5;
    config.field.grid = Some(false);
    let run = Simulation::new(config.clone(), Inputs::default()).unwrap();
    assert!(
        run.plan_report().wide_core,
        "all pairs are within its reach"
    );
    assert_eq!(run.config().field.wide_core, Some(true));
    let resumed = Simulation::resume(config.clone(), run.snapshot()).unwrap();
    assert_eq!(resumed.config().field.wide_core, Some(true));
    config.field.wide_core = Some(false);
    let run = Simulation::new(config, Inputs::default()).unwrap();
    assert!(!run.plan_report().wide_core);
}

/// Whether a run has a grid is decided when it starts.
#[test]
fn the_choice_of_a_grid_stays() {
    let mut config = with_core(config(60_000, 0.01, Circulations::Unit), 2.0);
    config.field.tolerance = 1e-5;
    let run = Simulation::new(config.clone(), Inputs::default()).unwrap();
    assert!(
        run.plan_report().grid.is_some(),
        "all pairs are within its reach"
    );
    assert_eq!(run.config().field.grid, Some(true));
    assert_eq!(run.config().field.wide_core, None);
    let resumed = Simulation::resume(config.clone(), run.snapshot()).unwrap();
    assert_eq!(resumed.config().field.grid, Some(true));
    assert!(resumed.plan_report().grid.is_some());
    let small = with_core(config, 1e-3);
    let run = Simulation::new(small, Inputs::default()).unwrap();
    assert_eq!(run.config().field.grid, Some(false));
}

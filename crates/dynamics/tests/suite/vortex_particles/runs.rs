//! As a model of a run: restarts, laws, rings from the configuration, and what is refused.

use super::{BOTH, cloud, ring, run, settings};
use crate::common::through_disk;
use farfield_dynamics::config::{self, Config, InitialConfig, ModelConfig, Scheme};
use farfield_dynamics::vortex_particles::{
    COMPONENTS, Core, Stretching, Viscosity, VortexParticles, VortexRing, VortexSettings,
};
use farfield_dynamics::{ErrorBudget, ErrorKind, Estimate, Inputs, Law, Simulation};

type Run = Simulation<COMPONENTS>;

const GAUSSIAN: Core = Core::Gaussian { delta: 0.4 };

fn config_of(core: Core, settings: VortexSettings) -> Config {
    let mut config = Config {
        seed: settings.seed,
        model: ModelConfig::VortexParticles {
            core: config::Core::from(core),
            stretching: settings.stretching,
            viscosity: settings.viscosity,
        },
        initial: InitialConfig::File {
            path: "particles.npy".into(),
        },
        ..Config::default()
    };
    (config.time.scheme, config.time.dt) = (settings.scheme, settings.dt);
    config.field.tolerance = settings.tolerance;
    // Several leaves, measured and shown now and then.
    config.field.leaf_capacity = Some(30);
    config.field.check_every = 2;
    (
        config.output.hamiltonian_every,
        config.output.min_distance_every,
    ) = (2, 3);
    config
}

/// As from a file, whose last numbers mean nothing.
fn inputs(particles: &VortexParticles) -> Inputs<COMPONENTS> {
    let all = particles.positions.iter().zip(&particles.strengths);
    let row = |([x, y, z], [a, b, c]): (&[f64; 3], &[f64; 3])| [*x, *y, *z, *a, *b, *c, f64::NAN];
    Inputs {
        positions: Some(all.map(row).collect()),
        ..Inputs::default()
    }
}

fn simulation(particles: &VortexParticles, settings: VortexSettings) -> Run {
    Run::from_config(config_of(particles.core, settings), inputs(particles)).unwrap()
}

fn steps(run: &mut Run, count: u64) {
    for _ in 0..count {
        run.step().unwrap();
    }
}

/// Every scheme of stretching and viscosity, with one step and with several evaluations, with and without memory.
fn all() -> Vec<VortexSettings> {
    let with = |scheme, stretching, viscosity| VortexSettings {
        viscosity,
        seed: 5,
        tolerance: 1e-5,
        ..settings(0.02, scheme, stretching)
    };
    let brownian = Viscosity::Brownian { nu: 0.01 };
    let spreading = Viscosity::CoreSpreading { nu: 0.05 };
    vec![
        with(Scheme::Rk4, Stretching::Classical, Viscosity::None),
        with(Scheme::Rk4, Stretching::Transpose, spreading),
        with(Scheme::Ab3, Stretching::Transpose, Viscosity::None),
        with(Scheme::Ab2Maruyama, Stretching::Transpose, spreading),
        with(Scheme::Ab2Maruyama, Stretching::Transpose, brownian),
        with(Scheme::Sra1, Stretching::Classical, brownian),
    ]
}

/// All that the outputs of a run are made of.
fn outcome(run: &Run) -> String {
    let checks = (run.last_check(), run.max_measured_error());
    let (sums, laws) = (run.observables(), run.laws());
    format!("{:?} {sums:?} {laws:?} {checks:?}", run.state())
}

#[test]
fn a_restart_gives_the_same_bits() {
    for settings in all() {
        let start = cloud(200, GAUSSIAN);
        let mut straight = simulation(&start, settings);
        steps(&mut straight, 3);
        let snapshot = through_disk(&straight.snapshot());
        assert!(snapshot == straight.snapshot());
        let mut resumed = Run::resume(snapshot.config.clone(), snapshot).unwrap();
        for run in [&mut straight, &mut resumed] {
            steps(run, 4);
        }
        assert!(outcome(&straight) == outcome(&resumed), "{settings:?}");
    }
}

/// Rings of the configuration are those of the library, and so is where they go and what is measured of them.
#[test]
fn rings_are_those_of_the_library() {
    let core = Core::Gaussian { delta: 0.3 };
    let rings = vec![
        ring(0.4),
        VortexRing {
            centre: [0.2, 0.1, 0.7],
            ..ring(0.4)
        },
    ];
    for stretching in BOTH {
        let settings = VortexSettings {
            tolerance: 1e-9,
            viscosity: Viscosity::CoreSpreading { nu: 0.01 },
            ..settings(0.05, Scheme::Rk4, stretching)
        };
        let particles = VortexRing::particles(&rings, 0.4, core).unwrap();
        let mut library = run(&particles, settings, 3);
        let mut config = config_of(core, settings);
        config.field.leaf_capacity = None;
        config.time.steps = 3;
        config.initial = InitialConfig::VortexRings {
            rings: rings.clone(),
            spacing: 0.4,
        };
        let mut found = Run::from_config(config, Inputs::default()).unwrap();
        steps(&mut found, 3);
        let after = library.particles();
        let rows = after.positions.iter().zip(&after.strengths);
        for ((x, alpha), row) in rows.zip(&found.state().positions) {
            assert_eq!([&x[..], &alpha[..]].concat(), row[..6]);
            assert!((row[6].sqrt() - after.core.delta()).abs() < 1e-15);
        }
        let (all, sums) = (library.observables().unwrap(), found.observables());
        let moments = sums.vortex.unwrap();
        assert_eq!(moments.total_vorticity, all.total_vorticity);
        assert_eq!(
            (moments.impulse, moments.angular_impulse),
            (all.impulse, all.angular_impulse)
        );
        assert_eq!(
            (moments.helicity, sums.hamiltonian),
            (Some(all.helicity), Some(all.energy))
        );
    }
}

/// Sums of a state: Σ u_i·α_i and what is between places alone, from the rows and the rates themselves.
#[test]
fn distances_and_moments_are_of_places() {
    let start = cloud(50, GAUSSIAN);
    let sums = *simulation(&start, all()[0]).observables();
    let pairs = (0..50).flat_map(|i| (0..i).map(move |j| (i, j)));
    let nearest = pairs.map(|(i, j)| {
        let [x, y] = [start.positions[i], start.positions[j]];
        (0..3).fold(0f64, |sum, k| sum.hypot(x[k] - y[k]))
    });
    let nearest = nearest.fold(f64::INFINITY, f64::min);
    assert!((sums.min_distance.unwrap() - nearest).abs() < 1e-14);
    let square = start.positions.as_flattened().iter().map(|x| x * x);
    let from_centre = 50.0 * sums.centre[..3].iter().map(|x| x * x).sum::<f64>();
    let expected = square.sum::<f64>() - from_centre;
    assert!((sums.second_moment / expected - 1.0).abs() < 1e-12);
}

fn law<'a>(laws: &'a [Law], name: &str) -> Option<&'a Law> {
    laws.iter().find(|law| law.name == name)
}

/// The laws hold within bounds that mean something: of the classical scheme, Σα changes by much more.
#[test]
fn laws_hold() {
    let axes = [
        "total vorticity x",
        "total vorticity y",
        "total vorticity z",
    ];
    let mut lost = 0f64;
    for settings in all() {
        let start = cloud(200, GAUSSIAN);
        let mut run = simulation(&start, settings);
        steps(&mut run, 8);
        let laws = run.laws();
        let transpose = settings.stretching == Stretching::Transpose;
        let spreads = matches!(settings.viscosity, Viscosity::CoreSpreading { .. });
        assert_eq!(
            laws.len(),
            3 * usize::from(transpose) + usize::from(spreads)
        );
        for law in &laws {
            assert!(law.z.abs() <= 1.0, "{settings:?}: {law:?}");
        }
        let [was, is] = [run.initial_observables(), run.observables()];
        for (a, axis) in axes.into_iter().enumerate() {
            let changed = (is.impulse[3 + a] - was.impulse[3 + a]).abs();
            match law(&laws, axis) {
                Some(law) => assert!(law.bound < 0.1 && changed < 0.1, "{law:?}"),
                None => lost = lost.max(changed),
            }
        }
        if let Some(core) = law(&laws, "core") {
            let expected = 0.16 + 4.0 * 0.05 * 8.0 * 0.02;
            assert!((core.measured - expected).abs() < 1e-14 && core.bound < 1e-12);
        }
    }
    assert!(lost > 1.0, "{lost}");
}

#[test]
fn estimates_are_of_fewer_particles() {
    let core = Core::Gaussian { delta: 0.1 };
    let mut config = config_of(core, settings(0.1, Scheme::Rk4, Stretching::Classical));
    config.field = config::FieldConfig {
        tolerance: 1e-3,
        ..config::FieldConfig::default()
    };
    config.initial = InitialConfig::VortexRings {
        rings: vec![ring(0.3), ring(0.2)],
        spacing: 0.2,
    };
    let estimate = Estimate::of::<COMPONENTS>(&config, &Inputs::default()).unwrap();
    let expected = VortexRing::particles(&[ring(0.3), ring(0.2)], 0.2, core).unwrap();
    assert_eq!(estimate.n, expected.n());
    assert!(estimate.evaluations == 4 * config.time.steps && estimate.seconds > 0.0);
    let budget = ErrorBudget::of::<COMPONENTS>(&config, &Inputs::default());
    let text = budget.unwrap_err().to_string();
    assert!(
        text.starts_with("model.kind: 'vortex-particles' (allowed: one whose"),
        "{text}"
    );
}

/// The text of a configuration with these lines.
fn refusal(lines: &str) -> String {
    let text = format!("model.kind = \"vortex-particles\"\n{lines}");
    match toml::from_str::<Config>(&text) {
        Err(error) => error.message().into(),
        Ok(config) => {
            let error = config.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            error.to_string()
        }
    }
}

#[test]
fn bad_configurations_are_named() {
    let rings = |ring: &str| {
        format!("initial = {{ kind = \"vortex-rings\", spacing = 0.1, rings = [{ring}] }}")
    };
    let good = "{ centre = [0, 0, 0], axis = [0, 0, 1], radius = 1, circulation = 1, core = 0.2 }";
    let with = |lines: &str| refusal(&format!("{}\n{lines}", rings(good)));
    for (text, want) in [
        (
            with("model.viscosity = 0.1"),
            "model.viscosity_by: missing (allowed: brownian, core-spreading,",
        ),
        (
            with("model.viscosity = -0.1\nmodel.viscosity_by = \"brownian\""),
            "model.viscosity: -0.1 (allowed: finite and at least 0)",
        ),
        (
            with("model.viscosity = 0.1\nmodel.viscosity_by = \"core-spreading\""),
            "model.viscosity_by: core-spreading without a Gaussian model.core (allowed",
        ),
        (
            with("model.viscosity = 0.1\nmodel.viscosity_by = \"brownian\"\ntime.scheme = \"rk4\""),
            "time.scheme: rk4 with model.viscosity = 0.1 (allowed: rk4 only with",
        ),
        (
            with("time.scheme = \"jumps\""),
            "time.scheme: jumps with model.kind = \"vortex-particles\" (allowed: a scheme for a drift",
        ),
        (
            with("time.two_body = true\ntime.scheme = \"ab2-maruyama\""),
            "time.two_body: true with this vortex-particles (allowed: true only with vortices",
        ),
        (
            with("time.scheme = \"rk4\"\ntime.adaptive = { tolerance = 1e-3 }"),
            "time.adaptive: given with model.kind = \"vortex-particles\" (allowed: missing with it)",
        ),
        (
            with("model.core = { kind = \"gaussian\", delta = 0 }"),
            "model.core.delta: 0 (allowed: finite and above 0)",
        ),
        (
            with("model.core = { kind = \"gaussian\", delta = 0.3 }"),
            "initial.rings[0].core: 0.2 (allowed: above 0.3 and below the radius 1)",
        ),
        (
            with("model.stretching = \"sideways\""),
            "unknown variant `sideways`, expected `classical` or `transpose`",
        ),
        (
            with("model.periodic = 1.0"),
            "model.periodic: not a key of kind 'vortex-particles' (its keys: core, stretching, viscosity, viscosity_by)",
        ),
        (
            with("model.circulations = { law = \"unit\" }"),
            "model.circulations: not a key of kind",
        ),
        (
            with("model.confinement = { kind = \"none\" }"),
            "model.confinement: not a key of kind",
        ),
        (
            with("model.diffusion = 0.1"),
            "model.diffusion: not a key of kind",
        ),
        (
            refusal(&rings("")),
            "initial.rings: 0 rings (allowed: 1 or more)",
        ),
        (
            refusal(&rings(&good.replace("radius = 1", "radius = -1"))),
            "initial.rings[0].radius: -1 (allowed: finite and above 0)",
        ),
        (
            refusal(&rings(good).replace("spacing = 0.1", "spacing = 0")),
            "initial.spacing: 0 (allowed: finite and above 0)",
        ),
        (
            refusal(&rings(good).replace("spacing = 0.1, ", "")),
            "initial.spacing: missing",
        ),
        (refusal(&rings("{ radius = 1 }")), "missing field `centre`"),
        (
            refusal(&rings(good).replace("spacing", "quasi_random = true, spacing")),
            "initial.quasi_random: true with initial.kind = \"vortex-rings\" (allowed: false",
        ),
        (
            refusal("initial = { kind = \"gaussian\", n = 10 }"),
            "initial.kind: 'gaussian' with model.kind = \"vortex-particles\" (allowed: vortex-rings, file)",
        ),
        (
            refusal("initial = { kind = \"ring\", n = 10 }"),
            "initial.kind: 'ring' in 3 dimensions (allowed: vortex-rings, file)",
        ),
    ] {
        assert!(text.starts_with(want), "{text}\n{want}");
    }
    let text = format!(
        "model = {{ kind = \"coulomb-gas\", diffusion = 0.1 }}\n{}",
        rings(good)
    );
    let gas: Config = toml::from_str(&text).unwrap();
    let text = gas.check().unwrap_err().to_string();
    let want = "initial.kind: 'vortex-rings' with model.kind = \"coulomb-gas\" (allowed: gaussian, uniform-ball,";
    assert!(text.starts_with(want), "{text}");
    let error = Simulation::<3>::from_config(
        config_of(GAUSSIAN, settings(0.1, Scheme::Rk4, Stretching::Classical)),
        Inputs::default(),
    );
    let text = error.unwrap_err().to_string();
    assert!(
        text.starts_with("model.kind: vortex-particles, with 7 numbers a particle,"),
        "{text}"
    );
}

/// What is written is what was read.
#[test]
fn configurations_come_back_from_their_own_text() {
    for settings in all() {
        let mut config = config_of(GAUSSIAN, settings);
        config.initial = InitialConfig::VortexRings {
            rings: vec![ring(0.5), ring(0.6)],
            spacing: 0.2,
        };
        config.check().unwrap();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<Config>(&text).unwrap(), config, "{text}");
    }
}

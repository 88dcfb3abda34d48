//! The TOML of a run: defaults, unknown keys, every value out of bounds.

use farfield_dynamics::Config;
use farfield_dynamics::config::{
    Adaptive, Circulations, Confinement, Core, Every, GasConfig, InitialConfig, ModelConfig,
    OnExcess, Periodic, Scheme,
};
use farfield_dynamics::formula::Profile;

fn parse(text: &str) -> Config {
    toml::from_str(text).unwrap()
}

/// The error of reading the text, or else of checking it.
fn refused(text: &str) -> String {
    match toml::from_str::<Config>(text) {
        Err(error) => error.message().to_string(),
        Ok(config) => config.check().unwrap_err().to_string(),
    }
}

#[test]
fn nothing_given_is_the_built_in_run() {
    let config = parse("");
    assert_eq!(config, Config::default());
    config.check().unwrap();
    assert_eq!(config.initial.n(), Some(1_000_000));
    assert_eq!(
        (config.time.scheme, config.time.steps),
        (Scheme::Ab2Maruyama, 50)
    );
    assert_eq!(
        (config.output.snapshot_every, config.output.pictures),
        (Every::Steps(25), 5)
    );
    assert_eq!(
        (config.field.tolerance, config.field.check_every),
        (1e-5, 10)
    );
    // A key of the built-in run can be given alone.
    let InitialConfig::GaussianPatches { n, patches, .. } = parse("[initial]\nn = 5000").initial
    else {
        panic!("another kind");
    };
    assert_eq!((n, patches), (5000, 2));
}

#[test]
fn every_key_is_read() {
    let config = parse(
        r#"
        schema = 1
        seed = 3
        [model]
        kind = "vortex"
        viscosity = 0.5
        circulations = { law = "two-point", a = 2.0, b = -3.0, p = 0.25 }
        core = { kind = "gaussian", delta = 0.1 }
        [initial]
        kind = "dipole"
        n = 10
        separation = 3.0
        radius = 0.5
        [time]
        scheme = "euler-maruyama"
        dt = 0.25
        steps = 9
        path_halvings = 2
        adaptive = { tolerance = 1e-6 }
        [field]
        tolerance = 1e-7
        check_every = 4
        check_samples = 5
        on_excess = "stop"
        leaf_capacity = 40
        [output]
        diagnostics_every = 2
        snapshot_every = 3
        pictures = 4
        picture_pixels = 500
        hamiltonian_every = 6
        min_distance_every = 7
        "#,
    );
    config.check().unwrap();
    assert_eq!(config.seed, 3);
    let model = ModelConfig::Vortex {
        viscosity: 0.5,
        circulations: Circulations::TwoPoint {
            a: 2.0,
            b: -3.0,
            p: 0.25,
        },
        core: Core::Gaussian { delta: 0.1 },
        periodic: None,
    };
    assert_eq!(config.model, model);
    let initial = InitialConfig::Dipole {
        n: 10,
        separation: 3.0,
        radius: 0.5,
    };
    assert_eq!(config.initial, initial);
    let time = &config.time;
    assert_eq!(
        (time.scheme, time.dt, time.steps, time.path_halvings),
        (Scheme::EulerMaruyama, 0.25, 9, 2)
    );
    let adaptive = Adaptive {
        tolerance: 1e-6,
        halvings: 12,
    };
    assert_eq!(time.adaptive, Some(adaptive));
    let field = &config.field;
    assert_eq!(
        (field.tolerance, field.check_every, field.check_samples),
        (1e-7, 4, 5)
    );
    assert_eq!(field.on_excess, OnExcess::Stop);
    assert_eq!(field.leaf_capacity, Some(40));
    let output = &config.output;
    let periods = [output.diagnostics_every, output.snapshot_every];
    assert_eq!(periods, [Every::Steps(2), Every::Steps(3)]);
    assert_eq!(
        (output.hamiltonian_every, output.min_distance_every),
        (6, 7)
    );
    assert_eq!((output.pictures, output.picture_pixels), (4, 500));
}

#[test]
fn every_kind_comes_back_from_its_own_text() {
    let circulations = [
        Circulations::Unit,
        Circulations::TwoPoint {
            a: 1.0,
            b: -1.0,
            p: 0.1,
        },
        Circulations::Uniform {
            low: -1.0,
            high: 0.1 + 0.2,
        },
        Circulations::File("m.npy".into()),
    ];
    let (n, radius, separation) = (12, 1.0 / 3.0, 2.0);
    let initials = [
        InitialConfig::default(),
        InitialConfig::Gaussian { n, radius },
        InitialConfig::UniformDisc { n, radius },
        InitialConfig::Ring { n, radius },
        InitialConfig::UniformSquare { n, side: radius },
        InitialConfig::UniformBox {
            n,
            sides: vec![1.0, 0.1 + 0.2],
        },
        InitialConfig::Annulus {
            n,
            inner: 0.1,
            radius,
        },
        InitialConfig::Dipole {
            n,
            separation,
            radius,
        },
        InitialConfig::Bkw { n, start: 0.7 },
        InitialConfig::File {
            path: "x.npy".into(),
        },
    ];
    for circulations in circulations {
        for initial in &initials {
            for core in [Core::None, Core::Gaussian { delta: 0.3 }] {
                let config = Config {
                    model: ModelConfig::Vortex {
                        viscosity: 0.0,
                        circulations: circulations.clone(),
                        core,
                        periodic: Some(Periodic::Side(2.5)),
                    },
                    initial: initial.clone(),
                    ..Config::default()
                };
                let text = toml::to_string_pretty(&config).unwrap();
                assert_eq!(parse(&text), config, "{text}");
            }
        }
    }
}

#[test]
fn every_gas_comes_back_from_its_own_text() {
    let gases = [
        (Confinement::None, None),
        (Confinement::None, Some(Periodic::Side(1.5))),
        (Confinement::None, Some(Periodic::Sides(vec![1.5, 1.0]))),
        (Confinement::Harmonic { stiffness: 0.7 }, None),
        (
            Confinement::Formula {
                potential: "x^4/4 + y^2/2".into(),
            },
            None,
        ),
    ];
    for (confinement, periodic) in gases {
        let gas = GasConfig {
            diffusion: 0.1.into(),
            confinement,
            periodic,
        };
        let core = Core::Gaussian { delta: 0.3 };
        let radial = |profile| ModelConfig::Radial {
            strength: -0.5,
            profile,
            dimension: 2,
            gas: GasConfig {
                periodic: None,
                ..gas.clone()
            },
        };
        for model in [
            ModelConfig::LogGas {
                strength: -2.0,
                core: core.clone(),
                gas: gas.clone(),
            },
            ModelConfig::RieszGas {
                strength: 1.0,
                s: 0.5,
                dimension: 2,
                gas: gas.clone(),
            },
            radial(Profile::Field("exp(-r^2)".into())),
            radial(Profile::Potential("exp(-r)/r".into())),
            ModelConfig::KellerSegel {
                chi: 3.0,
                core: Core::None,
                gas,
            },
        ] {
            let config = Config {
                model,
                ..Config::default()
            };
            config.check().unwrap();
            let text = toml::to_string_pretty(&config).unwrap();
            assert_eq!(parse(&text), config, "{text}");
        }
    }
}

#[test]
fn unknown_keys_are_named() {
    for (text, key) in [
        ("sed = 1", "sed"),
        ("[model]\nviscosty = 1.0", "viscosty"),
        ("[initial]\nnn = 1", "nn"),
        ("[time]\nd = 1.0", "d"),
        ("[field]\ntol = 1.0", "tol"),
        ("[output]\npicture = 1", "picture"),
        ("[model.core]\nkind = \"gaussian\"\nwidth = 1.0", "width"),
        ("[model.circulations]\nlow = 1.0\nhihg = 2.0", "hihg"),
    ] {
        let error = refused(text);
        assert!(
            error.starts_with(&format!("unknown field `{key}`, expected")),
            "{error}"
        );
    }
}

#[test]
fn keys_of_another_kind_are_named() {
    for (text, want) in [
        (
            "[initial]\nkind = \"ring\"\nseparation = 1.0",
            "initial.separation: not a key of kind 'ring' (its keys: n, radius)",
        ),
        (
            "[initial]\nkind = \"file\"\npath = \"x\"\nn = 1",
            "initial.n: not a key of kind 'file' (its keys: path)",
        ),
        (
            "[initial]\nkind = \"annulus\"\ninner = 1.0",
            "initial.inner: 1 (allowed: below initial.radius = 1)",
        ),
        (
            "[initial]\nkind = \"uniform-square\"\nside = 0.0",
            "initial.side: 0 (allowed: finite and above 0)",
        ),
        ("[initial]\nkind = \"file\"", "initial.path: missing"),
        (
            "[initial]\nkind = \"rnig\"",
            "initial.kind: 'rnig' (allowed: gaussian-patches, gaussian,",
        ),
        (
            "[model]\nkind = \"plasma\"",
            "model.kind: 'plasma' (allowed: vortex, log-gas, coulomb-gas, riesz-gas, keller-segel, radial, landau, boltzmann, vortex-particles)",
        ),
        ("[model]\nkind = \"log-gas\"", "model.diffusion: missing"),
        (
            "[model]\nkind = \"log-gas\"\nviscosity = 1.0",
            "model.viscosity: not a key of kind 'log-gas' (its keys: diffusion, strength, core, confinement, periodic)",
        ),
        (
            "[model]\nviscosity = 1.0\ndiffusion = 1.0",
            "model.diffusion: not a key of kind 'vortex'",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 0.0\nstrength = 0.0",
            "model.strength: 0 (allowed: finite and not 0)",
        ),
        (
            "[model]\nkind = \"riesz-gas\"\ndiffusion = 1.0",
            "model.s: missing",
        ),
        (
            "[model]\nkind = \"riesz-gas\"\ndiffusion = 1.0\ns = 2.0",
            "model.s: 2 (allowed: 0 or more and below 2, the dimension)",
        ),
        (
            "[model]\nkind = \"keller-segel\"\ndiffusion = 1.0\nchi = -1.0",
            "model.chi: -1 (allowed: finite and above 0)",
        ),
        (
            "[model]\nkind = \"keller-segel\"\ndiffusion = -1.0\nchi = 1.0",
            "model.diffusion: -1 (allowed: finite and at least 0)",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 1.0\nconfinement = { kind = \"harmonic\" }",
            "model.confinement.stiffness: missing",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 1.0\nconfinement = { kind = \"harmonic\", stiffness = -1.0 }",
            "model.confinement.stiffness: -1 (allowed: finite and above 0)",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 1.0\nperiodic = 1.0\nconfinement = { kind = \"harmonic\", stiffness = 1.0 }",
            "model.periodic: 1 with model.confinement (allowed: one of them)",
        ),
        (
            "[model]\nkind = \"radial\"\ndiffusion = 1.0",
            "model.field: missing (or model.potential)",
        ),
        (
            "[model]\nkind = \"radial\"\ndiffusion = 1.0\nfield = \"1\"\npotential = \"r\"",
            "model.potential: 'r' with model.field (allowed: one of them)",
        ),
        (
            "[model]\nkind = \"radial\"\ndiffusion = 1.0\nfield = \"1\"\nperiodic = 1.0",
            "model.periodic: not a key of kind 'radial' (its keys: diffusion, strength, field, potential, dimension, confinement)",
        ),
        (
            "[model]\nkind = \"radial\"\ndiffusion = 1.0\nfield = \"1\"\nstrength = 0.0",
            "model.strength: 0 (allowed: finite and not 0)",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 1.0\nconfinement = { kind = \"formula\" }",
            "model.confinement.potential: missing",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 1.0\nconfinement = { kind = \"formula\", potential = \"x\", stiffness = 1.0 }",
            "model.confinement.stiffness: not a key of kind 'formula' (its keys: potential)",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 1.0\nperiodic = 1.0\nconfinement = { kind = \"formula\", potential = \"x\" }",
            "model.periodic: 1 with model.confinement (allowed: one of them)",
        ),
        (
            "[model]\nperiodic = 0.0",
            "model.periodic: 0 (allowed: finite and above 0)",
        ),
        (
            "[model]\nperiodic = [1.0, 2.0, 1.0]",
            "model.periodic: [1.0, 2.0, 1.0] (allowed: a number, or 2 of them)",
        ),
        (
            "[model]\nperiodic = [1.0, 0.0]",
            "model.periodic: [1.0, 0.0] (allowed: sides that are finite and above 0)",
        ),
        (
            "[model]\nperiodic = [1.0, 2.5]",
            "model.periodic: [1.0, 2.5] (allowed: sides of which the largest is at most 2 times the smallest)",
        ),
        (
            "[initial]\nkind = \"uniform-box\"\nsides = [1.0]",
            "initial.sides: [1.0] (allowed: 2 numbers that are finite and above 0)",
        ),
        (
            "[model.circulations]\nlaw = \"unit\"\na = 1.0",
            "model.circulations.a: not a key of law 'unit' (its keys: none)",
        ),
        (
            "[model.circulations]\nlaw = \"unit\"\nfile = \"m\"",
            "model.circulations.file: not a key of law 'unit'",
        ),
        (
            "[model.circulations]\nlaw = \"uniform\"\nlow = 1.0",
            "model.circulations.high: missing",
        ),
        (
            "[model.circulations]\nlaw = \"normal\"",
            "model.circulations.law: 'normal' (allowed: unit,",
        ),
        (
            "[model.core]\nkind = \"gaussian\"",
            "model.core.delta: missing",
        ),
        (
            "[model.core]\nkind = \"algebraic\"",
            "model.core.delta: missing",
        ),
        (
            "[model.core]\nkind = \"plummer\"",
            "model.core.kind: 'plummer' (allowed: none, gaussian, algebraic)",
        ),
        (
            "[model.core]\nkind = \"none\"\ndelta = 1.0",
            "model.core.delta: not a key of kind 'none'",
        ),
        (
            "[model.core]\ndelta = 1.0",
            "model.core.delta: not a key of kind 'none'",
        ),
        (
            "[time]\nscheme = \"heun\"",
            "unknown variant `heun`, expected one of `euler-maruyama`",
        ),
    ] {
        let error = refused(text);
        assert!(error.starts_with(want), "{error}");
    }
}

#[test]
fn values_out_of_bounds_are_named_with_what_is_allowed() {
    let cases = [
        ("schema = 2", "schema: 2 (allowed: 1)"),
        (
            "[model]\nviscosity = -1.0",
            "model.viscosity: -1 (allowed: finite and at least 0)",
        ),
        ("[model]\nviscosity = nan", "model.viscosity: NaN (allowed"),
        (
            "[model.circulations]\nlaw = \"two-point\"\na = inf",
            "model.circulations.a: inf (allowed",
        ),
        (
            "[model.circulations]\nlaw = \"two-point\"\nb = nan",
            "model.circulations.b: NaN (allowed",
        ),
        (
            "[model.circulations]\nlaw = \"two-point\"\np = 1.5",
            "model.circulations.p: 1.5 (allowed: 0 to 1)",
        ),
        (
            "[model.circulations]\nlaw = \"uniform\"\nlow = nan\nhigh = 1.0",
            "model.circulations.low: NaN",
        ),
        (
            "[model.circulations]\nlaw = \"uniform\"\nlow = 1.0\nhigh = 1.0",
            "model.circulations.high: 1 (allowed: above low = 1)",
        ),
        (
            "[field]\ntolerance = 1e-12\n[model.core]\nkind = \"algebraic\"\ndelta = 0.1",
            "field.tolerance: 1e-12 (allowed: 1e-10 to 0.1 with an algebraic core)",
        ),
        (
            "[model.core]\nkind = \"algebraic\"\ndelta = -1.0",
            "model.core.delta: -1 (allowed:",
        ),
        (
            "[model.core]\nkind = \"gaussian\"\ndelta = 0.0",
            "model.core.delta: 0 (allowed: finite and above 0)",
        ),
        ("[initial]\nn = 0", "initial.n: 0 (allowed: 1 to 2^32 - 1)"),
        (
            "[initial]\nn = 5000000000",
            "initial.n: 5000000000 (allowed",
        ),
        (
            "[initial]\nn = 3\npatches = 4",
            "initial.patches: 4 (allowed: 1 to initial.n = 3)",
        ),
        ("[initial]\npatches = 0", "initial.patches: 0 (allowed"),
        (
            "[initial]\nseparation = -1.0",
            "initial.separation: -1 (allowed",
        ),
        ("[initial]\nradius = 0.0", "initial.radius: 0 (allowed"),
        (
            "[initial]\nkind = \"ring\"\nradius = inf",
            "initial.radius: inf (allowed",
        ),
        (
            "[initial]\nkind = \"dipole\"\nseparation = nan",
            "initial.separation: NaN (allowed",
        ),
        (
            "[time]\ndt = 0.0",
            "time.dt: 0 (allowed: finite and above 0)",
        ),
        (
            "[time]\ndt = 1e300\nsteps = 9223372036854775807",
            "time.steps: 9223372036854775807 (allowed",
        ),
        (
            "[time]\nscheme = \"rk4\"",
            "time.scheme: rk4 with model.viscosity = 0.0005 (allowed: rk4 only with model.viscosity = 0",
        ),
        (
            "[time]\nscheme = \"ab3\"",
            "time.scheme: ab3 with model.viscosity = 0.0005 (allowed: ab3 only with model.viscosity = 0",
        ),
        (
            "[time]\npath_halvings = 21",
            "time.path_halvings: 21 (allowed: 0 to 20)",
        ),
        (
            "[time]\nscheme = \"sra1\"\nadaptive = { tolerance = 0.0 }",
            "time.adaptive.tolerance: 0 (allowed: finite and above 0)",
        ),
        (
            "[time]\nscheme = \"sra1\"\nadaptive = { tolerance = 1e-3, halvings = 21 }",
            "time.adaptive.halvings: 21 (allowed: 1 to 20)",
        ),
        (
            "[time]\nadaptive = { tolerance = 1e-3 }",
            "time.adaptive: with ab2-maruyama, which looks at earlier steps, (allowed: with euler-maruyama, stochastic-heun, exponential-heun, sra1, sra3 or rk4)",
        ),
        (
            "[time]\nscheme = \"sra1\"\ntwo_body = true\nadaptive = { tolerance = 1e-3 }",
            "time.two_body: true with time.adaptive (allowed: one of them)",
        ),
        (
            "[model]\nkind = \"landau\"\ngamma = 0.0\n[initial]\nkind = \"uniform-ball\"\nn = 9\nradius = 1.0\n\
             [time]\nscheme = \"euler-maruyama\"\nadaptive = { tolerance = 1e-3 }",
            "time.adaptive: with noise that depends on the state (allowed: ",
        ),
        (
            "[time]\ndt = 1e-9\npath_halvings = 20\nsteps = 17592186044416",
            "time.steps: 17592186044416 (allowed: at most 17592186044415 with so many halvings)",
        ),
        (
            "[field]\ntolerance = 0.0",
            "field.tolerance: 0e0 (allowed: 1e-14 to 0.1)",
        ),
        ("[field]\ntolerance = nan", "field.tolerance: NaN (allowed"),
        ("[field]\ntolerance = 1.0", "field.tolerance: 1e0 (allowed"),
        (
            "[field]\nleaf_capacity = 0",
            "field.leaf_capacity: 0 (allowed: 1 or more)",
        ),
        (
            "[field]\ncheck_samples = 0",
            "field.check_samples: 0 (allowed: 1 or more)",
        ),
        (
            "[output]\npicture_pixels = 1",
            "output.picture_pixels: 1 (allowed: 16 to 16384)",
        ),
    ];
    for (text, want) in cases {
        let error = refused(text);
        assert!(error.starts_with(want), "{error}");
    }
    let seed = Config {
        seed: u64::MAX,
        ..Config::default()
    };
    assert!(
        seed.check()
            .unwrap_err()
            .to_string()
            .starts_with("seed: 18446744073709551615")
    );
    // Allowed again where the other value fits.
    for scheme in ["rk4", "ab3"] {
        parse(&format!(
            "[model]\nviscosity = 0.0\n[time]\nscheme = \"{scheme}\""
        ))
        .check()
        .unwrap();
    }
    parse("[field]\ncheck_samples = 0\ncheck_every = 0")
        .check()
        .unwrap();
}

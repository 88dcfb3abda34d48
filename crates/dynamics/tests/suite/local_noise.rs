//! σ by a formula of the coordinates, in Itô's sense. Means are held to 4.5 standard errors, a false alarm of 1e-5 each;
//! seeds are fixed.

use crate::common::{config, finish, finish_in, gas, log_gas, riesz, through_disk};
use crate::laws::holds;
use farfield_dynamics::config::{
    Circulations, Config, Confinement, Core, Diffusion, GasConfig, InitialConfig, ModelConfig,
    Scheme, TimeConfig,
};
use farfield_dynamics::noise::Brownian;
use farfield_dynamics::{Inputs, Simulation};

/// So weak that nothing is seen of it.
const NO_STRENGTH: f64 = 1e-14;

fn spread(sigma: &str, stiffness: f64) -> GasConfig {
    GasConfig {
        diffusion: Diffusion::Formula(sigma.into()),
        ..gas(0.0, stiffness)
    }
}

fn of(model: ModelConfig, initial: InitialConfig, [dt, time]: [f64; 2]) -> Config {
    let mut config = config(1, 0.0, Circulations::Unit);
    (config.model, config.initial) = (model, initial);
    config.time.scheme = Scheme::EulerMaruyama;
    (config.time.dt, config.time.steps) = (dt, (time / dt).round() as u64);
    config.field.tolerance = 0.1;
    config.field.check_every = 0;
    config.output.hamiltonian_every = 0;
    config.output.min_distance_every = 0;
    config
}

fn near(name: &str, values: impl Iterator<Item = f64>, exact: f64) -> f64 {
    let all: Vec<f64> = values.collect();
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let error = (variance / n).sqrt();
    let z = (mean - exact) / error;
    assert!(
        z.abs() < 4.5,
        "{name}: {mean}, not {exact} ({z:.1} standard errors)"
    );
    error
}

/// X_1 = X_0 + √(2σ(X_0)) ΔB.
#[test]
fn a_step_by_its_formula() {
    let flat = log_gas(NO_STRENGTH, spread("0.1*(1+x^2)+abs(y)", 0.0));
    let n = 50;
    let mut run = Simulation::new(
        of(flat, InitialConfig::Gaussian { n, radius: 1.0 }, [0.1, 1.0]),
        Inputs::default(),
    )
    .unwrap();
    let start = run.state().positions.clone();
    run.step().unwrap();
    let mut dw = vec![[0.0; 2]; n];
    Brownian::new(42).increments(0, 0.1, &mut dw);
    for ((x, dw), found) in start.iter().zip(&dw).zip(&run.state().positions) {
        let c = (2.0 * (0.1 * (1.0 + x[0] * x[0]) + x[1].abs())).sqrt();
        for a in 0..2 {
            assert!((x[a] + c * dw[a] - found[a]).abs() < 1e-12);
        }
    }
    let solid = ModelConfig::CoulombGas {
        strength: NO_STRENGTH,
        core: Core::None,
        gas: spread("exp(z)*0.01", 0.0),
    };
    let mut config = of(
        solid,
        InitialConfig::Gaussian { n, radius: 1.0 },
        [0.1, 1.0],
    );
    config.field.leaf_capacity = Some(n);
    let mut run = Simulation::<3>::from_config(config, Inputs::default()).unwrap();
    let start = run.state().positions.clone();
    run.step().unwrap();
    let mut dw = vec![[0.0; 3]; n];
    Brownian::new(42).increments_in_space(0, 0.1, &mut dw);
    for ((x, dw), found) in start.iter().zip(&dw).zip(&run.state().positions) {
        let c = (0.02 * x[2].exp()).sqrt();
        for a in 0..3 {
            assert!((x[a] + c * dw[a] - found[a]).abs() < 1e-11);
        }
    }
}

/// A formula that is a number is that number: the same particles, laws and standard errors, with close pairs and confinement
/// too.
#[test]
fn a_formula_without_variables() {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1e-3);
    for model in [|gas| riesz(1.0, 0.5, gas), |gas| log_gas(2.0, gas)] {
        let [a, b] = [gas(0.02, 1.5), spread("0.01+0.01", 1.5)].map(|gas| {
            let mut config = of(
                model(gas),
                InitialConfig::UniformDisc {
                    n: 200,
                    radius: 1.0,
                },
                [0.01, 0.2],
            );
            config.field.tolerance = 1e-9;
            config.output.hamiltonian_every = 5;
            finish(config, Inputs::default())
        });
        let both = a.state().positions.iter().zip(&b.state().positions);
        assert!(
            both.into_iter()
                .all(|(a, b)| close(a[0], b[0]) && close(a[1], b[1]))
        );
        let (a, b) = (a.laws(), b.laws());
        assert_eq!(a.len(), b.len());
        assert!(a.len() > 3, "{a:?}");
        for (a, b) in a.iter().zip(&b) {
            // The virial is that of whichever state rounding makes it differ most in.
            let same = match a.name {
                "virial" => a.z.abs().max(b.z.abs()) <= 1.0,
                _ => close(a.error(), b.error()) && close(a.expected, b.expected),
            };
            assert!(a.name == b.name && same, "{a:?} {b:?}");
        }
    }
}

/// The laws that are left, over many replicas.
#[test]
fn laws() {
    let sigma = "0.1*(1+4*x^2+y)^2";
    let few = |model| {
        of(
            model,
            InitialConfig::Gaussian { n: 4, radius: 0.3 },
            [0.005, 0.1],
        )
    };
    let all = ["centre x", "centre y", "second moment"];
    for stiffness in [0.0, 2.0] {
        let gas = spread(sigma, stiffness);
        assert_eq!(holds(&few(log_gas(NO_STRENGTH, gas)), 1500), all);
    }
    let mut held = spread(sigma, 0.0);
    held.confinement = Confinement::Formula {
        potential: "y^4/4".into(),
    };
    assert_eq!(holds(&few(log_gas(0.1, held)), 1500), all[..1]);
    let solid = ModelConfig::Radial {
        strength: 0.1,
        profile: farfield_dynamics::formula::Profile::Field("exp(-r^2)".into()),
        dimension: 3,
        gas: spread("0.1*(1+z^2)", 0.0),
    };
    let names = holds(&few(solid), 500);
    assert_eq!(names, ["centre x", "centre y", "centre z", "second moment"]);
}

/// X_i of geometric Brownian motions dX = c X dB to time 1 by Euler's scheme, and by the exact solution X_0 e^{cB − c²t/2}
/// on the same paths, over X_0.
fn geometric(c: f64, dt: f64, n: usize) -> Vec<[f64; 2]> {
    let sigma = format!("{}*x^2", 0.5 * c * c);
    let model = log_gas(NO_STRENGTH, spread(&sigma, 0.0));
    let initial = InitialConfig::Annulus {
        n,
        inner: 1.0,
        radius: 2.0,
    };
    let mut config = of(model, initial, [dt, 1.0]);
    config.time.path_halvings = (64.0 * dt).log2().round() as u8;
    let start = Simulation::new(config.clone(), Inputs::default()).unwrap();
    let brownian = Brownian::new(config.seed);
    let (mut path, mut dw) = (vec![0.0; n], vec![[0.0; 2]; n]);
    for step in 0..64 {
        brownian.increments(step, 1.0 / 64.0, &mut dw);
        path.iter_mut()
            .zip(&dw)
            .for_each(|(path, dw)| *path += dw[0]);
    }
    let end = finish(config, Inputs::default());
    let places = end.state().positions.iter().zip(&start.state().positions);
    // Noise of x is c|x| dB_x, which for x < 0 is that of the mirrored path.
    let ratio = |((x, x0), b): ((&[f64; 2], &[f64; 2]), &f64)| {
        let b = b * x0[0].signum();
        [x[0] / x0[0], (c * b - 0.5 * c * c).exp()]
    };
    places.zip(&path).map(ratio).collect()
}

/// With q = (1 + c²dt)^n Euler's scheme has E X_n² = q and E (X_n − X(t))² = e^{c²t} − q exactly: weak order 1, strong order
/// 1/2.
#[test]
fn geometric_brownian_motion() {
    let (c, n) = (0.5, 20_000);
    let mut errors = vec![];
    for dt in [1.0 / 4.0, 1.0 / 16.0] {
        let ends = geometric(c, dt, n);
        let (exact, q) = ((c * c).exp(), (1.0 + c * c * dt).powf(1.0 / dt));
        near("X", ends.iter().map(|x| x[0]), 1.0);
        near("X²", ends.iter().map(|x| x[0] * x[0]), q);
        let apart = |x: &[f64; 2]| (x[0] - x[1]).powi(2);
        near("strong", ends.iter().map(apart), exact - q);
        // The exact solution as a control.
        let off = ends.iter().map(|x| x[0] * x[0] - x[1] * x[1]);
        near("weak", off, q - exact);
        errors.push((ends.iter().map(apart).sum::<f64>() / n as f64).sqrt());
    }
    let order = (errors[0] / errors[1]).log2() / 2.0;
    assert!((order - 0.5).abs() < 0.05, "{order}");
}

/// dX = −X dt + √(2s(1 + X²)) dB in x has the density ∝ (1 + x²)^{−a}, a = 1 + 1/2s, in the end: E 1/(1 + x²) = 1 − 1/2a,
/// which by the noise of Stratonovich would be that of a − 1/2, and E x² = s/(1 − s), which is 2s/(2 − dt − 2s) in steps.
#[test]
fn a_stationary_density() {
    let (s, dt, n) = (0.125, 0.02, 8000);
    let mut held = spread("0.125*(1+x^2)", 0.0);
    held.confinement = Confinement::Formula {
        potential: "(x^2+y^2)/2".into(),
    };
    let initial = InitialConfig::Gaussian { n, radius: 0.5 };
    let run = finish(
        of(log_gas(NO_STRENGTH, held), initial, [dt, 5.0]),
        Inputs::default(),
    );
    let x = || run.state().positions.iter().map(|x| x[0] * x[0]);
    near("1/(1 + x²)", x().map(|square| 1.0 / (1.0 + square)), 0.9);
    let error = near("x²", x(), 2.0 * s / (2.0 - dt - 2.0 * s));
    assert!(error < 0.05 * s / (1.0 - s));
}

#[test]
fn what_is_refused() {
    let begun = |sigma: &str, scheme| {
        let model = log_gas(1.0, spread(sigma, 0.0));
        let mut config = of(
            model,
            InitialConfig::Ring { n: 4, radius: 1.0 },
            [0.1, 100.0],
        );
        config.time.scheme = scheme;
        config
            .check()
            .and_then(|()| Simulation::new(config, Inputs::default()))
    };
    let refused = |sigma: &str, expected: &str| {
        let error = begun(sigma, Scheme::EulerMaruyama).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    refused(
        "0.1*x",
        "model.diffusion: '0.1*x' is -0.1 at particle 2, [-1.0, ",
    );
    refused(
        "log(y)",
        "model.diffusion: 'log(y)' is -inf at particle 0, [1.0, 0.0] (allowed: finite and at least 0 at every particle)",
    );
    refused(
        "z",
        "model.diffusion: 'z' (allowed: x and y as the only variables in the plane)",
    );
    refused(
        "(x",
        "model.diffusion: '(x' (allowed: a formula in x, y, as",
    );
    for scheme in [Scheme::Ab2Maruyama, Scheme::Rk4, Scheme::Sra1] {
        let error = begun("x^2", scheme).unwrap_err().to_string();
        let expected = format!(
            "time.scheme: {} with model.diffusion by a formula (allowed: euler-maruyama, as the noise depends on the state)",
            scheme.name()
        );
        assert_eq!(error, expected);
    }
    // On the way.
    let mut run = begun("1.5-x^2-y^2", Scheme::EulerMaruyama).unwrap();
    let error = (0..1000)
        .find_map(|_| run.step().err())
        .unwrap()
        .to_string();
    assert!(
        error.starts_with("model.diffusion: '1.5-x^2-y^2' is -"),
        "{error}"
    );
    for x in run.state().positions.as_flattened() {
        assert!(x.is_finite());
    }
}

#[test]
fn by_the_configuration() {
    let read = |sigma: &str| {
        let text = format!(
            "[model]\nkind = \"log-gas\"\ndiffusion = {sigma}\n[time]\nscheme = \"euler-maruyama\"\n"
        );
        toml::from_str::<Config>(&text).map_err(|e| e.message().to_string())
    };
    for (text, expected) in [
        ("0.5", 0.5.into()),
        ("2", 2.0.into()),
        ("\"x^2\"", Diffusion::Formula("x^2".into())),
    ] {
        let config = read(text).unwrap();
        config.check().unwrap();
        assert!(config.model.has_noise());
        let ModelConfig::LogGas { gas, .. } = &config.model else {
            panic!("{config:?}");
        };
        assert_eq!(gas.diffusion, expected);
        let written = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<Config>(&written).unwrap(), config);
    }
    let error = read("true").unwrap_err();
    assert!(
        error.contains("expected a number, or a formula in quotes"),
        "{error}"
    );
}

/// Snapshots keep the ledger of the noise.
#[test]
fn a_restart() {
    let model = ModelConfig::RieszGas {
        strength: 1.0,
        s: 0.5,
        dimension: 3,
        gas: spread("0.01*(1+x^2)", 1.0),
    };
    let n = 50;
    let mut config = of(
        model,
        InitialConfig::UniformBall { n, radius: 1.0 },
        [0.01, 0.2],
    );
    config.field.leaf_capacity = Some(n);
    let straight = finish_in::<3>(config.clone(), Inputs::default());
    let half = Config {
        time: TimeConfig {
            steps: 7,
            ..config.time.clone()
        },
        ..config.clone()
    };
    let half = finish_in::<3>(half, Inputs::default()).snapshot();
    let mut rest = Simulation::resume(config, through_disk(&half)).unwrap();
    while rest.state().step < 20 {
        rest.step().unwrap();
    }
    assert_eq!(rest.state(), straight.state());
    assert_eq!(rest.laws(), straight.laws());
}

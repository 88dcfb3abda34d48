//! What limits a run: measured against what is known.

use crate::common::config;
use farfield_dynamics::config::{
    Circulations, Config, Confinement, Core, Every, GasConfig, InitialConfig, ModelConfig,
    Periodic, Scheme,
};
use farfield_dynamics::{ErrorBudget, Inputs, MeanErrors};

/// A gas in a trap, of next to no interaction or of some around a wide core.
fn trapped(strength: f64, scheme: Scheme, dt: f64) -> Config {
    let n = 4000;
    let mut config = config(n, 0.0, Circulations::Unit);
    config.model = ModelConfig::LogGas {
        strength,
        core: Core::Gaussian { delta: 0.5 },
        gas: GasConfig {
            diffusion: 0.2.into(),
            confinement: Confinement::Harmonic { stiffness: 1.5 },
            periodic: None,
        },
    };
    config.initial = InitialConfig::Gaussian { n, radius: 1.3 };
    config.field.tolerance = 1e-6;
    config.time.scheme = scheme;
    (config.time.dt, config.time.steps) = (dt, (0.8 / dt).round() as u64);
    config
}

fn budget(config: &Config) -> ErrorBudget {
    ErrorBudget::of::<2>(config, &Inputs::default()).unwrap()
}

/// Without interaction Q is that of Ornstein and Uhlenbeck's process, and Euler's that of an autoregression.
#[test]
fn of_the_steps_of_an_ornstein_uhlenbeck_process() {
    let found = budget(&trapped(1e-9, Scheme::EulerMaruyama, 0.02));
    let (k, sigma, dt) = (1.5, 0.2, 0.02);
    let decay: f64 = (-2.0 * k * 0.8_f64).exp();
    // ⟨r²⟩ = a² at the start.
    let (start, spread) = (1.3 * 1.3, 4.0 * sigma);
    let exact = start * decay + spread * (1.0 - decay) / (2.0 * k);
    let factor: f64 = 1.0 - k * dt;
    let shrunk = factor.powi(80);
    let euler = start * shrunk + spread * dt * (1.0 - shrunk) / (1.0 - factor * factor);
    // Of a Gaussian of variance s, ⟨cos x/ℓ⟩ is e^{−s/2ℓ²}, and cos² has the mean (1 + e^{−2s/ℓ²})/2.
    let wave_square = 2.0 / start;
    let cosine = |square: f64| (-square / 2.0 * wave_square / 2.0).exp();
    let variance = 0.5 + 0.5 * cosine(exact).powi(4) - cosine(exact).powi(2);
    let root = 4000f64.sqrt();
    // |X|² of a Gaussian cloud is exponential: its standard deviation is its mean.
    let expected = [
        (
            "square distance",
            exact,
            (exact - euler).abs(),
            exact / root,
        ),
        (
            "cos x",
            cosine(exact),
            cosine(exact) - cosine(euler),
            variance.sqrt() / root,
        ),
        (
            "cos y",
            cosine(exact),
            cosine(exact) - cosine(euler),
            variance.sqrt() / root,
        ),
    ];
    for (mean, (name, value, error, chance)) in found.means.iter().zip(expected) {
        assert_eq!(mean.name, name);
        let near =
            |x: f64, y: f64, within: f64| assert!((x / y - 1.0).abs() < within, "{mean:?} {x} {y}");
        near(mean.value, value, 0.1);
        near(mean.chance, chance, 0.1);
        // By differences of one path and extrapolation; the pilots' own chance is in it.
        near(mean.steps, error.abs(), 0.25);
    }
    let least = found
        .means
        .iter()
        .map(|mean| 0.3 * mean.chance / (mean.steps + 2.0 * mean.steps_error));
    let dt = 0.02 * least.fold(4.0, f64::min);
    assert!((found.dt / dt - 1.0).abs() < 1e-12, "{found:?}");
}

/// Vortices keep the squared distance; what turns them shows in the cosines.
#[test]
fn sees_what_turns() {
    let mut config = config(500, 0.0, Circulations::Unit);
    config.time.scheme = Scheme::EulerMaruyama;
    (config.time.dt, config.time.steps) = (0.5, 4);
    config.initial = InitialConfig::GaussianPatches {
        n: 500,
        patches: 2,
        separation: 3.0,
        radius: 0.5,
    };
    let found = budget(&config);
    let worst =
        |mean: &MeanErrors| mean.steps > 3.0 * mean.steps_error && mean.steps > 0.3 * mean.chance;
    assert!(found.means[1..].iter().any(worst), "{found:?}");
    assert!(found.dt < config.time.dt, "{found:?}");
}

#[test]
fn scales_as_it_must() {
    let steps = |scheme, dt| budget(&trapped(3.0, scheme, dt)).means[0].steps;
    let [coarse, fine] = [0.08, 0.04].map(|dt| steps(Scheme::EulerMaruyama, dt));
    assert!((coarse / fine / 2.0 - 1.0).abs() < 0.3, "{coarse} {fine}");
    // That of a scheme of order 2 is hardly seen beside it.
    let heun = steps(Scheme::StochasticHeun, 0.04);
    assert!(heun < 0.3 * fine, "{heun} {fine}");
    let mut config = trapped(3.0, Scheme::Ab2Maruyama, 0.04);
    let few = budget(&config);
    config.initial = InitialConfig::Gaussian {
        n: 16_000,
        radius: 1.3,
    };
    config.field.tolerance = 1e-5;
    let many = budget(&config);
    assert_eq!(few.pilots, many.pilots);
    for (few, many) in few.means.iter().zip(&many.means) {
        assert!(
            (few.chance / many.chance - 2.0).abs() < 1e-3,
            "{few:?} {many:?}"
        );
        assert!(
            (few.sums / many.sums - 0.2).abs() < 1e-3,
            "{few:?} {many:?}"
        );
    }
    let tolerance = 0.1 / 16_000f64.sqrt();
    assert!((many.tolerance / tolerance - 1.0).abs() < 1e-12, "{many:?}");
}

#[test]
fn anywhere() {
    for n in [1, 2] {
        let mut config = trapped(3.0, Scheme::Ab2Maruyama, 0.1);
        config.initial = InitialConfig::Gaussian { n, radius: 1.0 };
        let found = budget(&config);
        // Two are as far from their centre, so that nothing is left to chance.
        assert_eq!(found.dt, config.time.dt);
        let good = |mean: &MeanErrors| mean.value.is_finite() && mean.steps.is_finite();
        assert!(found.means.iter().all(good) && found.dt > 0.0, "{found:?}");
    }
    let mut config = config(300, 0.0, Circulations::Unit);
    config.time.steps = 3;
    let found = budget(&config);
    assert!(
        found.means.iter().all(|mean| mean.chance > 0.0) && found.dt > 0.0,
        "{found:?}"
    );
    let solid = ModelConfig::CoulombGas {
        strength: 1.0,
        core: Core::None,
        gas: GasConfig {
            diffusion: 0.1.into(),
            confinement: Confinement::None,
            periodic: Some(Periodic::Side(2.0)),
        },
    };
    (config.model, config.time.dt) = (solid, 1e-3);
    config.initial = InitialConfig::UniformCube { n: 200, side: 2.0 };
    let found = ErrorBudget::of::<3>(&config, &Inputs::default()).unwrap();
    let names: Vec<_> = found.means.iter().map(|mean| mean.name).collect();
    assert_eq!(names, ["square distance", "cos x", "cos y", "cos z"]);
}

/// Of long runs of few, the sums of the tolerance by N would count.
#[test]
fn sums_do_not_count() {
    let mut config = config(50, 0.01, Circulations::Unit);
    (config.time.dt, config.time.steps) = (5.0, 200);
    let found = budget(&config);
    let (asked, tolerance) = (config.field.tolerance, found.tolerance);
    let shares = found
        .means
        .iter()
        .map(|mean| mean.sums * tolerance / asked / mean.chance);
    let most = shares.fold(0.0, f64::max);
    assert!((most - 0.1).abs() < 1e-12 && tolerance < 1e-3, "{found:?}");
    config.time.path_halvings = 20;
    let refused = ErrorBudget::of::<2>(&config, &Inputs::default()).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("time.path_halvings: 20 (allowed: 0 to 19"),
        "{refused}"
    );
}

#[test]
fn none_of_what_collapses() {
    let mut config = config(300, 0.0, Circulations::Unit);
    config.model = ModelConfig::KellerSegel {
        chi: 50.0,
        core: Core::None,
        gas: GasConfig {
            diffusion: 0.01.into(),
            confinement: Confinement::None,
            periodic: None,
        },
    };
    (config.time.dt, config.time.steps) = (0.1, 100);
    let refused = ErrorBudget::of::<2>(&config, &Inputs::default()).unwrap_err();
    let text = refused.to_string();
    assert!(
        text.contains("time.steps") && text.contains("collapses"),
        "{text}"
    );
}

#[test]
fn enough_ends_at_the_same_time() {
    let mut config = trapped(3.0, Scheme::EulerMaruyama, 0.08);
    config.output.snapshot_every = Every::Steps(3);
    config.output.diagnostics_every = Every::Time(0.25);
    config.output.hamiltonian_every = 0;
    let found = budget(&config);
    let enough = found.enough(&config);
    let end = |config: &Config| config.time.dt * config.time.steps as f64;
    assert!((end(&enough) / end(&config) - 1.0).abs() < 1e-14);
    assert!(enough.time.dt <= found.dt && enough.time.dt > 0.9 * found.dt);
    let more = enough.time.steps as f64 / config.time.steps as f64;
    assert!(more > 1.5, "Euler's steps are too long here: {found:?}");
    let Every::Steps(snapshots) = enough.output.snapshot_every else {
        panic!("{}", enough.output.snapshot_every)
    };
    let snapshots = snapshots as f64;
    assert_eq!(enough.output.diagnostics_every, Every::Time(0.25));
    assert!((snapshots - 3.0 * more).abs() <= 0.5 && enough.output.hamiltonian_every == 0);
    // They are: with them, the errors of the steps are what they should be.
    let again = budget(&enough);
    let shares = again.means.iter().map(|mean| mean.steps / mean.chance);
    let worst = shares.fold(0.0, f64::max);
    assert!(worst > 0.1 && worst < 0.35, "{again:?}");
}

//! Kernels and confinements by formulas, against those that are built in.

use crate::common::{config, finish_in, gas, log_gas, riesz};
use crate::laws::holds;
use farfield_dynamics::config::{
    Circulations, Config, Confinement, Core, GasConfig, InitialConfig, ModelConfig, Scheme,
};
use farfield_dynamics::formula::Profile;
use farfield_dynamics::{ErrorKind, Inputs, Simulation};

fn field(text: &str) -> Profile {
    Profile::Field(text.into())
}

fn potential(text: &str) -> Profile {
    Profile::Potential(text.into())
}

fn radial(strength: f64, profile: Profile, dimension: u8, gas: GasConfig) -> ModelConfig {
    ModelConfig::Radial {
        strength,
        profile,
        dimension,
        gas,
    }
}

fn coulomb(strength: f64, gas: GasConfig) -> ModelConfig {
    ModelConfig::CoulombGas {
        strength,
        core: Core::None,
        gas,
    }
}

/// Held by a formula.
fn held(diffusion: f64, potential: &str) -> GasConfig {
    GasConfig {
        confinement: Confinement::Formula {
            potential: potential.into(),
        },
        ..gas(diffusion, 0.0)
    }
}

fn of(model: ModelConfig, n: usize) -> Config {
    let mut config = config(n, 0.0, Circulations::Unit);
    (config.time.dt, config.time.steps) = (5e-3, 20);
    if model.dimension() == 3 {
        config.initial = InitialConfig::UniformBall { n, radius: 1.0 };
        config.field.tolerance = 1e-6;
        // One leaf: in space operators take long to make.
        config.field.leaf_capacity = Some(n);
        // By formulas pairs have no exact flow.
        config.time.two_body = Some(false);
    }
    config.output.hamiltonian_every = 10;
    config.model = model;
    config
}

/// The largest distance between the last states of two models, and their energies.
fn apart<const D: usize>(a: ModelConfig, b: ModelConfig, n: usize) -> (f64, [f64; 2]) {
    let [a, b] = [a, b].map(|model| finish_in::<D>(of(model, n), Inputs::default()));
    let all = |run: &Simulation<D>| run.state().positions.as_flattened().to_vec();
    let off = all(&a).into_iter().zip(all(&b)).map(|(a, b)| (a - b).abs());
    let energies = [&a, &b].map(|run| run.observables().hamiltonian.unwrap());
    (off.fold(0.0, f64::max), energies)
}

fn close([a, b]: [f64; 2], tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs()
}

/// 1/r² by a formula is the log gas, by its field and by its potential; 1/r³ is Coulomb's gas in space.
#[test]
fn kernels_of_the_built_in_gases() {
    for profile in [field("1/(2*PI*r^2)"), potential("-log(r)/(2*PI)")] {
        let built_in = log_gas(2.0, gas(0.01, 1.5));
        let (off, energies) = apart::<2>(built_in, radial(2.0, profile, 2, gas(0.01, 1.5)), 400);
        assert!(off < 1e-6 && close(energies, 1e-7), "{off:e} {energies:?}");
    }
    for profile in [field("r^-3/(4*PI)"), potential("1/(4*PI*r)")] {
        let built_in = coulomb(2.0, gas(0.01, 1.5));
        let (off, energies) = apart::<3>(built_in, radial(2.0, profile, 3, gas(0.01, 1.5)), 150);
        assert!(off < 1e-5 && close(energies, 1e-5), "{off:e} {energies:?}");
    }
}

/// |x|²/2 by a formula is the harmonic confinement with k = 1.
#[test]
fn a_harmonic_confinement() {
    let written = "0.5*(x^2+y^2)";
    for model in [
        |gas| log_gas(2.0, gas),
        |gas| riesz(1.0, 0.5, gas),
        |gas| ModelConfig::KellerSegel {
            chi: 0.1,
            core: Core::Algebraic { delta: 0.2 },
            gas,
        },
    ] {
        let (off, energies) = apart::<2>(model(gas(0.01, 1.0)), model(held(0.01, written)), 300);
        assert!(off < 1e-9 && close(energies, 1e-9), "{off:e} {energies:?}");
        let (off, _) = apart::<2>(model(gas(0.01, 1.0)), model(held(0.01, "x^2+y^2")), 300);
        assert!(off > 1e-2, "{off:e}");
    }
    let (one, other) = (gas(0.01, 1.0), held(0.01, "0.5*(x^2+y^2+z^2)"));
    let (off, energies) = apart::<3>(coulomb(2.0, one), coulomb(2.0, other), 150);
    assert!(off < 1e-9 && close(energies, 1e-9), "{off:e} {energies:?}");
}

/// (κ/N) Σ_{i<j} g(|X_i − X_j|) + Σ V(X_i), by plain loops.
fn energy<const D: usize>(
    x: &[[f64; D]],
    strength: f64,
    g: &dyn Fn(f64) -> f64,
    v: &dyn Fn([f64; D]) -> f64,
) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            let squares = (0..D).map(|a| (x[i][a] - x[j][a]).powi(2));
            sum += strength / x.len() as f64 * g(squares.sum::<f64>().sqrt());
        }
        sum += v(x[i]);
    }
    sum
}

/// What a step of Euler's scheme says the drift is, against differences of the energy, which the run measures too.
fn is_a_gradient<const D: usize>(
    model: ModelConfig,
    strength: f64,
    g: &dyn Fn(f64) -> f64,
    v: &dyn Fn([f64; D]) -> f64,
) {
    let mut config = of(model, 40);
    config.time.scheme = Scheme::EulerMaruyama;
    config.output.hamiltonian_every = 1;
    let dt = config.time.dt;
    let mut run = Simulation::<D>::from_config(config, Inputs::default()).unwrap();
    let start = run.state().positions.clone();
    let expected = energy(&start, strength, g, v);
    let sums = *run.observables();
    let off = (sums.hamiltonian.unwrap() - expected).abs();
    assert!(
        off <= sums.hamiltonian_error + 1e-12 * expected.abs(),
        "{off:e}"
    );
    run.step().unwrap();
    for (i, a) in [(0, 0), (7, 1), (39, D - 1)] {
        let moved = |by: f64| {
            let mut x = start.clone();
            x[i][a] += by;
            energy(&x, strength, g, v)
        };
        let gradient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        let drift = (run.state().positions[i][a] - start[i][a]) / dt;
        let scale = gradient.abs().max(0.1 * strength.abs());
        assert!(
            (drift + gradient).abs() < 1e-5 * scale,
            "{drift} {gradient}"
        );
    }
}

#[test]
fn the_drift_is_the_gradient_of_the_energy() {
    let v = |[x, y]: [f64; 2]| x.powi(4) / 4.0 + y * y / 2.0 - x * y;
    let trap = held(0.0, "x^4/4 + y^2/2 - x*y");
    let yukawa = |r: f64| (-r).exp() / r;
    let model = radial(1.5, potential("exp(-r)/r"), 2, trap.clone());
    is_a_gradient(model, 1.5, &yukawa, &v);
    // φ = e^{−r²} alone: its integral from infinity is e^{−r²}/2.
    let model = radial(-3.0, field("exp(-r^2)"), 2, trap);
    is_a_gradient(model, -3.0, &|r| 0.5 * (-r * r).exp(), &v);
    let v = |[x, y, z]: [f64; 3]| x * x + y.powi(4) * z * z + z.sin();
    let trap = held(0.0, "x^2 + y^4*z^2 + sin(z)");
    is_a_gradient(
        coulomb(2.0, trap.clone()),
        2.0,
        &|r| 1.0 / (4.0 * std::f64::consts::PI * r),
        &v,
    );
    let model = radial(2.0, potential("r^4/4 - r^2/2"), 3, trap);
    is_a_gradient(model, 2.0, &|r| r.powi(4) / 4.0 - r * r / 2.0, &v);
}

/// Few particles and strong noise, so that N instead of N − 1, or no decay, would show.
fn few(model: ModelConfig) -> Config {
    let mut config = of(model, 6);
    config.initial = InitialConfig::Gaussian { n: 6, radius: 0.4 };
    (config.time.dt, config.time.steps) = (0.01, 20);
    config.field.check_every = 0;
    config.output.min_distance_every = 0;
    config
}

#[test]
fn laws_with_noise() {
    for profile in [field("exp(-4*r^2)"), potential("r^4/4 - r^2/2")] {
        let names = holds(&few(radial(2.0, profile, 2, gas(0.1, 2.0))), 400);
        assert_eq!(names, ["centre x", "centre y", "second moment"]);
    }
    // Along y nothing holds the particles.
    let model = radial(2.0, field("exp(-4*r^2)"), 2, held(0.1, "3*x^2"));
    assert_eq!(holds(&few(model), 400), ["centre y"]);
}

#[test]
fn laws_without_noise() {
    let laws = |model, scheme| {
        let mut config = of(model, 60);
        config.time.scheme = scheme;
        let run = finish_in::<2>(config, Inputs::default());
        let laws = run.laws();
        assert!(laws.iter().all(|law| law.z.abs() <= 1.0), "{laws:?}");
        let names: Vec<_> = laws.iter().map(|law| law.name).collect();
        names
    };
    let regular = |gas| radial(2.0, field("exp(-r^2)"), 2, gas);
    for scheme in [Scheme::Ab3, Scheme::Rk4] {
        let names = laws(regular(gas(0.0, 0.7)), scheme);
        assert_eq!(names, ["centre x", "centre y", "second moment"]);
        assert_eq!(laws(regular(held(0.0, "cos(y)")), scheme), ["centre x"]);
        assert_eq!(laws(regular(held(0.0, "x^2*y^2")), scheme), [""; 0]);
    }
    // What the kernel says of the virial holds whatever V is, if the energy is less all of V.
    for model in [
        log_gas(2.0, held(0.0, "x^4+x*y")),
        riesz(0.5, 0.7, held(0.0, "x^4+x*y")),
    ] {
        assert_eq!(laws(model, Scheme::Rk4), ["virial"]);
    }
}

/// What fails when the text is read and checked.
#[test]
fn texts_that_are_no_formulas() {
    let kernel = |profile, dimension| radial(1.0, profile, dimension, gas(0.1, 0.0));
    let trap = |text| log_gas(1.0, held(0.1, text));
    let key = "model.confinement.potential";
    for (model, expected) in [
        (
            kernel(field("exp(-x^2)"), 2),
            "model.field: 'x' in 'exp(-x^2)' (allowed: r, the distance, as the only variable)"
                .into(),
        ),
        (
            kernel(field(""), 2),
            "model.field: '' (allowed: a formula in r, as 1/(r^2+0.01)".into(),
        ),
        (
            kernel(potential("1/(r"), 3),
            "model.potential: '1/(r' (allowed: a formula in r, as".into(),
        ),
        (
            kernel(field("1/r"), 4),
            String::from("model.dimension: 4 (allowed: 2 or 3)"),
        ),
        (
            trap("x^2 + z^2"),
            format!(
                "{key}: 'z' in 'x^2 + z^2' (allowed: x and y as the only variables in the plane)"
            ),
        ),
        (
            trap(""),
            format!("{key}: '' (allowed: a formula in x, y, as x^4/4 + y^2/2"),
        ),
        (
            trap("(x^2"),
            format!("{key}: '(x^2' (allowed: a formula in x, y, as"),
        ),
        (
            trap("sin x"),
            format!("{key}: 'sin' in 'sin x' (allowed: parentheses"),
        ),
        (
            coulomb(1.0, held(0.1, "x^2 + w")),
            format!("{key}: 'w' in 'x^2 + w' (allowed: x, y and z as the only variables in space)"),
        ),
    ] {
        let mut config = of(kernel(field("1"), 2), 10);
        config.initial = InitialConfig::File {
            path: "x.npy".into(),
        };
        config.model = model;
        let error = config.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}

fn start(model: ModelConfig, positions: &[[f64; 2]]) -> farfield_dynamics::Result<Simulation> {
    let mut config = of(model, 1);
    config.initial = InitialConfig::File {
        path: "x.npy".into(),
    };
    let inputs = Inputs {
        positions: Some(positions.to_vec()),
        ..Inputs::default()
    };
    Simulation::new(config, inputs)
}

/// What only the particles tell.
#[test]
fn formulas_that_are_not_finite() {
    let places = [[1.0, 0.5], [0.0, 2.0], [-1.0, 0.0]];
    let kernel = |text| radial(1.0, field(text), 2, gas(0.1, 0.0));
    // At a distance of 0 a kernel may be anything.
    assert!(start(kernel("1/r^2 + log(r)"), &places).is_ok());
    for text in ["1/(r-1)", "sqrt(r-1)", "log(r-2)", "abs(r-1)"] {
        let error = start(kernel(text), &places).unwrap_err();
        let (said, expected) = (
            error.to_string(),
            format!("model.field: '{text}': field: not "),
        );
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(said.starts_with(&expected), "{said}");
        assert!(
            said.contains("(allowed: finite and smooth for r up to"),
            "{said}"
        );
    }
    let trap = |text| log_gas(1.0, held(0.1, text));
    assert!(start(trap("1/y"), &places[..2]).is_ok());
    for (text, bad, i) in [
        ("1/y", "inf", 2),
        ("log(x+1)", "-inf", 2),
        ("sqrt(x)", "0", 1),
    ] {
        let error = start(trap(text), &places).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let said = error.to_string();
        let expected = format!("model.confinement.potential: '{text}' is {bad} with gradient ");
        let particle = format!("at particle {i}, {:?} (allowed: finite,", places[i]);
        assert!(
            said.starts_with(&expected) && said.contains(&particle),
            "{said}"
        );
    }
}

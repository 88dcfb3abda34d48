//! Where the particles start, and their circulations. Every draw is keyed by (seed, particle), or quasi-random ([`Draws`]).

use crate::config::{Circulations, Config, InitialConfig};
use crate::landau::bkw;
use crate::noise::{Draws, Stream, cos_sin_turns, uniforms};
use crate::vortex_particles::{COMPONENTS, Core, VortexRing, pack};
use crate::{Error, ErrorKind, Result};
use farfield::Costs;
use rayon::prelude::*;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// What a run takes from files beside its configuration; the caller reads them.
#[derive(Clone, Debug)]
pub struct Inputs<const D: usize = 2> {
    /// Positions (N, d), for `initial.kind = "file"`; of vortex particles in space X, α and a number that is not looked at, as δ² is that of
    /// `model.core`.
    pub positions: Option<Vec<[f64; D]>>,
    /// Circulations (N,), for `model.circulations = { file = … }`.
    pub circulations: Option<Vec<f64>>,
    /// Constants of the machine, by which a new run chooses its leaf capacity unless `field.leaf_capacity` tells it.
    pub costs: Option<Costs>,
}

impl<const D: usize> Default for Inputs<D> {
    fn default() -> Self {
        Self {
            positions: None,
            circulations: None,
            costs: None,
        }
    }
}

fn input(name: impl std::fmt::Display, value: impl std::fmt::Display, allowed: &str) -> Error {
    Error::value(ErrorKind::Input, name, value, allowed)
}

/// Positions and circulations at step 0.
pub(crate) fn particles<const D: usize>(
    config: &Config,
    inputs: Inputs<D>,
) -> Result<(Vec<[f64; D]>, Vec<f64>)> {
    let positions = positions(config, inputs.positions)?;
    let circulations = circulations(config, inputs.circulations, positions.len())?;
    Ok((positions, circulations))
}

fn positions<const D: usize>(
    config: &Config,
    given: Option<Vec<[f64; D]>>,
) -> Result<Vec<[f64; D]>> {
    if let InitialConfig::File { path } = &config.initial {
        let name = "initial.path";
        // A model of the user's own may have as many numbers.
        let carry = D == COMPONENTS && config.model.components() == COMPONENTS;
        let allowed = match carry {
            true => "an array of X and α (N, 6) read from it".into(),
            false => format!("an array of positions (N, {D}) read from it"),
        };
        let mut given = given.ok_or_else(|| input(name, path.display(), &allowed))?;
        if given.is_empty() || given.len() > u32::MAX as usize {
            let value = format!("{} particles", given.len());
            return Err(input("positions", value, "1 to 2^32 - 1"));
        }
        if carry {
            let square = Core::from(config.model.core()).delta().powi(2);
            given.iter_mut().for_each(|row| row[D - 1] = square);
        }
        if let Some(i) = given.iter().position(|x| !x.iter().all(|x| x.is_finite())) {
            return Err(input(
                format!("positions[{i}]"),
                format!("[{}]", given[i].map(|x| x.to_string()).join(", ")),
                "finite numbers",
            ));
        }
        return Ok(given);
    }
    if let Some(given) = given {
        let allowed = "none unless initial.kind = \"file\"";
        return Err(input(
            "positions",
            format!("{} particles", given.len()),
            allowed,
        ));
    }
    match (&config.initial, D) {
        (InitialConfig::VortexRings { rings, spacing }, COMPONENTS) => {
            let core = config.model.core().into();
            let rows = pack(&VortexRing::particles(rings, *spacing, core)?);
            return Ok(rows.iter().map(of_row).collect());
        }
        (InitialConfig::VortexRings { .. }, _) | (_, 4..) => {
            let value = format!("'{}' for {D} numbers a particle", config.initial.kind());
            return Err(input("initial.kind", value, "file"));
        }
        _ => {}
    }
    let n = config.initial.n().expect("a file and rings are done with");
    let law = config.initial.law();
    let draws = draws(config, law, n);
    let place = |i: usize| {
        let place = match config.model.dimension() {
            2 => {
                let [x, y] = in_plane(law, &draws, i);
                [x, y, 0.0]
            }
            _ => in_space(law, &draws, i),
        };
        std::array::from_fn(|a| place[a])
    };
    Ok((0..n).into_par_iter().map(place).collect())
}

/// A row as one of so many numbers.
fn of_row<const D: usize>(row: &[f64; COMPONENTS]) -> [f64; D] {
    std::array::from_fn(|a| row[a])
}

/// What the places of n particles are made of.
fn draws(config: &Config, law: &InitialConfig, n: usize) -> Draws {
    let seed = config.seed;
    if !config.initial.is_quasi_random() {
        return Draws::Independent { seed };
    }
    let beside = usize::from(matches!(law, InitialConfig::Bkw { .. }));
    Draws::quasi_random(seed, n, config.model.dimension() + beside)
}

/// Position of particle i in the plane; never called for a file.
fn in_plane(initial: &InitialConfig, draws: &Draws, i: usize) -> [f64; 2] {
    // Of a patch that takes every so many-th particle.
    let every = |stride: usize, centre: [f64; 2], radius: f64| {
        let z = draws.normals(0, draws.number(stride, i));
        [0, 1].map(|k| centre[k] + radius * FRAC_1_SQRT_2 * z[k])
    };
    let gaussian = |centre, radius| every(1, centre, radius);
    let on_circle = |radius: f64, turns: f64| cos_sin_turns(turns).map(|x| radius * x);
    match *initial {
        InitialConfig::GaussianPatches {
            patches,
            separation,
            radius,
            ..
        } => {
            let circle = match patches {
                1 => 0.0,
                2 => 0.5 * separation,
                _ => 0.5 * separation / (PI / patches as f64).sin(),
            };
            let turns = (i % patches) as f64 / patches as f64;
            every(patches, on_circle(circle, turns), radius)
        }
        InitialConfig::Gaussian { radius, .. } => gaussian([0.0, 0.0], radius),
        InitialConfig::UniformDisc { radius, .. } => {
            let [u, v] = draws.uniforms(0, i);
            on_circle(radius * u.sqrt(), v)
        }
        InitialConfig::UniformSquare { side, .. } => {
            let place = draws.uniforms(0, i);
            place.map(|u| side * (u - 0.5))
        }
        InitialConfig::UniformBox { ref sides, .. } => {
            let place = draws.uniforms(0, i);
            std::array::from_fn(|a| sides[a] * (place[a] - 0.5))
        }
        InitialConfig::Annulus { inner, radius, .. } => {
            let [u, v] = draws.uniforms(0, i);
            // Uniform in r², in units of the radius, whose square may be beyond the numbers.
            let within = (inner / radius).powi(2);
            on_circle(radius * (within + (1.0 - within) * u).sqrt(), v)
        }
        InitialConfig::Dipole {
            separation, radius, ..
        } => {
            let side = if second_of_dipole(i) { 0.5 } else { -0.5 };
            every(2, [side * separation, 0.0], radius)
        }
        InitialConfig::PowerLaw { power, radius, .. } => {
            let [u, v] = draws.uniforms(0, i);
            on_circle(radius * u.powf((2.0 - power).recip()), v)
        }
        InitialConfig::Mixture {
            ref centres,
            ref radii,
            ref weights,
            ..
        } => {
            let k = patch(weights, draws.share(2, i));
            gaussian([centres[k][0], centres[k][1]], radii[k])
        }
        InitialConfig::VortexSheet {
            length,
            amplitude,
            thickness,
            ..
        } => {
            let [u, _] = draws.uniforms(0, i);
            let [across, _] = draws.normals(1, i);
            let [_, wave] = cos_sin_turns(u);
            // The wave over −1/2 to 1/2, half a turn later.
            [length * (u - 0.5), -amplitude * wave + thickness * across]
        }
        InitialConfig::Bkw { start, .. } => bkw::velocity(start, draws, i),
        InitialConfig::Ring { n, radius } => on_circle(radius, i as f64 / n as f64),
        InitialConfig::File { .. }
        | InitialConfig::UniformBall { .. }
        | InitialConfig::UniformCube { .. }
        | InitialConfig::VortexRings { .. }
        | InitialConfig::QuasiRandom(_) => unreachable!("from a file, in space, or no law"),
    }
}

/// The patch that a particle is in, if this part of all is before it.
fn patch(weights: &[f64], share: f64) -> usize {
    let mut left = share * weights.iter().sum::<f64>();
    let fits = |w: &f64| {
        left -= w;
        left < 0.0
    };
    // Rounding may leave a little, which the last patch with a weight takes.
    let last = || weights.iter().rposition(|w| *w > 0.0);
    weights
        .iter()
        .position(fits)
        .or_else(last)
        .expect("a weight above 0")
}

/// The same in space.
fn in_space(initial: &InitialConfig, draws: &Draws, i: usize) -> [f64; 3] {
    let uniform = |draw: u64| draws.uniforms(draw, i);
    match *initial {
        InitialConfig::Gaussian { radius, .. } => {
            let normal = |draw: u64| draws.normals(draw, i);
            let ([x, y], [z, _]) = (normal(0), normal(1));
            [x, y, z].map(|x| radius * FRAC_1_SQRT_2 * x)
        }
        InitialConfig::UniformBall { radius, .. } => {
            let [v, _] = uniform(1);
            on_sphere(radius * v.cbrt(), uniform(0))
        }
        InitialConfig::UniformCube { side, .. } => {
            let ([x, y], [z, _]) = (uniform(0), uniform(1));
            [x, y, z].map(|u| side * (u - 0.5))
        }
        InitialConfig::UniformBox { ref sides, .. } => {
            let ([x, y], [z, _]) = (uniform(0), uniform(1));
            let place = [x, y, z];
            std::array::from_fn(|a| sides[a] * (place[a] - 0.5))
        }
        InitialConfig::PowerLaw { power, radius, .. } => {
            let [v, _] = uniform(1);
            on_sphere(radius * v.powf((3.0 - power).recip()), uniform(0))
        }
        InitialConfig::Mixture {
            ref centres,
            ref radii,
            ref weights,
            ..
        } => {
            let k = patch(weights, draws.share(2, i));
            let patch = InitialConfig::Gaussian {
                n: 1,
                radius: radii[k],
            };
            let x = in_space(&patch, draws, i);
            std::array::from_fn(|a| centres[k][a] + x[a])
        }
        InitialConfig::Bkw { start, .. } => bkw::velocity(start, draws, i),
        _ => unreachable!("from a file, or in the plane"),
    }
}

/// Archimedes: the height is uniform on a sphere.
fn on_sphere(radius: f64, [u, turns]: [f64; 2]) -> [f64; 3] {
    let height = 2.0 * u - 1.0;
    let [x, y] = cos_sin_turns(turns).map(|x| x * (1.0 - height * height).max(0.0).sqrt());
    [x, y, height].map(|x| radius * x)
}

fn second_of_dipole(i: usize) -> bool {
    i % 2 == 1
}

fn circulations(config: &Config, given: Option<Vec<f64>>, n: usize) -> Result<Vec<f64>> {
    let circulations = config.model.circulations().unwrap_or(&Circulations::Unit);
    if let Circulations::File(path) = circulations {
        let name = "model.circulations.file";
        let allowed = "an array of circulations (N,) read from it";
        let given = given.ok_or_else(|| input(name, path.display(), allowed))?;
        if given.len() != n {
            let allowed = format!("one for each of the {n} particles");
            return Err(input(
                "circulations",
                format!("{} numbers", given.len()),
                &allowed,
            ));
        }
        if let Some(i) = given.iter().position(|m| !m.is_finite()) {
            return Err(input(
                format!("circulations[{i}]"),
                given[i],
                "finite numbers",
            ));
        }
        return Ok(given);
    }
    if let Some(given) = given {
        let allowed = "none unless model.circulations = { file = \"…\" }";
        return Err(input(
            "circulations",
            format!("{} numbers", given.len()),
            allowed,
        ));
    }
    let dipole = matches!(config.initial.law(), InitialConfig::Dipole { .. });
    let draw = |i: usize| {
        let m = circulation(circulations, config.seed, i);
        if dipole && second_of_dipole(i) { -m } else { m }
    };
    Ok((0..n).into_par_iter().map(draw).collect())
}

/// Circulation of particle i; never called for a file.
fn circulation(law: &Circulations, seed: u64, i: usize) -> f64 {
    let uniform = || uniforms(seed, Stream::Circulations, 0, i as u32)[0];
    match *law {
        Circulations::Unit => 1.0,
        Circulations::TwoPoint { a, b, p } => {
            if uniform() < p {
                a
            } else {
                b
            }
        }
        Circulations::Uniform { low, high } => low + (high - low) * uniform(),
        Circulations::File(_) => unreachable!("circulations come from the file"),
    }
}

//! Every value of a configuration, checked with an error that names its dotted key.

use super::{
    Adaptive, Angle, Circulations, Config, Confinement, Core, Every, InitialConfig, ModelConfig,
};
use crate::drift::LEAST_WITH_TABLES;
use crate::landau::{self, bkw};
use crate::model::{RadialGas, Trap};
use crate::vortex_particles::{self, COMPONENTS, SQUARED, Viscosity, VortexRing};
use crate::{Error, ErrorKind, Result, adaptive, close_pairs, model, stepper};
use std::f64::consts::PI;
use std::fmt::Display;

/// 2²⁰ fine increments a step.
const MOST_HALVINGS: u8 = 20;

/// The keys that a table has beside its kind.
pub(super) struct Keys {
    table: &'static str,
    given: Vec<&'static str>,
}

impl Keys {
    pub(super) fn new<const N: usize>(
        table: &'static str,
        keys: [(&'static str, bool); N],
    ) -> Self {
        let given = keys.into_iter().filter(|key| key.1).map(|key| key.0);
        Self {
            table,
            given: given.collect(),
        }
    }

    /// No key but those that belong to `owner`.
    pub(super) fn only(&self, owner: &str, allowed: &[&str]) -> Result<(), String> {
        match self.given.iter().find(|key| !allowed.contains(key)) {
            None => Ok(()),
            Some(key) => Err(format!(
                "{}.{key}: not a key of {owner} (its keys: {})",
                self.table,
                if allowed.is_empty() {
                    "none".into()
                } else {
                    allowed.join(", ")
                }
            )),
        }
    }
}

/// A key without a sensible default.
pub(super) fn required<T>(table: &str, key: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("{table}.{key}: missing"))
}

fn error(key: &str, value: impl Display, allowed: impl Display) -> Error {
    Error::value(ErrorKind::Config, key, value, allowed)
}

fn finite(key: &str, value: f64) -> Result<()> {
    if value.is_finite() {
        return Ok(());
    }
    Err(error(key, value, "a finite number"))
}

fn positive(key: &str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(error(key, value, "finite and above 0"))
}

fn nonzero(key: &str, value: f64) -> Result<()> {
    if value.is_finite() && value != 0.0 {
        return Ok(());
    }
    Err(error(key, value, "finite and not 0"))
}

fn at_least_zero(key: &str, value: f64) -> Result<()> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(error(key, value, "finite and at least 0"))
}

fn two_or_three(dimension: u8) -> Result<()> {
    if [2, 3].contains(&dimension) {
        return Ok(());
    }
    Err(error("model.dimension", dimension, "2 or 3"))
}

fn check_circulations(circulations: &Circulations) -> Result<()> {
    match *circulations {
        Circulations::Unit | Circulations::File(_) => {}
        Circulations::TwoPoint { a, b, p } => {
            finite("model.circulations.a", a)?;
            finite("model.circulations.b", b)?;
            if !(0.0..=1.0).contains(&p) {
                return Err(error("model.circulations.p", p, "0 to 1"));
            }
        }
        Circulations::Uniform { low, high } => {
            finite("model.circulations.low", low)?;
            finite("model.circulations.high", high)?;
            if low >= high || !(high - low).is_finite() {
                let allowed = format!("above low = {low}");
                return Err(error("model.circulations.high", high, allowed));
            }
        }
    }
    Ok(())
}

fn check_mixture(
    centres: &[Vec<f64>],
    radii: &[f64],
    weights: &[f64],
    dimension: usize,
) -> Result<()> {
    if centres.is_empty() {
        return Err(error("initial.centres", "[]", "one or more"));
    }
    for (k, centre) in centres.iter().enumerate() {
        if centre.len() != dimension || !centre.iter().all(|x| x.is_finite()) {
            let allowed = format!("{dimension} finite numbers");
            return Err(error(
                &format!("initial.centres[{k}]"),
                format!("{centre:?}"),
                allowed,
            ));
        }
    }
    for (key, numbers) in [("initial.radii", radii), ("initial.weights", weights)] {
        if numbers.len() != centres.len() {
            let allowed = format!("{}, one for each of initial.centres", centres.len());
            return Err(error(key, format!("{} numbers", numbers.len()), allowed));
        }
        for (k, &x) in numbers.iter().enumerate() {
            at_least_zero(&format!("{key}[{k}]"), x)?;
        }
    }
    positive("the sum of initial.weights", weights.iter().sum())
}

impl Config {
    /// Checks every value; the error names the dotted key, the value and what is allowed.
    pub fn check(&self) -> Result<()> {
        if self.schema != 1 {
            return Err(error("schema", self.schema, "1"));
        }
        if self.seed > i64::MAX as u64 {
            return Err(error("seed", self.seed, "0 to 2^63 - 1"));
        }
        self.check_model()?;
        self.check_initial()?;
        self.check_time()?;
        self.check_field()?;
        self.check_output()?;
        let output = &self.output;
        if !(16..=16384).contains(&output.picture_pixels) {
            let pixels = output.picture_pixels;
            return Err(error("output.picture_pixels", pixels, "16 to 16384"));
        }
        Ok(())
    }

    fn check_model(&self) -> Result<()> {
        let model = &self.model;
        let (key, diffusion) = model.diffusion();
        at_least_zero(key, diffusion)?;
        match *model {
            ModelConfig::Vortex { .. } => {}
            ModelConfig::LogGas { strength, .. } | ModelConfig::CoulombGas { strength, .. } => {
                nonzero("model.strength", strength)?;
            }
            ModelConfig::RieszGas {
                strength,
                s,
                dimension,
                ..
            } => {
                nonzero("model.strength", strength)?;
                two_or_three(dimension)?;
                if !(0.0..f64::from(dimension)).contains(&s) {
                    let allowed = format!("0 or more and below {dimension}, the dimension");
                    return Err(error("model.s", s, allowed));
                }
            }
            ModelConfig::KellerSegel { chi, .. } => positive("model.chi", chi)?,
            ModelConfig::Radial {
                strength,
                ref profile,
                dimension,
                ref gas,
            } => {
                nonzero("model.strength", strength)?;
                two_or_three(dimension)?;
                RadialGas::read(profile)?;
                if let Some(side) = gas.periodic {
                    let allowed = "none with kind 'radial'";
                    return Err(error("model.periodic", side, allowed));
                }
            }
            ModelConfig::Landau { gamma, dimension } => {
                two_or_three(dimension)?;
                if !(-f64::from(dimension)..=1.0).contains(&gamma) {
                    let allowed = format!("-{dimension} to 1 in {dimension} dimensions");
                    return Err(error("model.gamma", gamma, allowed));
                }
            }
            ModelConfig::Boltzmann {
                rate,
                angle,
                dimension,
                ..
            } => {
                two_or_three(dimension)?;
                positive("model.rate", rate)?;
                if let Angle::Theta(theta) = angle
                    && !(theta > 0.0 && theta < PI)
                {
                    return Err(error("model.angle.theta", theta, "above 0 and below π"));
                }
            }
            ModelConfig::VortexParticles {
                ref core,
                viscosity,
                ..
            } => {
                at_least_zero("model.viscosity", viscosity.nu())?;
                let carried = vortex_particles::Core::from(core);
                let delta = carried.delta();
                if delta > 0.0 && delta.is_finite() && !carried.has_a_square() {
                    let value = format!("{delta:e}");
                    return Err(error("model.core.delta", value, SQUARED.1));
                }
                let gaussian = matches!(core, Core::Gaussian { .. });
                if matches!(viscosity, Viscosity::CoreSpreading { .. }) && !gaussian {
                    let value = "core-spreading without a Gaussian model.core";
                    let allowed =
                        "core-spreading with one, which diffusion keeps Gaussian; brownian";
                    return Err(error("model.viscosity_by", value, allowed));
                }
            }
        }
        check_circulations(model.circulations().unwrap_or(&Circulations::Unit))?;
        if let Confinement::Harmonic { stiffness } = *model.confinement() {
            positive("model.confinement.stiffness", stiffness)?;
        }
        Trap::new(model.confinement(), model.dimension())?;
        if let Some(side) = model.periodic() {
            positive("model.periodic", side)?;
            if *model.confinement() != Confinement::None {
                let value = format!("{side} with model.confinement");
                return Err(error("model.periodic", value, "one of them"));
            }
            if model.diffusion_formula().is_some() {
                let value = format!("{side} with model.diffusion by a formula");
                return Err(error("model.periodic", value, "one of them"));
            }
        }
        match *model.core() {
            Core::None => Ok(()),
            Core::Gaussian { delta } | Core::Algebraic { delta } => {
                positive("model.core.delta", delta)
            }
        }
    }

    fn check_initial(&self) -> Result<()> {
        if let Some(n) = self.initial.n()
            && !(1..=u32::MAX as usize).contains(&n)
        {
            return Err(error("initial.n", n, "1 to 2^32 - 1"));
        }
        let (home, dimension) = (self.initial.dimension(), self.model.dimension());
        let law = self.initial.law();
        let components = self.model.components();
        let fit = InitialConfig::kinds_for(dimension, components);
        if !fit.contains(&law.kind()) {
            let value = match home.is_some_and(|home| home != dimension) {
                true => format!("'{}' in {dimension} dimensions", law.kind()),
                false => format!(
                    "'{}' with model.kind = \"{}\"",
                    law.kind(),
                    self.model.kind()
                ),
            };
            return Err(error("initial.kind", value, fit.join(", ")));
        }
        let drawn = !matches!(
            law,
            InitialConfig::Ring { .. }
                | InitialConfig::VortexRings { .. }
                | InitialConfig::File { .. }
                | InitialConfig::QuasiRandom(_)
        );
        if self.initial.is_quasi_random() && !drawn {
            let value = format!("true with initial.kind = \"{}\"", law.kind());
            let allowed = "false, as nothing is drawn there";
            return Err(error("initial.quasi_random", value, allowed));
        }
        match *law {
            InitialConfig::GaussianPatches {
                n,
                patches,
                separation,
                radius,
            } => {
                if !(1..=n).contains(&patches) {
                    let allowed = format!("1 to initial.n = {n}");
                    return Err(error("initial.patches", patches, allowed));
                }
                at_least_zero("initial.separation", separation)?;
                positive("initial.radius", radius)
            }
            InitialConfig::Dipole {
                separation, radius, ..
            } => {
                at_least_zero("initial.separation", separation)?;
                positive("initial.radius", radius)
            }
            InitialConfig::UniformSquare { side, .. } | InitialConfig::UniformCube { side, .. } => {
                positive("initial.side", side)
            }
            InitialConfig::Annulus { inner, radius, .. } => {
                at_least_zero("initial.inner", inner)?;
                positive("initial.radius", radius)?;
                if inner >= radius {
                    let allowed = format!("below initial.radius = {radius}");
                    return Err(error("initial.inner", inner, allowed));
                }
                Ok(())
            }
            InitialConfig::PowerLaw { power, radius, .. } => {
                positive("initial.radius", radius)?;
                if power.is_finite() && power < dimension as f64 {
                    return Ok(());
                }
                let allowed = format!("finite and below {dimension}, the dimension");
                Err(error("initial.power", power, allowed))
            }
            InitialConfig::Mixture {
                ref centres,
                ref radii,
                ref weights,
                ..
            } => check_mixture(centres, radii, weights, dimension),
            InitialConfig::VortexSheet {
                length,
                amplitude,
                thickness,
                ..
            } => {
                positive("initial.length", length)?;
                finite("initial.amplitude", amplitude)?;
                at_least_zero("initial.thickness", thickness)
            }
            InitialConfig::Gaussian { radius, .. }
            | InitialConfig::UniformDisc { radius, .. }
            | InitialConfig::UniformBall { radius, .. }
            | InitialConfig::Ring { radius, .. } => positive("initial.radius", radius),
            InitialConfig::Bkw { start, .. } => {
                bkw::check(dimension, start, ErrorKind::Config, "initial.start")
            }
            InitialConfig::VortexRings { ref rings, spacing } => {
                let count = VortexRing::count(rings, spacing, self.model.core().into());
                let of_config = |e: Error| Error::new(ErrorKind::Config, format!("initial.{e}"));
                count.map(drop).map_err(of_config)
            }
            InitialConfig::File { .. } | InitialConfig::QuasiRandom(_) => Ok(()),
        }
    }

    fn check_time(&self) -> Result<()> {
        positive("time.dt", self.time.dt)?;
        let (key, diffusion) = self.model.diffusion();
        let scheme = self.time.scheme;
        if !scheme.takes_noise() && diffusion != 0.0 {
            let name = scheme.name();
            let value = format!("{name} with {key} = {diffusion}");
            let allowed = format!(
                "{name} only with {key} = 0; else ab2-maruyama, euler-maruyama, stochastic-heun, exponential-heun, sra1 or sra3"
            );
            return Err(error("time.scheme", value, allowed));
        }
        let halvings = self.time.path_halvings;
        if halvings > MOST_HALVINGS {
            let allowed = format!("0 to {MOST_HALVINGS}");
            return Err(error("time.path_halvings", halvings, allowed));
        }
        match self.model.components() {
            COMPONENTS => self.check_scheme::<COMPONENTS>()?,
            2 => self.check_scheme::<2>()?,
            _ => self.check_scheme::<3>()?,
        }
        if let Some(Adaptive {
            tolerance,
            halvings,
        }) = self.time.adaptive
        {
            positive("time.adaptive.tolerance", tolerance)?;
            if !(1..=MOST_HALVINGS).contains(&halvings) {
                let allowed = format!("1 to {MOST_HALVINGS}");
                return Err(error("time.adaptive.halvings", halvings, allowed));
            }
        }
        if self.time.steps > u64::MAX >> halvings {
            let allowed = format!("at most {} with so many halvings", u64::MAX >> halvings);
            return Err(error("time.steps", self.time.steps, allowed));
        }
        if !(self.time.dt * self.time.steps as f64).is_finite() {
            return Err(error("time.steps", self.time.steps, "dt·steps finite"));
        }
        Ok(())
    }

    fn check_scheme<const D: usize>(&self) -> Result<()> {
        let model = model::from_config::<D>(&self.model)?;
        let stepper = stepper::from_config(self.time.scheme);
        stepper::check_noise(&*stepper, model.noise(), model.kind())?;
        let adaptive = self.time.adaptive.is_some();
        if adaptive && D == COMPONENTS {
            let value = format!("given with model.kind = \"{}\"", model.kind());
            return Err(error("time.adaptive", value, "missing with it"));
        }
        match self.time.two_body {
            Some(true) if adaptive => {
                let value = "true with time.adaptive";
                return Err(error("time.two_body", value, "one of them"));
            }
            Some(true) => close_pairs::check(&*model, &*stepper)?,
            _ => {}
        }
        match adaptive {
            true => adaptive::check(&*stepper, model.noise()),
            false => Ok(()),
        }
    }

    fn check_output(&self) -> Result<()> {
        let rows = self.output.diagnostics_every;
        if let Every::Seconds(_) = rows {
            let allowed = "a number of steps or { time = … }, as by the clock no two runs would have the same rows";
            return Err(error("output.diagnostics_every", rows, allowed));
        }
        for (key, every) in [
            ("diagnostics_every", rows),
            ("snapshot_every", self.output.snapshot_every),
        ] {
            match every {
                Every::Steps(_) => {}
                Every::Time(time) => positive(&format!("output.{key}.time"), time)?,
                Every::Seconds(seconds) => positive(&format!("output.{key}.seconds"), seconds)?,
            }
        }
        Ok(())
    }

    fn check_field(&self) -> Result<()> {
        let tolerance = self.field.tolerance;
        if !(1e-14..=0.1).contains(&tolerance) {
            let value = format!("{tolerance:e}");
            return Err(error("field.tolerance", value, "1e-14 to 0.1"));
        }
        // The vectors' kernel has none.
        let tables = self.model.components() < COMPONENTS;
        let tables = tables && matches!(self.model.core(), Core::Algebraic { .. });
        if tables && tolerance < LEAST_WITH_TABLES {
            let value = format!("{tolerance:e}");
            let allowed = "1e-10 to 0.1 with an algebraic core";
            return Err(error("field.tolerance", value, allowed));
        }
        if let ModelConfig::Landau { dimension, .. } = self.model {
            let least = landau::least_tolerance(dimension.into());
            if tolerance < least {
                let allowed = format!("{least:e} to 0.1 for landau in {dimension} dimensions");
                return Err(error("field.tolerance", format!("{tolerance:e}"), allowed));
            }
        }
        if self.field.wide_core == Some(true) && tolerance < LEAST_WITH_TABLES {
            let allowed = "false with a field.tolerance below 1e-10";
            return Err(error("field.wide_core", "true", allowed));
        }
        if self.field.leaf_capacity == Some(0) {
            return Err(error("field.leaf_capacity", 0, "1 or more"));
        }
        if self.field.check_every > 0 && self.field.check_samples == 0 {
            return Err(error("field.check_samples", 0, "1 or more"));
        }
        Ok(())
    }
}

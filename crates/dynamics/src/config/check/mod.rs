//! Every value of a configuration, checked with an error that names its dotted key.

mod initial;
mod model;

use super::{Adaptive, Config, Core, Every, ModelConfig};
use crate::drift::LEAST_WITH_TABLES;
use crate::vortex_particles::COMPONENTS;
use crate::{Error, ErrorKind, Result, adaptive, close_pairs, landau, stepper};
use std::fmt::Display;

/// 2²⁰ fine increments a step.
const MOST_HALVINGS: u8 = 20;

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
        let model = crate::model::from_config::<D>(&self.model)?;
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
        if let ModelConfig::Landau { dimension, gamma } = self.model {
            let least = landau::least_tolerance(dimension.into(), gamma);
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

//! `[initial]`, checked.

use super::{at_least_zero, error, finite, positive};
use crate::config::{Config, InitialConfig};
use crate::landau::bkw;
use crate::vortex_particles::VortexRing;
use crate::{Error, ErrorKind, Result};

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
    pub(super) fn check_initial(&self) -> Result<()> {
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
            InitialConfig::UniformBox { ref sides, .. } => {
                let good = |side: &f64| *side > 0.0 && side.is_finite();
                if sides.len() == dimension && sides.iter().all(good) {
                    return Ok(());
                }
                let allowed = format!("{dimension} numbers that are finite and above 0");
                Err(error("initial.sides", format!("{sides:?}"), allowed))
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
}

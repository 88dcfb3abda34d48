//! `[model]`, checked.

use super::{at_least_zero, error, finite, nonzero, positive, two_or_three};
use crate::Result;
use crate::config::{Angle, Circulations, Config, Confinement, Core, ModelConfig, Periodic};
use crate::model::{RadialGas, Trap};
use crate::vortex_particles::{self, SQUARED, Viscosity};
use farfield::MOST_STRETCHED;
use std::f64::consts::PI;

fn check_torus(torus: &Periodic, dimension: usize) -> Result<()> {
    let sides = torus.sides(dimension);
    if let Periodic::Side(side) = *torus {
        return positive("model.periodic", side);
    }
    let refused = |allowed: String| Err(error("model.periodic", torus, allowed));
    if sides.len() != dimension {
        return refused(format!("a number, or {dimension} of them"));
    }
    if !sides.iter().all(|side| *side > 0.0 && side.is_finite()) {
        return refused("sides that are finite and above 0".into());
    }
    let largest = sides.iter().copied().fold(0.0, f64::max);
    let smallest = sides.iter().copied().fold(f64::INFINITY, f64::min);
    if largest / smallest > MOST_STRETCHED {
        return refused(format!(
            "sides of which the largest is at most {MOST_STRETCHED} times the smallest"
        ));
    }
    Ok(())
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

impl Config {
    pub(super) fn check_model(&self) -> Result<()> {
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
                if let Some(torus) = &gas.periodic {
                    let allowed = "none with kind 'radial'";
                    return Err(error("model.periodic", torus, allowed));
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
        if let Some(torus) = model.periodic() {
            check_torus(torus, model.dimension())?;
            if *model.confinement() != Confinement::None {
                let value = format!("{torus} with model.confinement");
                return Err(error("model.periodic", value, "one of them"));
            }
            if model.diffusion_formula().is_some() {
                let value = format!("{torus} with model.diffusion by a formula");
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
}

//! A run of vortex particles, by itself.

use super::rows::{core, pack, split};
use super::{COMPONENTS, VortexObservables, VortexParticles, VortexSettings};
use crate::config::{self, Config, FieldConfig, InitialConfig, ModelConfig, TimeConfig};
use crate::{Inputs, Result, Simulation};

/// Vortex particles on their way: a [`Simulation`] of [`ModelConfig::VortexParticles`] that writes nothing and has no end.
#[derive(Debug)]
pub struct VortexSimulation {
    settings: VortexSettings,
    particles: VortexParticles,
    run: Simulation<COMPONENTS>,
}

impl VortexSimulation {
    /// Starts at time 0.
    ///
    /// Errors: particles that [`VortexParticles::check`] refuses, a setting out of its bounds, RK4 with Brownian viscosity,
    /// core spreading without a Gaussian core.
    pub fn new(particles: VortexParticles, settings: VortexSettings) -> Result<Self> {
        particles.check()?;
        settings.check(particles.core)?;
        let inputs = Inputs {
            positions: Some(pack(&particles)),
            ..Inputs::default()
        };
        Ok(Self {
            run: Simulation::from_config(configuration(particles.core, &settings), inputs)?,
            particles,
            settings,
        })
    }

    /// One time step. After an error the state is the last good one.
    pub fn step(&mut self) -> Result<()> {
        let made = self.run.step();
        let rows = &self.run.state().positions;
        let VortexParticles {
            positions,
            strengths,
            ..
        } = &mut self.particles;
        split(rows, positions, strengths);
        let grows = self.settings.viscosity.core_rate() != 0.0;
        self.particles.core = core(rows, self.particles.core, grows);
        made.map(drop)
    }

    /// Velocity and potential are evaluated for it, which takes about the time of one evaluation in a step.
    pub fn observables(&mut self) -> Result<VortexObservables> {
        self.run.measure_energy()?;
        Ok(VortexObservables::of(self.run.observables()))
    }

    /// The particles now.
    pub fn particles(&self) -> &VortexParticles {
        &self.particles
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.run.state().step
    }

    /// Time reached, steps · dt.
    pub fn time(&self) -> f64 {
        self.run.state().time
    }

    /// What was asked for.
    pub fn settings(&self) -> &VortexSettings {
        &self.settings
    }
}

/// Nothing is measured that is not asked for.
fn configuration(core: super::Core, settings: &VortexSettings) -> Config {
    let mut config = Config {
        seed: settings.seed,
        model: ModelConfig::VortexParticles {
            core: config::Core::from(core),
            stretching: settings.stretching,
            viscosity: settings.viscosity,
        },
        initial: InitialConfig::File { path: "".into() },
        time: TimeConfig {
            scheme: settings.scheme,
            dt: settings.dt,
            steps: 0,
            ..TimeConfig::default()
        },
        field: FieldConfig {
            tolerance: settings.tolerance,
            check_every: 0,
            ..FieldConfig::default()
        },
        ..Config::default()
    };
    let output = &mut config.output;
    (output.hamiltonian_every, output.min_distance_every) = (0, 0);
    config
}

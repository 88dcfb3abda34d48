//! The loop.

use super::guard::Guard;
use super::rates::Rates;
use super::rows::{Row, pack, particles, split};
use super::{VortexObservables, VortexParticles, VortexSettings};
use crate::Result;
use crate::noise::Brownian;
use crate::stepper::{self, End, Noise, Start, Stepper};
use farfield::Outputs;

/// Vortex particles on their way.
#[derive(Debug)]
pub struct VortexSimulation {
    settings: VortexSettings,
    particles: VortexParticles,
    step: u64,
    rates: Rates,
    stepper: Box<dyn Stepper<6>>,
    now: Vec<Row>,
    next: Vec<Row>,
    rate: Vec<Row>,
    previous_rates: Vec<Vec<Row>>,
    dw: Vec<Row>,
    integrals: Vec<Row>,
}

impl VortexSimulation {
    /// Starts at time 0.
    ///
    /// Errors: particles that [`VortexParticles::check`] refuses, a setting out of its bounds, RK4 with Brownian viscosity,
    /// core spreading without a Gaussian core.
    pub fn new(particles: VortexParticles, settings: VortexSettings) -> Result<Self> {
        particles.check()?;
        settings.check(particles.core)?;
        let rows = vec![[0.0; 6]; particles.n() + 1];
        let noisy = settings.viscosity.noise().is_some();
        let stepper = stepper::from_config(settings.scheme);
        let integrates = noisy && stepper.integrates_noise();
        let mut start = Self {
            rates: Rates::new(&particles, &settings)?,
            stepper,
            next: rows.clone(),
            rate: rows.clone(),
            dw: if noisy { rows.clone() } else { vec![] },
            integrals: if integrates { rows.clone() } else { vec![] },
            now: rows,
            previous_rates: vec![],
            step: 0,
            particles,
            settings,
        };
        pack(&start.particles, &mut start.now);
        Ok(start)
    }

    /// One time step. After an error the state is the last good one.
    pub fn step(&mut self) -> Result<()> {
        let dt = self.settings.dt;
        let noise = self.draw_noise();
        let spread = noise.unwrap_or(0.0) * dt.sqrt();
        let guard = Guard::new(particles(&self.now), self.step + 1, spread);
        let rates = &mut self.rates;
        rates.at(&guard, &self.now, &mut self.rate)?;
        let start = Start {
            positions: &self.now,
            drift: &self.rate,
            previous_drifts: &self.previous_rates,
            dt,
            stiffness: 0.0,
            noise: noise.map(|coefficient| Noise {
                coefficient,
                dw: &self.dw,
                integrals: &self.integrals,
            }),
        };
        let mut drift = |rows: &[Row], out: &mut [Row]| rates.at(&guard, rows, out);
        let end = End {
            positions: &mut self.next,
            anticipated: None,
        };
        self.stepper.step(&start, &mut drift, end)?;
        guard.check(&self.next)?;
        self.commit();
        Ok(())
    }

    /// Fills the increments; √(2ν), or `None` without noise.
    fn draw_noise(&mut self) -> Option<f64> {
        let coefficient = self.settings.viscosity.noise()?;
        let n = self.particles.n();
        // Strengths and core have none.
        let VortexSettings { seed, dt, .. } = self.settings;
        let dw = &mut self.dw[..n];
        let room = n.min(self.integrals.len());
        let integrals = &mut self.integrals[..room];
        Brownian::new(seed).increments_and_integrals_in_space(self.step, dt, dw, integrals);
        Some(coefficient)
    }

    /// The new rows become the state.
    fn commit(&mut self) {
        self.step += 1;
        std::mem::swap(&mut self.now, &mut self.next);
        let count = self.stepper.looks_back();
        stepper::keep(count, &mut self.previous_rates, &mut self.rate);
        let VortexParticles {
            positions,
            strengths,
            core,
        } = &mut self.particles;
        split(&self.now, positions, strengths);
        *core = self.rates.core(&self.now);
    }

    /// Velocity and potential are evaluated for it, which takes about the time of one evaluation in a step.
    pub fn observables(&mut self) -> Result<VortexObservables> {
        let VortexParticles {
            positions,
            strengths,
            core,
        } = &self.particles;
        let field = &mut self.rates.field;
        let found = field.at(positions, strengths, *core, Outputs::BOTH)?;
        Ok(VortexObservables::of(&self.particles, &found))
    }

    /// The particles now.
    pub fn particles(&self) -> &VortexParticles {
        &self.particles
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Time reached, steps · dt.
    pub fn time(&self) -> f64 {
        self.step as f64 * self.settings.dt
    }

    /// What was asked for.
    pub fn settings(&self) -> &VortexSettings {
        &self.settings
    }
}

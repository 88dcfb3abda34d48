//! One time step of dX = F(X) dt + c dB; one scheme a file. A particle has `C` numbers: its place in the plane, or whatever
//! else changes in time.
//!
//! Orders are for smooth F and additive noise, for which Itô and Stratonovich agree; without noise is the order in dt. The source of each is told
//! with it; the README has all in one table.
//!
//! | scheme | drifts a step | strong | weak | without noise | what for |
//! | --- | --- | --- | --- | --- | --- |
//! | `euler-maruyama` | 1 | 1 | 1 | 1 | comparisons, and noise that depends on the state (strong 1/2, in Itô's sense) |
//! | `ab2-maruyama` | 1 | 1 | 2 | 2 | the default: laws and means at the least cost |
//! | `stochastic-heun` | 2 | 1 | 2 | 2 | means, where nothing may be carried from step to step |
//! | `exponential-heun` | 2 | 1 | 2 | 2 | the same in a stiff harmonic trap, which it solves exactly |
//! | `sra1` | 2 | 3/2 | 2 | 2 | single paths: runs compared on one path, couplings |
//! | `sra3` | 3 | 3/2 | 2 | 3 | the same where noise is weak |
//! | `ab3` | 1 | | | 3 | no noise, long runs at low cost |
//! | `rk4` | 4 | | | 4 | no noise, precise runs |
//! | `jumps` | 0 | | | | models that jump, exactly in law |

mod ab2_maruyama;
mod ab3;
mod euler_maruyama;
mod exponential_heun;
mod jumps;
mod rk4;
mod sra1;
mod sra3;
mod stochastic_heun;

pub use ab2_maruyama::Ab2Maruyama;
pub use ab3::Ab3;
pub use euler_maruyama::EulerMaruyama;
pub use exponential_heun::ExponentialHeun;
pub use jumps::Jumps;
pub use rk4::Rk4;
pub use sra1::Sra1;
pub use sra3::Sra3;
pub use stochastic_heun::StochasticHeun;

use crate::config::Scheme;
use crate::model::NoiseStructure;
use crate::{Error, ErrorKind, Result};
use rayon::prelude::*;
use std::fmt::Debug;

/// F as a function of all positions.
pub trait Drift<const C: usize = 2> {
    /// Writes F(positions) into `out`, one entry a particle.
    fn at(&mut self, positions: &[[f64; C]], out: &mut [[f64; C]]) -> Result<()>;
}

impl<F: FnMut(&[[f64; C]], &mut [[f64; C]]) -> Result<()>, const C: usize> Drift<C> for F {
    fn at(&mut self, positions: &[[f64; C]], out: &mut [[f64; C]]) -> Result<()> {
        self(positions, out)
    }
}

/// The noise of one step.
#[derive(Clone, Copy, Debug)]
pub struct Noise<'a, const C: usize = 2> {
    /// c.
    pub coefficient: f64,
    /// ΔB over the step, one a particle, of variance dt per axis; and over c what else is known of the way there, for schemes that
    /// [take pairs](Stepper::takes_pairs).
    pub dw: &'a [[f64; C]],
    /// ∫ (B − B(t_n)) dt over the step, one a particle; empty unless [`Stepper::integrates_noise`].
    pub integrals: &'a [[f64; C]],
}

/// Where a step starts.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a, const C: usize = 2> {
    /// X_n.
    pub positions: &'a [[f64; C]],
    /// F(X_n).
    pub drift: &'a [[f64; C]],
    /// F(X_{n−1}), F(X_{n−2}), …: [`Stepper::looks_back`] of them, fewer in the first steps.
    pub previous_drifts: &'a [Vec<[f64; C]>],
    /// Length of the step.
    pub dt: f64,
    /// k, where F(x) is −k x and what else there is: a scheme may solve that part exactly. 0 is always right.
    pub stiffness: f64,
    /// The noise; `None` without.
    pub noise: Option<Noise<'a, C>>,
}

/// Where a step ends.
#[derive(Debug)]
pub struct End<'a, const C: usize = 2> {
    /// X_{n+1}.
    pub positions: &'a mut [[f64; C]],
    /// What the scheme takes F(X_{n+1}) for. The returned coefficient times dt·(F(X_{n+1}) − anticipated) then
    /// estimates the local error without noise. Left alone if `None`.
    pub anticipated: Option<&'a mut [[f64; C]]>,
}

/// A scheme. Noise is additive, so Itô and Stratonovich agree, but for those that [take matrices](Stepper::takes_matrices).
pub trait Stepper<const C: usize = 2>: Debug + Send + Sync {
    /// `time.scheme` in the configuration.
    fn name(&self) -> &'static str;

    /// Exponent of E|X − X_exact| in dt, for smooth drift and additive noise (without noise: the order).
    fn strong_order(&self) -> f64;

    /// Exponent of |E φ(X) − E φ(X_exact)| in dt, for smooth φ.
    fn weak_order(&self) -> f64;

    /// Evaluations of the drift in one step, that at its start included.
    fn evaluations(&self) -> u64;

    /// How many steps before this one it uses the drifts of.
    fn looks_back(&self) -> usize {
        0
    }

    /// Whether it uses [`Noise::integrals`].
    fn integrates_noise(&self) -> bool {
        false
    }

    /// Whether it takes [`Noise`] in every stage as part of the way there, so that other known ways can be added to it, without noise too.
    fn takes_pairs(&self) -> bool {
        false
    }

    /// Whether it is right in Itô's sense where [`Noise::dw`] is A_i^{1/2} ΔB_i with matrices A_i of the state at the start of the step.
    fn takes_matrices(&self) -> bool {
        false
    }

    /// Whether it is for models that [jump](crate::model::Model::jump), and for no others.
    fn takes_jumps(&self) -> bool {
        false
    }

    /// Makes one step and returns the coefficient of its local error, see [`End::anticipated`].
    fn step(&self, start: &Start<C>, drift: &mut dyn Drift<C>, end: End<C>) -> Result<f64>;
}

/// The scheme of a configuration.
pub fn from_config<const C: usize>(scheme: Scheme) -> Box<dyn Stepper<C>> {
    match scheme {
        Scheme::EulerMaruyama => Box::new(EulerMaruyama),
        Scheme::Ab2Maruyama => Box::new(Ab2Maruyama),
        Scheme::StochasticHeun => Box::new(StochasticHeun),
        Scheme::ExponentialHeun => Box::new(ExponentialHeun),
        Scheme::Sra1 => Box::new(Sra1),
        Scheme::Sra3 => Box::new(Sra3),
        Scheme::Ab3 => Box::new(Ab3),
        Scheme::Rk4 => Box::new(Rk4),
        Scheme::Jumps => Box::new(Jumps),
    }
}

/// Whether a scheme takes noise of this kind, which is of the model `kind`.
pub(crate) fn check_noise<const C: usize>(
    stepper: &dyn Stepper<C>,
    noise: NoiseStructure,
    kind: &str,
) -> Result<()> {
    let (of_state, jumps) = (stepper.takes_matrices(), stepper.takes_jumps());
    let allowed = match noise {
        NoiseStructure::Jumps if !jumps => "jumps, as the particles do nothing else",
        NoiseStructure::Jumps => return Ok(()),
        _ if jumps => "a scheme for a drift, as the particles do not jump",
        _ if noise.depends_on_state() && !of_state => {
            "euler-maruyama, as the noise depends on the state"
        }
        _ => return Ok(()),
    };
    let what = match noise {
        NoiseStructure::Scalars => "with model.diffusion by a formula".into(),
        _ => format!("with model.kind = \"{kind}\""),
    };
    let value = format!("{} {what}", stepper.name());
    Err(Error::value(
        ErrorKind::Config,
        "time.scheme",
        value,
        allowed,
    ))
}

/// The drift of the step just made becomes the first of the `count` previous ones; `drift` is room for the next then.
pub(crate) fn keep<const C: usize>(
    count: usize,
    previous: &mut Vec<Vec<[f64; C]>>,
    drift: &mut Vec<[f64; C]>,
) {
    if previous.len() < count {
        previous.push(vec![[0.0; C]; drift.len()]);
    }
    previous.rotate_right(usize::from(count > 0));
    if let Some(first) = previous.first_mut() {
        std::mem::swap(first, drift);
    }
}

/// Particles a task.
const TASK: usize = 4096;

/// out = formula(out, inputs, drifts) for every component of every particle, in parallel. All slices are as long as `out`.
fn for_each_component<const C: usize, const J: usize, const K: usize>(
    out: &mut [[f64; C]],
    inputs: [&[[f64; C]]; J],
    drifts: [&[[f64; C]]; K],
    formula: impl Fn(f64, [f64; J], [f64; K]) -> f64 + Sync,
) {
    let tasks = out.par_chunks_mut(TASK).enumerate();
    tasks.for_each(|(task, out)| {
        let out = out.as_flattened_mut();
        // Slices as long as `out` spare the loop the checks of its indices, so that it runs in vectors.
        let n = out.len();
        let inputs = inputs.map(|all| &all[TASK * task..].as_flattened()[..n]);
        let drifts = drifts.map(|all| &all[TASK * task..].as_flattened()[..n]);
        for (i, out) in out.iter_mut().enumerate() {
            *out = formula(*out, inputs.map(|x| x[i]), drifts.map(|f| f[i]));
        }
    });
}

impl<const C: usize> Start<'_, C> {
    /// out = X_n + dt·rate(drifts) + c ΔB, component by component.
    fn advance<const K: usize>(
        &self,
        out: &mut [[f64; C]],
        drifts: [&[[f64; C]]; K],
        rate: impl Fn([f64; K]) -> f64 + Sync,
    ) {
        let noise = self.noise.map(|noise| (noise.coefficient, noise.dw));
        self.moved(out, noise, drifts, rate);
    }

    /// out = X_n + dt·rate(drifts) + weight·c I/dt with the integrals I of the noise, component by component.
    fn reach<const K: usize>(
        &self,
        out: &mut [[f64; C]],
        weight: f64,
        drifts: [&[[f64; C]]; K],
        rate: impl Fn([f64; K]) -> f64 + Sync,
    ) -> Result<()> {
        let n = self.positions.len();
        let noise = self.noise.filter(|_| weight != 0.0);
        if let Some(given) = noise
            .map(|noise| noise.integrals.len())
            .filter(|len| *len != n)
        {
            let (value, allowed) = (format!("{given} rows"), format!("{n}, one a particle"));
            return Err(Error::value(
                ErrorKind::Config,
                "noise.integrals",
                value,
                allowed,
            ));
        }
        let noise = noise.map(|noise| (weight * noise.coefficient / self.dt, noise.integrals));
        self.moved(out, noise, drifts, rate);
        Ok(())
    }

    /// out = X_n + dt·rate(drifts) + factor·noise, component by component.
    fn moved<const K: usize>(
        &self,
        out: &mut [[f64; C]],
        noise: Option<(f64, &[[f64; C]])>,
        drifts: [&[[f64; C]]; K],
        rate: impl Fn([f64; K]) -> f64 + Sync,
    ) {
        let (x, dt) = (self.positions, self.dt);
        match noise {
            Some((factor, noise)) => {
                for_each_component(out, [x, noise], drifts, |_, [x, noise], drifts| {
                    x + dt * rate(drifts) + factor * noise
                });
            }
            None => {
                for_each_component(out, [x], drifts, |_, [x], drifts| x + dt * rate(drifts));
            }
        }
    }

    /// An error where there is noise.
    fn refuse_noise(&self, scheme: &str) -> Result<()> {
        if self.noise.is_none() {
            return Ok(());
        }
        let (value, allowed) = (
            format!("{scheme} with noise"),
            format!("{scheme} without noise"),
        );
        Err(Error::value(
            ErrorKind::Config,
            "time.scheme",
            value,
            allowed,
        ))
    }
}

//! One time step of dX = F(X) dt + c dB; one scheme a file. A particle has `C` numbers: its place in the plane, or whatever
//! else changes in time.

mod ab2_maruyama;
mod euler_maruyama;
mod rk4;

pub use ab2_maruyama::Ab2Maruyama;
pub use euler_maruyama::EulerMaruyama;
pub use rk4::Rk4;

use crate::Result;
use crate::config::Scheme;
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
    /// ΔB over the step, one a particle, of variance dt per axis.
    pub dw: &'a [[f64; C]],
}

/// Where a step starts.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a, const C: usize = 2> {
    /// X_n.
    pub positions: &'a [[f64; C]],
    /// F(X_n).
    pub drift: &'a [[f64; C]],
    /// F(X_{n−1}); `None` at the first step.
    pub previous_drift: Option<&'a [[f64; C]]>,
    /// Length of the step.
    pub dt: f64,
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

/// A scheme. Noise is additive, so Itô and Stratonovich agree.
pub trait Stepper<const C: usize = 2>: Debug + Send + Sync {
    /// `time.scheme` in the configuration.
    fn name(&self) -> &'static str;

    /// Exponent of E|X − X_exact| in dt, for smooth drift and additive noise (without noise: the order).
    fn strong_order(&self) -> f64;

    /// Exponent of |E φ(X) − E φ(X_exact)| in dt, for smooth φ.
    fn weak_order(&self) -> f64;

    /// Evaluations of the drift in one step, that at its start included.
    fn evaluations(&self) -> u64;

    /// Whether it uses the drift of the step before.
    fn looks_back(&self) -> bool {
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
        Scheme::Rk4 => Box::new(Rk4),
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
        let (x, dt) = (self.positions, self.dt);
        match self.noise {
            Some(Noise { coefficient, dw }) => {
                for_each_component(out, [x, dw], drifts, |_, [x, dw], drifts| {
                    x + dt * rate(drifts) + coefficient * dw
                });
            }
            None => {
                for_each_component(out, [x], drifts, |_, [x], drifts| x + dt * rate(drifts));
            }
        }
    }
}

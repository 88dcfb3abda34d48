//! The loop, and the laws.

use super::{Dimension, LandauSettings};
use crate::noise::Brownian;
use crate::sum::sums;
use crate::{Error, ErrorKind, Law, Result};
use farfield::landau::{Landau, LandauSums};
use farfield::{Options, VerifyReport};
use rayon::prelude::*;

/// Velocities on their way, by Euler and Maruyama's scheme: V' = V + 2B dt + √2 A^{1/2} ΔB.
#[derive(Debug)]
pub struct LandauSimulation<const D: usize>
where
    (): Dimension<D>,
{
    settings: LandauSettings,
    velocities: Vec<[f64; D]>,
    next: Vec<[f64; D]>,
    step: u64,
    plan: <() as Dimension<D>>::Plan,
    weights: Vec<f64>,
    sums: LandauSums<D>,
    dw: Vec<[f64; D]>,
    initial: Moments<D>,
    ledger: Ledger<D>,
}

/// Σ V_i and Σ |V_i|².
#[derive(Clone, Copy, Debug)]
struct Moments<const D: usize> {
    momentum: [f64; D],
    energy: f64,
}

/// What the noise and the scheme can have changed in the moments.
#[derive(Clone, Copy, Debug)]
struct Ledger<const D: usize> {
    /// 2 ∫ Σ (A_i)_{aa} dt, the quadratic variation of a component of the momentum.
    momentum: [f64; D],
    /// 8 ∫ Σ V_i·A_i V_i dt, that of the energy.
    energy: f64,
    /// 4 dt² Σ |B_i|² of every step, which Euler's scheme adds to the energy.
    of_scheme: f64,
}

/// Particles a task.
const TASK: usize = 4096;

/// A step longer than this many times the width of the cloud is absurd.
const ABSURD: f64 = 1e4;

impl<const D: usize> LandauSimulation<D>
where
    (): Dimension<D>,
{
    /// Starts at time 0 from these velocities, whose order never changes.
    ///
    /// Errors: no velocity or more than 2³² − 1, numbers that are not finite, γ, the step or the tolerance out of bounds.
    pub fn new(velocities: Vec<[f64; D]>, settings: LandauSettings) -> Result<Self> {
        settings.check()?;
        let n = velocities.len();
        if n == 0 || n > u32::MAX as usize {
            let value = format!("{n} particles");
            return Err(Error::value(
                ErrorKind::Input,
                "velocities",
                value,
                "1 to 2^32 - 1",
            ));
        }
        let kernel = Landau {
            gamma: settings.gamma,
        };
        let options = Options::tolerance(settings.tolerance);
        Ok(Self {
            plan: <()>::plan(&velocities, kernel, options)?,
            weights: vec![1.0 / n as f64; n],
            next: velocities.clone(),
            sums: LandauSums {
                a: vec![],
                b: vec![],
            },
            dw: vec![[0.0; D]; n],
            initial: Moments::of(&velocities),
            ledger: Ledger {
                momentum: [0.0; D],
                energy: 0.0,
                of_scheme: 0.0,
            },
            step: 0,
            velocities,
            settings,
        })
    }

    /// One time step. After an error the state is the last good one.
    pub fn step(&mut self) -> Result<()> {
        let dt = self.settings.dt;
        <()>::move_to(&mut self.plan, &self.velocities)?;
        <()>::sums(&self.plan, &self.weights, &mut self.sums)?;
        let brownian = Brownian::new(self.settings.seed);
        <()>::increments(&brownian, self.step, dt, &mut self.dw);
        self.advance();
        self.check()?;
        self.ledger.add(dt, &self.velocities, &self.sums);
        std::mem::swap(&mut self.velocities, &mut self.next);
        self.step += 1;
        Ok(())
    }

    fn advance(&mut self) {
        let dt = self.settings.dt;
        let (v, a, b, dw) = (&self.velocities, &self.sums.a, &self.sums.b, &self.dw);
        let tasks = self.next.par_chunks_mut(TASK).enumerate();
        tasks.for_each(|(task, next)| {
            for (i, next) in next.iter_mut().enumerate() {
                let i = TASK * task + i;
                let root = <()>::root(&a[i]);
                *next = std::array::from_fn(|x| {
                    let noise: f64 = (0..D).map(|y| root[x][y] * dw[i][y]).sum();
                    v[i][x] + 2.0 * b[i][x] * dt + std::f64::consts::SQRT_2 * noise
                });
            }
        });
    }

    /// Every new velocity finite, and no step absurdly long.
    fn check(&self) -> Result<()> {
        let n = self.velocities.len();
        let energy = Moments::of(&self.velocities).energy;
        let limit = ABSURD * (energy / n as f64).sqrt();
        // Written so that NaN is bad too.
        let good = |i: usize| {
            let both = self.velocities[i].iter().zip(&self.next[i]);
            let square: f64 = both.map(|(x, y)| (x - y) * (x - y)).sum();
            square <= limit * limit
        };
        let bad = (0..n).into_par_iter().with_min_len(TASK);
        match bad.find_first(|&i| !good(i)) {
            None => Ok(()),
            Some(i) => {
                let (step, from, to) = (self.step + 1, self.velocities[i], self.next[i]);
                let text = format!(
                    "step {step}: particle {i} went from {from:?} to {to:?} (allowed: changes up to {limit:.3e}, {ABSURD:e} times \
                     the root of the mean square; a smaller dt may help)"
                );
                Err(Error::new(ErrorKind::BlowUp, text))
            }
        }
    }

    /// The larger of the measured relative errors of A and B at the state before the last step, on `samples` particles.
    pub fn verify(&self, samples: usize) -> Result<VerifyReport> {
        Ok(<()>::verify(&self.plan, &self.weights, samples)?)
    }

    /// The velocities now.
    pub fn velocities(&self) -> &[[f64; D]] {
        &self.velocities
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Time reached, steps · dt.
    pub fn time(&self) -> f64 {
        self.step as f64 * self.settings.dt
    }

    /// Momentum Σ V_i and energy Σ |V_i|², which no collision changes in the mean: with E = Σ |V_i|²,
    /// E dE/dt = 4 Σ V_i·B_i + 2 Σ tr A_i = (2/N) Σ_{i,j} (z·b(z) + tr a(z)) = 0. The standard deviations are those of the noise along the
    /// run; what Euler's scheme adds to the energy counts as error.
    pub fn laws(&self) -> Vec<Law> {
        let now = Moments::of(&self.velocities);
        let names = ["momentum x", "momentum y", "momentum z"];
        let momentum = (0..D).map(|x| {
            let error = self.ledger.momentum[x].sqrt();
            let (was, is) = (self.initial.momentum[x], now.momentum[x]);
            Law::new(names[x], was, is, error)
        });
        let error = self.ledger.energy.sqrt() + self.ledger.of_scheme;
        let energy = Law::new("energy", self.initial.energy, now.energy, error);
        momentum.chain([energy]).collect()
    }
}

impl<const D: usize> Moments<D> {
    fn of(v: &[[f64; D]]) -> Self {
        let square = |v: &[f64; D]| v.iter().map(|x| x * x).sum::<f64>();
        Self {
            momentum: sums(v.len(), |i| v[i]),
            energy: sums(v.len(), |i| [square(&v[i])])[0],
        }
    }
}

impl<const D: usize> Ledger<D> {
    /// Adds a step from these velocities.
    fn add(&mut self, dt: f64, v: &[[f64; D]], coefficients: &LandauSums<D>) {
        let (a, b) = (&coefficients.a, &coefficients.b);
        let diagonal = sums(v.len(), |i| {
            std::array::from_fn::<f64, D, _>(|x| a[i][x][x])
        });
        let [along, drift] = sums(v.len(), |i| {
            let times = |x: usize| (0..D).map(|y| a[i][x][y] * v[i][y]).sum::<f64>();
            let along: f64 = (0..D).map(|x| v[i][x] * times(x)).sum();
            [along, b[i].iter().map(|b| b * b).sum()]
        });
        for (sum, a) in self.momentum.iter_mut().zip(diagonal) {
            *sum += 2.0 * dt * a;
        }
        self.energy += 8.0 * dt * along;
        self.of_scheme += 4.0 * dt * dt * drift;
    }
}

//! Exact statements that the run is held against.

use crate::Observables;
use crate::model::decayed;
use crate::sum::{add, difference, dot, sums};
use bincode::{Decode, Encode};
use std::f64::consts::TAU;

/// One exact law, expected and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Short name: `centre x`, `second moment`, `impulse x`, `angular impulse`, `circulation`, `hamiltonian`, `virial`,
    /// `momentum x`, `energy`, `anisotropy x`, `total vorticity x`, `core`.
    pub name: &'static str,
    /// What the law says.
    pub expected: f64,
    /// What the run gave.
    pub measured: f64,
    /// Standard deviation of `measured` around `expected`, from the quadratic variation of the noise along the run; 0 without noise.
    pub standard_error: f64,
    /// What the tolerance, the scheme's local errors and rounding can have changed at most ([`Ledger`]) where that counts: without noise,
    /// where |z| ≤ 1 is expected if the steps resolve what the closest pairs do (RK4's estimate does not see those that a step throws
    /// apart), and with noise where `expected` is a sum along the run; else 0.
    pub bound: f64,
    /// (measured − expected)/[`error`](Self::error); 0 where both vanish, infinite where only the error does.
    pub z: f64,
}

impl Law {
    /// A law with noise, whose z is standard normal for many particles.
    pub fn new(name: &'static str, expected: f64, measured: f64, standard_error: f64) -> Self {
        Self::with_both(name, expected, measured, [standard_error, 0.0])
    }

    /// A law that holds within a bound, so that |z| ≤ 1.
    pub fn within(name: &'static str, expected: f64, measured: f64, bound: f64) -> Self {
        Self::with_both(name, expected, measured, [0.0, bound])
    }

    /// A law with a standard error and a bound of what else may differ.
    pub fn with_both(
        name: &'static str,
        expected: f64,
        measured: f64,
        [standard_error, bound]: [f64; 2],
    ) -> Self {
        let deviation = measured - expected;
        let z = if deviation == 0.0 {
            0.0
        } else {
            deviation / (standard_error + bound)
        };
        Self {
            name,
            expected,
            measured,
            standard_error,
            bound,
            z,
        }
    }

    /// Standard error and bound together.
    pub fn error(&self) -> f64 {
        self.standard_error + self.bound
    }
}

/// What the laws need to know of a run.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a, const D: usize = 2> {
    /// Number of particles.
    pub n: usize,
    /// Whether all m_i are the same.
    pub equal_circulations: bool,
    /// Whether particles were at one place at step 0, which without noise they never leave, and where they have no interaction.
    pub coincident: bool,
    /// Σ m_i².
    pub circulation_squares: f64,
    /// Sums at step 0.
    pub initial: &'a Observables<D>,
    /// Sums now.
    pub now: &'a Observables<D>,
    /// Integrals along the run.
    pub ledger: &'a Ledger,
}

/// Integrals along the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
pub struct Ledger {
    /// Time since step 0.
    pub time: f64,
    /// ∫_0^t e^{−4k(t−s)} S ds with k of the confinement, else 0, from the left ends of the steps (the conditional variance of a step's
    /// noise).
    pub second_moment: f64,
    /// ∫ Σ m_i²|X_i|² dt, likewise.
    pub weighted_squares: f64,
    /// What the interaction of a gas has done to S.
    pub virial: VirialLedger,
    /// What noise of matrices, or jumps, have done.
    pub variation: Variation,
    /// How far the sums of vortex particles in space can have gone.
    pub vortex: VortexLedger,
    /// How far the conserved quantities can have gone; only kept without noise, and of jumps rounding.
    pub budget: Budget,
}

/// Quadratic variations under noise √2 A_i^{1/2} dB_i, or with A_i = σ(X_i) I, from the left ends of the steps (the
/// conditional variance of a step's noise); under jumps the sums of their squares. The confinement takes e^{−k(t−s)} of what
/// noise has done to X, if it has a k.
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
pub struct Variation {
    /// Of the axes of Σ m_i X_i: 2 ∫ Σ m_i² (A_i)_{aa} dt; 0 beyond d.
    pub impulse: [f64; 3],
    /// Of Σ m_i |X_i|²: 8 ∫ Σ m_i² X_i·A_i X_i dt.
    pub angular_impulse: f64,
    /// Of S: 8 ∫ Σ σ(X_i) |X_i − X̄|² dt; only for numbers σ(X_i).
    pub second_moment: f64,
    /// Under jumps, of the axes of C° = Σ (X_i − X̄)(X_i − X̄)ᵀ less its trace/d, decayed as C° is; 0 beyond d.
    pub anisotropy: [f64; 3],
    /// dt² Σ |m_i| |F_i|² of every step: with m_i > 0 what Euler's scheme adds to Σ m_i |X_i|².
    pub of_scheme: f64,
}

/// For each conserved quantity Q the sum over the steps of ‖∇Q‖₂·(‖e‖₂ + dt·tolerance·‖F‖₂ + ε‖X‖₂): the local error e of
/// the scheme (estimated from the drift at the end of the step), the error that the drift may have, and rounding. The
/// exact flow keeps Q, so a step changes it by ∇Q·(error of the step) to first order, and errors need no growth factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
pub struct Budget {
    /// One axis of X̄.
    pub centre: f64,
    /// S.
    pub second_moment: f64,
    /// One axis of Σ m_i X_i.
    pub impulse: f64,
    /// Σ m_i |X_i|².
    pub angular_impulse: f64,
    /// H.
    pub hamiltonian: f64,
}

/// What tolerance and rounding can have changed of vortex particles in space ([`model::VortexParticles`](crate::model::VortexParticles)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
pub struct VortexLedger {
    /// One axis of Σ α_i.
    pub total_vorticity: f64,
    /// δ².
    pub square: f64,
}

/// The virial 𝒱 = 2 Σ (X_i − X̄)·F_i along a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Encode, Decode)]
pub struct VirialLedger {
    /// ∫_0^t e^{−2k(t−s)} 𝒱 ds, where it is followed: a step takes 3/2 𝒱_n − 1/2 𝒱_{n−1}, the first one 𝒱_0.
    pub work: f64,
    /// What the integral may lack, from the differences of 𝒱: with noise 5/12 of the second ones times dt, and half of the very first;
    /// without, where nothing else hides it that a close pair changes fast, 3/2 of the first ones.
    pub work_error: f64,
    /// 𝒱 at the last steps, the later first, and how many there were.
    last: [f64; 2],
    steps: u64,
    /// Where it differed most from what the kernel says, in errors.
    pub worst: Option<VirialCheck>,
}

/// The virial at one state, from the drift and from what the kernel says.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub struct VirialCheck {
    /// What the kernel says, maybe by the energy.
    pub expected: f64,
    /// 2 Σ (X_i − X̄)·F_i.
    pub measured: f64,
    /// What the tolerance allows them to differ by.
    pub error: f64,
}

impl VirialLedger {
    /// Adds a step of length `dt` that started with this virial, under confinement k.
    pub(crate) fn follow(&mut self, dt: f64, k: f64, virial: f64, quiet: bool) {
        let [before, earlier] = self.last;
        let (rate, lacks) = match self.steps {
            0 => (virial, 0.0),
            1 => (1.5 * virial - 0.5 * before, 0.5 * (virial - before)),
            _ => {
                let second = virial - 2.0 * before + earlier;
                (1.5 * virial - 0.5 * before, 5.0 / 12.0 * second)
            }
        };
        self.work = self.work * (-2.0 * k * dt).exp() + rate * decayed(2.0 * k, dt);
        let lacks = match quiet && self.steps > 0 {
            true => 1.5 * (virial - before),
            false => lacks,
        };
        match self.steps {
            // Of one step nothing tells how much less it did, or more; the next one does.
            0 => self.work_error = dt * virial.abs(),
            1 => self.work_error -= dt * before.abs(),
            _ => {}
        }
        self.work_error += dt * lacks.abs();
        self.last = [virial, before];
        self.steps += 1;
    }

    /// Adds a sub-step of length `dt` with these virials at its ends, under confinement k, by the trapezoidal rule, which
    /// lacks no more than half of what they differ by where the virial is monotone in between.
    pub(crate) fn follow_between(&mut self, dt: f64, k: f64, [start, end]: [f64; 2]) {
        let rate = 0.5 * (start + end);
        self.work = self.work * (-2.0 * k * dt).exp() + rate * decayed(2.0 * k, dt);
        self.work_error += 0.5 * dt * (end - start).abs();
    }

    /// Of the last step, what its close pairs have done to S, under confinement k; and what there is more to follow where some of them are none
    /// any more, and less where some are new. The virial of a pair that has just parted changes by less than a tenth in the next step.
    pub(crate) fn follow_pairs(&mut self, dt: f64, k: f64, work: f64, parted: f64, new: f64) {
        self.work += work * decayed(2.0 * k, dt) / dt;
        self.work_error += 0.1 * dt * parted.abs();
        self.last[0] += parted - new;
    }

    /// Keeps the worst.
    pub(crate) fn check(&mut self, check: VirialCheck) {
        // Where squares leave the range of the numbers, nothing can be said.
        if !check.error.is_finite() {
            return;
        }
        let z = |check: &VirialCheck| (check.measured - check.expected).abs() / check.error;
        if self.worst.is_none_or(|worst| z(&check) > z(&worst)) {
            self.worst = Some(check);
        }
    }
}

/// One step without noise, for the budget.
pub(crate) struct QuietStep<'a, const D: usize> {
    pub(crate) dt: f64,
    /// Relative error that the drift may have.
    pub(crate) tolerance: f64,
    /// F at the end of the step.
    pub(crate) drift: &'a [[f64; D]],
    /// What the scheme took F at the end of the step for.
    pub(crate) anticipated: &'a [[f64; D]],
    /// Both are without what close pairs do to each other, which has this error beside.
    pub(crate) pair_error: f64,
    /// Local error of the scheme over dt·(drift − anticipated).
    pub(crate) error_coefficient: f64,
    pub(crate) circulations: &'a [f64],
    pub(crate) circulation_squares: f64,
    pub(crate) observables: &'a Observables<D>,
}

impl Ledger {
    /// Adds a step of length `dt` that started at a state with these sums, under confinement k.
    pub(crate) fn add<const D: usize>(
        &mut self,
        dt: f64,
        time: f64,
        k: f64,
        start: &Observables<D>,
    ) {
        self.time = time;
        let squares = start.second_moment * decayed(4.0 * k, dt);
        self.second_moment = self.second_moment * (-4.0 * k * dt).exp() + squares;
        self.weighted_squares += dt * start.weighted_squares;
    }
}

impl Variation {
    /// Of one step from these positions.
    pub(crate) fn of_step<const D: usize>(
        dt: f64,
        positions: &[[f64; D]],
        circulations: &[f64],
        drift: &[[f64; D]],
        matrices: &[[[f64; D]; D]],
    ) -> Self {
        let (x, m) = (positions, circulations);
        let all = sums(x.len(), |i| {
            let turned = matrices[i].map(|row| dot(row, x[i]));
            let mut all = [0.0; 5];
            for axis in 0..D.min(3) {
                all[axis] = m[i] * m[i] * matrices[i][axis][axis];
            }
            all[3] = m[i] * m[i] * dot(x[i], turned);
            all[4] = m[i].abs() * dot(drift[i], drift[i]);
            all
        });
        let [x, y, z, along, squares] = all;
        let diagonal = [x, y, z];
        let of_axis = |axis: usize| 2.0 * dt * diagonal[axis];
        Self {
            impulse: [0, 1, 2].map(of_axis),
            angular_impulse: 8.0 * dt * along,
            second_moment: 0.0,
            anisotropy: [0.0; 3],
            of_scheme: dt * dt * squares,
        }
    }

    /// Of one step from these positions, about this centre, with σ(X_i) under confinement k.
    pub(crate) fn of_scalars<const D: usize>(
        [dt, k]: [f64; 2],
        positions: &[[f64; D]],
        circulations: &[f64],
        centre: [f64; D],
        scalars: &[f64],
    ) -> Self {
        let (x, m) = (positions, circulations);
        let [spread, along, about] = sums(x.len(), |i| {
            let (sigma, z) = (scalars[i], difference(x[i], centre));
            let weighted = m[i] * m[i] * sigma;
            [weighted, weighted * dot(x[i], x[i]), sigma * dot(z, z)]
        });
        let of_axis = |axis: usize| if axis < D { 2.0 * spread } else { 0.0 };
        let [twice, fourfold] = [2.0, 4.0].map(|times| decayed(times * k, dt));
        Self {
            impulse: [0, 1, 2].map(|axis| twice * of_axis(axis)),
            angular_impulse: 8.0 * fourfold * along,
            second_moment: 8.0 * fourfold * about,
            anisotropy: [0.0; 3],
            of_scheme: 0.0,
        }
    }

    /// Adds another step's, before which confinement has left this part of X.
    pub(crate) fn add(&mut self, step: &Self, left: f64) {
        let (square, fourth) = (left.powi(2), left.powi(4));
        self.impulse = add(self.impulse.map(|x| square * x), step.impulse);
        self.angular_impulse = fourth * self.angular_impulse + step.angular_impulse;
        self.second_moment = fourth * self.second_moment + step.second_moment;
        self.of_scheme += step.of_scheme;
    }
}

impl Budget {
    /// Adds what one step can have changed.
    pub(crate) fn add<const D: usize>(&mut self, step: &QuietStep<D>) {
        let n = step.drift.len();
        let [error, drift, weighted_drift] = sums(n, |i| {
            let [f, g] = [step.drift[i], step.anticipated[i]];
            let (f2, m) = (dot(f, f), step.circulations[i]);
            let off = difference(f, g);
            [dot(off, off), f2, m * m * f2]
        })
        .map(f64::sqrt);
        let sums = step.observables;
        let centre = dot(sums.centre, sums.centre);
        let positions = (sums.second_moment + n as f64 * centre).sqrt();
        let moved = step.dt * (step.error_coefficient * error + step.tolerance * drift)
            + step.pair_error
            + f64::EPSILON * positions;
        // ∇_i H = m_i Σ_j m_j z/r², which is as long as 2πN m_i F_i.
        let gradient = TAU * n as f64 * weighted_drift;
        self.centre += moved / (n as f64).sqrt();
        self.second_moment += moved * 2.0 * sums.second_moment.sqrt();
        self.impulse += moved * step.circulation_squares.sqrt();
        self.angular_impulse += moved * 2.0 * sums.weighted_squares.sqrt();
        self.hamiltonian += moved * gradient;
    }
}

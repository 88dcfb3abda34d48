//! Which particle has the largest local error in a sub-step, as a part of what it may have.

use crate::sum::{difference, length, reduce};

/// A sub-step whose local error at particle i is e_i = coefficient·h (F_i − A_i) with F the drift at its end and A what it
/// was taken for.
pub(super) struct LocalErrors<'a, const D: usize> {
    pub(super) start: &'a [[f64; D]],
    pub(super) end: &'a [[f64; D]],
    pub(super) anticipated: &'a [[f64; D]],
    pub(super) coefficient: f64,
    /// What stands before dB; 0 without noise.
    pub(super) noise: f64,
    /// h.
    pub(super) dt: f64,
    /// Length of the whole step.
    pub(super) step: f64,
    /// What errors may add up to over the whole step.
    pub(super) tolerance: f64,
}

/// The particle with the largest share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worst {
    /// Of what its error may be; taken up to 1.
    pub(super) share: f64,
    pub(super) particle: usize,
    /// |e|.
    pub(super) error: f64,
}

impl Worst {
    /// Of a sub-step that throws particles away.
    pub(super) const THROWN: Self = Self {
        share: f64::INFINITY,
        particle: 0,
        error: f64::INFINITY,
    };

    /// Of several, the first.
    fn or(self, other: Self) -> Self {
        match other.share > self.share {
            true => other,
            false => self,
        }
    }
}

impl<const D: usize> LocalErrors<'_, D> {
    pub(super) fn worst(&self) -> Worst {
        let none = Worst {
            share: 0.0,
            ..Worst::THROWN
        };
        let of_some = |some: std::ops::Range<usize>| some.map(|i| self.of(i)).fold(none, Worst::or);
        reduce(self.end.len(), of_some, Worst::or).unwrap_or(none)
    }

    /// As [`Adaptive`](crate::config::Adaptive) has it.
    fn of(&self, i: usize) -> Worst {
        let (h, left) = (self.dt, self.step / self.dt);
        let error = self.coefficient * h * length(difference(self.end[i], self.anticipated[i]));
        let by_drift = h * length(self.start[i]) >= self.noise * h.sqrt();
        let times = if by_drift { left } else { left.sqrt() };
        let share = times * error / self.tolerance;
        Worst {
            // What is no number is no small one.
            share: if share.is_nan() { f64::INFINITY } else { share },
            particle: i,
            error,
        }
    }
}

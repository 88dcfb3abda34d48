//! Numbers that a run must not go on with.

use crate::state::places;
use crate::sum::{difference, dot, length};
use crate::{Error, ErrorKind, Observables, Result, State};
use rayon::prelude::*;

/// Moments must be finite, or the laws say nothing.
pub(super) fn check_moments<const D: usize>(moments: &Observables<D>) -> Result<()> {
    let all = [
        moments.second_moment,
        moments.circulation,
        moments.angular_impulse,
        moments.weighted_squares,
    ];
    if all.iter().all(|x| x.is_finite()) {
        return Ok(());
    }
    let value = "so large that their second moments overflow";
    let (what, allowed) = match places(D) < D {
        true => ("particles", "finite sums of the squares of their numbers"),
        false => ("positions", "finite sums of m_i²|X_i|² and |X_i|²"),
    };
    Err(Error::value(ErrorKind::Input, what, value, allowed))
}

/// A step longer than this many times the cloud's radius and the step's noise is absurd.
const ABSURD: f64 = 1e4;

/// Coordinates beyond this would make the moments overflow. The squares of displacements do not.
const FAR: f64 = 1e140;

/// Particles a task.
const TASK: usize = 4096;

/// What positions a step may lead to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard<'a, const D: usize> {
    state: &'a State<D>,
    /// Longest displacement.
    limit: f64,
}

impl<'a, const D: usize> Guard<'a, D> {
    /// For a step from this state, whose second moment is S, with noise of this standard deviation per axis, and with pairs that go so far.
    pub(super) fn new(state: &'a State<D>, second_moment: f64, noise: f64, pairs: f64) -> Self {
        let radius = (second_moment / state.n() as f64).sqrt();
        let limit = ABSURD * (radius + noise) + 2.0 * pairs;
        Self { state, limit }
    }

    /// Every new position finite, and not absurdly far away or far from the old one.
    pub(super) fn check(&self, next: &[[f64; D]]) -> Result<()> {
        let square = self.limit * self.limit;
        // Written so that NaN is not good; without branches or a call of hypot, which takes longer than the update itself.
        let good = |(now, next): (&[f64; D], &[f64; D])| {
            let moved = way(*next, *now);
            let near = next.iter().fold(true, |all, x| all & (x.abs() <= FAR));
            near & (dot(moved, moved) <= square)
        };
        let all_good = |(now, next): (&[[f64; D]], &[[f64; D]])| {
            let particles = now.iter().zip(next);
            particles.fold(true, |all, pair| all & good(pair))
        };
        let now = &self.state.positions;
        let tasks = now.par_chunks(TASK).zip(next.par_chunks(TASK));
        if tasks.all(all_good) {
            return Ok(());
        }
        let bad = now.iter().zip(next).position(|pair| !good(pair));
        Err(self.error(bad.expect("a task found one"), next))
    }

    fn error(&self, i: usize, next: &[[f64; D]]) -> Error {
        let step = self.state.step + 1;
        let (now, next) = (self.state.positions[i], next[i]);
        let displacement = length(way(next, now));
        let next = next.map(|x| format!("{x:e}")).join(", ");
        let limit = self.limit;
        let what = if places(D) < D {
            "numbers"
        } else {
            "positions"
        };
        let text = format!(
            "step {step}: particle {i} moved by {displacement:.3e} to [{next}] (allowed: {what} up to {FAR:e}, and moves up to \
             {limit:.3e}, {ABSURD:e} times the radius of the cloud and the noise of a step; a smaller time.dt or a core may help)"
        );
        Error::new(ErrorKind::BlowUp, text)
    }
}

/// From one place to another; 0 in what are no places.
#[inline]
fn way<const D: usize>(to: [f64; D], from: [f64; D]) -> [f64; D] {
    let mut way = difference(to, from);
    way[places(D)..].fill(0.0);
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_bad_particle() {
        let state = State {
            step: 11,
            time: 1.1,
            positions: vec![[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]],
            circulations: vec![1.0; 3],
            previous_drifts: vec![],
        };
        let guard = Guard::new(&state, 2.0, 0.1, 0.0);
        assert!(guard.check(&state.positions).is_ok());
        assert!(guard.check(&[[9e3, 0.0], [1.0, 0.0], [2.0, 0.0]]).is_ok());
        for bad in [[f64::NAN, 0.0], [0.0, f64::INFINITY], [1e4, 1e4]] {
            let error = guard.check(&[[0.0, 0.0], bad, bad]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BlowUp);
            let text = error.to_string();
            assert!(text.starts_with("step 12: particle 1 moved"), "{text}");
        }
    }

    /// What particles carry may change by any amount, as long as it is finite.
    #[test]
    fn of_more_than_three_numbers_the_first_three_are_a_place() {
        let row = |x: f64, strength: f64| [x, 0.0, 0.0, strength, 0.0, 0.0, 0.1];
        let state = State {
            step: 11,
            time: 1.1,
            positions: [0.0, 1.0, 2.0].map(|x| row(x, 1.0)).to_vec(),
            circulations: vec![1.0; 3],
            previous_drifts: vec![],
        };
        let guard = Guard::new(&state, 2.0, 0.1, 0.0);
        let with = |bad| [state.positions[0], bad, state.positions[2]];
        assert!(guard.check(&with(row(9e3, 1e6))).is_ok());
        for bad in [row(1e4, 1.0), row(1.0, f64::NAN), row(1.0, f64::INFINITY)] {
            let text = guard.check(&with(bad)).unwrap_err().to_string();
            assert!(text.starts_with("step 12: particle 1 moved"), "{text}");
        }
    }

    #[test]
    fn finds_the_first_bad_particle_of_many_tasks() {
        let n = 3 * TASK + 1;
        let state = State {
            step: 0,
            time: 0.0,
            positions: vec![[1.0, -1.0]; n],
            circulations: vec![1.0; n],
            previous_drifts: vec![],
        };
        let guard = Guard::new(&state, n as f64, 0.0, 0.0);
        let mut next = state.positions.clone();
        assert!(guard.check(&next).is_ok());
        for bad in [n - 1, 2 * TASK, TASK + 7] {
            next[bad][1] = -1.1e4;
            let text = guard.check(&next).unwrap_err().to_string();
            assert!(text.contains(&format!("particle {bad} moved")), "{text}");
        }
    }
}

//! Numbers that a run must not go on with.

use crate::{Error, ErrorKind, Observables, Result, State};
use rayon::prelude::*;

/// Moments must be finite, or the laws say nothing.
pub(super) fn check_moments(moments: &Observables) -> Result<()> {
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
    let allowed = "finite sums of m_i²|X_i|² and |X_i|²";
    Err(Error::value(ErrorKind::Input, "positions", value, allowed))
}

/// A step longer than this many times the cloud's radius and the step's noise is absurd.
const ABSURD: f64 = 1e4;

/// Coordinates beyond this would make the moments overflow.
const FAR: f64 = 1e140;

/// What positions a step may lead to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard<'a> {
    state: &'a State,
    /// Longest displacement.
    limit: f64,
}

impl<'a> Guard<'a> {
    /// For a step from this state, whose second moment is S, with noise of this standard deviation per axis.
    pub(super) fn new(state: &'a State, second_moment: f64, noise: f64) -> Self {
        let radius = (second_moment / state.n() as f64).sqrt();
        let limit = ABSURD * (radius + noise);
        Self { state, limit }
    }

    /// Every new position finite, and not absurdly far away or far from the old one.
    pub(super) fn check(&self, next: &[[f64; 2]]) -> Result<()> {
        let bad = |i: &usize| {
            // Written so that NaN is bad too.
            let near = next[*i].iter().all(|x| x.abs() <= FAR);
            !near || self.displacement(*i, next) > self.limit
        };
        let particles = (0..next.len()).into_par_iter().with_min_len(4096);
        match particles.find_first(bad) {
            None => Ok(()),
            Some(i) => Err(self.error(i, next)),
        }
    }

    fn displacement(&self, i: usize, next: &[[f64; 2]]) -> f64 {
        let (x, y) = (self.state.positions[i], next[i]);
        (y[0] - x[0]).hypot(y[1] - x[1])
    }

    fn error(&self, i: usize, next: &[[f64; 2]]) -> Error {
        let step = self.state.step + 1;
        let [x, y] = next[i];
        let displacement = self.displacement(i, next);
        let limit = self.limit;
        let text = format!(
            "step {step}: particle {i} moved by {displacement:.3e} to [{x:e}, {y:e}] (allowed: positions up to {FAR:e}, and moves up to \
             {limit:.3e}, {ABSURD:e} times the radius of the cloud and the noise of a step; a smaller time.dt or a core may help)"
        );
        Error::new(ErrorKind::BlowUp, text)
    }
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
            previous_drift: None,
        };
        let guard = Guard::new(&state, 2.0, 0.1);
        assert!(guard.check(&state.positions).is_ok());
        assert!(guard.check(&[[9e3, 0.0], [1.0, 0.0], [2.0, 0.0]]).is_ok());
        for bad in [[f64::NAN, 0.0], [0.0, f64::INFINITY], [1e4, 1e4]] {
            let error = guard.check(&[[0.0, 0.0], bad, bad]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BlowUp);
            let text = error.to_string();
            assert!(text.starts_with("step 12: particle 1 moved"), "{text}");
        }
    }
}

//! Rows that a step must not go on with.

use super::rows::{Row, position};
use crate::sum::sums;
use crate::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// A step longer than this many times the cloud's radius and the step's noise is absurd.
const ABSURD: f64 = 1e4;

/// Numbers beyond this would make the sums overflow.
const FAR: f64 = 1e140;

/// What a step may lead to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard<'a> {
    /// Particles where the step starts.
    start: &'a [Row],
    /// The step under way.
    step: u64,
    /// Longest displacement.
    limit: f64,
}

impl<'a> Guard<'a> {
    /// For the step to number `step` from these particles, with noise of this standard deviation per axis.
    pub(super) fn new(start: &'a [Row], step: u64, noise: f64) -> Self {
        let n = start.len();
        let centre = sums(n, |i| position(&start[i])).map(|x| x / n as f64);
        let [square] = sums(n, |i| {
            let distance = distance(position(&start[i]), centre);
            [distance * distance]
        });
        let limit = ABSURD * ((square / n as f64).sqrt() + noise);
        Self { start, step, limit }
    }

    /// Everything finite, and no particle absurdly far away or far from where it was.
    pub(super) fn check(&self, next: &[Row]) -> Result<()> {
        let bad = |i: &usize| {
            // Written so that NaN is bad too.
            let near = next[*i].iter().all(|x| x.abs() <= FAR);
            !near || self.displacement(*i, next) > self.limit
        };
        let particles = (0..self.start.len()).into_par_iter().with_min_len(4096);
        match particles.find_first(bad) {
            None => Ok(()),
            Some(i) => Err(self.error(i, next)),
        }
    }

    fn displacement(&self, i: usize, next: &[Row]) -> f64 {
        distance(position(&self.start[i]), position(&next[i]))
    }

    fn error(&self, i: usize, next: &[Row]) -> Error {
        let [x, y, z, a, b, c] = next[i];
        let (step, displacement, limit) = (self.step, self.displacement(i, next), self.limit);
        let text = format!(
            "step {step}: particle {i} moved by {displacement:.3e} to [{x:e}, {y:e}, {z:e}] with strength [{a:e}, {b:e}, {c:e}] \
             (allowed: numbers up to {FAR:e}, and moves up to {limit:.3e}, {ABSURD:e} times the radius of the cloud and the \
             noise of a step; a smaller dt or a wider core may help)"
        );
        Error::new(ErrorKind::BlowUp, text)
    }
}

fn distance(x: [f64; 3], y: [f64; 3]) -> f64 {
    let [a, b, c] = [0, 1, 2].map(|k| x[k] - y[k]);
    a.hypot(b).hypot(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_bad_particle() {
        let row = |x: f64, strength: f64| [x, 0.0, 0.0, 0.0, strength, 0.0];
        let start = [0.0, 1.0, 2.0].map(|x| row(x, 1.0));
        let guard = Guard::new(&start, 12, 0.1);
        assert!(guard.check(&start).is_ok());
        assert!(guard.check(&[row(9e3, 1.0), start[1], start[2]]).is_ok());
        for bad in [
            row(f64::NAN, 1.0),
            row(0.0, f64::INFINITY),
            row(1e4, 1.0),
            row(0.0, f64::NAN),
        ] {
            let error = guard.check(&[start[0], bad, bad]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BlowUp);
            let text = error.to_string();
            assert!(text.starts_with("step 12: particle 1 moved"), "{text}");
        }
    }
}

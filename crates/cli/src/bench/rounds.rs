//! How long something takes: the fastest of some rounds, each long enough for the clock.

use crate::error::Result;
use std::time::{Duration, Instant};

/// What takes less is repeated until a round has lasted so long, and averaged over it.
const MEASURABLE: Duration = Duration::from_millis(10);
/// No further round begins after so much time.
const ENOUGH: Duration = Duration::from_secs(1);

/// Seconds as `once` returns them, the whole first and its parts after it, of the round whose whole is the least.
pub(super) fn fastest<const K: usize>(
    rounds: usize,
    once: impl FnMut() -> Result<[f64; K]>,
) -> Result<[f64; K]> {
    fastest_of(rounds, MEASURABLE, ENOUGH, once)
}

fn fastest_of<const K: usize>(
    rounds: usize,
    measurable: Duration,
    enough: Duration,
    mut once: impl FnMut() -> Result<[f64; K]>,
) -> Result<[f64; K]> {
    let start = Instant::now();
    let mut best = round(measurable, &mut once)?;
    for _ in 1..rounds {
        if start.elapsed() >= enough {
            break;
        }
        let next = round(measurable, &mut once)?;
        if next[0] < best[0] {
            best = next;
        }
    }
    Ok(best)
}

fn round<const K: usize>(
    measurable: Duration,
    once: &mut impl FnMut() -> Result<[f64; K]>,
) -> Result<[f64; K]> {
    let start = Instant::now();
    let (mut sum, mut calls) = ([0.0; K], 0.0);
    loop {
        for (sum, seconds) in sum.iter_mut().zip(once()?) {
            *sum += seconds;
        }
        calls += 1.0;
        if start.elapsed() >= measurable {
            return Ok(sum.map(|sum| sum / calls));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every call is a round.
    #[test]
    fn the_parts_belong_to_the_fastest() {
        let of = |rounds, enough| {
            let mut given = [[3.0, 1.0], [2.0, 1.5], [4.0, 0.5]].into_iter();
            let next = || Ok(given.next().unwrap());
            fastest_of(rounds, Duration::ZERO, enough, next).unwrap()
        };
        assert_eq!(of(3, Duration::MAX), [2.0, 1.5]);
        assert_eq!(of(1, Duration::MAX), [3.0, 1.0]);
        // The first is always there.
        assert_eq!(of(3, Duration::ZERO), [3.0, 1.0]);
    }

    #[test]
    fn a_round_is_averaged() {
        let mut calls = 0;
        let found = fastest(1, || {
            calls += 1;
            Ok([f64::from(calls)])
        });
        // The mean of 1, 2, …, calls.
        assert_eq!(found.unwrap(), [f64::from(calls + 1) / 2.0]);
    }
}

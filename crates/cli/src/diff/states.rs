//! What differs between two states.

use crate::dimension::in_dimension;
use crate::error::Result;
use crate::snapshots::One;
use crate::text::count;
use farfield_dynamics::vortex_particles::COMPONENTS;
use farfield_dynamics::{Config, Snapshot, State};
use std::fmt::Display;
use std::ops::Range;

/// A quantity, and how it differs.
pub(super) type Difference = (&'static str, String);

/// All that differs of two but the configurations, bit by bit; and those.
pub(super) fn of_both(a: &One, b: &One) -> Result<(Vec<Difference>, [Config; 2])> {
    let dimensions = [a.dimension()?, b.dimension()?];
    let [old, new] = dimensions;
    if old == new {
        return in_dimension!(old, D => differences::<D>(a, b));
    }
    let configs = [config_in(a, old)?, config_in(b, new)?];
    Ok((vec![("dimension", format!("{old} → {new}"))], configs))
}

fn config_in(one: &One, dimension: usize) -> Result<Config> {
    Ok(in_dimension!(dimension, D => one.read::<D>()?.config))
}

fn differences<const D: usize>(a: &One, b: &One) -> Result<(Vec<Difference>, [Config; 2])> {
    let (a, b) = (a.read::<D>()?, b.read::<D>()?);
    let configs = [a.config.clone(), b.config.clone()];
    Ok((of_snapshots(&a, b), configs))
}

fn of_snapshots<const D: usize>(a: &Snapshot<D>, mut b: Snapshot<D>) -> Vec<Difference> {
    let n = [&a.state, &b.state].map(|state| count(state.n() as u64));
    let mut all: Vec<Difference> = [
        changed("model", &a.model, &b.model),
        changed("step", a.state.step, b.state.step),
        changed("time", a.state.time, b.state.time),
        changed("particles", &n[0], &n[1]),
    ]
    .into_iter()
    .flatten()
    .collect();
    if n[0] == n[1] {
        all.extend(of_particles(&a.state, &b.state));
    }
    if all.is_empty() {
        // The rest of a snapshot, which is not public.
        (b.config, b.state) = (a.config.clone(), a.state.clone());
        let rest = || ("laws and errors so far", "not the same".into());
        all.extend((*a != b).then(rest));
    }
    all
}

fn changed<T: Display + PartialEq>(what: &'static str, old: T, new: T) -> Option<Difference> {
    (old != new).then(|| (what, format!("{old} → {new}")))
}

/// Of as many particles.
fn of_particles<const D: usize>(a: &State<D>, b: &State<D>) -> Vec<Difference> {
    let circulations = [a, b].map(|state| state.circulations.as_chunks::<1>().0);
    let drifts = a.previous_drifts.iter().zip(&b.previous_drifts);
    let drifts = drifts.filter_map(|(a, b)| largest(a, b, 0..D));
    let looks_back = [a, b].map(|state| state.previous_drifts.len());
    let by = |what| move |(by, i)| (what, format!("by {by:e} at most, of particle {i}"));
    let all = [
        largest(circulations[0], circulations[1], 0..1).map(by("circulations")),
        drifts.reduce(farther).map(by("drifts before")),
        changed("steps looked back to", looks_back[0], looks_back[1]),
    ];
    let parts = match D {
        COMPONENTS => vec![
            ("positions", 0..3),
            ("strengths", 3..6),
            ("cores' δ²", 6..7),
        ],
        _ => vec![("positions", 0..D)],
    };
    let parts = parts.into_iter();
    let parts =
        parts.filter_map(|(what, part)| largest(&a.positions, &b.positions, part).map(by(what)));
    parts.chain(all.into_iter().flatten()).collect()
}

/// The largest |a_i − b_i| of some components, and its i; none if all bits are the same.
fn largest<const D: usize>(
    a: &[[f64; D]],
    b: &[[f64; D]],
    part: Range<usize>,
) -> Option<(f64, usize)> {
    let pairs = a.iter().zip(b).enumerate();
    let apart = |(i, (a, b)): (usize, (&[f64; D], &[f64; D]))| {
        let other = part.clone().any(|k| a[k].to_bits() != b[k].to_bits());
        let distance = || part.clone().fold(0.0f64, |sum, k| sum.hypot(a[k] - b[k]));
        other.then(|| (distance(), i))
    };
    pairs.filter_map(apart).reduce(farther)
}

/// The first of equal ones; NaN is the farthest.
fn farther(a: (f64, usize), b: (f64, usize)) -> (f64, usize) {
    if b.0.total_cmp(&a.0).is_gt() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_distance_and_whose() {
        let a = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]];
        assert_eq!(largest(&a, &a, 0..2), None);
        let mut b = a;
        b[0][1] = -0.0;
        assert_eq!(largest(&a, &b, 0..2), Some((0.0, 0)));
        assert_eq!(largest(&a, &b, 0..1), None);
        (b[1][0], b[2], b[3][1]) = (1.5, [5.0, -2.0], 8.0);
        assert_eq!(largest(&a, &b, 0..2), Some((5.0, 2)));
        b[3][0] = f64::NAN;
        let (by, of) = largest(&a, &b, 0..2).unwrap();
        assert!(by.is_nan() && of == 3);
    }

    /// Of particles that carry vectors it is told what differs.
    #[test]
    fn places_strengths_and_cores() {
        let state = |row: [f64; COMPONENTS]| State {
            step: 0,
            time: 0.0,
            positions: vec![row],
            circulations: vec![1.0],
            previous_drifts: vec![],
        };
        let row = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        for (k, what) in [(1, "positions"), (5, "strengths"), (6, "cores' δ²")] {
            let mut other = row;
            other[k] += 0.5;
            let found = of_particles(&state(row), &state(other));
            let by = String::from("by 5e-1 at most, of particle 0");
            assert_eq!(found, [(what, by)]);
        }
    }
}

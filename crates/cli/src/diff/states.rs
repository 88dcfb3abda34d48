//! What differs between two states.

use crate::dimension::in_dimension;
use crate::error::Result;
use crate::snapshots::One;
use crate::text::count;
use farfield_dynamics::{Config, Snapshot, State};
use std::fmt::Display;

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
    let drifts = drifts.filter_map(|(a, b)| largest(a, b));
    let looks_back = [a, b].map(|state| state.previous_drifts.len());
    let by = |what| move |(by, i)| (what, format!("by {by:e} at most, of particle {i}"));
    let all = [
        largest(&a.positions, &b.positions).map(by("positions")),
        largest(circulations[0], circulations[1]).map(by("circulations")),
        drifts.reduce(farther).map(by("drifts before")),
        changed("steps looked back to", looks_back[0], looks_back[1]),
    ];
    all.into_iter().flatten().collect()
}

/// The largest |a_i − b_i|, and its i; none if all bits are the same.
fn largest<const D: usize>(a: &[[f64; D]], b: &[[f64; D]]) -> Option<(f64, usize)> {
    let pairs = a.iter().zip(b).enumerate();
    let other = pairs.filter(|(_, (a, b))| a.map(f64::to_bits) != b.map(f64::to_bits));
    let distance = |(i, (a, b)): (usize, (&[f64; D], &[f64; D]))| {
        let distance = (0..D).fold(0.0, |sum: f64, k| sum.hypot(a[k] - b[k]));
        (distance, i)
    };
    other.map(distance).reduce(farther)
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
        assert_eq!(largest(&a, &a), None);
        let mut b = a;
        b[0][1] = -0.0;
        assert_eq!(largest(&a, &b), Some((0.0, 0)));
        (b[1][0], b[2], b[3][1]) = (1.5, [5.0, -2.0], 8.0);
        assert_eq!(largest(&a, &b), Some((5.0, 2)));
        b[3][0] = f64::NAN;
        let (by, of) = largest(&a, &b).unwrap();
        assert!(by.is_nan() && of == 3);
    }
}

//! Ranges and ticks of logarithmic axes.

use crate::text::count;
use plotters::coord::combinators::{LogCoord, WithKeyPoints};
use plotters::prelude::{BindKeyPoints, IntoLogRange};
use std::ops::Range;

/// Fewer decades than this on the axis of N get ticks at 2 and 5 as well.
const DECADES: usize = 3;

pub(super) type Scale = WithKeyPoints<LogCoord<f64>>;

/// A logarithmic axis; ticks with a label are darker.
pub(super) struct Axis {
    range: Range<f64>,
    labelled: Vec<f64>,
    light: Vec<f64>,
}

impl Axis {
    /// From N to N, with room on both sides.
    pub(super) fn of_points(first: f64, last: f64) -> Self {
        let round = multiples(-1..10, &[1, 2, 5]);
        let before = round.iter().rev().find(|x| **x < first);
        let after = round.iter().find(|x| **x > last);
        let range = *before.unwrap_or(&first)..*after.unwrap_or(&last);
        let inside = |ticks: Vec<f64>| -> Vec<f64> {
            let whole = |x: &f64| *x >= 1.0 && range.contains(x);
            ticks.into_iter().filter(whole).collect()
        };
        let decades = inside(multiples(0..10, &[1]));
        let labelled = match decades.len() {
            0..DECADES => inside(round),
            _ => decades,
        };
        Self {
            light: inside(multiples(0..10, &[1, 2, 3, 4, 5, 6, 7, 8, 9])),
            labelled,
            range,
        }
    }

    /// Whole decades of seconds.
    pub(super) fn of_seconds(least: f64, most: f64) -> Self {
        let first = least.max(1e-9).log10().floor() as i32;
        let last = most.log10().ceil().max(f64::from(first + 1)) as i32;
        let labelled = multiples(first..last + 1, &[1]);
        Self {
            range: labelled[0]..labelled[labelled.len() - 1],
            labelled,
            light: vec![],
        }
    }

    pub(super) fn coordinate(self) -> Scale {
        let scale = self.range.log_scale().with_key_points(self.labelled);
        scale.with_light_points(self.light)
    }
}

/// Digits times powers of ten.
fn multiples(powers: Range<i32>, digits: &[u32]) -> Vec<f64> {
    let decade = |power: i32| {
        let scaled = move |digit: &u32| match power {
            0.. => f64::from(*digit) * 10f64.powi(power),
            _ => f64::from(*digit) / 10f64.powi(-power),
        };
        digits.iter().map(scaled)
    };
    powers.flat_map(decade).collect()
}

pub(super) fn points_label(n: &f64) -> String {
    count(n.round() as u64)
}

/// `1 µs`, `10 ms`, `1,000 s` of a power of ten.
pub(super) fn seconds_label(s: &f64) -> String {
    let (value, unit) = match s {
        ..0.9e-6 => (1e9 * s, "ns"),
        0.9e-6..0.9e-3 => (1e6 * s, "µs"),
        0.9e-3..0.9 => (1e3 * s, "ms"),
        _ => (*s, "s"),
    };
    format!("{} {unit}", count(value.round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_and_ticks() {
        let axis = Axis::of_points(250.0, 1e6);
        assert_eq!(axis.range, 200.0..2e6);
        assert_eq!(axis.labelled, [1e3, 1e4, 1e5, 1e6]);
        // A single point, and the smallest.
        assert_eq!(Axis::of_points(1000.0, 1000.0).range, 500.0..2000.0);
        let axis = Axis::of_points(1.0, 2.0);
        assert_eq!((axis.range, axis.labelled), (0.5..5.0, vec![1.0, 2.0]));
        let axis = Axis::of_seconds(3e-5, 650.0);
        assert_eq!(axis.range, 1e-5..1e3);
        assert_eq!(axis.labelled.len(), 9);
        assert_eq!(Axis::of_seconds(0.0, 0.0).range, 1e-9..1e-8);
    }

    #[test]
    fn labels() {
        let labels = [1e-7, 1e-6, 1e-4, 1e-3, 0.1, 1.0, 1e4].map(|s| seconds_label(&s));
        let expected = [
            "100 ns", "1 µs", "100 µs", "1 ms", "100 ms", "1 s", "10,000 s",
        ];
        assert_eq!(labels, expected);
        assert_eq!(points_label(&2e4), "20,000");
    }
}

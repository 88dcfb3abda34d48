//! How often something is written.

use bincode::{Decode, Encode};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Steps, time of the simulation, or time of the clock, between two outputs: `25`, `{ time = 0.5 }`, `{ seconds = 600 }`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub enum Every {
    /// At steps that are multiples of this; 0 means never.
    Steps(u64),
    /// At the first step at or after each multiple of this time; at every step if that is longer.
    Time(f64),
    /// At the first step so many seconds of the clock after the last output.
    Seconds(f64),
}

impl Every {
    /// Whether nothing is ever due.
    pub fn is_never(self) -> bool {
        self == Self::Steps(0)
    }

    /// Whether `step` of a run in steps `dt` is due, which what goes by the clock never is.
    pub fn due(self, step: u64, dt: f64) -> bool {
        match (self, step) {
            (Self::Steps(0) | Self::Seconds(_), _) => false,
            (_, 0) => true,
            _ => self.periods(step, dt) > self.periods(step - 1, dt),
        }
    }

    /// How many states of a run are written, the first and the last among them; `None` if that goes by the clock.
    pub fn count(self, steps: u64, dt: f64) -> Option<u64> {
        let ends = 1 + u64::from(steps > 0 && !self.due(steps, dt));
        match self {
            Self::Seconds(_) => None,
            _ => Some(self.periods(steps, dt).saturating_add(ends)),
        }
    }

    /// Periods that are over at a step, of a time those that end at it or between it and the step before as one.
    fn periods(self, step: u64, dt: f64) -> u64 {
        match self {
            Self::Steps(0) | Self::Seconds(_) => 0,
            Self::Steps(n) => step / n,
            Self::Time(time) if dt >= time => step,
            // Rounded are dt, the time, their product with the step and its quotient, by ε/2 each: what is a multiple counts as one.
            Self::Time(time) => (step as f64 * dt / time * (1.0 + 4.0 * f64::EPSILON)) as u64,
        }
    }
}

impl From<u64> for Every {
    fn from(steps: u64) -> Self {
        Self::Steps(steps)
    }
}

/// As TOML has it.
impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps(steps) => write!(f, "{steps}"),
            Self::Time(time) => write!(f, "{{ time = {time:?} }}"),
            Self::Seconds(seconds) => write!(f, "{{ seconds = {seconds:?} }}"),
        }
    }
}

/// The table as written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
}

impl Serialize for Every {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (time, seconds) = match *self {
            Self::Steps(steps) => return serializer.serialize_u64(steps),
            Self::Time(time) => (Some(time), None),
            Self::Seconds(seconds) => (None, Some(seconds)),
        };
        Table { time, seconds }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Every {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Reads a number or a table, and says what is allowed where it is neither.
struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Every;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of steps, { time = … } or { seconds = … }")
    }
    fn visit_u64<E: Error>(self, steps: u64) -> Result<Every, E> {
        Ok(steps.into())
    }
    fn visit_i64<E: Error>(self, steps: i64) -> Result<Every, E> {
        let wrong = |_| E::invalid_value(Unexpected::Signed(steps), &self);
        u64::try_from(steps).map(Every::from).map_err(wrong)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Every, A::Error> {
        let wrong = |found| A::Error::invalid_value(Unexpected::Other(found), &Written);
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        match (table.time, table.seconds) {
            (Some(time), None) => Ok(Every::Time(time)),
            (None, Some(seconds)) => Ok(Every::Seconds(seconds)),
            (None, None) => Err(wrong("an empty table")),
            (Some(_), Some(_)) => Err(wrong("both time and seconds")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps and times as whole numbers of thousandths, where nothing is rounded.
    #[test]
    fn decimal_times_come_exactly_once() {
        for a in [1u64, 2, 3, 7, 10, 25, 34, 100, 333, 1000] {
            for b in [1u64, 3, 7, 30, 34, 100, 101, 300, 700, 999, 1000, 12_345] {
                let (dt, every) = (a as f64 / 1e3, Every::Time(b as f64 / 1e3));
                let exact = |step: u64| (step * a / b).min(if a >= b { step } else { u64::MAX });
                let mut count = 0;
                for step in (0..=20_000).chain(4_000_000_000..4_000_002_000) {
                    let due = step == 0 || a >= b || exact(step) > exact(step - 1);
                    assert_eq!(every.due(step, dt), due, "{a} {b}: step {step}");
                    count += u64::from(due);
                    if step == 20_000 {
                        let last = u64::from(!due);
                        assert_eq!(every.count(step, dt), Some(count + last), "{a} {b}");
                    }
                }
            }
        }
        assert!([0, 3, 6].map(|step| Every::Time(0.3).due(step, 0.1)) == [true; 3]);
        assert!([1, 2, 4, 5].map(|step| Every::Time(0.3).due(step, 0.1)) == [false; 4]);
    }

    /// Of times that no steps hit, the first step after each.
    #[test]
    fn the_first_step_at_or_after_each_multiple() {
        let (dt, time) = (0.1, std::f64::consts::FRAC_1_PI);
        let due = (0..10_000).filter(|&step| Every::Time(time).due(step, dt));
        let expected = (0..).map(|m| (f64::from(m) * time / dt).ceil() as u64);
        let expected: Vec<u64> = expected.take_while(|&step| step < 10_000).collect();
        assert_eq!(due.collect::<Vec<_>>(), expected);
        // Far shorter than a step, or far longer than a run.
        assert!((0..100).all(|step| Every::Time(1e-300).due(step, 1e9)));
        assert!((1..100).all(|step| !Every::Time(1e300).due(step, 1e-300)));
    }

    #[test]
    fn steps_and_the_clock() {
        let due = |every: Every| {
            (0..8)
                .filter(|&step| every.due(step, 0.1))
                .collect::<Vec<_>>()
        };
        assert_eq!(due(Every::Steps(3)), [0, 3, 6]);
        assert!(due(Every::Steps(0)).is_empty() && Every::Steps(0).is_never());
        assert!(due(Every::Seconds(1e-9)).is_empty() && !Every::Seconds(1.0).is_never());
        assert_eq!(due(Every::Steps(1)).len(), 8);
        for (every, steps, count) in [
            (0, 0, 1),
            (0, 9, 2),
            (3, 9, 4),
            (3, 10, 5),
            (1, 7, 8),
            (20, 7, 2),
        ] {
            assert_eq!(Every::Steps(every).count(steps, 0.1), Some(count));
        }
        assert_eq!(Every::Seconds(1.0).count(9, 0.1), None);
    }
}

//! The number of points from which the fast method is faster.

use super::measure::Row;
use crate::text::count;
use serde::Serialize;
use std::fmt;

/// Where plan and evaluation become faster than the direct sum, and stay so up to the last N.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "position")]
pub(super) enum Crossover {
    /// Between two sizes: the ratio of the times, interpolated as a power of N, is 1 at `n`.
    Between { n: f64, extrapolated: bool },
    /// They are faster from the first N on.
    Below { n: usize },
    /// The direct sum is faster at the last N.
    Above { n: usize },
    /// The direct sum was not timed.
    Unknown,
}

impl Crossover {
    pub(super) fn find(rows: &[Row]) -> Self {
        let extrapolated = |row: &Row| row.direct.is_some_and(|direct| direct.extrapolated);
        let sizes: Option<Vec<Size>> = rows
            .iter()
            .map(|row| {
                Some(Size {
                    n: row.n,
                    speed_up: row.speed_up()?,
                    extrapolated: extrapolated(row),
                })
            })
            .collect();
        sizes.map_or(Self::Unknown, |sizes| Self::among(&sizes))
    }

    /// Of sizes in rising order.
    fn among(sizes: &[Size]) -> Self {
        let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else {
            return Self::Unknown;
        };
        match sizes.iter().rposition(|size| size.speed_up <= 1.0) {
            None => Self::Below { n: first.n },
            Some(slower) if slower + 1 == sizes.len() => Self::Above { n: last.n },
            Some(slower) => {
                let (a, b) = (&sizes[slower], &sizes[slower + 1]);
                let [log_a, log_b] = [a.speed_up.ln(), b.speed_up.ln()];
                let [x, y] = [a.n as f64, b.n as f64];
                Self::Between {
                    n: x * (y / x).powf(log_a / (log_a - log_b)),
                    extrapolated: a.extrapolated || b.extrapolated,
                }
            }
        }
    }
}

struct Size {
    n: usize,
    speed_up: f64,
    extrapolated: bool,
}

/// The N of a crossover to the digits that it is good for: `≈ 1,340`.
pub(super) fn about(n: f64) -> String {
    let unit = 10f64.powf((n.log10().floor() - 2.0).max(0.0));
    format!("≈ {}", count(((n / unit).round() * unit) as u64))
}

impl fmt::Display for Crossover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Between { n, extrapolated } => {
                let by = match extrapolated {
                    true => ", by the extrapolated direct sum",
                    false => "",
                };
                write!(
                    f,
                    "plan and evaluation beat the direct sum from N {} on{by}",
                    about(n)
                )
            }
            Self::Below { n } => write!(
                f,
                "plan and evaluation beat the direct sum at every N, from {} on: the crossover lies below",
                count(n)
            ),
            Self::Above { n } => write!(
                f,
                "the direct sum is still the faster at N = {}: the crossover lies above",
                count(n)
            ),
            Self::Unknown => {
                f.write_str("no crossover: the direct sum was not timed (--direct-up-to)")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(sizes: &[(usize, f64)]) -> Crossover {
        let size = |&(n, speed_up): &(usize, f64)| Size {
            n,
            speed_up,
            extrapolated: n > 5000,
        };
        Crossover::among(&sizes.iter().map(size).collect::<Vec<_>>())
    }

    #[test]
    fn between_two_sizes() {
        // A ratio of N/1000 crosses at 1000, whichever sizes were timed.
        for (a, b) in [(500, 2000), (100, 1001), (999, 5000)] {
            let Crossover::Between { n, extrapolated } =
                among(&[(a, a as f64 / 1e3), (b, b as f64 / 1e3)])
            else {
                panic!("{a} {b}");
            };
            assert!((n - 1000.0).abs() < 1e-9 && !extrapolated, "{n}");
        }
        let extrapolated = among(&[(1000, 0.5), (10_000, 2.0)]).to_string();
        assert_eq!(
            extrapolated,
            "plan and evaluation beat the direct sum from N ≈ 3,160 on, by the extrapolated direct sum"
        );
    }

    #[test]
    fn the_last_of_several_and_none() {
        let several = among(&[(10, 2.0), (20, 0.5), (40, 2.0), (80, 3.0)]);
        assert!(matches!(several, Crossover::Between { n, .. } if (n - 28.284).abs() < 1e-3));
        assert_eq!(among(&[(10, 2.0), (20, 3.0)]), Crossover::Below { n: 10 });
        assert_eq!(among(&[(10, 2.0), (20, 1.0)]), Crossover::Above { n: 20 });
        assert_eq!(among(&[]), Crossover::Unknown);
    }

    #[test]
    fn digits() {
        assert_eq!(about(1344.7), "≈ 1,340");
        assert_eq!(about(17.2), "≈ 17");
    }
}

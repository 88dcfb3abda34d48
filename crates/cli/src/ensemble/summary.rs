//! What the laws say of all replicas together.

use super::replicas::{COLUMNS, FIRST, Replicas};
use crate::error::{Error, Result};
use crate::text::{plural, say};
use serde::Serialize;

/// Of the standard error, a bound that does not count beside it.
const NEGLIGIBLE: f64 = 1e-3;

#[derive(Serialize)]
pub(super) struct Summary {
    replicas: usize,
    /// How many ended by a collapse, and when in the mean.
    collapsed: usize,
    mean_collapse_time: Option<f64>,
    laws: Vec<LawOfAll>,
}

/// One law over the replicas, with d = measured − expected of each, e its standard error, and b the bound of what else may differ.
#[derive(Serialize)]
struct LawOfAll {
    name: String,
    replicas: usize,
    mean_expected: f64,
    mean_measured: f64,
    /// What of Σ d is beyond Σ b, over √Σ e²: standard normal for many replicas where b is 0, else closer to 0. None without noise.
    z_of_mean: Option<f64>,
    /// Σ (d² − e²)/√Σ (d² − e²)²: likewise. None where b counts beside e.
    z_of_variance: Option<f64>,
    /// The largest |d|/(e + b): at most 1 without noise.
    largest_z: f64,
}

impl Summary {
    pub(super) fn of(all: &Replicas) -> Result<Self> {
        let column = |k: usize| all.rows.iter().map(move |row| row[k].as_str());
        let ends: Vec<(bool, f64)> = column(4)
            .zip(column(3))
            .map(|(collapsed, time)| (collapsed == "1", time.parse().unwrap_or(f64::NAN)))
            .collect();
        let times: Vec<f64> = ends.iter().filter(|end| end.0).map(|end| end.1).collect();
        let laws = all.laws.iter().enumerate();
        let laws = laws.map(|(k, name)| {
            let rows = all
                .rows
                .iter()
                .map(|row| &row[FIRST.len() + COLUMNS * k..][..COLUMNS]);
            LawOfAll::of(name, rows.filter(|fields| !fields[0].is_empty()))
        });
        Ok(Self {
            replicas: all.rows.len(),
            collapsed: times.len(),
            mean_collapse_time: (!times.is_empty()).then(|| mean(&times)),
            laws: laws.collect::<Result<_>>()?,
        })
    }

    pub(super) fn print(&self) {
        say(format_args!(
            "\n{:<18}{:>10}{:>16}{:>16}{:>10}{:>14}{:>12}",
            "exact law",
            "replicas",
            "mean expected",
            "mean measured",
            "z of mean",
            "z of variance",
            "largest z"
        ));
        let z = |z: Option<f64>| z.map_or_else(String::new, |z| format!("{z:.2}"));
        for law in &self.laws {
            say(format_args!(
                "{:<18}{:>10}{:>16.6e}{:>16.6e}{:>10}{:>14}{:>12.2}",
                law.name,
                law.replicas,
                law.mean_expected,
                law.mean_measured,
                z(law.z_of_mean),
                z(law.z_of_variance),
                law.largest_z
            ));
        }
        if let Some(time) = self.mean_collapse_time {
            let collapsed = plural(self.collapsed, "replica");
            say(format_args!(
                "\n{collapsed} collapsed, at t = {time:.4} in the mean"
            ));
        }
    }
}

impl LawOfAll {
    fn of<'a>(name: &str, rows: impl Iterator<Item = &'a [String]>) -> Result<Self> {
        let mut all: Vec<[f64; COLUMNS]> = vec![];
        for fields in rows {
            let mut numbers = [0.0; COLUMNS];
            for (number, field) in numbers.iter_mut().zip(fields) {
                *number = field
                    .parse()
                    .map_err(|_| Error::refused("replicas.csv", field.clone(), "a number"))?;
            }
            all.push(numbers);
        }
        let of = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            all.iter().map(|[x, y, e, _]| f(y - x, *e)).sum()
        };
        let ratio = |over: f64, under: f64| Some(over / under).filter(|z| z.is_finite());
        let (deviation, squares) = (of(&|d, _| d), of(&|_, e| e * e));
        let bounds: f64 = all.iter().map(|law| law[3]).sum();
        let beyond = (deviation.abs() - bounds).max(0.0).copysign(deviation);
        let counts = all.iter().any(|[.., e, b]| *b > NEGLIGIBLE * e);
        let expected: Vec<f64> = all.iter().map(|law| law[0]).collect();
        let measured: Vec<f64> = all.iter().map(|law| law[1]).collect();
        let z = |[x, y, e, b]: &[f64; COLUMNS]| match y == x {
            true => 0.0,
            false => ((y - x) / (e + b)).abs(),
        };
        Ok(Self {
            name: name.into(),
            replicas: all.len(),
            mean_expected: mean(&expected),
            mean_measured: mean(&measured),
            z_of_mean: ratio(beyond, squares.sqrt()),
            z_of_variance: ratio(
                of(&|d, e| d * d - e * e),
                of(&|d, e| (d * d - e * e).powi(2)).sqrt(),
            )
            .filter(|_| !counts),
            largest_z: all.iter().map(z).fold(0.0, f64::max),
        })
    }
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len() as f64
}

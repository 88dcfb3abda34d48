//! Rows as records with named columns, for `bench.csv` and `bench.json`.

use super::measure::Row;
use serde::{Serialize, Serializer};
use std::io::{self, Write};

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Count(usize),
    Number(f64),
    Missing,
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Missing, Self::Number)
    }
}

impl Value {
    /// As Python and others read it, with as many digits as it takes to read the same number back.
    fn text(&self) -> String {
        match self {
            Self::Count(n) => n.to_string(),
            Self::Number(x) => format!("{x:?}"),
            Self::Missing => String::new(),
        }
    }
}

/// Names and values in the order of the columns.
fn record(row: &Row) -> [(&'static str, Value); 24] {
    use Value::{Count, Number};
    let (plan, evaluate, predicted) = (&row.plan, &row.evaluate, &row.predicted);
    let direct = |extrapolated: bool| {
        let direct = row.direct.filter(|d| d.extrapolated == extrapolated);
        direct.map(|d| d.seconds).into()
    };
    [
        ("n", Count(row.n)),
        ("plan_seconds", Number(plan.total)),
        ("sort_seconds", Number(plan.sort)),
        ("tree_seconds", Number(plan.tree)),
        ("list_seconds", Number(plan.lists)),
        ("evaluate_seconds", Number(evaluate.total)),
        ("permute_seconds", Number(evaluate.permute)),
        ("upward_seconds", Number(evaluate.upward)),
        ("downward_seconds", Number(evaluate.downward)),
        ("leaves_seconds", Number(evaluate.leaves)),
        ("leaf_capacity", Count(row.leaf_capacity)),
        ("predicted_tree_and_list_seconds", Number(predicted.tree)),
        ("predicted_upward_seconds", Number(predicted.upward)),
        ("predicted_downward_seconds", Number(predicted.downward)),
        ("predicted_leaves_seconds", Number(predicted.leaves)),
        ("predicted_near_seconds", Number(predicted.near)),
        ("direct_seconds", direct(false)),
        ("direct_seconds_extrapolated", direct(true)),
        ("direct_over_plan_and_evaluate", row.speed_up().into()),
        ("tolerance", Number(row.tolerance)),
        ("field_error", row.errors.field.into()),
        ("potential_error", row.errors.potential.into()),
        ("gradient_error", row.errors.gradient.into()),
        ("error_targets", Count(row.targets)),
    ]
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(record(self))
    }
}

/// A header, and a line for each row.
pub(super) fn csv(to: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    for (i, row) in rows.iter().enumerate() {
        let record = record(row);
        if i == 0 {
            writeln!(to, "{}", record.each_ref().map(|(name, _)| *name).join(","))?;
        }
        let values = record.map(|(_, value)| value.text());
        writeln!(to, "{}", values.join(","))?;
    }
    Ok(())
}

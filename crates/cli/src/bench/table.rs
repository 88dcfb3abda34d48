//! What `bench` prints: a line for each N as soon as it is there, then the passes and the crossover.

use super::Report;
use super::about::About;
use super::measure::{Direct, Row};
use crate::text::{count, say, short_seconds};

pub(super) fn head(about: &About) {
    say(format_args!("{about}\n"));
    say(format_args!(
        "{:>11}{:>10}{:>10}{:>10}{:>15}{:>10}{:>11}{:>11}",
        "N", "plan", "evaluate", "both", "direct", "speed-up", "achieved", "tolerance"
    ));
}

pub(super) fn row(row: &Row) {
    let direct = match row.direct {
        None => "–".into(),
        Some(Direct {
            seconds,
            extrapolated,
        }) => {
            let mark = if extrapolated { "~ " } else { "" };
            format!("{mark}{}", short_seconds(seconds))
        }
    };
    let speed_up = row.speed_up().map_or("–".into(), times);
    let worst = row.errors.by_name().map(|(_, error)| error);
    say(format_args!(
        "{:>11}{:>10}{:>10}{:>10}{direct:>15}{speed_up:>10}{:>11.1e}{:>11}",
        count(row.n),
        short_seconds(row.plan.total),
        short_seconds(row.evaluate.total),
        short_seconds(row.fmm()),
        worst.fold(0.0, f64::max),
        format!("{:e}", row.tolerance),
    ));
}

/// `0.42`, `3.1`, `1,234`.
fn times(ratio: f64) -> String {
    match ratio {
        0.0..0.995 => format!("{ratio:.2}"),
        0.995..9.95 => format!("{ratio:.1}"),
        _ => count(ratio.round() as u64),
    }
}

/// Parts of plan and evaluation in percent of both.
pub(super) fn passes(rows: &[Row]) {
    say(format_args!(
        "\n{:>11}{:>8}{:>8}{:>8}{:>9}{:>10}{:>10}{:>10}{:>8}",
        "% of both", "sort", "tree", "lists", "permute", "upward", "downward", "leaves", "rest"
    ));
    for row in rows {
        let (plan, passes) = (&row.plan, &row.evaluate);
        let in_plan = [plan.sort, plan.tree, plan.lists];
        let in_evaluate = [
            passes.permute,
            passes.upward,
            passes.downward,
            passes.leaves,
        ];
        let rest = row.fmm() - in_plan.iter().chain(&in_evaluate).sum::<f64>();
        let percent = |seconds: f64| 100.0 * seconds / row.fmm().max(f64::MIN_POSITIVE);
        let [sort, tree, lists] = in_plan.map(percent);
        let [permute, upward, downward, leaves] = in_evaluate.map(percent);
        say(format_args!(
            "{:>11}{sort:>8.0}{tree:>8.0}{lists:>8.0}{permute:>9.0}{upward:>10.0}{downward:>10.0}{leaves:>10.0}{:>8.0}",
            count(row.n),
            // Rounding may leave less than nothing; adding 0 makes −0 a 0.
            percent(rest).max(0.0) + 0.0,
        ));
    }
}

pub(super) fn notes(report: &Report) {
    let timed = |row: &&Row| row.direct.is_some_and(|direct| !direct.extrapolated);
    let last = report.rows.iter().rfind(timed);
    let extrapolated = report.rows.len() > report.rows.iter().filter(timed).count();
    if let (Some(last), true) = (last, extrapolated) {
        let pairs = last.n as f64 * last.n as f64;
        let rate = pairs / last.direct.map_or(f64::NAN, |direct| direct.seconds);
        let n = count(last.n);
        say(format_args!(
            "\n~ extrapolated from the {rate:.1e} pairs/s at N = {n}"
        ));
    }
    say(format_args!("\n{}", report.crossover));
}

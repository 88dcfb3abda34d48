//! The end of a run on the terminal: exact laws, measured errors, time by pass.

use super::timings::Timings;
use crate::text::{self, count, say, seconds};
use farfield_dynamics::{FieldCheck, Simulation};

pub(super) fn print<const D: usize>(
    simulation: &Simulation<D>,
    checks: &[FieldCheck],
    timings: &Timings,
) {
    let (state, total) = (simulation.state(), timings.total());
    let n = super::particles(simulation.config(), state.n());
    let (step, time) = (count(state.step), state.time);
    say(format_args!(
        "{n}, {step} steps to t = {time} in {}\n",
        seconds(total)
    ));
    substeps(simulation);
    laws(simulation);
    field_errors(simulation, checks);
    time_by_pass(timings);
}

/// Those of adaptive steps.
fn substeps<const D: usize>(simulation: &Simulation<D>) {
    let dt = simulation.config().time.dt;
    let Some((all, shortest)) = simulation
        .substeps()
        .and_then(|all| Some((all, all.shortest(dt)?)))
    else {
        return;
    };
    let (taken, rejected) = (count(all.taken), count(all.rejected));
    say(format_args!(
        "{taken} sub-steps, the shortest of {shortest:.2e}; {rejected} more were too long\n"
    ));
}

fn laws<const D: usize>(simulation: &Simulation<D>) {
    let laws = simulation.laws();
    // Without noise the laws hold up to the errors of scheme and sum, and |z| ≤ 1.
    let error = match laws.iter().any(|law| law.standard_error > 0.0) {
        true => "std. error",
        false => "may differ",
    };
    say(format_args!(
        "{:<18}{:>14}{:>14}{error:>14}{:>8}",
        "exact law", "expected", "measured", "z"
    ));
    for law in laws {
        // Adding 0 makes −0 a 0.
        let z = (100.0 * law.z).round() / 100.0 + 0.0;
        say(format_args!(
            "{:<18}{:>14.6e}{:>14.6e}{:>14.1e}{z:>8.2}",
            law.name,
            law.expected,
            law.measured,
            law.error()
        ));
    }
}

/// Rows of the table of measurements; of more, evenly chosen ones are shown.
const ROWS: usize = 6;

fn field_errors<const D: usize>(simulation: &Simulation<D>, checks: &[FieldCheck]) {
    let tolerance = simulation.config().field.tolerance;
    let Some(largest) = simulation.max_measured_error() else {
        say("\nfield error never measured (field.check_every = 0)");
        return;
    };
    say(format_args!(
        "\n{:<18}{:>14}{:>14}{:>14}",
        "field error", "measured", "at most", "tolerance"
    ));
    let rows = checks.len().min(ROWS);
    for i in 0..rows {
        let check = &checks[i * (checks.len() - 1) / (rows - 1).max(1)];
        say(format_args!(
            "{:<18}{:>14.1e}{:>14.1e}{:>14}",
            format!("  at step {}", check.step),
            check.measured_error,
            check.error_bound,
            text::tolerance(tolerance),
        ));
    }
    say(format_args!("{:<18}{largest:>14.1e}", "  largest"));
}

fn time_by_pass(timings: &Timings) {
    let steps = timings.steps().max(1) as f64;
    let total: f64 = timings.by_pass().map(|(_, seconds)| seconds).sum();
    say(format_args!(
        "\n{:<28}{:>9}",
        "time a step",
        milliseconds(total / steps)
    ));
    for (pass, seconds) in timings.by_pass() {
        let percent = 100.0 * seconds / total.max(f64::MIN_POSITIVE);
        let time = milliseconds(seconds / steps);
        say(format_args!("  {pass:<26}{time:>9}{percent:>6.0} %"));
    }
}

fn milliseconds(seconds: f64) -> String {
    let ms = 1e3 * seconds;
    let decimals = if ms < 9.995 {
        2
    } else {
        usize::from(ms < 99.95)
    };
    format!("{ms:.decimals$} ms")
}

//! What chance, steps and sums each do to the result of a run.

use crate::error::Result;
use crate::text::{count, say};
use farfield_dynamics::{Config, ErrorBudget, Inputs};

/// Measures it by pilots, and prints it.
pub(crate) fn tell<const D: usize>(config: &Config, inputs: &Inputs<D>) -> Result<ErrorBudget> {
    let budget = ErrorBudget::of(config, inputs)?;
    let (time, [particles, pilots]) = (budget.time, budget.pilots);
    say(format_args!(
        "\nmeans over {} particles at t = {time}, and their errors by {pilots} pilots of {particles} particles:\n",
        count(budget.n as u64)
    ));
    let (dt, tolerance) = (config.time.dt, config.field.tolerance);
    say(format_args!(
        "{:<16}{:>12}{:>10}{:>10} ± {:<9}{:>9}",
        "mean of", "value", "chance", "steps", "", "sums"
    ));
    for mean in &budget.means {
        let (name, value, chance) = (mean.name, mean.value, mean.chance);
        let (steps, known_to, sums) = (mean.steps, mean.steps_error, mean.sums);
        say(format_args!(
            "{name:<16}{value:>12.4e}{chance:>10.1e}{steps:>10.1e} ± {known_to:<9.1e}{sums:>9.1e}"
        ));
    }
    say(format_args!(
        "\nwith              time.dt = {dt:.3e}, field.tolerance = {tolerance:.1e}"
    ));
    let bound = match budget.dt / dt {
        ratio if ratio <= ErrorBudget::LEAST => " (or less: no more is told by these pilots)",
        ratio if ratio >= ErrorBudget::MOST => " (or more: no more is told by these pilots)",
        _ => "",
    };
    let (dt, tolerance) = (budget.dt, budget.tolerance);
    say(format_args!(
        "enough            time.dt = {dt:.3e}, field.tolerance = {tolerance:.1e}{bound}"
    ));
    Ok(budget)
}

//! `run --dry-run`: what a run needs, without running it.

use crate::error::Result;
use crate::text::{bytes, count, say, seconds};
use farfield_dynamics::config::Every;
use farfield_dynamics::{Config, Estimate, Inputs};

pub(super) fn print<const D: usize>(config: &Config, inputs: &Inputs<D>) -> Result<()> {
    let estimate = Estimate::of(config, inputs)?;
    let (time, output) = (&config.time, &config.output);
    let every = output.snapshot_every;
    let snapshots = every.count(time.steps, time.dt);
    let by_clock = match every {
        Every::Seconds(seconds) => ((estimate.seconds / seconds) as u64).saturating_add(2),
        _ => 2,
    };
    let most = time.steps.saturating_add(1);
    let (about_as_many, snapshots) = match snapshots {
        Some(snapshots) => ("", snapshots),
        None => ("about ", by_clock.min(most)),
    };
    let disk = estimate.snapshot_bytes.saturating_mul(snapshots as usize);
    let steps = count(estimate.steps);
    let evaluations = count(estimate.evaluations);
    let [least, about] = match estimate.at_least {
        true => ["at least ", "at least"],
        false => ["", "about"],
    };
    say(format_args!(
        "particles        {}",
        count(estimate.n as u64)
    ));
    say(format_args!(
        "steps            {steps} of dt = {}, {}, {least}{evaluations} field evaluations",
        time.dt,
        time.scheme.name()
    ));
    say(format_args!(
        "tolerance        {:e}",
        config.field.tolerance
    ));
    say(format_args!("threads          {}", estimate.threads));
    say(format_args!(
        "instruction set  {}",
        estimate.instruction_set
    ));
    say(format_args!(
        "memory           {about} {}",
        bytes(estimate.bytes)
    ));
    say(format_args!(
        "disk             {about_as_many}{snapshots} snapshots, {}",
        bytes(disk)
    ));
    say(format_args!(
        "expected time    {about} {}",
        seconds(estimate.seconds)
    ));
    Ok(())
}

//! `run --dry-run`: what a run needs, without running it.

use crate::error::Result;
use crate::text::{bytes, count, say, seconds};
use farfield_dynamics::{Config, Estimate, Inputs};

pub(super) fn print<const D: usize>(config: &Config, inputs: &Inputs<D>) -> Result<()> {
    let estimate = Estimate::of(config, inputs)?;
    let (time, output) = (&config.time, &config.output);
    let snapshots = match output.snapshot_every {
        0 => 2,
        every => 1 + time.steps.div_ceil(every),
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
        "disk             {snapshots} snapshots, {}",
        bytes(disk)
    ));
    say(format_args!(
        "expected time    {about} {}",
        seconds(estimate.seconds)
    ));
    Ok(())
}

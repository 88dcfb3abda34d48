//! `farfield diff`: whether two runs, or two snapshots, are the same, and if not, what differs.

mod configs;
mod runs;
mod states;

use crate::error::Result;
use crate::snapshots::Number;
use crate::text::say;
use clap::Args;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

/// Compare two runs, or two snapshots, bit by bit
///
/// Of two output folders the configurations, the snapshots and diagnostics.csv; of two snapshots, which --snapshot takes
/// from folders, the configurations and states. Wall-clock times do not count. The exit code is 0 if they are the same, 1
/// if they differ, and 2 after an error.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// An output folder, its archive (.ffa), or one snapshot (.ffs)
    #[arg(value_name = "A")]
    a: PathBuf,
    /// What it is compared with; of a folder beside a snapshot the last one is taken by default
    #[arg(value_name = "B")]
    b: PathBuf,
    #[command(flatten)]
    number: Number,
}

/// Of an error, as diff has it.
pub(crate) const TROUBLE: u8 = 2;

impl Diff {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let mut told = Told { same: true };
        let runs = self.number.given.is_none() && self.a.is_dir() && self.b.is_dir();
        let what = match runs {
            true => runs::compare([&self.a, &self.b], &mut told)?,
            false => self.snapshots(&mut told)?,
        };
        if !told.same {
            return Ok(ExitCode::FAILURE);
        }
        say(format_args!("the same: {what}"));
        Ok(ExitCode::SUCCESS)
    }

    /// Compares one snapshot of each; what was looked at.
    fn snapshots(&self, told: &mut Told) -> Result<String> {
        let (a, b) = (self.number.of(&self.a)?, self.number.of(&self.b)?);
        let (found, [old, new]) = states::of_both(&a, &b)?;
        configs::compare([&old, &new], told)?;
        for (what, how) in found {
            told.that(what, how);
        }
        Ok("configuration and state".into())
    }
}

/// Differences, as they are told.
struct Told {
    same: bool,
}

impl Told {
    fn that(&mut self, what: &str, how: impl Display) {
        self.same = false;
        say(format_args!("{what:<28} {how}"));
    }
}

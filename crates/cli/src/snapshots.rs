//! Snapshots as users name them: a file, or an output folder and a number.

use crate::error::{Error, Result};
use crate::run::folder::snapshots_of;
use clap::Args;
use farfield_dynamics::Snapshot;
use std::path::{Path, PathBuf};

/// Which snapshot of an output folder.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Number {
    /// The step of a snapshot in the output folder, or -1 for the last one, -2 for the one before, …
    #[arg(
        long = "snapshot",
        id = "snapshot",
        value_name = "STEP",
        allow_negative_numbers = true
    )]
    pub(crate) given: Option<i64>,
}

impl Number {
    /// The snapshot that was asked for: `from` itself if it is a file, else that of the folder, by default the last.
    pub(crate) fn of(self, from: &Path) -> Result<PathBuf> {
        match self.given {
            None if from.is_file() => return Ok(from.into()),
            Some(number) if from.is_file() => {
                let allowed = format!("only with a folder; {} is one snapshot", from.display());
                return Err(Error::refused("--snapshot", number, allowed));
            }
            _ => {}
        }
        let all = list(from)?;
        let number = self.given.unwrap_or(-1);
        let wanted = match u64::try_from(number) {
            Ok(step) => all.iter().find(|(found, _)| *found == step),
            Err(_) => all.iter().nth_back((number.unsigned_abs() - 1) as usize),
        };
        wanted.map(|(_, path)| path.clone()).ok_or_else(|| {
            let steps = steps_of(&all, |step| step.to_string());
            let allowed = format!("{steps}; or -1 to -{}", all.len());
            Error::refused("--snapshot", number, allowed)
        })
    }
}

/// The snapshots of an output folder by step, one at least: (step, path).
pub(crate) fn list(root: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let folder = snapshots_of(root);
    let all = match folder.is_dir() {
        true => Snapshot::list(&folder)?,
        false => vec![],
    };
    if all.is_empty() {
        let found = if root.exists() {
            "no snapshots"
        } else {
            "not there"
        };
        let allowed = "a folder that `farfield run` wrote, or a snapshot";
        return Err(Error::refused(root.display(), found, allowed));
    }
    Ok(all)
}

/// `0, 25, 50`; of many steps the first and the last ones.
pub(crate) fn steps_of(all: &[(u64, PathBuf)], written: impl Fn(u64) -> String) -> String {
    let steps: Vec<String> = all.iter().map(|(step, _)| written(*step)).collect();
    match steps.len() {
        0..=8 => steps.join(", "),
        n => format!(
            "{}, …, {}",
            steps[..4].join(", "),
            steps[n - 3..].join(", ")
        ),
    }
}

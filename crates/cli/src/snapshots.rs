//! Snapshots as users name them: a file, or an archive and a number.

use crate::error::{Error, Result};
use crate::run::folder::snapshots_of;
use clap::Args;
use farfield_dynamics::{Archive, Entry, Snapshot};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Which snapshot of an output folder.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Number {
    /// The step of a snapshot in the output folder or archive, or -1 for the last one, -2 for the one before, …
    #[arg(
        long = "snapshot",
        id = "snapshot",
        value_name = "STEP",
        allow_negative_numbers = true
    )]
    pub(crate) given: Option<i64>,
}

impl Number {
    /// The snapshot that was asked for: `from` itself if it is one, else that of the folder or archive, by default the last.
    pub(crate) fn of(self, from: &Path) -> Result<One> {
        if from.is_file() && !is_archive(from) {
            return match self.given {
                None => Ok(One::File(from.into())),
                Some(number) => {
                    let allowed = format!(
                        "only with a folder or an archive; {} is one snapshot",
                        from.display()
                    );
                    Err(Error::refused("--snapshot", number, allowed))
                }
            };
        }
        let archive = archive(from)?;
        let number = self.place(archive.entries())?;
        Ok(One::Of(Rc::new(archive), number))
    }

    /// Where it is among these.
    pub(crate) fn place(self, all: &[Entry]) -> Result<usize> {
        let number = self.given.unwrap_or(-1);
        let wanted = match u64::try_from(number) {
            Ok(step) => all.iter().position(|entry| entry.step == step),
            Err(_) => all.len().checked_sub(number.unsigned_abs() as usize),
        };
        wanted.ok_or_else(|| {
            let steps = steps_of(&steps(all), |step| step.to_string());
            let allowed = format!("{steps}; or -1 to -{}", all.len());
            Error::refused("--snapshot", number, allowed)
        })
    }
}

/// One snapshot, on the disk.
#[derive(Clone)]
pub(crate) enum One {
    /// A file of its own.
    File(PathBuf),
    /// One of an archive, by its number there.
    Of(Rc<Archive>, usize),
}

impl One {
    pub(crate) fn dimension(&self) -> Result<usize> {
        Ok(match self {
            Self::File(path) => Snapshot::dimension(path),
            Self::Of(archive, number) => archive.dimension(*number),
        }?)
    }

    pub(crate) fn read<const D: usize>(&self) -> Result<Snapshot<D>> {
        Ok(match self {
            Self::File(path) => Snapshot::open(path),
            Self::Of(archive, number) => archive.read(*number),
        }?)
    }
}

pub(crate) fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "ffa")
}

/// The archive that `from` is, or that an output folder has; with one snapshot at least.
pub(crate) fn archive(from: &Path) -> Result<Archive> {
    let path = match is_archive(from) && !from.is_dir() {
        true => from.into(),
        false => snapshots_of(from),
    };
    let found = match path.exists() {
        true => {
            let archive = Archive::open(&path)?;
            if !archive.entries().is_empty() {
                return Ok(archive);
            }
            "no snapshots"
        }
        false if !from.exists() => "not there",
        false if from.join("snapshots").is_dir() => {
            "a folder `snapshots`, as earlier versions wrote it, and no snapshots.ffa"
        }
        false => "no snapshots",
    };
    let allowed = "a folder that `farfield run` wrote, an archive (.ffa), or a snapshot (.ffs)";
    Err(Error::refused(from.display(), found, allowed))
}

pub(crate) fn steps(all: &[Entry]) -> Vec<u64> {
    all.iter().map(|entry| entry.step).collect()
}

/// `0, 25, 50`; of many steps the first and the last ones.
pub(crate) fn steps_of(steps: &[u64], written: impl Fn(u64) -> String) -> String {
    let steps: Vec<String> = steps.iter().map(|step| written(*step)).collect();
    match steps.len() {
        0..=8 => steps.join(", "),
        n => format!(
            "{}, …, {}",
            steps[..4].join(", "),
            steps[n - 3..].join(", ")
        ),
    }
}

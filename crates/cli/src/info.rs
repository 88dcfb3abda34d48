//! `farfield info`: the machine, or what a file or folder holds.

use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::npy::Array;
use crate::run::folder::snapshots_of;
use crate::snapshots::{self, Number, steps_of};
use crate::text::{bytes, count, plural, say};
use clap::Args;
use farfield_dynamics::{Found, Snapshot};
use std::fs;
use std::path::{Path, PathBuf};

/// Describe this machine, or an output folder, one of its snapshots, or a .npy array
#[derive(Args, Debug)]
pub(crate) struct Info {
    path: Option<PathBuf>,
    #[command(flatten)]
    number: Number,
}

impl Info {
    pub(crate) fn run(&self) -> Result<()> {
        let Some(path) = &self.path else {
            return match self.number.given {
                None => machine(),
                Some(number) => {
                    let allowed = "only with an output folder";
                    Err(Error::refused("--snapshot", number, allowed))
                }
            };
        };
        let there = fs::metadata(path).map_err(Error::file("read", path))?;
        if self.number.given.is_some() {
            return file(&self.number.of(path)?);
        }
        if there.is_dir() {
            return folder(path);
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ffs") => file(path),
            Some("npy") => array(&Array::read(path)?),
            _ => {
                let allowed = "an output folder, a snapshot (.ffs) or an array (.npy)";
                Err(Error::refused(path.display(), "something else", allowed))
            }
        }
    }
}

fn row(name: &str, value: impl std::fmt::Display) {
    say(format_args!("{name:<18}{value}"));
}

fn machine() -> Result<()> {
    let sets: Vec<&str> = lanes::Chosen::all()
        .map(|chosen| chosen.set().name())
        .collect();
    let threads = std::thread::available_parallelism();
    row("farfield", env!("CARGO_PKG_VERSION"));
    row(
        "threads",
        threads.map_or("unknown".into(), |n| n.to_string()),
    );
    row(
        "instruction sets",
        format!("{} (the first is used)", sets.join(", ")),
    );
    Ok(())
}

fn folder(path: &Path) -> Result<()> {
    let all = snapshots::list(path)?;
    // What is damaged is told below.
    let dimension = all
        .iter()
        .find_map(|(_, path)| Snapshot::dimension(path).ok());
    in_dimension!(dimension.unwrap_or(2), D => found(&all, &Snapshot::<D>::latest(&snapshots_of(path))?))
}

fn found<const D: usize>(all: &[(u64, PathBuf)], found: &Found<D>) -> Result<()> {
    let steps = steps_of(all, count);
    row("snapshots", format!("{} (step {steps})", all.len()));
    for damaged in &found.skipped {
        row("damaged", damaged);
    }
    row("last good", found.path.display());
    snapshot(&found.snapshot)
}

fn file(path: &Path) -> Result<()> {
    in_dimension!(Snapshot::dimension(path)?, D => snapshot(&Snapshot::<D>::open(path)?))
}

fn snapshot<const D: usize>(snapshot: &Snapshot<D>) -> Result<()> {
    let (config, state) = (&snapshot.config, &snapshot.state);
    let (step, steps) = (count(state.step), count(config.time.steps));
    row("model", &snapshot.model);
    row("particles", count(state.n() as u64));
    row("start", config.initial.kind());
    row(
        "scheme",
        format!("{}, dt = {}", config.time.scheme.name(), config.time.dt),
    );
    row("step", format!("{step} of {steps}, t = {}", state.time));
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate().take(D) {
        row(name, range(state.positions.iter().map(|x| x[axis])));
    }
    row("circulations", range(state.circulations.iter().copied()));
    Ok(())
}

fn array(array: &Array) -> Result<()> {
    row("dtype", array.precision().numpy_name());
    row("shape", crate::npy::tuple(array.shape()));
    let numbers = array.as_f64();
    row("size", bytes(array.precision().size() * numbers.len()));
    let columns = match array.shape() {
        [_, columns] => *columns,
        _ => 1,
    };
    for column in 0..columns.min(4) {
        let all = numbers.iter().copied().skip(column).step_by(columns);
        row(&format!("column {column}"), range(all));
    }
    let bad = numbers.iter().filter(|x| !x.is_finite()).count();
    if bad > 0 {
        row("not finite", plural(bad, "number"));
    }
    Ok(())
}

/// `−1.5 to 2.25`, of the finite ones.
fn range(numbers: impl Iterator<Item = f64>) -> String {
    let finite = numbers.filter(|x| x.is_finite());
    let ends = finite.fold(None, |ends: Option<(f64, f64)>, x| match ends {
        None => Some((x, x)),
        Some((low, high)) => Some((low.min(x), high.max(x))),
    });
    match ends {
        None => "nothing".into(),
        Some((low, high)) if low == high => format!("{low:?}"),
        Some((low, high)) => format!("{low:?} to {high:?}"),
    }
}

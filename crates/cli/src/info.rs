//! `farfield info`: the machine, or what a file or folder holds.

use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::npy::Array;
use crate::snapshots::{Number, One, archive, is_archive, steps, steps_of};
use crate::text::{bytes, count, plural, say};
use clap::Args;
use farfield_dynamics::vortex_particles::COMPONENTS;
use farfield_dynamics::{Archive, Found, Snapshot};
use std::fs;
use std::path::PathBuf;

/// Describe this machine, or an output folder or archive (.ffa), one of its snapshots (.ffs), or a .npy array
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
                    let allowed = "only with an output folder or an archive";
                    Err(Error::refused("--snapshot", number, allowed))
                }
            };
        };
        let there = fs::metadata(path).map_err(Error::file("read", path))?;
        if self.number.given.is_some() {
            return one(&self.number.of(path)?);
        }
        if there.is_dir() || is_archive(path) {
            return whole(&archive(path)?);
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ffs") => one(&self.number.of(path)?),
            Some("npy") => array(&Array::read(path)?),
            _ => {
                let allowed =
                    "an output folder, an archive (.ffa), a snapshot (.ffs) or an array (.npy)";
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

fn whole(archive: &Archive) -> Result<()> {
    // What is damaged is told below.
    let numbers = 0..archive.entries().len();
    let dimension = numbers
        .rev()
        .find_map(|number| archive.dimension(number).ok());
    in_dimension!(dimension.unwrap_or(2), D => found(archive, &archive.latest::<D>()?))
}

fn found<const D: usize>(archive: &Archive, found: &Found<D>) -> Result<()> {
    let all = archive.entries();
    let steps = steps_of(&steps(all), count);
    row("snapshots", format!("{} (step {steps})", all.len()));
    row("archive", archive.path().display());
    for damaged in archive.damage() {
        row("damaged", damaged);
    }
    for damaged in &found.skipped {
        row("damaged", damaged);
    }
    row(
        "last good",
        format!("step {}", count(all[found.number].step)),
    );
    snapshot(&found.snapshot)
}

fn one(one: &One) -> Result<()> {
    in_dimension!(one.dimension()?, D => snapshot(&one.read::<D>()?))
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
    if D < COMPONENTS {
        row("circulations", range(state.circulations.iter().copied()));
        return Ok(());
    }
    let number = |at: usize| state.positions.iter().map(move |row| row[at]);
    for (axis, name) in ["alpha_x", "alpha_y", "alpha_z"].into_iter().enumerate() {
        row(name, range(number(3 + axis)));
    }
    row("delta", range(number(D - 1).map(f64::sqrt)));
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

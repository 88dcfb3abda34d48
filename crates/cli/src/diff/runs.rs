//! What differs between the output folders of two runs.

use super::states::{Difference, of_files};
use super::{Told, configs};
use crate::config::load;
use crate::error::{Error, Result};
use crate::run::folder::{config_of, diagnostics_of};
use crate::snapshots::{self, steps_of};
use crate::text::plural;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Tells what differs; what was looked at.
pub(super) fn compare(roots: [&Path; 2], told: &mut Told) -> Result<String> {
    let [a, b] = roots.map(snapshots::list);
    let (a, b) = (a?, b?);
    let [old, new] = roots.map(|root| load(Some(&config_of(root)), &[]));
    configs::compare([&old?, &new?], told)?;
    for (all, others, root) in [(&a, &b, roots[0]), (&b, &a, roots[1])] {
        let alone = all.iter().filter(|(step, _)| at(others, *step).is_none());
        let alone: Vec<_> = alone.cloned().collect();
        if !alone.is_empty() {
            let steps = steps_of(&alone, |step| step.to_string());
            let root = root.display();
            told.that("snapshots", format_args!("only in {root}: step {steps}"));
        }
    }
    let compared = states(&a, &b, told)?;
    diagnostics(roots, told)?;
    Ok(format!("configuration, {compared}, diagnostics.csv"))
}

fn at(all: &[(u64, PathBuf)], step: u64) -> Option<&Path> {
    let found = all.iter().find(|(there, _)| *there == step);
    found.map(|(_, path)| path.as_path())
}

/// Of the steps that both have and that differ, tells of the first and of the last.
fn states(a: &[(u64, PathBuf)], b: &[(u64, PathBuf)], told: &mut Told) -> Result<String> {
    let both = a
        .iter()
        .filter_map(|(step, a)| Some((step, a, at(b, *step)?)));
    let mut differing: Vec<(u64, Vec<Difference>)> = vec![];
    let mut compared = 0;
    for (step, a, b) in both {
        compared += 1;
        let (found, _) = of_files(a, b)?;
        if !found.is_empty() {
            differing.truncate(1);
            differing.push((*step, found));
        }
    }
    for (step, found) in differing {
        for (what, how) in found {
            told.that(&format!("{what} at step {step}"), how);
        }
    }
    Ok(plural(compared, "snapshot"))
}

/// Tells of the first row that is not the same.
fn diagnostics(roots: [&Path; 2], told: &mut Told) -> Result<()> {
    let texts = roots.map(|root| {
        let path = diagnostics_of(root);
        match fs::read_to_string(&path) {
            // A run that was killed before its first row.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            text => text.map_err(Error::file("read", &path)),
        }
    });
    let [a, b] = texts;
    let (a, b) = (a?, b?);
    let (mut a, mut b) = (a.lines(), b.lines());
    loop {
        let (row, other) = (a.next(), b.next());
        let Some(either) = row.or(other) else {
            return Ok(());
        };
        if row != other {
            let begins = either.split(',').next().unwrap_or_default();
            let how = match begins.parse::<u64>() {
                Ok(step) => format!("differs from step {step} on"),
                Err(_) => "has other columns".into(),
            };
            told.that("diagnostics.csv", how);
            return Ok(());
        }
    }
}

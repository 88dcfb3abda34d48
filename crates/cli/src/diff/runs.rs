//! What differs between the output folders of two runs.

use super::states::{Difference, of_both};
use super::{Told, configs};
use crate::config::load;
use crate::error::{Error, Result};
use crate::run::folder::{config_of, diagnostics_of};
use crate::snapshots::{One, archive, steps, steps_of};
use crate::text::plural;
use farfield_dynamics::Archive;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::rc::Rc;

/// Tells what differs; what was looked at.
pub(super) fn compare(roots: [&Path; 2], told: &mut Told) -> Result<String> {
    let [a, b] = roots.map(archive);
    let (a, b) = (Rc::new(a?), Rc::new(b?));
    let [old, new] = roots.map(|root| load(Some(&config_of(root)), &[]));
    configs::compare([&old?, &new?], told)?;
    for (all, others, root) in [(&a, &b, roots[0]), (&b, &a, roots[1])] {
        let mut alone = steps(all.entries());
        alone.retain(|step| at(others, *step).is_none());
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

fn at(all: &Archive, step: u64) -> Option<usize> {
    all.entries().iter().position(|entry| entry.step == step)
}

/// Of the steps that both have and that differ, tells of the first and of the last.
fn states(a: &Rc<Archive>, b: &Rc<Archive>, told: &mut Told) -> Result<String> {
    let all = a.entries().iter().enumerate();
    let both = all.filter_map(|(number, entry)| Some((entry.step, number, at(b, entry.step)?)));
    let mut differing: Vec<(u64, Vec<Difference>)> = vec![];
    let mut compared = 0;
    for (step, old, new) in both {
        compared += 1;
        let (found, _) = of_both(&One::Of(a.clone(), old), &One::Of(b.clone(), new))?;
        if !found.is_empty() {
            differing.truncate(1);
            differing.push((step, found));
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

//! Sums in dimensions other than 2 and 3, which the direct method alone takes.

use super::report::{Report, Seconds};
use super::save::{Kind, Results};
use super::{Arrays, Eval, Method};
use crate::error::{Error, Result};
use crate::files;
use crate::kernel::in_dimension;
use crate::npy::{Array, Number};
use crate::text::plural;
use farfield::direct::any_dimension::{SumsNd, evaluate};

impl Eval {
    pub(super) fn sum_in_any_dimension<T: Number>(&self, d: usize, arrays: &Arrays) -> Result<()> {
        let kernel = in_dimension(&self.kernel, d)?;
        if let Some(sides) = self.periodic.sides(d) {
            let allowed = format!(
                "nothing in {}, where sums are over all of space",
                plural(d, "dimension")
            );
            return Err(Error::refused("--periodic", format!("{sides:?}"), allowed));
        }
        let sources: Vec<T> = arrays.sources.coordinates(d)?;
        let strengths: Vec<Vec<T>> = arrays.strengths.strengths(sources.len() / d)?;
        let strengths: Vec<&[T]> = strengths.iter().map(Vec::as_slice).collect();
        let targets = arrays
            .targets
            .as_ref()
            .map(|all: &Array| all.coordinates(d));
        let targets: Option<Vec<T>> = targets.transpose()?;
        let targets = targets.as_ref().unwrap_or(&sources);
        let (wanted, isa) = (self.wanted(), self.machine.isa);
        let (sums, evaluate, threads) = self.machine.run(|| {
            let sum = || evaluate(d, targets, &sources, &strengths, &kernel, wanted, isa);
            let (sums, seconds) = self.timed(|| Ok(sum()?))?;
            Ok((sums, seconds, rayon::current_num_threads()))
        })?;
        if let Some(output) = &self.output {
            let results = Results {
                kinds: kinds(&sums, d),
                outputs: wanted,
                targets: targets.len() / d,
                several: arrays.strengths.shape().len() > 1,
            };
            results.save(output)?;
        }
        let report = Report {
            n_sources: sources.len() / d,
            n_targets: targets.len() / d,
            dimension: d,
            kernel: kernel.name(),
            periodic: None,
            tolerance: self.tolerance,
            method: Method::Direct,
            precision: T::NAME,
            threads,
            isa: self.machine.instruction_set().name(),
            seconds: Seconds {
                plan: 0.0,
                evaluate,
            },
            fast: None,
            operators: None,
            verified: None,
        };
        if let Some(path) = &self.report {
            files::write_json(path, &report)?;
        }
        self.summarise(&report, sums.len(), None, None);
        Ok(())
    }
}

fn kinds<T>(sums: &[SumsNd<T>], d: usize) -> [Kind<'_, T>; 3] {
    [
        Kind {
            name: "field",
            shape: vec![d],
            numbers: sums.iter().map(|sums| &sums.field[..]).collect(),
        },
        Kind {
            name: "potential",
            shape: vec![],
            numbers: sums.iter().map(|sums| &sums.potential[..]).collect(),
        },
        Kind {
            name: "gradient",
            shape: vec![d, d],
            numbers: sums.iter().map(|sums| &sums.gradient[..]).collect(),
        },
    ]
}

//! `replicas.csv`: one replica a row, in their order.

use crate::error::{Error, Result};
use crate::rows::{Rows, number, optional};
use farfield_dynamics::{Config, Inputs, RunEnd, Simulation};
use rayon::prelude::*;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// What every row has; after it stand four columns for each law.
pub(super) const FIRST: [&str; 6] = ["replica", "seed", "step", "time", "collapsed", "energy"];

/// Those of a law: expected, measured, standard error, bound.
pub(super) const COLUMNS: usize = 4;

/// Replicas that are made before any is written: many enough for every core, few enough that little is lost.
const BATCH: u64 = 64;

pub(super) struct Replicas {
    path: PathBuf,
    /// Names of the laws, in the order of their columns; empty before there is a row.
    pub(super) laws: Vec<String>,
    /// Fields of the rows.
    pub(super) rows: Vec<Vec<String>>,
}

impl Replicas {
    /// Those that are there; a half-written last row is left out.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::file("read", path)(error)),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = whole.lines().map(|line| line.split(',').map(String::from));
        let header: Vec<String> = lines.next().map(Iterator::collect).unwrap_or_default();
        let mut all = Self {
            path: path.into(),
            laws: header
                .iter()
                .filter_map(|name| name.strip_suffix(" expected").map(String::from))
                .collect(),
            rows: lines.map(Iterator::collect).collect(),
        };
        let rows = all.rows.iter().enumerate();
        let good = rows.map(|(i, row)| row.len() == header.len() && row[0] == i.to_string());
        if !(whole.is_empty() || header == all.header()) || !good.fold(true, |all, good| all & good)
        {
            let allowed = "rows of an ensemble of this version, in their order";
            return Err(Error::refused(path.display(), "something else", allowed));
        }
        if all.laws.is_empty() {
            all.rows.clear();
        }
        Ok(all)
    }

    pub(super) fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn header(&self) -> Vec<String> {
        let of_law = |law: &String| {
            let columns = ["expected", "measured", "standard error", "bound"];
            columns.map(|what| format!("{law} {what}"))
        };
        let laws = self.laws.iter().flat_map(of_law);
        FIRST.map(String::from).into_iter().chain(laws).collect()
    }

    /// Makes the replicas that are missing, and writes each batch as it is done.
    pub(super) fn make<const D: usize>(
        &mut self,
        config: &Config,
        inputs: &Inputs<D>,
        count: u64,
        tell: fn(u64, u64),
    ) -> Result<()> {
        let mut file = None;
        while self.count() < count {
            let first = self.count();
            let batch: Vec<u64> = (first..count.min(first + BATCH)).collect();
            let made: Vec<Result<Made>> = batch
                .into_par_iter()
                .with_max_len(1)
                .map(|replica| Made::new(config, inputs, replica))
                .collect();
            let made = made.into_iter().collect::<Result<Vec<_>>>()?;
            if self.laws.is_empty() {
                self.laws = made[0].laws.iter().map(|law| law.name.into()).collect();
            }
            if file.is_none() {
                let rows = self.rows.iter().map(|row| row.join(","));
                file = Some(Rows::start(&self.path, &self.header().join(","), rows)?);
            }
            let file = file.as_mut().expect("just opened");
            for made in made {
                let row = made.row(&self.laws);
                file.add(&row.join(","))?;
                self.rows.push(row);
            }
            file.sync()?;
            tell(self.count(), count);
        }
        Ok(())
    }
}

/// One replica at its end.
struct Made {
    replica: u64,
    seed: u64,
    step: u64,
    time: f64,
    collapsed: bool,
    energy: Option<f64>,
    laws: Vec<farfield_dynamics::Law>,
}

impl Made {
    fn new<const D: usize>(config: &Config, inputs: &Inputs<D>, replica: u64) -> Result<Self> {
        let failed =
            |error: farfield_dynamics::Error| Error::Failed(format!("replica {replica}: {error}"));
        let config = config.replica(replica);
        let seed = config.seed;
        let mut run = Simulation::from_config(config, inputs.clone()).map_err(failed)?;
        let end = run.run(&mut [], &AtomicBool::new(false)).map_err(failed)?;
        Ok(Self {
            replica,
            seed,
            step: run.state().step,
            time: run.state().time,
            collapsed: matches!(end, RunEnd::Collapsed(_)),
            energy: run.observables().hamiltonian,
            laws: run.laws(),
        })
    }

    /// A law that this replica does not have, as others do, leaves its fields empty.
    fn row(&self, names: &[String]) -> Vec<String> {
        let mut row = vec![
            self.replica.to_string(),
            self.seed.to_string(),
            self.step.to_string(),
            number(self.time),
            u8::from(self.collapsed).to_string(),
            optional(self.energy),
        ];
        for name in names {
            let law = self.laws.iter().find(|law| law.name == name);
            row.push(optional(law.map(|law| law.expected)));
            row.push(optional(law.map(|law| law.measured)));
            row.push(optional(law.map(|law| law.standard_error)));
            row.push(optional(law.map(|law| law.bound)));
        }
        row
    }
}

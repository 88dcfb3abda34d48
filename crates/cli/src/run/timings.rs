//! `timings.csv`: where the time went. Apart from the diagnostics, because no two runs have the same.

use crate::error::Result;
use crate::rows::{self, Rows, number};
use farfield_dynamics::config::Every;
use farfield_dynamics::{Config, ErrorKind, Observer, StepSeconds, View};
use std::path::Path;
use std::time::Instant;

/// The passes in the order of the columns, as users read them.
pub(super) const PASSES: [&str; 10] = [
    "tree and lists",
    "strengths in, results out",
    "upward (p2m, m2m)",
    "far pairs (m2l, l2l)",
    "leaves (p2p, l2p, m2p)",
    "error measurement",
    "noise",
    "update",
    "observables",
    "output",
];
const HEADER: &str =
    "step,seconds,rebuild,permute,upward,downward,leaves,check,noise,update,observe,output";

/// Seconds in the order of [`PASSES`].
type Seconds = [f64; PASSES.len()];

pub(super) struct Timings {
    rows: Rows,
    every: Every,
    /// When the observers had seen the state before.
    before: Instant,
    since_row: Seconds,
    /// Since this process began.
    here: Seconds,
    /// In rows of processes before.
    earlier: f64,
    /// Steps of this process.
    steps: u64,
}

impl Timings {
    pub(super) fn open(path: &Path, config: &Config, from: Option<u64>) -> Result<Self> {
        let mut old = match from {
            Some(_) => rows::read(path, HEADER)?,
            None => vec![],
        };
        old.retain(|(step, _)| Some(*step) <= from);
        let seconds = |row: &str| row.split(',').nth(1)?.parse::<f64>().ok();
        let earlier = old.iter().filter_map(|(_, row)| seconds(row)).sum();
        Ok(Self {
            rows: Rows::start(path, HEADER, old.into_iter().map(|(_, row)| row))?,
            every: config.output.diagnostics_every,
            before: Instant::now(),
            since_row: Seconds::default(),
            here: Seconds::default(),
            earlier,
            steps: 0,
        })
    }

    /// Whether the rows that are there can be gone on with.
    pub(super) fn check(path: &Path) -> Result<()> {
        rows::read(path, HEADER).map(drop)
    }

    /// Seconds of the run, all processes together.
    pub(super) fn total(&self) -> f64 {
        self.earlier + self.here.iter().sum::<f64>()
    }

    /// Seconds of this process by pass.
    pub(super) fn by_pass(&self) -> impl Iterator<Item = (&'static str, f64)> {
        PASSES.into_iter().zip(self.here)
    }

    /// Steps of this process.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    fn add<const D: usize>(&mut self, view: &View<D>) -> Result<()> {
        let step = &view.report.seconds;
        self.steps += u64::from(!view.first);
        let now = Instant::now();
        let whole = (now - self.before).as_secs_f64();
        self.before = now;
        for (i, seconds) in split(step, whole - step.total).into_iter().enumerate() {
            self.since_row[i] += seconds;
            self.here[i] += seconds;
        }
        let dt = view.simulation.config().time.dt;
        let due = self.every.due(view.state.step, dt);
        if due || view.last {
            let sum = self.since_row.iter().sum();
            let mut row = format!("{},{}", view.state.step, number(sum));
            for seconds in self.since_row {
                row += &format!(",{}", number(seconds));
            }
            self.since_row = Seconds::default();
            self.rows.add(&row)?;
        }
        Ok(())
    }
}

impl<const D: usize> Observer<D> for Timings {
    fn observe(&mut self, view: &View<D>) -> farfield_dynamics::Result<()> {
        let added = self.add(view);
        added.map_err(|e| farfield_dynamics::Error::new(ErrorKind::Observer, e.to_string()))
    }
}

fn split(step: &StepSeconds, output: f64) -> Seconds {
    let field = &step.field;
    [
        step.rebuild,
        field.permute,
        field.upward,
        field.downward,
        field.leaves,
        step.check,
        step.noise,
        step.update,
        step.observe,
        output.max(0.0),
    ]
}

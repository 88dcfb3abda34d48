//! `farfield bench`: the fast method against the direct sum over N.

mod about;
mod axes;
mod calibrate;
mod crossover;
mod fit;
mod measure;
mod plot;
mod records;
mod rounds;
mod sizes;
mod table;

use crate::clouds::BuiltIn;
use crate::error::{Error, Result};
use crate::files;
use crate::kernel::{InPlane, InSpace, fast_dimension, in_plane, in_space, known, no_field};
use crate::machine::Machine;
use crate::npy::{Number, Precision};
use crate::operators::Operators;
use crate::output_folder::OutputFolder;
use crate::outputs::{self, Output};
use crate::periodic::Periodic;
use crate::text::say;
use about::About;
use clap::Args;
use crossover::Crossover;
use farfield::{BiotSavart2d, Coulomb3d, Kernel, Options, Outputs, Plan};
use measure::{Measurement, Row};
use serde::Serialize;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Time the fast method against the direct sum over N, and find the N from which it is faster
///
/// The points are sources and targets at once. Every answer is checked before it is timed: against the direct sum at all
/// points as far as that is timed, and beyond at a thousand of them; ends with 1 if the tolerance is missed. The direct
/// sum is always in f64. The output folder gets bench.csv, a row for each N; bench.json, the same with machine, settings
/// and crossover; and bench.svg, seconds against N.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// As in eval [default: biot-savart, in space coulomb]
    #[arg(long, value_name = "NAME", value_parser = known)]
    kernel: Option<String>,
    /// Of the points: 2 or 3
    #[arg(long, value_name = "D", default_value_t = 2, value_parser = fast_dimension)]
    dimension: u8,
    /// Relative ℓ2 error that the sums may have
    #[arg(
        long,
        value_name = "T",
        default_value = "1e-6",
        allow_hyphen_values = true
    )]
    tolerance: f64,
    /// Of the fast method
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    precision: Precision,
    /// Where the points lie
    #[arg(long, value_enum, default_value_t = BuiltIn::Uniform)]
    cloud: BuiltIn,
    /// What is summed: field, potential or both
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "field"
    )]
    outputs: Vec<Output>,
    /// The first number of points
    #[arg(long, value_name = "N", default_value_t = 250)]
    from: usize,
    /// The last
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    to: usize,
    /// Time the direct sum up to so many points; beyond, its time is extrapolated, and marked so
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    direct_up_to: usize,
    /// Of so many rounds the fastest counts; none begins after a second [default: 3, to calibrate 10]
    #[arg(long, value_name = "R")]
    rounds: Option<usize>,
    /// Measure the constants of the cost model on one core instead, and write them to a file for --costs
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "farfield-costs.toml",
          conflicts_with_all = ["kernel", "tolerance", "precision", "cloud", "outputs", "from", "to", "direct_up_to",
                                "out", "threads", "costs", "periodic", "operators"])]
    calibrate: Option<PathBuf>,
    /// A new or empty output folder [default: farfield-bench, or the next free farfield-bench-2, …]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    periodic: Periodic,
    #[command(flatten)]
    operators: Operators,
    #[command(flatten)]
    machine: Machine,
}

const ROUNDS: usize = 3;
const DEFAULT_FOLDER: &str = "farfield-bench";
/// Above this a bench would run for hours.
const MOST: usize = 100_000_000;

/// `bench.json`, and what the picture shows.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    about: About,
    rows: Vec<Row>,
    crossover: Crossover,
}

impl Bench {
    pub(crate) fn run(&self) -> Result<()> {
        self.check()?;
        let name = self.kernel.as_deref();
        match (&self.calibrate, self.dimension) {
            (Some(file), 3) => calibrate::run(self, Coulomb3d, file),
            (Some(file), _) => calibrate::run(self, BiotSavart2d, file),
            (None, 3) => match in_space(name.unwrap_or("coulomb"))? {
                InSpace::Numbers(kernel) => self.of(kernel),
                InSpace::Vectors(kernel) => self.of(kernel),
                InSpace::Riesz(kernel) => self.of::<_, 3>(kernel),
                InSpace::Radial(kernel) => self.of::<_, 3>(kernel),
                InSpace::Landau(kernel) => Err(no_field(kernel).into()),
            },
            _ => match in_plane(name.unwrap_or("biot-savart"))? {
                InPlane::Harmonic(kernel) => self.of(kernel),
                InPlane::Riesz(kernel) => self.of::<_, 2>(kernel),
                InPlane::Radial(kernel) => self.of::<_, 2>(kernel),
                InPlane::Landau(kernel) => Err(no_field(kernel).into()),
            },
        }
    }

    fn of<K: Kernel<D>, const D: usize>(&self, kernel: K) -> Result<()> {
        self.machine.run(|| match self.precision {
            Precision::F64 => self.bench::<f64, K, D>(kernel),
            Precision::F32 => self.bench::<f32, K, D>(kernel),
        })
    }

    /// What can be refused before there is a folder, apart from what a plan refuses.
    fn check(&self) -> Result<()> {
        let within = |what: &str, found: usize, allowed: RangeInclusive<usize>| {
            if allowed.contains(&found) {
                return Ok(());
            }
            let allowed = format!("{} to {}", allowed.start(), allowed.end());
            Err(Error::refused(what, found, allowed))
        };
        within("--from", self.from, 1..=MOST)?;
        within("--to", self.to, 1..=MOST)?;
        within("--rounds", self.rounds(), 1..=1000)?;
        if self.from > self.to {
            let allowed = format!("at most {}, which is --to", self.to);
            return Err(Error::refused("--from", self.from, allowed));
        }
        self.out.as_deref().map_or(Ok(()), OutputFolder::check_new)
    }

    fn bench<T: Number, K: Kernel<D>, const D: usize>(&self, kernel: K) -> Result<()> {
        let kept = self.operators.keep()?;
        // A plan of nothing refuses a bad tolerance, kernel or instruction set.
        let options = self.options(D)?;
        Plan::<T, K, D>::new(&[], kernel.clone(), options)?;
        let folder = OutputFolder::create(self.out.as_deref(), DEFAULT_FOLDER)?;
        let about = About::new::<T, K, D>(self, &kernel, kept);
        table::head(&about);
        let mut measurement = Measurement::new(self, kernel);
        let mut report = Report {
            about,
            crossover: Crossover::find(&[]),
            rows: vec![],
        };
        for n in sizes::between(self.from, self.to) {
            let row = measurement.row::<T>(n)?;
            table::row(&row);
            report.rows.push(row);
            report.crossover = Crossover::find(&report.rows);
            // What is there stays there, should a later size fail or take too long.
            keep(&report, &folder)?;
        }
        table::passes(&report.rows);
        table::notes(&report);
        say(format_args!("\nwrote {}", folder.root().display()));
        Ok(())
    }

    /// Options of every plan.
    fn options(&self, dimension: usize) -> Result<Options> {
        let options = self
            .machine
            .options(self.tolerance, self.wanted(), dimension)?;
        Ok(self.periodic.options(options, dimension))
    }

    fn rounds(&self) -> usize {
        self.rounds.unwrap_or(ROUNDS)
    }

    fn wanted(&self) -> Outputs {
        outputs::wanted(&self.outputs)
    }
}

/// Writes everything that is known so far.
fn keep(report: &Report, folder: &OutputFolder) -> Result<()> {
    let path = |name| folder.root().join(name);
    files::write(&path("bench.csv"), |to| records::csv(to, &report.rows))?;
    files::write_json(&path("bench.json"), report)?;
    plot::write(&path("bench.svg"), report)
}

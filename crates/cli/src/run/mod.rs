//! `farfield run`: a simulation from a configuration to an output folder.

mod diagnostics;
mod dry_run;
pub(crate) mod folder;
mod progress;
mod records;
mod stop;
mod summary;
mod table;
mod timings;

use crate::animate;
use crate::config::{load, read_inputs};
use crate::costs::{self, Measured};
use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::error_budget;
use crate::machine::pool;
use crate::output_folder::OutputFolder;
use crate::pictures::Pictures;
use crate::snapshots::{Number, archive};
use crate::text::{self, count, plural, say, tell};
use clap::Args;
use diagnostics::Diagnostics;
use farfield::Costs;
use farfield_dynamics::{
    Archive, Collapse, Config, Found, Inputs, RunEnd, Simulation, SnapshotWriter,
};
use folder::Folder;
use progress::Progress;
use records::Records;
use std::path::PathBuf;
use std::process::ExitCode;
use stop::STOP;
use timings::Timings;

/// Simulate a particle system; without a configuration, a million vortices in two patches that merge
///
/// The output folder gets config.toml (resolved), diagnostics.csv, timings.csv, summary.json, pictures/, at the end with an
/// animation, and snapshots.ffa.
/// Ctrl-C finishes the step, writes a snapshot and stops; a second Ctrl-C aborts.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// The configuration [default: the built-in run]
    #[arg(value_name = "CONFIG.toml", conflicts_with = "resume")]
    config: Option<PathBuf>,
    /// Change a key of the configuration: --set initial.n=10000
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A new or empty output folder [default: farfield-run, or the next free farfield-run-2, …]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Go on from the last good snapshot of an output folder; time.steps, field.* and output.* may be set anew
    #[arg(long, value_name = "DIR")]
    resume: Option<PathBuf>,
    /// With --resume, go back to the snapshot of this step (-1 is the last, -2 the one before, …) and remove what the run
    /// wrote after it
    #[arg(long, value_name = "STEP", allow_negative_numbers = true)]
    snapshot: Option<i64>,
    /// Take time.dt and field.tolerance such that their errors stay below that of chance, by pilot runs, as check --errors tells
    #[arg(long, conflicts_with = "resume")]
    statistical: bool,
    /// Print what the run needs, and its expected time from a short trial; write nothing
    #[arg(long, conflicts_with = "resume")]
    dry_run: bool,
    /// Constants of this machine, from bench --calibrate, by which the leaf capacity is chosen when the run starts; it is
    /// kept in config.toml and in snapshots
    #[arg(long, value_name = "FILE", value_parser = costs::parse, conflicts_with = "resume")]
    costs: Option<Measured>,
    /// Threads to work with [default: all that the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// A stopped run ends as the shell expects after Ctrl-C.
const INTERRUPTED: u8 = 130;

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let pool = pool(self.threads)?;
        if let Some(folder) = &self.resume {
            let folder = Folder::open(folder)?;
            let config = load(Some(&folder.config()), &self.set)?;
            return pool.install(
                || in_dimension!(config.model.components(), D => self.resume::<D>(&folder, config)),
            );
        }
        // `requires` of clap does not hold beside what conflicts with --resume.
        if let Some(number) = self.snapshot {
            return Err(Error::refused("--snapshot", number, "only with --resume"));
        }
        let config = load(self.config.as_deref(), &self.set)?;
        pool.install(
            || in_dimension!(config.model.components(), D => self.in_dimension::<D>(config)),
        )
    }

    fn in_dimension<const D: usize>(&self, mut config: Config) -> Result<ExitCode> {
        let mut inputs = read_inputs::<D>(&config)?;
        inputs.costs = self.costs_for(&config)?;
        if self.statistical {
            config = error_budget::tell(&config, &inputs)?.enough(&config);
            say("");
        }
        if self.dry_run {
            dry_run::print(&config, &inputs)?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(out) = &self.out {
            OutputFolder::check_new(out)?;
        }
        self.start(config, inputs)
    }

    /// The constants to choose the leaf capacity by, which must be open.
    fn costs_for(&self, config: &Config) -> Result<Option<Costs>> {
        let Some(measured) = self.costs else {
            return Ok(None);
        };
        if let Some(capacity) = config.field.leaf_capacity {
            let found = format!("given beside field.leaf_capacity = {capacity}");
            return Err(Error::refused("--costs", found, "one of them"));
        }
        let dimension = config.model.dimension();
        measured
            .check(lanes::Chosen::detect().set(), dimension)
            .map(Some)
    }

    fn start<const D: usize>(&self, config: Config, inputs: Inputs<D>) -> Result<ExitCode> {
        let simulation = Simulation::from_config(config, inputs)?;
        let folder = Folder::create(self.out.as_deref())?;
        folder.write_config(simulation.config())?;
        go(simulation, &folder, false)
    }

    fn resume<const D: usize>(&self, folder: &Folder, config: Config) -> Result<ExitCode> {
        let mut snapshots = archive(folder.root())?;
        snapshots.damage().iter().for_each(tell);
        let found: Found<D> = self.found(&snapshots)?;
        let simulation = Simulation::resume(config, found.snapshot)?;
        let step = simulation.state().step;
        if self.snapshot.is_some() {
            // What could refuse to be gone on with must do so before anything is removed.
            let config = simulation.config();
            Diagnostics::check(&folder.diagnostics(), config)?;
            Timings::check(&folder.timings())?;
            Pictures::new(folder.pictures(), config)?;
            folder.go_back(&mut snapshots, found.number)?;
        }
        if let damaged @ 1.. = snapshots.entries().len() - found.number - 1 {
            let damaged = plural(damaged, "damaged snapshot");
            tell(format_args!("cut off {damaged}, to be made again"));
        }
        // With what is torn behind it. One whose record has no end is written again, as the first state of what follows.
        let ends = snapshots.entries()[found.number].hash.is_some();
        snapshots.truncate(found.number + usize::from(ends))?;
        folder.write_config(simulation.config())?;
        say(format_args!(
            "going on from step {step}, {}",
            snapshots.path().display()
        ));
        go(simulation, folder, true)
    }

    /// The snapshot to go on from.
    fn found<const D: usize>(&self, snapshots: &Archive) -> Result<Found<D>> {
        let given = self.snapshot;
        if given.is_some() {
            let number = Number { given }.place(snapshots.entries())?;
            return Ok(Found {
                snapshot: snapshots.read(number)?,
                number,
                skipped: vec![],
            });
        }
        let found = snapshots.latest()?;
        for damaged in &found.skipped {
            tell(format_args!("passed over a damaged snapshot: {damaged}"));
        }
        Ok(found)
    }
}

/// Runs to the end, or to where it is stopped.
fn go<const D: usize>(
    mut simulation: Simulation<D>,
    folder: &Folder,
    resumed: bool,
) -> Result<ExitCode> {
    announce(&simulation, folder);
    let config = simulation.config().clone();
    let from = resumed.then_some(simulation.state().step);
    let mut records = Records {
        diagnostics: Diagnostics::open(&folder.diagnostics(), &config, from)?,
        pictures: Pictures::new(folder.pictures(), &config)?,
        snapshots: SnapshotWriter::new(folder.snapshots(), config.output.snapshot_every)?,
    };
    let mut timings = Timings::open(&folder.timings(), &config, from)?;
    let mut progress = Progress::new(&config);
    stop::listen(progress.bar())?;
    let end = simulation.run(&mut [&mut records, &mut timings, &mut progress], &STOP);
    progress.finish();
    match end {
        Ok(RunEnd::Finished | RunEnd::Collapsed(_)) => {
            summary::write(&folder.summary(), &simulation, timings.total())?;
            table::print(&simulation, &progress.checks, &timings);
            simulation.collapse().iter().for_each(tell_of);
            say(format_args!("\nwrote {}", folder.root().display()));
            animate::at_end(&folder.pictures())?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(RunEnd::Stopped) => {
            let (step, steps) = (simulation.state().step, config.time.steps);
            say(format_args!(
                "stopped after step {step} of {steps}; {}",
                how_to_go_on(folder)
            ));
            Ok(ExitCode::from(INTERRUPTED))
        }
        Err(error) => Err(keep_last_good(&simulation, &mut records, error)),
    }
}

/// Where the run ended before its steps were made.
fn tell_of<const D: usize>(collapse: &Collapse<D>) {
    let centre = collapse.centre.map(|x| format!("{x:.4e}")).join(", ");
    let (side, shape) = (collapse.side, if D == 2 { "square" } else { "cube" });
    let (time, step) = (collapse.time, collapse.step);
    let particles = plural(collapse.particles, "particle");
    let share = 100.0 * collapse.mass;
    say(format_args!(
        "\ncollapse at t = {time}, step {step}: {particles}, {share:.3} % of all, in a {shape} of side {side:.2e} around \
         [{centre}].\nSteps of this length no longer resolve them, and the run ended there."
    ));
}

fn announce<const D: usize>(simulation: &Simulation<D>, folder: &Folder) {
    let (config, plan) = (simulation.config(), simulation.plan_report());
    let particles = particles(config, simulation.state().n());
    let (scheme, steps, dt) = (config.time.scheme.name(), config.time.steps, config.time.dt);
    let tolerance = text::tolerance(config.field.tolerance);
    say(format_args!(
        "{particles}, {scheme}, {steps} steps of dt = {dt}, tolerance {tolerance}"
    ));
    let threads = plural(rayon::current_num_threads(), "thread");
    let (isa, cells) = (plan.instruction_set, plural(plan.cells, "cell"));
    let (capacity, folder) = (plan.leaf_capacity, folder.root().display());
    say(format_args!(
        "{threads}, {isa}, tree of {cells}, leaves of up to {capacity}, output in {folder}"
    ));
}

/// `1 vortex`, `2,000 vortices`, `2,000 particles`.
fn particles(config: &Config, n: usize) -> String {
    match (config.model.kind(), n) {
        ("vortex", 1) => "1 vortex".into(),
        ("vortex", _) => format!("{} vortices", count(n as u64)),
        _ => plural(n, "particle"),
    }
}

fn how_to_go_on(folder: &Folder) -> String {
    format!(
        "go on with: farfield run --resume {}",
        folder.root().display()
    )
}

/// The state before the error is good: it is kept, to be looked at or gone on from.
fn keep_last_good<const D: usize>(
    simulation: &Simulation<D>,
    records: &mut Records,
    error: farfield_dynamics::Error,
) -> Error {
    let path = records.snapshots.archive().path().to_path_buf();
    let kept = match records.keep(simulation) {
        Ok(()) => Ok(simulation.state().step),
        Err(_) => Archive::open(&path)
            .and_then(|left| left.latest::<D>())
            .map(|found| found.snapshot.state.step),
    };
    let kept = match kept {
        Ok(step) => format!("; the last good state is step {step} of {}", path.display()),
        Err(_) => String::new(),
    };
    Error::Failed(format!("{error}{kept}"))
}

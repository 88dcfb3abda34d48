//! `farfield ensemble`: replicas of one configuration, each with its own seed, and what their laws say together.

mod replicas;
mod summary;

use crate::config::{load, read_inputs};
use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::machine::pool;
use crate::output_folder::OutputFolder;
use crate::text::{plural, say, tell};
use crate::{config, files};
use clap::Args;
use farfield_dynamics::Config;
use replicas::Replicas;
use std::path::{Path, PathBuf};

/// Run replicas of a configuration, each with its own seed, as many at once as there are threads
///
/// The output folder gets config.toml (resolved), replicas.csv, a row for each replica with its seed, by which `run --set seed=…` makes it
/// again, and summary.json, what the exact laws say of all together. Both are the same bytes for any number of threads and restarts.
#[derive(Args, Debug)]
pub(crate) struct Ensemble {
    /// The configuration
    #[arg(
        value_name = "CONFIG.toml",
        required_unless_present = "resume",
        conflicts_with = "resume"
    )]
    config: Option<PathBuf>,
    /// How many
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    replicas: u64,
    /// Change a key of the configuration: --set initial.n=1000
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "resume")]
    set: Vec<String>,
    /// A new or empty output folder [default: farfield-ensemble, or the next free one]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Go on in the output folder of an ensemble that was stopped, or that shall have more replicas
    #[arg(long, value_name = "DIR")]
    resume: Option<PathBuf>,
    /// Threads to work with [default: all that the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

const DEFAULT: &str = "farfield-ensemble";

impl Ensemble {
    pub(crate) fn run(&self) -> Result<()> {
        let pool = pool(self.threads)?;
        let begun = self.resume.as_deref().map(open).transpose()?;
        let config = match &begun {
            Some(folder) => load(Some(&config_of(folder)), &[])?,
            None => load(self.config.as_deref(), &self.set)?,
        };
        pool.install(
            || in_dimension!(config.model.components(), D => self.in_dimension::<D>(&config, begun)),
        )
    }

    fn in_dimension<const D: usize>(
        &self,
        config: &Config,
        begun: Option<OutputFolder>,
    ) -> Result<()> {
        let inputs = read_inputs::<D>(config)?;
        let folder = match begun {
            Some(folder) => folder,
            None => {
                let folder = OutputFolder::create(self.out.as_deref(), DEFAULT)?;
                config::write(&config_of(&folder), config, "ensemble")?;
                folder
            }
        };
        let path = folder.root().join("replicas.csv");
        let mut all = Replicas::open(&path)?;
        let there = all.count();
        if there > self.replicas {
            let allowed = format!("at least {there}, which are there");
            return Err(Error::refused(
                "--replicas",
                self.replicas.to_string(),
                allowed,
            ));
        }
        say(format_args!(
            "{} of {}, output in {}",
            plural(self.replicas as usize, "replica"),
            config.model.kind(),
            folder.root().display()
        ));
        all.make(config, &inputs, self.replicas, tell_of)?;
        let summary = summary::Summary::of(&all)?;
        files::write_json(&folder.root().join("summary.json"), &summary)?;
        summary.print();
        say(format_args!("\nwrote {}", folder.root().display()));
        Ok(())
    }
}

fn tell_of(made: u64, of: u64) {
    tell(format_args!("replica {made} of {of}"));
}

fn config_of(folder: &OutputFolder) -> PathBuf {
    folder.root().join("config.toml")
}

/// The folder of an ensemble that was begun.
fn open(root: &Path) -> Result<OutputFolder> {
    if !root.join("config.toml").is_file() || !root.join("replicas.csv").is_file() {
        let found = format!("{}: no output folder of an ensemble", root.display());
        let allowed = "a folder with config.toml and replicas.csv";
        return Err(Error::refused("--resume", found, allowed));
    }
    let folder = OutputFolder::lock(root.into())?;
    files::remove_unfinished(root)?;
    Ok(folder)
}

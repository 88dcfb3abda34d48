//! The output folder of a run: what lies where.

use crate::error::{Error, Result};
use crate::files;
use crate::output_folder::OutputFolder;
use farfield_dynamics::Config;
use std::fs;
use std::path::{Path, PathBuf};

const DEFAULT: &str = "farfield-run";

pub(crate) struct Folder(OutputFolder);

impl Folder {
    /// A new folder; `None` takes the next free default name. Results are never overwritten.
    pub(super) fn create(out: Option<&Path>) -> Result<Self> {
        let folder = Self(OutputFolder::create(out, DEFAULT)?);
        folder.make_inner()?;
        Ok(folder)
    }

    /// The folder of an earlier run.
    pub(super) fn open(root: &Path) -> Result<Self> {
        if !root.join("config.toml").is_file() {
            let found = match root.exists() {
                true => "no output folder of a run",
                false => "not there",
            };
            let found = format!("{}: {found}", root.display());
            let allowed = "a folder with config.toml and snapshots";
            return Err(Error::refused("--resume", found, allowed));
        }
        let folder = Self(OutputFolder::lock(root.into())?);
        folder.make_inner()?;
        files::remove_unfinished(folder.root())?;
        files::remove_unfinished(&folder.pictures())?;
        Ok(folder)
    }

    fn make_inner(&self) -> Result<()> {
        for inner in [self.snapshots(), self.pictures()] {
            fs::create_dir_all(&inner).map_err(Error::file("make the folder", &inner))?;
        }
        Ok(())
    }

    /// The resolved configuration, with which the run can be repeated.
    pub(super) fn write_config(&self, config: &Config) -> Result<()> {
        crate::config::write(&self.config(), config, "run")
    }

    pub(super) fn root(&self) -> &Path {
        self.0.root()
    }

    pub(super) fn config(&self) -> PathBuf {
        self.root().join("config.toml")
    }

    pub(super) fn summary(&self) -> PathBuf {
        self.root().join("summary.json")
    }

    pub(super) fn diagnostics(&self) -> PathBuf {
        self.root().join("diagnostics.csv")
    }

    pub(super) fn timings(&self) -> PathBuf {
        self.root().join("timings.csv")
    }

    pub(super) fn pictures(&self) -> PathBuf {
        self.root().join("pictures")
    }

    pub(super) fn snapshots(&self) -> PathBuf {
        snapshots_of(self.root())
    }
}

/// Where an output folder keeps its snapshots.
pub(crate) fn snapshots_of(root: &Path) -> PathBuf {
    root.join("snapshots")
}

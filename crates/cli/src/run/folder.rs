//! The output folder of a run: what lies where.

use crate::animate;
use crate::error::{Error, Result};
use crate::files;
use crate::output_folder::OutputFolder;
use crate::pictures::animation;
use crate::text::{plural, say};
use farfield_dynamics::{Archive, Config};
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
        if !config_of(root).is_file() {
            let found = match root.exists() {
                true => "no output folder of a run",
                false => "not there",
            };
            let found = format!("{}: {found}", root.display());
            let allowed = "a folder with config.toml and snapshots.ffa";
            return Err(Error::refused("--resume", found, allowed));
        }
        let folder = Self(OutputFolder::lock(root.into())?);
        folder.make_inner()?;
        files::remove_unfinished(folder.root())?;
        files::remove_unfinished(&folder.pictures())?;
        Ok(folder)
    }

    fn make_inner(&self) -> Result<()> {
        let pictures = self.pictures();
        fs::create_dir_all(&pictures).map_err(Error::file("make the folder", &pictures))
    }

    /// Removes what later steps than that of the snapshot of this number have made, and says so. The snapshots go first, so that the
    /// rest can still be gone on from where this is cut short.
    pub(super) fn go_back(&self, snapshots: &mut Archive, number: usize) -> Result<()> {
        let (step, before) = (snapshots.entries()[number].step, snapshots.entries().len());
        snapshots.truncate(number + 1)?;
        let pictures = animation::list(&self.pictures())?;
        let later = pictures.iter().rev().filter(|(later, _)| *later > step);
        let gif = animate::default(&self.pictures());
        let whole = [self.summary(), gif.with_extension("mp4"), gif];
        let all: Vec<_> = later.map(|(_, path)| path).chain(&whole).collect();
        let all: Vec<_> = all.into_iter().filter(|path| path.exists()).collect();
        for path in &all {
            fs::remove_file(path).map_err(Error::file("remove", path))?;
        }
        let (later, files) = (before - number - 1, plural(all.len(), "file"));
        let later = plural(later, "snapshot");
        say(format_args!(
            "went back to step {step}: removed {later} and {files} of later steps"
        ));
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
        config_of(self.root())
    }

    pub(super) fn summary(&self) -> PathBuf {
        self.root().join("summary.json")
    }

    pub(super) fn diagnostics(&self) -> PathBuf {
        diagnostics_of(self.root())
    }

    pub(super) fn timings(&self) -> PathBuf {
        self.root().join("timings.csv")
    }

    pub(super) fn pictures(&self) -> PathBuf {
        pictures_of(self.root())
    }

    pub(super) fn snapshots(&self) -> PathBuf {
        snapshots_of(self.root())
    }
}

/// Where an output folder has its configuration.
pub(crate) fn config_of(root: &Path) -> PathBuf {
    root.join("config.toml")
}

/// Where it has what was measured.
pub(crate) fn diagnostics_of(root: &Path) -> PathBuf {
    root.join("diagnostics.csv")
}

/// Where it keeps its pictures.
pub(crate) fn pictures_of(root: &Path) -> PathBuf {
    root.join("pictures")
}

/// Where it keeps its snapshots.
pub(crate) fn snapshots_of(root: &Path) -> PathBuf {
    root.join("snapshots.ffa")
}

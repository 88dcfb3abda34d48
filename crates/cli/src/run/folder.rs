//! The output folder: what lies where, and whose it is.

use crate::error::{Error, Result};
use crate::files;
use farfield_dynamics::Config;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const DEFAULT: &str = "farfield-run";

pub(crate) struct Folder {
    root: PathBuf,
    /// Held while the run writes here; the operating system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// A new folder; `None` takes the next free default name. Results are never overwritten.
    pub(super) fn create(out: Option<&Path>) -> Result<Self> {
        let root = match out {
            Some(out) => {
                Self::check_new(out)?;
                fs::create_dir_all(out).map_err(Error::file("make the folder", out))?;
                out.to_path_buf()
            }
            None => next_free()?,
        };
        let folder = Self::lock(root)?;
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
        let folder = Self::lock(root.into())?;
        folder.make_inner()?;
        files::remove_unfinished(&folder.root)?;
        files::remove_unfinished(&folder.pictures())?;
        Ok(folder)
    }

    fn make_inner(&self) -> Result<()> {
        for inner in [self.snapshots(), self.pictures()] {
            fs::create_dir_all(&inner).map_err(Error::file("make the folder", &inner))?;
        }
        Ok(())
    }

    /// `out` must be new or empty.
    pub(super) fn check_new(out: &Path) -> Result<()> {
        let refused = |found: &str| {
            let found = format!("{} {found}", out.display());
            let allowed = "a new or empty folder; results are never overwritten";
            Err(Error::refused("--out", found, allowed))
        };
        match fs::read_dir(out) {
            Ok(mut entries) => match entries.next() {
                None => Ok(()),
                Some(_) => refused("holds something"),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) if out.exists() && !out.is_dir() => refused("is a file"),
            Err(error) => Err(Error::file("read the folder", out)(error)),
        }
    }

    fn lock(root: PathBuf) -> Result<Self> {
        let path = root.join(".lock");
        let lock = File::create(&path).map_err(Error::file("write", &path))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let allowed = "a folder that no other run writes to";
                Err(Error::refused(root.display(), "in use", allowed))
            }
            // A file system without locks is no reason to refuse.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { root, _lock: lock }),
        }
    }

    /// The resolved configuration, with which the run can be repeated.
    pub(super) fn write_config(&self, config: &Config) -> Result<()> {
        let text =
            toml::to_string(config).map_err(|e| Error::Failed(format!("config.toml: {e}")))?;
        let version = env!("CARGO_PKG_VERSION");
        files::write(&self.config(), |to| {
            write!(
                to,
                "# farfield {version}: the whole configuration of this run.\n{text}"
            )
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    pub(super) fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }

    pub(super) fn diagnostics(&self) -> PathBuf {
        self.root.join("diagnostics.csv")
    }

    pub(super) fn timings(&self) -> PathBuf {
        self.root.join("timings.csv")
    }

    pub(super) fn pictures(&self) -> PathBuf {
        self.root.join("pictures")
    }

    pub(super) fn snapshots(&self) -> PathBuf {
        snapshots_of(&self.root)
    }
}

/// Where an output folder keeps its snapshots.
pub(crate) fn snapshots_of(root: &Path) -> PathBuf {
    root.join("snapshots")
}

fn next_free() -> Result<PathBuf> {
    for i in 1u32.. {
        let name = match i {
            1 => DEFAULT.to_string(),
            _ => format!("{DEFAULT}-{i}"),
        };
        match fs::create_dir(&name) {
            Ok(()) => return Ok(name.into()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::file("make the folder", Path::new(&name))(error)),
        }
    }
    Err(Error::refused(
        "--out",
        "none",
        "a name; the default ones are all taken",
    ))
}

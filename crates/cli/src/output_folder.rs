//! A folder for results: new or empty at first, and written to by one process at a time.

use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const LOCK: &str = ".lock";

pub(crate) struct OutputFolder {
    root: PathBuf,
    /// Held while this process writes here; the operating system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl OutputFolder {
    /// A new folder; without `out` the next free one of `default`, `default-2`, … Results are never overwritten.
    pub(crate) fn create(out: Option<&Path>, default: &str) -> Result<Self> {
        let root = match out {
            Some(out) => {
                Self::check_new(out)?;
                fs::create_dir_all(out).map_err(Error::file("make the folder", out))?;
                out.to_path_buf()
            }
            None => next_free(default)?,
        };
        Self::lock(root)
    }

    /// `out` must be new or empty. A lock alone is what a process left that wrote nothing.
    pub(crate) fn check_new(out: &Path) -> Result<()> {
        let refused = |found: &str| {
            let found = format!("{} {found}", out.display());
            let allowed = "a new or empty folder; results are never overwritten";
            Err(Error::refused("--out", found, allowed))
        };
        match fs::read_dir(out) {
            Ok(mut entries) => {
                match entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == LOCK)) {
                    true => Ok(()),
                    false => refused("holds something"),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) if out.exists() && !out.is_dir() => refused("is a file"),
            Err(error) => Err(Error::file("read the folder", out)(error)),
        }
    }

    /// Takes a folder that is there, unless another process has it.
    pub(crate) fn lock(root: PathBuf) -> Result<Self> {
        let path = root.join(LOCK);
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

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

fn next_free(default: &str) -> Result<PathBuf> {
    for i in 1u32.. {
        let name = match i {
            1 => default.to_string(),
            _ => format!("{default}-{i}"),
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

//! Where the operators of interpolated far fields are kept between processes; no other module of this crate knows of files.
//!
//! Such operators ([`Riesz`](crate::Riesz), [`RadialKernel`](crate::RadialKernel), wide cores, [`landau`](crate::landau)) depend
//! on the kernel and the tolerance alone, and in space it takes seconds to make them. [`keep_in`] names a folder for them;
//! without it the last few are kept in memory, as long as the process lives.
//!
//! ```
//! use farfield::{Options, Plan, Riesz, operators};
//! let folder = std::env::temp_dir().join("farfield-operators-of-an-example");
//! operators::keep_in(Some(&folder))?;
//! let positions: Vec<[f64; 3]> = (0..2000).map(|i| [0.7, 1.1, 1.7].map(|a| f64::sin(a * i as f64))).collect();
//! let plan = Plan::new(&positions, Riesz { s: 0.5 }, Options::tolerance(0.01))?;
//! let found = plan.report().operators;
//! assert_eq!(found.made + found.from_memory + found.from_disk, 1);
//! # operators::keep_in(None)?;
//! # std::fs::remove_dir_all(&folder).ok();
//! # Ok::<(), farfield::Error>(())
//! ```

use crate::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

static FOLDER: RwLock<Option<Folder>> = RwLock::new(None);

/// Keeps operators in this folder from now on, for all plans of this process, and takes them from there; `None`, as in the
/// beginning, neither reads nor writes.
///
/// The folder is made if it is not there. A set in space is a file of 1 to 40 MB, in the plane at tolerances below 1e-6 of 1 to
/// 3 MB; smaller ones, which take some 20 ms to make or less, are not written, nor are those that this process has in memory.
/// Any number of processes may share a folder, and it may be deleted at any time; nothing else deletes from it. Files that are
/// damaged, or of another version, kernel or kind of processor, are not used: sums have the same bits as without the folder. A
/// file that cannot be written stops no plan, but its [report](crate::OperatorsReport::not_kept) says so.
///
/// Errors: a folder that cannot be made or written, which changes nothing.
pub fn keep_in(folder: Option<&Path>) -> Result<()> {
    let folder = folder.map(Folder::new).transpose()?;
    *FOLDER.write().unwrap_or_else(PoisonError::into_inner) = folder;
    Ok(())
}

/// What [`keep_in`] was told.
pub(crate) fn folder() -> Option<Folder> {
    FOLDER
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// A folder of files that are whole, or not there.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// Larger files are not of this crate.
const MOST: u64 = 1 << 30;
/// What names begin with until the file is whole.
const BESIDE: &str = ".farfield-";
/// What is still not whole after so long was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

impl Folder {
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let open = || {
            fs::create_dir_all(path)?;
            // Whatever the process makes its working folder later.
            let folder = Self(fs::canonicalize(path)?);
            folder.beside()?;
            folder.remove_abandoned()?;
            Ok(folder)
        };
        open().map_err(|error: io::Error| {
            let found = format!("{}: {}", path.display(), reason(&error));
            Error::argument("folder of operators", found, "one that can be written")
        })
    }

    /// The contents of a file, if it can be read.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.0.join(name);
        // A pipe would wait for its other end.
        let length = fs::metadata(&path)
            .ok()
            .filter(fs::Metadata::is_file)?
            .len();
        let file = File::open(path).ok()?;
        let mut contents = vec![];
        if length <= MOST {
            contents.reserve_exact(length as usize);
            file.take(MOST).read_to_end(&mut contents).ok()?;
        }
        Some(contents)
    }

    /// Writes a file, in place of an earlier one: whole, or not at all. An error says why.
    pub(crate) fn write(&self, name: &str, contents: &[u8]) -> Result<(), String> {
        let write = || {
            // It may have been deleted.
            fs::create_dir_all(&self.0)?;
            let mut beside = self.beside()?;
            beside.write_all(contents)?;
            beside.as_file().sync_all()?;
            beside.persist(self.0.join(name))?;
            Ok(())
        };
        write().map_err(|error: io::Error| format!("{}: {}", self.0.display(), reason(&error)))
    }

    /// A new file that is removed when it is dropped.
    fn beside(&self) -> io::Result<tempfile::NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(BESIDE);
        // Temporary files are private by default; these get what the user's umask gives.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.tempfile_in(&self.0)
    }

    fn remove_abandoned(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
            let is_ours = entry.file_name().to_string_lossy().starts_with(BESIDE);
            if is_ours && age().is_some_and(|age| age > ABANDONED) {
                // Another process may have been faster.
                fs::remove_file(entry.path()).ok();
            }
        }
        Ok(())
    }
}

/// Without "(os error 28)", which tells nobody anything.
fn reason(error: &io::Error) -> String {
    let reason = error.to_string();
    reason.split(" (os error").next().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn what_killed_processes_left_is_removed() {
        let place = TempDir::new().unwrap();
        let make = |name: &str, age: u64| {
            let file = File::create(place.path().join(name)).unwrap();
            let then = std::time::SystemTime::now() - Duration::from_secs(age);
            file.set_modified(then).unwrap();
        };
        make(".farfield-old", 7200);
        make(".farfield-new", 60);
        make("old", 7200);
        Folder::new(place.path()).unwrap();
        let left = |name: &str| place.path().join(name).exists();
        assert!(!left(".farfield-old") && left(".farfield-new") && left("old"));
    }

    #[test]
    fn folders_that_cannot_be_written_are_refused() {
        let place = TempDir::new().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "x").unwrap();
        for path in [file.clone(), file.join("below")] {
            let error = keep_in(Some(&path)).unwrap_err().to_string();
            let start = format!("folder of operators: {}: ", path.display());
            assert!(error.starts_with(&start), "{error}");
            assert!(
                error.ends_with("(allowed: one that can be written)"),
                "{error}"
            );
        }
        assert!(folder().is_none());
    }
}

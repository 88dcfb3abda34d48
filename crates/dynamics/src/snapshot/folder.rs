//! Snapshots in a folder: written beside and renamed, found again, damaged ones passed over.

use super::Snapshot;
use crate::{Error, ErrorKind, Observer, Result, View};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The newest snapshot of a folder that can be read.
#[derive(Debug)]
pub struct Found<const D: usize = 2> {
    /// What was read.
    pub snapshot: Snapshot<D>,
    /// Where.
    pub path: PathBuf,
    /// Newer ones that were damaged, and how.
    pub skipped: Vec<Error>,
}

/// Name of a file that is being written: what stands before and after its random part.
const PART: (&str, &str) = (".snapshot-", ".part");

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error {
    move |error| Error::new(ErrorKind::Io, format!("{}: {error}", path.display()))
}

impl<const D: usize> Snapshot<D> {
    /// Writes the snapshot into the folder, under [`Snapshot::file_name`], beside and renamed: a file of this name is
    /// there whole or not at all, and is on the disk when this returns.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join(Snapshot::file_name(self.state.step));
        self.write_to(&path, folder).map_err(failed(&path))?;
        Ok(path)
    }

    fn write_to(&self, path: &Path, folder: &Path) -> std::io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PART.0).suffix(PART.1);
        // As readable as any other file of the user, not private as temporary files are.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut beside = builder.tempfile_in(folder)?;
        let mut out = BufWriter::with_capacity(1 << 20, beside.as_file_mut());
        self.encode(&mut out)?;
        out.flush()?;
        drop(out);
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|error| error.error)?;
        // The name is only safe on the disk when the folder is.
        #[cfg(unix)]
        fs::File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// Reads one file; the error names the file and says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self> {
        let file = fs::read(path).map_err(failed(path))?;
        Self::decode(&file)
            .map_err(|error| Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    /// The newest snapshot of the folder that can be read; an error if there is none.
    pub fn latest(folder: &Path) -> Result<Found<D>> {
        let mut skipped = Vec::new();
        for (_, path) in Snapshot::list(folder)?.into_iter().rev() {
            match Self::open(&path) {
                Ok(snapshot) => {
                    return Ok(Found {
                        snapshot,
                        path,
                        skipped,
                    });
                }
                Err(error) => skipped.push(error),
            }
        }
        let mut text = format!("{}: no snapshot that can be read", folder.display());
        for error in skipped {
            text += &format!("; {error}");
        }
        Err(Error::new(ErrorKind::Snapshot, text))
    }
}

impl Snapshot {
    /// [`open`](Self::open) in the plane.
    pub fn read(path: &Path) -> Result<Self> {
        Self::open(path)
    }

    /// [`latest`](Self::latest) in the plane.
    pub fn latest_good(folder: &Path) -> Result<Found> {
        Self::latest(folder)
    }

    /// The dimension of the particles in a file, as it says itself; nothing else is checked.
    pub fn dimension(path: &Path) -> Result<usize> {
        let file = fs::read(path).map_err(failed(path))?;
        Self::dimension_of(&file)
            .map_err(|error| Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    /// The snapshots of a folder by step, whether damaged or not: (step, path).
    pub fn list(folder: &Path) -> Result<Vec<(u64, PathBuf)>> {
        let error = failed(folder);
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).map_err(&error)? {
            let path = entry.map_err(&error)?.path();
            let step = path
                .file_name()
                .and_then(|name| name.to_str())
                .and_then(|name| {
                    let digits = name.strip_prefix("snapshot-")?.strip_suffix(".ffs")?;
                    digits.parse::<u64>().ok()
                });
            all.extend(step.map(|step| (step, path)));
        }
        all.sort();
        Ok(all)
    }
}

/// Writes a snapshot of the first and last state and of every `every`-th step. The state that a run starts from is left
/// alone if it is there already, and half-written files that a killed run left in the folder are removed.
#[derive(Debug)]
pub struct SnapshotWriter {
    folder: PathBuf,
    every: u64,
}

impl SnapshotWriter {
    /// Into this folder, which must exist; `every` = 0 writes the first and last state only.
    pub fn new(folder: impl Into<PathBuf>, every: u64) -> Self {
        Self {
            folder: folder.into(),
            every,
        }
    }
}

impl<const D: usize> Observer<D> for SnapshotWriter {
    fn observe(&mut self, view: &View<D>) -> Result<()> {
        let step = view.state.step;
        let due = self.every > 0 && step.is_multiple_of(self.every);
        let there = || self.folder.join(Snapshot::file_name(step)).exists();
        if view.first {
            remove_parts(&self.folder)?;
            if !there() {
                view.simulation.snapshot().write(&self.folder)?;
            }
        } else if view.last || due {
            view.simulation.snapshot().write(&self.folder)?;
        }
        Ok(())
    }
}

fn remove_parts(folder: &Path) -> Result<()> {
    let error = failed(folder);
    for entry in fs::read_dir(folder).map_err(&error)? {
        let path = entry.map_err(&error)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(PART.0) && name.ends_with(PART.1)) {
            fs::remove_file(&path).map_err(failed(&path))?;
        }
    }
    Ok(())
}

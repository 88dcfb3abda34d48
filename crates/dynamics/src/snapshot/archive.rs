//! An archive of snapshots: one file that grows by whole records, and is read by its index. How it grows is in append.rs.

use super::record::{Entry, HEAD};
use super::walk::Walk;
use super::{Snapshot, failed};
use crate::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file of snapshots, by number in the order of their steps. What it holds is known without reading the snapshots.
///
/// A snapshot that is cut short at its end is not there; one that is damaged costs no other.
///
/// ```
/// use farfield_dynamics::{Archive, Config, Inputs, Simulation};
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("run.ffa");
/// let mut config = Config::default();
/// config.initial = farfield_dynamics::config::InitialConfig::Ring { n: 6, radius: 1.0 };
/// let mut run = Simulation::new(config.clone(), Inputs::default())?;
///
/// let mut archive = Archive::create(&path)?;
/// for _ in 0..2 {
///     run.step()?;
///     archive.append(&run.snapshot())?;
/// }
/// let archive = Archive::open(&path)?;
/// let steps: Vec<u64> = archive.entries().iter().map(|entry| entry.step).collect();
/// assert_eq!(steps, [1, 2]);
/// let mut again = Simulation::resume(config, archive.read(0)?)?;
/// again.step()?;
/// assert_eq!(again.state(), run.state());
/// # Ok::<(), farfield_dynamics::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    /// Where between them there are none.
    pub(super) gaps: Vec<Range<u64>>,
    /// Of the file, with what may be torn at its end.
    pub(super) length: u64,
}

/// The newest snapshot of an archive that can be read.
#[derive(Debug)]
pub struct Found<const D: usize = 2> {
    /// What was read.
    pub snapshot: Snapshot<D>,
    /// Its number.
    pub number: usize,
    /// Newer ones that were damaged, and how.
    pub skipped: Vec<Error>,
}

impl Archive {
    /// What a file holds.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let read = || {
            let mut file = File::open(&path)?;
            let length = file.metadata()?.len();
            let mut head = vec![];
            (&mut file).take(HEAD.len() as u64).read_to_end(&mut head)?;
            let walk = Walk {
                file: &file,
                length,
            };
            Ok((head, length, walk.all()?))
        };
        let (head, length, (entries, mut gaps)) = read().map_err(failed(&path))?;
        // A run that was killed when it made the file leaves a part of the head.
        if entries.is_empty() && !HEAD.starts_with(&head) {
            let value = match head.starts_with(&HEAD[..8]) {
                true => "an archive of another version",
                false => "other bytes",
            };
            return Err(Error::value(
                ErrorKind::Snapshot,
                path.display(),
                value,
                "an archive of snapshots, as this program writes it",
            ));
        }
        if !HEAD.starts_with(&head) {
            gaps.insert(0, 0..HEAD.len() as u64);
        }
        Ok(Self {
            path,
            entries,
            gaps,
            length,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its snapshots, whether their bytes are damaged or not.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is no snapshot though it stands where one should be, told one by one: lost in the middle, or not finished at the end; and what has
    /// lost its checksum. Whether snapshots are as they were written only reading them tells.
    pub fn damage(&self) -> Vec<String> {
        let lost = |gap: &Range<u64>| {
            let Range { start, end } = gap;
            format!(
                "{}: bytes {start} to {end} are no snapshot",
                self.path.display()
            )
        };
        let mut all: Vec<_> = self.gaps.iter().map(lost).collect();
        let endless = self.entries.iter().filter(|entry| entry.hash.is_none());
        all.extend(endless.map(|entry| {
            let (path, step) = (self.path.display(), entry.step);
            format!("{path}: snapshot of step {step}: its checksum is lost, though it may be whole")
        }));
        if let torn @ 1.. = self.length.saturating_sub(self.end()) {
            all.push(format!(
                "{}: the last {torn} bytes are no whole snapshot",
                self.path.display()
            ));
        }
        all
    }

    /// The snapshot of this number; the error names it and says what is wrong with it.
    pub fn read<const D: usize>(&self, number: usize) -> Result<Snapshot<D>> {
        let entry = self.entry(number)?;
        self.decode(entry, &self.payload(entry)?)
    }

    /// The dimension of its particles, as it says itself; nothing else is checked.
    pub fn dimension(&self, number: usize) -> Result<usize> {
        let entry = self.entry(number)?;
        let read = || Snapshot::dimension_in(self.at(entry)?);
        let dimension = read().map_err(failed(&self.path))?;
        dimension.map_err(|error| self.of(entry, error))
    }

    /// The newest snapshot that is not damaged; an error if there is none.
    pub fn latest<const D: usize>(&self) -> Result<Found<D>> {
        let mut skipped = vec![];
        for (number, entry) in self.entries.iter().enumerate().rev() {
            let read = self.payload(entry).map(|bytes| self.decode(entry, &bytes));
            let whole = read.is_ok() && entry.hash.is_some();
            match read.flatten() {
                Ok(snapshot) => {
                    return Ok(Found {
                        snapshot,
                        number,
                        skipped,
                    });
                }
                // It is as it was written, but not by this program; or a disk that refuses.
                Err(error) if whole || error.kind() != ErrorKind::Snapshot => return Err(error),
                Err(error) => skipped.push(error),
            }
        }
        let mut text = format!("{}: no snapshot that can be read", self.path.display());
        for error in skipped {
            text += &format!("; {error}");
        }
        Err(Error::new(ErrorKind::Snapshot, text))
    }

    /// Where the last whole record ends, or the head, if that is there.
    pub(super) fn end(&self) -> u64 {
        let head = HEAD.len() as u64;
        let empty = if self.length < head { 0 } else { head };
        self.entries.last().map_or(empty, Entry::end)
    }

    fn entry(&self, number: usize) -> Result<&Entry> {
        self.entries.get(number).ok_or_else(|| {
            let allowed = format!("below {}, in {}", self.entries.len(), self.path.display());
            Error::value(ErrorKind::Snapshot, "number of a snapshot", number, allowed)
        })
    }

    /// Its bytes, to be read.
    fn at(&self, entry: &Entry) -> std::io::Result<impl Read> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(entry.payload()))?;
        Ok(file.take(entry.bytes))
    }

    /// Its bytes, as they were written.
    fn payload(&self, entry: &Entry) -> Result<Vec<u8>> {
        let read = || {
            let mut bytes = Vec::with_capacity(entry.bytes as usize);
            self.at(entry)?.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes: Vec<u8> = read().map_err(failed(&self.path))?;
        let other = |hash: &[u8; 32]| blake3::hash(&bytes) != blake3::Hash::from(*hash);
        if entry.hash.as_ref().is_some_and(other) {
            let allowed = "the checksum after it";
            let error = Error::value(ErrorKind::Snapshot, "bytes", "wrong checksum", allowed);
            return Err(self.of(entry, error));
        }
        Ok(bytes)
    }

    fn decode<const D: usize>(&self, entry: &Entry, bytes: &[u8]) -> Result<Snapshot<D>> {
        Snapshot::decode(bytes).map_err(|error| self.of(entry, error))
    }

    fn of(&self, entry: &Entry, error: Error) -> Error {
        let (path, step) = (self.path.display(), entry.step);
        let text = format!("{path}: snapshot of step {step}: {error}");
        Error::new(error.kind(), text)
    }
}

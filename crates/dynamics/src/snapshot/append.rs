//! How an archive grows, and is cut back.

use super::record::{Entry, HEAD};
use super::{Archive, Snapshot, failed};
use crate::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

impl Archive {
    /// A new file without snapshots; an error if there is one of this name.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let make = || {
            let mut file = File::options().write(true).create_new(true).open(&path)?;
            file.write_all(HEAD)?;
            file.sync_all()?;
            // The name is only safe on the disk when the folder is.
            #[cfg(unix)]
            File::open(folder_of(&path))?.sync_all()?;
            Ok(())
        };
        make().map_err(failed(&path))?;
        Ok(Self {
            path,
            entries: vec![],
            gaps: vec![],
            length: HEAD.len() as u64,
        })
    }

    /// Adds a snapshot of a later step than all that are there; it is on the disk when this returns. What was torn at the end is cut off before,
    /// and after an error what was written. No other process may be writing here.
    pub fn append<const D: usize>(&mut self, snapshot: &Snapshot<D>) -> Result<()> {
        let step = snapshot.state.step;
        if let Some(last) = self.entries.last()
            && last.step >= step
        {
            let allowed = format!("above {}, the last of {}", last.step, self.path.display());
            return Err(Error::value(ErrorKind::Snapshot, "step", step, allowed));
        }
        let (mut file, end) = (self.to_write()?, self.end());
        match self.write(&mut file, end, snapshot) {
            Ok(entry) => {
                self.length = entry.end();
                self.entries.push(entry);
                Ok(())
            }
            Err(error) => {
                // As far as the disk lets us; if not, the next one does.
                let _ = file.set_len(end).and_then(|()| file.sync_all());
                self.length = file.metadata().map_or(self.length, |file| file.len());
                let text = format!("{}: snapshot of step {step}: {error}", self.path.display());
                Err(Error::new(ErrorKind::Io, text))
            }
        }
    }

    /// Keeps the first so many snapshots, and cuts off the others with all that comes after.
    pub fn truncate(&mut self, snapshots: usize) -> Result<()> {
        let file = self.to_write()?;
        self.entries.truncate(snapshots);
        let end = self.end();
        self.gaps.retain(|gap| gap.end <= end);
        let cut = file.set_len(end).and_then(|()| file.sync_all());
        self.length = file.metadata().map_or(self.length, |file| file.len());
        cut.map_err(failed(&self.path))
    }

    fn write<const D: usize>(
        &self,
        file: &mut File,
        end: u64,
        snapshot: &Snapshot<D>,
    ) -> io::Result<Entry> {
        let encoded = snapshot.encode()?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        if end == 0 {
            out.write_all(HEAD)?;
        }
        let entry = Entry {
            step: snapshot.state.step,
            time: snapshot.state.time,
            bytes: encoded.bytes(),
            hash: None,
            place: end.max(HEAD.len() as u64),
        };
        let entry = entry.write(&mut out, &encoded)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(entry)
    }

    /// The file, if it still is as it was read.
    fn to_write(&self) -> Result<File> {
        let open = || {
            let file = File::options().write(true).open(&self.path)?;
            let length = file.metadata()?.len();
            Ok((file, length))
        };
        let (file, length) = open().map_err(failed(&self.path))?;
        if length == self.length {
            return Ok(file);
        }
        let (path, value) = (self.path.display(), format!("{length} bytes"));
        let allowed = format!(
            "{}, as it was left; no other process may write it",
            self.length
        );
        Err(Error::value(ErrorKind::Io, path, value, allowed))
    }
}

#[cfg(unix)]
fn folder_of(path: &std::path::Path) -> &std::path::Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => std::path::Path::new("."),
    }
}

//! A CSV file that grows by whole rows, and is cut back when a run goes on from a snapshot.

use crate::error::{Error, Result};
use crate::files;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) struct Rows {
    path: PathBuf,
    file: File,
}

impl Rows {
    /// A new file with its header; or, where `keep` is given, the old file with those rows that `keep` returns, rewritten
    /// as it returns them. Rows begin with their step; an unfinished last row is dropped.
    pub(super) fn open(
        path: &Path,
        header: &str,
        keep: Option<&dyn Fn(u64, &str) -> Option<String>>,
    ) -> Result<Self> {
        let mut text = format!("{header}\n");
        if let Some(keep) = keep {
            for row in kept(path, header)? {
                let step = row.split(',').next().and_then(|step| step.parse().ok());
                let row = step.and_then(|step| keep(step, &row));
                text.extend(row.map(|row| row + "\n"));
            }
        }
        files::write(path, |to| to.write_all(text.as_bytes()))?;
        let file = File::options().append(true).open(path);
        Ok(Self {
            file: file.map_err(Error::file("write", path))?,
            path: path.into(),
        })
    }

    /// Adds a row, by one write: a row is there whole or is the unfinished last one.
    pub(super) fn add(&mut self, row: &str) -> Result<()> {
        let added = self.file.write_all(format!("{row}\n").as_bytes());
        added.map_err(Error::file("write", &self.path))
    }

    /// On the disk, before a snapshot that counts on it.
    pub(super) fn sync(&self) -> Result<()> {
        self.file
            .sync_data()
            .map_err(Error::file("write", &self.path))
    }
}

/// The whole rows of a file with this header; none if there is no file.
fn kept(path: &Path, header: &str) -> Result<Vec<String>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(Error::file("read", path)(error)),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.lines();
    match lines.next() {
        None => Ok(vec![]),
        Some(found) if found == header => Ok(lines.map(String::from).collect()),
        Some(_) => Err(Error::refused(path.display(), "another header", header)),
    }
}

/// A number as Python and others read it, with as many digits as it takes to read the same number back.
pub(super) fn number(x: f64) -> String {
    format!("{x:?}")
}

/// The same for a number that may be missing: an empty field.
pub(super) fn optional(x: Option<f64>) -> String {
    x.map(number).unwrap_or_default()
}

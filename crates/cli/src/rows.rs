//! A CSV file that grows by whole rows, and is cut back when a run goes on from a snapshot.

use crate::error::{Error, Result};
use crate::files;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) struct Rows {
    path: PathBuf,
    file: File,
}

impl Rows {
    /// A file with this header and these rows, instead of what was there.
    pub(crate) fn start(
        path: &Path,
        header: &str,
        rows: impl IntoIterator<Item = String>,
    ) -> Result<Self> {
        files::write(path, |to| {
            writeln!(to, "{header}")?;
            rows.into_iter().try_for_each(|row| writeln!(to, "{row}"))
        })?;
        let file = File::options().append(true).open(path);
        Ok(Self {
            file: file.map_err(Error::file("write", path))?,
            path: path.into(),
        })
    }

    /// Adds a row, by one write: a row is there whole or is the unfinished last one.
    pub(crate) fn add(&mut self, row: &str) -> Result<()> {
        let added = self.file.write_all(format!("{row}\n").as_bytes());
        added.map_err(Error::file("write", &self.path))
    }

    /// On the disk, before a snapshot that counts on it.
    pub(crate) fn sync(&self) -> Result<()> {
        self.file
            .sync_data()
            .map_err(Error::file("write", &self.path))
    }
}

/// The rows of a file with this header, each with the step that it begins with; an unfinished last row is left out.
/// None if there is no file.
pub(crate) fn read(path: &Path, header: &str) -> Result<Vec<(u64, String)>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(Error::file("read", path)(error)),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.lines();
    match lines.next() {
        Some(found) if found != header => {
            Err(Error::refused(path.display(), "another header", header))
        }
        _ => Ok(lines
            .filter_map(|row| Some((row.split(',').next()?.parse().ok()?, row.into())))
            .collect()),
    }
}

/// A number as Python and others read it, with as many digits as it takes to read the same number back.
pub(crate) fn number(x: f64) -> String {
    format!("{x:?}")
}

/// The same for a number that may be missing: an empty field.
pub(crate) fn optional(x: Option<f64>) -> String {
    x.map(number).unwrap_or_default()
}

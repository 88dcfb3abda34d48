//! Output files appear whole or not at all.

use crate::error::{Error, Result};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// What names begin with until the file is whole.
const BESIDE: &str = ".farfield-";

/// Removes what a killed process left of files that it had not finished; no other process may be writing there.
pub(crate) fn remove_unfinished(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::file("tidy", folder))? {
        let entry = entry.map_err(Error::file("tidy", folder))?;
        if entry.file_name().to_string_lossy().starts_with(BESIDE) {
            let path = entry.path();
            fs::remove_file(&path).map_err(Error::file("tidy", &path))?;
        }
    }
    Ok(())
}

/// Writes beside `path` and renames, so that an earlier file survives whatever goes wrong.
///
/// What exists and is not an ordinary file (a pipe, a device) is written to as it is: renaming would replace it.
pub(crate) fn write(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<()> {
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| there.is_dir()) {
        return Err(Error::refused(
            path.display(),
            "a folder",
            "the name of a file",
        ));
    }
    let result = match there {
        Some(there) if !there.is_file() => write_to(path, contents),
        // Through a link: the file that it points to is replaced, not the link.
        Some(_) => fs::canonicalize(path).and_then(|path| write_beside(&path, contents)),
        None => write_beside(path, contents),
    };
    result.map_err(Error::file("write", path))
}

/// Writes indented JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write(path, |to| {
        serde_json::to_writer_pretty(&mut *to, value)?;
        writeln!(to)
    })
}

/// The folder that `path` is to lie in must be there: better known before a long computation than after it.
pub(crate) fn check_folder_of(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    let what = format!("folder of {}", path.display());
    Err(Error::refused(what, "not there", "a folder that exists"))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn write_beside(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut beside = beside(path, "")?;
    let mut writer = BufWriter::new(beside.as_file_mut().try_clone()?);
    contents(&mut writer)?;
    writer.flush()?;
    keep(beside, path)
}

/// A file beside `path`, whose name ends with `ending`, that is removed if it is not kept.
fn beside(path: &Path, ending: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(BESIDE).suffix(ending);
    // Temporary files are private by default; a result gets what the user's umask gives.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder_of(path))
}

fn keep(beside: NamedTempFile, path: &Path) -> io::Result<()> {
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The same by a program that is told the name of the file beside, which ends as `path` does.
pub(crate) fn write_by(path: &Path, program: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let failed = Error::file("write", path);
    let ending = path.extension().map(|it| format!(".{}", it.display()));
    let beside = match beside(path, &ending.unwrap_or_default()) {
        Ok(beside) => beside,
        Err(error) => return Err(failed(error)),
    };
    program(beside.path())?;
    keep(beside, path).map_err(failed)
}

fn write_to(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut writer = BufWriter::new(File::options().write(true).open(path)?);
    contents(&mut writer)?;
    writer.flush()
}

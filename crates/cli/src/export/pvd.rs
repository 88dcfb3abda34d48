//! A collection of VTK files with their times, for ParaView:
//! `https://www.paraview.org/Wiki/ParaView/Data_formats#PVD_File_Format`.

use super::{To, vtp};
use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::files;
use crate::snapshots::archive;
use crate::text::{plural, say};
use farfield_dynamics::State;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// All snapshots of an output folder or archive, without those that are damaged, which are told at the end: `NAME.pvd`, and beside it the folder `NAME-states` with one `.vtp` for each, which
/// come first.
pub(super) fn write(from: &Path, output: &Path) -> Result<()> {
    let all = archive(from)?;
    let name = output.file_stem().and_then(|stem| stem.to_str());
    let name = name.ok_or_else(|| {
        let allowed = "a name that can be written in XML";
        Error::refused("--output", output.display(), allowed)
    })?;
    let inner = format!("{name}-states");
    let folder = output.with_file_name(&inner);
    fs::create_dir_all(&folder).map_err(Error::file("make the folder", &folder))?;
    let (mut entries, mut damaged) = (vec![], vec![]);
    for (number, entry) in all.entries().iter().enumerate() {
        let file = format!("state-{:010}.vtp", entry.step);
        let to = folder.join(&file);
        let dimension = match all.dimension(number) {
            Ok(dimension) => dimension,
            Err(error) => {
                damaged.push(error);
                continue;
            }
        };
        match in_dimension!(dimension, D => all.read::<D>(number).map(|read| save(&read.state, &to)))
        {
            Ok(time) => entries.push((time?, format!("{inner}/{file}"))),
            Err(error) => damaged.push(error),
        }
    }
    files::write(output, |to| collection(&entries, to))?;
    let (states, output) = (plural(entries.len(), "state"), output.display());
    say(format_args!("{states}: wrote {output}"));
    match damaged.first() {
        None => Ok(()),
        Some(first) => Err(Error::Failed(format!(
            "{} not in it: {first}",
            plural(damaged.len(), "snapshot")
        ))),
    }
}

/// Its time.
fn save<const D: usize>(state: &State<D>, output: &Path) -> Result<f64> {
    files::write(output, |to| vtp::write(state, to))?;
    Ok(state.time)
}

fn collection(entries: &[(f64, String)], to: To) -> io::Result<()> {
    writeln!(
        to,
        r#"<?xml version="1.0"?>
<VTKFile type="Collection" version="1.0" byte_order="LittleEndian">
<Collection>"#
    )?;
    for (time, file) in entries {
        let file = escaped(file);
        writeln!(
            to,
            r#"<DataSet timestep="{time:?}" part="0" file="{file}"/>"#
        )?;
    }
    writeln!(to, "</Collection>\n</VTKFile>")
}

/// As the value of an attribute.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;")
}

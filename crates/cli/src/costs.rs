//! Files of cost constants: what `bench --calibrate` writes and `--costs` reads.
//!
//! ```toml
//! version = 3
//! instruction_set = "avx2"
//! dimension = 2
//!
//! [nanoseconds]
//! pair_f32 = 0.155      # one key for each name of farfield::Costs::NAMES
//! ```

use crate::error::{Error, Result};
use crate::files;
use farfield::{Costs, InstructionSet};
use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::path::Path;
use toml::{Table, Value};

/// Of the format, and of the meaning of the constants.
const VERSION: i64 = 3;
const KEYS: [&str; 4] = ["version", "instruction_set", "dimension", "nanoseconds"];

/// The constants of a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured {
    /// That they were measured with.
    pub(crate) set: InstructionSet,
    /// That of the points.
    pub(crate) dimension: usize,
    pub(crate) costs: Costs,
}

/// For the command line: a file that cannot be used is refused before anything else happens.
pub(crate) fn parse(path: &str) -> Result<Measured, String> {
    let text = fs::read_to_string(path).map_err(|error| {
        let error = Error::file("read", Path::new(path))(error);
        error.to_string()
    })?;
    read(&text).map_err(|what| format!("{path}: {what}"))
}

impl Measured {
    /// The constants for work with `set` in `dimension` dimensions.
    pub(crate) fn check(&self, set: InstructionSet, dimension: usize) -> Result<Costs> {
        if self.set != set {
            let found = format!("measured with {}", self.set);
            let allowed = format!("measured with {set}, which is used here");
            return Err(Error::refused("--costs", found, allowed));
        }
        if self.dimension != dimension {
            let found = format!("measured in {} dimensions", self.dimension);
            let allowed = format!("measured in {dimension}, as the points have");
            return Err(Error::refused("--costs", found, allowed));
        }
        Ok(self.costs)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        files::write(path, |to| {
            writeln!(
                to,
                "# farfield {}: what work costs on a machine, for --costs; see farfield::Costs.",
                env!("CARGO_PKG_VERSION")
            )?;
            writeln!(to, "version = {VERSION}")?;
            writeln!(to, "instruction_set = \"{}\"", self.set)?;
            writeln!(to, "dimension = {}\n", self.dimension)?;
            writeln!(to, "# Of one core.\n[nanoseconds]")?;
            for (name, value) in Costs::NAMES.iter().zip(self.costs.values()) {
                writeln!(to, "{name} = {value:?}")?;
            }
            Ok(())
        })
    }
}

fn refuse<T>(key: impl Display, found: impl Display, allowed: impl Display) -> Result<T, String> {
    Err(format!("{key}: {found} (allowed: {allowed})"))
}

fn read(text: &str) -> Result<Measured, String> {
    let table: Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.as_bytes()[..at]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        format!("line {line}: {}", error.message().replace('\n', " "))
    })?;
    // The version first: other versions have other keys.
    match table.get("version") {
        Some(Value::Integer(VERSION)) => {}
        found => return refuse("version", show(found), VERSION),
    }
    only("", &table, &KEYS)?;
    let sets = InstructionSet::ALL.map(InstructionSet::name).join(", ");
    let set = match table.get("instruction_set") {
        Some(Value::String(name)) => name.parse().ok(),
        _ => None,
    };
    let Some(set) = set else {
        return refuse("instruction_set", show(table.get("instruction_set")), sets);
    };
    let dimension = match table.get("dimension") {
        Some(Value::Integer(dimension @ 2..=3)) => *dimension as usize,
        found => return refuse("dimension", show(found), "2 or 3"),
    };
    let Some(Value::Table(numbers)) = table.get("nanoseconds") else {
        return refuse("nanoseconds", show(table.get("nanoseconds")), "a table");
    };
    only("nanoseconds.", numbers, &Costs::NAMES)?;
    let mut values = [0.0; Costs::NAMES.len()];
    for (name, value) in Costs::NAMES.iter().zip(&mut values) {
        *value = match numbers.get(*name) {
            Some(Value::Float(x)) => *x,
            Some(Value::Integer(x)) => *x as f64,
            found => return refuse(format!("nanoseconds.{name}"), show(found), "a number"),
        };
    }
    let costs = Costs::from_values(values);
    // The library names them by the argument that it was given.
    let checked = costs.check().map_err(|error| error.to_string());
    checked.map_err(|error| error.replacen("costs.", "nanoseconds.", 1))?;
    Ok(Measured {
        set,
        dimension,
        costs,
    })
}

fn only(parent: &str, table: &Table, keys: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => refuse(format!("{parent}{key}"), "unknown key", keys.join(", ")),
    }
}

fn show(value: Option<&Value>) -> String {
    value.map_or("missing".into(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        let mut costs = Costs::shipped(InstructionSet::Neon);
        costs.leaf = 490.0;
        Measured {
            set: InstructionSet::Neon,
            dimension: 3,
            costs,
        }
    }

    fn written() -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("costs.toml");
        measured().write(&path).unwrap();
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn comes_back_as_it_was() {
        assert_eq!(read(&written()), Ok(measured()));
    }

    #[test]
    fn whole_numbers_will_do() {
        let text = written().replace("leaf = 490.0", "leaf = 7");
        assert_eq!(read(&text).unwrap().costs.leaf, 7.0);
    }

    #[test]
    fn bad_files_name_key_value_and_what_is_allowed() {
        let number = "(allowed: 1e-6 to 1e6 nanoseconds)";
        for (from, to, expected) in [
            (
                "version = 3",
                "version = 2",
                "version: 2 (allowed: 3)".into(),
            ),
            (
                "version = 3",
                "version = \"3\"",
                "version: \"3\" (allowed: 3)".into(),
            ),
            ("version = 3", "", "version: missing (allowed: 3)".into()),
            (
                "dimension = 3",
                "dimension = 4",
                "dimension: 4 (allowed: 2 or 3)".into(),
            ),
            (
                "dimension = 3",
                "",
                "dimension: missing (allowed: 2 or 3)".into(),
            ),
            (
                "\"neon\"",
                "\"sse\"",
                "instruction_set: \"sse\" (allowed: avx512, avx2, neon, scalar)".into(),
            ),
            (
                "[nanoseconds]",
                "[seconds]",
                "seconds: unknown key (allowed: version, instruction_set, dimension, nanoseconds)"
                    .into(),
            ),
            (
                "leaf = 490.0",
                "leaf = -490.0",
                format!("nanoseconds.leaf: -4.9e2 {number}"),
            ),
            (
                "leaf = 490.0",
                "leaf = 0",
                format!("nanoseconds.leaf: 0e0 {number}"),
            ),
            (
                "leaf = 490.0",
                "leaf = nan",
                format!("nanoseconds.leaf: NaN {number}"),
            ),
            (
                "leaf = 490.0",
                "leaf = inf",
                format!("nanoseconds.leaf: inf {number}"),
            ),
            (
                "leaf = 490.0",
                "leaf = \"490\"",
                "nanoseconds.leaf: \"490\" (allowed: a number)".into(),
            ),
            (
                "leaf = 490.0",
                "",
                "nanoseconds.leaf: missing (allowed: a number)".into(),
            ),
        ] {
            let text = written().replacen(from, to, 1);
            assert_eq!(read(&text).unwrap_err(), expected);
        }
        let unknown = read(&written().replace("leaf =", "leaves =")).unwrap_err();
        assert!(unknown.starts_with("nanoseconds.leaves: unknown key (allowed: pair_f32, "));
        let twice = read(&(written() + "leaf = 1.0\n")).unwrap_err();
        let line = format!("line {}: ", written().lines().count() + 1);
        assert!(twice.starts_with(&line), "{twice}");
    }

    /// Cut anywhere but within the last number, of which a shorter one would be left.
    #[test]
    fn truncated_files_are_refused() {
        let text = written();
        let last = text.rfind("= ").unwrap() + 2;
        for length in (0..=last).filter(|&length| text.is_char_boundary(length)) {
            assert!(read(&text[..length]).is_err(), "{length}");
        }
    }
}

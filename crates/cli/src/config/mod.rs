//! A run's configuration: from a TOML file, or the built-in one, with `--set key=value` on top.

mod explain;
mod inputs;

pub(crate) use inputs::read_inputs;

use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::files;
use farfield_dynamics::config::{Circulations, InitialConfig};
use farfield_dynamics::{Config, model};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The built-in run, or that of `file`; then the settings, `dotted.key=value` each.
///
/// The file must be valid by itself, so that its errors can name their line. Paths in it are meant from its folder,
/// paths in settings from the present one; both come out absolute.
pub(crate) fn load(file: Option<&Path>, settings: &[String]) -> Result<Config> {
    let mut table = match file {
        Some(file) => read(file)?,
        None => Table::new(),
    };
    for setting in settings {
        apply(&mut table, setting)?;
    }
    let text = table.to_string();
    let mut config = toml::from_str(&text)
        .map_err(|error| Error::Failed(format!("--set: {}", explain::error(&text, &error).text)))?;
    anchor(&mut config, Path::new(""))?;
    config.check()?;
    let given = table
        .get("output")
        .and_then(|output| output.get(ENERGY_EVERY));
    let given = given.filter(|every| every.as_integer() != Some(0));
    match given {
        Some(every) if !has_energy(&config)? => {
            let found = format!("{every} with model.kind = \"{}\"", config.model.kind());
            let allowed = "0, or not given, as there is no potential to measure an energy by";
            Err(Error::refused(
                format_args!("output.{ENERGY_EVERY}"),
                found,
                allowed,
            ))
        }
        _ => Ok(config),
    }
}

/// The key of `[output]` that is only for models with an energy.
const ENERGY_EVERY: &str = "hamiltonian_every";

fn has_energy(config: &Config) -> Result<bool> {
    Ok(
        in_dimension!(config.model.components(), D => model::from_config::<D>(&config.model)?.has_potential()),
    )
}

/// Writes the resolved configuration, with which a run, or whatever `what` says, can be repeated.
pub(crate) fn write(path: &Path, config: &Config, what: &str) -> Result<()> {
    let text = toml::to_string(config).map_err(|e| Error::Failed(format!("config.toml: {e}")))?;
    let energy = has_energy(config)?;
    let kept = |line: &&str| energy || !line.starts_with(ENERGY_EVERY);
    let text: String = text.split_inclusive('\n').filter(kept).collect();
    let version = env!("CARGO_PKG_VERSION");
    files::write(path, |to| {
        write!(
            to,
            "# farfield {version}: the whole configuration of this {what}.\n{text}"
        )
    })
}

/// A valid file as a table, with absolute paths.
fn read(file: &Path) -> Result<Table> {
    let text = fs::read_to_string(file).map_err(Error::file("read", file))?;
    let located = |error: toml::de::Error| {
        let explained = explain::error(&text, &error);
        let line = explained.line;
        Error::Failed(format!("{}:{line}: {}", file.display(), explained.text))
    };
    let mut config: Config = toml::from_str(&text).map_err(located)?;
    let mut table: Table = toml::from_str(&text).map_err(located)?;
    anchor(&mut config, file.parent().unwrap_or(Path::new("")))?;
    if let InitialConfig::File { path } = &config.initial {
        set(&mut table, &["initial", "path"], text_of(path)?)?;
    }
    if let Some(Circulations::File(path)) = config.model.circulations() {
        let key = ["model", "circulations", "file"];
        set(&mut table, &key, text_of(path)?)?;
    }
    Ok(table)
}

/// Makes the paths of a configuration absolute, seen from `folder`.
fn anchor(config: &mut Config, folder: &Path) -> Result<()> {
    let mut paths: Vec<&mut PathBuf> = vec![];
    if let Some(Circulations::File(path)) = config.model.circulations_mut() {
        paths.push(path);
    }
    if let InitialConfig::File { path } = &mut config.initial {
        paths.push(path);
    }
    for path in paths {
        let from_here = folder.join(&path);
        *path = std::path::absolute(&from_here).map_err(Error::file("find", &from_here))?;
    }
    Ok(())
}

fn text_of(path: &Path) -> Result<Value> {
    let text = path.to_str().map(Value::from);
    text.ok_or_else(|| {
        Error::refused(
            path.display(),
            "not UTF-8",
            "UTF-8, which TOML is written in",
        )
    })
}

/// One `--set dotted.key=value`.
fn apply(table: &mut Table, setting: &str) -> Result<()> {
    let Some((key, value)) = setting.split_once('=') else {
        return Err(Error::refused(
            "--set",
            setting,
            "dotted.key=value, such as initial.n=10000",
        ));
    };
    let path: Vec<&str> = key.split('.').map(str::trim).collect();
    set(table, &path, parse(value.trim()))
}

/// The value as TOML, or as a string where it is none. Whole numbers may be written as 1e6.
fn parse(text: &str) -> Value {
    let table = toml::from_str::<Table>(&format!("value = {text}"));
    let value = table.ok().filter(|table| table.len() == 1);
    match value.and_then(|mut table| table.remove("value")) {
        Some(Value::Float(x)) if x.fract() == 0.0 && x.abs() < 1e15 => Value::Integer(x as i64),
        Some(value) => value,
        None => Value::String(text.into()),
    }
}

fn set(mut table: &mut Table, path: &[&str], value: Value) -> Result<()> {
    let (last, parents) = path.split_last().expect("split gives at least one part");
    for (i, parent) in parents.iter().enumerate() {
        let entry = table.entry(*parent).or_insert_with(|| Table::new().into());
        table = entry.as_table_mut().ok_or_else(|| {
            let key = path[..=i].join(".");
            Error::refused(
                "--set",
                path.join("."),
                format!("{key} is a value, not a table"),
            )
        })?;
    }
    table.insert(last.to_string(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_one(setting: &str) -> Result<Config> {
        load(None, &[setting.into()])
    }

    #[test]
    fn settings_reach_their_keys() {
        let config = set_one("initial.n=1e4").unwrap();
        assert_eq!(config.initial.n(), Some(10_000));
        assert_eq!(set_one("time.dt=0.25").unwrap().time.dt, 0.25);
        assert_eq!(set_one("time.dt = 2").unwrap().time.dt, 2.0);
        assert_eq!(set_one("initial.kind=ring").unwrap().initial.kind(), "ring");
        let law = set_one("model.circulations={ law = \"two-point\", p = 0.25 }").unwrap();
        let expected = Circulations::TwoPoint {
            a: 1.0,
            b: -1.0,
            p: 0.25,
        };
        assert_eq!(law.model.circulations(), Some(&expected));
    }

    #[test]
    fn errors_name_the_key_and_the_nearest() {
        for (setting, expected) in [
            (
                "model.viscosty=1",
                "--set: model.viscosty: unknown key (nearest: model.viscosity)",
            ),
            ("tme.dt=1", "--set: tme: unknown key (nearest: time)"),
            (
                "viscosity=1",
                "--set: viscosity: unknown key (nearest: model.viscosity)",
            ),
            (
                "time.dt=fast",
                "--set: time.dt: string \"fast\" (allowed: a number)",
            ),
            (
                "initial.n=0.5",
                "--set: initial.n: floating point `0.5` (allowed: a whole number, 0 or more)",
            ),
            (
                "initial.n=-5",
                "--set: initial.n: integer `-5` (allowed: a whole number, 0 or more)",
            ),
            (
                "time.scheme=euler",
                "--set: time.scheme: 'euler' (allowed: euler-maruyama, ab2-maruyama, stochastic-heun, sra1, sra3, ab3, rk4, exponential-heun, jumps)",
            ),
            (
                "seed.x=1",
                "--set: seed: map (allowed: a whole number, 0 or more)",
            ),
            (
                "model.periodic=true",
                "--set: model.periodic: boolean `true` (allowed: a number, or one for each axis, such as [1.0, 2.0])",
            ),
            ("time.dt=-1", "time.dt: -1 (allowed: finite and above 0)"),
            (
                "initial.kind=disc",
                "--set: initial.kind: 'disc' (allowed: gaussian-patches, gaussian, uniform-disc, uniform-square, uniform-ball, uniform-cube, uniform-box, annulus, power-law, mixture, vortex-sheet, bkw, dipole, ring, vortex-rings, file)",
            ),
            (
                "nonsense",
                "--set: nonsense (allowed: dotted.key=value, such as initial.n=10000)",
            ),
        ] {
            assert_eq!(set_one(setting).unwrap_err().to_string(), expected);
        }
    }
}

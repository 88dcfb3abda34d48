//! Keys of two configurations that have other values.

use super::Told;
use crate::error::{Error, Result};
use farfield_dynamics::Config;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Tells each key that differs, with both values.
pub(super) fn compare(configs: [&Config; 2], told: &mut Told) -> Result<()> {
    let [a, b] = configs.map(values);
    let (a, b) = (a?, b?);
    let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
    for key in keys.filter(|key| a.get(*key) != b.get(*key)) {
        let [old, new] = [&a, &b].map(|it| it.get(key).map_or("not given", |value| value));
        told.that(key, format_args!("{old} → {new}"));
    }
    Ok(())
}

/// Values as TOML, by dotted key.
fn values(config: &Config) -> Result<BTreeMap<String, String>> {
    let table = Table::try_from(config).map_err(|e| Error::Failed(e.to_string()))?;
    let mut all = BTreeMap::new();
    collect(&table, "", &mut all);
    Ok(all)
}

fn collect(table: &Table, before: &str, all: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        match value {
            Value::Table(inner) => collect(inner, &format!("{before}{name}."), all),
            _ => drop(all.insert(format!("{before}{name}"), value.to_string())),
        }
    }
}

//! What may change between a snapshot and the run that goes on from it.

use super::{Adaptive, Config};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use toml::{Table, Value};

impl Config {
    /// Whether a run with this configuration goes on where the other's snapshot of `step` stopped: all that the path of
    /// the particles depends on must be the same. The error names the first key that differs.
    pub(crate) fn check_continues(&self, other: &Config, step: u64) -> Result<()> {
        let refuse = |key: &str, value: String, allowed: String| {
            let allowed = format!("{allowed}, as in the snapshot");
            Err(Error::value(ErrorKind::Config, key, value, allowed))
        };
        if self.seed != other.seed {
            return refuse("seed", self.seed.to_string(), other.seed.to_string());
        }
        if self.model != other.model {
            let [key, now, was] = differing("model", [&self.model, &other.model]);
            return refuse(&key, now, was);
        }
        if self.initial != other.initial {
            let [key, now, was] = differing("initial", [&self.initial, &other.initial]);
            return refuse(&key, now, was);
        }
        let (time, old) = (&self.time, &other.time);
        if time.scheme != old.scheme {
            return refuse(
                "time.scheme",
                time.scheme.name().into(),
                old.scheme.name().into(),
            );
        }
        if time.dt != old.dt {
            return refuse("time.dt", time.dt.to_string(), old.dt.to_string());
        }
        if time.path_halvings != old.path_halvings {
            return refuse(
                "time.path_halvings",
                time.path_halvings.to_string(),
                old.path_halvings.to_string(),
            );
        }
        if time.two_body != old.two_body {
            let said = |given: Option<bool>| given.map_or("missing".into(), |x| x.to_string());
            return refuse("time.two_body", said(time.two_body), said(old.two_body));
        }
        if time.adaptive != old.adaptive {
            let said = |given: Option<Adaptive>| {
                let keys = |Adaptive {
                                tolerance,
                                halvings,
                            }| {
                    format!("{{ tolerance = {tolerance:e}, halvings = {halvings} }}")
                };
                given.map_or("missing".into(), keys)
            };
            return refuse("time.adaptive", said(time.adaptive), said(old.adaptive));
        }
        if time.steps < step {
            let allowed = format!("at least {step}, the step of the snapshot");
            return Err(Error::value(
                ErrorKind::Config,
                "time.steps",
                time.steps,
                allowed,
            ));
        }
        Ok(())
    }
}

/// The first key of two tables that is not the same, the kind before all, and both values, as TOML has them.
fn differing(table: &str, both: [&impl Serialize; 2]) -> [String; 3] {
    let [now, was] = both.map(|it| Table::try_from(it).unwrap_or_default());
    let kind = String::from("kind");
    let mut keys = [&kind].into_iter().chain(now.keys()).chain(was.keys());
    let key = keys.find(|key| now.get(*key) != was.get(*key));
    let key = key.unwrap_or(&kind);
    let said = |table: &Table| table.get(key).map_or("missing".into(), Value::to_string);
    [format!("{table}.{key}"), said(&now), said(&was)]
}

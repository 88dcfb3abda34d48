//! Errors of the TOML reader, in this program's words: which key, which line, what was allowed.

use farfield_dynamics::Config;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

pub(super) struct Explained {
    pub(super) line: usize,
    /// The key, what was wrong, and what is allowed.
    pub(super) text: String,
}

pub(super) fn error(text: &str, error: &toml::de::Error) -> Explained {
    let at = error.span().map_or(0, |span| span.start);
    let key = DeTable::parse(text)
        .ok()
        .and_then(|table| key_at(table.get_ref(), at));
    let message = error.message();
    let explained = match key {
        None => message.into(),
        // Errors that the configuration itself makes begin with their key.
        Some(key) if message.starts_with(key.split('.').next().unwrap_or(&key)) => message.into(),
        Some(key) => reword(&key, message),
    };
    Explained {
        line: 1 + text[..at].matches('\n').count(),
        text: explained.replace('\n', " "),
    }
}

/// serde's message in this program's words.
fn reword(key: &str, message: &str) -> String {
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let siblings = rest.split('`').skip(2).step_by(2);
        return format!("{key}: unknown key (nearest: {})", nearest(key, siblings));
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        let mut names = rest.split('`').step_by(2);
        let found = names.next().unwrap_or_default();
        let allowed: Vec<&str> = names.collect();
        return format!("{key}: '{found}' (allowed: {})", allowed.join(", "));
    }
    let wrong = message
        .strip_prefix("invalid type: ")
        .or(message.strip_prefix("invalid value: "));
    match wrong.and_then(|wrong| wrong.split_once(", expected ")) {
        Some((found, expected)) => format!("{key}: {found} (allowed: {})", plain(expected)),
        None => format!("{key}: {message}"),
    }
}

/// A Rust type as users call it.
fn plain(expected: &str) -> &str {
    match expected {
        "f64" => "a number",
        "u64" | "u32" | "usize" => "a whole number, 0 or more",
        "path string" => "a path in quotes",
        _ if expected.starts_with("struct ") => "a table",
        _ => expected,
    }
}

/// The known key most like `key`: one of its siblings, or any key of the built-in run.
fn nearest<'a>(key: &str, siblings: impl Iterator<Item = &'a str>) -> String {
    let (parent, name) = key.rsplit_once('.').unwrap_or(("", key));
    let within = |parent: &str, name: &str| match parent {
        "" => name.to_string(),
        _ => format!("{parent}.{name}"),
    };
    let mut known: Vec<String> = siblings.map(|sibling| within(parent, sibling)).collect();
    if let Ok(built_in) = Table::try_from(Config::default()) {
        keys_of(&built_in, "", &mut known);
    }
    let distance = |known: &String| {
        let last = known.rsplit('.').next().unwrap_or_default();
        strsim::damerau_levenshtein(name, last)
    };
    // Of equally near ones the first: siblings come first.
    known.into_iter().min_by_key(distance).unwrap_or_default()
}

fn keys_of(table: &Table, parent: &str, keys: &mut Vec<String>) {
    for (name, value) in table {
        let key = match parent {
            "" => name.clone(),
            _ => format!("{parent}.{name}"),
        };
        match value {
            Value::Table(inner) => keys_of(inner, &key, keys),
            _ => keys.push(key),
        }
    }
}

/// The dotted key whose name or value stands at byte `at`.
fn key_at(table: &DeTable, at: usize) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        let name_is_there = name.span().contains(&at);
        let inner = inner_key_at(value, at);
        let here = name_is_there || value.span().contains(&at);
        match inner {
            Some(inner) => Some(format!("{}{inner}", name.get_ref())),
            None => here.then(|| name.get_ref().to_string()),
        }
    })
}

/// What stands behind the name of a table, or of an array of tables: `.key`, `[2].key`.
fn inner_key_at(value: &Spanned<DeValue>, at: usize) -> Option<String> {
    match value.get_ref() {
        DeValue::Table(table) => key_at(table, at).map(|key| format!(".{key}")),
        DeValue::Array(all) => all
            .iter()
            .enumerate()
            .find_map(|(i, value)| inner_key_at(value, at).map(|inner| format!("[{i}]{inner}"))),
        _ => None,
    }
}

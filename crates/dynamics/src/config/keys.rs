//! Which keys a table may have.

/// The keys that a table has beside its kind.
pub(super) struct Keys {
    table: &'static str,
    given: Vec<&'static str>,
}

impl Keys {
    pub(super) fn new<const N: usize>(
        table: &'static str,
        keys: [(&'static str, bool); N],
    ) -> Self {
        let given = keys.into_iter().filter(|key| key.1).map(|key| key.0);
        Self {
            table,
            given: given.collect(),
        }
    }

    /// No key but those that belong to `owner`.
    pub(super) fn only(&self, owner: &str, allowed: &[&str]) -> Result<(), String> {
        match self.given.iter().find(|key| !allowed.contains(key)) {
            None => Ok(()),
            Some(key) => Err(format!(
                "{}.{key}: not a key of {owner} (its keys: {})",
                self.table,
                if allowed.is_empty() {
                    "none".into()
                } else {
                    allowed.join(", ")
                }
            )),
        }
    }
}

/// A key without a sensible default.
pub(super) fn required<T>(table: &str, key: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("{table}.{key}: missing"))
}

//! One error type for the whole crate.

use std::fmt;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// An argument has a value that is not allowed.
    Argument,
    /// The tolerance cannot be met in this precision, or by this kernel.
    Tolerance,
    /// A sum is too large for the precision asked for.
    Overflow,
}

/// A refused input: which argument, its value, and what was allowed.
///
/// Displays as `positions[3]: NaN in component 0 (allowed: finite numbers)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    argument: String,
    value: String,
    allowed: String,
}

impl Error {
    /// An error about `argument`, which had `value` where only `allowed` will do.
    pub fn new(
        kind: ErrorKind,
        argument: impl Into<String>,
        value: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            argument: argument.into(),
            value: value.into(),
            allowed: allowed.into(),
        }
    }

    pub(crate) fn argument(
        argument: impl Into<String>,
        value: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self::new(ErrorKind::Argument, argument, value, allowed)
    }

    /// The same with another beginning of the argument's name, if it has this one.
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        if let Some(rest) = self.argument.strip_prefix(from) {
            self.argument = format!("{to}{rest}");
        }
        self
    }

    /// What kind of thing was wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} (allowed: {})",
            self.argument, self.value, self.allowed
        )
    }
}

impl std::error::Error for Error {}

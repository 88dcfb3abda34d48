//! One error type for the whole crate.

use std::fmt;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A value of the configuration is not allowed.
    Config,
    /// An array handed in is not allowed.
    Input,
    /// The sum refused its input.
    Field,
    /// The measured error of the drift exceeds the tolerance.
    Excess,
    /// The least sub-step that is allowed has a larger error than allowed.
    Unresolved,
    /// A particle left the finite numbers, or moved absurdly far in one step.
    BlowUp,
    /// A snapshot is damaged, or belongs to another run.
    Snapshot,
    /// A file could not be read or written.
    Io,
    /// An observer failed.
    Observer,
}

/// One clear line: what was wrong, its value, and what was allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    /// An error with its whole line of text; observers make theirs with [`ErrorKind::Observer`].
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// `name` had `value` where only `allowed` will do.
    pub(crate) fn value(
        kind: ErrorKind,
        name: impl fmt::Display,
        value: impl fmt::Display,
        allowed: impl fmt::Display,
    ) -> Self {
        Self::new(kind, format!("{name}: {value} (allowed: {allowed})"))
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<farfield::Error> for Error {
    fn from(error: farfield::Error) -> Self {
        Self::new(ErrorKind::Field, error.to_string())
    }
}

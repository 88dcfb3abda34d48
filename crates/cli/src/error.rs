//! What the command says when it cannot do what was asked: one line on stderr.

use std::fmt::{self, Display};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
pub(crate) enum Error {
    /// Refused by the sum.
    Sum(farfield::Error),
    /// Refused by, or gone wrong in, a simulation.
    Dynamics(farfield_dynamics::Error),
    /// `what` was `found` where only `allowed` will do.
    Refused {
        what: String,
        found: String,
        allowed: String,
    },
    /// The operating system refused.
    File {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// Everything was read, and the answer is no.
    Failed(String),
}

impl Error {
    pub(crate) fn refused(what: impl Display, found: impl Display, allowed: impl Display) -> Self {
        Self::Refused {
            what: what.to_string(),
            found: found.to_string(),
            allowed: allowed.to_string(),
        }
    }

    /// For `map_err` on file operations; `doing` completes "cannot …".
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            doing,
            path: path.into(),
            source,
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum(error) => error.fmt(f),
            Self::Dynamics(error) => error.fmt(f),
            Self::Refused {
                what,
                found,
                allowed,
            } => write!(f, "{what}: {found} (allowed: {allowed})"),
            Self::File {
                doing,
                path,
                source,
            } => {
                // Rust appends "(os error 28)", which tells nobody anything.
                let reason = source.to_string();
                let reason = reason.split(" (os error").next().unwrap_or_default();
                write!(f, "{}: cannot {doing}: {reason}", path.display())
            }
            Self::Failed(line) => f.write_str(line),
        }
    }
}

impl std::error::Error for Error {}

impl From<farfield::Error> for Error {
    fn from(error: farfield::Error) -> Self {
        Self::Sum(error)
    }
}

impl From<farfield_dynamics::Error> for Error {
    fn from(error: farfield_dynamics::Error) -> Self {
        Self::Dynamics(error)
    }
}

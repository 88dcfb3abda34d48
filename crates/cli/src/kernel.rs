//! The name of a kernel, before arrays tell the dimension.

use farfield::Kernel2d;

/// A name that is known in some dimension, as it was written: every kernel in space has one of the plane.
pub(crate) fn known(name: &str) -> Result<String, farfield::Error> {
    name.parse::<Kernel2d>().map(|_| name.into())
}

//! The name of a kernel, before arrays tell the dimension.

use farfield::{Kernel2d, Kernel3d};

/// Any name that is known in some dimension, as it was written.
pub(crate) fn known(name: &str) -> Result<String, farfield::Error> {
    let planar = name.parse::<Kernel2d>();
    match name.parse::<Kernel3d>() {
        Ok(_) => Ok(name.into()),
        Err(_) => planar.map(|_| name.into()),
    }
}

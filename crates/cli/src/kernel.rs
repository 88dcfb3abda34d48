//! The name of a kernel, before arrays tell the dimension.

use farfield::{BiotSavart3d, Error, ErrorKind, Kernel2d, Kernel3d};

/// A name that is known in some dimension, as it was written: every kernel in space has one of the plane.
pub(crate) fn known(name: &str) -> Result<String, Error> {
    name.parse::<Kernel2d>().map(|_| name.into())
}

/// Kernels in space, by what their sources carry.
pub(crate) enum InSpace {
    Numbers(Kernel3d),
    Vectors(BiotSavart3d),
}

/// The kernel of this name in space.
pub(crate) fn in_space(name: &str) -> Result<InSpace, Error> {
    if name == "biot-savart" {
        return Ok(InSpace::Vectors(BiotSavart3d));
    }
    let refused = |_| {
        let found = format!("'{name}' for positions in space");
        Error::new(ErrorKind::Argument, "kernel", found, "biot-savart, coulomb")
    };
    name.parse().map(InSpace::Numbers).map_err(refused)
}

//! The name of a kernel, before arrays tell the dimension.

use farfield::{Error, ErrorKind, Kernel3d, VectorKernel3d};

/// A name that is known in some dimension, as it was written: every planar kernel and core is there in space too.
pub(crate) fn known(name: &str) -> Result<String, Error> {
    in_space(name).map(|_| name.into())
}

/// Kernels in space, by what their sources carry.
pub(crate) enum InSpace {
    Numbers(Kernel3d),
    Vectors(VectorKernel3d),
}

/// The kernel of this name in space.
pub(crate) fn in_space(name: &str) -> Result<InSpace, Error> {
    match name.split(':').next() {
        Some("biot-savart") => name.parse().map(InSpace::Vectors),
        Some("coulomb") => name.parse().map(InSpace::Numbers),
        _ => {
            let (found, allowed) = (format!("'{name}'"), "biot-savart, coulomb");
            Err(Error::new(ErrorKind::Argument, "kernel", found, allowed))
        }
    }
}

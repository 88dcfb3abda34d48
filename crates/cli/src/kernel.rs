//! The name of a kernel, before arrays tell the dimension.

use crate::formula::radial;
use farfield::landau::Landau;
use farfield::{Error, ErrorKind, Kernel2d, Kernel3d, RadialKernel, Riesz, VectorKernel3d};

/// A name that is known in some dimension, as it was written: every planar kernel and core is there in space too.
pub(crate) fn known(name: &str) -> Result<String, Error> {
    in_space(name).map(|_| name.into())
}

/// Kernels in the plane, by how their far fields are expanded.
pub(crate) enum InPlane {
    Harmonic(Kernel2d),
    Riesz(Riesz),
    Radial(RadialKernel),
    Landau(Landau),
}

/// The kernel of this name in the plane.
pub(crate) fn in_plane(name: &str) -> Result<InPlane, Error> {
    match name.split(':').next() {
        Some("riesz") => name.parse().map(InPlane::Riesz),
        Some("radial") => radial(name).map(InPlane::Radial),
        Some("landau") => name.parse().map(InPlane::Landau),
        _ => name.parse().map(InPlane::Harmonic),
    }
}

/// Kernels in space, by what their sources carry and how their far fields are expanded.
pub(crate) enum InSpace {
    Numbers(Kernel3d),
    Vectors(VectorKernel3d),
    Riesz(Riesz),
    Radial(RadialKernel),
    Landau(Landau),
}

/// The kernel of this name in space.
pub(crate) fn in_space(name: &str) -> Result<InSpace, Error> {
    match name.split(':').next() {
        Some("biot-savart") => name.parse().map(InSpace::Vectors),
        Some("coulomb") => name.parse().map(InSpace::Numbers),
        Some("riesz") => name.parse().map(InSpace::Riesz),
        Some("radial") => radial(name).map(InSpace::Radial),
        Some("landau") => name.parse().map(InSpace::Landau),
        _ => {
            let (found, allowed) = (
                format!("'{name}'"),
                "biot-savart, coulomb, riesz, radial, landau",
            );
            Err(Error::new(ErrorKind::Argument, "kernel", found, allowed))
        }
    }
}

/// The refusal of a kernel whose sums are no field.
pub(crate) fn no_field(kernel: Landau) -> Error {
    let allowed = "biot-savart, coulomb, riesz, radial (landau is for eval)";
    Error::new(
        ErrorKind::Argument,
        "kernel",
        format!("'{kernel}'"),
        allowed,
    )
}

//! The name of a kernel, before arrays tell the dimension.

use crate::text::plural;
use farfield::landau::Landau;
use farfield::{
    Error, ErrorKind, Kernel2d, Kernel3d, KernelNd, RadialKernel, Riesz, VectorKernel3d,
};
use farfield_dynamics::formula::{Profile, RadialFormula};

/// A name that is known in some dimension, as it was written: every planar kernel and core is there in space too.
pub(crate) fn known(name: &str) -> Result<String, Error> {
    in_space(name).map(|_| name.into())
}

/// A dimension in which there is a fast method: 2 or 3.
pub(crate) fn fast_dimension(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(dimension @ (2 | 3)) => Ok(dimension),
        _ => {
            Err("allowed: 2, 3, where there is a fast method to compare with the direct sum".into())
        }
    }
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
            let allowed = "biot-savart, coulomb, riesz, radial, landau";
            Err(refused(name, allowed))
        }
    }
}

/// The kernel of this name in a dimension other than 2 and 3.
pub(crate) fn in_dimension(name: &str, dimension: usize) -> Result<KernelNd, Error> {
    match name.split(':').next() {
        Some("riesz") => name.parse(),
        Some("radial") => radial(name).map(KernelNd::Radial),
        _ if name == "coulomb" => Ok(KernelNd::Coulomb),
        _ => {
            let dimensions = plural(dimension, "dimension");
            let allowed = format!("coulomb, riesz, radial in {dimensions}");
            Err(refused(name, &allowed))
        }
    }
}

/// The kernel `radial:field=FORMULA` or `radial:potential=FORMULA`.
fn radial(name: &str) -> Result<RadialKernel, Error> {
    let formula = name.strip_prefix("radial:").unwrap_or_default();
    let profile = match formula.split_once('=') {
        Some(("field", formula)) => Profile::Field(formula.into()),
        Some(("potential", formula)) => Profile::Potential(formula.into()),
        Some((what, _)) => {
            let found = format!("'{what}'");
            return Err(Error::new(
                ErrorKind::Argument,
                "kernel parameter",
                found,
                "field, potential",
            ));
        }
        None => {
            let usage = "radial:field=FORMULA or radial:potential=FORMULA, in r";
            return Err(refused(name, usage));
        }
    };
    RadialFormula::new(&format!("kernel: {}", profile.key()), &profile)?.kernel()
}

/// The refusal of a kernel whose sums are no field.
pub(crate) fn no_field(kernel: Landau) -> Error {
    let allowed = "biot-savart, coulomb, riesz, radial (landau is for eval)";
    refused(&kernel.to_string(), allowed)
}

fn refused(name: &str, allowed: &str) -> Error {
    Error::new(ErrorKind::Argument, "kernel", format!("'{name}'"), allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radial_kernels() {
        assert!(radial("radial:field=1/(r^2+0.01)").is_ok());
        assert!(radial("radial:potential=exp(-r)/r").is_ok());
        for (name, expected) in [
            ("radial", "kernel: 'radial' (allowed: radial:field=FORMULA"),
            (
                "radial:field",
                "kernel: 'radial:field' (allowed: radial:field=FORMULA",
            ),
            (
                "radial:field=1/(r",
                "kernel: field: '1/(r' (allowed: a formula in r",
            ),
            (
                "radial:potential=x+r",
                "kernel: potential: 'x' in 'x+r' (allowed: r, the distance",
            ),
            (
                "radial:energy=r",
                "kernel parameter: 'energy' (allowed: field, potential)",
            ),
        ] {
            let error = radial(name).expect_err(name).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}

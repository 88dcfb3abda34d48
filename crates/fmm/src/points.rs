//! Points and strengths at the border: validated here, once; inside, code trusts.

use crate::{Error, Result};
use lanes::Real;

/// Every coordinate finite.
pub(crate) fn check_positions<T: Real, const D: usize>(
    argument: &str,
    positions: &[[T; D]],
) -> Result<()> {
    if positions.len() > u32::MAX as usize {
        return Err(Error::argument(
            argument,
            format!("{} points", positions.len()),
            format!("at most {}", u32::MAX),
        ));
    }
    for (i, position) in positions.iter().enumerate() {
        if let Some(axis) = position.iter().position(|x| !x.is_finite()) {
            let value = format!("{} in component {axis}", position[axis]);
            return Err(Error::argument(
                format!("{argument}[{i}]"),
                value,
                "finite numbers",
            ));
        }
    }
    Ok(())
}

/// One finite strength for each source, in every vector.
pub(crate) fn check_strengths<T: Real>(strengths: &[&[T]], n_sources: usize) -> Result<()> {
    if strengths.is_empty() {
        return Err(Error::argument(
            "strengths",
            "no vector",
            "at least one vector of strengths",
        ));
    }
    for (k, vector) in strengths.iter().enumerate() {
        let name = if strengths.len() == 1 {
            "strengths".to_string()
        } else {
            format!("strengths[{k}]")
        };
        if vector.len() != n_sources {
            let value = format!("{} numbers", vector.len());
            return Err(Error::argument(
                name,
                value,
                format!("one for each of the {n_sources} sources"),
            ));
        }
        if let Some(j) = vector.iter().position(|w| !w.is_finite()) {
            return Err(Error::argument(
                format!("{name}[{j}]"),
                vector[j].to_string(),
                "finite numbers",
            ));
        }
    }
    Ok(())
}

//! Points and strengths at the border: validated here, once; inside, code trusts.

use crate::tree::Frame;
use crate::{Error, Result};
use lanes::Real;
use rayon::prelude::*;

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
    let bad = |position: &[T; D]| position.iter().any(|x| !x.is_finite());
    let Some(i) = first(positions, bad) else {
        return Ok(());
    };
    let axis = positions[i]
        .iter()
        .position(|x| !x.is_finite())
        .unwrap_or(0);
    let value = format!("{} in component {axis}", positions[i][axis]);
    Err(Error::argument(
        format!("{argument}[{i}]"),
        value,
        "finite numbers",
    ))
}

/// Index of the first item that is bad.
fn first<T: Sync>(items: &[T], bad: impl Fn(&T) -> bool + Send + Sync) -> Option<usize> {
    items.par_iter().with_min_len(1 << 14).position_first(bad)
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
        if let Some(j) = first(vector, |w| !w.is_finite()) {
            return Err(Error::argument(
                format!("{name}[{j}]"),
                vector[j].to_string(),
                "finite numbers",
            ));
        }
    }
    Ok(())
}

/// ε² of [`crate::passes::p2p`], in the unit of [`crate::tree::Frame`]: too small to change any r² that is not 0.
pub(crate) fn coincident<T: Real>() -> f64 {
    if is_double::<T>() {
        2f64.powi(-1000)
    } else {
        2f64.powi(-126)
    }
}

/// Whether `T` is f64.
pub(crate) fn is_double<T: Real>() -> bool {
    T::EPSILON.to_f64() < 1e-10
}

/// The smallest nonzero coordinate must be large enough, beside the largest, for squares of distances.
///
/// Differences of numbers that are 0 or at least m are 0 or at least m·ε, so this keeps the square of every distance that
/// is not 0 above [`coincident`] by more than the precision.
pub(crate) fn check_resolution<T: Real, const D: usize>(
    frame: &Frame<D>,
    argument: &str,
    points: &[[T; D]],
) -> Result<()> {
    let scale = frame.scale;
    let least = if is_double::<T>() {
        2f64.powi(-420)
    } else {
        2f64.powi(-27)
    };
    let vanishes = |x: T| x != T::ZERO && (x.to_f64() * scale).abs() < least;
    let bad = |point: &[T; D]| point.iter().any(|&x| vanishes(x));
    let Some(i) = first(points, bad) else {
        return Ok(());
    };
    let least = least / scale;
    let allowed =
        format!("coordinates that are 0 or at least {least:e} beside this cloud's extent");
    Err(Error::argument(
        format!("{argument}[{i}]"),
        format!("{:?}", points[i]),
        allowed,
    ))
}

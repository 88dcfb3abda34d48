//! The exact sums, O(N²): the formula of the kernel, pair by pair.

use super::unit::Unit;
use super::{Landau, LandauSums};
use crate::points::{check_positions, check_strengths};
use crate::{Error, ErrorKind, Result};
use lanes::Chosen;
use rayon::prelude::*;

/// A and B at every target by the exact sum, in the caller's rayon pool: the oracle of [`LandauPlan`](super::LandauPlan).
///
/// Errors: γ that is not allowed, numbers that are not finite, another number of weights than of sources, sums that overflow.
pub fn sums<const D: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    weights: &[f64],
    kernel: Landau,
) -> Result<LandauSums<D>> {
    kernel.check(D)?;
    let chosen = Chosen::detect();
    let of_targets = check_positions(chosen, "targets", targets)?;
    let extent = check_positions(chosen, "sources", sources)?.join(of_targets);
    check_strengths::<f64, f64>(chosen, &[weights], sources.len())?;
    let unit = Unit::of(extent.widest());
    let (targets, sources) = (&unit.positions(targets)[..], &unit.positions(sources)[..]);
    let gamma = kernel.gamma;
    // Whole powers by roots, which are faster.
    let mut all = match gamma {
        -3.0 => all(targets, sources, weights, |r2| 1.0 / (r2 * r2.sqrt())),
        -2.0 => all(targets, sources, weights, |r2| 1.0 / r2),
        -1.0 => all(targets, sources, weights, |r2| 1.0 / r2.sqrt()),
        0.0 => all(targets, sources, weights, |_| 1.0),
        1.0 => all(targets, sources, weights, f64::sqrt),
        _ => all(targets, sources, weights, |r2| r2.powf(0.5 * gamma)),
    };
    unit.to_user(gamma, &mut all);
    check(&all)?;
    Ok(all)
}

/// Whether the sums are finite.
pub(super) fn check<const D: usize>(sums: &LandauSums<D>) -> Result<()> {
    let finite = |numbers: &[f64]| numbers.iter().all(|x| x.is_finite());
    let all = sums.a.par_iter().zip(&sums.b);
    let bad = all.position_first(|(a, b)| !(finite(a.as_flattened()) && finite(b)));
    bad.map_or(Ok(()), overflow)
}

/// The error of sums that are not finite.
pub(super) fn overflow<T>(at: usize) -> Result<T> {
    let allowed = "sums within the range of the precision (points may be too close or too far apart, or weights too large)";
    Err(Error::new(
        ErrorKind::Overflow,
        format!("sums[{at}]"),
        "not finite",
        allowed,
    ))
}

/// From r^γ as a function of r².
fn all<const D: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    weights: &[f64],
    power: impl Fn(f64) -> f64 + Sync,
) -> LandauSums<D> {
    let at = |v: &[f64; D]| {
        let (mut a, mut b) = ([[0.0; D]; D], [0.0; D]);
        for (y, w) in sources.iter().zip(weights) {
            let z: [f64; D] = std::array::from_fn(|k| v[k] - y[k]);
            let r2: f64 = z.iter().map(|z| z * z).sum();
            if z == [0.0; D] {
                continue;
            }
            let p = w * power(r2);
            for i in 0..D {
                a[i][i] += p * r2;
                for j in 0..D {
                    a[i][j] -= p * (z[i] * z[j]);
                }
                b[i] -= (D - 1) as f64 * p * z[i];
            }
        }
        (a, b)
    };
    let (a, b) = targets.par_iter().map(at).unzip();
    LandauSums { a, b }
}

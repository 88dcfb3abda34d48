//! Whether a kernel is what it says, by samples.

use super::GeneralKernel;
use super::unit::Unit;
use crate::accuracy::mix;
use crate::{Error, ErrorKind, Result};

/// Lengths that are tried, each half of the one before, and directions for each, those of the axes among them.
const LENGTHS: i32 = 24;
const DIRECTIONS: usize = 16;
/// What rounding may do, of the largest value at a length.
const ROUNDING: f64 = 1e-9;
/// By which lengths are multiplied to see a degree.
const FACTOR: f64 = 1.7;
/// Degrees whose powers of lengths are within the range of the numbers.
const DEGREES: f64 = 12.0;

/// Errors: values that are not finite at distances up to that of points so far apart along an axis, in the unit of the
/// plan; a degree or a parity that is not the kernel's, and `values` that are not its values.
pub(super) fn check<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
    kernel: &K,
    unit: Unit,
    widest: f64,
) -> Result<()> {
    if kernel
        .degree()
        .is_some_and(|q| q.is_nan() || q.abs() > DEGREES)
    {
        let found = format!("{}", unit.degree);
        let allowed = format!("-{DEGREES} to {DEGREES}");
        return Err(Error::argument("kernel: degree", found, allowed));
    }
    for k in 0..if widest > 0.0 { LENGTHS } else { 0 } {
        let length = 1.5 * widest * unit.length * 0.5f64.powi(k);
        let z: Vec<[f64; D]> = (0..DIRECTIONS).map(|i| direction(i, k, length)).collect();
        at_one_length(kernel, &z)?;
    }
    Ok(())
}

/// A vector of about this length: along an axis, or at random.
fn direction<const D: usize>(i: usize, k: i32, length: f64) -> [f64; D] {
    let sign = if i.is_multiple_of(2) { 1.0 } else { -1.0 };
    std::array::from_fn(|a| {
        let random = mix(((i as u64) << 40) ^ ((k as u64) << 20) ^ a as u64) >> 11;
        match i / 2 {
            axis if axis < D && axis == a => sign * length,
            axis if axis < D => 0.0,
            _ => length * (random as f64 / (1u64 << 52) as f64 - 1.0),
        }
    })
}

fn at_one_length<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
    kernel: &K,
    z: &[[f64; D]],
) -> Result<()> {
    let values: Vec<[f64; C]> = z.iter().map(|&z| kernel.value(z)).collect();
    for (z, value) in z.iter().zip(&values) {
        if value.iter().any(|x| !x.is_finite()) {
            let found = format!("{value:?} at z = {z:?}");
            let allowed = "finite numbers where z is not 0";
            return Err(Error::argument("kernel", found, allowed));
        }
    }
    let sizes = values.iter().flatten().map(|x| x.abs());
    let size = sizes.fold(0.0, f64::max);
    // What is found and what should be, by place.
    let hold = |what: &str, of: &dyn Fn(usize) -> [[f64; C]; 2]| {
        for (i, z) in z.iter().enumerate() {
            let [found, expected] = of(i);
            let scale = expected.iter().fold(size, |size, x| size.max(x.abs()));
            let mut pairs = found.iter().zip(&expected);
            if !pairs.all(|(x, y)| (x - y).abs() <= ROUNDING * scale) {
                let found = format!("{found:?} for z = {z:?}");
                return Err(Error::argument(
                    format!("kernel: {what}"),
                    found,
                    format!("{expected:?} there"),
                ));
            }
        }
        Ok(())
    };
    if let Some(degree) = kernel.degree() {
        let (factor, power) = (FACTOR, FACTOR.powf(degree));
        hold("degree", &|i| {
            let found = kernel.value(z[i].map(|z| factor * z));
            [found, values[i].map(|x| power * x)]
        })?;
    }
    if let Some(parity) = kernel.parity() {
        hold("parity", &|i| {
            let found = kernel.value(z[i].map(|z| -z));
            [found, values[i].map(|x| parity.sign() * x)]
        })?;
    }
    let by_axis: [Vec<f64>; D] = std::array::from_fn(|a| z.iter().map(|z| z[a]).collect());
    let mut together: [Vec<f64>; C] = std::array::from_fn(|_| vec![0.0; z.len()]);
    let out = together.each_mut().map(|out| &mut out[..]);
    kernel.values(by_axis.each_ref().map(|z| &z[..]), out);
    hold("values", &|i| {
        [std::array::from_fn(|c| together[c][i]), values[i]]
    })
}

/// The error of the first sum that is not finite, in the order of the sums.
pub(super) fn finite<const C: usize>(sums: &[[f64; C]]) -> Result<()> {
    let bad = |sum: &[f64; C]| sum.iter().any(|x| !x.is_finite());
    match sums.iter().position(bad) {
        None => Ok(()),
        Some(i) => Err(Error::new(
            ErrorKind::Overflow,
            format!("sums[{i}]"),
            "not finite",
            "sums within the range of the precision (points may be too close or too far apart, or strengths too large)",
        )),
    }
}

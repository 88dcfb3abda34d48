//! The exact sum in a dimension that is known at run time: d ≥ 1, 2 and 3 among them.
//!
//! Points are slices of d numbers a point, one point behind the other, as row-major arrays (N, d) have them, and so are
//! the sums.

mod all_pairs;
mod tile;

use super::{SMOOTH_TO, check_sums};
use crate::kernel::{InterpolatedPair, KernelNd, WholeRieszPair};
use crate::passes::{PADDING, Units, unit};
use crate::points::{Extent, check_components, check_least, check_strengths};
use crate::tree::scale_between;
use crate::{Error, Outputs, Real, Result};
use all_pairs::AllPairs;
use lanes::{Chosen, InstructionSet};
use tile::TILE;

/// The sums of one strength vector, in the order of the targets; a sum that was not asked for is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SumsNd<T> {
    /// Σ w_j K(x_i − y_j), d numbers a target.
    pub field: Vec<T>,
    /// Σ w_j g(x_i − y_j).
    pub potential: Vec<T>,
    /// ∂u_a/∂x_b of the field u at d a + b, d² numbers a target.
    pub gradient: Vec<T>,
}

/// The chosen sums over j with y_j ≠ x_i for each strength vector, in `dimension` dimensions, with the fastest or the given
/// instruction set, in the caller's rayon pool.
///
/// It is computed in f64, whatever `T` is, and has the same bits for any number of threads. A pair is right to the last
/// digits, but for powers s other than 0, 1 and 2 (in Coulomb's kernel d − 2), which go through a logarithm: to about
/// 4e-16 (s + 2)(1 + |log r|), r in the unit of the cloud.
///
/// ```
/// use farfield::{KernelNd, Outputs, direct::any_dimension};
/// // Two charges in four dimensions, and what they do at the origin: c₄ = 1/(2π²).
/// let sources = [1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0];
/// let u = any_dimension::evaluate(4, &[0.0; 4], &sources, &[&[1.0, 1.0]], &KernelNd::Coulomb, Outputs::FIELD, None)?;
/// let expected = [-1.0, -0.125, 0.0, 0.0].map(|z| z / (2.0 * std::f64::consts::PI.powi(2)));
/// assert!(u[0].field.iter().zip(expected).all(|(u, expected)| (u - expected).abs() < 1e-16));
/// # Ok::<(), farfield::Error>(())
/// ```
///
/// Errors: no dimension, or one that the kernel does not have, points that are not of it, numbers that are not finite,
/// another number of strengths than of sources, coordinates that vanish beside the others, a sum that overflows `T`.
pub fn evaluate<T: Real>(
    dimension: usize,
    targets: &[T],
    sources: &[T],
    strengths: &[&[T]],
    kernel: &KernelNd,
    outputs: Outputs,
    instruction_set: Option<InstructionSet>,
) -> Result<Vec<SumsNd<T>>> {
    if dimension == 0 {
        return Err(Error::argument("dimension", "0", "1 or more"));
    }
    kernel.check(dimension)?;
    let chosen = crate::options::choose(instruction_set)?;
    check_points(chosen, "targets", targets, dimension)?;
    check_points(chosen, "sources", sources, dimension)?;
    let largest = check_strengths(chosen, strengths, sources.len() / dimension)?;
    if targets.is_empty() {
        return Ok(vec![SumsNd::default(); strengths.len()]);
    }
    let [low, high] = ends([targets, sources], dimension);
    let side = low
        .iter()
        .zip(&high)
        .fold(0.0f64, |side, (low, high)| side.max(high - low));
    kernel.check_extent(dimension, side, SMOOTH_TO)?;
    let scale = scale_between::<f64>(&low, &high);
    check_least("targets", targets, dimension, scale, LEAST)?;
    check_least("sources", sources, dimension, scale, LEAST)?;
    let pair = kernel.pair(dimension, scale);
    let (units, factor) = (pair.units_of_sums(scale), kernel.factor(dimension));
    let targets: Vec<f64> = targets.iter().map(|x| x.to_f64() * scale).collect();
    let sources = by_tile(sources, dimension, scale);
    let sum = |(m, (strengths, largest)): (usize, (&&[T], f64))| {
        let unit = unit(largest);
        let mut w: Vec<f64> = strengths.iter().map(|w| w.to_f64() / unit).collect();
        w.resize(sources.len() / dimension, 0.0);
        let all = AllPairs {
            chosen,
            dimension,
            targets: &targets,
            sources: &sources,
            w: &w,
            outputs,
        };
        let sums = to_user(&all, &all_pairs(&all, &pair), (units, unit), factor);
        let d = dimension;
        let all = [
            ("field", &sums.field[..], d),
            ("potential", &sums.potential, 1),
            ("gradient", &sums.gradient, d * d),
        ];
        check_sums(m, all)?;
        Ok(sums)
    };
    let vectors = strengths.iter().zip(largest);
    vectors.enumerate().map(sum).collect()
}

/// The smallest coordinate that is not 0 may have this size in the unit of the sum: the square of every distance that is not
/// 0 is a normal number then, since differences are multiples of the last digit.
const LEAST: f64 = f64::from_bits((1023 - 450) << 52);

/// Whole points, few enough, all finite.
fn check_points<T: Real>(
    chosen: Chosen,
    argument: &str,
    numbers: &[T],
    dimension: usize,
) -> Result<()> {
    if !numbers.len().is_multiple_of(dimension) {
        let found = format!("{} numbers", numbers.len());
        let allowed = format!("{dimension} for each point");
        return Err(Error::argument(argument, found, allowed));
    }
    let finite = Extent::<1>::of(chosen, numbers).finite;
    check_components(argument, numbers, dimension, finite)
}

/// The least and the largest coordinate of all points on every axis.
fn ends<T: Real>(clouds: [&[T]; 2], dimension: usize) -> [Vec<f64>; 2] {
    let mut low = vec![f64::INFINITY; dimension];
    let mut high = vec![f64::NEG_INFINITY; dimension];
    for point in clouds
        .into_iter()
        .flat_map(|cloud| cloud.chunks_exact(dimension))
    {
        for (a, x) in point.iter().enumerate() {
            low[a] = low[a].min(x.to_f64());
            high[a] = high[a].max(x.to_f64());
        }
    }
    [low, high]
}

/// Sources tile by tile, and within a tile axis by axis, with lengths multiplied by `scale`. The last point is there again
/// until vectors are full.
fn by_tile<T: Real>(points: &[T], dimension: usize, scale: f64) -> Vec<f64> {
    let n = points.len() / dimension;
    let padded = n.next_multiple_of(PADDING);
    let mut tiles = Vec::with_capacity(padded * dimension);
    for first in (0..padded).step_by(TILE) {
        for a in 0..dimension {
            let tile = first..(first + TILE).min(padded);
            let at = |j: usize| points[j.min(n - 1) * dimension + a].to_f64() * scale;
            tiles.extend(tile.map(at));
        }
    }
    tiles
}

/// The rows of all targets. Coulomb's kernel on a line has a power that no other has.
fn all_pairs(all: &AllPairs, pair: &InterpolatedPair) -> Vec<f64> {
    match pair {
        InterpolatedPair::Riesz(pair) if pair.power() == -1.0 => {
            all.rows(WholeRieszPair::<-1>(*pair))
        }
        InterpolatedPair::Riesz(pair) => all.rows(*pair),
        InterpolatedPair::Logarithm(pair) => all.rows(*pair),
        InterpolatedPair::Inverse(pair) => all.rows(*pair),
        InterpolatedPair::InverseSquare(pair) => all.rows(*pair),
        InterpolatedPair::Tabulated(tables) => all.rows(tables.pair()),
    }
}

/// The sums in the user's units and precision, times a factor.
fn to_user<T: Real>(
    all: &AllPairs,
    rows: &[f64],
    (units, unit): (Units, f64),
    factor: f64,
) -> SumsNd<T> {
    let places = all.places();
    // 0 has no unit: in many dimensions those of close points are infinite.
    let in_unit = |x: f64, sum: &dyn Fn(f64) -> f64| if x == 0.0 { x } else { factor * sum(x) };
    let each = |place: std::ops::Range<usize>, sum: &dyn Fn(f64) -> f64| {
        let of_row = |row: &[f64]| {
            let sums = row[place.clone()].iter();
            sums.map(|x| T::from_f64(in_unit(*x, sum)))
                .collect::<Vec<T>>()
        };
        rows.chunks_exact(places.width()).flat_map(of_row).collect()
    };
    SumsNd {
        field: each(places.field(), &|s| units.field(s, unit, 0)),
        potential: each(places.potential(), &|t| units.potential(t, unit)),
        gradient: each(places.gradient(), &|g| units.field(g, unit, 1)),
    }
}

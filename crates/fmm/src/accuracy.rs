//! From the tolerance to the order, and the error that was reached.

use crate::{Guarantee, VerifyReport};
use lanes::accuracy::{COARSE, FULL, MIDDLE, SINGLE};

/// What a tolerance asks of the planar harmonic family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Harmonic2Accuracy {
    /// Terms p of the series.
    pub(crate) order: usize,
    /// Largest error of the plane-wave quadrature.
    pub(crate) wave_error: f64,
}

/// Calibrated on uniform, Gaussian, heavy-tailed, spiral, line and two-cluster clouds of 4·10⁴ and 10⁶ points with
/// strengths of one and of random sign: the worst relative ℓ2 error of field or potential was at most 0.075·e^{−0.86 p}
/// from the series. The waves' quadrature may be wrong by a quarter of the tolerance, which a potential that mostly cancels
/// shows in full. The rule leaves the sum of both below half of the tolerance for fields, so that a sampled error times
/// two still confirms it; the corpus test holds it.
///
/// Pointwise: the sup of |K − K_p|/|K| over two cells of the far list is at most 2·0.4714^p, 0.4714 = (√2/2)/(3/2), sampled
/// on the boundaries of all 40 offsets (1 − z K_p is analytic in source and target, so its modulus is largest there);
/// |z| ≤ 4√2 turns the quadrature's absolute error into a relative one, and half of the tolerance is left to each.
pub(crate) fn harmonic2(tolerance: f64, guarantee: Guarantee) -> Harmonic2Accuracy {
    let terms =
        |constant: f64, rate: f64| ((constant / tolerance).ln() / rate).ceil().max(3.0) as usize;
    match guarantee {
        Guarantee::Calibrated => Harmonic2Accuracy {
            order: terms(0.075 / 0.45, 0.86),
            wave_error: 0.25 * tolerance,
        },
        Guarantee::Pointwise => Harmonic2Accuracy {
            order: terms(4.0, -(0.4714f64.ln())),
            wave_error: tolerance / 12.0,
        },
    }
}

/// Accuracy of one near pair in the plane.
pub(crate) fn pair_in_plane(tolerance: f64, guarantee: Guarantee, single: bool) -> usize {
    guaranteed(pair(tolerance, single), guarantee)
}

/// Pointwise, no pair may rely on others that are larger.
fn guaranteed(pair: usize, guarantee: Guarantee) -> usize {
    match guarantee {
        Guarantee::Calibrated => pair,
        Guarantee::Pointwise => pair.max(MIDDLE),
    }
}

/// What a tolerance asks of the spatial harmonic family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Harmonic3Accuracy {
    /// Degrees n < P of the series.
    pub(crate) order: usize,
    /// Largest error of the plane-wave quadrature.
    pub(crate) wave_error: f64,
}

/// Calibrated on uniform and Gaussian clouds of 2·10⁴ points, depth 3, with strengths of one and of random sign: the worst
/// relative ℓ2 error of the field was 3.9e-3, 2.6e-4, 4.1e-5, 8.3e-6, 1.8e-6, 4.6e-7, 1.4e-7, 3.9e-8, 1.2e-8 for P = 4, 6,
/// … 20, which three exponentials bound. The waves' quadrature may be wrong by 0.3 of the tolerance.
/// The rule leaves 0.17 of it to the series: on uniform, Gaussian, Plummer, two-cluster, sphere, plane, line and helix
/// clouds of 2·10⁴ points in leaves of 60, tolerances from 1e-2 to 4e-11 and coarser quadratures, a share of 0.45 gave 1.04 of the
/// tolerance on Plummer's model with random signs, and at most 0.61 elsewhere.
///
/// Pointwise: the largest |K − K_P|/|K| of the field over the far list was at most 2.7 P² 3^{−P/2} for P from 4 to 46,
/// sampled with one corner of the source's cell in turn for each of the 208 slots, and all corners of every target's cell
/// (1/√3 = (√3/2)/(3/2) is what the worst multipole loses a degree); a third of the tolerance is left to 4 P² 3^{−P/2}. The
/// quadratures' errors in the field, relative to 1/r² and sampled on the domain's boundary, are at most 4900 times those in
/// 1/r, and less for coarse ones: the gradient brings a few λ, and r² is up to 48. A tolerance/7500 leaves 0.65 to them.
///
/// The best quadrature has an error of 2.6e-14, which no rule can go below.
pub(crate) fn harmonic3(tolerance: f64, guarantee: Guarantee) -> Harmonic3Accuracy {
    match guarantee {
        Guarantee::Calibrated => {
            let bounds = [(0.37, 1.14), (0.0163, 0.748), (0.0024, 0.6)];
            let terms = |(constant, rate): (f64, f64)| (constant / (0.17 * tolerance)).ln() / rate;
            Harmonic3Accuracy {
                order: bounds.map(terms).into_iter().fold(3.0, f64::max).ceil() as usize,
                wave_error: 0.3 * tolerance,
            }
        }
        Guarantee::Pointwise => {
            let error =
                |order: usize| 4.0 * (order * order) as f64 * 3f64.powf(-0.5 * order as f64);
            let mut order = 4;
            while error(order) > tolerance / 3.0 {
                order += 1;
            }
            Harmonic3Accuracy {
                order,
                wave_error: tolerance / 7500.0,
            }
        }
    }
}

/// Accuracy of one near pair in space: in f64 φ is the cube of a root, and has three times its error.
pub(crate) fn pair_in_space(tolerance: f64, guarantee: Guarantee, single: bool) -> usize {
    let pair = if single || tolerance >= COARSE_IN_SPACE {
        COARSE
    } else {
        pair(tolerance / 3.0, false)
    };
    guaranteed(pair, guarantee)
}

/// Tolerances from which near pairs in space are taken in f32. Of some thousand clouds of 300 to 2·10⁴ points, with strengths of
/// random sign and ±1 less their mean, potentials of Gaussian clouds of 2500 to 3500 points are the worst, whose points all
/// are near: errors up to 4.9e-7 with AVX2, 4.3e-7 with AVX-512. Fields are wrong by 1e-7 to 2e-7, those of 10⁶ uniform points by
/// 1.1e-7, most of it from the closest pairs.
const COARSE_IN_SPACE: f64 = 7e-7;

/// The smallest tolerance for which near pairs of a plan in f64 are taken in f32.
pub(crate) fn least_in_f32(dimension: usize) -> f64 {
    if dimension == 2 {
        1e-6
    } else {
        COARSE_IN_SPACE
    }
}

/// Points of a leaf whose pairs may be summed in f32: n additions of one sign leave about √n·2e-8.
pub(crate) const MOST_IN_F32: usize = 192;

/// The smallest tolerance that [`harmonic3`] serves: what the finest quadrature allows.
pub(crate) fn harmonic3_floor(guarantee: Guarantee) -> f64 {
    match guarantee {
        Guarantee::Calibrated => 2e-13,
        Guarantee::Pointwise => 1e-8,
    }
}

/// What a tolerance asks of the interpolating family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct InterpolationAccuracy<const D: usize> {
    /// Chebyshev nodes by axis.
    pub(crate) nodes: [usize; D],
    /// What the common basis may lose of the kernel between far cells, of the Frobenius norm.
    pub(crate) error: f64,
}

/// Accuracy of a near pair of a radial kernel, which takes reciprocals and roots or, if not `exactly`, a logarithm and an
/// exponential, which are less accurate.
pub(crate) fn radial_pair(tolerance: f64, exactly: bool, dimension: usize, single: bool) -> usize {
    if exactly && tolerance >= least_in_f32(dimension) {
        COARSE
    } else {
        pair((0.1 * tolerance).min(0.5e-6), single)
    }
}

/// Interpolation in n nodes loses 5.83^−n: the nearest singularity of a far cell lies 1.5 sides from the centre, on the
/// ellipse with 3 + √8.
///
/// Both rules were calibrated for r^−s, s from 0 to 1.9 in the plane and 2.5 in space, on uniform, Gaussian, Plummer,
/// two-cluster and line clouds with strengths of one and of random sign, where fields of small s need the most. Those of large s
/// are mostly made by near pairs, but not on a lattice with equal strengths, nor where all sources are far: there the field, whose
/// terms are derivatives, asks for as much. Of kernels that are no powers, of no `degree`, nothing is known, and the least is lost.
///
/// At 1e-12 in the plane the basis may lose no more than roundings of the kernel, which singular vectors near the cut are mixed with, so that more of
/// them are kept: with the 0.6 of larger tolerances fields of s = 0.3 and 0.5 were wrong by up to 1.9 times, most of it in the corners of cells.
/// For s above 1 those are of no account beside near pairs, and the vectors that were added would be roundings alone.
///
/// Across a long side of a stretched cell, far ones lie nearer by what is `beside` it: the smallest of the others over that side, at most 1.
pub(crate) fn interpolation<const D: usize>(
    tolerance: f64,
    degree: Option<f64>,
    beside: [f64; D],
) -> InterpolationAccuracy<D> {
    let s = degree.map(|degree| (-degree).max(0.0));
    let tolerance = match (D, s) {
        (2, Some(s)) if s > 1.0 => tolerance * 0.6f64.powf(5.0 * (s - 1.0)),
        _ => tolerance,
    };
    let share = match (D, s) {
        (2, Some(s)) if s <= 1.0 && tolerance < 2e-12 => 0.15,
        (2, Some(_)) => 0.6,
        (2, None) => 0.1,
        (_, None) => 0.3,
        (_, Some(s)) => 8f64.powf(s.min(1.0)),
    };
    let nodes = |least: f64| {
        let nodes = MORE_NODES - tolerance.ln() / rate(D, least);
        // Fewer have no room for what the common basis holds exactly.
        (nodes.ceil() as usize).clamp(4, most_nodes(D, least))
    };
    InterpolationAccuracy {
        nodes: beside.map(nodes),
        error: share * tolerance,
    }
}

/// The same around an algebraic core, which takes away the near pairs that hide what far ones lose: with as many nodes as without it 10⁶ random
/// strengths in space missed 1e-6 by 1.2, and with half of its error 4·10⁴ pairs of opposite strengths, a hundredth of the core apart, by 3.4; with an
/// eighth of it by 1.1.
pub(crate) fn around_algebraic_core<const D: usize>(
    tolerance: f64,
    beside: [f64; D],
) -> InterpolationAccuracy<D> {
    let singular = interpolation(tolerance, Some(2.0 - D as f64), beside);
    let one_more = |a: usize| (singular.nodes[a] + 1).min(most_nodes(D, beside[a]));
    InterpolationAccuracy {
        nodes: std::array::from_fn(one_more),
        error: if D == 2 { 0.5 } else { 0.1 } * singular.error,
    }
}

/// Nodes for no accuracy at all.
const MORE_NODES: f64 = 0.85;

/// Logarithm of what a node gains. An ellipse of ρ = e^x around [−1, 1] is sinh x high. In the plane errors on 1 : 2 outgrew small tolerances
/// with `least` itself, from 0.06 of 1e-3 to 1.2 of 1e-10, and keep pace with its power; in space, from 1e-2 to 1e-6, they grew from
/// 0.08 to 0.19.
fn rate(dimension: usize, least: f64) -> f64 {
    let of_cubes = 5.5f64.ln();
    let power = if dimension == 2 { 4.0 / 3.0 } else { 1.0 };
    if least < 1.0 {
        (least.powf(power) * of_cubes.sinh()).asinh()
    } else {
        of_cubes
    }
}

/// Most nodes along an axis beside which the smallest side is `least` of its own.
pub(crate) fn most_nodes(dimension: usize, least: f64) -> usize {
    match dimension {
        2 if least < 1.0 => 32,
        2 => 22,
        _ => 15,
    }
}

/// The smallest tolerance for stretched cells that [`most_nodes`] serve; 0 for cubes, whose floor is
/// [`interpolation_floor`].
pub(crate) fn stretched_floor(dimension: usize, least: f64) -> f64 {
    if least < 1.0 {
        let nodes = most_nodes(dimension, least) as f64 - MORE_NODES;
        (-nodes * rate(dimension, least))
            .exp()
            .max(interpolation_floor(dimension))
    } else {
        0.0
    }
}

/// The smallest tolerance that [`interpolation`] serves.
pub(crate) fn interpolation_floor(dimension: usize) -> f64 {
    if dimension == 2 { 1e-12 } else { 1e-7 }
}

/// How good the reciprocals of a near pair must be.
fn pair(tolerance: f64, single: bool) -> usize {
    match tolerance {
        t if t >= 1e-6 || single => COARSE,
        t if t >= 3e-8 => SINGLE,
        t if t >= 3e-12 => MIDDLE,
        _ => FULL,
    }
}

/// Probability that twice the sampled error bounds the true one from 128 samples on: of 360 runs over clouds and seeds
/// the bound was exceeded in 8 with 128 samples and in none with 400.
const CONFIDENCE: f64 = 0.95;

/// The report of a sample of squared errors against the mean square of the sums, both in units of `unit`.
pub(crate) fn report(squared_errors: &[f64], mean_square: f64, unit: f64) -> VerifyReport {
    let samples = squared_errors.len();
    let mean = squared_errors.iter().sum::<f64>() / samples.max(1) as f64;
    let measured_error = if mean == 0.0 {
        0.0
    } else {
        (mean / mean_square).sqrt()
    };
    // Fewer samples than were calibrated widen the bound as the standard error of a mean does.
    let factor = 2.0 * (128.0 / samples.clamp(1, 128) as f64).sqrt();
    VerifyReport {
        samples,
        measured_error,
        error_bound: factor * measured_error,
        confidence: CONFIDENCE,
        root_mean_square: unit * mean_square.sqrt(),
    }
}

/// Indices of `samples` of `n` items, one in each of as many equal ranges; all of them if there are no more than that.
pub(crate) fn stratified(n: usize, samples: usize, salt: u64) -> Vec<usize> {
    if n <= samples {
        return (0..n).collect();
    }
    let start = |k: usize| (k as u128 * n as u128 / samples as u128) as usize;
    (0..samples)
        .map(|k| {
            let (first, end) = (start(k), start(k + 1));
            first + (mix(salt ^ (k as u64) << 20) % (end - first) as u64) as usize
        })
        .collect()
}

/// SplitMix64 (Steele, Lea and Flood 2014): spreads a counter over all bits.
pub(crate) fn mix(counter: u64) -> u64 {
    let mut x = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

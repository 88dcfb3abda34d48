//! The corpus: clouds and strengths, by name and from fixed seeds.

use farfield::Real;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::StandardNormal;
use std::f64::consts::TAU;

/// Radius of [`Shape::Ring`].
pub(crate) const RING_RADIUS: f64 = 3.0;

/// A law of i.i.d. points in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The unit square.
    Uniform,
    /// Standard normal.
    Gaussian,
    /// Six turns of a spiral arm, 10⁻⁵ thick.
    Spiral,
    /// Two unit normal clusters, 10⁶ apart along a slanted line.
    TwoClusters,
    /// Isotropic with P(|x| > r) = 1/√(1+r²).
    Cauchy,
    /// Isotropic with P(|x| > r) = r^{−1/2}, r ≥ 1: the farthest of n points is at about n².
    PowerLaw,
    /// A segment along the first axis.
    AxisLine,
    /// A slanted segment.
    SlantedLine,
    /// A circle of radius 3; not 1, where the potential of one sign cancels.
    Ring,
}

impl Shape {
    pub(crate) const ALL: [Self; 9] = [
        Self::Uniform,
        Self::Gaussian,
        Self::Spiral,
        Self::TwoClusters,
        Self::Cauchy,
        Self::PowerLaw,
        Self::AxisLine,
        Self::SlantedLine,
        Self::Ring,
    ];

    /// `n` points of this law.
    pub(crate) fn points(self, n: usize, seed: u64) -> Vec<[f64; 2]> {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..n).map(|_| self.point(&mut rng)).collect()
    }

    fn point(self, rng: &mut StdRng) -> [f64; 2] {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        let normal: [f64; 2] = [rng.sample(StandardNormal), rng.sample(StandardNormal)];
        let (sin, cos) = (TAU * u).sin_cos();
        let polar = |r: f64| [r * cos, r * sin];
        match self {
            Self::Uniform => [u, v],
            Self::Gaussian => normal,
            Self::Spiral => {
                let (sin, cos) = (6.0 * TAU * u).sin_cos();
                let r = 0.05 + u;
                [r * cos + 1e-5 * normal[0], r * sin + 1e-5 * normal[1]]
            }
            Self::TwoClusters if v < 0.5 => normal,
            Self::TwoClusters => [normal[0] + 8e5, normal[1] + 6e5],
            Self::Cauchy => polar(((1.0 - v).powi(-2) - 1.0).sqrt()),
            Self::PowerLaw => polar((1.0 - v).powi(-2)),
            Self::AxisLine => [u, 0.25],
            Self::SlantedLine => [u, 0.37 * u - 0.1],
            Self::Ring => polar(RING_RADIUS),
        }
    }
}

/// A law of i.i.d. strengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    /// Uniform on (1/2, 3/2).
    One,
    /// Uniform on (−1, 1).
    Random,
}

impl Signs {
    pub(crate) const BOTH: [Self; 2] = [Self::One, Self::Random];

    /// `n` strengths of this law.
    pub(crate) fn strengths(self, n: usize, seed: u64) -> Vec<f64> {
        let mut rng = StdRng::seed_from_u64(!seed);
        let centre = if self == Self::One { 1.0 } else { 0.0 };
        let width = if self == Self::One { 1.0 } else { 2.0 };
        (0..n)
            .map(|_| centre + width * (rng.random::<f64>() - 0.5))
            .collect()
    }
}

/// Rounded to the precision `T`.
pub(crate) fn rounded<T: Real, const D: usize>(points: &[[f64; D]]) -> Vec<[T; D]> {
    points.iter().map(|p| p.map(T::from_f64)).collect()
}

/// Exact in f64.
pub(crate) fn widened<T: Real, const D: usize>(points: &[[T; D]]) -> Vec<[f64; D]> {
    points.iter().map(|p| p.map(T::to_f64)).collect()
}

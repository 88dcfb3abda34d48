//! γ = 0, Maxwell molecules: a(z) = |z|² I − z zᵀ is a polynomial, so Σw, Σw v and Σw v vᵀ give all sums in O(N).
//!
//! ```text
//! A(v) = (m₀|v|² − 2 v·m₁ + tr S) I − (m₀ v vᵀ − v m₁ᵀ − m₁ vᵀ + S)        B(v) = −(d − 1)(m₀ v − m₁)
//! ```
//!
//! v is counted from the middle of the cloud, where least cancels, and in the cloud's unit.

use super::unit::Unit;
use rayon::prelude::*;

/// Points of one task; sums go piece by piece, so that they are the same for any number of threads.
const PIECE: usize = 1 << 14;

/// Σw, Σw v, Σw v vᵀ.
#[derive(Clone, Copy)]
struct Moments<const D: usize> {
    zeroth: f64,
    first: [f64; D],
    second: [[f64; D]; D],
}

impl<const D: usize> Moments<D> {
    const NOTHING: Self = Self {
        zeroth: 0.0,
        first: [0.0; D],
        second: [[0.0; D]; D],
    };

    fn of(points: &[[f64; D]], weights: &[f64], origin: &Origin<D>) -> Self {
        let mut sum = Self::NOTHING;
        for (y, &w) in points.iter().zip(weights) {
            let y = origin.place(y);
            sum.zeroth += w;
            for i in 0..D {
                sum.first[i] += w * y[i];
                for j in 0..D {
                    sum.second[i][j] += w * y[i] * y[j];
                }
            }
        }
        sum
    }

    fn add(mut self, other: &Self) -> Self {
        self.zeroth += other.zeroth;
        for i in 0..D {
            self.first[i] += other.first[i];
            for j in 0..D {
                self.second[i][j] += other.second[i][j];
            }
        }
        self
    }

    /// A and B at a point.
    fn at(&self, v: &[f64; D]) -> ([[f64; D]; D], [f64; D]) {
        let (m, s) = (&self.first, &self.second);
        let dot = |x: &[f64; D], y: &[f64; D]| (0..D).map(|k| x[k] * y[k]).sum::<f64>();
        let trace: f64 = (0..D).map(|k| s[k][k]).sum();
        let square = self.zeroth * dot(v, v) - 2.0 * dot(v, m) + trace;
        let outer =
            |i: usize, j: usize| self.zeroth * v[i] * v[j] - (v[i] * m[j] + m[i] * v[j]) + s[i][j];
        let entry = |i: usize, j: usize| {
            let diagonal = if i == j { square } else { 0.0 };
            diagonal - outer(i, j)
        };
        // Symmetric to the last digit.
        let a = std::array::from_fn(|i| std::array::from_fn(|j| entry(i.min(j), i.max(j))));
        let b = std::array::from_fn(|i| -((D - 1) as f64) * (self.zeroth * v[i] - m[i]));
        (a, b)
    }
}

/// Where points are counted from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<const D: usize> {
    inverse: f64,
    /// In the unit.
    centre: [f64; D],
    /// What brings A and B to the user's unit, if twice multiplied with.
    factors: [f64; 2],
}

impl<const D: usize> Origin<D> {
    /// Around this middle, which is in the user's unit.
    pub(super) fn new(middle: [f64; D], unit: Unit) -> Self {
        Self {
            inverse: unit.inverse(),
            centre: middle.map(|x| x * unit.inverse()),
            factors: unit.factors(0.0),
        }
    }

    fn place(&self, x: &[f64; D]) -> [f64; D] {
        std::array::from_fn(|k| x[k] * self.inverse - self.centre[k])
    }
}

/// The sums at all points, into slices as long; the first one that is not finite, if there is one.
pub(super) fn fill<const D: usize>(
    points: &[[f64; D]],
    weights: &[f64],
    origin: &Origin<D>,
    (a, b): (&mut [[[f64; D]; D]], &mut [[f64; D]]),
) -> Option<usize> {
    let pieces = points.par_chunks(PIECE).zip(weights.par_chunks(PIECE));
    let pieces: Vec<Moments<D>> = pieces
        .map(|(points, weights)| Moments::of(points, weights, origin))
        .collect();
    let all = pieces.iter().fold(Moments::NOTHING, Moments::add);
    let [of_a, of_b] = origin.factors;
    let out = a.par_chunks_mut(PIECE).zip(b.par_chunks_mut(PIECE));
    let pieces = out.zip(points.par_chunks(PIECE)).enumerate();
    let bad = pieces.filter_map(|(piece, ((a, b), points))| {
        let mut bad = None;
        for (k, ((a, b), x)) in a.iter_mut().zip(b).zip(points).enumerate() {
            let (in_unit, drift) = all.at(&origin.place(x));
            *a = in_unit.map(|row| row.map(|x| x * of_a * of_a));
            *b = drift.map(|x| x * of_b * of_b);
            // 0 unless one of them is not finite.
            let numbers = a.as_flattened().iter().chain(&*b);
            if numbers.fold(0.0, |sum, x| sum + 0.0 * x) != 0.0 && bad.is_none() {
                bad = Some(piece * PIECE + k);
            }
        }
        bad
    });
    bad.min()
}

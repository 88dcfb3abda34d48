//! γ = 0, Maxwell molecules: a(z) = |z|² I − z zᵀ is a polynomial, so Σw, Σw v and Σw v vᵀ give all sums in O(N).
//!
//! ```text
//! A(v) = (m₀|v|² − 2 v·m₁ + tr S) I − (m₀ v vᵀ − v m₁ᵀ − m₁ vᵀ + S)        B(v) = −(d − 1)(m₀ v − m₁)
//! ```
//!
//! v is counted from the middle of the cloud, where least cancels, and in the cloud's unit.

use super::unit::Unit;
use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;

/// Points of one task; sums go piece by piece, so that they are the same for any number of threads.
const PIECE: usize = 1 << 14;

/// Points side by side, as many as vectors hold.
const SIDE: usize = 8;

/// A number of each of them.
type Side = [f64; SIDE];

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

    /// The lower half of A, and B, at points side by side.
    #[inline(always)]
    fn at(&self, v: &[Side; D], [of_a, of_b]: [f64; 2]) -> ([[Side; D]; D], [Side; D]) {
        let (m, s, zeroth) = (&self.first, &self.second, self.zeroth);
        let (mut a, mut b) = ([[[0.0; SIDE]; D]; D], [[0.0; SIDE]; D]);
        let mut trace = 0.0;
        for k in 0..D {
            trace += s[k][k];
        }
        for l in 0..SIDE {
            let (mut square, mut along) = (0.0, 0.0);
            for k in 0..D {
                square += v[k][l] * v[k][l];
                along += v[k][l] * m[k];
            }
            let all = zeroth * square - 2.0 * along + trace;
            for i in 0..D {
                for j in 0..=i {
                    let mixed = v[j][l] * m[i] + m[j] * v[i][l];
                    let outer = zeroth * v[j][l] * v[i][l] - mixed + s[j][i];
                    let diagonal = if i == j { all } else { 0.0 };
                    a[i][j][l] = (diagonal - outer) * of_a * of_a;
                }
                b[i][l] = -((D - 1) as f64) * (zeroth * v[i][l] - m[i]) * of_b * of_b;
            }
        }
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

    #[inline(always)]
    fn place(&self, x: &[f64; D]) -> [f64; D] {
        let mut place = [0.0; D];
        for k in 0..D {
            place[k] = x[k] * self.inverse - self.centre[k];
        }
        place
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
    let moments = &pieces.iter().fold(Moments::NOTHING, Moments::add);
    let chosen = Chosen::detect();
    let out = a.par_chunks_mut(PIECE).zip(b.par_chunks_mut(PIECE));
    let pieces = out.zip(points.par_chunks(PIECE)).enumerate();
    let bad = pieces.filter_map(|(piece, ((a, b), points))| {
        let finite = chosen.run(AtPoints {
            moments,
            origin,
            points,
            a: &mut *a,
            b: &mut *b,
        });
        let bad = |(a, b): (&[[f64; D]; D], &[f64; D])| {
            let mut numbers = a.as_flattened().iter().chain(b);
            !numbers.all(|x| x.is_finite())
        };
        let first = || a.iter().zip(&*b).position(bad);
        let first = if finite { None } else { first() };
        first.map(|k| piece * PIECE + k)
    });
    bad.min()
}

/// The sums at the points of a piece; whether all are finite. Compiled for each instruction set, to the same bits.
struct AtPoints<'a, const D: usize> {
    moments: &'a Moments<D>,
    origin: &'a Origin<D>,
    points: &'a [[f64; D]],
    a: &'a mut [[[f64; D]; D]],
    b: &'a mut [[f64; D]],
}

impl<const D: usize> Job for AtPoints<'_, D> {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, _: I) -> bool {
        // 0 unless one of them is not finite.
        let mut off = [0.0; SIDE];
        let out = self.a.chunks_mut(SIDE).zip(self.b.chunks_mut(SIDE));
        for (points, (a, b)) in self.points.chunks(SIDE).zip(out) {
            let mut v = [[0.0; SIDE]; D];
            for (l, x) in points.iter().enumerate() {
                let place = self.origin.place(x);
                for k in 0..D {
                    v[k][l] = place[k];
                }
            }
            let (of_a, of_b) = self.moments.at(&v, self.origin.factors);
            for i in 0..D {
                for l in 0..SIDE {
                    off[l] += 0.0 * of_b[i][l];
                    for j in 0..=i {
                        off[l] += 0.0 * of_a[i][j][l];
                    }
                }
            }
            for (l, (a, b)) in a.iter_mut().zip(b).enumerate() {
                for i in 0..D {
                    b[i] = of_b[i][l];
                    for j in 0..D {
                        a[i][j] = of_a[i.max(j)][i.min(j)][l];
                    }
                }
            }
        }
        off == [0.0; SIDE]
    }
}

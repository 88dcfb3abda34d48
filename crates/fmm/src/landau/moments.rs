//! γ = 0, Maxwell molecules: a(z) = |z|² I − z zᵀ is a polynomial, so Σw, Σw v and Σw v vᵀ give all sums in O(N).
//!
//! ```text
//! A(v) = (m₀|v|² − 2 v·m₁ + tr S) I − (m₀ v vᵀ − v m₁ᵀ − m₁ vᵀ + S)        B(v) = −(d − 1)(m₀ v − m₁)
//! ```
//!
//! v is counted from the middle of the cloud, where least cancels, and in the cloud's unit.

use super::unit::Unit;
use lanes::{Chosen, Isa, Job, Lanes};
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

    /// The lower half of A, and B, at a vector of points. Products and sums are rounded one by one, so that every instruction set has the
    /// same bits.
    #[inline(always)]
    fn at<I: Isa>(
        &self,
        isa: I,
        v: [I::F64; D],
        [of_a, of_b]: [f64; 2],
    ) -> ([[I::F64; D]; D], [I::F64; D]) {
        let number = |x: f64| I::F64::splat(isa, x);
        let zero = number(0.0);
        let (mut square, mut along, mut trace) = (zero, zero, 0.0);
        for k in 0..D {
            square += v[k] * v[k];
            along += v[k] * number(self.first[k]);
            trace += self.second[k][k];
        }
        let zeroth = number(self.zeroth);
        let all = zeroth * square - number(2.0) * along + number(trace);
        let (mut a, mut b) = ([[zero; D]; D], [zero; D]);
        for i in 0..D {
            for j in 0..=i {
                let mixed = v[j] * number(self.first[i]) + number(self.first[j]) * v[i];
                let outer = zeroth * v[j] * v[i] - mixed + number(self.second[j][i]);
                let diagonal = if i == j { all } else { zero };
                a[i][j] = (diagonal - outer) * number(of_a) * number(of_a);
            }
            let apart = zeroth * v[i] - number(self.first[i]);
            b[i] = number(-((D - 1) as f64)) * apart * number(of_b) * number(of_b);
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

    /// Places of points side by side, at most [`SIDE`] of them.
    #[inline(always)]
    fn side(&self, points: &[[f64; D]]) -> [Side; D] {
        let mut v = [[0.0; SIDE]; D];
        for (l, x) in points.iter().enumerate() {
            for k in 0..D {
                v[k][l] = x[k] * self.inverse - self.centre[k];
            }
        }
        v
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
    let chosen = Chosen::detect();
    let of_piece = |(points, weights)| {
        chosen.run(OfPoints {
            points,
            weights,
            origin,
        })
    };
    let pieces: Vec<Moments<D>> = pieces.map(of_piece).collect();
    let moments = &pieces.iter().fold(Moments::NOTHING, Moments::add);
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

/// The moments of a piece. Compiled for each instruction set, to the same bits.
struct OfPoints<'a, const D: usize> {
    points: &'a [[f64; D]],
    weights: &'a [f64],
    origin: &'a Origin<D>,
}

impl<const D: usize> Job for OfPoints<'_, D> {
    type Output = Moments<D>;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Moments<D> {
        let (mut zeroth, mut first) = ([0.0; SIDE], [[0.0; SIDE]; D]);
        // Its lower half.
        let mut second = [[[0.0; SIDE]; D]; D];
        for (points, weights) in self.points.chunks(SIDE).zip(self.weights.chunks(SIDE)) {
            let (v, mut w) = (self.origin.side(points), [0.0; SIDE]);
            w[..weights.len()].copy_from_slice(weights);
            for at in (0..SIDE).step_by(<I::F64 as Lanes>::LANES) {
                let w = I::F64::load(isa, &w[at..]);
                add(isa, w, &mut zeroth[at..]);
                for i in 0..D {
                    let weighted = w * I::F64::load(isa, &v[i][at..]);
                    add(isa, weighted, &mut first[i][at..]);
                    for j in 0..=i {
                        let both = weighted * I::F64::load(isa, &v[j][at..]);
                        add(isa, both, &mut second[i][j][at..]);
                    }
                }
            }
        }
        let mut sum = Moments::NOTHING;
        for l in 0..SIDE {
            sum.zeroth += zeroth[l];
            for i in 0..D {
                sum.first[i] += first[i][l];
                for j in 0..D {
                    sum.second[i][j] += second[i.max(j)][i.min(j)][l];
                }
            }
        }
        sum
    }
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
    fn run<I: Isa>(self, isa: I) -> bool {
        // 0 unless one of them is not finite.
        let zero = I::F64::splat(isa, 0.0);
        let mut off = zero;
        let (mut of_a, mut of_b) = ([[[0.0; SIDE]; D]; D], [[0.0; SIDE]; D]);
        let out = self.a.chunks_mut(SIDE).zip(self.b.chunks_mut(SIDE));
        for (points, (a, b)) in self.points.chunks(SIDE).zip(out) {
            let places = self.origin.side(points);
            for at in (0..SIDE).step_by(<I::F64 as Lanes>::LANES) {
                let mut v = [zero; D];
                for k in 0..D {
                    v[k] = I::F64::load(isa, &places[k][at..]);
                }
                let (a, b) = self.moments.at(isa, v, self.origin.factors);
                for i in 0..D {
                    off += zero * b[i];
                    b[i].store(&mut of_b[i][at..]);
                    for j in 0..=i {
                        off += zero * a[i][j];
                        a[i][j].store(&mut of_a[i][j][at..]);
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
        off.sum() == 0.0
    }
}

/// Adds a vector to numbers.
#[inline(always)]
fn add<I: Isa>(isa: I, vector: I::F64, to: &mut [f64]) {
    (I::F64::load(isa, to) + vector).store(to);
}

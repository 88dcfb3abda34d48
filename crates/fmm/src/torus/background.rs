//! The uniform background that makes a torus neutral.
//!
//! The sum over all images of a source, in the order of growing cubes, is not the periodic field but that plus a quadratic: a background
//! of density −1/V has it. In box units u about the middle of the box, with moments of the strengths M₀ = Σ w, M₁ = Σ w u,
//! M₂ = Σ w u²,
//!
//! ```text
//! Σ_j w_j (u − u_j) = M₀ u − M₁        Σ_j w_j |u − u_j|² = M₀ u² − 2 M₁·u + M₂
//! ```

use crate::expansion::{Background, UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL, place_of};
use crate::tree::{Cell, Frame};
use lanes::Real;
use rayon::prelude::*;

/// Points that are summed together; the sum over all is that of their sums, in their order.
const PIECE: usize = 1 << 13;

/// The moments of one strength vector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moments {
    m0: f64,
    /// By axis; those past the dimension are 0.
    m1: [f64; 3],
    m2: f64,
}

impl Moments {
    const ZERO: Self = Self {
        m0: 0.0,
        m1: [0.0; 3],
        m2: 0.0,
    };

    /// Of `n` sources in plan units.
    pub(crate) fn of<T: Real, const D: usize>(
        frame: &Frame<D>,
        sources: &[Vec<T>; D],
        w: &[T],
        n: usize,
    ) -> Self {
        let pieces: Vec<usize> = (0..n).step_by(PIECE).collect();
        let of_piece = |first: usize| {
            let mut sum = Self::ZERO;
            for i in first..n.min(first + PIECE) {
                let u = middle(frame, std::array::from_fn(|a| sources[a][i].to_f64()));
                sum.add::<D>(w[i].to_f64(), u);
            }
            sum
        };
        let sums: Vec<Self> = pieces.into_par_iter().map(of_piece).collect();
        sums.into_iter().fold(Self::ZERO, Self::plus)
    }

    #[inline(always)]
    fn add<const D: usize>(&mut self, w: f64, u: [f64; D]) {
        self.m0 += w;
        for a in 0..D {
            self.m1[a] += w * u[a];
            self.m2 += w * u[a] * u[a];
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            m0: self.m0 + other.m0,
            m1: std::array::from_fn(|a| self.m1[a] + other.m1[a]),
            m2: self.m2 + other.m2,
        }
    }

    /// Adds the background's share to the sums, in plan units, at points in the box units of a cell.
    pub(crate) fn act<const D: usize>(
        &self,
        background: Background,
        frame: &Frame<D>,
        cell: &Cell<D>,
        points: &UnitPoints<D>,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        let centre = middle(frame, frame.centre(cell.level, cell.anchor));
        let side = frame.cell_side(cell.level) / frame.side;
        let count = cell.targets.len();
        let per_length = |power: usize| (0..power).fold(1.0, |x, _| x / frame.side);
        let of_field = background.field * per_length(D - 1);
        for i in 0..count {
            let u: [f64; D] = std::array::from_fn(|a| centre[a] + side * points.u[a][i]);
            for a in 0..D {
                sums.s[a][i] += of_field * (self.m0 * u[a] - self.m1[a]);
            }
            if wanted >= POTENTIAL {
                let square: f64 = (0..D)
                    .map(|a| (self.m0 * u[a] - 2.0 * self.m1[a]) * u[a])
                    .sum();
                sums.t[i] += background.potential * per_length(D - 2) * (square + self.m2);
            }
        }
        if wanted >= GRADIENT {
            for a in 0..D {
                let diagonal = &mut sums.g[place_of::<D>(a, a)][..count];
                let slope = background.field * per_length(D) * self.m0;
                diagonal.iter_mut().for_each(|g| *g += slope);
            }
        }
    }
}

/// Plan units to box units about the middle of the box.
#[inline(always)]
fn middle<const D: usize>(frame: &Frame<D>, x: [f64; D]) -> [f64; D] {
    std::array::from_fn(|a| (x[a] - frame.corner[a]) / frame.side - 0.5)
}

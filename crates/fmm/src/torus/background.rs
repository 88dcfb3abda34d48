//! The uniform background that makes a torus neutral.
//!
//! The sum over all images of a source, in the order of growing cubes, is not the periodic field but that plus a quadratic: a background
//! of density −1/V has it. In box units u about the middle of the box, with moments of the strengths M₀ = Σ w, M₁ = Σ w u,
//! M₂ = Σ w u² (where [`Fit::Thirds`](crate::tree::Fit) makes cells of the box h = 1/3 wide, each point about the middle of its own;
//! what that leaves out, of the displacement between two of them, is with their lattice sums),
//!
//! ```text
//! Σ_j w_j (u − u_j) = M₀ u − M₁        Σ_j w_j |u − u_j|² = M₀ u² − 2 M₁·u + M₂
//! ```
//!
//! Points that fill the box evenly have a field that is only what they lack of a uniform density, which has none; expansions of all of M₀
//! would be too coarse for that difference. So on all levels that are *full*, with sources in every cell, multipoles are those of the
//! sources less a uniform density of the same sum. Its sums from all that is far of a cell of the last full level are then missing; they
//! are the opposite of its sums from the cell and its neighbours: a local ([`Uniform`]) and quadratics about the cell's middle c.
//!
//! ```text
//! Σ w z φ: field (M₀ (u − c) − M₁)      Σ w γ: potential (M₀ |u − c|² − 2 M₁·u + M₂ − M₀ D h²/12)
//! ```

use crate::expansion::{Expansion, HarmonicUniform, Uniform, UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL, place_of};
use crate::tree::{Cell, Frame, Tree};
use lanes::Real;
use rayon::prelude::*;
use std::ops::Range;

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

    /// Of the sources of a tree, in its order and in plan units.
    pub(crate) fn of<T: Real, const D: usize>(
        tree: &Tree<D>,
        sources: &[Vec<T>; D],
        w: &[T],
    ) -> Self {
        let cells = &tree.cells[tree.level(tree.frame.fit.first_level() as usize)];
        let pieces = cells.iter().flat_map(|cell| {
            let Range { start, end } = cell.sources;
            let pieces = (start..end).step_by(PIECE);
            pieces.map(move |first| (cell, first as usize..end.min(first + PIECE as u32) as usize))
        });
        let pieces: Vec<_> = pieces.collect();
        let of_piece = |(cell, piece): (&Cell<D>, Range<usize>)| {
            let mut sum = Self::ZERO;
            let centre = tree.centre(cell);
            for i in piece {
                let x = std::array::from_fn(|a| sources[a][i].to_f64());
                sum.add::<D>(w[i].to_f64(), from(&tree.frame, centre, x));
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

    /// The strength of the uniform density in a cell of a level.
    pub(crate) fn in_cell<const D: usize>(&self, frame: &Frame<D>, level: u32) -> f64 {
        self.m0 * f64::from(frame.fit.cells_along(level)).powi(-(D as i32))
    }

    /// Takes the uniform density out of the multipoles of all full levels.
    pub(crate) fn take_out<E: Expansion<D>, const D: usize>(
        &self,
        expansion: &E,
        tree: &Tree<D>,
        multipoles: &mut [f64],
    ) {
        for level in tree.frame.fit.first_level()..=tree.last_full_level() {
            let Some(uniform) = expansion.at(level).uniform() else {
                return;
            };
            let strength = self.in_cell(&tree.frame, level);
            for cell in tree.level(level as usize) {
                let len = uniform.multipole.len();
                let multipole = &mut multipoles[cell * len..][..len];
                add(multipole, &uniform.multipole, -strength);
            }
        }
    }

    /// What the density has from far, to the locals of the last full level.
    pub(crate) fn put_back<const D: usize>(
        &self,
        uniform: &Uniform,
        tree: &Tree<D>,
        locals: &mut [f64],
    ) {
        let Some(harmonic) = &uniform.harmonic else {
            return;
        };
        let level = tree.last_full_level();
        let strength = self.in_cell(&tree.frame, level);
        let log_side = tree.frame.log_side(level);
        let len = harmonic.local.len();
        for cell in tree.level(level as usize) {
            let local = &mut locals[cell * len..][..len];
            add(local, &harmonic.local, -strength);
            local[harmonic.constant] -= strength * harmonic.logarithms * log_side;
        }
    }

    /// Adds the background's quadratics to the sums, in plan units, at points in the box units of a leaf.
    pub(crate) fn act<const D: usize>(
        &self,
        harmonic: &HarmonicUniform,
        tree: &Tree<D>,
        leaf: &Cell<D>,
        points: &UnitPoints<D>,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        let frame = &tree.frame;
        let middle = tree.centre(&leaf.ancestor(frame.fit.first_level()));
        let centre = from(frame, middle, tree.centre(leaf));
        let full = leaf.ancestor(tree.last_full_level());
        let full = from(frame, middle, tree.centre(&full));
        let side = frame.cell_side(leaf.level) / frame.box_side();
        let count = leaf.targets.len();
        let per_length = |power: usize| (0..power).fold(1.0, |x, _| x / frame.box_side());
        let of_field = harmonic.field * per_length(D - 1);
        let of_potential = harmonic.potential * per_length(D - 2);
        let h = 1.0 / f64::from(frame.fit.cells_along(frame.fit.first_level()));
        let constant = self.m2 - self.m0 * D as f64 * h * h / 12.0;
        for i in 0..count {
            let mut square = constant;
            for a in 0..D {
                let u = side * points.u[a][i];
                let beside = u + (centre[a] - full[a]);
                sums.s[a][i] += of_field * (self.m0 * beside - self.m1[a]);
                square += self.m0 * beside * beside - 2.0 * self.m1[a] * (u + centre[a]);
            }
            if wanted >= POTENTIAL {
                sums.t[i] += of_potential * square;
            }
        }
        if wanted >= GRADIENT {
            for a in 0..D {
                let diagonal = &mut sums.g[place_of::<D>(a, a)][..count];
                let slope = harmonic.field * per_length(D) * self.m0;
                diagonal.iter_mut().for_each(|g| *g += slope);
            }
        }
    }
}

/// to += factor · from
fn add(to: &mut [f64], from: &[f64], factor: f64) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += factor * from;
    }
}

/// Plan units to box units about a point.
#[inline(always)]
fn from<const D: usize>(frame: &Frame<D>, point: [f64; D], x: [f64; D]) -> [f64; D] {
    std::array::from_fn(|a| (x[a] - point[a]) / frame.box_side())
}

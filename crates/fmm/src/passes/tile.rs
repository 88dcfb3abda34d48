//! What goes into a tile of [`super::p2p`] and what comes out.

use super::near::Coordinates;
use super::wanted::SECOND;
use crate::kernel::Pair;
use lanes::{Lanes, Real};

/// The radial sums at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RadialSum<T, const D: usize> {
    pub(crate) s: [T; D],
    pub(crate) t: T,
    pub(crate) g: [T; SECOND],
}

impl<T: Real, const D: usize> RadialSum<T, D> {
    pub(crate) const ZERO: Self = Self {
        s: [T::ZERO; D],
        t: T::ZERO,
        g: [T::ZERO; SECOND],
    };
}

/// Sources as structure of arrays, padded with strength 0 to whole vectors; `w` holds the `M` strength vectors that are
/// summed at once.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a, X, T, const D: usize, const M: usize> {
    pub(crate) x: [&'a [X]; D],
    pub(crate) w: [&'a [T]; M],
}

/// `N` targets, and what they give to the sources in turn where the tile goes both ways.
#[derive(Clone, Copy)]
pub(crate) struct Targets<X, T, const D: usize, const N: usize, const M: usize> {
    pub(crate) x: [[X; D]; N],
    pub(crate) w: [[T; N]; M],
}

/// The radial sums at the places of the sources; empty where the tile goes one way.
pub(crate) struct Back<'a, T, const D: usize> {
    pub(crate) s: [&'a mut [T]; D],
    pub(crate) t: &'a mut [T],
}

impl<T, const D: usize> Default for Back<'_, T, D> {
    fn default() -> Self {
        Self {
            s: std::array::from_fn(|_| &mut [][..]),
            t: &mut [],
        }
    }
}

/// What a tile that goes both ways, whose first sources are its own targets, changes where it meets those on a grid: the r² of a
/// target and itself is large, so that it is not close.
pub(crate) struct Own<V, const N: usize> {
    /// Added to r², by target: in the first vector of sources, and in the others.
    pub(super) apart: [[V; N]; 2],
}

impl<V: Lanes, const N: usize> Own<V, N> {
    #[inline(always)]
    pub(crate) fn new<C: Coordinates<V>, P: Pair>(isa: V::Isa) -> Self {
        debug_assert!(N <= V::LANES, "the first vector holds all targets");
        let r2 = if P::VANISHES_FAR {
            C::FAR * C::FAR
        } else {
            FAR_AWAY
        };
        let far_away = |k: usize| move |lane: usize| if lane == k { r2 } else { 0.0 };
        Self {
            apart: [
                std::array::from_fn(|k| V::by_lane(isa, far_away(k))),
                [V::splat(isa, V::Elem::ZERO); N],
            ],
        }
    }
}

/// The r² of a target and itself on a grid, unless γ vanishes sooner: so large that r² φ vanishes in f32, while 1/r² is still a normal
/// number.
const FAR_AWAY: f64 = (1u128 << 120) as f64;

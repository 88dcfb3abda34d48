//! What goes into a tile of [`super::p2p`] and what comes out.

use super::wanted::SECOND;
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

/// What a tile that goes both ways, whose first sources are its own targets, changes where it meets those.
///
/// A pair of two targets goes to `back` alone, which gets it at both: their strengths count as 0. On a grid, the r² of a
/// target and itself is large, so that it is not close.
pub(crate) struct Own<V, const N: usize> {
    /// Added to r², by target: in the first vector of sources, and in the others.
    pub(super) apart: [[V; N]; 2],
    /// Factor of the strengths likewise.
    pub(super) others: [V; 2],
}

impl<V: Lanes, const N: usize> Own<V, N> {
    #[inline(always)]
    pub(crate) fn new(isa: V::Isa) -> Self {
        debug_assert!(N <= V::LANES, "the first vector holds all targets");
        let far_away = |k: usize| move |lane: usize| if lane == k { FAR_AWAY } else { 0.0 };
        let behind = |lane: usize| if lane < N { 0.0 } else { 1.0 };
        let number = |x: f64| V::splat(isa, V::Elem::from_f64(x));
        Self {
            apart: [
                std::array::from_fn(|k| V::by_lane(isa, far_away(k))),
                [number(0.0); N],
            ],
            others: [V::by_lane(isa, behind), number(1.0)],
        }
    }
}

/// The r² of a target and itself on a grid: so large that r² φ vanishes in f32, while 1/r² is still a normal number.
const FAR_AWAY: f64 = (1u128 << 120) as f64;

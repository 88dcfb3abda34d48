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

/// Vectors of sources with pairs that are too close for rounded coordinates.
#[derive(Clone, Copy)]
pub(crate) struct Close {
    /// The first source of each vector.
    starts: [u32; Self::MOST],
    count: usize,
}

impl Close {
    /// So many are remembered.
    const MOST: usize = 16;
    pub(crate) const NONE: Self = Self {
        starts: [0; Self::MOST],
        count: 0,
    };

    #[inline(always)]
    pub(super) fn push(&mut self, start: usize) {
        if let Some(place) = self.starts.get_mut(self.count) {
            *place = start as u32;
        }
        self.count += 1;
    }

    pub(crate) fn any(&self) -> bool {
        self.count > 0
    }

    /// Where they start: all vectors of so many sources if there are more than are remembered.
    pub(super) fn starts(&self, sources: usize, lanes: usize) -> impl Iterator<Item = usize> {
        let known = self.starts.get(..self.count);
        let every = if known.is_some() { 0 } else { sources };
        let known = known.unwrap_or_default().iter();
        let known = known.map(|&start| start as usize);
        known.chain((0..every).step_by(lanes))
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

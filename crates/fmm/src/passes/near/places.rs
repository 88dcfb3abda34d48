//! How the coordinates of near pairs are held: as they are, or rounded to a grid.

use lanes::{Integers, Lanes, Real};

/// A vector of coordinates along one axis, whose differences are numbers in a `V`.
pub(crate) trait Coordinates<V: Lanes>: Copy {
    /// One coordinate.
    type Place: Copy;
    /// Whether they were rounded, so that pairs below [`close`] are off by too much and are taken again.
    const ROUNDED: bool;
    /// The unit in which γ takes r, in the unit of the places.
    const FAR: f64;

    /// `x` in every lane.
    fn splat(isa: V::Isa, x: Self::Place) -> Self;
    /// The first coordinates of `from`, one a lane; panics if there are fewer.
    fn load(isa: V::Isa, from: &[Self::Place]) -> Self;
    /// self − b
    fn minus(self, b: Self) -> V;
}

/// Coordinates as they are.
#[derive(Clone, Copy)]
pub(crate) struct AsTheyAre<V>(V);

impl<V: Lanes> Coordinates<V> for AsTheyAre<V> {
    type Place = V::Elem;
    const ROUNDED: bool = false;
    const FAR: f64 = 1.0;

    #[inline(always)]
    fn splat(isa: V::Isa, x: V::Elem) -> Self {
        Self(V::splat(isa, x))
    }
    #[inline(always)]
    fn load(isa: V::Isa, from: &[V::Elem]) -> Self {
        Self(V::load(isa, from))
    }
    #[inline(always)]
    fn minus(self, b: Self) -> V {
        self.0 - b.0
    }
}

/// Places of the grid below which a pair is taken again. In space, where few pairs are so close and those weigh most, more:
/// the field of 10⁵ uniform points with random signs was wrong by 4.5e-7 with 2²⁰, 1.6e-7 with 2²² and 1.5e-7 with 2²³.
pub(in crate::passes) const fn close(dimension: usize) -> f64 {
    (1u64 << if dimension == 2 { 20 } else { 22 }) as f64
}
/// About the width of a leaf, so that the logarithm of r is small.
pub(super) const FAR: f64 = (1u64 << 27) as f64;

/// Coordinates on a grid of 2³¹ places across a block: the difference of two is exact, and becomes a number in f32. The
/// relative error of a pair is at most 2⁻²⁴ from that and √D/[`close`] from the grid, since closer pairs are taken again.
#[derive(Clone, Copy)]
pub(in crate::passes) struct OnAGrid<X>(X);

impl<X: Integers> Coordinates<X::Float> for OnAGrid<X> {
    type Place = i32;
    const ROUNDED: bool = true;
    const FAR: f64 = FAR;

    #[inline(always)]
    fn splat(isa: X::Isa, x: i32) -> Self {
        Self(X::splat(isa, x))
    }
    #[inline(always)]
    fn load(isa: X::Isa, from: &[i32]) -> Self {
        Self(X::load(isa, from))
    }
    #[inline(always)]
    fn minus(self, b: Self) -> X::Float {
        self.0.minus(b.0)
    }
}

/// A grid across a block of leaves.
#[derive(Clone, Copy, Debug)]
pub(in crate::passes) struct Grid<const D: usize> {
    /// Place 0.
    pub(in crate::passes) origin: [f64; D],
    /// Distance of two places.
    pub(in crate::passes) unit: f64,
}

/// Places along the longest side of a block, so that differences fit an `i32`.
const PLACES: f64 = (i32::MAX - 1) as f64;
/// A block may be so many times as wide as its smallest leaf: else too many of its pairs would be close.
const WIDEST: f64 = 64.0;

/// The box of some leaves, and the sides of the smallest and the largest.
#[derive(Clone, Copy, Debug)]
pub(in crate::passes) struct Extent<const D: usize> {
    low: [f64; D],
    high: [f64; D],
    smallest: f64,
    largest: f64,
}

impl<const D: usize> Extent<D> {
    pub(in crate::passes) const NOTHING: Self = Self {
        low: [f64::INFINITY; D],
        high: [f64::NEG_INFINITY; D],
        smallest: f64::INFINITY,
        largest: 0.0,
    };

    /// With one more leaf.
    pub(in crate::passes) fn with(mut self, centre: [f64; D], side: f64) -> Self {
        self.smallest = self.smallest.min(side);
        self.largest = self.largest.max(side);
        for a in 0..D {
            self.low[a] = self.low[a].min(centre[a] - 0.5 * side);
            self.high[a] = self.high[a].max(centre[a] + 0.5 * side);
        }
        self
    }

    fn side(&self) -> f64 {
        let sides = (0..D).map(|a| self.high[a] - self.low[a]);
        sides.fold(self.smallest, f64::max)
    }

    /// Whether a grid across it is fine enough for its smallest leaf.
    pub(in crate::passes) fn fits_a_grid(&self) -> bool {
        self.side() <= WIDEST * self.smallest
    }
}

impl<const D: usize> Grid<D> {
    /// The grid across some leaves and the width of one around them, if they fit one.
    pub(in crate::passes) fn across(extent: &Extent<D>) -> Option<Self> {
        let margin = extent.largest;
        extent.fits_a_grid().then_some(Self {
            origin: extent.low.map(|low| low - margin),
            unit: (extent.side() + 2.0 * margin) / PLACES,
        })
    }

    /// The first and the last coordinate along an axis.
    pub(in crate::passes) fn ends(&self, axis: usize) -> (f64, f64) {
        let low = self.origin[axis];
        (low, low + self.unit * PLACES)
    }

    /// The nearest place along an axis.
    #[inline(always)]
    pub(in crate::passes) fn place<T: Real>(&self, axis: usize, inverse: f64, x: T) -> i32 {
        // Adding 1½·2⁵² rounds to a whole number, whose low half lies in the low bits.
        const WHOLE: f64 = (3u64 << 51) as f64;
        ((x.to_f64() - self.origin[axis]) * inverse + WHOLE).to_bits() as i32
    }
}

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

/// Places of the grid below which a pair is taken again: in space 1/43 of the largest leaf, since close pairs weigh most there.
/// Pairs in f32 then left 1.1e-7 of the field of 10⁶ uniform points with random signs, and 1.3e-7, 1e-7 and 8e-8 for 2²⁴,
/// 2²⁵ and 2²⁶, the latter with 17 and 65 % more time on a sphere. In the plane about 1/512: of a pair with a field of 1/r², the grid changes
/// at most 4.3e-7 in the root mean square then. With 2²⁰, a cloud whose field is that of a few close pairs was wrong by 5.1e-7.
pub(in crate::passes) const fn close(dimension: usize) -> f64 {
    (if dimension == 2 { 1u32 << 21 } else { 23 << 20 }) as f64
}
/// About the width of a leaf, so that the logarithm of r is small.
pub(super) const FAR: f64 = (1u64 << 30) as f64;

/// Coordinates on a grid, modulo 2³²: the difference of two near ones is exact, and becomes a number in f32. The relative error
/// of r is at most 2⁻²⁴ from that and √D/[`close`] from the grid, since closer pairs are taken again.
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

/// A grid for the near pairs of a block of leaves.
#[derive(Clone, Copy, Debug)]
pub(in crate::passes) struct Grid<const D: usize> {
    /// Place 0.
    pub(in crate::passes) origin: [f64; D],
    /// Distance of two places.
    pub(in crate::passes) unit: f64,
}

/// Differences of places of near points, along an axis, so that they fit an `i32` with both roundings.
const PLACES: f64 = (i32::MAX - 1) as f64;
/// Near leaves of sides a and b reach at most 2 max(a, b) along an axis: they touch, or one touches a cell as large as the
/// other, or the other's parent. A little more, for points beside their leaf's border by a rounding.
const REACH: f64 = 2.0625;
/// The largest leaf of a block may be so many times as wide as its smallest: else too many of that one's pairs would be close.
const fn widest(dimension: usize) -> f64 {
    if dimension == 2 { 32.0 } else { 8.0 }
}
/// Leaves may lie so many widths of the largest one apart, so that places are whole numbers in f64 before they are taken
/// modulo 2³².
const FARTHEST: f64 = (1u64 << 16) as f64;

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

    /// The side of the smallest leaf.
    pub(super) fn smallest(&self) -> f64 {
        self.smallest
    }

    /// Whether a grid for the largest leaf is fine enough for the smallest, and they lie close enough together.
    pub(in crate::passes) fn fits_a_grid(&self) -> bool {
        let farthest = FARTHEST * self.largest;
        self.largest <= widest(D) * self.smallest
            && (0..D).all(|a| self.high[a] - self.low[a] <= farthest)
    }
}

impl<const D: usize> Grid<D> {
    /// The grid for the near pairs of some leaves, if they fit one.
    pub(in crate::passes) fn of(extent: &Extent<D>) -> Option<Self> {
        extent.fits_a_grid().then_some(Self {
            origin: extent.low,
            unit: REACH * extent.largest / PLACES,
        })
    }

    /// The first and the last coordinate along an axis whose differences from all of a leaf fit the grid.
    pub(in crate::passes) fn ends(&self, centre: f64, side: f64) -> (f64, f64) {
        // Again a little less, for the leaf's own points beside its border.
        let reach = self.unit * PLACES * (1.0 - 1.0 / 256.0) - 0.5 * side;
        (centre - reach, centre + reach)
    }

    /// The nearest place along an axis, modulo 2³².
    #[inline(always)]
    pub(in crate::passes) fn place<T: Real>(&self, axis: usize, inverse: f64, x: T) -> i32 {
        // Adding 1½·2⁵² rounds to a whole number, whose low half lies in the low bits.
        const WHOLE: f64 = (3u64 << 51) as f64;
        ((x.to_f64() - self.origin[axis]) * inverse + WHOLE).to_bits() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leaves of widths 1 and 1/8 a thousand widths apart.
    fn grid() -> Grid<1> {
        let extent = Extent::NOTHING.with([0.5], 1.0).with([1000.0625], 0.125);
        Grid::of(&extent).unwrap()
    }

    fn place(x: f64) -> i32 {
        let grid = grid();
        grid.place(0, 1.0 / grid.unit, x)
    }

    #[test]
    fn differences_of_near_places_are_right_modulo_2_to_32() {
        for k in 0..4000 {
            let x = 0.25 * f64::from(k) + 0.1;
            for z in [-2.0, -0.7, 1e-7, 1.3, 2.0] {
                let found = f64::from(place(x + z).wrapping_sub(place(x)));
                assert!((found - z / grid().unit).abs() <= 1.001, "{x} {z}: {found}");
            }
        }
    }

    #[test]
    fn what_lies_between_the_ends_fits_the_grid() {
        for (centre, side) in [(0.5, 1.0), (1000.0625, 0.125)] {
            let (low, high) = grid().ends(centre, side);
            assert!(low <= centre - 2.0 + 0.5 * side && high >= centre + 2.0 - 0.5 * side);
            for (end, far) in [(low, centre + 0.5 * side), (high, centre - 0.5 * side)] {
                let found = f64::from(place(end).wrapping_sub(place(far)));
                assert!((found * grid().unit - (end - far)).abs() <= 1.001 * grid().unit);
            }
        }
    }

    #[test]
    fn leaves_of_many_sizes_and_far_apart_have_no_grid() {
        let extent = Extent::NOTHING.with([0.5], 1.0);
        assert!(Grid::of(&extent.with([1.03], 0.06)).is_none());
        assert!(Grid::of(&extent.with([66_000.5], 1.0)).is_none());
    }
}

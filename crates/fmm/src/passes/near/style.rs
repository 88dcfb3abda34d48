//! How the pairs inside a block are taken: in the precision of the plan, or in f32 on a grid.

use super::Block;
use super::inside::{Inside, Tile};
use super::outside::OneWay;
use super::places::{AsTheyAre, Coordinates, Grid, OnAGrid};
use super::runs::Components;
use super::{single, strengths};
use crate::kernel::{InUnit, Pair};
use lanes::{Isa, Real};

/// One of the two, in a plan of numbers `T`.
pub(super) trait Style<T: Real>: Sized {
    /// A coordinate.
    type Place: Copy + Default;
    /// Strengths and sums.
    type Number: Real;
    /// A vector of coordinates.
    type Coordinates<I: Isa>: Coordinates<<Self::Number as Real>::Lanes<I>, Place = Self::Place>;

    /// The places of coordinates along an axis.
    fn places<const D: usize>(grid: &Grid<D>, axis: usize, x: &[T], to: &mut [Self::Place]);

    /// The strengths in the style's numbers.
    fn strengths<const D: usize>(w: &[T], to: &mut [Self::Number]);

    /// The sources outside the block on the targets of a leaf.
    fn outside<
        I,
        E,
        P,
        const ACCURACY: usize,
        const WANTED: usize,
        const D: usize,
        const M: usize,
    >(
        block: &Block<'_, T, E, P, D, M>,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<Self::Place, Self::Number, D, M>,
        leaf: u32,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) where
        I: Isa,
        P: Pair;

    /// Takes again the pairs of a tile that were too close for the style.
    fn take_again<I: Isa, E, P: Pair, const WANTED: usize, const D: usize, const M: usize>(
        block: &Block<'_, T, E, P, D, M>,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<Self::Place, Self::Number, D, M>,
        tile: &Tile,
        sums: &mut [Components<T, D>; M],
    );
}

/// The grid of a block and the pair in its unit.
pub(super) struct OnGrid<P, const D: usize> {
    pub(super) grid: Grid<D>,
    /// For φ, with the factor of Σ w z φ.
    pub(super) field: InUnit<P>,
    /// For γ, with its factor and constant.
    pub(super) potential: InUnit<P>,
    /// φ at the least distance, and γ unless it is r² φ: what closer pairs were taken for.
    pub(super) least: (f64, Option<f64>),
}

impl<P: Pair, const D: usize> OnGrid<P, D> {
    pub(super) fn new(grid: Grid<D>, pair: P, far: f64) -> Self {
        let field = pair.in_unit(grid.unit);
        let potential = pair.in_unit(if P::POTENTIAL_BY_FIELD || P::TOGETHER {
            grid.unit
        } else {
            grid.unit * far
        });
        Self {
            least: single::at_least_distance::<P, D>([field.pair, potential.pair]),
            field,
            potential,
            grid,
        }
    }

    /// No grid: the pair as it is.
    pub(super) fn none(pair: P) -> Self {
        let as_it_is = InUnit {
            pair,
            field: 1.0,
            potential: 1.0,
            constant: 0.0,
        };
        Self {
            grid: Grid {
                origin: [0.0; D],
                unit: 1.0,
            },
            field: as_it_is,
            potential: as_it_is,
            least: (0.0, None),
        }
    }
}

/// In the precision of the plan.
pub(super) struct Exact;

impl<T: Real> Style<T> for Exact {
    type Place = T;
    type Number = T;
    type Coordinates<I: Isa> = AsTheyAre<T::Lanes<I>>;

    #[inline(always)]
    fn places<const D: usize>(_: &Grid<D>, _: usize, x: &[T], to: &mut [T]) {
        to.copy_from_slice(x);
    }

    #[inline(always)]
    fn strengths<const D: usize>(w: &[T], to: &mut [T]) {
        to.copy_from_slice(w);
    }

    #[inline(always)]
    fn outside<
        I,
        E,
        P,
        const ACCURACY: usize,
        const WANTED: usize,
        const D: usize,
        const M: usize,
    >(
        block: &Block<'_, T, E, P, D, M>,
        isa: I,
        _: &OnGrid<P, D>,
        _: &Inside<T, T, D, M>,
        leaf: u32,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) where
        I: Isa,
        P: Pair,
    {
        block.one_way::<I, ACCURACY, WANTED>(isa, &block.own(leaf), one_way, sums);
    }

    #[inline(always)]
    fn take_again<I: Isa, E, P: Pair, const WANTED: usize, const D: usize, const M: usize>(
        _: &Block<'_, T, E, P, D, M>,
        _: I,
        _: &OnGrid<P, D>,
        _: &Inside<T, T, D, M>,
        _: &Tile,
        _: &mut [Components<T, D>; M],
    ) {
    }
}

/// In f32, on a grid.
pub(super) struct Rounded;

impl<T: Real> Style<T> for Rounded {
    type Place = i32;
    type Number = f32;
    type Coordinates<I: Isa> = OnAGrid<I::I32>;

    #[inline(always)]
    fn places<const D: usize>(grid: &Grid<D>, axis: usize, x: &[T], to: &mut [i32]) {
        let inverse = 1.0 / grid.unit;
        for (to, &x) in to.iter_mut().zip(x) {
            *to = grid.place(axis, inverse, x);
        }
    }

    #[inline(always)]
    fn strengths<const D: usize>(w: &[T], to: &mut [f32]) {
        strengths::round::<T, D>(w, to);
    }

    #[inline(always)]
    fn outside<
        I,
        E,
        P,
        const ACCURACY: usize,
        const WANTED: usize,
        const D: usize,
        const M: usize,
    >(
        block: &Block<'_, T, E, P, D, M>,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<i32, f32, D, M>,
        leaf: u32,
        one_way: &mut OneWay<T, D, M>,
        sums: &mut [Components<T, D>; M],
    ) where
        I: Isa,
        P: Pair,
    {
        block.one_way_on_grid::<I, ACCURACY, WANTED>(isa, on_grid, inside, leaf, one_way, sums);
    }

    #[inline(always)]
    fn take_again<I: Isa, E, P: Pair, const WANTED: usize, const D: usize, const M: usize>(
        block: &Block<'_, T, E, P, D, M>,
        isa: I,
        on_grid: &OnGrid<P, D>,
        inside: &Inside<i32, f32, D, M>,
        tile: &Tile,
        sums: &mut [Components<T, D>; M],
    ) {
        block.take_again::<I, WANTED>(isa, on_grid, inside, tile, sums);
    }
}

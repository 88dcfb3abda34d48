//! The cells in which close pairs are looked for, and the blocks and areas of cells that are searched together.

use crate::sum::{difference, hash};

/// x − y, of the nearest images on a torus with these sides.
#[inline(always)]
pub(super) fn apart<const D: usize>(x: [f64; D], y: [f64; D], sides: Option<[f64; D]>) -> [f64; D] {
    let mut z = difference(x, y);
    if let Some(sides) = sides {
        for (z, side) in z.iter_mut().zip(sides) {
            let turns = *z / side;
            // Most need no rounding, which is a call.
            if turns.abs() >= 0.5 {
                *z -= side * turns.round();
            }
        }
    }
    z
}

/// 2⁵² + 2⁵¹: adding it rounds a number below 2⁵¹ to an integer, which stands in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Cells of twice the reach: what is within it lies in those of 2^D cells that are nearest.
///
/// Blocks of cells belong to areas, by a hash. An area decides on the pairs whose first particle is at home in its blocks;
/// for that it takes the particles of all cells beside those blocks, too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<const D: usize> {
    pub(super) reach: f64,
    /// Cells a unit of length along each axis; on a torus they may be a little wider than the others along some.
    per_length: [f64; D],
    /// The power of 2 below those of cells that are not.
    pub(super) unit: f64,
    /// Sides of a torus, and how many cells those are.
    torus: Option<([f64; D], [i64; D])>,
    /// Areas, as a power of 2.
    area_bits: u32,
}

impl<const D: usize> Grid<D> {
    /// Cells of a block along each axis, as a power of 2.
    const BLOCK: u32 = if D < 3 { 6 } else { 4 };

    pub(super) fn new(reach: f64, sides: Option<[f64; D]>, area_bits: u32) -> Self {
        let cell = 2.0 * reach;
        let cells_of = |side: f64| ((side / cell) as i64).max(1);
        let torus = sides.map(|sides| (sides, sides.map(cells_of)));
        let widths = torus.map_or([cell; D], |(sides, cells)| {
            std::array::from_fn(|a| sides[a] / cells[a] as f64)
        });
        let per_length = widths.map(f64::recip);
        let most = per_length.iter().copied().fold(0.0, f64::max);
        Self {
            reach,
            per_length,
            unit: most.log2().floor().exp2(),
            torus,
            area_bits,
        }
    }

    pub(super) fn sides(&self) -> Option<[f64; D]> {
        self.torus.map(|(sides, _)| sides)
    }

    /// Along each axis, the cell of a place and the one that is nearest beside it; on a narrow torus they may be one.
    #[inline(always)]
    pub(super) fn around(&self, x: [f64; D]) -> [[i64; 2]; D] {
        let mut around = [[0; 2]; D];
        for a in 0..D {
            let place = x[a] * self.per_length[a];
            let rounded = place + ROUNDER;
            let face = rounded.to_bits().wrapping_sub(ROUNDER.to_bits()) as i64;
            let below = i64::from(place < rounded - ROUNDER);
            around[a] = [face - below, face - 1 + below].map(|k| self.wrapped(a, k));
        }
        around
    }

    /// The cell of a place.
    #[inline(always)]
    pub(super) fn cell(&self, x: [f64; D]) -> [i64; D] {
        choose(&self.around(x), 0)
    }

    #[inline(always)]
    fn wrapped(&self, axis: usize, k: i64) -> i64 {
        match self.torus {
            Some((_, cells)) if !(0..cells[axis]).contains(&k) => k.rem_euclid(cells[axis]),
            _ => k,
        }
    }

    #[inline(always)]
    fn block(&self, axis: usize, k: i64) -> i64 {
        let block = k >> Self::BLOCK;
        // On a torus the last one is larger: where none is thinner than two cells, a cell lies at one face at most.
        match self.torus {
            None => block,
            Some((_, cells)) => block.min(((cells[axis] >> Self::BLOCK) - 1).max(0)),
        }
    }

    /// The area where a cell is at home.
    #[inline(always)]
    pub(super) fn area(&self, cell: [i64; D]) -> usize {
        let mut block = cell;
        for (axis, k) in block.iter_mut().enumerate() {
            *k = self.block(axis, *k);
        }
        hash(block, self.area_bits)
    }

    /// All areas that take the particles of a cell, each once.
    #[inline(always)]
    pub(super) fn areas(&self, cell: [i64; D], mut each: impl FnMut(usize)) {
        let mut blocks = [[0; 2]; D];
        let mut inside = true;
        for a in 0..D {
            let block_of = |by: i64| self.block(a, self.wrapped(a, cell[a] + by));
            let (k, lower, upper) = (block_of(0), block_of(-1), block_of(1));
            blocks[a] = [k, if lower != k { lower } else { upper }];
            inside &= lower == upper;
        }
        each(hash(choose(&blocks, 0), self.area_bits));
        if inside {
            return;
        }
        let area = |ways: usize| hash(choose(&blocks, ways), self.area_bits);
        for ways in 1..1 << D {
            if (0..ways).all(|other| area(other) != area(ways)) {
                each(area(ways));
            }
        }
    }
}

/// One of the 2^D choices of one or the other on each axis, by its number; the first is that of the first ones.
#[inline(always)]
pub(super) fn choose<const D: usize>(two: &[[i64; 2]; D], number: usize) -> [i64; D] {
    let mut one = [0; D];
    for a in 0..D {
        one[a] = two[a][number >> a & 1];
    }
    one
}

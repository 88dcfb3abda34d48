//! Morton keys: the bits of a point's grid coordinates interleaved, so that every cell is a range of keys.

/// Finest level of a quadtree: 32 bits an axis.
pub const MAX_LEVEL_2D: u32 = 32;
/// Finest level of an octree: 21 bits an axis.
pub const MAX_LEVEL_3D: u32 = 21;

/// Finest level in `D` dimensions.
pub const fn max_level(dimension: usize) -> u32 {
    match dimension {
        2 => MAX_LEVEL_2D,
        _ => MAX_LEVEL_3D,
    }
}

/// A grid coordinate of a cell of this level. Trees of a torus, whose images may have ones below 0, end before `i32` does.
#[inline(always)]
pub(super) fn coordinate(level: u32, anchor: u32) -> i64 {
    if level <= DEEPEST_OF_TORUS {
        i64::from(anchor as i32)
    } else {
        i64::from(anchor)
    }
}

/// The deepest level of trees of a torus.
pub(super) const DEEPEST_OF_TORUS: u32 = 29;

/// Levels whose bits of a key fit 32: the sort and the tree look at keys through such windows.
pub(super) const fn window_levels(dimension: usize) -> u32 {
    32 / dimension as u32
}

/// Key of a point by its coordinates on the finest grid.
pub(super) fn key<const D: usize>(grid: [u32; D]) -> u64 {
    let levels = max_level(D);
    let bits =
        |level: u32| (0..D).map(move |a| u64::from(grid[a] >> (levels - 1 - level) & 1) << a);
    (0..levels).fold(0, |key, level| key << D | bits(level).sum::<u64>())
}

/// The bits of a key that belong to the levels from `window`·[`window_levels`] on.
#[inline(always)]
pub(super) fn window<const D: usize>(grid: [u32; D], window: u32) -> u32 {
    let (levels, wide) = (max_level(D), window_levels(D));
    let end = (window + 1) * wide;
    let mut bits = 0;
    for (a, x) in grid.into_iter().enumerate() {
        // The last window may reach past the finest level: zeros there.
        let x = if end <= levels {
            x >> (levels - end)
        } else {
            x << (end - levels)
        };
        bits |= spread::<D>(x & ((1u64 << wide) - 1) as u32) << a;
    }
    bits
}

/// Which child (0 to 2^D − 1) of its ancestor at `level` holds a point with these bits in the window of `level`.
#[inline(always)]
pub(super) fn child<const D: usize>(bits: u32, level: u32) -> u32 {
    let below = window_levels(D) - 1 - level % window_levels(D);
    bits >> (D as u32 * below) & ((1 << D) - 1)
}

/// Bit i to bit i·D, for the first [`window_levels`] bits.
#[inline(always)]
fn spread<const D: usize>(mut x: u32) -> u32 {
    if D == 2 {
        x = (x | x << 8) & 0x00ff_00ff;
        x = (x | x << 4) & 0x0f0f_0f0f;
        x = (x | x << 2) & 0x3333_3333;
        (x | x << 1) & 0x5555_5555
    } else {
        x = (x | x << 16) & 0x0300_00ff;
        x = (x | x << 8) & 0x0300_f00f;
        x = (x | x << 4) & 0x030c_30c3;
        (x | x << 2) & 0x0924_9249
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spread_moves_bit_i_to_bit_i_d(x in any::<u32>()) {
            let moved = |d: u32, x: u32| (0..32 / d).map(|i| (x >> i & 1) << (i * d)).sum::<u32>();
            prop_assert_eq!(spread::<2>(x & 0xffff), moved(2, x & 0xffff));
            prop_assert_eq!(spread::<3>(x & 0x3ff), moved(3, x & 0x3ff));
        }

        #[test]
        fn windows_and_children_spell_the_key(x in any::<u32>(), y in any::<u32>(), z in any::<u32>()) {
            let key2 = key([x, y]);
            for level in 0..MAX_LEVEL_2D {
                let bits = window([x, y], level / window_levels(2));
                prop_assert_eq!(u64::from(child::<2>(bits, level)), key2 >> (2 * (31 - level)) & 3);
                prop_assert_eq!(child::<2>(bits, level), (x >> (31 - level) & 1) | (y >> (31 - level) & 1) << 1);
            }
            let grid = [x, y, z].map(|x| x >> 11);
            let key3 = key(grid);
            for level in 0..MAX_LEVEL_3D {
                let bits = window(grid, level / window_levels(3));
                prop_assert_eq!(u64::from(child::<3>(bits, level)), key3 >> (3 * (20 - level)) & 7);
            }
        }
    }
}

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

/// Key of a point with coordinates `unit` in [0, 1]; coordinates outside are clamped.
#[inline(always)]
pub(super) fn key<const D: usize>(unit: [f64; D]) -> u64 {
    let cells = 2f64.powi(max_level(D) as i32);
    let last = (1u64 << max_level(D)) - 1;
    let mut key = 0;
    for (a, u) in unit.into_iter().enumerate() {
        // The cast saturates, so 1 + rounding and below 0 stay inside.
        key |= spread::<D>(((u * cells) as u64).min(last)) << a;
    }
    key
}

/// Which child (0 to 2^D − 1) of its ancestor at `level` holds `key`.
#[inline(always)]
pub(super) fn child<const D: usize>(key: u64, level: u32) -> u32 {
    let shift = D as u32 * (max_level(D) - level - 1);
    (key >> shift) as u32 & ((1 << D) - 1)
}

/// Bit i to bit i·D.
#[inline(always)]
fn spread<const D: usize>(mut x: u64) -> u64 {
    if D == 2 {
        x = (x | x << 16) & 0x0000_ffff_0000_ffff;
        x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
        x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        x = (x | x << 2) & 0x3333_3333_3333_3333;
        (x | x << 1) & 0x5555_5555_5555_5555
    } else {
        x = (x | x << 32) & 0x001f_0000_0000_ffff;
        x = (x | x << 16) & 0x001f_0000_ff00_00ff;
        x = (x | x << 8) & 0x100f_00f0_0f00_f00f;
        x = (x | x << 4) & 0x10c3_0c30_c30c_30c3;
        (x | x << 2) & 0x1249_2492_4924_9249
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spread_moves_bit_i_to_bit_i_d(x in any::<u32>()) {
            let moved = |d: u32, bits: u32| (0..bits).map(|i| u64::from(x >> i & 1) << (i * d)).sum::<u64>();
            prop_assert_eq!(spread::<2>(u64::from(x)), moved(2, 32));
            prop_assert_eq!(spread::<3>(u64::from(x) & ((1 << 21) - 1)), moved(3, 21));
        }

        #[test]
        fn children_spell_the_anchor(x in 0.0..1.0f64, y in 0.0..1.0f64) {
            let key = key([x, y]);
            let mut grid = [0u32; 2];
            for level in 0..20 {
                let child = child::<2>(key, level);
                grid = [grid[0] * 2 + (child & 1), grid[1] * 2 + (child >> 1)];
                prop_assert_eq!(grid[0], (x * f64::from(2 << level)) as u32);
                prop_assert_eq!(grid[1], (y * f64::from(2 << level)) as u32);
            }
        }
    }

    #[test]
    fn clamps() {
        assert_eq!(key([-0.1, -0.0]), 0);
        assert_eq!(key([1.0, 1.5]), u64::MAX);
    }
}

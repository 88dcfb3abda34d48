//! Two standard normal numbers from 128 random bits by Box and Muller's formula, in plain branch-free arithmetic.
//!
//! Only IEEE operations that every instruction set rounds the same way are used (no fused multiply-add, no library
//! function), so the numbers are the same bits on every machine, and loops over them vectorise. The polynomials and
//! their error bounds (below 2⁻⁵⁸) are those of FreeBSD's msun: `e_log.c`, `k_sin.c`, `k_cos.c`.

use std::f64::consts::FRAC_PI_2;

/// 2⁵² + 2⁵¹: adding it rounds a small number to an integer, which stands in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// In [1, 2), from the upper 52 of 64 bits.
#[inline(always)]
fn one_to_two(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000)
}

/// Uniform on (0, 1], a multiple of 2⁻⁵².
#[inline(always)]
pub(crate) fn open_zero(bits: u64) -> f64 {
    2.0 - one_to_two(bits)
}

/// Uniform on [0, 1), a multiple of 2⁻⁵².
#[inline(always)]
pub(crate) fn open_one(bits: u64) -> f64 {
    one_to_two(bits) - 1.0
}

/// Two independent standard normal numbers from two independent words: √(−2 ln u)·(cos 2πv, sin 2πv).
#[inline(always)]
pub(crate) fn normal_pair(a: u64, b: u64) -> [f64; 2] {
    let radius = (-2.0 * ln(open_zero(a))).sqrt();
    let [cos, sin] = cos_sin_turns(open_one(b));
    [radius * cos, radius * sin]
}

/// ln x for positive normal x.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const L: [f64; 7] = [
        f64::from_bits(0x3fe5_5555_5555_5593),
        f64::from_bits(0x3fd9_9999_9997_fa04),
        f64::from_bits(0x3fd2_4924_9422_9359),
        f64::from_bits(0x3fcc_71c5_1d8e_78af),
        f64::from_bits(0x3fc7_4664_96cb_03de),
        f64::from_bits(0x3fc3_9a09_d078_c69f),
        f64::from_bits(0x3fc2_f112_df3e_5244),
    ];
    // x = 2^k·(1 + f) with 1 + f in [√½, √2).
    const ROOT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let shifted = x.to_bits().wrapping_add(ONE - ROOT_HALF);
    let k = f64::from_bits(0x4330_0000_0000_0000 | (shifted >> 52))
        - (4_503_599_627_370_496.0 + 1023.0);
    let f = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff) + ROOT_HALF) - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (L[1] + w * (L[3] + w * L[5]));
    let odd = z * (L[0] + w * (L[2] + w * (L[4] + w * L[6])));
    let half_square = 0.5 * f * f;
    s * (half_square + (even + odd)) + k * LN2_LOW - half_square + f + k * LN2_HIGH
}

/// (cos 2πv, sin 2πv) for v in [0, 1).
#[inline(always)]
pub(crate) fn cos_sin_turns(v: f64) -> [f64; 2] {
    const S: [f64; 6] = [
        -1.666_666_666_666_663_2e-1,
        8.333_333_333_322_49e-3,
        -1.984_126_982_985_795e-4,
        2.755_731_370_707_006_8e-6,
        -2.505_076_025_340_686_3e-8,
        1.589_690_995_211_55e-10,
    ];
    const C: [f64; 6] = [
        4.166_666_666_666_66e-2,
        -1.388_888_888_887_411e-3,
        2.480_158_728_947_673e-5,
        -2.755_731_435_139_066_3e-7,
        2.087_572_321_298_175e-9,
        -1.135_964_755_778_819_5e-11,
    ];
    // In quarter turns: 4v = q + r with |r| <= ½, all exact; the angle left is x = πr/2, at most π/4.
    let quarters = 4.0 * v;
    let rounded = quarters + ROUNDER;
    let x = (quarters - (rounded - ROUNDER)) * FRAC_PI_2;
    let q = rounded.to_bits();
    let z = x * x;
    let w = z * z;
    let sin_tail = S[1] + z * (S[2] + z * S[3]) + z * w * (S[4] + z * S[5]);
    let sin = x + z * x * (S[0] + z * sin_tail);
    let cos_tail = z * (C[0] + z * (C[1] + z * C[2])) + w * w * (C[3] + z * (C[4] + z * C[5]));
    let half = 0.5 * z;
    let one = 1.0 - half;
    let cos = one + (((1.0 - one) - half) + z * cos_tail);
    // A quarter turn: (cos, sin) → (−sin, cos).
    let odd = (q & 1).wrapping_neg();
    let [c, s] = [cos.to_bits(), sin.to_bits()];
    let swap = (c ^ s) & odd;
    let negative_cos = (q.wrapping_add(1) & 2) << 62;
    let negative_sin = (q & 2) << 62;
    [
        f64::from_bits(c ^ swap ^ negative_cos),
        f64::from_bits(s ^ swap ^ negative_sin),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::philox::philox4x32;
    use std::f64::consts::TAU;

    fn words(n: u32) -> impl Iterator<Item = u64> {
        (0..n).map(|i| {
            let [a, b, ..] = philox4x32([i, 0, 0, 0], [1, 2]);
            u64::from(a) << 32 | u64::from(b)
        })
    }

    #[test]
    fn logarithm_to_one_unit_in_the_last_place() {
        let corners = (0..=52).map(|k| 0.5f64.powi(k));
        let near_one = (1..200).map(|k| 1.0 - f64::from(k) * 2f64.powi(-52));
        let random = words(100_000).map(open_zero);
        for u in corners.chain(near_one).chain(random) {
            let (got, exact) = (ln(u), u.ln());
            assert!(
                (got - exact).abs() <= 2.3e-16 * exact.abs(),
                "ln {u:e}: {got:e}, not {exact:e}"
            );
        }
    }

    #[test]
    fn sine_and_cosine_to_one_unit_in_the_last_place() {
        let corners = (0..=64).map(|k| f64::from(k) / 64.0 * (1.0 - f64::EPSILON));
        let near_zero = (0..52).map(|k| 0.5f64.powi(k + 1));
        let random = words(100_000).map(open_one);
        for v in corners.chain(near_zero).chain(random) {
            let [cos, sin] = cos_sin_turns(v);
            // The reference takes its angle from [−π/4, π/4] too, where multiplying by 2π loses nothing that counts.
            let q = (4.0 * v).round();
            let (s, c) = ((4.0 * v - q) * (TAU / 4.0)).sin_cos();
            let exact = [[c, s], [-s, c], [-c, -s], [s, -c]][q as usize % 4];
            for (got, exact) in [cos, sin].into_iter().zip(exact) {
                assert!(
                    (got - exact).abs() <= 2.3e-16 * exact.abs(),
                    "v = {v:e}: {got:e}, not {exact:e}"
                );
            }
        }
    }

    #[test]
    fn smallest_and_largest_words_give_finite_numbers() {
        for a in [0, u64::MAX, 1 << 12, !0 << 12] {
            for b in [0, u64::MAX, 1 << 62, 3 << 61] {
                let [x, y] = normal_pair(a, b);
                assert!(x.hypot(y) <= 8.5, "{a:x} {b:x}: {x} {y}");
            }
        }
        assert_eq!(normal_pair(0, 7), [0.0, 0.0]);
    }
}

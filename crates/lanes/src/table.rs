//! Logarithm and exponential with a table of 16 that lies in registers: half the polynomial.

use crate::math::{constant, lowest, polynomial, remainder, scaled};
use crate::{Lanes, Real, accuracy};
use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// A set with quick look-up in a table of 16.
pub(crate) trait LookUp: Lanes {
    /// table\[k\], k the first four bits of the mantissa after the point.
    fn by_mantissa(self, table: [Self::Elem; 16]) -> Self;
    /// table\[k\], k the last four bits of the lane.
    fn by_last_bits(self, table: [Self::Elem; 16]) -> Self;
    /// A number so large that adding it rounds to sixteenths, which then are the last four bits.
    const SIXTEENTHS: f64;
    /// self · 2^⌊n⌋, and 0 where `x < lowest`.
    fn scale_or_zero(self, n: Self, x: Self, lowest: Self) -> Self;
}

/// 1/(1 + (k + ½)/16), exact in f32.
#[rustfmt::skip]
const CENTRE_RECIP: [f64; 16] = [0.969_696_998_596_191_4, 0.914_285_719_394_683_8, 0.864_864_885_807_037_4, 0.820_512_831_211_090_1, 0.780_487_775_802_612_3, 0.744_186_043_739_318_8, 0.711_111_128_330_230_7, 0.680_851_042_270_660_4, 0.653_061_211_109_161_4, 0.627_451_002_597_808_8, 0.603_773_593_902_587_9, 0.581_818_163_394_928, 0.561_403_512_954_711_9, 0.542_372_882_366_180_4, 0.524_590_134_620_666_5, 0.507_936_537_265_777_6];

/// −ln of `CENTRE_RECIP`.
#[rustfmt::skip]
const CENTRE_LN: [f64; 16] = [0.030_771_628_864_431_744, 0.089_612_153_101_751_7, 0.145_181_985_630_111_25, 0.197_825_730_291_403_93, 0.247_836_201_157_484_95, 0.295_464_216_619_126_2, 0.340_926_562_756_206_6, 0.384_411_730_575_300_1, 0.426_084_415_799_996_9, 0.466_089_694_534_342, 0.504_555_995_851_234_2, 0.541_597_314_097_712_4, 0.577_315_357_584_243, 0.611_801_539_243_347_8, 0.645_138_017_252_940_7, 0.677_398_765_849_808_2];

/// 2^(k/16).
#[rustfmt::skip]
const POWERS: [f64; 16] = [1.0, 1.044_273_782_427_413_8, 1.090_507_732_665_257_7, 1.138_788_634_756_691_6, 1.189_207_115_002_721, 1.241_857_812_073_484, 1.296_839_554_651_009_6, 1.354_255_546_936_892_7, SQRT_2, 1.476_826_145_939_499_3, 1.542_210_825_407_940_7, 1.610_490_331_949_254_3, 1.681_792_830_507_429, 1.756_252_160_373_299_5, 1.834_008_086_409_342_4, 1.915_206_561_397_147_4];

/// `factor` ln x, ln x = e ln 2 − ln c + ln(1 + t) with x = 2ᵉ m, 1 ≤ m < 2, c ≈ 1/m from a table, t = mc − 1, |t| ≤ 1/33.
#[inline(always)]
pub(crate) fn ln<L: LookUp>(isa: L::Isa, accuracy: usize, factor: f64, x: L) -> L {
    let (e, m) = (x.exponent(), x.mantissa());
    let c = x.by_mantissa(CENTRE_RECIP.map(L::Elem::from_f64));
    let centre = x.by_mantissa(CENTRE_LN.map(|ln| L::Elem::from_f64(factor * ln)));
    let t = m.mul_add(c, constant(isa, -1.0));
    // ln(1 + t) = t p(t).
    let p = match accuracy {
        // 3.65e-8, before roundings to f32.
        _ if size_of::<L::Elem>() == size_of::<f32>() => scaled(
            isa,
            t,
            factor,
            [
                0.999_999_940_395_355_2,
                -0.500_190_258_026_123,
                0.333_593_249_320_983_9,
            ],
        ),
        // 3.23e-10
        ..=accuracy::SINGLE => scaled(
            isa,
            t,
            factor,
            [
                0.999_999_947_541_215_4,
                -0.499_999_914_429_213_15,
                0.333_562_682_366_020_3,
                -0.250_245_409_319_908_13,
            ],
        ),
        // 5.29e-14
        accuracy::MIDDLE => scaled(
            isa,
            t,
            factor,
            [
                1.000_000_000_012_023_7,
                -0.500_000_000_028_309,
                0.333_333_228_114_874_76,
                -0.249_999_846_926_595_3,
                0.200_229_537_412_042_1,
                -0.166_914_545_879_970_98,
            ],
        ),
        // 9.43e-18
        _ => scaled(
            isa,
            t,
            factor,
            [
                0.999_999_999_999_997_2,
                -0.499_999_999_999_991_45,
                0.333_333_333_373_574_1,
                -0.250_000_000_075_052_35,
                0.199_999_841_942_575_42,
                -0.166_666_452_763_816_97,
                0.143_086_812_636_450_15,
                -0.125_246_855_207_065_13,
            ],
        ),
    };
    t.mul_add(p, e.mul_add(constant(isa, factor * LN_2), centre))
}

/// eˣ = 2ⁿ eʳ with n = round(16 x / ln 2)/16, its fraction's power of 2 from a table.
#[inline(always)]
pub(crate) fn exp<L: LookUp>(isa: L::Isa, accuracy: usize, x: L) -> L {
    let shift = constant::<L>(isa, L::SIXTEENTHS);
    let shifted = x.mul_add(constant(isa, LOG2_E), shift);
    let power = shifted.by_last_bits(POWERS.map(L::Elem::from_f64));
    let n = shifted - shift;
    let r = remainder(isa, accuracy, x, n);
    // eʳ = 1 + r p(r).
    let p = match accuracy {
        // 1.57e-9
        ..=accuracy::SINGLE => polynomial(
            isa,
            r,
            &[
                1.000_000_003_039_444,
                0.500_016_195_353_668_6,
                0.166_660_744_346_912_86,
            ],
        ),
        // 5.52e-15
        accuracy::MIDDLE => polynomial(
            isa,
            r,
            &[
                0.999_999_999_999_982_3,
                0.499_999_999_868_293_4,
                0.166_666_666_815_844_27,
                0.041_667_573_960_922_855,
                0.008_333_163_614_146_178,
            ],
        ),
        // 6.99e-18
        _ => polynomial(
            isa,
            r,
            &[
                1.000_000_000_000_002_2,
                0.499_999_999_999_997_17,
                0.166_666_666_628_513_15,
                0.041_666_666_682_862_445,
                0.008_333_496_148_476_12,
                0.001_388_877_508_148_386,
            ],
        ),
    };
    (power * r)
        .mul_add(p, power)
        .scale_or_zero(n, x, constant(isa, lowest::<L>()))
}

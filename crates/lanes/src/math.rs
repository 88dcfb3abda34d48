//! Logarithm and exponential, written once for all vectors.
//!
//! Coefficients are least-maximum fits; the maximum stands beside each. `accuracy` is a constant at every call, so that
//! one branch remains; f32 asks for the first two.

use crate::{Lanes, Real, accuracy};
use std::f64::consts::{LN_2, LOG2_E};

/// ln 2 − `LN_2`.
const LN_2_REST: f64 = 2.319_046_813_846_299_6e-17;

/// `c` in every lane.
#[inline(always)]
pub(crate) fn constant<L: Lanes>(isa: L::Isa, c: f64) -> L {
    L::splat(isa, L::Elem::from_f64(c))
}

/// Σ c\[k\] xᵏ by Horner's rule.
#[inline(always)]
pub(crate) fn polynomial<L: Lanes>(isa: L::Isa, x: L, c: &[f64]) -> L {
    let mut sum = constant(isa, c[c.len() - 1]);
    for &c in c[..c.len() - 1].iter().rev() {
        sum = x.mul_add(sum, constant(isa, c));
    }
    sum
}

/// Σ `factor` c\[k\] xᵏ.
#[inline(always)]
pub(crate) fn scaled<L: Lanes, const N: usize>(isa: L::Isa, x: L, factor: f64, c: [f64; N]) -> L {
    polynomial(isa, x, &c.map(|c| factor * c))
}

/// (e, m) with x = 2ᵉ m, √½ < m ≤ √2.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(crate) fn split<L: Lanes>(isa: L::Isa, x: L) -> (L, L) {
    let (e, m) = (x.exponent(), x.mantissa());
    let above = constant::<L>(isa, std::f64::consts::SQRT_2).lt(m);
    (
        L::select(above, e + constant(isa, 1.0), e),
        L::select(above, m * constant(isa, 0.5), m),
    )
}

/// `factor` ln x = `factor` (e ln 2 + ln m) with x = 2ᵉ m, m between √½ and √2: by 2 artanh s, s = (m − 1)/(m + 1), or in
/// f32 by a polynomial, which is longer but needs no division.
#[inline(always)]
pub(crate) fn ln<L: Lanes>(isa: L::Isa, accuracy: usize, factor: f64, (e, m): (L, L)) -> L {
    let one = constant::<L>(isa, 1.0);
    let powers = constant(isa, factor * LN_2);
    if size_of::<L::Elem>() == size_of::<f32>() {
        let x = m - one;
        return e.mul_add(powers, x * ln_of_one_and(isa, factor, x));
    }
    let s = (m - one).div(m + one);
    let z = s * s;
    // 2 artanh s = 2s + s³ q(s²).
    let q = match accuracy {
        // 1.77e-10
        ..=accuracy::SINGLE => scaled(
            isa,
            z,
            factor,
            [
                0.666_668_166_883_431_1,
                0.399_736_062_214_985_4,
                0.299_611_844_795_334_37,
            ],
        ),
        // 6.04e-15
        accuracy::MIDDLE => scaled(
            isa,
            z,
            factor,
            [
                0.666_666_666_825_059,
                0.399_999_937_823_957_26,
                0.285_722_767_472_433_47,
                0.221_699_544_926_379_47,
                0.196_658_210_020_622_86,
            ],
        ),
        // 2.42e-19
        _ => scaled(
            isa,
            z,
            factor,
            [
                0.666_666_666_666_681,
                0.399_999_999_990_149_5,
                0.285_714_288_183_548_2,
                0.222_221_916_593_267_32,
                0.181_838_906_021_991_93,
                0.153_063_470_017_358_76,
                0.148_679_217_755_654_68,
            ],
        ),
    };
    let small = (s * z).mul_add(q, s * constant(isa, 2.0 * factor));
    e.mul_add(powers, small)
}

/// Σ `factor` c\[k\] xᵏ, by powers of x²: two multiplications more than by Horner's rule, but half the latency, for which
/// pairs with a logarithm wait (G. Estrin 1960).
#[inline(always)]
fn short_chain<L: Lanes>(isa: L::Isa, x: L, factor: f64, c: [f64; 8]) -> L {
    let c = c.map(|c| constant::<L>(isa, factor * c));
    let square = x * x;
    let pair = |k: usize| x.mul_add(c[k + 1], c[k]);
    let low = square.mul_add(pair(2), pair(0));
    let high = square.mul_add(pair(6), pair(4));
    (square * square).mul_add(high, low)
}

/// p with `factor` ln(1 + x) = x p(x), √½ − 1 ≤ x ≤ √2 − 1, for f32: ln to 3.35e-8 before roundings.
#[inline(always)]
fn ln_of_one_and<L: Lanes>(isa: L::Isa, factor: f64, x: L) -> L {
    short_chain(
        isa,
        x,
        factor,
        [
            0.999_999_821_186_065_7,
            -0.500_006_675_720_214_8,
            0.333_361_834_287_643_43,
            -0.249_593_436_717_987_06,
            0.198_730_468_75,
            -0.173_334_658_145_904_54,
            0.164_199_903_607_368_47,
            -0.101_022_370_159_626_01,
        ],
    )
}

/// eˣ = 2ⁿ eʳ with n = round(x / ln 2).
#[inline(always)]
pub(crate) fn exp<L: Lanes>(isa: L::Isa, accuracy: usize, x: L) -> L {
    let n = (x * constant(isa, LOG2_E)).round();
    let r = remainder(isa, accuracy, x, n);
    // eʳ = 1 + r p(r).
    let p = match accuracy {
        // 1.97e-9
        ..=accuracy::SINGLE => polynomial(
            isa,
            r,
            &[
                1.000_000_032_166_409,
                0.499_999_942_086_054_3,
                0.166_664_312_578_627_5,
                0.041_668_002_113_663_61,
                0.008_374_155_639_306_85,
                0.001_384_365_037_752_855_1,
            ],
        ),
        // 1.51e-14
        accuracy::MIDDLE => polynomial(
            isa,
            r,
            &[
                0.999_999_999_999_913_2,
                0.499_999_999_996_103_23,
                0.166_666_666_677_461_44,
                0.041_666_666_985_184_45,
                0.008_333_333_007_677_36,
                0.001_388_880_818_860_006_2,
                0.000_198_416_031_621_932_75,
                2.488_199_824_888_272_6e-05,
                2.747_678_720_236_869_2e-06,
            ],
        ),
        // 3.37e-18
        _ => polynomial(
            isa,
            r,
            &[
                1.0,
                0.500_000_000_000_001_2,
                0.166_666_666_666_662_16,
                0.041_666_666_666_517_85,
                0.008_333_333_333_549_691,
                0.001_388_888_894_634_400_4,
                0.000_198_412_694_368_876_03,
                2.480_149_064_683_096_6e-05,
                2.755_762_653_438_115e-06,
                2.763_103_005_716_887_3e-07,
                2.499_150_763_351_912_4e-08,
            ],
        ),
    };
    let zero = constant(isa, 0.0);
    let scaled = r.mul_add(p, constant(isa, 1.0)).scale_by_power_of_two(n);
    L::select(x.lt(constant(isa, lowest::<L>())), zero, scaled)
}

/// x − n ln 2; in two parts where the accuracy needs the second one.
#[inline(always)]
pub(crate) fn remainder<L: Lanes>(isa: L::Isa, accuracy: usize, x: L, n: L) -> L {
    let high = L::Elem::from_f64(LN_2).to_f64();
    let r = n.neg_mul_add(constant(isa, high), x);
    if accuracy >= accuracy::FULL || size_of::<L::Elem>() == size_of::<f32>() {
        return n.neg_mul_add(constant(isa, LN_2 - high + LN_2_REST), r);
    }
    r
}

/// ln of the smallest normal number.
pub(crate) const fn lowest<L: Lanes>() -> f64 {
    if size_of::<L::Elem>() == size_of::<f32>() {
        -87.336_544_750_553_1
    } else {
        -708.396_418_532_264_1
    }
}

//! The share of a Gaussian blob in space that lies inside a radius, and what follows from it.
//!
//! With t = r²/δ², P = erf √t − (2/√π) √t e^{−t} is that share, the incomplete gamma function P(3/2, t). Inside the core
//! its series is a sum of positive terms, P = (4/(3√π)) t^{3/2} e^{−t} s(t) with s = Σ_k (2t)^k·3/(3·5···(2k + 3))
//! (Abramowitz and Stegun 6.5.29); outside, 1 − P = e^{−t} F(√t) with F(ρ) = e^{ρ²} erfc ρ + 2ρ/√π. Both s and F are
//! polynomials here, fitted by Remez's algorithm in forty digits; no error function is needed, since erf follows from P.

use super::gaussian_core::number;
use lanes::{Lanes, accuracy};
use std::f64::consts::FRAC_2_SQRT_PI;

/// Below this t the series, above it the complement.
const INSIDE: f64 = 4.0;
/// Above this t, 1 − P < 4e-18; F was fitted up to here.
const LARGE: f64 = 42.25;

/// What is common to φ, γ and the slope. λ is 1/δ inside the core, where r may vanish, and 1/r outside.
pub(super) struct Share<V> {
    /// λ.
    pub(super) inverse: V,
    /// P/(rλ)³, so that φ = λ³ share.
    pub(super) share: V,
    /// γ/λ.
    pub(super) potential: V,
    /// rφ′/λ³.
    pub(super) slope: V,
}

impl<V: Lanes> Share<V> {
    /// At a distance of which the square is `r2`.
    #[inline(always)]
    pub(super) fn at<const ACCURACY: usize>(isa: V::Isa, r2: V, inverse_delta: f64) -> Self {
        let (zero, one) = (number::<V>(isa, 0.0), number::<V>(isa, 1.0));
        let inverse_delta = number::<V>(isa, inverse_delta);
        let inverse = r2.rsqrt::<ACCURACY>();
        // One factor at a time: 1/δ² has twice the exponent.
        let t = r2 * inverse_delta * inverse_delta;
        if !V::any(t.lt(number::<V>(isa, negligible(ACCURACY)))) {
            let slope = number::<V>(isa, -3.0);
            return Self::new(inverse, one, one, slope);
        }
        let three = number::<V>(isa, 3.0);
        let t = t.min(number::<V>(isa, LARGE));
        let gauss = (-t).exp::<ACCURACY>();
        let rho = (r2 * inverse * inverse_delta).min(number::<V>(isa, LARGE.sqrt()));
        let share = gauss.neg_mul_add(complement::<V, ACCURACY>(isa, rho), one);
        // erf ρ = P + (2/√π) ρ e^{−t}.
        let rest = rho * gauss * number::<V>(isa, FRAC_2_SQRT_PI);
        let slope = (rest * (t + t)) - three * share;
        let outside = Self::new(inverse, share, share + rest, slope);
        let core = t.lt(number::<V>(isa, INSIDE));
        if !V::any(core) {
            return outside;
        }
        // erf ρ/ρ = t (P/t^{3/2}) + (2/√π) e^{−t}; what rφ′ takes from −3φ is the first term of the series.
        let t = V::select(core, t, zero);
        let gauss = gauss * number::<V>(isa, FRAC_2_SQRT_PI);
        let scaled = gauss * number::<V>(isa, 2.0 / 3.0);
        let rest = t * series::<V, ACCURACY>(isa, t);
        let share = scaled.mul_add(rest, scaled);
        let inside = Self::new(
            inverse_delta,
            share,
            t.mul_add(share, gauss),
            -(three * scaled * rest),
        );
        Self {
            inverse: V::select(core, inside.inverse, outside.inverse),
            share: V::select(core, inside.share, outside.share),
            potential: V::select(core, inside.potential, outside.potential),
            slope: V::select(core, inside.slope, outside.slope),
        }
    }

    #[inline(always)]
    fn new(inverse: V, share: V, potential: V, slope: V) -> Self {
        Self {
            inverse,
            share,
            potential,
            slope,
        }
    }
}

/// The t from which 1 − P is below the accuracy.
const fn negligible(accuracy: usize) -> f64 {
    match accuracy {
        ..=accuracy::SINGLE => 25.0,
        accuracy::MIDDLE => 34.0,
        _ => LARGE,
    }
}

/// (s(t) − 1)/t for 0 ≤ t ≤ 4; beside each the largest relative error of s.
#[inline(always)]
fn series<V: Lanes, const ACCURACY: usize>(isa: V::Isa, t: V) -> V {
    match ACCURACY {
        // 2.7e-10
        ..=accuracy::SINGLE => polynomial(
            isa,
            t,
            [
                0.400_000_013_551_471_13,
                0.114_285_494_581_160_76,
                0.025_398_040_623_144_203,
                0.004_614_306_196_302_164,
                0.000_715_524_631_585_965_1,
                8.979_031_199_374_183e-05,
                1.419_897_179_759_025_8e-05,
                -6.019_698_581_108_018e-08,
                4.298_716_586_643_288_4e-07,
                -3.948_165_655_026_271e-08,
                4.587_014_193_158_162e-09,
            ],
        ),
        // 7.4e-14
        accuracy::MIDDLE => polynomial(
            isa,
            t,
            [
                0.399_999_999_994_311_2,
                0.114_285_714_428_493_54,
                0.025_396_824_159_843_42,
                0.004_617_609_972_101_447,
                0.000_710_387_106_693_679_3,
                9.474_225_342_569_428e-05,
                1.111_914_786_550_713_6e-05,
                1.191_726_077_570_715_8e-06,
                1.015_377_975_151_501_6e-07,
                1.364_016_464_883_302e-08,
                -2.835_108_511_821_883_3e-10,
                2.513_651_407_075_299e-10,
                -1.822_045_746_661_166_7e-11,
                1.574_305_198_797_502_4e-12,
            ],
        ),
        // 1.2e-17
        _ => polynomial(
            isa,
            t,
            [
                0.400_000_000_000_001_3,
                0.114_285_714_285_668_01,
                0.025_396_825_397_401_887,
                0.004_617_604_613_982_189,
                0.000_710_400_723_933_253_5,
                9.472_006_175_644_253e-05,
                1.114_359_602_135_786_5e-05,
                1.172_937_318_025_832_5e-06,
                1.117_741_145_099_862_1e-07,
                9.674_953_425_563_97e-09,
                7.967_501_174_108_486e-10,
                5.023_440_066_463_61e-11,
                6.009_399_172_143_487e-12,
                -1.565_632_921_841_267_8e-13,
                7.381_362_715_895_232e-14,
                -4.409_555_194_960_894e-15,
                3.030_853_689_708_544_4e-16,
            ],
        ),
    }
}

/// F(ρ) for 2 ≤ ρ ≤ 6.5; beside each the largest e^{−ρ²} |error|.
#[inline(always)]
fn complement<V: Lanes, const ACCURACY: usize>(isa: V::Isa, rho: V) -> V {
    let x = rho - number::<V>(isa, INSIDE.sqrt());
    match ACCURACY {
        // 4.6e-10
        ..=accuracy::SINGLE => polynomial(
            isa,
            x,
            [
                2.512_153_986_759_544,
                1.021_585_694_214_942_6,
                0.041_748_649_790_188_753,
                -0.015_132_958_813_299_46,
                0.004_591_442_604_067_019,
                -0.000_804_460_477_648_043_1,
            ],
        ),
        // 1.7e-14
        accuracy::MIDDLE => polynomial(
            isa,
            x,
            [
                2.512_154_010_500_655,
                1.021_582_705_465_734_3,
                0.041_802_743_750_497_81,
                -0.015_460_508_273_264_433,
                0.005_439_811_422_831_4,
                -0.001_827_939_663_567_152_4,
                0.000_583_411_264_119_304_2,
                -0.000_170_845_593_414_389_63,
                4.184_310_506_980_792e-05,
                -7.191_765_173_594_292e-06,
                6.123_206_343_961_054e-07,
            ],
        ),
        // 8.6e-18
        _ => polynomial(
            isa,
            x,
            [
                2.512_154_010_501_530_5,
                1.021_582_705_242_186_9,
                0.041_802_752_593_898_28,
                -0.015_460_637_549_721_748,
                0.005_440_736_121_672_106,
                -0.001_831_648_419_355_167_5,
                0.000_592_403_995_814_430_4,
                -0.000_184_594_576_510_895_56,
                5.537_360_191_045_174_5e-05,
                -1.580_804_332_120_267e-05,
                4.149_136_514_569_519e-06,
                -9.355_536_912_984_86e-07,
                1.631_855_504_739_227e-07,
                -1.881_124_134_743_210_3e-08,
                1.042_757_015_430_825_3e-09,
            ],
        ),
    }
}

/// Σ c\[k\] xᵏ.
#[inline(always)]
fn polynomial<V: Lanes, const N: usize>(isa: V::Isa, x: V, c: [f64; N]) -> V {
    let mut sum = number::<V>(isa, c[N - 1]);
    for k in (0..N - 1).rev() {
        sum = x.mul_add(sum, number::<V>(isa, c[k]));
    }
    sum
}

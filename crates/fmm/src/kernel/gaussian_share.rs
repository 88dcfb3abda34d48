//! The share of a Gaussian blob in space that lies inside a radius, and what follows from it.
//!
//! With t = r²/δ², P = erf √t − (2/√π) √t e^{−t} is that share, the incomplete gamma function P(3/2, t). Inside the core
//! its series is a sum of positive terms, P = (4/(3√π)) t^{3/2} e^{−t} s(t) with s = Σ_k (2t)^k·3/(3·5···(2k + 3))
//! (Abramowitz and Stegun 6.5.29); outside, 1 − P = e^{−t} F(√t) with F(ρ) = e^{ρ²} erfc ρ + 2ρ/√π. Both s and F are
//! polynomials here, fitted by Remez's algorithm in forty digits; no error function is needed, since erf follows from P.

use super::gaussian_core::number;
use super::high_order::{Correction, END};
use lanes::{Lanes, accuracy};
use std::f64::consts::FRAC_2_SQRT_PI;

/// Below this t the series, above it the complement.
const INSIDE: f64 = 4.0;
/// Above this t, 1 − P < 4e-18; F was fitted up to here, and stays as small beside e^{t} to the [`END`] of corrections.
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
    /// At a distance of which the square is `r2`, with what a blob of high order has beyond the Gaussian one.
    #[inline(always)]
    pub(super) fn at<const ACCURACY: usize>(
        isa: V::Isa,
        r2: V,
        inverse_delta: f64,
        correction: &Correction,
    ) -> Self {
        let (zero, one) = (number::<V>(isa, 0.0), number::<V>(isa, 1.0));
        let inverse_delta = number::<V>(isa, inverse_delta);
        let inverse = r2.rsqrt::<ACCURACY>();
        // One factor at a time: 1/δ² has twice the exponent.
        let t = r2 * inverse_delta * inverse_delta;
        let three = number::<V>(isa, 3.0);
        let t = t.min(number::<V>(isa, END));
        let gauss = (-t).exp::<ACCURACY>();
        let rho = (r2 * inverse * inverse_delta).min(number::<V>(isa, END.sqrt()));
        let share = gauss.neg_mul_add(complement::<V, ACCURACY>(isa, rho), one);
        // erf ρ = P + (2/√π) ρ e^{−t}.
        let rest = rho * gauss * number::<V>(isa, FRAC_2_SQRT_PI);
        let slope = (rest * (t + t)) - three * share;
        let mut all = Self::new(inverse, share, share + rest, slope);
        // 1/(λδ).
        let mut unit = rho;
        let core = t.lt(number::<V>(isa, INSIDE));
        if V::any(core) {
            let inside = Self::inside::<ACCURACY>(isa, V::select(core, t, zero), gauss);
            all = Self {
                inverse: V::select(core, inverse_delta, inverse),
                share: V::select(core, inside.share, all.share),
                potential: V::select(core, inside.potential, all.potential),
                slope: V::select(core, inside.slope, all.slope),
            };
            unit = V::select(core, one, rho);
        }
        if correction.is_felt(isa, t) {
            let cube = unit * unit * unit;
            all.share += correction.phi(isa, t, gauss) * cube;
            all.potential += correction.gamma(isa, t, gauss) * unit;
            all.slope += correction.slope(isa, t, gauss) * cube;
        }
        all
    }

    /// For λ = 1/δ, in units of δ. erf ρ/ρ = t (P/t^{3/2}) + (2/√π) e^{−t}; what rφ′ takes from −3φ is the first term of the
    /// series.
    #[inline(always)]
    fn inside<const ACCURACY: usize>(isa: V::Isa, t: V, gauss: V) -> Self {
        let (one, three) = (number::<V>(isa, 1.0), number::<V>(isa, 3.0));
        let gauss = gauss * number::<V>(isa, FRAC_2_SQRT_PI);
        let scaled = gauss * number::<V>(isa, 2.0 / 3.0);
        let rest = t * series::<V, ACCURACY>(isa, t);
        let share = scaled.mul_add(rest, scaled);
        let potential = t.mul_add(share, gauss);
        Self::new(one, share, potential, -(three * scaled * rest))
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
pub(super) const fn negligible(accuracy: usize) -> f64 {
    match accuracy {
        ..=accuracy::COARSE => 20.0,
        accuracy::SINGLE => 25.0,
        accuracy::MIDDLE => 34.0,
        _ => LARGE,
    }
}

/// (s(t) − 1)/t for 0 ≤ t ≤ 4; beside each the largest relative error.
#[inline(always)]
fn series<V: Lanes, const ACCURACY: usize>(isa: V::Isa, t: V) -> V {
    match ACCURACY {
        // 7.5e-10
        ..=accuracy::SINGLE => polynomial(
            isa,
            t,
            [
                0.400_000_000_298_677_9,
                0.114_285_694_458_094_47,
                0.025_397_039_432_002_243,
                0.004_616_716_995_619_386,
                0.000_712_262_541_365_667_5,
                9.247_340_772_374_629e-05,
                1.280_768_810_120_129_6e-05,
                3.966_905_063_950_887_5e-07,
                3.377_545_208_502_655e-07,
                -2.908_216_026_190_518_8e-08,
                4.083_876_980_696_385e-09,
            ],
        ),
        // 1.3e-14
        accuracy::MIDDLE => polynomial(
            isa,
            t,
            [
                0.400_000_000_000_004_9,
                0.114_285_714_285_119_09,
                0.025_396_825_408_672_205,
                0.004_617_604_525_334_967,
                0.000_710_401_083_798_375_3,
                9.471_919_147_758_213e-05,
                1.114_495_617_831_799e-05,
                1.171_494_520_389_980_5e-06,
                1.128_428_588_095_235_8e-07,
                9.114_993_121_634_671e-09,
                1.003_793_569_720_862_4e-09,
                -2.626_882_490_680_926_7e-12,
                1.481_036_353_637_820_6e-11,
                -9.711_970_521_105_088e-13,
                8.803_349_498_687_102e-14,
            ],
        ),
        // 3.5e-17
        _ => polynomial(
            isa,
            t,
            [
                0.4,
                0.114_285_714_285_712_13,
                0.025_396_825_396_880_23,
                0.004_617_604_617_055_776,
                0.000_710_400_713_274_718_1,
                9.472_008_564_086_888e-05,
                1.114_355_936_494_203_4e-05,
                1.172_977_328_120_382_2e-06,
                1.117_422_983_199_885_5e-07,
                9.693_644_501_398_461e-09,
                7.885_961_767_848_145e-10,
                5.286_624_419_513_424e-11,
                5.389_721_613_067_049e-12,
                -5.317_656_663_173_905_5e-14,
                6.223_996_017_502_953e-14,
                -3.630_148_470_365_435e-15,
                2.792_268_072_535_585_6e-16,
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

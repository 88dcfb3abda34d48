//! A Gaussian core around any kernel in space.

use super::core_radius::{self, Widest};
use super::gaussian_core::number;
use super::gaussian_share::{Share, negligible};
use super::high_order::Correction;
use super::wide::{Shape, gamma, phi};
use super::{GaussianCore, InUnit, Kernel, Pair, RadialKernel, RadialPair3d, Singular3d, wide};
use crate::Result;
use lanes::{Lanes, Real};
use std::f64::consts::FRAC_2_SQRT_PI;

impl<K: Kernel<3, Pair = RadialPair3d>> Kernel<3> for GaussianCore<K> {
    type Pair = RadialPair3d;
    type Strength<T: Real> = K::Strength<T>;

    fn name(&self) -> String {
        format!("{}:core=gaussian,delta={}", self.kernel.name(), self.delta)
    }
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 3]) -> [T; 3] {
        self.kernel.field(component, s)
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        self.kernel.potential(t)
    }
    /// The field lacks erfc ρ + (2/√π) ρ e^{−ρ²} < (2/√π) (ρ + 1/(2ρ)) e^{−ρ²} of itself, the potential less.
    fn reach(&self, tolerance: f64) -> f64 {
        let mut rho = (1.0 / tolerance).ln().sqrt();
        // Each step takes at least five sixths of what is missing at a tolerance of 0.1, and more at smaller ones.
        for _ in 0..6 {
            rho = (FRAC_2_SQRT_PI * (rho + 0.5 / rho) / tolerance).ln().sqrt();
        }
        self.delta * rho
    }
    fn check(&self) -> Result<()> {
        core_radius::check(self.delta)
    }
    fn wide(&self) -> Option<RadialKernel> {
        let pair = GaussianPair3d::new(1.0, self.delta, Correction::NONE);
        let (phi, potential) = (|r2| phi(&pair, r2), |r2| gamma(&pair, r2));
        let shape = Shape::GaussianInSpace;
        Some(wide::kernel(shape, self.delta, phi, potential))
    }
    fn pair(&self, scale: f64) -> RadialPair3d {
        RadialPair3d::gaussian(scale, self.delta)
    }
}

/// φ = P/r³ and γ = erf(ρ)/r with P = erf ρ − (2/√π) ρ e^{−ρ²}, ρ = r/δ, and what a blob of high order has beyond that.
#[derive(Clone, Copy, Debug)]
pub struct GaussianPair3d {
    delta: f64,
    correction: Correction,
}

impl GaussianPair3d {
    /// Around a core δ, where lengths are multiplied by `scale`.
    pub(super) fn new(scale: f64, delta: f64, correction: Correction) -> Self {
        let delta = delta * scale;
        Self { delta, correction }
    }

    #[inline(always)]
    fn share<V: Lanes, const ACCURACY: usize>(self, isa: V::Isa, r2: V) -> Share<V> {
        Share::at::<ACCURACY>(isa, r2, 1.0 / self.delta, &self.correction)
    }

    /// 1, or NaN where the core is too wide.
    #[inline(always)]
    fn within<V: Lanes>(self, isa: V::Isa, widest: Widest) -> V {
        number(isa, core_radius::within::<V::Elem>(widest, self.delta))
    }

    /// λ and λ² share, of which φ is the product.
    #[inline(always)]
    fn factors<V: Lanes, const ACCURACY: usize>(self, isa: V::Isa, r2: V) -> [V; 2] {
        let Share { inverse, share, .. } = self.share::<V, ACCURACY>(isa, r2);
        let share = share * self.within::<V>(isa, core_radius::FIELD);
        [inverse, share * inverse * inverse]
    }
}

impl Pair for GaussianPair3d {
    const IN_F32: bool = true;
    const IN_FEW_VERSIONS: bool = true;
    const TOGETHER: bool = true;
    type Beyond = Singular3d;
    const CORE: bool = true;

    fn core(&self) -> f64 {
        self.delta
    }

    #[inline(always)]
    fn beyond<const ACCURACY: usize>(&self) -> (f64, Singular3d) {
        let reach = negligible(ACCURACY).max(self.correction.end());
        (reach * self.delta * self.delta, Singular3d)
    }

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let [inverse, rest] = self.factors::<V, ACCURACY>(isa, r2);
        inverse * rest * self.within::<V>(isa, core_radius::GRADIENT)
    }
    #[inline(always)]
    fn in_single<V: Lanes, const ACCURACY: usize, const D: usize>(
        &self,
        isa: V::Isa,
        mut z: [V; D],
        r2: V,
    ) -> ([V; D], V) {
        let [inverse, rest] = self.factors::<V, ACCURACY>(isa, r2);
        for a in 0..D {
            z[a] = z[a] * inverse;
        }
        (z, rest)
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let share = self.share::<V, ACCURACY>(isa, r2);
        share.potential * share.inverse * self.within::<V>(isa, core_radius::INVERSE)
    }
    #[inline(always)]
    fn both<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> [V; 2] {
        let Share {
            inverse,
            share,
            potential,
            ..
        } = self.share::<V, ACCURACY>(isa, r2);
        let field = share * self.within::<V>(isa, core_radius::GRADIENT);
        let potential = potential * self.within::<V>(isa, core_radius::INVERSE);
        [inverse * (field * inverse * inverse), potential * inverse]
    }
    /// −3φ + (4/√π) e^{−ρ²}/δ³; not from φ, since the two terms cancel inside the core.
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V, _: V) -> V {
        let Share { inverse, slope, .. } = self.share::<V, ACCURACY>(isa, r2);
        let slope = slope * self.within::<V>(isa, core_radius::GRADIENT);
        slope * inverse * inverse * inverse
    }

    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: Self::new(1.0, self.delta / unit, self.correction),
            field: 1.0 / (unit * unit),
            potential: 1.0 / unit,
            constant: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Coulomb3d;
    use lanes::accuracy::{FULL, MIDDLE, SINGLE};
    use lanes::{Chosen, Isa, Job};

    /// ρ, and φ δ³, γ δ, rφ′ δ³ there, by mpmath in forty digits: P(3/2, ρ²)/ρ³, erf(ρ)/ρ, −3φ + (4/√π) e^{−ρ²}.
    const EXPECTED: [[f64; 4]; 14] = [
        [
            3.0e-6,
            0.752_252_778_059_612_9,
            1.128_379_167_092_127_5,
            -8.124_330_003_035_462e-12,
        ],
        [
            1.0e-4,
            0.752_252_773_550_158_4,
            1.128_379_163_334_248_6,
            -9.027_033_272_285_291e-09,
        ],
        [
            0.3,
            0.712_906_910_127_352_3,
            1.095_422_531_530_424_7,
            -0.076_198_911_144_130_84,
        ],
        [
            1.0,
            0.427_593_295_529_120_2,
            0.842_700_792_949_714_9,
            -0.452_564_891_746_171_1,
        ],
        [
            1.7,
            0.178_542_985_903_948_38,
            0.578_700_269_759_279_1,
            -0.410_206_876_718_108_35,
        ],
        [
            1.99,
            0.120_842_331_365_473_02,
            0.500_055_986_532_470_9,
            -0.319_510_453_912_296_77,
        ],
        [
            2.01,
            0.117_678_116_630_683_23,
            0.495_285_994_704_103_67,
            -0.313_325_078_483_088_77,
        ],
        [
            2.5,
            0.063_625_429_594_027_09,
            0.399_837_219_193_022,
            -0.186_519_720_321_375_84,
        ],
        [
            3.1,
            0.033_558_920_318_739_33,
            0.322_576_887_529_881_56,
            -0.100_525_434_422_624_92,
        ],
        [
            4.3,
            0.012_577_508_314_182_263,
            0.232_558_139_257_332_15,
            -0.037_732_503_886_342_55,
        ],
        [
            5.0,
            0.007_999_999_999_360_866,
            0.199_999_999_999_692_5,
            -0.023_999_999_966_740_865,
        ],
        [
            6.4,
            0.003_814_697_265_624_999,
            0.156_25,
            -0.011_444_091_796_874_995,
        ],
        [
            6.6,
            0.003_478_309_263_433_231,
            0.151_515_151_515_151_52,
            -0.010_434_927_790_299_692,
        ],
        [
            9.0,
            0.001_371_742_112_482_853_1,
            0.111_111_111_111_111_1,
            -0.004_115_226_337_448_56,
        ],
    ];

    /// φ, γ and rφ′ at r², and φ in the factors of single precision, in the first lane.
    struct Functions<T, const ACCURACY: usize>(GaussianPair3d, T);

    impl<T: Real, const ACCURACY: usize> Job for Functions<T, ACCURACY> {
        type Output = [f64; 4];

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) -> [f64; 4] {
            let Self(pair, r2) = self;
            let r2 = T::Lanes::<I>::splat(isa, r2);
            let phi = pair.phi::<_, ACCURACY>(isa, r2);
            let ([z], rest) = pair.in_single::<_, ACCURACY, 1>(isa, [r2], r2);
            let gamma = pair.gamma::<_, ACCURACY>(isa, r2);
            let slope = pair.slope::<_, ACCURACY>(isa, r2, phi);
            [phi, gamma, slope, z * rest].map(|x| {
                let mut lanes = [T::ZERO; 16];
                x.store(&mut lanes);
                lanes[0].to_f64()
            })
        }
    }

    /// The largest relative errors of the three, and of r² φ by factors.
    fn worst<T: Real, const ACCURACY: usize>(deltas: &[f64]) -> [f64; 4] {
        let mut worst = [0.0f64; 4];
        for chosen in Chosen::all() {
            for &delta in deltas {
                for [rho, phi, gamma, slope] in EXPECTED {
                    let r2 = T::from_f64(rho * delta * (rho * delta));
                    let pair = GaussianPair3d::new(1.0, delta, Correction::NONE);
                    let found = chosen.run(Functions::<T, ACCURACY>(pair, r2));
                    let (by_delta, rho2) = (1.0 / delta, rho * rho);
                    let expected = [
                        phi * by_delta * by_delta * by_delta,
                        gamma * by_delta,
                        slope * by_delta * by_delta * by_delta,
                        phi * rho2 * by_delta,
                    ];
                    for (worst, (found, expected)) in
                        worst.iter_mut().zip(found.into_iter().zip(expected))
                    {
                        *worst = worst.max((found / expected - 1.0).abs());
                    }
                }
            }
        }
        worst
    }

    #[test]
    fn one_pair_against_forty_digits() {
        let deltas = [1.0, 0.3, 7.0, 1e-60, 1e80];
        let full = worst::<f64, FULL>(&deltas);
        let middle = worst::<f64, MIDDLE>(&deltas);
        let single = worst::<f64, SINGLE>(&deltas);
        let in_f32 = worst::<f32, SINGLE>(&[1.0, 0.3, 7.0, 1e7]);
        assert!(full.iter().all(|&error| error < 2e-15), "{full:?}");
        assert!(middle.iter().all(|&error| error < 3e-12), "{middle:?}");
        assert!(single.iter().all(|&error| error < 3e-8), "{single:?}");
        assert!(in_f32.iter().all(|&error| error < 2e-6), "{in_f32:?}");
    }

    #[test]
    fn beyond_reach_the_core_is_not_felt() {
        for tolerance in [0.1, 1e-3, 1e-6, 1e-9, 1e-12] {
            let kernel = GaussianCore {
                kernel: Coulomb3d,
                delta: 0.7,
            };
            let reach = kernel.reach(tolerance);
            let found = Chosen::detect().run(Functions::<f64, FULL>(
                GaussianPair3d::new(1.0, 0.7, Correction::NONE),
                reach * reach,
            ));
            let missing = 1.0 - found[0] * reach.powi(3);
            assert!(
                missing < 1.01 * tolerance + 1e-15 && missing > 0.9 * tolerance - 1e-15,
                "{tolerance:e}: {missing:e}"
            );
        }
    }
}

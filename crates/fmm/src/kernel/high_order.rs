//! Gaussian cores of high order: the Gaussian one, and what its blob is corrected by.

use super::gaussian_core::{GaussianPair, number};
use super::gaussian_in_space::GaussianPair3d;
use super::wide::{Shape, gamma, phi};
use super::{Kernel, RadialKernel, RadialPair2d, RadialPair3d, core_radius, wide};
use crate::{Error, Result};
use lanes::{Lanes, Real};
use std::f64::consts::FRAC_2_SQRT_PI;

/// The field of a blob ζ of which not only the mass is a point's: the moments ∫|x|²ζ, and for order 6 ∫|x|⁴ζ, vanish, so that the
/// field of a smooth density is met to order δ⁴ or δ⁶, where a [`GaussianCore`](crate::GaussianCore) leaves an error of order δ²;
/// ρ = r/δ.
///
/// | order | blob of mass 1 | field | potential |
/// | --- | --- | --- | --- |
/// | in the plane | times e^{−ρ²}/(πδ²) | | for log r |
/// | 4 | 2 − ρ² | K(z)·(1 − (1 − ρ²) e^{−ρ²}) | log r + ½E₁(ρ²) − ½e^{−ρ²} |
/// | 6 | 3 − 3ρ² + ½ρ⁴ | K(z)·(1 − (1 − 2ρ² + ½ρ⁴) e^{−ρ²}) | log r + ½E₁(ρ²) − ¼(3 − ρ²) e^{−ρ²} |
/// | in space | times e^{−ρ²}/(π^{3/2} δ³) | | for 1/r |
/// | 4 | 5/2 − ρ² | K(z)·(erf ρ − (2/√π)(ρ − ρ³) e^{−ρ²}) | erf(ρ)/r + e^{−ρ²}/(√π δ) |
/// | 6 | 35/8 − 7ρ²/2 + ½ρ⁴ | K(z)·(erf ρ − (2/√π)(ρ − 9ρ³/4 + ½ρ⁵) e^{−ρ²}) | erf(ρ)/r + (7/4 − ½ρ²) e^{−ρ²}/(√π δ) |
///
/// (J. T. Beale and A. Majda, J. Comput. Phys. 58, 1985; G. S. Winckelmans and A. Leonard, J. Comput. Phys. 109, 1993.) Such blobs
/// are negative somewhere. A coincident pair contributes nothing, as everywhere.
///
/// ```
/// use farfield::{BiotSavart2d, HighOrderGaussianCore, Options, Plan};
/// let positions: Vec<[f64; 2]> = (0..3000).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let kernel = HighOrderGaussianCore { kernel: BiotSavart2d, delta: 0.05, order: 4 };
/// let plan = Plan::new(&positions, kernel, Options::tolerance(1e-6))?;
/// let circulations = vec![1.0 / 3000.0; 3000];
/// let u: Vec<[f64; 2]> = plan.field(&circulations)?;
/// assert!(plan.verify(&circulations, 200)?.error_bound < 1e-6);
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HighOrderGaussianCore<K> {
    /// The singular kernel.
    pub kernel: K,
    /// Core radius δ > 0, in the unit of the positions.
    pub delta: f64,
    /// 4 or 6.
    pub order: u32,
}

macro_rules! in_dimension {
    ($D:literal, $pair:ident, $correction:ident, $shape:ident, $blob:expr, [$($sign:tt)?] gamma) => {
        impl<K: Kernel<$D, Pair = $pair>> Kernel<$D> for HighOrderGaussianCore<K> {
            type Pair = $pair;
            type Strength<T: Real> = K::Strength<T>;

            fn name(&self) -> String {
                let Self {
                    kernel,
                    delta,
                    order,
                } = self;
                format!("{}:core=gaussian{order},delta={delta}", kernel.name())
            }
            #[inline(always)]
            fn field<T: Real>(&self, component: usize, s: [T; $D]) -> [T; $D] {
                self.kernel.field(component, s)
            }
            #[inline(always)]
            fn potential<T: Real>(&self, t: T) -> T {
                self.kernel.potential(t)
            }
            fn reach(&self, tolerance: f64) -> f64 {
                self.delta * Correction::$correction(self.order).reach($D, tolerance)
            }
            fn check(&self) -> Result<()> {
                if ORDERS.contains(&self.order) {
                    return core_radius::check(self.delta);
                }
                let found = self.order.to_string();
                Err(Error::argument("kernel: order", found, "4 or 6"))
            }
            fn wide(&self) -> Option<RadialKernel> {
                let pair = $blob(1.0, self.delta, Correction::$correction(self.order));
                let (phi, potential) = (|r2| phi(&pair, r2), |r2| $($sign)? gamma(&pair, r2));
                let shape = Shape::$shape(self.order);
                Some(wide::kernel(shape, self.delta, phi, potential))
            }
            fn pair(&self, scale: f64) -> $pair {
                let correction = Correction::$correction(self.order);
                $pair::Gaussian($blob(scale, self.delta, correction))
            }
        }
    };
}
in_dimension!(2, RadialPair2d, in_plane, HighOrderInPlane, GaussianPair::new, [-] gamma);
in_dimension!(3, RadialPair3d, in_space, HighOrderInSpace, GaussianPair3d::new, [] gamma);

const ORDERS: [u32; 2] = [4, 6];

/// What a blob has beyond the Gaussian one; with t = r²/δ² and γ in the sense of space, γ′ = −rφ,
///
/// ```text
/// φ δ^D         (a + bt) e^{−t}
/// rφ′ δ^D       2t (b − a − bt) e^{−t}
/// γ δ^{D−2}     ½(a + b + bt) e^{−t}
/// ```
#[derive(Clone, Copy, Debug)]
pub(super) struct Correction {
    a: f64,
    b: f64,
    /// The t from which on it is nothing.
    end: f64,
}

/// e^{−t} is below 2e-22 from here on, which no factor of a correction makes more than 1e-17 of.
pub(super) const END: f64 = 50.0;

impl Correction {
    /// Of the Gaussian core itself.
    pub(super) const NONE: Self = Self {
        a: 0.0,
        b: 0.0,
        end: 0.0,
    };

    pub(super) fn in_plane(order: u32) -> Self {
        match order {
            4 => Self::new(1.0, 0.0),
            6 => Self::new(2.0, -0.5),
            // Refused before.
            _ => Self::NONE,
        }
    }

    pub(super) fn in_space(order: u32) -> Self {
        match order {
            4 => Self::new(FRAC_2_SQRT_PI, 0.0),
            6 => Self::new(2.25 * FRAC_2_SQRT_PI, -0.5 * FRAC_2_SQRT_PI),
            _ => Self::NONE,
        }
    }

    fn new(a: f64, b: f64) -> Self {
        Self { a, b, end: END }
    }

    /// The t from which on it is nothing.
    pub(super) fn end(&self) -> f64 {
        self.end
    }

    /// The ρ beyond which the field of a blob lacks less than `tolerance` of itself: less than the highest term of the correction,
    /// |b| ρ^{D+2} e^{−ρ²} or a ρ^D e^{−ρ²}.
    fn reach(&self, dimension: u32, tolerance: f64) -> f64 {
        let (factor, power) = if self.b == 0.0 {
            (self.a, dimension)
        } else {
            (-self.b, dimension + 2)
        };
        let power = 0.5 * f64::from(power);
        let start = (factor / tolerance).ln();
        // From t = 2 power on steps take at least half of what is missing, and at tolerances of 0.1 and less two thirds.
        let t = (0..50).fold(start.max(2.0 * power), |t, _| start + power * t.ln());
        t.sqrt()
    }

    /// Whether it is anything in some lane.
    #[inline(always)]
    pub(super) fn is_felt<V: Lanes>(&self, isa: V::Isa, t: V) -> bool {
        V::any(t.lt(number(isa, self.end)))
    }

    /// φ δ^D, for e^{−t} given.
    #[inline(always)]
    pub(super) fn phi<V: Lanes>(&self, isa: V::Isa, t: V, gauss: V) -> V {
        let factor = number::<V>(isa, self.b).mul_add(t, number(isa, self.a));
        self.within(isa, t, factor * gauss)
    }

    /// rφ′ δ^D.
    #[inline(always)]
    pub(super) fn slope<V: Lanes>(&self, isa: V::Isa, t: V, gauss: V) -> V {
        let factor = number::<V>(isa, self.b).neg_mul_add(t, number(isa, self.b - self.a));
        self.within(isa, t, factor * (t + t) * gauss)
    }

    /// γ δ^{D−2}.
    #[inline(always)]
    pub(super) fn gamma<V: Lanes>(&self, isa: V::Isa, t: V, gauss: V) -> V {
        let [slope, constant] = [self.b, self.a + self.b].map(|x| number::<V>(isa, 0.5 * x));
        self.within(isa, t, slope.mul_add(t, constant) * gauss)
    }

    /// 0 where it is nothing, which factors that depend on δ could make more of.
    #[inline(always)]
    fn within<V: Lanes>(&self, isa: V::Isa, t: V, x: V) -> V {
        V::select(t.lt(number(isa, self.end)), x, number(isa, 0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Pair;
    use crate::torus::split::Split;
    use crate::{Coulomb2d, Coulomb3d};
    use lanes::accuracy::{FULL, MIDDLE, SINGLE};
    use lanes::{Chosen, Isa, Job};

    /// φ, γ and rφ′ at r², in the first lane.
    struct Functions<P, T, const ACCURACY: usize>(P, T);

    impl<P: Pair, T: Real, const ACCURACY: usize> Job for Functions<P, T, ACCURACY> {
        type Output = [f64; 3];

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) -> [f64; 3] {
            let r2 = T::Lanes::<I>::splat(isa, self.1);
            let phi = self.0.phi::<_, ACCURACY>(isa, r2);
            let gamma = self.0.gamma::<_, ACCURACY>(isa, r2);
            [phi, gamma, self.0.slope::<_, ACCURACY>(isa, r2, phi)].map(|x| {
                let mut lanes = [T::ZERO; 16];
                x.store(&mut lanes);
                lanes[0].to_f64()
            })
        }
    }

    /// φ, −log r or 1/r around a core, and rφ′ for δ = 1: the Gaussian ones of Ewald's sum and the corrections, and
    /// rφ′ = −Dφ + 2πζ or 4πζ of the blobs.
    fn expected(dimension: usize, order: u32, t: f64) -> [f64; 3] {
        let split = Split {
            s: dimension as f64 - 2.0,
            dimension,
            delta: 1.0,
            log_scale: 0.0,
            core: 0.0,
        };
        let [phi, gamma, zeta] = match (dimension, order) {
            (2, 4) => [1.0, 0.5, 2.0 - t],
            (2, 6) => [2.0 - 0.5 * t, 0.75 - 0.25 * t, 3.0 - 3.0 * t + 0.5 * t * t],
            (3, 4) => [1.0, 0.5, 2.5 - t],
            _ => [
                2.25 - 0.5 * t,
                0.875 - 0.25 * t,
                35.0 / 8.0 - 3.5 * t + 0.5 * t * t,
            ],
        };
        let gauss = [1.0, FRAC_2_SQRT_PI][dimension - 2] * (-t).exp();
        let phi = split.smooth_phi(t) + phi * gauss;
        let slope = -(dimension as f64) * phi + 2.0 * zeta * gauss;
        [phi, split.smooth(t) + gamma * gauss, slope]
    }

    /// The largest errors of the three, beside r² φ = 1, the potential and 3φ.
    fn worst<T: Real, const ACCURACY: usize>() -> f64 {
        let mut worst = 0.0f64;
        for rho in [
            1e-6, 0.01, 0.3, 0.49, 0.51, 1.0, 1.7, 1.99, 2.01, 2.5, 3.1, 4.3, 5.0, 6.4, 6.6, 6.9,
            7.05, 7.1, 9.0, 30.0,
        ] {
            let r2 = T::from_f64(rho * rho);
            let t = r2.to_f64();
            for (chosen, order) in Chosen::all().flat_map(|c| ORDERS.map(|o| (c, o))) {
                let planar = GaussianPair::new(1.0, 1.0, Correction::in_plane(order));
                let spatial = GaussianPair3d::new(1.0, 1.0, Correction::in_space(order));
                let [phi, gamma, slope] = chosen.run(Functions::<_, T, ACCURACY>(planar, r2));
                let spatial = chosen.run(Functions::<_, T, ACCURACY>(spatial, r2));
                for (dimension, found) in [(2, [phi, -gamma, slope]), (3, spatial)] {
                    let expected = expected(dimension, order, t);
                    let sizes = [
                        expected[0],
                        1.0f64.max(expected[1].abs()),
                        3.0 * expected[0],
                    ];
                    for k in 0..3 {
                        worst = worst.max((found[k] - expected[k]).abs() / sizes[k]);
                    }
                }
            }
        }
        worst
    }

    #[test]
    fn every_accuracy() {
        let (full, middle) = (worst::<f64, FULL>(), worst::<f64, MIDDLE>());
        let (single, in_f32) = (worst::<f64, SINGLE>(), worst::<f32, SINGLE>());
        assert!(full < 4e-15, "{full:e}");
        assert!(middle < 3e-12, "{middle:e}");
        assert!(single < 3e-8, "{single:e}");
        assert!(in_f32 < 2e-6, "{in_f32:e}");
    }

    #[test]
    fn beyond_reach_the_core_is_not_felt() {
        for order in ORDERS {
            let (kernel, delta) = (Coulomb2d, 0.7);
            let planar = HighOrderGaussianCore {
                kernel,
                delta,
                order,
            };
            let kernel = Coulomb3d;
            let spatial = HighOrderGaussianCore {
                kernel,
                delta,
                order,
            };
            for tolerance in [0.1, 0.025, 1e-3, 1e-6, 1e-9, 1e-12] {
                for (dimension, reach) in [
                    (2, Kernel::<2>::reach(&planar, tolerance)),
                    (3, spatial.reach(tolerance)),
                ] {
                    let missing = |rho: f64| {
                        let [phi, ..] = expected(dimension, order, rho * rho);
                        (1.0 - phi * rho.powi(dimension as i32)).abs()
                    };
                    let found = missing(reach / delta);
                    let what = format!("{dimension} {order} {tolerance:e}: {found:e}");
                    // The highest term is not all of it near ρ = 2.
                    assert!(
                        tolerance > 0.01 || found > 0.3 * tolerance - 1e-15,
                        "{what}"
                    );
                    let beyond = (0..100).map(|k| missing(reach / delta + 0.05 * f64::from(k)));
                    assert!(
                        beyond.fold(0.0, f64::max) < 1.01 * tolerance + 1e-15,
                        "{what}"
                    );
                }
            }
        }
    }
}

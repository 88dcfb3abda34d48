//! Kernels: one file each, with the formula, its constants and its near-field pair.
//!
//! Everything here is the gradient or the rotated gradient of a radial potential, so one pair of scalar functions of
//! r² serves the near field, and each kernel only says how it turns the two radial sums
//!
//! ```text
//! s_i = Σ_j w_j z φ(r²)        z = x_i − y_j, r = |z|
//! t_i = Σ_j w_j γ(r²)
//! ```
//!
//! into its field and potential. The singular pair is φ = 1/r², γ = log r in 2D and
//! φ = 1/r³, γ = 1/r in 3D; Riesz kernels have φ = 1/r^{s+2}, γ = r^{−s}/s. Strengths that are vectors make such sums for each of their components.

mod algebraic_core;
mod algebraic_pairs;
mod any_dimension;
mod biot_savart;
mod core_radius;
mod coulomb;
mod gaussian_core;
mod gaussian_in_space;
mod gaussian_share;
mod high_order;
mod interpolated;
mod named;
mod named_in_space;
mod radial;
mod riesz;
mod spatial;
mod strength;
mod table;
mod wide;

pub use algebraic_core::AlgebraicCore;
pub use algebraic_pairs::{AlgebraicPair2d, AlgebraicPair3d};
pub use any_dimension::KernelNd;
pub use biot_savart::{BiotSavart2d, BiotSavart3d};
pub use coulomb::{Coulomb2d, Coulomb3d};
pub use gaussian_core::{GaussianCore, GaussianPair};
pub use gaussian_in_space::GaussianPair3d;
pub use high_order::HighOrderGaussianCore;
pub use interpolated::InterpolatedPair;
pub use named::Kernel2d;
pub use named_in_space::{Kernel3d, VectorKernel3d};
pub(crate) use radial::{InCell, least_tolerance};
pub use radial::{RadialFunction, RadialKernel, RadialTables};
pub(crate) use riesz::Power;
pub use riesz::{Riesz, RieszPair, WholeRieszPair};
pub use spatial::{RadialPair3d, Singular3d};
pub(crate) use strength::by_component;
pub use strength::{Strength, converted};
pub(crate) use wide::smooth_power;

pub use crate::passes::RadialPair;

use crate::Result;
use high_order::Correction;
use lanes::{Lanes, Real};
use std::fmt::Debug;

/// A kernel in `D` dimensions.
pub trait Kernel<const D: usize>: Clone + Debug + Send + Sync + 'static {
    /// The near-field pairs of its dimension and of its far field; [`RadialPair2d`] or [`RadialPair3d`] where that is harmonic, but for
    /// wide cores, else [`InterpolatedPair`].
    type Pair: RadialPair<D>;

    /// What one source carries: a number `T`, or a vector `[T; 3]`. The potential is of the same kind.
    type Strength<T: Real>: Strength<T>;

    /// The name that the command line takes, `NAME[:key=value,…]`.
    fn name(&self) -> String;

    /// What component `component` of the strengths adds to the field, from its radial sum s = Σ w z φ(r²), in the user's
    /// units.
    fn field<T: Real>(&self, component: usize, s: [T; D]) -> [T; D];

    /// Potential from the radial sum t = Σ w γ(r²), in the user's units; of vectors, component by component.
    fn potential<T: Real>(&self, t: T) -> T;

    /// Distance beyond which the kernel equals its singular form to relative `tolerance`; 0 for a singular kernel.
    fn reach(&self, tolerance: f64) -> f64 {
        let _ = tolerance;
        0.0
    }

    /// Every parameter allowed.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The smallest tolerance that plans take for it, if its expansions could give smaller ones.
    fn least_tolerance(&self) -> f64 {
        0.0
    }

    /// The kernel from tables, if it has a core: what plans take where too many pairs are within its [`reach`](Self::reach).
    fn wide(&self) -> Option<RadialKernel> {
        None
    }

    /// The kernel, if it is smooth where points of a cloud may be next to each other: what plans take from the modes of a grid
    /// ([`Options::grid`](crate::Options::grid)), where that is as fine as the kernel wants it. By default the one that is
    /// [`wide`](Self::wide).
    fn smooth(&self) -> Option<RadialKernel> {
        self.wide()
    }

    /// δ where r² + δ² stands for r² at every distance, which its images on a torus must be told; 0 of other kernels.
    fn algebraic_core(&self) -> f64 {
        0.0
    }

    /// Whether it can be summed to a tolerance over points this far apart, in the user's unit.
    fn check_extent(&self, extent: f64, tolerance: f64) -> Result<()> {
        let _ = (extent, tolerance);
        Ok(())
    }

    /// The near-field pair, with lengths multiplied by `scale` (the plan works in its own unit).
    fn pair(&self, scale: f64) -> Self::Pair;
}

/// The radial functions that planar kernels are made of, for one unit of length; the hot loops are compiled once for each.
#[derive(Clone, Debug)]
pub enum RadialPair2d {
    /// φ = 1/r², γ = log r.
    Singular(Singular2d),
    /// The same around a Gaussian core.
    Gaussian(GaussianPair),
    /// The same around any core, from tables of φ and −γ.
    Tabulated(RadialTables),
}

impl RadialPair2d {
    /// The singular pair.
    pub fn singular(scale: f64) -> Self {
        Self::Singular(Singular2d {
            log_scale: scale.ln(),
        })
    }

    /// The pair around a Gaussian core δ in the user's unit.
    pub fn gaussian(scale: f64, delta: f64) -> Self {
        Self::Gaussian(GaussianPair::new(scale, delta, Correction::NONE))
    }
}

/// Two radial functions, vectorised; r² is above 0, and φ may grow as fast as 1/r^D.
pub(crate) trait Pair: Copy + Send + Sync {
    /// Whether near pairs may be taken in f32 where the tolerance is loose: φ and γ keep their relative precision there,
    /// whatever the unit; of pairs with a [`core`](Self::core), where that is no wider than a leaf.
    const IN_F32: bool;
    /// γ = r² φ: near pairs on a grid take it so, which needs no function of its own and vanishes where they coincide.
    const POTENTIAL_BY_FIELD: bool = false;

    /// φ and γ have most of their work in common, see [`both`](Self::both); near pairs on a grid then count lengths for both in one unit,
    /// and beyond the core γ = r² φ.
    const TOGETHER: bool = false;

    /// γ is 0, as far as its formula tells in f32, at the distance in which near pairs on a grid count lengths, so that the pair of a
    /// point and itself may be taken as one so far apart.
    const VANISHES_FAR: bool = false;

    /// Fewer versions are compiled: at most two targets at once, and two accuracies. For pairs that take long anyway, or that
    /// are wanted more rarely than the time is worth which every build of this crate takes for them.
    const IN_FEW_VERSIONS: bool = false;

    /// One version is compiled, for every accuracy.
    const IN_ONE_VERSION: bool = false;

    /// φ is the cube of a root, which has three times its error: where a field is that of few close pairs, as on a sphere of 10⁵ points, it
    /// would have all of it, 6e-10 instead of 2e-10, in a time that is no less, as far as could be measured. So no version of the accuracy `SINGLE` is compiled.
    const CUBED: bool = false;

    /// The pair beyond its core, if it has one, else itself.
    type Beyond: Pair;
    /// Whether it has a core.
    const CORE: bool = false;

    /// The width of the core within which φ does not grow any more; 0 if there is none.
    fn core(&self) -> f64 {
        0.0
    }

    /// The r² from which on the core is below the accuracy, and the pair there.
    fn beyond<const ACCURACY: usize>(&self) -> (f64, Self::Beyond);

    /// φ(r²) with relative error as `ACCURACY` says.
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V;
    /// Whether φ may grow faster than 1/r^D, so that z φ is taken as in f32 in every precision.
    const SPLIT: bool = false;
    /// The same for near pairs on a grid.
    const SPLIT_ON_GRID: bool = false;

    /// z φ(r²) as a product of a vector and a number, both of which stay within the range of f32 where z φ does: z and φ,
    /// unless φ leaves it sooner. It must be 0 at z = 0 with r² the ε² of [`crate::passes::p2p`].
    #[inline(always)]
    fn in_single<V: Lanes, const ACCURACY: usize, const D: usize>(
        &self,
        isa: V::Isa,
        z: [V; D],
        r2: V,
    ) -> ([V; D], V) {
        (z, self.phi::<V, ACCURACY>(isa, r2))
    }
    /// r φ′(r), given φ: ∂_b (z_a φ) = δ_ab φ + (z_a z_b/r²) r φ′.
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V, phi: V) -> V;
    /// γ(r²) with error as `ACCURACY` says.
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V;
    /// φ and γ, for pairs that are taken [`TOGETHER`](Self::TOGETHER).
    #[inline(always)]
    fn both<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> [V; 2] {
        [
            self.phi::<V, ACCURACY>(isa, r2),
            self.gamma::<V, ACCURACY>(isa, r2),
        ]
    }
    /// The same functions where lengths are in `unit`.
    fn in_unit(&self, unit: f64) -> InUnit<Self>;
}

/// What pairs say that have no core.
macro_rules! without_core {
    () => {
        type Beyond = Self;

        #[inline(always)]
        fn beyond<const ACCURACY: usize>(&self) -> (f64, Self) {
            (0.0, *self)
        }
    };
}
pub(crate) use without_core;

/// A pair in another unit of length: its sum Σ w z φ times `field` is the one in the old unit, and so is its Σ w γ times
/// `potential` plus `constant` Σ w.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InUnit<P> {
    pub(crate) pair: P,
    pub(crate) field: f64,
    pub(crate) potential: f64,
    pub(crate) constant: f64,
}

/// The singular pair in 2D: φ = 1/r², γ = log r − log scale.
#[derive(Clone, Copy, Debug)]
pub struct Singular2d {
    /// log of the factor between the plan's unit and the user's.
    log_scale: f64,
}

impl Singular2d {
    /// With lengths in the plan's unit.
    pub(crate) const IN_PLAN: Self = Self { log_scale: 0.0 };
}

impl Pair for Singular2d {
    without_core!();
    const IN_F32: bool = true;
    const VANISHES_FAR: bool = true;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, _: V::Isa, r2: V) -> V {
        r2.recip::<ACCURACY>()
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        r2.half_ln::<ACCURACY>() - V::splat(isa, V::Elem::from_f64(self.log_scale))
    }
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V, phi: V) -> V {
        phi * V::splat(isa, V::Elem::from_f64(-2.0))
    }
    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: Self { log_scale: 0.0 },
            field: 1.0 / unit,
            potential: 1.0,
            constant: unit.ln() - self.log_scale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes::accuracy::{COARSE, FULL, MIDDLE, SINGLE};
    use lanes::{Scalar, ScalarVector};

    type V = ScalarVector<f64>;

    /// φ and rφ′ at a distance.
    fn phi_and_slope<P: Pair>(pair: P, r: f64) -> [f64; 2] {
        let isa = Scalar::default();
        let r2 = V::splat(isa, r * r);
        let phi = pair.phi::<V, FULL>(isa, r2);
        [phi.sum(), pair.slope::<V, FULL>(isa, r2, phi).sum()]
    }

    /// rφ′ against central differences of φ, to what they can tell.
    fn differences<P: Pair>(pair: P) {
        let step: f64 = 1e-4;
        for r in [
            0.01, 0.1, 0.3, 0.49, 0.51, 0.7, 0.99, 1.01, 1.4, 2.1, 3.0, 7.0,
        ] {
            let [phi, slope] = phi_and_slope(pair, r);
            let at = |r| phi_and_slope(pair, r)[0];
            let expected = (at(r * (1.0 + step)) - at(r * (1.0 - step))) / (2.0 * step);
            let error = (slope - expected).abs();
            assert!(error < 1e-6 * phi, "at {r}: {slope} {expected}");
        }
    }

    /// Where its core is no more felt, a pair is the one beyond to the accuracy, and at half the distance it is not.
    fn ends_where_it_says<P: Pair, const ACCURACY: usize>(pair: P, most: f64) {
        let (reach, beyond) = pair.beyond::<ACCURACY>();
        let isa = Scalar::default();
        let lacks = |r2: f64| {
            let r2 = V::splat(isa, r2);
            let [phi, gamma] = pair.both::<V, FULL>(isa, r2).map(V::sum);
            let [whole, far] = beyond.both::<V, FULL>(isa, r2).map(V::sum);
            [1.0 - phi / whole, (gamma - far) / far.abs().max(1.0)].map(f64::abs)
        };
        let there = lacks(reach);
        assert!(there[0] < most && there[1] < most, "{there:?} {most:e}");
        assert!(lacks(0.25 * reach)[0] > most);
    }

    #[test]
    fn cores_end_where_they_say() {
        fn check<P: Pair>(pair: P) {
            ends_where_it_says::<_, COARSE>(pair, 6e-8);
            ends_where_it_says::<_, SINGLE>(pair, 1e-9);
            ends_where_it_says::<_, MIDDLE>(pair, 1e-13);
            ends_where_it_says::<_, FULL>(pair, 3e-16);
        }
        for delta in [1.0, 0.3] {
            check(GaussianPair::new(1.0, delta, Correction::NONE));
            check(GaussianPair3d::new(1.0, delta, Correction::NONE));
        }
        for order in [4, 6] {
            let end = |pair: [f64; 2]| assert!(pair[0] < 1e-15 && pair[1] < 1e-15, "{pair:?}");
            let lacks = |phi: f64, gamma: f64| [(phi - 1.0).abs(), gamma.abs()];
            let planar = GaussianPair::new(1.0, 1.0, Correction::in_plane(order));
            let spatial = GaussianPair3d::new(1.0, 1.0, Correction::in_space(order));
            let isa = Scalar::default();
            let (r2, _) = planar.beyond::<COARSE>();
            let [phi, gamma] = planar.both::<V, FULL>(isa, V::splat(isa, r2)).map(V::sum);
            end(lacks(phi * r2, gamma - 0.5 * r2.ln()));
            let (r2, _) = spatial.beyond::<COARSE>();
            let [phi, gamma] = spatial.both::<V, FULL>(isa, V::splat(isa, r2)).map(V::sum);
            end(lacks(phi * r2.powf(1.5), gamma * r2.sqrt() - 1.0));
        }
    }

    #[test]
    fn slopes_are_derivatives() {
        differences(Singular2d { log_scale: 0.0 });
        differences(Singular3d);
        differences(GaussianPair::new(1.0, 1.0, Correction::NONE));
        differences(GaussianPair::new(1.0, 0.7, Correction::NONE));
        differences(GaussianPair3d::new(1.0, 0.7, Correction::NONE));
        differences(AlgebraicPair2d::as_of_tables((0.7, 1.0)));
        differences(AlgebraicPair3d::new(0.7));
        for order in [4, 6] {
            differences(GaussianPair::new(0.7, 1.0, Correction::in_plane(order)));
            differences(GaussianPair3d::new(0.7, 1.0, Correction::in_space(order)));
        }
    }

    /// The first terms of rφ′: −t + 2t²/3, −(8t/5 − 8t²/7)/√π and −3t, t = r², which differences cannot tell.
    #[test]
    fn slopes_inside_the_core() {
        for r in [1e-8, 1e-5, 1e-3, 1e-2] {
            let t = r * r;
            let root_pi = std::f64::consts::PI.sqrt();
            let [_, planar] = phi_and_slope(GaussianPair::new(1.0, 1.0, Correction::NONE), r);
            assert!((planar / (-t + 2.0 * t * t / 3.0) - 1.0).abs() < t * t + 1e-14);
            let [_, gaussian] = phi_and_slope(GaussianPair3d::new(1.0, 1.0, Correction::NONE), r);
            let expected = -(8.0 * t / 5.0 - 8.0 * t * t / 7.0) / root_pi;
            assert!((gaussian / expected - 1.0).abs() < t * t + 1e-14);
            let [phi, algebraic] = phi_and_slope(AlgebraicPair3d::new(1.0), r);
            assert!((algebraic / (-3.0 * t / (1.0 + t).powf(2.5)) - 1.0).abs() < 1e-14);
            assert!((phi * (1.0 + t).powf(1.5) - 1.0).abs() < 1e-14);
            // φ is 2 − 3t/2 + 2t²/3, 3 − 3t + 5t²/3 and, by √π/2, 5/3 − 7t/5 + 9t²/14, 35/12 − 63t/20 + 99t²/56.
            let planar = [(4, [-3.0, 8.0 / 3.0]), (6, [-6.0, 20.0 / 3.0])];
            let spatial = [(4, [-2.8, 18.0 / 7.0]), (6, [-6.3, 99.0 / 14.0])];
            for (order, [first, second]) in planar {
                let pair = GaussianPair::new(1.0, 1.0, Correction::in_plane(order));
                let expected = first * t + second * t * t;
                let found = phi_and_slope(pair, r)[1];
                assert!((found / expected - 1.0).abs() < t * t + 1e-14, "{order}");
            }
            for (order, [first, second]) in spatial {
                let pair = GaussianPair3d::new(1.0, 1.0, Correction::in_space(order));
                let expected = 2.0 / root_pi * (first * t + second * t * t);
                let found = phi_and_slope(pair, r)[1];
                assert!((found / expected - 1.0).abs() < t * t + 1e-14, "{order}");
            }
        }
    }
}

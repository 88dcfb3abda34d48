//! An algebraic core around any kernel, in the plane and in space.

use super::wide::{Shape, gamma, phi};
use super::{
    AlgebraicPair3d, Kernel, RadialKernel, RadialPair2d, RadialPair3d, core_radius, radial, wide,
};
use crate::Result;
use lanes::Real;

/// r² + δ² for r². In space, the core of Rosenhead and Moore, K(z) = c z/(r² + δ²)^{3/2} where the singular kernel has c z/r³, and
/// potentials c/√(r² + δ²) (Plummer's softening, for gravity): the field of the blob 3δ²/(4π (r² + δ²)^{5/2}). In the plane, Krasny's,
/// c z/(r² + δ²) and −(c/2) log(r² + δ²): the field of δ²/(π (r² + δ²)²).
///
/// A coincident pair contributes nothing, as everywhere: no element has a potential of its own, c/δ, in its sum.
///
/// In space the far field differs from the singular one by (3/2) δ²/r² of itself, which may be a quarter of the tolerance. So nearer
/// pairs than δ √(6/tolerance) are summed one by one: 77 δ at a tolerance of 1e-3, 2450 δ at 1e-6. Where those are too many, a plan takes
/// the far field from tables ([`Options::wide_cores`](crate::Options::wide_cores)), and in the plane it always does: in plans of f64, calibrated, to a
/// tolerance of 1e-10 (gradients 1e-9), for clouds from 2^−280 to 2^192 wide. On a [torus](crate::Options::torus) it does in
/// space too, to 1e-6; of cores from a tenth of the side on, in space from a quarter, and up to 100 sides, it sums the
/// modes.
///
/// ```
/// use farfield::{AlgebraicCore, BiotSavart3d, Options, Plan};
/// let positions: Vec<[f64; 3]> = (0..3000).map(|i| [0.7, 1.1, 1.7].map(|a| f64::sin(a * i as f64))).collect();
/// let strengths: Vec<[f64; 3]> = positions.iter().map(|&[x, y, _]| [-y, x, 0.1]).collect();
/// let kernel = AlgebraicCore { kernel: BiotSavart3d, delta: 0.01 };
/// let plan = Plan::new(&positions, kernel, Options::tolerance(1e-3))?;
/// let u: Vec<[f64; 3]> = plan.field(&strengths)?;
/// assert!(plan.verify(&strengths, 200)?.error_bound < 1e-3);
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlgebraicCore<K> {
    /// The singular kernel.
    pub kernel: K,
    /// Core radius δ > 0, in the unit of the positions.
    pub delta: f64,
}

impl<K: Kernel<3, Pair = RadialPair3d>> Kernel<3> for AlgebraicCore<K> {
    type Pair = RadialPair3d;
    type Strength<T: Real> = K::Strength<T>;

    fn name(&self) -> String {
        format!("{}:core=algebraic,delta={}", self.kernel.name(), self.delta)
    }
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 3]) -> [T; 3] {
        self.kernel.field(component, s)
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        self.kernel.potential(t)
    }
    /// (1 + δ²/r²)^{−3/2} > 1 − (3/2) δ²/r²; the potential lacks a third of that.
    fn reach(&self, tolerance: f64) -> f64 {
        self.delta * (1.5 / tolerance).sqrt()
    }
    fn check(&self) -> Result<()> {
        core_radius::check(self.delta)
    }
    fn algebraic_core(&self) -> f64 {
        self.delta
    }
    fn wide(&self) -> Option<RadialKernel> {
        let pair = AlgebraicPair3d::new(self.delta);
        let (phi, potential) = (|r2| phi(&pair, r2), |r2| gamma(&pair, r2));
        let shape = Shape::AlgebraicInSpace;
        Some(wide::kernel(shape, self.delta, phi, potential))
    }
    fn pair(&self, scale: f64) -> RadialPair3d {
        RadialPair3d::algebraic(scale, self.delta)
    }
}

impl<K: Kernel<2, Pair = RadialPair2d>> Kernel<2> for AlgebraicCore<K> {
    type Pair = RadialPair2d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        format!("{}:core=algebraic,delta={}", self.kernel.name(), self.delta)
    }
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 2]) -> [T; 2] {
        self.kernel.field(component, s)
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        self.kernel.potential(t)
    }
    fn least_tolerance(&self) -> f64 {
        radial::least_tolerance(2)
    }
    fn check(&self) -> Result<()> {
        core_radius::check(self.delta)
    }
    fn algebraic_core(&self) -> f64 {
        self.delta
    }
    fn check_extent(&self, extent: f64, tolerance: f64) -> Result<()> {
        self.in_plane().check_extent(extent, tolerance)
    }
    fn smooth(&self) -> Option<RadialKernel> {
        Some(self.in_plane())
    }
    fn pair(&self, scale: f64) -> RadialPair2d {
        RadialPair2d::Tabulated(self.in_plane().tables(scale))
    }
}

impl<K> AlgebraicCore<K> {
    /// φ = 1/(r² + δ²), g = −½ log(r² + δ²).
    fn in_plane(&self) -> RadialKernel {
        let square = self.delta * self.delta;
        let phi = |r2| 1.0 / (r2 + square);
        let potential = |r2: f64| -0.5 * (r2 + square).ln();
        wide::kernel(Shape::AlgebraicInPlane, self.delta, phi, potential)
    }
}

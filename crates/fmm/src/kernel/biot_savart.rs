//! Biot–Savart: the velocity of point vortices in the plane, and of vortex elements in space.

use super::{Kernel, RadialPair2d, RadialPair3d};
use lanes::Real;
use std::f64::consts::{PI, TAU};

/// K(z) = z^⊥/(2π r²), z^⊥ = (−z₂, z₁): a positive circulation turns counter-clockwise. The potential is the stream
/// function ψ = −(1/2π) log r. (MATH: K = ∇^⊥ (1/2π) log r.)
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BiotSavart2d;

impl Kernel<2> for BiotSavart2d {
    type Pair = RadialPair2d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        "biot-savart".into()
    }
    #[inline(always)]
    fn field<T: Real>(&self, _: usize, [s1, s2]: [T; 2]) -> [T; 2] {
        let c = T::from_f64(1.0 / TAU);
        [-s2 * c, s1 * c]
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        t * T::from_f64(-1.0 / TAU)
    }
    fn pair(&self, scale: f64) -> RadialPair2d {
        RadialPair2d::singular(scale)
    }
}

/// K(z) α = α × z/(4π r³) for vector strengths α, right-handed; the potential is the vector ψ = α/(4π r), u = ∇ × ψ.
/// (Cottet and Koumoutsakos, Vortex Methods, 2000, §3.1; α is vorticity times volume, or circulation times a piece of line.)
///
/// Component a of the strengths makes a Coulomb field E, of which e_a × E is the share of the velocity: three sums. Where
/// their velocities nearly cancel, as those of strengths that are a gradient do, what is left has the error of the parts;
/// [`Guarantee::Pointwise`](crate::Guarantee::Pointwise) promises |u_i − u_exact,i| ≤ tolerance·Σ_j |α_j|/(4π r_ij²).
///
/// ```
/// use farfield::{BiotSavart3d, Options, Plan, direct};
/// let positions: Vec<[f64; 3]> = (0..3000).map(|i| [0.7, 1.1, 1.7].map(|a| f64::sin(a * i as f64))).collect();
/// let strengths: Vec<[f64; 3]> = positions.iter().map(|&[x, y, _]| [-y, x, 0.1]).collect();
/// let plan = Plan::new(&positions, BiotSavart3d, Options::tolerance(1e-6))?;
/// let u: Vec<[f64; 3]> = plan.field(&strengths)?;
/// assert!(plan.verify(&strengths, 200)?.error_bound < 1e-6);
/// # let exact = direct::field(&positions, &positions, &strengths, BiotSavart3d)?;
/// # assert!((u[7][0] - exact[7][0]).abs() < 1e-5 * exact[7][0].abs());
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BiotSavart3d;

impl Kernel<3> for BiotSavart3d {
    type Pair = RadialPair3d;
    type Strength<T: Real> = [T; 3];

    fn name(&self) -> String {
        "biot-savart".into()
    }
    /// e_a × s/4π.
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 3]) -> [T; 3] {
        let c = T::from_f64(0.25 / PI);
        let [s1, s2, s3] = s.map(|s| s * c);
        match component {
            0 => [T::ZERO, -s3, s2],
            1 => [s3, T::ZERO, -s1],
            _ => [-s2, s1, T::ZERO],
        }
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        t * T::from_f64(0.25 / PI)
    }
    fn pair(&self, _scale: f64) -> RadialPair3d {
        RadialPair3d::singular()
    }
}

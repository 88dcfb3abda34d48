//! The near-field pairs of space.

use super::{InUnit, Pair};
use lanes::Lanes;

/// The radial functions that kernels in space are made of; the hot loops are compiled once for each.
#[derive(Clone, Copy, Debug)]
pub enum RadialPair3d {
    /// φ = 1/r³, γ = 1/r.
    Singular(Singular3d),
}

impl RadialPair3d {
    /// The singular pair; it is homogeneous, so it is the same in every unit.
    pub fn singular() -> Self {
        Self::Singular(Singular3d)
    }
}

/// The singular pair in 3D: φ = 1/r³, γ = 1/r. Where both are wanted, the compiler sees that they share one root.
#[derive(Clone, Copy, Debug)]
pub struct Singular3d;

impl Pair for Singular3d {
    // Homogeneous, and on a grid of 2³¹ places φ is at least 2⁻⁹⁶.
    const IN_F32: bool = true;
    const POTENTIAL_BY_FIELD: bool = true;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, _: V::Isa, r2: V) -> V {
        let inverse = r2.rsqrt::<ACCURACY>();
        inverse * inverse * inverse
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, _: V::Isa, r2: V) -> V {
        r2.rsqrt::<ACCURACY>()
    }
    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: *self,
            field: 1.0 / (unit * unit),
            potential: 1.0 / unit,
            constant: 0.0,
        }
    }
}

//! The near-field pairs of space.

use super::high_order::Correction;
use super::{AlgebraicPair3d, GaussianPair3d, InUnit, Pair, RadialTables, without_core};
use lanes::{Lanes, Real};

/// The radial functions that kernels in space are made of; the hot loops are compiled once for each.
#[derive(Clone, Debug)]
pub enum RadialPair3d {
    /// φ = 1/r³, γ = 1/r.
    Singular(Singular3d),
    /// The same around a Gaussian core.
    Gaussian(GaussianPair3d),
    /// The same around an algebraic core.
    Algebraic(AlgebraicPair3d),
    /// The same around any core, from tables.
    Tabulated(RadialTables),
}

impl RadialPair3d {
    /// The singular pair; it is homogeneous, so it is the same in every unit.
    pub fn singular() -> Self {
        Self::Singular(Singular3d)
    }

    /// The pair around a Gaussian core δ in the user's unit.
    pub fn gaussian(scale: f64, delta: f64) -> Self {
        Self::Gaussian(GaussianPair3d::new(scale, delta, Correction::NONE))
    }

    /// The pair around an algebraic core δ in the user's unit.
    pub fn algebraic(scale: f64, delta: f64) -> Self {
        Self::Algebraic(AlgebraicPair3d::new(delta * scale))
    }
}

/// The singular pair in 3D: φ = 1/r³, γ = 1/r. Where both are wanted, the compiler sees that they share one root.
#[derive(Clone, Copy, Debug)]
pub struct Singular3d;

impl Pair for Singular3d {
    without_core!();
    // Homogeneous, and on a grid, where r is at most 2³², φ is at least 2⁻⁹⁶.
    const IN_F32: bool = true;
    const POTENTIAL_BY_FIELD: bool = true;
    const CUBED: bool = true;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, _: V::Isa, r2: V) -> V {
        r2.rsqrt_cubed::<ACCURACY>()
    }
    /// z/r and 1/r²: 1/r³ has three times the exponent of r, so that in f32 it would leave room for 25 decades of r only,
    /// and coordinates near 0 differ by less than f32 resolves beside the cloud.
    #[inline(always)]
    fn in_single<V: Lanes, const ACCURACY: usize, const D: usize>(
        &self,
        _: V::Isa,
        mut z: [V; D],
        r2: V,
    ) -> ([V; D], V) {
        let inverse = r2.rsqrt::<ACCURACY>();
        for a in 0..D {
            z[a] = z[a] * inverse;
        }
        (z, inverse * inverse)
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, _: V::Isa, r2: V) -> V {
        r2.rsqrt::<ACCURACY>()
    }
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V, phi: V) -> V {
        phi * V::splat(isa, V::Elem::from_f64(-3.0))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::coincident;
    use lanes::{Chosen, Isa, Job, Real, accuracy};

    /// The first lane of z φ in f32, for z = 0.6 r along one axis and 0.8 r along another, as the near field takes it.
    struct Action(f32);

    impl Job for Action {
        type Output = [f32; 2];

        fn run<I: Isa>(self, isa: I) -> [f32; 2] {
            let number = |x: f32| I::F32::splat(isa, x);
            let z = [number(0.6 * self.0), number(0.8 * self.0)];
            let nothing = number(coincident::<f32, 3>() as f32);
            let r2 = z[0].mul_add(z[0], z[1].mul_add(z[1], nothing));
            let (z, phi) = Singular3d.in_single::<_, { accuracy::COARSE }, 2>(isa, z, r2);
            z.map(|z| {
                let mut lanes = [0.0; 16];
                (z * phi).store(&mut lanes);
                lanes[0]
            })
        }
    }

    #[test]
    fn single_precision_at_every_distance() {
        for chosen in Chosen::all() {
            assert_eq!(chosen.run(Action(0.0)), [0.0; 2], "a coincident pair");
            for exponent in -50..=42 {
                let r = 1.3 * 2f32.powi(exponent);
                let found = chosen.run(Action(r));
                let square = r.to_f64() * r.to_f64();
                for (found, cosine) in found.into_iter().zip([0.6, 0.8]) {
                    let error = found.to_f64() * square / cosine - 1.0;
                    assert!(error.abs() < 1e-6, "{}, {r:e}: {error:e}", chosen.set());
                }
            }
        }
    }
}

//! The near-field pairs around an algebraic core.

use super::gaussian_core::number;
use super::{InUnit, Pair, core_radius, without_core};
use crate::points::is_double;
use lanes::Lanes;
use lanes::accuracy::{MIDDLE, SINGLE};

/// Whether f64 has a better reciprocal than asked for: pairs are in f64 where f32 would not do, as where they nearly cancel within a core.
#[inline(always)]
fn better_in_double<V: Lanes>(accuracy: usize) -> bool {
    is_double::<V::Elem>() && accuracy <= SINGLE
}

/// φ = 1/(r² + δ²), γ = −½ log(r² + δ²) + log scale, the −γ of the plane.
#[derive(Clone, Copy, Debug)]
pub struct AlgebraicPair2d {
    delta: f64,
    log_scale: f64,
}

impl AlgebraicPair2d {
    /// Around a core δ where lengths were multiplied by `scale`, as tables give it, whose γ is in the user's unit.
    pub(crate) fn as_of_tables((delta, scale): (f64, f64)) -> Self {
        Self {
            delta,
            log_scale: scale.ln(),
        }
    }

    /// r² + δ²; NaN where δ² would leave the range of the numbers.
    #[inline(always)]
    fn square<V: Lanes>(self, isa: V::Isa, r2: V) -> V {
        let one = core_radius::within::<V::Elem>(core_radius::SQUARE, self.delta);
        r2 + number::<V>(isa, self.delta * self.delta * one)
    }
}

impl Pair for AlgebraicPair2d {
    without_core!();
    const IN_F32: bool = true;
    const IN_FEW_VERSIONS: bool = true;

    fn core(&self) -> f64 {
        self.delta
    }

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let square = self.square(isa, r2);
        if better_in_double::<V>(ACCURACY) {
            square.recip::<MIDDLE>()
        } else {
            square.recip::<ACCURACY>()
        }
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        number::<V>(isa, self.log_scale) - self.square(isa, r2).half_ln::<ACCURACY>()
    }
    /// −2 r² φ².
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V, phi: V) -> V {
        r2 * phi * (phi * number::<V>(isa, -2.0))
    }

    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: Self {
                delta: self.delta / unit,
                log_scale: 0.0,
            },
            field: 1.0 / unit,
            potential: 1.0,
            constant: self.log_scale - unit.ln(),
        }
    }
}

/// φ = (r² + δ²)^{−3/2}, γ = (r² + δ²)^{−1/2}.
#[derive(Clone, Copy, Debug)]
pub struct AlgebraicPair3d {
    delta: f64,
    /// What both are multiplied by.
    factor: f64,
}

impl AlgebraicPair3d {
    /// Around a core δ.
    pub(super) fn new(delta: f64) -> Self {
        Self { delta, factor: 1.0 }
    }

    /// The same where lengths were multiplied by `scale`, as tables give it, whose γ is in the user's unit.
    pub(crate) fn as_of_tables((delta, scale): (f64, f64)) -> Self {
        Self {
            delta,
            factor: scale,
        }
    }

    /// 1/√(r² + δ²); NaN where δ² would leave the range of the numbers.
    #[inline(always)]
    fn inverse<V: Lanes, const ACCURACY: usize>(self, isa: V::Isa, r2: V) -> V {
        let one = core_radius::within::<V::Elem>(core_radius::SQUARE, self.delta);
        let square = r2 + number::<V>(isa, self.delta * self.delta * one);
        if better_in_double::<V>(ACCURACY) {
            square.rsqrt::<MIDDLE>()
        } else {
            square.rsqrt::<ACCURACY>()
        }
    }

    /// 1/√(r² + δ²) and its square, of which φ is the product.
    #[inline(always)]
    fn factors<V: Lanes, const ACCURACY: usize>(self, isa: V::Isa, r2: V) -> [V; 2] {
        let inverse = self.inverse::<V, ACCURACY>(isa, r2);
        let one = core_radius::within::<V::Elem>(core_radius::FIELD, self.delta);
        let factor = number::<V>(isa, self.factor * one);
        [inverse, inverse * inverse * factor]
    }
}

impl Pair for AlgebraicPair3d {
    without_core!();
    const IN_F32: bool = true;
    const IN_FEW_VERSIONS: bool = true;
    const TOGETHER: bool = true;

    fn core(&self) -> f64 {
        self.delta
    }

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let [inverse, square] = self.factors::<V, ACCURACY>(isa, r2);
        let one = core_radius::within::<V::Elem>(core_radius::GRADIENT, self.delta);
        inverse * square * number::<V>(isa, one)
    }
    #[inline(always)]
    fn in_single<V: Lanes, const ACCURACY: usize, const D: usize>(
        &self,
        isa: V::Isa,
        mut z: [V; D],
        r2: V,
    ) -> ([V; D], V) {
        let [inverse, square] = self.factors::<V, ACCURACY>(isa, r2);
        for a in 0..D {
            z[a] = z[a] * inverse;
        }
        (z, square)
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        self.inverse::<V, ACCURACY>(isa, r2) * number::<V>(isa, self.factor)
    }
    #[inline(always)]
    fn both<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> [V; 2] {
        let [inverse, square] = self.factors::<V, ACCURACY>(isa, r2);
        let one = core_radius::within::<V::Elem>(core_radius::GRADIENT, self.delta);
        let phi = inverse * square * number::<V>(isa, one);
        [phi, inverse * number::<V>(isa, self.factor)]
    }
    /// −3 r² φ/(r² + δ²).
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V, phi: V) -> V {
        let inverse = self.inverse::<V, ACCURACY>(isa, r2);
        // One factor at a time: γ² may be as small as φ.
        r2 * inverse * inverse * (phi * number::<V>(isa, -3.0))
    }

    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: Self::new(self.delta / unit),
            field: self.factor / (unit * unit),
            potential: self.factor / unit,
            constant: 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AlgebraicCore, Coulomb2d, Coulomb3d, Kernel};
    use lanes::accuracy::FULL;
    use lanes::{Scalar, ScalarVector};

    /// φ, γ and r φ′ at a distance, in one lane.
    fn functions(pair: impl Pair, r: f64) -> [f64; 3] {
        let isa = Scalar::default();
        let r2 = ScalarVector::<f64>::splat(isa, r * r);
        let [phi, gamma] = pair.both::<_, FULL>(isa, r2);
        let slope = pair.slope::<_, FULL>(isa, r2, phi);
        [phi, gamma, slope].map(ScalarVector::sum)
    }

    /// Formulas are what tables have, whatever the unit; those of the plane have −γ.
    #[test]
    fn formulas_are_what_tables_have() {
        let delta = 0.3;
        let planar = AlgebraicCore {
            kernel: Coulomb2d,
            delta,
        }
        .smooth()
        .unwrap();
        let spatial = AlgebraicCore {
            kernel: Coulomb3d,
            delta,
        }
        .wide()
        .unwrap();
        for scale in [1.0, 4.0, 2f64.powi(-9)] {
            let [flat, solid] = [&planar, &spatial].map(|kernel| kernel.tables(scale));
            let of_plane = AlgebraicPair2d::as_of_tables(flat.core().unwrap());
            let of_space = AlgebraicPair3d::as_of_tables(solid.core().unwrap());
            for r in [1e-3, 0.1, 0.31, 2.0, 90.0] {
                let r = r * scale;
                let found = [functions(of_plane, r), functions(of_space, r)];
                let expected = [functions(flat.pair(), r), functions(solid.pair(), r)];
                for (found, expected) in found.into_iter().zip(expected) {
                    // A slope is small beside φ inside the core.
                    let sizes = [expected[0], expected[1], expected[0]];
                    let errors = [0, 1, 2].map(|k| ((found[k] - expected[k]) / sizes[k]).abs());
                    assert!(errors[0] < 1e-13 && errors[1] < 1e-13, "{r}: {errors:?}");
                    assert!(errors[2] < 1e-9, "{r}: {errors:?}");
                }
            }
        }
    }
}

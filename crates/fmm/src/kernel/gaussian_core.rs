//! A Gaussian core around any planar kernel.

use super::{Kernel, Pair, PairVisitor};
use crate::{Error, Result};
use lanes::{Lanes, Real};

/// K(z)·(1 − e^{−r²/δ²}): the field of a Gaussian blob (1/πδ²) e^{−r²/δ²} instead of a point.
///
/// The potential keeps K = −∇g (Coulomb) and K = −∇^⊥ψ (Biot–Savart): log r becomes log r + ½E₁(r²/δ²), which is
/// log δ − γ_Euler/2 at r → 0. A coincident pair contributes nothing, as everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianCore<K> {
    /// The singular kernel.
    pub kernel: K,
    /// Core radius δ > 0, in the unit of the positions.
    pub delta: f64,
}

impl<K: Kernel<2>> Kernel<2> for GaussianCore<K> {
    fn name(&self) -> String {
        format!("{}:core=gaussian,delta={}", self.kernel.name(), self.delta)
    }
    #[inline(always)]
    fn field<T: Real>(&self, s: [T; 2]) -> [T; 2] {
        self.kernel.field(s)
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        self.kernel.potential(t)
    }
    /// e^{−r²/δ²} = tolerance at r = δ √(ln 1/tolerance).
    fn reach(&self, tolerance: f64) -> f64 {
        self.delta * (1.0 / tolerance).ln().sqrt()
    }
    fn check(&self) -> Result<()> {
        if self.delta.is_finite() && self.delta > 0.0 {
            return Ok(());
        }
        Err(Error::argument(
            "kernel: delta",
            self.delta.to_string(),
            "finite and above 0",
        ))
    }
    fn visit_pair<V: PairVisitor>(&self, scale: f64, visitor: V) -> V::Output {
        let delta = self.delta * scale;
        visitor.visit(GaussianPair {
            inverse_delta2: 1.0 / (delta * delta),
            log_scale: scale.ln(),
        })
    }
}

/// φ = (1 − e^{−r²/δ²})/r², γ = log r + ½E₁(r²/δ²) − log scale.
#[derive(Clone, Copy, Debug)]
struct GaussianPair {
    inverse_delta2: f64,
    log_scale: f64,
}

impl Pair for GaussianPair {
    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize, const MASKED: bool>(&self, isa: V::Isa, r2: V) -> V {
        let t = r2 * V::splat(isa, V::Elem::from_f64(self.inverse_delta2));
        let one = V::splat(isa, V::Elem::ONE);
        let singular = if MASKED {
            r2.recip0::<ACCURACY>()
        } else {
            r2.recip::<ACCURACY>()
        };
        (one - (-t).exp::<ACCURACY>()) * singular
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let half = V::splat(isa, V::Elem::from_f64(0.5));
        r2.ln::<ACCURACY>()
            .mul_add(half, V::splat(isa, V::Elem::from_f64(-self.log_scale)))
    }
}

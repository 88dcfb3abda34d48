//! How the velocity's gradient turns and stretches the strengths.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// dα_i/dt. The two differ by (∇u − ∇uᵀ)α = (∇ × u) × α, which vanishes where the vorticity of the smoothed field points
/// along α: for coaxial rings, and otherwise as δ² in the limit of many particles.
///
/// With the pair sum u_i = Σ_j φ(r) α_j × z, z = X_i − X_j, the transpose scheme is
/// dα_i/dt = Σ_j [φ α_i × α_j + (φ′/r) z (z·(α_i × α_j))]: odd under i ↔ j, so that Σα_i is constant for any number of
/// particles, up to rounding and the tolerance of the sum. The classical scheme keeps no such sum.
///
/// Impulse, angular impulse and energy are kept exactly by neither. In the limit of many particles, δ fixed, the classical
/// scheme solves ∂_t ω = ∇ × (u_δ × ω) and keeps all three, because ∫ u_δ × ω, ∫ x × (u_δ × ω) and ∫ u_δ·(u_δ × ω) vanish
/// where ∇·ω = 0; the transpose one adds −(∇ × u_δ) × ω. For finitely many, the transpose scheme has
/// dI/dt = Σ u_i × α_i, the quadrature of ∫ u_δ × ω. Measured on two rings at an angle with δ = R/5, in the time R²/Γ: the
/// energy changes by 1.5e-3, 1e-4 and 1e-6 of itself with the classical scheme where particles are 1.5δ, δ and ¾δ apart, and
/// by about 3e-3 with the transpose one, at 1.5δ as at δ.
///
/// Sources: Winckelmans and Leonard, *Contributions to vortex particle methods for the computation of three-dimensional
/// incompressible unsteady flows*, J. Comput. Phys. 109 (1993); Cottet and Koumoutsakos, *Vortex Methods* (2000), ch. 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "kebab-case")]
pub enum Stretching {
    /// (α·∇)u, the rate of a piece of material line.
    #[default]
    Classical,
    /// (∇u)ᵀα, component b: Σ_a α_a ∂u_a/∂x_b. Keeps the total vorticity Σα.
    Transpose,
}

impl Stretching {
    /// dα/dt, from gradient[a][b] = ∂u_a/∂x_b.
    #[inline]
    pub(super) fn rate(self, gradient: &[[f64; 3]; 3], alpha: [f64; 3]) -> [f64; 3] {
        let entry = |a: usize, b: usize| match self {
            Self::Classical => gradient[a][b],
            Self::Transpose => gradient[b][a],
        };
        [0, 1, 2].map(|a| entry(a, 0) * alpha[0] + entry(a, 1) * alpha[1] + entry(a, 2) * alpha[2])
    }
}

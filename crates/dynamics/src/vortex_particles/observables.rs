//! Sums over vortex particles.

use super::VortexParticles;
use super::field::Found;
use crate::sum::sums;

/// What is measured of one state. Sums run in a fixed order, so they do not depend on the threads. A fluid of density 1 at
/// rest at infinity; ω_δ = Σ α_i ζ_δ(x − X_i), and ω = Σ α_i δ(x − X_i) is what the particles stand for.
///
/// Source: Saffman, *Vortex Dynamics* (1992), ch. 3, for the integrals; Winckelmans and Leonard (1993) for particles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VortexObservables {
    /// Ω = Σ α_i = ∫ ω = ∫ ω_δ; 0 for closed vortex lines.
    pub total_vorticity: [f64; 3],
    /// I = ½ Σ X_i × α_i = ½ ∫ x × ω = ½ ∫ x × ω_δ (the core is even).
    pub impulse: [f64; 3],
    /// A = ⅓ Σ X_i × (X_i × α_i) = ⅓ ∫ x × (x × ω); for ω_δ add −⅔ Ω times the mean square of one axis of the core, 0 for
    /// closed lines.
    pub angular_impulse: [f64; 3],
    /// Σ α_i·u_δ(X_i) ≈ ∫ ω·u; the core smooths one of the two fields, so a conserved helicity is kept to O(δ²).
    pub helicity: f64,
    /// ½ Σ α_i·ψ_δ(X_i), each particle's own ψ among it, ≈ ½ ∫ ω·ψ = ½ ∫ |u|²; the core smooths one of the two fields.
    /// Without a core a particle's own ψ is infinite, and left out.
    pub energy: f64,
}

impl VortexObservables {
    /// From velocity and vector potential at the particles.
    pub(super) fn of(particles: &VortexParticles, found: &Found) -> Self {
        let [impulse, angular_impulse, total_vorticity] = moments(particles);
        let (alpha, own) = (&particles.strengths, particles.core.own_potential());
        let [helicity, energy] = sums(particles.n(), |i| {
            let (alpha, psi) = (alpha[i], found.potential[i]);
            let psi = [0, 1, 2].map(|a| psi[a] + own * alpha[a]);
            [dot(alpha, found.field[i]), 0.5 * dot(alpha, psi)]
        });
        Self {
            total_vorticity,
            impulse,
            angular_impulse,
            helicity,
            energy,
        }
    }
}

/// I, A and Ω.
fn moments(particles: &VortexParticles) -> [[f64; 3]; 3] {
    let all = sums(particles.n(), |i| {
        let (x, alpha) = (particles.positions[i], particles.strengths[i]);
        let once = cross(x, alpha);
        let [ix, iy, iz] = once.map(|x| 0.5 * x);
        let [ax, ay, az] = cross(x, once).map(|x| x / 3.0);
        let [ox, oy, oz] = alpha;
        [ix, iy, iz, ax, ay, az, ox, oy, oz]
    });
    [0, 3, 6].map(|first| [all[first], all[first + 1], all[first + 2]])
}

pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

//! Sums over vortex particles.

use super::rows::{COMPONENTS, Row, position, strength};
use crate::Observables;
use crate::sum::{dot, sums};
use bincode::{Decode, Encode};

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

/// What a [`Simulation`](crate::Simulation) of vortex particles measures at every state, but for the energy, as [`VortexObservables`].
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub struct VortexMoments {
    /// Ω.
    pub total_vorticity: [f64; 3],
    /// I.
    pub impulse: [f64; 3],
    /// A.
    pub angular_impulse: [f64; 3],
    /// Σ α_i·u_δ(X_i), where the energy is measured.
    pub helicity: Option<f64>,
}

impl VortexMoments {
    /// Of rows, and of their rates where they are known.
    pub(crate) fn of(rows: &[Row], rates: &[Row]) -> Self {
        let [impulse, angular_impulse, total_vorticity] = moments(rows);
        let helicity = || {
            sums(rows.len(), |i| {
                [dot(strength(&rows[i]), position(&rates[i]))]
            })[0]
        };
        Self {
            total_vorticity,
            impulse,
            angular_impulse,
            helicity: (!rates.is_empty()).then(helicity),
        }
    }
}

impl VortexObservables {
    /// Of sums that have the energy.
    pub(super) fn of(sums: &Observables<COMPONENTS>) -> Self {
        let (moments, with) = (sums.vortex.expect("of every state"), "with the energy");
        Self {
            total_vorticity: moments.total_vorticity,
            impulse: moments.impulse,
            angular_impulse: moments.angular_impulse,
            helicity: moments.helicity.expect(with),
            energy: sums.hamiltonian.expect(with),
        }
    }
}

/// I, A and Ω.
fn moments(rows: &[Row]) -> [[f64; 3]; 3] {
    let all = sums(rows.len(), |i| {
        let (x, alpha) = (position(&rows[i]), strength(&rows[i]));
        let once = cross(x, alpha);
        let [ix, iy, iz] = once.map(|x| 0.5 * x);
        let [ax, ay, az] = cross(x, once).map(|x| x / 3.0);
        let [ox, oy, oz] = alpha;
        [ix, iy, iz, ax, ay, az, ox, oy, oz]
    });
    [0, 3, 6].map(|first| [all[first], all[first + 1], all[first + 2]])
}

pub(super) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

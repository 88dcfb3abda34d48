//! Sums over the particles.

use crate::min_distance;
use crate::state::places;
use crate::sum::{add, difference, dot, reduce, sums};
use crate::vortex_particles::VortexMoments;
use std::f64::consts::PI;
use std::ops::Range;

/// What is measured of one state. Sums run in a fixed order, so they do not depend on the threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observables<const D: usize = 2> {
    /// X̄ = (1/N) Σ X_i.
    pub centre: [f64; D],
    /// S = Σ |X_i − X̄|², of numbers beyond the third, which are no places, without them.
    pub second_moment: f64,
    /// The same by axes, Σ (X_i − X̄)_a².
    pub squares: [f64; D],
    /// Σ m_i.
    pub circulation: f64,
    /// Σ m_i X_i.
    pub impulse: [f64; D],
    /// Σ m_i |X_i|².
    pub angular_impulse: f64,
    /// Σ m_i² |X_i|².
    pub weighted_squares: f64,
    /// The energy, where it was asked for: of vortices H = Σ_{i<j} m_i m_j log r_ij (with a Gaussian core log r + ½E₁(r²/δ²)), of gases
    /// E = (κ/N) Σ_{i<j} g(X_i − X_j) + Σ V(X_i), of vortex particles in space that of
    /// [`VortexObservables`](crate::vortex_particles::VortexObservables).
    pub hamiltonian: Option<f64>,
    /// What the tolerance of the potential can change in it; 0 without it, and of vortex particles in space, which have no law of it.
    pub hamiltonian_error: f64,
    /// Σ V(X_i) of what holds the particles together, which is part of the energy; 0 without it.
    pub confinement: f64,
    /// 2 Σ (X_i − X̄)·F_i of the interaction F of a gas, where it was asked for.
    pub virial: Option<f64>,
    /// What the tolerance of F can change in it; 0 without it.
    pub virial_error: f64,
    /// min_{i<j} |X_i − X_j|, where it was asked for and N ≥ 2; not on a torus.
    pub min_distance: Option<f64>,
    /// Of vortex particles in space.
    pub vortex: Option<VortexMoments>,
}

impl<const D: usize> Observables<D> {
    /// The moments of a state; H and the smallest distance are left out.
    pub fn moments(positions: &[[f64; D]], circulations: &[f64]) -> Self {
        let n = positions.len();
        let chunk = |i: Range<usize>| Part::new(&positions[i.clone()], &circulations[i]);
        let all = reduce(n, chunk, Part::join).unwrap_or_default();
        let [m, mr2, m2r2] = all.sums;
        Self {
            centre: all.centre(),
            second_moment: all.squares[..places(D)].iter().sum(),
            squares: all.squares,
            circulation: m,
            impulse: all.impulse,
            angular_impulse: mr2,
            weighted_squares: m2r2,
            hamiltonian: None,
            hamiltonian_error: 0.0,
            confinement: 0.0,
            virial: None,
            virial_error: 0.0,
            min_distance: None,
            vortex: None,
        }
    }

    /// Adds H from the stream function ψ_i = −(1/2πN) Σ_{j≠i} m_j log r_ij, whose relative ℓ2 error is at most
    /// `tolerance`: H = ½ Σ_i m_i Σ_{j≠i} m_j log r_ij = −πN Σ_i m_i ψ_i, and an error δψ changes it by at most
    /// πN ‖m‖₂ ‖δψ‖₂.
    pub fn add_hamiltonian(&mut self, circulations: &[f64], potential: &[f64], tolerance: f64) {
        let n = circulations.len();
        let [product, m2, psi2] = sums(n, |i| {
            let (m, psi) = (circulations[i], potential[i]);
            [m * psi, m * m, psi * psi]
        });
        self.hamiltonian = Some(-PI * n as f64 * product);
        self.hamiltonian_error = PI * n as f64 * tolerance * (m2 * psi2).sqrt();
    }

    /// Adds the virial 2 Σ (X_i − X̄)·F_i of an interaction whose relative ℓ2 error is at most `tolerance`, which changes it by at most
    /// 2 √S tolerance ‖F‖₂. X̄ matters where Σ F_i is 0 but for that error.
    pub fn add_virial(&mut self, positions: &[[f64; D]], interaction: &[[f64; D]], tolerance: f64) {
        let [product, squares] = sums(positions.len(), |i| {
            let (x, f) = (positions[i], interaction[i]);
            let from_centre = difference(x, self.centre);
            [dot(from_centre, f), dot(f, f)]
        });
        self.virial = Some(2.0 * product);
        self.virial_error = 2.0 * tolerance * (self.second_moment * squares).sqrt();
    }

    /// Adds the smallest distance between two particles, by an exact search in O(N log N).
    pub fn add_min_distance(&mut self, positions: &[[f64; D]]) {
        // Three at most are places.
        self.min_distance = match places(D) == D {
            true => min_distance::min_distance(positions),
            false => {
                let place = |x: &[f64; D]| std::array::from_fn::<f64, 3, _>(|a| x[a]);
                min_distance::min_distance(&positions.iter().map(place).collect::<Vec<_>>())
            }
        };
    }
}

/// Moments of some of the particles.
#[derive(Clone, Copy, Debug)]
struct Part<const D: usize> {
    /// How many.
    n: f64,
    /// Σ X.
    places: [f64; D],
    /// Σ m X.
    impulse: [f64; D],
    /// Σ of m, m|X|², m²|X|².
    sums: [f64; 3],
    /// Along each axis, about the centre of these particles.
    squares: [f64; D],
}

impl<const D: usize> Default for Part<D> {
    fn default() -> Self {
        Self {
            n: 0.0,
            places: [0.0; D],
            impulse: [0.0; D],
            sums: [0.0; 3],
            squares: [0.0; D],
        }
    }
}

impl<const D: usize> Part<D> {
    /// Of a chunk that stays in the cache: the squares are taken about the centre in a second loop, so that nothing
    /// cancels.
    fn new(positions: &[[f64; D]], circulations: &[f64]) -> Self {
        let mut part = Self {
            n: positions.len() as f64,
            ..Self::default()
        };
        for (&x, &m) in positions.iter().zip(circulations) {
            let r2 = dot(x, x);
            part.places = add(part.places, x);
            part.impulse = add(part.impulse, x.map(|x| m * x));
            part.sums = add(part.sums, [m, m * r2, m * m * r2]);
        }
        let centre = part.centre();
        for &x in positions {
            let square = difference(x, centre).map(|z| z * z);
            part.squares = add(part.squares, square);
        }
        part
    }

    fn centre(&self) -> [f64; D] {
        self.places.map(|x| x / self.n)
    }

    /// Both together: S = S_a + S_b + |X̄_a − X̄_b|² n_a n_b/(n_a + n_b), a sum without cancellation.
    /// Source: Chan, Golub and LeVeque, *Algorithms for computing the sample variance*, Am. Stat. 37 (1983).
    fn join(a: Self, b: Self) -> Self {
        let n = a.n + b.n;
        let share = a.n * b.n / n;
        let apart = difference(a.centre(), b.centre()).map(|z| z * z * share);
        Self {
            n,
            places: add(a.places, b.places),
            impulse: add(a.impulse, b.impulse),
            sums: add(a.sums, b.sums),
            squares: add(add(a.squares, b.squares), apart),
        }
    }
}

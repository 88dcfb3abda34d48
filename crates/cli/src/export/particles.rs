//! What a particle's numbers are: its place, and of vortex particles in space a vector and the square of the core's δ.

use farfield_dynamics::State;
use farfield_dynamics::vortex_particles::COMPONENTS;

/// Whether there is more than a place.
pub(super) const fn carries<const D: usize>() -> bool {
    D == COMPONENTS
}

/// Numbers of a place.
pub(super) const fn place<const D: usize>() -> usize {
    if carries::<D>() { 3 } else { D }
}

/// The places, number by number.
pub(super) fn places<const D: usize>(state: &State<D>) -> impl Iterator<Item = f64> + Clone {
    let all = state.positions.iter();
    all.flat_map(|row| row[..place::<D>()].iter().copied())
}

/// The vectors of particles that carry some, number by number.
pub(super) fn vectors<const D: usize>(state: &State<D>) -> impl Iterator<Item = f64> + Clone {
    let all = state.positions.iter();
    all.flat_map(|row| row[place::<D>()..D - 1].iter().copied())
}

/// δ of their core, 0 without one.
pub(super) fn core<const D: usize>(state: &State<D>) -> Option<f64> {
    let first = state.positions.first().filter(|_| carries::<D>());
    first.map(|row| row[D - 1].sqrt())
}

//! Sums in space: Coulomb, and the vortices of vector strength.

/// The error that is reached stays below the tolerance, and not far below.
mod accuracy;
/// Pairs at every distance that f32 resolves.
mod close;
/// The corpus.
pub(crate) mod cloud;
/// Formulas and laws of Gaussian and algebraic cores.
mod core_laws;
/// Those cores of every size.
mod cores;
/// Formulas that can be worked out by hand.
mod exact;
/// Laws that hold for every cloud.
mod laws;
/// What must be refused.
mod refusals;
/// The same bytes whatever the threads.
mod reproducible;
/// The error of Biot–Savart sums.
mod vortex_accuracy;
/// Biot–Savart sums: formulas and laws, threads, refusals.
mod vortices;

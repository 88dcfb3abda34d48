//! Tests of the public interface.

// Sub-steps.
mod adaptive;
// Configurations that several modules start from.
mod close_pairs;
mod common;
// The Boltzmann equation by particles.
mod boltzmann;
// How often outputs are written.
mod cadence;
// The TOML of a run: defaults, unknown keys, every value out of bounds.
mod config;
// Invariants without noise, against their error budget.
mod conservation;
// What limits a run.
mod error_budget;
// Solutions and laws in closed form.
mod exact_solutions;
// Kernels and confinements by formulas, against those that are built in.
mod formulas;
// Gases: energy, laws, collapse, torus.
mod gases;
// Where the particles start.
mod initial;
// The Landau equation by particles.
mod landau;
// Exact laws with noise, over many replicas.
mod laws;
// σ by a formula.
mod local_noise;
// Noise that depends on the state, of a model of one's own.
mod matrices;
// The smallest inputs, and the ones that must be refused.
mod limits;
// The loop: observers, stopping, errors, estimates.
mod running;
// Brownian increments: keys, moments, distribution.
mod noise;
// Sums over the particles against plain loops.
mod observables;
// Quasi-random starts.
mod quasi_random;
// Strong and weak orders of the schemes, computed without sampling.
mod orders;
// The same bits after a restart and for any number of threads.
mod reproducible;
// Archives of snapshots, whole, torn and damaged.
mod archive;
// Snapshots as files of their own, whole and damaged.
mod snapshots;
mod space;
// Strong orders of the schemes on a few vortices.
mod vortex_orders;
// Vortex particles in space.
mod vortex_particles;
// Point vortices whose motion is known.
mod vortices;

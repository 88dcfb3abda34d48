//! The binary as a user meets it: files in, files out, one line when something is wrong.

// Runs the binary in a folder of its own, and writes arrays.
mod bench;
// Sums: from arrays to arrays.
mod eval;
// Sums in dimensions other than 2 and 3.
mod any_dimension;
// Kernels with cores.
mod cores;
// Sums over a torus.
mod torus;
// The Landau kernel.
mod landau;
// The fast method timed against the direct sum.
mod benchmark;
// The constants of the cost model: measured, used, kept, and bad ones.
mod costs;
// Operators that are kept from one call to the next.
mod operators;
// Every bad input gets one line and leaves what was there.
mod bad_arrays;
mod bad_runs;
// Runs: what they write, and the examples.
mod run;
// Vortex particles in space.
mod vortex_particles;
// Steps that are halved as errors ask for.
mod adaptive;
// What limits a run.
mod error_budget;
// Replicas of a configuration.
mod ensemble;
// Stopped, killed and resumed runs give the bytes of a straight one.
mod resume;
// Kills at random moments.
mod killed;
// Disks that are full, and folders that refuse.
#[cfg(target_os = "linux")]
mod disk;
// Outputs by steps, by time and by the clock.
mod cadence;
// Snapshots by number.
mod snapshots;
// Two runs, or two snapshots, compared.
mod diff;
// Pictures as one file.
mod animate;
// Snapshots for other programs.
mod export;

//! Vortex particles in space.

// The direct sum, written as in the books.
mod oracle;
// Velocity and stretching: by hand, against the oracle, under mirrors and rotations.
mod rates;
// Sums that are kept, exactly or in the limit.
mod invariants;
// Rings: their moments, energy, helicity where linked, and speed.
mod rings;
// Orders of the schemes, cores that spread among what they integrate.
mod orders;
// Brownian motion and spreading cores.
mod viscosity;
// As a model of a run.
mod runs;
// What must be refused, and the smallest inputs.
mod limits;

use farfield_dynamics::config::Scheme;
use farfield_dynamics::noise::Brownian;
use farfield_dynamics::vortex_particles::{
    Core, Stretching, VortexParticles, VortexRing, VortexSettings, VortexSimulation,
};

const BOTH: [Stretching; 2] = [Stretching::Classical, Stretching::Transpose];

/// A ring of radius 1 and circulation 1 around the z axis.
fn ring(core: f64) -> VortexRing {
    VortexRing {
        centre: [0.0; 3],
        axis: [0.0, 0.0, 1.0],
        radius: 1.0,
        circulation: 1.0,
        core,
    }
}

/// Particles at random, of no symmetry.
fn cloud(n: usize, core: Core) -> VortexParticles {
    let draw = |seed| {
        let mut out = vec![[0.0; 3]; n];
        Brownian::new(seed).increments_in_space(0, 1.0, &mut out);
        out
    };
    VortexParticles {
        positions: draw(1),
        strengths: draw(2),
        core,
    }
}

fn settings(dt: f64, scheme: Scheme, stretching: Stretching) -> VortexSettings {
    VortexSettings {
        scheme,
        stretching,
        tolerance: 1e-12,
        ..VortexSettings::new(dt)
    }
}

fn run(particles: &VortexParticles, settings: VortexSettings, steps: u64) -> VortexSimulation {
    let mut run = VortexSimulation::new(particles.clone(), settings).unwrap();
    (0..steps).for_each(|_| run.step().unwrap());
    run
}

/// dX/dt and dα/dt, from a step of Euler's of length 1.
fn rates(
    particles: &VortexParticles,
    stretching: Stretching,
    tolerance: f64,
) -> [Vec<[f64; 3]>; 2] {
    let settings = VortexSettings {
        tolerance,
        ..settings(1.0, Scheme::EulerMaruyama, stretching)
    };
    let after = run(particles, settings, 1).particles().clone();
    let change = |before: &[[f64; 3]], after: &[[f64; 3]]| {
        let pairs = before.iter().zip(after);
        pairs.map(|(x, y)| [0, 1, 2].map(|k| y[k] - x[k])).collect()
    };
    [
        change(&particles.positions, &after.positions),
        change(&particles.strengths, &after.strengths),
    ]
}

/// ‖a − b‖₂.
fn distance(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn norm(a: &[[f64; 3]]) -> f64 {
    let squares = a.as_flattened().iter().map(|a| a * a);
    squares.sum::<f64>().sqrt()
}

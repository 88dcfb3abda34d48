//! Sums that are kept, exactly or in the limit.

use super::{cloud, ring, run, settings};
use farfield_dynamics::config::Scheme;
use farfield_dynamics::vortex_particles::{
    Core, Stretching, VortexObservables, VortexParticles, VortexRing, VortexSettings,
};

fn length(x: [f64; 3]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn apart(x: [f64; 3], y: [f64; 3]) -> f64 {
    length([0, 1, 2].map(|k| x[k] - y[k]))
}

fn before_and_after(
    particles: &VortexParticles,
    stretching: Stretching,
    settings: VortexSettings,
    steps: u64,
) -> [VortexObservables; 2] {
    let settings = VortexSettings {
        stretching,
        ..settings
    };
    [0, steps].map(|steps| run(particles, settings, steps).observables().unwrap())
}

/// Of any cloud, and any step of any scheme: what a stage adds is odd under the exchange of two particles.
#[test]
fn transpose_keeps_the_total_vorticity_and_classical_does_not() {
    for core in [
        Core::Gaussian { delta: 0.5 },
        Core::Algebraic { delta: 0.5 },
    ] {
        let settings = settings(0.02, Scheme::Rk4, Stretching::Transpose);
        let change = |stretching| {
            let [before, after] = before_and_after(&cloud(100, core), stretching, settings, 10);
            apart(before.total_vorticity, after.total_vorticity)
        };
        let (kept, lost) = (change(Stretching::Transpose), change(Stretching::Classical));
        assert!(kept < 1e-11, "{core:?}: {kept:.1e}");
        assert!(lost > 1.0, "{core:?}: {lost:.1e}");
    }
}

/// Two rings that meet at an angle, with particles of core δ so far apart: no symmetry keeps anything.
fn inclined(delta: f64, spacing: f64) -> VortexParticles {
    let first = ring(0.35);
    let second = VortexRing {
        centre: [0.9, 0.3, 0.9],
        axis: [-1.0, 0.2, -0.5],
        radius: 0.8,
        ..first
    };
    VortexRing::particles(&[first, second], spacing, Core::Gaussian { delta }).unwrap()
}

/// Relative changes of impulse, angular impulse and energy in the time 1, and the largest of total vorticity over Σ|α|.
fn changes(particles: &VortexParticles, stretching: Stretching) -> [f64; 4] {
    let settings = VortexSettings {
        tolerance: 1e-9,
        ..VortexSettings::new(0.1)
    };
    let [before, after] = before_and_after(particles, stretching, settings, 10);
    let all: f64 = particles.strengths.iter().map(|a| length(*a)).sum();
    [
        apart(before.impulse, after.impulse) / length(before.impulse),
        apart(before.angular_impulse, after.angular_impulse) / length(before.angular_impulse),
        (after.energy / before.energy - 1.0).abs(),
        apart(before.total_vorticity, after.total_vorticity) / all,
    ]
}

/// Classical: the errors are those of the quadrature, and vanish faster than any power of the spacing where cores overlap.
/// Measured for impulse, angular impulse and energy at the spacings 0.3, 0.2 and 0.15: 1.5e-3, 3e-3, 1.5e-3; 1e-4, 1.5e-4,
/// 1e-4; 1.7e-6, 3e-6, 1.2e-6.
#[test]
fn classical_keeps_impulse_and_energy_in_the_limit() {
    let [coarse, fine] = [0.3, 0.2].map(|h| changes(&inclined(0.2, h), Stretching::Classical));
    for k in 0..3 {
        assert!(coarse[k] > 1e-3 && coarse[k] < 5e-3, "{coarse:?}");
        assert!(fine[k] < 2e-4, "{fine:?}");
    }
}

/// Transpose: what it lacks is of order δ², however many the particles; the total vorticity stays.
#[test]
fn transpose_keeps_the_total_vorticity_instead() {
    let [coarse, fine] = [0.3, 0.2].map(|h| changes(&inclined(0.2, h), Stretching::Transpose));
    let energy = fine[2] / coarse[2];
    assert!((0.5..2.0).contains(&energy), "{coarse:?} {fine:?}");
    for changes in [coarse, fine] {
        assert!(
            changes.iter().all(|c| *c < 2e-2) && changes[3] < 1e-8,
            "{changes:?}"
        );
    }
}

//! Sums that are kept, exactly or in the limit.

use super::{BOTH, cloud, ring, run, settings};
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

#[test]
fn scratch_changes() {
    for stretching in BOTH {
        for (delta, spacing) in [
            (0.2, 0.3),
            (0.2, 0.2),
            (0.2, 0.15),
            (0.3, 0.3),
            (0.3, 0.2),
            (0.15, 0.15),
            (0.15, 0.1),
        ] {
            let p = inclined(delta, spacing);
            let t = std::time::Instant::now();
            println!(
                "{stretching:?} {delta} {spacing} N {}: {:?} {:?}",
                p.n(),
                changes(&p, stretching).map(|c| format!("{c:.2e}")),
                t.elapsed()
            );
        }
    }
}

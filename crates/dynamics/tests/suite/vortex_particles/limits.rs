//! What must be refused, and the smallest inputs.

use super::{cloud, ring, run, settings};
use farfield_dynamics::ErrorKind;
use farfield_dynamics::config::Scheme;
use farfield_dynamics::vortex_particles::{
    Core, Stretching, Viscosity, VortexParticles, VortexRing, VortexSettings, VortexSimulation,
};
use std::f64::consts::PI;

fn good() -> (VortexParticles, VortexSettings) {
    let settings = settings(0.1, Scheme::Rk4, Stretching::Transpose);
    (cloud(3, Core::Gaussian { delta: 0.3 }), settings)
}

#[test]
fn bad_input_is_named() {
    let text = |change: &dyn Fn(&mut VortexParticles, &mut VortexSettings)| {
        let (mut particles, mut settings) = good();
        change(&mut particles, &mut settings);
        VortexSimulation::new(particles, settings)
            .unwrap_err()
            .to_string()
    };
    let core = |core| text(&|p, _| p.core = core);
    let viscosity = |core, viscosity| {
        text(&|p, s| {
            p.core = core;
            s.viscosity = viscosity;
        })
    };
    let spreading = Viscosity::CoreSpreading { nu: 0.1 };
    let gaussian = Core::Gaussian { delta: 0.3 };
    for (text, want) in [
        (
            text(&|p, _| {
                p.positions.clear();
                p.strengths.clear();
            }),
            "positions: 0 particles (allowed: 1 to 2^32 - 1)",
        ),
        (
            text(&|p, _| p.strengths.truncate(2)),
            "strengths: 2 entries (allowed: 3, one for each position)",
        ),
        (
            text(&|p, _| p.positions[1][2] = f64::NAN),
            "positions[1]: [",
        ),
        (
            text(&|p, _| p.strengths[2] = [1.0, f64::INFINITY, 0.0]),
            "strengths[2]: [1.0, inf, 0.0] (allowed: finite numbers)",
        ),
        (
            core(Core::Gaussian { delta: 0.0 }),
            "core.delta: 0 (allowed: finite and above 0)",
        ),
        (core(Core::Gaussian { delta: 1e160 }), "core.delta: 1000"),
        (
            core(Core::Algebraic { delta: -1.0 }),
            "core.delta: -1 (allowed",
        ),
        (
            core(Core::Gaussian { delta: f64::NAN }),
            "core.delta: NaN (allowed",
        ),
        (
            text(&|_, s| s.dt = 0.0),
            "dt: 0 (allowed: finite and above 0)",
        ),
        (text(&|_, s| s.dt = f64::INFINITY), "dt: inf (allowed"),
        (
            viscosity(gaussian, Viscosity::Brownian { nu: -1.0 }),
            "viscosity.nu: -1 (allowed: finite and at least 0)",
        ),
        (
            viscosity(gaussian, Viscosity::CoreSpreading { nu: f64::NAN }),
            "viscosity.nu: NaN (allowed",
        ),
        (
            viscosity(gaussian, Viscosity::Brownian { nu: 1.0 }),
            "scheme: rk4 with Brownian viscosity (allowed: euler-maruyama",
        ),
        (
            viscosity(Core::None, spreading),
            "viscosity: core spreading with core None (allowed: core spreading with a Gaussian core",
        ),
        (
            viscosity(Core::Algebraic { delta: 0.1 }, spreading),
            "viscosity: core spreading with core Algebraic { delta: 0.1 } (allowed",
        ),
        (text(&|_, s| s.tolerance = 0.5), "tolerance: "),
    ] {
        assert!(text.starts_with(want), "{text}");
    }
}

#[test]
fn bad_rings_are_named() {
    let core = Core::Gaussian { delta: 0.1 };
    let text = |change: &dyn Fn(&mut VortexRing)| {
        let mut bad = ring(0.2);
        change(&mut bad);
        let rings = [ring(0.2), bad];
        VortexRing::particles(&rings, 0.1, core)
            .unwrap_err()
            .to_string()
    };
    let spacing = |spacing| {
        VortexRing::particles(&[ring(0.2)], spacing, core)
            .unwrap_err()
            .to_string()
    };
    for (text, want) in [
        (
            text(&|r| r.axis = [0.0; 3]),
            "rings[1].axis: [0.0, 0.0, 0.0] (allowed",
        ),
        (
            text(&|r| r.centre[0] = f64::NAN),
            "rings[1].centre: [NaN, 0.0, 0.0] (allowed",
        ),
        (
            text(&|r| r.radius = -1.0),
            "rings[1].radius: -1 (allowed: finite and above 0)",
        ),
        (
            text(&|r| r.circulation = f64::NAN),
            "rings[1].circulation: NaN (allowed: finite)",
        ),
        (
            text(&|r| r.core = 0.1),
            "rings[1].core: 0.1 (allowed: above 0.1 and below the radius 1)",
        ),
        (text(&|r| r.core = 1.5), "rings[1].core: 1.5 (allowed"),
        (spacing(0.0), "spacing: 0 (allowed: finite and above 0)"),
        (
            spacing(1e-5),
            "spacing: 0.00001 (allowed: one that gives at most 2^32 - 1 particles)",
        ),
        (spacing(1e-300), "spacing: 0.0000"),
        (
            VortexRing::particles(&[], 0.1, core)
                .unwrap_err()
                .to_string(),
            "rings: 0 rings (allowed: 1 or more)",
        ),
    ] {
        assert!(text.starts_with(want), "{text}");
    }
}

/// A particle alone stays, and has the energy of its core; two at one place do not see each other.
#[test]
fn one_particle_and_two_that_coincide() {
    for (core, own) in [
        (Core::None, 0.0),
        (Core::Gaussian { delta: 0.5 }, 0.5 / (PI.powf(1.5) * 0.5)),
        (Core::Algebraic { delta: 0.5 }, 0.25 / (PI * 0.5)),
    ] {
        for n in [1, 2] {
            let start = VortexParticles {
                positions: vec![[1.0, 2.0, 3.0]; n],
                strengths: vec![[0.0, 3.0, 4.0]; n],
                core,
            };
            let mut run = run(&start, good().1, 3);
            assert_eq!(*run.particles(), start);
            let energy = run.observables().unwrap().energy;
            let expected = 0.5 * 25.0 * own * n as f64;
            assert!((energy - expected).abs() < 1e-14, "{core:?}: {energy}");
        }
    }
}

/// Without a core two close particles fling each other away; the last good state stays.
#[test]
fn a_particle_that_leaves_stops_the_run() {
    let start = VortexParticles {
        positions: vec![[0.0; 3], [1e-5, 0.0, 0.0], [1.0, 0.0, 0.0]],
        strengths: vec![[0.0, 0.0, 1.0]; 3],
        core: Core::None,
    };
    let mut run = VortexSimulation::new(start.clone(), good().1).unwrap();
    let error = run.step().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BlowUp);
    let text = error.to_string();
    assert!(text.starts_with("step 1: particle 0 moved by"), "{text}");
    assert_eq!((run.particles(), run.steps()), (&start, 0));
}

//! Velocity and stretching: by hand, against the oracle, under mirrors and rotations.

use super::{BOTH, cloud, distance, norm, oracle, rates, run, settings};
use crate::common::threads;
use farfield_dynamics::config::Scheme;
use farfield_dynamics::vortex_particles::{Core, Stretching, VortexParticles};
use std::f64::consts::PI;

/// z = X₁ − X₂ = (−1, −2, −2), r = 3: α₂ × z = (0, 2, −2), α₁ × z = (6, −3, 0), φ = 1/(108π), φ′/r = −1/(324π),
/// z·α₁ = −6, z·α₂ = −1.
#[test]
fn two_particles_by_hand() {
    let particles = VortexParticles {
        positions: vec![[0.0; 3], [1.0, 2.0, 2.0]],
        strengths: vec![[0.0, 0.0, 3.0], [1.0, 0.0, 0.0]],
        core: Core::None,
    };
    let velocity = [[0.0, 6.0, -6.0], [-18.0, 9.0, 0.0]];
    // (α₁·∇)u₁ = φ α₂ × α₁ + (φ′/r)(z·α₁) α₂ × z, and (∇u₁)ᵀα₁ = φ α₁ × α₂ + (φ′/r) z (z·(α₁ × α₂)).
    let stretching = [
        (Stretching::Classical, [[0.0, 3.0, -12.0], [6.0, 6.0, 0.0]]),
        (
            Stretching::Transpose,
            [[-6.0, -3.0, -12.0], [6.0, 3.0, 12.0]],
        ),
    ];
    for (scheme, stretched) in stretching {
        let [u, alpha] = rates(&particles, scheme, 1e-12);
        for (found, expected) in [(u, velocity), (alpha, stretched)] {
            let expected = expected.map(|x| x.map(|x| x / (324.0 * PI)));
            assert!(distance(&found, &expected) < 1e-15, "{scheme:?}: {found:?}");
        }
    }
}

#[test]
fn plans_agree_with_the_oracle() {
    let cores = [
        Core::None,
        Core::Gaussian { delta: 0.3 },
        Core::Algebraic { delta: 0.3 },
    ];
    for (core, tolerance) in cores.into_iter().flat_map(|c| [(c, 1e-4), (c, 1e-9)]) {
        let particles = cloud(3000, core);
        let at = |x: &[f64; 3]| oracle::velocity_and_gradient(*x, &particles);
        let exact: Vec<_> = particles.positions.iter().map(at).collect();
        let velocity: Vec<_> = exact.iter().map(|(u, _)| *u).collect();
        let size = exact.iter().flat_map(|(_, gradient)| gradient).copied();
        let size = norm(&size.collect::<Vec<_>>());
        for stretching in BOTH {
            let stretched: Vec<[f64; 3]> = exact
                .iter()
                .zip(&particles.strengths)
                .map(|((_, g), alpha)| {
                    let term = |a: usize, b: usize| match stretching {
                        Stretching::Classical => g[a][b] * alpha[b],
                        Stretching::Transpose => g[b][a] * alpha[b],
                    };
                    [0, 1, 2].map(|a| (0..3).map(|b| term(a, b)).sum())
                })
                .collect();
            let [u, alpha] = rates(&particles, stretching, tolerance);
            let error = distance(&u, &velocity) / norm(&velocity);
            assert!(error < tolerance, "{core:?}: velocity {error:.1e}");
            // Strengths are about 2 long.
            let error = distance(&alpha, &stretched) / (2.0 * size);
            assert!(error < tolerance, "{core:?}, {stretching:?}: {error:.1e}");
        }
    }
}

/// A cloud and its image in the plane z = 0, vorticity being a pseudovector, remain images of each other.
#[test]
fn mirror_images_stay_images() {
    let image = |particles: &VortexParticles| VortexParticles {
        positions: particles
            .positions
            .iter()
            .map(|&[x, y, z]| [x, y, -z])
            .collect(),
        strengths: particles
            .strengths
            .iter()
            .map(|&[a, b, c]| [-a, -b, c])
            .collect(),
        core: particles.core,
    };
    for stretching in BOTH {
        let mut both = cloud(40, Core::Gaussian { delta: 0.5 });
        let half = image(&both);
        both.positions.extend(half.positions);
        both.strengths.extend(half.strengths);
        let after = run(&both, settings(0.02, Scheme::Rk4, stretching), 10);
        let after = after.particles();
        let swapped = image(after);
        for (found, image, moved) in [
            (&after.positions, &swapped.positions, &both.positions),
            (&after.strengths, &swapped.strengths, &both.strengths),
        ] {
            assert!(distance(found, moved) > 0.1, "nothing happened");
            let error = distance(&found[..40], &image[40..]);
            assert!(error < 1e-12, "{stretching:?}: {error:.1e}");
        }
    }
}

/// The cyclic change of axes is a rotation.
#[test]
fn rotated_clouds_move_as_rotated() {
    let turned = |particles: &VortexParticles| {
        let turn = |all: &[[f64; 3]]| all.iter().map(|&[x, y, z]| [z, x, y]).collect();
        VortexParticles {
            positions: turn(&particles.positions),
            strengths: turn(&particles.strengths),
            core: particles.core,
        }
    };
    for stretching in BOTH {
        let cloud = cloud(60, Core::Algebraic { delta: 0.5 });
        let settings = settings(0.02, Scheme::Ab2Maruyama, stretching);
        let [one, other] = [cloud.clone(), turned(&cloud)].map(|start| run(&start, settings, 10));
        let (one, other) = (turned(one.particles()), other.particles());
        let errors = [
            distance(&one.positions, &other.positions),
            distance(&one.strengths, &other.strengths),
        ];
        assert!(
            errors.iter().all(|e| *e < 1e-12),
            "{stretching:?}: {errors:?}"
        );
    }
}

#[test]
fn same_bits_for_any_number_of_threads() {
    use farfield_dynamics::vortex_particles::{Viscosity, VortexSettings};
    let cloud = cloud(3000, Core::Gaussian { delta: 0.3 });
    let settings = VortexSettings {
        tolerance: 1e-5,
        viscosity: Viscosity::Brownian { nu: 0.1 },
        ..settings(1e-3, Scheme::Ab2Maruyama, Stretching::Classical)
    };
    let spreading = VortexSettings {
        scheme: Scheme::Rk4,
        viscosity: Viscosity::CoreSpreading { nu: 0.1 },
        ..settings
    };
    for settings in [settings, spreading] {
        let outcome = |count| {
            threads(count, || {
                let mut run = run(&cloud, settings, 3);
                let observables = run.observables().unwrap();
                (run.particles().clone(), observables)
            })
        };
        let one = outcome(1);
        assert!(outcome(2) == one, "two threads");
        assert!(outcome(5) == one, "five threads");
    }
}

//! Orders of the schemes, cores that spread among what they integrate.

use super::{distance, ring, run, settings};
use farfield_dynamics::config::Scheme;
use farfield_dynamics::vortex_particles::{
    Core, Stretching, Viscosity, VortexParticles, VortexRing, VortexSettings,
};

/// Two rings of few particles, at an angle.
fn two_rings() -> VortexParticles {
    let second = VortexRing {
        centre: [0.3, 0.0, 0.7],
        axis: [0.3, 0.1, 1.0],
        circulation: 1.5,
        ..ring(0.4)
    };
    VortexRing::particles(&[ring(0.4), second], 0.7, Core::Gaussian { delta: 0.3 }).unwrap()
}

/// Errors fall as 2^−order where steps are halved; with cores that grow from δ² = 0.09 to 0.29 meanwhile, and without.
#[test]
fn of_convergence_on_two_rings() {
    let (start, time) = (two_rings(), 1.0);
    for (stretching, viscosity) in [
        (Stretching::Classical, Viscosity::None),
        (Stretching::Transpose, Viscosity::CoreSpreading { nu: 0.05 }),
    ] {
        let end = |scheme, steps: u64| {
            let settings = VortexSettings {
                viscosity,
                tolerance: 1e-10,
                ..settings(time / steps as f64, scheme, stretching)
            };
            run(&start, settings, steps).particles().clone()
        };
        let reference = end(Scheme::Rk4, 64);
        for (scheme, steps, order) in [
            (Scheme::EulerMaruyama, 32, 1.0),
            (Scheme::Ab2Maruyama, 32, 2.0),
            (Scheme::Rk4, 8, 4.0),
        ] {
            let error = |steps| {
                let found = end(scheme, steps);
                distance(&found.positions, &reference.positions)
                    + distance(&found.strengths, &reference.strengths)
            };
            let (coarse, fine) = (error(steps), error(2 * steps));
            let measured = (coarse / fine).log2();
            assert!(
                (measured - order).abs() < 0.2,
                "{scheme:?}, {stretching:?}: order {measured:.3}, errors {coarse:.1e} and {fine:.1e}"
            );
        }
    }
}

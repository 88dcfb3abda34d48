//! Brownian motion and spreading cores.

use super::{cloud, ring, run, settings};
use farfield_dynamics::config::Scheme;
use farfield_dynamics::vortex_particles::{
    Core, Stretching, Viscosity, VortexParticles, VortexRing, VortexSettings,
};

const NOISY: [Scheme; 3] = [Scheme::EulerMaruyama, Scheme::Ab2Maruyama, Scheme::Sra1];

fn brownian(nu: f64, dt: f64, scheme: Scheme) -> VortexSettings {
    VortexSettings {
        viscosity: Viscosity::Brownian { nu },
        tolerance: 1e-6,
        seed: 20_261_125,
        ..settings(dt, scheme, Stretching::Transpose)
    }
}

/// Particles without strength diffuse alone: positions have variance 2νt per axis and no correlation. 12 numbers of about a
/// standard normal law each beyond 4.9 with probability 1e-6: a correct program fails for one seed in 80 000.
#[test]
fn brownian_motion_has_variance_2_nu_t() {
    let (n, nu, dt, steps) = (20_000, 0.3, 0.05, 4);
    let start = VortexParticles {
        strengths: vec![[0.0; 3]; n],
        ..cloud(n, Core::Gaussian { delta: 0.1 })
    };
    let scale = (2.0 * nu * dt * steps as f64).sqrt();
    for scheme in NOISY {
        let after = run(&start, brownian(nu, dt, scheme), steps);
        let after = &after.particles().positions;
        let moved = start.positions.iter().zip(after);
        let moved: Vec<_> = moved
            .map(|(x, y)| [0, 1, 2].map(|k| (y[k] - x[k]) / scale))
            .collect();
        let root = (n as f64).sqrt();
        let mean = |f: &dyn Fn(&[f64; 3]) -> f64| moved.iter().map(f).sum::<f64>() / n as f64;
        for k in 0..3 {
            let variance = (mean(&|z| z[k] * z[k]) - 1.0) * root / 2f64.sqrt();
            let product = mean(&|z| z[k] * z[(k + 1) % 3]) * root;
            assert!(variance.abs() < 4.9, "{scheme:?}, axis {k}: {variance:.2}");
            assert!(product.abs() < 4.9, "{scheme:?}, axes {k}: {product:.2}");
        }
    }
}

/// Noise moves the impulse by ½ √(2ν) Σ ΔB_i × α_i: a martingale of variance ½νt Σ(|α_i|² − α_{i,k}²) along axis k, here
/// while the strengths are nearly what they were. A correct program fails for one seed in 150 000.
#[test]
fn brownian_motion_keeps_the_mean_impulse() {
    let (nu, dt, steps) = (1e-3, 0.02, 5);
    let core = Core::Gaussian { delta: 0.2 };
    let start = VortexRing::particles(&[ring(0.3)], 0.08, core).unwrap();
    let settings = brownian(nu, dt, Scheme::Ab2Maruyama);
    let [before, after] = [0, steps].map(|steps| {
        let mut run = run(&start, settings, steps);
        run.observables().unwrap().impulse
    });
    for k in 0..3 {
        let across = start.strengths.iter().map(|a| {
            let [b, c] = [a[(k + 1) % 3], a[(k + 2) % 3]];
            b * b + c * c
        });
        let variance = 0.5 * nu * dt * steps as f64 * across.sum::<f64>();
        let z = (after[k] - before[k]) / variance.sqrt();
        assert!(z.abs() < 4.9, "axis {k}: {z:.2}");
    }
}

#[test]
fn cores_spread_by_4_nu_t() {
    let (nu, dt, delta) = (0.01, 0.05, 0.3);
    let start = cloud(50, Core::Gaussian { delta });
    for scheme in [Scheme::EulerMaruyama, Scheme::Ab2Maruyama, Scheme::Rk4] {
        let settings = VortexSettings {
            viscosity: Viscosity::CoreSpreading { nu },
            ..settings(dt, scheme, Stretching::Classical)
        };
        let run = run(&start, settings, 8);
        assert!((run.time() - 0.4).abs() < 1e-15 && run.steps() == 8);
        let Core::Gaussian { delta: wide } = run.particles().core else {
            panic!("{:?}", run.particles().core);
        };
        let expected: f64 = delta * delta + 4.0 * nu * run.time();
        assert!((wide * wide - expected).abs() < 1e-15, "{scheme:?}: {wide}");
    }
}

/// No viscosity at all is the same bits, however it is written.
#[test]
fn nu_of_zero_changes_nothing() {
    let start = cloud(50, Core::Gaussian { delta: 0.3 });
    let [none, brownian, spreading] = [
        Viscosity::None,
        Viscosity::Brownian { nu: 0.0 },
        Viscosity::CoreSpreading { nu: 0.0 },
    ]
    .map(|viscosity| {
        let settings = VortexSettings {
            viscosity,
            ..settings(0.02, Scheme::Rk4, Stretching::Transpose)
        };
        run(&start, settings, 3).particles().clone()
    });
    assert!(none == brownian && none == spreading);
}

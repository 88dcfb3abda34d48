//! The direct sum of velocity, gradient and potential, written as in the books: what the plan is held against.

use farfield_dynamics::vortex_particles::{Core, VortexParticles};
use std::f64::consts::PI;

/// φ(r) = q(r)/(4π r³) and φ′(r)/r.
fn radial(core: Core, r2: f64) -> [f64; 2] {
    let r = r2.sqrt();
    match core {
        Core::None => [0.25 / (PI * r2 * r), -0.75 / (PI * r2 * r2 * r)],
        Core::Algebraic { delta } => {
            let s2 = r2 + delta * delta;
            let s = s2.sqrt();
            [0.25 / (PI * s2 * s), -0.75 / (PI * s2 * s2 * s)]
        }
        Core::Gaussian { delta } => {
            let rho = r / delta;
            let zeta = (-rho * rho).exp() / (PI.powf(1.5) * delta.powi(3));
            let phi = gaussian_part(rho) / (4.0 * PI * r2 * r);
            [phi, (zeta - 3.0 * phi) / r2]
        }
    }
}

/// q = erf ρ − (2/√π) ρ e^{−ρ²} = (2/√π) e^{−ρ²} Σ_{k≥1} 2^k ρ^{2k+1}/(2k+1)!!
fn gaussian_part(rho: f64) -> f64 {
    if rho > 6.0 {
        return 1.0;
    }
    let (mut term, mut sum) = (rho, 0.0);
    for k in 1..200 {
        term *= 2.0 * rho * rho / f64::from(2 * k + 1);
        sum += term;
    }
    2.0 / PI.sqrt() * (-rho * rho).exp() * sum
}

/// Velocity and gradient[a][b] = ∂u_a/∂x_b anywhere; a particle that is there itself adds nothing.
pub(super) fn velocity_and_gradient(
    x: [f64; 3],
    particles: &VortexParticles,
) -> ([f64; 3], [[f64; 3]; 3]) {
    let (mut u, mut gradient) = ([0.0; 3], [[0.0; 3]; 3]);
    for (y, alpha) in particles.positions.iter().zip(&particles.strengths) {
        let z = [0, 1, 2].map(|k| x[k] - y[k]);
        let r2: f64 = z.iter().map(|z| z * z).sum();
        if r2 == 0.0 {
            continue;
        }
        let [phi, slope] = radial(particles.core, r2);
        let across = cross(*alpha, z);
        for a in 0..3 {
            u[a] += phi * across[a];
            for b in 0..3 {
                let mut axis = [0.0; 3];
                axis[b] = 1.0;
                gradient[a][b] += phi * cross(*alpha, axis)[a] + slope * z[b] * across[a];
            }
        }
    }
    (u, gradient)
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// ψ anywhere; a particle that is there itself adds nothing.
pub(super) fn potential(x: [f64; 3], particles: &VortexParticles) -> [f64; 3] {
    let mut psi = [0.0; 3];
    for (y, alpha) in particles.positions.iter().zip(&particles.strengths) {
        let r2: f64 = (0..3).map(|k| (x[k] - y[k]).powi(2)).sum();
        if r2 == 0.0 {
            continue;
        }
        let r = r2.sqrt();
        let g = match particles.core {
            Core::None => 0.25 / (PI * r),
            Core::Algebraic { delta } => 0.25 / (PI * (r2 + delta * delta).sqrt()),
            Core::Gaussian { delta } => {
                let rho = r / delta;
                let erf = gaussian_part(rho) + 2.0 / PI.sqrt() * rho * (-rho * rho).exp();
                0.25 * erf / (PI * r)
            }
        };
        (0..3).for_each(|a| psi[a] += g * alpha[a]);
    }
    psi
}

/// The curl of ψ is u, the derivatives of u are the gradient, by differences; and the velocity at r = δ is what tables of the
/// error function say.
#[test]
fn the_oracle_agrees_with_itself() {
    let h = 1e-4;
    for core in [
        Core::None,
        Core::Gaussian { delta: 0.8 },
        Core::Algebraic { delta: 0.8 },
    ] {
        let particles = VortexParticles {
            positions: vec![[0.1, -0.2, 0.3], [1.0, 0.4, -0.5], [-0.7, 0.9, 0.2]],
            strengths: vec![[1.0, 2.0, -0.5], [-0.3, 0.7, 1.1], [0.4, -1.2, 0.6]],
            core,
        };
        for x in [[0.5, 0.5, 0.5], [-0.4, 0.1, -0.9], [3.0, -2.0, 1.0]] {
            let (u, gradient) = velocity_and_gradient(x, &particles);
            let around = |b: usize, f: &dyn Fn([f64; 3]) -> [f64; 3]| {
                let at = |h: f64| {
                    let mut x = x;
                    x[b] += h;
                    f(x)
                };
                let (ahead, behind) = (at(h), at(-h));
                [0, 1, 2].map(|a| (ahead[a] - behind[a]) / (2.0 * h))
            };
            let psi = [0, 1, 2].map(|b| around(b, &|x| potential(x, &particles)));
            let curl = [
                psi[1][2] - psi[2][1],
                psi[2][0] - psi[0][2],
                psi[0][1] - psi[1][0],
            ];
            for b in 0..3 {
                let slope = around(b, &|x| velocity_and_gradient(x, &particles).0);
                assert!((curl[b] - u[b]).abs() < 1e-6, "{core:?}: {curl:?} {u:?}");
                for a in 0..3 {
                    assert!((slope[a] - gradient[a][b]).abs() < 1e-6, "{core:?}");
                }
            }
        }
    }
    let [phi, _] = radial(Core::Gaussian { delta: 2.0 }, 4.0);
    assert!((phi * 32.0 * PI - 0.427_593_295_5).abs() < 1e-9);
}

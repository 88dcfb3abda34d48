//! Gravitational N-body: a cube that starts to collapse under its own weight, by leapfrog with the fast sum, at three
//! time steps.
//!
//!     cargo run --release -p farfield --example gravity -- 20000
//!
//! Leapfrog is of second order, so the energy's error falls fourfold where the step is halved.

use farfield::{Coulomb3d, Options, Outputs, Plan, Result};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::f64::consts::PI;

type Points = Vec<[f64; 3]>;

/// About `n` particles at rest in a cube of edge 1, one near each site of a lattice.
fn cube(n: usize) -> Points {
    let (k, mut rng) = ((n as f64).cbrt().round() as usize, StdRng::seed_from_u64(1));
    let sites = (0..k * k * k).map(|i| [i % k, i / k % k, i / k / k]);
    let mut near = |site: usize| (site as f64 + rng.random_range(0.3..0.7)) / k as f64;
    sites.map(|site| site.map(&mut near)).collect()
}

/// x += h·v, for every particle.
fn add(x: &mut Points, v: &Points, h: f64) {
    let (x, v) = (x.as_flattened_mut(), v.as_flattened());
    x.iter_mut().zip(v).for_each(|(x, v)| *x += h * v);
}

/// ½ Σ m v² − ½ Σ_{i≠j} m²/r, and the accelerations: charges repel by z/(4π r³), masses attract by m z/r³.
fn forces(plan: &Plan<f64, Coulomb3d, 3>, v: &Points, m: &[f64]) -> Result<(f64, Points)> {
    let mut sums = plan.evaluate(&[m], Outputs::BOTH)?.sums.remove(0);
    let kinetic: f64 = v.as_flattened().iter().map(|v| v * v).sum();
    let potential: f64 = sums.potential.iter().sum();
    let field = sums.field.as_flattened_mut();
    field.iter_mut().for_each(|k| *k *= -4.0 * PI);
    Ok((0.5 * m[0] * (kinetic - 4.0 * PI * potential), sums.field))
}

fn main() -> Result<()> {
    let n = std::env::args().nth(1).unwrap_or("5000".into());
    let Some(n) = n.parse().ok().filter(|&n: &usize| n > 0) else {
        eprintln!("error: '{n}' particles (allowed: a whole number above 0)");
        std::process::exit(2);
    };
    for steps in [5, 10, 20] {
        let (mut x, h) = (cube(n), 0.1 / f64::from(steps));
        let (mut v, m) = (vec![[0.0; 3]; x.len()], vec![1.0 / x.len() as f64; x.len()]);
        let options = Options::tolerance(1e-8).outputs(Outputs::BOTH);
        let mut plan = Plan::new(&x, Coulomb3d, options)?;
        let (before, mut a) = forces(&plan, &v, &m)?;
        for _ in 0..steps {
            add(&mut v, &a, 0.5 * h);
            add(&mut x, &v, h);
            plan.move_to(&x)?;
            a = forces(&plan, &v, &m)?.1;
            add(&mut v, &a, 0.5 * h);
        }
        let energy = forces(&plan, &v, &m)?.0;
        let change = energy / before - 1.0;
        println!(
            "{} particles, step {h:.4}: energy {before:.6}, relative change {change:.2e}",
            x.len()
        );
    }
    Ok(())
}

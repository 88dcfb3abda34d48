//! Strong orders of the schemes on vortices whose core is as wide as their cloud, so that F is smooth but not linear.
//!
//! The error is E|X − X_fine|² on one path, X_fine being SRA3's with steps 1/16 as long as the shortest. Orders from
//! batches of replicas scatter by their standard error, which the test holds below 0.03; the seed is fixed.

use crate::orders::NOISY;
use farfield_dynamics::Result;
use farfield_dynamics::config::Scheme;
use farfield_dynamics::noise::Brownian;
use farfield_dynamics::stepper::{self, End, Noise, Start};
use std::f64::consts::TAU;

const VORTICES: usize = 4;
const REPLICAS: usize = 2000;
const BATCHES: usize = 10;
const CORE: f64 = 0.8;
const C: f64 = 0.8;
/// The finest steps are 2^−FINEST.
const FINEST: u32 = 10;

/// Σ_j K(X_i − X_j) with circulations 3, replica by replica.
fn drift(x: &[[f64; 2]], out: &mut [[f64; 2]]) -> Result<()> {
    for (x, out) in x.chunks(VORTICES).zip(out.chunks_mut(VORTICES)) {
        for (out, a) in out.iter_mut().zip(x) {
            *out = [0.0; 2];
            for b in x.iter().filter(|b| *b != a) {
                let z = [a[0] - b[0], a[1] - b[1]];
                let r2 = z[0] * z[0] + z[1] * z[1];
                let rate = 3.0 / (TAU * r2) * -(-r2 / (CORE * CORE)).exp_m1();
                out[0] -= rate * z[1];
                out[1] += rate * z[0];
            }
        }
    }
    Ok(())
}

/// X(1) from 2^level steps of all replicas, on the path whose finest steps are 2^−FINEST.
fn run(scheme: Scheme, level: u32) -> Vec<[f64; 2]> {
    let stepper = stepper::from_config(scheme);
    let path = Brownian::new(20_261_129).halved((FINEST - level) as u8);
    let dt = 0.5f64.powi(level as i32);
    let corners = [[1.0, 0.0], [-0.2, 0.9], [-0.7, -0.4], [0.3, -0.8]];
    let mut x = corners.repeat(REPLICAS);
    let [mut now, mut next, mut dw, mut integrals] = [0; 4].map(|_| x.clone());
    let mut before: Vec<Vec<[f64; 2]>> = vec![];
    for step in 0..1 << level {
        drift(&x, &mut now).unwrap();
        path.increments_and_integrals(step, dt, &mut dw, &mut integrals);
        let start = Start {
            positions: &x,
            drift: &now,
            previous_drifts: &before,
            dt,
            noise: Some(Noise {
                coefficient: C,
                dw: &dw,
                integrals: &integrals,
            }),
        };
        let end = End {
            positions: &mut next,
            anticipated: None,
        };
        stepper.step(&start, &mut drift, end).unwrap();
        before.insert(0, now.clone());
        before.truncate(stepper.looks_back());
        std::mem::swap(&mut x, &mut next);
    }
    x
}

#[test]
fn strong_orders_of_vortices() {
    let fine = run(Scheme::Sra3, FINEST);
    for scheme in NOISY {
        let [coarse, halved] = [5, 6].map(|level| run(scheme, level));
        // E|X − X_fine|² of every batch.
        let batch = REPLICAS / BATCHES * VORTICES;
        let errors = |found: &[[f64; 2]]| -> Vec<f64> {
            let pairs = found.chunks(batch).zip(fine.chunks(batch));
            let square = |(a, b): (&f64, &f64)| (a - b).powi(2);
            pairs
                .map(|(a, b)| {
                    a.as_flattened()
                        .iter()
                        .zip(b.as_flattened())
                        .map(square)
                        .sum()
                })
                .collect()
        };
        let pairs = errors(&coarse).into_iter().zip(errors(&halved));
        let orders: Vec<f64> = pairs.map(|(a, b)| 0.5 * (a / b).log2()).collect();
        let mean = orders.iter().sum::<f64>() / BATCHES as f64;
        let scatter = orders
            .iter()
            .map(|order| (order - mean).powi(2))
            .sum::<f64>();
        let deviation = (scatter / (BATCHES * (BATCHES - 1)) as f64).sqrt();
        let expected = stepper::from_config::<2>(scheme).strong_order();
        assert!(
            deviation < 0.03 && (mean - expected).abs() < 0.15,
            "{scheme:?}: order {mean:.3} ± {deviation:.3}"
        );
    }
}

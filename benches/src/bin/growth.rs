//! Prints how the time of plan and evaluation grows with the number of points: the slope of log time against log N.
//!
//! `growth [TOLERANCE]`, 1e-6 if left out; threads as in `RAYON_NUM_THREADS`. About a minute.

use farfield::{BiotSavart2d, Options, Outputs, Plan};
use farfield_benches::check::assert_accurate;
use farfield_benches::clouds::{Cloud, strengths};
use std::process::ExitCode;
use std::time::Instant;

const FEWEST: f64 = 1e5;
const MOST: f64 = 4e6;
/// Not a power of 4 from one to the next: the leaves of a uniform cloud fill up and split with that period.
const SIZES: usize = 9;
/// The fastest of so many rounds counts; every round goes over all sizes.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "1e-6".into());
    let Some(tolerance) = argument.parse().ok().filter(|t| (1e-14..=0.1).contains(t)) else {
        eprintln!("error: TOLERANCE: {argument} (allowed: 1e-14 to 0.1)");
        return ExitCode::FAILURE;
    };
    println!("plan and evaluation of the field, tolerance {tolerance:e}, fastest of {ROUNDS}\n");
    println!(
        "{:<10}{:>10}{:>12}{:>14}",
        "cloud", "points", "seconds", "ns a point"
    );
    let mut slopes = vec![];
    for cloud in Cloud::ALL {
        let measured = measure(cloud, tolerance);
        for &(n, seconds) in &measured {
            let each = 1e9 * seconds / n as f64;
            println!("{:<10}{n:>10}{seconds:>12.4}{each:>14.1}", cloud.name());
        }
        slopes.push((cloud, slope(&measured)));
    }
    println!();
    for (cloud, slope) in slopes {
        println!("{:<10}slope {slope:.3}", cloud.name());
    }
    ExitCode::SUCCESS
}

/// Numbers of points, and the fastest seconds of each.
fn measure(cloud: Cloud, tolerance: f64) -> Vec<(usize, f64)> {
    let ratio = (MOST / FEWEST).powf(1.0 / (SIZES - 1) as f64);
    let inputs: Vec<_> = (0..SIZES)
        .map(|k| (FEWEST * ratio.powi(k as i32)).round() as usize)
        .map(|n| (cloud.points(n), strengths(n, 1)))
        .collect();
    let mut fastest = vec![f64::INFINITY; SIZES];
    for round in 0..ROUNDS {
        for ((points, w), fastest) in inputs.iter().zip(&mut fastest) {
            let start = Instant::now();
            let plan = Plan::new(points, BiotSavart2d, Options::tolerance(tolerance))
                .expect("good points");
            let sums = plan
                .evaluate(&[w], Outputs::FIELD)
                .expect("good strengths")
                .sums;
            *fastest = fastest.min(start.elapsed().as_secs_f64());
            if round == 0 {
                assert_accurate(points, w, BiotSavart2d, &sums[0], tolerance);
            }
        }
    }
    inputs
        .iter()
        .map(|(points, _)| points.len())
        .zip(fastest)
        .collect()
}

/// Least squares of log seconds against log points.
fn slope(measured: &[(usize, f64)]) -> f64 {
    let logs = measured
        .iter()
        .map(|&(n, seconds)| ((n as f64).ln(), seconds.ln()));
    let (xs, ys): (Vec<f64>, Vec<f64>) = logs.unzip();
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (x0, y0) = (mean(&xs), mean(&ys));
    let covariance: f64 = xs.iter().zip(&ys).map(|(x, y)| (x - x0) * (y - y0)).sum();
    covariance / xs.iter().map(|x| (x - x0) * (x - x0)).sum::<f64>()
}

//! Prints how the time of plan and evaluation grows with the number of points, and beside it how the pairs and the cells
//! grow that take it: slopes of logs against log N.
//!
//! `growth [TOLERANCE [DIMENSION [MOST]]]`, 1e-6, 2 and 4e6 points if left out: the field in the plane, potential and field in
//! space. Threads as in `RAYON_NUM_THREADS`. About a minute, in space three.
//!
//! A fresh plan and its evaluation are timed, and the same plan moved and evaluated again: fresh memory is dear.

use farfield::{BiotSavart2d, Coulomb3d, Kernel, Options, Outputs, Plan};
use farfield_benches::check::assert_accurate;
use farfield_benches::clouds::{Cloud, strengths};
use std::process::ExitCode;
use std::time::Instant;

const FEWEST: f64 = 1e5;
/// Not a power of 4 from one to the next: the leaves of a uniform cloud fill up and split with that period.
const SIZES: usize = 9;
/// The fastest of so many rounds counts; every round goes over all sizes.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let tolerance = arguments.next().unwrap_or_else(|| "1e-6".into());
    let dimension = arguments.next().unwrap_or_else(|| "2".into());
    let most = arguments.next().unwrap_or_else(|| "4e6".into());
    match run(&tolerance, &dimension, &most, arguments.next()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(tolerance: &str, dimension: &str, most: &str, more: Option<String>) -> Result<(), String> {
    let in_space = match dimension {
        "2" => false,
        "3" => true,
        other => return Err(format!("DIMENSION: {other} (allowed: 2 or 3)")),
    };
    if let Some(more) = more {
        return Err(format!("{more} (allowed: TOLERANCE, DIMENSION and MOST)"));
    }
    let least = if in_space { 2e-13 } else { 1e-14 };
    let parsed = tolerance.parse().ok();
    let Some(parsed) = parsed.filter(|t| (least..=0.1).contains(t)) else {
        return Err(format!(
            "TOLERANCE: {tolerance} (allowed: {least:e} to 0.1)"
        ));
    };
    let all_points = most.parse().ok();
    let Some(most) = all_points.filter(|n| (2.0 * FEWEST..=1e8).contains(n)) else {
        return Err(format!("MOST: {most} (allowed: {:e} to 1e8)", 2.0 * FEWEST));
    };
    if in_space {
        all(&Cloud::IN_SPACE, Coulomb3d, Outputs::BOTH, parsed, most);
    } else {
        all(&Cloud::ALL, BiotSavart2d, Outputs::FIELD, parsed, most);
    }
    Ok(())
}

/// One size of a cloud: points, the fastest seconds of a fresh plan and of one that is moved, near pairs and cells.
struct Size {
    points: f64,
    seconds: f64,
    moved: f64,
    pairs: f64,
    cells: f64,
}

fn all<K, const D: usize>(clouds: &[Cloud], kernel: K, outputs: Outputs, tolerance: f64, most: f64)
where
    K: Kernel<D, Strength<f64> = f64>,
{
    println!("plan and evaluation, tolerance {tolerance:e}, fastest of {ROUNDS}\n");
    println!(
        "{:<10}{:>10}{:>12}{:>14}{:>14}{:>16}{:>18}",
        "cloud", "points", "seconds", "ns a point", "moved", "pairs a point", "points a cell"
    );
    let mut slopes = vec![];
    for &cloud in clouds {
        let sizes = measure(cloud, &kernel, outputs, tolerance, most);
        for size in &sizes {
            println!(
                "{:<10}{:>10}{:>12.4}{:>14.1}{:>14.1}{:>16.1}{:>18.1}",
                cloud.name(),
                size.points,
                size.seconds,
                1e9 * size.seconds / size.points,
                1e9 * size.moved / size.points,
                size.pairs / size.points,
                size.points / size.cells,
            );
        }
        let of = |what: fn(&Size) -> f64| slope(&sizes, what);
        let of_seconds = [of(|s| s.seconds), of(|s| s.moved)];
        slopes.push((cloud, of_seconds, of(|s| s.pairs), of(|s| s.cells)));
    }
    println!();
    for (cloud, [seconds, moved], pairs, cells) in slopes {
        let name = cloud.name();
        println!(
            "{name:<10}slope {seconds:.3}, moved {moved:.3}, of pairs {pairs:.3}, of cells {cells:.3}"
        );
    }
}

fn measure<K, const D: usize>(
    cloud: Cloud,
    kernel: &K,
    outputs: Outputs,
    tolerance: f64,
    most: f64,
) -> Vec<Size>
where
    K: Kernel<D, Strength<f64> = f64>,
{
    let ratio = (most / FEWEST).powf(1.0 / (SIZES - 1) as f64);
    let inputs: Vec<_> = (0..SIZES)
        .map(|k| (FEWEST * ratio.powi(k as i32)).round() as usize)
        .map(|n| (cloud.points::<D>(n), strengths(n, 1)))
        .collect();
    let mut sizes = vec![];
    for round in 0..ROUNDS {
        for (k, (points, w)) in inputs.iter().enumerate() {
            let options = Options::tolerance(tolerance).outputs(outputs);
            let start = Instant::now();
            let mut plan = Plan::new(points, kernel.clone(), options).expect("good points");
            let sums = plan.evaluate(&[w], outputs).expect("good strengths").sums;
            let seconds = start.elapsed().as_secs_f64();
            if round == 0 {
                assert_accurate(points, w, kernel.clone(), &sums[0], tolerance);
                sizes.push(Size {
                    points: points.len() as f64,
                    seconds,
                    moved: f64::INFINITY,
                    pairs: plan.report().near_pairs as f64,
                    cells: plan.report().cells as f64,
                });
            }
            sizes[k].seconds = sizes[k].seconds.min(seconds);
            let mut sums = sums;
            let moved = moved(&mut plan, points, w, outputs, &mut sums[0].field);
            sizes[k].moved = sizes[k].moved.min(moved);
        }
    }
    sizes
}

/// The fastest of some moves, each with an evaluation, whose field has its memory already.
fn moved<K, const D: usize>(
    plan: &mut Plan<f64, K, D>,
    points: &[[f64; D]],
    w: &[f64],
    outputs: Outputs,
    field: &mut [[f64; D]],
) -> f64
where
    K: Kernel<D, Strength<f64> = f64>,
{
    let mut step = || {
        let start = Instant::now();
        plan.move_to(points).expect("good points");
        if outputs.potential {
            drop(plan.evaluate(&[w], outputs).expect("good strengths"));
        } else {
            plan.field_into(w, field).expect("good strengths");
        }
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| step()).fold(f64::INFINITY, f64::min)
}

/// Least squares of log `what` against log points.
fn slope(sizes: &[Size], what: fn(&Size) -> f64) -> f64 {
    let logs = sizes.iter().map(|size| (size.points.ln(), what(size).ln()));
    let (xs, ys): (Vec<f64>, Vec<f64>) = logs.unzip();
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (x0, y0) = (mean(&xs), mean(&ys));
    let covariance: f64 = xs.iter().zip(&ys).map(|(x, y)| (x - x0) * (y - y0)).sum();
    covariance / xs.iter().map(|x| (x - x0) * (x - x0)).sum::<f64>()
}

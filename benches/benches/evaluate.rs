//! One evaluation of a plan of 10⁶ points: by tolerance, by cloud, by what is asked for, and in f32.

use criterion::{BenchmarkId, Criterion, SamplingMode};
use farfield::{BiotSavart2d, Options, Outputs, Plan, Real};
use farfield_benches::check::assert_accurate;
use farfield_benches::clouds::{Cloud, strengths};
use std::hint::black_box;
use std::time::Duration;

const N: usize = 1_000_000;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for cloud in Cloud::ALL {
        let points = cloud.points(N);
        for tolerance in [1e-3, 1e-6, 1e-9, 1e-12] {
            let name = format!("field {}", cloud.name());
            time::<f64>(&mut criterion, &name, &points, tolerance, 1, Outputs::FIELD);
        }
    }
    let points = Cloud::Uniform.points(N);
    let both = "field and potential uniform";
    time::<f64>(&mut criterion, both, &points, 1e-6, 1, Outputs::BOTH);
    let several = "field of 4 vectors uniform";
    time::<f64>(&mut criterion, several, &points, 1e-6, 4, Outputs::FIELD);
    for tolerance in [1e-3, 1e-5] {
        let points: Vec<[f32; 2]> = points.iter().map(|x| x.map(|x| x as f32)).collect();
        let name = "f32 field uniform";
        time::<f32>(&mut criterion, name, &points, tolerance, 1, Outputs::FIELD);
    }
    criterion.final_summary();
}

fn time<T: Real>(
    criterion: &mut Criterion,
    name: &str,
    points: &[[T; 2]],
    tolerance: f64,
    vectors: usize,
    outputs: Outputs,
) {
    let plan = Plan::new(points, BiotSavart2d, Options::tolerance(tolerance)).expect("good points");
    let strengths: Vec<Vec<T>> = (0..vectors)
        .map(|k| {
            strengths(N, k as u64)
                .into_iter()
                .map(T::from_f64)
                .collect()
        })
        .collect();
    let strengths: Vec<&[T]> = strengths.iter().map(Vec::as_slice).collect();
    let sums = plan
        .evaluate(&strengths, outputs)
        .expect("good strengths")
        .sums;
    for (w, sums) in strengths.iter().zip(&sums) {
        assert_accurate(points, w, BiotSavart2d, sums, tolerance);
    }
    let mut group = criterion.benchmark_group("evaluate");
    group.sampling_mode(SamplingMode::Flat);
    let id = BenchmarkId::new(name, format!("{tolerance:e}"));
    group.bench_function(id, |bencher| {
        bencher.iter(|| black_box(plan.evaluate(&strengths, outputs)));
    });
}

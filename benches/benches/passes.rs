//! The passes of one evaluation of 10⁶ uniform points, as the evaluation itself times them: the operators of the
//! expansions are private, and this is where they spend their time.

use criterion::{BenchmarkId, Criterion, SamplingMode};
use farfield::{BiotSavart2d, Options, Outputs, PassSeconds, Plan};
use farfield_benches::check::assert_accurate;
use farfield_benches::clouds::{Cloud, strengths};
use std::time::Duration;

const N: usize = 1_000_000;

type Seconds = fn(&PassSeconds) -> f64;

/// Where the operators are: upward p2m and m2m, downward m2l, p2l and l2l, leaves l2p, m2p and p2p.
const PASSES: [(&str, Seconds); 4] = [
    ("permute", |seconds| seconds.permute),
    ("upward", |seconds| seconds.upward),
    ("downward", |seconds| seconds.downward),
    ("leaves", |seconds| seconds.leaves),
];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let (points, w) = (Cloud::Uniform.points(N), strengths(N, 1));
    for tolerance in [1e-3, 1e-6, 1e-9, 1e-12] {
        let plan =
            Plan::new(&points, BiotSavart2d, Options::tolerance(tolerance)).expect("good points");
        let evaluate = || {
            plan.evaluate(&[&w], Outputs::FIELD)
                .expect("good strengths")
        };
        assert_accurate(&points, &w, BiotSavart2d, &evaluate().sums[0], tolerance);
        let mut group = criterion.benchmark_group("passes");
        group.sampling_mode(SamplingMode::Flat);
        for (name, seconds) in PASSES {
            let id = BenchmarkId::new(name, format!("{tolerance:e}"));
            group.bench_function(id, |bencher| {
                bencher.iter_custom(|repeats| {
                    let sum: f64 = (0..repeats).map(|_| seconds(&evaluate().seconds)).sum();
                    Duration::from_secs_f64(sum)
                });
            });
        }
    }
    criterion.final_summary();
}

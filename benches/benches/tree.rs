//! What happens before any sum: sort, cells, lists, and the whole of `Plan::new` and `Plan::move_to`, for 10⁶ points.

use criterion::{BenchmarkId, Criterion, SamplingMode};
use farfield::tree::Tree;
use farfield::{BiotSavart2d, Options, Outputs, Plan, PlanReport};
use farfield_benches::check::assert_accurate;
use farfield_benches::clouds::{Cloud, strengths};
use std::hint::black_box;
use std::time::Duration;

const N: usize = 1_000_000;
const TOLERANCE: f64 = 1e-6;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for cloud in Cloud::ALL {
        let points = cloud.points(N);
        let moved: Vec<[f64; 2]> = points
            .iter()
            .map(|[x, y]| [x + 1e-3 * y, y - 1e-3 * x])
            .collect();
        let mut plan = new_plan(&points);
        check(&mut plan, [&points, &moved]);
        let mut group = criterion.benchmark_group("tree");
        group.sampling_mode(SamplingMode::Flat);
        let id = |name: &str| BenchmarkId::new(name, cloud.name());
        for (name, seconds) in PARTS {
            group.bench_function(id(name), |bencher| {
                bencher.iter_custom(|repeats| {
                    let mut sum = 0.0;
                    for _ in 0..repeats {
                        plan.move_to(&moved).expect("good points");
                        sum += seconds(&plan.report());
                    }
                    Duration::from_secs_f64(sum)
                });
            });
        }
        group.bench_function(id("Tree::new"), |bencher| {
            bencher.iter(|| black_box(Tree::new(&points, 32)));
        });
        group.bench_function(id("Plan::new"), |bencher| {
            bencher.iter(|| black_box(new_plan(&points)));
        });
        group.bench_function(id("Plan::move_to"), |bencher| {
            bencher.iter(|| plan.move_to(&moved).expect("good points"));
        });
    }
    criterion.final_summary();
}

type Seconds = fn(&PlanReport) -> f64;

/// Parts of `Plan::move_to`, as the plan times them.
const PARTS: [(&str, Seconds); 3] = [
    ("sort", |report| report.sort_seconds),
    ("cells", |report| report.tree_seconds),
    ("lists", |report| report.list_seconds),
];

fn new_plan(points: &[[f64; 2]]) -> Plan<f64, BiotSavart2d> {
    Plan::new(points, BiotSavart2d, Options::tolerance(TOLERANCE)).expect("good points")
}

/// The sum is right for a new plan, and for a moved one.
fn check(plan: &mut Plan<f64, BiotSavart2d>, clouds: [&[[f64; 2]]; 2]) {
    let w = strengths(N, 1);
    for points in clouds {
        plan.move_to(points).expect("good points");
        let sums = plan
            .evaluate(&[&w], Outputs::FIELD)
            .expect("good strengths")
            .sums;
        assert_accurate(points, &w, BiotSavart2d, &sums[0], TOLERANCE);
    }
}

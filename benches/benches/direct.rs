//! The direct sum, with each instruction set. Throughput is in pairs: 4 Gelem/s are 0.25 ns a pair.

use criterion::{BenchmarkId, Criterion, Throughput};
use farfield::{BiotSavart2d, GaussianCore, InstructionSet, Kernel, Outputs, direct};
use farfield_benches::check::assert_close;
use farfield_benches::clouds::{Cloud, strengths};
use lanes::Chosen;
use std::f64::consts::TAU;
use std::hint::black_box;
use std::time::Duration;

const N: usize = 4096;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let input = Input {
        points: Cloud::Uniform.points(N),
        strengths: strengths(N, 1),
    };
    let core = GaussianCore {
        kernel: BiotSavart2d,
        delta: 0.05,
    };
    for set in Chosen::all().map(Chosen::set) {
        input.check(set);
        let criterion = &mut criterion;
        input.time(criterion, "field", BiotSavart2d, Outputs::FIELD, set);
        input.time(
            criterion,
            "field and potential",
            BiotSavart2d,
            Outputs::BOTH,
            set,
        );
        input.time(criterion, "field, Gaussian core", core, Outputs::FIELD, set);
    }
    criterion.final_summary();
}

struct Input {
    points: Vec<[f64; 2]>,
    strengths: Vec<f64>,
}

impl Input {
    fn sum<K: Kernel<2, Strength<f64> = f64>>(
        &self,
        kernel: K,
        outputs: Outputs,
        set: InstructionSet,
    ) -> Vec<[f64; 2]> {
        let (points, w) = (&self.points, &self.strengths);
        let sums = direct::evaluate(points, points, &[w], kernel, outputs, Some(set));
        sums.expect("good input").remove(0).field
    }

    /// Against the formula, word for word, at every target.
    fn check(&self, set: InstructionSet) {
        let found = self.sum(BiotSavart2d, Outputs::FIELD, set);
        let naive = self.points.iter().map(|x| {
            let mut u = [0.0; 2];
            for (y, w) in self.points.iter().zip(&self.strengths) {
                let z = [x[0] - y[0], x[1] - y[1]];
                let r2 = z[0] * z[0] + z[1] * z[1];
                if r2 > 0.0 {
                    u[0] -= w * z[1] / (TAU * r2);
                    u[1] += w * z[0] / (TAU * r2);
                }
            }
            u
        });
        let pairs = found.iter().zip(naive);
        let parts = pairs.flat_map(|(a, b)| [(a[0], b[0]), (a[1], b[1])]);
        assert_close("field", parts, 1e-13);
    }

    fn time<K: Kernel<2, Strength<f64> = f64>>(
        &self,
        criterion: &mut Criterion,
        name: &str,
        kernel: K,
        outputs: Outputs,
        set: InstructionSet,
    ) {
        let mut group = criterion.benchmark_group("direct");
        group.throughput(Throughput::Elements((N * N) as u64));
        group.bench_function(BenchmarkId::new(name, set), |bencher| {
            bencher.iter(|| black_box(self.sum(kernel.clone(), outputs, set)));
        });
    }
}

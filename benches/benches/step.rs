//! One step of the built-in run: 10⁶ viscous vortices.

use criterion::{Criterion, SamplingMode};
use farfield_dynamics::{Config, Inputs, Simulation};
use std::time::Duration;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut config = Config::default();
    // More steps than a bench can make; the check of the drift, every tenth step of the run, is in none of them.
    config.time.steps = u64::MAX >> 20;
    config.field.check_every = 0;
    check(config.clone());
    let mut simulation = Simulation::new(config, Inputs::default()).expect("a good configuration");
    let mut group = criterion.benchmark_group("step");
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("built-in run", |bencher| {
        bencher.iter(|| simulation.step().expect("a good state"));
    });
    group.finish();
    criterion.final_summary();
}

/// In two steps the drift's error stays within the tolerance, and the exact laws within five standard errors.
fn check(mut config: Config) {
    config.field.check_every = 1;
    let mut simulation = Simulation::new(config, Inputs::default()).expect("a good configuration");
    for _ in 0..2 {
        simulation.step().expect("a good state");
    }
    let check = simulation.last_check().expect("measured before every step");
    let tolerance = simulation.config().field.tolerance;
    assert!(
        check.step == 1 && check.error_bound <= tolerance,
        "{check:?}"
    );
    for law in simulation.laws() {
        assert!(law.z.abs() < 5.0, "{law:?}");
    }
}

//! Runs whose steps are halved as errors ask for.

use crate::bench::Bench;

/// A hundred vortices without noise, a few of which are close.
const RUN: &str = r#"
[model]
viscosity = 0.0
[initial]
kind = "uniform-disc"
n = 60
radius = 1.0
[time]
scheme = "rk4"
dt = 0.5
steps = 4
adaptive = { tolerance = 1e-6 }
[field]
tolerance = 1e-9
[output]
snapshot_every = 2
pictures = 0
"#;

#[test]
fn sub_steps_are_told() {
    let bench = Bench::new();
    bench.write("c.toml", RUN);
    let printed = bench.good("run c.toml --out o");
    assert!(
        printed.contains(" sub-steps, the shortest of "),
        "{printed}"
    );
    let text = bench.text("o/diagnostics.csv");
    let mut lines = text.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .ends_with(",field_error_step,substeps,rejected,shortest")
    );
    let rows: Vec<[f64; 3]> = lines
        .map(|row| {
            let mut last = row.rsplit(',').map(|field| field.parse().unwrap_or(-1.0));
            [0; 3].map(|_| last.next().unwrap())
        })
        .collect();
    assert_eq!(rows.len(), 5);
    assert_eq!(
        rows[0],
        [-1.0, 0.0, 0.0],
        "the shortest of none is not there"
    );
    for pair in rows.windows(2) {
        let [[_, rejected, taken], [shortest, more_rejected, more]] = [pair[0], pair[1]];
        assert!(more > taken && more_rejected >= rejected, "{text}");
        // dt/2^k, and as many of them as it takes.
        let halvings = (0.5 / shortest).log2();
        assert!((1.0..=12.0).contains(&halvings) && halvings.fract() == 0.0);
    }
    let summary: serde_json::Value = serde_json::from_str(&bench.text("o/summary.json")).unwrap();
    let [shortest, rejected, taken] = rows[4];
    let told = &summary["substeps"];
    assert_eq!(told["taken"], taken as u64);
    assert_eq!(told["rejected"], rejected as u64);
    assert_eq!(told["shortest"], shortest);
    for law in summary["laws"].as_array().unwrap() {
        assert!(law["z"].as_f64().unwrap().abs() <= 1.0, "{law}");
    }
}

#[test]
fn a_resumed_run_gives_the_same_bytes() {
    let bench = Bench::new();
    bench.write("c.toml", RUN);
    for more in [
        "",
        " --set time.scheme=sra1 --set model.viscosity=1e-4 --set time.adaptive.tolerance=3e-3 --set time.adaptive.halvings=20",
    ] {
        let name = |run: &str| format!("{run}{}", more.len());
        let [straight, stopped] = ["straight", "stopped"].map(name);
        bench.good(&format!("run c.toml{more} --out {straight}"));
        bench.good(&format!(
            "run c.toml{more} --set time.steps=2 --out {stopped}"
        ));
        bench.good(&format!("run --resume {stopped} --set time.steps=4"));
        crate::resume::same_end(&bench, &straight, &stopped, 4);
    }
}

#[test]
fn what_cannot_be_known_before_is_said() {
    let bench = Bench::new();
    bench.write("c.toml", RUN);
    let printed = bench.good("run c.toml --dry-run");
    for part in [
        "rk4, at least 20 field evaluations",
        "memory           at least ",
        "expected time    at least ",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    assert!(bench.good("check c.toml").contains("good, 60 particles"));
    bench.refused_with(
        "check c.toml --errors",
        &["time.adaptive: given, so that its tolerance says what errors steps have (allowed: missing"],
    );
}

#[test]
fn a_tolerance_that_is_missed_and_bad_keys() {
    let bench = Bench::new();
    bench.write("c.toml", RUN);
    bench.refused_with(
        "run c.toml --set time.adaptive.halvings=1 --out o",
        &[
            "time 0: the closest particles ask for sub-steps of dt/2^5",
            "(allowed: dt/2^1 by time.adaptive.halvings",
            "the last good state is step 0 of o/snapshots.ffa",
        ],
    );
    for (set, parts) in [
        (
            "time.adaptive.halving=3",
            ["time.adaptive.halving: unknown key", "halvings"],
        ),
        (
            "time.adaptive.tolerance=-1.0",
            ["time.adaptive.tolerance: -1", "finite and above 0"],
        ),
        ("time.scheme=ab3", ["time.adaptive: with ab3", "rk4"]),
    ] {
        bench.refused_with(&format!("run c.toml --set {set} --out bad"), &parts);
    }
}

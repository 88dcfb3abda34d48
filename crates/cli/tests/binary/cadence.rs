//! Outputs by steps, by time and by the clock.

use crate::bench::Bench;
use crate::resume::same;

const RUN: &str =
    "run --set initial.n=200 --set time.dt=0.1 --set time.steps=12 --set output.pictures=0";

fn rows(bench: &Bench, file: &str) -> Vec<u64> {
    let text = bench.text(file);
    let rows = text.lines().skip(1);
    rows.map(|row| row.split(',').next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn by_time() {
    let bench = Bench::new();
    let run = format!(
        "{RUN} --set output.snapshot_every={{time=0.3}} --set output.diagnostics_every={{time=0.25}}"
    );
    bench.good(&format!("{run} --out straight"));
    assert_eq!(bench.steps("straight"), [0, 3, 6, 9, 12]);
    for file in ["diagnostics.csv", "timings.csv"] {
        let steps = rows(&bench, &format!("straight/{file}"));
        assert_eq!(steps, [0, 3, 5, 8, 10, 12], "{file}");
    }
    // Cut short, and with the configuration that it has written.
    bench.good(&format!("{run} --out o"));
    for left in [1, 3, 4] {
        bench.archive("o").truncate(left).unwrap();
        bench.good("run --resume o");
        same(&bench, "straight", "o");
    }
    bench.good("run straight/config.toml --out again");
    assert_eq!(
        bench.good("diff straight again"),
        "the same: configuration, 5 snapshots, diagnostics.csv\n"
    );
    // A shorter run that is made longer has the rows of the longer one.
    bench.good(&format!("{run} --set time.steps=7 --out short"));
    assert_eq!(bench.steps("short"), [0, 3, 6, 7]);
    bench.good("run --resume short --set time.steps=12");
    let [left, right] =
        ["straight", "short"].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert_eq!(left, right);
    assert_eq!(bench.steps("short"), [0, 3, 6, 7, 9, 12]);
}

#[test]
fn by_the_clock() {
    let bench = Bench::new();
    for (seconds, expected) in [("1e6", vec![0, 12]), ("1e-9", (0..=12).collect())] {
        let out = format!("o{seconds}");
        bench.good(&format!(
            "{RUN} --set output.snapshot_every={{seconds={seconds}}} --out {out}"
        ));
        assert_eq!(bench.steps(&out), expected);
        assert_eq!(rows(&bench, &format!("{out}/diagnostics.csv")).len(), 13);
    }
}

/// How often is no part of the path.
#[test]
fn another_cadence_from_a_snapshot_on() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --set output.snapshot_every=4 --out o"));
    bench.good("run --resume o --snapshot 4 --set output.snapshot_every={time=0.5} --set output.diagnostics_every=2");
    assert_eq!(bench.steps("o"), [0, 4, 5, 10, 12]);
    assert_eq!(rows(&bench, "o/diagnostics.csv"), [0, 2, 4, 6, 8, 10, 12]);
    bench.good(&format!(
        "{RUN} --set output.snapshot_every={{time=0.5}} --set output.diagnostics_every=2 --out straight"
    ));
    for step in [5, 10, 12] {
        assert!(
            bench.snapshot("o", step) == bench.snapshot("straight", step),
            "{step}"
        );
    }
    bench.good(&format!("{RUN} --set output.snapshot_every=5 --out steps"));
    let printed = String::from_utf8(bench.run("diff straight steps").stdout).unwrap();
    for row in [
        "output.snapshot_every        not given → 5\n",
        "output.snapshot_every.time   0.5 → not given\n",
    ] {
        assert!(printed.contains(row), "{printed}");
    }
}

#[test]
fn dry_runs_and_refusals() {
    let bench = Bench::new();
    for (every, told) in [
        ("5", " 4 snapshots, "),
        ("0", " 2 snapshots, "),
        ("{time=0.3}", " 5 snapshots, "),
        ("{time=0.25}", " 6 snapshots, "),
        ("{seconds=1e6}", " about 2 snapshots, "),
        ("{seconds=1e-12}", " about 13 snapshots, "),
    ] {
        let printed = bench.good(&format!(
            "{RUN} --set output.snapshot_every={every} --dry-run"
        ));
        assert!(printed.contains(told), "{every}: {printed}");
    }
    for (setting, parts) in [
        (
            "output.diagnostics_every={seconds=5}",
            [
                "output.diagnostics_every: { seconds = 5.0 } (allowed: ",
                "{ time = … }",
            ],
        ),
        (
            "output.snapshot_every={time=0}",
            ["output.snapshot_every.time: 0", "above 0"],
        ),
        (
            "output.snapshot_every={tim=1}",
            [
                "output.snapshot_every.tim: unknown key",
                "output.snapshot_every.time",
            ],
        ),
        (
            "output.snapshot_every=-1",
            [
                "output.snapshot_every: integer `-1` (allowed: ",
                "a number of steps, { time = … } or { seconds = … }",
            ],
        ),
        (
            "output.snapshot_every={time=1,seconds=1}",
            [
                "output.snapshot_every: both time and seconds (allowed: ",
                "a number of steps",
            ],
        ),
    ] {
        bench.refused_with(&format!("{RUN} --set {setting} --out bad"), &parts);
        assert!(!bench.path("bad").exists());
    }
}

//! Two runs, or two snapshots, compared.

use crate::bench::{Bench, npy};
use std::fs;

const RUN: &str = "run --set initial.n=300 --set time.steps=12 --set output.snapshot_every=5 \
                   --set output.pictures=0 --set field.check_every=4";

/// What is printed, which must differ.
fn differ(bench: &Bench, arguments: &str) -> String {
    let output = bench.run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "farfield {arguments}\n{errors}"
    );
    assert_eq!(errors, "", "farfield {arguments}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line of an error, whose code is that of diff.
fn trouble(bench: &Bench, arguments: &str, parts: &[&str]) {
    let output = bench.run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        output.status.code(),
        Some(2),
        "farfield {arguments}\n{errors}"
    );
    assert!(
        errors.starts_with("error: ") && errors.lines().count() == 1,
        "{errors}"
    );
    for part in parts {
        assert!(
            errors.contains(part),
            "farfield {arguments}\n{errors}\nlacks {part}"
        );
    }
}

/// Words of each line.
fn rows(printed: &str) -> Vec<Vec<&str>> {
    let rows = printed
        .lines()
        .map(|line| line.split_whitespace().collect());
    rows.collect()
}

#[test]
fn the_same() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --threads 1 --out a"));
    bench.good(&format!("{RUN} --threads 2 --out b"));
    let whole = "the same: configuration, 4 snapshots, diagnostics.csv\n";
    assert_eq!(bench.good("diff a b"), whole);
    // Resumed from the middle, with other timings.
    bench.drop_last("b");
    bench.good("run --resume b");
    assert_eq!(bench.good("diff a b"), whole);
    assert!(bench.read("a/timings.csv") != bench.read("b/timings.csv"));
    let one = "the same: configuration and state\n";
    for (run, step) in [("a", 10), ("b", 10), ("a", 12)] {
        bench.good(&format!(
            "export {run} --snapshot {step} --output {run}{step}.ffs"
        ));
    }
    let file = "b10.ffs";
    assert_eq!(bench.good("diff a b --snapshot 5"), one);
    assert_eq!(bench.good("diff a b --snapshot -4"), one);
    assert_eq!(bench.good(&format!("diff a10.ffs {file}")), one);
    // A folder beside a snapshot is its last one.
    let last = "a12.ffs";
    assert_eq!(bench.good(&format!("diff {last} b")), one);
    let printed = differ(&bench, &format!("diff b {file}"));
    assert_eq!(rows(&printed)[0], ["step", "12", "→", "10"]);
}

#[test]
fn configurations_and_states() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --out a"));
    bench.good(&format!(
        "{RUN} --out b --set seed=8 --set output.hamiltonian_every=3 --set field.leaf_capacity=300"
    ));
    let printed = differ(&bench, "diff a b");
    let rows = rows(&printed);
    assert!(rows.contains(&vec!["seed", "7", "→", "8"]), "{printed}");
    assert!(
        rows.contains(&vec!["output.hamiltonian_every", "10", "→", "3"]),
        "{printed}"
    );
    assert!(
        !printed.contains("time.steps") && !printed.contains("only in"),
        "{printed}"
    );
    assert!(
        printed.contains("diagnostics.csv              differs from step 0 on\n"),
        "{printed}"
    );
    // The first state that differs, and the last.
    for (step, name) in [(0, "first"), (12, "last")] {
        for run in ["a", "b"] {
            bench.good(&format!(
                "export {run} --snapshot {step} --output {run}.npy"
            ));
        }
        let [a, b] = ["a.npy", "b.npy"].map(|file| npy(&bench.read(file)).1);
        let distances = a
            .chunks(2)
            .zip(b.chunks(2))
            .map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]));
        let largest = distances
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        let row = rows
            .iter()
            .find(|row| row[..4] == ["positions", "at", "step", &step.to_string()]);
        let row = row.unwrap_or_else(|| panic!("{name}: {printed}"));
        let by: f64 = row[5].parse().unwrap();
        assert!((by / largest.1 - 1.0).abs() < 1e-12, "{name}: {printed}");
        assert_eq!(
            row[6..],
            ["at", "most,", "of", "particle", &largest.0.to_string()]
        );
    }
    assert!(
        !printed.contains("at step 5") && !printed.contains("circulations"),
        "{printed}"
    );
    // The same of one snapshot, whose configuration it holds.
    let one = differ(&bench, "diff a b --snapshot 12");
    assert!(
        one.contains("seed                         7 → 8\n") && one.contains("positions "),
        "{one}"
    );
}

#[test]
fn lengths_rows_and_keys_of_one_alone() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --out a"));
    bench.good(&format!("{RUN} --set time.steps=15 --out b"));
    assert_eq!(
        differ(&bench, "diff a b"),
        "time.steps                   12 → 15\n\
         snapshots                    only in a: step 12\n\
         snapshots                    only in b: step 15\n\
         diagnostics.csv              differs from step 12 on\n"
    );
    // The last state of the shorter run has its energy.
    let core = "--set model.core.kind=gaussian --set model.core.delta=0.1";
    bench.good(&format!("{RUN} {core} --out c"));
    let printed = differ(&bench, "diff a c");
    assert!(
        printed.contains("model.core.delta             not given → 0.1\n"),
        "{printed}"
    );
    // Step 0 has the same particles, but another energy.
    assert!(printed.contains("laws and errors so far at step 0 not the same\n"));
    assert!(printed.contains("positions at step 12 ") && !printed.contains("at step 5"));
    bench.good(&format!("{RUN} --out d"));
    let text = bench.text("d/diagnostics.csv");
    bench.write("d/diagnostics.csv", text.replace("\n7,2.", "\n7,3."));
    let printed = differ(&bench, "diff a d");
    assert_eq!(
        printed,
        "diagnostics.csv              differs from step 7 on\n"
    );
    bench.good(&format!("{RUN} --set initial.n=301 --out e"));
    let printed = differ(&bench, "diff a e --snapshot -1");
    assert!(
        printed.contains("particles                    300 → 301\n"),
        "{printed}"
    );
}

#[test]
fn refusals() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --out a"));
    bench.write("text", "nothing");
    fs::create_dir(bench.path("empty")).unwrap();
    bench.good("export a --snapshot 5 --output 5.ffs");
    trouble(&bench, "diff a nowhere", &["nowhere: not there (allowed: "]);
    trouble(&bench, "diff empty a", &["empty: no snapshots (allowed: "]);
    trouble(&bench, "diff a text", &["text: magic"]);
    trouble(
        &bench,
        "diff a a --snapshot 3",
        &["--snapshot: 3 (allowed: 0, 5, 10, 12; or -1 to -4)"],
    );
    let line = "--snapshot: 0 (allowed: only with a folder or an archive; 5.ffs is one snapshot)";
    trouble(&bench, "diff a 5.ffs --snapshot 0", &[line]);
    bench.usage("diff a", &["<B>"]);
    bench.usage("diff a a --snapshot x", &["--snapshot", "x"]);
    let mut bytes = bench.read("a/snapshots.ffa");
    bytes[bench.place("a", 5).start] ^= 1;
    bench.good(&format!("{RUN} --out b"));
    bench.write("a/snapshots.ffa", &bytes);
    trouble(
        &bench,
        "diff a b",
        &["a/snapshots.ffa: snapshot of step 5: "],
    );
    fs::remove_file(bench.path("b/config.toml")).unwrap();
    trouble(&bench, "diff b b", &["b/config.toml: cannot read: "]);
}

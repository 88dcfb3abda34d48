//! Snapshots by number, wherever one can be named.

use crate::bench::Bench;
use crate::resume::same;
use std::fs;

const RUN: &str = "run --set initial.n=300 --set time.steps=12 --set output.snapshot_every=5 \
                   --set output.picture_pixels=100 --set field.check_every=4";

/// A run with snapshots of steps 0, 5, 10 and 12.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --out o"));
    bench
}

#[test]
fn info_and_export_take_one_by_number() {
    let bench = bench();
    for (number, step) in [
        ("0", 0),
        ("5", 5),
        ("12", 12),
        ("-1", 12),
        ("-2", 10),
        ("-4", 0),
    ] {
        let file = format!("o/snapshots/snapshot-{step:010}.ffs");
        let told = bench.good(&format!("info o --snapshot {number}"));
        assert_eq!(told, bench.good(&format!("info {file}")));
        assert!(told.contains(&format!("{step} of 12, t = ")), "{told}");
        bench.good(&format!("export o --snapshot {number} --output a.npz"));
        bench.good(&format!("export {file} --output b.npz"));
        assert!(bench.read("a.npz") == bench.read("b.npz"), "{number}");
    }
    assert!(bench.good("info o").contains("4 (step 0, 5, 10, 12)"));
}

/// To the same bytes as before; and with fewer steps to what a run of these has.
#[test]
fn a_run_goes_back() {
    let bench = bench();
    bench.good(&format!("{RUN} --out straight"));
    for (number, step) in [("5", 5), ("-2", 10), ("0", 0), ("-1", 12)] {
        let printed = bench.good(&format!("run --resume o --snapshot {number}"));
        assert!(
            printed.contains(&format!("going on from step {step}, ")),
            "{printed}"
        );
        same(&bench, "straight", "o");
    }
    bench.good("run --resume o --snapshot -3 --set time.steps=8 --set output.pictures=2");
    let names = [0, 5, 8].map(|step| format!("snapshot-{step:010}.ffs"));
    assert_eq!(bench.list("o/snapshots"), names);
    let mut pictures = ["animation.gif", "frame.toml"].map(String::from).to_vec();
    pictures.extend([0, 3, 8].map(|step| format!("vorticity-{step:010}.png")));
    assert_eq!(bench.list("o/pictures"), pictures);
    bench.good(&format!(
        "{RUN} --set time.steps=8 --set output.pictures=2 --out shorter"
    ));
    let [left, right] = ["shorter", "o"].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert_eq!(left, right);
    let last = "snapshots/snapshot-0000000008.ffs";
    assert!(bench.read(&format!("shorter/{last}")) == bench.read(&format!("o/{last}")));
    // With what came after it goes an animation that is not made again.
    bench.good("run --resume o --snapshot 0 --set output.pictures=0");
    let pictures = ["frame.toml", "vorticity-0000000000.png"];
    assert_eq!(bench.list("o/pictures"), pictures);
}

#[test]
fn refusals() {
    let bench = bench();
    let before = bench.list("o/snapshots");
    for number in ["3", "13", "-5", "-9223372036854775808"] {
        let line = format!("--snapshot: {number} (allowed: 0, 5, 10, 12; or -1 to -4)");
        bench.refused(&format!("info o --snapshot {number}"), &line);
        bench.refused(
            &format!("export o --snapshot {number} --output s.npy"),
            &line,
        );
        bench.refused(&format!("run --resume o --snapshot {number}"), &line);
    }
    let file = "o/snapshots/snapshot-0000000005.ffs";
    let line = format!("--snapshot: 5 (allowed: only with a folder; {file} is one snapshot)");
    bench.refused(&format!("info {file} --snapshot 5"), &line);
    bench.refused(&format!("export {file} --snapshot 5 --output s.npy"), &line);
    bench.refused(
        "info --snapshot 5",
        "--snapshot: 5 (allowed: only with an output folder)",
    );
    bench.refused_with("info nowhere --snapshot 0", &["nowhere: cannot read: "]);
    bench.refused_with(
        "export nowhere --output s.npy",
        &["nowhere: not there (allowed: "],
    );
    bench.usage("info o --snapshot last", &["--snapshot", "last"]);
    bench.refused(
        "run --snapshot 5 --out p",
        "--snapshot: 5 (allowed: only with --resume)",
    );
    // A snapshot that is asked for must be good, and nothing is removed for one that is not.
    let whole = bench.read(file);
    bench.write(file, &whole[..whole.len() - 1]);
    bench.refused_with(
        "run --resume o --snapshot 5",
        &["snapshot-0000000005.ffs: length"],
    );
    bench.refused_with(
        "run --resume o --snapshot 10 --set seed=8",
        &["seed: 8 (allowed: 7"],
    );
    assert_eq!(bench.list("o/snapshots"), before);
    for name in before {
        fs::remove_file(bench.path("o/snapshots").join(name)).unwrap();
    }
    bench.refused_with("export o --output s.npy", &["o: no snapshots (allowed: "]);
    bench.refused_with("info o", &["o: no snapshots (allowed: "]);
}

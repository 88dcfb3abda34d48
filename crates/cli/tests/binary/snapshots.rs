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
        let told = bench.good(&format!("info o --snapshot {number}"));
        bench.good(&format!("export o --snapshot {number} --output one.ffs"));
        assert!(bench.read("one.ffs") == bench.snapshot("o", step));
        let archive = format!("o/snapshots.ffa --snapshot {number}");
        for other in ["one.ffs", &archive] {
            assert_eq!(told, bench.good(&format!("info {other}")));
        }
        assert!(told.contains(&format!("{step} of 12, t = ")), "{told}");
        bench.good(&format!("export o --snapshot {number} --output a.npz"));
        for other in ["one.ffs", &archive] {
            bench.good(&format!("export {other} --output b.npz"));
            assert!(bench.read("a.npz") == bench.read("b.npz"), "{number}");
        }
    }
    let told = bench.good("info o");
    assert!(
        told.contains("4 (step 0, 5, 10, 12)") && !told.contains("damaged"),
        "{told}"
    );
    assert_eq!(told, bench.good("info o/snapshots.ffa"));
    bench.good("export o/snapshots.ffa --output all.pvd");
    assert_eq!(bench.list("all-states").len(), 4);
}

/// To the same bytes as before; and with fewer steps to what a run of these has.
#[test]
fn a_run_goes_back() {
    let bench = bench();
    bench.good(&format!("{RUN} --out straight"));
    for (number, step) in [("5", 5), ("-2", 10), ("0", 0), ("-1", 12)] {
        let printed = bench.good(&format!("run --resume o --snapshot {number}"));
        assert!(
            printed.contains(&format!("going on from step {step}, o/snapshots.ffa")),
            "{printed}"
        );
        let later = [0, 5, 10, 12].iter().filter(|later| **later > step).count();
        let went = format!("went back to step {step}: removed {later} snapshot");
        assert!(printed.contains(&went), "{printed}");
        same(&bench, "straight", "o");
    }
    bench.good("run --resume o --snapshot -3 --set time.steps=8 --set output.pictures=2");
    assert_eq!(bench.steps("o"), [0, 5, 8]);
    let mut pictures = ["animation.gif", "frame.toml"].map(String::from).to_vec();
    pictures.extend([0, 3, 8].map(|step| format!("vorticity-{step:010}.png")));
    assert_eq!(bench.list("o/pictures"), pictures);
    bench.good(&format!(
        "{RUN} --set time.steps=8 --set output.pictures=2 --out shorter"
    ));
    let [left, right] = ["shorter", "o"].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert_eq!(left, right);
    assert!(bench.snapshot("shorter", 8) == bench.snapshot("o", 8));
    // With what came after it goes an animation that is not made again.
    bench.good("run --resume o --snapshot 0 --set output.pictures=0");
    let pictures = ["frame.toml", "vorticity-0000000000.png"];
    assert_eq!(bench.list("o/pictures"), pictures);
}

#[test]
fn refusals() {
    let bench = bench();
    let before = bench.read("o/snapshots.ffa");
    bench.good("export o --snapshot 5 --output 5.ffs");
    for number in ["3", "13", "-5", "-9223372036854775808"] {
        let line = format!("--snapshot: {number} (allowed: 0, 5, 10, 12; or -1 to -4)");
        bench.refused(&format!("info o --snapshot {number}"), &line);
        bench.refused(
            &format!("export o --snapshot {number} --output s.npy"),
            &line,
        );
        bench.refused(&format!("run --resume o --snapshot {number}"), &line);
    }
    let line = "--snapshot: 5 (allowed: only with a folder or an archive; 5.ffs is one snapshot)";
    bench.refused("info 5.ffs --snapshot 5", line);
    bench.refused("export 5.ffs --snapshot 5 --output s.npy", line);
    bench.refused(
        "info --snapshot 5",
        "--snapshot: 5 (allowed: only with an output folder or an archive)",
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
    let mut damaged = before.clone();
    damaged[bench.place("o", 5).end - 1] ^= 1;
    bench.write("o/snapshots.ffa", &damaged);
    bench.refused_with(
        "run --resume o --snapshot 5",
        &["o/snapshots.ffa: snapshot of step 5: bytes: wrong checksum"],
    );
    bench.refused_with(
        "run --resume o --snapshot 10 --set seed=8",
        &["seed: 8 (allowed: 7"],
    );
    assert!(bench.read("o/snapshots.ffa") == damaged);
    for arguments in [
        "export o --output s.npy",
        "info o",
        "run --resume o",
        "diff o o",
    ] {
        let refused = |found: &str| {
            let output = bench.run(arguments);
            let errors = String::from_utf8(output.stderr).unwrap();
            let line = format!("error: o: {found} (allowed: a folder that `farfield run` wrote");
            assert!(errors.starts_with(&line), "{arguments}\n{errors}");
        };
        for length in [0, 5, 12] {
            bench.write("o/snapshots.ffa", &before[..length]);
            refused("no snapshots");
        }
        fs::remove_file(bench.path("o/snapshots.ffa")).unwrap();
        refused("no snapshots");
        fs::create_dir(bench.path("o/snapshots")).unwrap();
        refused("a folder `snapshots`, as earlier versions wrote it, and no snapshots.ffa");
        fs::remove_dir(bench.path("o/snapshots")).unwrap();
    }
    bench.write("other.ffa", "something else");
    bench.refused_with(
        "info other.ffa",
        &["other.ffa: other bytes (allowed: an archive of snapshots"],
    );
}

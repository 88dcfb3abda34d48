//! Operators that are kept from one call to the next.

use crate::bench::{Bench, npz};
use serde_json::Value;
use std::fs;

const EVAL: &str =
    "eval --kernel riesz:s=0.5 --sources x.npy --strengths w.npy --tolerance 1e-3 --report r.json";

/// 1000 charges in space.
fn bench() -> Bench {
    let bench = Bench::new();
    let (x, w) = bench.cloud(1500);
    bench.array("x.npy", &[1000, 3], &x[..3000]);
    bench.array("w.npy", &[1000], &w[..1000]);
    bench
}

/// What the report says of operators.
fn found(bench: &Bench) -> Value {
    let report: Value = serde_json::from_str(&bench.text("r.json")).unwrap();
    report["operators"].clone()
}

fn counts(bench: &Bench) -> [u64; 3] {
    let found = found(bench);
    ["made", "from_disk", "kept"].map(|name| found[name].as_u64().unwrap())
}

#[test]
fn the_next_call_reads_them() {
    let bench = bench();
    let eval = format!("{EVAL} --operators kept --output u.npy");
    let printed = bench.good(&eval);
    assert!(printed.contains("(1 set made, kept in kept)"), "{printed}");
    assert_eq!(counts(&bench), [1, 0, 1]);
    let first = bench.read("u.npy");
    assert_eq!(found(&bench)["folder"], "kept");
    assert_eq!(found(&bench)["not_kept"], Value::Null);
    let printed = bench.good(&eval);
    assert!(printed.contains("(1 set read)"), "{printed}");
    assert_eq!(counts(&bench), [0, 1, 0]);
    assert!(bench.read("u.npy") == first, "other bits from disk");
    bench.good(&format!("{EVAL} --operators none --output u.npy"));
    assert_eq!(counts(&bench), [1, 0, 0]);
    assert_eq!(found(&bench)["folder"], Value::Null);
    assert!(bench.read("u.npy") == first, "other bits without a folder");

    let [name] = &bench.list("kept")[..] else {
        panic!("one file")
    };
    let name = format!("kept/{name}");
    let whole = bench.read(&name);
    bench.write(&name, &whole[..whole.len() / 2]);
    bench.good(&eval);
    assert_eq!(counts(&bench), [1, 0, 1]);
    assert!(bench.read(&name) == whole && bench.read("u.npy") == first);
    assert_eq!(bench.list("kept").len(), 1);
}

/// Where nothing is said: in the user's cache.
#[test]
fn the_default_folder() {
    let bench = bench();
    for expected in [[1, 0, 1], [0, 1, 0]] {
        bench.good(EVAL);
        assert_eq!(counts(&bench), expected);
    }
    let folder = found(&bench)["folder"].as_str().unwrap().to_string();
    assert!(folder.ends_with("operators"), "{folder}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    assert_eq!(bench.list("."), ["r.json", "w.npy", "x.npy"]);
}

#[test]
fn a_default_folder_that_cannot_be_used_stops_nothing() {
    let bench = bench();
    bench.write("file", "in the way");
    let mut command = bench.command(EVAL);
    command.env("XDG_CACHE_HOME", bench.path("file"));
    command.env("LOCALAPPDATA", bench.path("file"));
    let output = command.output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("not kept: folder of operators: "),
        "{printed}"
    );
    assert_eq!(counts(&bench), [1, 0, 0]);
    let why = found(&bench)["not_kept"].to_string();
    assert!(why.contains("folder of operators: "), "{why}");
    // Operators in the plane at this tolerance are not kept anywhere, and other kernels have none.
    bench.cloud(100);
    let eval = EVAL.replace("riesz:s=0.5", "coulomb");
    bench.good(&eval);
    assert_eq!(found(&bench), Value::Null);
}

#[test]
fn a_named_folder_must_be_usable() {
    let bench = bench();
    bench.write("file", "in the way");
    for command in [EVAL, "check --n 100", "bench --to 300 --out b"] {
        bench.refused_with(
            &format!("{command} --operators file"),
            &[
                "folder of operators: file: ",
                "(allowed: one that can be written)",
            ],
        );
    }
    assert_eq!(bench.list("."), ["file", "w.npy", "x.npy"]);
    bench.refused(
        &format!("{EVAL} --method direct --operators kept"),
        "--operators: given for --method direct (allowed: with --method fmm)",
    );
    bench.usage(
        "bench --calibrate c.toml --operators kept",
        &["cannot be used with"],
    );
}

#[test]
fn every_command_that_sums() {
    let bench = bench();
    let kernel = "--kernel riesz:s=0.5 --dimension 3 --operators kept";
    bench.good(&format!("check {kernel} --n 500 --tolerances 1e-3"));
    assert_eq!(bench.list("kept").len(), 1);
    bench.good(&format!(
        "bench {kernel} --tolerance 1e-3 --from 250 --to 300 --rounds 1 --out b"
    ));
    // Of the same kernel and tolerance: it may ask for other nodes, as potentials are not wanted.
    assert!((1..=2).contains(&bench.list("kept").len()));
    let report: Value = serde_json::from_str(&bench.text("b/bench.json")).unwrap();
    assert_eq!(report["operators"]["folder"], "kept");
    let landau = EVAL.replace("riesz:s=0.5", "landau:gamma=-1");
    for expected in [[2, 0, 2], [0, 2, 0]] {
        bench.good(&format!("{landau} --operators landau --output s.npz"));
        assert_eq!(counts(&bench), expected);
        npz(&bench.path("s.npz"), "a");
    }
    // The expansions of Coulomb's collisions are harmonic.
    let coulomb = EVAL.replace("riesz:s=0.5", "landau:gamma=-3");
    bench.good(&format!("{coulomb} --operators landau --output s.npz"));
    assert_eq!(found(&bench), Value::Null);
    assert_eq!(bench.list("landau").len(), 2);
}

//! The constants of the cost model. Nothing here depends on how long anything took.

use crate::bench::Bench;
use farfield::Costs;

/// A file for the instruction set of this machine, in which far cells cost so much that all points stay in one leaf.
fn costs() -> String {
    let set = lanes::Chosen::detect().set();
    let mut text =
        format!("version = 3\ninstruction_set = \"{set}\"\ndimension = 2\n[nanoseconds]\n");
    for name in Costs::NAMES {
        let value = if name == "m2l_cell" { 1e6 } else { 1.0 };
        text += &format!("{name} = {value:?}\n");
    }
    text
}

fn json(bench: &Bench, name: &str) -> serde_json::Value {
    serde_json::from_str(&bench.text(name)).unwrap()
}

const EVAL: &str =
    "eval --kernel biot-savart --tolerance 1e-6 --sources x.npy --strengths w.npy --report r.json";

#[test]
fn calibrate_writes_what_costs_reads() {
    let bench = Bench::new();
    let printed = bench.good("bench --calibrate c.toml --rounds 1");
    let text = bench.text("c.toml");
    for name in Costs::NAMES {
        assert!(printed.contains(&format!("\n{name} ")), "{printed}");
        assert!(text.contains(&format!("\n{name} = ")), "{text}");
    }
    assert!(printed.contains("shipped") && printed.ends_with("use it with --costs c.toml\n"));
    assert_eq!(bench.list("."), ["c.toml"]);
    bench.cloud(2000);
    bench.good(&format!("{EVAL} --costs c.toml"));
    bench.good("check --n 2000 --tolerances 1e-6 --costs c.toml");
    bench.refused(
        "check --dimension 3 --costs c.toml",
        "--costs: measured in 2 dimensions (allowed: measured in 3, as the points have)",
    );
    bench.good("bench --from 500 --to 1000 --rounds 1 --costs c.toml --out b");
    bench.good("run --set initial.n=2000 --set time.steps=1 --dry-run --costs c.toml");
}

#[test]
fn calibrates_in_space() {
    let bench = Bench::new();
    let printed = bench.good("bench --calibrate c.toml --dimension 3 --rounds 1");
    assert!(printed.starts_with("calibrating in 3 dimensions on one core"));
    bench.good("check --dimension 3 --n 2000 --tolerances 1e-3 --costs c.toml");
    bench.good("bench --dimension 3 --from 500 --to 1000 --rounds 1 --costs c.toml --out b");
    bench.refused(
        "bench --costs c.toml --out planar",
        "--costs: measured in 3 dimensions (allowed: measured in 2, as the points have)",
    );
    bench.refused(
        "run --set initial.n=2000 --set time.steps=1 --dry-run --costs c.toml",
        "--costs: measured in 3 dimensions (allowed: measured in 2, as the points have)",
    );
}

#[test]
fn calibrate_takes_no_other_settings() {
    let bench = Bench::new();
    let parts = ["--calibrate", "cannot be used with"];
    bench.usage("bench --calibrate c.toml --threads 2", &parts);
    bench.usage("bench --calibrate c.toml --tolerance 1e-3", &parts);
    bench.refused(
        "bench --calibrate no/c.toml",
        "folder of no/c.toml: not there (allowed: a folder that exists)",
    );
    assert!(bench.list(".").is_empty());
}

#[test]
fn constants_choose_the_leaf_capacity() {
    let bench = Bench::new();
    bench.cloud(5000);
    bench.write("c.toml", costs());
    bench.good(EVAL);
    let shipped = json(&bench, "r.json");
    assert!(shipped["leaf_capacity"].as_u64().unwrap() < 200);
    bench.good(&format!("{EVAL} --costs c.toml"));
    assert_eq!(json(&bench, "r.json")["leaf_capacity"], 5000);
    bench.good("bench --from 5000 --to 5000 --rounds 1 --costs c.toml --out b");
    assert_eq!(
        json(&bench, "b/bench.json")["rows"][0]["leaf_capacity"],
        5000
    );
}

#[test]
fn a_run_keeps_the_leaf_capacity_that_it_began_with() {
    let bench = Bench::new();
    bench.write("c.toml", costs());
    let run = "run --set initial.n=3000 --set output.pictures=0";
    bench.good(&format!(
        "{run} --set time.steps=6 --out straight --costs c.toml"
    ));
    bench.good(&format!("{run} --set time.steps=3 --out o --costs c.toml"));
    assert!(bench.text("o/config.toml").contains("leaf_capacity = 3000"));
    bench.usage(
        "run --resume o --costs c.toml",
        &["--resume", "cannot be used with"],
    );
    bench.good("run --resume o --set time.steps=6");
    let [left, right] = ["straight", "o"].map(|run| bench.snapshot(run, 6));
    assert!(left == right);
    assert_eq!(json(&bench, "o/summary.json")["leaf_capacity"], 3000);
    // Without the configuration's, the snapshot's.
    let config = bench
        .text("o/config.toml")
        .replace("leaf_capacity = 3000\n", "");
    bench.write("o/config.toml", config);
    bench.good("run --resume o --set time.steps=7");
    assert!(bench.text("o/config.toml").contains("leaf_capacity = 3000"));
    bench.refused(
        "run --set field.leaf_capacity=40 --costs c.toml",
        "--costs: given beside field.leaf_capacity = 40 (allowed: one of them)",
    );
}

#[test]
fn bad_constants_are_refused_before_anything_happens() {
    let bench = Bench::new();
    bench.cloud(100);
    let costs = costs();
    let cut = &costs[..costs.find("p2m_term").unwrap()];
    let bad = [
        (
            "old.toml",
            costs.replace("version = 3", "version = 2"),
            "version: 2 (allowed: 3)",
        ),
        (
            "cut.toml",
            cut.into(),
            "nanoseconds.p2m_term: missing (allowed: a number)",
        ),
        (
            "negative.toml",
            costs.replace("leaf = 1.0", "leaf = -1.0"),
            "nanoseconds.leaf: -1e0 (allowed: 1e-6 to 1e6 nanoseconds)",
        ),
        (
            "nan.toml",
            costs.replace("leaf = 1.0", "leaf = nan"),
            "nanoseconds.leaf: NaN (allowed: 1e-6 to 1e6 nanoseconds)",
        ),
        (
            "no.toml",
            costs.replace("leaf = 1.0", "leaf = = 1.0"),
            "line ",
        ),
    ];
    for (name, text, expected) in bad {
        bench.write(name, text);
        for command in [EVAL, "run --out o", "check", "bench --out o"] {
            let parts = ["'--costs <FILE>'", &format!("{name}: {expected}")];
            bench.usage(&format!("{command} --costs {name}"), &parts);
        }
    }
    bench.usage(
        &format!("{EVAL} --costs none.toml"),
        &["none.toml: cannot read"],
    );
    assert!(!bench.path("o").exists() && !bench.path("r.json").exists());
}

#[test]
fn constants_belong_to_an_instruction_set() {
    let bench = Bench::new();
    bench.cloud(100);
    let set = lanes::Chosen::detect().set().to_string();
    let other = if set == "scalar" { "neon" } else { "scalar" };
    bench.write("c.toml", costs().replace(&set, other));
    let expected = format!(
        "--costs: measured with {other} (allowed: measured with {set}, which is used here)"
    );
    for command in [EVAL, "check", "bench --out o", "run --out o"] {
        bench.refused(&format!("{command} --costs c.toml"), &expected);
    }
    assert!(!bench.path("o").exists());
}

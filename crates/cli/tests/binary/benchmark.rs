//! `bench`: what it leaves, and what it refuses. Nothing here depends on how long anything took.

use crate::bench::Bench;
use std::collections::HashMap;
use std::fs;

const COLUMNS: [&str; 24] = [
    "n",
    "plan_seconds",
    "sort_seconds",
    "tree_seconds",
    "list_seconds",
    "evaluate_seconds",
    "permute_seconds",
    "upward_seconds",
    "downward_seconds",
    "leaves_seconds",
    "leaf_capacity",
    "predicted_tree_and_list_seconds",
    "predicted_upward_seconds",
    "predicted_downward_seconds",
    "predicted_leaves_seconds",
    "predicted_near_seconds",
    "direct_seconds",
    "direct_seconds_extrapolated",
    "direct_over_plan_and_evaluate",
    "tolerance",
    "field_error",
    "potential_error",
    "gradient_error",
    "error_targets",
];

/// A line of `bench.csv`: what its fields hold, empty ones left out.
type Row = HashMap<&'static str, f64>;

fn rows(bench: &Bench, folder: &str) -> Vec<Row> {
    let text = bench.text(&format!("{folder}/bench.csv"));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(COLUMNS.join(",").as_str()));
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields.len(), COLUMNS.len(), "{line}");
        let named = COLUMNS.into_iter().zip(fields);
        let filled = named.filter(|(_, field)| !field.is_empty());
        filled
            .map(|(name, field)| (name, field.parse().unwrap()))
            .collect()
    };
    lines.map(row).collect()
}

const SMALL: &str = "bench --to 2000 --direct-up-to 1000 --rounds 1";

#[test]
fn in_space() {
    let bench = Bench::new();
    let printed = bench.good(&format!(
        "{SMALL} --dimension 3 --outputs field,potential --tolerance 1e-3 --cloud gaussian --out o"
    ));
    assert!(
        printed.starts_with("coulomb in 3 dimensions, field and potential to 1e-3, gaussian cloud"),
        "{printed}"
    );
    for row in rows(&bench, "o") {
        for error in ["field_error", "potential_error"] {
            assert!(0.0 < row[error] && row[error] <= 1e-3, "{row:?}");
        }
    }
    // Sources that carry vectors.
    bench.good(
        "bench --dimension 3 --kernel biot-savart --outputs field,gradient --to 500 --rounds 1 --out vectors",
    );
    for row in rows(&bench, "vectors") {
        for error in ["field_error", "gradient_error"] {
            assert!(row[error] <= 1e-6, "{row:?}");
        }
    }
    // Cores.
    bench.good(
        "bench --dimension 3 --kernel biot-savart:core=algebraic,delta=0.001 --tolerance 1e-3 --to 500 --rounds 1 --out core",
    );
    for row in rows(&bench, "core") {
        assert!(row["field_error"] <= 1e-3, "{row:?}");
    }
    bench.usage("bench --dimension 4", &["--dimension", "4"]);
    assert_eq!(bench.list("."), ["core", "o", "vectors"]);
}

#[test]
fn a_small_bench_leaves_rows_that_agree() {
    let bench = Bench::new();
    let printed = bench.good(&format!("{SMALL} --outputs field,potential --out o"));
    for part in [
        "field and potential to 1e-6",
        "speed-up",
        "downward",
        "~ ",
        "wrote o",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    let files = [".lock", "bench.csv", "bench.json", "bench.svg"];
    assert_eq!(bench.list("o"), files);
    let rows = rows(&bench, "o");
    let sizes: Vec<f64> = rows.iter().map(|row| row["n"]).collect();
    assert_eq!(sizes, [250.0, 500.0, 1000.0, 2000.0]);
    for row in &rows {
        for error in ["field_error", "potential_error"] {
            assert!(row[error] <= 1e-6 && row["tolerance"] == 1e-6, "{row:?}");
        }
        let parts = |names: &[&str]| names.iter().map(|name| row[name]).sum::<f64>();
        let plan = parts(&["sort_seconds", "tree_seconds", "list_seconds"]);
        let passes =
            ["permute", "upward", "downward", "leaves"].map(|pass| format!("{pass}_seconds"));
        let passes = parts(&passes.each_ref().map(String::as_str));
        assert!(0.0 < plan && plan <= row["plan_seconds"], "{row:?}");
        assert!(0.0 < passes && passes <= row["evaluate_seconds"], "{row:?}");
        // Measured or extrapolated, never both.
        let extrapolated = row["n"] > 1000.0;
        assert_eq!(row.contains_key("direct_seconds"), !extrapolated);
        assert_eq!(
            row.contains_key("direct_seconds_extrapolated"),
            extrapolated
        );
        let name = if extrapolated {
            "direct_seconds_extrapolated"
        } else {
            "direct_seconds"
        };
        let ratio = row[name] / (row["plan_seconds"] + row["evaluate_seconds"]);
        assert!((ratio / row["direct_over_plan_and_evaluate"] - 1.0).abs() < 1e-12);
    }
    // Twice the points, four times the pairs.
    let last = rows[3]["direct_seconds_extrapolated"] / rows[2]["direct_seconds"];
    assert!((last - 4.0).abs() < 1e-12);
    let targets: Vec<f64> = rows.iter().map(|row| row["error_targets"]).collect();
    assert_eq!(targets, [250.0, 500.0, 1000.0, 1000.0]);
}

#[test]
fn json_has_the_same_rows_and_says_what_was_timed() {
    let bench = Bench::new();
    bench.good(&format!(
        "{SMALL} --kernel coulomb --precision f32 --tolerance 1e-5 --cloud gaussian --threads 1 --isa scalar --out o"
    ));
    let json: serde_json::Value = serde_json::from_str(&bench.text("o/bench.json")).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    let machine = serde_json::json!({"threads": 1, "isa": "scalar"});
    assert_eq!(json["machine"], machine);
    let settings = serde_json::json!({
        "kernel": "coulomb", "dimension": 2, "tolerance": 1e-5, "precision": "f32", "cloud": "gaussian", "outputs": ["field"],
        "from": 250, "to": 2000, "direct_up_to": 1000, "rounds": 1,
    });
    assert_eq!(json["settings"], settings);
    let rows = rows(&bench, "o");
    assert_eq!(json["rows"].as_array().unwrap().len(), rows.len());
    for (row, json) in rows.iter().zip(json["rows"].as_array().unwrap()) {
        assert!(row["field_error"] <= 1e-5 && !row.contains_key("potential_error"));
        for name in COLUMNS {
            match (row.get(name), json[name].as_f64()) {
                // The reader of JSON rounds.
                (Some(csv), Some(json)) => assert!((csv - json).abs() <= 1e-14 * csv.abs()),
                (None, None) => assert!(json[name].is_null()),
                found => panic!("{name}: {found:?}"),
            }
        }
    }
    let crossover = &json["crossover"];
    match crossover["position"].as_str().unwrap() {
        "between" => {
            let n = crossover["n"].as_f64().unwrap();
            assert!((250.0..2000.0).contains(&n));
            assert_eq!(crossover["extrapolated"], n > 1000.0);
        }
        "below" => assert_eq!(crossover["n"], 250),
        "above" => assert_eq!(crossover["n"], 2000),
        other => panic!("{other}"),
    }
}

/// An XML parser that the writer does not share.
#[test]
fn the_plot_shows_every_point() {
    let bench = Bench::new();
    bench.good(&format!("{SMALL} --out o"));
    let text = bench.text("o/bench.svg");
    let svg = roxmltree::Document::parse(&text).unwrap();
    let named = |name: &'static str| {
        svg.descendants()
            .filter(move |node| node.has_tag_name(name))
    };
    let words: Vec<&str> = named("text")
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect();
    for expected in [
        "direct sum",
        "direct sum, extrapolated",
        "plan and evaluation",
        "evaluation alone",
        "time of a sum",
        "1,000",
        "1 ms",
    ] {
        assert!(words.contains(&expected), "{expected}: {words:?}");
    }
    // Three direct sums, four of plan and evaluation, four of evaluation; and three in the legend.
    assert_eq!(named("circle").count(), 3 + 4 + 4 + 3);
    let crossover =
        |word: &&str| word.contains("faster from N ≈") || word.contains("the crossover lies");
    assert_eq!(
        words.iter().copied().filter(crossover).count(),
        1,
        "{words:?}"
    );
}

#[test]
fn the_smallest_clouds() {
    let bench = Bench::new();
    for cloud in ["uniform", "gaussian", "spiral"] {
        for (precision, tolerance) in [("f64", 1e-14), ("f32", 1e-6)] {
            let out = format!("{cloud}-{precision}");
            bench.good(&format!(
                "bench --from 1 --to 2 --rounds 1 --cloud {cloud} --precision {precision} --tolerance {tolerance:e} --out {out}"
            ));
            let rows = rows(&bench, &out);
            assert_eq!(rows.len(), 2);
            assert_eq!(rows[0]["field_error"], 0.0);
            assert!(rows[1]["field_error"] <= tolerance);
        }
    }
    // Without a direct sum there is no crossover, and the check is on a sample.
    let printed = bench.good("bench --from 3000 --to 3000 --direct-up-to 0 --rounds 1 --out none");
    assert!(printed.contains("no crossover"), "{printed}");
    let rows = rows(&bench, "none");
    assert_eq!(rows[0]["error_targets"], 1000.0);
    assert!(!rows[0].contains_key("direct_over_plan_and_evaluate"));
}

#[test]
fn settings_that_are_refused() {
    let bench = Bench::new();
    for (arguments, expected) in [
        ("--from 0", "--from: 0 (allowed: 1 to 100000000)"),
        ("--to 0", "--to: 0 (allowed: 1 to 100000000)"),
        ("--rounds 0", "--rounds: 0 (allowed: 1 to 1000)"),
        (
            "--from 30 --to 20",
            "--from: 30 (allowed: at most 20, which is --to)",
        ),
        (
            "--to 100",
            "--from: 250 (allowed: at most 100, which is --to)",
        ),
        (
            "--tolerance 1e-15",
            "tolerance: 1e-15 (allowed: 1e-14 to 0.1 in f64)",
        ),
        (
            "--tolerance -1",
            "tolerance: -1e0 (allowed: 1e-14 to 0.1 in f64)",
        ),
        (
            "--tolerance nan",
            "tolerance: NaN (allowed: 1e-14 to 0.1 in f64)",
        ),
        (
            "--tolerance 1e-7 --precision f32",
            "tolerance: 1e-7 (allowed: 1e-6 to 0.1 in f32)",
        ),
    ] {
        bench.refused(&format!("bench {arguments}"), expected);
    }
    bench.usage(
        "bench --cloud disc",
        &["'disc'", "possible values: uniform, gaussian, spiral"],
    );
    bench.usage(
        "bench --kernel biot",
        &["'biot' (allowed: biot-savart, coulomb, riesz, radial, landau)"],
    );
    bench.usage(
        "bench --precision f16",
        &["'f16'", "possible values: f64, f32"],
    );
    bench.usage(
        "bench --outputs hessian",
        &["possible values: field, potential"],
    );
    bench.usage("bench --from -1", &["'-1'"]);
    bench.usage("bench --to 1e6", &["'1e6' for '--to <N>'"]);
    // Nothing was begun.
    assert_eq!(bench.list("."), [""; 0]);
}

#[test]
fn folders() {
    let bench = Bench::new();
    let tiny = "bench --from 2 --to 2 --rounds 1";
    bench.write("file", "mine");
    bench.refused(
        &format!("{tiny} --out file"),
        "--out: file is a file (allowed: a new or empty folder; results are never overwritten)",
    );
    bench.refused_with(
        &format!("{tiny} --out file/inner"),
        &["file/inner", "Not a directory"],
    );
    fs::create_dir(bench.path("full")).unwrap();
    bench.write("full/thing", "mine");
    bench.refused(
        &format!("{tiny} --out full"),
        "--out: full holds something (allowed: a new or empty folder; results are never overwritten)",
    );
    assert_eq!(bench.list("full"), ["thing"]);
    // What a bench leaves that was stopped before its end.
    fs::create_dir(bench.path("stopped")).unwrap();
    bench.write("stopped/.lock", "");
    bench.good(&format!("{tiny} --out stopped"));
    let earlier = bench.read("stopped/bench.csv");
    bench.refused_with(
        &format!("{tiny} --out stopped"),
        &["stopped holds something"],
    );
    assert_eq!(bench.read("stopped/bench.csv"), earlier);
    // The default name never meets an earlier bench.
    bench.good(tiny);
    bench.good(tiny);
    assert!(bench.path("farfield-bench/bench.svg").exists());
    assert!(bench.path("farfield-bench-2/bench.svg").exists());
}

/// Points whose logarithms nearly cancel: more than f32 can give to 1e-6. Roundings decide which number of them fails.
#[test]
fn a_size_that_fails_leaves_the_rows_before_it() {
    let bench = Bench::new();
    let output = bench.run(
        "bench --from 25 --to 200 --cloud spiral --rounds 1 --precision f32 --outputs field,potential --isa scalar --out b",
    );
    assert!(!output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let all = [25.0, 50.0, 100.0, 200.0];
    let failed = (0..4).find(|&k| stderr.contains(&format!("N = {}: the ", all[k])));
    let failed = failed.unwrap_or_else(|| panic!("{stderr}"));
    assert!(failed > 0, "{stderr}");
    let sizes: Vec<f64> = rows(&bench, "b").iter().map(|row| row["n"]).collect();
    assert_eq!(sizes, all[..failed]);
    let json: serde_json::Value = serde_json::from_str(&bench.text("b/bench.json")).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), failed);
    assert!(bench.text("b/bench.svg").contains("</svg>"));
}

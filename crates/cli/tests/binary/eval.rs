//! `eval` and `check`.

use crate::bench::{Bench, npy, npz};
use std::f64::consts::TAU;

const EVAL: &str = "eval --kernel biot-savart --sources x.npy --strengths w.npy";

/// Biot–Savart velocity and stream function at x, written down again.
fn exact(x: [f64; 2], sources: &[f64], strengths: &[f64]) -> ([f64; 2], f64) {
    let (mut u, mut psi) = ([0.0, 0.0], 0.0);
    for (y, w) in sources.chunks(2).zip(strengths) {
        let z = [x[0] - y[0], x[1] - y[1]];
        let r2 = z[0] * z[0] + z[1] * z[1];
        if r2 > 0.0 {
            u[0] -= w * z[1] / (TAU * r2);
            u[1] += w * z[0] / (TAU * r2);
            psi -= w * 0.5 * r2.ln() / TAU;
        }
    }
    (u, psi)
}

pub(crate) fn relative_error(found: &[f64], exact: &[f64]) -> f64 {
    assert_eq!(found.len(), exact.len());
    let norm = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut found.iter().zip(exact).map(|(a, b)| a - b)) / norm(&mut exact.iter().copied())
}

#[test]
fn field_and_potential_of_the_sources() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(3000);
    bench.good(&format!(
        "{EVAL} --tolerance 1e-6 --outputs field,potential --output u.npz"
    ));
    let (shape, field) = npy(&npz(&bench.path("u.npz"), "field"));
    assert_eq!(shape, [3000, 2]);
    let (shape, potential) = npy(&npz(&bench.path("u.npz"), "potential"));
    assert_eq!(shape, [3000]);
    let all: Vec<_> = x
        .chunks(2)
        .map(|at| exact([at[0], at[1]], &x, &w))
        .collect();
    let expected: Vec<f64> = all.iter().flat_map(|(u, _)| *u).collect();
    let error = relative_error(&field, &expected);
    assert!((1e-10..1e-6).contains(&error), "{error}");
    let expected: Vec<f64> = all.iter().map(|(_, psi)| *psi).collect();
    assert!(relative_error(&potential, &expected) < 1e-6);
}

#[test]
fn targets_and_several_strength_vectors() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(200);
    let two: Vec<f64> = w.iter().flat_map(|w| [*w, 3.0 - w]).collect();
    bench.array("w.npy", &[200, 2], &two);
    let targets = [0.3, 0.1, -2.0, 5.0, 0.0, 0.0];
    bench.array("t.npy", &[3, 2], &targets);
    let several = format!("{EVAL} --targets t.npy --tolerance 1e-9 --outputs field,potential");
    for method in ["fmm", "direct"] {
        bench.good(&format!("{several} --output u.npz --method {method}"));
        let (shape, field) = npy(&npz(&bench.path("u.npz"), "field"));
        assert_eq!(shape, [3, 2, 2]);
        let (shape, potential) = npy(&npz(&bench.path("u.npz"), "potential"));
        assert_eq!(shape, [3, 2]);
        for (i, at) in targets.chunks(2).enumerate() {
            for k in 0..2 {
                let strengths: Vec<f64> = two.iter().skip(k).step_by(2).copied().collect();
                let (u, psi) = exact([at[0], at[1]], &x, &strengths);
                let found = &field[4 * i + 2 * k..][..2];
                assert!(relative_error(found, &u) < 1e-8, "{method} {i} {k}");
                assert!(
                    (potential[2 * i + k] - psi).abs() < 1e-8,
                    "{method} {i} {k}"
                );
            }
        }
    }
    // Shape (N, 1) is one vector of several.
    bench.array("w.npy", &[200, 1], &w);
    bench.good(&format!("{EVAL} --tolerance 1e-3 --output u.npy"));
    assert_eq!(npy(&bench.read("u.npy")).0, [200, 1, 2]);
}

/// Charges in space: force and potential against the sum written down again, at targets of their own and at the sources.
#[test]
fn positions_in_space() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(6000);
    let (x, w) = (&x[..6000], &w[..2000]);
    bench.array("x.npy", &[2000, 3], x);
    bench.array("w.npy", &[2000], w);
    bench.array("t.npy", &[1000, 3], &x[..3000]);
    let exact = |at: &[f64]| {
        let mut sums = [0.0; 4];
        for (y, w) in x.chunks(3).zip(w) {
            let z = [0, 1, 2].map(|a| at[a] - y[a]);
            let r = z.iter().map(|z| z * z).sum::<f64>().sqrt();
            if r > 0.0 {
                (0..3).for_each(|a| sums[a] += w * z[a] / (2.0 * TAU * r.powi(3)));
                sums[3] += w / (2.0 * TAU * r);
            }
        }
        sums
    };
    let all: Vec<[f64; 4]> = x.chunks(3).map(exact).collect();
    let eval = "eval --kernel coulomb --sources x.npy --strengths w.npy --outputs field,potential --output u.npz";
    for (targets, rows) in [("", 2000), (" --targets t.npy", 1000)] {
        for how in [
            "--tolerance 1e-6 --verify 200 --report r.json",
            "--method direct",
        ] {
            bench.good(&format!("{eval} {how}{targets}"));
            let (shape, field) = npy(&npz(&bench.path("u.npz"), "field"));
            assert_eq!(shape, [rows, 3]);
            let (shape, potential) = npy(&npz(&bench.path("u.npz"), "potential"));
            assert_eq!(shape, [rows]);
            let expected: Vec<f64> = all[..rows as usize]
                .iter()
                .flat_map(|u| u[..3].to_vec())
                .collect();
            assert!(relative_error(&field, &expected) < 1e-6);
            let expected: Vec<f64> = all[..rows as usize].iter().map(|u| u[3]).collect();
            assert!(relative_error(&potential, &expected) < 1e-6);
        }
    }
    let report: serde_json::Value = serde_json::from_str(&bench.text("r.json")).unwrap();
    assert_eq!(report["dimension"], 3);
    assert!(report["measured_error_bound"].as_f64().unwrap() <= 1e-6);
}

/// Elements of vorticity in space, one set of strengths and two: velocity and potential against the sum written down again.
#[test]
fn vectors_for_strengths() {
    let bench = Bench::new();
    let (x, _) = bench.cloud(2400);
    let x = &x[..3600];
    let w: Vec<f64> = (0..7200).map(|k| f64::sin(1.7 * k as f64)).collect();
    bench.array("x.npy", &[1200, 3], x);
    let exact = |i: usize, set: usize, sets: usize| {
        let mut sums = [0.0; 6];
        for (j, y) in x.chunks(3).enumerate().filter(|&(j, _)| j != i) {
            let w = &w[3 * (sets * j + set)..][..3];
            let z = [0, 1, 2].map(|a| x[3 * i + a] - y[a]);
            let r = z.iter().map(|z| z * z).sum::<f64>().sqrt();
            for a in 0..3 {
                let (b, c) = ((a + 1) % 3, (a + 2) % 3);
                sums[a] += (w[b] * z[c] - w[c] * z[b]) / (2.0 * TAU * r.powi(3));
                sums[3 + a] += w[a] / (2.0 * TAU * r);
            }
        }
        sums
    };
    for sets in [1, 2] {
        let (shape, rows) = ([1200, sets as u64, 3], 1200 * sets);
        let shape = if sets == 1 { &[1200, 3][..] } else { &shape };
        bench.array("w.npy", shape, &w[..3 * rows]);
        let all: Vec<[f64; 6]> = (0..rows)
            .map(|row| exact(row / sets, row % sets, sets))
            .collect();
        for how in ["--tolerance 1e-6 --verify 100", "--method direct"] {
            bench.good(&format!(
                "{EVAL} --outputs field,potential --output u.npz {how}"
            ));
            for (name, part) in [("field", 0..3), ("potential", 3..6)] {
                let (found_shape, found) = npy(&npz(&bench.path("u.npz"), name));
                assert_eq!(found_shape, shape);
                let expected: Vec<f64> = all
                    .iter()
                    .flat_map(|sums| sums[part.clone()].to_vec())
                    .collect();
                assert!(relative_error(&found, &expected) < 1e-6, "{name}, {how}");
            }
        }
    }
    bench.array(
        "w.npy",
        &[1200, 2, 3],
        &[vec![1.0; 7199], vec![f64::NAN]].concat(),
    );
    bench.refused(
        &format!("{EVAL} --tolerance 1e-6"),
        "w.npy[1199, 1, 2]: NaN (allowed: finite numbers in f64)",
    );
}

/// Riesz kernels in both dimensions, against the sum written down again: z/r^{s+2} and r^{−s}/s.
#[test]
fn powers_of_the_distance() {
    let bench = Bench::new();
    let (numbers, w) = bench.cloud(3000);
    for (d, s) in [(2, 0.5), (2, 1.0), (3, 0.5), (3, 2.0)] {
        let n = 6000 / d;
        let (x, w) = (&numbers[..n * d], &w[..n.min(3000)]);
        let (n, x) = (w.len(), &x[..w.len() * d]);
        let (rows, columns) = (n as u64, d as u64);
        bench.array("x.npy", &[rows, columns], x);
        bench.array("w.npy", &[rows], w);
        let (mut field, mut potential) = (vec![], vec![]);
        for at in x.chunks(d) {
            let mut sums = [0.0; 4];
            for (y, w) in x.chunks(d).zip(w) {
                let z: Vec<f64> = at.iter().zip(y).map(|(x, y)| x - y).collect();
                let r = z.iter().map(|z| z * z).sum::<f64>().sqrt();
                if r > 0.0 {
                    (0..d).for_each(|a| sums[a] += w * z[a] / r.powf(s + 2.0));
                    sums[3] += w / (s * r.powf(s));
                }
            }
            field.extend_from_slice(&sums[..d]);
            potential.push(sums[3]);
        }
        for method in ["fmm --tolerance 1e-5", "direct"] {
            bench.good(&format!(
                "eval --kernel riesz:s={s} --sources x.npy --strengths w.npy --outputs field,potential --output u.npz --method {method}"
            ));
            let (shape, found) = npy(&npz(&bench.path("u.npz"), "field"));
            assert_eq!(shape, [rows, columns]);
            assert!(relative_error(&found, &field) < 1e-5, "{d} {s} {method}");
            let (_, found) = npy(&npz(&bench.path("u.npz"), "potential"));
            assert!(
                relative_error(&found, &potential) < 1e-5,
                "{d} {s} {method}"
            );
        }
    }
    let riesz = "--sources x.npy --strengths w.npy --tolerance 1e-3 --output u.npy";
    bench.array("x.npy", &[3000, 2], &numbers);
    bench.array("w.npy", &[3000], &w);
    bench.refused_with(
        &format!("eval --kernel riesz:s=2.5 {riesz}"),
        &["kernel: s: 2.5", "0 or more and below 2"],
    );
}

/// Formulas in r, against the sum written down again.
#[test]
fn formulas() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(3000);
    let (mut field, mut potential) = (vec![], vec![]);
    for at in x.chunks(2) {
        let mut sums = [0.0; 3];
        for (y, w) in x.chunks(2).zip(&w) {
            let z = [at[0] - y[0], at[1] - y[1]];
            let r = z[0].hypot(z[1]);
            if r > 0.0 {
                let phi = (-r).exp() * (1.0 / r + 1.0 / (r * r)) / r;
                (0..2).for_each(|a| sums[a] += w * z[a] * phi);
                sums[2] += w * (-r).exp() / r;
            }
        }
        field.extend_from_slice(&sums[..2]);
        potential.push(sums[2]);
    }
    let eval = "eval --sources x.npy --strengths w.npy --output u.npz --outputs field,potential";
    bench.array("x.npy", &[3000, 2], &x);
    bench.array("w.npy", &[3000], &w);
    for kernel in [
        "radial:potential=exp(-r)/r",
        "radial:field=exp(-r)*(1/r+1/r^2)/r",
    ] {
        for method in ["fmm --tolerance 1e-6", "direct"] {
            bench.good(&format!("{eval} --kernel {kernel} --method {method}"));
            for (name, expected) in [("field", &field), ("potential", &potential)] {
                let (_, found) = npy(&npz(&bench.path("u.npz"), name));
                let error = relative_error(&found, expected);
                assert!(error < 1e-6, "{kernel} {method} {name}: {error:e}");
            }
        }
    }
    bench.refused_with(
        &format!("{eval} --kernel radial:field=abs(r-0.5) --method direct"),
        &["kernel: field: not smooth near r = "],
    );
    bench.refused_with(
        &format!("{eval} --kernel radial:field=1 --tolerance 1e-6 --precision f32"),
        &["precision: f32 (allowed: f64 for a kernel from tables)"],
    );
}

#[test]
fn what_space_does_not_have() {
    let bench = Bench::new();
    bench.cloud(30);
    bench.array("x3.npy", &[30, 3], &[0.5; 90]);
    let eval = "eval --tolerance 1e-6 --strengths w.npy --sources";
    bench.refused(
        &format!("{eval} x3.npy --kernel biot-savart"),
        "w.npy: shape (30,) (allowed: (30, 3) or (30, m, 3): a vector for each source)",
    );
    bench.refused(
        &format!("{eval} x3.npy --kernel coulomb --targets x.npy"),
        "x.npy: shape (30, 2) (allowed: (N, 3))",
    );
    bench.refused(
        &format!("{eval} x.npy --kernel coulomb --targets x3.npy"),
        "x3.npy: shape (30, 3) (allowed: (N, 2))",
    );
}

#[test]
fn precision_follows_the_arrays() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(50);
    let dtype = |name| {
        npyz::NpyFile::new(&bench.read(name)[..])
            .unwrap()
            .dtype()
            .descr()
    };
    bench.good(&format!("{EVAL} --tolerance 1e-5 --output u.npy"));
    assert_eq!(dtype("u.npy"), "'<f8'");
    bench.good(&format!(
        "{EVAL} --tolerance 1e-5 --output u.npy --precision f32"
    ));
    assert_eq!(dtype("u.npy"), "'<f4'");
    let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect::<Vec<f32>>();
    bench.array("x.npy", &[50, 2], &narrow(&x));
    bench.good(&format!("{EVAL} --tolerance 1e-5 --output u.npy"));
    assert_eq!(dtype("u.npy"), "'<f8'");
    bench.array("w.npy", &[50], &narrow(&w));
    bench.good(&format!("{EVAL} --tolerance 1e-5 --output u.npy"));
    assert_eq!(dtype("u.npy"), "'<f4'");
}

#[test]
fn report_has_the_documented_keys() {
    let bench = Bench::new();
    bench.cloud(2000);
    bench.good(&format!(
        "{EVAL} --tolerance 1e-6 --threads 1 --isa scalar --repeat 3 --report r.json"
    ));
    let keys = |text: &str| -> Vec<String> {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let plain = [
        "dimension",
        "grid",
        "isa",
        "kernel",
        "leaf_capacity",
        "method",
        "n_sources",
        "n_targets",
        "pass_seconds",
        "precision",
        "predicted_seconds",
        "seconds",
        "threads",
        "tolerance",
        "wide_core",
    ];
    assert_eq!(keys(&bench.text("r.json")), plain);
    let report: serde_json::Value = serde_json::from_str(&bench.text("r.json")).unwrap();
    assert_eq!(report["n_sources"], 2000);
    assert_eq!(report["dimension"], 2);
    assert_eq!(report["kernel"], "biot-savart");
    assert_eq!(
        (&report["isa"], &report["threads"]),
        (&"scalar".into(), &1.into())
    );
    assert_eq!(report["seconds"]["evaluate"].as_array().unwrap().len(), 3);
    for pass in ["tree", "upward", "downward", "leaves"] {
        assert!(report["pass_seconds"][pass].as_f64().unwrap() >= 0.0);
        assert!(report["predicted_seconds"][pass].as_f64().unwrap() > 0.0);
    }
    assert!(report["leaf_capacity"].as_u64().unwrap() < 2000);
    bench.good(&format!(
        "{EVAL} --tolerance 1e-6 --verify 200 --report r.json"
    ));
    let report: serde_json::Value = serde_json::from_str(&bench.text("r.json")).unwrap();
    assert_eq!(keys(&bench.text("r.json")).len(), plain.len() + 3);
    let measured = report["measured_error"].as_f64().unwrap();
    let bound = report["measured_error_bound"].as_f64().unwrap();
    assert!(measured > 0.0 && measured <= bound && bound <= 1e-6);
    assert!(report["confidence"].as_f64().unwrap() >= 0.9);
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    let bench = Bench::new();
    bench.cloud(20_000);
    for threads in [1, 2] {
        bench.good(&format!(
            "{EVAL} --tolerance 1e-6 --threads {threads} --output u{threads}.npy"
        ));
    }
    assert_eq!(bench.read("u1.npy"), bench.read("u2.npy"));
}

#[test]
fn small_and_strange_clouds() {
    let bench = Bench::new();
    for (n, numbers) in [(0, vec![]), (1, vec![1.0, 2.0]), (3, vec![7.0; 6])] {
        bench.array("x.npy", &[n, 2], &numbers);
        bench.array("w.npy", &[n], &vec![1.5; n as usize]);
        bench.good(&format!(
            "{EVAL} --tolerance 1e-6 --outputs field,potential --output u.npz"
        ));
        let (shape, field) = npy(&npz(&bench.path("u.npz"), "field"));
        assert_eq!((shape, field), (vec![n, 2], vec![0.0; 2 * n as usize]));
    }
    bench.array("x.npy", &[2, 2], &[0.0, 0.0, 2.0, 0.0]);
    bench.array("w.npy", &[2], &[TAU, 2.0 * TAU]);
    bench.good(&format!("{EVAL} --tolerance 1e-12 --output u.npy"));
    let (_, field) = npy(&bench.read("u.npy"));
    assert!(
        relative_error(&field, &[0.0, -1.0, 0.0, 0.5]) < 1e-12,
        "{field:?}"
    );
    // Far and near coordinates scale as 1/r.
    let (x, _) = bench.cloud(400);
    bench.good(&format!(
        "{EVAL} --tolerance 1e-6 --method direct --output one.npy"
    ));
    let (_, one) = npy(&bench.read("one.npy"));
    for scale in [1e300, 1e-300] {
        let far: Vec<f64> = x.iter().map(|x| x * scale).collect();
        bench.array("x.npy", &[400, 2], &far);
        bench.good(&format!("{EVAL} --tolerance 1e-6 --output u.npy"));
        let (_, field) = npy(&bench.read("u.npy"));
        let back: Vec<f64> = field.iter().map(|u| u * scale).collect();
        assert!(relative_error(&back, &one) < 1e-6, "{scale:e}");
    }
}

#[test]
fn check_compares_with_the_direct_sum() {
    let bench = Bench::new();
    let table = bench.good("check --n 3000 --tolerances 1e-4,1e-9");
    assert_eq!(table.matches("PASS").count(), 8, "{table}");
    assert!(!table.contains("FAIL"));
    bench.cloud(1000);
    let table =
        bench.good("check --sources x.npy --strengths w.npy --precision f32 --kernel coulomb");
    assert_eq!(table.matches("PASS").count(), 4, "{table}");
    let table = bench.good("check --dimension 3 --n 4000");
    assert_eq!(table.matches("PASS").count(), 16, "{table}");
    assert!(table.starts_with("coulomb in 3 dimensions, f64, "));
    bench.array("x3.npy", &[200, 3], &[[0.1, 0.7, -3.0]; 200].concat());
    bench.array("w3.npy", &[200], &[1.0; 200]);
    let table = bench.good("check --sources x3.npy --strengths w3.npy --tolerances 1e-3");
    assert_eq!(table.matches("PASS").count(), 2, "{table}");
    // Three numbers for each source are three sums for charges, and one for vortex elements.
    bench.array("three.npy", &[200, 3], &[1.0; 600]);
    let check = "check --sources x3.npy --strengths three.npy --tolerances 1e-3";
    let table = bench.good(check);
    assert_eq!(table.matches("PASS").count(), 6, "{table}");
    assert!(table.contains("yours[2]"), "{table}");
    let table = bench.good(&format!("{check} --kernel biot-savart"));
    assert_eq!(table.matches("PASS").count(), 2, "{table}");
    let table = bench.good("check --dimension 3 --n 2000 --kernel biot-savart");
    assert_eq!(table.matches("PASS").count(), 16, "{table}");
    assert!(table.starts_with("biot-savart in 3 dimensions, f64, "));
    bench.write("good.toml", "[initial]\nn = 2000\n[time]\nsteps = 7\n");
    assert_eq!(
        bench.good("check good.toml"),
        "good.toml: good, 2,000 particles, 7 steps\n"
    );
}

#[test]
fn info_tells_what_a_file_holds() {
    let bench = Bench::new();
    assert!(bench.good("info").contains("scalar"));
    bench.array("a.npy", &[3, 2], &[0.5f32, 1.0, f32::NAN, -2.0, 4.0, 0.0]);
    let text = bench.good("info a.npy");
    for part in [
        "float32",
        "(3, 2)",
        "24 B",
        "0.5 to 4.0",
        "-2.0 to 1.0",
        "1 number",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

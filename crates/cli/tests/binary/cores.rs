//! Cores by name, in the plane and in space.

use crate::bench::{Bench, npy};
use crate::eval::relative_error;
use std::f64::consts::TAU;

/// An algebraic core in space: the sum written down again.
#[test]
fn cores_in_space() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(900);
    let (x, w) = (&x[..1800], &w[..600]);
    bench.array("x.npy", &[600, 3], x);
    bench.array("w.npy", &[600], w);
    let mut expected = vec![[0.0; 3]; 600];
    for (u, x_i) in expected.iter_mut().zip(x.chunks(3)) {
        for (y, w) in x.chunks(3).zip(w) {
            let z = [0, 1, 2].map(|a| x_i[a] - y[a]);
            let r2: f64 = z.iter().map(|z| z * z).sum();
            (0..3).for_each(|a| u[a] += w * z[a] / (2.0 * TAU * (r2 + 0.01).powf(1.5)));
        }
    }
    let eval = "eval --kernel coulomb:core=algebraic,delta=0.1 --sources x.npy --strengths w.npy --output u.npy";
    for how in ["--tolerance 1e-6", "--method direct"] {
        bench.good(&format!("{eval} {how}"));
        let (_, field) = npy(&bench.read("u.npy"));
        assert!(
            relative_error(&field, expected.as_flattened()) < 1e-6,
            "{how}"
        );
    }
    let table =
        bench.good("check --dimension 3 --n 1500 --kernel biot-savart:core=gaussian,delta=0.05");
    assert!(table.contains("biot-savart:core=gaussian,delta=0.05 in 3 dimensions"));
}

/// A core that holds all of the points is summed on a grid, and the report says so.
#[test]
fn wide_cores() {
    let bench = Bench::new();
    bench.cloud(60_000);
    let eval = "eval --sources x.npy --strengths w.npy --output u.npy --report r.json";
    for (core, taken) in [
        ("gaussian,delta=5", true),
        ("gaussian,delta=0.001", false),
        ("algebraic,delta=0.00001", false),
    ] {
        let kernel = format!("--kernel biot-savart:core={core}");
        bench.good(&format!("{eval} {kernel} --tolerance 1e-6 --verify 500"));
        let report: serde_json::Value = serde_json::from_str(&bench.text("r.json")).unwrap();
        assert_eq!(report["grid"].is_array(), taken, "{core}");
        assert_eq!(report["wide_core"], false);
        assert!(
            report["measured_error_bound"].as_f64().unwrap() <= 1e-6,
            "{core}"
        );
    }
}

/// A Gaussian core of order 4 in the plane: the sum written down again; of order 6 in space, and on a torus.
#[test]
fn cores_of_high_order() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(600);
    let mut expected = vec![[0.0; 2]; 600];
    for (i, u) in expected.iter_mut().enumerate() {
        for j in (0..600).filter(|&j| j != i) {
            let z = [x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1]];
            let r2 = z[0] * z[0] + z[1] * z[1];
            let t = r2 / 0.01;
            let factor = w[j] * (1.0 - (1.0 - t) * (-t).exp()) / (TAU * r2);
            *u = [u[0] - factor * z[1], u[1] + factor * z[0]];
        }
    }
    let kernel = "--kernel biot-savart:core=gaussian4,delta=0.1";
    let eval = format!("eval {kernel} --sources x.npy --strengths w.npy --output u.npy");
    for how in ["--tolerance 1e-9", "--method direct"] {
        bench.good(&format!("{eval} {how}"));
        let (_, field) = npy(&bench.read("u.npy"));
        assert!(
            relative_error(&field, expected.as_flattened()) < 1e-9,
            "{how}"
        );
    }
    let kernel = "coulomb:core=gaussian6,delta=0.05";
    let table = bench.good(&format!("check --dimension 3 --n 1500 --kernel {kernel}"));
    assert!(table.contains("coulomb:core=gaussian6,delta=0.05 in 3 dimensions"));
    bench.good(&format!(
        "check --n 1000 --periodic 1 --kernel {kernel} --tolerances 1e-4"
    ));
}

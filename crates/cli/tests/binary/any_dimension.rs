//! `eval` in dimensions other than 2 and 3.

use crate::bench::{Bench, npy, npz};
use crate::eval::relative_error;
use std::f64::consts::PI;

const EVAL: &str = "eval --kernel coulomb --strengths w.npy --sources";

/// Field and potential of z/(2π² r⁴) at every target, written down again.
fn in_four_dimensions(targets: &[f64], sources: &[f64], w: &[f64]) -> [Vec<f64>; 2] {
    let (mut field, mut potential) = (vec![], vec![]);
    for x in targets.chunks(4) {
        let mut sums = [0.0; 5];
        for (y, w) in sources.chunks(4).zip(w) {
            let z = [0, 1, 2, 3].map(|a| x[a] - y[a]);
            let r2: f64 = z.iter().map(|z| z * z).sum();
            if r2 > 0.0 {
                (0..4).for_each(|a| sums[a] += w * z[a] / (2.0 * PI * PI * r2 * r2));
                sums[4] += w / (4.0 * PI * PI * r2);
            }
        }
        field.extend(&sums[..4]);
        potential.push(sums[4]);
    }
    [field, potential]
}

#[test]
fn four_columns() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(600);
    let w = &w[..300];
    bench.array("x4.npy", &[300, 4], &x);
    bench.array("w.npy", &[300], w);
    let eval = format!("{EVAL} x4.npy --outputs field,potential,gradient --output u.npz");
    let told = bench.good(&format!("{eval} --report r.json"));
    assert!(told.contains("coulomb in 4 dimensions"), "{told}");
    assert!(told.contains("pair by pair"), "{told}");
    let [field, potential] = in_four_dimensions(&x, &x, w);
    let (shape, found) = npy(&npz(&bench.path("u.npz"), "field"));
    assert_eq!(shape, [300, 4]);
    assert!(relative_error(&found, &field) < 1e-13);
    let (shape, found) = npy(&npz(&bench.path("u.npz"), "potential"));
    assert_eq!(shape, [300]);
    assert!(relative_error(&found, &potential) < 1e-13);
    let (shape, found) = npy(&npz(&bench.path("u.npz"), "gradient"));
    assert_eq!(shape, [300, 4, 4]);
    let size = found.iter().fold(0.0f64, |size, g| size.max(g.abs()));
    let trace = |g: &[f64]| (0..4).map(|a| g[5 * a]).sum::<f64>();
    assert!(size > 0.0 && found.chunks(16).all(|g| trace(g).abs() < 1e-12 * size));
    let report: serde_json::Value = serde_json::from_str(&bench.text("r.json")).unwrap();
    assert_eq!(report["method"], "direct");
    assert_eq!(report["dimension"], 4);
    assert_eq!(report["kernel"], "coulomb");

    // Targets of their own and two strength vectors, by the method's name.
    let two: Vec<f64> = w.iter().flat_map(|w| [*w, 2.0 - w]).collect();
    bench.array("w.npy", &[300, 2], &two);
    bench.array("t.npy", &[5, 4], &x[10..30]);
    bench.good(&format!(
        "{eval} --targets t.npy --method direct --threads 1"
    ));
    let (shape, found) = npy(&npz(&bench.path("u.npz"), "field"));
    assert_eq!(shape, [5, 2, 4]);
    for k in 0..2 {
        let w: Vec<f64> = two.iter().skip(k).step_by(2).copied().collect();
        let [field, _] = in_four_dimensions(&x[10..30], &x, &w);
        let of_k = found.chunks(4).skip(k).step_by(2).flatten();
        let of_k: Vec<f64> = of_k.copied().collect();
        assert!(relative_error(&of_k, &field) < 1e-13, "{k}");
    }
    assert_eq!(npy(&npz(&bench.path("u.npz"), "potential")).0, [5, 2]);
    assert_eq!(npy(&npz(&bench.path("u.npz"), "gradient")).0, [5, 2, 4, 4]);
}

/// Other kernels by name: r^{−s} in five dimensions, a formula on a line, in f32.
#[test]
fn other_kernels() {
    let bench = Bench::new();
    let w = [2.0f64, -3.0];
    bench.array("w.npy", &[2], &w);
    let ones = [[0.0; 5], [1.0; 5]].concat();
    bench.array("x.npy", &[2, 5], &ones);
    let eval = "eval --strengths w.npy --sources x.npy --output u.npy --kernel";
    bench.good(&format!("{eval} riesz:s=4.5"));
    let (shape, field) = npy(&bench.read("u.npy"));
    assert_eq!(shape, [2, 5]);
    let each = 5f64.powf(-3.25);
    let expected: Vec<f64> = [3.0 * each, 2.0 * each].map(|u| vec![u; 5]).concat();
    assert!(relative_error(&field, &expected) < 1e-14);
    bench.array("x.npy", &[2, 1], &[1.5, 1.0]);
    bench.good(&format!(
        "{eval} radial:potential=exp(-r) --outputs potential"
    ));
    let (shape, potential) = npy(&bench.read("u.npy"));
    assert_eq!(shape, [2]);
    let there = (-0.5f64).exp();
    assert!(relative_error(&potential, &[-3.0 * there, 2.0 * there]) < 1e-14);
    let told = bench.good(&format!("{eval} coulomb --precision f32"));
    assert!(told.contains("in 1 dimension, f32"), "{told}");
}

#[test]
fn what_other_dimensions_do_not_have() {
    let bench = Bench::new();
    let (x, _) = bench.cloud(50);
    bench.array("x5.npy", &[20, 5], &x);
    bench.array("x0.npy", &[20, 0], &[0.0; 0]);
    bench.array("w.npy", &[20], &[1.0; 20]);
    let eval = format!("{EVAL} x5.npy");
    for (arguments, line) in [
        (
            "--method fmm --tolerance 1e-3",
            "--method: fmm in 5 dimensions (allowed: direct there: the fast method is in the plane and in space)",
        ),
        (
            "--periodic 1",
            "--periodic: [1.0, 1.0, 1.0, 1.0, 1.0] (allowed: nothing in 5 dimensions, where sums are over all of space)",
        ),
        (
            "--verify 10",
            "--verify: nothing to measure (allowed: with --method fmm and field among --outputs)",
        ),
        ("--targets x.npy", "x.npy: shape (50, 2) (allowed: (N, 5))"),
    ] {
        bench.refused(&format!("{eval} {arguments}"), line);
    }
    for name in [
        "biot-savart",
        "coulomb:core=gaussian,delta=0.1",
        "landau:gamma=-1",
    ] {
        bench.refused(
            &format!("eval --kernel {name} --sources x5.npy --strengths w.npy"),
            &format!("kernel: '{name}' (allowed: coulomb, riesz, radial in 5 dimensions)"),
        );
    }
    bench.refused(
        "eval --kernel riesz:s=5 --sources x5.npy --strengths w.npy",
        "kernel: s: 5 (allowed: 0 or more and below 5)",
    );
    bench.refused(
        &format!("{EVAL} x0.npy"),
        "x0.npy: shape (20, 0) (allowed: (N, d): d coordinates of each point)",
    );
    bench.refused(
        "check --kernel coulomb --sources x5.npy --strengths w.npy",
        "x5.npy: shape (20, 5) (allowed: (N, 2), (N, 3), where the fast method is)",
    );
    let compared = [
        "--dimension",
        "4",
        "allowed: 2, 3, where there is a fast method",
    ];
    bench.usage("bench --dimension 4", &compared);
    bench.usage("check --dimension 4", &compared);
}

//! The Landau kernel by name.

use crate::bench::{Bench, npy, npz};
use crate::eval::relative_error;

/// The sums written down again, in space at γ = −3: a = (I − z zᵀ/r²)/r, b = −2 z/r³.
#[test]
fn a_matrix_and_its_divergence() {
    let bench = Bench::new();
    let (x, w) = bench.cloud(900);
    let (x, w) = (&x[..1800], &w[..600]);
    bench.array("x.npy", &[600, 3], x);
    bench.array("w.npy", &[600], w);
    let (mut a, mut b) = (vec![[[0.0; 3]; 3]; 600], vec![[0.0; 3]; 600]);
    for (i, v) in x.chunks(3).enumerate() {
        for (y, w) in x.chunks(3).zip(w) {
            let z = [0, 1, 2].map(|k| v[k] - y[k]);
            let r2: f64 = z.iter().map(|z| z * z).sum();
            if r2 == 0.0 {
                continue;
            }
            let r = r2.sqrt();
            for k in 0..3 {
                for l in 0..3 {
                    let unit = if k == l { 1.0 } else { 0.0 };
                    a[i][k][l] += w * (unit - z[k] * z[l] / r2) / r;
                }
                b[i][k] -= 2.0 * w * z[k] / (r2 * r);
            }
        }
    }
    let eval = "eval --kernel landau:gamma=-3 --sources x.npy --strengths w.npy --output s.npz";
    for how in [
        "--tolerance 1e-5 --verify 300 --report r.json",
        "--method direct",
    ] {
        bench.good(&format!("{eval} {how}"));
        let (shape, found) = npy(&npz(&bench.path("s.npz"), "a"));
        assert_eq!(shape, [600, 3, 3]);
        let error = relative_error(&found, a.as_flattened().as_flattened());
        assert!(error < 1e-5, "{how}: {error:e}");
        let (shape, found) = npy(&npz(&bench.path("s.npz"), "b"));
        assert_eq!(shape, [600, 3]);
        assert!(relative_error(&found, b.as_flattened()) < 1e-5, "{how}");
    }
    let report: serde_json::Value = serde_json::from_str(&bench.text("r.json")).unwrap();
    assert_eq!(report["kernel"], "landau:gamma=-3");
    assert!(report["measured_error_bound"].as_f64().unwrap() < 1e-5);
}

#[test]
fn what_is_not_there() {
    let bench = Bench::new();
    bench.cloud(50);
    let eval = "eval --sources x.npy --strengths w.npy --tolerance 1e-5";
    for (arguments, parts) in [
        (
            "--kernel landau:gamma=-3",
            "kernel: gamma: -3 (allowed: -2 to 1 in 2 dimensions)",
        ),
        (
            "--kernel landau:gamma=-1 --targets x.npy",
            "--targets: x.npy (allowed: none with landau",
        ),
        (
            "--kernel landau:gamma=-1 --precision f32",
            "--precision: f32 (allowed: f64 with landau)",
        ),
        (
            "--kernel landau:gamma=-1 --outputs potential",
            "--outputs: potential (allowed: left out with",
        ),
        (
            "--kernel landau:gamma=-1 --output u.npy",
            "--output: u.npy (allowed: a name that ends in .npz",
        ),
    ] {
        bench.refused_with(&format!("{eval} {arguments}"), &[parts]);
    }
    bench.usage(
        &format!("{eval} --kernel landau:gamma=x"),
        &["kernel: gamma: 'x' (allowed: a number)"],
    );
    bench.usage(
        &format!("{eval} --kernel landau"),
        &["kernel: 'landau' (allowed: landau:gamma=NUMBER)"],
    );
    bench.refused_with(
        "check --n 100 --kernel landau:gamma=-1",
        &["kernel: 'landau:gamma=-1' (allowed: biot-savart, coulomb, riesz, radial (landau is for eval))"],
    );
}

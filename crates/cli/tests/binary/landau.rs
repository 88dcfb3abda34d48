//! The Landau kernel by name, and runs of the Landau equation.

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

const RUN: &str = "[model]\nkind = \"landau\"\ngamma = -1.0\n[initial]\nkind = \"bkw\"\nn = 400\nstart = 0.7\n[time]\n\
                   scheme = \"euler-maruyama\"\ndt = 0.01\nsteps = 8\n[field]\ntolerance = 1e-4\ncheck_every = 4\n\
                   [output]\nsnapshot_every = 3\npictures = 2\n";

#[test]
fn a_run_and_the_same_after_a_stop() {
    let bench = Bench::new();
    bench.write("c.toml", RUN);
    let printed = bench.good("run c.toml --out whole");
    for part in [
        "400 particles",
        "momentum z",
        "energy",
        "std. error",
        "at step 4",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    let rows = bench.text("whole/diagnostics.csv");
    let (header, last) = (
        rows.lines().next().unwrap(),
        rows.lines().last().unwrap().split(',').collect::<Vec<_>>(),
    );
    let expected = "step,time,centre_x,centre_y,centre_z,second_moment,momentum_x,momentum_y,momentum_z,energy,min_distance,";
    assert!(header.starts_with(expected), "{header}");
    bench.good("export whole --snapshot -1 --output v.npy");
    let (shape, v) = npy(&bench.read("v.npy"));
    assert_eq!(shape, [400, 3]);
    let near = |column: usize, expected: f64| {
        let found: f64 = last[column].parse().unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    };
    for axis in 0..3 {
        near(6 + axis, v.iter().skip(axis).step_by(3).sum());
    }
    near(9, v.iter().map(|v| v * v).sum());
    bench.good("run c.toml --out half --set time.steps=3");
    bench.good("run --resume half --set time.steps=8");
    for name in [
        "diagnostics.csv",
        "config.toml",
        "pictures/density-0000000008.png",
    ] {
        let (whole, half) = (format!("whole/{name}"), format!("half/{name}"));
        assert!(bench.read(&whole) == bench.read(&half), "{name}");
    }
    assert!(bench.snapshot("whole", 8) == bench.snapshot("half", 8));
    assert!(bench.good("info whole").contains("landau"));
    bench.good("ensemble c.toml --replicas 3 --out replicas");
}

#[test]
fn runs_that_are_refused() {
    let bench = Bench::new();
    for (from, to, expected) in [
        (
            "euler-maruyama",
            "sra3",
            "time.scheme: sra3 with model.kind = \"landau\" (allowed: euler-maruyama, as the noise depends on the state)",
        ),
        (
            "gamma = -1.0",
            "gamma = -3.5",
            "model.gamma: -3.5 (allowed: -3 to 1 in 3 dimensions)",
        ),
        (
            "gamma = -1.0",
            "gamma = -1.0\ndimension = 4",
            "model.dimension: 4 (allowed: 2 or 3)",
        ),
        (
            "start = 0.7",
            "start = 0.5",
            "initial.start: 0.5 (allowed: 0.6 to 1 in 3 dimensions)",
        ),
        (
            "tolerance = 1e-4",
            "tolerance = 1e-6",
            "field.tolerance: 1e-6 (allowed: 1e-5 to 0.1 for landau in 3 dimensions)",
        ),
    ] {
        bench.write("c.toml", RUN.replace(from, to));
        bench.refused("run c.toml --out o", expected);
    }
    // Coulomb's collisions have smaller ones.
    let coulomb = RUN.replace("gamma = -1.0", "gamma = -3.0");
    bench.write(
        "c.toml",
        coulomb.replace("tolerance = 1e-4", "tolerance = 1e-8"),
    );
    bench.good("run c.toml --out small --set time.steps=1");
    bench.write(
        "c.toml",
        coulomb.replace("tolerance = 1e-4", "tolerance = 1e-10"),
    );
    bench.refused(
        "run c.toml --out o",
        "field.tolerance: 1e-10 (allowed: 1e-9 to 0.1 for landau in 3 dimensions)",
    );
    let every = "run c.toml --out o --set output.hamiltonian_every";
    bench.write("c.toml", RUN);
    bench.refused(
        &format!("{every}=5"),
        "output.hamiltonian_every: 5 with model.kind = \"landau\" (allowed: 0, or not given, as there is no potential to measure \
         an energy by)",
    );
    // What a run writes can be run again.
    bench.good(&format!("{every}=0 --set time.steps=2"));
    assert!(!bench.text("o/config.toml").contains("hamiltonian_every"));
    bench.good("run o/config.toml --out again");
    for (from, to, expected) in [
        ("gamma = -1.0\n", "", "model.gamma: missing"),
        ("start = 0.7\n", "", "initial.start: missing"),
        (
            "gamma = -1.0",
            "gamma = -1.0\ndiffusion = 1.0",
            "model.diffusion: not a key of kind 'landau' (its keys: gamma, dimension)",
        ),
    ] {
        bench.write("c.toml", RUN.replace(from, to));
        bench.refused_with("run c.toml --out o", &[expected]);
    }
}

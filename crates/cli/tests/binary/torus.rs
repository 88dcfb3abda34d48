//! `--periodic` of `eval`, `bench` and `check`.

use crate::bench::{Bench, npy};
use crate::eval::relative_error;
use std::f64::consts::TAU;

const EVAL: &str = "eval --kernel biot-savart --sources x.npy --strengths w.npy";

/// The potential of rock salt, and a cloud on a torus by both methods.
#[test]
fn on_a_torus() {
    let bench = Bench::new();
    let sites: Vec<[f64; 3]> = (0..8)
        .map(|k: usize| [0, 1, 2].map(|a| (k >> a & 1) as f64))
        .collect();
    let charges: Vec<f64> = sites
        .iter()
        .map(|x| 1.0 - 2.0 * (x.iter().sum::<f64>() % 2.0))
        .collect();
    bench.array("x.npy", &[8, 3], sites.as_flattened());
    bench.array("w.npy", &[8], &charges);
    let salt = "eval --kernel coulomb --sources x.npy --strengths w.npy --outputs potential --periodic 2 --output u.npy";
    for method in ["--tolerance 1e-9", "--method direct"] {
        bench.good(&format!("{salt} {method}"));
        let (_, potential) = npy(&bench.read("u.npy"));
        for (g, charge) in potential.iter().zip(&charges) {
            assert!((-2.0 * TAU * g * charge - 1.747_564_594_6).abs() < 1e-8);
        }
    }
    bench.cloud(2000);
    let torus = "--periodic 1.5,1.5 --outputs field --output u.npy";
    bench.good(&format!(
        "{EVAL} {torus} --tolerance 1e-6 --verify 200 --report r.json"
    ));
    let (_, fast) = npy(&bench.read("u.npy"));
    bench.good(&format!("{EVAL} {torus} --method direct"));
    let (_, direct) = npy(&bench.read("u.npy"));
    let error = relative_error(&fast, &direct);
    assert!((1e-10..1e-6).contains(&error), "{error}");
    let report = bench.text("r.json");
    assert!(report.contains("\"periodic\"") && report.contains("measured_error"));
    bench.good("check --n 3000 --periodic 1 --kernel coulomb --tolerances 1e-3,1e-6");
    // A box whose sides differ.
    let torus = "--periodic 1.5,2.5 --outputs field,potential --output u.npz";
    let told = bench.good(&format!("{EVAL} {torus} --tolerance 1e-6 --verify 200"));
    assert!(told.contains("on the torus of sides [1.5, 2.5]"), "{told}");
    bench.good("check --n 1000 --periodic 1,2 --kernel biot-savart --tolerances 1e-3,1e-6");
    let told = bench.good("bench --from 300 --to 300 --rounds 1 --periodic 2,3 --out boxed");
    assert!(told.contains("on the torus of sides [2.0, 3.0]"), "{told}");
    let told = bench.good("bench --from 300 --to 300 --rounds 1 --periodic 9 --out timed");
    assert!(told.contains("on the torus of sides [9.0, 9.0]"), "{told}");
    bench.refused_with(
        &format!("{EVAL} --tolerance 1e-6 --periodic 1,2.5"),
        &["torus", "[1.0, 2.5]", "at most 2 times"],
    );
    bench.refused_with(
        &format!("{EVAL} --tolerance 1e-6 --periodic 1,1,1"),
        &["torus", "2 sides"],
    );
    bench.refused_with(
        &format!("{EVAL} --tolerance 1e-6 --periodic -1"),
        &["torus", "sides from"],
    );
    let of = |kernel: &str| {
        format!(
            "eval --kernel {kernel} --sources x.npy --strengths w.npy --tolerance 1e-3 --periodic 1"
        )
    };
    bench.good(&format!(
        "{} --outputs field --output u.npy",
        of("riesz:s=1")
    ));
    for delta in [0.01, 3.0] {
        let kernel = format!("biot-savart:core=algebraic,delta={delta}");
        let told = of(&kernel).replace("1e-3", "1e-8");
        bench.good(&format!(
            "{told} --outputs field --output u.npy --verify 300"
        ));
        let (_, fast) = npy(&bench.read("u.npy"));
        let told = of(&kernel).replace("--tolerance 1e-3", "--method direct");
        bench.good(&format!("{told} --outputs field --output u.npy"));
        let (_, direct) = npy(&bench.read("u.npy"));
        assert!(relative_error(&fast, &direct) < 1e-8, "{kernel}");
    }
    bench.refused_with(
        &of("coulomb:core=algebraic,delta=200"),
        &["kernel", "on a torus of side"],
    );
    bench.refused_with(&of("radial:potential=exp(-r)/r"), &["kernel", "on a torus"]);
}

/// A run in a box that is twice as high as wide, whose pictures are, too; particles are all over them.
#[test]
fn a_run_on_a_rectangle() {
    let bench = Bench::new();
    let config = |periodic: &str| {
        format!(
            "[model]\nviscosity = 1e-3\nperiodic = {periodic}\n[initial]\nkind = \"uniform-box\"\nn = 2000\nsides = [1.0, 2.0]\n[time]\ndt = 0.01\nsteps = 2\n[output]\npicture_pixels = 100\n"
        )
    };
    bench.write("c.toml", config("[1.0, 2.0]"));
    let told = bench.good("run c.toml --out o");
    assert!(told.contains("centre x"), "{told}");
    let picture = bench.read("o/pictures/vorticity-0000000002.png");
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (50, 100));
    // Of the rows below the label, which is at the upper edge or the lower one, the darkest has half the light of the brightest.
    let light = |row: &[u8]| row.iter().map(|&c| u32::from(c)).sum::<u32>();
    let rows: Vec<u32> = pixels.chunks(150).map(light).collect();
    let inner = &rows[20..80];
    let (least, most) = (inner.iter().min().unwrap(), inner.iter().max().unwrap());
    assert!(2 * least > *most, "{rows:?}");
    bench.write("c.toml", config("[1.0, 3.0]"));
    bench.refused_with(
        "run c.toml --out p",
        &["model.periodic", "[1.0, 3.0]", "at most 2 times"],
    );
    bench.write("c.toml", config("\"wide\""));
    bench.refused_with(
        "run c.toml --out p",
        &["periodic", "a number, or one for each axis"],
    );
}

/// Even particles have next to no field. At the least tolerance of such a box no plan is better, so that this run can only end well if the first one is
/// good enough.
#[test]
fn a_run_on_a_rectangle_holds_the_least_tolerance() {
    let bench = Bench::new();
    let config = |tolerance: f64| {
        format!(
            "[model]\nkind = \"log-gas\"\ndiffusion = 0.0\nperiodic = [1.0, 2.0]\n[initial]\nkind = \"uniform-box\"\nn = 2000\nsides = [1.0, 2.0]\nquasi_random = true\n[time]\ndt = 0.001\nsteps = 2\n[field]\ntolerance = {tolerance:e}\n"
        )
    };
    bench.write("c.toml", config(3e-12));
    let told = bench.good("run c.toml --out o");
    assert!(told.contains("centre x"), "{told}");
    bench.write("c.toml", config(2e-12));
    bench.refused_with(
        "run c.toml --out p",
        &["tolerance", "2e-12", "3e-12 to 0.1"],
    );
}

//! Vortex particles in space, from a configuration to every output.

use crate::bench::{Bench, npy, npz};
use crate::resume::same_end;
use std::path::Path;

/// The example with fewer particles and steps: two rings of 48.
fn run() -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let config = examples.join("vortex-rings.toml").display().to_string();
    format!(
        "{config} --set initial.spacing=0.45 --set time.steps=6 --set output.snapshot_every=3 --set output.picture_pixels=80"
    )
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.good(&format!("run {} --out o", run()));
    bench
}

#[test]
fn goes_on_where_it_was_stopped() {
    let bench = Bench::new();
    let run = format!("run {} --set output.pictures=0", run());
    bench.good(&format!("{run} --set time.steps=12 --out straight"));
    bench.good(&format!("{run} --out o"));
    let printed = bench.good("run --resume o --set time.steps=12");
    assert!(printed.contains("going on from step 6"), "{printed}");
    same_end(&bench, "straight", "o", 9);
    same_end(&bench, "straight", "o", 12);
}

#[test]
fn diagnostics_have_its_sums() {
    let bench = bench();
    let text = bench.text("o/diagnostics.csv");
    let mut rows = text.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    assert_eq!(
        names.join(","),
        "step,time,centre_x,centre_y,centre_z,total_vorticity_x,total_vorticity_y,total_vorticity_z,impulse_x,impulse_y,impulse_z,\
         angular_impulse_x,angular_impulse_y,angular_impulse_z,helicity,energy,delta,min_distance,field_error,field_error_bound,\
         field_error_step"
    );
    let at = |name: &str| names.iter().position(|found| *found == name).unwrap();
    for (step, row) in rows.enumerate() {
        let number = |name: &str| row[at(name)].parse::<f64>().unwrap();
        // πΓR² each, of rings of finite cores a little more; δ² = 0.04 + 4νt.
        let impulse = number("impulse_x") / std::f64::consts::TAU;
        assert!((0.95..1.1).contains(&impulse), "{impulse}");
        assert!((number("delta").powi(2) - 0.04 - 2e-3 * number("time")).abs() < 1e-14);
        assert!(number("total_vorticity_y").abs() < 1e-3);
        let energy = row[at("energy")].is_empty();
        assert_eq!(energy, row[at("helicity")].is_empty());
        assert_eq!(energy, step % 5 != 0 && step != 6, "{step}");
    }
}

#[test]
fn is_described_and_exported() {
    let bench = bench();
    let told = bench.good("info o");
    for row in [
        "vortex-particles",
        "vortex-rings",
        "alpha_x",
        "alpha_z",
        "delta",
    ] {
        assert!(told.contains(row), "{told}");
    }
    assert!(!told.contains("circulations"), "{told}");
    for name in ["s.npz", "s.npy", "s.csv", "s.vtp", "s.pvd"] {
        bench.good(&format!("export o --output {name}"));
    }
    let array = |name| npy(&npz(&bench.path("s.npz"), name));
    let (shape, positions) = array("positions");
    let n = shape[0];
    assert_eq!(shape, [n, 3]);
    let (shape, strengths) = array("strengths");
    assert_eq!(shape, [n, 3]);
    let (shape, core) = array("core");
    assert!(
        shape.is_empty() && core[0] > 0.2 && core[0] < 0.21,
        "{core:?}"
    );
    assert_eq!(npy(&bench.read("s.npy")), (vec![n, 3], positions.clone()));
    let text = bench.text("s.csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("id,x,y,z,strength_x,strength_y,strength_z")
    );
    for (i, line) in lines.enumerate() {
        let numbers: Vec<f64> = line
            .split(',')
            .map(|field| field.parse().unwrap())
            .collect();
        let mut expected = vec![i as f64];
        expected.extend(&positions[3 * i..3 * i + 3]);
        expected.extend(&strengths[3 * i..3 * i + 3]);
        assert_eq!(numbers, expected);
    }
    let vtp = bench.text("s.vtp");
    let vectors =
        r#"<DataArray type="Float64" Name="strength" NumberOfComponents="3" format="binary">"#;
    assert!(vtp.contains(vectors) && vtp.contains(r#"<PointData Vectors="strength">"#));
    assert!(!vtp.contains("circulation"));
    assert!(
        bench
            .list("o/pictures")
            .iter()
            .any(|name| name == "vorticity-0000000006.png")
    );
}

/// From an array of X and α, which the export gives, to the bits of the rings themselves.
#[test]
fn starts_from_a_file() {
    let bench = bench();
    bench.good("export o --snapshot 0 --output s.npz");
    let array = |name| npy(&npz(&bench.path("s.npz"), name));
    let ((shape, positions), (_, strengths)) = (array("positions"), array("strengths"));
    let rows = positions.chunks(3).zip(strengths.chunks(3));
    let rows: Vec<f64> = rows.flat_map(|(x, alpha)| [x, alpha].concat()).collect();
    bench.array("start.npy", &[shape[0], 6], &rows);
    bench.write(
        "c.toml",
        "model = { kind = \"vortex-particles\", core = { kind = \"gaussian\", delta = 0.2 }, stretching = \"transpose\", \
         viscosity = 5e-4, viscosity_by = \"core-spreading\" }\ninitial = { kind = \"file\", path = \"start.npy\" }\n\
         time = { scheme = \"rk4\", dt = 0.1, steps = 6 }\nfield.tolerance = 1e-4\noutput.hamiltonian_every = 5\n",
    );
    bench.good("run c.toml --set output.pictures=0 --out p");
    let [a, b] = ["o", "p"].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert_eq!(a, b);
    bench.array("start.npy", &[shape[0], 3], &positions);
    bench.refused_with(
        "run c.toml --out q",
        &["start.npy: shape", "(allowed: (N, 6))"],
    );
}

#[test]
fn is_checked_estimated_compared_and_repeated() {
    let bench = bench();
    let run = run();
    let told = bench.good(&format!("run {run} --dry-run"));
    assert!(
        told.contains("6 of dt = 0.1, rk4, 24 field evaluations"),
        "{told}"
    );
    let config = run.split(' ').next().unwrap();
    assert!(
        bench
            .good(&format!("check {config}"))
            .contains("good, 2,376 particles, 60 steps")
    );
    bench.refused_with(
        &format!("check {config} --errors"),
        &["model.kind: 'vortex-particles' (allowed: one whose particles are independent"],
    );
    bench.good(&format!("run {run} --threads 1 --out p"));
    assert!(bench.good("diff o p").starts_with("the same: "));
    let noisy = "--set model.viscosity_by=brownian --set time.scheme=sra1";
    bench.good(&format!("ensemble {run} {noisy} --replicas 3 --out e"));
    assert_eq!(bench.text("e/replicas.csv").lines().count(), 4);
    let summary: serde_json::Value = serde_json::from_str(&bench.text("e/summary.json")).unwrap();
    for law in summary["laws"].as_array().unwrap() {
        assert!(law["largest_z"].as_f64().unwrap() <= 1.0, "{law}");
    }
}

#[test]
fn refuses_with_one_line() {
    let bench = Bench::new();
    let run = run();
    for (setting, expected) in [
        (
            "model.viscosity_by=both",
            "--set: model.viscosity_by: 'both' (allowed: brownian, core-spreading)",
        ),
        (
            "model.stretching=none",
            "--set: model.stretching: 'none' (allowed: classical, transpose)",
        ),
        (
            "model.core.delta=1e-170",
            "model.core.delta: 1e-170 (allowed: 1e-140 to 1e140, as its square is what is kept)",
        ),
        (
            "initial.spacing=-1",
            "initial.spacing: -1 (allowed: finite and above 0)",
        ),
        (
            "model.core.delta=0.3",
            "initial.rings[0].core: 0.25 (allowed: above 0.3 and below the radius 1)",
        ),
        (
            "time.adaptive.tolerance=1e-3",
            "time.adaptive: given with model.kind = \"vortex-particles\" (allowed: missing with it)",
        ),
    ] {
        bench.refused(&format!("run {run} --set {setting} --out o"), expected);
    }
    let text = "model.kind = \"vortex-particles\"\n[initial]\nkind = \"vortex-rings\"\nspacing = 0.1\nrings = [{ centre = [0, 0, 0], \
                axis = [0, 0, 1], radius = 1, circulation = 1, colour = 1 }]\n";
    bench.write("c.toml", text);
    bench.refused(
        "run c.toml --out o",
        "c.toml:5: initial.rings[0].colour: unknown key (nearest: initial.rings[0].core)",
    );
}

//! `run` refuses with one line, and leaves earlier results.

use crate::bench::Bench;
use std::fs;

#[test]
fn configurations() {
    let bench = Bench::new();
    bench.refused(
        "run nothere.toml",
        "nothere.toml: cannot read: No such file or directory",
    );
    for (text, expected) in [
        (
            "seed = 1\n[model]\nviscosty = 1\n",
            "c.toml:3: model.viscosty: unknown key (nearest: model.viscosity)",
        ),
        ("[modle]\n", "c.toml:1: modle: unknown key (nearest: model)"),
        (
            "[time]\ndt = \"fast\"\n",
            "c.toml:2: time.dt: string \"fast\" (allowed: a number)",
        ),
        ("[time\n", "c.toml:1: unclosed table, expected `]`"),
        ("schema = 2", "schema: 2 (allowed: 1)"),
        (
            "[field]\ntolerance = 0",
            "field.tolerance: 0e0 (allowed: 1e-14 to 0.1)",
        ),
        (
            "[field]\ntolerance = nan",
            "field.tolerance: NaN (allowed: 1e-14 to 0.1)",
        ),
        (
            "model.viscosity = 0.5\ntime.scheme = \"rk4\"",
            "time.scheme: rk4 with model.viscosity = 0.5 (allowed: rk4 only with model.viscosity = 0; else ab2-maruyama, euler-maruyama, stochastic-heun, exponential-heun, sra1 or sra3)",
        ),
        ("initial.n = 0", "initial.n: 0 (allowed: 1 to 2^32 - 1)"),
        (
            "[model]\nkind = \"boltzmann\"\nangle = \"wide\"",
            "c.toml:3: model.angle: 'wide' (allowed: uniform, theta)",
        ),
        (
            "[model]\nkind = \"boltzmann\"\nscheme = \"bird\"",
            "c.toml:3: model.scheme: 'bird' (allowed: kac, nanbu)",
        ),
        (
            "[model]\nkind = \"radial\"\ndiffusion = 0.1\nfield = \"exp(-q^2)\"",
            "model.field: 'q' in 'exp(-q^2)' (allowed: r, the distance, as the only variable)",
        ),
        (
            "[model]\nkind = \"log-gas\"\ndiffusion = 0.1\nconfinement = { kind = \"formula\", potential = \"x^2 + z^2\" }",
            "model.confinement.potential: 'z' in 'x^2 + z^2' (allowed: x and y as the only variables in the plane)",
        ),
    ] {
        bench.write("c.toml", text);
        bench.refused("run c.toml --out o", expected);
        bench.refused_with("check c.toml", &[expected]);
    }
    bench.refused(
        "run --out o --set model.viscosty=1",
        "--set: model.viscosty: unknown key (nearest: model.viscosity)",
    );
    bench.usage("run --steps 3", &["unexpected argument '--steps'"]);
    bench.usage("run --resume a --out b", &["cannot be used with"]);
    assert_eq!(bench.list("."), ["c.toml"]);
}

#[test]
fn arrays() {
    let bench = Bench::new();
    let from_file = "run --out o --set initial.kind=file --set initial.path=x.npy";
    bench.refused_with(
        from_file,
        &["x.npy: cannot read: No such file or directory"],
    );
    bench.array("x.npy", &[0, 2], &[0.0; 0]);
    bench.refused(from_file, "positions: 0 particles (allowed: 1 to 2^32 - 1)");
    bench.cloud(10);
    let with = |file: &str| format!("{from_file} --set model.circulations.file={file}");
    bench.array("nine.npy", &[9], &[1.0; 9]);
    bench.refused(
        &with("nine.npy"),
        "circulations: 9 numbers (allowed: one for each of the 10 particles)",
    );
    bench.refused_with(
        &with("x.npy"),
        &["x.npy: shape (10, 2) (allowed: (N,): a number for each particle)"],
    );
    bench.array("x.npy", &[10, 2], &[1e300; 20]);
    bench.refused_with(
        from_file,
        &["positions: so large that their second moments overflow"],
    );
    bench.write("c.toml", "[initial]\nkind = \"file\"\n");
    bench.refused("run c.toml", "c.toml:1: initial.path: missing");
    assert_eq!(bench.list("."), ["c.toml", "nine.npy", "w.npy", "x.npy"]);
}

const SMALL: &str = "--set initial.n=50 --set time.steps=2 --set output.pictures=0";

#[test]
fn folders() {
    let bench = Bench::new();
    bench.write("file", "mine");
    bench.refused(
        &format!("run {SMALL} --out file"),
        "--out: file is a file (allowed: a new or empty folder; results are never overwritten)",
    );
    bench.refused_with(
        &format!("run {SMALL} --out file/inner"),
        &["file/inner", "Not a directory"],
    );
    fs::create_dir(bench.path("full")).unwrap();
    bench.write("full/thing", "mine");
    bench.refused(
        &format!("run {SMALL} --out full"),
        "--out: full holds something (allowed: a new or empty folder; results are never overwritten)",
    );
    fs::create_dir(bench.path("empty")).unwrap();
    bench.good(&format!("run {SMALL} --out empty"));
    bench.good(&format!("run {SMALL} --out new/inner"));
    // The default name never meets an earlier run.
    bench.write("farfield-run-2", "mine");
    for _ in 0..2 {
        bench.good(&format!("run {SMALL}"));
    }
    assert!(bench.path("farfield-run/summary.json").exists());
    assert!(bench.path("farfield-run-3/summary.json").exists());
    assert_eq!(bench.text("farfield-run-2"), "mine");
}

#[test]
fn snapshots() {
    let bench = Bench::new();
    bench.refused_with("run --resume nothere", &["--resume: nothere: not there"]);
    fs::create_dir(bench.path("other")).unwrap();
    bench.refused_with("run --resume other", &["no output folder of a run"]);
    bench.good(&format!("run {SMALL} --out o"));
    bench.good("export o --output last.ffs");
    let whole = bench.read("last.ffs");
    let damaged = |bytes: Vec<u8>, part: &str| {
        bench.write("last.ffs", bytes);
        for arguments in ["export last.ffs --output s.npz", "info last.ffs"] {
            bench.refused_with(arguments, &["last.ffs: ", part]);
        }
    };
    damaged(whole[..whole.len() - 1].to_vec(), "truncated");
    damaged(whole[..100].to_vec(), "truncated");
    damaged(vec![], "truncated");
    let mut flipped = whole.clone();
    flipped[whole.len() - 20] ^= 1;
    damaged(flipped, "checksum");
    let mut newer = whole.clone();
    newer[8] = 11;
    damaged(
        newer,
        "version: 11 (allowed: 10, which this program writes)",
    );
    // Of all snapshots of a run.
    let good = bench.read("o/snapshots.ffa");
    let mut bad = good.clone();
    for step in [0, 2] {
        bad[bench.place("o", step).start + 50] ^= 1;
    }
    bench.write("o/snapshots.ffa", &bad);
    for arguments in ["run --resume o", "info o"] {
        let [zero, two] =
            [0, 2].map(|step| format!("snapshot of step {step}: bytes: wrong checksum"));
        bench.refused_with(arguments, &["no snapshot that can be read; ", &zero, &two]);
    }
    bench.refused_with("export o --output s.npz", &["snapshot of step 2: "]);
    assert!(bench.read("o/snapshots.ffa") == bad);
    bench.write("o/snapshots.ffa", &good);
    // Of a program on the library, with a model of its own: it can be looked at, but not gone on with here.
    let mut archive = bench.archive("o");
    let mut model = archive.read::<2>(1).unwrap();
    model.model = "plasma".into();
    archive.truncate(1).unwrap();
    archive.append(&model).unwrap();
    bench.refused_with(
        "run --resume o",
        &["model.kind: 'vortex' (allowed: 'plasma', as in the snapshot)"],
    );
    assert!(bench.good("info o").contains("plasma"));
    bench.write("o/snapshots.ffa", &good);
    // Of another run than the configuration's.
    bench.refused_with(
        "run --resume o --set model.viscosity=0.5",
        &["model.viscosity: 0.5 (allowed: 0.0005, as in the snapshot)"],
    );
    bench.refused_with(
        "run --resume o --set seed=8",
        &["seed: 8 (allowed: 7, as in the snapshot)"],
    );
    bench.refused_with(
        "run --resume o --set time.steps=1",
        &["time.steps: 1 (allowed: at least 2"],
    );
    assert!(bench.read("o/snapshots.ffa") == good);
    bench.refused(
        "export o --snapshot 1 --output s.npz",
        "--snapshot: 1 (allowed: 0, 2; or -1 to -2)",
    );
    bench.refused_with("export o --output s.xyz", &["--output: s.xyz (allowed: "]);
    bench.refused_with("export other --output s.npz", &["other: no snapshots"]);
    bench.refused_with("info other", &["other: no snapshots"]);
}

/// Two vortices nearly at the same place throw each other out: the state before is kept.
#[test]
fn a_run_that_blows_up() {
    let bench = Bench::new();
    bench.array("x.npy", &[3, 2], &[0.0, 0.0, 1e-11, 0.0, 1.0, 1.0]);
    let run = "run --set initial.kind=file --set initial.path=x.npy --set model.viscosity=0 --set time.dt=0.1 --out o";
    bench.refused_with(
        run,
        &[
            "step 1: particle ",
            " moved by ",
            "; the last good state is step 0 of o/snapshots.ffa",
        ],
    );
    bench.good("export o --output s.npy");
    assert_eq!(bench.read("s.npy"), bench.read("x.npy"));
}

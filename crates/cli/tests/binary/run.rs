//! What a run writes, and the examples.

use crate::bench::Bench;
use std::path::Path;

const SMALL: &str = "run --set initial.n=2000 --set model.viscosity=1e-3 --set time.dt=0.25 --set time.steps=12 --set output.snapshot_every=5 \
                     --set output.picture_pixels=200 --set field.check_every=4";

#[test]
fn the_folder_holds_everything() {
    let bench = Bench::new();
    let printed = bench.good(&format!("{SMALL} --out o"));
    for part in [
        "2,000 vortices",
        "second moment",
        "at step 8",
        "tree and lists",
        "wrote o",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    let files = [
        ".lock",
        "config.toml",
        "diagnostics.csv",
        "pictures",
        "snapshots.ffa",
        "summary.json",
        "timings.csv",
    ];
    assert_eq!(bench.list("o"), files);
    assert_eq!(bench.steps("o"), [0, 5, 10, 12]);
    let mut pictures = ["animation.gif", "frame.toml"].map(String::from).to_vec();
    pictures.extend([0, 3, 6, 9, 12].map(|step| format!("vorticity-{step:010}.png")));
    assert_eq!(bench.list("o/pictures"), pictures);
    assert!(bench.good("info o").contains("step 0, 5, 10, 12"));
}

#[test]
fn diagnostics_and_summary() {
    let bench = Bench::new();
    bench.good(&format!("{SMALL} --out o"));
    let text = bench.text("o/diagnostics.csv");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|found| *found == name).unwrap();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 13);
    for (step, row) in rows.iter().enumerate() {
        assert_eq!(row.len(), header.len());
        assert_eq!(row[column("step")], step.to_string());
        assert_eq!(
            row[column("time")].parse::<f64>().unwrap(),
            0.25 * step as f64
        );
        // Computed at steps 0, 10 and at the end.
        assert_eq!(
            row[column("hamiltonian")].is_empty(),
            ![0, 10, 12].contains(&step)
        );
    }
    let summary: serde_json::Value = serde_json::from_str(&bench.text("o/summary.json")).unwrap();
    let mut keys: Vec<&String> = summary.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "laws",
            "leaf_capacity",
            "max_measured_field_error",
            "n",
            "predicted_core_seconds",
            "seconds",
            "steps",
            "tolerance"
        ]
    );
    assert_eq!(
        (&summary["n"], &summary["steps"]),
        (&2000.into(), &12.into())
    );
    assert!(summary["max_measured_field_error"].as_f64().unwrap() <= 1e-5);
    let laws = summary["laws"].as_array().unwrap();
    let second_moment = laws
        .iter()
        .find(|law| law["name"] == "second moment")
        .unwrap();
    let [expected, measured, error, z] = ["expected", "measured", "standard_error", "z"]
        .map(|key| second_moment[key].as_f64().unwrap());
    assert!(((measured - expected) / error - z).abs() < 1e-9);
    // A fixed seed; by chance above 4.5 once in 1.5·10⁵.
    assert!(z.abs() < 4.5, "{second_moment}");
    // S(0) + 4σ(N − 1)t, from the first row.
    let start: f64 = rows[0][column("second_moment")].parse().unwrap();
    let law = start + 4.0 * 1e-3 * 1999.0 * 0.25 * 12.0;
    assert!((law / expected - 1.0).abs() < 1e-12);
    let last: f64 = rows[12][column("second_moment")].parse().unwrap();
    // The reader of JSON rounds.
    assert!((last / measured - 1.0).abs() < 1e-14);
}

#[test]
fn the_resolved_configuration_repeats_the_run() {
    let bench = Bench::new();
    bench.cloud(300);
    bench.write(
        "c.toml",
        "[initial]\nkind = \"file\"\npath = \"../x.npy\"\n[time]\nsteps = 3\n",
    );
    std::fs::create_dir(bench.path("inner")).unwrap();
    std::fs::rename(bench.path("c.toml"), bench.path("inner/c.toml")).unwrap();
    bench.good("run inner/c.toml --set model.circulations.file=w.npy --out a");
    bench.good("run a/config.toml --out b --threads 1");
    for name in [
        "config.toml",
        "diagnostics.csv",
        "snapshots.ffa",
        "pictures/vorticity-0000000003.png",
    ] {
        assert_eq!(
            bench.read(&format!("a/{name}")),
            bench.read(&format!("b/{name}")),
            "{name}"
        );
    }
}

#[test]
fn pictures_show_the_vortices() {
    let bench = Bench::new();
    // A strong vortex to the upper right of a weak one.
    bench.array("x.npy", &[2, 2], &[1.0, 1.0, -1.0, -1.0]);
    bench.array("w.npy", &[2], &[1.0, 0.5]);
    bench.write("c.toml", "[model]\nviscosity = 0.0\ncirculations = { file = \"w.npy\" }\n[initial]\nkind = \"file\"\npath = \"x.npy\"\n[time]\nsteps = 0\n[output]\npicture_pixels = 100\n");
    bench.good("run c.toml --out o");
    let file = std::fs::File::open(bench.path("o/pictures/vorticity-0000000000.png")).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        (info.width, info.height, info.color_type),
        (100, 100, png::ColorType::Rgb)
    );
    let mut light = [[0u32; 2]; 2];
    for (i, pixel) in pixels.chunks(3).enumerate() {
        let (row, column) = (i / 100, i % 100);
        let sum = pixel.iter().map(|&c| u32::from(c)).sum::<u32>();
        // The background is nearly black.
        light[row / 50][column / 50] += sum.saturating_sub(10);
    }
    let [[upper_left, upper_right], [lower_left, lower_right]] = light;
    assert!(upper_right > lower_left && lower_left > 1000, "{light:?}");
    assert_eq!([upper_left, lower_right], [0, 0]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let bench = Bench::new();
    let printed = bench.good("run --dry-run --threads 1 --set initial.n=3000");
    for part in [
        "particles        3,000",
        "threads          1",
        "memory",
        "expected time    about",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    assert_eq!(bench.list("."), [""; 0]);
}

/// Noise by a formula, from a quasi-random start.
#[test]
fn noise_by_a_formula() {
    let bench = Bench::new();
    let text = "[model]\nkind = \"log-gas\"\ndiffusion = \"0.02*(1+x^2)\"\n[initial]\nkind = \"gaussian\"\nn = 400\n\
                quasi_random = true\n[time]\nscheme = \"euler-maruyama\"\ndt = 0.01\nsteps = 5\n[output]\npictures = 2\n";
    bench.write("c.toml", text);
    let printed = bench.good("run c.toml --out o");
    assert!(printed.contains("second moment"), "{printed}");
    let written = bench.text("o/config.toml");
    for line in ["diffusion = \"0.02*(1+x^2)\"\n", "quasi_random = true\n"] {
        assert!(written.contains(line), "{written}");
    }
    for (from, to, expected) in [
        (
            "\"0.02*(1+x^2)\"",
            "true",
            "model.diffusion: boolean `true` (allowed: a number, or a formula in quotes)",
        ),
        (
            "euler-maruyama",
            "sra1",
            "time.scheme: sra1 with model.diffusion by a formula (allowed: euler-maruyama, as the noise depends on the state)",
        ),
        (
            "0.02*(1+x^2)",
            "0.02*(1+w)",
            "model.diffusion: 'w' in '0.02*(1+w)' (allowed: x and y as the only variables in the plane)",
        ),
        (
            "\"gaussian\"",
            "\"ring\"",
            "initial.quasi_random: true with initial.kind = \"ring\" (allowed: false, as nothing is drawn there)",
        ),
    ] {
        bench.write("bad.toml", text.replace(from, to));
        bench.refused_with("run bad.toml --out bad", &[expected]);
    }
    bench.refused_with(
        "check c.toml --errors",
        &["initial.quasi_random: true (allowed: false where chance is measured)"],
    );
}

#[test]
fn examples_run_and_hold_their_laws() {
    let bench = Bench::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let fewer = "--set initial.n=500 --set time.steps=10";
    let all = [
        ("lamb-oseen", fewer),
        ("merging-pair", fewer),
        ("dipole", fewer),
        ("random-circulations", fewer),
        ("point-vortex-ring", ""),
        ("close-vortices", ""),
        ("from-file", "--set time.steps=10"),
        ("ginibre", fewer),
        ("keller-segel", fewer),
        ("riesz-gas", fewer),
        ("torus", fewer),
        ("coulomb", fewer),
        ("vortex-sheet", fewer),
        ("aggregation", fewer),
        ("landau", fewer),
        ("heavy-tails", fewer),
        ("boltzmann", fewer),
        (
            "vortex-rings",
            "--set initial.spacing=0.4 --set time.steps=10",
        ),
    ];
    for (example, settings) in all {
        let config = examples.join(example).with_extension("toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let command = format!("farfield run examples/{example}.toml");
        assert!(
            text.starts_with("# ") && text.contains(&command) && text.contains("Law: "),
            "{example}"
        );
        bench.good(&format!(
            "run {} {settings} --set output.pictures=2 --out {example}",
            config.display()
        ));
        let summary: serde_json::Value =
            serde_json::from_str(&bench.text(&format!("{example}/summary.json"))).unwrap();
        let laws = summary["laws"].as_array().unwrap();
        assert!(laws.len() >= 3, "{example}");
        for law in laws {
            // Fixed seeds; by chance one of these sixty-nine is above 4.5 once in 2200.
            assert!(law["z"].as_f64().unwrap().abs() < 4.5, "{example}: {law}");
        }
    }
    assert_eq!(
        std::fs::read_dir(&examples)
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == "toml")
            })
            .count(),
        all.len()
    );
}

/// A run whose particles collapse ends there, says so, and goes no further.
#[test]
fn a_collapse_ends_the_run() {
    let bench = Bench::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let config = examples.join("keller-segel.toml");
    let printed = bench.good(&format!(
        "run {} --out o --set initial.n=500 --set output.pictures=3",
        config.display()
    ));
    assert!(printed.contains("\ncollapse at t = "), "{printed}");
    let summary: serde_json::Value = serde_json::from_str(&bench.text("o/summary.json")).unwrap();
    let collapse = &summary["collapse"];
    let step = collapse["step"].as_u64().unwrap();
    assert_eq!(summary["steps"].as_u64(), Some(step));
    assert!(step < 1000 && collapse["mass"].as_f64().unwrap() > 0.25);
    let picture = format!("o/pictures/density-{step:010}.png");
    assert!(bench.steps("o").last() == Some(&step) && !bench.read(&picture).is_empty());
    let rows = bench.text("o/diagnostics.csv");
    assert!(rows.starts_with("step,time,centre_x,centre_y,second_moment,energy,min_distance,"));
    let again = bench.good("run --resume o");
    assert!(
        again.contains(&format!("going on from step {step}"))
            && again.contains("\ncollapse at t = ")
    );
}

/// The hexagon turns once: (N − 1)/(4πN R²) a unit of time.
#[test]
fn the_ring_comes_back() {
    let bench = Bench::new();
    let config =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/point-vortex-ring.toml");
    bench.good(&format!(
        "run {} --out o --set output.pictures=0",
        config.display()
    ));
    let positions = |step: &str| {
        bench.good(&format!("export o --snapshot {step} --output x.npy"));
        crate::bench::npy(&bench.read("x.npy")).1
    };
    let (start, quarter, end) = (positions("0"), positions("50"), positions("-1"));
    let distance = |a: &[f64], b: &[f64]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max)
    };
    assert!(distance(&start, &end) < 1e-6, "{start:?} {end:?}");
    // A quarter turn, counter-clockwise: (1, 0) to (0, 1).
    assert!(distance(&quarter[..2], &[0.0, 1.0]) < 1e-6, "{quarter:?}");
}

//! What limits a run: `check --errors` and `run --statistical`.

use crate::bench::Bench;

const RUN: &str = r#"
[model]
kind = "log-gas"
diffusion = 0.2
core = { kind = "gaussian", delta = 0.5 }
confinement = { kind = "harmonic", stiffness = 1.5 }
[initial]
kind = "gaussian"
n = 4000
radius = 1.3
[time]
scheme = "euler-maruyama"
dt = 0.08
steps = 10
[field]
tolerance = 1e-9
[output]
snapshot_every = 5
pictures = 0
"#;

#[test]
fn told_side_by_side_and_applied() {
    let bench = Bench::new();
    bench.write("c.toml", RUN);
    let told = bench.good("check c.toml --errors");
    for row in [
        "4,000 particles",
        "square distance",
        "cos x",
        "cos y",
        "with              time.dt = 8.000e-2",
        "enough            time.dt",
    ] {
        assert!(told.contains(row), "{row}: {told}");
    }
    let ran = bench.good("run c.toml --statistical --out o");
    let tail = told.split_once("means over").unwrap().1;
    assert!(ran.contains(tail.trim_end()), "{ran}\n{told}");
    // The folder holds what was taken, so that it goes on and can be made again.
    let config: toml::Table = bench.text("o/config.toml").parse().unwrap();
    let number = |section: &str, key: &str| config[section][key].clone();
    let tolerance = number("field", "tolerance").as_float().unwrap();
    assert!((tolerance / (0.1 / 4000f64.sqrt()) - 1.0).abs() < 1e-12 || tolerance == 1e-3);
    let steps = number("time", "steps").as_integer().unwrap();
    let dt = number("time", "dt").as_float().unwrap();
    assert!(
        steps > 15 && (dt * steps as f64 - 0.8).abs() < 1e-12,
        "{dt} {steps}"
    );
    bench.good("run o/config.toml --out again");
    assert!(bench.good("diff o again").contains("same"));
    bench.usage("check --errors", &["CONFIG"]);
    bench.usage("run --resume o --statistical", &["--statistical"]);
}

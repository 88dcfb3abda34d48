//! What is killed at random moments, and goes on, ends with the bytes of what was not killed.

use crate::bench::Bench;
use crate::resume::same;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Pseudorandom numbers below 1.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        let next = self.0.wrapping_mul(6364136223846793005);
        self.0 = next.wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Starts `command` and kills it so many `times`, each time anew and at another moment after it has `begun`.
/// What `resume` makes of it, `same` compares.
fn kill(
    bench: &Bench,
    (command, begun): (&str, fn(&Bench, &str) -> bool),
    resume: &str,
    times: usize,
    chance: &mut Chance,
    same: impl Fn(&str),
) {
    let start = Instant::now();
    bench.good(&format!("{command} --out straight"));
    let whole = start.elapsed();
    let mut kills = 0;
    for attempt in 0..20 * times {
        let out = format!("o{attempt}");
        let mut child = bench.start(&format!("{command} --out {out}"));
        loop {
            let over = child.try_wait().unwrap().is_some();
            if begun(bench, &out) {
                break;
            }
            assert!(!over, "{command} ended before it began");
            sleep(Duration::from_millis(1));
        }
        sleep(whole.mul_f64(chance.next()));
        let over = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        if over {
            continue;
        }
        bench.good(&format!("{resume} {out}"));
        same(&out);
        kills += 1;
        if kills == times {
            return;
        }
    }
    panic!("{command}: {kills} kills, the other moments were too late");
}

fn example(name: &str) -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    examples
        .join(name)
        .with_extension("toml")
        .display()
        .to_string()
}

/// Fifty kills of runs that write something at nearly every step.
#[test]
fn runs() {
    let mut chance = Chance(1);
    let (gas, torus) = (example("ginibre"), example("torus"));
    for run in [
        "--set model.viscosity=1e-3".into(),
        "--set model.viscosity=1e-3 --set time.scheme=sra1 --set time.path_halvings=1".into(),
        format!("{gas} --set time.dt=1e-3"),
        format!("{gas} --set time.dt=1e-3 --set time.scheme=sra1"),
        torus,
    ] {
        let bench = Bench::new();
        let often = "--set output.snapshot_every=3 --set output.diagnostics_every=1 --set output.pictures=7 \
                     --set output.picture_pixels=100";
        let few = "--set initial.n=300 --set time.steps=40 --set field.check_every=7";
        let command = format!("run {run} {few} {often}");
        kill(
            &bench,
            (&command, |bench, out| !bench.steps(out).is_empty()),
            "run --resume",
            10,
            &mut chance,
            |out| {
                same(&bench, "straight", out);
            },
        );
    }
}

/// Which states are kept is the clock's decision, but not what becomes of them.
#[test]
fn runs_with_snapshots_by_the_clock() {
    let bench = Bench::new();
    let command = "run --set initial.n=300 --set time.steps=60 --set output.snapshot_every={seconds=0.003} \
                   --set output.diagnostics_every={time=0.5} --set output.pictures=5 --set output.picture_pixels=100";
    let begun = |bench: &Bench, out: &str| !bench.steps(out).is_empty();
    kill(
        &bench,
        (command, begun),
        "run --resume",
        10,
        &mut Chance(3),
        |out| {
            let [left, right] =
                ["straight", out].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
            assert!(left == right, "{out}\n{left}\n{right}");
            assert!(
                bench.snapshot("straight", 60) == bench.snapshot(out, 60),
                "{out}"
            );
            for name in bench.list("straight/pictures") {
                let [left, right] =
                    ["straight", out].map(|run| bench.read(&format!("{run}/pictures/{name}")));
                assert!(left == right, "{out}: {name}");
            }
        },
    );
}

/// Ten more, of particles that carry vectors, with cores that grow and with noise.
#[test]
fn runs_of_vortex_particles() {
    let mut chance = Chance(3);
    let rings = example("vortex-rings");
    for viscosity in [
        "--set time.scheme=rk4",
        "--set time.scheme=ab2-maruyama --set model.viscosity_by=brownian",
    ] {
        let bench = Bench::new();
        let few = "--set initial.spacing=0.45 --set time.steps=40 --set field.check_every=7";
        let often =
            "--set output.snapshot_every=3 --set output.pictures=7 --set output.picture_pixels=100";
        kill(
            &bench,
            (
                &format!("run {rings} {viscosity} {few} {often}"),
                |bench, out| !bench.steps(out).is_empty(),
            ),
            "run --resume",
            5,
            &mut chance,
            |out| same(&bench, "straight", out),
        );
    }
}

#[test]
fn ensembles() {
    let bench = Bench::new();
    let replicas = format!("ensemble {} --replicas 300", example("torus"));
    let command = format!("{replicas} --set initial.n=40 --set time.steps=8");
    let resume = "ensemble --replicas 300 --resume";
    kill(
        &bench,
        (&command, |bench, out| {
            bench.path(out).join("replicas.csv").exists()
        }),
        resume,
        6,
        &mut Chance(2),
        |out| {
            for file in ["config.toml", "replicas.csv", "summary.json"] {
                let [left, right] =
                    ["straight", out].map(|root| bench.read(&format!("{root}/{file}")));
                assert!(left == right, "{out}: {file}");
            }
        },
    );
}

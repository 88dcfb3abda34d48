//! Stopped, killed and resumed runs give the bytes of a straight one.

use crate::bench::Bench;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

const RUN: &str = "run --set initial.n=1500 --set output.snapshot_every=7 --set output.picture_pixels=120 \
                   --set output.min_distance_every=9 --set field.check_every=6";

/// All that a straight run and a resumed one must have alike.
pub(crate) fn same(bench: &Bench, a: &str, b: &str) {
    let mut names = bench.list(&format!("{a}/pictures"));
    assert_eq!(names, bench.list(&format!("{b}/pictures")), "{b}");
    names
        .iter_mut()
        .for_each(|name| name.insert_str(0, "pictures/"));
    names.push("snapshots.ffa".into());
    for name in names {
        let [left, right] = [a, b].map(|run| bench.read(&format!("{run}/{name}")));
        assert!(left == right, "{b}: {name}");
    }
    let [left, right] = [a, b].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert!(left == right, "{b}: diagnostics\n{left}\n{right}");
    let laws = |run: &str| -> serde_json::Value {
        let mut summary: serde_json::Value =
            serde_json::from_str(&bench.text(&format!("{run}/summary.json"))).unwrap();
        summary["seconds"] = 0.into();
        summary
    };
    assert_eq!(laws(a), laws(b));
}

/// The snapshot of a step, and the diagnostics.
pub(crate) fn same_end(bench: &Bench, a: &str, b: &str, step: u64) {
    let [left, right] = [a, b].map(|run| bench.snapshot(run, step));
    assert!(left == right, "{b}: step {step}");
    let [left, right] = [a, b].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert!(left == right, "{b}\n{left}\n{right}");
}

#[test]
fn a_longer_run_goes_on_where_a_shorter_one_ended() {
    for pace in [
        "ab2-maruyama",
        "euler-maruyama",
        "sra1 --set time.path_halvings=1",
        "ab3 --set model.viscosity=0",
        "rk4 --set model.viscosity=0",
        "jumps --set model.kind=boltzmann --set model.dimension=2",
    ] {
        let bench = Bench::new();
        let run = format!("{RUN} --set output.pictures=0 --set time.scheme={pace}");
        bench.good(&format!("{run} --set time.steps=20 --out straight"));
        bench.good(&format!("{run} --set time.steps=10 --out o"));
        let rows = bench.text("o/diagnostics.csv").lines().count();
        assert_eq!(rows, 12);
        let printed = bench.good("run --resume o --set time.steps=20");
        assert!(printed.contains("going on from step 10"), "{printed}");
        // Snapshots hold their configuration: those before step 10 have that of the shorter run.
        same_end(&bench, "straight", "o", 14);
        same_end(&bench, "straight", "o", 20);
        let timings = bench.text("o/timings.csv");
        assert_eq!(
            timings.lines().count(),
            1 + 21 + 1,
            "a row a step, and one for the second start\n{timings}"
        );
    }
}

/// Formulas are part of what a run is: it goes on with the same ones, to the same bytes, and with no others.
#[test]
fn formulas() {
    let bench = Bench::new();
    bench.write(
        "c.toml",
        "[model]\nkind = \"radial\"\ndiffusion = 0.01\nfield = \"exp(-r^2)\"\n\
         confinement = { kind = \"formula\", potential = \"x^4/4 + y^2/2\" }\n\
         [initial]\nkind = \"gaussian\"\nn = 500\n[time]\ndt = 0.02\n[output]\npictures = 2\npicture_pixels = 60\n",
    );
    bench.good("run c.toml --set time.steps=10 --out straight");
    bench.good("run c.toml --set time.steps=4 --out o");
    for (setting, expected) in [
        (
            "model.field=exp(-2*r^2)",
            "model.field: \"exp(-2*r^2)\" (allowed: \"exp(-r^2)\", as in the snapshot)",
        ),
        (
            "model.confinement.potential=x^4/4+y^2",
            "model.confinement: { kind = \"formula\", potential = \"x^4/4+y^2\" } (allowed: { kind = \"formula\", \
             potential = \"x^4/4 + y^2/2\" }, as in the snapshot)",
        ),
        (
            "model.diffusion=0.02",
            "model.diffusion: 0.02 (allowed: 0.01, as in the snapshot)",
        ),
        (
            "model.strength=2",
            "model.strength: 2.0 (allowed: 1.0, as in the snapshot)",
        ),
        (
            "initial.quasi_random=true",
            "initial.quasi_random: true (allowed: missing, as in the snapshot)",
        ),
        (
            "initial.kind=uniform-disc",
            "initial.kind: \"uniform-disc\" (allowed: \"gaussian\", as in the snapshot)",
        ),
    ] {
        bench.refused_with(
            &format!("run --resume o --set time.steps=10 --set {setting}"),
            &[expected],
        );
    }
    bench.good("run --resume o --set time.steps=10");
    assert!(bench.snapshot("straight", 10) == bench.snapshot("o", 10));
    assert!(bench.text("o/config.toml").contains("x^4/4 + y^2/2"));
}

#[test]
fn a_damaged_snapshot_is_passed_over() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --set time.steps=20 --out straight"));
    bench.good(&format!("{RUN} --set time.steps=20 --out o"));
    let (mut bytes, last) = (bench.read("o/snapshots.ffa"), bench.place("o", 20));
    bytes[last.start + 99] ^= 1;
    bench.write("o/snapshots.ffa", &bytes);
    let told = bench.good("info o");
    assert!(told.contains("4 (step 0, 7, 14, 20)"), "{told}");
    assert!(
        told.contains("step 20: bytes: wrong checksum") && told.contains("step 14\n"),
        "{told}"
    );
    fs::remove_file(bench.path("o/pictures/vorticity-0000000020.png")).unwrap();
    let output = bench.run("run --resume o");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && errors.contains("passed over a damaged snapshot: "),
        "{errors}"
    );
    assert!(
        errors.contains("o/snapshots.ffa: snapshot of step 20: bytes: wrong checksum"),
        "{errors}"
    );
    assert!(
        errors.contains("cut off 1 damaged snapshot, to be made again"),
        "{errors}"
    );
    same(&bench, "straight", "o");
}

/// What a kill leaves of the last snapshot.
#[test]
fn a_torn_snapshot_is_not_there() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --set time.steps=20 --out straight"));
    let whole = bench.read("straight/snapshots.ffa");
    let last = bench.place("straight", 20);
    for length in [
        last.start - 44,
        last.start - 20,
        last.start + 9,
        last.end,
        last.end + 75,
    ] {
        bench.good(&format!("{RUN} --set time.steps=20 --out o{length}"));
        bench.write(&format!("o{length}/snapshots.ffa"), &whole[..length]);
        let told = bench.good(&format!("info o{length}"));
        let torn = length - (last.start - 44);
        let damaged =
            format!("o{length}/snapshots.ffa: the last {torn} bytes are no whole snapshot");
        assert!(told.contains("3 (step 0, 7, 14)"), "{told}");
        assert_eq!(told.contains(&damaged), torn > 0, "{told}");
        let output = bench.run(&format!("run --resume o{length}"));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{errors}");
        assert_eq!(errors.contains(&damaged), torn > 0, "{errors}");
        same(&bench, "straight", &format!("o{length}"));
    }
}

/// What a power cut may leave: a file of the right length whose last bytes are not there. It is told, and made whole.
#[test]
fn a_snapshot_that_lost_its_checksum_is_written_again() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --set time.steps=20 --out straight"));
    bench.good(&format!("{RUN} --set time.steps=20 --out o"));
    let (mut bytes, kept) = (bench.read("o/snapshots.ffa"), bench.place("o", 14));
    bytes.truncate(kept.end + 76);
    bytes[kept.end..].fill(0);
    bench.write("o/snapshots.ffa", &bytes);
    let lost = "snapshot of step 14: its checksum is lost";
    assert!(bench.good("info o").contains(lost));
    let output = bench.run("run --resume o");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && errors.contains(lost), "{errors}");
    same(&bench, "straight", "o");
    // Nor does what is torn stay behind a run that is done.
    let mut bytes = bench.read("o/snapshots.ffa");
    bytes.extend([7; 99]);
    bench.write("o/snapshots.ffa", &bytes);
    bench.run("run --resume o");
    same(&bench, "straight", "o");
}

#[test]
fn an_unfinished_row_is_dropped() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --set time.steps=14 --out straight"));
    bench.good(&format!("{RUN} --set time.steps=14 --out o"));
    bench.drop_last("o");
    let text = bench.text("o/diagnostics.csv");
    bench.write("o/diagnostics.csv", &text[..text.len() - 40]);
    bench.good("run --resume o --threads 1");
    same(&bench, "straight", "o");
}

/// Killed at some moment, a run can be resumed; killed and resumed again and again, it ends as the straight one.
#[test]
fn killed_at_any_moment() {
    let bench = Bench::new();
    let run =
        format!("{RUN} --set time.steps=60 --set output.snapshot_every=3 --set initial.n=4000");
    bench.good(&format!("{run} --out straight"));
    let mut child = bench.start(&format!("{run} --out o"));
    // Before there is a snapshot, there is nothing to resume.
    while bench.steps("o").is_empty() {
        sleep(Duration::from_millis(1));
    }
    let mut kills = 0;
    for moment in [3, 31, 57, 12, 90, 44, 71, 25] {
        sleep(Duration::from_millis(moment));
        let finished = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        if finished {
            break;
        }
        kills += 1;
        child = bench.start("run --resume o");
    }
    child.wait().unwrap();
    assert!(kills > 0, "the run was over before the first moment");
    bench.good("run --resume o");
    same(&bench, "straight", "o");
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::process::{Child, Command};

    fn interrupt(child: &Child) {
        let sent = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    #[test]
    fn the_first_interrupt_finishes_the_step() {
        let bench = Bench::new();
        let run =
            "run --set initial.n=1500 --set output.pictures=0 --set output.snapshot_every=1000000";
        let child = bench.start(&format!("{run} --set time.steps=1000000 --out o"));
        while !bench.path("o/diagnostics.csv").exists()
            || bench.text("o/diagnostics.csv").lines().count() < 5
        {
            sleep(Duration::from_millis(1));
        }
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let printed = String::from_utf8(output.stdout).unwrap();
        let last = printed.lines().last().unwrap();
        assert!(
            last.ends_with("of 1000000; go on with: farfield run --resume o"),
            "{printed}"
        );
        let step = last
            .strip_prefix("stopped after step ")
            .and_then(|rest| rest.split(' ').next());
        let step: u64 = step.unwrap().parse().unwrap();
        let steps = step + 5;
        bench.good(&format!("run --resume o --set time.steps={steps}"));
        bench.good(&format!("{run} --set time.steps={steps} --out straight"));
        assert!(bench.snapshot("o", steps) == bench.snapshot("straight", steps));
        assert_eq!(
            bench.text("o/diagnostics.csv"),
            bench.text("straight/diagnostics.csv")
        );
    }

    #[test]
    fn the_second_interrupt_aborts() {
        let bench = Bench::new();
        // Long steps, so that the second comes before the first has had its effect: not always, but once in five.
        let run = "run --threads 1 --set initial.n=150000 --set model.viscosity=0 --set time.scheme=rk4 \
                   --set field.tolerance=1e-12 --set field.check_every=0 --set output.pictures=0";
        let aborted = (0..5).any(|i| {
            let child = bench.start(&format!("{run} --out o{i}"));
            while !bench.path(&format!("o{i}/timings.csv")).exists() {
                sleep(Duration::from_millis(1));
            }
            sleep(Duration::from_millis(50));
            interrupt(&child);
            sleep(Duration::from_millis(20));
            interrupt(&child);
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(130));
            !String::from_utf8(output.stdout)
                .unwrap()
                .contains("stopped after step")
        });
        assert!(aborted);
    }
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let bench = Bench::new();
    let mut child = bench.start("run --set initial.n=1500 --set time.steps=1000000 --out o");
    while bench.steps("o").is_empty() {
        sleep(Duration::from_millis(1));
    }
    bench.refused(
        "run --resume o",
        "o: in use (allowed: a folder that no other run writes to)",
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

//! A disk that is full, or refuses, in the middle of a run: an error that says so, the last good state, and a run that goes
//! on.

use crate::bad_arrays::limited;
use crate::bench::Bench;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// What the straight run wrote, the other has too.
fn has_all_of(bench: &Bench, straight: &str, other: &str) {
    for step in bench.steps(straight) {
        let [left, right] = [straight, other].map(|run| bench.snapshot(run, step));
        assert!(left == right, "{other}: step {step}");
    }
    for name in bench.list(&format!("{straight}/pictures")) {
        let [left, right] = [straight, other].map(|run| format!("{run}/pictures/{name}"));
        assert!(bench.read(&left) == bench.read(&right), "{right}");
    }
    let [left, right] = [straight, other].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
    assert!(left == right, "{left}\n{right}");
}

/// There is no room for files of more than so many kilobytes: of the snapshots those after step 0.
#[test]
fn a_disk_that_fills_up() {
    let snapshots = "--set initial.n=1000 --set time.steps=8 --set output.pictures=0 --set output.snapshot_every=4";
    let pictures = "--set initial.n=200 --set time.steps=8 --set output.picture_pixels=500";
    let rows = "--set initial.n=100 --set time.steps=99 --set output.pictures=0 --set output.snapshot_every=0";
    for (kilobytes, settings, full) in [
        (32, snapshots, "o/snapshots.ffa: snapshot of step 4"),
        (32, pictures, "pictures/vorticity-0000000000.png"),
        (12, rows, "diagnostics.csv"),
    ] {
        let bench = Bench::new();
        let output = limited(&bench, kilobytes, &format!("run {settings} --out o"));
        let errors = String::from_utf8(output.stderr.clone()).unwrap();
        // Lines of progress come before.
        let error = errors.lines().last().unwrap();
        assert!(
            error.contains(full) && error.contains("File too large"),
            "{errors}"
        );
        let kept = bench.steps("o");
        let last = kept.last().unwrap();
        assert!(
            error.ends_with(&format!(
                "the last good state is step {last} of o/snapshots.ffa"
            )),
            "{errors}"
        );
        assert!(bench.archive("o").damage().is_empty());
        // The row of the state that could not be told is missing, but the state is kept.
        assert_eq!(kept.len() > 1, full == "diagnostics.csv", "{kept:?}");
        assert_eq!(output.status.code(), Some(1));
        bench.good(&format!("info o --snapshot {last}"));
        bench.good("run --resume o");
        bench.good(&format!("run {settings} --out straight"));
        has_all_of(&bench, "straight", "o");
    }
}

/// The run is whole, and only its animation is missing.
#[test]
fn no_room_for_the_animation() {
    let bench = Bench::new();
    let run = "run --set initial.n=200 --set time.steps=20 --set output.picture_pixels=100 --set output.pictures=21";
    bench.good(&format!("{run} --out straight"));
    let largest = bench
        .list("straight/pictures")
        .into_iter()
        .filter(|name| name.ends_with(".png"));
    let largest = largest.map(|name| bench.read(&format!("straight/pictures/{name}")).len());
    let kilobytes = 1 + largest.max().unwrap() / 1024;
    assert!(bench.read("straight/pictures/animation.gif").len() > 1024 * kilobytes);
    let output = limited(&bench, kilobytes.max(16), &format!("{run} --out o"));
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(
        errors.ends_with("error: o/pictures/animation.gif: cannot write: File too large\n"),
        "{errors}"
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(!bench.path("o/pictures/animation.gif").exists());
    bench.good("run --resume o");
    has_all_of(&bench, "straight", "o");
}

/// Whether permissions bind this process, which they do not if it is root's.
fn permissions_bind(folder: &Path) -> bool {
    let closed = folder.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    fs::write(closed.join("file"), "").is_err()
}

fn read_only(bench: &Bench) {
    let closed = fs::Permissions::from_mode(0o444);
    fs::set_permissions(bench.path("o/snapshots.ffa"), closed).unwrap();
}

fn writable(bench: &Bench) {
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(bench.path("o/snapshots.ffa"), open).unwrap();
}

fn away(bench: &Bench) {
    fs::rename(bench.path("o/snapshots.ffa"), bench.path("kept")).unwrap();
}

fn back(bench: &Bench) {
    fs::rename(bench.path("kept"), bench.path("o/snapshots.ffa")).unwrap();
}

/// The archive becomes read-only, or is not there any more.
#[test]
fn an_archive_that_refuses() {
    type Act = fn(&Bench);
    let mut ways: Vec<(Act, Act)> = vec![(away, back)];
    match permissions_bind(&Bench::new().path(".")) {
        true => ways.push((read_only, writable)),
        false => eprintln!("permissions do not bind root: no read-only folder is tried"),
    }
    for (refuse, allow) in ways {
        let bench = Bench::new();
        let run = "run --set initial.n=500 --set output.pictures=0 --set output.snapshot_every=5";
        let child = bench.start(&format!("{run} --set time.steps=1000000 --out o"));
        while !bench.steps("o").contains(&5) {
            sleep(Duration::from_millis(1));
        }
        refuse(&bench);
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        let error = errors.lines().last().unwrap();
        assert!(error.contains("o/snapshots.ffa"), "{errors}");
        allow(&bench);
        bench.good("info o");
        let rows = bench.text("o/diagnostics.csv");
        let last = rows.lines().last().unwrap().split(',').next().unwrap();
        let steps = last.parse::<u64>().unwrap() + 5;
        bench.good(&format!("run --resume o --set time.steps={steps}"));
        bench.good(&format!("{run} --set time.steps={steps} --out straight"));
        assert!(bench.snapshot("o", steps) == bench.snapshot("straight", steps));
        let [left, right] =
            ["o", "straight"].map(|run| bench.text(&format!("{run}/diagnostics.csv")));
        assert!(left == right, "{left}\n{right}");
    }
}

//! Operators on disk. Where they are kept is a setting of the whole process, so each of these runs others.

use farfield::{
    Kernel, OperatorsReport, Options, Plan, RadialFunction, RadialKernel, Riesz, operators,
};
use std::array::from_fn;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Names the folder of a process; `none` for none.
const FOLDER: &str = "FARFIELD_TEST_OPERATORS";

struct Softened;
impl RadialFunction for Softened {
    fn field(&self, r: f64) -> f64 {
        1.0 / (r * r + 0.01)
    }
}

/// What the others run: says where the operators of some plans came from, and what bits their sums have.
#[test]
#[ignore = "a process that other tests start"]
fn process() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    if folder != "none" {
        operators::keep_in(Some(Path::new(&folder))).unwrap();
    }
    let radial = RadialKernel::new(&Softened).unwrap();
    say("plane", sum::<_, 2>(Riesz { s: 0.5 }, 1e-9));
    say("space", sum::<_, 3>(Riesz { s: 0.5 }, 1e-3));
    say("levels-in-plane", sum::<_, 2>(radial.clone(), 1e-9));
    say("levels-in-space", sum::<_, 3>(radial, 1e-3));
}

fn say(name: &str, (found, bits): (OperatorsReport, u64)) {
    let OperatorsReport {
        made,
        from_memory,
        from_disk,
        kept,
        not_kept,
        ..
    } = found;
    assert_eq!((from_memory, not_kept), (0, None));
    println!("\nfound: {name} {made} {from_disk} {kept} {bits}");
}

fn sum<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    kernel: K,
    tolerance: f64,
) -> (OperatorsReport, u64) {
    let point = |i: usize| from_fn(|a| f64::sin(12.9898 * (D * i + a) as f64));
    let points: Vec<[f64; D]> = (0..4000).map(point).collect();
    let strengths: Vec<f64> = (0..4000).map(|i| f64::sin(78.233 * i as f64)).collect();
    let plan = Plan::new(&points, kernel, Options::tolerance(tolerance)).unwrap();
    let field = plan.field(&strengths).unwrap();
    let numbers = field.as_flattened().iter();
    let bits = numbers.fold(0u64, |all, x| all.rotate_left(7) ^ x.to_bits());
    (plan.report().operators, bits)
}

/// Of one plan.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    name: String,
    made: usize,
    from_disk: usize,
    kept: usize,
    bits: u64,
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["operators::process", "--exact", "--ignored", "--nocapture"]);
    command.env(FOLDER, folder);
    command.stdout(Stdio::piped()).spawn().unwrap()
}

fn wait(process: Child) -> Vec<Found> {
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("found: "));
    let found = lines.map(|line| {
        let mut words = line.split(' ');
        let mut next = || words.next().unwrap();
        Found {
            name: next().into(),
            made: next().parse().unwrap(),
            from_disk: next().parse().unwrap(),
            kept: next().parse().unwrap(),
            bits: next().parse().unwrap(),
        }
    });
    let found: Vec<Found> = found.collect();
    assert_eq!(found.len(), 4, "{text}");
    found
}

fn run(folder: &Path) -> Vec<Found> {
    wait(start(folder))
}

fn bits(all: &[Found]) -> Vec<u64> {
    all.iter().map(|found| found.bits).collect()
}

/// The names in a folder, none of which is that of an unfinished file.
fn files(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap();
    let names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let whole = |name: &String| name.len() == 64 + 10 && name.ends_with(".operators");
    assert!(names.iter().all(whole), "{names:?}");
    names.len()
}

#[test]
fn the_next_process_takes_the_same_bits_from_disk() {
    let place = tempfile::TempDir::new().unwrap();
    let folder = place.path().join("made/on the way");
    let without = run(Path::new("none"));
    let first = run(&folder);
    let sets: usize = first.iter().map(|found| found.made).sum();
    for (without, first) in without.iter().zip(&first) {
        assert_eq!((without.from_disk, without.kept), (0, 0));
        assert_eq!(first.made, without.made);
        assert_eq!(first.kept, first.made, "{}", first.name);
        // Kernels with a length of their own have a set for every level.
        assert_eq!(first.made > 1, first.name.starts_with("levels"));
    }
    assert_eq!(files(&folder), sets);
    let second = run(&folder);
    for (first, second) in first.iter().zip(&second) {
        assert_eq!((second.made, second.from_disk), (0, first.made));
    }
    assert_eq!(bits(&first), bits(&without));
    assert_eq!(bits(&second), bits(&without));
    assert_eq!(files(&folder), sets);
}

#[test]
fn processes_at_once() {
    let place = tempfile::TempDir::new().unwrap();
    let all = [(); 4].map(|()| start(place.path()));
    let all = all.map(wait);
    let after = run(place.path());
    for found in &all {
        assert_eq!(bits(found), bits(&all[0]));
        for (found, after) in found.iter().zip(&after) {
            assert_eq!((after.made, found.kept), (0, found.made));
            assert_eq!(found.made + found.from_disk, after.from_disk);
        }
    }
    assert_eq!(bits(&after), bits(&all[0]));
    let sets: usize = after.iter().map(|found| found.from_disk).sum();
    assert_eq!(files(place.path()), sets);
}

/// Whenever that is: what has its name is whole.
#[test]
fn killed_processes_leave_whole_files() {
    let place = tempfile::TempDir::new().unwrap();
    let mut read = 0;
    for milliseconds in [2, 20, 50, 100, 150, 200, 300, 500] {
        let mut process = start(place.path());
        std::thread::sleep(Duration::from_millis(milliseconds));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let names = fs::read_dir(place.path()).into_iter().flatten();
    for entry in names {
        let name = entry.unwrap().file_name().into_string().unwrap();
        read += usize::from(name.ends_with(".operators"));
    }
    let after = run(place.path());
    assert_eq!(
        after.iter().map(|found| found.from_disk).sum::<usize>(),
        read
    );
    assert_eq!(bits(&after), bits(&run(Path::new("none"))));
}

//! Operators that were made before: the last ones in memory, and on disk where a folder was named.

use super::format::{Identity, decode, encode};
use super::operators::{Operators, Shift};
use crate::OperatorsReport;
use crate::operators::{Folder, folder};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What operators depend on: dimension, kernel, nodes by axis, bits of the error.
pub(super) type Key = (usize, Vec<u64>, Vec<usize>, u64);

/// What is kept of a kernel, or of a level.
pub(super) type Made = (Arc<Operators>, Arc<Shift>);

/// Sets that are kept in memory: those of the levels of a deep tree in the plane, or of two of most trees in space.
const MOST: usize = 16;

/// What this process made or read.
static MEMORY: Memory = Memory(Mutex::new(vec![]));

/// Operators for this key, made unless they are there, and where they came from. Two threads may make the same ones at a time.
pub(super) fn operators(key: Key, make: impl FnOnce() -> Made) -> (Made, OperatorsReport) {
    MEMORY.operators(folder().as_ref(), key, make)
}

/// The latest last.
struct Memory(Mutex<Vec<(Key, Made)>>);

impl Memory {
    fn operators(
        &self,
        folder: Option<&Folder>,
        key: Key,
        make: impl FnOnce() -> Made,
    ) -> (Made, OperatorsReport) {
        let start = Instant::now();
        let all = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let there = all()
            .iter()
            .find(|(there, _)| *there == key)
            .map(|(_, of)| of.clone());
        let in_memory = |made| (made, OperatorsReport::from_memory());
        let found = there.map(in_memory);
        let (made, mut report) = found.unwrap_or_else(|| read_or_made(folder, &key, make));
        report.seconds = start.elapsed().as_secs_f64();
        let mut all = all();
        all.retain(|(there, _)| *there != key);
        if all.len() == MOST {
            all.remove(0);
        }
        all.push((key, made.clone()));
        (made, report)
    }
}

/// From the folder, or made and left there.
fn read_or_made(
    folder: Option<&Folder>,
    key: &Key,
    make: impl FnOnce() -> Made,
) -> (Made, OperatorsReport) {
    let Some(folder) = folder.filter(|_| is_worth_keeping(key)) else {
        return (make(), OperatorsReport::made());
    };
    let identity = Identity::new(key);
    let name = identity.name();
    if let Some(there) = folder.read(&name).and_then(|file| decode(&file, &identity)) {
        return (there, OperatorsReport::from_disk());
    }
    let made = make();
    let file = encode(&identity, &made);
    let kept = file.and_then(|file| folder.write(&name, &file));
    (made, OperatorsReport::kept(kept))
}

/// Nodes of a cell from which on a set is written: to make it takes some 20 ms then, and more, to read it a tenth or less.
const WORTH_KEEPING: usize = 100;

fn is_worth_keeping((_, _, nodes, _): &Key) -> bool {
    nodes.iter().product::<usize>() >= WORTH_KEEPING
}

#[cfg(test)]
mod tests {
    use super::super::kappa::Kappa;
    use super::super::operators::Serves;
    use super::super::tensor::TensorNodes;
    use super::*;
    use crate::kernel::{Kernel, Riesz};
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tempfile::TempDir;

    const NODES: [usize; 3] = [5; 3];

    /// Operators in space at this power, and what the kernel has of another level below.
    fn make(s: f64) -> Made {
        let radial = Kernel::<3>::pair(&Riesz { s }, 1.0).power().unwrap();
        let nodes = TensorNodes::new(NODES);
        let kappa = Kappa::<3>::of_cubes(&radial);
        let above = Operators::new(&kappa, &nodes, 0.1, None, Serves::default());
        let below = Operators::new(
            &kappa,
            &nodes,
            0.1,
            Some(&above.importance),
            Serves::default(),
        );
        let shift = Shift::new::<3>(&nodes, &above, &below);
        (Arc::new(below), Arc::new(shift))
    }

    fn key(s: f64) -> Key {
        (3, vec![0, s.to_bits()], NODES.to_vec(), 0.1f64.to_bits())
    }

    /// What a process that has just begun finds: a report, and the set as bytes.
    fn process(folder: &Folder, s: f64) -> (OperatorsReport, Vec<u8>) {
        let memory = Memory(Mutex::new(vec![]));
        let (made, report) = memory.operators(Some(folder), key(s), || make(s));
        (report, bytes(&made, s))
    }

    fn bytes(made: &Made, s: f64) -> Vec<u8> {
        encode(&Identity::new(&key(s)), made).unwrap()
    }

    fn files(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn is_kept(report: &OperatorsReport) -> bool {
        (report.made, report.kept, &report.not_kept) == (1, 1, &None)
    }

    #[test]
    fn the_next_process_reads_the_same_bits() {
        let place = TempDir::new().unwrap();
        let folder = Folder::new(place.path()).unwrap();
        let (report, made) = process(&folder, 0.5);
        assert!(is_kept(&report), "{report:?}");
        assert_eq!(made, bytes(&make(0.5), 0.5));
        let (report, read) = process(&folder, 0.5);
        assert_eq!((report.made, report.from_disk, report.kept), (0, 1, 0));
        assert!(made == read, "other bits");
        // Another kernel is another file.
        assert!(is_kept(&process(&folder, 0.25).0));
        assert_eq!(files(place.path()).len(), 2);
    }

    #[test]
    fn a_process_asks_its_memory_first() {
        let place = TempDir::new().unwrap();
        let folder = Folder::new(place.path()).unwrap();
        let memory = Memory(Mutex::new(vec![]));
        let made = AtomicUsize::new(0);
        let ask = |folder| {
            let make = || {
                made.fetch_add(1, Ordering::Relaxed);
                make(0.5)
            };
            memory.operators(folder, key(0.5), make).1
        };
        assert!(is_kept(&ask(Some(&folder))));
        assert_eq!(ask(Some(&folder)).from_memory, 1);
        assert_eq!(ask(None).from_memory, 1);
        assert_eq!(made.into_inner(), 1);
    }

    #[test]
    fn small_sets_are_not_written() {
        let place = TempDir::new().unwrap();
        let folder = Folder::new(place.path()).unwrap();
        let (_, report) = read_or_made(Some(&folder), &(2, vec![0], vec![9, 11], 0), || make(0.5));
        assert_eq!((report.made, report.kept, report.not_kept), (1, 0, None));
        assert!(files(place.path()).is_empty());
    }

    /// Whatever is in place of the file, operators are right, and the file after.
    #[test]
    fn damaged_and_strange_files_are_replaced() {
        let place = TempDir::new().unwrap();
        let folder = Folder::new(place.path()).unwrap();
        let (_, good) = process(&folder, 0.5);
        let [path] = &files(place.path())[..] else {
            panic!("one file")
        };
        assert!(fs::read(path).unwrap() == good);
        let mut others = vec![];
        for length in [
            0,
            1,
            7,
            8,
            12,
            43,
            44,
            45,
            100,
            good.len() / 2,
            good.len() - 1,
        ] {
            others.push((format!("cut to {length}"), good[..length].to_vec()));
        }
        for at in [
            0,
            7,
            8,
            12,
            43,
            44,
            60,
            100,
            150,
            good.len() / 2,
            good.len() - 1,
        ] {
            let mut flipped = good.clone();
            flipped[at] ^= 0x10;
            others.push((format!("flipped at {at}"), flipped));
        }
        others.push(("longer".into(), [&good[..], b"more"].concat()));
        others.push(("text".into(), b"hello".repeat(1000)));
        // Whole files, but of others: their checksums are right.
        others.push(("another kernel".into(), bytes(&make(0.25), 0.25)));
        let mut newer = good.clone();
        newer[8] += 1;
        others.push(("another version".into(), newer));
        for (what, contents) in others {
            fs::write(path, contents).unwrap();
            let (report, found) = process(&folder, 0.5);
            assert!(is_kept(&report), "{what}: {report:?}");
            assert!(found == good, "{what}");
            assert!(fs::read(path).unwrap() == good, "{what}");
            assert_eq!(process(&folder, 0.5).0.from_disk, 1, "{what}");
            assert_eq!(files(place.path()).len(), 1, "{what}");
        }
        // One that says it is a terabyte long.
        let sparse = fs::File::create(path).unwrap();
        if sparse.set_len(1 << 40).is_ok() {
            assert!(is_kept(&process(&folder, 0.5).0));
            assert!(fs::read(path).unwrap() == good);
        }
    }

    #[test]
    fn many_at_once() {
        let place = TempDir::new().unwrap();
        let folder = Folder::new(place.path()).unwrap();
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads = [(); 8].map(|()| scope.spawn(|| process(&folder, 0.5)));
            threads.map(|thread| thread.join().unwrap()).into()
        });
        for (report, found) in &all {
            assert!(is_kept(report) || report.from_disk == 1, "{report:?}");
            assert!(*found == all[0].1);
        }
        assert_eq!(files(place.path()).len(), 1);
        assert_eq!(process(&folder, 0.5).0.from_disk, 1);
    }

    /// The folder comes back when it was deleted; where it cannot, the operators are right all the same.
    #[test]
    fn folders_that_are_gone() {
        let place = TempDir::new().unwrap();
        let path = place.path().join("operators");
        let folder = Folder::new(&path).unwrap();
        let (_, good) = process(&folder, 0.5);
        fs::remove_dir_all(&path).unwrap();
        assert!(is_kept(&process(&folder, 0.5).0));
        fs::remove_dir_all(&path).unwrap();
        fs::write(&path, "in the way").unwrap();
        let (report, found) = process(&folder, 0.5);
        assert_eq!((report.made, report.kept), (1, 0));
        let why = report.not_kept.unwrap();
        assert!(why.contains("operators: "), "{why}");
        assert!(found == good);
        assert_eq!(files(place.path()), [path]);
    }

    /// A folder where the file is to be: nothing is left beside it.
    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let place = TempDir::new().unwrap();
        let folder = Folder::new(place.path()).unwrap();
        let path = place.path().join(Identity::new(&key(0.5)).name());
        fs::create_dir(&path).unwrap();
        let (report, _) = process(&folder, 0.5);
        assert_eq!((report.made, report.kept), (1, 0));
        assert!(report.not_kept.is_some());
        assert_eq!(files(place.path()), [path]);
    }

    /// What other processors, systems or versions of the code made has another name.
    #[test]
    fn names_differ_with_all_that_bits_depend_on() {
        let (dimension, kernel, nodes, error) = key(0.5);
        let keys = [
            (2, kernel.clone(), nodes.clone(), error),
            (dimension, vec![0, 0.25f64.to_bits()], nodes.clone(), error),
            (dimension, kernel[..1].to_vec(), nodes.clone(), error),
            (dimension, kernel.clone(), vec![5, 6, 5], error),
            (dimension, kernel.clone(), vec![5, 5, 6], error),
            (dimension, kernel, nodes, error + 1),
            key(0.5),
        ];
        let mut names: Vec<String> = keys.iter().map(|key| Identity::new(key).name()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 7);
    }
}

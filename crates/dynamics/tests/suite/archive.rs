//! Archives of snapshots, whole, torn and damaged.

use crate::common::{config, to_bytes};
use farfield_dynamics::config::{Circulations, Every};
use farfield_dynamics::{Archive, ErrorKind, Inputs, Simulation, Snapshot, SnapshotWriter};
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// Lengths of the head, and of what stands before and after a snapshot.
const HEAD: usize = 12;
const FRONT: usize = 44;
const BACK: usize = 76;

fn snapshots(steps: Range<u64>) -> Vec<Snapshot> {
    let mut config = config(10, 0.1, Circulations::Unit);
    config.time.steps = 50;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    let mut all = vec![];
    while run.state().step < steps.end {
        if steps.contains(&run.state().step) {
            all.push(run.snapshot());
        }
        run.step().unwrap();
    }
    all
}

/// A folder for an archive.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("snapshots.ffa")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// The archive of these bytes.
    fn of(&self, bytes: &[u8]) -> Archive {
        fs::write(self.path(), bytes).unwrap();
        Archive::open(self.path()).unwrap()
    }
}

/// The bytes of an archive of these, and where each record is.
fn whole(all: &[Snapshot]) -> (Vec<u8>, Vec<Range<usize>>) {
    let place = Place::new();
    let mut archive = Archive::create(place.path()).unwrap();
    let mut ends = vec![HEAD];
    for snapshot in all {
        archive.append(snapshot).unwrap();
        ends.push(place.bytes().len());
    }
    let records = ends.windows(2).map(|ends| ends[0]..ends[1]);
    (place.bytes(), records.collect())
}

fn steps(archive: &Archive) -> Vec<u64> {
    archive.entries().iter().map(|entry| entry.step).collect()
}

#[test]
fn comes_back_as_it_was() {
    let all = snapshots(0..4);
    let (bytes, records) = whole(&all);
    let archive = Place::new();
    let read = archive.of(&bytes);
    assert_eq!(steps(&read), [0, 1, 2, 3]);
    assert!(read.damage().is_empty());
    for (number, (snapshot, record)) in all.iter().zip(&records).enumerate() {
        assert_eq!(&read.read::<2>(number).unwrap(), snapshot);
        assert_eq!(read.dimension(number).unwrap(), 2);
        let payload = &bytes[record.start + FRONT..record.end - BACK];
        assert_eq!(payload, to_bytes(snapshot));
        let entry = &read.entries()[number];
        assert_eq!(
            (entry.time, entry.bytes),
            (snapshot.state.time, payload.len() as u64)
        );
        assert_eq!(entry.hash, Some(*blake3::hash(payload).as_bytes()));
    }
    let found = read.latest::<2>().unwrap();
    assert_eq!((found.number, found.skipped.len()), (3, 0));
    let error = read.read::<2>(4).unwrap_err().to_string();
    assert!(
        error.starts_with("number of a snapshot: 4 (allowed: below 4"),
        "{error}"
    );
    // Whole, but not what was asked for: nothing is passed over for it.
    let error = read.latest::<3>().unwrap_err().to_string();
    assert!(
        error.ends_with("snapshot of step 3: dimension: 2 (allowed: 3)"),
        "{error}"
    );
}

/// Whatever is left of the last record: the others are there, and what is added makes the bytes of an archive that was never cut.
#[test]
fn cut_anywhere() {
    let all = snapshots(0..3);
    let (bytes, records) = whole(&all);
    let place = Place::new();
    let earlier = (0..records[2].start).step_by(61).chain(0..=HEAD);
    let ends = records
        .iter()
        .flat_map(|record| [record.end - 1, record.end]);
    for length in (records[2].clone()).chain(earlier).chain(ends) {
        let mut archive = place.of(&bytes[..length]);
        let left = records.iter().filter(|record| record.end <= length).count();
        assert_eq!(archive.entries().len(), left, "cut to {length}");
        for number in 0..left {
            assert_eq!(archive.read::<2>(number).unwrap(), all[number]);
        }
        let ends = records.iter().map(|record| record.end);
        let at_an_end = ends.chain([0, HEAD]).any(|end| end == length);
        assert_eq!(archive.damage().is_empty(), at_an_end, "cut to {length}");
        match left {
            0 => assert!(archive.latest::<2>().is_err()),
            _ => assert_eq!(archive.latest::<2>().unwrap().number, left - 1),
        }
        for snapshot in &all[left..] {
            archive.append(snapshot).unwrap();
        }
        assert!(place.bytes() == bytes, "cut to {length}");
        assert!(archive.damage().is_empty());
    }
}

/// A byte costs the snapshot that it is in, and none if it stands around one.
#[test]
fn any_flipped_byte() {
    let all = snapshots(1..4);
    let (bytes, records) = whole(&all);
    let place = Place::new();
    for at in 0..bytes.len() {
        for bit in [0x10, 0xff] {
            let mut bad = bytes.clone();
            bad[at] ^= bit;
            let archive = place.of(&bad);
            assert_eq!(steps(&archive), [1, 2, 3], "byte {at}");
            for (number, record) in records.iter().enumerate() {
                let payload = record.start + FRONT..record.end - BACK;
                match archive.read::<2>(number) {
                    Ok(read) => assert!(read == all[number] && !payload.contains(&at), "byte {at}"),
                    Err(error) => {
                        assert!(payload.contains(&at), "byte {at}: {error}");
                        assert!(
                            error
                                .to_string()
                                .contains(&format!("step {}: ", number + 1))
                        );
                        assert_eq!(error.kind(), ErrorKind::Snapshot);
                    }
                }
            }
            let last = records[2].start + FRONT..records[2].end - BACK;
            let found = archive.latest::<2>().unwrap();
            let expected = if last.contains(&at) { (1, 1) } else { (2, 0) };
            assert_eq!((found.number, found.skipped.len()), expected, "byte {at}");
        }
    }
}

/// Fronts, payloads and backs wiped out in all ways: what has a front or a back left is found, and what has its bytes is read.
#[test]
fn damaged_in_many_places() {
    let all = snapshots(0..3);
    let (bytes, records) = whole(&all);
    let place = Place::new();
    for ways in 0..512 {
        let wiped = |number: usize, part: usize| ways >> (3 * number + part) & 1 == 1;
        let mut bad = bytes.clone();
        for (number, record) in records.iter().enumerate() {
            let (front, back) = (record.start + FRONT, record.end - BACK);
            let parts = [record.start..front, front..back, back..record.end];
            for (part, range) in parts.into_iter().enumerate() {
                if wiped(number, part) {
                    bad[range].fill(7);
                }
            }
        }
        let archive = place.of(&bad);
        let found: Vec<usize> = (0..3).filter(|&k| !wiped(k, 0) || !wiped(k, 2)).collect();
        let expected: Vec<u64> = found.iter().map(|&k| k as u64).collect();
        assert_eq!(steps(&archive), expected, "{ways:09b}");
        // A back has the checksum of what is before it.
        let sealed = found.len() == 3 && (0..3).all(|k| !wiped(k, 2));
        assert_eq!(archive.damage().is_empty(), sealed, "{ways:09b}");
        for (number, &k) in found.iter().enumerate() {
            match archive.read::<2>(number) {
                Ok(read) => assert!(read == all[k] && !wiped(k, 1)),
                Err(_) => assert!(wiped(k, 1), "{ways:09b}"),
            }
        }
        let good = found.iter().rfind(|&&k| !wiped(k, 1));
        let latest = archive.latest::<2>().ok();
        let latest = latest.map(|found| found.snapshot.state.step as usize);
        assert_eq!(latest.as_ref(), good, "{ways:09b}");
    }
}

/// What is listed does not depend on what the snapshots are.
#[test]
fn the_index_alone_is_read() {
    let (bytes, records) = whole(&snapshots(0..3));
    let place = Place::new();
    let mut blank = bytes.clone();
    for record in &records {
        blank[record.start + FRONT..record.end - BACK].fill(0);
    }
    let listed = place.of(&blank);
    assert!(listed.damage().is_empty());
    let listed = listed.entries().to_vec();
    assert_eq!(listed, place.of(&bytes).entries());
}

/// A front with its checksum.
fn front(place: u64, bytes: u64) -> Vec<u8> {
    let mut front = b"<ffsnap1".to_vec();
    for number in [place, bytes, 5, 0.5f64.to_bits()] {
        front.extend(number.to_le_bytes());
    }
    front.extend(crc32fast::hash(&front).to_le_bytes());
    front
}

#[test]
fn bytes_that_are_no_archive() {
    let place = Place::new();
    let refused = |bytes: &[u8]| {
        fs::write(place.path(), bytes).unwrap();
        let error = Archive::open(place.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Snapshot);
        error.to_string()
    };
    assert!(refused(b"FARFIELD and so on").contains(": other bytes (allowed: an archive"));
    assert!(refused(b"x").contains("other bytes"));
    let newer = refused(b"FFARCHIV\x02\0\0\0 and so on");
    assert!(
        newer.contains(": an archive of another version (allowed: "),
        "{newer}"
    );
    let head = whole(&[]).0;
    assert_eq!(head.len(), HEAD);
    // Lengths that no file has, and marks without end.
    for bytes in [u64::MAX, u64::MAX - 100, 1 << 62, 1 << 40, 0] {
        let mut file = head.clone();
        file.extend(front(HEAD as u64, bytes));
        file.extend([0; 200]);
        let archive = place.of(&file);
        let found = archive.entries().len();
        assert_eq!(found, usize::from(bytes == 0));
        assert!(archive.latest::<2>().is_err() && archive.damage().len() == 1 + found);
    }
    let mut file = head.clone();
    file.extend(b"<ffsnap1".repeat(5000));
    assert!(place.of(&file).entries().is_empty());
    // Without a pattern.
    let mut state = 1u64;
    for length in 0..600 {
        let mut file = head.clone();
        file.extend((0..length).map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 56) as u8
        }));
        assert!(place.of(&file).entries().is_empty());
    }
    let missing = Archive::open(place.0.path().join("nowhere")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
}

#[test]
fn what_cannot_be_added() {
    let all = snapshots(0..3);
    let place = Place::new();
    let mut archive = Archive::create(place.path()).unwrap();
    archive.append(&all[1]).unwrap();
    for early in [0, 1] {
        let error = archive.append(&all[early]).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("step: {early} (allowed: above 1, ")),
            "{error}"
        );
    }
    assert_eq!(
        Archive::create(place.path()).unwrap_err().kind(),
        ErrorKind::Io
    );
    // Another process has been here.
    let mut other = Archive::open(place.path()).unwrap();
    archive.append(&all[2]).unwrap();
    let bytes = place.bytes();
    for error in [other.append(&all[2]), other.truncate(0)] {
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("as it was left; no other process may write it"),
            "{error}"
        );
    }
    assert!(place.bytes() == bytes);
    fs::remove_file(place.path()).unwrap();
    let error = archive.append(&snapshots(3..4)[0]).unwrap_err();
    assert!(error.kind() == ErrorKind::Io && error.to_string().contains("snapshots.ffa"));
    assert!(!place.path().exists());
}

#[test]
fn cut_back_to_any_number() {
    let all = snapshots(0..3);
    let (bytes, records) = whole(&all);
    let place = Place::new();
    for kept in 0..=3 {
        let mut archive = place.of(&bytes);
        archive.truncate(kept).unwrap();
        let end = if kept == 0 {
            HEAD
        } else {
            records[kept - 1].end
        };
        assert!(place.bytes() == bytes[..end]);
        all[kept..]
            .iter()
            .for_each(|it| archive.append(it).unwrap());
        assert!(place.bytes() == bytes);
    }
}

#[test]
fn the_writer_writes_what_is_due() {
    let place = Place::new();
    let mut config = config(10, 0.1, Circulations::Unit);
    let run = |config: &farfield_dynamics::Config, resume: Option<Snapshot>| {
        let mut run = match resume {
            None => Simulation::new(config.clone(), Inputs::default()).unwrap(),
            Some(snapshot) => Simulation::resume(config.clone(), snapshot).unwrap(),
        };
        let mut writer = SnapshotWriter::new(place.path(), Every::Steps(3)).unwrap();
        let end = run.run(&mut [&mut writer], &AtomicBool::new(false));
        end.map(|_| steps(writer.archive()))
    };
    config.time.steps = 7;
    assert_eq!(run(&config, None).unwrap(), [0, 3, 6, 7]);
    let bytes = place.bytes();
    // Goes on from the last one, which is not written again.
    let last = |place: &Place| {
        let archive = Archive::open(place.path()).unwrap();
        archive.latest::<2>().unwrap().snapshot
    };
    assert_eq!(run(&config, Some(last(&place))).unwrap(), [0, 3, 6, 7]);
    assert!(place.bytes() == bytes);
    // From the one before only where the later ones are cut off; then to the same bytes.
    let mut archive = Archive::open(place.path()).unwrap();
    let six = archive.read::<2>(2).unwrap();
    let error = run(&config, Some(six.clone())).unwrap_err().to_string();
    assert!(error.starts_with("step: 6 (allowed: above 7"), "{error}");
    archive.truncate(3).unwrap();
    assert_eq!(run(&config, Some(six)).unwrap(), [0, 3, 6, 7]);
    assert!(place.bytes() == bytes);
    config.time.steps = 10;
    assert_eq!(
        run(&config, Some(last(&place))).unwrap(),
        [0, 3, 6, 7, 9, 10]
    );
    let nowhere =
        SnapshotWriter::new(place.0.path().join("nowhere/a.ffa"), Every::Steps(1)).unwrap_err();
    assert!(nowhere.kind() == ErrorKind::Io && nowhere.to_string().contains("nowhere"));
}

/// By time the first steps at or after its multiples, by the clock those that come late enough after the last snapshot; always the first
/// and last state.
#[test]
fn the_writer_goes_by_time_and_the_clock() {
    let written = |every| {
        let place = Place::new();
        let mut config = config(10, 0.1, Circulations::Unit);
        (config.time.dt, config.time.steps) = (0.1, 10);
        let mut run = Simulation::new(config, Inputs::default()).unwrap();
        let mut writer = SnapshotWriter::new(place.path(), every).unwrap();
        run.run(&mut [&mut writer], &AtomicBool::new(false))
            .unwrap();
        steps(writer.archive())
    };
    assert_eq!(written(Every::Time(0.3)), [0, 3, 6, 9, 10]);
    assert_eq!(written(Every::Time(0.25)), [0, 3, 5, 8, 10]);
    assert_eq!(written(Every::Time(0.01)), (0..=10).collect::<Vec<_>>());
    assert_eq!(written(Every::Seconds(1e-12)), (0..=10).collect::<Vec<_>>());
    assert_eq!(written(Every::Seconds(1e6)), [0, 10]);
    assert_eq!(written(Every::Steps(0)), [0, 10]);
}

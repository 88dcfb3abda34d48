//! Snapshot files, whole and damaged.

use crate::common::config;
use farfield_dynamics::config::Circulations;
use farfield_dynamics::{ErrorKind, Inputs, Simulation, Snapshot, SnapshotWriter};
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const N: usize = 10;

fn snapshot(steps: u64) -> Snapshot {
    let mut config = config(N, 0.1, Circulations::Unit);
    config.time.steps = 50;
    let mut run = Simulation::new(config, Inputs::default()).unwrap();
    for _ in 0..steps {
        run.step().unwrap();
    }
    run.snapshot()
}

/// The bytes of a snapshot with all three blocks, and where each part ends.
fn whole() -> (Vec<u8>, [usize; 5]) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = fs::read(snapshot(3).write(folder.path()).unwrap()).unwrap();
    let header = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let positions = 20 + header + 16 * N;
    let ends = [
        20,
        20 + header,
        positions,
        positions + 8 * N,
        positions + 24 * N,
    ];
    assert_eq!(bytes.len(), ends[4]);
    (bytes, ends)
}

/// What reading these bytes says, without the file's name.
fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot-0000000003.ffs");
    fs::write(&path, bytes).unwrap();
    let error = Snapshot::read(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Snapshot);
    let text = error.to_string();
    let start = format!("{}: ", path.display());
    text.strip_prefix(&start)
        .expect("the file is named")
        .to_string()
}

#[test]
fn comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for steps in [0, 1, 3] {
        let snapshot = snapshot(steps);
        let path = snapshot.write(folder.path()).unwrap();
        assert_eq!(
            path,
            folder.path().join(format!("snapshot-000000000{steps}.ffs"))
        );
        assert_eq!(Snapshot::read(&path).unwrap(), snapshot);
    }
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn truncated_anywhere() {
    let (bytes, ends) = whole();
    let [preamble, header, ..] = ends;
    for length in (0..bytes.len())
        .step_by(7)
        .chain(ends.into_iter().flat_map(|end| [end - 1, end]))
    {
        if length == bytes.len() {
            continue;
        }
        let text = refusal(&bytes[..length]);
        let part = match length {
            _ if length < preamble => "preamble",
            _ if length < header => "header",
            _ => "length",
        };
        assert!(
            text.starts_with(part) && text.contains("truncated"),
            "{length}: {text}"
        );
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(refusal(&longer).starts_with("length"));
}

#[test]
fn any_flipped_byte_is_noticed() {
    let (bytes, [preamble, header, positions, circulations, _]) = whole();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 0x10;
        let text = refusal(&bad);
        let parts: &[&str] = match at {
            0..8 => &["magic"],
            8..12 => &["version"],
            // A wrong length of the header moves its end.
            12..16 => &["header"],
            _ if at < preamble => &["header"],
            _ if at < header => &["header"],
            _ if at < positions => &["positions"],
            _ if at < circulations => &["circulations"],
            _ => &["previous drift"],
        };
        assert!(
            parts.iter().any(|part| text.starts_with(part)),
            "byte {at}: {text}"
        );
    }
}

#[test]
fn another_version_and_another_model() {
    let (bytes, [preamble, header, ..]) = whole();
    let mut newer = bytes.clone();
    newer[8] = 8;
    assert_eq!(
        refusal(&newer),
        "version: 8 (allowed: 7, which this program writes)"
    );
    // The name of the model stands first in the header; the checksum is made right.
    let mut other = bytes.clone();
    let at = preamble
        + other[preamble..header]
            .windows(6)
            .position(|w| w == b"vortex")
            .unwrap();
    other[at..at + 6].copy_from_slice(b"landau");
    let crc = crc32fast::hash(&other[preamble..header]);
    other[16..20].copy_from_slice(&crc.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot-0000000003.ffs");
    fs::write(&path, other).unwrap();
    let other = Snapshot::read(&path).unwrap();
    let error = Simulation::resume(other.config.clone(), other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "model.kind: 'vortex' (allowed: 'landau', as in the snapshot)"
    );
    assert_eq!(
        refusal(b"\x93NUMPY and so on"),
        "magic: other bytes (allowed: a snapshot of farfield)"
    );
}

#[test]
fn the_latest_good_one_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let error = Snapshot::latest_good(folder.path()).unwrap_err();
    assert!(
        error.to_string().ends_with("no snapshot that can be read"),
        "{error}"
    );
    for steps in [1, 2, 3] {
        snapshot(steps).write(folder.path()).unwrap();
    }
    fs::write(folder.path().join("notes.txt"), "not a snapshot").unwrap();
    fs::write(folder.path().join("snapshot-last.ffs"), "nor this").unwrap();
    let name = |step| folder.path().join(Snapshot::file_name(step));
    let listed = Snapshot::list(folder.path()).unwrap();
    assert_eq!(listed, [(1, name(1)), (2, name(2)), (3, name(3))]);

    let damage = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    assert_eq!(
        Snapshot::latest_good(folder.path())
            .unwrap()
            .snapshot
            .state
            .step,
        3
    );
    damage(&name(3));
    let found = Snapshot::latest_good(folder.path()).unwrap();
    assert_eq!((found.snapshot.state.step, found.path), (2, name(2)));
    assert_eq!(found.skipped.len(), 1);
    assert!(
        found.skipped[0]
            .to_string()
            .contains("snapshot-0000000003.ffs")
    );
    damage(&name(2));
    damage(&name(1));
    let error = Snapshot::latest_good(folder.path()).unwrap_err();
    assert!(
        error.to_string().matches("truncated").count() == 3,
        "{error}"
    );
    let missing = folder.path().join("nowhere");
    assert_eq!(
        Snapshot::latest_good(&missing).unwrap_err().kind(),
        ErrorKind::Io
    );
}

#[test]
fn the_writer_writes_what_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let steps = |path: &Path| -> Vec<u64> {
        Snapshot::list(path)
            .unwrap()
            .iter()
            .map(|(step, _)| *step)
            .collect()
    };
    let mut config = config(N, 0.1, Circulations::Unit);
    config.time.steps = 7;
    let run = |config: &farfield_dynamics::Config, resume: Option<Snapshot>| {
        let mut run = match resume {
            None => Simulation::new(config.clone(), Inputs::default()).unwrap(),
            Some(snapshot) => Simulation::resume(config.clone(), snapshot).unwrap(),
        };
        let mut writer = SnapshotWriter::new(folder.path(), 3);
        run.run(&mut [&mut writer], &AtomicBool::new(false))
            .unwrap();
    };
    // What a killed run leaves behind.
    let part = folder.path().join(".snapshot-Xy12zT.part");
    fs::write(&part, "FARFIELD").unwrap();
    run(&config, None);
    assert_eq!(steps(folder.path()), [0, 3, 6, 7]);
    assert!(!part.exists());
    // A damaged one is written again on the way, the one that the run starts from is left alone.
    let name = |step| folder.path().join(Snapshot::file_name(step));
    fs::write(name(7), "damaged").unwrap();
    let start = fs::metadata(name(6)).unwrap().modified().unwrap();
    config.time.steps = 8;
    let found = Snapshot::latest_good(folder.path()).unwrap();
    assert_eq!(found.snapshot.state.step, 6);
    run(&config, Some(found.snapshot));
    assert_eq!(fs::metadata(name(6)).unwrap().modified().unwrap(), start);
    assert_eq!(steps(folder.path()), [0, 3, 6, 7, 8]);
    assert_eq!(
        Snapshot::latest_good(folder.path())
            .unwrap()
            .snapshot
            .state
            .step,
        8
    );
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let error = snapshot(0)
        .write(&folder.path().join("nowhere"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("nowhere"), "{error}");
}

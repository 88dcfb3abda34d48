//! Snapshots as files of their own, whole and damaged.

use crate::common::{config, through_disk, to_bytes};
use farfield_dynamics::config::{Circulations, InitialConfig};
use farfield_dynamics::{ErrorKind, Inputs, Simulation, Snapshot};
use std::fs;

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
    let bytes = to_bytes(&snapshot(3));
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
    let error = Snapshot::<2>::open(&path).unwrap_err();
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
        let path = folder.path().join(format!("{steps}.ffs"));
        fs::write(&path, to_bytes(&snapshot)).unwrap();
        let read = Snapshot::open(&path).unwrap();
        assert_eq!(read, snapshot);
        assert_eq!(to_bytes(&read), to_bytes(&snapshot));
        assert_eq!(Snapshot::dimension(&path).unwrap(), 2);
    }
    let missing = Snapshot::<2>::open(&folder.path().join("nowhere")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert!(missing.to_string().contains("nowhere"), "{missing}");
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
    newer[8] = 11;
    assert_eq!(
        refusal(&newer),
        "version: 11 (allowed: 10, which this program writes)"
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
    let other = Snapshot::<2>::open(&path).unwrap();
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

/// A configuration that is longer than a header may be is refused where it is written, and one that is not comes back.
#[test]
fn long_configurations() {
    let of = |patches: usize| {
        let mut config = config(1, 0.1, Circulations::Unit);
        config.initial = InitialConfig::Mixture {
            n: 1,
            centres: vec![vec![0.0; 2]; patches],
            radii: vec![1.0; patches],
            weights: vec![1.0; patches],
        };
        Simulation::new(config, Inputs::default())
            .unwrap()
            .snapshot()
    };
    let long: Snapshot = of(100_000);
    assert!(through_disk(&long) == long);
    let error = of(500_000).write(&mut vec![]).unwrap_err().to_string();
    let allowed = "(allowed: at most 16777216; the configuration is too long)";
    assert!(
        error.contains("header: ") && error.contains(allowed),
        "{error}"
    );
}

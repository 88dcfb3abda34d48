//! Exported snapshots, read back with other readers.

use crate::bench::{Bench, npy, npz};
use base64::prelude::{BASE64_STANDARD, Engine};

/// A run of 40 particles of both signs.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.good("run --out o --set initial.kind=dipole --set initial.n=40 --set time.steps=4 --set time.dt=0.25 --set output.snapshot_every=2 --set output.pictures=0");
    bench
}

#[test]
fn npz_npy_and_csv_agree() {
    let bench = bench();
    for name in ["s.npz", "s.npy", "s.csv"] {
        bench.good(&format!("export o --output {name}"));
    }
    let array = |name| npz(&bench.path("s.npz"), name);
    let (shape, positions) = npy(&array("positions"));
    assert_eq!(shape, [40, 2]);
    let (shape, strengths) = npy(&array("strengths"));
    assert_eq!(shape, [40]);
    assert_eq!(strengths[..4], [1.0, -1.0, 1.0, -1.0]);
    assert_eq!(npy(&array("time")), (vec![], vec![1.0]));
    let step: Vec<i64> = npyz::NpyFile::new(&array("step")[..])
        .unwrap()
        .into_vec()
        .unwrap();
    assert_eq!(step, [4]);
    assert_eq!(npy(&bench.read("s.npy")), (vec![40, 2], positions.clone()));
    let text = bench.text("s.csv");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("id,x,y,circulation"));
    for (i, line) in lines.enumerate() {
        let numbers: Vec<f64> = line
            .split(',')
            .map(|field| field.parse().unwrap())
            .collect();
        assert_eq!(
            numbers,
            [
                i as f64,
                positions[2 * i],
                positions[2 * i + 1],
                strengths[i]
            ]
        );
    }
    // The particles keep their order from snapshot to snapshot.
    bench.good("export o --snapshot -3 --output first.npy");
    bench.good("export o --snapshot 0 --output zero.npy");
    assert_eq!(bench.read("first.npy"), bench.read("zero.npy"));
    let moved = positions
        .iter()
        .zip(npy(&bench.read("zero.npy")).1)
        .map(|(a, b)| (a - b).abs());
    assert!(moved.fold(0.0, f64::max) < 1.0);
}

/// The others are all there, and which is not is told.
#[test]
fn a_series_without_a_damaged_snapshot() {
    let bench = bench();
    let (mut bytes, place) = (bench.read("o/snapshots.ffa"), bench.place("o", 2));
    bytes[place.end - 1] ^= 1;
    bench.write("o/snapshots.ffa", &bytes);
    let output = bench.run("export o --output all.pvd");
    let errors = String::from_utf8(output.stderr).unwrap();
    let told = "1 snapshot not in it: o/snapshots.ffa: snapshot of step 2: bytes: wrong checksum";
    assert!(
        !output.status.success() && errors.contains(told),
        "{errors}"
    );
    let states = [0, 4].map(|step| format!("state-{step:010}.vtp"));
    assert_eq!(bench.list("all-states"), states);
    let text = bench.text("all.pvd");
    assert!(states.iter().all(|state| text.contains(state)), "{text}");
    assert_eq!(text.matches("DataSet").count(), 2, "{text}");
}

/// An XML parser and a base64 decoder that the writer does not share.
#[test]
fn vtp_is_read_back() {
    let bench = bench();
    bench.good("export o --output s.vtp");
    bench.good("export o --output s.npz");
    let text = bench.text("s.vtp");
    let xml = roxmltree::Document::parse(&text).unwrap();
    let root = xml.root_element();
    let attributes = [
        ("type", "PolyData"),
        ("byte_order", "LittleEndian"),
        ("header_type", "UInt64"),
    ];
    for (name, value) in attributes {
        assert_eq!(root.attribute(name), Some(value));
    }
    let piece = root
        .descendants()
        .find(|node| node.has_tag_name("Piece"))
        .unwrap();
    assert_eq!(piece.attribute("NumberOfPoints"), Some("40"));
    assert_eq!(piece.attribute("NumberOfVerts"), Some("40"));
    let node = |parent: &str, name: &str| {
        let inside = root
            .descendants()
            .find(|node| node.has_tag_name(parent))
            .unwrap();
        inside
            .children()
            .find(|node| node.attribute("Name") == Some(name))
            .unwrap()
    };
    let words = |parent: &str, name: &str, kind: &str, components: &str| -> Vec<[u8; 8]> {
        let array = node(parent, name);
        assert_eq!(array.attribute("type"), Some(kind));
        assert_eq!(array.attribute("NumberOfComponents"), Some(components));
        assert_eq!(array.attribute("format"), Some("binary"));
        let bytes = BASE64_STANDARD.decode(array.text().unwrap()).unwrap();
        let (header, data) = bytes.split_at(8);
        assert_eq!(
            u64::from_le_bytes(header.try_into().unwrap()),
            data.len() as u64
        );
        data.as_chunks().0.to_vec()
    };
    let floats = |words: Vec<[u8; 8]>| {
        words
            .into_iter()
            .map(f64::from_le_bytes)
            .collect::<Vec<f64>>()
    };
    let whole = |words: Vec<[u8; 8]>| {
        words
            .into_iter()
            .map(i64::from_le_bytes)
            .collect::<Vec<i64>>()
    };
    let (_, positions) = npy(&npz(&bench.path("s.npz"), "positions"));
    let (_, strengths) = npy(&npz(&bench.path("s.npz"), "strengths"));
    let expected: Vec<f64> = positions
        .chunks(2)
        .flat_map(|x| [x[0], x[1], 0.0])
        .collect();
    assert_eq!(floats(words("Points", "Points", "Float64", "3")), expected);
    assert_eq!(
        floats(words("PointData", "circulation", "Float64", "1")),
        strengths
    );
    let ids: Vec<i64> = (0..40).collect();
    assert_eq!(whole(words("PointData", "id", "Int64", "1")), ids);
    assert_eq!(whole(words("Verts", "connectivity", "Int64", "1")), ids);
    let ends: Vec<i64> = (1..=40).collect();
    assert_eq!(whole(words("Verts", "offsets", "Int64", "1")), ends);
    assert_eq!(node("FieldData", "TimeValue").text(), Some("1.0"));
}

/// All snapshots with their times, each the file that it is alone.
#[test]
fn a_series_is_read_back() {
    let bench = bench();
    let printed = bench.good("export o --output a&b.pvd");
    assert!(printed.contains("3 states: wrote a&b.pvd"), "{printed}");
    let text = bench.text("a&b.pvd");
    let xml = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(xml.root_element().attribute("type"), Some("Collection"));
    let sets = xml
        .descendants()
        .filter(|node| node.has_tag_name("DataSet"));
    let sets: Vec<_> = sets
        .map(|set| ["timestep", "file"].map(|name| set.attribute(name).unwrap().to_string()))
        .collect();
    let expected = [("0.0", 0), ("0.5", 2), ("1.0", 4)]
        .map(|(time, step)| [time.into(), format!("a&b-states/state-{step:010}.vtp")]);
    assert_eq!(sets, expected);
    for ([time, file], step) in sets.iter().zip([0, 2, 4]) {
        bench.good(&format!("export o --snapshot {step} --output alone.vtp"));
        assert!(bench.read(file) == bench.read("alone.vtp"), "{file}");
        assert!(bench.text(file).contains(&format!(">{time}</DataArray>")));
    }
    assert_eq!(bench.list("a&b-states").len(), 3);
    bench.good("export o --snapshot 2 --output 2.ffs");
    bench.refused(
        "export o --snapshot 2 --output s.pvd",
        "--snapshot: 2 (allowed: not with .pvd, which takes all snapshots)",
    );
    bench.refused_with(
        "export 2.ffs --output s.pvd",
        &["one file (allowed: with .pvd an output folder or an archive)"],
    );
    bench.refused_with("export o/pictures --output s.pvd", &["no snapshots"]);
}

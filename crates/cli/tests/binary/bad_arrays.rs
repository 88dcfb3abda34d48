//! `eval` refuses with one line, and leaves the earlier result.

use crate::bench::{Bench, one_line};

const EVAL: &str =
    "eval --kernel biot-savart --tolerance 1e-6 --strengths w.npy --output u.npy --sources";

/// A cloud of ten, and a result that must survive.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.cloud(10);
    bench.write("u.npy", "earlier result");
    bench
}

fn untouched(bench: &Bench, files: usize) {
    assert_eq!(bench.text("u.npy"), "earlier result");
    // Nor is there anything beside it.
    assert_eq!(bench.list(".").len(), files, "{:?}", bench.list("."));
}

#[test]
fn files_that_are_no_arrays() {
    let bench = bench();
    bench.refused(
        &format!("{EVAL} nothere.npy"),
        "nothere.npy: cannot read: No such file or directory",
    );
    bench.write("junk.npy", "hello");
    bench.refused(
        &format!("{EVAL} junk.npy"),
        "junk.npy: magic not found for NPY file (allowed: a .npy file, as numpy.save writes it)",
    );
    let whole = bench.read("x.npy");
    bench.write("cut.npy", &whole[..whole.len() - 9]);
    bench.refused(
        &format!("{EVAL} cut.npy"),
        "cut.npy: cut off after 151 bytes of data (allowed: 160 for shape (10, 2))",
    );
    bench.write("header.npy", &whole[..40]);
    bench.refused_with(
        &format!("{EVAL} header.npy"),
        &["header.npy", "as numpy.save writes it"],
    );
    bench.write("long.npy", [&whole[..], b"more"].concat());
    bench.refused(
        &format!("{EVAL} long.npy"),
        "long.npy: 164 bytes of data (allowed: 160 for shape (10, 2))",
    );
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999, 2), }\n";
    let mut huge = b"\x93NUMPY\x01\x00".to_vec();
    huge.extend((header.len() as u16).to_le_bytes());
    huge.extend(header.bytes());
    bench.write("huge.npy", huge);
    bench.refused(
        &format!("{EVAL} huge.npy"),
        "huge.npy: cut off after 0 bytes of data (allowed: 159999999999984 for shape (9999999999999, 2))",
    );
    untouched(&bench, 8);
}

#[test]
fn arrays_of_the_wrong_kind() {
    let bench = bench();
    bench.array("ints.npy", &[10, 2], &[1i64; 20]);
    bench.refused(
        &format!("{EVAL} ints.npy"),
        "ints.npy: dtype '<i8' (allowed: float64, float32)",
    );
    bench.array("three.npy", &[10, 3], &[1.0; 30]);
    bench.refused(
        &format!("{EVAL} three.npy"),
        "w.npy: shape (10,) (allowed: (10, 3) or (10, m, 3): a vector for each source)",
    );
    bench.refused(
        &format!("{EVAL} w.npy"),
        "w.npy: shape (10,) (allowed: (N, d): d coordinates of each point)",
    );
    let c_order = bench.read("x.npy");
    let at = c_order
        .windows(5)
        .position(|bytes| bytes == b"False")
        .unwrap();
    let fortran = [&c_order[..at], b"True ", &c_order[at + 5..]].concat();
    bench.write("fortran.npy", fortran);
    bench.refused(
        &format!("{EVAL} fortran.npy"),
        "fortran.npy: Fortran order (allowed: C order, as numpy.ascontiguousarray gives it)",
    );
    bench.array("eleven.npy", &[11, 2], &[1.0; 22]);
    bench.refused(
        &format!("{EVAL} eleven.npy"),
        "w.npy: shape (10,) (allowed: (11,) or (11, m): a number for each source)",
    );
    untouched(&bench, 7);
}

#[test]
fn numbers_that_are_not_finite() {
    let bench = bench();
    let mut x = vec![0.5; 20];
    x[7] = f64::NAN;
    bench.array("nan.npy", &[10, 2], &x);
    bench.refused(
        &format!("{EVAL} nan.npy"),
        "nan.npy[3, 1]: NaN (allowed: finite numbers in f64)",
    );
    x[7] = 1e300;
    bench.array("far.npy", &[10, 2], &x);
    bench.refused(
        &format!("{EVAL} far.npy --precision f32"),
        "far.npy[3, 1]: 1e300 (allowed: finite numbers in f32)",
    );
    bench.array("w.npy", &[10], &[f64::NEG_INFINITY; 10]);
    bench.refused(
        &format!("{EVAL} x.npy"),
        "w.npy[0]: -inf (allowed: finite numbers in f64)",
    );
    // A sum that leaves the finite numbers.
    bench.array("w.npy", &[10], &[1e308; 10]);
    bench.array(
        "near.npy",
        &[10, 2],
        &(0..20).map(|i| 1e-9 * i as f64).collect::<Vec<f64>>(),
    );
    bench.refused_with(&format!("{EVAL} near.npy"), &["field[0]: not finite"]);
    untouched(&bench, 6);
}

#[test]
fn tolerances_and_names() {
    let bench = bench();
    let eval = "eval --sources x.npy --strengths w.npy --output u.npy";
    for (tolerance, found) in [
        ("0", "0e0"),
        ("-1e-3", "-1e-3"),
        ("nan", "NaN"),
        ("1e-16", "1e-16"),
        ("2", "2e0"),
    ] {
        bench.refused(
            &format!("{eval} --kernel coulomb --tolerance {tolerance}"),
            &format!("tolerance: {found} (allowed: 1e-14 to 0.1 in f64)"),
        );
    }
    bench.refused_with(
        &format!("{eval} --kernel coulomb --tolerance 1e-9 --precision f32"),
        &["tolerance: 1e-9 (allowed: ", " to 0.1 in f32)"],
    );
    bench.refused_with(
        &format!("{eval} --kernel coulomb"),
        &["--tolerance: missing"],
    );
    bench.usage(
        &format!("{eval} --kernel biot --tolerance 1e-6"),
        &["'biot' (allowed: biot-savart, coulomb, riesz, radial, landau)"],
    );
    for (name, line) in [
        ("riesz", "kernel: 'riesz' (allowed: riesz:s=NUMBER)"),
        (
            "riesz:s=-1",
            "kernel: s: -1 (allowed: 0 or more and below the dimension)",
        ),
        ("riesz:s=x", "kernel: s: 'x' (allowed: a number)"),
        ("riesz:q=1", "kernel parameter: 'q' (allowed: s)"),
        ("radial", "kernel: 'radial' (allowed: radial:field=FORMULA"),
        (
            "radial:field=1/(r",
            "kernel: field: '1/(r' (allowed: a formula in r",
        ),
        (
            "radial:field=x",
            "kernel: field: 'x' (allowed: r, the distance",
        ),
        (
            "radial:energy=r",
            "kernel parameter: 'energy' (allowed: field, potential)",
        ),
    ] {
        bench.usage(&format!("{eval} --kernel {name} --tolerance 1e-6"), &[line]);
    }
    bench.usage(
        &format!("{eval} --kernel coulomb:radius=1 --tolerance 1e-6"),
        &["kernel parameter: 'radius' (allowed: core, delta)"],
    );
    bench.usage(
        &format!("{eval} --kernel coulomb:core=square,delta=1 --tolerance 1e-6"),
        &["kernel: core: 'square' (allowed: gaussian, gaussian4, gaussian6, algebraic)"],
    );
    bench.usage(
        &format!("{eval} --kernel coulomb:core=algebraic,delta=0 --tolerance 1e-6"),
        &["kernel: delta: 0 (allowed: finite and above 0)"],
    );
    bench.refused_with(
        &format!("{eval} --kernel coulomb:core=algebraic,delta=1 --tolerance 1e-12"),
        &["tolerance: 1e-12 (allowed: 1e-10 to 0.1 in f64 by these expansions)"],
    );
    let eval = format!("{eval} --kernel coulomb --tolerance 1e-6");
    bench.usage(
        &format!("{eval} --tresholds 3"),
        &["unexpected argument '--tresholds'"],
    );
    bench.usage(
        &format!("{eval} --isa sse2"),
        &["'sse2' is unknown (allowed: avx512, avx2, neon, scalar)"],
    );
    bench.usage(&format!("{eval} --threads 0"), &["0 is not in 1..=1024"]);
    bench.usage(
        &format!("{eval} --outputs hessian"),
        &["possible values: field, potential"],
    );
    bench.usage("evaluate", &["unrecognized subcommand 'evaluate'"]);
    bench.refused_with(
        &format!("{eval} --outputs field,potential"),
        &["--output: u.npy for 2 outputs (allowed: .npz, which holds all)"],
    );
    bench.refused_with(
        &format!("{eval} --verify 5 --outputs potential"),
        &["--verify: nothing to measure"],
    );
    untouched(&bench, 3);
}

#[test]
fn places_that_cannot_be_written() {
    let bench = bench();
    let eval = "eval --kernel coulomb --tolerance 1e-6 --sources x.npy --strengths w.npy --output";
    bench.refused(
        &format!("{eval} u.dat"),
        "--output: u.dat (allowed: a name that ends in .npy or .npz)",
    );
    bench.refused(
        &format!("{eval} nofolder/u.npy"),
        "folder of nofolder/u.npy: not there (allowed: a folder that exists)",
    );
    std::fs::create_dir(bench.path("folder.npy")).unwrap();
    bench.refused(
        &format!("{eval} folder.npy"),
        "folder.npy: a folder (allowed: the name of a file)",
    );
    untouched(&bench, 4);
}

/// A disk that is full: /dev/full behind a link, and a limit on the size of files.
#[cfg(target_os = "linux")]
#[test]
fn disks_that_are_full() {
    let bench = bench();
    let eval = "eval --kernel coulomb --tolerance 1e-6 --sources x.npy --strengths w.npy --output";
    std::os::unix::fs::symlink("/dev/full", bench.path("full.npy")).unwrap();
    bench.refused(
        &format!("{eval} full.npy"),
        "full.npy: cannot write: No space left on device",
    );
    bench.cloud(2000);
    let output = limited(&bench, 16, &format!("{eval} u.npy"));
    assert_eq!(
        one_line("eval", &output),
        "u.npy: cannot write: File too large"
    );
    untouched(&bench, 4);
}

/// Runs with a limit of so many kilobytes on the size of each file, which fails as a full disk does.
#[cfg(target_os = "linux")]
pub(crate) fn limited(bench: &Bench, kilobytes: usize, arguments: &str) -> std::process::Output {
    let binary = env!("CARGO_BIN_EXE_farfield");
    // POSIX counts in blocks of 512 bytes, and the signal would end the process.
    let script = format!(
        "trap '' XFSZ; ulimit -f {}; exec {binary} {arguments}",
        2 * kilobytes
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).current_dir(bench.path("."));
    shell.output().unwrap()
}

#[test]
#[cfg(unix)]
fn an_endless_file_is_not_read_to_its_end() {
    let bench = bench();
    bench.refused(
        &format!("{EVAL} /dev/zero"),
        "/dev/zero: magic not found for NPY file (allowed: a .npy file, as numpy.save writes it)",
    );
    untouched(&bench, 3);
}

#[test]
fn no_output_takes_the_place_of_an_input() {
    let bench = bench();
    let before = (bench.read("x.npy"), bench.read("w.npy"));
    let sum = "eval --kernel biot-savart --tolerance 1e-6 --sources x.npy --strengths w.npy";
    bench.refused_with(
        &format!("{sum} --output ./x.npy"),
        &["--output", "x.npy, which is also an input", "another file"],
    );
    bench.refused_with(
        &format!("{sum} --output u.npy --report w.npy"),
        &["--report", "w.npy, which is also an input"],
    );
    assert_eq!(before, (bench.read("x.npy"), bench.read("w.npy")));
    untouched(&bench, 3);
}

//! A folder with the binary, and what tests ask of both.

use farfield_dynamics::Archive;
use npyz::{AutoSerialize, Serialize, WriterBuilder};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

pub(crate) struct Bench {
    folder: TempDir,
    /// Of the user who runs the binary.
    cache: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            cache: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_farfield"));
        command.args(arguments.split_whitespace());
        command.current_dir(self.folder.path());
        // Not the user's, which must stay as it is.
        for variable in ["XDG_CACHE_HOME", "LOCALAPPDATA"] {
            command.env(variable, self.cache.path());
        }
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs, and must end well; what it printed.
    pub(crate) fn good(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "farfield {arguments}\n{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs, and must be refused with exactly this line after `error: `.
    pub(crate) fn refused(&self, arguments: &str, expected: &str) {
        let output = self.run(arguments);
        assert_eq!(
            one_line(arguments, &output),
            expected,
            "farfield {arguments}"
        );
    }

    /// Runs, and must be refused with one line that contains all of these.
    pub(crate) fn refused_with(&self, arguments: &str, parts: &[&str]) {
        let line = one_line(arguments, &self.run(arguments));
        for part in parts {
            assert!(
                line.contains(part),
                "farfield {arguments}\n{line}\nlacks {part}"
            );
        }
    }

    /// Runs, and must be refused by the command line's grammar, with all of these.
    pub(crate) fn usage(&self, arguments: &str, parts: &[&str]) {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            output.status.code(),
            Some(2),
            "farfield {arguments}\n{errors}"
        );
        for part in parts {
            assert!(
                errors.contains(part),
                "farfield {arguments}\n{errors}\nlacks {part}"
            );
        }
    }

    pub(crate) fn start(&self, arguments: &str) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// An array as `numpy.save` writes it.
    pub(crate) fn array<T: Serialize + AutoSerialize + Copy>(
        &self,
        name: &str,
        shape: &[u64],
        numbers: &[T],
    ) {
        let file = fs::File::create(self.path(name)).unwrap();
        let options = npyz::WriteOptions::new().default_dtype().shape(shape);
        let mut writer = options
            .writer(std::io::BufWriter::new(file))
            .begin_nd()
            .unwrap();
        writer.extend(numbers.iter().copied()).unwrap();
        writer.finish().unwrap();
    }

    /// Positions (n, 2) and strengths (n,), without a pattern: `x.npy` and `w.npy`.
    pub(crate) fn cloud(&self, n: usize) -> (Vec<f64>, Vec<f64>) {
        let wild = |i: usize, step: f64| (i as f64 * step).sin();
        let x: Vec<f64> = (0..2 * n).map(|i| wild(i + 1, 12.9898)).collect();
        let w: Vec<f64> = (0..n).map(|i| wild(i + 1, 78.233)).collect();
        self.array("x.npy", &[n as u64, 2], &x);
        self.array("w.npy", &[n as u64], &w);
        (x, w)
    }

    /// The snapshots of an output folder.
    pub(crate) fn archive(&self, out: &str) -> Archive {
        Archive::open(self.path(out).join("snapshots.ffa")).unwrap()
    }

    /// Their steps; none before there is a snapshot.
    pub(crate) fn steps(&self, out: &str) -> Vec<u64> {
        let archive = Archive::open(self.path(out).join("snapshots.ffa"));
        let steps = archive.map(|it| it.entries().iter().map(|entry| entry.step).collect());
        steps.unwrap_or_default()
    }

    /// Where the archive has the snapshot of a step: each has 44 bytes before it and 76 after, and the first comes after 12.
    pub(crate) fn place(&self, out: &str, step: u64) -> Range<usize> {
        let mut start = 12 + 44;
        for entry in self.archive(out).entries() {
            let end = start + entry.bytes as usize;
            if entry.step == step {
                return start..end;
            }
            start = end + 76 + 44;
        }
        panic!("{out}: no snapshot of step {step}");
    }

    /// The bytes of that snapshot.
    pub(crate) fn snapshot(&self, out: &str, step: u64) -> Vec<u8> {
        self.read(&format!("{out}/snapshots.ffa"))[self.place(out, step)].to_vec()
    }

    /// Takes the last snapshot away.
    pub(crate) fn drop_last(&self, out: &str) {
        let mut archive = self.archive(out);
        archive.truncate(archive.entries().len() - 1).unwrap();
    }

    /// Names in a folder, sorted.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// The text after `error: ` of a refusal: exit code 1, and one line on stderr.
pub(crate) fn one_line(arguments: &str, output: &Output) -> String {
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "farfield {arguments}\n{errors}"
    );
    let line = errors
        .strip_prefix("error: ")
        .and_then(|rest| rest.strip_suffix('\n'));
    let line = line.unwrap_or_else(|| panic!("farfield {arguments}\nnot one error line: {errors}"));
    assert!(!line.contains('\n'), "farfield {arguments}\n{errors}");
    line.to_string()
}

/// Shape and numbers of a float64 array.
pub(crate) fn npy(bytes: &[u8]) -> (Vec<u64>, Vec<f64>) {
    let file = npyz::NpyFile::new(bytes).unwrap();
    (file.shape().to_vec(), file.into_vec().unwrap())
}

/// One array of an `.npz`.
pub(crate) fn npz(path: &Path, name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut bytes = vec![];
    let mut entry = archive.by_name(&format!("{name}.npy")).unwrap();
    std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
    bytes
}

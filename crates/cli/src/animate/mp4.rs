//! A film from the GIF, by ffmpeg, if it is on the machine.

use crate::error::{Error, Result};
use crate::files;
use crate::text::say;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What makes the film of this GIF, to be typed into a shell.
pub(super) fn command(gif: &Path) -> String {
    let words = arguments(gif, &film_of(gif));
    let words = words.iter().map(|word| quoted(&word.to_string_lossy()));
    words.fold("ffmpeg".into(), |line: String, word| line + " " + &word)
}

/// Makes the film, beside the GIF.
pub(super) fn make(gif: &Path) -> Result<()> {
    let film = film_of(gif);
    files::write_by(&film, |beside| {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-nostdin", "-loglevel", "error", "-y"]);
        ffmpeg.args(arguments(gif, beside)).stdin(Stdio::null());
        let output = ffmpeg.output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                let allowed = format!("ffmpeg on the PATH; by hand: {}", command(gif));
                Error::refused("--mp4", "no ffmpeg", allowed)
            }
            _ => Error::file("run", Path::new("ffmpeg"))(error),
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim().replace('\n', "; ");
            return Err(Error::Failed(format!("ffmpeg: {}: {said}", output.status)));
        }
        Ok(())
    })?;
    say(format_args!("wrote {}", film.display()));
    Ok(())
}

fn film_of(gif: &Path) -> PathBuf {
    gif.with_extension("mp4")
}

/// Sides are made even, and colours what every player shows.
fn arguments(gif: &Path, film: &Path) -> Vec<OsString> {
    let even = "pad=ceil(iw/2)*2:ceil(ih/2)*2";
    let mut all = vec!["-i".into(), name(gif)];
    all.extend(["-vf", even, "-pix_fmt", "yuv420p"].map(OsString::from));
    all.push(name(film));
    all
}

/// A path that ffmpeg takes for neither an option nor a protocol.
fn name(path: &Path) -> OsString {
    let text = path.to_string_lossy();
    let mut name = OsString::new();
    if text.starts_with('-') || text.contains(':') {
        name.push("file:");
    }
    name.push(path);
    name
}

/// A word as a POSIX shell takes it literally.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    match word.chars().all(plain) {
        true => word.into(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_takes_any_name() {
        let even = "-vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -pix_fmt yuv420p";
        for (gif, from, to) in [
            ("o/a.gif", "o/a.gif", "o/a.mp4"),
            ("my runs/a.gif", "'my runs/a.gif'", "'my runs/a.mp4'"),
            ("it's.gif", r"'it'\''s.gif'", r"'it'\''s.mp4'"),
            ("-a.gif", "file:-a.gif", "file:-a.mp4"),
            ("run:2/a.gif", "file:run:2/a.gif", "file:run:2/a.mp4"),
        ] {
            let expected = format!("ffmpeg -i {from} {even} {to}");
            assert_eq!(command(Path::new(gif)), expected);
        }
    }
}

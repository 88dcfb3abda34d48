//! `farfield animate`: the pictures of a run as one file to look at.

mod mp4;

use crate::error::{Error, Result};
use crate::files;
use crate::pictures::animation;
use crate::run::folder::pictures_of;
use crate::text::{plural, say};
use clap::Args;
use std::path::{Path, PathBuf};

/// Make an animated GIF, and with --mp4 a film, from the pictures of a run
///
/// A run makes the GIF at its end; this command makes it again, or while the run goes on. It has 256 of the colours of
/// the pictures. By hand, a film is made of it by
///
///   ffmpeg -i animation.gif -vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -pix_fmt yuv420p animation.mp4
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Animate {
    /// The output folder of a run with pictures
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// How long each picture is shown, in steps of 10 ms [default: 5 s divided by the pictures, 40 to 500]
    #[arg(long, value_name = "N", value_parser = parse_delay)]
    delay_ms: Option<Delay>,
    /// Where the GIF goes [default: DIR/pictures/animation.gif]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Have ffmpeg make an MP4 too, beside the GIF
    #[arg(long)]
    mp4: bool,
}

/// In hundredths of a second, as GIF counts.
#[derive(Clone, Copy, Debug)]
struct Delay(u16);

fn parse_delay(text: &str) -> std::result::Result<Delay, String> {
    let ms = text.parse().ok().filter(|ms| ms % 10 == 0);
    // Less is taken for 100 ms by what shows GIFs.
    let delay = ms.filter(|ms| (20..=600_000).contains(ms));
    let delay = delay.map(|ms: u32| Delay((ms / 10) as u16));
    delay.ok_or_else(|| "allowed: 20 to 600000, in steps of 10".into())
}

impl Animate {
    pub(crate) fn run(&self) -> Result<()> {
        let folder = pictures_of(&self.folder);
        let pictures = match folder.is_dir() {
            true => animation::list(&folder)?,
            false => vec![],
        };
        if pictures.len() < 2 {
            let found = match self.folder.exists() {
                true => plural(pictures.len(), "picture"),
                false => "not there".into(),
            };
            let allowed = "the output folder of a run with two pictures or more";
            return Err(Error::refused(self.folder.display(), found, allowed));
        }
        let out = self.out.clone().unwrap_or_else(|| default(&folder));
        if out.extension().is_none_or(|extension| extension != "gif") {
            let allowed = "a name that ends in .gif";
            return Err(Error::refused("--out", out.display(), allowed));
        }
        files::check_folder_of(&out)?;
        write(&folder, &pictures, self.delay_ms, &out)?;
        if self.mp4 {
            return mp4::make(&out);
        }
        tell_of_mp4(&out);
        Ok(())
    }
}

/// Where the GIF goes, beside the pictures.
pub(crate) fn default(folder: &Path) -> PathBuf {
    folder.join("animation.gif")
}

/// At the end of a run: of its folder of pictures, if it has two or more.
pub(crate) fn at_end(folder: &Path) -> Result<()> {
    let pictures = animation::list(folder)?;
    if pictures.len() < 2 {
        return Ok(());
    }
    let out = default(folder);
    write(folder, &pictures, None, &out)?;
    tell_of_mp4(&out);
    Ok(())
}

fn tell_of_mp4(gif: &Path) {
    say(format_args!("for an MP4: {}", mp4::command(gif)));
}

fn write(
    folder: &Path,
    pictures: &[(u64, PathBuf)],
    delay: Option<Delay>,
    out: &Path,
) -> Result<()> {
    let n = pictures.len();
    let Delay(delay) = delay.unwrap_or_else(|| Delay((500 / n).clamp(4, 50) as u16));
    animation::write(folder, pictures, delay, out)?;
    let (pictures, ms) = (plural(n, "picture"), 10 * u32::from(delay));
    let out = out.display();
    say(format_args!("{pictures}, {ms} ms each: wrote {out}"));
    Ok(())
}

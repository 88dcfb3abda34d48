//! The pictures of a run as one GIF, in their colours.

use super::colours::Colours;
use super::frame::Frame;
use super::palette::Palette;
use super::{DENSITY, VORTICITY};
use crate::error::{Error, Result};
use crate::files;
use gif::{EncodingError, Repeat};
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

/// The pictures in a folder by step: (step, path).
pub(crate) fn list(folder: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let mut all = vec![];
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let step = name.and_then(|name| {
            let (what, step) = name.strip_suffix(".png")?.split_once('-')?;
            let step = step.parse().ok()?;
            [VORTICITY, DENSITY].contains(&what).then_some(step)
        });
        all.extend(step.map(|step| (step, path)));
    }
    all.sort();
    Ok(all)
}

/// Writes pictures of a folder as a GIF that goes round and round, each shown for `delay` hundredths of a second.
pub(crate) fn write(
    folder: &Path,
    pictures: &[(u64, PathBuf)],
    delay: u16,
    to: &Path,
) -> Result<()> {
    let path = Frame::path(folder);
    let frame = Frame::read(&path)?;
    let size = frame.pixels();
    let [Ok(width), Ok(height)] = size.map(u16::try_from) else {
        let allowed = "at most 65535 on a side, as a GIF can have";
        return Err(Error::refused(path.display(), pixels(size), allowed));
    };
    let palette = Palette::new(&Colours::new(frame.signed));
    files::write(to, |to| {
        let colours = palette.colours.as_flattened();
        let mut encoder = gif::Encoder::new(to, width, height, colours).map_err(failed)?;
        encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
        for (_, path) in pictures {
            let places = read(path, &palette, size).map_err(io::Error::other)?;
            let picture = gif::Frame {
                delay,
                width,
                height,
                buffer: places.into(),
                ..Default::default()
            };
            encoder.write_frame(&picture).map_err(failed)?;
        }
        encoder.into_inner().map_err(failed)?.flush()
    })
}

fn failed(error: EncodingError) -> io::Error {
    match error {
        EncodingError::Io(error) => error,
        other => io::Error::other(other),
    }
}

fn pixels([width, height]: [usize; 2]) -> String {
    format!("{width} × {height} pixels")
}

/// The pixels of a picture as places in the palette.
fn read(path: &Path, palette: &Palette, size: [usize; 2]) -> Result<Vec<u8>> {
    let refused = |found: String| {
        let allowed = format!("a picture that farfield run drew, {}", pixels(size));
        Error::refused(path.display(), found, allowed)
    };
    let broken = |error: png::DecodingError| refused(error.to_string());
    let file = File::open(path).map_err(Error::file("read", path))?;
    let decoder = png::Decoder::new(BufReader::new(file));
    let mut reader = decoder.read_info().map_err(broken)?;
    let (info, colours) = (reader.info(), reader.output_color_type());
    let found = [info.width, info.height].map(|side| side as usize);
    if found != size {
        return Err(refused(pixels(found)));
    }
    if colours != (png::ColorType::Rgb, png::BitDepth::Eight) {
        return Err(refused("other colours".into()));
    }
    let mut bytes = vec![0; 3 * size[0] * size[1]];
    reader.next_frame(&mut bytes).map_err(broken)?;
    let places = bytes.as_chunks().0.iter().map(|pixel| palette.place(pixel));
    let places: Option<_> = places.collect();
    places.ok_or_else(|| refused("other colours".into()))
}

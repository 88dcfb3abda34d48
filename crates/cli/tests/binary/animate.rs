//! Pictures as one file.

use crate::bench::Bench;
use std::fs;
use std::process::Output;

const RUN: &str = "run --set initial.n=400 --set time.steps=12 --set output.pictures=13 --set output.picture_pixels=260";

/// Size, of each frame the delay in hundredths of a second and the colours of the pixels, and whether it goes round for
/// ever.
type Gif = ([u16; 2], Vec<(u16, Vec<u8>)>, bool);

fn gif(bytes: &[u8]) -> Gif {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(bytes).unwrap();
    let size = [decoder.width(), decoder.height()];
    let mut frames = vec![];
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert_eq!(
            [frame.width, frame.height, frame.left, frame.top],
            [size[0], size[1], 0, 0]
        );
        frames.push((frame.delay, frame.buffer.to_vec()));
    }
    (size, frames, decoder.repeat() == gif::Repeat::Infinite)
}

fn png(bytes: &[u8]) -> ([u32; 2], Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    ([info.width, info.height], pixels)
}

/// Of one sign and of both, every frame is its picture, in colours that one does not tell apart.
#[test]
fn a_gif_of_the_pictures() {
    for (start, what) in [("gaussian-patches", "one sign"), ("dipole", "both signs")] {
        let bench = Bench::new();
        let printed = bench.good(&format!("{RUN} --set initial.kind={start} --out o"));
        assert!(
            printed.contains(
                "13 pictures, 380 ms each: wrote o/pictures/animation.gif\nfor an MP4: ffmpeg -i o/"
            ),
            "{printed}"
        );
        let bytes = bench.read("o/pictures/animation.gif");
        let (size, frames, forever) = gif(&bytes);
        assert!(forever && frames.len() == 13, "{what}");
        for ((delay, frame), step) in frames.iter().zip(0..) {
            assert_eq!(*delay, 38);
            let path = format!("o/pictures/vorticity-{step:010}.png");
            let (expected, picture) = png(&bench.read(&path));
            assert_eq!(size.map(u32::from), expected);
            let pairs = frame.chunks(4).zip(picture.chunks(3));
            let off = pairs.flat_map(|(a, b)| [0, 1, 2].map(|k| a[k].abs_diff(b[k])));
            assert!(off.max().unwrap() <= 4, "{what}, {path}");
        }
        assert!(frames[0].1 != frames[12].1);
        // Again by hand, the same.
        bench.good("animate o --out again.gif");
        assert!(bench.read("again.gif") == bytes);
        bench.good("animate o --delay-ms 40 --out fast.gif");
        let (_, fast, _) = gif(&bench.read("fast.gif"));
        let pixels = |frames: Vec<(u16, Vec<u8>)>| frames.into_iter().map(|(_, pixels)| pixels);
        assert!(fast.iter().all(|(delay, _)| *delay == 4));
        assert!(pixels(fast).eq(pixels(frames)));
    }
}

#[test]
fn no_animation_of_fewer_than_two_pictures() {
    let bench = Bench::new();
    for pictures in [0, 1] {
        let out = format!("o{pictures}");
        let printed = bench.good(&format!(
            "{RUN} --set output.pictures={pictures} --out {out}"
        ));
        assert!(!printed.contains("ffmpeg"), "{printed}");
        assert!(
            !bench
                .path(&format!("{out}/pictures/animation.gif"))
                .exists()
        );
        let found = ["0 pictures", "1 picture"][pictures];
        bench.refused(
            &format!("animate {out}"),
            &format!(
                "{out}: {found} (allowed: the output folder of a run with two pictures or more)"
            ),
        );
    }
    bench.refused_with("animate nowhere", &["nowhere: not there (allowed: "]);
}

#[test]
fn refusals() {
    let bench = Bench::new();
    bench.good(&format!("{RUN} --out o"));
    let before = bench.read("o/pictures/animation.gif");
    bench.refused(
        "animate o --out a.mp4",
        "--out: a.mp4 (allowed: a name that ends in .gif)",
    );
    bench.refused(
        "animate o --out nowhere/a.gif",
        "folder of nowhere/a.gif: not there (allowed: a folder that exists)",
    );
    for delay in ["0", "10", "25", "600010", "fast", "-40", "99999999999"] {
        let refused = [
            &format!("'{delay}'")[..],
            "allowed: 20 to 600000, in steps of 10",
        ];
        bench.usage(&format!("animate o --delay-ms={delay}"), &refused);
    }
    let picture = "o/pictures/vorticity-0000000004.png";
    let whole = bench.read(picture);
    let broken = |bytes: &[u8], found: &str| {
        bench.write(picture, bytes);
        let allowed = "(allowed: a picture that farfield run drew, 260 × 260 pixels)";
        bench.refused_with(
            "animate o",
            &["animation.gif: cannot write: ", picture, found, allowed],
        );
    };
    broken(&whole[..whole.len() / 2], "");
    broken(b"", "");
    let other = |width: u32, colour: png::ColorType, pixel: &[u8]| {
        let mut bytes = vec![];
        let mut encoder = png::Encoder::new(&mut bytes, width, 260);
        encoder.set_color(colour);
        let pixels = pixel.repeat(260 * width as usize);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&pixels)
            .unwrap();
        bytes
    };
    broken(
        &other(100, png::ColorType::Rgb, &[0; 3]),
        "100 × 260 pixels",
    );
    broken(
        &other(260, png::ColorType::Grayscale, &[0]),
        "other colours",
    );
    broken(
        &other(260, png::ColorType::Rgb, &[1, 255, 3]),
        "other colours",
    );
    bench.write(picture, &whole);
    let frame = bench.text("o/pictures/frame.toml");
    bench.write(
        "o/pictures/frame.toml",
        frame.replace("pixels = 260", "pixels = 70000"),
    );
    bench.refused_with(
        "animate o",
        &["frame.toml: 70000 × 70000 pixels (allowed: at most 65535"],
    );
    fs::remove_file(bench.path("o/pictures/frame.toml")).unwrap();
    bench.refused_with("animate o", &["frame.toml: cannot read: "]);
    assert!(bench.read("o/pictures/animation.gif") == before);
}

/// With a program in the place of ffmpeg, since not every machine has one.
#[cfg(unix)]
#[test]
fn an_mp4_by_ffmpeg() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.good(&format!("{RUN} --out o"));
    fs::create_dir(bench.path("bin")).unwrap();
    let with_bin = || -> Output {
        let mut command = bench.command("animate o --mp4");
        command.env("PATH", bench.path("bin")).output().unwrap()
    };
    let film = "o/pictures/animation.mp4";
    let by_hand = format!(
        "ffmpeg -i o/pictures/animation.gif -vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -pix_fmt yuv420p {film}"
    );
    let missing = crate::bench::one_line("animate o --mp4", &with_bin());
    assert_eq!(
        missing,
        format!("--mp4: no ffmpeg (allowed: ffmpeg on the PATH; by hand: {by_hand})")
    );
    let ffmpeg = |script: &str| {
        bench.write("bin/ffmpeg", format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(bench.path("bin/ffmpeg"), fs::Permissions::from_mode(0o755)).unwrap();
        with_bin()
    };
    let failed = ffmpeg("echo no such codec >&2; exit 3");
    let line = crate::bench::one_line("animate o --mp4", &failed);
    assert_eq!(line, "ffmpeg: exit status: 3: no such codec");
    assert!(!bench.path(film).exists());
    // Says what it was given, into the last of it.
    let good = ffmpeg("for last; do :; done; echo \"$@\" > \"$last\"");
    assert!(good.status.success());
    let words = bench.text(film);
    let words: Vec<&str> = words.split_whitespace().collect();
    let (file, options) = words.split_last().unwrap();
    assert!(
        file.contains("o/pictures/.farfield-") && file.ends_with(".mp4"),
        "{file}"
    );
    let expected = by_hand
        .replace('\'', "")
        .replace("ffmpeg ", "-nostdin -loglevel error -y ");
    assert_eq!(format!("{} {film}", options.join(" ")), expected);
    assert_eq!(bench.list("o/pictures").len(), 13 + 3);
}

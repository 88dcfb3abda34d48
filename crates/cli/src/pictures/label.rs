//! The time, and a bar of a round length, in the lower corners.

use super::frame::Frame;

/// Five by seven dots a character, a row in the low five bits.
const GLYPHS: [(char, [u8; 7]); 17] = [
    ('0', [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e]),
    ('1', [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('2', [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f]),
    ('3', [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e]),
    ('4', [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02]),
    ('5', [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e]),
    ('6', [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e]),
    ('7', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08]),
    ('8', [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e]),
    ('9', [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c]),
    ('.', [0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c]),
    ('-', [0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00]),
    ('+', [0x00, 0x04, 0x04, 0x1f, 0x04, 0x04, 0x00]),
    ('=', [0x00, 0x00, 0x1f, 0x00, 0x1f, 0x00, 0x00]),
    ('e', [0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0e]),
    ('t', [0x08, 0x08, 0x1c, 0x08, 0x08, 0x09, 0x06]),
    (' ', [0; 7]),
];

/// Pixels of a picture's longer side from which on there is room for labels.
const ROOM: usize = 250;

pub(super) fn draw(image: &mut [u8], frame: &Frame, ink: [u8; 3], time: f64) {
    let [width, height] = frame.pixels();
    if width.max(height) < ROOM || width.min(height) < ROOM / 3 {
        return;
    }
    let dot = (width.max(height) / 400).max(1);
    let margin = 8 * dot;
    let base = height - margin;
    let mut paint = |x: usize, y: usize, wide: usize, high: usize| {
        for row in y..(y + high).min(height) {
            for column in x..(x + wide).min(width) {
                let at = 3 * (row * width + column);
                image[at..at + 3].copy_from_slice(&ink);
            }
        }
    };
    write(
        &format!("t = {}", short(time)),
        dot,
        margin,
        base,
        &mut paint,
    );
    let length = round_length(0.2 * width as f64 * frame.pixel());
    let bar = (length / frame.pixel()).round() as usize;
    let (text, left) = (short(length), width - margin - bar);
    paint(left, base - dot, bar, dot);
    let middle = left + bar / 2;
    let half_text = dot * (6 * text.len() - 1) / 2;
    write(
        &text,
        dot,
        middle.saturating_sub(half_text),
        base - 4 * dot,
        &mut paint,
    );
}

/// Text whose lower left corner is (x, base).
fn write(
    text: &str,
    dot: usize,
    x: usize,
    base: usize,
    paint: &mut impl FnMut(usize, usize, usize, usize),
) {
    for (i, character) in text.chars().enumerate() {
        let Some((_, rows)) = GLYPHS.iter().find(|(known, _)| *known == character) else {
            continue;
        };
        for (row, bits) in rows.iter().enumerate() {
            for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                let left = x + dot * (6 * i + column);
                paint(left, base - dot * (7 - row), dot, dot);
            }
        }
    }
}

/// Four digits at most.
fn short(x: f64) -> String {
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    format!("{rounded:?}").trim_end_matches(".0").to_string()
}

/// 1, 2 or 5 times a power of ten, at most `most`.
fn round_length(most: f64) -> f64 {
    let power = 10f64.powf(most.log10().floor());
    let factor = [5.0, 2.0, 1.0]
        .into_iter()
        .find(|factor| factor * power <= most);
    factor.unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_round() {
        assert_eq!(short(25.0), "25");
        assert_eq!(short(0.30000000000000004), "0.3");
        assert_eq!(short(1e-7), "1e-7");
        assert_eq!(round_length(0.57), 0.5);
        assert_eq!(round_length(0.49), 0.2);
        assert_eq!(round_length(1500.0), 1000.0);
        assert!((round_length(3e-5) - 2e-5).abs() < 1e-18);
    }
}

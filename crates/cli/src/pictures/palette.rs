//! The colours of the pictures as 256, for which a GIF has room.

use super::colours::Colours;
use std::collections::HashMap;

pub(super) struct Palette {
    /// Red, green and blue of each colour.
    pub(super) colours: Vec<[u8; 3]>,
    /// Which of them stands for a colour of the pictures.
    places: HashMap<[u8; 3], u8>,
}

/// Of the gradient. Odd, so that 0 has the middle one; one more is for what is written over the pictures.
const ENTRIES: usize = 255;

impl Palette {
    /// Colours of the gradient at even distances, so that each is replaced by one that is half of a distance away at most.
    pub(super) fn new(colours: &Colours) -> Self {
        let table = colours.table();
        let (last, last_here) = (table.len() - 1, ENTRIES - 1);
        let nearest = |k: usize, of: usize, to: usize| (2 * k * to + of) / (2 * of);
        let entries = (0..ENTRIES).map(|k| table[nearest(k, last_here, last)]);
        let places = table.iter().enumerate();
        let places = places.map(|(k, colour)| (*colour, nearest(k, last, last_here) as u8));
        let mut palette = Self {
            colours: entries.collect(),
            places: places.collect(),
        };
        palette.places.insert(colours.ink(), ENTRIES as u8);
        palette.colours.push(colours.ink());
        palette
    }

    /// The number of the colour that stands for this one; none for a colour that no picture has.
    pub(super) fn place(&self, colour: &[u8; 3]) -> Option<u8> {
        self.places.get(colour).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_hardly_change() {
        for signed in [false, true] {
            let colours = Colours::new(signed);
            let palette = Palette::new(&colours);
            assert_eq!(palette.colours.len(), 256);
            let shown = |colour: [u8; 3]| {
                let place = palette.place(&colour).unwrap();
                palette.colours[usize::from(place)]
            };
            for step in -2000..=2000 {
                let colour = colours.of(f64::from(step) / 2000.0);
                let (found, off) = (shown(colour), |k: usize| {
                    shown(colour)[k].abs_diff(colour[k])
                });
                assert!((0..3).all(|k| off(k) <= 4), "{colour:?} as {found:?}");
            }
            for exact in [
                colours.of(0.0),
                colours.of(1.0),
                colours.of(-1.0),
                colours.ink(),
            ] {
                assert_eq!(shown(exact), exact);
            }
            assert_eq!(palette.place(&[1, 255, 3]), None);
        }
    }
}

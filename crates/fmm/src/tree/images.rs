//! On a torus: images of cells and points around the box, so that lists and passes need not know of it.
//!
//! All that is near a cell of the box, or near its parent, lies in the box or in one of the 3^D − 1 boxes around it. Of those, the cells that
//! touch the box get children, and points where they are leaves; one more layer of cells has neither, only a multipole: that of the
//! cell which it is an image of. Lists may ask for the points of other images too. Where the box is three of four cells of level 2 wide
//! (`Fit::Thirds`), images begin at that level: larger cells are no parts of the box, and nothing is near them.

use super::Frame;
use super::build::{Cell, Tree};
use std::ops::Range;

/// Numbers between the points of the box and the images, which vectors at their ends may touch.
const GAP: u32 = 16;

/// What lies around the box; nothing in free space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Images<const D: usize> {
    /// By image cell: the cell of the box.
    originals: Vec<u32>,
    /// Points of images, those of one cell each, behind each other from the end of the sources and a gap on.
    runs: Vec<Run<D>>,
    /// Of the largest cells that have any, so many come first.
    largest: u32,
    /// Places of all points.
    places: usize,
    last_full_level: u32,
}

/// An image of the points of a cell.
#[derive(Clone, Debug)]
struct Run<const D: usize> {
    sources: Range<u32>,
    /// In sides of the box.
    shift: [i8; D],
}

impl<const D: usize> Tree<D> {
    /// Whether the root cube is a box whose opposite faces are one.
    pub(crate) fn is_torus(&self) -> bool {
        !self.images.originals.is_empty()
    }

    /// Cells of the box.
    #[inline(always)]
    pub(crate) fn cells_of_box(&self) -> usize {
        self.levels.last().map_or(0, |&end| end as usize)
    }

    /// The cell of the box that a cell is, or is an image of.
    #[inline(always)]
    pub(crate) fn original(&self, cell: u32) -> u32 {
        match (cell as usize).checked_sub(self.cells_of_box()) {
            None => cell,
            Some(image) => self.images.originals[image],
        }
    }

    /// The largest cells that lists begin with: the root, or on a torus those of the first level that has images, and these.
    pub(crate) fn largest_cells(&self) -> impl Iterator<Item = u32> {
        let level = self.level(self.frame.fit.first_level() as usize);
        let images = self.cells_of_box() as u32;
        (level.start as u32..level.end as u32).chain(images..images + self.images.largest)
    }

    /// On a torus, the last level of whose cells none is without sources.
    pub(crate) fn last_full_level(&self) -> u32 {
        self.images.last_full_level
    }

    /// Places of the sources and their images in tree order.
    pub(crate) fn places(&self) -> usize {
        self.images.places.max(self.source_order.len())
    }

    /// Appends the images of a tree that was just cut.
    pub(crate) fn surround(&mut self) {
        let mut images = Images {
            places: self.source_order.len() + GAP as usize,
            last_full_level: self.find_last_full_level(),
            ..Images::default()
        };
        let mut waiting = vec![];
        for shift in shifts::<D>() {
            for cell in self.level(self.frame.fit.first_level() as usize) {
                if touches_box(&self.frame, &self.cells[cell], shift) {
                    waiting.push((self.cells.len(), shift));
                    self.push_image(&mut images, cell as u32, 0, shift);
                }
            }
        }
        images.largest = waiting.len() as u32;
        waiting.reverse();
        let first_image = self.cells_of_box();
        // Depth first, so that the images of neighbours lie together.
        while let Some((image, shift)) = waiting.pop() {
            let original = self.cells[images.originals[image - first_image] as usize].clone();
            if !touches_box(&self.frame, &original, shift) {
                continue;
            }
            if original.is_leaf() {
                let first = images.places as u32;
                images.places += original.sources.len();
                self.cells[image].sources = first..images.places as u32;
                let sources = original.sources;
                images.runs.push(Run { sources, shift });
                continue;
            }
            let first = self.cells.len();
            for child in original.children {
                self.push_image(&mut images, child, image as u32, shift);
            }
            self.cells[image].children = first as u32..self.cells.len() as u32;
            waiting.extend((first..self.cells.len()).rev().map(|child| (child, shift)));
        }
        self.images = images;
    }

    /// Images get points, if they have none: those of the cells which they are images of.
    pub(crate) fn give_points(&mut self, images: &[u32]) {
        for &image in images {
            let Cell {
                level,
                anchor,
                sources,
                ..
            } = self.cells[self.original(image) as usize].clone();
            let image = &mut self.cells[image as usize];
            // What they have lies at places of its own.
            if image.sources != sources {
                continue;
            }
            let along = self.frame.fit.cells_along(level) as i32;
            let shift = |a: usize| (image.anchor[a].wrapping_sub(anchor[a]) as i32 / along) as i8;
            let shift = std::array::from_fn(shift);
            let first = self.images.places as u32;
            self.images.places += sources.len();
            image.sources = first..self.images.places as u32;
            self.images.runs.push(Run { sources, shift });
        }
    }

    fn find_last_full_level(&self) -> u32 {
        let is_full = |level: &usize| {
            let cells = &self.cells[self.level(*level)];
            let along = u64::from(self.frame.fit.cells_along(*level as u32));
            let full = along.checked_pow(D as u32) == Some(cells.len() as u64);
            full && cells.iter().all(|cell| !cell.sources.is_empty())
        };
        let first = self.frame.fit.first_level() as usize;
        let full = (first..=self.depth()).take_while(is_full).last();
        full.unwrap_or(first) as u32
    }

    fn push_image(&mut self, images: &mut Images<D>, original: u32, parent: u32, shift: [i8; D]) {
        let cell = &self.cells[original as usize];
        let along = self.frame.fit.cells_along(cell.level) as i32;
        let beside = |a: usize| (i32::from(shift[a]) * along) as u32;
        let image = Cell {
            anchor: std::array::from_fn(|a| cell.anchor[a].wrapping_add(beside(a))),
            parent,
            children: 0..0,
            targets: 0..0,
            ..cell.clone()
        };
        self.cells.push(image);
        images.originals.push(original);
    }

    /// Makes room for the images behind what the sources have, and fills it: `image` says what one has, given what its source has and how
    /// many sides of the box it lies beside it.
    pub(crate) fn fill_images<T: Copy>(
        &self,
        values: &mut Vec<T>,
        zero: T,
        padding: usize,
        image: impl Fn(T, [i8; D]) -> T,
    ) {
        let places = self.places();
        values.resize(places + padding, zero);
        values[places..].fill(zero);
        let mut place = self.source_order.len() + GAP as usize;
        for Run { sources, shift } in &self.images.runs {
            for source in sources.clone() {
                values[place] = image(values[source as usize], *shift);
                place += 1;
            }
        }
    }
}

/// All boxes around the box, the first axis fastest.
fn shifts<const D: usize>() -> impl Iterator<Item = [i8; D]> {
    let all = (0..3i32.pow(D as u32))
        .map(|k| std::array::from_fn(|a| (k / 3i32.pow(a as u32) % 3 - 1) as i8));
    all.filter(|shift| *shift != [0; D])
}

/// Whether the image of a cell touches the box.
fn touches_box<const D: usize>(frame: &Frame<D>, cell: &Cell<D>, shift: [i8; D]) -> bool {
    (0..D).all(|a| match shift[a] {
        0 => true,
        1 => cell.anchor[a] == 0,
        _ => cell.anchor[a] == frame.fit.cells_along(cell.level) - 1,
    })
}

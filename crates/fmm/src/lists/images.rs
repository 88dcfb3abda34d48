//! On a torus: images of few points, whose points act one by one.

use super::Lists;
use super::build::merge;
use crate::tree::Tree;
use std::mem::take;

impl Lists {
    /// Moves images with at most `direct_below` sources from W to the near lists; those that have no points get them.
    pub(crate) fn take_images_directly<const D: usize>(
        &mut self,
        tree: &mut Tree<D>,
        direct_below: usize,
    ) {
        if !tree.is_torus() {
            return;
        }
        let is_few = |&cell: &u32| {
            let sources = &tree.cells[cell as usize].sources;
            cell as usize >= tree.cells_of_box() && sources.len() <= direct_below
        };
        let mut few: Vec<u32> = self
            .smaller
            .items()
            .iter()
            .copied()
            .filter(is_few)
            .collect();
        if few.is_empty() {
            return;
        }
        few.sort_unstable();
        few.dedup();
        let points = few
            .iter()
            .map(|&cell| tree.cells[cell as usize].sources.len());
        if tree.places() + points.sum::<usize>() > u32::MAX as usize {
            // They could not be counted: multipoles do as well.
            return;
        }
        tree.give_points(&few);
        let (smaller, near) = (take(&mut self.smaller), take(&mut self.near));
        for leaf in 0..near.len() {
            self.near.open_row().extend_from_slice(&near[leaf]);
            for &cell in &smaller[leaf] {
                if few.binary_search(&cell).is_ok() {
                    self.near.push(tree.cells[cell as usize].sources.clone());
                } else {
                    self.smaller.push(cell);
                }
            }
            merge(self.near.open_start(), self.near.open_row());
            self.near.end_row();
            self.smaller.end_row();
        }
    }
}

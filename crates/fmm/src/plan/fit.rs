//! How full leaves are made, and on a torus how the box lies in its root cell for that.

use super::Plan;
use super::clouds::Clouds;
use super::demands::left_to_core;
use crate::Real;
use crate::cost::{fit_of, leaf_capacity, leaf_capacity_on_torus};
use crate::expansion::Family;
use crate::kernel::Kernel;
use crate::torus::Torus;
use crate::tree::Fit;

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// Points above which a cell is split: as the options say, or as the cost model expects the least time.
    pub(super) fn choose_leaf_capacity(&mut self, clouds: &Clouds<T, D>) {
        let (sources, targets) = (clouds.sources(), clouds.targets());
        let work = self.work(sources.len(), targets.unwrap_or(sources).len());
        let chosen = || match self.torus {
            Some(torus) => {
                let narrowest = self.reach() / torus.least();
                leaf_capacity_on_torus(&self.costs(), &work, self.fits(&torus), narrowest)
            }
            None => leaf_capacity(&self.costs(), &work),
        };
        self.leaf_capacity = self.options.leaf_capacity.unwrap_or_else(chosen);
    }

    /// How the box of a torus may lie in its root cell.
    fn fits(&self, torus: &Torus<D>) -> &'static [Fit] {
        let thirds = self.expansion.takes_thirds() && torus.stretch().is_none();
        // A hair more, as the side of such cells is rounded.
        if thirds && 3.0 * self.reach() <= torus.least() * (1.0 - 1e-9) {
            &[Fit::Whole, Fit::Thirds]
        } else {
            &[Fit::Whole]
        }
    }

    /// How it does: as the leaf capacity wants it, if these points allow that.
    pub(super) fn fit(&self, clouds: &Clouds<T, D>) -> Fit {
        let Some(torus) = self.torus else {
            return Fit::Whole;
        };
        let (sources, targets) = (clouds.sources(), clouds.targets().map_or(0, <[_]>::len));
        let most = sources.len().max(targets);
        match fit_of(self.leaf_capacity, most, D, self.fits(&torus)) {
            Fit::Thirds if torus.fills_thirds(sources) => Fit::Thirds,
            _ => Fit::Whole,
        }
    }

    /// How far the kernel is not that of far fields, in the user's unit.
    pub(super) fn reach(&self) -> f64 {
        match &self.wide {
            Some(_) => 0.0,
            None => self.kernel.reach(left_to_core(&self.options)),
        }
    }
}

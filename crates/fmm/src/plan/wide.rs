//! Cores that hold many points: the kernel from tables in place of its singular form far away.

use super::clouds::Clouds;
use super::demands::{for_gradients, stricter};
use super::{FamilyOf, Plan};
use crate::expansion::{Asked, Family};
use crate::kernel::{Kernel, RadialKernel, RadialPair, least_tolerance};
use crate::options::floor;
use crate::points::is_double;
use crate::{Real, Result};

/// Expansions, the accuracy of a near pair, and the leaf capacity that goes with them.
pub(super) type Narrow<F> = (F, usize, usize);
/// The same of tables, and those.
pub(super) type WithTables<F> = (Narrow<F>, RadialKernel);

/// Near pairs of a target, and all of them, from which on tables are faster: the second are what it takes to make them and the operators.
const fn most_pairs(dimension: usize) -> (u64, u64) {
    if dimension == 2 {
        (1500, 200_000_000)
    } else {
        (6000, 5_000_000_000)
    }
}

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// Takes the kernel from tables, for as long as the plan lives, where the options say so, or where too many pairs are within the
    /// reach of its core and tables can give what is asked for; not on a torus, nor where a grid takes the sums. A plan that has a
    /// grid elsewhere looks again at all positions without one, so that it is the same as a new one.
    pub(super) fn widen(&mut self, clouds: &Clouds<T, D>) -> Result<()> {
        if self.torus.is_some() || self.filled_grid().is_some() {
            return Ok(());
        }
        let (of_target, all) = most_pairs(D);
        let most = all.max(of_target * self.tree.targets().len() as u64);
        let wanted = self.options.wide_cores;
        if !wanted.unwrap_or_else(|| self.near_pairs() > most) {
            return Ok(());
        }
        let Some(wide) = self.kernel.wide() else {
            return Ok(());
        };
        let asked = self.asked_of_tables(clouds);
        match self.tables(wide, clouds, &asked) {
            Err(_) if wanted.is_none() => Ok(()),
            done => done,
        }
    }

    fn asked_of_tables(&self, clouds: &Clouds<T, D>) -> Asked<D> {
        let frame = clouds.probable_frame(self.options.leaf_capacity);
        let apart = clouds.targets().is_some();
        let points = clouds
            .sources()
            .len()
            .max(clouds.targets().map_or(0, <[_]>::len));
        let stricter = stricter::<FamilyOf<K, D>, D>(points, apart, None, None, &self.options);
        let tolerance = (self.options.tolerance / stricter)
            .max(floor::<T>())
            .max(FamilyOf::<K, D>::floor(self.options.guarantee));
        Asked {
            root_side: frame.side / frame.scale,
            tolerance,
            pairs: tolerance,
            guarantee: self.options.guarantee,
            single: !is_double::<T>(),
            gradient: self.options.outputs.gradient,
            torus: false,
            stretch: frame.stretch,
            lanes: self.chosen.lanes(),
            waves_in_double: false,
        }
    }

    /// Builds the plan again with tables. After an error it is as before.
    fn tables(
        &mut self,
        wide: RadialKernel,
        clouds: &Clouds<T, D>,
        asked: &Asked<D>,
    ) -> Result<()> {
        let least = least_tolerance(D) * for_gradients::<D>(&self.options);
        self.options.check::<T>(least)?;
        wide.check_extent(clouds.both().widest(), self.options.tolerance)?;
        let (expansion, accuracy): (FamilyOf<K, D>, _) =
            K::Pair::tabulated(wide.tables(1.0)).family(asked)?;
        let capacity = self.leaf_capacity;
        let narrow = self.exchange((expansion, accuracy, capacity), Some(wide));
        // A run keeps the capacity that it started with.
        if self.grid.is_none() {
            self.choose_leaf_capacity(clouds);
        }
        if let Err(error) = self.rebuild(clouds) {
            self.exchange(narrow, None);
            self.rebuild(clouds)?;
            return Err(error);
        }
        if self.grid.is_some() && self.options.wide_cores.is_none() {
            self.narrow = Some(narrow);
        }
        Ok(())
    }

    /// Takes other expansions, with or without tables, and returns those that there were.
    fn exchange(
        &mut self,
        (expansion, accuracy, capacity): Narrow<FamilyOf<K, D>>,
        wide: Option<RadialKernel>,
    ) -> Narrow<FamilyOf<K, D>> {
        self.wide = wide;
        (
            std::mem::replace(&mut self.expansion, expansion),
            std::mem::replace(&mut self.pair_accuracy, accuracy),
            std::mem::replace(&mut self.leaf_capacity, capacity),
        )
    }

    /// Before a plan looks again whether it wants tables: as it is without them. Returns the tables.
    pub(super) fn without_tables(&mut self) -> Option<WithTables<FamilyOf<K, D>>> {
        let narrow = self.narrow.take()?;
        let wide = self.wide.take()?;
        Some((self.exchange(narrow, None), wide))
    }

    /// Where that came to nothing: as it was with them.
    pub(super) fn put_back(&mut self, tables: Option<WithTables<FamilyOf<K, D>>>) {
        if let Some((expansions, wide)) = tables {
            self.narrow = Some(self.exchange(expansions, Some(wide)));
        }
    }
}

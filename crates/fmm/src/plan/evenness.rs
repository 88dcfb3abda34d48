//! Plans whose expansions depend on how evenly the points fill a torus, and so on where they move.

use super::clouds::Clouds;
use super::demands::FEW_ON_TORUS;
use super::{Plan, in_pool};
use crate::kernel::Kernel;
use crate::torus::Torus;
use crate::torus::evenness::Evenness;
use crate::torus::split::FarPower;
use crate::{Options, Real, Result};

/// How evenly points fill a torus, where that says how good expansions must be: of kernels without a core, whose sums are at the sources, in
/// cubes.
pub(super) fn evenness<T: Real, K: Kernel<D>, const D: usize>(
    kernel: &K,
    on_torus: Option<(&Torus<D>, FarPower)>,
    clouds: &Clouds<T, D>,
    options: &Options,
) -> Option<Evenness> {
    let (torus, power) = on_torus?;
    let singular = power.core == 0.0 && kernel.reach(options.tolerance) == 0.0;
    let points = clouds.sources();
    let alone = clouds.targets().is_none() && points.len() > FEW_ON_TORUS;
    let asked = singular && alone && torus.stretch().is_none();
    asked.then(|| Evenness::of(torus, points))
}

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// Whether these points fill the torus in another way, for which other expansions are needed.
    pub(super) fn fill_otherwise(&self, clouds: &Clouds<T, D>) -> bool {
        let (Some(torus), Some(before)) = (&self.torus, self.evenness) else {
            return false;
        };
        let now = || Evenness::of(torus, clouds.sources());
        in_pool(self.options.pool.clone(), now) != before
    }

    /// The plan for these points instead, with leaves as full as they were. After an error it is as before.
    pub(super) fn make_anew(
        &mut self,
        sources: &[[T; D]],
        targets: Option<&[[T; D]]>,
    ) -> Result<()> {
        let options = self.options.clone();
        let as_full = Options {
            leaf_capacity: Some(self.leaf_capacity),
            ..options.clone()
        };
        let anew = Self::build(sources, targets, self.kernel.clone(), as_full)?;
        *self = Self { options, ..anew };
        Ok(())
    }
}

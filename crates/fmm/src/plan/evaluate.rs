//! What a plan sums, from strengths in the user's order to sums in the user's order.

use super::few;
use super::user_order::{UserOrder, Wanted};
use super::{FamilyOf, Plan, in_pool, same_number};
use crate::kernel::{Kernel, RadialPair, Strength, by_component};
use crate::memory::{Spare, zeros};
use crate::passes::{Buffers, Context, Sink, unit};
use crate::points::check_strengths;
use crate::report::PassSeconds;
use crate::{Error, Evaluation, Outputs, Real, Result, Sums};
use std::borrow::Cow;
use std::time::Instant;

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// The field of one strength vector at every target.
    pub fn field(&self, strengths: &[K::Strength<T>]) -> Result<Vec<[T; D]>> {
        Ok(self
            .evaluate(&[strengths], Outputs::FIELD)?
            .sums
            .remove(0)
            .field)
    }

    /// The potential of one strength vector at every target.
    pub fn potential(&self, strengths: &[K::Strength<T>]) -> Result<Vec<K::Strength<T>>> {
        Ok(self
            .evaluate(&[strengths], Outputs::POTENTIAL)?
            .sums
            .remove(0)
            .potential)
    }

    /// The field of one strength vector, written into the caller's slice (one entry a target).
    pub fn field_into(
        &self,
        strengths: &[K::Strength<T>],
        field: &mut [[T; D]],
    ) -> Result<PassSeconds> {
        same_number("field", field.len(), self.tree.targets().len())?;
        let wanted = Wanted {
            field: field.as_flattened_mut(),
            potential: &mut [],
            gradient: &mut [],
        };
        self.fill(&[strengths], Outputs::FIELD, vec![wanted])
    }

    /// The chosen sums of each strength vector.
    ///
    /// Errors: a vector whose length is not the number of sources or with a strength that is not finite; a sum that
    /// overflows `T`; a gradient that was not among the plan's [`Options::outputs`](crate::Options::outputs).
    pub fn evaluate(
        &self,
        strengths: &[&[K::Strength<T>]],
        outputs: Outputs,
    ) -> Result<Evaluation<T, D, K::Strength<T>>> {
        if outputs.gradient && !self.options.outputs.gradient {
            let allowed = "a plan made with Options::outputs(Outputs::GRADIENT)";
            return Err(Error::argument("outputs", "gradient", allowed));
        }
        let n = self.tree.targets().len();
        let room = |wanted: bool| if wanted { n } else { 0 };
        let empty = |_: &_| Sums {
            field: zeros(room(outputs.field), [T::ZERO; D]),
            potential: zeros(room(outputs.potential), K::Strength::<T>::ZERO),
            gradient: zeros(room(outputs.gradient), [[T::ZERO; D]; D]),
        };
        let mut sums: Vec<_> = strengths.iter().map(empty).collect();
        let wanted = sums.iter_mut().map(Wanted::all).collect();
        let seconds = self.fill(strengths, outputs, wanted)?;
        Ok(Evaluation { sums, seconds })
    }

    /// Fills what is wanted of each strength vector.
    fn fill(
        &self,
        strengths: &[&[K::Strength<T>]],
        outputs: Outputs,
        wanted: Vec<Wanted<T>>,
    ) -> Result<PassSeconds> {
        let start = Instant::now();
        let n_sources = self.tree.source_order.len();
        let largest = check_strengths(self.chosen, strengths, n_sources)?;
        let units: Vec<f64> = largest.into_iter().map(unit).collect();
        let components: Vec<Cow<[T]>> = strengths.iter().flat_map(|w| by_component(w)).collect();
        let components: Vec<&[T]> = components.iter().map(|w| &**w).collect();
        let mut buffers = self.buffers(components.len());
        let of_one_vector = buffers.chunks_mut(K::Strength::<T>::COMPONENTS);
        for (buffers, &unit) in of_one_vector.zip(&units) {
            for buffers in buffers {
                buffers.unit = unit;
            }
        }
        let scale = self.tree.frame.scale;
        let pair = self.pair(scale);
        let of_sums = self.units_of_grid().unwrap_or_else(|| pair.units(scale));
        let sink = UserOrder::new(&self.kernel, &self.tree, of_sums, units, wanted);
        let context = self.context(&sink);
        let mut seconds = in_pool(self.options.pool.clone(), || {
            if let Some(power) = self.smooth {
                let power = (pair, power, self.options.tolerance);
                return few::modes(&context, power, &components, outputs, &buffers);
            }
            if few::are_few(&context, outputs) {
                return few::sums(&context, pair, &components, outputs, &buffers);
            }
            if let Some(grid) = self.filled_grid() {
                return grid.sums(&context, &components, outputs, &mut buffers);
            }
            T::evaluate(&context, pair, &components, outputs, &mut buffers)
        });
        sink.check()?;
        drop(buffers);
        seconds.total = start.elapsed().as_secs_f64();
        Ok(seconds)
    }

    /// What all passes read, whose sums go to `sink`.
    pub(crate) fn context<'a>(
        &'a self,
        sink: &'a dyn Sink<T, D>,
    ) -> Context<'a, T, FamilyOf<K, D>, D> {
        Context {
            chosen: self.chosen,
            tree: &self.tree,
            lists: &self.lists,
            expansion: &self.expansion,
            sources: &self.sources,
            targets: if self.tree.target_order.is_some() {
                &self.targets
            } else {
                &self.sources
            },
            leaves: &self.leaves,
            accuracy: self.pair_accuracy,
            lost_in_f32: self.lost_in_f32,
            down: &self.down,
            sink,
        }
    }

    /// Buffers for so many strength vectors, those of past evaluations.
    pub(crate) fn buffers(&self, count: usize) -> Spare<'_, Vec<Buffers<T>>> {
        let mut buffers = self.spare.take();
        buffers.resize_with(count, Buffers::default);
        buffers
    }
}

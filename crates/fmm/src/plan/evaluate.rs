//! What a plan sums, from strengths in the user's order to sums in the user's order.

use super::{Plan, in_pool, same_number};
use crate::kernel::{Kernel, RadialPair, Strength, by_component};
use crate::memory::{Spare, ask_ahead, zeros};
use crate::passes::wanted::{SECOND, symmetric};
use crate::passes::{Buffers, Context, PIECE, unit};
use crate::points::check_strengths;
use crate::report::PassSeconds;
use crate::{Error, ErrorKind, Evaluation, Outputs, Real, Result, Sums};
use rayon::prelude::*;
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
        let start = Instant::now();
        let (buffers, mut seconds) = self.radial_sums(&[strengths], Outputs::FIELD)?;
        let permute = Instant::now();
        let result = self.user_field(&buffers, field);
        drop(buffers);
        seconds.permute += permute.elapsed().as_secs_f64();
        seconds.total = start.elapsed().as_secs_f64();
        result.map(|()| seconds)
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
        let start = Instant::now();
        let (buffers, mut seconds) = self.radial_sums(strengths, outputs)?;
        let permute = Instant::now();
        let n = self.tree.targets().len();
        let user_order = |buffers: &[Buffers<T, D>]| -> Result<Sums<T, D, K::Strength<T>>> {
            let mut sums = Sums {
                field: vec![],
                potential: vec![],
                gradient: vec![],
            };
            if outputs.field {
                sums.field = zeros(n, [T::ZERO; D]);
                self.user_field(buffers, &mut sums.field)?;
            }
            if outputs.potential {
                sums.potential = zeros(n, K::Strength::<T>::ZERO);
                self.user_potential(buffers, &mut sums.potential)?;
            }
            if outputs.gradient {
                sums.gradient = zeros(n, [[T::ZERO; D]; D]);
                self.user_gradient(buffers, &mut sums.gradient)?;
            }
            Ok(sums)
        };
        let of_one_vector = buffers.chunks(K::Strength::<T>::COMPONENTS);
        let sums: Result<Vec<_>> = of_one_vector.map(user_order).collect();
        drop(buffers);
        seconds.permute += permute.elapsed().as_secs_f64();
        seconds.total = start.elapsed().as_secs_f64();
        Ok(Evaluation {
            sums: sums?,
            seconds,
        })
    }

    /// The radial sums in tree order: one set of buffers for each component of each vector.
    fn radial_sums(
        &self,
        strengths: &[&[K::Strength<T>]],
        outputs: Outputs,
    ) -> Result<(Spare<'_, Vec<Buffers<T, D>>>, PassSeconds)> {
        let n_sources = self.tree.source_order.len();
        let largest = check_strengths(self.chosen, strengths, n_sources)?;
        let mut buffers = self.spare.take();
        let components: Vec<Cow<[T]>> = strengths.iter().flat_map(|w| by_component(w)).collect();
        let components: Vec<&[T]> = components.iter().map(|w| &**w).collect();
        buffers.resize_with(components.len(), Buffers::default);
        let of_one_vector = buffers.chunks_mut(K::Strength::<T>::COMPONENTS);
        for (buffers, largest) in of_one_vector.zip(largest) {
            for buffers in buffers {
                buffers.unit = unit(largest);
            }
        }
        let pair = self.kernel.pair(self.tree.frame.scale);
        let context = Context {
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
            down: &self.down,
        };
        let seconds = in_pool(self.options.pool.clone(), || {
            T::evaluate(&context, pair, &components, outputs, &mut buffers)
        });
        Ok((buffers, seconds))
    }

    /// A radial sum in plan units that is a length to the power −`power`. The frame's scale is a power of two.
    fn in_user_unit(&self, sum: f64, power: usize) -> f64 {
        (0..power).fold(sum, |sum, _| sum * self.tree.frame.scale)
    }

    /// The field of one vector from the sums of its components, which follow each other.
    fn user_field(&self, components: &[Buffers<T, D>], out: &mut [[T; D]]) -> Result<()> {
        let power = |s: f64| self.in_user_unit(s, <K::Pair as RadialPair<D>>::POWER + 1);
        let index = &self.tree.targets().tree_index;
        for (c, buffers) in components.iter().enumerate() {
            let fill = |out: &mut [T; D], s: [T; D]| {
                let user = |s: T| T::from_f64(power(s.to_f64() * buffers.unit));
                let share = self.kernel.field(c, s.map(user));
                if c == 0 {
                    *out = share;
                } else {
                    (0..D).for_each(|a| out[a] += share[a]);
                }
                out.iter().all(|u| u.is_finite())
            };
            fill_all("field", index, &buffers.s, out, fill)?;
        }
        Ok(())
    }

    /// The gradient of the field likewise: the field is linear in its radial sums.
    fn user_gradient(&self, components: &[Buffers<T, D>], out: &mut [[[T; D]; D]]) -> Result<()> {
        let power = |g: f64| self.in_user_unit(g, <K::Pair as RadialPair<D>>::POWER + 2);
        let index = &self.tree.targets().tree_index;
        for (c, buffers) in components.iter().enumerate() {
            let fill = |out: &mut [[T; D]; D], g: [T; SECOND]| {
                let user = |g: T| T::from_f64(power(g.to_f64() * buffers.unit));
                add_gradient(&self.kernel, c, symmetric(g.map(user)), out);
                out.as_flattened().iter().all(|u| u.is_finite())
            };
            fill_all("gradient", index, &buffers.g, out, fill)?;
        }
        Ok(())
    }

    fn user_potential(
        &self,
        components: &[Buffers<T, D>],
        out: &mut [K::Strength<T>],
    ) -> Result<()> {
        let index = &self.tree.targets().tree_index;
        let power = |t: f64| self.in_user_unit(t, <K::Pair as RadialPair<D>>::POWER);
        for (c, buffers) in components.iter().enumerate() {
            let fill = |out: &mut K::Strength<T>, t: T| {
                let t = T::from_f64(power(t.to_f64() * buffers.unit));
                let potential = self.kernel.potential(t);
                out.components_mut()[c] = potential;
                potential.is_finite()
            };
            fill_all("potential", index, &buffers.t, out, fill)?;
        }
        Ok(())
    }
}

/// Adds what component `c` of the strengths gives to ∂_b u_a, from ∂_b s_a, which is symmetric.
pub(crate) fn add_gradient<T: Real, K: Kernel<D>, const D: usize>(
    kernel: &K,
    c: usize,
    g: [[T; D]; D],
    out: &mut [[T; D]; D],
) {
    for b in 0..D {
        let share = kernel.field(c, g[b]);
        (0..D).for_each(|a| out[a][b] += share[a]);
    }
}

/// Fills every entry from the sums of its target, whose places `tree_index` tells; an error names the first that
/// overflows.
fn fill_all<S: Copy + Sync, T: Send>(
    name: &str,
    tree_index: &[u32],
    sums: &[S],
    out: &mut [T],
    fill: impl Fn(&mut T, S) -> bool + Sync,
) -> Result<()> {
    let pieces = out.par_chunks_mut(PIECE).zip(tree_index.par_chunks(PIECE));
    let overflow = pieces.enumerate().filter_map(|(p, (out, tree_index))| {
        let mut bad = None;
        for (k, (out, &i)) in out.iter_mut().zip(tree_index).enumerate() {
            ask_ahead(sums, tree_index, k);
            if !fill(out, sums[i as usize]) && bad.is_none() {
                bad = Some(p * PIECE + k);
            }
        }
        bad
    });
    overflow.min().map_or(Ok(()), |user| {
        let allowed = "sums within the range of the precision (points may be too close, or strengths too large)";
        Err(Error::new(ErrorKind::Overflow, format!("{name}[{user}]"), "not finite", allowed))
    })
}

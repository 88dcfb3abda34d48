//! The error of a plan's field, measured against the direct sum on a sample of targets.

use super::{Plan, in_pool, same_number};
use crate::kernel::{Kernel, converted};
use crate::points::{check_positions, check_strengths};
use crate::{Error, Outputs, Real, Result, VerifyReport, accuracy, direct};

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// Evaluates the field and measures its error on `samples` targets against the direct sum.
    pub fn verify(&self, strengths: &[K::Strength<T>], samples: usize) -> Result<VerifyReport> {
        let field = self.field(strengths)?;
        self.verify_field(strengths, &field, samples, 0)
    }

    /// Measures the error of a field that this plan gave for `strengths`, on `samples` targets: one in each of as many
    /// equal ranges of the tree's order, chosen within it by `salt`.
    ///
    /// Errors: no sample (`samples` = 0), slices of other lengths than the plan has, or numbers that are not finite.
    pub fn verify_field(
        &self,
        strengths: &[K::Strength<T>],
        field: &[[T; D]],
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport> {
        let n = self.tree.targets().len();
        check_strengths(self.chosen, &[strengths], self.tree.source_order.len())?;
        same_number("field", field.len(), n)?;
        check_positions(self.chosen, "field", field)?;
        if samples == 0 {
            return Err(Error::argument("samples", "0", "1 or more"));
        }
        let sample = accuracy::stratified(n, samples, salt);
        let exact = in_pool(self.options.pool.clone(), || {
            self.exact_field(strengths, &sample)
        })?;
        // In units of the largest component, so that no square leaves the range.
        let largest = field
            .iter()
            .flatten()
            .map(|x| x.to_f64().abs())
            .fold(0.0, f64::max);
        let inverse = if largest > 0.0 {
            1.0 / largest.max(1e-300)
        } else {
            1.0
        };
        let square = |u: [f64; D]| u.iter().map(|u| (u * inverse).powi(2)).sum::<f64>();
        let user_index = &self.tree.targets().user_index;
        let squared_errors: Vec<f64> = sample
            .iter()
            .zip(&exact)
            .map(|(&i, exact)| {
                let u = field[user_index[i] as usize];
                square(std::array::from_fn(|a| u[a].to_f64() - exact[a]))
            })
            .collect();
        let mean_square =
            field.iter().map(|u| square(u.map(T::to_f64))).sum::<f64>() / n.max(1) as f64;
        Ok(accuracy::report(
            &squared_errors,
            mean_square,
            1.0 / inverse,
        ))
    }

    /// Direct sums in f64 at targets given by tree index.
    fn exact_field(&self, strengths: &[K::Strength<T>], sample: &[usize]) -> Result<Vec<[f64; D]>> {
        let inverse = 1.0 / self.tree.frame.scale;
        let user = |from: &[Vec<T>; D], i: usize| -> [f64; D] {
            std::array::from_fn(|a| from[a][i].to_f64() * inverse)
        };
        let separate = self.tree.target_order.is_some();
        let targets: Vec<[f64; D]> = sample
            .iter()
            .map(|&i| {
                user(
                    if separate {
                        &self.targets
                    } else {
                        &self.sources
                    },
                    i,
                )
            })
            .collect();
        let sources: Vec<[f64; D]> = (0..strengths.len())
            .map(|i| user(&self.sources, i))
            .collect();
        let order = &self.tree.source_order.user_index;
        let wide: Vec<K::Strength<f64>> = converted::<T, f64, _, _>(strengths);
        let w: Vec<_> = order.iter().map(|&user| wide[user as usize]).collect();
        let mut sums = direct::anywhere(
            &targets,
            &sources,
            &[&w],
            self.kernel.clone(),
            self.torus,
            (Outputs::FIELD, Some(self.chosen.set())),
        )?;
        Ok(sums.remove(0).field)
    }
}

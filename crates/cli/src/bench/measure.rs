//! One number of points: answers checked, then timed.

use super::Bench;
use super::rounds::fastest;
use crate::error::{Error, Result};
use crate::npy::Number;
use crate::oracle::{Errors, Oracle};
use crate::predicted::Predicted;
use farfield::{Kernel, PassSeconds, Plan, Sums};
use std::time::Instant;

/// Targets of the check where the direct sum at all points would take too long.
const SAMPLE: usize = 1000;

/// All about one number of points.
pub(super) struct Row {
    pub(super) n: usize,
    pub(super) plan: PlanSeconds,
    pub(super) evaluate: PassSeconds,
    pub(super) leaf_capacity: usize,
    pub(super) predicted: Predicted,
    /// None where it was timed at no smaller number of points.
    pub(super) direct: Option<Direct>,
    pub(super) tolerance: f64,
    pub(super) errors: Errors,
    /// Number of targets that the errors were measured at.
    pub(super) targets: usize,
}

/// Seconds to make a plan, and of its parts that are timed.
pub(super) struct PlanSeconds {
    pub(super) total: f64,
    pub(super) sort: f64,
    pub(super) tree: f64,
    pub(super) lists: f64,
}

/// The direct sum at all points.
#[derive(Clone, Copy)]
pub(super) struct Direct {
    pub(super) seconds: f64,
    /// From the pairs a second of the largest sum that was timed.
    pub(super) extrapolated: bool,
}

impl Row {
    /// Seconds of plan and evaluation.
    pub(super) fn fmm(&self) -> f64 {
        self.plan.total + self.evaluate.total
    }

    /// How many times as long the direct sum takes.
    pub(super) fn speed_up(&self) -> Option<f64> {
        Some(self.direct?.seconds / self.fmm())
    }
}

/// Sums of the oracle.
type ExactSums<K, const D: usize> = Sums<f64, D, <K as Kernel<D>>::Strength<f64>>;

/// Measures rows of rising N.
pub(super) struct Measurement<'a, K, const D: usize> {
    bench: &'a Bench,
    kernel: K,
    /// Seconds that a pair of the largest timed direct sum took.
    seconds_a_pair: Option<f64>,
}

impl<'a, K: Kernel<D>, const D: usize> Measurement<'a, K, D> {
    pub(super) fn new(bench: &'a Bench, kernel: K) -> Self {
        Self {
            bench,
            kernel,
            seconds_a_pair: None,
        }
    }

    pub(super) fn row<T: Number>(&mut self, n: usize) -> Result<Row> {
        let bench = self.bench;
        let (isa, wanted) = (bench.machine.isa, bench.wanted());
        let (positions, strengths) = bench
            .cloud
            .cloud::<D, K::Strength<f64>>(n)
            .rounded::<T, K::Strength<T>>();
        let targets = match n <= bench.direct_up_to {
            true => n,
            false => SAMPLE,
        };
        let kernel = self.kernel.clone();
        let oracle = Oracle::new(
            &positions,
            &strengths,
            targets,
            kernel,
            wanted,
            isa,
            bench.periodic.sides(D),
        );
        let (exact, direct) = self.direct(n, &oracle)?;
        let options = bench.options(D)?;
        let plan = Plan::new(&positions, self.kernel.clone(), options)?;
        let answer = plan.evaluate(&[&strengths], wanted)?;
        let errors = oracle.errors(&answer.sums[0], &exact);
        within(bench.tolerance, n, errors)?;
        Ok(Row {
            n,
            evaluate: self.evaluate(&plan, &strengths)?,
            leaf_capacity: plan.leaf_capacity(),
            predicted: Predicted::new(&plan.report(), 1, rayon::current_num_threads()),
            plan: self.plan(&positions)?,
            direct,
            tolerance: bench.tolerance,
            errors,
            targets: oracle.targets(),
        })
    }

    /// The sums at the oracle's targets, and the seconds of those at all points.
    fn direct(
        &mut self,
        n: usize,
        oracle: &Oracle<K, D>,
    ) -> Result<(ExactSums<K, D>, Option<Direct>)> {
        let pairs = n as f64 * n as f64;
        if n > self.bench.direct_up_to {
            let extrapolated = self.seconds_a_pair.map(|a_pair| Direct {
                seconds: a_pair * pairs,
                extrapolated: true,
            });
            return Ok((oracle.exact()?, extrapolated));
        }
        let mut exact = Sums {
            field: vec![],
            potential: vec![],
            gradient: vec![],
        };
        let [seconds] = fastest(self.bench.rounds(), || {
            let start = Instant::now();
            exact = oracle.exact()?;
            Ok([start.elapsed().as_secs_f64()])
        })?;
        self.seconds_a_pair = Some(seconds / pairs);
        let measured = Direct {
            seconds,
            extrapolated: false,
        };
        Ok((exact, Some(measured)))
    }

    /// Evaluations of a plan that has been evaluated before.
    fn evaluate<T: Number>(
        &self,
        plan: &Plan<T, K, D>,
        strengths: &[K::Strength<T>],
    ) -> Result<PassSeconds> {
        let wanted = self.bench.wanted();
        let [total, permute, upward, downward, leaves] = fastest(self.bench.rounds(), || {
            let s = plan.evaluate(&[strengths], wanted)?.seconds;
            Ok([s.total, s.permute, s.upward, s.downward, s.leaves])
        })?;
        Ok(PassSeconds {
            permute,
            upward,
            downward,
            leaves,
            total,
        })
    }

    /// New plans.
    fn plan<T: Number>(&self, positions: &[[T; D]]) -> Result<PlanSeconds> {
        let bench = self.bench;
        let options = bench.options(D)?;
        let [total, sort, tree, lists] = fastest(bench.rounds(), || {
            let start = Instant::now();
            let plan = Plan::new(positions, self.kernel.clone(), options.clone())?;
            let total = start.elapsed().as_secs_f64();
            let report = plan.report();
            let (sort, tree) = (report.sort_seconds, report.tree_seconds);
            Ok([total, sort, tree, report.list_seconds])
        })?;
        Ok(PlanSeconds {
            total,
            sort,
            tree,
            lists,
        })
    }
}

fn within(tolerance: f64, n: usize, errors: Errors) -> Result<()> {
    for (output, achieved) in errors.by_name() {
        if achieved > tolerance || achieved.is_nan() {
            return Err(Error::Failed(format!(
                "N = {n}: the {output} has a relative error of {achieved:.1e}, above the tolerance {tolerance:e}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_tolerance_is_an_error() {
        let errors = |field, potential| Errors {
            field: Some(field),
            potential,
            gradient: None,
        };
        assert!(within(1e-6, 500, errors(1e-6, None)).is_ok());
        let line = |errors| within(1e-6, 500, errors).unwrap_err().to_string();
        assert_eq!(
            line(errors(1e-7, Some(2.34e-6))),
            "N = 500: the potential has a relative error of 2.3e-6, above the tolerance 1e-6"
        );
        assert!(line(errors(f64::NAN, None)).contains("the field has a relative error of NaN"));
    }
}

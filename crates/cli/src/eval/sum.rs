//! The sum itself, timed.

use super::{Eval, Method};
use crate::error::Result;
use crate::npy::Number;
use crate::operators::{Found, Kept};
use crate::periodic::direct_sum;
use crate::predicted::Predicted;
use farfield::{Kernel, PassSeconds, Plan, PlanReport, Strength, Sums, VerifyReport};
use std::time::Instant;

/// What is summed.
pub(super) struct Input<T: Number, K: Kernel<D>, const D: usize> {
    pub(super) kernel: K,
    pub(super) sources: Vec<[T; D]>,
    /// `None`: the sources.
    pub(super) targets: Option<Vec<[T; D]>>,
    pub(super) strengths: Vec<Vec<K::Strength<T>>>,
}

/// What comes out; of repeated evaluations the last.
pub(super) struct Answer<T, const D: usize, W> {
    /// One for each strength vector.
    pub(super) sums: Vec<Sums<T, D, W>>,
    pub(super) plan_seconds: f64,
    pub(super) evaluate_seconds: Vec<f64>,
    /// Of the fast method.
    pub(super) plan: Option<Built>,
    pub(super) verified: Option<VerifyReport>,
    pub(super) threads: usize,
}

/// A plan, and how long it worked.
pub(super) struct Built {
    pub(super) report: PlanReport,
    /// Of the fastest evaluation.
    pub(super) passes: PassSeconds,
    pub(super) predicted: Predicted,
    pub(super) kept: Kept,
}

impl Built {
    /// Where its operators came from.
    pub(super) fn operators(&self) -> Option<Found> {
        Found::new(&self.kept, self.report.operators.clone())
    }
}

impl<T: Number, K: Kernel<D>, const D: usize> Input<T, K, D> {
    pub(super) fn targets(&self) -> &[[T; D]] {
        self.targets.as_ref().unwrap_or(&self.sources)
    }

    fn strengths(&self) -> Vec<&[K::Strength<T>]> {
        self.strengths.iter().map(Vec::as_slice).collect()
    }
}

impl Eval {
    pub(super) fn evaluate<T: Number, K: Kernel<D>, const D: usize>(
        &self,
        input: &Input<T, K, D>,
    ) -> Result<Answer<T, D, K::Strength<T>>> {
        match self.method_in(D) {
            Method::Fmm => self.fast(input),
            Method::Direct => self.exact(input),
        }
    }

    fn fast<T: Number, K: Kernel<D>, const D: usize>(
        &self,
        input: &Input<T, K, D>,
    ) -> Result<Answer<T, D, K::Strength<T>>> {
        let tolerance = self.tolerance.unwrap_or(f64::NAN);
        let options = self.machine.options(tolerance, self.wanted(), D)?;
        let options = self.periodic.options(options, D);
        let kept = self.operators.keep()?;
        let start = Instant::now();
        let plan = match &input.targets {
            Some(targets) => {
                Plan::with_targets(targets, &input.sources, input.kernel.clone(), options)?
            }
            None => Plan::new(&input.sources, input.kernel.clone(), options)?,
        };
        let plan_seconds = start.elapsed().as_secs_f64();
        let strengths = input.strengths();
        let mut passes = PassSeconds {
            total: f64::INFINITY,
            ..PassSeconds::default()
        };
        let (sums, evaluate_seconds) = self.timed(|| {
            let answer = plan.evaluate(&strengths, self.wanted())?;
            if answer.seconds.total < passes.total {
                passes = answer.seconds;
            }
            Ok(answer.sums)
        })?;
        let mut verified: Option<VerifyReport> = None;
        if let Some(samples) = self.verify {
            for (vector, sums) in strengths.iter().zip(&sums) {
                let one = plan.verify_field(vector, &sums.field, samples as usize, 0)?;
                // Of several strength vectors, the worst.
                if verified.is_none_or(|worst| one.measured_error > worst.measured_error) {
                    verified = Some(one);
                }
            }
        }
        Ok(Answer {
            sums,
            plan_seconds,
            evaluate_seconds,
            plan: Some(Built {
                predicted: Predicted::new(
                    &plan.report(),
                    strengths.len() * K::Strength::<T>::COMPONENTS,
                    rayon::current_num_threads(),
                ),
                report: plan.report(),
                passes,
                kept,
            }),
            verified,
            threads: rayon::current_num_threads(),
        })
    }

    fn exact<T: Number, K: Kernel<D>, const D: usize>(
        &self,
        input: &Input<T, K, D>,
    ) -> Result<Answer<T, D, K::Strength<T>>> {
        let (targets, sources, strengths) = (input.targets(), &input.sources, input.strengths());
        let (wanted, isa) = (self.wanted(), self.machine.isa);
        let sides = self.periodic.sides(D);
        let (sums, evaluate_seconds) = self.timed(|| {
            direct_sum(
                sides.as_deref(),
                (targets, sources),
                &strengths,
                input.kernel.clone(),
                wanted,
                isa,
            )
        })?;
        Ok(Answer {
            sums,
            plan_seconds: 0.0,
            evaluate_seconds,
            plan: None,
            verified: None,
            threads: rayon::current_num_threads(),
        })
    }

    /// The last of `--repeat` answers, and the seconds of each.
    pub(super) fn timed<R>(
        &self,
        mut evaluate: impl FnMut() -> Result<R>,
    ) -> Result<(R, Vec<f64>)> {
        let mut seconds = vec![];
        loop {
            let start = Instant::now();
            let answer = evaluate()?;
            seconds.push(start.elapsed().as_secs_f64());
            if seconds.len() == self.repeat as usize {
                return Ok((answer, seconds));
            }
        }
    }
}

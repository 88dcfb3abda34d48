//! What a plan for the Landau kernel tells about itself, and the errors of its sums.

use super::harmonic::{Coulomb, LEAST_IN_SPACE};
use super::plan::{LandauPlan, Method};
use super::{Landau, LandauSums, direct};
use crate::accuracy::{report, stratified};
use crate::kernel::{Kernel, Power, RadialKernel};
use crate::plan::{in_pool, same_number};
use crate::{Error, OperatorsReport, PlanReport, PredictedSeconds, Result, VerifyReport};

#[allow(private_bounds)]
impl<const D: usize> LandauPlan<D>
where
    Power: Kernel<D, Strength<f64> = f64>,
    RadialKernel: Kernel<D, Strength<f64> = f64>,
    (): Coulomb<D>,
{
    /// The smallest tolerance: 1e-8 in the plane; in space 1e-9 for γ = −3 and 1e-5 for others.
    pub fn least_tolerance(kernel: Landau) -> f64 {
        match D {
            2 => 1e-8,
            _ if kernel.gamma == -3.0 => LEAST_IN_SPACE,
            _ => 1e-5,
        }
    }

    /// Points in a cell above which it is split, in the trees for A and B: given as [`Options::leaf_capacity`](crate::Options::leaf_capacity),
    /// the plan is the same again. At γ = 0, where all points are in one cell, their number.
    pub fn leaf_capacity(&self) -> usize {
        match &self.method {
            Method::Moments(_) => self.positions.len().max(1),
            Method::Harmonic(harmonic) => harmonic.leaf_capacity(),
            Method::Powers { matrix, .. } => matrix.leaf_capacity(),
            Method::Tables { matrix, .. } => matrix.leaf_capacity(),
        }
    }

    /// What was built for A, with the near pairs, bytes and seconds of both A and B. At γ = 0 that is one cell of all points.
    pub fn report(&self) -> PlanReport {
        let n = self.positions.len();
        match &self.method {
            Method::Moments(_) => PlanReport {
                n_sources: n,
                n_targets: n,
                cells: 1,
                leaves: 1,
                leaf_capacity: self.leaf_capacity(),
                bytes: size_of_val(&self.positions[..]),
                instruction_set: lanes::Chosen::detect().set().name(),
                ..PlanReport::default()
            },
            Method::Harmonic(harmonic) => harmonic.report(),
            Method::Powers { matrix, divergence } => both(matrix.report(), divergence.report()),
            Method::Tables {
                matrix, divergence, ..
            } => both(matrix.report(), divergence.report()),
        }
    }

    /// Where the operators of its plans came from.
    pub fn operators(&self) -> OperatorsReport {
        self.report().operators
    }

    /// The larger of the measured errors of A and B, on `samples` positions against the direct sum.
    pub fn verify(&self, weights: &[f64], samples: usize) -> Result<VerifyReport> {
        self.verify_sums(weights, &self.sums(weights)?, samples, 0)
    }

    /// The same of sums that this plan gave for these weights, on positions chosen by `salt`.
    ///
    /// Errors: no sample (`samples` = 0), and slices of other lengths than the plan has.
    pub fn verify_sums(
        &self,
        weights: &[f64],
        all: &LandauSums<D>,
        samples: usize,
        salt: u64,
    ) -> Result<VerifyReport> {
        let n = self.positions.len();
        same_number("sums.a", all.a.len(), n)?;
        same_number("sums.b", all.b.len(), n)?;
        if samples == 0 {
            return Err(Error::argument("samples", "0", "1 or more"));
        }
        let sample = stratified(n, samples, salt);
        let targets: Vec<[f64; D]> = sample.iter().map(|&i| self.positions[i]).collect();
        let exact = || direct::sums(&targets, &self.positions, weights, self.kernel);
        let exact = in_pool(self.pool.clone(), exact)?;
        let square = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
        let largest = |x: &[f64]| x.iter().fold(0.0f64, |size, x| size.max(x.abs()));
        // Squares of sums themselves may leave the range of the numbers.
        let [of_a, of_b] = [
            exact.a.as_flattened().as_flattened(),
            exact.b.as_flattened(),
        ]
        .map(|x| if largest(x) == 0.0 { 1.0 } else { largest(x) });
        let of = |found: &dyn Fn(usize) -> Vec<f64>, exact: &dyn Fn(usize) -> Vec<f64>, unit| {
            let errors: Vec<f64> = sample
                .iter()
                .enumerate()
                .map(|(k, &i)| {
                    let both = found(i).into_iter().zip(exact(k));
                    both.map(|(x, y)| (x - y) * (x - y)).sum()
                })
                .collect();
            let mean = (0..sample.len()).map(|k| square(&exact(k))).sum::<f64>();
            report(&errors, mean / sample.len().max(1) as f64, unit)
        };
        let a = |a: &[[f64; D]; D]| a.as_flattened().iter().map(|x| x / of_a).collect();
        let a = of(&|i| a(&all.a[i]), &|k| a(&exact.a[k]), of_a);
        let b = |b: &[f64; D]| b.iter().map(|x| x / of_b).collect();
        let b = of(&|i| b(&all.b[i]), &|k| b(&exact.b[k]), of_b);
        Ok(if a.measured_error >= b.measured_error {
            a
        } else {
            b
        })
    }
}

/// What two plans built, as one.
fn both(matrix: PlanReport, divergence: PlanReport) -> PlanReport {
    let (a, b) = (matrix.predicted, divergence.predicted);
    let mut operators = matrix.operators;
    operators.add(divergence.operators);
    PlanReport {
        near_pairs: matrix.near_pairs + divergence.near_pairs,
        bytes: matrix.bytes + divergence.bytes,
        sort_seconds: matrix.sort_seconds + divergence.sort_seconds,
        tree_seconds: matrix.tree_seconds + divergence.tree_seconds,
        list_seconds: matrix.list_seconds + divergence.list_seconds,
        predicted: PredictedSeconds {
            tree: a.tree + b.tree,
            upward: a.upward + b.upward,
            downward: a.downward + b.downward,
            leaves: a.leaves + b.leaves,
            near: a.near + b.near,
        },
        operators,
        ..matrix
    }
}

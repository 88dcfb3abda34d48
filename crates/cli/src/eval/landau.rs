//! The sums of the Landau kernel: a matrix a and its divergence b at every source.

use super::report::{Report, Seconds};
use super::{Arrays, Eval, Method};
use crate::error::{Error, Result};
use crate::files;
use crate::npy::Precision;
use crate::npz::NpzWriter;
use crate::operators::Found;
use crate::outputs;
use farfield::landau::{Landau, LandauPlan, LandauSums, direct};
use farfield::{OperatorsReport, Options, Outputs, VerifyReport};
use std::path::Path;
use std::time::Instant;

/// A plan in `D` dimensions.
trait Plans<const D: usize>: Sized + Sync {
    fn new(points: &[[f64; D]], kernel: Landau, options: Options) -> farfield::Result<Self>;
    fn sums(&self, weights: &[f64]) -> farfield::Result<LandauSums<D>>;
    fn verify(&self, weights: &[f64], samples: usize) -> farfield::Result<VerifyReport>;
    fn operators(&self) -> OperatorsReport;
}

macro_rules! plans {
    ($D:literal) => {
        impl Plans<$D> for LandauPlan<$D> {
            fn new(
                points: &[[f64; $D]],
                kernel: Landau,
                options: Options,
            ) -> farfield::Result<Self> {
                LandauPlan::new(points, kernel, options)
            }
            fn sums(&self, weights: &[f64]) -> farfield::Result<LandauSums<$D>> {
                LandauPlan::sums(self, weights)
            }
            fn verify(&self, weights: &[f64], samples: usize) -> farfield::Result<VerifyReport> {
                LandauPlan::verify(self, weights, samples)
            }
            fn operators(&self) -> OperatorsReport {
                LandauPlan::operators(self)
            }
        }
    };
}
plans!(2);
plans!(3);

/// What comes out; of repeated evaluations the last.
struct Answer<const D: usize> {
    sums: LandauSums<D>,
    seconds: Seconds,
    operators: Option<Found>,
    verified: Option<VerifyReport>,
    threads: usize,
}

impl Eval {
    pub(super) fn landau_in_plane(&self, kernel: Landau, arrays: &Arrays) -> Result<()> {
        self.landau::<LandauPlan<2>, 2>(kernel, arrays)
    }

    pub(super) fn landau_in_space(&self, kernel: Landau, arrays: &Arrays) -> Result<()> {
        self.landau::<LandauPlan<3>, 3>(kernel, arrays)
    }

    fn landau<P: Plans<D>, const D: usize>(&self, kernel: Landau, arrays: &Arrays) -> Result<()> {
        if let Some(sides) = self.periodic.sides(D) {
            let allowed = "nothing, as landau has sums over all of space alone";
            return Err(Error::refused("--periodic", format!("{sides:?}"), allowed));
        }
        self.check_landau()?;
        let points: Vec<[f64; D]> = arrays.sources.positions()?;
        let weights: Vec<f64> = arrays.strengths.vector()?;
        let answer = self.machine.run(|| match self.method_in(D) {
            Method::Fmm => self.fast_landau::<P, D>(kernel, &points, &weights),
            Method::Direct => {
                let exact = || Ok(direct(&points, &points, &weights, kernel)?);
                let (sums, evaluate) = self.timed(exact)?;
                Ok(Answer {
                    sums,
                    seconds: Seconds {
                        plan: 0.0,
                        evaluate,
                    },
                    operators: None,
                    verified: None,
                    threads: rayon::current_num_threads(),
                })
            }
        })?;
        if let Some(output) = &self.output {
            save(output, &answer.sums)?;
        }
        let report = Report {
            n_sources: points.len(),
            n_targets: points.len(),
            dimension: D,
            kernel: kernel.to_string(),
            periodic: None,
            tolerance: self.tolerance,
            method: self.method_in(D),
            precision: "f64",
            threads: answer.threads,
            isa: self.machine.instruction_set().name(),
            seconds: answer.seconds,
            operators: answer.operators,
            fast: None,
            verified: answer.verified.map(Into::into),
        };
        if let Some(path) = &self.report {
            files::write_json(path, &report)?;
        }
        self.summarise(&report, 1, None, answer.verified);
        Ok(())
    }

    fn fast_landau<P: Plans<D>, const D: usize>(
        &self,
        kernel: Landau,
        points: &[[f64; D]],
        weights: &[f64],
    ) -> Result<Answer<D>> {
        let tolerance = self.tolerance.unwrap_or(f64::NAN);
        let options = self.machine.options(tolerance, Outputs::FIELD, D)?;
        let kept = self.operators.keep()?;
        let start = Instant::now();
        let plan = P::new(points, kernel, options)?;
        let seconds = start.elapsed().as_secs_f64();
        let (sums, evaluate) = self.timed(|| Ok(plan.sums(weights)?))?;
        let verify = |samples| plan.verify(weights, samples as usize);
        Ok(Answer {
            sums,
            seconds: Seconds {
                plan: seconds,
                evaluate,
            },
            operators: Found::new(&kept, plan.operators()),
            verified: self.verify.map(verify).transpose()?,
            threads: rayon::current_num_threads(),
        })
    }

    /// What other kernels have and this one lacks.
    fn check_landau(&self) -> Result<()> {
        if let Some(targets) = &self.targets {
            let allowed = "none with landau: the sources are the targets";
            return Err(Error::refused("--targets", targets.display(), allowed));
        }
        if self.precision == Some(Precision::F32) {
            return Err(Error::refused("--precision", "f32", "f64 with landau"));
        }
        if self.wanted() != Outputs::FIELD {
            let allowed = "left out with landau, whose sums are a and b";
            let found = outputs::names(self.wanted()).join(",");
            return Err(Error::refused("--outputs", found, allowed));
        }
        match &self.output {
            Some(path) if path.extension().is_none_or(|extension| extension != "npz") => {
                let allowed = "a name that ends in .npz, which holds a and b";
                Err(Error::refused("--output", path.display(), allowed))
            }
            _ => Ok(()),
        }
    }
}

/// a (N, D, D) and b (N, D).
fn save<const D: usize>(path: &Path, sums: &LandauSums<D>) -> Result<()> {
    let n = sums.b.len();
    files::write(path, |to| {
        let mut npz = NpzWriter::new(to);
        let a = sums.a.as_flattened().as_flattened();
        npz.array("a", &[n, D, D], a.iter().copied())?;
        npz.array("b", &[n, D], sums.b.as_flattened().iter().copied())?;
        npz.finish()
    })
}

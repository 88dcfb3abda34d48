//! `farfield eval`: one sum, from arrays to arrays.

mod any_dimension;
mod landau;
mod report;
mod save;
mod sum;

use crate::error::{Error, Result};
use crate::files;
use crate::kernel::{InPlane, InSpace, in_plane, in_space, known};
use crate::machine::Machine;
use crate::npy::{self, Array, Number, Precision};
use crate::operators::Operators;
use crate::outputs::{self, Output};
use crate::periodic::Periodic;
use crate::text::plural;
use clap::{Args, ValueEnum};
use farfield::{Kernel, Outputs};
use save::{Results, kinds};
use serde::Serialize;
use std::path::PathBuf;
use sum::Input;

/// Sum a kernel over arrays: Σ_j w_j K(x_i − y_j) at every target x_i
///
/// Arrays are C-ordered .npy, float64 or float32: positions (N, 2) in the plane or (N, 3) in space; strengths (N,), for
/// biot-savart in space (N, 3), or (N, m) and (N, m, 3) for m strengths of each source at once. Results keep the order of
/// the M targets: field (M, 2) or (M, 3), potential (M,) or, as the strengths, (M, 3), gradient (M, 2, 2) or (M, 3, 3) with
/// ∂u_a/∂x_b at [a, b]; or (M, m, 2) and so on. Positions (N, d) of any other dimension are summed by the exact method,
/// for coulomb, riesz and radial; field (M, d), gradient (M, d, d).
#[derive(Args, Debug)]
pub(crate) struct Eval {
    /// biot-savart or coulomb, also with a core: coulomb:core=gaussian,delta=0.01, or core=gaussian4, gaussian6 (of these
    /// orders), algebraic; riesz:s=0.5 for z/r^(s+2), with s from 0 to below the dimension; radial:field=1/(r^2+0.01) for a
    /// formula times z, radial:potential=exp(-r)/r for −∇ of one; landau:gamma=-3, whose sums are a matrix a and its
    /// divergence b
    #[arg(long, value_name = "NAME", value_parser = known)]
    kernel: String,
    /// Relative ℓ2 error that the result may have; needed by the fast method
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    tolerance: Option<f64>,
    /// Positions y_j
    #[arg(long, value_name = "Y.npy")]
    sources: PathBuf,
    /// Strengths w_j
    #[arg(long, value_name = "W.npy")]
    strengths: PathBuf,
    /// Positions x_i [default: the sources]
    #[arg(long, value_name = "X.npy")]
    targets: Option<PathBuf>,
    /// Where the result goes: .npy for one output, .npz for all under their names
    #[arg(long, value_name = "U.npy")]
    output: Option<PathBuf>,
    /// What is summed: field, potential, gradient of the field, or several of them
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        default_value = "field"
    )]
    outputs: Vec<Output>,
    /// The fast method, or the exact sum over all pairs [default: fmm, in dimensions other than 2 and 3 direct]
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// [default: f32 if every array is float32, else f64]
    #[arg(long, value_enum)]
    precision: Option<Precision>,
    #[command(flatten)]
    periodic: Periodic,
    #[command(flatten)]
    operators: Operators,
    #[command(flatten)]
    machine: Machine,
    /// Evaluate so many times, and report each
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Measure the error of the field on so many targets against the direct sum
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    verify: Option<u32>,
    /// Write settings, seconds and measured error as JSON
    #[arg(long, value_name = "REPORT.json")]
    report: Option<PathBuf>,
}

/// What was read.
struct Arrays {
    sources: Array,
    strengths: Array,
    targets: Option<Array>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Method {
    Fmm,
    Direct,
}

impl Eval {
    pub(crate) fn run(&self) -> Result<()> {
        self.check()?;
        let sources = Array::read(&self.sources)?;
        self.check_method(sources.dimension()?)?;
        let strengths = Array::read(&self.strengths)?;
        let targets = self.targets.as_deref().map(Array::read).transpose()?;
        let single = [Some(&sources), Some(&strengths), targets.as_ref()]
            .into_iter()
            .flatten()
            .all(|array| array.precision() == Precision::F32);
        let default = if single {
            Precision::F32
        } else {
            Precision::F64
        };
        let arrays = Arrays {
            sources,
            strengths,
            targets,
        };
        match self.precision.unwrap_or(default) {
            Precision::F64 => self.in_dimension::<f64>(&arrays),
            Precision::F32 => self.in_dimension::<f32>(&arrays),
        }
    }

    /// The sum in the dimension of the sources.
    fn in_dimension<T: Number>(&self, arrays: &Arrays) -> Result<()> {
        match arrays.sources.dimension()? {
            2 => match in_plane(&self.kernel)? {
                InPlane::Harmonic(kernel) => self.sum::<T, _, 2>(kernel, arrays),
                InPlane::Riesz(kernel) => self.sum::<T, _, 2>(kernel, arrays),
                InPlane::Radial(kernel) => self.sum::<T, _, 2>(kernel, arrays),
                InPlane::Landau(kernel) => self.landau_in_plane(kernel, arrays),
            },
            3 => match in_space(&self.kernel)? {
                InSpace::Numbers(kernel) => self.sum::<T, _, 3>(kernel, arrays),
                InSpace::Vectors(kernel) => self.sum::<T, _, 3>(kernel, arrays),
                InSpace::Riesz(kernel) => self.sum::<T, _, 3>(kernel, arrays),
                InSpace::Radial(kernel) => self.sum::<T, _, 3>(kernel, arrays),
                InSpace::Landau(kernel) => self.landau_in_space(kernel, arrays),
            },
            d => self.sum_in_any_dimension::<T>(d, arrays),
        }
    }

    /// What can be refused before anything is read.
    fn check(&self) -> Result<()> {
        self.check_inputs_stay()?;
        if let Some(output) = &self.output {
            let extension = output.extension().unwrap_or_default();
            if extension != "npy" && extension != "npz" {
                let allowed = "a name that ends in .npy or .npz";
                return Err(Error::refused("--output", output.display(), allowed));
            }
            let names = outputs::names(self.wanted());
            if extension == "npy" && names.len() > 1 {
                let found = format!("{} for {} outputs", output.display(), names.len());
                return Err(Error::refused("--output", found, ".npz, which holds all"));
            }
            files::check_folder_of(output)?;
        }
        if let Some(report) = &self.report {
            files::check_folder_of(report)?;
        }
        Ok(())
    }

    /// What the method needs, and what it has no use for.
    fn check_method(&self, dimension: usize) -> Result<()> {
        let method = self.method_in(dimension);
        if method == Method::Fmm && !matches!(dimension, 2 | 3) {
            let found = format!("fmm in {}", plural(dimension, "dimension"));
            let allowed = "direct there: the fast method is in the plane and in space";
            return Err(Error::refused("--method", found, allowed));
        }
        if method == Method::Fmm && self.tolerance.is_none() {
            let allowed = "the relative error that the result may have, such as 1e-6";
            return Err(Error::refused("--tolerance", "missing", allowed));
        }
        if method == Method::Direct && self.machine.has_costs() {
            let found = "given for --method direct";
            return Err(Error::refused("--costs", found, "with --method fmm"));
        }
        if method == Method::Direct && self.operators.is_given() {
            let found = "given for --method direct";
            return Err(Error::refused("--operators", found, "with --method fmm"));
        }
        if self.verify.is_some() && (method == Method::Direct || !self.wanted().field) {
            let allowed = "with --method fmm and field among --outputs";
            return Err(Error::refused("--verify", "nothing to measure", allowed));
        }
        Ok(())
    }

    /// The method that was asked for, or the one that the dimension has.
    fn method_in(&self, dimension: usize) -> Method {
        let default = match dimension {
            2 | 3 => Method::Fmm,
            _ => Method::Direct,
        };
        self.method.unwrap_or(default)
    }

    /// No output takes the place of an input.
    fn check_inputs_stay(&self) -> Result<()> {
        let inputs = [
            Some(&self.sources),
            Some(&self.strengths),
            self.targets.as_ref(),
        ];
        let outputs = [("--output", &self.output), ("--report", &self.report)];
        for (name, output) in outputs {
            let Some(place) = output.as_ref().and_then(|path| path.canonicalize().ok()) else {
                continue;
            };
            let is_there = |input: &&PathBuf| input.canonicalize().is_ok_and(|path| path == place);
            if place.is_file() && inputs.into_iter().flatten().any(|input| is_there(&input)) {
                let found = format!("{}, which is also an input", place.display());
                return Err(Error::refused(name, found, "another file"));
            }
        }
        Ok(())
    }

    fn wanted(&self) -> Outputs {
        outputs::wanted(&self.outputs)
    }

    fn sum<T: Number, K: Kernel<D>, const D: usize>(
        &self,
        kernel: K,
        arrays: &Arrays,
    ) -> Result<()> {
        let sources = arrays.sources.positions()?;
        let targets = arrays.targets.as_ref();
        let input = Input::<T, K, D> {
            kernel,
            strengths: arrays.strengths.strengths(sources.len())?,
            targets: targets.map(Array::positions).transpose()?,
            sources,
        };
        let answer = self.machine.run(|| self.evaluate(&input))?;
        if let Some(output) = &self.output {
            let of_one = npy::shape_of::<T, K::Strength<T>>().len();
            let results = Results {
                kinds: kinds(&answer.sums),
                outputs: self.wanted(),
                targets: input.targets().len(),
                several: arrays.strengths.shape().len() > 1 + of_one,
            };
            results.save(output)?;
        }
        let report = self.report(&input, &answer);
        if let Some(path) = &self.report {
            files::write_json(path, &report)?;
        }
        let built = answer.plan.as_ref().map(|built| &built.report);
        self.summarise(&report, answer.sums.len(), built, answer.verified);
        Ok(())
    }
}

//! `farfield check`: the fast method against the direct sum, or a configuration against its rules.

use crate::clouds::{BuiltIn, Cloud};
use crate::config::{load, read_inputs};
use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::error_budget;
use crate::kernel::{InPlane, InSpace, fast_dimension, in_plane, in_space, known, no_field};
use crate::machine::Machine;
use crate::npy::{Array, Number, Precision};
use crate::operators::Operators;
use crate::oracle::Oracle;
use crate::periodic::Periodic;
use crate::text::{count, plural, say};
use clap::Args;
use farfield::{Kernel, Outputs, Plan, Strength};
use farfield_dynamics::Estimate;
use std::path::{Path, PathBuf};

/// Measure the error of the fast method against the direct sum, or check a configuration
///
/// Without --sources, on a uniform and a Gaussian cloud with random strengths. Ends with 1 if a tolerance is missed.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Check this configuration instead, and the arrays that it names
    #[arg(value_name = "CONFIG.toml", conflicts_with_all = ["kernel", "sources", "n", "tolerances", "costs", "dimension", "periodic", "operators"])]
    config: Option<PathBuf>,
    /// Of a configuration: what chance, steps and sums each do to its result, from pilot runs, and what dt and tolerance would do
    #[arg(long, requires = "config")]
    errors: bool,
    /// As in eval [default: biot-savart, in space coulomb]
    #[arg(long, value_name = "NAME", value_parser = known)]
    kernel: Option<String>,
    /// Positions of your cloud, in the plane or in space
    #[arg(long, value_name = "X.npy", requires = "strengths")]
    sources: Option<PathBuf>,
    /// Its strengths
    #[arg(long, value_name = "W.npy", requires = "sources")]
    strengths: Option<PathBuf>,
    /// Points of the built-in clouds
    #[arg(long, default_value_t = 20_000, conflicts_with = "sources", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    n: u32,
    /// [default: those of 1e-3,1e-6,1e-9,1e-12 that the kernel allows, in f32 1e-3,1e-5]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    tolerances: Vec<f64>,
    /// Of the built-in clouds: 2 or 3
    #[arg(long, value_name = "D", default_value_t = 2, conflicts_with = "sources", value_parser = fast_dimension)]
    dimension: u8,
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    precision: Precision,
    #[command(flatten)]
    periodic: Periodic,
    #[command(flatten)]
    operators: Operators,
    #[command(flatten)]
    machine: Machine,
}

/// Of larger clouds, the error is measured on so many targets.
const TARGETS: usize = 20_000;

impl Check {
    pub(crate) fn run(&self) -> Result<()> {
        if let Some(config) = &self.config {
            return self.machine.run(|| check_config(config, self.errors));
        }
        let yours = match (&self.sources, &self.strengths) {
            (Some(sources), Some(strengths)) => {
                Some((Array::read(sources)?, Array::read(strengths)?))
            }
            _ => None,
        };
        let spatial = match &yours {
            Some((sources, _)) => sources.is_spatial()?,
            None => self.dimension == 3,
        };
        let name = self.kernel.as_deref();
        if spatial {
            return match in_space(name.unwrap_or("coulomb"))? {
                InSpace::Numbers(kernel) => self.in_dimension(kernel, yours),
                InSpace::Vectors(kernel) => self.in_dimension(kernel, yours),
                InSpace::Riesz(kernel) => self.in_dimension::<_, 3>(kernel, yours),
                InSpace::Radial(kernel) => self.in_dimension::<_, 3>(kernel, yours),
                InSpace::Landau(kernel) => Err(no_field(kernel).into()),
            };
        }
        match in_plane(name.unwrap_or("biot-savart"))? {
            InPlane::Harmonic(kernel) => self.in_dimension(kernel, yours),
            InPlane::Riesz(kernel) => self.in_dimension::<_, 2>(kernel, yours),
            InPlane::Radial(kernel) => self.in_dimension::<_, 2>(kernel, yours),
            InPlane::Landau(kernel) => Err(no_field(kernel).into()),
        }
    }

    fn in_dimension<K: Kernel<D>, const D: usize>(
        &self,
        kernel: K,
        yours: Option<(Array, Array)>,
    ) -> Result<()> {
        // Constants for other points are refused before anything is summed.
        self.machine.options(0.1, Outputs::BOTH, D)?;
        let clouds: Vec<Cloud<D, _>> = match yours {
            Some((sources, strengths)) => yours_of(&sources, &strengths)?,
            None => [BuiltIn::Uniform, BuiltIn::Gaussian]
                .map(|built_in| built_in.cloud(self.n as usize))
                .into(),
        };
        self.operators.keep()?;
        self.machine.run(|| match self.precision {
            Precision::F64 => {
                self.compare::<f64, K, D>(&kernel, &clouds, &[1e-3, 1e-6, 1e-9, 1e-12])
            }
            Precision::F32 => self.compare::<f32, K, D>(&kernel, &clouds, &[1e-3, 1e-5]),
        })
    }

    fn compare<T: Number, K: Kernel<D>, const D: usize>(
        &self,
        kernel: &K,
        clouds: &[Cloud<D, K::Strength<f64>>],
        default: &[f64],
    ) -> Result<()> {
        let mut options = self.machine.options(0.1, Outputs::BOTH, D)?;
        if let Some(sides) = self.periodic.sides(D) {
            options = options.torus(&sides);
        }
        let least = Plan::<T, K, D>::least_tolerance(kernel, &options)?;
        let tolerances: Vec<f64> = match self.tolerances.is_empty() {
            true => default.iter().copied().filter(|&t| t >= least).collect(),
            false => self.tolerances.clone(),
        };
        let (name, isa) = (kernel.name(), self.machine.instruction_set());
        let threads = plural(rayon::current_num_threads(), "thread");
        say(format_args!(
            "{name} in {D} dimensions, {}, {isa}, {threads}\n",
            T::NAME
        ));
        say(format_args!(
            "{:<10}{:>11}   {:<10}{:>10}{:>10}",
            "cloud", "N", "output", "tolerance", "achieved"
        ));
        let (mut missed, mut all) = (0, 0);
        for cloud in clouds {
            let (positions, strengths) = cloud.rounded::<T, K::Strength<T>>();
            let oracle = Oracle::new(
                &positions,
                &strengths,
                TARGETS,
                kernel.clone(),
                Outputs::BOTH,
                self.machine.isa,
                self.periodic.sides(D),
            );
            let exact = oracle.exact()?;
            for &tolerance in &tolerances {
                let options = self.machine.options(tolerance, Outputs::BOTH, D)?;
                let options = self.periodic.options(options, D);
                let plan = Plan::new(&positions, kernel.clone(), options)?;
                let sums = plan.evaluate(&[&strengths], Outputs::BOTH)?.sums.remove(0);
                for (output, achieved) in oracle.errors(&sums, &exact).by_name() {
                    let good = achieved <= tolerance;
                    let (name, n) = (&cloud.name, count(cloud.positions.len() as u64));
                    let tolerance = format!("{tolerance:e}");
                    let verdict = if good { "PASS" } else { "FAIL" };
                    say(format_args!(
                        "{name:<10}{n:>11}   {output:<10}{tolerance:>10}{achieved:>10.1e}   {verdict}"
                    ));
                    all += 1;
                    missed += usize::from(!good);
                }
            }
        }
        match missed {
            0 => Ok(()),
            _ => Err(Error::Failed(format!(
                "{missed} of {all} sums miss their tolerance"
            ))),
        }
    }
}

/// The user's points, once for each of the strength vectors.
fn yours_of<const D: usize, W: Strength<f64>>(
    sources: &Array,
    strengths: &Array,
) -> Result<Vec<Cloud<D, W>>> {
    let positions: Vec<[f64; D]> = sources.positions()?;
    let strengths = strengths.strengths(positions.len())?;
    let alone = strengths.len() == 1;
    let of = |(k, strengths)| Cloud {
        name: match alone {
            true => "yours".into(),
            false => format!("yours[{k}]"),
        },
        positions: positions.clone(),
        strengths,
    };
    Ok(strengths.into_iter().enumerate().map(of).collect())
}

fn check_config(path: &Path, errors: bool) -> Result<()> {
    let config = load(Some(path), &[])?;
    let estimate = in_dimension!(config.model.components(), D => Estimate::of(&config, &read_inputs::<D>(&config)?)?);
    let (n, steps) = (plural(estimate.n, "particle"), count(estimate.steps));
    say(format_args!("{}: good, {n}, {steps} steps", path.display()));
    if errors {
        in_dimension!(config.model.components(), D => error_budget::tell(&config, &read_inputs::<D>(&config)?)?);
    }
    Ok(())
}

//! `farfield check`: the fast method against the direct sum, or a configuration against its rules.

use crate::config::{load, read_inputs};
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::npy::{Array, Number, Precision};
use crate::text::{count, plural, say};
use clap::Args;
use farfield::{Kernel, Kernel2d, Options, Outputs, Plan, Sums, direct};
use farfield_dynamics::Simulation;
use std::path::{Path, PathBuf};

/// Measure the error of the fast method against the direct sum, or check a configuration
///
/// Without --sources, on a uniform and a Gaussian cloud with random strengths. Ends with 1 if a tolerance is missed.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Check this configuration instead, and the arrays that it names
    #[arg(value_name = "CONFIG.toml", conflicts_with_all = ["kernel", "sources", "n", "tolerances"])]
    config: Option<PathBuf>,
    /// As in eval
    #[arg(long, default_value = "biot-savart")]
    kernel: Kernel2d,
    /// Positions of your cloud
    #[arg(long, value_name = "X.npy", requires = "strengths")]
    sources: Option<PathBuf>,
    /// Its strengths
    #[arg(long, value_name = "W.npy", requires = "sources")]
    strengths: Option<PathBuf>,
    /// Points of the built-in clouds
    #[arg(long, default_value_t = 20_000, conflicts_with = "sources", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    n: u32,
    /// [default: 1e-3,1e-6,1e-9,1e-12, in f32 1e-3,1e-5]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    tolerances: Vec<f64>,
    #[arg(long, value_enum, default_value_t = Precision::F64)]
    precision: Precision,
    #[command(flatten)]
    machine: Machine,
}

struct Cloud {
    name: String,
    positions: Vec<[f64; 2]>,
    strengths: Vec<f64>,
}

/// Of larger clouds, the error is measured on so many targets.
const TARGETS: usize = 20_000;

impl Check {
    pub(crate) fn run(&self) -> Result<()> {
        if let Some(config) = &self.config {
            return self.machine.run(|| check_config(config));
        }
        let clouds = match (&self.sources, &self.strengths) {
            (Some(sources), Some(strengths)) => vec![read(sources, strengths)?],
            _ => built_in(self.n as usize),
        };
        self.machine.run(|| match self.precision {
            Precision::F64 => self.compare::<f64>(&clouds, &[1e-3, 1e-6, 1e-9, 1e-12]),
            Precision::F32 => self.compare::<f32>(&clouds, &[1e-3, 1e-5]),
        })
    }

    fn compare<T: Number>(&self, clouds: &[Cloud], default: &[f64]) -> Result<()> {
        let tolerances = match self.tolerances.is_empty() {
            true => default,
            false => &self.tolerances,
        };
        let (kernel, isa) = (self.kernel.name(), self.machine.instruction_set());
        let threads = plural(rayon::current_num_threads(), "thread");
        say(format_args!("{kernel}, {}, {isa}, {threads}\n", T::NAME));
        say(format_args!(
            "{:<10}{:>11}   {:<10}{:>10}{:>10}",
            "cloud", "N", "output", "tolerance", "achieved"
        ));
        let (mut missed, mut all) = (0, 0);
        for cloud in clouds {
            let truth = self.truth::<T>(cloud)?;
            for &tolerance in tolerances {
                for (output, achieved) in self.achieved(&truth, tolerance)? {
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

    /// The direct sum in f64 of the numbers as `T` holds them.
    fn truth<T: Number>(&self, cloud: &Cloud) -> Result<Truth<T>> {
        let positions: Vec<[T; 2]> = cloud.positions.iter().map(|x| x.map(T::from_f64)).collect();
        let strengths: Vec<T> = cloud.strengths.iter().map(|&w| T::from_f64(w)).collect();
        let sources: Vec<[f64; 2]> = positions.iter().map(|x| x.map(T::to_f64)).collect();
        let stride = sources.len().div_ceil(TARGETS).max(1);
        let targets: Vec<[f64; 2]> = sources.iter().copied().step_by(stride).collect();
        let wide: Vec<f64> = strengths.iter().map(|w| w.to_f64()).collect();
        let isa = self.machine.isa;
        let exact = direct::evaluate(
            &targets,
            &sources,
            &[&wide],
            self.kernel,
            Outputs::BOTH,
            isa,
        )?;
        Ok(Truth {
            positions,
            strengths,
            stride,
            exact: exact.into_iter().next().expect("one strength vector"),
        })
    }

    /// Relative ℓ2 error of field and potential.
    fn achieved<T: Number>(
        &self,
        truth: &Truth<T>,
        tolerance: f64,
    ) -> Result<[(&'static str, f64); 2]> {
        let mut options = Options::tolerance(tolerance);
        if let Some(set) = self.machine.isa {
            options = options.instruction_set(set);
        }
        let plan = Plan::new(&truth.positions, self.kernel, options)?;
        let sums = plan.evaluate(&[&truth.strengths], Outputs::BOTH)?.sums;
        let sampled = sums[0].field.iter().step_by(truth.stride);
        let field = sampled
            .zip(&truth.exact.field)
            .flat_map(|(u, exact)| [(u[0].to_f64(), exact[0]), (u[1].to_f64(), exact[1])]);
        let sampled = sums[0].potential.iter().step_by(truth.stride);
        let potential = sampled.zip(&truth.exact.potential);
        let potential = potential.map(|(u, &exact)| (u.to_f64(), exact));
        Ok([
            ("field", relative_error(field)),
            ("potential", relative_error(potential)),
        ])
    }
}

struct Truth<T> {
    positions: Vec<[T; 2]>,
    strengths: Vec<T>,
    /// Every so many points is a target of `exact`.
    stride: usize,
    exact: Sums<f64, 2>,
}

/// ‖u − exact‖₂/‖exact‖₂; 0 where both vanish.
fn relative_error(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let add = |[error, norm]: [f64; 2], (u, exact): (f64, f64)| {
        [error.hypot(u - exact), norm.hypot(exact)]
    };
    match pairs.fold([0.0, 0.0], add) {
        [0.0, _] => 0.0,
        [error, norm] => error / norm,
    }
}

fn read(sources: &Path, strengths: &Path) -> Result<Cloud> {
    let positions = Array::read(sources)?.positions()?;
    let strengths = Array::read(strengths)?.vectors(positions.len())?;
    Ok(Cloud {
        name: "yours".into(),
        positions,
        strengths: strengths.into_iter().next().expect("at least one"),
    })
}

fn built_in(n: usize) -> Vec<Cloud> {
    let mut random = SplitMix(7);
    let mut cloud = |name: &str, point: fn(&mut SplitMix) -> [f64; 2]| Cloud {
        name: name.into(),
        positions: (0..n).map(|_| point(&mut random)).collect(),
        strengths: (0..n).map(|_| 2.0 * random.uniform() - 1.0).collect(),
    };
    vec![
        cloud("uniform", |random| [random.uniform(), random.uniform()]),
        cloud("gaussian", |random| {
            let radius = (-2.0 * (1.0 - random.uniform()).ln()).sqrt();
            let (sin, cos) = (std::f64::consts::TAU * random.uniform()).sin_cos();
            [radius * cos, radius * sin]
        }),
    ]
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for points to check with.
struct SplitMix(u64);

impl SplitMix {
    /// In [0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) as f64 / 2f64.powi(64)
    }
}

fn check_config(path: &Path) -> Result<()> {
    let config = load(Some(path), &[])?;
    let inputs = read_inputs(&config)?;
    let estimate = Simulation::estimate(&config, &inputs)?;
    let (n, steps) = (plural(estimate.n, "particle"), count(estimate.steps));
    say(format_args!("{}: good, {n}, {steps} steps", path.display()));
    Ok(())
}

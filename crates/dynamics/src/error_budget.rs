//! What limits a run: chance, the steps, or the sums.

use crate::config::{Every, Periodic};
use crate::estimate::{count, smaller};
use crate::stepper::{self, Stepper};
use crate::sum::{difference, dot, sums};
use crate::{Config, Error, ErrorKind, Inputs, Result, Simulation, model};
use farfield::Options;
use rayon::prelude::*;

/// Three errors side by side, so that no digit is paid for that another one drowns: of means over the particles (1/N) Σ φ(X_i − X̄), with φ the
/// squared distance and, since no vortex changes that one, the cosine of each coordinate over its spread at the start (on a torus of side
/// L over L/2π).
///
/// Small pilots of the same configuration are run for it, at most [`STEPS`](Self::STEPS) steps, each twice on one Brownian path, with dt and
/// with dt/2. By the rule for tolerance and step, sums and steps may do a tenth and three tenths of what chance does.
///
/// ```
/// use farfield_dynamics::config::InitialConfig;
/// use farfield_dynamics::{Config, ErrorBudget, Inputs};
///
/// let mut config = Config::default();
/// config.initial = InitialConfig::Gaussian { n: 500, radius: 1.0 };
/// config.time.steps = 10;
/// let budget = ErrorBudget::of::<2>(&config, &Inputs::default())?;
/// for mean in &budget.means {
///     println!("{} {} chance {} steps {} sums {}", mean.name, mean.value, mean.chance, mean.steps, mean.sums);
/// }
/// let enough = budget.enough(&config);
/// assert!(enough.field.tolerance == budget.tolerance && enough.time.dt <= budget.dt);
/// # Ok::<(), farfield_dynamics::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorBudget {
    /// Number of particles.
    pub n: usize,
    /// Particles of a pilot, and how many pilots.
    pub pilots: [usize; 2],
    /// When the pilots end, and how the errors are meant.
    pub time: f64,
    /// The means, and how wrong each is.
    pub means: Vec<MeanErrors>,
    /// A tolerance for which sums do not count: 0.1/√N, 1e-12 to 1e-3, less if the sums of a mean have more than a tenth of chance as error
    /// then; not below the least of the kernel.
    pub tolerance: f64,
    /// A step by which no mean has more than 0.3 of chance as error, be the error of the steps larger by two of its standard errors: a
    /// hundredth to [`MOST`](Self::MOST) times the configuration's. As it is where no mean is left to chance.
    pub dt: f64,
}

/// A mean over the particles, (1/N) Σ φ(X_i − X̄), and its errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanErrors {
    /// `square distance`, `cos x`, `cos y`, `cos z`.
    pub name: &'static str,
    /// Of the pilots with the finer step.
    pub value: f64,
    /// With N independent particles: the standard deviation of φ over √N.
    pub chance: f64,
    /// Of the steps: the mean over the pilots of what halving them changes, times 2^p/(2^p − 1) with p the order of the scheme.
    pub steps: f64,
    /// Standard error of [`steps`](Self::steps).
    pub steps_error: f64,
    /// Of sums whose error is all that the tolerance allows and has no direction: t·tolerance·|∇φ|·|F|/√N with the root mean squares of ∇φ
    /// at the end and of the drift F at the start.
    pub sums: f64,
}

/// Particles of a pilot.
const PARTICLES: usize = 1000;
const PILOTS: usize = 8;

impl ErrorBudget {
    /// Steps of a pilot at most.
    pub const STEPS: u64 = 200;

    /// Of steps so many times as long as measured, the order no longer tells the error.
    pub const MOST: f64 = 4.0;

    /// Nor of so much shorter ones.
    pub const LEAST: f64 = 0.01;

    /// Runs the pilots of a configuration.
    ///
    /// Errors: those of a run, pilots that collapse, a path that is halved 20 times, which pilots halve once more, and
    /// adaptive steps, whose errors are not those of dt, and quasi-random particles, whose chance is less than that of
    /// independent ones.
    pub fn of<const D: usize>(config: &Config, inputs: &Inputs<D>) -> Result<Self> {
        config.check()?;
        if config.initial.is_quasi_random() {
            let (key, allowed) = ("initial.quasi_random", "false where chance is measured");
            return Err(Error::value(ErrorKind::Config, key, true, allowed));
        }
        if D > 3 {
            let (key, value) = ("model.kind", format!("'{}'", config.model.kind()));
            let allowed =
                "one whose particles are independent at the start, where chance is measured";
            return Err(Error::value(ErrorKind::Config, key, value, allowed));
        }
        if config.time.adaptive.is_some() {
            let (key, value) = (
                "time.adaptive",
                "given, so that its tolerance says what errors steps have",
            );
            let allowed = "missing, where the errors of steps dt are asked for";
            return Err(Error::value(ErrorKind::Config, key, value, allowed));
        }
        let halvings = config.time.path_halvings;
        if halvings >= 20 {
            let (key, allowed) = (
                "time.path_halvings",
                "0 to 19, of which pilots make one more",
            );
            return Err(Error::value(ErrorKind::Config, key, halvings, allowed));
        }
        let n = count(config, inputs);
        let (small, inputs) = smaller(config, inputs, n, PARTICLES);
        let pilots: Vec<Pilot<D>> = (0..PILOTS as u64)
            .into_par_iter()
            .map(|k| Pilot::run(&small.replica(k), &inputs))
            .collect::<Result<_>>()?;
        let order = order::<D>(config);
        let means: Vec<_> = (0..=D)
            .map(|k| MeanErrors::of(k, &pilots, order, n, config.field.tolerance))
            .collect();
        let told = || means.iter().filter(|mean| mean.is_left_to_chance());
        let least = told().map(|mean| mean.stretch(order)).reduce(f64::min);
        let factor = least.map_or(1.0, |least| least.clamp(Self::LEAST, Self::MOST));
        let asked = config.field.tolerance;
        let tolerance = told().map(|mean| asked * 0.1 * mean.chance / mean.sums);
        let of_all = (0.1 / (n as f64).sqrt()).clamp(1e-12, 1e-3);
        let tolerance = tolerance
            .fold(of_all, f64::min)
            .max(pilots[0].least_tolerance);
        Ok(Self {
            n,
            pilots: [pilots[0].n, PILOTS],
            time: pilots[0].time,
            means,
            tolerance,
            dt: config.time.dt * factor,
        })
    }

    /// The configuration with this tolerance and about this step, up to the same time. What is written is written as often in time, as nearly
    /// as steps allow.
    pub fn enough(&self, config: &Config) -> Config {
        let mut config = config.clone();
        let end = config.time.dt * config.time.steps as f64;
        let steps = (end / self.dt).ceil();
        config.field.tolerance = self.tolerance;
        if steps < 1.0 {
            return config;
        }
        let more = steps / config.time.steps as f64;
        (config.time.dt, config.time.steps) = (end / steps, steps as u64);
        let output = &mut config.output;
        let mut all = vec![
            &mut config.field.check_every,
            &mut output.hamiltonian_every,
            &mut output.min_distance_every,
        ];
        for every in [&mut output.diagnostics_every, &mut output.snapshot_every] {
            // Other ones say times.
            if let Every::Steps(steps) = every {
                all.push(steps);
            }
        }
        for every in all {
            let least = (*every).min(1);
            *every = ((*every as f64 * more).round() as u64).max(least);
        }
        config
    }
}

impl MeanErrors {
    fn of<const D: usize>(
        k: usize,
        pilots: &[Pilot<D>],
        order: f64,
        n: usize,
        tolerance: f64,
    ) -> Self {
        let mean = |of: &dyn Fn(&Pilot<D>) -> f64| {
            pilots.iter().map(of).sum::<f64>() / pilots.len() as f64
        };
        let extrapolated = 2f64.powf(order) / (2f64.powf(order) - 1.0);
        let difference = |pilot: &Pilot<D>| pilot.coarse[k].mean - pilot.fine[k].mean;
        let change = mean(&difference);
        let variance = mean(&|pilot| (difference(pilot) - change).powi(2));
        let root = (n as f64).sqrt();
        let along = mean(&|pilot| pilot.fine[k].slope * pilot.drift);
        Self {
            name: ["square distance", "cos x", "cos y", "cos z"][k],
            value: mean(&|pilot| pilot.fine[k].mean),
            chance: mean(&|pilot| pilot.fine[k].deviation) / root,
            steps: (extrapolated * change).abs(),
            steps_error: extrapolated * (variance / (pilots.len() as f64 - 1.0)).sqrt(),
            sums: pilots[0].time * tolerance * along / root,
        }
    }

    /// Not where φ is the same for all particles, but for rounding.
    fn is_left_to_chance(&self) -> bool {
        self.chance > 1e-12 * self.value.abs()
    }

    /// How many times as long steps may be.
    fn stretch(&self, order: f64) -> f64 {
        let most = self.steps + 2.0 * self.steps_error;
        match most > 0.0 {
            true => (0.3 * self.chance / most).powf(order.recip()),
            false => ErrorBudget::MOST,
        }
    }
}

/// That of means; without noise of paths.
fn order<const D: usize>(config: &Config) -> f64 {
    let stepper: Box<dyn Stepper<D>> = stepper::from_config(config.time.scheme);
    match config.model.has_noise() {
        true => stepper.weak_order(),
        false => stepper.weak_order().max(stepper.strong_order()),
    }
}

struct Pilot<const D: usize> {
    n: usize,
    time: f64,
    /// At the end, with dt and dt/2, as [`means`] has them.
    coarse: Vec<Mean>,
    fine: Vec<Mean>,
    /// Root mean square of the interaction at the start, and the least tolerance of its sums.
    drift: f64,
    least_tolerance: f64,
}

/// Of φ over the particles.
struct Mean {
    mean: f64,
    deviation: f64,
    /// Root mean square of |∇φ|.
    slope: f64,
}

impl<const D: usize> Pilot<D> {
    fn run(config: &Config, inputs: &Inputs<D>) -> Result<Self> {
        let mut coarse = config.clone();
        let output = &mut coarse.output;
        (output.hamiltonian_every, output.min_distance_every) = (0, 0);
        coarse.field.check_every = 0;
        coarse.time.steps = config.time.steps.min(ErrorBudget::STEPS);
        let mut fine = coarse.clone();
        coarse.time.path_halvings = config.time.path_halvings + 1;
        fine.time.dt *= 0.5;
        fine.time.steps *= 2;
        let start = Simulation::from_config(coarse.clone(), inputs.clone())?;
        let (waves, (drift, least_tolerance)) = (waves(&start), drift(&start)?);
        let time = coarse.time.dt * coarse.time.steps as f64;
        let end = |config| -> Result<_> { Ok(means(&finish(config, inputs)?, waves)) };
        Ok(Self {
            n: start.state().n(),
            time,
            coarse: end(coarse)?,
            fine: end(fine)?,
            drift,
            least_tolerance,
        })
    }
}

/// Of each coordinate, 1/√⟨(x − x̄)²⟩ or 2π/L; 0 where that is infinite.
fn waves<const D: usize>(run: &Simulation<D>) -> [f64; D] {
    let (x, centre) = (&run.state().positions, run.observables().centre);
    let squares = sums(x.len(), |i| difference(x[i], centre).map(|z| z * z));
    let sides = run.config().model.periodic().map(Periodic::by_axis::<D>);
    std::array::from_fn(|a| match sides {
        Some(sides) => std::f64::consts::TAU / sides[a],
        None if squares[a] > 0.0 => (x.len() as f64 / squares[a]).sqrt(),
        None => 0.0,
    })
}

/// Of |z|² and cos(wave_a z_a), z = X − X̄.
fn means<const D: usize>(run: &Simulation<D>, waves: [f64; D]) -> Vec<Mean> {
    let (x, centre) = (&run.state().positions, run.observables().centre);
    let of = |value: &(dyn Fn([f64; D]) -> [f64; 2] + Sync)| {
        let average = |term: &(dyn Fn([f64; 2]) -> [f64; 2] + Sync)| {
            let all = sums(x.len(), |i| term(value(difference(x[i], centre))));
            all.map(|sum| sum / x.len() as f64)
        };
        let [mean, slopes] = average(&|[value, slope]| [value, slope * slope]);
        let [variance, _] = average(&|[value, _]| [(value - mean).powi(2), 0.0]);
        Mean {
            mean,
            deviation: variance.sqrt(),
            slope: slopes.sqrt(),
        }
    };
    let square = of(&|z| [dot(z, z), 2.0 * dot(z, z).sqrt()]);
    let cosines = (0..D).map(|a| {
        of(&move |z| {
            let (sine, cosine) = (waves[a] * z[a]).sin_cos();
            [cosine, waves[a] * sine]
        })
    });
    [square].into_iter().chain(cosines).collect()
}

fn finish<const D: usize>(config: Config, inputs: &Inputs<D>) -> Result<Simulation<D>> {
    let steps = config.time.steps;
    let mut run = Simulation::from_config(config, inputs.clone())?;
    for _ in 0..steps {
        run.step()?;
        if let Some(collapse) = run.collapse() {
            let time = collapse.time;
            return Err(Error::value(
                ErrorKind::Config,
                "time.steps",
                format!("{steps}, in which a pilot collapses at time {time},"),
                "an end before, for which errors are known",
            ));
        }
    }
    Ok(run)
}

fn drift<const D: usize>(start: &Simulation<D>) -> Result<(f64, f64)> {
    let (config, state) = (start.config(), start.state());
    let model = model::from_config::<D>(&config.model)?;
    let strengths = model.strengths(&state.circulations);
    let options = Options::tolerance(config.field.tolerance);
    let mut plan = model.plan(&state.positions, options)?;
    let mut field = vec![[0.0; D]; state.n()];
    plan.field_into(&strengths, &mut field)?;
    let [squares] = sums(field.len(), |i| [dot(field[i], field[i])]);
    let size = (squares / field.len() as f64).sqrt();
    Ok((size, plan.least_tolerance()))
}

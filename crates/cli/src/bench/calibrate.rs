//! `bench --calibrate`: the constants of the cost model, measured on one core of this machine.

use super::Bench;
use super::fit::{Row, fit};
use crate::clouds::BuiltIn;
use crate::costs::Measured;
use crate::error::{Error, Result};
use crate::files;
use crate::machine::pool;
use crate::npy::Number;
use crate::text::say;
use farfield::{Costs, Kernel, Options, Outputs, Plan, PlanReport};
use std::path::Path;

/// Enough for passes of milliseconds, and few enough for the cache that a core shares with none; in space a point takes
/// ten times as long.
const fn points(dimension: usize) -> usize {
    if dimension == 2 { 50_000 } else { 20_000 }
}
/// From many cells and few pairs to few cells and many pairs.
const fn capacities(dimension: usize) -> [usize; 4] {
    if dimension == 2 {
        [16, 32, 64, 128]
    } else {
        [24, 48, 96, 192]
    }
}
/// Every class of near pairs, and in the plane orders from 6 to 33.
const fn double(dimension: usize) -> [f64; 5] {
    if dimension == 2 {
        [1e-3, 1e-6, 1e-7, 1e-9, 1e-13]
    } else {
        [1e-3, 1e-6, 1e-7, 1e-9, 1e-12]
    }
}
const SINGLE: [f64; 2] = [1e-3, 1e-5];
/// Rounds unless asked for; the least seconds of each pass count.
const ROUNDS: usize = 10;

/// The passes, each fitted by itself.
const PASSES: [&str; 4] = ["tree", "upward", "downward", "leaves"];

/// Measures, writes the file and prints what differs from the shipped constants.
pub(super) fn run<K: Kernel<D>, const D: usize>(
    bench: &Bench,
    kernel: K,
    file: &Path,
) -> Result<()> {
    files::check_folder_of(file)?;
    if file.is_dir() {
        return Err(Error::refused(
            file.display(),
            "a folder",
            "the name of a file",
        ));
    }
    let set = bench.machine.instruction_set();
    let options = |tolerance| Options::tolerance(tolerance).instruction_set(set);
    let rounds = bench.rounds.unwrap_or(ROUNDS);
    say(format_args!(
        "calibrating in {D} dimensions on one core, {set}: {rounds} rounds\n"
    ));
    let measured = pool(Some(1))?.install(|| -> Result<_> {
        let mut cases = Cases::<f64, K, D>::new(&kernel, &double(D), options)?;
        let mut single = Cases::<f32, K, D>::new(&kernel, &SINGLE, options)?;
        for _ in 0..rounds {
            cases.round()?;
            single.round()?;
        }
        Ok([cases.rows(), single.rows()])
    })?;
    let shipped = Costs::shipped_in(D, set);
    let mut values = shipped.values();
    let mut errors = vec![];
    for pass in 0..PASSES.len() {
        let rows: Vec<Row> = measured
            .iter()
            .flatten()
            .map(|case| case.row(pass, D))
            .collect();
        let (constants, error) = fit(&rows);
        for name in rows
            .iter()
            .flat_map(|row| &row.counts)
            .map(|(name, _)| name)
        {
            let found = constants.iter().find(|(constant, _)| constant == name);
            // What cannot be seen beside the rest takes next to nothing.
            let nanoseconds = found.map_or(1e-3, |(_, seconds)| rounded(1e9 * seconds));
            if let Some(i) = Costs::NAMES.iter().position(|constant| constant == name) {
                values[i] = nanoseconds;
            }
        }
        errors.push(error);
    }
    let costs = Costs::from_values(values);
    costs.check()?;
    let measured = Measured {
        set,
        dimension: D,
        costs,
    };
    measured.write(file)?;
    table(&shipped, &costs);
    say("");
    for (pass, error) in PASSES.iter().zip(errors) {
        let percent = 100.0 * error;
        say(format_args!("{pass:<18}fits its seconds to {percent:.1} %"));
    }
    let file = file.display();
    say(format_args!("\nwrote {file}; use it with --costs {file}"));
    Ok(())
}

fn table(shipped: &Costs, costs: &Costs) {
    let (name, ratio) = ("nanoseconds", "ratio");
    say(format_args!(
        "{name:<18}{:>12}{:>12}{ratio:>9}",
        "shipped", "measured"
    ));
    let values = shipped.values().into_iter().zip(costs.values());
    for (name, (shipped, here)) in Costs::NAMES.iter().zip(values) {
        let ratio = here / shipped;
        say(format_args!(
            "{name:<18}{shipped:>12}{here:>12}{ratio:>9.2}"
        ));
    }
}

/// To three digits: more would be noise.
fn rounded(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

/// Plans of one precision that are evaluated in turn, so that a slow while of the machine hits all of them.
struct Cases<T: Number, K: Kernel<D>, const D: usize> {
    positions: Vec<[T; D]>,
    strengths: Vec<K::Strength<T>>,
    plans: Vec<Plan<T, K, D>>,
    /// Least seconds of each pass, by plan: of the field alone, and with the potential.
    seconds: Vec<[[f64; 4]; 2]>,
}

/// What was done by one plan for some outputs, and how long each pass took.
struct Case {
    report: PlanReport,
    potential: bool,
    seconds: [f64; 4],
}

impl<T: Number, K: Kernel<D>, const D: usize> Cases<T, K, D> {
    fn new(kernel: &K, tolerances: &[f64], options: impl Fn(f64) -> Options) -> Result<Self> {
        let (positions, strengths) = BuiltIn::Uniform
            .cloud::<D, K::Strength<f64>>(points(D))
            .rounded::<T, K::Strength<T>>();
        let mut plans = vec![];
        for &tolerance in tolerances {
            for capacity in capacities(D) {
                let options = options(tolerance).leaf_capacity(capacity);
                plans.push(Plan::new(&positions, kernel.clone(), options)?);
            }
        }
        Ok(Self {
            seconds: vec![[[f64::INFINITY; 4]; 2]; plans.len()],
            positions,
            strengths,
            plans,
        })
    }

    fn round(&mut self) -> Result<()> {
        for (plan, least) in self.plans.iter_mut().zip(&mut self.seconds) {
            for (outputs, least) in [Outputs::FIELD, Outputs::BOTH].into_iter().zip(least) {
                plan.move_to(&self.positions)?;
                let passes = plan.evaluate(&[&self.strengths], outputs)?.seconds;
                let report = plan.report();
                let tree = report.tree_seconds + report.list_seconds;
                let now = [tree, passes.upward, passes.downward, passes.leaves];
                for (least, now) in least.iter_mut().zip(now) {
                    // A clock that cannot tell the time of a pass gives 0.
                    *least = least.min(now.max(1e-9));
                }
            }
        }
        Ok(())
    }

    fn rows(&self) -> Vec<Case> {
        let both = self
            .plans
            .iter()
            .zip(&self.seconds)
            .flat_map(|(plan, seconds)| {
                [false, true].map(|potential| Case {
                    report: plan.report(),
                    potential,
                    seconds: seconds[usize::from(potential)],
                })
            });
        both.collect()
    }
}

impl Case {
    /// The model's formula for a pass, see `farfield::Costs`.
    fn row(&self, pass: usize, dimension: usize) -> Row {
        let report = &self.report;
        let (p, n) = (report.expansion_order as f64, report.waves as f64);
        let wide = report.waves_in_single && report.instruction_set != "scalar";
        let n = if wide { 0.5 * n } else { n };
        let terms = match dimension {
            2 => p,
            _ => 0.5 * p * (p + 1.0),
        };
        let (cells, far) = (report.cells as f64, report.far_cells as f64);
        let (sources, targets) = (report.n_sources as f64, report.n_targets as f64);
        let kind = if self.potential { "potential" } else { "pair" };
        let pair = format!("{kind}_{}", report.pair_class);
        let counts = match PASSES[pass] {
            "tree" => vec![("tree_cell", cells)],
            "upward" => vec![
                ("p2m_point", sources),
                ("p2m_term", sources * terms),
                ("m2m_cell", cells),
                ("m2m_term", cells * terms),
            ],
            "downward" => vec![("m2l_cell", far), ("m2l_term", far * p * n)],
            _ => vec![
                (&*pair, report.near_pairs as f64),
                ("leaf", report.leaves as f64),
                ("l2p_point", targets),
                ("l2p_term", targets * terms),
            ],
        };
        let counts = counts
            .into_iter()
            .map(|(name, count)| (name.to_string(), count));
        Row {
            counts: counts.collect(),
            seconds: self.seconds[pass],
        }
    }
}

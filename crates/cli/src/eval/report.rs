//! What `eval` tells: `report.json` and a few lines on the terminal.

use super::sum::{Answer, Built, Input};
use super::{Eval, Method};
use crate::npy::Number;
use crate::operators::Found;
use crate::periodic;
use crate::predicted::Predicted;
use crate::text::{count, plural, say, seconds};
use farfield::{Kernel, PlanReport, VerifyReport};
use serde::Serialize;

/// `report.json`.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) n_sources: usize,
    pub(super) n_targets: usize,
    pub(super) dimension: usize,
    pub(super) kernel: String,
    /// Sides of the torus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) periodic: Option<Vec<f64>>,
    pub(super) tolerance: Option<f64>,
    pub(super) method: Method,
    pub(super) precision: &'static str,
    pub(super) threads: usize,
    pub(super) isa: &'static str,
    pub(super) seconds: Seconds,
    /// Where operators came from, of kernels that have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operators: Option<Found>,
    #[serde(flatten)]
    pub(super) fast: Option<Fast>,
    #[serde(flatten)]
    pub(super) verified: Option<Verified>,
}

#[derive(Serialize)]
pub(super) struct Seconds {
    pub(super) plan: f64,
    pub(super) evaluate: Vec<f64>,
}

/// How the fast method went about it.
#[derive(Serialize)]
pub(super) struct Fast {
    leaf_capacity: usize,
    /// Whether the kernel came with its core from tables, because too many pairs were within its reach.
    wide_core: bool,
    /// Nodes along each axis of the grid by whose modes the kernel was summed, if it was.
    grid: Option<Vec<usize>>,
    /// Of the plan, and of the fastest evaluation.
    pass_seconds: Passes,
    predicted_seconds: Predicted,
}

impl Fast {
    fn new(built: &Built) -> Self {
        let (report, passes) = (&built.report, &built.passes);
        Self {
            leaf_capacity: report.leaf_capacity,
            wide_core: report.wide_core,
            grid: report.grid.clone(),
            pass_seconds: Passes {
                tree: report.tree_seconds + report.list_seconds,
                upward: passes.upward,
                downward: passes.downward,
                leaves: passes.leaves,
            },
            predicted_seconds: built.predicted,
        }
    }
}

/// Seconds by pass, as far as they depend on the leaf capacity.
#[derive(Serialize)]
struct Passes {
    tree: f64,
    upward: f64,
    downward: f64,
    leaves: f64,
}

#[derive(Serialize)]
pub(super) struct Verified {
    measured_error: f64,
    measured_error_bound: f64,
    confidence: f64,
}

impl From<VerifyReport> for Verified {
    fn from(v: VerifyReport) -> Self {
        Self {
            measured_error: v.measured_error,
            measured_error_bound: v.error_bound,
            confidence: v.confidence,
        }
    }
}

impl Eval {
    pub(super) fn report<T: Number, K: Kernel<D>, const D: usize>(
        &self,
        input: &Input<T, K, D>,
        answer: &Answer<T, D, K::Strength<T>>,
    ) -> Report {
        Report {
            n_sources: input.sources.len(),
            n_targets: input.targets().len(),
            dimension: D,
            kernel: input.kernel.name(),
            periodic: self.periodic.sides(D),
            tolerance: self.tolerance,
            method: self.method_in(D),
            precision: T::NAME,
            threads: answer.threads,
            isa: self.machine.instruction_set().name(),
            seconds: Seconds {
                plan: answer.plan_seconds,
                evaluate: answer.evaluate_seconds.clone(),
            },
            operators: answer.plan.as_ref().and_then(Built::operators),
            fast: answer.plan.as_ref().map(Fast::new),
            verified: answer.verified.map(Into::into),
        }
    }

    /// The same in a few lines, for so many strength vectors.
    pub(super) fn summarise(
        &self,
        report: &Report,
        vectors: usize,
        plan: Option<&PlanReport>,
        verified: Option<VerifyReport>,
    ) {
        let Report {
            kernel,
            precision,
            isa,
            dimension,
            periodic,
            ..
        } = report;
        let dimensions = plural(*dimension, "dimension");
        let threads = plural(report.threads, "thread");
        let on = periodic::on(periodic.as_deref());
        say(format_args!(
            "kernel    {kernel} in {dimensions}{on}, {precision}, {isa}, {threads}"
        ));
        let sources = plural(report.n_sources, "source");
        let targets = match &self.targets {
            Some(_) => plural(report.n_targets, "target"),
            None => "also the targets".into(),
        };
        let vectors = match vectors {
            1 => String::new(),
            m => format!(", {} strength vectors", count(m as u64)),
        };
        let exact = match report.method {
            Method::Fmm => "",
            Method::Direct => ", pair by pair",
        };
        say(format_args!(
            "sum       {sources}, {targets}{vectors}{exact}"
        ));
        if let Some(plan) = plan {
            let time = seconds(report.seconds.plan);
            let how = match &plan.grid {
                Some(grid) => {
                    let axes: Vec<String> = grid.iter().map(usize::to_string).collect();
                    format!("a grid of {} nodes", axes.join(" × "))
                }
                None => {
                    let cells = plural(plan.cells, "cell");
                    let (order, capacity) = (plan.expansion_order, plan.leaf_capacity);
                    let wide = if plan.wide_core {
                        ", the core is wide"
                    } else {
                        ""
                    };
                    format!("{cells}, leaves of up to {capacity} points, order {order}{wide}")
                }
            };
            say(format_args!("plan      {time} ({how})"));
        } else if report.seconds.plan > 0.0 {
            say(format_args!("plan      {}", seconds(report.seconds.plan)));
        }
        if let Some(operators) = &report.operators {
            say(format_args!("operators {}", operators.line()));
        }
        let fastest = report
            .seconds
            .evaluate
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let of = match self.repeat {
            1 => String::new(),
            n => format!(" (fastest of {n})"),
        };
        say(format_args!("evaluate  {}{of}", seconds(fastest)));
        if let Some(v) = verified {
            let (error, bound, sure) = (v.measured_error, v.error_bound, 100.0 * v.confidence);
            let targets = plural(v.samples, "target");
            say(format_args!(
                "error     {error:.1e} measured on {targets}; at most {bound:.1e} with {sure:.0} % confidence"
            ));
        }
        if let Some(output) = &self.output {
            say(format_args!("wrote     {}", output.display()));
        }
    }
}

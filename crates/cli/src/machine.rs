//! Threads and instruction set: where the work runs.

use crate::costs::{self, Measured};
use crate::error::{Error, Result};
use clap::Args;
use farfield::{InstructionSet, Options, Outputs};

#[derive(Args, Debug, Clone, Copy)]
pub(crate) struct Machine {
    /// Threads to work with [default: all that the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Instruction set: avx512, avx2, neon, scalar [default: the fastest that the machine has]
    #[arg(long, value_name = "NAME")]
    pub(crate) isa: Option<InstructionSet>,
    /// Constants of this machine, from bench --calibrate, by which the fast method chooses its leaf capacity
    #[arg(long, value_name = "FILE", value_parser = costs::parse)]
    costs: Option<Measured>,
}

impl Machine {
    /// Runs `work` inside a pool of its own.
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce() -> Result<R> + Send) -> Result<R> {
        pool(self.threads)?.install(work)
    }

    /// Options for a plan in `dimension` dimensions with the instruction set and the constants that were asked for, mostly
    /// for these outputs.
    pub(crate) fn options(
        &self,
        tolerance: f64,
        outputs: Outputs,
        dimension: usize,
    ) -> Result<Options> {
        let mut options = Options::tolerance(tolerance).outputs(outputs);
        if let Some(set) = self.isa {
            options = options.instruction_set(set);
        }
        if let Some(measured) = &self.costs {
            options = options.costs(measured.check(self.instruction_set(), dimension)?);
        }
        Ok(options)
    }

    /// Whether constants were handed in.
    pub(crate) fn has_costs(&self) -> bool {
        self.costs.is_some()
    }

    /// The instruction set that will be used.
    pub(crate) fn instruction_set(&self) -> InstructionSet {
        self.isa.unwrap_or_else(|| lanes::Chosen::detect().set())
    }
}

/// A pool of `threads`, or of all that the machine has.
pub(crate) fn pool(threads: Option<u16>) -> Result<rayon::ThreadPool> {
    let threads = threads.unwrap_or(0).into();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| Error::Failed(format!("cannot start {threads} threads: {error}")))
}

//! Threads and instruction set: where the work runs.

use crate::error::{Error, Result};
use clap::Args;
use farfield::{InstructionSet, Options};

#[derive(Args, Debug, Clone, Copy)]
pub(crate) struct Machine {
    /// Threads to work with [default: all that the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Instruction set: avx512, avx2, neon, scalar [default: the fastest that the machine has]
    #[arg(long, value_name = "NAME")]
    pub(crate) isa: Option<InstructionSet>,
}

impl Machine {
    /// Runs `work` inside a pool of its own.
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce() -> Result<R> + Send) -> Result<R> {
        pool(self.threads)?.install(work)
    }

    /// Options for a plan with the instruction set that was asked for.
    pub(crate) fn options(&self, tolerance: f64) -> Options {
        let options = Options::tolerance(tolerance);
        match self.isa {
            Some(set) => options.instruction_set(set),
            None => options,
        }
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

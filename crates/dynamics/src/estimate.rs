//! What a run will need.

/// What a run will need, without running it.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Number of particles.
    pub n: usize,
    /// Steps.
    pub steps: u64,
    /// Drift evaluations of the whole run.
    pub evaluations: u64,
    /// Bytes held while running: particles, plan and buffers.
    pub bytes: usize,
    /// Bytes of one snapshot.
    pub snapshot_bytes: usize,
    /// Seconds for the whole run on this machine, scaled from a short trial.
    pub seconds: f64,
    /// Threads of the pool that this was called in.
    pub threads: usize,
    /// Instruction set in use.
    pub instruction_set: &'static str,
}

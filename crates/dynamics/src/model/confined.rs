//! What holds the particles together: −∇V, added to their drift.

use crate::config::Confinement;
use rayon::prelude::*;

/// Particles a task.
const TASK: usize = 4096;

/// drift −= ∇V(positions).
pub(crate) fn confine<const D: usize>(
    confinement: Confinement,
    positions: &[[f64; D]],
    drift: &mut [[f64; D]],
) {
    let Confinement::Harmonic { stiffness } = confinement else {
        return;
    };
    let tasks = drift.par_chunks_mut(TASK).zip(positions.par_chunks(TASK));
    tasks.for_each(|(drift, positions)| {
        let all = drift.as_flattened_mut().iter_mut();
        for (drift, x) in all.zip(positions.as_flattened()) {
            *drift -= stiffness * x;
        }
    });
}

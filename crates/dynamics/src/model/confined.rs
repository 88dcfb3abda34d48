//! What holds the particles together: −∇V, added to their drift.

use crate::config::Confinement;
use rayon::prelude::*;

/// Particles a task.
const TASK: usize = 4096;

/// drift −= ∇V(positions).
pub(crate) fn confine(confinement: Confinement, positions: &[[f64; 2]], drift: &mut [[f64; 2]]) {
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

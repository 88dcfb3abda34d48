//! The state of a particle as one row of numbers, which is what steps, snapshots and restarts go by.

use super::{Core, VortexParticles};

/// Numbers of a row: X, α, and δ² of the core, which is the same for all. The core grows like everything else that changes in time, so that a
/// scheme has its order there too.
pub const COMPONENTS: usize = 7;

pub(super) type Row = [f64; COMPONENTS];

pub(super) fn position(row: &Row) -> [f64; 3] {
    [row[0], row[1], row[2]]
}

pub(super) fn strength(row: &Row) -> [f64; 3] {
    [row[3], row[4], row[5]]
}

pub(super) fn row([x, y, z]: [f64; 3], [a, b, c]: [f64; 3], square: f64) -> Row {
    [x, y, z, a, b, c, square]
}

/// The rows of these particles.
pub(crate) fn pack(particles: &VortexParticles) -> Vec<Row> {
    let square = particles.core.delta().powi(2);
    let all = particles.positions.iter().zip(&particles.strengths);
    all.map(|(&x, &alpha)| row(x, alpha, square)).collect()
}

/// Positions and strengths of rows.
pub(super) fn split(rows: &[Row], positions: &mut [[f64; 3]], strengths: &mut [[f64; 3]]) {
    let to = positions.iter_mut().zip(strengths);
    for (from, (x, alpha)) in rows.iter().zip(to) {
        (*x, *alpha) = (position(from), strength(from));
    }
}

/// The core of these rows; the one that the particles started with where it does not grow, to the bit.
pub(super) fn core(rows: &[Row], start: Core, grows: bool) -> Core {
    match rows.first() {
        Some(row) if grows => start.with_delta(row[6].sqrt()),
        _ => start,
    }
}

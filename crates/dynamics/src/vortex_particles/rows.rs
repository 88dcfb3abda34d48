//! Particles as the steppers take them: one row each, and one more for the core.

use super::VortexParticles;

/// X and α of a particle, or in the last row δ² and nothing: the core grows like everything else that changes in time, so
/// that a scheme has its order there too.
pub(super) type Row = [f64; 6];

pub(super) fn position(row: &Row) -> [f64; 3] {
    [row[0], row[1], row[2]]
}

pub(super) fn strength(row: &Row) -> [f64; 3] {
    [row[3], row[4], row[5]]
}

pub(super) fn row([x, y, z]: [f64; 3], [a, b, c]: [f64; 3]) -> Row {
    [x, y, z, a, b, c]
}

/// δ² of the last row.
pub(super) fn square(rows: &[Row]) -> f64 {
    rows[rows.len() - 1][0]
}

/// All but the last row.
pub(super) fn particles(rows: &[Row]) -> &[Row] {
    &rows[..rows.len() - 1]
}

/// The rows of these particles.
pub(super) fn pack(particles: &VortexParticles, rows: &mut [Row]) {
    let n = particles.n();
    let all = particles.positions.iter().zip(&particles.strengths);
    for (to, (&x, &alpha)) in rows.iter_mut().zip(all) {
        *to = row(x, alpha);
    }
    rows[n] = [0.0; 6];
    rows[n][0] = particles.core.delta().powi(2);
}

/// Positions and strengths of rows.
pub(super) fn split(rows: &[Row], positions: &mut [[f64; 3]], strengths: &mut [[f64; 3]]) {
    let to = positions.iter_mut().zip(strengths);
    for (from, (x, alpha)) in particles(rows).iter().zip(to) {
        (*x, *alpha) = (position(from), strength(from));
    }
}

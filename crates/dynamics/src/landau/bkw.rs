//! The solution of Bobylev, Krook and Wu for Maxwell molecules (γ = 0), of mass 1, mean 0 and ⟨|v|²⟩ = d:
//!
//! ```text
//! f = (2πK)^{−d/2} e^{−|v|²/2K} [((d + 2)K − d)/(2K) + (1 − K)/(2K²) |v|²]        K = 1 − c e^{−2(d−1)t},  0 < c ≤ 2/(d + 2)
//! ```
//!
//! Source: Krook and Wu, *Exact solutions of the Boltzmann equation*, Phys. Fluids 20 (1977).

use super::Dimension;
use crate::noise::Draws;
use crate::{Error, ErrorKind, Result};
use rayon::prelude::*;

/// K at time t, for c = 1 − `start` at time 0.
pub fn k(dimension: usize, start: f64, time: f64) -> f64 {
    1.0 - (1.0 - start) * (-2.0 * (dimension as f64 - 1.0) * time).exp()
}

/// ⟨|v|⁴⟩ = d(d + 2) K(2 − K).
pub fn fourth_moment(dimension: usize, k: f64) -> f64 {
    let d = dimension as f64;
    d * (d + 2.0) * k * (2.0 - k)
}

/// Independent velocities of this law with K = `start`, from d/(d + 2) to 1, where it is Maxwell's; those of `initial.kind = "bkw"`.
pub fn velocities<const D: usize>(n: usize, start: f64, seed: u64) -> Result<Vec<[f64; D]>>
where
    (): Dimension<D>,
{
    check(D, start, ErrorKind::Input, "start")?;
    let draws = Draws::Independent { seed };
    let draw = |i: usize| velocity(start, &draws, i);
    Ok((0..n).into_par_iter().map(draw).collect())
}

/// Whether there is a law with K = `start`.
pub(crate) fn check(dimension: usize, start: f64, kind: ErrorKind, name: &str) -> Result<()> {
    let d = dimension as f64;
    if start >= d / (d + 2.0) && start <= 1.0 {
        return Ok(());
    }
    let allowed = format!("{} to 1 in {dimension} dimensions", d / (d + 2.0));
    Err(Error::value(kind, name, start, allowed))
}

/// Velocity of particle i.
///
/// f mixes the Gaussian of variance K an axis with the same weighted by |v|²/dK, whose |v|² is that of d + 2 normal numbers.
pub(crate) fn velocity<const D: usize>(start: f64, draws: &Draws, i: usize) -> [f64; D] {
    let weighted = D as f64 * (1.0 - start) / (2.0 * start);
    let ([a, b], [c, _]) = (draws.normals(0, i), draws.normals(1, i));
    let mut v: [f64; D] = std::array::from_fn(|axis| [a, b, c][axis]);
    if draws.share(3, i) < weighted {
        let square: f64 = v.iter().map(|x| x * x).sum();
        let [e, f] = draws.two_squares(D, i);
        let longer = ((square + e + f) / square).sqrt();
        v = v.map(|x| longer * x);
    }
    v.map(|x| start.sqrt() * x)
}

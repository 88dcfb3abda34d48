//! Where the cloud of particles is, how wide, and where it goes as a whole.

use crate::error::Result;
use farfield::{BiotSavart2d, Options, Plan};
use farfield_dynamics::{Config, State, model};

/// Σ |m_i| X_i / Σ |m_i|, or without circulations the mean.
pub(super) fn centre(state: &State) -> [f64; 2] {
    let m = &state.circulations;
    let strongest = m.iter().fold(0.0, |most: f64, m| most.max(m.abs()));
    let mut sums = [0.0; 3];
    for (x, m) in state.positions.iter().zip(m) {
        let share = if strongest > 0.0 {
            m.abs() / strongest
        } else {
            1.0
        };
        // Divided at once: positions of 1e300 must not overflow.
        let weight = share / state.n() as f64;
        sums = [
            sums[0] + weight * x[0],
            sums[1] + weight * x[1],
            sums[2] + weight,
        ];
    }
    [sums[0] / sums[2], sums[1] / sums[2]]
}

/// The distance from `centre` that this part of the particles stays within.
pub(super) fn radius(state: &State, centre: [f64; 2], part: f64) -> f64 {
    let distance = |x: &[f64; 2]| (x[0] - centre[0]).hypot(x[1] - centre[1]);
    let mut distances: Vec<f64> = state.positions.iter().map(distance).collect();
    let index = (part * (distances.len() - 1) as f64).round() as usize;
    *distances.select_nth_unstable_by(index, f64::total_cmp).1
}

/// Particles that the velocity is taken from.
const SAMPLE: usize = 20_000;
/// Multiples of the golden ratio fill the unit interval evenly.
pub(super) const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Σ |m_i| u_i / Σ |m_i|: what carries the cloud as a whole, such as a dipole; 0 for equal circulations.
pub(super) fn velocity(state: &State) -> Result<[f64; 2]> {
    // Evenly over the indices, but with no period: signs and patches often alternate.
    let sample: Vec<usize> = match state.n() {
        n if n <= SAMPLE => (0..n).collect(),
        n => (0..SAMPLE)
            .map(|k| ((k as f64 * GOLDEN).fract() * n as f64) as usize)
            .collect(),
    };
    let positions: Vec<_> = sample.iter().map(|&i| state.positions[i]).collect();
    let m: Vec<f64> = sample.iter().map(|&i| state.circulations[i]).collect();
    let n = sample.len() as f64;
    let strengths: Vec<f64> = m.iter().map(|m| m / n).collect();
    let plan = Plan::new(&positions, BiotSavart2d, Options::tolerance(1e-3))?;
    let (mut sum, mut weights) = ([0.0; 2], 0.0);
    for (u, m) in plan.field(&strengths)?.into_iter().zip(m) {
        sum = [sum[0] + m.abs() * u[0], sum[1] + m.abs() * u[1]];
        weights += m.abs();
    }
    let velocity = sum.map(|sum| sum / weights);
    let finite = velocity.iter().all(|v| v.is_finite());
    Ok(if finite { velocity } else { [0.0; 2] })
}

/// |α| of a vortex particle in space.
pub(super) fn length<const D: usize>(row: &[f64; D]) -> f64 {
    row[3..D - 1]
        .iter()
        .fold(0.0, |length: f64, x| length.hypot(*x))
}

/// Where vortex particles in space go until the run ends, seen from above, at their mean velocity now, Σ |α_i| u_i / Σ |α_i|.
pub(super) fn way_of_vectors<const D: usize>(
    state: &State<D>,
    config: &Config,
) -> Result<[f64; 2]> {
    let model = model::from_config::<D>(&config.model)?;
    let mut plan = model.plan(&state.positions, Options::tolerance(1e-3))?;
    let mut rates = vec![[0.0; D]; state.n()];
    plan.field_into(&model.strengths(&state.circulations), &mut rates)?;
    let (mut sum, mut weights) = ([0.0; 2], 0.0);
    for (row, rate) in state.positions.iter().zip(&rates) {
        let weight = length(row);
        sum = [sum[0] + weight * rate[0], sum[1] + weight * rate[1]];
        weights += weight;
    }
    let left = config.time.dt * config.time.steps as f64 - state.time;
    let way = sum.map(|sum| sum / weights * left);
    let finite = way.iter().all(|x| x.is_finite());
    Ok(if finite { way } else { [0.0; 2] })
}

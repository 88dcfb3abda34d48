//! An answer is checked before it is timed.

use farfield::{Kernel, Outputs, Real, Sums, direct};

/// Targets that an answer is checked on.
const SAMPLES: usize = 200;

/// Panics unless the relative ℓ2 error of every sum in `sums`, on a sample of the targets against the direct sum, is at
/// most `tolerance`. The targets are the positions.
pub fn assert_accurate<T: Real, K: Kernel<D, Strength<T> = T>, const D: usize>(
    positions: &[[T; D]],
    strengths: &[T],
    kernel: K,
    sums: &Sums<T, D>,
    tolerance: f64,
) {
    let sample: Vec<usize> = (0..positions.len())
        .step_by(positions.len().div_ceil(SAMPLES))
        .collect();
    let targets: Vec<[T; D]> = sample.iter().map(|&i| positions[i]).collect();
    let outputs = Outputs {
        field: !sums.field.is_empty(),
        potential: !sums.potential.is_empty(),
        gradient: false,
    };
    let exact = direct::evaluate(&targets, positions, &[strengths], kernel, outputs, None)
        .expect("the points and strengths of a bench are good")
        .remove(0);
    if outputs.field {
        let pairs = sample.iter().zip(&exact.field);
        let parts = pairs.flat_map(|(&i, u)| (0..D).map(move |a| (sums.field[i][a], u[a])));
        assert_close("field", parts, tolerance);
    }
    if outputs.potential {
        let pairs = sample.iter().zip(&exact.potential);
        let parts = pairs.map(|(&i, &g)| (sums.potential[i], g));
        assert_close("potential", parts, tolerance);
    }
}

/// Panics unless ‖a − b‖₂ ≤ tolerance·‖b‖₂ over the pairs (a, b).
pub fn assert_close<T: Real>(what: &str, pairs: impl IntoIterator<Item = (T, T)>, tolerance: f64) {
    let (mut error, mut norm) = (0.0, 0.0);
    for (a, b) in pairs {
        let (a, b) = (a.to_f64(), b.to_f64());
        error += (a - b) * (a - b);
        norm += b * b;
    }
    let relative = f64::sqrt(error / norm);
    assert!(
        relative <= tolerance,
        "{what}: relative error {relative:.2e}, tolerance {tolerance:e}"
    );
}

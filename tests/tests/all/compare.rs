//! Exact sums, and the distance to them.

use farfield::{Kernel, Outputs, Real, Strength, Sums, direct};
use std::f64::consts::TAU;

/// Field and potential by the direct sum in f64.
pub(crate) fn exact<K: Kernel<D>, const D: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    w: &[K::Strength<f64>],
    kernel: K,
) -> Sums<f64, D, K::Strength<f64>> {
    direct::evaluate(targets, sources, &[w], kernel, Outputs::BOTH, None)
        .expect("a valid sum")
        .remove(0)
}

/// ‖x‖₂.
pub(crate) fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// ‖found − exact‖₂.
pub(crate) fn distance<T: Real>(found: &[T], exact: &[f64]) -> f64 {
    assert_eq!(found.len(), exact.len());
    let errors: Vec<f64> = found
        .iter()
        .zip(exact)
        .map(|(a, b)| a.to_f64() - b)
        .collect();
    norm(&errors)
}

/// ‖found − exact‖₂/‖exact‖₂; 0 if both vanish.
pub(crate) fn relative_l2<T: Real>(found: &[T], exact: &[f64]) -> f64 {
    match distance(found, exact) {
        0.0 => 0.0,
        error => error / norm(exact),
    }
}

/// Larger of the errors of field and potential.
pub(crate) fn worst_error<T: Real, W: Strength<T>, V: Strength<f64>, const D: usize>(
    found: &Sums<T, D, W>,
    exact: &Sums<f64, D, V>,
) -> f64 {
    let field = relative_l2(found.field.as_flattened(), exact.field.as_flattened());
    let potentials = (W::numbers(&found.potential), V::numbers(&exact.potential));
    field.max(relative_l2(potentials.0, potentials.1))
}

/// Σ_j |w_j||K(x_i − y_j)| = Σ_j |w_j|/(2π r) at every target: what rounding and truncation are measured by where the sum
/// itself cancels. Both planar kernels have this size.
pub(crate) fn absolute_field(targets: &[[f64; 2]], sources: &[[f64; 2]], w: &[f64]) -> Vec<f64> {
    absolute(targets, sources, w, |r| 1.0 / r)
}

/// Σ_j |w_j|(1 + |log r|)/2π at every target.
pub(crate) fn absolute_potential(
    targets: &[[f64; 2]],
    sources: &[[f64; 2]],
    w: &[f64],
) -> Vec<f64> {
    absolute(targets, sources, w, |r| 1.0 + r.ln().abs())
}

fn absolute(
    targets: &[[f64; 2]],
    sources: &[[f64; 2]],
    w: &[f64],
    size: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let at = |x: &[f64; 2]| {
        let pairs = sources.iter().zip(w);
        let distances = pairs.map(|(y, w)| ((x[0] - y[0]).hypot(x[1] - y[1]), w.abs()));
        let apart = distances.filter(|&(r, _)| r > 0.0);
        apart.map(|(r, w)| w * size(r)).sum::<f64>() / TAU
    };
    targets.iter().map(at).collect()
}

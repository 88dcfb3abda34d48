//! Kernels from any radial function.

mod accuracy;
mod exact;
mod refusals;

use farfield::RadialFunction;

/// A radial function by its formula.
#[derive(Clone, Copy)]
pub(crate) struct Phi<F>(pub(crate) F);

impl<F: Fn(f64) -> f64> RadialFunction for Phi<F> {
    fn field(&self, r: f64) -> f64 {
        (self.0)(r)
    }
}

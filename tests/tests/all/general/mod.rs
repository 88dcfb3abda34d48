//! Kernels of any form.

mod accuracy;
mod exact;
mod refusals;

use farfield::general::{GeneralKernel, Parity};

/// A z/|z|² with A that is neither symmetric nor a rotation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anisotropic;

impl<const D: usize> GeneralKernel<D, D> for Anisotropic {
    #[inline(always)]
    fn value(&self, z: [f64; D]) -> [f64; D] {
        let r2: f64 = z.iter().map(|z| z * z).sum();
        std::array::from_fn(|c| ((1.0 + c as f64) * z[c] + 0.5 * z[(c + 1) % D]) / r2)
    }
    fn degree(&self) -> Option<f64> {
        Some(-1.0)
    }
    fn parity(&self) -> Option<Parity> {
        Some(Parity::Odd)
    }
}

/// A kernel by its formula and what is declared of it.
#[derive(Clone, Copy)]
pub(crate) struct Declared<F> {
    pub(crate) formula: F,
    pub(crate) degree: Option<f64>,
    pub(crate) parity: Option<Parity>,
}

impl<F: Fn([f64; D]) -> [f64; C] + Send + Sync, const D: usize, const C: usize> GeneralKernel<D, C>
    for Declared<F>
{
    fn value(&self, z: [f64; D]) -> [f64; C] {
        (self.formula)(z)
    }
    fn degree(&self) -> Option<f64> {
        self.degree
    }
    fn parity(&self) -> Option<Parity> {
        self.parity
    }
}

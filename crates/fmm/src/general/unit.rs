//! In which unit a kernel is asked, and how its sums come to the user's.

use super::GeneralKernel;

/// A homogeneous kernel is asked in the unit of the plan, so that powers of lengths stay within the range of the numbers;
/// another one in the user's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    /// What makes a length of the plan one of the kernel.
    pub(crate) length: f64,
    /// The root of what makes a sum one of the user's: of two factors each may be within the range where their product is
    /// not.
    root: f64,
    /// q of a homogeneous kernel, else 0.
    pub(crate) degree: f64,
}

impl Unit {
    /// For a plan whose lengths are the user's times `scale`.
    pub(crate) fn new<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
        kernel: &K,
        scale: f64,
    ) -> Self {
        match kernel.degree() {
            Some(degree) => Self {
                length: 1.0,
                root: scale.powf(-0.5 * degree),
                degree,
            },
            None => Self {
                length: 1.0 / scale,
                root: 1.0,
                degree: 0.0,
            },
        }
    }

    /// A sum over strengths that were divided by `strength`, in the user's unit.
    pub(crate) fn to_user(self, sum: f64, strength: f64) -> f64 {
        sum * self.root * strength * self.root
    }
}

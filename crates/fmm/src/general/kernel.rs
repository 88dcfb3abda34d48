//! What a kernel of any form is.

/// What K(−z) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// K(z).
    Even,
    /// −K(z).
    Odd,
}

impl Parity {
    /// K(−z) over K(z).
    pub(crate) fn sign(self) -> f64 {
        match self {
            Self::Even => 1.0,
            Self::Odd => -1.0,
        }
    }
}

/// A kernel K: R^D → R^C of your own, smooth away from 0: what [`GeneralPlan`](super::GeneralPlan) sums. Any closure from
/// `[f64; D]` to `[f64; C]` is one of which nothing is declared.
pub trait GeneralKernel<const D: usize, const C: usize>: Send + Sync {
    /// K(z), z ≠ 0. With `#[inline(always)]` near pairs are compiled for the machine's vectors.
    fn value(&self, z: [f64; D]) -> [f64; C];

    /// The same at many z, which come by axis and go by component, all of one length. What is done with z = 0 does not
    /// matter.
    #[inline(always)]
    fn values(&self, z: [&[f64]; D], out: [&mut [f64]; C]) {
        for j in 0..z[0].len() {
            let mut at = [0.0; D];
            for a in 0..D {
                at[a] = z[a][j];
            }
            let value = self.value(at);
            for c in 0..C {
                out[c][j] = value[c];
            }
        }
    }

    /// q, if K(λz) = λ^q K(z) for every λ > 0: one set of operators serves all levels of the tree then, and clouds may
    /// have any size.
    fn degree(&self) -> Option<f64> {
        None
    }

    /// Whether K is even or odd: operators ask for half as many values then.
    fn parity(&self) -> Option<Parity> {
        None
    }
}

impl<F: Fn([f64; D]) -> [f64; C] + Send + Sync, const D: usize, const C: usize> GeneralKernel<D, C>
    for F
{
    #[inline(always)]
    fn value(&self, z: [f64; D]) -> [f64; C] {
        self(z)
    }
}

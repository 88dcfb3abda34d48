//! The direct sum in f64, which every error is measured against.

use crate::error::Result;
use crate::periodic::direct_sum;
use farfield::kernel::converted;
use farfield::{InstructionSet, Kernel, Outputs, Real, Strength, Sums};

/// The exact sums of a cloud, at all of its points or at a sample of them.
pub(crate) struct Oracle<K: Kernel<D>, const D: usize> {
    kernel: K,
    outputs: Outputs,
    isa: Option<InstructionSet>,
    /// Of a torus.
    sides: Option<Vec<f64>>,
    sources: Vec<[f64; D]>,
    strengths: Vec<K::Strength<f64>>,
    /// Every so many points is a target.
    stride: usize,
    targets: Vec<[f64; D]>,
}

/// Relative ℓ2 error of each sum that was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Errors {
    pub(crate) field: Option<f64>,
    pub(crate) potential: Option<f64>,
    pub(crate) gradient: Option<f64>,
}

impl Errors {
    pub(crate) fn by_name(self) -> impl Iterator<Item = (&'static str, f64)> {
        let all = [
            ("field", self.field),
            ("potential", self.potential),
            ("gradient", self.gradient),
        ];
        all.into_iter()
            .filter_map(|(name, error)| Some((name, error?)))
    }
}

impl<K: Kernel<D>, const D: usize> Oracle<K, D> {
    /// For the numbers as `T` holds them; `targets` is the most points that are targets.
    pub(crate) fn new<T: Real>(
        positions: &[[T; D]],
        strengths: &[K::Strength<T>],
        targets: usize,
        kernel: K,
        outputs: Outputs,
        isa: Option<InstructionSet>,
        sides: Option<Vec<f64>>,
    ) -> Self {
        let sources: Vec<[f64; D]> = positions.iter().map(|x| x.map(T::to_f64)).collect();
        let stride = sources.len().div_ceil(targets.max(1)).max(1);
        Self {
            kernel,
            outputs,
            isa,
            sides,
            strengths: converted::<T, f64, _, _>(strengths),
            stride,
            targets: sources.iter().copied().step_by(stride).collect(),
            sources,
        }
    }

    /// Number of targets.
    pub(crate) fn targets(&self) -> usize {
        self.targets.len()
    }

    /// The direct sums at the targets.
    pub(crate) fn exact(&self) -> Result<Sums<f64, D, K::Strength<f64>>> {
        let mut sums = direct_sum(
            self.sides.as_deref(),
            (&self.targets, &self.sources),
            &[&self.strengths],
            self.kernel.clone(),
            self.outputs,
            self.isa,
        )?;
        Ok(sums.remove(0))
    }

    /// How far `sums`, at all points, are from `exact`, at the targets.
    pub(crate) fn errors<T: Real>(
        &self,
        sums: &Sums<T, D, K::Strength<T>>,
        exact: &Sums<f64, D, K::Strength<f64>>,
    ) -> Errors {
        let field = sums.field.iter().step_by(self.stride).zip(&exact.field);
        let field = field.flat_map(|(u, exact)| u.iter().map(|u| u.to_f64()).zip(*exact));
        let potential = sums.potential.chunks(self.stride);
        let potential = potential.flat_map(|some| K::Strength::<T>::numbers(&some[..1]));
        let potential = potential.zip(K::Strength::<f64>::numbers(&exact.potential));
        let potential = potential.map(|(u, &exact)| (u.to_f64(), exact));
        let gradient = sums.gradient.iter().step_by(self.stride);
        let gradient = gradient.flat_map(|g| g.as_flattened()).map(|g| g.to_f64());
        let gradient = gradient.zip(exact.gradient.as_flattened().as_flattened().iter().copied());
        Errors {
            field: self.outputs.field.then(|| relative_error(field)),
            potential: self.outputs.potential.then(|| relative_error(potential)),
            gradient: self.outputs.gradient.then(|| relative_error(gradient)),
        }
    }
}

/// ‖u − exact‖₂/‖exact‖₂; 0 where both vanish.
fn relative_error(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let add = |[error, norm]: [f64; 2], (u, exact): (f64, f64)| {
        [error.hypot(u - exact), norm.hypot(exact)]
    };
    match pairs.fold([0.0, 0.0], add) {
        [0.0, _] => 0.0,
        [error, norm] => error / norm,
    }
}

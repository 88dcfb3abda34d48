//! Results into `.npy` or `.npz`.

use crate::error::Result;
use crate::files;
use crate::npy::{self, Number};
use crate::npz::NpzWriter;
use farfield::{Outputs, Strength, Sums};
use std::path::Path;

/// One kind of sum at every target.
pub(super) struct Kind<'a, T> {
    pub(super) name: &'static str,
    /// At one target.
    pub(super) shape: Vec<usize>,
    /// By strength vector.
    pub(super) numbers: Vec<&'a [T]>,
}

/// Field, potential and gradient of plans and of the direct sum.
pub(super) fn kinds<T: Number, W: Strength<T>, const D: usize>(
    sums: &[Sums<T, D, W>],
) -> [Kind<'_, T>; 3] {
    let field = sums.iter().map(|sums| sums.field.as_flattened());
    let potential = sums.iter().map(|sums| W::numbers(&sums.potential));
    let gradient = sums
        .iter()
        .map(|sums| sums.gradient.as_flattened().as_flattened());
    [
        Kind {
            name: "field",
            shape: vec![D],
            numbers: field.collect(),
        },
        Kind {
            name: "potential",
            shape: npy::shape_of::<T, W>().into(),
            numbers: potential.collect(),
        },
        Kind {
            name: "gradient",
            shape: vec![D, D],
            numbers: gradient.collect(),
        },
    ]
}

/// The sums at `targets` targets, for one strength vector or `several`.
pub(super) struct Results<'a, T> {
    /// Field, potential and gradient.
    pub(super) kinds: [Kind<'a, T>; 3],
    pub(super) outputs: Outputs,
    pub(super) targets: usize,
    pub(super) several: bool,
}

impl<T: Number> Results<'_, T> {
    /// Field (M, D), potential (M,), or (M, 3) as the strengths, and gradient (M, D, D); with several strength vectors
    /// (M, m, D) and so on.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        let Outputs {
            field,
            potential,
            gradient,
        } = self.outputs;
        let all = self.kinds.iter().zip([field, potential, gradient]);
        let mut wanted = all.filter(|(_, wanted)| *wanted).map(|(kind, _)| kind);
        files::write(path, |to| {
            if path.extension().is_some_and(|extension| extension == "npz") {
                let mut npz = NpzWriter::new(to);
                for kind in wanted {
                    npz.array(kind.name, &self.shape(kind), self.numbers(kind))?;
                }
                return npz.finish();
            }
            // One, as was checked.
            wanted.try_for_each(|kind| npy::write(to, &self.shape(kind), self.numbers(kind)))
        })
    }

    fn shape(&self, kind: &Kind<T>) -> Vec<usize> {
        let mut shape = vec![self.targets];
        shape.extend(self.several.then_some(kind.numbers.len()));
        shape.extend(&kind.shape);
        shape
    }

    /// Target by target, then by strength vector.
    fn numbers(&self, kind: &Kind<T>) -> impl Iterator<Item = T> {
        let each: usize = kind.shape.iter().product();
        let at = move |i: usize| {
            let vectors = kind.numbers.iter();
            vectors.flat_map(move |numbers| &numbers[i * each..][..each])
        };
        (0..self.targets).flat_map(at).copied()
    }
}

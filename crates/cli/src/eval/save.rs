//! Results into `.npy` or `.npz`.

use crate::error::Result;
use crate::files;
use crate::npy::{self, Number};
use crate::npz::NpzWriter;
use farfield::{Outputs, Strength, Sums};
use std::path::Path;

/// The sums of `targets` targets, for one strength vector or `several`.
pub(super) struct Results<'a, T, const D: usize, W> {
    pub(super) sums: &'a [Sums<T, D, W>],
    pub(super) outputs: Outputs,
    pub(super) targets: usize,
    pub(super) several: bool,
}

impl<T: Number, W: Strength<T>, const D: usize> Results<'_, T, D, W> {
    /// Field (M, D), potential (M,), or (M, 3) as the strengths, and gradient (M, D, D); with several strength vectors
    /// (M, m, D) and so on.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        let (field, potential) = (self.shape(&[D]), self.shape(npy::shape_of::<T, W>()));
        let gradient = self.shape(&[D, D]);
        if path.extension().is_some_and(|extension| extension == "npz") {
            return files::write(path, |to| {
                let mut npz = NpzWriter::new(to);
                if self.outputs.field {
                    npz.array("field", &field, self.field())?;
                }
                if self.outputs.potential {
                    npz.array("potential", &potential, self.potential())?;
                }
                if self.outputs.gradient {
                    npz.array("gradient", &gradient, self.gradient())?;
                }
                npz.finish()
            });
        }
        files::write(path, |to| match self.outputs {
            Outputs { field: true, .. } => npy::write(to, &field, self.field()),
            Outputs {
                potential: true, ..
            } => npy::write(to, &potential, self.potential()),
            _ => npy::write(to, &gradient, self.gradient()),
        })
    }

    fn shape(&self, components: &[usize]) -> Vec<usize> {
        let mut shape = vec![self.targets];
        shape.extend(self.several.then_some(self.sums.len()));
        shape.extend(components);
        shape
    }

    fn field(&self) -> impl Iterator<Item = T> {
        (0..self.targets).flat_map(|i| self.sums.iter().flat_map(move |one| one.field[i]))
    }

    fn gradient(&self) -> impl Iterator<Item = T> {
        let at = |i: usize| {
            self.sums
                .iter()
                .flat_map(move |one| one.gradient[i].as_flattened())
        };
        (0..self.targets).flat_map(at).copied()
    }

    fn potential(&self) -> impl Iterator<Item = T> {
        let at = |i| {
            self.sums
                .iter()
                .flat_map(move |one| W::numbers(&one.potential[i..=i]))
        };
        (0..self.targets).flat_map(at).copied()
    }
}

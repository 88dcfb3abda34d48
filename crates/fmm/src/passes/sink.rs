//! Where the passes leave what they have summed.

use super::wanted::SECOND;

/// Takes sums as soon as they are there.
pub(crate) trait Sink<T, const D: usize>: Sync {
    /// Radial sums of strengths `component` at the targets from `first` on in tree order, in plan units.
    fn take(&self, component: usize, first: usize, sums: &TargetSums<T, D>);
}

/// For passes that are followed by leaves of another kind.
impl<T, const D: usize> Sink<T, D> for () {
    fn take(&self, _: usize, _: usize, _: &TargetSums<T, D>) {}
}

/// The radial sums at targets behind each other, of divided strengths; `t` and `g` are empty where they are not wanted.
pub(crate) struct TargetSums<'a, T, const D: usize> {
    pub(crate) s: [&'a [T]; D],
    pub(crate) t: &'a [T],
    pub(crate) g: [&'a [T]; SECOND],
}

//! What a source carries: a number, or a vector.

use lanes::Real;
use rayon::prelude::*;
use std::borrow::Cow;
use std::fmt::Debug;

/// The strength of one source: a number, or a vector of three. Every component makes radial sums of its own, which the
/// kernel puts together ([`Kernel::field`](super::Kernel::field)).
pub trait Strength<T: Real>: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// Numbers of one strength.
    const COMPONENTS: usize;
    /// No strength.
    const ZERO: Self;

    /// The components of all strengths behind each other.
    fn numbers(strengths: &[Self]) -> &[T];
    /// The same, to be changed.
    fn numbers_mut(strengths: &mut [Self]) -> &mut [T];
    /// Its components.
    fn components_mut(&mut self) -> &mut [T];
}

impl<T: Real> Strength<T> for T {
    const COMPONENTS: usize = 1;
    const ZERO: Self = T::ZERO;

    fn numbers(strengths: &[Self]) -> &[T] {
        strengths
    }
    fn numbers_mut(strengths: &mut [Self]) -> &mut [T] {
        strengths
    }
    #[inline(always)]
    fn components_mut(&mut self) -> &mut [T] {
        std::slice::from_mut(self)
    }
}

impl<T: Real> Strength<T> for [T; 3] {
    const COMPONENTS: usize = 3;
    const ZERO: Self = [T::ZERO; 3];

    fn numbers(strengths: &[Self]) -> &[T] {
        strengths.as_flattened()
    }
    fn numbers_mut(strengths: &mut [Self]) -> &mut [T] {
        strengths.as_flattened_mut()
    }
    #[inline(always)]
    fn components_mut(&mut self) -> &mut [T] {
        self
    }
}

/// Each component of all strengths by itself, as the passes take it.
pub(crate) fn by_component<T: Real, S: Strength<T>>(strengths: &[S]) -> Vec<Cow<'_, [T]>> {
    let numbers = S::numbers(strengths);
    if S::COMPONENTS == 1 {
        return vec![Cow::Borrowed(numbers)];
    }
    let component = |c| {
        let all = numbers.par_chunks_exact(S::COMPONENTS);
        Cow::Owned(all.map(|one| one[c]).collect())
    };
    (0..S::COMPONENTS).map(component).collect()
}

/// The same strengths in another precision.
pub fn converted<T: Real, U: Real, S: Strength<T>, W: Strength<U>>(strengths: &[S]) -> Vec<W> {
    let all = S::numbers(strengths).chunks_exact(S::COMPONENTS);
    let one = |numbers: &[T]| {
        let mut rounded = W::ZERO;
        for (to, x) in rounded.components_mut().iter_mut().zip(numbers) {
            *to = U::from_f64(x.to_f64());
        }
        rounded
    };
    all.map(one).collect()
}

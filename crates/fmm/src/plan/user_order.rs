//! What the passes have summed, in the user's order and units.

use crate::kernel::{Kernel, Strength};
use crate::memory::ask_ahead;
use crate::passes::wanted::{SECOND, symmetric};
use crate::passes::{Sink, TargetSums, Units};
use crate::tree::Tree;
use crate::{Error, ErrorKind, Real, Result, Sums};
use lanes::{ShareSlice, Shared};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Slices to fill for one strength vector, flat; what is not wanted is empty.
pub(super) struct Wanted<'a, T> {
    pub(super) field: &'a mut [T],
    pub(super) potential: &'a mut [T],
    pub(super) gradient: &'a mut [T],
}

impl<'a, T: Real> Wanted<'a, T> {
    /// All that there is room for.
    pub(super) fn all<S: Strength<T>, const D: usize>(sums: &'a mut Sums<T, D, S>) -> Self {
        Self {
            field: sums.field.as_flattened_mut(),
            potential: S::numbers_mut(&mut sums.potential),
            gradient: sums.gradient.as_flattened_mut().as_flattened_mut(),
        }
    }
}

/// Puts sums where the user wants them, leaf by leaf. A line of memory goes in and out for each, as it would if a copy in tree
/// order were read at such places; but there is no copy, and no inverse permutation.
pub(super) struct UserOrder<'a, T: Real, K, const D: usize> {
    kernel: &'a K,
    user_index: &'a [u32],
    units: Units,
    vectors: Vec<OfVector<'a, T>>,
}

/// What goes to the places of one vector.
struct OfVector<'a, T: Real> {
    /// By which strengths were divided.
    unit: f64,
    field: Output<'a, T>,
    potential: Output<'a, T>,
    gradient: Output<'a, T>,
}

/// One output of one vector.
struct Output<'a, T: Real> {
    name: &'static str,
    numbers: &'a [<T as ShareSlice>::Shared],
    /// The first target whose sum is not finite.
    overflow: AtomicUsize,
}

impl<'a, T: Real> Output<'a, T> {
    fn new(name: &'static str, numbers: &'a mut [T]) -> Self {
        Self {
            name,
            numbers: T::share(numbers),
            overflow: AtomicUsize::new(usize::MAX),
        }
    }

    fn is_wanted(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// Adds to the numbers of a target, from `first` on, or overwrites them.
    #[inline(always)]
    fn put<const N: usize>(&self, target: usize, first: usize, numbers: [T; N], overwrite: bool) {
        let mut finite = true;
        for (to, number) in self.numbers[first..first + N].iter().zip(numbers) {
            let sum = if overwrite { number } else { to.get() + number };
            finite &= sum.is_finite();
            to.set(sum);
        }
        if !finite {
            self.overflow.fetch_min(target, Ordering::Relaxed);
        }
    }

    fn check(&self) -> Result<()> {
        let (name, target) = (self.name, self.overflow.load(Ordering::Relaxed));
        if target == usize::MAX {
            return Ok(());
        }
        let allowed = "sums within the range of the precision (points may be too close, or strengths too large)";
        Err(Error::new(
            ErrorKind::Overflow,
            format!("{name}[{target}]"),
            "not finite",
            allowed,
        ))
    }
}

impl<'a, T: Real, K: Kernel<D>, const D: usize> UserOrder<'a, T, K, D> {
    /// Of sums in these `units`, for strength vectors that were divided by those numbers.
    pub(super) fn new(
        kernel: &'a K,
        tree: &'a Tree<D>,
        units: Units,
        divided_by: Vec<f64>,
        wanted: Vec<Wanted<'a, T>>,
    ) -> Self {
        let of_vector = |(unit, wanted): (f64, Wanted<'a, T>)| OfVector {
            unit,
            field: Output::new("field", wanted.field),
            potential: Output::new("potential", wanted.potential),
            gradient: Output::new("gradient", wanted.gradient),
        };
        Self {
            kernel,
            user_index: &tree.targets().user_index,
            units,
            vectors: divided_by.into_iter().zip(wanted).map(of_vector).collect(),
        }
    }

    /// An error where a sum overflowed.
    pub(super) fn check(&self) -> Result<()> {
        self.vectors.iter().try_for_each(|of_vector| {
            of_vector.field.check()?;
            of_vector.potential.check()?;
            of_vector.gradient.check()
        })
    }
}

impl<T: Real, K: Kernel<D>, const D: usize> Sink<T, D> for UserOrder<'_, T, K, D> {
    fn take(&self, component: usize, first: usize, sums: &TargetSums<T, D>) {
        let components = <K::Strength<T> as Strength<T>>::COMPONENTS;
        let (vector, c) = (component / components, component % components);
        let OfVector {
            unit,
            field,
            potential,
            gradient,
        } = &self.vectors[vector];
        let in_user_unit =
            |s: T, order: usize| T::from_f64(self.units.field(s.to_f64(), *unit, order));
        let order = &self.user_index[first..];
        for (k, &user) in order[..sums.s[0].len()].iter().enumerate() {
            let user = user as usize;
            if field.is_wanted() {
                ask_ahead(field.numbers, order, k, D);
                let s = sums.s.map(|s| in_user_unit(s[k], 0));
                field.put(user, user * D, self.kernel.field(c, s), c == 0);
            }
            if potential.is_wanted() {
                ask_ahead(potential.numbers, order, k, components);
                let t = T::from_f64(self.units.potential(sums.t[k].to_f64(), *unit));
                let t = self.kernel.potential(t);
                potential.put(user, user * components + c, [t], true);
            }
            if gradient.is_wanted() {
                let g: [T; SECOND] = sums.g.map(|g| in_user_unit(g[k], 1));
                let mut here = [[T::ZERO; D]; D];
                add_gradient(self.kernel, c, symmetric(g), &mut here);
                for (a, row) in here.into_iter().enumerate() {
                    gradient.put(user, (user * D + a) * D, row, c == 0);
                }
            }
        }
    }
}

/// Adds what component `c` of the strengths gives to ∂_b u_a, from ∂_b s_a, which is symmetric.
pub(crate) fn add_gradient<T: Real, K: Kernel<D>, const D: usize>(
    kernel: &K,
    c: usize,
    g: [[T; D]; D],
    out: &mut [[T; D]; D],
) {
    for b in 0..D {
        let share = kernel.field(c, g[b]);
        (0..D).for_each(|a| out[a][b] += share[a]);
    }
}

//! Runs of points that lie behind each other in tree order: gathered, and given back to.

use super::super::PADDING;
use super::super::tile::Sources;
use super::super::wanted::{GRADIENT, POTENTIAL, SECOND};
use lanes::{Isa, Lanes, Real};
use std::ops::Range;

/// Radial sums at many places, by component.
pub(in super::super) struct Components<T, const D: usize> {
    pub(in super::super) s: [Vec<T>; D],
    pub(in super::super) t: Vec<T>,
    pub(in super::super) g: [Vec<T>; SECOND],
}

impl<T: Real, const D: usize> Components<T, D> {
    /// `n` times 0; `t` and `g` only where they are wanted.
    pub(super) fn reset<const WANTED: usize>(&mut self, n: usize) {
        let t = (WANTED >= POTENTIAL).then_some(&mut self.t);
        let g = (WANTED >= GRADIENT).then_some(&mut self.g);
        for sums in self.s.iter_mut().chain(t).chain(g.into_iter().flatten()) {
            sums.clear();
            sums.resize(n, T::ZERO);
        }
    }
}

/// The sums at `N` places behind each other.
pub(super) struct Kept<T, const D: usize, const N: usize> {
    s: [[T; N]; D],
    t: [T; N],
}

impl<T: Real, const D: usize> Components<T, D> {
    /// The sums at the `N` places from `at` on, without gradients; `t` only if it is wanted.
    #[inline(always)]
    pub(super) fn keep<const WANTED: usize, const N: usize>(&self, at: usize) -> Kept<T, D, N> {
        let at = |sums: &[T]| std::array::from_fn(|k| sums[at + k]);
        Kept {
            s: self.s.each_ref().map(|s| at(s)),
            t: if WANTED >= POTENTIAL {
                at(&self.t)
            } else {
                [T::ZERO; N]
            },
        }
    }

    /// Puts them where they were.
    #[inline(always)]
    pub(super) fn put_back<const WANTED: usize, const N: usize>(
        &mut self,
        at: usize,
        kept: Kept<T, D, N>,
    ) {
        for (s, kept) in self.s.iter_mut().zip(&kept.s) {
            s[at..at + N].copy_from_slice(kept);
        }
        if WANTED >= POTENTIAL {
            self.t[at..at + N].copy_from_slice(&kept.t);
        }
    }
}

impl<T, const D: usize> Default for Components<T, D> {
    fn default() -> Self {
        Self {
            s: std::array::from_fn(|_| vec![]),
            t: vec![],
            g: Default::default(),
        }
    }
}

/// Points behind each other, with their strengths.
pub(super) struct Points<X, T, const D: usize, const M: usize> {
    pub(super) x: [Vec<X>; D],
    pub(super) w: [Vec<T>; M],
}

impl<X, T, const D: usize, const M: usize> Default for Points<X, T, D, M> {
    fn default() -> Self {
        Self {
            x: std::array::from_fn(|_| vec![]),
            w: std::array::from_fn(|_| vec![]),
        }
    }
}

impl<X: Copy + Default, T: Real, const D: usize, const M: usize> Points<X, T, D, M> {
    /// Copies runs of others, with strength 0 behind them for at least one vector, at the place of the last one, so that nothing depends on
    /// what was there before; returns their number.
    #[inline(always)]
    pub(super) fn gather(&mut self, x: [&[X]; D], w: [&[T]; M], runs: &[Range<u32>]) -> usize {
        let mut count = 0;
        for run in runs {
            count += run.len();
        }
        for a in 0..D {
            collect(x[a], runs, count, &mut self.x[a]);
            let last = count.checked_sub(1).map_or(X::default(), |k| self.x[a][k]);
            self.x[a][count..count + PADDING].fill(last);
        }
        for m in 0..M {
            collect(w[m], runs, count, &mut self.w[m]);
            self.w[m][count..count + PADDING].fill(T::ZERO);
        }
        count
    }

    /// Those from `first` to `end`, and some behind them that fill the last vector.
    #[inline(always)]
    pub(super) fn sources<I: Isa>(&self, first: usize, end: usize) -> Sources<'_, X, T, D, M> {
        let n = (end - first).next_multiple_of(T::Lanes::<I>::LANES);
        let mut sources = Sources {
            x: [&[]; D],
            w: [&[]; M],
        };
        for a in 0..D {
            sources.x[a] = &self.x[a][first..][..n];
        }
        for m in 0..M {
            sources.w[m] = &self.w[m][first..][..n];
        }
        sources
    }
}

/// Copies runs behind each other in pieces of a fixed length, each of which may write past its run: the next one
/// overwrites that.
#[inline(always)]
fn collect<X: Copy + Default>(from: &[X], runs: &[Range<u32>], count: usize, to: &mut Vec<X>) {
    const PIECE: usize = 8;
    if to.len() < count + 2 * PADDING {
        to.resize((count + 2 * PADDING).next_power_of_two(), X::default());
    }
    let mut at = 0;
    for run in runs {
        let padded = run.len().next_multiple_of(PIECE);
        let from = from[run.start as usize..][..padded].as_chunks::<PIECE>().0;
        let to = to[at..][..padded].as_chunks_mut::<PIECE>().0;
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
        at += run.len();
    }
}

/// Adds what runs of sources got, times a factor, to the sums of their block.
#[inline(always)]
pub(super) fn give_back<T: Real, U: Real>(
    runs: &[Range<u32>],
    back: &[U],
    factor: f64,
    sums: &mut [T],
) {
    let mut from = 0;
    for run in runs {
        let sums = &mut sums[run.start as usize..run.end as usize];
        for (sum, back) in sums.iter_mut().zip(&back[from..][..run.len()]) {
            *sum += T::from_f64(back.to_f64() * factor);
        }
        from += run.len();
    }
}

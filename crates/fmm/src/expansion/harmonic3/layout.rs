//! Where the coefficients of a series lie.
//!
//! A series is real, X_n^{−m} = (−1)^m conj X_n^m, so m ≥ 0 says all. Stored, it is *packed*: real parts, then imaginary
//! parts, degree by degree. Operators work on *rows*: every degree begins a row of the same length, m along the vector.

use crate::expansion::Wave;
use crate::memory::Lines;
use lanes::{Isa, Lanes, Real};
use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

/// Place of X_n^m among the real or the imaginary parts of a packed series.
#[inline(always)]
pub(super) const fn at(n: usize, m: usize) -> usize {
    n * (n + 1) / 2 + m
}

/// Sizes for series of one order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Degrees n < order.
    pub(super) order: usize,
    /// Real parts of a packed series; the last row may be read by whole vectors.
    pub(super) padded: usize,
    /// Length of a row.
    pub(super) stride: usize,
}

impl Layout {
    /// For vectors of up to `widest` numbers.
    pub(super) fn new(order: usize, widest: usize) -> Self {
        let stride = order.next_multiple_of(widest);
        Self {
            order,
            padded: (at(order - 1, 0) + stride).next_multiple_of(widest),
            stride,
        }
    }

    /// Numbers of one series as rows.
    pub(super) fn rows_len(&self) -> usize {
        2 * self.order * self.stride
    }

    /// Real and imaginary parts.
    #[inline(always)]
    pub(super) fn parts<'a, W>(&self, rows: &'a [W]) -> (&'a [W], &'a [W]) {
        rows[..self.rows_len()].split_at(self.order * self.stride)
    }

    /// Real and imaginary parts.
    #[inline(always)]
    pub(super) fn parts_mut<'a, W>(&self, rows: &'a mut [W]) -> (&'a mut [W], &'a mut [W]) {
        rows[..self.rows_len()].split_at_mut(self.order * self.stride)
    }
}

/// Factors of X_n^m on the way between packed series and rows: ±e^{imφ}, with the sign (−1)^{n+m} of the reflection
/// z → −z where that is wanted.
#[derive(Debug)]
pub(super) struct Turn<W> {
    /// By n mod 2: real parts, then imaginary parts, by m.
    factors: [Vec<W>; 2],
}

impl<W: Real> Turn<W> {
    /// `power(m)` is e^{imφ}.
    pub(super) fn new(
        layout: Layout,
        reflected: bool,
        power: impl Fn(usize) -> [f64; 2] + Copy,
    ) -> Self {
        let factors = [0, 1].map(|parity| {
            let sign = |m: usize| {
                if reflected && (parity + m) % 2 == 1 {
                    -1.0
                } else {
                    1.0
                }
            };
            let part = |part: usize| {
                (0..layout.stride).map(move |m| W::from_f64(sign(m) * power(m)[part]))
            };
            part(0).chain(part(1)).collect()
        });
        Self { factors }
    }

    /// Packed to rows; with the conjugate factors if `BACK`. The rows' ends past m = n hold finite nonsense.
    #[inline(always)]
    pub(super) fn unpack<I: Isa, const BACK: bool>(
        &self,
        isa: I,
        layout: Layout,
        packed: &[W],
        rows: &mut [W],
    ) {
        let (re, im) = packed.split_at(layout.padded);
        let (rows_re, rows_im) = layout.parts_mut(rows);
        for n in 0..layout.order {
            for m in (0..=n).step_by(W::Lanes::<I>::LANES) {
                let x = [
                    W::Lanes::<I>::load(isa, &re[at(n, m)..]),
                    W::Lanes::<I>::load(isa, &im[at(n, m)..]),
                ];
                let [x, y] = self.turned::<I, BACK>(isa, layout, n, m, x);
                x.store(&mut rows_re[n * layout.stride + m..]);
                y.store(&mut rows_im[n * layout.stride + m..]);
            }
        }
    }

    /// Adds rows, which must be 0 past m = n, to a packed series.
    #[inline(always)]
    pub(super) fn pack<I: Isa, const BACK: bool>(
        &self,
        isa: I,
        layout: Layout,
        rows: &[W],
        packed: &mut [W],
    ) {
        let (re, im) = packed.split_at_mut(layout.padded);
        let (rows_re, rows_im) = layout.parts(rows);
        for n in 0..layout.order {
            for m in (0..=n).step_by(W::Lanes::<I>::LANES) {
                let x = [
                    W::Lanes::<I>::load(isa, &rows_re[n * layout.stride + m..]),
                    W::Lanes::<I>::load(isa, &rows_im[n * layout.stride + m..]),
                ];
                let [x, y] = self.turned::<I, BACK>(isa, layout, n, m, x);
                let (re, im) = (&mut re[at(n, m)..], &mut im[at(n, m)..]);
                (W::Lanes::<I>::load(isa, re) + x).store(re);
                (W::Lanes::<I>::load(isa, im) + y).store(im);
            }
        }
    }

    #[inline(always)]
    fn turned<I: Isa, const BACK: bool>(
        &self,
        isa: I,
        layout: Layout,
        n: usize,
        m: usize,
        [re, im]: [W::Lanes<I>; 2],
    ) -> [W::Lanes<I>; 2] {
        let factors = &self.factors[n % 2];
        let c = W::Lanes::<I>::load(isa, &factors[m..]);
        let s = W::Lanes::<I>::load(isa, &factors[layout.stride + m..]);
        if BACK {
            [im.mul_add(s, re * c), re.neg_mul_add(s, im * c)]
        } else {
            [im.neg_mul_add(s, re * c), im.mul_add(c, re * s)]
        }
    }
}

thread_local! {
    static DOUBLE: Cell<Lines<f64>> = const { Cell::new(Lines::new()) };
    static SINGLE: Cell<Lines<f32>> = const { Cell::new(Lines::new()) };
}

/// A precision of operators, with room of its own in every thread.
pub(super) trait Number: Wave {
    /// The room.
    fn room() -> &'static LocalKey<Cell<Lines<Self>>>;
}

impl Number for f64 {
    fn room() -> &'static LocalKey<Cell<Lines<f64>>> {
        &DOUBLE
    }
}

impl Number for f32 {
    fn room() -> &'static LocalKey<Cell<Lines<f32>>> {
        &SINGLE
    }
}

/// Room for what lies between the input and the output of an operator, kept by the thread: its contents are whatever was
/// left there (finite numbers). It is taken out while in use, since a closure could not be compiled for an instruction set.
pub(super) struct Scratch<W: Number>(Lines<W>);

impl<W: Number> Scratch<W> {
    pub(super) fn take(len: usize) -> Self {
        let mut room = W::room().take();
        room.grow(len, W::ZERO);
        Self(room)
    }
}

impl<W: Number> Drop for Scratch<W> {
    fn drop(&mut self) {
        W::room().set(std::mem::take(&mut self.0));
    }
}

impl<W: Number> Deref for Scratch<W> {
    type Target = [W];
    #[inline(always)]
    fn deref(&self) -> &[W] {
        &self.0
    }
}

impl<W: Number> DerefMut for Scratch<W> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [W] {
        &mut self.0
    }
}

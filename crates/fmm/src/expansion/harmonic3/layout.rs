//! Where the coefficients of a series lie.
//!
//! A series is real, X_n^{−m} = (−1)^m conj X_n^m, so m ≥ 0 says all. Stored, it is *packed*: real parts, then imaginary
//! parts, degree by degree. Operators work on *rows*: every degree begins a row of the same length, m along the vector.

use super::WIDEST;
use lanes::{Isa, Lanes};
use std::cell::Cell;
use std::ops::{Deref, DerefMut};

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
    pub(super) fn new(order: usize) -> Self {
        let stride = order.next_multiple_of(WIDEST);
        Self {
            order,
            padded: (at(order - 1, 0) + stride).next_multiple_of(WIDEST),
            stride,
        }
    }

    /// Numbers of one series as rows.
    pub(super) fn rows_len(&self) -> usize {
        2 * self.order * self.stride
    }

    /// Real and imaginary parts.
    #[inline(always)]
    pub(super) fn parts<'a>(&self, rows: &'a [f64]) -> (&'a [f64], &'a [f64]) {
        rows[..self.rows_len()].split_at(self.order * self.stride)
    }

    /// Real and imaginary parts.
    #[inline(always)]
    pub(super) fn parts_mut<'a>(&self, rows: &'a mut [f64]) -> (&'a mut [f64], &'a mut [f64]) {
        rows[..self.rows_len()].split_at_mut(self.order * self.stride)
    }
}

/// Factors of X_n^m on the way between packed series and rows: ±e^{imφ}, with the sign (−1)^{n+m} of the reflection
/// z → −z where that is wanted.
#[derive(Debug)]
pub(super) struct Turn {
    /// By n mod 2: real parts, then imaginary parts, by m.
    factors: [Vec<f64>; 2],
}

impl Turn {
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
            let part = |part: usize| (0..layout.stride).map(move |m| sign(m) * power(m)[part]);
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
        packed: &[f64],
        rows: &mut [f64],
    ) {
        let (re, im) = packed.split_at(layout.padded);
        let (rows_re, rows_im) = layout.parts_mut(rows);
        for n in 0..layout.order {
            for m in (0..=n).step_by(I::F64::LANES) {
                let x = [
                    I::F64::load(isa, &re[at(n, m)..]),
                    I::F64::load(isa, &im[at(n, m)..]),
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
        rows: &[f64],
        packed: &mut [f64],
    ) {
        let (re, im) = packed.split_at_mut(layout.padded);
        let (rows_re, rows_im) = layout.parts(rows);
        for n in 0..layout.order {
            for m in (0..=n).step_by(I::F64::LANES) {
                let x = [
                    I::F64::load(isa, &rows_re[n * layout.stride + m..]),
                    I::F64::load(isa, &rows_im[n * layout.stride + m..]),
                ];
                let [x, y] = self.turned::<I, BACK>(isa, layout, n, m, x);
                let (re, im) = (&mut re[at(n, m)..], &mut im[at(n, m)..]);
                (I::F64::load(isa, re) + x).store(re);
                (I::F64::load(isa, im) + y).store(im);
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
        [re, im]: [I::F64; 2],
    ) -> [I::F64; 2] {
        let factors = &self.factors[n % 2];
        let c = I::F64::load(isa, &factors[m..]);
        let s = I::F64::load(isa, &factors[layout.stride + m..]);
        if BACK {
            [im.mul_add(s, re * c), re.neg_mul_add(s, im * c)]
        } else {
            [im.neg_mul_add(s, re * c), im.mul_add(c, re * s)]
        }
    }
}

thread_local! {
    static SCRATCH: Cell<Vec<f64>> = const { Cell::new(Vec::new()) };
}

/// Room for what lies between the input and the output of an operator, kept by the thread: its contents are whatever was
/// left there (finite numbers). It is taken out while in use, since a closure could not be compiled for an instruction set.
pub(super) struct Scratch(Vec<f64>);

impl Scratch {
    pub(super) fn take(len: usize) -> Self {
        let mut room = SCRATCH.take();
        if room.len() < len {
            room.resize(len, 0.0);
        }
        Self(room)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        SCRATCH.set(std::mem::take(&mut self.0));
    }
}

impl Deref for Scratch {
    type Target = [f64];
    #[inline(always)]
    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl DerefMut for Scratch {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
}

//! SIMD vectors with a run-time choice of instruction set.
//!
//! A formula is written once, generic over [`Isa`], as a [`Job`]; [`Chosen::run`] compiles it for AVX-512, AVX2 + FMA,
//! NEON and plain scalar code and calls the version that was chosen at run time:
//!
//! ```
//! use farfield_lanes::{Chosen, Isa, Job, Lanes, Real};
//!
//! struct SumOfSquares<'a>(&'a [f64]);
//! impl Job for SumOfSquares<'_> {
//!     type Output = f64;
//!     #[inline(always)]
//!     fn run<I: Isa>(self, isa: I) -> f64 {
//!         type V<I> = <f64 as Real>::Lanes<I>;
//!         let mut sum = V::<I>::splat(isa, 0.0);
//!         let mut chunks = self.0.chunks_exact(V::<I>::LANES);
//!         for chunk in &mut chunks {
//!             let x = V::<I>::load(isa, chunk);
//!             sum = x.mul_add(x, sum);
//!         }
//!         sum.sum() + chunks.remainder().iter().map(|x| x * x).sum::<f64>()
//!     }
//! }
//! assert_eq!(Chosen::detect().run(SumOfSquares(&[1.0; 19])), 19.0);
//! ```
//!
//! A vector can only be made from a value of its [`Isa`], and such a value only exists where the machine was seen to
//! have the instructions: that is what makes the intrinsics inside sound. All `unsafe` of the CPU code is in this crate.

#![allow(unsafe_code)]

mod chosen;
mod math;
mod memory;
#[cfg(target_arch = "aarch64")]
mod neon;
mod newton;
mod real;
mod scalar;
mod shared;
#[cfg(target_arch = "x86_64")]
mod table;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use chosen::{Chosen, InstructionSet, UnknownInstructionSet};
pub use memory::{prefer_huge_pages, prefetch};
pub use real::Real;
pub use scalar::{Scalar, ScalarIntegers, ScalarMask, ScalarVector};
pub use shared::{ShareSlice, Shared};

use std::fmt::Debug;
use std::ops::{Add, AddAssign, BitAnd, BitOr, Mul, Neg, Not, Sub, SubAssign};

/// Proof that the machine has an instruction set, and the names of its vectors.
pub trait Isa: Copy + Send + Sync + Debug + 'static {
    /// Vector of `f64`.
    type F64: Lanes<Elem = f64, Isa = Self>;
    /// Vector of `f32`.
    type F32: Lanes<Elem = f32, Isa = Self>;
    /// As many whole numbers.
    type I32: Integers<Isa = Self, Float = Self::F32>;
    /// Which set this is.
    const SET: InstructionSet;
    /// Number of vector registers.
    const REGISTERS: usize;
}

/// Work that is compiled once for each instruction set. Implement `run` with `#[inline(always)]`, and everything in
/// its hot loops too, or the vectors travel through memory between functions; closures cannot be so marked, so write
/// hot loops out.
pub trait Job {
    /// What the work returns.
    type Output;
    /// The work itself.
    fn run<I: Isa>(self, isa: I) -> Self::Output;
}

/// How good a reciprocal, logarithm or exponential must be: the const parameter of [`Lanes::recip`] and its kin, so that
/// a loop is compiled for each accuracy. The error of one evaluation is at most this on every set (in brackets the
/// largest that was measured, over 2·10⁷ arguments with AVX-512):
///
/// | relative to | | `SINGLE` | `MIDDLE` | `FULL` | f32, all three |
/// | --- | --- | --- | --- | --- | --- |
/// | 1/x | `recip`, `recip0` | 3.8e-9 (3.0e-9) | 2.4e-13 (1.6e-13) | 4.4e-16 (1.2e-16) | 2.4e-7 (6.1e-8) |
/// | 1/√x | `rsqrt`, `rsqrt0` | 5.7e-9 (5.4e-9) | 5.8e-13 (5.4e-13) | 4.4e-16 (1.7e-16) | 2.4e-7 (7.5e-8) |
/// | max(1, \|ln x\|) | `ln`, `half_ln` | 3.3e-10 (3.2e-10) | 5.4e-14 (5.3e-14) | 4.4e-16 (2.2e-16) | 2.4e-7 (1.2e-7) |
/// | eˣ | `exp` | 2.1e-9 (1.6e-9) | 5e-14 (2.9e-14) | 4.4e-16 (2.2e-16) | 2.4e-7 (1.1e-7) |
///
/// The reciprocals' bounds follow from seeds good to 2⁻¹⁴, as AVX-512 promises, the others from the fitted
/// polynomials; the last two columns are two units in the last place. `COARSE` differs from `SINGLE` in reciprocals of f32
/// only, whose errors are at most 4e-7 (over all numbers from 1 to 4, with AVX2, 1.7e-7).
pub mod accuracy {
    /// A few 1e-7 in f32; in f64 the same as [`SINGLE`].
    pub const COARSE: usize = 0;
    /// A few 1e-9 in f64: one Newton step on a 14-bit seed.
    pub const SINGLE: usize = 1;
    /// A few 1e-13 in f64: one cubic step.
    pub const MIDDLE: usize = 2;
    /// Two units in the last place. Larger values mean the same.
    pub const FULL: usize = 3;
    /// As [`FULL`], and reciprocals by the divider on every set: slower alone, but it runs beside the multipliers, so that
    /// one in four is free.
    pub const DIVIDED: usize = 4;
}

/// One vector of `i32`: coordinates on a grid, whose differences are exact, modulo 2³², before they are rounded to `f32`.
pub trait Integers: Copy + Send + Sync + Debug + 'static {
    /// The instruction set.
    type Isa: Isa;
    /// The vector of numbers with as many lanes.
    type Float: Lanes<Elem = f32, Isa = Self::Isa>;

    /// `x` in every lane.
    fn splat(isa: Self::Isa, x: i32) -> Self;
    /// The first numbers of `from`, one a lane; panics if there are fewer.
    fn load(isa: Self::Isa, from: &[i32]) -> Self;
    /// self − b modulo 2³² as an `i32`, rounded to the nearest number.
    fn minus(self, b: Self) -> Self::Float;
}

/// One vector of `LANES` numbers. Arithmetic is IEEE; `mul_add` and `neg_mul_add` round once, but twice in the scalar
/// set.
pub trait Lanes:
    Copy
    + Send
    + Sync
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + 'static
{
    /// The number in each lane.
    type Elem: Real;
    /// The instruction set.
    type Isa: Isa;
    /// One truth value a lane.
    type Mask: Copy
        + BitAnd<Output = Self::Mask>
        + BitOr<Output = Self::Mask>
        + Not<Output = Self::Mask>;
    /// Number of lanes: 1, 2, 4, 8 or 16.
    const LANES: usize;

    /// `x` in every lane.
    fn splat(isa: Self::Isa, x: Self::Elem) -> Self;
    /// `number(lane)` in every lane, rounded to `Elem`.
    #[inline(always)]
    fn by_lane(isa: Self::Isa, number: impl Fn(usize) -> f64) -> Self {
        let all: [Self::Elem; 16] = std::array::from_fn(|lane| Self::Elem::from_f64(number(lane)));
        Self::load(isa, &all)
    }
    /// The first `LANES` numbers of `from`; panics if there are fewer.
    fn load(isa: Self::Isa, from: &[Self::Elem]) -> Self;
    /// Writes the first `LANES` numbers of `to`; panics if there are fewer.
    fn store(self, to: &mut [Self::Elem]);
    /// `N` vectors that lie behind each other, with one look at the length; panics if it is too short.
    fn load_each<const N: usize>(isa: Self::Isa, from: &[Self::Elem]) -> [Self; N];
    /// Writes `N` vectors behind each other; panics if `to` is too short.
    fn store_each<const N: usize>(vectors: [Self; N], to: &mut [Self::Elem]);
    /// The first number of `from` in even lanes, the second in odd ones.
    fn alternate(isa: Self::Isa, from: &[Self::Elem; 2]) -> Self;
    /// Two vectors that, behind each other, have the lanes of self and b in turn: the first of self, the first of b, the
    /// second of self, …
    fn interleave(self, b: Self) -> [Self; 2];
    /// `self·b + c`.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// `c − self·b`.
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    /// Exact quotient.
    fn div(self, b: Self) -> Self;
    /// Exact square root.
    fn sqrt(self) -> Self;
    /// |self|.
    fn abs(self) -> Self;
    /// The smaller, of 0 and −0 either; if a lane of either holds NaN that lane is unspecified.
    fn min(self, b: Self) -> Self;
    /// The larger, of 0 and −0 either; if a lane of either holds NaN that lane is unspecified.
    fn max(self, b: Self) -> Self;
    /// Rounded to the nearest integer, ties to even.
    fn round(self) -> Self;
    /// `self < b`, false for NaN.
    fn lt(self, b: Self) -> Self::Mask;
    /// `self == b`, false for NaN.
    fn eq(self, b: Self) -> Self::Mask;
    /// `a` where the mask is true, else `b`.
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self;
    /// Whether any lane of the mask is true.
    fn any(mask: Self::Mask) -> bool;
    /// Sum of the lanes, always in the same order: the upper half is added to the lower until one is left.
    fn sum(self) -> Self::Elem;
    /// The sums of the lanes of eight vectors, each in an order that never changes (but may differ from that of
    /// [`sum`](Lanes::sum)): much cheaper than one by one.
    fn sum_each(vectors: [Self; 8]) -> [Self::Elem; 8];

    /// ⌊log₂ self⌋ as a number, for positive normal lanes.
    fn exponent(self) -> Self;
    /// self / 2^exponent, in [1, 2), for positive normal lanes.
    fn mantissa(self) -> Self;
    /// self · 2^n for integral lanes `n` from −1022 to 1023 (f64) or −126 to 127 (f32).
    fn scale_by_power_of_two(self, n: Self) -> Self;

    /// 1/self with the given [`accuracy`], for normal lanes up to 1/(4 MIN_POSITIVE) in size.
    ///
    /// Larger ones give 0 or something closer to 0 than 4 MIN_POSITIVE, ±∞ gives 0 or NaN, ±0 and subnormals give
    /// something not below 1/MIN_POSITIVE in size or NaN, NaN gives NaN.
    fn recip<const ACCURACY: usize>(self) -> Self;
    /// Like [`recip`](Lanes::recip), but 0 where self is ±0 or subnormal: the rule for coincident points.
    fn recip0<const ACCURACY: usize>(self) -> Self;
    /// 1/√self with the given [`accuracy`], for positive normal lanes.
    ///
    /// +∞ gives 0 or NaN, negative normal lanes and NaN give NaN, ±0 and subnormals give something not below
    /// 1/√MIN_POSITIVE in size or NaN.
    fn rsqrt<const ACCURACY: usize>(self) -> Self;
    /// Like [`rsqrt`](Lanes::rsqrt), but 0 where self is ±0 or subnormal.
    fn rsqrt0<const ACCURACY: usize>(self) -> Self;
    /// self^{−3/2} for lanes as [`rsqrt`](Lanes::rsqrt) wants them: smaller results than normal ones may be 0, larger ones +∞ or
    /// NaN, and the relative error of the others is in f64 three times that of `rsqrt`, in f32 at most 2.4e-7 (over all numbers
    /// from 1 to 4: 1.5e-7, where the cube of a root has up to 6.8e-7).
    #[inline(always)]
    fn rsqrt_cubed<const ACCURACY: usize>(self) -> Self {
        let y = self.rsqrt::<ACCURACY>();
        y * y * y
    }
    /// ln self with the given [`accuracy`], for positive normal lanes; other lanes hold anything.
    fn ln<const ACCURACY: usize>(self) -> Self;
    /// ½ ln self = ln √self, like [`ln`](Lanes::ln); the factor costs nothing.
    fn half_ln<const ACCURACY: usize>(self) -> Self;
    /// e^self with the given [`accuracy`]; 0 below ln MIN_POSITIVE, NaN for NaN. Lanes above ln(MAX/2) hold anything.
    fn exp<const ACCURACY: usize>(self) -> Self;

    /// `table[⌊place⌋]` in each lane; a place outside the table gives one of its numbers. Panics if there are none.
    #[inline(always)]
    fn look_up(isa: Self::Isa, table: &[Self::Elem], places: Self) -> Self {
        let mut lanes = [Self::Elem::ZERO; 16];
        places.store(&mut lanes);
        for lane in &mut lanes[..Self::LANES] {
            *lane = table[(lane.to_f64() as usize).min(table.len() - 1)];
        }
        Self::load(isa, &lanes)
    }

    /// Loads up to `LANES` numbers, `fill` in the lanes past the end.
    #[inline(always)]
    fn load_or(isa: Self::Isa, from: &[Self::Elem], fill: Self::Elem) -> Self {
        if from.len() >= Self::LANES {
            return Self::load(isa, from);
        }
        let mut all = [fill; 16];
        all[..from.len()].copy_from_slice(from);
        Self::load(isa, &all)
    }

    /// Stores the first `to.len()` lanes if there are fewer than `LANES` places.
    #[inline(always)]
    fn store_first(self, to: &mut [Self::Elem]) {
        if to.len() >= Self::LANES {
            return self.store(to);
        }
        let mut all = [Self::Elem::ZERO; 16];
        self.store(&mut all);
        to.copy_from_slice(&all[..to.len()]);
    }
}

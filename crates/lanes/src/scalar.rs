//! The scalar set: the reference that every other set is tested against.

use crate::{InstructionSet, Integers, Isa, Job, Lanes, Real, math};
use std::ops::{Add, AddAssign, BitAnd, BitOr, Mul, Neg, Not, Sub, SubAssign};

/// One number at a time; every machine has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scalar(());

impl Scalar {
    /// Runs a job. Never inlined, so that it is compiled once, not at every call.
    #[inline(never)]
    pub(crate) fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
}

impl Isa for Scalar {
    type F64 = ScalarVector<f64>;
    type F32 = ScalarVector<f32>;
    type I32 = ScalarIntegers;
    const SET: InstructionSet = InstructionSet::Scalar;
    const REGISTERS: usize = 16;
}

/// A vector of one lane.
#[derive(Clone, Copy, Debug)]
pub struct ScalarVector<T>(T);

/// A whole number.
#[derive(Clone, Copy, Debug)]
pub struct ScalarIntegers(i32);

impl Integers for ScalarIntegers {
    type Isa = Scalar;
    type Float = ScalarVector<f32>;

    #[inline(always)]
    fn splat(_: Scalar, x: i32) -> Self {
        Self(x)
    }
    #[inline(always)]
    fn load(_: Scalar, from: &[i32]) -> Self {
        Self(from[0])
    }
    #[inline(always)]
    fn minus(self, b: Self) -> ScalarVector<f32> {
        ScalarVector(self.0.wrapping_sub(b.0) as f32)
    }
}

/// A mask of one lane.
#[derive(Clone, Copy, Debug)]
pub struct ScalarMask(bool);

impl BitAnd for ScalarMask {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, b: Self) -> Self {
        Self(self.0 & b.0)
    }
}

impl BitOr for ScalarMask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, b: Self) -> Self {
        Self(self.0 | b.0)
    }
}

impl Not for ScalarMask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

macro_rules! arithmetic {
    ($($trait:ident $f:ident $op:tt),*) => {$(
        impl<T: Real> $trait for ScalarVector<T> {
            type Output = Self;
            #[inline(always)]
            fn $f(self, b: Self) -> Self {
                Self(self.0 $op b.0)
            }
        }
    )*};
}
arithmetic!(Add add +, Sub sub -, Mul mul *);

impl<T: Real> Neg for ScalarVector<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<T: Real> AddAssign for ScalarVector<T> {
    #[inline(always)]
    fn add_assign(&mut self, b: Self) {
        self.0 += b.0;
    }
}

impl<T: Real> SubAssign for ScalarVector<T> {
    #[inline(always)]
    fn sub_assign(&mut self, b: Self) {
        self.0 -= b.0;
    }
}

macro_rules! scalar_lanes {
    ($t:ty, $bits:ty, $mantissa_bits:expr, $bias:expr) => {
        impl Lanes for ScalarVector<$t> {
            type Elem = $t;
            type Isa = Scalar;
            type Mask = ScalarMask;
            const LANES: usize = 1;

            #[inline(always)]
            fn splat(_: Scalar, x: $t) -> Self {
                Self(x)
            }
            #[inline(always)]
            fn load(_: Scalar, from: &[$t]) -> Self {
                Self(from[0])
            }
            #[inline(always)]
            fn store(self, to: &mut [$t]) {
                to[0] = self.0;
            }
            #[inline(always)]
            fn load_each<const N: usize>(_: Scalar, from: &[$t]) -> [Self; N] {
                let mut numbers = [Self(0.0); N];
                for (number, &x) in numbers.iter_mut().zip(&from[..N]) {
                    number.0 = x;
                }
                numbers
            }
            #[inline(always)]
            fn store_each<const N: usize>(numbers: [Self; N], to: &mut [$t]) {
                for (x, number) in to[..N].iter_mut().zip(numbers) {
                    *x = number.0;
                }
            }
            #[inline(always)]
            fn alternate(_: Scalar, from: &[$t; 2]) -> Self {
                Self(from[0])
            }
            #[inline(always)]
            fn interleave(self, b: Self) -> [Self; 2] {
                [self, b]
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                Self(self.0 * b.0 + c.0)
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                Self(c.0 - self.0 * b.0)
            }
            #[inline(always)]
            fn div(self, b: Self) -> Self {
                Self(self.0 / b.0)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(self.0.sqrt())
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self(self.0.abs())
            }
            #[inline(always)]
            fn min(self, b: Self) -> Self {
                Self(if self.0 < b.0 { self.0 } else { b.0 })
            }
            #[inline(always)]
            fn max(self, b: Self) -> Self {
                Self(if self.0 > b.0 { self.0 } else { b.0 })
            }
            #[inline(always)]
            fn round(self) -> Self {
                Self(self.0.round_ties_even())
            }
            #[inline(always)]
            fn lt(self, b: Self) -> ScalarMask {
                ScalarMask(self.0 < b.0)
            }
            #[inline(always)]
            fn eq(self, b: Self) -> ScalarMask {
                ScalarMask(self.0 == b.0)
            }
            #[inline(always)]
            fn select(mask: ScalarMask, a: Self, b: Self) -> Self {
                if mask.0 { a } else { b }
            }
            #[inline(always)]
            fn any(mask: ScalarMask) -> bool {
                mask.0
            }
            #[inline(always)]
            fn sum(self) -> $t {
                self.0
            }
            #[inline(always)]
            fn sum_each(vectors: [Self; 8]) -> [$t; 8] {
                let mut sums = [0.0; 8];
                for i in 0..8 {
                    sums[i] = vectors[i].0;
                }
                sums
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                Self(((self.0.to_bits() >> $mantissa_bits) as i32 - $bias) as $t)
            }
            #[inline(always)]
            fn mantissa(self) -> Self {
                let fraction = self.0.to_bits() & ((1 << $mantissa_bits) - 1);
                Self(<$t>::from_bits(
                    fraction | (($bias as $bits) << $mantissa_bits),
                ))
            }
            #[inline(always)]
            fn scale_by_power_of_two(self, n: Self) -> Self {
                Self(self.0 * <$t>::from_bits(((n.0 as i32 + $bias) as $bits) << $mantissa_bits))
            }
            #[inline(always)]
            fn recip<const ACCURACY: usize>(self) -> Self {
                Self(1.0 / self.0)
            }
            #[inline(always)]
            fn recip0<const ACCURACY: usize>(self) -> Self {
                Self(if self.0.abs() < <$t>::MIN_POSITIVE {
                    0.0
                } else {
                    1.0 / self.0
                })
            }
            #[inline(always)]
            fn rsqrt<const ACCURACY: usize>(self) -> Self {
                Self(1.0 / self.0.sqrt())
            }
            #[inline(always)]
            fn rsqrt0<const ACCURACY: usize>(self) -> Self {
                Self(if self.0.abs() < <$t>::MIN_POSITIVE {
                    0.0
                } else {
                    1.0 / self.0.sqrt()
                })
            }
            #[inline(always)]
            fn rsqrt_cubed<const ACCURACY: usize>(self) -> Self {
                Self(1.0 / (self.0 * self.0.sqrt()))
            }
            #[inline(always)]
            fn ln<const ACCURACY: usize>(self) -> Self {
                Self(self.0.ln())
            }
            #[inline(always)]
            fn half_ln<const ACCURACY: usize>(self) -> Self {
                Self(0.5 * self.0.ln())
            }
            #[inline(always)]
            fn exp<const ACCURACY: usize>(self) -> Self {
                Self(if self.0 < math::lowest::<Self>() as $t {
                    0.0
                } else {
                    self.0.exp()
                })
            }
        }
    };
}
scalar_lanes!(f64, u64, 52, 1023);
scalar_lanes!(f32, u32, 23, 127);

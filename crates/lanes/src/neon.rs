//! NEON on 64-bit Arm: 2 × f64 or 4 × f32; masks are vectors of all-one or all-zero lanes; seeds of 8 bits.

// Every such machine has NEON, so newer compilers let some of its intrinsics be called as they are, and older do not.
#![allow(unused_unsafe)]

use crate::{InstructionSet, Isa};

/// Proof of NEON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon(());

impl Neon {
    /// Some if the machine has it.
    pub(crate) fn detect() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("neon").then_some(Self(()))
    }
}

impl Isa for Neon {
    type F64 = double::F64x2;
    type F32 = single::F32x4;
    type I32 = single::I32x4;
    const SET: InstructionSet = InstructionSet::Neon;
    const REGISTERS: usize = 32;
}

/// The vector type from the intrinsics in scope.
macro_rules! neon {
    ($(#[$doc:meta])* $name:ident; $($rest:tt)*) => {
        type Token = super::Neon;
        const ISA: Token = super::Neon(());

        /// All ones or all zeros in each lane.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Mask(Bits);

        impl std::ops::BitAnd for Mask {
            type Output = Self;
            #[inline(always)]
            fn bitand(self, b: Self) -> Self {
                Self(intrinsics!(and(self.0, b.0)))
            }
        }

        impl std::ops::BitOr for Mask {
            type Output = Self;
            #[inline(always)]
            fn bitor(self, b: Self) -> Self {
                Self(intrinsics!(or(self.0, b.0)))
            }
        }

        impl std::ops::Not for Mask {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                Self(intrinsics!(xor(self.0, broadcast_bits(!0))))
            }
        }

        #[inline(always)]
        unsafe fn fmadd(a: Register, b: Register, c: Register) -> Register {
            intrinsics!(add_product(c, a, b))
        }

        #[inline(always)]
        unsafe fn fnmadd(a: Register, b: Register, c: Register) -> Register {
            intrinsics!(sub_product(c, a, b))
        }

        vector! {
            $(#[$doc])* $name;

            #[inline(always)]
            fn lt(self, b: Self) -> Mask {
                Mask(intrinsics!(less(self.0, b.0)))
            }
            #[inline(always)]
            fn eq(self, b: Self) -> Mask {
                Mask(intrinsics!(equal(self.0, b.0)))
            }
            #[inline(always)]
            fn select(mask: Mask, a: Self, b: Self) -> Self {
                Self(intrinsics!(blend(mask.0, a.0, b.0)))
            }
            #[inline(always)]
            fn any(mask: Mask) -> bool {
                intrinsics!(largest(as_u32(mask.0))) != 0
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                Self(intrinsics!({
                    let field = to_number(shift_right::<MANTISSA_BITS>(as_bits(self.0)));
                    sub(field, broadcast(BIAS))
                }))
            }
            #[inline(always)]
            fn mantissa(self) -> Self {
                Self(intrinsics!({
                    let fraction = and(as_bits(self.0), broadcast_bits(MANTISSA_FIELD));
                    as_numbers(or(fraction, as_bits(broadcast(1.0))))
                }))
            }
            #[inline(always)]
            fn scale_by_power_of_two(self, n: Self) -> Self {
                Self(intrinsics!({
                    let field = to_integer(add(n.0, broadcast(BIAS)));
                    mul(self.0, as_numbers(shift_left::<MANTISSA_BITS>(field)))
                }))
            }
            #[inline(always)]
            fn recip<const ACCURACY: usize>(self) -> Self {
                self.recip_from::<ACCURACY>(Self(intrinsics!(recip_seed(self.0))))
            }
            #[inline(always)]
            fn recip0<const ACCURACY: usize>(self) -> Self {
                let seed = Self(intrinsics!(recip_seed(self.0)));
                self.recip_from::<ACCURACY>(self.normal_or_zero(seed))
            }
            #[inline(always)]
            fn rsqrt<const ACCURACY: usize>(self) -> Self {
                self.rsqrt_from::<ACCURACY>(Self(intrinsics!(rsqrt_seed(self.0))))
            }
            #[inline(always)]
            fn rsqrt0<const ACCURACY: usize>(self) -> Self {
                let seed = Self(intrinsics!(rsqrt_seed(self.0)));
                self.rsqrt_from::<ACCURACY>(self.normal_or_zero(seed))
            }
            $($rest)*
            #[inline(always)]
            fn ln<const ACCURACY: usize>(self) -> Self {
                math::ln(ISA, step(ACCURACY), 1.0, math::split(ISA, self))
            }
            #[inline(always)]
            fn half_ln<const ACCURACY: usize>(self) -> Self {
                math::ln(ISA, step(ACCURACY), 0.5, math::split(ISA, self))
            }
            #[inline(always)]
            fn exp<const ACCURACY: usize>(self) -> Self {
                math::exp(ISA, step(ACCURACY), self)
            }
        }

        impl $name {
            /// The instruction for Newton's factor 2 − xy makes 16 bits of the seed's 8.
            #[inline(always)]
            fn recip_from<const ACCURACY: usize>(self, seed: Self) -> Self {
                let seed = Self(intrinsics!(mul(seed.0, recip_factor(self.0, seed.0))));
                newton::recip(ISA, step(ACCURACY), self, seed)
            }

            /// The same with the factor (3 − xy²)/2.
            #[inline(always)]
            fn better_root(self, seed: Self) -> Self {
                let product = self * seed;
                Self(intrinsics!(mul(seed.0, rsqrt_factor(product.0, seed.0))))
            }

            /// 1/√self from its seed.
            #[inline(always)]
            fn rsqrt_from<const ACCURACY: usize>(self, seed: Self) -> Self {
                newton::rsqrt(ISA, step(ACCURACY), self, self.better_root(seed))
            }

            /// `y`, or 0 where self is ±0 or subnormal.
            #[inline(always)]
            fn normal_or_zero(self, y: Self) -> Self {
                Self(intrinsics!({
                    let normal = not_smaller_in_size(self.0, broadcast(Elem::MIN_POSITIVE));
                    as_numbers(and(as_bits(y.0), normal))
                }))
            }
        }
    };
}

mod double {
    use crate::vector::{intrinsics, vector};
    use crate::{math, newton};
    use std::arch::aarch64::{
        float64x2_t as Register, uint64x2_t as Bits, vabsq_f64 as magnitude, vaddq_f64 as add,
        vandq_u64 as and, vbslq_f64 as blend, vcageq_f64 as not_smaller_in_size,
        vceqq_f64 as equal, vcltq_f64 as less, vcvtq_f64_u64 as to_number,
        vcvtq_u64_f64 as to_integer, vdivq_f64 as divide, vdupq_n_f64 as broadcast,
        vdupq_n_u64 as broadcast_bits, veorq_u64 as xor, vfmaq_f64 as add_product,
        vfmsq_f64 as sub_product, vld1q_f64 as load, vmaxq_f64 as maximum, vmaxvq_u32 as largest,
        vminq_f64 as minimum, vmulq_f64 as mul, vnegq_f64 as negate, vorrq_u64 as or,
        vpaddq_f64 as neighbours, vrecpeq_f64 as recip_seed, vrecpsq_f64 as recip_factor,
        vreinterpretq_f64_u64 as as_numbers, vreinterpretq_u32_u64 as as_u32,
        vreinterpretq_u64_f64 as as_bits, vrndnq_f64 as nearest, vrsqrteq_f64 as rsqrt_seed,
        vrsqrtsq_f64 as rsqrt_factor, vshlq_n_u64 as shift_left, vshrq_n_u64 as shift_right,
        vsqrtq_f64 as root, vst1q_f64 as store, vsubq_f64 as sub, vzip1q_f64 as zip_low,
        vzip2q_f64 as zip_high,
    };

    type Elem = f64;
    const LANES: usize = 2;
    const MANTISSA_FIELD: u64 = 0x000f_ffff_ffff_ffff;
    const MANTISSA_BITS: i32 = 52;
    const BIAS: f64 = 1023.0;

    /// One step reaches every accuracy from 16 bits.
    const fn step(accuracy: usize) -> usize {
        accuracy
    }

    #[inline(always)]
    unsafe fn alternate(from: *const Elem) -> Register {
        intrinsics!(load(from))
    }

    #[inline(always)]
    unsafe fn interleave(a: Register, b: Register) -> [Register; 2] {
        intrinsics!([zip_low(a, b), zip_high(a, b)])
    }

    #[inline(always)]
    unsafe fn sum_each(v: [Register; 8]) -> [Elem; 8] {
        intrinsics!({
            let mut sums = [0.0; 8];
            for i in [0, 2, 4, 6] {
                store(sums[i..].as_mut_ptr(), neighbours(v[i], v[i + 1]));
            }
            sums
        })
    }

    neon! {
        /// 2 × f64.
        F64x2;
    }
}

mod single {
    use crate::vector::{integers, intrinsics, vector};
    use crate::{accuracy, math, newton};
    use std::arch::aarch64::{
        float32x4_t as Register, int32x4_t as Whole, uint32x4_t as Bits, vabsq_f32 as magnitude,
        vaddq_f32 as add, vandq_u32 as and, vbslq_f32 as blend, vcageq_f32 as not_smaller_in_size,
        vceqq_f32 as equal, vcltq_f32 as less, vcvtq_f32_s32 as to_numbers,
        vcvtq_f32_u32 as to_number, vcvtq_u32_f32 as to_integer, vdivq_f32 as divide,
        vdupq_n_f32 as broadcast, vdupq_n_f64 as broadcast_double, vdupq_n_s32 as broadcast_whole,
        vdupq_n_u32 as broadcast_bits, veorq_u32 as xor, vfmaq_f32 as add_product,
        vfmsq_f32 as sub_product, vld1q_f32 as load, vld1q_s32 as load_whole, vmaxq_f32 as maximum,
        vmaxvq_u32 as largest, vminq_f32 as minimum, vmulq_f32 as mul, vnegq_f32 as negate,
        vorrq_u32 as or, vpaddq_f32 as neighbours, vrecpeq_f32 as recip_seed,
        vrecpsq_f32 as recip_factor, vreinterpretq_f32_f64 as of_doubles,
        vreinterpretq_f32_u32 as as_numbers, vreinterpretq_u32_f32 as as_bits,
        vrndnq_f32 as nearest, vrsqrteq_f32 as rsqrt_seed, vrsqrtsq_f32 as rsqrt_factor,
        vshlq_n_u32 as shift_left, vshrq_n_u32 as shift_right, vsqrtq_f32 as root,
        vst1q_f32 as store, vsubq_f32 as sub, vsubq_s32 as subtract, vzip1q_f32 as zip_low,
        vzip2q_f32 as zip_high,
    };

    type Elem = f32;
    const LANES: usize = 4;
    const MANTISSA_FIELD: u32 = 0x007f_ffff;
    const MANTISSA_BITS: i32 = 23;
    const BIAS: f32 = 127.0;

    #[inline(always)]
    fn as_u32(x: Bits) -> Bits {
        x
    }

    /// The second accuracy already is full.
    const fn step(accuracy: usize) -> usize {
        match accuracy {
            accuracy::COARSE => accuracy::COARSE,
            _ => accuracy::SINGLE,
        }
    }

    #[inline(always)]
    unsafe fn alternate(from: *const Elem) -> Register {
        intrinsics!(of_doubles(broadcast_double(
            from.cast::<f64>().read_unaligned()
        )))
    }

    #[inline(always)]
    unsafe fn interleave(a: Register, b: Register) -> [Register; 2] {
        intrinsics!([zip_low(a, b), zip_high(a, b)])
    }

    #[inline(always)]
    unsafe fn sum_each(v: [Register; 8]) -> [Elem; 8] {
        intrinsics!({
            let mut sums = [0.0; 8];
            for i in [0, 4] {
                let first = neighbours(v[i], v[i + 1]);
                let second = neighbours(v[i + 2], v[i + 3]);
                store(sums[i..].as_mut_ptr(), neighbours(first, second));
            }
            sums
        })
    }

    neon! {
        /// 4 × f32.
        F32x4;

        #[inline(always)]
        fn rsqrt_cubed<const ACCURACY: usize>(self) -> Self {
            let seed = Self(intrinsics!(rsqrt_seed(self.0)));
            newton::rsqrt_cubed(ISA, step(ACCURACY), self, self.better_root(seed))
        }
    }

    integers! {
        /// 4 × i32.
        I32x4, F32x4
    }
}

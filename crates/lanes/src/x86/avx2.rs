//! AVX2 with FMA: 4 × f64 or 8 × f32; masks are vectors of all-one or all-zero lanes.

use crate::{InstructionSet, Isa, Job};

/// Proof of AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// Some if the machine has it.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }

    /// Runs a job, compiled for this set. Each set has its own function in its own module, so that the compiler can work
    /// on them at the same time.
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
}

impl Isa for Avx2 {
    type F64 = double::F64x4;
    type F32 = single::F32x8;
    type I32 = single::I32x8;
    const SET: InstructionSet = InstructionSet::Avx2;
    const REGISTERS: usize = 16;
}

pub(super) use single::sum_each as sum_each_single;

/// The vector type from the intrinsics in scope.
macro_rules! avx2 {
    ($(#[$doc:meta])* $name:ident; $($reciprocals:tt)*) => {
        type Token = super::Avx2;
        const ISA: Token = super::Avx2(());

        /// All ones or all zeros in each lane.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Mask(Register);

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
                Self(intrinsics!(xor(self.0, as_numbers(broadcast_bits(-1)))))
            }
        }

        #[inline(always)]
        unsafe fn negate(x: Register) -> Register {
            intrinsics!(xor(x, broadcast(-0.0)))
        }

        #[inline(always)]
        unsafe fn magnitude(x: Register) -> Register {
            intrinsics!(and_not(broadcast(-0.0), x))
        }

        #[inline(always)]
        unsafe fn nearest(x: Register) -> Register {
            intrinsics!(round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x))
        }

        vector! {
            $(#[$doc])* $name;

            #[inline(always)]
            fn lt(self, b: Self) -> Mask {
                Mask(intrinsics!(compare::<_CMP_LT_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn eq(self, b: Self) -> Mask {
                Mask(intrinsics!(compare::<_CMP_EQ_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn select(mask: Mask, a: Self, b: Self) -> Self {
                Self(intrinsics!(blend(b.0, a.0, mask.0)))
            }
            #[inline(always)]
            fn any(mask: Mask) -> bool {
                intrinsics!(sign_bits(mask.0)) != 0
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                // The exponent field, as an integer, in the last bits of a number whose unit is the last bit.
                Self(intrinsics!({
                    let unit = broadcast(LAST_BIT_IS_ONE);
                    let field = shift_right::<MANTISSA_BITS>(as_bits(self.0));
                    let biased = as_numbers(or_bits(field, as_bits(unit)));
                    sub(biased, broadcast(LAST_BIT_IS_ONE + BIAS))
                }))
            }
            #[inline(always)]
            fn mantissa(self) -> Self {
                Self(intrinsics!({
                    let one = broadcast(1.0);
                    or(and(self.0, as_numbers(broadcast_bits(MANTISSA_FIELD))), one)
                }))
            }
            #[inline(always)]
            fn scale_by_power_of_two(self, n: Self) -> Self {
                // The exponent field of 2ⁿ, in the last bits of a number, moved to its place.
                Self(intrinsics!({
                    let field = as_bits(add(n.0, broadcast(LAST_BIT_IS_ONE + BIAS)));
                    mul(self.0, as_numbers(shift_left::<MANTISSA_BITS>(field)))
                }))
            }
            #[inline(always)]
            fn ln<const ACCURACY: usize>(self) -> Self {
                math::ln(ISA, step(ACCURACY), 1.0, self.split())
            }
            #[inline(always)]
            fn half_ln<const ACCURACY: usize>(self) -> Self {
                math::ln(ISA, step(ACCURACY), 0.5, self.split())
            }
            #[inline(always)]
            fn exp<const ACCURACY: usize>(self) -> Self {
                math::exp(ISA, step(ACCURACY), self)
            }
            $($reciprocals)*
        }

        impl $name {
            /// (e, m) with self = 2ᵉ m, √½ ≤ m < √2, by whole numbers: with 1 − √½ added, the bits of the exponent change
            /// at √2 instead of 2.
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                const ONE: Bits = Elem::to_bits(1.0).cast_signed();
                const TO_ROOT: Bits = ONE - Elem::to_bits(SQRT_HALF).cast_signed();
                intrinsics!({
                    let bits = as_bits(self.0);
                    let shifted = add_bits(bits, broadcast_bits(TO_ROOT));
                    let field = and_bits(shifted, broadcast_bits(!MANTISSA_FIELD));
                    let m = sub_bits(bits, sub_bits(field, broadcast_bits(ONE)));
                    (crate::Lanes::exponent(Self(as_numbers(shifted))), Self(as_numbers(m)))
                })
            }

            /// `y`, or 0 where self is ±0 or subnormal.
            #[inline(always)]
            fn normal_or_zero(self, y: Self) -> Self {
                Self(intrinsics!({
                    let size = magnitude(self.0);
                    and(y.0, compare::<_CMP_NLT_UQ>(size, broadcast(Elem::MIN_POSITIVE)))
                }))
            }
        }
    };
}

mod double {
    use crate::math;
    use crate::vector::{intrinsics, vector};
    use std::arch::x86_64::{
        __m256d as Register, _CMP_EQ_OQ, _CMP_LT_OQ, _CMP_NLT_UQ, _MM_FROUND_NO_EXC,
        _MM_FROUND_TO_NEAREST_INT, _mm_loadu_pd as load_pair, _mm256_add_epi64 as add_bits,
        _mm256_add_pd as add, _mm256_and_pd as and, _mm256_and_si256 as and_bits,
        _mm256_andnot_pd as and_not, _mm256_blendv_pd as blend, _mm256_castpd_si256 as as_bits,
        _mm256_castsi256_pd as as_numbers, _mm256_cmp_pd as compare, _mm256_div_pd as divide,
        _mm256_fmadd_pd as fmadd, _mm256_fnmadd_pd as fnmadd, _mm256_hadd_pd as neighbours,
        _mm256_loadu_pd as load, _mm256_max_pd as maximum, _mm256_min_pd as minimum,
        _mm256_movemask_pd as sign_bits, _mm256_mul_pd as mul, _mm256_or_pd as or,
        _mm256_or_si256 as or_bits, _mm256_permute2f128_pd as halves, _mm256_round_pd as round,
        _mm256_set_m128d as both_halves, _mm256_set1_epi64x as broadcast_bits,
        _mm256_set1_pd as broadcast, _mm256_slli_epi64 as shift_left, _mm256_sqrt_pd as root,
        _mm256_srli_epi64 as shift_right, _mm256_storeu_pd as store, _mm256_sub_epi64 as sub_bits,
        _mm256_sub_pd as sub, _mm256_unpackhi_pd as unpack_high, _mm256_unpacklo_pd as unpack_low,
        _mm256_xor_pd as xor,
    };
    use std::arch::x86_64::{
        _mm_max_epi32 as larger, _mm_min_epi32 as smaller, _mm_set1_epi32 as broadcast_place,
        _mm256_cvttpd_epi32 as to_places, _mm256_i32gather_pd as gather,
    };

    type Elem = f64;
    type Bits = i64;
    const LANES: usize = 4;
    const SQRT_HALF: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const MANTISSA_FIELD: i64 = 0x000f_ffff_ffff_ffff;
    const MANTISSA_BITS: i32 = 52;
    const LAST_BIT_IS_ONE: f64 = (1_u64 << MANTISSA_BITS) as f64;
    const BIAS: f64 = 1023.0;

    /// Polynomials follow the accuracy.
    const fn step(accuracy: usize) -> usize {
        accuracy
    }

    #[inline(always)]
    unsafe fn alternate(from: *const Elem) -> Register {
        intrinsics!({
            let pair = load_pair(from);
            both_halves(pair, pair)
        })
    }

    #[inline(always)]
    unsafe fn interleave(a: Register, b: Register) -> [Register; 2] {
        intrinsics!({
            let (even, odd) = (unpack_low(a, b), unpack_high(a, b));
            [halves::<0x20>(even, odd), halves::<0x31>(even, odd)]
        })
    }

    /// Neighbours first, then the two halves.
    #[inline(always)]
    unsafe fn sum_each(v: [Register; 8]) -> [Elem; 8] {
        intrinsics!({
            let mut sums = [0.0; 8];
            for half in [0, 4] {
                let first = neighbours(v[half], v[half + 1]);
                let second = neighbours(v[half + 2], v[half + 3]);
                let low = halves::<0b0010_0000>(first, second);
                let high = halves::<0b0011_0001>(first, second);
                store(sums[half..].as_mut_ptr(), add(low, high));
            }
            sums
        })
    }

    avx2! {
        /// 4 × f64; the divider is faster here than a seed and its steps.
        F64x4;

        #[inline(always)]
        fn recip<const ACCURACY: usize>(self) -> Self {
            Self::splat(ISA, 1.0).div(self)
        }
        #[inline(always)]
        fn recip0<const ACCURACY: usize>(self) -> Self {
            self.normal_or_zero(self.recip::<ACCURACY>())
        }
        #[inline(always)]
        fn rsqrt<const ACCURACY: usize>(self) -> Self {
            Self::splat(ISA, 1.0).div(self.sqrt())
        }
        #[inline(always)]
        fn rsqrt0<const ACCURACY: usize>(self) -> Self {
            self.normal_or_zero(self.rsqrt::<ACCURACY>())
        }
        #[inline(always)]
        fn rsqrt_cubed<const ACCURACY: usize>(self) -> Self {
            Self::splat(ISA, 1.0).div(self * self.sqrt())
        }
        #[inline(always)]
        fn look_up(_: Token, table: &[f64], places: Self) -> Self {
            let last = i32::try_from(table.len()).unwrap_or(i32::MAX) - 1;
            assert!(last >= 0, "a table has numbers");
            // No place is outside the table, whatever its lane was.
            Self(intrinsics!({
                let places = larger(to_places(places.0), broadcast_place(0));
                gather::<8>(table.as_ptr(), smaller(places, broadcast_place(last)))
            }))
        }
    }
}

mod single {
    use crate::vector::{integers, intrinsics, vector};
    use crate::{accuracy, math, newton};
    use std::arch::x86_64::{
        __m256 as Register, __m256i as Whole, _CMP_EQ_OQ, _CMP_LT_OQ, _CMP_NLT_UQ,
        _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEAREST_INT, _mm256_add_epi32 as add_bits,
        _mm256_add_ps as add, _mm256_and_ps as and, _mm256_and_si256 as and_bits,
        _mm256_andnot_ps as and_not, _mm256_blendv_ps as blend, _mm256_castpd_ps as of_doubles,
        _mm256_castps_si256 as as_bits, _mm256_castsi256_ps as as_numbers,
        _mm256_cmp_ps as compare, _mm256_cvtepi32_ps as to_numbers, _mm256_div_ps as divide,
        _mm256_fmadd_ps as fmadd, _mm256_fnmadd_ps as fnmadd, _mm256_hadd_ps as neighbours,
        _mm256_loadu_ps as load, _mm256_loadu_si256 as load_whole, _mm256_max_ps as maximum,
        _mm256_min_ps as minimum, _mm256_movemask_ps as sign_bits, _mm256_mul_ps as mul,
        _mm256_or_ps as or, _mm256_or_si256 as or_bits, _mm256_permute2f128_ps as halves,
        _mm256_rcp_ps as recip_seed, _mm256_round_ps as round, _mm256_rsqrt_ps as rsqrt_seed,
        _mm256_set1_epi32 as broadcast_whole, _mm256_set1_epi32 as broadcast_bits,
        _mm256_set1_pd as broadcast_double, _mm256_set1_ps as broadcast,
        _mm256_slli_epi32 as shift_left, _mm256_sqrt_ps as root, _mm256_srli_epi32 as shift_right,
        _mm256_storeu_ps as store, _mm256_sub_epi32 as sub_bits, _mm256_sub_epi32 as subtract,
        _mm256_sub_ps as sub, _mm256_unpackhi_ps as unpack_high, _mm256_unpacklo_ps as unpack_low,
        _mm256_xor_ps as xor,
    };

    type Elem = f32;
    type Bits = i32;
    const LANES: usize = 8;
    const SQRT_HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
    const MANTISSA_FIELD: i32 = 0x007f_ffff;
    const MANTISSA_BITS: i32 = 23;
    /// A plain Newton step leaves 1.4e-7 of these seeds.
    const fn seeded(accuracy: usize) -> usize {
        match accuracy {
            accuracy::COARSE => accuracy::SINGLE,
            _ => accuracy::MIDDLE,
        }
    }
    const LAST_BIT_IS_ONE: f32 = (1_u64 << MANTISSA_BITS) as f32;
    const BIAS: f32 = 127.0;

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
        intrinsics!({
            let (even, odd) = (unpack_low(a, b), unpack_high(a, b));
            [halves::<0x20>(even, odd), halves::<0x31>(even, odd)]
        })
    }

    /// Neighbours twice, then the two halves.
    #[inline(always)]
    pub(crate) unsafe fn sum_each(v: [Register; 8]) -> [Elem; 8] {
        intrinsics!({
            let first = neighbours(neighbours(v[0], v[1]), neighbours(v[2], v[3]));
            let second = neighbours(neighbours(v[4], v[5]), neighbours(v[6], v[7]));
            let low = halves::<0b0010_0000>(first, second);
            let high = halves::<0b0011_0001>(first, second);
            let mut sums = [0.0; 8];
            store(sums.as_mut_ptr(), add(low, high));
            sums
        })
    }

    avx2! {
        /// 8 × f32, with seeds of 11 bits.
        F32x8;

        #[inline(always)]
        fn recip<const ACCURACY: usize>(self) -> Self {
            let seed = Self(intrinsics!(recip_seed(self.0)));
            newton::recip(ISA, seeded(ACCURACY), self, seed)
        }
        #[inline(always)]
        fn recip0<const ACCURACY: usize>(self) -> Self {
            let seed = self.normal_or_zero(Self(intrinsics!(recip_seed(self.0))));
            newton::recip(ISA, seeded(ACCURACY), self, seed)
        }
        #[inline(always)]
        fn rsqrt<const ACCURACY: usize>(self) -> Self {
            let seed = Self(intrinsics!(rsqrt_seed(self.0)));
            newton::rsqrt(ISA, seeded(ACCURACY), self, seed)
        }
        #[inline(always)]
        fn rsqrt0<const ACCURACY: usize>(self) -> Self {
            let seed = self.normal_or_zero(Self(intrinsics!(rsqrt_seed(self.0))));
            newton::rsqrt(ISA, seeded(ACCURACY), self, seed)
        }
        #[inline(always)]
        fn rsqrt_cubed<const ACCURACY: usize>(self) -> Self {
            let seed = Self(intrinsics!(rsqrt_seed(self.0)));
            // One term would leave 1e-6 of these seeds.
            newton::rsqrt_cubed(ISA, accuracy::MIDDLE, self, seed)
        }
    }

    integers! {
        /// 8 × i32.
        I32x8, F32x8
    }
}

//! AVX-512: 8 × f64 or 16 × f32; masks are integers; seeds of 14 bits.

use crate::{InstructionSet, Isa, Job};
use std::ops::{BitAnd, BitOr, Not};

/// Proof of AVX-512 F, DQ, VL and BW.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// Some if the machine has it.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma"))
        .then_some(Self(()))
    }

    /// Runs a job, compiled for this set. Each set has its own function in its own module, so that the compiler can work
    /// on them at the same time.
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
    pub(crate) fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }
}

impl Isa for Avx512 {
    type F64 = double::F64x8;
    type F32 = single::F32x16;
    type I32 = single::I32x16;
    const SET: InstructionSet = InstructionSet::Avx512;
    const REGISTERS: usize = 32;
}

/// One bit a lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits<T>(T);

impl<T: BitAnd<Output = T>> BitAnd for Bits<T> {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, b: Self) -> Self {
        Self(self.0 & b.0)
    }
}

impl<T: BitOr<Output = T>> BitOr for Bits<T> {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, b: Self) -> Self {
        Self(self.0 | b.0)
    }
}

impl<T: Not<Output = T>> Not for Bits<T> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// The vector type from the intrinsics in scope.
macro_rules! avx512 {
    ($(#[$doc:meta])* $name:ident, $mask:ty; $($rest:tt)*) => {
        type Token = super::Avx512;
        type Mask = super::Bits<$mask>;
        const ISA: Token = super::Avx512(());

        #[inline(always)]
        unsafe fn negate(x: Register) -> Register {
            intrinsics!(xor(x, broadcast(-0.0)))
        }

        #[inline(always)]
        unsafe fn nearest(x: Register) -> Register {
            intrinsics!(round_scale::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x))
        }

        vector! {
            $(#[$doc])* $name;

            #[inline(always)]
            fn lt(self, b: Self) -> Mask {
                super::Bits(intrinsics!(compare::<_CMP_LT_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn eq(self, b: Self) -> Mask {
                super::Bits(intrinsics!(compare::<_CMP_EQ_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn select(mask: Mask, a: Self, b: Self) -> Self {
                Self(intrinsics!(blend(mask.0, b.0, a.0)))
            }
            #[inline(always)]
            fn any(mask: Mask) -> bool {
                mask.0 != 0
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                Self(intrinsics!(exponent(self.0)))
            }
            #[inline(always)]
            fn mantissa(self) -> Self {
                Self(intrinsics!(mantissa::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_ZERO>(self.0)))
            }
            #[inline(always)]
            fn scale_by_power_of_two(self, n: Self) -> Self {
                Self(intrinsics!(scale(self.0, n.0)))
            }
            #[inline(always)]
            fn recip<const ACCURACY: usize>(self) -> Self {
                if ACCURACY == crate::accuracy::DIVIDED {
                    return Self::splat(ISA, 1.0).div(self);
                }
                let seed = Self(intrinsics!(recip_seed(self.0)));
                newton::recip(ISA, step(ACCURACY), self, seed)
            }
            #[inline(always)]
            fn recip0<const ACCURACY: usize>(self) -> Self {
                let seed = Self(intrinsics!(recip_seed_or_zero(self.normal(), self.0)));
                newton::recip(ISA, step(ACCURACY), self, seed)
            }
            #[inline(always)]
            fn rsqrt<const ACCURACY: usize>(self) -> Self {
                let seed = Self(intrinsics!(rsqrt_seed(self.0)));
                newton::rsqrt(ISA, step(ACCURACY), self, seed)
            }
            #[inline(always)]
            fn rsqrt0<const ACCURACY: usize>(self) -> Self {
                let seed = Self(intrinsics!(rsqrt_seed_or_zero(self.normal(), self.0)));
                newton::rsqrt(ISA, step(ACCURACY), self, seed)
            }
            $($rest)*
            #[inline(always)]
            fn ln<const ACCURACY: usize>(self) -> Self {
                table::ln(ISA, step(ACCURACY), 1.0, self)
            }
            #[inline(always)]
            fn half_ln<const ACCURACY: usize>(self) -> Self {
                table::ln(ISA, step(ACCURACY), 0.5, self)
            }
            #[inline(always)]
            fn exp<const ACCURACY: usize>(self) -> Self {
                table::exp(ISA, step(ACCURACY), self)
            }
        }

        impl table::LookUp for $name {
            const SIXTEENTHS: f64 = SIXTEENTHS;
            #[inline(always)]
            fn by_mantissa(self, table: [Elem; 16]) -> Self {
                Self(intrinsics!(look_up(&table, shift_right::<FOURTH>(as_bits(self.0)))))
            }
            #[inline(always)]
            fn by_last_bits(self, table: [Elem; 16]) -> Self {
                Self(intrinsics!(look_up(&table, as_bits(self.0))))
            }
            #[inline(always)]
            fn scale_or_zero(self, n: Self, x: Self, lowest: Self) -> Self {
                // Not less, so that NaN stays NaN.
                Self(intrinsics!({
                    let keep = compare::<_CMP_NLT_UQ>(x.0, lowest.0);
                    scale_or_zero(keep, self.0, n.0)
                }))
            }
        }

        impl $name {
            /// Where |self| ≥ MIN_POSITIVE or NaN. Testing the bits would be one instruction less, but LLVM makes many
            /// of it.
            #[inline(always)]
            fn normal(self) -> $mask {
                intrinsics!({
                    let size = magnitude(self.0);
                    compare::<_CMP_NLT_UQ>(size, broadcast(Elem::MIN_POSITIVE))
                })
            }
        }
    };
}

mod double {
    use crate::vector::{intrinsics, vector};
    use crate::{newton, table};
    use std::arch::x86_64::__m512i as Integers;
    use std::arch::x86_64::{
        __m512d as Register, _CMP_EQ_OQ, _CMP_LT_OQ, _CMP_NLT_UQ, _MM_FROUND_NO_EXC,
        _MM_FROUND_TO_NEAREST_INT, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_ZERO,
        _mm_loadu_pd as load_pair, _mm512_abs_pd as magnitude, _mm512_add_pd as add,
        _mm512_broadcast_f64x2 as broadcast_pair, _mm512_castpd_si512 as as_bits,
        _mm512_cmp_pd_mask as compare, _mm512_div_pd as divide, _mm512_fmadd_pd as fmadd,
        _mm512_fnmadd_pd as fnmadd, _mm512_getexp_pd as exponent, _mm512_getmant_pd as mantissa,
        _mm512_loadu_pd as load, _mm512_mask_blend_pd as blend,
        _mm512_maskz_rcp14_pd as recip_seed_or_zero, _mm512_maskz_rsqrt14_pd as rsqrt_seed_or_zero,
        _mm512_maskz_scalef_pd as scale_or_zero, _mm512_max_pd as maximum,
        _mm512_min_pd as minimum, _mm512_mul_pd as mul, _mm512_permutex2var_pd as permute,
        _mm512_rcp14_pd as recip_seed, _mm512_roundscale_pd as round_scale,
        _mm512_rsqrt14_pd as rsqrt_seed, _mm512_scalef_pd as scale, _mm512_set_epi64 as set_whole,
        _mm512_set1_pd as broadcast, _mm512_shuffle_f64x2 as shuffle, _mm512_sqrt_pd as root,
        _mm512_srli_epi64 as shift_right, _mm512_storeu_pd as store, _mm512_sub_pd as sub,
        _mm512_unpackhi_pd as unpack_high, _mm512_unpacklo_pd as unpack_low, _mm512_xor_pd as xor,
    };
    use std::arch::x86_64::{
        _mm256_max_epi32 as larger, _mm256_min_epi32 as smaller,
        _mm256_set1_epi32 as broadcast_place, _mm512_cvttpd_epi32 as to_places,
        _mm512_i32gather_pd as gather,
    };

    type Elem = f64;
    const LANES: usize = 8;
    /// Adding it rounds to sixteenths.
    const SIXTEENTHS: f64 = 1.5 * (1_u64 << 48) as f64;
    /// Places between the mantissa's fourth bit and the last bit.
    const FOURTH: u32 = 48;

    /// One step reaches every accuracy from 14 bits.
    const fn step(accuracy: usize) -> usize {
        accuracy
    }

    #[inline(always)]
    unsafe fn look_up(table: &[Elem; 16], index: Integers) -> Register {
        intrinsics!(permute(
            load(table.as_ptr()),
            index,
            load(table[8..].as_ptr())
        ))
    }

    #[inline(always)]
    unsafe fn alternate(from: *const Elem) -> Register {
        intrinsics!(broadcast_pair(load_pair(from)))
    }

    #[inline(always)]
    unsafe fn interleave(a: Register, b: Register) -> [Register; 2] {
        intrinsics!([
            permute(a, set_whole(11, 3, 10, 2, 9, 1, 8, 0), b),
            permute(a, set_whole(15, 7, 14, 6, 13, 5, 12, 4), b),
        ])
    }

    /// Three rounds of adding neighbours: ((0+1)+(2+3)) + ((4+5)+(6+7)).
    #[inline(always)]
    unsafe fn sum_each(v: [Register; 8]) -> [Elem; 8] {
        intrinsics!({
            let low = quarters(pairs(v[0], v[1]), pairs(v[2], v[3]));
            let high = quarters(pairs(v[4], v[5]), pairs(v[6], v[7]));
            let mut sums = [0.0; 8];
            store(sums.as_mut_ptr(), quarters(low, high));
            sums
        })
    }

    /// a₀+a₁, b₀+b₁, a₂+a₃, b₂+b₃, …
    #[inline(always)]
    unsafe fn pairs(a: Register, b: Register) -> Register {
        intrinsics!(add(unpack_low(a, b), unpack_high(a, b)))
    }

    /// Neighbouring quarters of a added, then those of b.
    #[inline(always)]
    unsafe fn quarters(a: Register, b: Register) -> Register {
        intrinsics!(add(
            shuffle::<0b10_00_10_00>(a, b),
            shuffle::<0b11_01_11_01>(a, b)
        ))
    }

    avx512! {
        /// 8 × f64.
        F64x8, u8;

        #[inline(always)]
        fn look_up(_: Token, table: &[f64], places: Self) -> Self {
            let last = i32::try_from(table.len()).unwrap_or(i32::MAX) - 1;
            assert!(last >= 0, "a table has numbers");
            // No place is outside the table, whatever its lane was.
            Self(intrinsics!({
                let places = larger(to_places(places.0), broadcast_place(0));
                gather::<8>(smaller(places, broadcast_place(last)), table.as_ptr())
            }))
        }
    }
}

mod single {
    use crate::vector::{integers, intrinsics, vector};
    use crate::{accuracy, newton, table};
    use std::arch::x86_64::{
        __m512 as Register, _CMP_EQ_OQ, _CMP_LT_OQ, _CMP_NLT_UQ, _MM_FROUND_NO_EXC,
        _MM_FROUND_TO_NEAREST_INT, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_ZERO,
        _mm256_add_ps as add_half, _mm256_castpd_ps as as_singles, _mm512_abs_ps as magnitude,
        _mm512_add_ps as add, _mm512_castpd_ps as of_doubles, _mm512_castps_pd as as_doubles,
        _mm512_castps_si512 as as_bits, _mm512_castps512_ps256 as low_half,
        _mm512_cmp_ps_mask as compare, _mm512_cvtepi32_ps as to_numbers, _mm512_div_ps as divide,
        _mm512_extractf64x4_pd as high_half, _mm512_fmadd_ps as fmadd, _mm512_fnmadd_ps as fnmadd,
        _mm512_getexp_ps as exponent, _mm512_getmant_ps as mantissa, _mm512_loadu_ps as load,
        _mm512_loadu_si512 as load_whole, _mm512_mask_blend_ps as blend,
        _mm512_maskz_rcp14_ps as recip_seed_or_zero, _mm512_maskz_rsqrt14_ps as rsqrt_seed_or_zero,
        _mm512_maskz_scalef_ps as scale_or_zero, _mm512_max_ps as maximum,
        _mm512_min_ps as minimum, _mm512_mul_ps as mul, _mm512_permutex2var_ps as permute_two,
        _mm512_permutexvar_ps as permute, _mm512_rcp14_ps as recip_seed,
        _mm512_roundscale_ps as round_scale, _mm512_rsqrt14_ps as rsqrt_seed,
        _mm512_scalef_ps as scale, _mm512_set_epi32 as set_whole,
        _mm512_set1_epi32 as broadcast_whole, _mm512_set1_pd as broadcast_double,
        _mm512_set1_ps as broadcast, _mm512_sqrt_ps as root, _mm512_srli_epi32 as shift_right,
        _mm512_storeu_ps as store, _mm512_sub_epi32 as subtract, _mm512_sub_ps as sub,
        _mm512_xor_ps as xor,
    };
    use std::arch::x86_64::{__m512i as Integers, __m512i as Whole};

    type Elem = f32;
    const LANES: usize = 16;
    /// Adding it rounds to sixteenths.
    const SIXTEENTHS: f64 = 1.5 * (1_u64 << 19) as f64;
    /// Places between the mantissa's fourth bit and the last bit.
    const FOURTH: u32 = 19;

    /// The first accuracy already is full.
    const fn step(_: usize) -> usize {
        accuracy::SINGLE
    }

    #[inline(always)]
    unsafe fn look_up(table: &[Elem; 16], index: Integers) -> Register {
        intrinsics!(permute(index, load(table.as_ptr())))
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
            let low = set_whole(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
            let high = set_whole(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8);
            [permute_two(a, low, b), permute_two(a, high, b)]
        })
    }

    /// Halves first, then neighbours.
    #[inline(always)]
    unsafe fn sum_each(v: [Register; 8]) -> [Elem; 8] {
        intrinsics!({
            let mut halves = [low_half(v[0]); 8];
            for i in 0..8 {
                let high = as_singles(high_half::<1>(as_doubles(v[i])));
                halves[i] = add_half(low_half(v[i]), high);
            }
            super::super::avx2::sum_each_single(halves)
        })
    }

    avx512! {
        /// 16 × f32.
        F32x16, u16;

        #[inline(always)]
        fn rsqrt_cubed<const ACCURACY: usize>(self) -> Self {
            let seed = Self(intrinsics!(rsqrt_seed(self.0)));
            newton::rsqrt_cubed(ISA, step(ACCURACY), self, seed)
        }
    }

    integers! {
        /// 16 × i32.
        I32x16, F32x16
    }
}

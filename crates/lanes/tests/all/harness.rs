//! Numbers to try, and running one operation over them on one instruction set.

use farfield_lanes::{Chosen, Isa, Job, Lanes, Real};

/// What the tests need of `f64` and `f32` beyond [`Real`], from the standard library.
pub(crate) trait Number: Real + std::fmt::LowerExp {
    const MIN_POSITIVE: Self;
    const MAX: Self;
    const INFINITY: Self;
    const NAN: Self;
    /// The largest n such that 2ⁿ is finite.
    const LARGEST_EXPONENT: i32;
    fn from_random_bits(bits: u64) -> Self;
    fn bits(self) -> u64;
    fn next_up(self) -> Self;
    fn next_down(self) -> Self;
    fn mul_add(self, b: Self, c: Self) -> Self;
    fn sqrt(self) -> Self;
    fn abs(self) -> Self;
    fn round_ties_even(self) -> Self;
    fn is_nan(self) -> bool;
    fn is_subnormal_or_zero(self) -> bool;
    fn power_of_two(n: i32) -> Self;
}

macro_rules! number {
    ($t:ident) => {
        impl Number for $t {
            const MIN_POSITIVE: Self = $t::MIN_POSITIVE;
            const MAX: Self = $t::MAX;
            const INFINITY: Self = $t::INFINITY;
            const NAN: Self = $t::NAN;
            const LARGEST_EXPONENT: i32 = $t::MAX_EXP - 1;
            fn from_random_bits(bits: u64) -> Self {
                $t::from_bits(bits as _)
            }
            fn bits(self) -> u64 {
                self.to_bits().into()
            }
            fn next_up(self) -> Self {
                self.next_up()
            }
            fn next_down(self) -> Self {
                self.next_down()
            }
            fn mul_add(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            fn abs(self) -> Self {
                self.abs()
            }
            fn round_ties_even(self) -> Self {
                self.round_ties_even()
            }
            fn is_nan(self) -> bool {
                self.is_nan()
            }
            fn is_subnormal_or_zero(self) -> bool {
                self.is_subnormal() || self == 0.0
            }
            fn power_of_two(n: i32) -> Self {
                (2.0 as $t).powi(n)
            }
        }
    };
}
number!(f64);
number!(f32);

/// Zeros, infinities, NaN, the edges of the subnormal and normal range, neighbours of 1, ties of rounding.
pub(crate) fn special<T: Number>() -> Vec<T> {
    let least = T::from_random_bits(1);
    let below_normal = T::MIN_POSITIVE.next_down();
    let half = T::from_f64(0.5);
    let no_fraction = T::ONE / T::EPSILON;
    let positive = [
        T::ZERO,
        least,
        T::MIN_POSITIVE * half,
        below_normal,
        T::MIN_POSITIVE,
        T::MIN_POSITIVE.next_up(),
        T::EPSILON,
        half.next_down(),
        half,
        T::ONE.next_down(),
        T::ONE,
        T::ONE.next_up(),
        T::from_f64(1.5),
        T::from_f64(2.5),
        no_fraction * half + half,
        no_fraction,
        no_fraction + T::ONE,
        T::MAX,
        T::INFINITY,
    ];
    let mut all = positive.to_vec();
    all.extend(positive.map(|x| -x));
    all.push(T::NAN);
    all
}

/// A fixed sequence of random words (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * f64::EPSILON * 0.5
    }

    /// `n` numbers in [from, to].
    pub(crate) fn between<T: Number>(&mut self, n: usize, from: f64, to: f64) -> Vec<T> {
        let mut number = || T::from_f64(from + (to - from) * self.uniform());
        (0..n).map(|_| number()).collect()
    }

    /// `n` positive normal numbers of all sizes: exponent and mantissa uniform.
    pub(crate) fn positive<T: Number>(&mut self, n: usize) -> Vec<T> {
        let exponents = f64::from(2 * T::LARGEST_EXPONENT);
        let mut number = || {
            let exponent = (self.uniform() * exponents) as i32 + 1 - T::LARGEST_EXPONENT;
            T::from_f64(1.0 + self.uniform()) * T::power_of_two(exponent)
        };
        (0..n).map(|_| number()).filter(|x| x.is_finite()).collect()
    }
}

/// Something that a vector does with up to three operands.
pub(crate) trait Operation {
    fn apply<L: Lanes>(a: L, b: L, c: L) -> L;
}

/// `operation!(Name, |a, b, c| …)`: the expression sees the vector type as `L`.
macro_rules! operation {
    ($name:ident, |$a:ident, $b:ident, $c:ident| $body:expr) => {
        struct $name;
        impl crate::harness::Operation for $name {
            #[inline(always)]
            fn apply<L: farfield_lanes::Lanes>($a: L, $b: L, $c: L) -> L {
                $body
            }
        }
    };
    ($name:ident, |$a:ident, $b:ident| $body:expr) => {
        operation!($name, |$a, $b, _c| $body);
    };
    ($name:ident, |$a:ident| $body:expr) => {
        operation!($name, |$a, _b, _c| $body);
    };
}
pub(crate) use operation;

/// The operation on every element, the last vector filled up.
pub(crate) fn outputs<O: Operation, T: Number>(set: Chosen, a: &[T], b: &[T], c: &[T]) -> Vec<T> {
    struct Map<'a, O, T>(&'a [T], &'a [T], &'a [T], std::marker::PhantomData<O>);
    impl<O: Operation, T: Number> Job for Map<'_, O, T> {
        type Output = Vec<T>;
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) -> Vec<T> {
            let width = <T::Lanes<I>>::LANES;
            let mut out = vec![T::ZERO; self.0.len()];
            for (k, to) in out.chunks_mut(width).enumerate() {
                let a = <T::Lanes<I>>::load_or(isa, &self.0[k * width..], T::ONE);
                let b = <T::Lanes<I>>::load_or(isa, &self.1[k * width..], T::ONE);
                let c = <T::Lanes<I>>::load_or(isa, &self.2[k * width..], T::ONE);
                O::apply(a, b, c).store_first(to);
            }
            out
        }
    }
    set.run(Map::<O, T>(a, b, c, std::marker::PhantomData))
}

/// The operation on every element, with one operand.
pub(crate) fn outputs_of_one<O: Operation, T: Number>(set: Chosen, a: &[T]) -> Vec<T> {
    outputs::<O, T>(set, a, a, a)
}

/// The largest error against `expected`, which gives the value and the size that the error is relative to; panics at
/// a NaN.
pub(crate) fn largest_error<T: Number>(
    x: &[T],
    got: &[T],
    expected: impl Fn(f64) -> (f64, f64),
) -> f64 {
    let mut largest = 0.0;
    for (&x, &got) in x.iter().zip(got) {
        let (value, size) = expected(x.to_f64());
        let error = ((got.to_f64() - value) / size).abs();
        assert!(!error.is_nan(), "{got} for {x}, expected {value}");
        largest = f64::max(largest, error);
    }
    largest
}

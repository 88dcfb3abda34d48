//! The part of a vector type that is the same for every instruction set.

/// Evaluates intrinsics; for use inside the modules of one instruction set only.
macro_rules! intrinsics {
    ($body:expr) => {
        // SAFETY: the features are there, since a vector or a token of this set is at hand and tokens are only made
        // after detection; pointers come from slices whose length was checked.
        unsafe { $body }
    };
}

/// Makes the vector type `$name` of `LANES` `Elem` under `Token`, with its arithmetic, and `Lanes` for it.
///
/// Where it is used, `Register`, `Elem`, `LANES`, `Token`, `Mask`, and the intrinsics under the names `add`, `sub`,
/// `mul`, `divide`, `negate`, `fmadd` (a·b + c), `fnmadd` (c − a·b), `root`, `magnitude`, `minimum`, `maximum`,
/// `nearest`, `broadcast`, `load`, `store`, `alternate`, `interleave` and `sum_each` must be in scope; `$rest` are the
/// remaining items of `Lanes`.
macro_rules! vector {
    ($(#[$doc:meta])* $name:ident; $($rest:tt)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(Register);

        crate::vector::vector!(@operator $name, Add, add);
        crate::vector::vector!(@operator $name, Sub, sub);
        crate::vector::vector!(@operator $name, Mul, mul);

        impl std::ops::Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self(intrinsics!(negate(self.0)))
            }
        }

        impl std::ops::AddAssign for $name {
            #[inline(always)]
            fn add_assign(&mut self, b: Self) {
                *self = *self + b;
            }
        }

        impl std::ops::SubAssign for $name {
            #[inline(always)]
            fn sub_assign(&mut self, b: Self) {
                *self = *self - b;
            }
        }

        impl crate::Lanes for $name {
            type Elem = Elem;
            type Isa = Token;
            type Mask = Mask;
            const LANES: usize = LANES;

            #[inline(always)]
            fn splat(_: Token, x: Elem) -> Self {
                Self(intrinsics!(broadcast(x)))
            }
            #[inline(always)]
            fn load(_: Token, from: &[Elem]) -> Self {
                let from = &from[..LANES];
                Self(intrinsics!(load(from.as_ptr())))
            }
            #[inline(always)]
            fn store(self, to: &mut [Elem]) {
                let to = &mut to[..LANES];
                intrinsics!(store(to.as_mut_ptr(), self.0))
            }
            #[inline(always)]
            fn load_each<const N: usize>(_: Token, from: &[Elem]) -> [Self; N] {
                let from = &from[..N * LANES];
                let mut vectors = [Self(intrinsics!(broadcast(0.0))); N];
                for i in 0..N {
                    vectors[i] = Self(intrinsics!(load(from.as_ptr().add(i * LANES))));
                }
                vectors
            }
            #[inline(always)]
            fn store_each<const N: usize>(vectors: [Self; N], to: &mut [Elem]) {
                let to = &mut to[..N * LANES];
                for i in 0..N {
                    intrinsics!(store(to.as_mut_ptr().add(i * LANES), vectors[i].0));
                }
            }
            #[inline(always)]
            fn alternate(_: Token, from: &[Elem; 2]) -> Self {
                Self(intrinsics!(alternate(from.as_ptr())))
            }
            #[inline(always)]
            fn interleave(self, b: Self) -> [Self; 2] {
                intrinsics!({
                    let [low, high] = interleave(self.0, b.0);
                    [Self(low), Self(high)]
                })
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                Self(intrinsics!(fmadd(self.0, b.0, c.0)))
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                Self(intrinsics!(fnmadd(self.0, b.0, c.0)))
            }
            #[inline(always)]
            fn div(self, b: Self) -> Self {
                Self(intrinsics!(divide(self.0, b.0)))
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(intrinsics!(root(self.0)))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self(intrinsics!(magnitude(self.0)))
            }
            #[inline(always)]
            fn min(self, b: Self) -> Self {
                Self(intrinsics!(minimum(self.0, b.0)))
            }
            #[inline(always)]
            fn max(self, b: Self) -> Self {
                Self(intrinsics!(maximum(self.0, b.0)))
            }
            #[inline(always)]
            fn round(self) -> Self {
                Self(intrinsics!(nearest(self.0)))
            }
            #[inline(always)]
            fn sum(self) -> Elem {
                let mut lanes = [0.0; LANES];
                self.store(&mut lanes);
                let mut width = LANES / 2;
                while width > 0 {
                    for i in 0..width {
                        lanes[i] += lanes[i + width];
                    }
                    width /= 2;
                }
                lanes[0]
            }
            #[inline(always)]
            fn sum_each(vectors: [Self; 8]) -> [Elem; 8] {
                let mut registers = [vectors[0].0; 8];
                for i in 1..8 {
                    registers[i] = vectors[i].0;
                }
                intrinsics!(sum_each(registers))
            }

            $($rest)*
        }
    };
    (@operator $name:ident, $operator:ident, $function:ident) => {
        impl std::ops::$operator for $name {
            type Output = Self;
            #[inline(always)]
            fn $function(self, b: Self) -> Self {
                Self(intrinsics!($function(self.0, b.0)))
            }
        }
    };
}

/// Makes the vector type `$name` of whole numbers beside the numbers `$float` of `Register` in scope; `Whole` is its
/// register, and `load_whole`, `broadcast_whole`, `subtract` and `to_numbers` are its intrinsics.
macro_rules! integers {
    ($(#[$doc:meta])* $name:ident, $float:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(Whole);

        impl crate::Integers for $name {
            type Isa = Token;
            type Float = $float;

            #[inline(always)]
            fn splat(_: Token, x: i32) -> Self {
                Self(intrinsics!(broadcast_whole(x)))
            }
            #[inline(always)]
            fn load(_: Token, from: &[i32]) -> Self {
                let from = &from[..LANES];
                Self(intrinsics!(load_whole(from.as_ptr().cast())))
            }
            #[inline(always)]
            fn minus(self, b: Self) -> $float {
                $float(intrinsics!(to_numbers(subtract(self.0, b.0))))
            }
        }
    };
}

pub(crate) use {integers, intrinsics, vector};

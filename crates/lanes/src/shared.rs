//! Slices that several tasks fill at once.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A number in a slice that several tasks write, each at places of its own: as fast as a plain one, and never torn where
/// two should meet.
pub trait Shared<T>: Send + Sync {
    /// The number.
    fn get(&self) -> T;
    /// Overwrites it.
    fn set(&self, number: T);
}

macro_rules! shared {
    ($number:ty, $atomic:ident) => {
        impl Shared<$number> for $atomic {
            #[inline(always)]
            fn get(&self) -> $number {
                <$number>::from_bits(self.load(Ordering::Relaxed))
            }
            #[inline(always)]
            fn set(&self, number: $number) {
                self.store(number.to_bits(), Ordering::Relaxed);
            }
        }

        impl ShareSlice for $number {
            type Shared = $atomic;

            #[inline(always)]
            fn share(slice: &mut [Self]) -> &[$atomic] {
                const { assert!(size_of::<Self>() == size_of::<$atomic>()) };
                const { assert!(align_of::<Self>() >= align_of::<$atomic>()) };
                // SAFETY: size and alignment are those of the atomic; every bit pattern is valid for both; the mutable
                // borrow is held for as long as the result, so that nobody else reads or writes meanwhile.
                unsafe { std::slice::from_raw_parts(slice.as_mut_ptr().cast(), slice.len()) }
            }
        }
    };
}
shared!(f64, AtomicU64);
shared!(f32, AtomicU32);

/// A number whose slices may be shared.
pub trait ShareSlice: Sized {
    /// What it is meanwhile.
    type Shared: Shared<Self>;

    /// The slice, to be filled by several tasks.
    fn share(slice: &mut [Self]) -> &[Self::Shared];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_there_afterwards() {
        let (mut double, mut single) = ([1.0f64, -2.0, 3.0], [1.0f32; 2]);
        let shared = f64::share(&mut double);
        shared[1].set(shared[0].get() + f64::MAX);
        shared[2].set(-0.0);
        f32::share(&mut single)[1].set(f32::MIN_POSITIVE);
        assert_eq!(
            double.map(f64::to_bits),
            [1.0, f64::MAX, -0.0].map(f64::to_bits)
        );
        assert_eq!(single, [1.0, f32::MIN_POSITIVE]);
        assert!(f64::share(&mut []).is_empty());
    }
}

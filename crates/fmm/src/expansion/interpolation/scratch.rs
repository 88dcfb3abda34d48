//! Numbers to work with, which each thread keeps: cells are many, and to clear room for the largest that there may be takes
//! longer than the work in a small one.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

const PARTS: usize = 4;

thread_local! {
    static KEPT: Cell<[Vec<f64>; PARTS]> = const { Cell::new([const { Vec::new() }; PARTS]) };
}

/// Three slices of zeros and one that holds what it did; one set at a time is taken without allocating.
pub(super) struct Scratch([Vec<f64>; PARTS]);

impl Scratch {
    /// Slices of these lengths.
    #[inline(always)]
    pub(super) fn zeros(lengths: [usize; PARTS]) -> Self {
        let mut parts = KEPT.take();
        for (k, (part, length)) in parts.iter_mut().zip(lengths).enumerate() {
            if k + 1 < PARTS {
                part.clear();
            }
            part.resize(length, 0.0);
        }
        Self(parts)
    }
}

impl Deref for Scratch {
    type Target = [Vec<f64>; PARTS];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        KEPT.set(std::mem::take(&mut self.0));
    }
}

//! Large buffers: as long as needed, cheap to touch for the first time, and read at random places without waiting.

use lanes::{prefer_huge_pages, prefetch};

/// `n` zeros in new memory, which the system hands out zeroed and which is not touched here.
pub(crate) fn zeros<T: Clone>(n: usize, zero: T) -> Vec<T> {
    let mut buffer = vec![zero; n];
    prefer_huge_pages(&mut buffer);
    buffer
}

/// Makes a buffer `n` long; its contents are unspecified.
pub(crate) fn room<T: Clone>(buffer: &mut Vec<T>, n: usize, zero: T) {
    if buffer.capacity() < n {
        // Some more, as the next step's tree may have some cells more.
        *buffer = zeros(n + n / 8, zero);
        buffer.truncate(n);
    } else {
        buffer.resize(n, zero);
    }
}

/// How many turns before it is read an entry at a random place is asked for: memory answers after some hundred
/// nanoseconds, and a turn takes a few.
pub(crate) const TURNS: usize = 96;

/// Before entry `order[k]` of `memory` is read: asks for one that will be read some turns later.
#[inline(always)]
pub(crate) fn ask_ahead<T>(memory: &[T], order: &[u32], k: usize) {
    let ahead = order[(k + TURNS).min(order.len() - 1)] as usize;
    prefetch(&memory[ahead..=ahead]);
}

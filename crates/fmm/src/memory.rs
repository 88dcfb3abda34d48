//! Large buffers: as long as needed, cheap to touch for the first time, kept from one task to the next, and read at random
//! places without waiting.

use bincode::de::{Decode, Decoder};
use bincode::enc::{Encode, Encoder};
use bincode::error::{DecodeError, EncodeError};
use lanes::{prefer_huge_pages, prefetch};
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// Numbers that begin on a cache line, so that no vector of them lies across two.
#[derive(Debug)]
pub(crate) struct Lines<T> {
    numbers: Vec<T>,
    start: usize,
}

/// Bytes.
const LINE: usize = 64;

impl<T> Lines<T> {
    pub(crate) const fn new() -> Self {
        Self {
            numbers: Vec::new(),
            start: 0,
        }
    }
}

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy> Lines<T> {
    fn filled(n: usize, zero: T) -> Self {
        let mut numbers = zeros(n + LINE, zero);
        // They stay where they are, since nothing here gives the vector other memory.
        let start = numbers.as_ptr().align_offset(LINE).min(LINE);
        numbers.truncate(start + n);
        Self { numbers, start }
    }

    /// Makes it at least `n` long and keeps its contents; what is new is `zero`.
    pub(crate) fn grow(&mut self, n: usize, zero: T) {
        if self.len() < n {
            let mut larger = Self::filled(n + n / 8, zero);
            larger[..self.len()].copy_from_slice(self);
            *self = larger;
        }
    }
}

impl<T: Copy + Default> From<&[T]> for Lines<T> {
    fn from(numbers: &[T]) -> Self {
        let mut lines = Self::filled(numbers.len(), T::default());
        lines.copy_from_slice(numbers);
        lines
    }
}

impl Encode for Lines<f64> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self[..].encode(encoder)
    }
}

impl<C> Decode<C> for Lines<f64> {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        Ok(Self::from(&Vec::<f64>::decode(decoder)?[..]))
    }
}
bincode::impl_borrow_decode!(Lines<f64>);

impl<T> Deref for Lines<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.numbers[self.start..]
    }
}

impl<T> DerefMut for Lines<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.start..]
    }
}

/// What tasks work with and leave behind for the next, grown to its size.
#[derive(Debug)]
pub(crate) struct Spares<S>(Mutex<Vec<S>>);

impl<S> Default for Spares<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Default> Spares<S> {
    /// One that was left, or a new one.
    pub(crate) fn take(&self) -> Spare<'_, S> {
        let content = self.all().pop().unwrap_or_default();
        Spare {
            content,
            spares: self,
        }
    }

    /// A sum over those that are here.
    pub(crate) fn sum(&self, of: impl Fn(&S) -> usize) -> usize {
        self.all().iter().map(of).sum()
    }

    /// Whoever panicked held none of them.
    fn all(&self) -> MutexGuard<'_, Vec<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is in use, which goes back when it is dropped.
pub(crate) struct Spare<'a, S: Default> {
    content: S,
    spares: &'a Spares<S>,
}

impl<S: Default> Deref for Spare<'_, S> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.content
    }
}

impl<S: Default> DerefMut for Spare<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.content
    }
}

impl<S: Default> Drop for Spare<'_, S> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let content = std::mem::take(&mut self.content);
            self.spares.all().push(content);
        }
    }
}

/// How many turns before it is read an entry at a random place is asked for: memory answers after some hundred
/// nanoseconds, and a turn takes a few.
const TURNS: usize = 96;

/// Before entry `order[k]` of `memory`, each `size` long, is read or written: asks for one whose turn comes later.
#[inline(always)]
pub(crate) fn ask_ahead<T>(memory: &[T], order: &[u32], k: usize, size: usize) {
    let ahead = order[(k + TURNS).min(order.len() - 1)] as usize * size;
    prefetch(&memory[ahead..=ahead]);
}

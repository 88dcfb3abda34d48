//! Operators that were made lately, for the next plan with the same kernel and tolerance.

use super::operators::{Operators, Shift};
use std::sync::{Arc, Mutex, PoisonError};

/// What operators depend on: dimension, kernel, nodes an axis, bits of the error.
pub(super) type Key = (usize, Vec<u64>, usize, u64);

/// What is kept of a kernel, or of a level.
pub(super) type Made = (Arc<Operators>, Arc<Shift>);

/// Sets that are kept: those of the levels of a deep tree in the plane, or of two of most trees in space.
const MOST: usize = 16;

/// The latest last.
static MADE: Mutex<Vec<(Key, Made)>> = Mutex::new(vec![]);

/// Operators for this key, made unless they are there. Two threads may make the same ones at a time.
pub(super) fn operators(key: Key, make: impl FnOnce() -> Made) -> Made {
    let made = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let there = made()
        .iter()
        .find(|(there, _)| *there == key)
        .map(|(_, of)| of.clone());
    let operators = there.unwrap_or_else(make);
    let mut made = made();
    made.retain(|(there, _)| *there != key);
    if made.len() == MOST {
        made.remove(0);
    }
    made.push((key, operators.clone()));
    operators
}

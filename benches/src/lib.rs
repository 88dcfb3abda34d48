//! What the benches share: the clouds that they run on, and the check of an answer before it is timed.

pub mod check;
pub mod clouds;

/// The Rust of the README runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

//! Every operation, in both precisions, on every instruction set that the machine has, against the standard library.

/// Names of the sets, detection, what is refused.
mod choice;
/// Operations whose result is exact, on all special values and on random bits.
mod exact;
/// Numbers to try, and running one operation over them.
mod harness;
/// Whole numbers.
mod integers;
/// Logarithm and exponential.
mod logarithm;
/// Loads, stores and sums.
mod memory;
/// Reciprocal and reciprocal square root.
mod reciprocal;

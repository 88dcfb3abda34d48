//! Riesz kernels, whose far fields are interpolated: accuracy over a corpus, formulas, limits, refusals, reproducibility.

/// The error that is reached, for every power.
mod accuracy;
/// Formulas that can be worked out by hand, scales, few and coincident points.
mod exact;

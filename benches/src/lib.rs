//! Empty on purpose: see the `benches` targets of this package.

//! Empty on purpose: see the `tests` targets of this package.

//! Brownian increments keyed by (seed, particle, step, component).

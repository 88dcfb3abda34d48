//! Drift and noise structure of a particle system.

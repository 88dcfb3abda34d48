//! One time step.

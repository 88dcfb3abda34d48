//! First-order mean-field particle systems.

//! From how many numbers a particle has, which is known at run time, to code that knows it.

/// `in_dimension!(2, D => f::<D>())`: the expression with `D` as a constant, one of those that models have
/// ([`ModelConfig::components`](farfield_dynamics::config::ModelConfig::components)).
macro_rules! in_dimension {
    ($dimension:expr, $D:ident => $body:expr) => {
        match $dimension {
            2 => {
                const $D: usize = 2;
                $body
            }
            farfield_dynamics::vortex_particles::COMPONENTS => {
                const $D: usize = farfield_dynamics::vortex_particles::COMPONENTS;
                $body
            }
            _ => {
                const $D: usize = 3;
                $body
            }
        }
    };
}

pub(crate) use in_dimension;

//! From a dimension that is known at run time to code that knows it.

/// `in_dimension!(2, D => f::<D>())`: the expression with `D` as a constant.
macro_rules! in_dimension {
    ($dimension:expr, $D:ident => $body:expr) => {
        match $dimension {
            2 => {
                const $D: usize = 2;
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

//! What is wanted of the passes. The hot loops are compiled for each, and each holds those before it.

use crate::Outputs;

/// s = Σ w z φ.
pub(crate) const FIELD: usize = 0;
/// And t = Σ w γ.
pub(crate) const POTENTIAL: usize = 1;
/// And g_ab = ∂_b s_a.
pub(crate) const GRADIENT: usize = 2;

/// The least that holds these outputs.
pub(crate) fn wanted(outputs: Outputs) -> usize {
    match outputs {
        Outputs { gradient: true, .. } => GRADIENT,
        Outputs {
            potential: true, ..
        } => POTENTIAL,
        _ => FIELD,
    }
}

/// Numbers of one g, which is symmetric: those of a ≤ b, row by row. In the plane the last three stay 0.
pub(crate) const SECOND: usize = 6;

/// The place of g_ab, a ≤ b.
pub(crate) const fn place_of<const D: usize>(a: usize, b: usize) -> usize {
    a * D - a * (a + 1) / 2 + b
}

/// The whole of g.
pub(crate) fn symmetric<T: Copy, const D: usize>(g: [T; SECOND]) -> [[T; D]; D] {
    std::array::from_fn(|a| std::array::from_fn(|b| g[place_of::<D>(a.min(b), a.max(b))]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_upper_triangle() {
        let g = [0, 1, 2, 3, 4, 5];
        assert_eq!(symmetric(g), [[0, 1, 2], [1, 3, 4], [2, 4, 5]]);
        assert_eq!(symmetric(g), [[0, 1], [1, 2]]);
    }
}

//! The constants that plans use unless others are handed in: one table, by instruction set.

use super::Costs;
use lanes::InstructionSet;

/// Measured on one core of an AVX2 server (AMD EPYC, November 2026) by fits to the passes of 3·10⁵ points with leaf
/// capacities from 16 to 128 at tolerances from 1e-3 to 1e-12; the fits leave 2 to 5 % of a pass.
const AVX2: Costs = Costs {
    pair_f32: 0.155,
    pair_single: 0.28,
    pair_middle: 0.285,
    pair_full: 0.30,
    potential_f32: 0.55,
    potential_single: 1.05,
    potential_middle: 1.15,
    potential_full: 1.35,
    leaf: 490.0,
    p2m_point: 2.0,
    p2m_term: 0.25,
    l2p_point: 18.0,
    l2p_term: 0.9,
    m2m_cell: 49.0,
    m2m_term: 5.2,
    m2l_cell: 380.0,
    m2l_term: 0.8,
    tree_cell: 230.0,
};

/// Pairs without potential: measured on a core of 2.6 GHz in a loop of their own (one way 0.225, 0.243 and 0.258 ns by accuracy, both
/// ways 0.168, 0.174 and 0.184 ns, f32 0.112 ns), mixed as blocks of 64 leaves mix them. The rest is derived: work by
/// terms and potentials takes half of AVX2's time, as the vectors are twice as wide; what is fixed takes the same.
const AVX512: Costs = Costs {
    pair_f32: 0.09,
    pair_single: 0.185,
    pair_middle: 0.195,
    pair_full: 0.205,
    potential_f32: 0.28,
    potential_single: 0.53,
    potential_middle: 0.58,
    potential_full: 0.68,
    p2m_term: 0.13,
    l2p_term: 0.45,
    m2m_term: 2.6,
    m2l_term: 0.4,
    ..AVX2
};

/// Derived: pairs and terms take twice the time of AVX2, as the vectors are half as wide; what is fixed takes the same.
const NEON: Costs = Costs {
    pair_f32: 0.31,
    pair_single: 0.56,
    pair_middle: 0.57,
    pair_full: 0.60,
    potential_f32: 1.1,
    potential_single: 2.1,
    potential_middle: 2.3,
    potential_full: 2.7,
    p2m_term: 0.5,
    l2p_term: 1.8,
    m2m_term: 10.4,
    m2l_term: 1.6,
    ..AVX2
};

/// Measured as [`AVX2`], on the same machine.
const SCALAR: Costs = Costs {
    pair_f32: 0.9,
    pair_single: 0.9,
    pair_middle: 0.95,
    pair_full: 1.0,
    potential_f32: 4.5,
    potential_single: 4.5,
    potential_middle: 4.7,
    potential_full: 5.0,
    leaf: 700.0,
    p2m_term: 1.0,
    l2p_term: 3.6,
    m2m_term: 20.0,
    m2l_term: 3.2,
    ..AVX2
};

impl Costs {
    /// What the crate knows about a machine with this instruction set.
    pub const fn shipped(set: InstructionSet) -> Self {
        match set {
            InstructionSet::Avx512 => AVX512,
            InstructionSet::Avx2 => AVX2,
            InstructionSet::Neon => NEON,
            InstructionSet::Scalar => SCALAR,
        }
    }
}

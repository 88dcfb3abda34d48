//! The constants that plans use unless others are handed in: one table, by instruction set.

use super::Costs;
use lanes::InstructionSet;

/// Measured on one core of an AVX2 server (AMD EPYC, November 2026) by `farfield bench --calibrate`. They give the seconds
/// of a pass to 5 to 10 %. The reciprocal hardly shows in a pair's cost here.
const AVX2: Costs = Costs {
    pair_f32: 0.14,
    pair_coarse: 0.21,
    pair_single: 0.25,
    pair_middle: 0.25,
    pair_full: 0.26,
    potential_f32: 0.55,
    potential_coarse: 0.72,
    potential_single: 1.25,
    potential_middle: 1.25,
    potential_full: 1.4,
    leaf: 380.0,
    p2m_point: 1.7,
    p2m_term: 0.28,
    l2p_point: 15.0,
    l2p_term: 0.9,
    m2m_cell: 40.0,
    m2m_term: 6.0,
    m2l_cell: 310.0,
    m2l_term: 0.84,
    tree_cell: 222.0,
};

/// Pairs without potential: measured on a core of 2.6 GHz in a loop of their own (one way 0.225, 0.243 and 0.258 ns by
/// accuracy, both ways 0.168, 0.174 and 0.184 ns, f32 0.112 ns), mixed as blocks of leaves mix them. Potentials in f32: what
/// leaves of 64 take longer with them. The rest is
/// derived: terms and potentials take half of AVX2's time, as vectors are twice as wide; what is fixed takes the same.
const AVX512: Costs = Costs {
    pair_f32: 0.09,
    pair_coarse: 0.12,
    pair_single: 0.185,
    pair_middle: 0.195,
    pair_full: 0.205,
    potential_f32: 0.2,
    potential_coarse: 0.2,
    potential_single: 0.65,
    potential_middle: 0.65,
    potential_full: 0.75,
    p2m_term: 0.13,
    l2p_term: 0.55,
    m2m_term: 2.7,
    m2l_term: 0.4,
    ..AVX2
};

/// Derived: pairs and terms take twice the time of AVX2, as the vectors are half as wide; what is fixed takes the same.
const NEON: Costs = Costs {
    pair_f32: 0.33,
    pair_coarse: 0.36,
    pair_single: 0.56,
    pair_middle: 0.57,
    pair_full: 0.58,
    potential_f32: 1.3,
    potential_coarse: 1.3,
    potential_single: 2.6,
    potential_middle: 2.6,
    potential_full: 3.0,
    p2m_term: 0.52,
    l2p_term: 2.2,
    m2m_term: 10.6,
    m2l_term: 1.6,
    ..AVX2
};

/// Measured by `farfield bench --calibrate --isa scalar` on the machine of [`AVX2`].
const SCALAR: Costs = Costs {
    pair_f32: 0.65,
    pair_coarse: 0.75,
    pair_single: 0.9,
    pair_middle: 0.9,
    pair_full: 0.9,
    potential_f32: 3.3,
    potential_coarse: 3.3,
    potential_single: 5.0,
    potential_middle: 5.1,
    potential_full: 5.3,
    leaf: 560.0,
    p2m_point: 5.4,
    p2m_term: 1.9,
    l2p_point: 1.0,
    l2p_term: 3.9,
    m2m_cell: 10.0,
    m2m_term: 20.0,
    m2l_cell: 490.0,
    m2l_term: 2.2,
    ..AVX2
};

impl Costs {
    /// What the crate knows about planar sums on a machine with this instruction set; see [`shipped_in`](Self::shipped_in).
    pub const fn shipped(set: InstructionSet) -> Self {
        match set {
            InstructionSet::Avx512 => AVX512,
            InstructionSet::Avx2 => AVX2,
            InstructionSet::Neon => NEON,
            InstructionSet::Scalar => SCALAR,
        }
    }
}

/// In space, fitted by hand on the machine of [`AVX2`] to the passes over 2·10⁴ to 2·10⁵ uniform points in leaves of 32 to
/// 200 at 1e-3, 1e-6 and 1e-8, while others used it: good to a third. Pairs in f32, those without potential, and
/// `m2l_term` (from one constant for waves of both precisions) are estimates.
const AVX2_IN_SPACE: Costs = Costs {
    pair_f32: 0.33,
    pair_coarse: 0.52,
    pair_single: 1.2,
    pair_middle: 1.2,
    pair_full: 1.25,
    potential_f32: 0.4,
    potential_coarse: 0.6,
    potential_single: 1.2,
    potential_middle: 1.2,
    potential_full: 1.3,
    leaf: 2000.0,
    p2m_point: 7.0,
    p2m_term: 0.3,
    l2p_point: 20.0,
    l2p_term: 2.0,
    m2m_cell: 600.0,
    m2m_term: 22.0,
    m2l_cell: 4500.0,
    m2l_term: 10.0,
    tree_cell: 400.0,
};

/// In space, fitted by hand on a core of 2.6 GHz to the passes over 10⁶ points, uniform and Gaussian, in leaves of 88 to 320
/// at 1e-6, 3e-7, 1e-7, 1e-9 and 1e-12: good to a tenth. Pairs without potential are estimates.
const AVX512_IN_SPACE: Costs = Costs {
    pair_f32: 0.19,
    pair_coarse: 0.19,
    pair_single: 0.34,
    pair_middle: 0.38,
    pair_full: 0.42,
    potential_f32: 0.22,
    potential_coarse: 0.22,
    potential_single: 0.36,
    potential_middle: 0.4,
    potential_full: 0.44,
    leaf: 5000.0,
    p2m_point: 2.0,
    p2m_term: 0.14,
    l2p_point: 20.0,
    l2p_term: 0.4,
    m2m_cell: 100.0,
    m2m_term: 17.0,
    m2l_cell: 6700.0,
    m2l_term: 3.25,
    tree_cell: 400.0,
};

impl Costs {
    /// What the crate knows about sums in so many dimensions on a machine with this instruction set. In space AVX-512 and AVX2
    /// were measured; constants of the other sets are derived from AVX2's, in the ratios that they have in the plane.
    pub fn shipped_in(dimension: usize, set: InstructionSet) -> Self {
        let planar = Self::shipped(set).values();
        if dimension < 3 {
            return Self::from_values(planar);
        }
        if set == InstructionSet::Avx512 {
            return AVX512_IN_SPACE;
        }
        let mut values = AVX2_IN_SPACE.values();
        for (i, (planar, avx2)) in planar.into_iter().zip(AVX2.values()).enumerate() {
            values[i] *= planar / avx2;
        }
        Self::from_values(values)
    }
}

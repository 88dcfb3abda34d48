//! What work costs on a machine, and what follows for the leaf capacity.
//!
//! The time of a sum is modelled as a product of counts and constants ([`Costs`], in nanoseconds of one core):
//!
//! ```text
//! tree      cells·tree_cell
//! upward    sources·(p2m_point + p2m_term·p) + cells·(m2m_cell + m2m_term·p)
//! downward  far cells·(m2l_cell + m2l_term·p·n)
//! leaves    near pairs·pair + leaves·leaf + targets·(l2p_point + l2p_term·p)
//! ```
//!
//! with p terms and n plane waves in each direction; in space a series of p degrees has p(p+1)/2 terms, which stand for p
//! everywhere but in p·n, and waves in f32 count half where vectors hold twice as many.
//! Far cells are those of level 2 and deeper. What m2l is made of grows as
//! p·n (to and from waves), as n (translations) and as p² (l2l); but p and n follow from one tolerance, and along that curve
//! a line in p·n gives the measured seconds to 4 % (root mean square).
//!
//! There is no dense form of m2l to choose between, because it is never cheaper. Multiply-adds a cell, counted: at 1e-6
//! dense 18 300, dense and rotated 11 900, plane waves 3 400; at 1e-12 90 800, 51 700 and 8 200.
//!
//! What the model leaves out: the exponential of a Gaussian core, pairs of leaves and cells of unlike sizes (a few percent
//! of smooth clouds), several strength vectors at once, and the processor's caches.

mod capacity;
mod shipped;

pub(crate) use capacity::{
    even_near_pairs, filling, fit_of, leaf_capacity, leaf_capacity_on_torus,
};

use crate::report::PredictedSeconds;
use crate::{Error, Result};
use lanes::accuracy::{COARSE, MIDDLE, SINGLE};

macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The constants of a machine, in nanoseconds of one core, by which a plan chooses its leaf capacity.
        ///
        /// Plans take [`shipped`](Self::shipped) ones unless [`Options::costs`](crate::Options::costs) hands in others;
        /// `farfield bench --calibrate` measures them. Only their ratios change the choice, and it is a flat optimum:
        /// a constant that is wrong by a third costs one or two percent.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct Costs {
            $($(#[$doc])* pub $name: f64,)*
        }

        impl Costs {
            /// The names of the constants, in the order of [`values`](Self::values).
            pub const NAMES: [&'static str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

            /// All constants.
            pub fn values(&self) -> [f64; Self::NAMES.len()] {
                [$(self.$name),*]
            }

            /// From all constants, in the order of [`NAMES`](Self::NAMES).
            pub fn from_values([$($name),*]: [f64; Self::NAMES.len()]) -> Self {
                Self { $($name),* }
            }
        }
    };
}

constants! {
    /// One near pair in f32, a source acting on a target; the mean over pairs taken one way and both ways.
    pair_f32,
    /// The same in a plan of f64 for tolerances from 1e-6, in space from 7e-7: in f32 on a grid, if
    /// one fits.
    pair_coarse,
    /// In f64 with the least accurate reciprocal, for tolerances from 3e-8.
    pair_single,
    /// In f64, from 3e-12.
    pair_middle,
    /// In f64, below.
    pair_full,
    /// One near pair with its potential, in f32.
    potential_f32,
    /// In a plan of f64 for tolerances from 1e-6, in space from 7e-7.
    potential_coarse,
    /// In f64, for tolerances from 3e-8.
    potential_single,
    /// From 3e-12.
    potential_middle,
    /// Below.
    potential_full,
    /// A leaf, whatever it holds: its near list gathered.
    leaf,
    /// A source, whatever the order.
    p2m_point,
    /// A source and a term of the multipole.
    p2m_term,
    /// A target, whatever the order.
    l2p_point,
    /// A target and a term of the local.
    l2p_term,
    /// A cell on the way up.
    m2m_cell,
    /// A cell on the way up and a term of its multipole.
    m2m_term,
    /// A cell with a far list: translations, and what does not depend on the order.
    m2l_cell,
    /// A cell with a far list, a term and a wave: to waves, from waves, and l2l.
    m2l_term,
    /// A cell when the tree and its lists are built.
    tree_cell,
}

/// Which of the hot loops takes a near pair: the cost of one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairClass {
    F32,
    Coarse,
    Single,
    Middle,
    Full,
}

impl PairClass {
    /// As in the names of the constants.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Coarse => "coarse",
            Self::Single => "single",
            Self::Middle => "middle",
            Self::Full => "full",
        }
    }

    /// For an accuracy of [`lanes::accuracy`].
    pub(crate) fn of(accuracy: usize, double: bool) -> Self {
        match accuracy {
            _ if !double => Self::F32,
            COARSE => Self::Coarse,
            SINGLE => Self::Single,
            MIDDLE => Self::Middle,
            _ => Self::Full,
        }
    }
}

/// What is to be summed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) dimension: u32,
    pub(crate) sources: usize,
    pub(crate) targets: usize,
    /// Terms p.
    pub(crate) order: usize,
    /// Plane waves n in each direction.
    pub(crate) waves: usize,
    /// Whether vectors hold twice as many waves as numbers of f64.
    pub(crate) waves_in_single: bool,
    /// Multiply-adds of the far list of a cell, if far fields are interpolated: a cube has p nodes an axis then, a
    /// multipole n numbers.
    pub(crate) far_products: Option<f64>,
    /// How many times as long as the constants say a near pair takes.
    pub(crate) pair_factor: f64,
    pub(crate) pair: PairClass,
    pub(crate) potential: bool,
}

/// How often each kind of work is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counts {
    pub(crate) near_pairs: f64,
    pub(crate) leaves: f64,
    pub(crate) cells: f64,
    /// Cells of level 2 and deeper.
    pub(crate) far_cells: f64,
}

/// Constants from outside lie within, nanoseconds.
const ALLOWED: (f64, f64) = (1e-6, 1e6);

impl Costs {
    /// Every constant a time that can be.
    pub fn check(&self) -> Result<()> {
        let (least, most) = ALLOWED;
        let bad = |x: &f64| !(least..=most).contains(x);
        match self.values().iter().position(bad) {
            None => Ok(()),
            Some(i) => Err(Error::argument(
                format!("costs.{}", Self::NAMES[i]),
                format!("{:e}", self.values()[i]),
                format!("{least:e} to {most:e} nanoseconds"),
            )),
        }
    }

    fn pair(&self, class: PairClass, potential: bool) -> f64 {
        let [field, both] = match class {
            PairClass::F32 => [self.pair_f32, self.potential_f32],
            PairClass::Coarse => [self.pair_coarse, self.potential_coarse],
            PairClass::Single => [self.pair_single, self.potential_single],
            PairClass::Middle => [self.pair_middle, self.potential_middle],
            PairClass::Full => [self.pair_full, self.potential_full],
        };
        if potential { both } else { field }
    }

    /// The time that the model gives for one strength vector on one core.
    pub(crate) fn predict(&self, work: &Work, counts: &Counts) -> PredictedSeconds {
        let (p, n) = (work.order as f64, work.waves as f64);
        let terms = if work.dimension == 2 {
            p
        } else {
            0.5 * p * (p + 1.0)
        };
        let (sources, targets) = (work.sources as f64, work.targets as f64);
        let near = counts.near_pairs * self.pair(work.pair, work.potential) * work.pair_factor;
        if let Some(far_list) = work.far_products {
            return self.interpolation(work, counts, near, far_list);
        }
        let up = sources * (self.p2m_point + self.p2m_term * terms)
            + counts.cells * (self.m2m_cell + self.m2m_term * terms);
        let waves = if work.waves_in_single { 0.5 * n } else { n };
        let l2p = targets * (self.l2p_point + self.l2p_term * terms);
        PredictedSeconds {
            tree: 1e-9 * counts.cells * self.tree_cell,
            upward: 1e-9 * up,
            downward: 1e-9 * counts.far_cells * (self.m2l_cell + self.m2l_term * p * waves),
            leaves: 1e-9 * (near + counts.leaves * self.leaf + l2p),
            near: 1e-9 * near,
        }
    }

    /// The same where far fields are interpolated: multiply-adds with the matrices and polynomials. One takes a fraction of the most
    /// accurate near pair, which was measured with AVX-512; matrices of space are larger, and take fewer steps beside.
    fn interpolation(
        &self,
        work: &Work,
        counts: &Counts,
        near: f64,
        far_list: f64,
    ) -> PredictedSeconds {
        let multiply_add = if work.dimension == 2 { 0.24 } else { 0.1 } * self.pair_full;
        let (rank, dimension) = (work.waves as f64, work.dimension as i32);
        let polynomials = (work.order as f64).powi(dimension);
        let shift = rank * rank;
        let by_class = rank * polynomials / f64::from(1 << dimension);
        let (sources, targets) = (work.sources as f64, work.targets as f64);
        let up = sources * (self.p2m_point + polynomials * multiply_add)
            + counts.leaves * by_class * multiply_add
            + counts.cells * (self.m2m_cell + shift * multiply_add);
        let down = counts.far_cells * (self.m2l_cell + (far_list + shift) * multiply_add);
        let l2p = targets * (self.l2p_point + 2.0 * polynomials * multiply_add)
            + counts.leaves * (self.leaf + by_class * multiply_add);
        PredictedSeconds {
            tree: 1e-9 * counts.cells * self.tree_cell,
            upward: 1e-9 * up,
            downward: 1e-9 * down,
            leaves: 1e-9 * (near + l2p),
            near: 1e-9 * near,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes::InstructionSet;

    #[test]
    fn names_and_values_belong_together() {
        let mut values = [0.0; Costs::NAMES.len()];
        for (i, value) in values.iter_mut().enumerate() {
            *value = 1.0 + i as f64;
        }
        let costs = Costs::from_values(values);
        assert_eq!(costs.values(), values);
        let at = |name: &str| Costs::NAMES.iter().position(|n| *n == name).unwrap();
        assert_eq!(costs.leaf, values[at("leaf")]);
        assert_eq!(costs.tree_cell, values[at("tree_cell")]);
    }

    #[test]
    fn constants_that_cannot_be_are_refused() {
        for set in InstructionSet::ALL {
            assert!(Costs::shipped(set).check().is_ok());
        }
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e7] {
            let mut costs = Costs::shipped(InstructionSet::Avx2);
            costs.m2l_term = bad;
            let error = costs.check().unwrap_err().to_string();
            assert!(error.starts_with("costs.m2l_term: "), "{error}");
            assert!(error.ends_with("(allowed: 1e-6 to 1e6 nanoseconds)"));
        }
    }

    /// Every constant 1 ns: the seconds are counts.
    #[test]
    fn predictions_are_sums_of_counts() {
        let work = Work {
            dimension: 2,
            sources: 100,
            targets: 50,
            order: 3,
            waves: 2,
            waves_in_single: false,
            far_products: None,
            pair_factor: 1.0,
            pair: PairClass::Full,
            potential: true,
        };
        let counts = Counts {
            near_pairs: 5000.0,
            leaves: 16.0,
            cells: 21.0,
            far_cells: 16.0,
        };
        let all = Costs::from_values([1.0; Costs::NAMES.len()]).predict(&work, &counts);
        let ns =
            [all.tree, all.upward, all.downward, all.leaves, all.near].map(|s| (s * 1e9).round());
        assert_eq!(
            ns,
            [21.0, 100.0 * 4.0 + 21.0 * 4.0, 16.0 * 7.0, 5216.0, 5000.0]
        );
        // 3² polynomials and 2 numbers; 100 multiply-adds of a far list, and l2l; of a class a quarter.
        let interpolated = Work {
            far_products: Some(100.0),
            pair_factor: 2.0,
            ..work
        };
        let found = Costs::from_values([1.0; Costs::NAMES.len()]).predict(&interpolated, &counts);
        assert_eq!((found.near * 1e9).round(), 10_000.0);
        let upward = 100.0 * (1.0 + 0.24 * 9.0) + 16.0 * 0.24 * 4.5 + 21.0 * (1.0 + 0.24 * 4.0);
        assert!((found.upward * 1e9 - upward).abs() < 1e-6);
        let downward = 16.0 * (1.0 + 0.24 * (100.0 + 4.0));
        assert!((found.downward * 1e9 - downward).abs() < 1e-6);
        let leaves = 10_000.0 + 50.0 * (1.0 + 0.24 * 18.0) + 16.0 * (1.0 + 0.24 * 4.5);
        assert!((found.leaves * 1e9 - leaves).abs() < 1e-6);
        let single = Work {
            waves_in_single: true,
            ..work
        };
        let found = Costs::from_values([1.0; Costs::NAMES.len()]).predict(&single, &counts);
        assert_eq!((found.downward * 1e9).round(), 16.0 * 4.0);
    }
}

//! What the library tells about its own work.

/// Seconds that each pass of one evaluation took.
#[derive(Clone, Copy, Debug, Default)]
pub struct PassSeconds {
    /// Strengths into tree order. Sums go back into user order where they are taken, leaf by leaf.
    pub permute: f64,
    /// Particles and children to multipoles (p2m, m2m).
    pub upward: f64,
    /// Multipoles to locals of the far list (m2l, p2l), and parents to children (l2l).
    pub downward: f64,
    /// Near pairs (p2p), and locals and multipoles at particles (l2p, m2p): one pass over the leaves does all three.
    pub leaves: f64,
    /// The whole evaluation.
    pub total: f64,
}

/// Where the operators of a plan came from, since it was made: those of kernels whose far fields are interpolated, a set for
/// each kernel and tolerance, or for each level of the tree. See [`operators`](crate::operators).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperatorsReport {
    /// Sets that were made.
    pub made: usize,
    /// Sets that this process had.
    pub from_memory: usize,
    /// Sets that were read from the folder.
    pub from_disk: usize,
    /// Of those that were made, how many were written into the folder.
    pub kept: usize,
    /// Why one that was to be written was not.
    pub not_kept: Option<String>,
    /// Seconds that all of that took.
    pub seconds: f64,
}

impl OperatorsReport {
    /// One set, which was made.
    pub(crate) fn made() -> Self {
        Self {
            made: 1,
            ..Self::default()
        }
    }

    /// The same, which was to be written.
    pub(crate) fn kept(result: Result<(), String>) -> Self {
        Self {
            kept: usize::from(result.is_ok()),
            not_kept: result.err(),
            ..Self::made()
        }
    }

    pub(crate) fn from_memory() -> Self {
        Self {
            from_memory: 1,
            ..Self::default()
        }
    }

    pub(crate) fn from_disk() -> Self {
        Self {
            from_disk: 1,
            ..Self::default()
        }
    }

    /// Those of both.
    pub(crate) fn add(&mut self, other: Self) {
        self.made += other.made;
        self.from_memory += other.from_memory;
        self.from_disk += other.from_disk;
        self.kept += other.kept;
        self.not_kept = other.not_kept.or(self.not_kept.take());
        self.seconds += other.seconds;
    }
}

/// What a plan built.
#[derive(Clone, Debug, Default)]
pub struct PlanReport {
    /// Number of sources.
    pub n_sources: usize,
    /// Number of targets.
    pub n_targets: usize,
    /// Cells of the tree, leaves included.
    pub cells: usize,
    /// Cells of level 2 and deeper, which have far lists.
    pub far_cells: usize,
    /// Leaves of the tree.
    pub leaves: usize,
    /// Depth of the deepest leaf; the root has 0.
    pub depth: usize,
    /// Points in a cell above which it is split.
    pub leaf_capacity: usize,
    /// Terms of a multipole or local expansion.
    pub expansion_order: usize,
    /// Plane waves in each direction; where far fields are interpolated, numbers of a multipole, and the order is nodes an axis,
    /// of cells that are stretched as many as a cube of about as many nodes has.
    pub waves: usize,
    /// Whether they are summed in f32.
    pub waves_in_single: bool,
    /// Whether [`Options::wide_cores`](crate::Options::wide_cores) was chosen, or asked for; not where there is no choice.
    pub wide_core: bool,
    /// Whether [`Options::grid`](crate::Options::grid) was chosen, or asked for.
    pub on_grid: bool,
    /// Nodes along each axis of the period of the grid that sums the kernel at these positions, if one does: there are no near pairs then, and
    /// [`PassSeconds`] has what takes points to the grid as `upward`, transforms as `downward`, and what takes the grid to points as `leaves`.
    pub grid: Option<Vec<usize>>,
    /// Which hot loop takes near pairs: `f32`, or in a plan of f64, by accuracy, `coarse`, `single`, `middle` or `full`.
    pub pair_class: &'static str,
    /// Pairs of the near lists.
    pub near_pairs: u64,
    /// Bytes held by the plan and the buffers of one evaluation.
    pub bytes: usize,
    /// Instruction set in use.
    pub instruction_set: &'static str,
    /// Where its operators came from.
    pub operators: OperatorsReport,
    /// Seconds to sort the points.
    pub sort_seconds: f64,
    /// Seconds to build the cells.
    pub tree_seconds: f64,
    /// Seconds to build the lists.
    pub list_seconds: f64,
    /// What the cost model expects of these cells, leaves and near pairs.
    pub predicted: PredictedSeconds,
}

/// Seconds that the cost model ([`Costs`](crate::Costs)) expects of a plan and of one strength vector (where strengths
/// are vectors, of one of their components), on one core: many threads take about as many times less.
#[derive(Clone, Copy, Debug, Default)]
pub struct PredictedSeconds {
    /// Building cells and lists; sorting is not modelled, as it hardly depends on the leaf capacity.
    pub tree: f64,
    /// As [`PassSeconds::upward`].
    pub upward: f64,
    /// As [`PassSeconds::downward`].
    pub downward: f64,
    /// As [`PassSeconds::leaves`].
    pub leaves: f64,
    /// The near pairs, which are a part of `leaves`.
    pub near: f64,
}

/// A measured error, from a sample of targets compared with the direct sum.
#[derive(Clone, Copy, Debug)]
pub struct VerifyReport {
    /// Number of targets sampled.
    pub samples: usize,
    /// Estimate of ‖u − u_exact‖₂/‖u_exact‖₂.
    pub measured_error: f64,
    /// The true error is at most this with probability [`confidence`](Self::confidence).
    pub error_bound: f64,
    /// Probability that the bound holds, worst over the calibration corpus.
    pub confidence: f64,
    /// Root of the mean square of the sums that errors are relative to, of the plan or of the sample.
    pub root_mean_square: f64,
}

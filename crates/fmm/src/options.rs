//! What a user can ask for; each default says why.

use crate::{Costs, Error, ErrorKind, Result};
use lanes::{Chosen, InstructionSet, Real};
use std::sync::Arc;

/// What the tolerance promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guarantee {
    /// ‖u − u_exact‖₂ ≤ tolerance·‖u_exact‖₂ over all targets, by an order calibrated on a corpus of clouds (the default:
    /// it is what [`Plan::verify`](crate::Plan::verify) measures, and costs a third fewer terms).
    ///
    /// It counts on errors of many points that do not all add up. Where a few sources outweigh all others, many points
    /// coincide or lie on a lattice whose sites are corners of cells, or vector strengths are tangents of the curve on which the
    /// points lie (which hardly act along it), errors were up to 32 times the tolerance, and up to
    /// 66 times where hundreds of points share each of a few places: ask for
    /// [`Pointwise`](Self::Pointwise) there, and verify. From a tolerance of 1e-6 on (in space 7e-7), near pairs are rounded to
    /// about 1e-7 of their size: where pairs of close points nearly cancel, what is left may be wrong altogether.
    #[default]
    Calibrated,
    /// |u_i − u_exact,i| ≤ tolerance·Σ_j |w_j||K(x_i − y_j)| for every target and every input, by the rigorous bound.
    Pointwise,
}

/// Which sums are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// Σ w_j K(x_i − y_j).
    pub field: bool,
    /// Σ w_j g(x_i − y_j).
    pub potential: bool,
    /// ∂_b of component a of the field, at `[a][b]`.
    pub gradient: bool,
}

impl Outputs {
    /// The field alone.
    pub const FIELD: Self = Self {
        field: true,
        potential: false,
        gradient: false,
    };
    /// The potential alone.
    pub const POTENTIAL: Self = Self {
        field: false,
        potential: true,
        gradient: false,
    };
    /// Both; one logarithm a near pair makes it 1.6 to 2 times the time of the field.
    pub const BOTH: Self = Self {
        field: true,
        potential: true,
        gradient: false,
    };
    /// The field and its gradient. Near pairs are taken one way and in the precision of the plan, and the expansions of a plan
    /// that is made for it are those of a quarter of the tolerance, within which ‖∇u − ∇u_exact‖₂ ≤ tolerance·‖∇u_exact‖₂.
    pub const GRADIENT: Self = Self {
        field: true,
        potential: false,
        gradient: true,
    };
}

/// How a [`Plan`](crate::Plan) is made. Only the tolerance has no default.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) tolerance: f64,
    pub(crate) guarantee: Guarantee,
    pub(crate) leaf_capacity: Option<usize>,
    pub(crate) costs: Option<Costs>,
    pub(crate) wide_cores: Option<bool>,
    pub(crate) grid: Option<bool>,
    pub(crate) torus: Option<Vec<f64>>,
    pub(crate) outputs: Outputs,
    pub(crate) instruction_set: Option<InstructionSet>,
    pub(crate) pool: Option<Arc<rayon::ThreadPool>>,
    pub(crate) service: Option<Service>,
}

/// What a plan is told that serves another method, which takes the near pairs itself, in f64.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// How many times as long as a pair of the plan in f64 one of those takes, by strength vector.
    pub(crate) pair_factor: f64,
    /// Waves in f64, whatever the tolerance.
    pub(crate) waves_in_double: bool,
}

/// Smallest tolerance that each precision can give (rounding floor of the sums, measured on the corpus).
pub(crate) fn floor<T: Real>() -> f64 {
    if crate::points::is_double::<T>() {
        1e-14
    } else {
        1e-6
    }
}

impl Options {
    /// Asks for a relative error of at most `tolerance`, see [`Guarantee`].
    pub fn tolerance(tolerance: f64) -> Self {
        Self {
            tolerance,
            guarantee: Guarantee::default(),
            leaf_capacity: None,
            costs: None,
            wide_cores: None,
            grid: None,
            torus: None,
            outputs: Outputs::FIELD,
            instruction_set: None,
            pool: None,
            service: None,
        }
    }

    /// What the tolerance promises.
    pub fn guarantee(mut self, guarantee: Guarantee) -> Self {
        self.guarantee = guarantee;
        self
    }

    /// Points in a cell above which it is split; by default the one for which the cost model expects the least time, see
    /// [`costs`](Self::costs). Few points stay in one leaf: that is the direct sum. On a torus cells divide the box into 2^l or 3·2^l parts
    /// along each axis, whichever makes leaves of about that many points of an even cloud; 2^l alone where sides differ, around
    /// algebraic cores, for Coulomb and Biot–Savart in space to less than about 3e-7 (with potentials 1e-6), and where a ninth or
    /// a 27th of the box would be empty.
    pub fn leaf_capacity(mut self, points: usize) -> Self {
        self.leaf_capacity = Some(points);
        self
    }

    /// Constants of this machine, by which the leaf capacity is chosen; by default [`Costs::shipped_in`] for the instruction
    /// set. Another leaf capacity gives other roundings: results are the same bits only for the same constants.
    pub fn costs(mut self, costs: Costs) -> Self {
        self.costs = Some(costs);
        self
    }

    /// Whether a kernel comes with its core from tables, as a [`RadialKernel`](crate::RadialKernel) does: in f64, calibrated, from
    /// a tolerance of 1e-10 in the plane and 1e-6 in space on. Otherwise it is singular beyond the reach of its core, and
    /// nearer pairs are summed one by one. By default a plan takes the tables where those pairs are too many at its first
    /// positions; that changes roundings. No effect on kernels without a core, and on algebraic cores
    /// in the plane or on a torus, which always come from tables.
    ///
    /// Errors, of a plan that must have them: tables that cannot give what is asked for.
    pub fn wide_cores(mut self, tables: bool) -> Self {
        self.wide_cores = Some(tables);
        self
    }

    /// Whether a kernel that is smooth ([`Kernel::smooth`](crate::Kernel::smooth)) is summed by the modes of a grid, whose cells are about 0.38
    /// of a Gaussian core and 0.15 of an algebraic one at 1e-6, wherever that has at most 128 nodes a point (or 2²² in all): to tolerances
    /// from 0.1 to 1e-12 (gradients of cores that hold the whole cloud to less), in both precisions. At other positions a plan does without:
    /// there it takes pairs or tables, as [`wide_cores`](Self::wide_cores) says or as is expected to be faster at each of them. By default
    /// it has a grid if that is expected to be faster at its first positions; that changes roundings. An evaluation takes some ten bytes a
    /// node, and one more for each number of its sums.
    /// No effect on kernels that are not smooth. Where all there is are clusters a thousand times smaller than their core, each of no strength
    /// in all, fields were wrong by up to 2.5 times the tolerance (tables by up to 250 times); where all points are at two places, gradients by up
    /// to 5.5 times.
    ///
    /// Errors, of a plan that must have one: a torus, or a guarantee that is not calibrated.
    pub fn grid(mut self, grid: bool) -> Self {
        self.grid = Some(grid);
        self
    }

    /// Sums over the flat torus [0, L₁) × … × [0, L_D), with one side for each axis, none more than twice as long as another
    /// ([`MOST_STRETCHED`](crate::MOST_STRETCHED)). Points may lie anywhere: they act, and are acted on, where they are modulo
    /// the sides. By default sums are over all of space.
    ///
    /// Kernels are those of the torus: K(z) stands for Σ_R K(z − R) over all images together with a uniform background of the opposite
    /// strength (the mode 0 is left out), g for the potential of mean 0 over the torus; with a Gaussian core, for the one
    /// that is the singular kernel's outside of it (P. P. Ewald, Ann. Phys. 369, 1921; of a Riesz kernel the constant of a
    /// lone source is Epstein's zeta function). With an algebraic core δ all images have it: for L = 1 the modes of g are
    /// (δ/2πk) K₁(2πkδ), k ≠ 0, in the plane and in space, so that fields fall like e^{−2πδ}; the longest side counts. A pair at one place
    /// contributes what its images do: nothing to a field, and to a potential g(z) − g_space(z) at z → 0; of every source
    /// that holds at its own place too.
    ///
    /// Points that fill the box evenly, with equal strengths, have small sums: what they lack of a uniform density. So where sides are equal,
    /// plans of kernels without a core, whose targets are the sources, look at how many points are close to another, again after every move:
    /// for fields of independent points expansions are those of open space (but for s below d − 2), and for lattices, Kronecker sequences and others that keep their
    /// distance a hundred times better, ten times those of Riesz kernels. Fields of a thousand points or more on lattices shaken by a hundredth of their
    /// spacing are then within the tolerance, but of Riesz kernels wrong by up to 13 times in space, and where the tolerance is near the least. Strengths are not
    /// known to a plan: where one or a few of independent points have all of them, fields were wrong by up to 7 times. Fields to tolerances from 1e-6 to 3e-6 (7e-7 to 2e-6 in space) have near pairs in f32, as in open space, only where a sample of the
    /// leaves, which every evaluation sums in both ways, loses less than 0.35 of the tolerance by it; vector strengths, cores, separate targets, and plans
    /// for potentials or gradients stay in f64 there (Riesz kernels of s from d − 1 on have f32 as in open space). Clusters in space about a corner of the root cube, which lies at (−4/9, −2/5, −3/7) of the side, may miss by more than 100 times
    /// at the smallest tolerances: [`verify`](crate::Plan::verify) such sums. Potentials should be among the plan's
    /// [`outputs`](Self::outputs): the plan takes better expansions for them in space, and no tolerance below 1e-11. Riesz kernels of s below
    /// d − 1 have three times the least tolerance of open space, 3e-12 in the plane and 3e-7 in space. With algebraic cores,
    /// potentials of N even points of equal strengths were wrong by up to 1e-14 N of themselves, whatever the tolerance.
    ///
    /// ```
    /// use farfield::{Coulomb3d, Options, Outputs, Plan};
    /// // Rock salt: of every ion the potential is −1.7476/(4π) times its charge, in distances of neighbours.
    /// let ions: Vec<[f64; 3]> = (0..8).map(|k| [k & 1, k >> 1 & 1, k >> 2].map(f64::from)).collect();
    /// let charges = [1.0, -1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0];
    /// let options = Options::tolerance(1e-8).outputs(Outputs::POTENTIAL).torus(&[2.0; 3]);
    /// let potential = Plan::new(&ions, Coulomb3d, options)?.potential(&charges)?;
    /// assert!((4.0 * std::f64::consts::PI * potential[0] + 1.747_564_594).abs() < 1e-7);
    /// # Ok::<(), farfield::Error>(())
    /// ```
    ///
    /// Where sides differ, far fields are interpolated whatever the kernel, in cells as long and as wide as the box is. Least tolerances are those
    /// of Riesz kernels then, in space up to 6e-7, of gradients 1e-9, and operators are made for the shape of the box when a
    /// plan is: on 1 : 2 in the plane within a second, in space within a second at 1e-3 and 5 to 15 s at 1e-6, around algebraic cores more,
    /// unless they are [kept](crate::operators::keep_in).
    ///
    /// Coordinates are rounded as ones of the size of a side are, where a point is taken from beside the box or seen across a face.
    ///
    /// Errors, of a plan: points in f32, sides that are not positive or of more than 2 : 1, a kernel that is no power of the distance far
    /// away (Coulomb, Biot–Savart and Riesz with s = 0 or from 1e-3 on are), a Gaussian core whose reach is beyond the smallest
    /// side, an algebraic one wider than 100 largest sides, or narrower than a quarter of one with a tolerance below 1e-6 in space,
    /// [`Guarantee::Pointwise`], more points than images can be counted for (4·10⁸ in the plane, 1.5·10⁸ in space).
    pub fn torus(mut self, sides: &[f64]) -> Self {
        self.torus = Some(sides.to_vec());
        self
    }

    /// What will mostly be evaluated, for the choice of the leaf capacity: potentials make near pairs dearer. By default
    /// the field. Any outputs can be evaluated all the same, but gradients, which need better expansions and must be named here.
    pub fn outputs(mut self, outputs: Outputs) -> Self {
        self.outputs = outputs;
        self
    }

    /// Forces an instruction set; by default the fastest that the machine has.
    pub fn instruction_set(mut self, set: InstructionSet) -> Self {
        self.instruction_set = Some(set);
        self
    }

    /// Runs inside this pool; by default inside the rayon pool of the caller.
    pub fn pool(mut self, pool: Arc<rayon::ThreadPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// Checks every value for numbers of type `T` and expansions that can give the tolerance `of_family`.
    pub(crate) fn check<T: Real>(&self, of_family: f64) -> Result<()> {
        let floor_of_precision = floor::<T>();
        let floor = floor_of_precision.max(of_family);
        if !(self.tolerance >= floor && self.tolerance <= 0.1) {
            let limit = match self.torus {
                _ if floor == floor_of_precision => "",
                None => " by these expansions",
                Some(_) => " on a torus, with this kernel and these outputs",
            };
            let allowed = format!("{floor:e} to 0.1 in {}{limit}", T::NAME);
            return Err(Error::new(
                ErrorKind::Tolerance,
                "tolerance",
                format!("{:e}", self.tolerance),
                allowed,
            ));
        }
        if self.leaf_capacity == Some(0) {
            return Err(Error::argument("leaf_capacity", "0", "1 or more"));
        }
        if let Some(costs) = &self.costs {
            costs.check()?;
        }
        self.chosen().map(|_| ())
    }

    /// The instruction set to use.
    pub(crate) fn chosen(&self) -> Result<Chosen> {
        choose(self.instruction_set)
    }
}

/// The forced set, or the fastest one.
pub(crate) fn choose(forced: Option<InstructionSet>) -> Result<Chosen> {
    let Some(set) = forced else {
        return Ok(Chosen::detect());
    };
    Chosen::get(set).ok_or_else(|| {
        let there: Vec<&str> = Chosen::all().map(|c| c.set().name()).collect();
        Error::argument(
            "instruction_set",
            set.name(),
            format!("on this machine {}", there.join(", ")),
        )
    })
}

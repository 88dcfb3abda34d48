//! Plans for kernels of any form.

use super::unit::Unit;
use super::{GeneralKernel, check, direct, leaves};
use crate::accuracy::{report, stratified};
use crate::cost::{PairClass, Work, leaf_capacity};
use crate::expansion::interpolation::skeleton::Skeleton;
use crate::lists::Lists;
use crate::memory::Spares;
use crate::passes::{Buffers, Context, Down, unit as unit_of_strengths, up_and_down};
use crate::plan::clouds::Clouds;
use crate::plan::{in_pool, into_tree_order, same_number};
use crate::points::check_strengths;
use crate::tree::{Frame, Limits, Tree, Width};
use crate::{Costs, Error, Guarantee, Options, Outputs, PassSeconds, Result, VerifyReport};
use lanes::Chosen;
use lanes::accuracy::FULL;
use std::fmt;
use std::sync::Arc;

/// Tree, lists and operators for the sums of one [`GeneralKernel`] over one set of points; the targets are the sources,
/// or not.
///
/// ‖u − u_exact‖₂ ≤ tolerance·‖u_exact‖₂ over all targets, as [`Plan`](crate::Plan) promises it; in f64, in all of space,
/// tolerances from 0.1 to 1e-10 in the plane and 1e-6 in space. Pairs of points at the same place contribute nothing. The
/// same input gives the same bits for any number of threads.
///
/// Those are for homogeneous kernels. One with a length of its own may be smooth, so that no close pair outweighs what
/// far cells lose: in the plane it is taken better, to about 1e-8; in space [verify](Self::verify) it, above all where
/// points lie on lines or planes.
///
/// How many nodes the kernel takes is measured when a plan is made, and a kernel refused that is not finite, not smooth
/// within what far cells see, or not what it declares: of a homogeneous one for all levels of the tree at once, of
/// another for every level anew. In space that takes seconds at 1e-6.
///
/// ```
/// use farfield::Options;
/// use farfield::general::{GeneralKernel, GeneralPlan};
///
/// /// A z/|z|², the field of a source in a medium that conducts along one axis better than along the other.
/// struct Anisotropic;
/// impl GeneralKernel<2, 2> for Anisotropic {
///     fn value(&self, [x, y]: [f64; 2]) -> [f64; 2] {
///         let r2 = x * x + y * y;
///         [(2.0 * x + 0.5 * y) / r2, (0.5 * x + y) / r2]
///     }
///     fn degree(&self) -> Option<f64> {
///         Some(-1.0)
///     }
/// }
/// let positions: Vec<[f64; 2]> = (0..3000).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let plan = GeneralPlan::new(&positions, Anisotropic, Options::tolerance(1e-6))?;
/// let strengths = vec![1.0 / 3000.0; 3000];
/// let u: Vec<[f64; 2]> = plan.sums(&strengths)?;
/// assert!(plan.verify(&strengths, 200)?.error_bound < 1e-6);
/// # Ok::<(), farfield::Error>(())
/// ```
pub struct GeneralPlan<K, const D: usize, const C: usize> {
    kernel: Arc<K>,
    options: Options,
    chosen: Chosen,
    /// As the user has them.
    sources: Vec<[f64; D]>,
    targets: Option<Vec<[f64; D]>>,
    built: Built<K, D, C>,
    /// Buffers of past evaluations, for the next.
    spare: Spares<Buffers<f64>>,
    down: Down<D>,
}

/// What depends on where the points are.
struct Built<K, const D: usize, const C: usize> {
    unit: Unit,
    tree: Tree<D>,
    lists: Lists,
    leaves: Vec<u32>,
    /// In tree order and plan units, by axis, with padding.
    sources: [Vec<f64>; D],
    /// Empty where the targets are the sources.
    targets: [Vec<f64>; D],
    /// `None` where all cells are near.
    expansion: Option<Skeleton<K, D, C>>,
}

impl<K, const D: usize, const C: usize> fmt::Debug for GeneralPlan<K, D, C> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let cells = self.built.tree.cells.len();
        let of = self.sources.len();
        write!(
            f,
            "GeneralPlan({of} sources, {cells} cells, {:?})",
            self.built.expansion
        )
    }
}

/// The smallest tolerance.
fn least_tolerance(dimension: usize) -> f64 {
    if dimension == 2 { 1e-10 } else { 1e-6 }
}

/// How much better expansions must be where no target is near its source, so that the largest pairs are not exact.
const APART: f64 = 4.0;

/// How many times as long a pair takes as one of 1/r² to the last digits.
const PAIR: f64 = 3.0;

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> GeneralPlan<K, D, C> {
    /// A plan in which every position is a source and a target.
    ///
    /// Errors: positions that are not finite; a tolerance below what there is, or that the kernel varies too much for; a
    /// kernel that is not finite, not smooth, or not what it declares; and options that these sums do not have: a torus,
    /// the pointwise guarantee, potentials and gradients.
    pub fn new(positions: &[[f64; D]], kernel: K, options: Options) -> Result<Self> {
        Self::build(positions, None, kernel, options)
    }

    /// A plan that evaluates at `targets` the sums over `sources`. Errors as for [`new`](Self::new).
    pub fn with_targets(
        targets: &[[f64; D]],
        sources: &[[f64; D]],
        kernel: K,
        options: Options,
    ) -> Result<Self> {
        Self::build(sources, Some(targets), kernel, options)
    }

    fn build(
        sources: &[[f64; D]],
        targets: Option<&[[f64; D]]>,
        kernel: K,
        options: Options,
    ) -> Result<Self> {
        const {
            assert!(
                (D == 2 || D == 3) && C > 0,
                "2 or 3 dimensions, and a component"
            )
        };
        check_options(&options, D)?;
        let (chosen, kernel) = (options.chosen()?, Arc::new(kernel));
        let of = (&kernel, &options, chosen);
        let built = in_pool(options.pool.clone(), || {
            Built::new(of, sources, targets, None)
        })?;
        Ok(Self {
            kernel,
            options,
            chosen,
            sources: sources.to_vec(),
            targets: targets.map(<[_]>::to_vec),
            built,
            spare: Spares::default(),
            down: Down::default(),
        })
    }

    /// The next positions of the same particles; operators that serve them again are not made again.
    ///
    /// Errors as for [`new`](Self::new), another number of positions, and a plan with separate targets; the plan is as
    /// before then.
    pub fn move_to(&mut self, positions: &[[f64; D]]) -> Result<()> {
        if self.targets.is_some() {
            let allowed = "a plan without separate targets";
            return Err(Error::argument("positions", "sources alone", allowed));
        }
        same_number("positions", positions.len(), self.sources.len())?;
        let of = (&self.kernel, &self.options, self.chosen);
        let before = self.built.expansion.as_ref();
        self.built = in_pool(self.options.pool.clone(), || {
            Built::new(of, positions, None, before)
        })?;
        self.sources.copy_from_slice(positions);
        Ok(())
    }

    /// Σ_{j: y_j ≠ x_i} w_j K(x_i − y_j) at every target, in their order.
    ///
    /// Errors: another number of strengths than of sources, strengths that are not finite, sums that overflow.
    pub fn sums(&self, strengths: &[f64]) -> Result<Vec<[f64; C]>> {
        let n = self.sources.len();
        let largest = check_strengths::<f64, f64>(self.chosen, &[strengths], n)?[0];
        let mut buffers = self.spare.take();
        buffers.unit = unit_of_strengths(largest);
        let in_order = in_pool(self.options.pool.clone(), || {
            self.in_tree_order(strengths, &mut buffers)
        });
        let mut sums = vec![[0.0; C]; in_order.len()];
        for (sum, &user) in in_order.iter().zip(&self.built.tree.targets().user_index) {
            sums[user as usize] = sum.map(|sum| self.built.unit.to_user(sum, buffers.unit));
        }
        check::finite(&sums)?;
        Ok(sums)
    }

    fn in_tree_order(&self, strengths: &[f64], buffers: &mut Buffers<f64>) -> Vec<[f64; C]> {
        let built = &self.built;
        let targets = match &self.targets {
            Some(_) => &built.targets,
            None => &built.sources,
        };
        let kernel = (&*self.kernel, built.unit);
        let Some(expansion) = &built.expansion else {
            let order = built.tree.source_order.user_index.iter();
            let w: Vec<f64> = order
                .map(|&user| strengths[user as usize] / buffers.unit)
                .collect();
            let n = built.tree.targets().len();
            let targets = targets.each_ref().map(|x| &x[..n]);
            let sources = built.sources.each_ref().map(|y| &y[..w.len()]);
            return direct::all(self.chosen, kernel, targets, sources, &w);
        };
        let context = Context {
            chosen: self.chosen,
            tree: &built.tree,
            lists: &built.lists,
            expansion,
            sources: &built.sources,
            targets,
            leaves: &built.leaves,
            accuracy: FULL,
            lost_in_f32: None,
            down: &self.down,
            sink: &(),
        };
        let mut seconds = PassSeconds::default();
        up_and_down(&context, strengths, false, buffers, &mut seconds);
        leaves::run(&context, kernel, buffers)
    }

    /// Measures the error of the sums on `samples` targets against the direct sum.
    ///
    /// Errors as for [`sums`](Self::sums), and no sample.
    pub fn verify(&self, strengths: &[f64], samples: usize) -> Result<VerifyReport> {
        if samples == 0 {
            return Err(Error::argument("samples", "0", "1 or more"));
        }
        let sums = self.sums(strengths)?;
        let all = self.targets.as_ref().unwrap_or(&self.sources);
        let sample = stratified(all.len(), samples, 0);
        let targets: Vec<[f64; D]> = sample.iter().map(|&i| all[i]).collect();
        let exact = in_pool(self.options.pool.clone(), || {
            direct::sums(&targets, &self.sources, strengths, &*self.kernel)
        })?;
        // Squares of sums themselves may leave the range of the numbers.
        let numbers = sums.as_flattened().iter();
        let largest = numbers.fold(0.0f64, |size, x| size.max(x.abs()));
        let unit = if largest > 0.0 { largest } else { 1.0 };
        let square =
            |of: &dyn Fn(usize) -> f64| (0..C).map(|c| (of(c) / unit).powi(2)).sum::<f64>();
        let errors: Vec<f64> = sample
            .iter()
            .zip(&exact)
            .map(|(&i, exact)| square(&|c| sums[i][c] - exact[c]))
            .collect();
        let squares = sums.iter().map(|sum| square(&|c| sum[c]));
        let mean = squares.sum::<f64>() / sums.len().max(1) as f64;
        Ok(report(&errors, mean, unit))
    }

    /// What is summed.
    pub fn kernel(&self) -> &K {
        &self.kernel
    }

    /// The tree of the plan.
    pub fn tree(&self) -> &Tree<D> {
        &self.built.tree
    }
}

fn check_options(options: &Options, dimension: usize) -> Result<()> {
    options.check::<f64>(least_tolerance(dimension))?;
    if let Some(sides) = &options.torus {
        let allowed = "all of space for a general kernel";
        return Err(Error::argument("torus", format!("{sides:?}"), allowed));
    }
    if options.guarantee == Guarantee::Pointwise {
        let allowed = "calibrated, for kernels whose far fields are interpolated";
        return Err(Error::argument("guarantee", "pointwise", allowed));
    }
    if options.outputs != Outputs::FIELD {
        let allowed = "the field: a general kernel has no potential and no gradient";
        return Err(Error::argument(
            "outputs",
            format!("{:?}", options.outputs),
            allowed,
        ));
    }
    Ok(())
}

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> Built<K, D, C> {
    fn new(
        (kernel, options, chosen): (&Arc<K>, &Options, Chosen),
        sources: &[[f64; D]],
        targets: Option<&[[f64; D]]>,
        before: Option<&Skeleton<K, D, C>>,
    ) -> Result<Self> {
        let clouds = Clouds::new(chosen, None, sources, targets)?;
        let costs = Costs::shipped_in(D, chosen.set());
        let work = work::<D, C>(
            options.tolerance,
            sources.len(),
            targets.unwrap_or(sources).len(),
        );
        let chosen_capacity = || leaf_capacity(&options.costs.unwrap_or(costs), &work);
        let leaf_capacity = options.leaf_capacity.unwrap_or_else(chosen_capacity);
        let share = clouds.share_of_leaf(leaf_capacity);
        let width = match kernel.degree() {
            Some(_) => Width::Cells {
                share,
                narrowest: 0.0,
            },
            // The next positions then have cells of the same sides, and operators.
            None => Width::PowerOfTwo,
        };
        let frame = Frame::of::<f64>(&clouds.both(), width);
        clouds.check_resolution(&frame)?;
        let unit = Unit::new(&**kernel, frame.scale);
        check::check(&**kernel, unit, clouds.both().widest() * frame.scale)?;
        let limits = Limits {
            leaf_capacity,
            narrowest: 0.0,
            torus: false,
        };
        let mut tree = Tree::default();
        tree.rebuild(frame, sources, targets, limits);
        let root_side = tree.frame.side * unit.length;
        let stricter = if targets.is_some() { APART } else { 1.0 };
        let asked = (options.tolerance, stricter);
        let depth = tree.depth() as u32;
        let expansion = (depth > 1)
            .then(|| Skeleton::new(kernel, asked, (root_side, depth), before))
            .transpose()?;
        let mut lists = Lists::default();
        let direct_below = expansion.as_ref().map_or(0, Skeleton::points);
        lists.build(&tree, direct_below, None);
        let scale = tree.frame.scale;
        let mut in_order = [(); 2].map(|()| std::array::from_fn(|_| vec![]));
        into_tree_order(sources, &tree.source_order, scale, &mut in_order[0]);
        if let Some((points, order)) = targets.zip(tree.target_order.as_ref()) {
            into_tree_order(points, order, scale, &mut in_order[1]);
        }
        let [sources, targets] = in_order;
        Ok(Self {
            unit,
            leaves: tree.target_leaves(),
            tree,
            lists,
            sources,
            targets,
            expansion,
        })
    }
}

/// What the cost model needs to know. Points and ranks of matrices are known when operators are made, which few points do
/// not need: these are those of z/|z|² along other axes, by digits.
fn work<const D: usize, const C: usize>(tolerance: f64, sources: usize, targets: usize) -> Work {
    let digits = -tolerance.log10();
    let (points, rank, far) = match D {
        2 => (4.4 * digits, 2.0 * digits, 27.0),
        _ => (5.4 * digits * digits, 1.2 * digits * digits, 189.0),
    };
    Work {
        dimension: D as u32,
        sources,
        targets,
        order: (1.4 * digits).ceil() as usize,
        waves: points as usize,
        waves_in_single: false,
        far_products: Some(far * (C + 1) as f64 * points * rank),
        pair_factor: PAIR,
        pair: PairClass::Full,
        potential: false,
    }
}

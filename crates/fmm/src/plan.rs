//! Plan: build → evaluate many times → move points.

mod verify;

use crate::Real;
use crate::accuracy::{self, Harmonic2Accuracy};
use crate::cost::{Costs, Counts, FILLING, PairClass, Work, leaf_capacity};
use crate::expansion::harmonic2::Harmonic2;
use crate::kernel::Kernel;
use crate::lists::Lists;
use crate::memory::{ask_ahead, room, zeros};
use crate::options::floor;
use crate::passes::{Buffers, Context, PADDING, PIECE, unit};
use crate::points::{check_positions, check_resolution, check_strengths, is_double};
use crate::report::{PassSeconds, PlanReport, PredictedSeconds};
use crate::tree::{Frame, Limits, Tree, TreeOrder};
use crate::{Error, ErrorKind, Evaluation, Guarantee, Options, Outputs, Result, Sums};
use lanes::Chosen;
use rayon::prelude::*;
use std::sync::Mutex;
use std::time::Instant;

/// Tree, lists and operators for one set of points and one kernel; evaluates any strengths.
///
/// Every slice goes in and comes back in the user's order. Results are the same bits for any number of threads.
///
/// ```
/// use farfield::{BiotSavart2d, Options, Plan, direct};
/// let positions: Vec<[f64; 2]> = (0..3000).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let circulations = vec![1.0 / 3000.0; 3000];
/// let plan = Plan::new(&positions, BiotSavart2d, Options::tolerance(1e-6))?;
/// let u = plan.field(&circulations)?;
/// assert!(plan.verify(&circulations, 200)?.error_bound < 1e-6);
/// # let exact = direct::field(&positions, &positions, &circulations, BiotSavart2d)?;
/// # assert!((u[7][0] - exact[7][0]).abs() < 1e-5);
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Debug)]
pub struct Plan<T: Real, K> {
    kernel: K,
    options: Options,
    chosen: Chosen,
    accuracy: Harmonic2Accuracy,
    expansion: Harmonic2,
    leaf_capacity: usize,
    tree: Tree<2>,
    lists: Lists,
    /// Leaves that hold targets, in the order of their targets.
    leaves: Vec<u32>,
    sources: [Vec<T>; 2],
    /// Empty where the targets are the sources.
    targets: [Vec<T>; 2],
    list_seconds: f64,
    /// Buffers of past evaluations, for the next.
    spare: Mutex<Vec<Vec<Buffers<T, 2>>>>,
}

impl<T: Real, K: Kernel<2>> Plan<T, K> {
    /// A plan in which every position is a source and a target.
    ///
    /// Errors: a position that is not finite, a tolerance below what `T` can give, a kernel parameter that is not allowed.
    pub fn new(positions: &[[T; 2]], kernel: K, options: Options) -> Result<Self> {
        Self::build(positions, None, kernel, options)
    }

    /// A plan that evaluates at `targets` the sums over `sources`. Errors as for [`new`](Self::new).
    pub fn with_targets(
        targets: &[[T; 2]],
        sources: &[[T; 2]],
        kernel: K,
        options: Options,
    ) -> Result<Self> {
        Self::build(sources, Some(targets), kernel, options)
    }

    fn build(
        sources: &[[T; 2]],
        targets: Option<&[[T; 2]]>,
        kernel: K,
        options: Options,
    ) -> Result<Self> {
        options.check::<T>()?;
        kernel.check()?;
        let tolerance = match (targets, options.guarantee) {
            // The rule was calibrated with targets among the sources; apart from them errors were up to 4.3 times larger.
            (Some(_), Guarantee::Calibrated) => (options.tolerance / 20.0).max(floor::<T>()),
            _ => options.tolerance,
        };
        let accuracy = accuracy::harmonic2(tolerance, options.guarantee, !is_double::<T>());
        let chosen = options.chosen()?;
        let mut plan = Self {
            chosen,
            expansion: Harmonic2::new(accuracy.order, accuracy.wave_error, chosen.lanes()),
            leaf_capacity: 0,
            accuracy,
            kernel,
            options,
            tree: Tree::default(),
            lists: Lists::default(),
            leaves: vec![],
            sources: Default::default(),
            targets: Default::default(),
            list_seconds: 0.0,
            spare: Mutex::default(),
        };
        let work = plan.work(sources.len(), targets.unwrap_or(sources).len());
        let chosen = || leaf_capacity(&plan.costs(), &work);
        plan.leaf_capacity = plan.options.leaf_capacity.unwrap_or_else(chosen);
        plan.rebuild(sources, targets)?;
        Ok(plan)
    }

    /// The next positions of the same particles: rebuilds the tree in the buffers of the old one.
    ///
    /// Errors: another number of positions, one that is not finite, or a plan with separate targets (see
    /// [`move_both`](Self::move_both)). After an error the plan is as before.
    pub fn move_to(&mut self, positions: &[[T; 2]]) -> Result<()> {
        if self.tree.target_order.is_some() {
            return Err(Error::argument(
                "positions",
                "sources alone",
                "move_both(targets, sources) for this plan",
            ));
        }
        same_number("positions", positions.len(), self.tree.source_order.len())?;
        self.rebuild(positions, None)
    }

    /// The next positions for a plan with separate targets. Errors as for [`move_to`](Self::move_to).
    pub fn move_both(&mut self, targets: &[[T; 2]], sources: &[[T; 2]]) -> Result<()> {
        if self.tree.target_order.is_none() {
            return Err(Error::argument(
                "targets",
                "a separate cloud",
                "move_to(positions) for this plan",
            ));
        }
        same_number("targets", targets.len(), self.tree.targets().len())?;
        same_number("sources", sources.len(), self.tree.source_order.len())?;
        self.rebuild(sources, Some(targets))
    }

    fn rebuild(&mut self, sources: &[[T; 2]], targets: Option<&[[T; 2]]>) -> Result<()> {
        let pool = self.options.pool.clone();
        in_pool(pool, || {
            let name = if targets.is_some() {
                "sources"
            } else {
                "positions"
            };
            let empty: &[[T; 2]] = &[];
            let separate = check_positions(self.chosen, "targets", targets.unwrap_or(empty))?;
            let extent = check_positions(self.chosen, name, sources)?;
            let leaf_capacity = self.leaf_capacity;
            let most = sources.len().max(targets.unwrap_or(empty).len());
            let share = FILLING * leaf_capacity as f64 / most as f64;
            let frame = Frame::of::<T>(&extent.join(separate), Some(share));
            check_resolution(&frame, name, sources, &extent)?;
            check_resolution(&frame, "targets", targets.unwrap_or(empty), &separate)?;
            let narrowest = self.kernel.reach(self.options.tolerance);
            self.tree.rebuild(
                frame,
                sources,
                targets,
                Limits {
                    leaf_capacity,
                    narrowest,
                },
            );
            let start = Instant::now();
            let direct_below = self.accuracy.order;
            self.lists.build(&self.tree, direct_below);
            self.leaves = self.tree.target_leaves();
            self.list_seconds = start.elapsed().as_secs_f64();
            let scale = self.tree.frame.scale;
            into_tree_order(sources, &self.tree.source_order, scale, &mut self.sources);
            if let (Some(points), Some(order)) = (targets, &self.tree.target_order) {
                into_tree_order(points, order, scale, &mut self.targets);
            }
            Ok(())
        })
    }

    /// The constants of the machine.
    fn costs(&self) -> Costs {
        let shipped = Costs::shipped(self.chosen.set());
        self.options.costs.unwrap_or(shipped)
    }

    /// What the cost model needs to know of an evaluation.
    fn work(&self, sources: usize, targets: usize) -> Work {
        Work {
            dimension: 2,
            sources,
            targets,
            order: self.expansion.order(),
            waves: self.expansion.waves(),
            pair: PairClass::of(self.accuracy.pair, is_double::<T>()),
            potential: self.options.outputs.potential,
        }
    }

    /// What the cost model expects of the tree that there is.
    fn predicted(&self, work: &Work, report: &PlanReport) -> PredictedSeconds {
        let counts = Counts {
            near_pairs: report.near_pairs as f64,
            leaves: report.leaves as f64,
            cells: report.cells as f64,
            far_cells: report.far_cells as f64,
        };
        self.costs().predict(work, &counts)
    }

    /// The field of one strength vector at every target.
    pub fn field(&self, strengths: &[T]) -> Result<Vec<[T; 2]>> {
        Ok(self
            .evaluate(&[strengths], Outputs::FIELD)?
            .sums
            .remove(0)
            .field)
    }

    /// The potential of one strength vector at every target.
    pub fn potential(&self, strengths: &[T]) -> Result<Vec<T>> {
        Ok(self
            .evaluate(&[strengths], Outputs::POTENTIAL)?
            .sums
            .remove(0)
            .potential)
    }

    /// The field of one strength vector, written into the caller's slice (one entry a target).
    pub fn field_into(&self, strengths: &[T], field: &mut [[T; 2]]) -> Result<PassSeconds> {
        same_number("field", field.len(), self.tree.targets().len())?;
        let start = Instant::now();
        let (buffers, mut seconds) = self.radial_sums(&[strengths], Outputs::FIELD)?;
        let permute = Instant::now();
        let result = self.user_field(&buffers[0], field);
        self.give_back(buffers);
        seconds.permute += permute.elapsed().as_secs_f64();
        seconds.total = start.elapsed().as_secs_f64();
        result.map(|()| seconds)
    }

    /// The chosen sums of each strength vector.
    ///
    /// Errors: a vector whose length is not the number of sources or with a strength that is not finite; a sum that
    /// overflows `T`.
    pub fn evaluate(&self, strengths: &[&[T]], outputs: Outputs) -> Result<Evaluation<T, 2>> {
        let start = Instant::now();
        let (buffers, mut seconds) = self.radial_sums(strengths, outputs)?;
        let permute = Instant::now();
        let n = self.tree.targets().len();
        let user_order = |buffers: &Buffers<T, 2>| -> Result<Sums<T, 2>> {
            let mut sums = Sums {
                field: vec![],
                potential: vec![],
            };
            if outputs.field {
                sums.field = zeros(n, [T::ZERO; 2]);
                self.user_field(buffers, &mut sums.field)?;
            }
            if outputs.potential {
                sums.potential = zeros(n, T::ZERO);
                self.user_potential(buffers, &mut sums.potential)?;
            }
            Ok(sums)
        };
        let sums: Result<Vec<_>> = buffers.iter().map(user_order).collect();
        self.give_back(buffers);
        seconds.permute += permute.elapsed().as_secs_f64();
        seconds.total = start.elapsed().as_secs_f64();
        Ok(Evaluation {
            sums: sums?,
            seconds,
        })
    }

    /// The radial sums in tree order, in buffers to be given back.
    fn radial_sums(
        &self,
        strengths: &[&[T]],
        outputs: Outputs,
    ) -> Result<(Vec<Buffers<T, 2>>, PassSeconds)> {
        let n_sources = self.tree.source_order.len();
        let largest = check_strengths(self.chosen, strengths, n_sources)?;
        let mut buffers = self
            .spare
            .lock()
            .map(|mut spare| spare.pop())
            .ok()
            .flatten()
            .unwrap_or_default();
        buffers.resize_with(strengths.len(), Buffers::default);
        for (buffers, largest) in buffers.iter_mut().zip(largest) {
            buffers.unit = unit(largest);
        }
        let pair = self.kernel.pair(self.tree.frame.scale);
        let context = Context {
            chosen: self.chosen,
            tree: &self.tree,
            lists: &self.lists,
            expansion: &self.expansion,
            sources: &self.sources,
            targets: if self.tree.target_order.is_some() {
                &self.targets
            } else {
                &self.sources
            },
            leaves: &self.leaves,
            accuracy: self.accuracy.pair,
        };
        let seconds = in_pool(self.options.pool.clone(), || {
            T::evaluate_planar(&context, pair, strengths, outputs, &mut buffers)
        });
        Ok((buffers, seconds))
    }

    fn give_back(&self, buffers: Vec<Buffers<T, 2>>) {
        if let Ok(mut spare) = self.spare.lock() {
            spare.push(buffers);
        }
    }

    fn user_field(&self, buffers: &Buffers<T, 2>, out: &mut [[T; 2]]) -> Result<()> {
        let (scale, unit) = (self.tree.frame.scale, buffers.unit);
        let index = &self.tree.targets().tree_index;
        let fill = |out: &mut [T; 2], s: [T; 2]| {
            let user = |s: T| T::from_f64(s.to_f64() * unit * scale);
            *out = self.kernel.field(s.map(user));
            out[0].is_finite() && out[1].is_finite()
        };
        fill_all("field", index, &buffers.s, out, fill)
    }

    fn user_potential(&self, buffers: &Buffers<T, 2>, out: &mut [T]) -> Result<()> {
        let index = &self.tree.targets().tree_index;
        let fill = |out: &mut T, t: T| {
            *out = self
                .kernel
                .potential(T::from_f64(t.to_f64() * buffers.unit));
            out.is_finite()
        };
        fill_all("potential", index, &buffers.t, out, fill)
    }

    /// What was built, and how long it took.
    pub fn report(&self) -> PlanReport {
        let (tree, lists) = (&self.tree, &self.lists);
        let leaf_pairs = |&leaf: &u32| {
            let cell = &tree.cells[leaf as usize];
            let near: usize = lists.near[leaf as usize]
                .iter()
                .map(|range| range.len())
                .sum();
            (near + cell.sources.len()) as u64 * cell.targets.len() as u64
        };
        let buffers = self
            .spare
            .lock()
            .map(|spare| spare.iter().flatten().map(Buffers::bytes).sum())
            .unwrap_or(0);
        let coordinates: usize = self
            .sources
            .iter()
            .chain(&self.targets)
            .map(Vec::capacity)
            .sum();
        let coarse = (0..=tree.depth().min(1)).map(|level| tree.level(level).len());
        let work = self.work(tree.source_order.len(), tree.targets().len());
        let mut report = PlanReport {
            n_sources: tree.source_order.len(),
            n_targets: tree.targets().len(),
            cells: tree.cells.len(),
            far_cells: tree.cells.len() - coarse.sum::<usize>(),
            leaves: self.leaves.len(),
            depth: tree.depth(),
            leaf_capacity: self.leaf_capacity,
            expansion_order: self.expansion.order(),
            waves: self.expansion.waves(),
            pair_class: work.pair.name(),
            near_pairs: self.leaves.iter().map(leaf_pairs).sum(),
            bytes: tree.bytes() + lists.bytes() + buffers + coordinates * size_of::<T>(),
            instruction_set: self.chosen.set().name(),
            sort_seconds: tree.seconds.0,
            tree_seconds: tree.seconds.1,
            list_seconds: self.list_seconds,
            predicted: PredictedSeconds::default(),
        };
        report.predicted = self.predicted(&work, &report);
        report
    }

    /// Points in a cell above which it is split: as the options say, or as the cost model chose.
    pub fn leaf_capacity(&self) -> usize {
        self.leaf_capacity
    }

    /// The tree of the plan, to walk over or to reuse.
    pub fn tree(&self) -> &Tree<2> {
        &self.tree
    }
}

/// Runs in the pool handed in, or where the caller is.
fn in_pool<R: Send>(
    pool: Option<std::sync::Arc<rayon::ThreadPool>>,
    work: impl FnOnce() -> R + Send,
) -> R {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

fn same_number(argument: &str, found: usize, wanted: usize) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::argument(
        argument,
        format!("{found} entries"),
        format!("{wanted}, as the plan has"),
    ))
}

fn into_tree_order<T: Real>(
    points: &[[T; 2]],
    order: &TreeOrder,
    scale: f64,
    out: &mut [Vec<T>; 2],
) {
    let n = points.len();
    let [x, y] = out;
    for axis in [&mut *x, &mut *y] {
        room(axis, n + PADDING, T::ZERO);
    }
    let pieces = x.par_chunks_mut(PIECE).zip(y.par_chunks_mut(PIECE));
    pieces
        .zip(order.user_index.par_chunks(PIECE))
        .for_each(|((x, y), order)| {
            for (k, ((x, y), &user)) in x.iter_mut().zip(y).zip(order).enumerate() {
                ask_ahead(points, order, k);
                let point = points[user as usize].map(|x| T::from_f64(x.to_f64() * scale));
                (*x, *y) = (point[0], point[1]);
            }
        });
}

/// Fills every entry from the sums of its target, whose places `tree_index` tells; an error names the first that
/// overflows.
fn fill_all<S: Copy + Sync, T: Send>(
    name: &str,
    tree_index: &[u32],
    sums: &[S],
    out: &mut [T],
    fill: impl Fn(&mut T, S) -> bool + Sync,
) -> Result<()> {
    let pieces = out.par_chunks_mut(PIECE).zip(tree_index.par_chunks(PIECE));
    let overflow = pieces.enumerate().filter_map(|(p, (out, tree_index))| {
        let mut bad = None;
        for (k, (out, &i)) in out.iter_mut().zip(tree_index).enumerate() {
            ask_ahead(sums, tree_index, k);
            if !fill(out, sums[i as usize]) && bad.is_none() {
                bad = Some(p * PIECE + k);
            }
        }
        bad
    });
    overflow.min().map_or(Ok(()), |user| {
        let allowed = "sums within the range of the precision (points may be too close, or strengths too large)";
        Err(Error::new(ErrorKind::Overflow, format!("{name}[{user}]"), "not finite", allowed))
    })
}

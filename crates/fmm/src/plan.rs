//! Plan: build → evaluate many times → move points. Building and moving are here.

pub(crate) mod clouds;
mod demands;
mod evaluate;
mod evenness;
mod few;
mod fit;
mod on_grid;
mod user_order;
mod verify;
mod wide;

pub(crate) use user_order::add_gradient;

use crate::Real;
use crate::cost::{Costs, Counts, PairClass, Work};
use crate::expansion::{Asked, Family};
use crate::kernel::{Kernel, RadialKernel, RadialPair};
use crate::lists::Lists;
use crate::memory::{Spares, ask_ahead, room};
use crate::options::floor;
use crate::passes::{Buffers, Down, PADDING, PIECE};
use crate::points::is_double;
use crate::report::{PlanReport, PredictedSeconds};
use crate::torus::Torus;
use crate::torus::evenness::Evenness;
use crate::torus::split::FarPower;
use crate::tree::{Fit, Frame, Limits, Tree, TreeOrder, Width};
use crate::{Error, Options, Result};
use clouds::Clouds;
use demands::{Floors, check_extent, close, lost_in_f32, of_core, stricter};
use evenness::evenness;
use lanes::Chosen;
use lanes::accuracy::SINGLE;
use on_grid::Grid;
use rayon::prelude::*;
use std::time::Instant;
use wide::Narrow;

/// Points of a leaf where a grid takes the sums: the work of one task.
const ON_GRID: usize = 128;

/// The expansions of a kernel.
pub(crate) type FamilyOf<K, const D: usize> = <<K as Kernel<D>>::Pair as RadialPair<D>>::Family;

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
pub struct Plan<T: Real, K: Kernel<D>, const D: usize = 2> {
    kernel: K,
    /// The kernel from tables, where its core is wide.
    wide: Option<RadialKernel>,
    /// The grid that the plan takes wherever there is one.
    grid: Option<Grid<D>>,
    /// What tables stand for, while a plan has them that may be without at its next positions.
    narrow: Option<Narrow<FamilyOf<K, D>>>,
    options: Options,
    torus: Option<Torus<D>>,
    /// How the points fill it, where expansions depend on that.
    evenness: Option<Evenness>,
    /// The kernel, if its core is so wide that it is few modes of the torus.
    smooth: Option<FarPower>,
    chosen: Chosen,
    expansion: FamilyOf<K, D>,
    /// Accuracy of one near pair, see [`lanes::accuracy`].
    pair_accuracy: usize,
    /// What near pairs in f32 may lose of a field, where that must be measured.
    lost_in_f32: Option<f64>,
    leaf_capacity: usize,
    tree: Tree<D>,
    lists: Lists,
    /// Leaves that hold targets, in the order of their targets.
    leaves: Vec<u32>,
    sources: [Vec<T>; D],
    /// Empty where the targets are the sources.
    targets: [Vec<T>; D],
    list_seconds: f64,
    /// Buffers of past evaluations, for the next.
    spare: Spares<Vec<Buffers<T>>>,
    /// The same of their downward passes.
    down: Down<D>,
}

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// A plan in which every position is a source and a target.
    ///
    /// Errors: a position that is not finite, a tolerance below what `T` can give, a kernel parameter that is not allowed.
    pub fn new(positions: &[[T; D]], kernel: K, options: Options) -> Result<Self> {
        Self::build(positions, None, kernel, options)
    }

    /// A plan that evaluates at `targets` the sums over `sources`. Errors as for [`new`](Self::new).
    pub fn with_targets(
        targets: &[[T; D]],
        sources: &[[T; D]],
        kernel: K,
        options: Options,
    ) -> Result<Self> {
        Self::build(sources, Some(targets), kernel, options)
    }

    /// The smallest tolerance that a plan with these options takes, whatever theirs is, for numbers of type `T` and this kernel.
    ///
    /// Errors: what makes a kernel or a torus that no plan has.
    pub fn least_tolerance(kernel: &K, options: &Options) -> Result<f64> {
        Ok(floor::<T>().max(Self::floors(kernel, options)?.of_plan))
    }

    fn floors(kernel: &K, options: &Options) -> Result<Floors<D>> {
        Floors::new(kernel, options, FamilyOf::<K, D>::floor(options.guarantee))
    }

    fn build(
        sources: &[[T; D]],
        targets: Option<&[[T; D]]>,
        kernel: K,
        options: Options,
    ) -> Result<Self> {
        let Floors {
            torus,
            power,
            wide,
            of_family,
            of_plan,
        } = Self::floors(&kernel, &options)?;
        options.check::<T>(of_plan)?;
        let points = sources.len().max(targets.map_or(0, <[_]>::len));
        let chosen = options.chosen()?;
        let clouds = || Clouds::new(chosen, torus, sources, targets);
        let clouds = in_pool(options.pool.clone(), clouds)?;
        check_extent(&kernel, wide.as_ref(), torus, &clouds, options.tolerance)?;
        let on_torus = torus.as_ref().zip(power);
        let of_points = || evenness(&kernel, on_torus, &clouds, &options);
        let evenness = in_pool(options.pool.clone(), of_points);
        let apart = targets.is_some();
        let stricter = stricter::<FamilyOf<K, D>, D>(points, apart, power, evenness, &options);
        let of_core = of_core::<K, D>(&kernel, wide.as_ref(), &options);
        let lost_in_f32 = lost_in_f32::<K, D>(&kernel, points, apart, power, &options);
        let asked_for = options.tolerance;
        let within = |stricter: f64| (asked_for / stricter).max(floor::<T>()).max(of_family);
        let around = || clouds.probable_frame(options.leaf_capacity);
        let frame = torus.map_or_else(around, |torus| torus.frame::<T>(Fit::Whole));
        let asked = Asked {
            root_side: frame.side / frame.scale,
            tolerance: within(stricter * of_core),
            pairs: within(if lost_in_f32.is_some() { 1.0 } else { stricter }),
            guarantee: options.guarantee,
            single: !is_double::<T>(),
            gradient: options.outputs.gradient,
            torus: torus.is_some(),
            stretch: frame.stretch,
            lanes: chosen.lanes(),
            waves_in_double: options
                .service
                .is_some_and(|service| service.waves_in_double),
        };
        let family = || match &wide {
            Some(wide) => K::Pair::tabulated(wide.tables(1.0)).family(&asked),
            None => kernel.pair(1.0).family(&asked),
        };
        let (mut expansion, pair_accuracy) = in_pool(options.pool.clone(), family)?;
        if let Some((torus, power)) = torus.zip(power) {
            close(&mut expansion, (&torus, power), &kernel, &options)?;
        }
        let mut plan = Self {
            chosen,
            expansion,
            pair_accuracy,
            lost_in_f32,
            leaf_capacity: 0,
            kernel,
            wide,
            grid: None,
            narrow: None,
            options,
            torus,
            evenness,
            smooth: power.filter(|power| power.few_modes),
            tree: Tree::default(),
            lists: Lists::default(),
            leaves: vec![],
            sources: std::array::from_fn(|_| vec![]),
            targets: std::array::from_fn(|_| vec![]),
            list_seconds: 0.0,
            spare: Spares::default(),
            down: Down::default(),
        };
        plan.choose_leaf_capacity(&clouds);
        plan.choose_grid(&clouds)?;
        plan.rebuild(&clouds)?;
        if plan.prefer_grid(&clouds) {
            plan.rebuild(&clouds)?;
        }
        plan.widen(&clouds)?;
        Ok(plan)
    }

    /// The near-field pair in the unit of a plan.
    fn pair(&self, scale: f64) -> K::Pair {
        match &self.wide {
            Some(kernel) => K::Pair::tabulated(kernel.tables(scale)),
            None => self.kernel.pair(scale),
        }
    }

    /// The next positions of the same particles: rebuilds the tree in the buffers of the old one.
    ///
    /// Errors: another number of positions, one that is not finite, or a plan with separate targets (see
    /// [`move_both`](Self::move_both)). After an error the plan is as before.
    pub fn move_to(&mut self, positions: &[[T; D]]) -> Result<()> {
        if self.tree.target_order.is_some() {
            return Err(Error::argument(
                "positions",
                "sources alone",
                "move_both(targets, sources) for this plan",
            ));
        }
        same_number("positions", positions.len(), self.tree.source_order.len())?;
        self.move_clouds(positions, None)
    }

    /// The next positions for a plan with separate targets. Errors as for [`move_to`](Self::move_to).
    pub fn move_both(&mut self, targets: &[[T; D]], sources: &[[T; D]]) -> Result<()> {
        if self.tree.target_order.is_none() {
            return Err(Error::argument(
                "targets",
                "a separate cloud",
                "move_to(positions) for this plan",
            ));
        }
        same_number("targets", targets.len(), self.tree.targets().len())?;
        same_number("sources", sources.len(), self.tree.source_order.len())?;
        self.move_clouds(sources, Some(targets))
    }

    fn move_clouds(&mut self, sources: &[[T; D]], targets: Option<&[[T; D]]>) -> Result<()> {
        let clouds = || Clouds::new(self.chosen, self.torus, sources, targets);
        let clouds = in_pool(self.options.pool.clone(), clouds)?;
        let (wide, tolerance) = (self.wide.as_ref(), self.options.tolerance);
        check_extent(&self.kernel, wide, self.torus, &clouds, tolerance)?;
        if self.fill_otherwise(&clouds) {
            return self.make_anew(sources, targets);
        }
        let tables = self.without_tables();
        if let Err(error) = self.rebuild(&clouds) {
            self.put_back(tables);
            return Err(error);
        }
        if self.grid.is_some() && self.wide.is_none() {
            // Where there is no grid any more.
            self.widen(&clouds)?;
        }
        Ok(())
    }

    fn rebuild(&mut self, clouds: &Clouds<T, D>) -> Result<()> {
        let pool = self.options.pool.clone();
        in_pool(pool, || {
            let (sources, targets) = (clouds.sources(), clouds.targets());
            let (fit, leaf_capacity) = (self.fit(clouds), self.leaf_capacity);
            let most = sources.len().max(targets.map_or(0, <[_]>::len));
            let share = clouds.share_of_leaf(leaf_capacity);
            let on_grid = self.ready_grid(clouds);
            let reach = self.reach();
            let width = match () {
                // Of points on a grid the tree depends on nothing else.
                () if on_grid => Width::Least,
                () if self.expansion.needs_sides() => Width::FewSides { share },
                () => Width::Cells {
                    share,
                    narrowest: reach,
                },
            };
            let around = || Frame::of::<T>(&clouds.both(), width);
            let of_torus = |torus: Torus<D>| torus.frame::<T>(fit);
            let frame = self.torus.map_or_else(around, of_torus);
            clouds.check_resolution(&frame)?;
            if !on_grid {
                self.expansion.fit_side(frame.side / frame.scale)?;
            }
            if fit == Fit::Thirds {
                self.expansion.make_thirds();
            }
            // Where all points coincide nothing must be left, which expansions cannot promise.
            let coincide = clouds.both().widest() == 0.0;
            let expanded = !coincide && !on_grid;
            let finest = self.expansion.finest(most).filter(|_| expanded);
            let narrowest = match finest {
                _ if on_grid => 0.0,
                Some(level) => frame.least_side(level) / frame.scale,
                None => reach,
            };
            self.tree.rebuild(
                frame,
                sources,
                targets,
                Limits {
                    leaf_capacity: if on_grid { ON_GRID } else { leaf_capacity },
                    narrowest,
                    torus: self.torus.is_some(),
                },
            );
            let start = Instant::now();
            if !on_grid {
                let depth = self.tree.depth() as u32;
                self.expansion.prepare(depth, finest);
                let direct_below = self.expansion.direct_below();
                self.lists.build(&self.tree, direct_below, finest);
                self.lists
                    .take_images_directly(&mut self.tree, direct_below);
            }
            self.leaves = self.tree.target_leaves();
            self.list_seconds = start.elapsed().as_secs_f64();
            let scale = self.tree.frame.scale;
            into_tree_order(sources, &self.tree.source_order, scale, &mut self.sources);
            if let (Some(points), Some(order)) = (targets, &self.tree.target_order) {
                into_tree_order(points, order, scale, &mut self.targets);
            }
            self.fill_grid(clouds, on_grid);
            if let Some(torus) = self.torus {
                for (a, x) in self.sources.iter_mut().enumerate() {
                    let side = torus.sides[a] * scale;
                    let beside =
                        |x: T, shift: [i8; D]| T::from_f64(x.to_f64() + f64::from(shift[a]) * side);
                    self.tree.fill_images(x, T::ZERO, PADDING, beside);
                }
            }
            Ok(())
        })
    }

    /// The constants of the machine.
    fn costs(&self) -> Costs {
        let shipped = Costs::shipped_in(D, self.chosen.set());
        self.options.costs.unwrap_or(shipped)
    }

    /// What the cost model needs to know of an evaluation.
    fn work(&self, sources: usize, targets: usize) -> Work {
        let service = self.options.service;
        let accuracy = match service {
            Some(_) => self.pair_accuracy.max(SINGLE),
            None => self.pair_accuracy,
        };
        Work {
            dimension: D as u32,
            sources,
            targets,
            order: self.expansion.order(),
            waves: self.expansion.waves(),
            waves_in_single: self.expansion.are_waves_single() && self.chosen.lanes() > 1,
            far_products: self.expansion.far_products(),
            pair_factor: service.map_or(self.pair(1.0).cost(), |service| service.pair_factor),
            pair: PairClass::of(accuracy, is_double::<T>()),
            potential: self.options.outputs.potential || self.options.outputs.gradient,
        }
    }

    /// What the cost model expects of the tree that there is.
    fn predicted(&self, work: &Work, report: &PlanReport) -> PredictedSeconds {
        if let Some(grid) = self.filled_grid() {
            let [upward, downward, leaves] = grid.layout().seconds;
            return PredictedSeconds {
                upward,
                downward,
                leaves,
                ..PredictedSeconds::default()
            };
        }
        let counts = Counts {
            near_pairs: report.near_pairs as f64,
            leaves: report.leaves as f64,
            cells: report.cells as f64,
            far_cells: report.far_cells as f64,
        };
        self.costs().predict(work, &counts)
    }

    /// Pairs that are summed one by one.
    fn near_pairs(&self) -> u64 {
        if self.smooth.is_some() || self.filled_grid().is_some() {
            return 0;
        }
        let of_leaf = |&leaf: &u32| {
            let cell = &self.tree.cells[leaf as usize];
            let near = self.lists.near[leaf as usize].iter();
            let near: usize = near.map(|range| range.len()).sum();
            let own = if self.lists.pairs_within(cell) {
                cell.sources.len()
            } else {
                0
            };
            (near + own) as u64 * cell.targets.len() as u64
        };
        self.leaves.iter().map(of_leaf).sum()
    }

    /// What was built, and how long it took.
    pub fn report(&self) -> PlanReport {
        let (tree, lists) = (&self.tree, &self.lists);
        let of_vectors = |buffers: &Vec<Buffers<T>>| buffers.iter().map(Buffers::bytes).sum();
        let buffers = self.spare.sum(of_vectors) + self.down.bytes();
        let coordinates: usize = self
            .sources
            .iter()
            .chain(&self.targets)
            .map(Vec::capacity)
            .sum();
        let without_far = match tree.frame.fit {
            Fit::Whole if !tree.is_torus() => 1,
            fit => fit.first_level() as usize,
        };
        let coarse = (0..=tree.depth().min(without_far)).map(|level| tree.level(level).len());
        let work = self.work(tree.source_order.len(), tree.targets().len());
        let mut report = PlanReport {
            n_sources: tree.source_order.len(),
            n_targets: tree.targets().len(),
            cells: tree.cells_of_box(),
            far_cells: tree.cells_of_box() - coarse.sum::<usize>(),
            leaves: self.leaves.len(),
            depth: tree.depth(),
            leaf_capacity: self.leaf_capacity,
            expansion_order: self.expansion.order(),
            waves: self.expansion.waves(),
            waves_in_single: self.expansion.are_waves_single(),
            wide_core: self.wide.is_some() && self.torus.is_none(),
            on_grid: self.grid.is_some(),
            grid: self
                .filled_grid()
                .map(|grid| grid.layout().period().to_vec()),
            pair_class: work.pair.name(),
            near_pairs: self.near_pairs(),
            bytes: tree.bytes()
                + lists.bytes()
                + buffers
                + coordinates * size_of::<T>()
                + self
                    .filled_grid()
                    .map_or(0, |grid| grid.bytes(self.options.outputs)),
            instruction_set: self.chosen.set().name(),
            operators: self.expansion.operators(),
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

    /// What the plan was made with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What is summed.
    pub fn kernel(&self) -> &K {
        &self.kernel
    }

    /// The tree of the plan, to walk over or to reuse.
    pub fn tree(&self) -> &Tree<D> {
        &self.tree
    }
}

/// Runs in the pool handed in, or where the caller is.
pub(crate) fn in_pool<R: Send>(
    pool: Option<std::sync::Arc<rayon::ThreadPool>>,
    work: impl FnOnce() -> R + Send,
) -> R {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

pub(crate) fn same_number(argument: &str, found: usize, wanted: usize) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::argument(
        argument,
        format!("{found} entries"),
        format!("{wanted}, as the plan has"),
    ))
}

/// By axis, in plan units, with room for vectors behind the last.
pub(crate) fn into_tree_order<T: Real, const D: usize>(
    points: &[[T; D]],
    order: &TreeOrder,
    scale: f64,
    out: &mut [Vec<T>; D],
) {
    let mut axes = out.each_mut().map(|axis| {
        room(axis, points.len() + PADDING, T::ZERO);
        axis.chunks_mut(PIECE)
    });
    let orders = order.user_index.chunks(PIECE);
    let pieces: Vec<_> = orders
        .map(|order| {
            let axes = axes.each_mut().map(|axis| axis.next().unwrap_or_default());
            (order, axes)
        })
        .collect();
    pieces.into_par_iter().for_each(|(order, axes)| {
        let axes = axes.map(|axis| &mut axis[..order.len()]);
        for (k, &user) in order.iter().enumerate() {
            ask_ahead(points, order, k, 1);
            let point = points[user as usize];
            for a in 0..D {
                axes[a][k] = T::from_f64(point[a].to_f64() * scale);
            }
        }
    });
}

//! Smooth kernels by the modes of a grid, in place of tree and expansions.

use super::Plan;
use super::clouds::Clouds;
use super::demands::left_to_core;
use super::few::FEW;
use crate::accuracy::MOST_IN_F32;
use crate::cost::{PairClass, even_near_pairs};
use crate::expansion::Family;
use crate::kernel::{Kernel, RadialKernel, RadialPair};
use crate::passes::Units;
use crate::points::is_double;
use crate::spectral::{Asked, Layout, Ready, Spectral, count, rounded};
use crate::{Error, Guarantee, Real, Result};
use std::sync::Arc;

/// What a plan has of a grid.
#[derive(Debug)]
pub(super) struct Grid<const D: usize> {
    kernel: RadialKernel,
    /// What was found when the plan decided.
    layout: Option<Layout<D>>,
    /// The extent of the last positions, and what it has.
    extent: Option<[f64; D]>,
    ready: Option<Arc<Ready<D>>>,
    /// With the sources, where these positions have one.
    pub(super) filled: Option<Spectral<D>>,
}

/// Seconds that are worth to look for a grid.
const WORTH: f64 = 0.05;
/// Times longer than the model tells near pairs take that have a core, in f64 and in f32.
const OF_CORES: [f64; 2] = [3.0, 1.6];
/// The one of them for leaves of so many points on average: in f32 where nearly all leaves of an even cloud are small enough.
fn times_of_cores(points: f64, pair: PairClass) -> f64 {
    let in_f32 = pair == PairClass::Coarse && points + 2.0 * points.sqrt() <= MOST_IN_F32 as f64;
    OF_CORES[usize::from(in_f32)]
}

/// What is known of the times of expansions from tables without trying: seconds a point, and to make their operators. Around an algebraic
/// core near pairs have a formula.
const fn of_tables(dimension: usize, algebraic: bool) -> [f64; 2] {
    match (dimension, algebraic) {
        (2, true) => [0.4e-6, 0.0],
        (2, false) => [0.8e-6, 0.0],
        (_, true) => [3.7e-6, 4.6],
        (_, false) => [8e-6, 0.0],
    }
}

impl<T: Real, K: Kernel<D>, const D: usize> Plan<T, K, D> {
    /// Whether a grid may stand for the expansions of this plan, and its kernel if so.
    fn smooth_kernel(&self) -> Option<RadialKernel> {
        if self.may_have_grid() {
            self.kernel.smooth()
        } else {
            None
        }
    }

    fn may_have_grid(&self) -> bool {
        self.torus.is_none() && self.options.guarantee == Guarantee::Calibrated
    }

    /// Decides on a grid where no tree need be known: where it is asked for, where expansions come from tables in any case, or where near pairs
    /// are sure to take longer.
    ///
    /// Errors: one that is asked for where there is none, whatever the kernel.
    pub(super) fn choose_grid(&mut self, clouds: &Clouds<T, D>) -> Result<()> {
        let wanted = self.options.grid;
        if wanted == Some(true) {
            let refused = |allowed| Err(Error::argument("grid", "true", allowed));
            if self.torus.is_some() {
                return refused("no grid on a torus");
            }
            if self.options.guarantee == Guarantee::Pointwise {
                return refused("no grid with a pointwise guarantee");
            }
        }
        if let Some(wanted) = wanted {
            if wanted {
                self.take_grid(None);
            }
            return Ok(());
        }
        let seconds = if self.expansion.needs_sides() {
            self.seconds_of_tables(clouds)
        } else {
            self.least_of_core(clouds)
        };
        if let Some(layout) = self.faster(clouds, seconds) {
            self.take_grid(Some(layout));
        }
        Ok(())
    }

    fn seconds_of_tables(&self, clouds: &Clouds<T, D>) -> f64 {
        let [of_point, operators] = of_tables(D, self.kernel.algebraic_core() > 0.0);
        let targets = clouds.targets().map_or(0, <[_]>::len);
        of_point * clouds.sources().len().max(targets) as f64 + operators
    }

    /// The same where tables may stand for pairs that would take longer.
    fn at_most_of_tables(&self, seconds: f64, clouds: &Clouds<T, D>) -> f64 {
        if self.kernel.algebraic_core() > 0.0 {
            seconds.min(self.seconds_of_tables(clouds))
        } else {
            seconds
        }
    }

    /// Seconds that near pairs take at least around a core: those of an even cloud in leaves as wide as it reaches, since uneven ones have more.
    fn least_of_core(&self, clouds: &Clouds<T, D>) -> f64 {
        let reach = self.kernel.reach(left_to_core(&self.options));
        if reach == 0.0 || clouds.targets().is_some() {
            return 0.0;
        }
        let extent = clouds.both();
        let sides = (0..D).map(|a| ((extent.high[a] - extent.low[a]) / reach).max(1.0));
        let n = clouds.sources().len();
        let (costs, work) = (self.costs(), self.work(n, n));
        let (points, seconds) = even_near_pairs(&costs, &work, sides);
        self.at_most_of_tables(times_of_cores(points, work.pair) * seconds, clouds)
    }

    /// Decides on a grid once the plan without one is there.
    pub(super) fn prefer_grid(&mut self, clouds: &Clouds<T, D>) -> bool {
        if self.options.grid.is_some() || self.grid.is_some() {
            return false;
        }
        let report = self.report();
        let predicted = &report.predicted;
        let points = report.n_sources as f64 / report.leaves.max(1) as f64;
        let work = self.work(report.n_sources, report.n_targets);
        let near = times_of_cores(points, work.pair) * predicted.near;
        let seconds = predicted.upward + predicted.downward + predicted.leaves + near;
        let layout = self.faster(clouds, self.at_most_of_tables(seconds, clouds));
        if layout.is_some() {
            self.take_grid(layout);
        }
        layout.is_some()
    }

    fn take_grid(&mut self, layout: Option<Layout<D>>) {
        self.grid = self.smooth_kernel().map(|kernel| Grid {
            kernel,
            layout,
            extent: None,
            ready: None,
            filled: None,
        });
    }

    /// The grid, if it takes less time, the making of it included, than so many seconds.
    fn faster(&self, clouds: &Clouds<T, D>, seconds: f64) -> Option<Layout<D>> {
        let asked = self.asked_of_grid(clouds);
        let reach = self.kernel.reach(asked.tolerance);
        let extent = clouds.both();
        if seconds < WORTH
            || !self.may_have_grid()
            || reach > 0.0 && Layout::takes_more_around_core(seconds, &extent, reach, &asked)
        {
            return None;
        }
        let kernel = self.smooth_kernel()?;
        let layout = Layout::new(&kernel, &extent, &asked, seconds)?;
        (layout.evaluation() + layout.making() < seconds).then_some(layout)
    }

    fn asked_of_grid(&self, clouds: &Clouds<T, D>) -> Asked {
        let sources = clouds.sources().len();
        let targets = clouds.targets().map_or(sources, <[_]>::len);
        // Far from all sources there is less of a field than among them.
        let stricter = if clouds.targets().is_some() {
            20.0
        } else {
            1.0
        };
        let floor = if is_double::<T>() { 0.0 } else { 1e-7 };
        Asked {
            tolerance: (self.options.tolerance / stricter).max(floor),
            gradient: self.options.outputs.gradient,
            lanes: self.chosen.lanes(),
            sources,
            targets,
            sums: count::<D>(self.options.outputs),
        }
    }

    /// Makes a grid ready for these positions, if the plan takes one and they have one.
    pub(super) fn ready_grid(&mut self, clouds: &Clouds<T, D>) -> bool {
        let asked = self.asked_of_grid(clouds);
        let Some(grid) = &mut self.grid else {
            return false;
        };
        let few = asked.sources * asked.targets <= FEW;
        let extent = rounded(&clouds.both());
        if few || extent.is_none() {
            return false;
        }
        if grid.extent != extent {
            let new = || Layout::new(&grid.kernel, &clouds.both(), &asked, f64::INFINITY);
            // That of these positions, since they are the first.
            let layout = grid.layout.take().or_else(new);
            let ready = |layout| Arc::new(Ready::new(layout, &grid.kernel, asked.tolerance));
            grid.ready = layout.map(ready);
            grid.extent = extent;
        }
        grid.ready.is_some()
    }

    /// Takes the sources in tree order to the grid that is ready, if these positions have one.
    pub(super) fn fill_grid(&mut self, clouds: &Clouds<T, D>, on_grid: bool) {
        let Some(grid) = &mut self.grid else {
            return;
        };
        let fill = |ready: &Arc<Ready<D>>| {
            let (order, scale) = (&self.tree.source_order.user_index, self.tree.frame.scale);
            Spectral::new(ready.clone(), &clouds.both(), (&self.sources, scale), order)
        };
        grid.filled = grid.ready.as_ref().filter(|_| on_grid).map(fill);
    }

    /// The grid of these positions, if they have one.
    pub(super) fn filled_grid(&self) -> Option<&Spectral<D>> {
        self.grid.as_ref()?.filled.as_ref()
    }

    /// The units of what a grid sums.
    pub(super) fn units_of_grid(&self) -> Option<Units> {
        let grid = self.grid.as_ref()?;
        let scale = grid.filled.as_ref()?.scale();
        Some(K::Pair::tabulated(grid.kernel.tables(1.0)).units(scale))
    }
}

//! Smooth kernels by the modes of a grid, in place of tree and expansions.

use super::Plan;
use super::clouds::Clouds;
use super::few::FEW;
use crate::accuracy::MOST_IN_F32;
use crate::cost::PairClass;
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
/// What is known of the times of tables without trying, in seconds a point.
const fn of_tables(dimension: usize) -> f64 {
    if dimension == 2 { 0.8e-6 } else { 8e-6 }
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

    /// Decides on a grid where nothing else need be known: where it is asked for, or where expansions come from tables in any case.
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
        let tables = self.expansion.needs_sides();
        if wanted == Some(true) || wanted.is_none() && tables && self.is_faster(clouds, None) {
            self.take_grid();
        }
        Ok(())
    }

    /// Decides on a grid once the plan without one is there.
    pub(super) fn prefer_grid(&mut self, clouds: &Clouds<T, D>) -> bool {
        if self.options.grid.is_some() || self.grid.is_some() {
            return false;
        }
        let report = self.report();
        let predicted = &report.predicted;
        // Where leaves hold more on average, they are not in f32.
        let few = report.n_sources <= MOST_IN_F32 * report.leaves;
        let in_f32 = few && report.pair_class == PairClass::Coarse.name();
        let near = OF_CORES[usize::from(in_f32)] * predicted.near;
        let seconds = predicted.upward + predicted.downward + predicted.leaves + near;
        let prefers = self.is_faster(clouds, Some(seconds));
        if prefers {
            self.take_grid();
        }
        prefers
    }

    fn take_grid(&mut self) {
        self.grid = self.smooth_kernel().map(|kernel| Grid {
            kernel,
            extent: None,
            ready: None,
            filled: None,
        });
    }

    /// Whether a grid takes less time than expansions do, the making of it included.
    fn is_faster(&self, clouds: &Clouds<T, D>, seconds: Option<f64>) -> bool {
        let asked = self.asked_of_grid(clouds);
        let points = asked.sources.max(asked.targets) as f64;
        let seconds = seconds.unwrap_or(of_tables(D) * points);
        let reach = self.kernel.reach(asked.tolerance);
        let extent = clouds.both();
        if seconds < WORTH
            || !self.may_have_grid()
            || reach > 0.0 && Layout::takes_more_around_core(seconds, &extent, reach, &asked)
        {
            return false;
        }
        let layout = self
            .smooth_kernel()
            .and_then(|kernel| Layout::new(&kernel, &extent, &asked, seconds));
        layout.is_some_and(|layout| layout.evaluation() + layout.making() < seconds)
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
            grids: count::<D>(self.options.outputs),
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
            let layout = Layout::new(&grid.kernel, &clouds.both(), &asked, f64::INFINITY);
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

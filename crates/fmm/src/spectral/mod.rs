//! Sums of kernels that are smooth at the scale of a grid, by its modes: for cores that hold many points.
//!
//! ```text
//! Σ_j w_j G(x − y_j) ≈ Σ_n ψ(x/h − n) c_n        ĉ(k) = Ĝ(k)/ψ̂(kh)² Σ_j w_j Σ_n ψ(y_j/h − n) e^{−ikhn}
//! ```
//!
//! A window ψ takes points to the nodes of a grid and back (points.rs, window.rs), discrete transforms do the rest (fourier.rs, modes.rs).
//! Derivatives multiply modes with ik, so that points at one place give each other nothing, however coarse the grid: slopes of the window
//! would take one transform back, but let a clump push itself. The grid is twice as wide as the cloud and some nodes more, so that images are
//! out of reach: sums over open space by P. Ewald's idea without its near part, as in D. Lindbo and A.-K. Tornberg (J. Comput. Phys. 230,
//! 2011); the width of cells and the window follow from the kernel's own modes (choice.rs), whatever kernel it is.
//!
//! Which grid it is depends on the positions alone, by their extent in steps of an eighth of an octave: a plan that has moved sums the same
//! bits as a new one.

mod choice;
mod fourier;
mod modes;
mod points;
mod slabs;
mod sums;
mod window;

use crate::Outputs;
use crate::expansion::Radial;
use crate::kernel::{InCell, RadialKernel};
use crate::points::Extent;
use choice::{Choice, Spectrum};
use fourier::Fourier;
use slabs::Slabs;
use std::f64::consts::PI;
use std::sync::Arc;
pub(crate) use sums::count;
use window::{WIDEST, Window};

/// What is asked of a grid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) tolerance: f64,
    /// Whether second derivatives of the potential are wanted.
    pub(crate) gradient: bool,
    /// Numbers in a vector of the machine.
    pub(crate) lanes: usize,
    pub(crate) sources: usize,
    pub(crate) targets: usize,
    /// Sums at a point.
    pub(crate) sums: usize,
}

/// Of the tolerance, what the windows and the grid may lose.
const SHARE: f64 = 0.7;
/// The smallest tolerance: windows of sixteen nodes give no more.
const LEAST_TOLERANCE: f64 = 1e-12;
/// Nodes of a period: as many as this, or so many times the points.
const MOST_NODES: [usize; 2] = [1 << 22, 128];

/// Seconds for a node of the period, beside those for each sum.
const OF_A_NODE: f64 = 8e-9;

/// The sizes of a grid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout<const D: usize> {
    /// How far points may lie apart along the longest axis.
    widest: f64,
    choice: Choice,
    /// Nodes that windows reach, and those of the period; the middle axis is 1 in the plane.
    filled: [usize; 3],
    period: [usize; 3],
    /// What an evaluation is expected to take to the grid, on it, and back.
    pub(crate) seconds: [f64; 3],
}

impl<const D: usize> Layout<D> {
    /// For points with this extent; `None` where the kernel is not smooth, the grid would be too large for them, or it is sure to take
    /// more than so many seconds.
    pub(crate) fn new(
        kernel: &RadialKernel,
        extent: &Extent<D>,
        asked: &Asked,
        seconds: f64,
    ) -> Option<Self> {
        let extent = rounded(extent)?;
        let widest = extent.iter().copied().fold(0.0, f64::max);
        if asked.tolerance < LEAST_TOLERANCE
            || kernel.check_extent(widest, asked.tolerance).is_err()
        {
            return None;
        }
        let smooth = Smooth::new(kernel, widest);
        let potential = |r: f64| smooth.value(r * r);
        let (most, error) = (if asked.gradient { 2 } else { 1 }, SHARE * asked.tolerance);
        let spectrum = Spectrum::new(D as i32, &potential, widest)?;
        if Self::takes_more_than(seconds, extent, spectrum.widest_cell(error, most), asked) {
            return None;
        }
        let layouts = (2..=WIDEST / 2).filter_map(|half| {
            let choice = spectrum.widest(2 * half, error, most)?;
            Some(Self::of(extent, choice, asked))
        });
        let best = layouts.min_by(|a, b| a.evaluation().total_cmp(&b.evaluation()))?;
        let points = asked.sources.max(asked.targets);
        let [least, of_points] = MOST_NODES;
        (best.nodes() <= least.max(of_points * points)).then_some(best)
    }

    /// Whether any grid of such cells takes longer, its making included, whatever its window.
    fn takes_more_than(seconds: f64, extent: [f64; D], cell: f64, asked: &Asked) -> bool {
        // Of so many nodes the sizes need not be known.
        let cells = |side: &f64| (2.0 * side / cell).max(1.0);
        if OF_A_NODE * extent.iter().map(cells).product::<f64>() > seconds.min(1e3) {
            return true;
        }
        let nodes = 4;
        let layout = Self::of(
            extent,
            Choice {
                nodes,
                beta: 1.5 * nodes as f64,
                cell,
                end: PI / cell,
            },
            asked,
        );
        layout.evaluation() + layout.making() > seconds
    }

    /// The same where nothing is known of a kernel but the distance from which on its core is below the tolerance. As far as modes of a
    /// core go, they go k = 2 ln(1/tolerance)/reach at least: so far do those of a Gaussian one.
    pub(crate) fn takes_more_around_core(
        seconds: f64,
        extent: &Extent<D>,
        reach: f64,
        asked: &Asked,
    ) -> bool {
        let cell = choice::WIDEST_CELL * reach / (2.0 * (1.0 / asked.tolerance).ln());
        rounded(extent).is_some_and(|extent| Self::takes_more_than(seconds, extent, cell, asked))
    }

    fn of(extent: [f64; D], choice: Choice, asked: &Asked) -> Self {
        let share = if asked.gradient { 0.001 } else { 0.03 };
        let fading = modes::fading(share * asked.tolerance, &choice);
        let (mut filled, mut period) = ([1; 3], [1; 3]);
        for (a, extent) in extent.iter().enumerate() {
            let axis = axis::<D>(a);
            filled[axis] = (extent / choice.cell) as usize + choice.nodes + 1;
            period[axis] = even_product_of_small_primes(2 * (filled[axis] - 1) + fading);
        }
        let mut layout = Self {
            widest: extent.iter().copied().fold(0.0, f64::max),
            choice,
            filled,
            period,
            seconds: [0.0; 3],
        };
        layout.seconds = layout.estimate(asked);
        layout
    }

    fn nodes(&self) -> usize {
        self.period.iter().product()
    }

    /// As on a core with AVX-512 at 2.6 GHz: 1.1 ns a row of nodes and a vector to the grid and 0.9 ns back, and 8 ns and 3.5 ns a sum for a node
    /// of the period.
    fn estimate(&self, asked: &Asked) -> [f64; 3] {
        let nodes = self.choice.nodes;
        let vectors = |numbers: usize| {
            let vectors = numbers.div_ceil(asked.lanes);
            (nodes.pow(D as u32 - 1) * vectors) as f64
        };
        let spread = asked.sources as f64 * (20.0 + 1.1 * vectors(nodes));
        let gather = asked.targets as f64 * (60.0 + 0.9 * vectors(asked.sums * nodes));
        let transforms = self.nodes() as f64 * (1e9 * OF_A_NODE + 3.5 * asked.sums as f64);
        [spread, transforms, gather].map(|nanoseconds| 1e-9 * nanoseconds)
    }

    /// Seconds of an evaluation.
    pub(crate) fn evaluation(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// Seconds to find the grid, and to make it ready.
    pub(crate) fn making(&self) -> f64 {
        // In space the kernel is known at most nodes before it is looked at.
        let of_a_node = if D == 2 { 2.5e-8 } else { 1e-8 };
        0.05 + of_a_node * self.nodes() as f64
    }

    /// Nodes of the period along each axis.
    pub(crate) fn period(&self) -> [usize; D] {
        std::array::from_fn(|a| self.period[axis::<D>(a)])
    }
}

/// Where an axis is among the three of a grid.
const fn axis<const D: usize>(a: usize) -> usize {
    if D == 2 { 2 * a } else { a }
}

/// Along each axis in steps of an eighth of an octave; `None` where points do not lie apart.
pub(crate) fn rounded<const D: usize>(extent: &Extent<D>) -> Option<[f64; D]> {
    const STEPS: f64 = 8.0;
    let sides: [f64; D] = std::array::from_fn(|a| extent.high[a] - extent.low[a]);
    let apart = sides.iter().any(|&side| side > 0.0);
    let up = |side: f64| match side {
        0.0 => 0.0,
        side => (((side.log2() * STEPS).ceil() + 1e-6) / STEPS)
            .exp2()
            .max(side),
    };
    apart.then(|| sides.map(up))
}

/// The next length for which transforms are fast.
fn even_product_of_small_primes(least: usize) -> usize {
    let mut n = least + least % 2;
    loop {
        let mut rest = n;
        for prime in [2usize, 3, 5] {
            while rest.is_multiple_of(prime) {
                rest /= prime;
            }
        }
        if rest == 1 {
            return n;
        }
        n += 2;
    }
}

/// A potential less a constant, which is about its value at the ends of the cloud.
struct Smooth {
    inverse_square: f64,
    in_cell: InCell,
}

/// Octaves of r² above the extent of a cloud up to which kernels are looked at: periods are wider than few points need.
const OCTAVES: i32 = 20;

impl Smooth {
    fn new(kernel: &RadialKernel, widest: f64) -> Self {
        Self {
            inverse_square: 1.0 / (widest * widest),
            in_cell: kernel.tables(1.0).in_cell(widest, OCTAVES),
        }
    }

    /// At r².
    fn value(&self, r2: f64) -> f64 {
        if r2 == 0.0 {
            return self.in_cell.at_zero()[0];
        }
        self.in_cell.value(r2 * self.inverse_square)
    }

    fn constant(&self) -> f64 {
        self.in_cell.constant(0.0)
    }
}

/// A grid that is ready for any points of its extent.
#[derive(Debug)]
pub(crate) struct Ready<const D: usize> {
    layout: Layout<D>,
    window: Window,
    fourier: Fourier,
    factors: Vec<f64>,
    /// What the potential was taken less of.
    constant: f64,
    /// Potential and −G′/r of a pair at one place.
    at_zero: [f64; 2],
}

impl<const D: usize> Ready<D> {
    pub(crate) fn new(layout: Layout<D>, kernel: &RadialKernel, tolerance: f64) -> Self {
        let Layout {
            choice,
            filled,
            period,
            widest,
            ..
        } = layout;
        let window = Window::new(&choice, 0.02 * tolerance);
        let smooth = Smooth::new(kernel, widest);
        let potential = |r2: f64| smooth.value(r2);
        let factors = modes::factors(&potential, (&window, &choice), (filled, period));
        let constant = smooth.constant();
        let [value, phi] = smooth.in_cell.at_zero();
        Self {
            layout,
            fourier: Fourier::new(filled, period, choice.cell),
            window,
            factors,
            constant,
            at_zero: [value + constant, phi * smooth.inverse_square],
        }
    }

    fn scale(&self) -> f64 {
        (-self.layout.widest.log2().round()).exp2()
    }

    /// Numbers of a row of the grid: windows are written in whole vectors.
    fn stride(&self) -> usize {
        self.layout.filled[2] + WIDEST
    }
}

/// A grid with the sources in it.
#[derive(Debug)]
pub(crate) struct Spectral<const D: usize> {
    ready: Arc<Ready<D>>,
    /// Where the lowest points are.
    low: [f64; D],
    slabs: Slabs<D>,
}

impl<const D: usize> Spectral<D> {
    /// Of sources in a unit of which there are `scale` in the user's, which belong to strengths in the order of `user_index`.
    pub(crate) fn new<T: lanes::Real>(
        ready: Arc<Ready<D>>,
        extent: &Extent<D>,
        (sources, scale): (&[Vec<T>; D], f64),
        user_index: &[u32],
    ) -> Self {
        let planes = (extent.low[0], 1.0 / ready.layout.choice.cell);
        let sources = (sources, 1.0 / scale);
        Self {
            low: extent.low,
            slabs: Slabs::new(planes, ready.layout.filled[0], sources, user_index),
            ready,
        }
    }

    pub(crate) fn layout(&self) -> &Layout<D> {
        &self.ready.layout
    }

    /// Bytes held, and those of the grids of an evaluation.
    pub(crate) fn bytes(&self, outputs: Outputs) -> usize {
        let Layout { filled, period, .. } = self.ready.layout;
        let grids = (1 + count::<D>(outputs)) * filled[0] * filled[1] * self.ready.stride();
        let orders = 1 + usize::from(outputs.field) + usize::from(outputs.gradient);
        let modes = 2 * orders * filled[0] * period[1] * (period[2] / 2 + 1);
        self.slabs.bytes() + size_of_val(&self.ready.factors[..]) + 8 * (grids + modes)
    }

    /// Lengths in the unit of the sums, for a length in the user's: one near the extent, so that sums stay within f32.
    pub(crate) fn scale(&self) -> f64 {
        self.ready.scale()
    }
}

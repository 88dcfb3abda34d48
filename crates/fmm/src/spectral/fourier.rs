//! Convolution on a grid, and derivatives of it, by discrete transforms along one axis after another.
//!
//! A grid has three axes, of which the middle one is of length 1 in the plane. Only the first part of each is filled, and only that part of
//! the result is wanted, so that transforms leave out lines which are all zero, or of which nothing is wanted. Derivatives ∂_a multiply modes
//! with i k_a: along the first axis before the transform back, which makes another array of modes, along the others on the way.

use crate::memory::zeros;
use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};
use std::fmt;
use std::sync::Arc;

/// How often the result is differentiated along each axis.
pub(super) type Derivative = [usize; 3];

/// One more than the largest of them.
const ORDERS: usize = 3;

/// Columns that are taken to lines at a time: two lines of memory of complex numbers.
const COLUMNS: usize = 8;

/// The transforms of a grid, and the sizes they are for.
pub(super) struct Fourier {
    /// Nodes that are filled.
    filled: [usize; 3],
    /// Nodes of the period.
    period: [usize; 3],
    /// Modes are k times these.
    units: [f64; 3],
    /// Forward and back along the first and the middle axis.
    along: [[Arc<dyn Fft<f64>>; 2]; 2],
    forward: Arc<dyn RealToComplex<f64>>,
    back: Arc<dyn ComplexToReal<f64>>,
}

impl fmt::Debug for Fourier {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Fourier({:?} of {:?})", self.filled, self.period)
    }
}

type Lines<'a> = &'a mut [Complex64];

impl Fourier {
    /// Of cells of this width.
    pub(super) fn new(filled: [usize; 3], period: [usize; 3], cell: f64) -> Self {
        let mut planner = FftPlanner::new();
        let mut real = RealFftPlanner::new();
        let mut both = |n: usize| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)];
        Self {
            filled,
            period,
            units: period.map(|n| std::f64::consts::TAU / (n as f64 * cell)),
            along: [both(period[0]), both(period[1])],
            forward: real.plan_fft_forward(period[2]),
            back: real.plan_fft_inverse(period[2]),
        }
    }

    /// Modes along the last axis, of a real grid.
    fn half(&self) -> usize {
        self.period[2] / 2 + 1
    }

    /// The `wanted` derivatives, side by side at every node, of what comes of a grid, whose rows are `stride` nodes apart, by multiplying its
    /// modes with real numbers that are even along every axis: those of modes up to half the period, ordered by the middle axis, the last, and
    /// the first.
    pub(super) fn multiply(
        &self,
        grid: &[f64],
        stride: usize,
        factors: &[f64],
        wanted: &[Derivative],
    ) -> Vec<f64> {
        let [planes, rows, _] = self.filled;
        let (plane, of_grid) = (self.period[1] * self.half(), rows * stride);
        let room = || zeros(planes * plane, Complex64::ZERO);
        let mut modes: [Vec<Complex64>; ORDERS] = std::array::from_fn(|order| {
            let needed = order == 0 || wanted.iter().any(|derivative| derivative[0] == order);
            if needed { room() } else { vec![] }
        });
        let grids = grid.par_chunks(of_grid).zip(modes[0].par_chunks_mut(plane));
        grids.for_each(|(grid, modes)| self.plane_forward(grid, stride, modes));
        self.across(&mut modes, factors);
        let mut results = zeros(grid.len() * wanted.len(), 0.0);
        let of_planes = results.par_chunks_mut(of_grid * wanted.len().max(1));
        of_planes.enumerate().for_each(|(i, result)| {
            let modes = modes
                .each_ref()
                .map(|modes| modes.get(i * plane..(i + 1) * plane));
            self.plane_back(modes, stride, wanted, result);
        });
        results
    }

    /// A plane of a grid to modes along its axes.
    fn plane_forward(&self, grid: &[f64], stride: usize, modes: Lines) {
        let filled = self.filled[2];
        let mut line = self.forward.make_input_vec();
        let mut scratch = self.forward.make_scratch_vec();
        for (row, modes) in grid.chunks(stride).zip(modes.chunks_exact_mut(self.half())) {
            line[..filled].copy_from_slice(&row[..filled]);
            line[filled..].fill(0.0);
            let done = self
                .forward
                .process_with_scratch(&mut line, modes, &mut scratch);
            done.expect("lengths are those of the plan");
        }
        let mut columns: Vec<&mut [Complex64]> = modes.chunks_exact_mut(self.half()).collect();
        self.middle(&mut columns, 0, self.filled[1]);
    }

    /// Transforms along the middle axis of a plane, given as rows of which those from `there` on are zero.
    fn middle(&self, rows: &mut [&mut [Complex64]], way: usize, there: usize) {
        let period = self.period[1];
        if period == 1 {
            return;
        }
        let transform = &self.along[1][way];
        let mut lines = vec![Complex64::ZERO; COLUMNS * period];
        let mut scratch = vec![Complex64::ZERO; transform.get_inplace_scratch_len()];
        for first in (0..self.half()).step_by(COLUMNS) {
            let count = COLUMNS.min(self.half() - first);
            let lines = &mut lines[..count * period];
            to_lines(
                rows[..there].iter().map(|row| &row[first..first + count]),
                lines,
                period,
            );
            transform.process_with_scratch(lines, &mut scratch);
            from_lines(
                lines,
                period,
                rows.iter_mut().map(|row| &mut row[first..first + count]),
            );
        }
    }

    /// Multiplies all modes, and transforms them back along the first axis; derivatives along it are further modes.
    fn across(&self, modes: &mut [Vec<Complex64>; ORDERS], factors: &[f64]) {
        let [forward, back] = self.along[0]
            .each_ref()
            .map(|transform| transform.get_inplace_scratch_len());
        let (period, scratch) = (self.period[0], forward.max(back));
        let [first, second, third] = modes;
        let plane = self.period[1] * self.half();
        let tasks = columns(first, plane, COLUMNS);
        // Where a derivative is not wanted there are none.
        let mut others = [second, third].map(|modes| columns(modes, plane, COLUMNS));
        others
            .iter_mut()
            .for_each(|of_order| of_order.resize_with(tasks.len(), Vec::new));
        let room =
            || [COLUMNS * period, COLUMNS * period, scratch].map(|n| vec![Complex64::ZERO; n]);
        let [second, third] = others;
        let tasks = tasks.into_par_iter().zip(second).zip(third).enumerate();
        tasks.for_each_init(room, |room, (task, ((first, second), third))| {
            self.of_columns(task * COLUMNS, factors, [first, second, third], room);
        });
    }

    /// The same for some columns, the first of which is at a place of its plane.
    fn of_columns(
        &self,
        place: usize,
        factors: &[f64],
        [mut plain, first, second]: [Vec<&mut [Complex64]>; ORDERS],
        [lines, moved, scratch]: &mut [Vec<Complex64>; 3],
    ) {
        let (period, half) = (self.period[0], self.half());
        let half_period = period / 2 + 1;
        let [forward, back] = &self.along[0];
        let count = plain[0].len() * period;
        let [lines, moved] = [&mut lines[..count], &mut moved[..count]];
        to_lines(plain.iter().map(|columns| &**columns), lines, period);
        forward.process_with_scratch(lines, scratch);
        for (line, place) in lines.chunks_exact_mut(period).zip(place..) {
            let (row, k) = (place / half, place % half);
            let row = row.min(self.period[1] - row);
            let factors = &factors[(row * half + k) * half_period..][..half_period];
            for (i, mode) in line.iter_mut().enumerate() {
                *mode *= factors[i.min(period - i)];
            }
        }
        for (order, mut columns) in [(1, first), (2, second)] {
            if columns.is_empty() {
                continue;
            }
            moved.copy_from_slice(lines);
            for line in moved.chunks_exact_mut(period) {
                for (i, mode) in line.iter_mut().enumerate() {
                    *mode *= differentiated(i, period, self.units[0], order);
                }
            }
            back.process_with_scratch(moved, scratch);
            from_lines(
                moved,
                period,
                columns.iter_mut().map(|columns| &mut **columns),
            );
        }
        back.process_with_scratch(lines, scratch);
        from_lines(
            lines,
            period,
            plain.iter_mut().map(|columns| &mut **columns),
        );
    }

    /// Modes of a plane along its axes, by derivatives along the first, to rows of the wanted derivatives.
    fn plane_back(
        &self,
        modes: [Option<&[Complex64]>; ORDERS],
        stride: usize,
        wanted: &[Derivative],
        result: &mut [f64],
    ) {
        let mut here = vec![Complex64::ZERO; self.period[1] * self.half()];
        for (first, modes) in modes.iter().enumerate() {
            let Some(modes) = modes else { continue };
            for middle in 0..ORDERS {
                let of = |derivative: &Derivative| derivative[..2] == [first, middle];
                if !wanted.iter().any(of) {
                    continue;
                }
                here.copy_from_slice(modes);
                for (i, row) in here.chunks_exact_mut(self.half()).enumerate() {
                    let factor = differentiated(i, self.period[1], self.units[1], middle);
                    row.iter_mut().for_each(|mode| *mode *= factor);
                }
                let mut rows: Vec<&mut [Complex64]> = here.chunks_exact_mut(self.half()).collect();
                self.middle(&mut rows, 1, self.period[1]);
                for (at, derivative) in wanted.iter().enumerate() {
                    if of(derivative) {
                        let places = (at, wanted.len(), stride);
                        self.rows_back(&rows, derivative[2], places, result);
                    }
                }
            }
        }
    }

    /// Rows of modes to rows of a grid, differentiated along them: one of so many numbers at each node.
    fn rows_back(
        &self,
        rows: &[&mut [Complex64]],
        order: usize,
        (at, count, stride): (usize, usize, usize),
        result: &mut [f64],
    ) {
        let mut line = self.back.make_output_vec();
        let mut modes = self.back.make_input_vec();
        let mut scratch = self.back.make_scratch_vec();
        for (row, result) in rows.iter().zip(result.chunks_mut(stride * count)) {
            for (k, (to, mode)) in modes.iter_mut().zip(&**row).enumerate() {
                *to = mode * differentiated(k, self.period[2], self.units[2], order);
            }
            // The first and the last mode are real but for roundings, which the transform refuses.
            modes[0].im = 0.0;
            modes[self.period[2] / 2].im = 0.0;
            let done = self
                .back
                .process_with_scratch(&mut modes, &mut line, &mut scratch);
            done.expect("lengths are those of the plan");
            let nodes = result.chunks_exact_mut(count).zip(&line[..self.filled[2]]);
            nodes.for_each(|(node, number)| node[at] = *number);
        }
    }
}

/// (i k)^order of the mode at a place of a period; 0 where a real grid has no odd one.
fn differentiated(place: usize, period: usize, unit: f64, order: usize) -> Complex64 {
    let k = if 2 * place > period {
        place as f64 - period as f64
    } else {
        place as f64
    } * unit;
    match order {
        0 => Complex64::ONE,
        1 if 2 * place == period => Complex64::ZERO,
        1 => Complex64::new(0.0, k),
        _ => Complex64::new(-k * k, 0.0),
    }
}

/// Columns of some rows as lines of a period, zero past the last.
fn to_lines<'a>(rows: impl Iterator<Item = &'a [Complex64]>, lines: Lines, period: usize) {
    lines.fill(Complex64::ZERO);
    for (i, row) in rows.enumerate() {
        for (k, number) in row.iter().enumerate() {
            lines[k * period + i] = *number;
        }
    }
}

/// And back, as many as there are rows.
fn from_lines<'a>(
    lines: &[Complex64],
    period: usize,
    rows: impl Iterator<Item = &'a mut [Complex64]>,
) {
    for (i, row) in rows.enumerate() {
        for (k, number) in row.iter_mut().enumerate() {
            *number = lines[k * period + i];
        }
    }
}

/// Numbers that are `apart` from each other, some columns beside each other.
pub(super) fn columns<T>(numbers: &mut [T], apart: usize, beside: usize) -> Vec<Vec<&mut [T]>> {
    let rows = numbers.len() / apart;
    let mut all: Vec<Vec<&mut [T]>> = vec![];
    for row in numbers.chunks_mut(apart) {
        for (k, columns) in row.chunks_mut(beside).enumerate() {
            if k == all.len() {
                all.push(Vec::with_capacity(rows));
            }
            all[k].push(columns);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A wave on a grid that is filled: itself and its derivatives, along every axis.
    #[test]
    fn derivatives_of_waves() {
        for period in [[12, 10, 8], [20, 1, 18]] {
            let (cell, stride) = (0.3, period[2] + 5);
            let fourier = Fourier::new(period, period, cell);
            let count: usize = period.iter().product();
            let factors = vec![1.0 / count as f64; period.iter().map(|n| n / 2 + 1).product()];
            let waves = [2.0, if period[1] == 1 { 0.0 } else { 1.0 }, 3.0];
            let k: [f64; 3] = std::array::from_fn(|a| TAU * waves[a] / (period[a] as f64 * cell));
            let wave = |of: &dyn Fn(f64) -> f64| {
                let mut grid = vec![0.0; period[0] * period[1] * stride];
                for (row, numbers) in grid.chunks_mut(stride).enumerate() {
                    let (i, j) = (row / period[1], row % period[1]);
                    for (l, number) in numbers[..period[2]].iter_mut().enumerate() {
                        let phase = k[0] * i as f64 + k[1] * j as f64 + k[2] * l as f64;
                        *number = of(cell * phase);
                    }
                }
                grid
            };
            let wanted = [
                [0, 0, 0],
                [1, 0, 0],
                [0, 1, 0],
                [0, 0, 1],
                [2, 0, 0],
                [1, 1, 0],
                [1, 0, 1],
                [0, 0, 2],
            ];
            let found = fourier.multiply(&wave(&f64::cos), stride, &factors, &wanted);
            for (at, derivative) in wanted.iter().enumerate() {
                let found = found.iter().skip(at).step_by(wanted.len());
                let size: f64 = (0..3).map(|a| k[a].powi(derivative[a] as i32)).product();
                let exact = match derivative.iter().sum() {
                    0 => wave(&f64::cos),
                    1 => wave(&|x| -x.sin()),
                    _ => wave(&|x: f64| -x.cos()),
                };
                for (found, exact) in found.zip(exact) {
                    assert!((found - size * exact).abs() < 1e-11, "{derivative:?}");
                }
            }
        }
    }
}

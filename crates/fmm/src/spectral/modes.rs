//! The modes of the kernel on a grid, over what the windows leave of them.
//!
//! On a period P ≥ 2L + m, L as far as points of the grid are apart, the kernel is G(|z|) Π_a χ(z_a), χ = 1 up to L and 0 from L + m on, in
//! between an error function: so all that is summed is G, without its images, and what is transformed is smooth.

use super::choice::Choice;
use super::fourier::columns;
use super::window::Window;
use rayon::prelude::*;
use realfft::RealFftPlanner;

/// Nodes along an axis between those at which a kernel is whole and those at which nothing is left of it, for an `error` of both what is left
/// there and of modes that are left out.
pub(super) fn fading(error: f64, choice: &Choice) -> usize {
    (-4.0 * error.ln() / band(choice)).ceil() as usize
}

/// The modes that the error function may have, in radians a cell: most of those that there are, and of those that are kept.
fn band(choice: &Choice) -> f64 {
    (0.8 * std::f64::consts::PI).min(choice.end * choice.cell)
}

/// The numbers that modes are multiplied with, of a grid with these nodes filled and this period, ordered as
/// [`Fourier::multiply`](super::fourier::Fourier::multiply) wants them; the potential is one of r².
pub(super) fn factors(
    potential: &(dyn Fn(f64) -> f64 + Sync),
    (window, choice): (&Window, &Choice),
    (filled, period): ([usize; 3], [usize; 3]),
) -> Vec<f64> {
    let half = period.map(|period| period / 2 + 1);
    let shapes: [Vec<[(f64, f64); 2]>; 3] = std::array::from_fn(|a| {
        (0..half[a])
            .map(|i| shapes(i, (filled[a], period[a]), band(choice)))
            .collect()
    });
    let kernel = |square: f64| potential(square * choice.cell * choice.cell);
    let mut values = at_nodes(&kernel, &shapes);
    for axis in 0..3 {
        transform(&mut values, half, axis, period[axis]);
    }
    let count: usize = period.iter().product();
    // The square of a mode, and what the windows leave of it.
    let along: [Vec<(f64, f64)>; 3] = std::array::from_fn(|a| {
        let of = |k: usize| match period[a] {
            1 => (0.0, 1.0),
            n => {
                let kappa = std::f64::consts::TAU * k as f64 / n as f64;
                (kappa * kappa, window.transform(kappa).powi(2))
            }
        };
        (0..half[a]).map(of).collect()
    });
    let end = (choice.end * choice.cell).powi(2);
    let mut ordered = vec![0.0; values.len()];
    let rows = ordered.par_chunks_mut(half[2] * half[0]).enumerate();
    rows.for_each(|(j, ordered)| {
        for (k, line) in ordered.chunks_exact_mut(half[0]).enumerate() {
            for (i, to) in line.iter_mut().enumerate() {
                let [x, y, z] = [along[0][i], along[1][j], along[2][k]];
                if x.0 + y.0 + z.0 <= end {
                    let value = values[(i * half[1] + j) * half[2] + k];
                    *to = value / (x.1 * y.1 * z.1 * count as f64);
                }
            }
        }
    });
    ordered
}

/// Distances, in cells, to the two closest images along an axis, and how much is left of the kernel there.
fn shapes(i: usize, (filled, period): (usize, usize), band: f64) -> [(f64, f64); 2] {
    if period == 1 {
        return [(0.0, 1.0), (0.0, 0.0)];
    }
    let whole = (filled - 1) as f64;
    let fading = period as f64 - 2.0 * whole;
    let shape = |z: f64| match (z - whole) / fading {
        x if x <= 0.0 => 1.0,
        x if x >= 1.0 => 0.0,
        // As much is lost at either end as of the highest modes.
        x => 0.5 * libm::erfc((x - 0.5) * (band * fading).sqrt()),
    };
    [i as f64, (period - i) as f64].map(|z| (z, shape(z)))
}

/// The kernel with its images at all nodes, given at squares of distances in cells.
fn at_nodes(kernel: &(dyn Fn(f64) -> f64 + Sync), shapes: &[Vec<[(f64, f64); 2]>; 3]) -> Vec<f64> {
    let [_, rows, row] = shapes.each_ref().map(Vec::len);
    let count = shapes.iter().map(Vec::len).product();
    // Squares are whole numbers, in space far fewer than there are nodes.
    let squares: f64 = shapes.iter().map(|shapes| largest_square(shapes)).sum();
    let known: Vec<f64> = if squares < count as f64 {
        let all = (0..=squares as usize).into_par_iter();
        all.map(|square| kernel(square as f64)).collect()
    } else {
        vec![]
    };
    let at = |square: f64| match known.get(square as usize) {
        Some(&value) => value,
        None => kernel(square),
    };
    let mut values = vec![0.0; count];
    let planes = values.par_chunks_mut(rows * row).enumerate();
    planes.for_each(|(i, plane)| {
        for (j, values) in plane.chunks_exact_mut(row).enumerate() {
            for (k, value) in values.iter_mut().enumerate() {
                *value = images(at, [&shapes[0][i], &shapes[1][j], &shapes[2][k]]);
            }
        }
    });
    values
}

/// Of the distances at which something is left.
fn largest_square(shapes: &[[(f64, f64); 2]]) -> f64 {
    let left = shapes.iter().flatten().filter(|(_, shape)| *shape != 0.0);
    left.map(|(z, _)| z * z).fold(0.0, f64::max)
}

/// The kernel, given at squares of distances, with the images that are left.
fn images(at: impl Fn(f64) -> f64, axes: [&[(f64, f64); 2]; 3]) -> f64 {
    let mut sum = 0.0;
    for x in axes[0] {
        for y in axes[1] {
            for z in axes[2] {
                let shape = x.1 * y.1 * z.1;
                if shape != 0.0 {
                    sum += shape * at(x.0 * x.0 + y.0 * y.0 + z.0 * z.0);
                }
            }
        }
    }
    sum
}

/// The modes along an axis of numbers that are even along it, of which there are those up to half of the period.
fn transform(values: &mut [f64], half: [usize; 3], axis: usize, period: usize) {
    if period == 1 {
        return;
    }
    let transform = RealFftPlanner::new().plan_fft_forward(period);
    let inner: usize = half[axis + 1..].iter().product();
    let of_block = half[axis] * inner;
    let work = |lines: &mut [&mut [f64]]| {
        let mut line = transform.make_input_vec();
        let mut modes = transform.make_output_vec();
        let mut scratch = transform.make_scratch_vec();
        for k in 0..lines[0].len() {
            for (i, number) in line.iter_mut().enumerate() {
                *number = lines[i.min(period - i)][k];
            }
            let done = transform.process_with_scratch(&mut line, &mut modes, &mut scratch);
            done.expect("lengths are those of the plan");
            for (line, mode) in lines.iter_mut().zip(&modes) {
                line[k] = mode.re;
            }
        }
    };
    let blocks = values.par_chunks_mut(of_block);
    let mut tasks: Vec<Vec<&mut [f64]>> = blocks
        .flat_map_iter(|block| columns(block, inner, COLUMNS))
        .collect();
    tasks.par_iter_mut().for_each(|lines| work(lines));
}

/// Columns of one task.
const COLUMNS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// Of e^{−r²/δ²}, whose modes are known: (√π δ)^D e^{−k²δ²/4} in space and in the plane.
    #[test]
    fn modes_of_a_gaussian() {
        let (delta, cell) = (1.0f64, 0.35);
        for period in [[60, 54, 64], [60, 1, 64]] {
            let filled = period.map(|n| if n == 1 { 1 } else { 12 });
            let choice = Choice {
                nodes: 16,
                beta: 26.0,
                cell,
                end: 1e3,
            };
            let window = Window::new(&choice, 1e-12);
            let potential = |r2: f64| (-r2 / (delta * delta)).exp();
            let found = factors(&potential, (&window, &choice), (filled, period));
            let half = period.map(|n| n / 2 + 1);
            let count: usize = period.iter().product();
            let dimension = if period[1] == 1 { 2 } else { 3 };
            for (at, found) in found.into_iter().enumerate() {
                let (row, i) = (at / half[0], at % half[0]);
                let modes = [i, row / half[2], row % half[2]];
                let kappa: [f64; 3] = std::array::from_fn(|a| {
                    std::f64::consts::TAU * modes[a] as f64 / period[a] as f64
                });
                let square: f64 = kappa.iter().map(|k| (k / cell).powi(2)).sum();
                let of_line = std::f64::consts::PI.sqrt() * delta / cell;
                let exact = of_line.powi(dimension) * (-0.25 * square * delta * delta).exp();
                let windows: f64 = (0..3)
                    .filter(|&a| period[a] > 1)
                    .map(|a| window.transform(kappa[a]).powi(2))
                    .product();
                let size = of_line.powi(dimension);
                let error = (found * windows * count as f64 - exact).abs();
                // The highest modes are each other's images: e^{−(π δ/2h)²}.
                assert!(error < 4e-9 * size, "{modes:?}: {error:e}");
            }
        }
    }
}

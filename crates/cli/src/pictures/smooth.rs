//! Gaussian smoothing of an image.

use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;

/// Convolves with a Gaussian of standard deviation `sigma` pixels; outside the image is 0, or where it `wraps` the image again.
pub(super) fn smooth(image: Vec<f32>, width: usize, sigma: f32, wraps: bool) -> Vec<f32> {
    let kernel = kernel(sigma);
    let height = image.len() / width;
    let across = rows(&image, width, &kernel, wraps);
    let turned = transpose(&across, width);
    transpose(&rows(&turned, height, &kernel, wraps), height)
}

/// Half of the kernel, from its middle on, to four standard deviations; the whole sums to 1.
fn kernel(sigma: f32) -> Vec<f32> {
    let half: Vec<f32> = (0..=(4.0 * sigma).ceil() as usize)
        .map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp())
        .collect();
    let sum = half[0] + 2.0 * half[1..].iter().sum::<f32>();
    half.into_iter().map(|x| x / sum).collect()
}

fn rows(image: &[f32], width: usize, kernel: &[f32], wraps: bool) -> Vec<f32> {
    let reach = kernel.len() - 1;
    let chosen = Chosen::detect();
    let mut smoothed = vec![0.0; image.len()];
    let both = smoothed.par_chunks_mut(width).zip(image.par_chunks(width));
    both.for_each_init(
        || vec![0.0; width + 2 * reach],
        |padded, (out, row)| {
            if row.iter().all(|&x| x == 0.0) {
                return;
            }
            if wraps {
                let again = row.iter().cycle().skip(width - reach % width);
                padded.iter_mut().zip(again).for_each(|(out, x)| *out = *x);
            } else {
                padded[reach..reach + width].copy_from_slice(row);
            }
            chosen.run(OneRow {
                kernel,
                padded,
                out,
            });
        },
    );
    smoothed
}

/// A row that has room for the kernel on both sides, smoothed; compiled for each instruction set, to the same bits.
struct OneRow<'a> {
    kernel: &'a [f32],
    padded: &'a [f32],
    out: &'a mut [f32],
}

impl Job for OneRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        let (reach, width) = (self.kernel.len() - 1, self.out.len());
        let row = &self.padded[reach..][..width];
        for (out, x) in self.out.iter_mut().zip(row) {
            *out = self.kernel[0] * x;
        }
        // Neighbours at the same distance together: as many passes over the row as the kernel is wide.
        for (distance, weight) in self.kernel.iter().enumerate().skip(1) {
            let left = &self.padded[reach - distance..][..width];
            let right = &self.padded[reach + distance..][..width];
            for ((out, left), right) in self.out.iter_mut().zip(left).zip(right) {
                *out += weight * (left + right);
            }
        }
    }
}

fn transpose(image: &[f32], width: usize) -> Vec<f32> {
    let height = image.len() / width;
    let mut turned = vec![0.0; image.len()];
    turned
        .par_chunks_mut(height)
        .enumerate()
        .for_each(|(column, out)| {
            for (row, out) in out.iter_mut().enumerate() {
                *out = image[row * width + column];
            }
        });
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_a_gaussian() {
        let (width, height, sigma) = (60, 40, 2.0);
        let mut image = vec![0.0; width * height];
        image[17 * width + 30] = 1.0;
        let image = smooth(image, width, sigma, false);
        let at = |x: usize, y: usize| image[y * width + x];
        let total: f32 = image.iter().sum();
        assert!((total - 1.0).abs() < 1e-5, "{total}");
        let peak = 1.0 / (2.0 * std::f32::consts::PI * sigma * sigma);
        assert!((at(30, 17) / peak - 1.0).abs() < 1e-3);
        assert!((at(32, 20) / at(30, 17) - (-13.0f32 / 8.0).exp()).abs() < 1e-3);
        assert_eq!(at(32, 20), at(28, 14));
    }

    /// Whatever the width of the Gaussian, beyond the image too, a point is the same wherever it is, and an even image stays even.
    #[test]
    fn a_torus_has_no_edge() {
        let (width, height) = (9, 7);
        for sigma in [0.7, 3.0] {
            let of = |x: usize, y: usize| {
                let mut image = vec![0.0; width * height];
                image[y * width + x] = 1.0;
                smooth(image, width, sigma, true)
            };
            let (corner, middle) = (of(0, 0), of(4, 3));
            for (x, y) in [(0, 0), (1, 0), (8, 6), (4, 3), (5, 1)] {
                let moved = (y + 3) % height * width + (x + 4) % width;
                assert!((corner[y * width + x] - middle[moved]).abs() < 1e-6);
            }
            let even = smooth(vec![0.3; width * height], width, sigma, true);
            assert!(even.iter().all(|x| (x - 0.3).abs() < 1e-5));
        }
    }
}

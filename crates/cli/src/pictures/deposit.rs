//! Particles onto pixels, cloud in cell.

use std::sync::atomic::{AtomicI64, Ordering};

/// Sums for each pixel, in fixed point: whole numbers add up to the same sum in any order, so that threads may add at
/// once.
pub(super) struct Sums {
    sums: Vec<AtomicI64>,
    size: [usize; 2],
    /// Whether opposite sides are one.
    wraps: bool,
}

/// A weight of 1. Leaves room for 2³³ of them in one pixel.
const UNIT: f64 = (1u64 << 30) as f64;

impl Sums {
    /// Of a picture of this width and height, whose opposite sides are one if it `wraps`.
    pub(super) fn new(size: [usize; 2], wraps: bool) -> Self {
        let zero = |_| AtomicI64::new(0);
        Self {
            sums: (0..size[0] * size[1]).map(zero).collect(),
            size,
            wraps,
        }
    }

    /// Shares a weight, −1 to 1, between the four pixels whose centres surround a place; those outside get nothing, unless it wraps.
    pub(super) fn add(&self, place: [f64; 2], weight: f64) {
        let [width, height] = self.size;
        let [x, y] = place.map(|x| x - 0.5);
        // Also false for NaN.
        let inside = x > -1.0 && y > -1.0 && x < width as f64 && y < height as f64;
        if !inside {
            return;
        }
        let (column, row) = (floor(x), floor(y));
        let (right, below) = (x - column as f64, y - row as f64);
        for (dx, share_x) in [(0, 1.0 - right), (1, right)] {
            for (dy, share_y) in [(0, 1.0 - below), (1, below)] {
                let (mut i, mut j) = (column + dx, row + dy);
                if self.wraps {
                    (i, j) = (i.rem_euclid(width as isize), j.rem_euclid(height as isize));
                }
                if (0..width as isize).contains(&i) && (0..height as isize).contains(&j) {
                    let share = nearest(weight * share_x * share_y * UNIT);
                    let pixel = &self.sums[j as usize * width + i as usize];
                    pixel.fetch_add(share, Ordering::Relaxed);
                }
            }
        }
    }

    /// The sums, row by row.
    pub(super) fn into_image(self) -> Vec<f32> {
        let back = |sum: AtomicI64| (sum.into_inner() as f64 / UNIT) as f32;
        self.sums.into_iter().map(back).collect()
    }
}

/// ⌊x⌋ of what is above −2³¹ and below 2³¹; without the library's call, which takes longer than the rest.
fn floor(x: f64) -> isize {
    let towards_zero = x as isize;
    towards_zero - isize::from(towards_zero as f64 > x)
}

/// The whole number next to x, likewise.
fn nearest(x: f64) -> i64 {
    (x + 0.5f64.copysign(x)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    #[test]
    fn shares_follow_the_distance() {
        let sums = Sums::new([3, 2], false);
        // A quarter beyond the centre of pixel 1; three quarters left of the centre of pixel 0; outside.
        sums.add([1.75, 0.5], 1.0);
        sums.add([2.5, 1.5], -0.25);
        sums.add([-0.25, 0.5], 0.5);
        sums.add([9.0, 0.0], 1.0);
        sums.add([f64::NAN, 0.0], 1.0);
        assert_eq!(sums.into_image(), [0.125, 0.75, 0.25, 0.0, 0.0, -0.25]);
    }

    #[test]
    fn whole_numbers() {
        for x in [-1.0, -0.75, -1e-300, -0.0, 0.0, 1e-300, 0.25, 7.0, 7.999] {
            assert_eq!(floor(x), x.floor() as isize, "{x}");
            assert_eq!(nearest(x), x.round() as i64, "{x}");
        }
    }

    #[test]
    fn same_bits_for_any_number_of_threads() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let sums = Sums::new([40, 40], false);
            pool.unwrap().install(|| {
                (0..5000).into_par_iter().for_each(|i| {
                    let place = [0.1, 0.37].map(|step| 20.0 + 19.0 * (step * i as f64).sin());
                    sums.add(place, (i as f64).cos());
                })
            });
            sums.into_image()
        };
        let one = with(1);
        assert_eq!(one, with(3));
        let total: f32 = one.iter().sum();
        let expected: f64 = (0..5000).map(|i| (i as f64).cos()).sum();
        assert!((f64::from(total) - expected).abs() < 1e-3);
    }
}

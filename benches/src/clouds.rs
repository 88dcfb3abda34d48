//! Clouds of points and strengths, the same on every machine.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// A cloud by name.
#[derive(Clone, Copy, Debug)]
pub enum Cloud {
    /// Uniform on the unit square.
    Uniform,
    /// Standard normal in both coordinates.
    Gaussian,
    /// Three turns of an Archimedean spiral of radius up to 1, blurred by 0.01 in every direction.
    Spiral,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Uniform, Self::Gaussian, Self::Spiral];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Gaussian => "gaussian",
            Self::Spiral => "spiral",
        }
    }

    /// `n` points, in no order.
    pub fn points(self, n: usize) -> Vec<[f64; 2]> {
        let mut rng = StdRng::seed_from_u64(n as u64);
        (0..n).map(|_| self.point(&mut rng)).collect()
    }

    fn point(self, rng: &mut StdRng) -> [f64; 2] {
        match self {
            Self::Uniform => [rng.random(), rng.random()],
            Self::Gaussian => normals(rng),
            Self::Spiral => {
                let along: f64 = rng.random();
                let [x, y] = normals(rng);
                let (sin, cos) = (3.0 * TAU * along).sin_cos();
                [along * cos + 0.01 * x, along * sin + 0.01 * y]
            }
        }
    }
}

fn normals(rng: &mut StdRng) -> [f64; 2] {
    [StandardNormal.sample(rng), StandardNormal.sample(rng)]
}

/// `n` strengths, uniform on [−1, 1).
pub fn strengths(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()
}

//! Clouds of points and strengths, the same on every machine.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// A cloud by name.
#[derive(Clone, Copy, Debug)]
pub enum Cloud {
    /// Uniform on the unit square or cube.
    Uniform,
    /// Standard normal in all coordinates.
    Gaussian,
    /// Three turns of an Archimedean spiral of radius up to 1, blurred by 0.01 in every direction, in the plane of the first
    /// two coordinates.
    Spiral,
    /// Uniform on the unit circle or sphere.
    Sphere,
}

impl Cloud {
    /// Those of the plane.
    pub const ALL: [Self; 3] = [Self::Uniform, Self::Gaussian, Self::Spiral];
    /// Those of space.
    pub const IN_SPACE: [Self; 3] = [Self::Uniform, Self::Gaussian, Self::Sphere];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Gaussian => "gaussian",
            Self::Spiral => "spiral",
            Self::Sphere => "sphere",
        }
    }

    /// `n` points, in no order.
    pub fn points<const D: usize>(self, n: usize) -> Vec<[f64; D]> {
        let mut rng = StdRng::seed_from_u64(n as u64);
        (0..n).map(|_| self.point(&mut rng)).collect()
    }

    fn point<const D: usize>(self, rng: &mut StdRng) -> [f64; D] {
        match self {
            Self::Uniform => std::array::from_fn(|_| rng.random()),
            Self::Gaussian => normals(rng),
            Self::Spiral => {
                let along: f64 = rng.random();
                let [x, y] = normals(rng);
                let (sin, cos) = (3.0 * TAU * along).sin_cos();
                let place = [along * cos + 0.01 * x, along * sin + 0.01 * y];
                std::array::from_fn(|a| place.get(a).copied().unwrap_or(0.0))
            }
            Self::Sphere => {
                let x: [f64; D] = normals(rng);
                let r = x.iter().map(|x| x * x).sum::<f64>().sqrt();
                x.map(|x| x / r)
            }
        }
    }
}

fn normals<const D: usize>(rng: &mut StdRng) -> [f64; D] {
    std::array::from_fn(|_| StandardNormal.sample(rng))
}

/// `n` strengths, uniform on [−1, 1).
pub fn strengths(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()
}

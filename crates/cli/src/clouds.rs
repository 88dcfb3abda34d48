//! Clouds of points with strengths; the built-in ones are the same on every machine.

use clap::ValueEnum;
use farfield::Real;
use std::f64::consts::TAU;

/// Points with a strength each.
pub(crate) struct Cloud {
    pub(crate) name: String,
    pub(crate) positions: Vec<[f64; 2]>,
    pub(crate) strengths: Vec<f64>,
}

impl Cloud {
    /// Every number rounded to `T`.
    pub(crate) fn rounded<T: Real>(&self) -> (Vec<[T; 2]>, Vec<T>) {
        let positions = self.positions.iter().map(|x| x.map(T::from_f64));
        let strengths = self.strengths.iter().map(|&w| T::from_f64(w));
        (positions.collect(), strengths.collect())
    }
}

/// How the points of a built-in cloud are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BuiltIn {
    /// Uniform on the unit square
    Uniform,
    /// Standard normal in both coordinates
    Gaussian,
    /// Three turns of an Archimedean spiral of radius up to 1, blurred by 0.01
    Spiral,
}

impl BuiltIn {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Gaussian => "gaussian",
            Self::Spiral => "spiral",
        }
    }

    /// `n` points in no order, with strengths uniform on [−1, 1).
    pub(crate) fn cloud(self, n: usize) -> Cloud {
        let mut random = SplitMix(7);
        Cloud {
            name: self.name().into(),
            positions: (0..n).map(|_| self.point(&mut random)).collect(),
            strengths: (0..n).map(|_| 2.0 * random.uniform() - 1.0).collect(),
        }
    }

    fn point(self, random: &mut SplitMix) -> [f64; 2] {
        match self {
            Self::Uniform => [random.uniform(), random.uniform()],
            Self::Gaussian => random.normals(),
            Self::Spiral => {
                let along = random.uniform();
                let [x, y] = random.normals();
                let (sin, cos) = (3.0 * TAU * along).sin_cos();
                [along * cos + 0.01 * x, along * sin + 0.01 * y]
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for points to check with.
struct SplitMix(u64);

impl SplitMix {
    /// In [0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) as f64 / 2f64.powi(64)
    }

    /// Two independent standard normal numbers (Box, Muller 1958).
    fn normals(&mut self) -> [f64; 2] {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sin, cos) = (TAU * self.uniform()).sin_cos();
        [radius * cos, radius * sin]
    }
}

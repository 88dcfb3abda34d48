//! Clouds of points with strengths; the built-in ones are the same on every machine.

use clap::ValueEnum;
use farfield::kernel::converted;
use farfield::{Real, Strength};
use std::f64::consts::TAU;

/// Points with a strength each.
pub(crate) struct Cloud<const D: usize, W = f64> {
    pub(crate) name: String,
    pub(crate) positions: Vec<[f64; D]>,
    pub(crate) strengths: Vec<W>,
}

impl<W: Strength<f64>, const D: usize> Cloud<D, W> {
    /// Every number rounded to `T`.
    pub(crate) fn rounded<T: Real, V: Strength<T>>(&self) -> (Vec<[T; D]>, Vec<V>) {
        let positions = self.positions.iter().map(|x| x.map(T::from_f64));
        let strengths = converted::<f64, T, _, _>(&self.strengths);
        (positions.collect(), strengths)
    }
}

/// How the points of a built-in cloud are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BuiltIn {
    /// Uniform on the unit square or cube
    Uniform,
    /// Standard normal in every coordinate
    Gaussian,
    /// Three turns of an Archimedean spiral of radius up to 1, blurred by 0.01; in space it rises to 1
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

    /// `n` points in no order, with strengths uniform on [−1, 1), in each component.
    pub(crate) fn cloud<const D: usize, W: Strength<f64>>(self, n: usize) -> Cloud<D, W> {
        let mut random = SplitMix(7);
        Cloud {
            name: self.name().into(),
            positions: (0..n).map(|_| self.point(&mut random)).collect(),
            strengths: (0..n).map(|_| random.strength()).collect(),
        }
    }

    fn point<const D: usize>(self, random: &mut SplitMix) -> [f64; D] {
        match self {
            Self::Uniform => [(); D].map(|()| random.uniform()),
            Self::Gaussian => random.normals(),
            Self::Spiral => {
                let along = random.uniform();
                let blur: [f64; D] = random.normals();
                let (sin, cos) = (3.0 * TAU * along).sin_cos();
                let curve = [along * cos, along * sin, along];
                std::array::from_fn(|a| curve[a] + 0.01 * blur[a])
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

    /// In [−1, 1)^C.
    fn strength<W: Strength<f64>>(&mut self) -> W {
        let mut strength = W::ZERO;
        for w in strength.components_mut() {
            *w = 2.0 * self.uniform() - 1.0;
        }
        strength
    }

    /// Independent standard normal numbers, two at a time (Box, Muller 1958).
    fn normals<const D: usize>(&mut self) -> [f64; D] {
        let mut all = [0.0; D];
        for two in all.chunks_mut(2) {
            let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
            let (sin, cos) = (TAU * self.uniform()).sin_cos();
            let both = [radius * cos, radius * sin];
            two.copy_from_slice(&both[..two.len()]);
        }
        all
    }
}

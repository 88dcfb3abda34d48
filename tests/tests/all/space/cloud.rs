//! Clouds in space, by name and from fixed seeds.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::StandardNormal;

/// A law of i.i.d. points in space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The unit cube.
    Uniform,
    /// Standard normal.
    Gaussian,
    /// The unit sphere's surface.
    Sphere,
    /// A slanted segment.
    Line,
    /// A slanted square.
    Plane,
    /// Plummer's model, P(|x| < r) = r³/(1 + r²)^{3/2}: denser inside, and as heavy a tail as r⁻².
    Plummer,
    /// Two unit normal clusters, 10⁶ apart.
    TwoClusters,
}

impl Shape {
    pub(crate) const ALL: [Self; 7] = [
        Self::Uniform,
        Self::Gaussian,
        Self::Sphere,
        Self::Line,
        Self::Plane,
        Self::Plummer,
        Self::TwoClusters,
    ];

    /// `n` points of this law.
    pub(crate) fn points(self, n: usize, seed: u64) -> Vec<[f64; 3]> {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..n).map(|_| self.point(&mut rng)).collect()
    }

    fn point(self, rng: &mut StdRng) -> [f64; 3] {
        let [u, v, w]: [f64; 3] = rng.random();
        let normal: [f64; 3] = [(); 3].map(|()| rng.sample(StandardNormal));
        let length = normal.iter().map(|x| x * x).sum::<f64>().sqrt();
        match self {
            Self::Uniform => [u, v, w],
            Self::Gaussian => normal,
            Self::Sphere => normal.map(|x| x / length),
            Self::Line => [u, 0.37 * u - 0.1, 0.7 - 0.5 * u],
            Self::Plane => [u, v, 0.3 * u - 0.8 * v],
            Self::Plummer => {
                let radius = ((1.0 - u).powf(-2.0 / 3.0) - 1.0).sqrt().recip();
                normal.map(|x| x / length * radius)
            }
            Self::TwoClusters if u < 0.5 => normal,
            Self::TwoClusters => [normal[0] + 6e5, normal[1] + 8e5, normal[2] - 1e5],
        }
    }
}

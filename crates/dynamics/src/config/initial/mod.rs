//! `[initial]`.

mod raw;

use crate::vortex_particles::VortexRing;
use bincode::de::Decoder;
use bincode::error::DecodeError;
use bincode::{Decode, Encode};
use raw::RawInitial;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the particles start. A Gaussian patch of radius a has density (1/πa²) e^{−r²/a²}, so ⟨r²⟩ = a².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(try_from = "RawInitial", into = "RawInitial")]
pub enum InitialConfig {
    /// Gaussian patches of the same size at the corners of a regular polygon (two: a pair) around the origin
    /// (`kind = "gaussian-patches"`). Particle i belongs to patch i mod `patches`.
    GaussianPatches {
        /// Number of particles.
        n: usize,
        /// Number of patches.
        patches: usize,
        /// Distance of neighbouring centres.
        separation: f64,
        /// a of each patch.
        radius: f64,
    },
    /// One Gaussian patch at the origin: the Lamb–Oseen vortex of age a²/4σ (`kind = "gaussian"`). In space ⟨r²⟩ = 3a²/2, since the variance
    /// is a²/2 per axis there too.
    Gaussian {
        /// Number of particles.
        n: usize,
        /// a.
        radius: f64,
    },
    /// Uniform on a disc around the origin (`kind = "uniform-disc"`).
    UniformDisc {
        /// Number of particles.
        n: usize,
        /// Radius of the disc.
        radius: f64,
    },
    /// Uniform on the square of this side around the origin (`kind = "uniform-square"`); on a torus of the same side, on all of it.
    UniformSquare {
        /// Number of particles.
        n: usize,
        /// Side of the square.
        side: f64,
    },
    /// Uniform on a ball around the origin (`kind = "uniform-ball"`).
    UniformBall {
        /// Number of particles.
        n: usize,
        /// Radius of the ball.
        radius: f64,
    },
    /// Uniform on the cube of this side around the origin (`kind = "uniform-cube"`); on a torus of the same side, on all of it.
    UniformCube {
        /// Number of particles.
        n: usize,
        /// Side of the cube.
        side: f64,
    },
    /// Uniform on a rectangle or box around the origin (`kind = "uniform-box"`); on a torus of the same sides, on all of it.
    UniformBox {
        /// Number of particles.
        n: usize,
        /// Its sides, as many as there are dimensions.
        sides: Vec<f64>,
    },
    /// Uniform on an annulus around the origin (`kind = "annulus"`).
    Annulus {
        /// Number of particles.
        n: usize,
        /// Inner radius.
        inner: f64,
        /// Outer radius.
        radius: f64,
    },
    /// Density ∝ r^{−power} within a disc or ball around the origin (`kind = "power-law"`).
    PowerLaw {
        /// Number of particles.
        n: usize,
        /// Below the dimension; 0 is uniform.
        power: f64,
        /// Radius of the disc or ball.
        radius: f64,
    },
    /// Gaussian patches of any size anywhere: a particle is in patch k with probability `weights[k]`/Σ weights (`kind = "mixture"`).
    Mixture {
        /// Number of particles.
        n: usize,
        /// Where the patches are, as many coordinates each as there are dimensions.
        centres: Vec<Vec<f64>>,
        /// a of each patch.
        radii: Vec<f64>,
        /// Weight of each patch.
        weights: Vec<f64>,
    },
    /// Along the line y = amplitude·sin(2πx/length), |x| ≤ length/2, evenly in x, with a Gaussian scatter across it, which
    /// Kelvin and Helmholtz's instability rolls up (`kind = "vortex-sheet"`).
    VortexSheet {
        /// Number of particles.
        n: usize,
        /// Length along x; on a torus of this side it closes.
        length: f64,
        /// Of the wave.
        amplitude: f64,
        /// Standard deviation of the scatter.
        thickness: f64,
    },
    /// The solution of Bobylev, Krook and Wu ([`crate::landau::bkw`]), of ⟨|x|²⟩ = d (`kind = "bkw"`).
    Bkw {
        /// Number of particles.
        n: usize,
        /// K at time 0, from d/(d + 2) to 1, where it is a Gaussian.
        start: f64,
    },
    /// Two Gaussian patches on the x axis; the circulations of the one at x > 0 (odd particles) change sign, unless they
    /// come from a file (`kind = "dipole"`). With positive circulations it moves upwards.
    Dipole {
        /// Number of particles.
        n: usize,
        /// Distance of the centres.
        separation: f64,
        /// a of each patch.
        radius: f64,
    },
    /// A regular N-gon around the origin, the first particle on the x axis (`kind = "ring"`).
    Ring {
        /// Number of particles.
        n: usize,
        /// Radius of the circle.
        radius: f64,
    },
    /// Vortex rings as particles about `spacing` apart, as many as that takes, of vortex particles in space (`kind = "vortex-rings"`,
    /// [`VortexRing::particles`]). Nothing is drawn.
    VortexRings {
        /// The rings, one or more.
        rings: Vec<VortexRing>,
        /// About the distance of neighbouring particles, above 0; overlapping cores have δ ≥ 1.3 of it.
        spacing: f64,
    },
    /// Positions (N, d) from an `.npy` file, of vortex particles in space X and α (N, 6), which the caller reads and hands in with
    /// [`crate::Inputs`] (`kind = "file"`).
    File {
        /// The file.
        path: PathBuf,
    },
    /// One of the other laws, but for `ring` and `file`, by quasi-random numbers in the place of independent ones
    /// (`quasi_random = true`): every particle has the law, and all together cover it evenly, so that means at the start err
    /// like 1/N, nearly, and not like 1/√N. They are an additive recurrence that the seed shifts, so that means are unbiased
    /// over the seeds. Particles are then not independent of each other, and neighbours in number are related in place;
    /// circulations by a law are independent. In a `mixture` the patches lie one after another in the order of the
    /// particles, each as large as its weight says, but for one particle.
    QuasiRandom(Drawn),
}

/// A law that quasi-random numbers are for.
#[derive(Clone, Debug, PartialEq, Encode)]
pub struct Drawn(Box<InitialConfig>);

impl From<InitialConfig> for Drawn {
    fn from(law: InitialConfig) -> Self {
        Self(Box::new(law))
    }
}

bincode::impl_borrow_decode!(Drawn);

/// Bytes that reading a snapshot counts for it: laws within laws, which only a forged one has, soon are too many.
const COUNTED: usize = 1 << 16;

impl<Context> Decode<Context> for Drawn {
    fn decode<D: Decoder<Context = Context>>(decoder: &mut D) -> Result<Self, DecodeError> {
        decoder.claim_bytes_read(COUNTED)?;
        InitialConfig::decode(decoder).map(Self::from)
    }
}

/// Every `kind`.
const KINDS: [&str; 16] = [
    "gaussian-patches",
    "gaussian",
    "uniform-disc",
    "uniform-square",
    "uniform-ball",
    "uniform-cube",
    "uniform-box",
    "annulus",
    "power-law",
    "mixture",
    "vortex-sheet",
    "bkw",
    "dipole",
    "ring",
    "vortex-rings",
    "file",
];

impl Default for InitialConfig {
    /// A pair that merges at once (vortices merge above radius/separation of about 0.24 to 0.3: Meunier, Le Dizès and
    /// Leweke, C. R. Physique 6 (2005)). Total circulation 1, so the pair turns once in 4π² separation² = 39.5, and a
    /// core about itself once in 8π² radius² = 16 at first.
    fn default() -> Self {
        Self::GaussianPatches {
            n: 1_000_000,
            patches: 2,
            separation: 1.0,
            radius: 0.45,
        }
    }
}

impl InitialConfig {
    /// Whether it is by quasi-random numbers.
    pub fn is_quasi_random(&self) -> bool {
        matches!(self, Self::QuasiRandom(_))
    }

    /// What is by quasi-random numbers, or else itself.
    pub fn law(&self) -> &Self {
        match self {
            Self::QuasiRandom(law) => &law.0,
            law => law,
        }
    }

    /// The same, to be changed.
    pub fn law_mut(&mut self) -> &mut Self {
        match self {
            Self::QuasiRandom(law) => &mut law.0,
            law => law,
        }
    }

    /// `kind` in the configuration.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::GaussianPatches { .. } => "gaussian-patches",
            Self::Gaussian { .. } => "gaussian",
            Self::UniformDisc { .. } => "uniform-disc",
            Self::UniformSquare { .. } => "uniform-square",
            Self::UniformBall { .. } => "uniform-ball",
            Self::UniformCube { .. } => "uniform-cube",
            Self::UniformBox { .. } => "uniform-box",
            Self::Annulus { .. } => "annulus",
            Self::PowerLaw { .. } => "power-law",
            Self::Mixture { .. } => "mixture",
            Self::VortexSheet { .. } => "vortex-sheet",
            Self::Bkw { .. } => "bkw",
            Self::Dipole { .. } => "dipole",
            Self::Ring { .. } => "ring",
            Self::VortexRings { .. } => "vortex-rings",
            Self::File { .. } => "file",
            Self::QuasiRandom(law) => law.0.kind(),
        }
    }

    /// The dimension that it is of; `None` for both.
    pub fn dimension(&self) -> Option<usize> {
        match self {
            Self::Gaussian { .. }
            | Self::UniformBox { .. }
            | Self::PowerLaw { .. }
            | Self::Mixture { .. }
            | Self::Bkw { .. }
            | Self::File { .. } => None,
            Self::UniformBall { .. } | Self::UniformCube { .. } | Self::VortexRings { .. } => {
                Some(3)
            }
            Self::QuasiRandom(law) => law.0.dimension(),
            _ => Some(2),
        }
    }

    /// The kinds for particles in this dimension that have so many numbers each.
    pub(crate) fn kinds_for(dimension: usize, components: usize) -> Vec<&'static str> {
        let carry = components > dimension;
        let here = |kind: &&str| match *kind {
            "vortex-rings" => carry,
            "file" => true,
            _ if carry => false,
            "gaussian" | "uniform-box" | "power-law" | "mixture" | "bkw" => true,
            "uniform-ball" | "uniform-cube" => dimension == 3,
            _ => dimension == 2,
        };
        KINDS.into_iter().filter(here).collect()
    }

    /// Number of particles; unknown before the file is read, or rings are laid out.
    pub fn n(&self) -> Option<usize> {
        match *self {
            Self::GaussianPatches { n, .. }
            | Self::Gaussian { n, .. }
            | Self::UniformDisc { n, .. }
            | Self::UniformSquare { n, .. }
            | Self::UniformBall { n, .. }
            | Self::UniformCube { n, .. }
            | Self::UniformBox { n, .. }
            | Self::Annulus { n, .. }
            | Self::PowerLaw { n, .. }
            | Self::Mixture { n, .. }
            | Self::VortexSheet { n, .. }
            | Self::Bkw { n, .. }
            | Self::Dipole { n, .. }
            | Self::Ring { n, .. } => Some(n),
            Self::File { .. } | Self::VortexRings { .. } => None,
            Self::QuasiRandom(ref law) => law.0.n(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As bytes; many laws within each other, which no run writes, are refused before they fill the stack.
    #[test]
    fn quasi_random_laws_are_read_and_forged_ones_are_not() {
        let encoding = bincode::config::standard().with_limit::<{ 1 << 24 }>();
        let within = |depth: usize| {
            let law = InitialConfig::Ring { n: 3, radius: 1.0 };
            (0..depth).fold(law, |law, _| InitialConfig::QuasiRandom(law.into()))
        };
        let read = |bytes: &[u8]| bincode::decode_from_slice::<InitialConfig, _>(bytes, encoding);
        for (depth, good) in [(0, true), (1, true), (1000, false)] {
            let law = within(depth);
            let bytes = bincode::encode_to_vec(&law, encoding).unwrap();
            assert_eq!(read(&bytes).is_ok_and(|(found, _)| found == law), good);
        }
    }
}

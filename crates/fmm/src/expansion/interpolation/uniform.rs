//! A uniform density, one in a cell, on a torus.
//!
//! It has no field at all there. So what it has from all that is far of a cell is the opposite of what the block of that cell and its
//! neighbours gives, |v|∞ ≤ 3/2, which is smooth in the cell:
//!
//! ```text
//! G(u) = ∫ κ(|u − v|) dv = ∫_faces (n·z) h(|z|) dS,   z = v − u,   h(r) = ∫₀¹ τ^{D−1} κ(rτ) dτ
//! ```
//!
//! since ∇·(z h) = D h + r h′ = κ; where cells are stretched, z = E (v − u), and dv and dS are those of E v over
//! det E. Its polynomials are of a higher degree than those of cells, and not compressed.
//! The multipole of the density is in the basis, so that m2m of children makes the parent's.

use super::kappa::Kappa;
use super::tensor::{TensorNodes, even, indices};
use crate::expansion::Uniform;
use crate::expansion::quadrature::gauss_legendre;
use crate::tree::Stretch;

/// The density in a cell, and what its surroundings lack of it.
#[derive(Debug)]
pub(super) struct Evenly<const D: usize> {
    pub(super) uniform: Uniform,
    /// Nodes by axis, and the coefficients of G.
    pub(super) nodes: [usize; D],
    pub(super) polynomials: Vec<f64>,
}

/// Nodes an axis more than those of cells, which are cubes.
const MORE: f64 = 4.0;
/// Half the edge of the block.
const HALF: f64 = 1.5;
/// Nodes of Gauss and Legendre along an edge of it, for cubes.
const ALONG_EDGE: f64 = 36.0;

impl<const D: usize> Evenly<D> {
    /// For cells of so many nodes with this multipole.
    pub(super) fn new(kappa: &Kappa<D>, nodes: [usize; D], multipole: Vec<f64>) -> Self {
        // Beside the long edges of a stretched cell, its faces and those of the block are as near as the short ones are long.
        let beside = kappa.stretch.beside();
        let more = |a: usize| (MORE / beside[a]).ceil() as usize;
        let fine = TensorNodes::new(std::array::from_fn(|a| nodes[a] + more(a)));
        let (mean, faces) = (kappa.radial.mean(D), faces(kappa.stretch));
        let mut polynomials = even(fine.counts(), &kappa.orders(), |index| {
            block(&*mean, &faces, kappa.stretch, fine.at(index))
        });
        fine.to_coefficients(&mut polynomials);
        Self {
            uniform: Uniform {
                multipole,
                harmonic: None,
            },
            nodes: fine.counts(),
            polynomials,
        }
    }
}

/// ∫ T_k(2u) du over [−½, ½], the product along all axes, by index.
pub(super) fn integrals<const D: usize>(counts: [usize; D]) -> Vec<f64> {
    let along_axis = |k: usize| {
        if k.is_multiple_of(2) {
            1.0 / (1.0 - (k * k) as f64)
        } else {
            0.0
        }
    };
    indices(counts)
        .map(|index| index.map(along_axis).iter().product())
        .collect()
}

/// Places and weights on a face of the block; in the plane along the first coordinate alone.
type Face = Vec<([f64; 2], f64)>;

/// The faces by the axis that they lie across, with more places along edges that are long beside their distance.
fn faces<const D: usize>(Stretch(e): Stretch<D>) -> [Face; D] {
    std::array::from_fn(|axis| {
        let edge = |along: usize| -> Vec<(f64, f64)> {
            let count = ALONG_EDGE * (e[along] / e[axis]).max(1.0);
            gauss_legendre(count.ceil() as usize)
                .map(|(x, w)| (HALF * x, HALF * w))
                .collect()
        };
        let mut edges = (0..D).filter(|&a| a != axis).map(edge);
        let first = edges.next().unwrap_or_default();
        let across = edges.next().unwrap_or_else(|| vec![(0.0, 1.0)]);
        first
            .iter()
            .flat_map(|&(x, v)| across.iter().map(move |&(y, w)| ([x, y], v * w)))
            .collect()
    })
}

/// G(u).
fn block<const D: usize>(
    mean: &dyn Fn(f64) -> f64,
    faces: &[Face; D],
    Stretch(e): Stretch<D>,
    u: [f64; D],
) -> f64 {
    let of_face = |axis: usize, sign: f64| {
        let height = HALF - sign * u[axis];
        let others: Vec<usize> = (0..D).filter(|&a| a != axis).collect();
        let at = |(v, w): &([f64; 2], f64)| {
            let along = |a: usize, z: f64| (e[a] * z) * (e[a] * z);
            let beside = others.iter().zip(v).map(|(&a, v)| along(a, v - u[a]));
            w * mean(along(axis, height) + beside.sum::<f64>())
        };
        height * faces[axis].iter().map(at).sum::<f64>()
    };
    let both = (0..D).map(|axis| of_face(axis, 1.0) + of_face(axis, -1.0));
    both.sum()
}

#[cfg(test)]
mod tests {
    use super::super::Radial;
    use super::*;
    use crate::kernel::{Kernel, RadialFunction, RadialKernel, Riesz};

    /// The sum over midpoints of so many cells along each axis, which are cubes after the stretch; the one at u, in which κ is large, is
    /// taken as a ball of its volume.
    fn by_midpoints<const D: usize>(
        kappa: &Kappa<D>,
        s: f64,
        cells: [usize; D],
        at: [usize; D],
    ) -> f64 {
        let h: [f64; D] = cells.map(|cells| 2.0 * HALF / cells as f64);
        let volume: f64 = h.iter().product();
        let all = indices(cells).filter(|index| *index != at).map(|index| {
            let z = std::array::from_fn(|a| (index[a] as f64 - at[a] as f64) * h[a]);
            kappa.value(z)
        });
        let sphere = if D == 2 { 2.0 } else { 4.0 } * std::f64::consts::PI;
        let stretched: f64 = kappa.stretch.0.iter().product();
        let radius = (volume * stretched * D as f64 / sphere).powf(1.0 / D as f64);
        let d = D as f64;
        // ∫ (r^{−s} − 1)/s over the ball.
        let ball = sphere * (radius.powf(d - s) / (d - s) - radius.powf(d) / d) / s;
        all.sum::<f64>() * volume + ball / stretched
    }

    #[test]
    fn a_block_has_its_integral() {
        let plane = Kernel::<2>::pair(&Riesz { s: 0.7 }, 1.0).power().unwrap();
        for (e, cells, at) in [
            ([1.0, 1.0], [1501, 1501], [900, 750]),
            ([0.5, 1.0], [2000, 4000], [1400, 1999]),
        ] {
            let kappa = Kappa {
                radial: &plane,
                stretch: Stretch(e),
            };
            let expected = by_midpoints(&kappa, 0.7, cells, at);
            let place = |a: usize| (at[a] as f64 + 0.5) * 3.0 / cells[a] as f64 - HALF;
            let u = std::array::from_fn(place);
            let exact = block(&*plane.mean(2), &faces(Stretch(e)), Stretch(e), u);
            assert!((exact - expected).abs() < 1e-4, "{e:?}: {exact} {expected}");
        }
        let space = Kernel::<3>::pair(&Riesz { s: 1.3 }, 1.0).power().unwrap();
        for (e, cells, at) in [
            ([1.0; 3], [151; 3], [75, 90, 75]),
            ([1.0, 0.5, 0.75], [160, 80, 120], [80, 50, 60]),
        ] {
            let kappa = Kappa {
                radial: &space,
                stretch: Stretch(e),
            };
            let expected = by_midpoints(&kappa, 1.3, cells, at);
            let place = |a: usize| (at[a] as f64 + 0.5) * 3.0 / cells[a] as f64 - HALF;
            let u = std::array::from_fn(place);
            let exact = block(&*space.mean(3), &faces(Stretch(e)), Stretch(e), u);
            assert!((exact - expected).abs() < 1e-2, "{e:?}: {exact} {expected}");
        }
    }

    /// Of functions from tables, in a cell whose side is no power of two: the mean of κ over balls of the dimension, by
    /// midpoints of shells.
    #[test]
    fn means_of_functions_from_tables() {
        #[derive(Debug)]
        struct Softened;
        impl RadialFunction for Softened {
            fn field(&self, r: f64) -> f64 {
                1.0 / (r * r + 0.04)
            }
        }
        let side = 0.7;
        let cell = RadialKernel::new(&Softened)
            .unwrap()
            .tables(1.0)
            .in_cell(side, 6);
        for dimension in [2, 3] {
            let mean = cell.mean(dimension);
            for r in [0.01, 0.4, 1.7] {
                let shells = 20_000;
                let of_shell = |k: usize| {
                    let tau = (k as f64 + 0.5) / shells as f64;
                    tau.powi(dimension as i32 - 1) * cell.value((r * tau).powi(2))
                };
                let expected = (0..shells).map(of_shell).sum::<f64>() / shells as f64;
                let error = (mean(r * r) - expected).abs();
                assert!(error < 1e-9, "{dimension} {r}: {error:e}");
            }
        }
        // κ is g less a constant.
        let g = |r: f64| -0.5 * (r * r * side * side + 0.04).ln();
        for r in [0.1f64, 1.0, 2.5] {
            let found = cell.value(r * r) + cell.constant(0.0);
            assert!((found - g(r) + g(1.0 / side)).abs() < 1e-13, "{r}");
        }
    }
}

//! A uniform density, one in a cell, on a torus.
//!
//! It has no field at all there. So what it has from all that is far of a cell is the opposite of what the block of that cell and its
//! neighbours gives, |v|∞ ≤ 3/2, which is smooth in the cell:
//!
//! ```text
//! G(u) = ∫ κ(|u − v|) dv = ∫_faces (n·z) h(|z|) dS,   z = v − u,   h(r) = ∫₀¹ τ^{D−1} κ(rτ) dτ
//! ```
//!
//! since ∇·(z h) = D h + r h′ = κ. Its polynomials are of a higher degree than those of cells, and not compressed.
//! The multipole of the density is in the basis, so that m2m of children makes the parent's.

use super::Radial;
use super::chebyshev::Nodes;
use super::tensor::{along_axes, indices, symmetric};
use crate::expansion::Uniform;
use crate::expansion::quadrature::gauss_legendre;

/// The density in a cell, and what its surroundings lack of it.
#[derive(Debug)]
pub(super) struct Evenly {
    pub(super) uniform: Uniform,
    /// Nodes an axis, and the coefficients of G.
    pub(super) nodes: usize,
    pub(super) polynomials: Vec<f64>,
}

/// Nodes an axis more than those of cells.
const MORE: usize = 4;
/// Half the edge of the block.
const HALF: f64 = 1.5;
/// Nodes of Gauss and Legendre along an edge of it.
const ALONG_EDGE: usize = 36;

impl Evenly {
    /// For cells of so many nodes with this multipole.
    pub(super) fn new<const D: usize>(
        radial: &dyn Radial,
        nodes: usize,
        multipole: Vec<f64>,
    ) -> Self {
        let fine = Nodes::new(nodes + MORE);
        let (mean, face) = (radial.mean(D), face(D));
        let mut polynomials = symmetric::<D>(fine.len(), |index| {
            block(&*mean, &face, index.map(|i| fine.u[i]))
        });
        along_axes::<D>(&mut polynomials, &fine.coefficients());
        Self {
            uniform: Uniform {
                multipole,
                harmonic: None,
            },
            nodes: fine.len(),
            polynomials,
        }
    }
}

/// ∫ T_k(2u) du over [−½, ½], the product along all axes, by index.
pub(super) fn integrals<const D: usize>(n: usize) -> Vec<f64> {
    let along_axis = |k: usize| {
        if k.is_multiple_of(2) {
            1.0 / (1.0 - (k * k) as f64)
        } else {
            0.0
        }
    };
    indices::<D>(n)
        .map(|index| index.map(along_axis).iter().product())
        .collect()
}

/// Places and weights on a face of the block; in the plane along the first coordinate alone.
fn face(dimension: usize) -> Vec<([f64; 2], f64)> {
    let edge: Vec<(f64, f64)> = gauss_legendre(ALONG_EDGE)
        .map(|(x, w)| (HALF * x, HALF * w))
        .collect();
    let across = if dimension == 3 {
        edge.clone()
    } else {
        vec![(0.0, 1.0)]
    };
    edge.iter()
        .flat_map(|&(x, v)| across.iter().map(move |&(y, w)| ([x, y], v * w)))
        .collect()
}

/// G(u).
fn block<const D: usize>(mean: &dyn Fn(f64) -> f64, face: &[([f64; 2], f64)], u: [f64; D]) -> f64 {
    let of_face = |axis: usize, sign: f64| {
        let height = HALF - sign * u[axis];
        let others: Vec<usize> = (0..D).filter(|&a| a != axis).collect();
        let at = |(v, w): &([f64; 2], f64)| {
            let beside = others.iter().zip(v).map(|(&a, v)| (v - u[a]) * (v - u[a]));
            w * mean(height * height + beside.sum::<f64>())
        };
        height * face.iter().map(at).sum::<f64>()
    };
    let faces = (0..D).map(|axis| of_face(axis, 1.0) + of_face(axis, -1.0));
    faces.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Kernel, RadialFunction, RadialKernel, Riesz};

    /// The sum over midpoints of small cubes; the one at u, in which κ is large, is taken as a ball of its volume.
    fn by_midpoints<const D: usize>(
        radial: &dyn Radial,
        s: f64,
        cubes: usize,
        at: [usize; D],
    ) -> f64 {
        let h = 2.0 * HALF / cubes as f64;
        let u = at.map(|i| (i as f64 + 0.5) * h - HALF);
        let all = indices::<D>(cubes)
            .filter(|index| *index != at)
            .map(|index| {
                let z2 = (0..D).map(|a| ((index[a] as f64 + 0.5) * h - HALF - u[a]).powi(2));
                radial.value(z2.sum())
            });
        let sphere = if D == 2 { 2.0 } else { 4.0 } * std::f64::consts::PI;
        let radius = (h.powi(D as i32) * D as f64 / sphere).powf(1.0 / D as f64);
        let d = D as f64;
        // ∫ (r^{−s} − 1)/s over the ball.
        let ball = sphere * (radius.powf(d - s) / (d - s) - radius.powf(d) / d) / s;
        all.sum::<f64>() * h.powi(D as i32) + ball
    }

    #[test]
    fn a_block_has_its_integral() {
        let plane = Kernel::<2>::pair(&Riesz { s: 0.7 }, 1.0).power().unwrap();
        let expected = by_midpoints(&plane, 0.7, 1501, [900, 750]);
        let exact = block(&*plane.mean(2), &face(2), [150.0 * 3.0 / 1501.0, 0.0]);
        assert!((exact - expected).abs() < 1e-4, "{exact} {expected}");
        let space = Kernel::<3>::pair(&Riesz { s: 1.3 }, 1.0).power().unwrap();
        let expected = by_midpoints(&space, 1.3, 151, [75, 90, 75]);
        let exact = block(&*space.mean(3), &face(3), [0.0, 15.0 * 3.0 / 151.0, 0.0]);
        assert!((exact - expected).abs() < 1e-2, "{exact} {expected}");
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

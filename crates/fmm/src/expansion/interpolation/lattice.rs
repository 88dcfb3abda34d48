//! On a torus: what all images of the root beyond those next to it bring to its local.
//!
//! In box units of the root, which is E if its sides differ, with κ as near images have it and γ the sum over all images that [`crate::torus`] defines,
//!
//! ```text
//! R(u) = Σ_n γ(E(u − n)) − Σ_{|n|∞ ≤ 1} κ(|E(u − n)|),   |u|∞ ≤ 1      L = (W U)ᵀ R(x_a − y_b) (W U) M
//! ```
//!
//! R is as smooth as κ between cells that are not neighbours, so it is interpolated between nodes first.

use super::kappa::Kappa;
use super::operators::Operators;
use super::tensor::{TensorNodes, even, indices};
use super::thirds::Thirds;
use crate::torus::ewald::ROUNDING;
use crate::torus::modes::around;
use crate::torus::split::{FarPower, Split};
use crate::tree::Stretch;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::f64::consts::TAU;
use std::sync::OnceLock;

/// From the root's multipole to its local.
#[derive(Debug)]
pub(super) struct Lattice {
    matrix: DMatrix<f64>,
    power: FarPower,
    /// For boxes of three cells.
    thirds: OnceLock<Thirds>,
}

/// Which images are near, whose κ is not γ.
pub(super) struct Near {
    /// Those of so many boxes to each side.
    pub(super) boxes: u32,
    /// A distance, and κ there, in the unit of γ.
    pub(super) at: (f64, f64),
}

/// The differences of the nodes of two cells, along each axis.
pub(super) struct Differences<const D: usize> {
    counts: [usize; D],
    /// As many as the differences of two polynomials ask for, of which they are half.
    pub(super) nodes: TensorNodes<D>,
    interpolants: [Vec<Vec<f64>>; D],
}

impl<const D: usize> Differences<D> {
    pub(super) fn new(of: &TensorNodes<D>) -> Self {
        let counts = of.counts();
        let nodes = TensorNodes::new(counts.map(|n| 2 * n));
        let interpolants = std::array::from_fn(|a| {
            let u = &of.0[a].u;
            let differences: Vec<f64> = u
                .iter()
                .flat_map(|x| u.iter().map(move |y| 0.5 * (x - y)))
                .collect();
            nodes.0[a].interpolants(&differences)
        });
        Self {
            counts,
            nodes,
            interpolants,
        }
    }

    /// Between the numbers of two cells, from what a function is at twice the nodes.
    pub(super) fn matrix(&self, values: Vec<f64>, operators: &Operators) -> DMatrix<f64> {
        let n = self.counts;
        let between = at_all(values, self.interpolants.each_ref().map(Vec::as_slice));
        let all: Vec<[usize; D]> = indices(n).collect();
        let kernel = DMatrix::from_fn(all.len(), all.len(), |i, j| {
            let place = |at, a: usize| (at * n[a] + all[i][a]) * n[a] + all[j][a];
            between[(0..D).fold(0, place)]
        });
        let ends = DMatrix::from_fn(all.len(), operators.rank, |i, j| operators.at_nodes[i][j]);
        ends.tr_mul(&(kernel * &ends))
    }
}

/// Width at which the power is split, in largest sides: so narrow that short parts beyond [`BOXES`] are below rounding, and modes beyond
/// [`MODES`], along a largest side.
const WIDTH: f64 = 0.5;
const BOXES: f64 = 4.0;
const MODES: f64 = 4.0;

impl Lattice {
    /// For κ, which is γ less a constant, in the unit that makes γ one of a box of this side, the largest.
    pub(super) fn new<const D: usize>(
        power: FarPower,
        side: f64,
        kappa: &Kappa<D>,
        nodes: &TensorNodes<D>,
        operators: &Operators,
    ) -> Self {
        let unit = side.powf(-power.s);
        let core = power.core / side;
        let at_side = kappa.radial.value(1.0) / unit;
        let next = Near {
            boxes: 1,
            at: (1.0, at_side),
        };
        let remainder = Remainder::<D>::new((power.s, core), kappa.stretch, next);
        let grid = Differences::new(nodes);
        let matrix = grid.matrix(remainder.on(&grid.nodes), operators) * unit;
        Self {
            matrix,
            power,
            thirds: OnceLock::new(),
        }
    }

    /// Of a box that is three cells wide; made when they are first asked for.
    pub(super) fn thirds<const D: usize>(
        &self,
        kappa: &Kappa<D>,
        nodes: &TensorNodes<D>,
        operators: &Operators,
    ) -> &Thirds {
        let thirds = || Thirds::new(self.power, kappa, nodes, operators);
        self.thirds.get_or_init(thirds)
    }

    /// The numbers of the root's local from those of its multipole.
    pub(super) fn of_root(&self, multipole: &[f64], local: &mut [f64]) {
        for (column, x) in self.matrix.column_iter().zip(multipole) {
            for (out, a) in local.iter_mut().zip(column.iter()) {
                *out += a * x;
            }
        }
    }
}

/// Values at places along every axis, from those at nodes: `interpolants` by axis and place, then node.
fn at_all<const D: usize>(mut values: Vec<f64>, interpolants: [&[Vec<f64>]; D]) -> Vec<f64> {
    // The first axis goes last each time, so that they are in their order at the end.
    for interpolants in interpolants {
        let rest = values.len() / interpolants[0].len();
        let of_place = |row: &Vec<f64>| -> Vec<f64> {
            let mut sums = vec![0.0; rest];
            for (x, values) in row.iter().zip(values.chunks_exact(rest)) {
                sums.iter_mut()
                    .zip(values)
                    .for_each(|(sum, v)| *sum += x * v);
            }
            sums
        };
        let by_place: Vec<Vec<f64>> = interpolants.par_iter().map(of_place).collect();
        values = (0..rest)
            .flat_map(|at| by_place.iter().map(move |sums| sums[at]))
            .collect();
    }
    values
}

/// R, by Ewald's sum.
pub(super) struct Remainder<const D: usize> {
    split: Split,
    stretch: Stretch<D>,
    /// What κ lacks of γ.
    lacks: f64,
    /// All n but those that are near, and those.
    far: Vec<[f64; D]>,
    near: Vec<[f64; D]>,
    /// k ≠ 0 and γ̂.
    modes: Vec<([f64; D], f64)>,
    /// The mean that the short parts must not have.
    mean: f64,
}

impl<const D: usize> Remainder<D> {
    /// Of a power and its core in largest sides.
    pub(super) fn new((s, core): (f64, f64), stretch: Stretch<D>, next: Near) -> Self {
        let split = Split {
            s,
            dimension: D,
            delta: WIDTH,
            log_scale: 0.0,
            core,
        };
        let volume: f64 = stretch.0.iter().product();
        // The first axis slowest.
        let whole = |mut most: [f64; D]| {
            most.reverse();
            around(most.map(|most| most.ceil() as i32)).map(|mut n| {
                n.reverse();
                n.map(f64::from)
            })
        };
        let is_near = |n: &[f64; D]| n.iter().all(|n| n.abs() <= f64::from(next.boxes));
        let (near, mut far): (Vec<_>, Vec<_>) =
            whole(stretch.0.map(|e| BOXES / e)).partition(is_near);
        if !stretch.is_none() {
            // There are many beyond the corners, from which nothing comes to |u|∞ ≤ 1.
            let away = |n: &[f64; D]| stretch.square(n.map(|n| (n.abs() - 1.0).max(0.0)));
            far.retain(|n| away(n) < ROUNDING * WIDTH * WIDTH);
        }
        let modes = whole(stretch.0.map(|e| MODES * e)).filter(|k| *k != [0.0; D]);
        let weight = |k: [f64; D]| {
            let square = |a: usize| (k[a] / stretch.0[a]).powi(2);
            split.mode((0..D).map(square).sum()) / volume
        };
        Self {
            split,
            stretch,
            lacks: split.whole(next.at.0 * next.at.0) - next.at.1,
            far,
            near,
            modes: modes.map(|k| (k, weight(k))).collect(),
            mean: split.integral() / volume,
        }
    }

    pub(super) fn at(&self, u: [f64; D]) -> f64 {
        let square = |n: &[f64; D]| self.stretch.square(std::array::from_fn(|a| u[a] - n[a]));
        let far = self.far.iter().map(|n| self.split.short(square(n)));
        let near = self
            .near
            .iter()
            .map(|n| self.split.smooth(square(n)) - self.lacks);
        let waves = self.modes.iter().map(|(k, weight)| {
            let turns: f64 = (0..D).map(|a| u[a] * k[a]).sum();
            weight * (TAU * turns).cos()
        });
        far.sum::<f64>() - near.sum::<f64>() + waves.sum::<f64>() - self.mean
    }

    /// At twice the nodes along every axis.
    fn on(&self, nodes: &TensorNodes<D>) -> Vec<f64> {
        even(nodes.counts(), &self.stretch.orders(), |index| {
            self.at(nodes.at(index).map(|u| 2.0 * u))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: Near = Near {
        boxes: 1,
        at: (1.0, 0.0),
    };

    /// Of Coulomb's kernels what no image is near of is harmonic but for the background: ΔR = 2π and 4π, over the volume.
    #[test]
    fn the_background_is_uniform() {
        fn laplacian<const D: usize>(s: f64, e: [f64; D], u: [f64; D]) -> f64 {
            let (remainder, step) = (Remainder::<D>::new((s, 0.0), Stretch(e), NEXT), 2e-4);
            let second = |a: usize| {
                let moved = |by: f64| {
                    remainder.at(std::array::from_fn(|b| {
                        u[b] + if a == b { by / e[a] } else { 0.0 }
                    }))
                };
                (moved(step) - 2.0 * moved(0.0) + moved(-step)) / (step * step)
            };
            (0..D).map(second).sum()
        }
        for e in [[1.0; 3], [0.5, 1.0, 0.8]] {
            let plane = [e[0], e[1]];
            let found = laplacian(0.0, plane, [0.3, -0.8]) * e[0] * e[1];
            assert!((found - TAU).abs() < 1e-6, "{e:?}: {found}");
            let found = laplacian(1.0, e, [0.3, -0.8, 0.1]) * e[0] * e[1] * e[2];
            assert!((found - 2.0 * TAU).abs() < 1e-6, "{e:?}: {found}");
        }
    }

    /// Where two images that were next to u are so no more, R changes by what they have.
    #[test]
    fn sums_are_periodic() {
        let cases = [
            (0.0, 0.0),
            (1e-3, 0.0),
            (0.7, 0.0),
            (1.9, 0.0),
            (0.0, 1e-3),
            (0.0, 0.2),
        ];
        let stretched = [[1.0, 1.0], [0.5, 1.0], [1.0, 0.6]];
        let all = stretched.iter().flat_map(|e| cases.map(|case| (e, case)));
        for (e, (s, core)) in all {
            let remainder = Remainder::<2>::new((s, core), Stretch(*e), NEXT);
            let kappa = |n: [f64; 2], u: [f64; 2]| {
                let r = (e[0] * (u[0] - n[0]))
                    .hypot(e[1] * (u[1] - n[1]))
                    .hypot(core);
                let ratio = r.ln() - 1f64.hypot(core).ln();
                if s == 0.0 {
                    -ratio
                } else {
                    (-s * ratio).exp_m1() / s
                }
            };
            let whole = |u: [f64; 2]| {
                let near = remainder.near.iter().map(|&n| kappa(n, u)).sum::<f64>();
                remainder.at(u) + near
            };
            let (here, beside) = (whole([0.7, 0.2]), whole([-0.3, 0.2]));
            assert!(
                (here - beside).abs() < 1e-11,
                "{e:?} {s} {core}: {here} {beside}"
            );
        }
    }

    /// The values between nodes are those of R.
    #[test]
    fn interpolation_is_as_good_as_far_cells() {
        let (remainder, grid) = (
            Remainder::<2>::new((1.3, 0.0), Stretch::NONE, NEXT),
            TensorNodes::new([36; 2]),
        );
        let places = [-0.5, -0.31, 0.2, 0.47];
        let interpolants = grid.0.each_ref().map(|nodes| nodes.interpolants(&places));
        let found = at_all(
            remainder.on(&grid),
            interpolants.each_ref().map(Vec::as_slice),
        );
        for (i, x) in places.iter().enumerate() {
            for (j, y) in places.iter().enumerate() {
                let expected = remainder.at([2.0 * x, 2.0 * y]);
                let error = (found[i * places.len() + j] - expected).abs();
                assert!(
                    error < 1e-12 * expected.abs().max(1.0),
                    "{x} {y}: {error:e}"
                );
            }
        }
    }
}

//! p2l and m2p: between points and cells of another size, by the kernel at the nodes. They are rare, since only cells with many times as many
//! points as nodes need them, so they are plain code.

use super::tensor::indices;
use super::{Interpolation, WIDEST};
use crate::expansion::{CellScale, UnitPoints, UnitSums};
use crate::passes::wanted::{GRADIENT, POTENTIAL};

impl<const D: usize> Interpolation<D> {
    /// Adds what `values` at the nodes are to a local.
    fn add_values(&self, values: &[f64], local: &mut [f64]) {
        for (value, row) in values.iter().zip(&self.operators.at_nodes) {
            for (out, x) in local[WIDEST..].iter_mut().zip(row) {
                *out += value * x;
            }
        }
    }

    /// Places of the nodes.
    fn places(&self) -> impl Iterator<Item = [f64; D]> {
        indices(self.nodes.counts()).map(|index| self.nodes.at(index))
    }

    /// Points outside the neighbourhood to a local.
    pub(super) fn add_points(&self, points: &UnitPoints<D>, log_side: f64, local: &mut [f64]) {
        let sum = |node: [f64; D]| {
            let of = |(j, w): (usize, &f64)| {
                // Padding has no strength, and may lie anywhere.
                if *w == 0.0 {
                    0.0
                } else {
                    let u = std::array::from_fn(|a| node[a] - points.u[a][j]);
                    w * self.radial.value(self.stretch.square(u))
                }
            };
            points.w.iter().enumerate().map(of).sum()
        };
        let values: Vec<f64> = self.places().map(sum).collect();
        self.add_values(&values, local);
        local[0] += points.w.iter().sum::<f64>() * self.radial.constant(log_side);
    }

    /// A multipole to sums at points outside the neighbourhood.
    pub(super) fn add_multipole(
        &self,
        multipole: &[f64],
        points: &UnitPoints<D>,
        scale: CellScale,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        let numbers = &multipole[WIDEST..][..self.operators.rank];
        let power = scale.side.powf(self.radial.degree());
        let constant = multipole[0] * self.radial.constant(scale.log_side);
        let strength = |row: &Vec<f64>| row.iter().zip(numbers).map(|(x, m)| x * m).sum();
        let strengths: Vec<f64> = self.operators.at_nodes.iter().map(strength).collect();
        for i in 0..points.w.len() {
            let (mut s, mut t, mut g) = ([0.0; D], constant, [0.0; 6]);
            for (place, &q) in self.places().zip(&strengths) {
                let u = std::array::from_fn(|a| points.u[a][i] - place[a]);
                let z = self.stretch.of(u);
                let r2 = z.iter().map(|z| z * z).sum();
                let phi = q * self.radial.phi(r2);
                t += q * self.radial.value(r2);
                (0..D).for_each(|a| s[a] += z[a] * phi);
                if wanted >= GRADIENT {
                    let slope = q * self.radial.slope(r2) / r2;
                    let pairs = (0..D).flat_map(|a| (a..D).map(move |b| (a, b)));
                    for (g, (a, b)) in g.iter_mut().zip(pairs) {
                        *g += z[a] * z[b] * slope + if a == b { phi } else { 0.0 };
                    }
                }
            }
            (0..D).for_each(|a| sums.s[a][i] += s[a] * power / scale.side);
            if wanted >= POTENTIAL {
                sums.t[i] += self.sign * (t * power);
            }
            if wanted >= GRADIENT {
                let all = sums.g.iter_mut().zip(g).take(D * (D + 1) / 2);
                all.for_each(|(sum, g)| sum[i] += g * power / scale.side / scale.side);
            }
        }
    }
}

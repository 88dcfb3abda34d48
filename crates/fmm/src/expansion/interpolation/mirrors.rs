//! Householder's reflections, which take what is exact out of what a basis is to hold.

use super::parts::{Parts, reordered};
use nalgebra::DMatrix;

/// Householder's reflections that bring some vectors into the span of the first axes.
pub(super) struct Mirrors {
    mirrors: Vec<Vec<f64>>,
    /// The vectors, made orthonormal one after another.
    pub(super) exact: Vec<Vec<f64>>,
}

impl Mirrors {
    pub(super) fn new(vectors: impl Iterator<Item = Vec<f64>>) -> Self {
        let (mirrors, exact) = (vec![], vec![]);
        let mut new = Self { mirrors, exact };
        for mut vector in vectors {
            let axis = new.exact.len();
            if axis == vector.len() {
                break;
            }
            let mut own = vector.clone();
            // One pass leaves roundings of what it takes out. Four nodes an axis are enough to make all vectors independent.
            (0..2).for_each(|_| new.part(&mut own));
            let length = dot(&own, &own).sqrt();
            own.iter_mut().for_each(|x| *x /= length);
            new.exact.push(own);
            new.forth(&mut vector);
            vector[..axis].fill(0.0);
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            vector[axis] += length.copysign(vector[axis]);
            new.mirrors.push(vector);
        }
        new
    }

    /// Takes out of a vector what is exact.
    pub(super) fn part(&self, x: &mut [f64]) {
        for exact in &self.exact {
            let along = dot(exact, x);
            for (x, exact) in x.iter_mut().zip(exact) {
                *x -= along * exact;
            }
        }
    }

    /// The parts of a class of all matrices, each with all orders of its axes, less what is exact: a row for every column.
    pub(super) fn rows<const D: usize>(
        &self,
        parts: &Parts<D>,
        class: usize,
        seen: &[(DMatrix<f64>, Vec<[usize; D]>)],
    ) -> DMatrix<f64> {
        let (of_class, skipped) = (&parts.of_class[class], self.exact.len());
        let count = seen
            .iter()
            .map(|(seen, orders)| seen.ncols() * orders.len())
            .sum();
        let mut rows = DMatrix::zeros(count, of_class.len() - skipped);
        let mut next = 0;
        for (seen, orders) in seen {
            for order in orders {
                let place = |part| parts.row(&reordered(part, order));
                let places: Vec<usize> = of_class.iter().map(place).collect();
                for column in seen.column_iter() {
                    let mut part: Vec<f64> = places.iter().map(|&at| column[at]).collect();
                    self.forth(&mut part);
                    for (j, &x) in part[skipped..].iter().enumerate() {
                        rows[(next, j)] = x;
                    }
                    next += 1;
                }
            }
        }
        rows
    }

    pub(super) fn forth(&self, x: &mut [f64]) {
        self.mirrors.iter().for_each(|mirror| reflect(x, mirror));
    }

    pub(super) fn back(&self, x: &mut [f64]) {
        self.mirrors
            .iter()
            .rev()
            .for_each(|mirror| reflect(x, mirror));
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// x − 2 m (m·x)/(m·m).
fn reflect(x: &mut [f64], m: &[f64]) {
    let along: f64 = m.iter().zip(&*x).map(|(m, x)| m * x).sum();
    let square: f64 = m.iter().map(|m| m * m).sum();
    for (x, m) in x.iter_mut().zip(m) {
        *x -= 2.0 * along / square * m;
    }
}

//! Kernel matrices between cells by parity: the rows and columns are even and odd parts of weighted values at nodes.
//!
//! A part of an axis is (f(u) ± f(−u))/√2 at a node, or f(0); a part of a cell is one along every axis. Its class says along
//! which axes it is odd, by bits. Parts lie class after class, so that a basis that splits by parity is one block a class.

use super::chebyshev::Nodes;
use super::kappa::Kappa;
use super::tensor::{TensorNodes, indices, place};
use nalgebra::DMatrix;
use std::f64::consts::FRAC_1_SQRT_2;

/// The parts of a cell.
pub(super) struct Parts<const D: usize> {
    /// By class: the parts, each by its parts along the axes.
    pub(super) of_class: Vec<Vec<[usize; D]>>,
    /// By class, where its rows begin.
    pub(super) first: Vec<usize>,
    /// The row of every part, by its place in a tensor.
    row: Vec<usize>,
    nodes: TensorNodes<D>,
}

impl<const D: usize> Parts<D> {
    pub(super) fn new(nodes: &TensorNodes<D>) -> Self {
        let counts = nodes.counts();
        let belongs = |class: usize, part: &[usize; D]| {
            (0..D).all(|a| (part[a] >= counts[a].div_ceil(2)) == (class >> a & 1 == 1))
        };
        let of_class: Vec<Vec<[usize; D]>> = (0..1 << D)
            .map(|class| {
                indices(counts)
                    .filter(|part| belongs(class, part))
                    .collect()
            })
            .collect();
        let (mut first, mut row, mut next) = (vec![], vec![0; nodes.len()], 0);
        for parts in &of_class {
            first.push(next);
            for part in parts {
                row[place(counts, part)] = next;
                next += 1;
            }
        }
        Self {
            of_class,
            first,
            row,
            nodes: nodes.clone(),
        }
    }

    /// The row of a part.
    pub(super) fn row(&self, part: &[usize; D]) -> usize {
        self.row[place(self.nodes.counts(), part)]
    }

    /// What a part of an axis is of weighted values: nodes and factors.
    pub(super) fn along_axis(&self, axis: usize, part: usize) -> Vec<(usize, f64)> {
        let n = self.nodes.0[axis].len();
        let even = n.div_ceil(2);
        if part == n / 2 && n % 2 == 1 {
            return vec![(part, 1.0)];
        }
        let (node, sign) = if part < even {
            (part, 1.0)
        } else {
            (part - even, -1.0)
        };
        vec![(node, FRAC_1_SQRT_2), (n - 1 - node, sign * FRAC_1_SQRT_2)]
    }

    /// W K W over an offset, by parts.
    pub(super) fn kernel(&self, kappa: &Kappa<D>, offset: [usize; D]) -> DMatrix<f64> {
        let differences = self.nodes.0.each_ref().map(Differences::new);
        let counts = differences.each_ref().map(|axis| axis.apart.len());
        let mut table: Vec<f64> = indices(counts)
            .map(|index| {
                let along = |a: usize| differences[a].apart[index[a]] + offset[a] as f64;
                kappa.value(std::array::from_fn(along))
            })
            .collect();
        // The last axis first, so that most numbers are added up in long rows.
        let mut inner = 1;
        for axis in (0..D).rev() {
            let pairs = self.pairs(axis, &differences[axis].numbers);
            table = transformed(&table, counts[axis], inner, &pairs);
            inner *= pairs.len();
        }
        // Where two parts are in the table is a sum of what each of them says.
        let (all, n) = (self.of_class.concat(), self.nodes.counts());
        let places = |stride: [usize; D]| -> Vec<usize> {
            let of =
                |part: &[usize; D]| (0..D).fold(0, |at, a| at * n[a] * n[a] + part[a] * stride[a]);
            all.iter().map(of).collect()
        };
        let (rows, columns) = (places(n), places([1; D]));
        DMatrix::from_fn(all.len(), all.len(), |i, j| table[rows[i] + columns[j]])
    }

    /// By pair of parts of an axis: what they are of the kernel at numbered pairs of nodes.
    fn pairs(&self, axis: usize, numbers: &[Vec<usize>]) -> Vec<Vec<(usize, f64)>> {
        let n = numbers.len();
        let weighted = |part: usize| {
            let weights = &self.nodes.0[axis].root_weight;
            let weight = |(node, x): (usize, f64)| (node, x * weights[node]);
            self.along_axis(axis, part).into_iter().map(weight)
        };
        let of = |p: usize, q: usize| {
            weighted(p)
                .flat_map(|(i, x)| weighted(q).map(move |(j, y)| (numbers[i][j], x * y)))
                .collect()
        };
        (0..n * n).map(|pair| of(pair / n, pair % n)).collect()
    }
}

/// Of the nodes of an axis: pairs whose distances are the same by symmetry have one number.
struct Differences {
    /// By two nodes.
    numbers: Vec<Vec<usize>>,
    apart: Vec<f64>,
}

impl Differences {
    fn new(nodes: &Nodes) -> Self {
        let n = nodes.len();
        let (mut numbers, mut apart) = (vec![vec![0; n]; n], vec![]);
        for i in 0..n {
            for j in 0..n {
                let mirrored = (n - 1 - j, n - 1 - i);
                if mirrored < (i, j) {
                    numbers[i][j] = numbers[mirrored.0][mirrored.1];
                } else {
                    numbers[i][j] = apart.len();
                    apart.push(nodes.u[i] - nodes.u[j]);
                }
            }
        }
        Self { numbers, apart }
    }
}

/// Σ over the entries of `sums` along an axis of `m` numbers, behind each of which lie `inner` others.
fn transformed(from: &[f64], m: usize, inner: usize, sums: &[Vec<(usize, f64)>]) -> Vec<f64> {
    let mut to = vec![0.0; from.len() / m * sums.len()];
    let outer = from.chunks_exact(m * inner);
    for (from, to) in outer.zip(to.chunks_exact_mut(sums.len() * inner)) {
        for (sum, to) in sums.iter().zip(to.chunks_exact_mut(inner)) {
            for &(number, factor) in sum {
                for (to, from) in to.iter_mut().zip(&from[number * inner..]) {
                    *to += factor * from;
                }
            }
        }
    }
    to
}

/// Those orders of the axes that make another offset of this one each: with σ, axis a of the other one is axis σ\[a\] of this one.
pub(super) fn distinct<const D: usize>(
    orders: &[[usize; D]],
    offset: [usize; D],
) -> Vec<[usize; D]> {
    let (mut distinct, mut seen) = (vec![], vec![]);
    for order in orders {
        let other = order.map(|a| offset[a]);
        if !seen.contains(&other) {
            seen.push(other);
            distinct.push(*order);
        }
    }
    distinct
}

/// A part of a cell whose axes are in another order, as a part of the first one: axis a becomes σ\[a\].
pub(super) fn reordered<const D: usize>(part: &[usize; D], order: &[usize; D]) -> [usize; D] {
    let mut first = [0; D];
    for (a, &axis) in order.iter().enumerate() {
        first[axis] = part[a];
    }
    first
}

/// The class of such a part.
pub(super) fn reordered_class<const D: usize>(class: usize, order: &[usize; D]) -> usize {
    (0..D).map(|a| (class >> a & 1) << order[a]).sum()
}

#[cfg(test)]
mod tests {
    use super::super::Radial;
    use super::*;
    use crate::kernel::{Kernel, Riesz};
    use crate::tree::Stretch;

    /// Orders of the axes of a kernel that is symmetric in those with as many nodes.
    fn orders<const D: usize>(counts: [usize; D]) -> Vec<[usize; D]> {
        Stretch(counts.map(|n| n as f64)).orders()
    }

    fn all_orders<const D: usize>(counts: [usize; D], offset: [usize; D])
    where
        Riesz: Kernel<D, Pair = crate::kernel::InterpolatedPair>,
    {
        let radial = Kernel::<D>::pair(&Riesz { s: 0.7 }, 1.0).power().unwrap();
        let nodes = TensorNodes::new(counts);
        let parts = Parts::<D>::new(&nodes);
        let all = parts.of_class.concat();
        let kappa = Kappa::of_cubes(&radial);
        let first = parts.kernel(&kappa, offset);
        for order in distinct(&orders(counts), offset) {
            let other = order.map(|a| offset[a]);
            let matrix = parts.kernel(&kappa, other);
            for p in &all {
                for q in &all {
                    // The definition, term by term.
                    let mut expected = 0.0;
                    for i in indices(counts) {
                        for j in indices(counts) {
                            let factor = |axis: usize, part: usize, node: usize| {
                                let of = parts.along_axis(axis, part).into_iter();
                                let at: f64 =
                                    of.filter(|(at, _)| *at == node).map(|(_, x)| x).sum();
                                at * nodes.0[axis].root_weight[node]
                            };
                            let along = |a: usize| factor(a, p[a], i[a]) * factor(a, q[a], j[a]);
                            let square = |a: usize| {
                                (nodes.at(i)[a] - nodes.at(j)[a] + other[a] as f64).powi(2)
                            };
                            let weight: f64 = (0..D).map(along).product();
                            if weight != 0.0 {
                                let r2 = (0..D).map(square).sum();
                                expected += weight * Radial::value(&radial, r2);
                            }
                        }
                    }
                    let found = matrix[(parts.row(p), parts.row(q))];
                    assert!(
                        (found - expected).abs() < 1e-14,
                        "{p:?} {q:?}: {found} {expected}"
                    );
                    let [p, q] = [p, q].map(|part| parts.row(&reordered(part, &order)));
                    assert!((first[(p, q)] - expected).abs() < 1e-14);
                }
            }
        }
    }

    #[test]
    fn kernels_by_parts_are_what_they_should() {
        all_orders([4; 2], [2, 1]);
        all_orders([5; 2], [0, 3]);
        all_orders([3; 3], [2, 1, 0]);
        all_orders([4, 5], [2, 1]);
        all_orders([2, 4, 3], [0, 2, 1]);
        all_orders([2, 3, 2], [0, 2, 1]);
        let of = |counts, offset| distinct(&orders(counts), offset);
        assert_eq!(of([4; 3], [2, 1, 0]).len(), 6);
        assert_eq!(of([4; 3], [2, 2, 0]).len(), 3);
        assert_eq!(of([4; 3], [3, 3, 3]).len(), 1);
        assert_eq!(of([4, 5, 4], [2, 1, 0]), [[0, 1, 2], [2, 1, 0]]);
        assert_eq!(of([4, 5, 6], [2, 1, 0]), [[0, 1, 2]]);
    }
}

//! The common basis: what all far offsets see of a cell, by singular values.
//!
//! Far offsets are closed under reflections, so the basis splits by parity: a class is odd along the axes whose bits are set, and
//! even along the others. Then offsets without negative components say all.
//!
//! Polynomials up to the second degree are in the basis whatever the error, a constant first: what a cell has from far is nearly
//! one in its small descendants, and whatever is lost of a constant in a cell of side h is lost of a field 1/h times as large. On a torus
//! a uniform density is in it too.

use super::importance::Importance;
use super::mirrors::Mirrors;
use super::operators::Serves;
use super::parts::{Parts, distinct};
use super::tensor::{TensorNodes, along_axes, place};
use super::uniform::integrals;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::borrow::Cow;

/// Orthonormal columns, class after class.
pub(super) struct Basis {
    /// By class: its columns by parts of the class.
    pub(super) blocks: Vec<DMatrix<f64>>,
    /// By column, then node of the cell, the first axis slowest.
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) importance: Importance,
}

/// Parts of a cell up to which all columns of a kernel matrix are taken; of more, so many random combinations.
const ALL_COLUMNS: usize = 600;
const COMBINATIONS: usize = 64;

impl Basis {
    /// The smallest one that loses at most `error` of the Frobenius norm of all kernels over the far ones of the `offsets`; of that norm less what
    /// the exact polynomials have, but of at least `least` of all. Of offsets that differ by one of the `orders` of the axes, which change
    /// nothing of the kernel, one stands for all. Each has a factor by which it counts more, and a kernel by its place. Where the cells' parents
    /// have a basis of another kernel, what that has of a child counts too.
    pub(super) fn new<'k, const D: usize>(
        parts: &Parts<D>,
        nodes: &TensorNodes<D>,
        (error, least): (f64, f64),
        offsets: &[([usize; D], f64)],
        kernel: impl Fn(usize) -> Cow<'k, DMatrix<f64>> + Sync,
        (above, serves, orders): (Option<&Importance>, Serves, &[[usize; D]]),
    ) -> Self {
        let seen: Vec<(DMatrix<f64>, Vec<[usize; D]>)> = offsets
            .par_iter()
            .enumerate()
            .map(|(k, &(offset, _))| {
                let seen = fewer_columns(kernel(k), k);
                (seen, distinct(orders, offset))
            })
            .collect();
        // By row: the factor, and whether the offset is far.
        let counts = seen.iter().zip(offsets);
        let counts = counts.flat_map(|((seen, orders), &(offset, factor))| {
            let count = (factor, offset.iter().any(|&o| o > 1));
            std::iter::repeat_n(count, seen.ncols() * orders.len())
        });
        let counts: Vec<(f64, bool)> = counts.collect();
        let whole = seen
            .iter()
            .map(|(seen, orders)| seen.norm_squared() * orders.len() as f64);
        let least = least * whole.sum::<f64>().sqrt();
        let classes = || (0..1usize << D).into_par_iter();
        let of = |class: usize| {
            let uniform = (class == 0 && serves.torus).then(|| uniform(parts, nodes));
            let exact = exact(parts, nodes, class).into_iter().chain(uniform);
            let mirrors = Mirrors::new(exact);
            let rows = mirrors.rows(parts, class, &seen);
            (mirrors, rows)
        };
        let rows: Vec<(Mirrors, DMatrix<f64>)> = classes().map(of).collect();
        let left = rows.iter().map(|(_, rows)| {
            let far = rows.row_iter().zip(&counts).filter(|(_, count)| count.1);
            far.map(|(row, _)| row.norm_squared()).sum::<f64>()
        });
        let norm = left.sum::<f64>().sqrt().max(least);
        let below = above.map(|above| {
            // Whatever is lost of a function is lost of a field that is larger by one over the side; and losses of all levels add up, so
            // that deeper ones may have less each.
            let scale = if above.norm > 0.0 {
                4.0 * norm / above.norm
            } else {
                0.0
            };
            vec![(
                above.in_child(parts, nodes) * scale,
                vec![std::array::from_fn(|a| a)],
            )]
        });
        let of_class: Vec<OfClass> = classes()
            .zip(rows)
            .map(|(class, (mirrors, mut rows))| {
                for (mut row, (factor, _)) in rows.row_iter_mut().zip(&counts) {
                    row *= *factor;
                }
                let rows = match &below {
                    Some(below) => stacked(&[rows, mirrors.rows(parts, class, below)]),
                    None => rows,
                };
                OfClass::new(&mirrors, parts.of_class[class].len(), rows)
            })
            .collect();
        let ranks = cut(&of_class, error * norm);
        let mut importance = vec![];
        for (of, &rank) in of_class.iter().zip(&ranks) {
            let exact = of.vectors.len() - of.values.len();
            importance.extend(std::iter::repeat_n(0.0, exact.min(rank)));
            importance.extend(&of.values[..rank - exact.min(rank)]);
        }
        let blocks: Vec<DMatrix<f64>> = of_class
            .iter()
            .zip(&ranks)
            .map(|(of, &rank)| {
                let rows = of.vectors.first().map_or(0, Vec::len);
                DMatrix::from_fn(rows, rank, |i, j| of.vectors[j][i])
            })
            .collect();
        let columns = columns(parts, nodes.counts(), &blocks);
        Self {
            blocks,
            importance: Importance {
                columns: columns.clone(),
                values: importance,
                norm,
            },
            columns,
        }
    }
}

/// Matrices of as many columns one upon the other.
fn stacked(all: &[DMatrix<f64>]) -> DMatrix<f64> {
    let rows = all.iter().map(DMatrix::nrows).sum();
    let mut stack = DMatrix::zeros(rows, all[0].ncols());
    let mut next = 0;
    for one in all {
        stack.rows_mut(next, one.nrows()).copy_from(one);
        next += one.nrows();
    }
    stack
}

/// How many vectors of each class are kept, where `lost` may be lost.
fn cut(of_class: &[OfClass], lost: f64) -> Vec<usize> {
    let mut values: Vec<(f64, usize)> = vec![];
    for (class, of_class) in of_class.iter().enumerate() {
        values.extend(of_class.values.iter().map(|&value| (value, class)));
    }
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = 0.0;
    let mut ranks: Vec<usize> = of_class.iter().map(|of| of.vectors.len()).collect();
    for (value, class) in values {
        sum += value * value;
        if sum > lost * lost {
            break;
        }
        ranks[class] -= 1;
    }
    ranks
}

/// Columns of parts as values at the nodes.
fn columns<const D: usize>(
    parts: &Parts<D>,
    counts: [usize; D],
    blocks: &[DMatrix<f64>],
) -> Vec<Vec<f64>> {
    let back: [Vec<Vec<f64>>; D] = std::array::from_fn(|axis| {
        let mut back = vec![vec![0.0; counts[axis]]; counts[axis]];
        for part in 0..counts[axis] {
            for (node, x) in parts.along_axis(axis, part) {
                back[node][part] = x;
            }
        }
        back
    });
    let mut columns = vec![];
    for (of_class, block) in parts.of_class.iter().zip(blocks) {
        for vector in block.column_iter() {
            let mut column = vec![0.0; counts.iter().product()];
            for (part, &x) in of_class.iter().zip(vector.iter()) {
                column[place(counts, part)] = x;
            }
            along_axes(&mut column, back.each_ref().map(Vec::as_slice));
            columns.push(column);
        }
    }
    columns
}

/// Polynomials of a class up to the second degree, the lowest first: weighted, and by parts of the class.
fn exact<const D: usize>(parts: &Parts<D>, nodes: &TensorNodes<D>, class: usize) -> Vec<Vec<f64>> {
    let lowest: [usize; D] = std::array::from_fn(|a| class >> a & 1);
    let mut powers = vec![lowest];
    powers.extend((0..D).map(|a| {
        let mut squared = lowest;
        squared[a] += 2;
        squared
    }));
    powers.retain(|powers| powers.iter().sum::<usize>() <= 2);
    let along_axis = |axis: usize, part: usize, power: usize| -> f64 {
        let nodes = &nodes.0[axis];
        let value = |(node, x): (usize, f64)| {
            x * nodes.u[node].powi(power as i32) * nodes.root_weight[node]
        };
        parts.along_axis(axis, part).into_iter().map(value).sum()
    };
    let of = |powers: [usize; D]| {
        let value = |part: &[usize; D]| -> f64 {
            (0..D).map(|a| along_axis(a, part[a], powers[a])).product()
        };
        parts.of_class[class].iter().map(value).collect()
    };
    powers.into_iter().map(of).collect()
}

/// What a uniform density is of the nodes, W⁻¹ ∫ ℓ, by parts of the even class.
fn uniform<const D: usize>(parts: &Parts<D>, nodes: &TensorNodes<D>) -> Vec<f64> {
    let weighted = nodes.0.each_ref().map(|nodes| -> Vec<f64> {
        let n = nodes.len();
        let (x, integrals) = (nodes.coefficients(), integrals([n]));
        let integral = |node: usize| (0..n).map(|k| x[k][node] * integrals[k]).sum::<f64>();
        (0..n)
            .map(|node| integral(node) / nodes.root_weight[node])
            .collect()
    });
    let along_axis = |axis: usize, part: usize| -> f64 {
        let of_part = parts.along_axis(axis, part).into_iter();
        of_part.map(|(node, x)| x * weighted[axis][node]).sum()
    };
    let of_part = |part: &[usize; D]| (0..D).map(|a| along_axis(a, part[a])).product();
    parts.of_class[0].iter().map(of_part).collect()
}

/// Columns that span what all of them do: random signs, the same ones in every run.
fn fewer_columns(kernel: Cow<DMatrix<f64>>, salt: usize) -> DMatrix<f64> {
    let n = kernel.ncols();
    if n <= ALL_COLUMNS {
        return kernel.into_owned();
    }
    let size = (1.0 / COMBINATIONS as f64).sqrt();
    let sign = |i: usize, j: usize| {
        let bits = crate::accuracy::mix((salt as u64) << 40 ^ (i as u64) << 20 ^ j as u64);
        if bits & 1 == 0 { size } else { -size }
    };
    &*kernel * DMatrix::from_fn(n, COMBINATIONS, sign)
}

/// The basis of one class by parts, before it is cut.
struct OfClass {
    /// What is exact, then singular vectors, the largest first.
    vectors: Vec<Vec<f64>>,
    /// Singular values, as many as vectors that are not exact.
    values: Vec<f64>,
}

impl OfClass {
    /// From what all see of a class, transposed, so that the triangle of its QR has the same values.
    fn new(mirrors: &Mirrors, parts: usize, rows: DMatrix<f64>) -> Self {
        let skipped = mirrors.exact.len();
        let svd = rows.qr().r().svd(false, true);
        let found = svd.v_t.unwrap_or_default();
        let mut order: Vec<usize> = (0..found.nrows()).collect();
        order.sort_by(|&a, &b| svd.singular_values[b].total_cmp(&svd.singular_values[a]));
        let axis = |k: usize| (0..parts).map(|i| f64::from(u8::from(i == k))).collect();
        let mut vectors: Vec<Vec<f64>> = (0..skipped).map(axis).collect();
        let values = order.iter().map(|&k| svd.singular_values[k]).collect();
        for k in order {
            let lead = std::iter::repeat_n(0.0, skipped);
            vectors.push(lead.chain(found.row(k).iter().copied()).collect());
        }
        vectors.iter_mut().for_each(|vector| mirrors.back(vector));
        // Roundings of the way back are no small part of what vectors have in the corners of a cell, where weights are small: exact ones are put
        // in as they are, and taken out of the others.
        let (exact, others) = vectors.split_at_mut(skipped);
        exact.clone_from_slice(&mirrors.exact);
        others.iter_mut().for_each(|vector| mirrors.part(vector));
        Self { vectors, values }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kappa::Kappa;
    use super::super::tensor::indices;
    use super::*;
    use crate::kernel::{Kernel, Riesz};

    fn basis(n: usize, error: f64) -> (TensorNodes<2>, Basis) {
        let nodes = TensorNodes::new([n; 2]);
        let parts = Parts::<2>::new(&nodes);
        let radial = Kernel::<2>::pair(&Riesz { s: 1.0 }, 1.0).power().unwrap();
        let kappa = Kappa::of_cubes(&radial);
        let offsets = [([2, 0], 1.0), ([3, 1], 1.0)];
        let kernel = |k: usize| Cow::Owned(parts.kernel(&kappa, offsets[k].0));
        let basis = Basis::new(
            &parts,
            &nodes,
            (error, 0.0),
            &offsets,
            kernel,
            (None, Serves::default(), &kappa.orders()),
        );
        (nodes, basis)
    }

    fn dot(x: &[f64], y: &[f64]) -> f64 {
        x.iter().zip(y).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn columns_are_orthonormal_and_hold_polynomials() {
        let (nodes, basis) = basis(7, 1e-2);
        let ranks = basis.blocks.iter().map(DMatrix::ncols);
        assert_eq!(ranks.sum::<usize>(), basis.columns.len());
        assert!(basis.columns.len() < 49, "it is compressed");
        for (i, x) in basis.columns.iter().enumerate() {
            for (j, y) in basis.columns.iter().enumerate() {
                let expected = f64::from(u8::from(i == j));
                assert!((dot(x, y) - expected).abs() < 1e-12, "{i} {j}");
            }
        }
        let weights = nodes.root_weights();
        let polynomials: [fn(f64, f64) -> f64; 6] = [
            |_, _| 1.0,
            |x, _| x,
            |_, y| y,
            |x, _| x * x,
            |x, y| x * y,
            |_, y| y * y,
        ];
        for (k, f) in polynomials.iter().enumerate() {
            let value = |(index, weight): ([usize; 2], &f64)| {
                let [x, y] = nodes.at(index);
                f(x, y) * weight
            };
            let weighted = indices([7; 2]).zip(&weights);
            let values: Vec<f64> = weighted.map(value).collect();
            let inside: f64 = basis.columns.iter().map(|x| dot(x, &values).powi(2)).sum();
            assert!(
                (inside / dot(&values, &values) - 1.0).abs() < 1e-12,
                "polynomial {k}"
            );
        }
        // The first one is the constant.
        let first = &basis.columns[0];
        let ratio = |i: usize| first[i] / weights[i];
        assert!((1..49).all(|i| (ratio(i) / ratio(0) - 1.0).abs() < 1e-12));
    }

    #[test]
    fn smaller_errors_take_more_columns() {
        let ranks = [0.3, 1e-2, 1e-4, 1e-6].map(|error| basis(7, error).1.columns.len());
        assert!(ranks.is_sorted() && ranks[0] < ranks[3], "{ranks:?}");
    }
}

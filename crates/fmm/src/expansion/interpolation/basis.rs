//! The common basis: what all far offsets see of a cell, by singular values.
//!
//! Far offsets are closed under reflections, so the basis splits by parity: a class is odd along the axes whose bits are set, and
//! even along the others. Then offsets without negative components say all.
//!
//! Polynomials up to the second degree are in the basis whatever the error, a constant first: what a cell has from far is nearly
//! one in its small descendants, and whatever is lost of a constant in a cell of side h is lost of a field 1/h times as large.

use super::chebyshev::Nodes;
use super::tensor::{along_axes, indices};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Orthonormal columns, class after class.
pub(super) struct Basis {
    /// By column, then node of the cell, the first axis slowest.
    pub(super) columns: Vec<Vec<f64>>,
    /// Columns of each class.
    pub(super) ranks: Vec<usize>,
}

/// Nodes of a cell up to which all columns of a kernel matrix are taken; of more, so many random combinations.
const ALL_COLUMNS: usize = 600;
const COMBINATIONS: usize = 64;

impl Basis {
    /// The smallest one that loses at most `error` of the Frobenius norm of all `kernels`, which are weighted matrices between
    /// nodes by far offset.
    pub(super) fn new<const D: usize>(
        nodes: &Nodes,
        error: f64,
        offsets: usize,
        kernel: impl Fn(usize) -> DMatrix<f64> + Sync,
    ) -> Self {
        let n = nodes.len();
        let rows = parity_rows(n);
        let seen: Vec<DMatrix<f64>> = (0..offsets)
            .into_par_iter()
            .map(|offset| {
                let mut seen = fewer_columns(kernel(offset), offset);
                for mut column in seen.column_iter_mut() {
                    let mut values = column.as_slice().to_vec();
                    along_axes::<D>(&mut values, &rows);
                    column.copy_from_slice(&values);
                }
                seen
            })
            .collect();
        let places: Vec<Vec<usize>> = (0..1 << D).map(|class| places::<D>(n, class)).collect();
        let classes = places.par_iter().enumerate();
        let of_class: Vec<OfClass> = classes
            .map(|(class, at)| OfClass::new(&seen, at, &exact::<D>(nodes, class, &rows)))
            .collect();
        let mut values: Vec<(f64, usize)> = vec![];
        for (class, of_class) in of_class.iter().enumerate() {
            values.extend(of_class.values.iter().map(|&value| (value, class)));
        }
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let whole: f64 = values.iter().map(|(value, _)| value * value).sum();
        let mut lost = 0.0;
        let mut ranks: Vec<usize> = of_class.iter().map(|of| of.vectors.len()).collect();
        for (value, class) in values {
            lost += value * value;
            if lost > error * error * whole {
                break;
            }
            ranks[class] -= 1;
        }
        let back = transposed(&rows);
        let mut columns = vec![];
        for ((at, of_class), &rank) in places.iter().zip(&of_class).zip(&ranks) {
            for vector in &of_class.vectors[..rank] {
                let mut column = vec![0.0; n.pow(D as u32)];
                for (&at, &x) in at.iter().zip(vector) {
                    column[at] = x;
                }
                along_axes::<D>(&mut column, &back);
                columns.push(column);
            }
        }
        Self { columns, ranks }
    }
}

/// Polynomials of a class up to the second degree, the lowest first: weighted, and by parts.
fn exact<const D: usize>(nodes: &Nodes, class: usize, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let lowest: [usize; D] = std::array::from_fn(|a| class >> a & 1);
    let mut powers = vec![lowest];
    powers.extend((0..D).map(|a| {
        let mut squared = lowest;
        squared[a] += 2;
        squared
    }));
    powers.retain(|powers| powers.iter().sum::<usize>() <= 2);
    let of = |powers: [usize; D]| {
        let value = |index: [usize; D]| -> f64 {
            let along =
                |a: usize| nodes.u[index[a]].powi(powers[a] as i32) * nodes.root_weight[index[a]];
            (0..D).map(along).product()
        };
        let mut values: Vec<f64> = indices::<D>(nodes.len()).map(value).collect();
        along_axes::<D>(&mut values, rows);
        values
    };
    powers.into_iter().map(of).collect()
}

/// Even rows, then odd ones: an orthonormal matrix between values at nodes and their parts.
fn parity_rows(n: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![];
    for sign in [1.0, -1.0] {
        for j in 0..n / 2 {
            let mut row = vec![0.0; n];
            (row[j], row[n - 1 - j]) = (0.5f64.sqrt(), sign * 0.5f64.sqrt());
            rows.push(row);
        }
        if n % 2 == 1 && sign > 0.0 {
            let mut row = vec![0.0; n];
            row[n / 2] = 1.0;
            rows.push(row);
        }
    }
    rows
}

fn transposed(m: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..m.len())
        .map(|i| m.iter().map(|row| row[i]).collect())
        .collect()
}

/// Where the parts of a class lie.
fn places<const D: usize>(n: usize, class: usize) -> Vec<usize> {
    let even = n.div_ceil(2);
    let belongs = |index: &[usize; D]| (0..D).all(|a| (index[a] >= even) == (class >> a & 1 == 1));
    let all = indices::<D>(n).enumerate();
    all.filter(|(_, index)| belongs(index))
        .map(|(at, _)| at)
        .collect()
}

/// Columns that span what all of them do: random signs, the same ones in every run.
fn fewer_columns(kernel: DMatrix<f64>, salt: usize) -> DMatrix<f64> {
    let n = kernel.ncols();
    if n <= ALL_COLUMNS {
        return kernel;
    }
    let sign = |i: usize, j: usize| {
        let bits = crate::accuracy::mix((salt as u64) << 40 ^ (i as u64) << 20 ^ j as u64);
        if bits & 1 == 0 { 1.0 } else { -1.0 }
    };
    kernel * DMatrix::from_fn(n, COMBINATIONS, sign)
}

/// The basis of one class by parts, before it is cut.
struct OfClass {
    /// What is exact, then singular vectors, the largest first.
    vectors: Vec<Vec<f64>>,
    /// Singular values, as many as vectors that are not exact.
    values: Vec<f64>,
}

impl OfClass {
    /// Of the rows `at` of all matrices beside each other.
    fn new(seen: &[DMatrix<f64>], at: &[usize], exact: &[Vec<f64>]) -> Self {
        let part = |column: &[f64]| -> Vec<f64> { at.iter().map(|&at| column[at]).collect() };
        let mirrors = Mirrors::new(exact.iter().map(|exact| part(exact)));
        let skipped = mirrors.0.len();
        let count = seen.iter().map(|seen| seen.ncols()).sum();
        // Transposed, so that the triangle of its QR has the same values.
        let mut rows = DMatrix::zeros(count, at.len() - skipped);
        let columns = seen.iter().flat_map(|seen| seen.column_iter());
        for (i, column) in columns.enumerate() {
            let mut part = part(column.as_slice());
            mirrors.forth(&mut part);
            for (j, &x) in part[skipped..].iter().enumerate() {
                rows[(i, j)] = x;
            }
        }
        let svd = rows.qr().r().svd(false, true);
        let found = svd.v_t.unwrap_or_default();
        let mut order: Vec<usize> = (0..found.nrows()).collect();
        order.sort_by(|&a, &b| svd.singular_values[b].total_cmp(&svd.singular_values[a]));
        let axis = |k: usize| (0..at.len()).map(|i| f64::from(u8::from(i == k))).collect();
        let mut vectors: Vec<Vec<f64>> = (0..skipped).map(axis).collect();
        let values = order.iter().map(|&k| svd.singular_values[k]).collect();
        for k in order {
            let lead = std::iter::repeat_n(0.0, skipped);
            vectors.push(lead.chain(found.row(k).iter().copied()).collect());
        }
        vectors.iter_mut().for_each(|vector| mirrors.back(vector));
        Self { vectors, values }
    }
}

/// Householder's reflections that bring some vectors into the span of the first axes.
struct Mirrors(Vec<Vec<f64>>);

impl Mirrors {
    fn new(vectors: impl Iterator<Item = Vec<f64>>) -> Self {
        let mut mirrors = Self(vec![]);
        for mut vector in vectors {
            mirrors.forth(&mut vector);
            let axis = mirrors.0.len();
            if axis == vector.len() {
                break;
            }
            vector[..axis].fill(0.0);
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            vector[axis] += length.copysign(vector[axis]);
            mirrors.0.push(vector);
        }
        mirrors
    }

    fn forth(&self, x: &mut [f64]) {
        self.0.iter().for_each(|mirror| reflect(x, mirror));
    }

    fn back(&self, x: &mut [f64]) {
        self.0.iter().rev().for_each(|mirror| reflect(x, mirror));
    }
}

/// x − 2 m (m·x)/(m·m).
fn reflect(x: &mut [f64], m: &[f64]) {
    let along: f64 = m.iter().zip(&*x).map(|(m, x)| m * x).sum();
    let square: f64 = m.iter().map(|m| m * m).sum();
    for (x, m) in x.iter_mut().zip(m) {
        *x -= 2.0 * along / square * m;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any matrix with the symmetry of reflections.
    fn basis(n: usize, error: f64) -> (Nodes, Basis) {
        let nodes = Nodes::new(n);
        let u = nodes.u.clone();
        let of = move |offset: usize| {
            let [a, b] = [[2.0, 0.0], [3.0, 1.0]][offset];
            let place = |i: usize| [u[i / n], u[i % n]];
            DMatrix::from_fn(n * n, n * n, |i, j| {
                let (x, y) = (place(i), place(j));
                1.0 / (x[0] - y[0] + a).hypot(x[1] - y[1] + b)
            })
        };
        let basis = Basis::new::<2>(&nodes, error, 2, of);
        (nodes, basis)
    }

    fn dot(x: &[f64], y: &[f64]) -> f64 {
        x.iter().zip(y).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn columns_are_orthonormal_and_hold_polynomials() {
        let (nodes, basis) = basis(7, 1e-2);
        assert_eq!(basis.ranks.iter().sum::<usize>(), basis.columns.len());
        assert!(basis.columns.len() < 49, "it is compressed");
        for (i, x) in basis.columns.iter().enumerate() {
            for (j, y) in basis.columns.iter().enumerate() {
                let expected = f64::from(u8::from(i == j));
                assert!((dot(x, y) - expected).abs() < 1e-12, "{i} {j}");
            }
        }
        let polynomials: [fn(f64, f64) -> f64; 6] = [
            |_, _| 1.0,
            |x, _| x,
            |_, y| y,
            |x, _| x * x,
            |x, y| x * y,
            |_, y| y * y,
        ];
        for (k, f) in polynomials.iter().enumerate() {
            let value = |[i, j]: [usize; 2]| {
                f(nodes.u[i], nodes.u[j]) * nodes.root_weight[i] * nodes.root_weight[j]
            };
            let values: Vec<f64> = indices::<2>(7).map(value).collect();
            let inside: f64 = basis.columns.iter().map(|x| dot(x, &values).powi(2)).sum();
            assert!(
                (inside / dot(&values, &values) - 1.0).abs() < 1e-12,
                "polynomial {k}"
            );
        }
        // The first one is the constant.
        let first = &basis.columns[0];
        let ratio = |i: usize| first[i] / (nodes.root_weight[i / 7] * nodes.root_weight[i % 7]);
        assert!((1..49).all(|i| (ratio(i) / ratio(0) - 1.0).abs() < 1e-12));
    }

    #[test]
    fn smaller_errors_take_more_columns() {
        let ranks = [0.3, 1e-2, 1e-4, 1e-6].map(|error| basis(7, error).1.columns.len());
        assert!(ranks.is_sorted() && ranks[0] < ranks[3], "{ranks:?}");
    }
}
